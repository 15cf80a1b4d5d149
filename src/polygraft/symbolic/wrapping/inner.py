"""Programs inside constructors: what a wrapped class calls in its `__init__`.

    class Net(nn.Module):
        def __init__(self, width):
            self.conv1 = nn.Conv2d(1, width, 3)      # an inner call, at '@conv1'
            self.body = nn.Sequential(nn.ReLU())     # '@body', and '@body/args/0' below it

When a constructor is done, the calls of wrapped classes that it made are named: by the attribute under which the
result is found; by the place in the arguments of another call; else by the order of calls (`'@3'`). A name with `@` is
a key like that of an argument: an argument `'@conv1'` of `Net` is an *override* of that call, either a `pg.Dict` of
arguments to change, or a program that takes the place of the result. So overrides are cloned, compared, searched and
saved as all arguments are.

The names are the truth; the order of calls is only a guess of where a name will be made. A constructor with
overrides runs under the guess of the last time, and, if a name came out elsewhere, once more with what was learned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from polygraft.errors import ConstructionError, did_you_mean
from polygraft.missing import MISSING_VALUE
from polygraft.paths import KeyPath
from polygraft.symbolic.dict_ import Dict
from polygraft.symbolic.node import OPS, SAFE_TYPES, Kind, Steps
from polygraft.symbolic.places import keys_up
from polygraft.symbolic.wrapping import attributes, state
from polygraft.symbolic.wrapping.frames import OverridingFrame, within
from polygraft.symbolic.wrapping.record import Record, make_first

_KEY = "inner"
_ATTEMPTS = 4
_SAFE = SAFE_TYPES.issuperset


class Inner:
    """The calls that a constructor has made.

    Attributes:
        calls: What they returned, in order; None for what is no wrapped object.
        names: Their names.
        consumed: Numbers of those whose results are arguments of other calls: they are seen there.
    """

    __slots__ = ("calls", "consumed", "names")

    def __init__(self, calls: list[Any], names: list[str], consumed: frozenset[int]):
        self.calls = calls
        self.names = names
        self.consumed = consumed

    def at(self, name: str) -> Any:
        """The wrapped object that the call of that name returned, or `MISSING_VALUE`."""
        found = self.calls[self.names.index(name)] if name in self.names else None
        return MISSING_VALUE if found is None else found

    def number(self, node: Any) -> int | None:
        """The number of the call that returned `node`."""
        if node is None:
            return None
        return next((i for i, c in enumerate(self.calls) if c is node), None)


def is_name(key: Any) -> bool:
    """True for the keys of inner calls."""
    return type(key) is str and key[:1] == "@"


def inner_of(rec: Record) -> Inner | None:
    """The inner calls of an object, if it has any."""
    return rec.aside.get(_KEY) if rec.aside else None


def split(args: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments as recorded → (those of the constructor, overrides)."""
    overrides = {k: v for k, v in args.items() if k[:1] == "@"}
    return ({k: v for k, v in args.items() if k not in overrides} if overrides else args), overrides


# -- after a construction --------------------------------------------------------------------------
def note(rec: Record, x: Any, calls: list[Any], named: Named | None = None) -> None:
    """Keeps the calls that the constructor of `x` has made; those that stand on their own become its children."""
    names, consumed = named or names_of(x, calls)
    rec.info.inner_names = names
    apart: set[int] = set()
    nodes: list[Any] = []
    for c in calls:
        ops: Any = OPS[type(c)]
        if ops.kind is not Kind.WRAPPED or _leads_to(x, c, ops, apart):
            c = None
        nodes.append(c)
    keep(rec, x, Inner(nodes, names, consumed))


