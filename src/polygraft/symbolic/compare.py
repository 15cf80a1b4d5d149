"""Symbolic comparison: equality, order and hash of programs, by raw values.

Each kind of node implements `NodeOps.eq` and `NodeOps.hash` with the pieces at the end of this file. Leaves that need more
than `==` get operations of their own here: functions (by what they do), arrays and tensors (by dtype, shape and content),
classes that define `sym_eq`. Law: if `eq(a, b)` then `hash(a) == hash(b)`.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterable
from types import CodeType, FunctionType, MethodType
from typing import Any

from polygraft.missing import MISSING_VALUE, MissingValue
from polygraft.symbolic.node import OPS, SAFE_TYPES, Kind, NodeOps, add_resolver

_ABSENT: Any = object()
_DICTS = frozenset({Kind.DICT, Kind.PLAIN_DICT})
_LISTS = frozenset({Kind.LIST, Kind.PLAIN_LIST})


class TooDeepError(RecursionError):
    """A tree with more levels than Python's stack has room for, in an operation that follows it by recursion."""


def eq(left: Any, right: Any) -> bool:
    """True if two trees stand for the same program.

    Lists and tuples are compared item by item, dicts by key whatever the order, nodes of the same class by their
    arguments, functions by code and closure, arrays by dtype, shape and content, all else by `sym_eq` where its class
    defines one, or by `==`. Linear; identical subtrees cost nothing.

    Example:
        >>> eq([1, {'a': (2,)}], [1, {'a': (2,)}]), eq([1], (1,)), eq(lambda x: x, lambda y: y)
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


def hash_(x: Any) -> int:
    """A hash that agrees with `eq`; exported as `pg.hash`.

    Nodes may be hashed though they can change: the hash changes with them.

    Raises:
        TypeError: `x` is a plain list or dict, or holds a leaf that can't be hashed.

    Example:
        >>> hash_((1, 'a')) == hash_((1, 'a'))
        True
    """
    ops = OPS[type(x)]
    if ops.kind is Kind.PLAIN_LIST or ops.kind is Kind.PLAIN_DICT:
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

    Types come in this order: missing, None, numbers, str, list, tuple, set, dict, then all others by name. Within a type:
    numbers and strings by `<`; lists and tuples by their first difference, then length; dicts by their first difference
    in key or value, then size; nodes of a class by their arguments; others by `sym_lt` or `<`.

    Raises:
        TypeError: Two values of a class have no order.

    Example:
        >>> lt(None, 1), lt(1, 'a'), lt([1, 2], [1, 3]), lt({'a': 1}, {'b': 0})
        (True, True, True, True)
    """
    try:
        return _lt(left, right)
    except RecursionError:
        raise TooDeepError(f"The trees are too deep to be ordered ({type(left).__name__}).") from None


# -- order -------------------------------------------------------------------------------------------------------------
def _order_class(x: Any) -> str:
    if isinstance(x, MissingValue):
        return "0"
    if x is None:
        return "1"
    for rank, types in (("2", (bool, int, float)), ("3", str), ("4", list), ("5", tuple), ("6", (set, frozenset)), ("7", dict)):
        if isinstance(x, types):
            return rank
    return "8" + OPS[type(x)].type.__qualname__


def _lt(left: Any, right: Any) -> bool:
    if left is right:
        return False
    a, b = _order_class(left), _order_class(right)
    if a != b:
        return a < b
    ops = OPS[type(left)]
    if a in ("4", "5"):
        return _lt_sequences(left, right)
    if a == "7":
        return _lt_items(list(ops.items(left)), list(OPS[type(right)].items(right)))
    own = own_method(type(left), "sym_lt")
    if own is not None:
        return bool(own(left, right))
    if ops.symbolic and ops.type is OPS[type(right)].type:
        return _lt_items(list(ops.items(left)), list(ops.items(right)))
    return a not in ("0", "1") and bool(left < right)


def _lt_sequences(left: Any, right: Any) -> bool:
    l_items, r_items = ([v for _, v in OPS[type(x)].items(x)] for x in (left, right))
    for a, b in zip(l_items, r_items, strict=False):
        if a is not b and not same(a, b):
            return _lt(a, b)
    return len(l_items) < len(r_items)


def _lt_items(left: list[tuple[Any, Any]], right: list[tuple[Any, Any]]) -> bool:
    for (ka, a), (kb, b) in zip(left, right, strict=False):
        if ka != kb:
            return bool(ka < kb) if type(ka) is type(kb) else str(ka) < str(kb)
        if a is not b and not same(a, b):
            return _lt(a, b)
    return len(left) < len(right)


