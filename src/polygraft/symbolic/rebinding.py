"""`rebind`: changes by path or by rule, all or none.

The argument becomes (path, value) pairs; each is resolved to the innermost node on its path and stored by one `Batch`
(`edits.py`), which validates, undoes and tells. A place inside a tuple is stored as the rebuilt tuple.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import lru_cache
from types import FunctionType
from typing import Any, TypeVar, cast

from polygraft.errors import PathNotFoundError, UnknownKeyError, WritePermissionError, did_you_mean
from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.paths import KeyPath
from polygraft.symbolic.annotations import PlaceFunction
from polygraft.symbolic.edits import Batch, Insertion
from polygraft.symbolic.flags import FLAGS, scope
from polygraft.symbolic.node import INNER, OPS, SEALED, Kind, NodeOps, is_inner_name, plain_list
from polygraft.symbolic.places import child_path, keys_up, path_of, rebuild_tuple
from polygraft.symbolic.rules import Pair, run_rule

T = TypeVar("T")
_ABSENT: Any = object()
_ARGUMENT_KINDS = (Kind.OBJECT, Kind.WRAPPED)


def rebind(
    x: T,
    /,
    path_value_pairs: Mapping[Any, Any] | PlaceFunction | None = None,
    *,
    raise_on_no_change: bool = True,
    notify_parents: bool = True,
    skip_notification: bool | None = None,
    inner: bool = False,
    **kwargs: Any,
) -> T:
    """Changes values in the tree of `x`, in place; all of them, or none if anything raises.

    Args:
        x: A node.
        path_value_pairs: A dict of path → value, or a rule `(path, value) -> value` or `(path, value, parent) -> value`
            which is called for every place of the tree; returning the identical object leaves a place as it is.
            `MISSING_VALUE` removes a value (or resets it to its default); `Insertion(v)` inserts into a list.
        raise_on_no_change: Whether an empty set of changes is an error.
        notify_parents: Whether nodes above `x` are told.
        skip_notification: True to run no hooks; None takes the scope's setting.
        inner: Whether a rule also visits what constructors of wrapped classes have made (`'@conv1.filters'`). Such
            edits are kept as overrides: arguments of the object that was constructed.
        **kwargs: More pairs; they win.

    Returns:
        `x` itself.

    Raises:
        KeyError: A path does not exist, or a key is not allowed there.
        TypeError, ValueError: A value is not acceptable for its field.
        WritePermissionError: A node to be changed is sealed.

    Example:
        >>> import polygraft as pg
        >>> pg.Dict(a=pg.Dict(b=1), n=3).rebind({"a.b": "u", "k": 0})
        {a={b='u'}, n=3, k=0}
    """
    ops = OPS[type(x)]
    if not ops.symbolic:
        raise TypeError(f"Only symbolic values can be rebound. Encountered: {x!r}.")
    flags = FLAGS.get()
    pairs = _as_pairs(x, path_value_pairs, inner or flags.inner)
    if kwargs:
        merged = {p[0]: p for p in pairs}
        merged.update(
            (keys, (keys, None, (), v)) for keys, v in ((_keys_of(k), v) for k, v in kwargs.items())
        )
        pairs = list(merged.values())
    if not pairs and raise_on_no_change:
        raise ValueError(f"There are no values to rebind. (path={path_of(x)})")
    sealed = flags.sealed
    if ops.link(x).flags & SEALED if sealed is None else sealed:
        _refuse_sealed(ops)
    if not pairs:
        return x
    b = Batch()
    if skip_notification is not None:
        b.notify = not skip_notification
    if not notify_parents:
        b.top = x
    _store_all(b, ops, x, pairs, sealed)
    b.tell()
    return x


def _refuse_sealed(ops: NodeOps) -> None:
    """Raises for a sealed object; of a sealed dict or list, the message names the key."""
    if ops.kind in _ARGUMENT_KINDS:
        raise WritePermissionError(f"Cannot rebind a sealed {ops.type.__name__}.")


def rebind_pairs(x: Any, pairs: list[Pair]) -> None:
    """Like `rebind`, for pairs that may insert several times at one place, and leave required values missing."""
    b = Batch()
    with scope(partial=True):
        store_checked(b, x, pairs)
    b.tell()


def store_checked(b: Batch, x: Any, pairs: list[Pair]) -> None:
    """What `rebind` does before hooks run."""
    ops = OPS[type(x)]
    sealed = FLAGS.get().sealed
    if ops.link(x).flags & SEALED if sealed is None else sealed:
        _refuse_sealed(ops)
    _store_all(b, ops, x, pairs, sealed)


def pairs_of(x: Any, rule: Any, inner: bool = False) -> list[Pair]:
    """What `rebind` would store for a dict or a function; see `Pair`."""
    return _as_pairs(x, rule, inner or FLAGS.get().inner)


def _store_all(b: Batch, ops: NodeOps, x: Any, pairs: list[Pair], sealed: bool | None) -> None:
    """Stores all pairs in order, or none; hooks have still to run.

    Structural changes of lists and tuples come last, from the end, so that indices refer to the list before the call.
    """
    later: _Later | None = None
    try:
        for keys, target, steps, value in pairs:
            if target is None:
                target, steps = _resolve(x, keys)
            at = OPS[type(target)]
            if not steps or (at.link(target).flags & SEALED if sealed is None else sealed):
                raise _refused(x, target, at, steps, value)
            if len(steps) == 1 and at.kind is not _LIST and at.admits(target, steps[0]):
                b.store(target, steps[0], value)
            else:
                later = later or _Later()
                _store_otherwise(b, later, target, at, steps, value)
        if later is not None:
            later.store(b)
    except BaseException:
        b.take_back()
        raise
    if ops.kind is _LIST and len(b.changes) > 1:
        b.changes.sort(key=lambda c: child_path(c[0], c[2]))


def _refused(x: Any, target: Any, ops: NodeOps, steps: tuple[Any, ...], value: Any) -> Exception:
    if not steps:
        return KeyError(
            f"Root key '$' cannot be used in {'List' if OPS[type(x)].kind is Kind.LIST else 'Dict'}.rebind. "
            f"Encountered {value!r} (path={path_of(x)})"
        )
    return WritePermissionError(
        f"Cannot rebind key {steps[0]!r} of sealed {ops.type.__name__}: {target!r}. (path='{path_of(target)}')"
    )


# -- pairs -----------------------------------------------------------------------------------------
def _as_pairs(x: Any, pairs: Any, inner: bool) -> list[Pair]:
    kind: Any = pairs.__class__
    if kind is FunctionType:
        return run_rule(x, pairs, inner)
    if kind is dict:
        out: list[Pair] = []
        for key, value in pairs.items():
            keys = _parsed(key) if type(key) is str else _keys_of(key)
            out.append((keys, None, (), value))
        # The same path may be spelled in two ways (`0`, `'[0]'`): the last one counts.
        return out if len(out) < 2 else list({p[0]: p for p in out}.values())
    if pairs is None:
        return []
    if isinstance(pairs, Mapping):
        mapping = cast("Mapping[Any, Any]", pairs)
        ops = OPS[type(mapping)]
        items = ops.items(mapping) if ops.symbolic else mapping.items()
        return [(_keys_of(k), None, (), v) for k, v in items]
    if callable(pairs):
        return run_rule(x, pairs, inner)
    raise ValueError(
        f"Argument 'path_value_pairs' should be a dict. Encountered {pairs!r} (path={path_of(x)})"
    )


@lru_cache(maxsize=4096)
def _parsed(path: str) -> tuple[Any, ...]:
    return tuple(KeyPath.parse(path).keys)


def _keys_of(path: Any) -> tuple[Any, ...]:
    if type(path) is str:
        return _parsed(path)
    return tuple(KeyPath.from_value(path).keys)


# -- storing ---------------------------------------------------------------------------------------
_LIST = Kind.LIST  # an attribute of an enum class is slow to read


class _Later:
    """What is stored after all else: insertions and removals."""

    def __init__(self) -> None:
        #: (list, index, value to insert or `MISSING_VALUE`)
        self.structural: list[tuple[Any, int, Any]] = []
        self.appends: list[tuple[Any, Any]] = []
        #: Of a tuple, say, in a node: (id of the node, key) → the node and (steps from there, value)
        self.inside: dict[tuple[int, Any], tuple[Any, list[tuple[tuple[Any, ...], Any]]]] = {}

    def store(self, b: Batch) -> None:
        for (_, key), (target, changes) in self.inside.items():
            value = OPS[type(target)].get(target, key)
            b.store(target, key, _restructured(value, changes, target, key))
        if self.structural or self.appends:
            _restructure(b, self.structural, self.appends)


def _store_otherwise(
    b: Batch, later: _Later, target: Any, ops: NodeOps, steps: tuple[Any, ...], value: Any
) -> None:
    """Stores in a list, or at a place that is not a direct child of a node."""
    key = steps[0]
    if len(steps) > 1:
        if is_inner_name(key) and ops.get(target, key, _ABSENT) is _ABSENT:
            b.store(target, key, _override(target, steps, value))
        elif isinstance(value, Insertion) or is_missing(value):
            later.inside.setdefault((id(target), key), (target, []))[1].append((steps[1:], value))
        else:
            b.store(target, key, _replaced(ops.get(target, key), steps[1:], value, target, (key,)))
    elif ops.kind is _LIST:
        index = _index(target, key)
        if isinstance(value, Insertion):
            later.structural.append((target, index, value.value))
        elif is_missing(value):
            later.structural.append((target, index, MISSING_VALUE))
        elif index >= plain_list.__len__(target):
            later.appends.append((target, value))
        else:
            b.store(target, index, value)
    else:
        raise _not_allowed(ops, target, key)


def _override(target: Any, steps: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """What the path `steps` below something that a constructor will make stands for: arguments to change."""
    for step in steps[:0:-1]:
        if type(step) is not str or (step is not steps[-1] and step[:1] != "@"):
            raise PathNotFoundError(
                f"What the constructor of {OPS[type(target)].type.__name__} makes at {steps[0]!r} is not known before "
                f"it has run: give the whole argument, `{steps[0]}.<argument>`, or call `pg.realize` first. "
                f"(path={KeyPath.of((*keys_up(target), *steps))})",
                path=KeyPath.of((*keys_up(target), *steps)),
                value=value,
            )
        value = {step: value}
    return value


def _restructure(
    b: Batch, structural: list[tuple[Any, int, Any]], appends: list[tuple[Any, Any]]
) -> None:
    # At one index: what goes, then what is inserted, the last first, so that it comes to stand in the order given.
    structural.reverse()
    structural.sort(key=lambda e: (e[1], e[2] is MISSING_VALUE), reverse=True)
    for target, index, value in structural:
        if value is MISSING_VALUE:
            b.delete(target, index)
        else:
            b.insert(target, index, value)
    for target, value in appends:
        b.insert(target, sys.maxsize, value)  # behind all others
    for target, *_ in (*structural, *appends):
        b.check_length(target)


def _restructured(
    value: Any, changes: list[tuple[tuple[Any, ...], Any]], target: Any, key: Any
) -> Any:
    """`value` (a tuple, say) with items inserted and removed at (steps, value), by the rules for lists."""
    changes.reverse()
    changes.sort(key=lambda c: (len(c[0]), _position(c[0][-1]), is_missing(c[1])), reverse=True)
    for steps, new in changes:
        value = _replaced(value, steps, MISSING_VALUE if is_missing(new) else new, target, (key,))
    return value


def _position(key: Any) -> int:
    return key if isinstance(key, int) else 0


def _index(target: Any, key: Any) -> int:
    """A list index, counted from the start."""
    if not isinstance(key, int):
        raise KeyError(f"Key {key!r} is not an index of a List. (path={path_of(target)})")
    n = plain_list.__len__(target)
    if key < -n:
        raise IndexError(
            f"List index {key} is out of range: the list has {n} elements. (path={path_of(target)})"
        )
    return key + n if key < 0 else key


def _not_allowed(ops: NodeOps, target: Any, key: Any) -> UnknownKeyError:
    path = path_of(target)
    table = INNER if str(key)[:1] == "@" else OPS
    hint = did_you_mean(str(key), [str(k) for k, _ in table[type(target)].items(target)])
    return UnknownKeyError(
        f"Key {key!r} is not allowed for {ops.type!r}. (path={path}){hint}", path=path, value=key
    )


# -- finding the place -----------------------------------------------------------------------------
def _resolve(x: Any, keys: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """The innermost node on the way to `keys`, and the steps that remain from there: none only for no keys."""
    node = value = x
    start = 0
    ops = OPS[type(x)]
    for i, key in enumerate(keys[:-1]):
        child = ops.get(value, key, _ABSENT)
        if child is _ABSENT:
            if ops.container and is_inner_name(key) and ops.admits(value, key):
                return value, keys[i:]  # an override of what is not constructed yet
            raise _no_way(x, keys, i, value, ops)
        value = child
        ops = OPS[type(child)]
        if ops.symbolic:
            node, start = child, i + 1
    if not ops.container:
        raise _not_symbolic(x, keys, len(keys) - 1, value)
    return node, keys[start:]


def _no_way(x: Any, keys: tuple[Any, ...], i: int, value: Any, ops: NodeOps) -> Exception:
    if not ops.container:
        return _not_symbolic(x, keys, i, value)
    if is_inner_name(keys[i]) and ops.kind is Kind.WRAPPED:
        return _not_allowed(ops, value, keys[i])
    return _no_such_path(x, keys, i, value)


def _no_such_path(x: Any, keys: tuple[Any, ...], i: int, value: Any) -> PathNotFoundError:
    path = KeyPath.of((*keys_up(x), *keys))
    names = [str(k) for k, _ in OPS[type(value)].items(value)]
    return PathNotFoundError(
        f"Path {path} does not exist: key {keys[i]!r} is absent from innermost value {value!r}."
        f"{did_you_mean(str(keys[i]), names)}",
        path=path,
        value=value,
    )


def _not_symbolic(x: Any, keys: tuple[Any, ...], i: int, value: Any) -> PathNotFoundError:
    path = KeyPath.of((*keys_up(x), *keys[:i]))
    return PathNotFoundError(
        f"Cannot rebind key {keys[i]!r}: {value!r} is not a symbolic type. (path='{path}')",
        path=path,
        value=value,
    )


def _replaced(
    value: Any, steps: tuple[Any, ...], new: Any, target: Any, done: tuple[Any, ...]
) -> Any:
    """`value` (a tuple, or a plain container inside one) with the place at `steps` replaced: rebuilt, not changed."""
    ops = OPS[type(value)]
    key, rest = steps[0], steps[1:]
    if ops.kind is Kind.PLAIN_LIST and isinstance(key, int) and not rest:
        return _relisted(value, key, new)
    child = ops.get(value, key, _ABSENT) if ops.container else _ABSENT
    if child is _ABSENT and (rest or not _may_be_new(ops, value, key, new)):
        raise _no_such_path(target, (*done, *steps), len(done), value)
    if rest:
        new = _replaced(child, rest, new, target, (*done, key))
    if ops.kind is Kind.TUPLE:
        items = list(value)
        key = key % len(items) if isinstance(key, int) and key < 0 else key
        if new is MISSING_VALUE:
            del items[key]
            return type(value)(items)
        if isinstance(new, Insertion):
            items.insert(key, new.value)
            return type(value)(items)
        items[key] = new
        return rebuild_tuple(value, items)
    copy = value.copy()
    if new is MISSING_VALUE:
        copy.pop(key, None) if ops.kind is Kind.PLAIN_DICT else copy.pop(key)
    elif isinstance(new, Insertion) and ops.kind is Kind.PLAIN_LIST:
        copy.insert(key, new.value)
    else:
        copy[key] = new
    return copy


def _may_be_new(ops: NodeOps, value: Any, key: Any, new: Any) -> bool:
    """True if there need be nothing at `key`: in a dict, and where something is inserted behind the last item."""
    if ops.kind is Kind.PLAIN_DICT:
        return True
    return (
        ops.container and isinstance(new, Insertion) and isinstance(key, int) and key == len(value)
    )


def _relisted(value: list[Any], index: int, new: Any) -> list[Any]:
    """A plain list (an argument's default, or inside a tuple) with one place changed as in a `pg.List`."""
    items = list(value)
    exists = -len(items) <= index < len(items)
    if isinstance(new, Insertion):
        items.insert(index, new.value)
    elif is_missing(new):
        if exists:
            del items[index]
    elif exists:
        items[index] = new
    else:
        items.append(new)
    return items