def _leads_to(x: Any, c: Any, ops: Any, apart: set[int]) -> bool:
    """True if `x` stands below `c`, which then can't stand below `x`: `self.part = Part(self)`.

    Args:
        x: What was constructed.
        c: What a call in its constructor has returned.
        ops: Those of `c`.
        apart: Ids of nodes below which `x` is known not to stand; completed here.
    """
    record: Record | None = ops.record_or_none(c)
    if record is not None and record.aside is None and _SAFE(map(type, record.args.values())):
        return False
    stack = [c]
    met: set[int] = set()
    while stack:
        v = stack.pop()
        if v is x:
            return True
        if type(v) in SAFE_TYPES or id(v) in apart or id(v) in met:
            continue
        ops = OPS[type(v)]
        if not ops.container:
            continue
        met.add(id(v))
        stack.extend(child for _, child in ops.given_items(v))
        made = inner_of(record) if (record := _record(v, ops)) is not None else None
        if made is not None:
            stack.extend(made.calls)
    apart |= met
    return False


def _record(v: Any, ops: Any) -> Record | None:
    return ops.record_or_none(v) if ops.kind is Kind.WRAPPED else None


def prefer_as_parent(x: Any, calls: list[Any]) -> None:
    """Makes `x` the first parent of its arguments, where a call inside its constructor has got them before."""
    inside = {id(c) for c in calls}
    stack: list[tuple[Any, Any]] = [(x, OPS[type(x)])]
    while stack:
        v, ops = stack.pop()
        for _, child in ops.given_items(v):
            if type(child) in SAFE_TYPES:
                continue
            below: Any = OPS[type(child)]
            if below.kind is Kind.WRAPPED:
                rec = below.record_or_none(child)
                if rec is not None and rec.more and _stands_in(rec.parent, inside):
                    make_first(rec, child, x)
            elif below.container:
                stack.append((child, below))


def _stands_in(node: Any, inside: set[int]) -> bool:
    while node is not None and id(node) not in inside:
        node = OPS[type(node)].link(node).parent
    return node is not None


def keep(rec: Record, x: Any, inner: Inner) -> None:
    """Makes `inner` the calls of `x`, which becomes a parent of what they returned."""
    if rec.aside is None:
        rec.aside = {}
    rec.aside[_KEY] = inner
    for name, c in own_calls(inner):
        if rec.args.get(name) is not c:
            OPS[type(c)].attach(c, x, name)


def forget(rec: Record, x: Any) -> Callable[[], None] | None:
    """Parts `x` from the calls of its last construction; returns what takes that back, if there were any."""
    inner = inner_of(rec)
    if inner is None:
        return None
    aside: dict[str, Any] = rec.aside or {}
    del aside[_KEY]
    for name, c in own_calls(inner):
        if rec.args.get(name) is not c:
            OPS[type(c)].detach(c, x, name)
    return lambda: keep(rec, x, inner)


def copied(rec: Record, memo: dict[int, Any], deep: bool) -> Inner | None:
    """The calls of an object for a clone of it: programs, which are not constructed."""
    inner = inner_of(rec)
    if inner is None:
        return None
    calls: list[Any] = []
    for c in inner.calls:
        ops = OPS[type(c)]
        calls.append(ops.clone(c, memo, deep) if ops.kind is Kind.WRAPPED else None)
    return Inner(calls, inner.names, inner.consumed)


def own_calls(inner: Inner) -> Iterator[tuple[str, Any]]:
    """(name, result) of the calls that stand on their own: their results are no arguments of another call."""
    for i, c in enumerate(inner.calls):
        if OPS[type(c)].kind is Kind.WRAPPED and i not in inner.consumed:
            yield inner.names[i], c


def shown(rec: Record, inner: Inner) -> list[tuple[str, Any]]:
    """What stands at names with `@` when constructors are looked into."""
    found = list(own_calls(inner))
    for i, name in enumerate(inner.names):
        if inner.calls[i] is None and name in rec.args and i not in inner.consumed:
            found.append((name, rec.args[name]))  # a plain value in place of a result
    return found


# -- names -----------------------------------------------------------------------------------------
#: (the names of calls, the numbers of those whose results are arguments of other ones)
Named = tuple[list[str], frozenset[int]]