def own_method(cls: type, name: str) -> Callable[..., Any] | None:
    """The method that a user's class defines under a name which nodes also have; None if it is the library's own."""
    fn = getattr(cls, name, None)
    if fn is None or getattr(fn, "__module__", "").startswith("polygraft.symbolic."):
        return None
    return fn


# -- pieces for the kinds ----------------------------------------------------------------------------------------------
def same(left: Any, right: Any) -> bool:
    """`eq` for values below the root: like it, but for trees of thousands of levels."""
    if left is right:
        return True
    t, u = type(left), type(right)
    ops = OPS[t]
    if t is not u and type(OPS[u]) is SelfComparingOps and type(ops) is not SelfComparingOps:
        return OPS[u].eq(right, left)
    return ops.eq(left, right)


def eq_mappings(left: dict[Any, Any], right: dict[Any, Any]) -> bool:
    """True if two dicts have the same keys and `eq` values; the raw items of dict subclasses are compared."""
    if len(left) != len(right):
        return False
    get = dict.get
    for key, a in dict.items(left):
        b = get(right, key, _ABSENT)
        if a is b:
            continue
        t = type(a)
        if t is type(b) and t in SAFE_TYPES:
            if a != b:
                return False
        elif b is _ABSENT or not same(a, b):
            return False
    return True


def eq_sequences(left: Iterable[Any], right: Iterable[Any]) -> bool:
    """True if two lists or tuples of raw values have the same length and `eq` items."""
    if len(left) != len(right):  # type: ignore[arg-type]
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
    return list.__iter__(x) if isinstance(x, list) else iter(x)


