"""Edits of what a constructor has made become overrides: arguments of the object that was constructed.

`absorb` runs for each object above the edited place, deepest first, while all links are as the edit has found them.
What is known of the constructor is brought in line afterwards (`settle`). The law that both keep: what is seen of a
program (`pg.query(x, inner=True)`) is what a new construction from its arguments makes.
"""

from __future__ import annotations

import functools
from typing import Any, cast

from polygraft.errors import WritePermissionError
from polygraft.missing import MISSING_VALUE
from polygraft.paths import KeyPath
from polygraft.symbolic.dict_ import Dict
from polygraft.symbolic.flags import FLAGS
from polygraft.symbolic.node import OPS, SEALED, Kind, Steps, is_inner_name
from polygraft.symbolic.places import ancestors, keys_up, rebuild_tuple
from polygraft.symbolic.walking import values
from polygraft.symbolic.wrapping.inner import (
    Edits,
    Inner,
    argument_places,
    inner_of,
    name_by_place,
    split,
    values_within,
)
from polygraft.symbolic.wrapping.overriding import is_changes
from polygraft.symbolic.wrapping.record import Record, stands_at


def absorb(rec: Record, x: Any, updates: dict[KeyPath, Any], undo: list[Any]) -> bool:
    """Turns edits of what a constructor has made into overrides.

    Returns:
        True if the calls are still those that the constructor would make: nothing else has changed.
    """
    inner = inner_of(rec)
    if inner is None or not updates:
        return False
    inner.edits = Edits()  # an edit that failed in between may have left some
    known = True
    done: set[int] = set()
    for path, update in updates.items():
        keys = path.keys
        if not keys or not is_inner_name(keys[0]):
            known = False
        elif update.target is x or _is_override(rec, x, update.target):
            known = _follow(rec, inner, keys[0], undo) and known
        else:
            _refuse_sealed(rec, x, path)
            known = _convert(rec, x, inner, update, done, undo) and known
    return known


def _refuse_sealed(rec: Record, x: Any, path: KeyPath) -> None:
    sealed = FLAGS.get().sealed
    if rec.flags & SEALED if sealed is None else sealed:
        raise WritePermissionError(
            f"Cannot change {str(path)!r}, which the constructor of a sealed {rec.info.cls.__qualname__} makes. "
            f"(path={KeyPath.of(keys_up(x))})"
        )


def _is_override(rec: Record, x: Any, node: Any) -> bool:
    """True if a node stands in an override among the arguments of `x`."""
    while node is not None:
        link = OPS[type(node)].link(node)
        if link.parent is x:
            return rec.args.get(link.key) is node
        node = link.parent
    return False


def _follow(rec: Record, inner: Inner, name: str, undo: list[Any]) -> bool:
    """Brings a call in line with its override; False if what it is now cannot be told without constructing."""
    override = rec.args.get(name, MISSING_VALUE)
    number = inner.index(name)
    if override is MISSING_VALUE or number is None or is_changes(override):
        return False
    inner.exchange(number, override, undo)
    return True


def _convert(
    rec: Record, x: Any, inner: Inner, update: Any, done: set[int], undo: list[Any]
) -> bool:
    """Records an edit of an inner call, or of a place below one, as an override.

    Args:
        done: Ids of calls whose own overrides have been taken over; completed here.

    Returns:
        False if what the constructor makes is not known any more: a value that is no wrapped object, such as a tuple,
        stands for a result, and perhaps at several places, where it cannot be told from its equals.
    """
    results = _exchanges(inner, update.old_value, update.new_value)
    if results is not None:
        known = True
        for number, new in results:
            known = known and _can_be_followed(inner, number)
            _put(rec, x, inner.names[number], new, undo)
            inner.exchange(number, new, undo)
        return known
    node, key = update.target, update.path.keys[-1]
    while (number := inner.number(node)) is None:
        link = OPS[type(node)].link(node)
        key, node = link.key, link.parent
        if type(key) is Steps:  # a tuple, perhaps, stands for a result
            for value in _tuples(node, key):
                if (number := inner.number(value)) is not None:
                    node = value
            key = key[0]
            if number is not None:
                break
        if node is x or node is None:
            return True
    name = inner.names[number]
    override = rec.args.get(name, MISSING_VALUE)
    if override is node:  # it was edited as what it is, an argument
        return True
    if OPS[type(node)].kind is Kind.WRAPPED or override is MISSING_VALUE or is_changes(override):
        _convert_argument(rec, x, inner, (name, node, key), done, undo)
        return True
    # A list, say, in the place of a result: what stands here is a copy of it.
    if not OPS[type(node)].eq(node, override):
        _put(rec, x, name, OPS[type(node)].clone(node, {}, False), undo)
    return _can_be_followed(inner, number)