def names_of(x: Any, calls: list[Any], plan: dict[int, str] | None = None) -> Named:
    """The names of calls: attributes, places in the arguments of other calls, attributes of those, numbers.

    Args:
        x: What was constructed.
        calls: What the calls returned, in order.
        plan: Number → name, for results that cannot be told from others by identity, such as texts.
    """
    numbers: dict[int, int] = {}
    for i, c in enumerate(calls):
        if type(c) not in SAFE_TYPES:
            numbers.setdefault(id(c), i)
    found = attributes.find(_attributes(x), numbers) if numbers else {}
    names = {i: f"@{name}" for i, name in found.items()}
    if len(names) == len(calls):
        return [names[i] for i in range(len(calls))], frozenset()
    places, holders = _argument_places(calls, numbers)
    places = {n: p for n, p in places.items() if n not in names}
    for i in places:
        names[i] = _name(i, names, places)
    for i in range(len(calls)):
        names.setdefault(i, (plan or {}).get(i) or f"@{i}")
    _name_within(calls, holders, numbers, names)
    return [names[i] for i in range(len(calls))], frozenset(places)


def _name_within(
    calls: list[Any], holders: list[int], numbers: dict[int, int], names: dict[int, str]
) -> None:
    """Names what is still called by its number after the attributes, at run time, of what other calls have made.

    It is in one of those that got plain objects as arguments: a module between symbolic ones.
    """
    left = {id(calls[i]): i for i, n in names.items() if n == f"@{i}" and id(calls[i]) in numbers}
    for i in holders:
        ops: Any = OPS[type(calls[i])]
        if left and names[i] != f"@{i}" and not ops.is_deferred(calls[i]):
            for number, name in attributes.find(_attributes(calls[i]), left).items():
                names[number] = f"{names[i]}/{name}"
                del left[id(calls[number])]


def _attributes(x: Any) -> dict[str, Any]:
    """What `x` has at run time, by name, read past its class's own ways of reading."""
    ops: Any = OPS[type(x)]
    info: Any = ops.info
    _, own, slots = state.take(x, info)
    if not slots:
        return own or {}
    return {**(own or {}), **{d.__name__: v for d, v in zip(info.slots, slots, strict=True)}}


def _argument_places(
    calls: list[Any], numbers: dict[int, int]
) -> tuple[dict[int, tuple[int, str]], list[int]]:
    """Which results are arguments of other calls.

    Returns:
        (number of a call → (number of the call that got its result, the place in it), numbers of the calls that got
        plain objects)
    """
    places: dict[int, tuple[int, str]] = {}
    holders: list[int] = []
    for i, c in enumerate(calls):
        ops: Any = OPS[type(c)]
        rec = ops.record_or_none(c) if ops.kind is Kind.WRAPPED else None
        stack = [] if rec is None else [(rec.args.items(), "")]
        while stack:
            items, prefix = stack.pop()
            for key, child in items:
                if type(child) in SAFE_TYPES:
                    continue
                number = numbers.get(id(child))
                below = OPS[type(child)]
                if number is not None:
                    places.setdefault(number, (i, f"{prefix}/{key}"))
                elif not below.container:
                    if holders[-1:] != [i]:
                        holders.append(i)
                elif below.kind is not Kind.WRAPPED:
                    stack.append((below.items(child), f"{prefix}/{key}"))
    return places, holders


def _name(i: int, names: dict[int, str], places: dict[int, tuple[int, str]]) -> str:
    """The name of a call from that of the call it was made for."""
    steps = ""
    while i not in names:
        if i not in places:
            return f"@{i}{steps}"
        i, step = places[i]
        steps = step + steps
    return names[i] + steps


# -- constructing with overrides -------------------------------------------------------------------
def overriding(
    info: Any, overrides: dict[str, Any], where: Any, make: Callable[[], Any]
) -> tuple[Any, list[Any], Named]:
    """Runs a constructor with overrides.

    Args:
        info: The class.
        overrides: Name → override.
        where: The node of the program, for messages.
        make: Makes the object; called again if a name came out elsewhere than expected.

    Returns:
        (the object, its calls, their names)

    Raises:
        ConstructionError: The constructor makes no call of a name.
    """
    guess: Iterable[str] = info.inner_names or ()
    plan = {i: n for i, n in enumerate(guess) if n in overrides}
    names: list[str] = []
    placed: dict[int, str] = {}
    for _ in range(_ATTEMPTS):
        frame = OverridingFrame(overrides, plan)
        try:
            x = within(frame, make)
        except Exception:
            if not plan or plan == placed:
                raise
            plan = {}  # the guess may have hit other calls than those meant
            continue
        calls: list[Any] = list(frame)
        names, consumed = names_of(x, calls, plan)
        placed = {i: n for i, n in enumerate(names) if n in overrides}
        if placed == plan and len(placed) == len(overrides):
            return x, calls, (names, consumed)
        if placed == plan:
            break
        plan = placed
    raise _unplaced(info, overrides, where, names)