def hash_items_unordered(items: Iterable[tuple[Any, Any]], seed: Any = None) -> int:
    """A hash of (key, value) pairs that does not depend on their order; missing values are left out."""
    hashes = frozenset(
        (k, hash_child(v)) for k, v in items if v is not MISSING_VALUE and not isinstance(v, MissingValue)
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
    """Python's `==` as a bool, also for arrays."""
    if type(OPS[type(left)]) is ArrayOps or type(OPS[type(right)]) is ArrayOps:
        return same(left, right)
    return bool(left == right)


# -- deep trees --------------------------------------------------------------------------------------------------------
def _eq_deep(left: Any, right: Any) -> bool:
    """`eq` without recursion, for trees deeper than Python's stack."""
    stack = [(left, right)]
    steps = 0
    while stack:
        a, b = stack.pop()
        if a is b:
            continue
        steps += 1
        if len(stack) > 10_000_000 or steps > 100_000_000:
            raise RecursionError("The trees are endless or too large to be compared: does a list contain itself?")
        pairs = _aligned(a, b)
        if pairs is False or (pairs is None and not same(a, b)):
            return False
        stack.extend(pairs or ())
    return True


def _aligned(a: Any, b: Any) -> list[tuple[Any, Any]] | bool | None:
    """The pairs of children that must be equal; False if `a` and `b` differ; None if they are no containers."""
    x, y = OPS[type(a)], OPS[type(b)]
    if not (x.container and y.container):
        return None
    if x.kind in _LISTS or x.kind is Kind.TUPLE:
        if not (y.kind is x.kind or (x.kind in _LISTS and y.kind in _LISTS)):
            return False
    elif x.kind in _DICTS:
        if y.kind not in _DICTS:
            return False
    elif x.type is not y.type:
        return False
    elif own_method(type(a), "sym_eq") is not None:
        return None
    left, right = dict(x.items(a)), dict(y.items(b))
    if left.keys() != right.keys():
        return False
    return [(v, right[k]) for k, v in left.items()]


# -- leaves that need more than `==` ---------------------------------------------------------------------------------------
class FunctionOps(NodeOps):
    """Functions are equal if they do the same: same code, constants, defaults, closure and globals they name."""

    def eq(self, x: Any, y: Any) -> bool:
        return x is y or (type(y) is FunctionType and _same_function(x, y, ()))

    def hash(self, x: Any) -> int:
        return builtins.hash(x.__code__.co_code)


class MethodOps(NodeOps):
    """Bound methods are equal if the function is and the receiver is the same object."""

    def eq(self, x: Any, y: Any) -> bool:
        return type(y) is MethodType and x.__self__ is y.__self__ and same(x.__func__, y.__func__)

    def hash(self, x: Any) -> int:
        return builtins.hash((id(x.__self__), hash_child(x.__func__)))


class SelfComparingOps(NodeOps):
    """A class that is no node but defines `sym_eq` (and, where wanted, `sym_hash`)."""

    def eq(self, x: Any, y: Any) -> bool:
        return bool(type(x).sym_eq(x, y))

    def hash(self, x: Any) -> int:
        own = getattr(type(x), "sym_hash", None)
        return builtins.hash(x) if own is None else own(x)


class ArrayOps(NodeOps):
    """Arrays and tensors of any library: compared by dtype, shape and content."""

    def eq(self, x: Any, y: Any) -> bool:
        if type(OPS[type(y)]) is not ArrayOps:
            return tuple(x.shape) == () and _truth(x == y)
        try:
            if tuple(x.shape) != tuple(y.shape) or not bool(x.dtype == y.dtype):
                return False
        except TypeError:  # dtypes of different libraries
            return False
        return _truth(x == y)

    def hash(self, x: Any) -> int:
        return builtins.hash((tuple(x.shape), str(x.dtype)) if tuple(x.shape) else 0)


def _truth(elementwise: Any) -> bool:
    """Whether all of an elementwise comparison holds."""
    if elementwise is NotImplemented or isinstance(elementwise, bool):
        return elementwise is True
    reduce = getattr(elementwise, "all", None)
    return bool(reduce() if reduce is not None else elementwise.__array__().all())


_CODE_PARTS = ("co_code", "co_names", "co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_flags", "co_freevars")


def _same_function(f: Any, g: Any, seen: tuple[Any, ...]) -> bool:
    if f is g or (f, g) in seen:
        return True
    seen = (*seen, (f, g))
    return (
        _same_code(f.__code__, g.__code__)
        and same(f.__defaults__, g.__defaults__)
        and same(f.__kwdefaults__, g.__kwdefaults__)
        and _same_cells(f.__closure__ or (), g.__closure__ or (), seen)
        and (f.__globals__ is g.__globals__ or _same_globals(f, g))
    )


def _same_code(a: CodeType, b: CodeType) -> bool:
    """Whether two code objects do the same; names of local variables, files and lines do not matter."""
    if a is b:
        return True
    if any(getattr(a, part) != getattr(b, part) for part in _CODE_PARTS) or len(a.co_consts) != len(b.co_consts):
        return False
    return all(_same_const(x, y) for x, y in zip(a.co_consts, b.co_consts, strict=True))


def _same_const(x: Any, y: Any) -> bool:
    if isinstance(x, CodeType) and isinstance(y, CodeType):
        return _same_code(x, y)
    return type(x) is type(y) and bool(x == y or (x != x and y != y))


def _same_cells(a: tuple[Any, ...], b: tuple[Any, ...], seen: tuple[Any, ...]) -> bool:
    for x, y in zip(map(_content, a), map(_content, b), strict=True):
        if type(x) is FunctionType and type(y) is FunctionType:
            if not _same_function(x, y, seen):
                return False
        elif not same(x, y):
            return False
    return True


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not assigned yet
        return _ABSENT


def _same_globals(f: Any, g: Any) -> bool:
    """Whether the globals that two functions of different modules name are the same objects."""
    return all(f.__globals__.get(name) is g.__globals__.get(name) for name in f.__code__.co_names)


class FrameOps(NodeOps):
    """Tables that have a method `equals` (pandas, polars, Arrow)."""

    def eq(self, x: Any, y: Any) -> bool:
        return type(x) is type(y) and bool(x.equals(y))

    def hash(self, x: Any) -> int:
        return builtins.hash(tuple(x.shape))


def _resolve(type_: type) -> NodeOps | None:
    """Operations for leaves; a class of nodes gets its own elsewhere."""
    if issubclass(type_, type) or any(b.__module__ == "polygraft.symbolic.base" for b in type_.__mro__):
        return None
    if hasattr(type_, "equals") and hasattr(type_, "shape"):
        return FrameOps(type_)
    if all(hasattr(type_, name) for name in ("dtype", "shape", "__array__")):
        numpy = sys.modules.get("numpy")
        return None if numpy is not None and issubclass(type_, numpy.generic) else ArrayOps(type_)
    if callable(getattr(type_, "sym_eq", None)):
        return SelfComparingOps(type_)
    return None


OPS[FunctionType] = FunctionOps(FunctionType)
OPS[MethodType] = MethodOps(MethodType)
add_resolver(_resolve)
