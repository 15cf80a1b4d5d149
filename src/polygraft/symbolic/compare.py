"""Symbolic comparison: equality, order and hash of programs, by raw values.

Each kind of node implements `NodeOps.eq` and `NodeOps.hash` with the pieces at the end of this
file; leaves that need more than `==` are in `leaf_ops.py`.
Law: if `eq(a, b)` then `hash(a) == hash(b)`.
"""

# The type of a value that may be anything counts as unknown.
# pyright: reportUnknownVariableType=false

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar, cast

from polygraft.missing import MISSING_VALUE, MissingValue
from polygraft.symbolic.leaf_ops import SpecialOps
from polygraft.symbolic.node import OPS, SAFE_TYPES, Kind

F = TypeVar("F", bound=Callable[..., Any])
_ABSENT: Any = object()
# The methods of the builtins: subclasses give inferred values.
_items: Callable[..., Any] = dict[Any, Any].items
_get: Callable[..., Any] = dict[Any, Any].get
_iter: Callable[..., Any] = list[Any].__iter__
_DICTS = frozenset({Kind.DICT, Kind.PLAIN_DICT})
_LISTS = frozenset({Kind.LIST, Kind.PLAIN_LIST})


class TooDeepError(RecursionError):
    """A tree with more levels than Python's stack has room for, in an operation that follows it by recursion."""


def eq(left: Any, right: Any) -> bool:
    """True if two trees stand for the same program.

    Lists and tuples are compared item by item, dicts by key whatever the order, nodes of the same
    class by their arguments, functions by code and closure, arrays by dtype, shape and content,
    all else by `sym_eq` where its class defines one, or by `==`. Linear; identical subtrees cost
    nothing.

    Example:
        >>> eq([1, {"a": (2,)}], [1, {"a": (2,)}]), eq([1], (1,)), eq(lambda x: x, lambda y: y)
        (True, False, True)
    """
    if left is right:
        return True
    try:
        return same(left, right)
    except RecursionError:
        return _eq_deep(left, right)


def ne(left: Any, right: Any) -> bool:
    """The negation of `eq`."""
    return not eq(left, right)


_NOT_HASHED = (Kind.PLAIN_LIST, Kind.PLAIN_DICT)


def hash_(x: Any) -> int:
    """A hash that agrees with `eq`; exported as `pg.hash`.

    Nodes may be hashed though they can change: the hash changes with them.

    Raises:
        TypeError: `x` is itself a plain list, dict or set, or holds a leaf that can't be hashed.

    Example:
        >>> hash_((1, "a")) == hash_((1, "a"))
        True
    """
    ops = OPS[type(x)]
    if ops.kind in _NOT_HASHED or ops.type is set:
        return builtins.hash(x)
    try:
        return ops.hash(x)
    except TooDeepError:
        raise
    except RecursionError:
        raise TooDeepError(f"The tree is too deep to be hashed ({ops.type.__name__}).") from None


def gt(left: Any, right: Any) -> bool:
    """True if `right` comes before `left`: see `lt`."""
    return lt(right, left)


def lt(left: Any, right: Any) -> bool:
    """True if `left` comes before `right` in an order over values of any type.

    Types come in this order: missing, None, numbers, str, list, tuple, set, dict, then all others
    by name. Within a type: numbers and strings by `<`; lists and tuples by their first difference,
    then length; dicts by their first difference in key or value, then size; nodes of a class by
    their arguments; others by `sym_lt` or `<`.

    Raises:
        TypeError: Two values of a class have no order.

    Example:
        >>> lt(None, 1), lt(1, "a"), lt([1, 2], [1, 3]), lt({"a": 1}, {"b": 0})
        (True, True, True, True)
    """
    try:
        return _order(left, right) < 0
    except RecursionError:
        raise TooDeepError(
            f"The trees are too deep to be ordered ({type(left).__name__})."
        ) from None


# -- order -----------------------------------------------------------------------------------------
def _order_class(x: Any) -> str:
    if isinstance(x, MissingValue):
        return "0"
    if x is None:
        return "1"
    for rank, types in (
        ("2", (bool, int, float)),
        ("3", str),
        ("4", list),
        ("5", tuple),
        ("6", (set, frozenset)),
        ("7", dict),
    ):
        if isinstance(x, types):
            return rank
    return "8" + OPS[type(x)].type.__qualname__


def _order(left: Any, right: Any) -> int:
    """Negative, zero or positive as `left` is before, level with or after `right`; one pass."""
    if left is right:
        return 0
    a, b = _order_class(left), _order_class(right)
    if a != b:
        return -1 if a < b else 1
    if a in ("0", "1"):
        return 0
    ops, others = OPS[type(left)], OPS[type(right)]
    own = own_method(ops.type, "sym_lt")
    if own is None and ops.container and others.container:
        if a in ("4", "5"):
            return _order_sequences(ops.items(left), others.items(right))
        if a == "7" or ops.type is others.type:
            return _order_items(list(ops.items(left)), list(others.items(right)))
    if same(left, right):
        return 0
    return -1 if (left < right if own is None else own(left, right)) else 1


def _order_sequences(left: Iterable[tuple[Any, Any]], right: Iterable[tuple[Any, Any]]) -> int:
    l_items, r_items = list(left), list(right)
    for (_, a), (_, b) in zip(l_items, r_items, strict=False):
        if order := _order(a, b):
            return order
    return len(l_items) - len(r_items)