def _tuples(node: Any, steps: Steps) -> list[Any]:
    """The tuples on the way from a node to what stands at `steps` below it, the outermost first."""
    found = [OPS[type(node)].stored(node, steps[0])]
    for step in steps[1:-1]:
        found.append(found[-1][step])
    return found


def _can_be_followed(inner: Inner, number: int) -> bool:
    """True if what stands for a result is found wherever it stands."""
    return OPS[type(inner.calls[number])].kind is Kind.WRAPPED or number not in inner.consumed


def _convert_argument(
    rec: Record,
    x: Any,
    inner: Inner,
    place: tuple[str, Any, Any],
    done: set[int],
    undo: list[Any],
) -> None:
    """Records an edit of an argument, or below it, of a call: (its name, its result, the argument)."""
    name, node, key = place
    ops: Any = OPS[type(node)]
    if is_inner_name(key):  # what its own constructor makes: its overrides have been told already
        if id(node) not in done:
            done.add(id(node))
            for k, value in split(ops.record(node).args)[1].items():
                _change(rec, x, name, k, value, undo)
        return
    value = ops.stored(node, key)
    _change(rec, x, name, key, ops.get(node, key) if value is MISSING_VALUE else value, undo)
    if OPS[type(value)].container:
        inner.edits.copied.append((node, key))


def _exchanges(inner: Inner, old: Any, new: Any) -> list[tuple[int, Any]] | None:
    """Which results an edit replaces, and by what; None if it is another edit. Tuples are looked into."""
    if old is new:
        return []
    if new is not MISSING_VALUE and not is_changes(new):
        if (number := inner.number(old)) is not None:
            return [(number, new)]
        if id(old) in inner.edits.replaced:  # another place of the same result
            inner.edits.replaced[id(new)] = new, inner.edits.replaced[id(old)][1]
            return []
    if not isinstance(old, tuple) or not isinstance(new, tuple):
        return None
    before, after = cast("tuple[Any, ...]", old), cast("tuple[Any, ...]", new)
    if len(before) != len(after):
        return None
    found: list[tuple[int, Any]] = []
    for a, b in zip(before, after, strict=True):
        below = _exchanges(inner, a, b)
        if below is None:
            return None
        found.extend(below)
    return found


def _change(rec: Record, x: Any, name: str, key: Any, value: Any, undo: list[Any]) -> None:
    """Notes that the call `name` gets `value` for its argument `key`."""
    changes = rec.args.get(name)
    if changes is not None and is_changes(changes):
        known = OPS[type(changes)].stored(changes, key)
        if known is value or OPS[type(value)].eq(value, known):
            return
    if OPS[type(value)].container:
        value = OPS[type(value)].clone(value, {}, False)
    if changes is None or not is_changes(changes):
        _put(rec, x, name, Dict({key: value}), undo)
        return
    ops = OPS[type(changes)]
    old = ops.stored(changes, key)
    ops.put(changes, key, OPS[type(value)].attach(value, changes, key))
    undo.append(lambda: ops.put(changes, key, old))