def _unplaced(info: Any, overrides: dict[str, Any], where: Any, names: list[str]) -> Exception:
    path = KeyPath.of(keys_up(where)) if where is not None else KeyPath()
    name = next((n for n in overrides if n not in names), None)
    if name is None:
        reason = f"What the constructor of {info.cls.__qualname__} makes keeps changing with its overrides."
    else:
        makes = ", ".join(f"'{n}'" for n in names[:12]) or "nothing symbolic"
        reason = (
            f"The constructor of {info.cls.__qualname__} makes nothing at '{name}', which is to be overridden. It "
            f"makes: {makes}{', …' if len(names) > 12 else ''}.{did_you_mean(name, names)} Classes join by "
            f"`pg.symbolize`, or `pg.wrap_module` for the time of construction; "
            f"`pg.patch(x, {{'{name}': pg.MISSING_VALUE}})` removes the override."
        )
    return ConstructionError(f"{reason} (path={path})", path=path, value=where)


def changed_arguments(given: dict[str, Any], changes: Any) -> dict[str, Any]:
    """The arguments of a call under an override that changes some."""
    merged = dict(given)
    for key, value in OPS[type(changes)].items(changes):
        merged[key] = value
    return merged


def is_changes(override: Any) -> bool:
    """True for overrides that change arguments, false for those that replace the result."""
    return OPS[type(override)].kind is Kind.DICT


# -- after an edit ---------------------------------------------------------------------------------
def absorb(rec: Record, x: Any, updates: dict[KeyPath, Any], undo: list[Any]) -> bool:
    """Turns edits of what a constructor has made into overrides.

    Returns:
        True if the calls are still those that the constructor would make: nothing else has changed.
    """
    inner = inner_of(rec)
    if inner is None or not updates:
        return False
    known = True
    for path, update in updates.items():
        keys = path.keys
        if not keys or not is_name(keys[0]):
            known = False
        elif update.target is x or _is_override(rec, x, update.target):
            known = _follow(rec, inner, keys[0], undo) and known
        else:
            _convert(rec, x, inner, update, undo)
    return known


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
    if override is MISSING_VALUE or name not in inner.names or is_changes(override):
        return False
    _exchange(inner, inner.names.index(name), override, undo)
    return True


def _exchange(inner: Inner, number: int, new: Any, undo: list[Any]) -> None:
    before = inner.calls
    inner.calls = [*before[:number], new, *before[number + 1 :]]

    def restore() -> None:
        inner.calls = before

    undo.append(restore)


def _convert(rec: Record, x: Any, inner: Inner, update: Any, undo: list[Any]) -> None:
    """Records an edit of an inner call, or of a place below one, as an override."""
    number = inner.number(update.old_value)
    if number is not None and update.new_value is not MISSING_VALUE:
        _put(rec, x, inner.names[number], update.new_value, undo)
        _exchange(inner, number, update.new_value, undo)
        return
    node, key = update.target, update.path.keys[-1]
    while (number := inner.number(node)) is None:
        link = OPS[type(node)].link(node)
        key = link.key[0] if type(link.key) is Steps else link.key
        node = link.parent
        if node is x or node is None:
            return
    name = inner.names[number]
    if rec.args.get(name) is node:  # it was edited as what it is, an argument
        return
    ops: Any = OPS[type(node)]
    if is_name(key):  # what the call's own constructor makes: its overrides have been told already
        _, overrides = split(ops.record(node).args)
        for key, value in overrides.items():
            _change(rec, x, name, key, value, undo)
        return
    value = ops.stored(node, key)
    _change(rec, x, name, key, ops.get(node, key) if value is MISSING_VALUE else value, undo)


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