def _order_items(left: list[tuple[Any, Any]], right: list[tuple[Any, Any]]) -> int:
    for (ka, a), (kb, b) in zip(left, right, strict=False):
        if ka != kb:
            before = ka < kb if type(ka) is type(kb) else str(ka) < str(kb)
            return -1 if before else 1
        if order := _order(a, b):
            return order
    return len(left) - len(right)


def own_method(cls: type, name: str) -> Callable[..., Any] | None:
    """The method that a user's class defines under a name which nodes also have; None if it is the library's own."""
    fn = getattr(cls, name, None)
    if fn is None or (
        getattr(fn, "__module__", "").startswith("polygraft.symbolic.")
        and fn not in _PRINTED_BY_CLASS
    ):
        return None
    return fn


_PRINTED_BY_CLASS: set[Any] = set()


def printed_by_class(method: F) -> F:
    """Marks a `format` of the library's own that is to be used like one that a user's class defines."""
    _PRINTED_BY_CLASS.add(method)
    return method


# -- pieces for the kinds --------------------------------------------------------------------------
def same(left: Any, right: Any) -> bool:
    """`eq` for values below the root: like it, but for trees of thousands of levels."""
    if left is right:
        return True
    t = type(left)
    u = type(right)
    ops = OPS[t]
    if t is not u:
        others = OPS[u]
        if not isinstance(ops, SpecialOps) and (
            isinstance(others, SpecialOps) or (others.symbolic and not ops.container)
        ):
            return others.eq(right, left)  # `left == right` could build a wrapped object
    if ops.kind is Kind.TUPLE:
        return isinstance(right, tuple) and eq_sequences(left, cast("tuple[Any, ...]", right))
    return ops.eq(left, right)


def eq_mappings(left: dict[Any, Any], right: dict[Any, Any]) -> bool:
    """True if two dicts have the same keys and `eq` values; the raw items of dict subclasses are compared."""
    if len(left) != len(right):
        return False
    for key, a in _items(left):
        b = _get(right, key, _ABSENT)
        if a is b:
            continue
        t = type(a)
        if t is type(b) and t in SAFE_TYPES:
            if a != b:
                return False
        elif b is _ABSENT or not same(a, b):
            return False
    return True


def eq_sequences(left: Sequence[Any], right: Sequence[Any]) -> bool:
    """True if two lists or tuples of raw values have the same length and `eq` items."""
    if len(left) != len(right):
        return False
    for a, b in zip(_raw_iter(left), _raw_iter(right), strict=True):
        if a is b:
            continue
        t = type(a)
        if t is type(b) and t in SAFE_TYPES:
            if a != b:
                return False
        elif not same(a, b):
            return False
    return True


def _raw_iter(x: Iterable[Any]) -> Iterable[Any]:
    return _iter(x) if isinstance(x, list) else x


def hash_items_unordered(items: Iterable[tuple[Any, Any]], seed: Any = None) -> int:
    """A hash of (key, value) pairs that does not depend on their order; missing values are left out."""
    hashes = frozenset(
        (k, hash_child(v))
        for k, v in items
        if v is not MISSING_VALUE and not isinstance(v, MissingValue)
    )
    return builtins.hash((seed, hashes))


def hash_sequence(values: Iterable[Any], seed: Any = None) -> int:
    """A hash of values in order."""
    return builtins.hash((seed, *map(hash_child, values)))


def hash_child(x: Any) -> int:
    """The symbolic hash of a value below the root."""
    t = type(x)
    return builtins.hash(x) if t in SAFE_TYPES else OPS[t].hash(x)


def equals(left: Any, right: Any) -> bool:
    """Python's `==` as a bool, also for arrays and tables; it never builds a wrapped object."""
    if left is right:
        return True
    for x in (left, right):
        ops = OPS[type(x)]
        if isinstance(ops, SpecialOps) and ops.elementwise:
            return same(left, right)
        if ops.kind is Kind.WRAPPED:
            return ops.type.__eq__ is not object.__eq__ and same(left, right)
    return bool(left == right)


# -- deep trees ------------------------------------------------------------------------------------
def _eq_deep(left: Any, right: Any) -> bool:
    """`eq` without recursion, for trees deeper than Python's stack.

    A pair that was met before is not followed again, so that lists which contain themselves end too.
    """
    stack = [(left, right)]
    met: set[tuple[int, int]] = set()
    while stack:
        a, b = stack.pop()
        if a is b or (id(a), id(b)) in met:
            continue
        met.add((id(a), id(b)))
        pairs = _aligned(a, b)
        if pairs is None:
            return False
        stack.extend(pairs)
    return True


def _aligned(a: Any, b: Any) -> list[tuple[Any, Any]] | None:
    """The pairs of children that must be equal; None if `a` and `b` differ."""
    x, y = OPS[type(a)], OPS[type(b)]
    if not (x.container and y.container) or own_method(x.type, "sym_eq") is not None:
        return [] if same(a, b) else None
    if x.kind in _LISTS:
        comparable = y.kind in _LISTS
    elif x.kind in _DICTS:
        comparable = y.kind in _DICTS
    else:
        comparable = x.kind is y.kind and (x.kind is Kind.TUPLE or x.type is y.type)
    if not comparable:
        return None
    left, right = dict(x.items(a)), dict(y.items(b))
    return [(v, right[k]) for k, v in left.items()] if left.keys() == right.keys() else None