def _put(rec: Record, x: Any, name: str, value: Any, undo: list[Any]) -> None:
    """Stores an override."""
    before = rec.args.get(name, MISSING_VALUE)
    rec.args[name] = OPS[type(value)].attach(value, x, name)

    def restore() -> None:
        if before is MISSING_VALUE:
            rec.args.pop(name, None)
        else:
            rec.args[name] = before

    undo.append(restore)


def settle(rec: Record, x: Any, inner: Inner, undo: list[Any]) -> None:
    """After an edit: what is known of the constructor becomes what it will make under the overrides.

    What replaces a result stands wherever that stood. Arguments that were edited are copies, as in their overrides:
    other calls whose results stood there stand on their own then. Without that, a later edit of the copies would be
    taken for one of those results.
    """
    edits, inner.edits = inner.edits, Edits()
    for old, new in edits.replaced.values():
        if old is not new and OPS[type(old)].symbolic:
            for parent, key in OPS[type(old)].parents(old):
                if stands_at(old, parent, key) and _is_inside(parent, inner):
                    _store(parent, key, new, undo)
    for node, key in edits.copied:
        value = OPS[type(node)].stored(node, key)
        if any(inner.number(v) is not None for v in values(value)):
            _store(node, key, OPS[type(value)].clone(value, {}, False), undo)
    if edits.replaced or edits.copied:
        _name_again(rec, x, inner, undo)


def _is_inside(node: Any, inner: Inner) -> bool:
    """True if a node is what a call has returned, or stands below."""
    return inner.number(node) is not None or any(
        inner.number(n) is not None for n in ancestors(node)
    )


def _store(node: Any, key: Any, value: Any, undo: list[Any]) -> None:
    """Puts `value` at `key` of `node`, telling nobody."""
    if type(key) is Steps:
        key, *steps = key
        value = _in_tuple(OPS[type(node)].stored(node, key), steps, value)
    ops: Any = OPS[type(node)]
    old = ops.stored(node, key)
    OPS[type(old)].detach(old, node, key)
    new = OPS[type(value)].attach(value, node, key)
    ops.put(node, key, new)

    def restore() -> None:
        OPS[type(new)].detach(new, node, key)
        ops.put(node, key, OPS[type(old)].attach(old, node, key))

    undo.append(restore)


def _in_tuple(x: Any, steps: list[Any], value: Any) -> Any:
    """A copy of a tuple (of tuples) with another value at `steps`."""
    if not steps:
        return value
    items = list(x)
    items[steps[0]] = _in_tuple(items[steps[0]], steps[1:], value)
    return rebuild_tuple(x, items)


def _name_again(rec: Record, x: Any, inner: Inner, undo: list[Any]) -> None:
    """Names the calls whose results are no longer arguments, or those of other calls than before."""
    numbers: dict[int, int] = {}
    for i, c in enumerate(inner.calls):
        if c is not None:
            numbers.setdefault(id(c), i)
    places, _ = argument_places(inner.calls, numbers)
    before = inner.names, inner.consumed
    places = {n: p for n, p in places.items() if n in inner.consumed}
    names = {i: n for i, n in enumerate(inner.names) if i not in inner.consumed}
    names |= {i: n for i in inner.consumed if (n := inner.names[i]) in rec.args}
    for i in inner.consumed - names.keys():
        names[i] = name_by_place(i, names, places) if i in places else f"@{i}"
    planned = {i: n for i, n in names.items() if n in rec.args}
    consumed = frozenset(places) | values_within(inner.calls, names, planned)
    inner.rename([names[i] for i in range(len(names))], consumed)
    undo.append(lambda: inner.rename(*before))
    for i in before[1] - inner.consumed:
        c, name = inner.calls[i], inner.names[i]
        if OPS[type(c)].kind is Kind.WRAPPED:
            OPS[type(c)].attach(c, x, name)
            undo.append(functools.partial(OPS[type(c)].detach, c, x, name))
