"""Leaves that need more than `==`: functions, arrays, tables, classes that compare themselves.

They get operations of their own in the table `OPS`, so that all comparisons find them there. No
framework is imported: what is an array is told by its attributes.
"""

from __future__ import annotations

import sys
from types import CodeType, FunctionType, MethodType
from typing import Any

from polygraft.symbolic.node import OPS, NodeOps, add_resolver

_ABSENT: Any = object()


class FunctionOps(NodeOps):
    """Functions are equal if code, constants, defaults, closure and the globals they name are."""

    def eq(self, x: Any, y: Any) -> bool:
        return x is y or (type(y) is FunctionType and _same_function(x, y, ()))

    def hash(self, x: Any) -> int:
        return hash(x.__code__.co_code)


class MethodOps(NodeOps):
    """Bound methods are equal if the function is and the receiver is the same object."""

    def eq(self, x: Any, y: Any) -> bool:
        return type(y) is MethodType and x.__self__ is y.__self__ and _same(x.__func__, y.__func__)

    def hash(self, x: Any) -> int:
        return hash((id(x.__self__), _hash(x.__func__)))


class SpecialOps(NodeOps):
    """Leaves that are asked for equality first, on whichever side they stand.

    Attributes:
        elementwise: True if `==` gives no bool.
    """

    elementwise = False


class SelfComparingOps(SpecialOps):
    """A class that is no node but defines `sym_eq` (and, where wanted, `sym_hash`)."""

    def eq(self, x: Any, y: Any) -> bool:
        cls: Any = self.type
        return bool(cls.sym_eq(x, y))

    def hash(self, x: Any) -> int:
        own = getattr(self.type, "sym_hash", None)
        return hash(x) if own is None else own(x)


class ArrayOps(SpecialOps):
    """Arrays and tensors of any library: compared by dtype, shape and content."""

    elementwise = True

    def eq(self, x: Any, y: Any) -> bool:
        if type(OPS[type(y)]) is not ArrayOps:
            # An array would try to make one of a list or tuple; only that of a single number equals anything else.
            return tuple(x.shape) == () and not OPS[type(y)].container and _truth(x == y)
        try:
            if tuple(x.shape) != tuple(y.shape) or not bool(x.dtype == y.dtype):
                return False
        except TypeError:  # dtypes of different libraries
            return False
        return _truth(x == y)

    def hash(self, x: Any) -> int:
        if tuple(x.shape):
            return hash((tuple(x.shape), str(x.dtype)))
        return hash((x if hasattr(x, "item") else x.__array__()).item())


def _truth(elementwise: Any) -> bool:
    """Whether all of an elementwise comparison holds."""
    if elementwise is NotImplemented or isinstance(elementwise, bool):
        return elementwise is True
    reduce = getattr(elementwise, "all", None)
    return bool(reduce() if reduce is not None else elementwise.__array__().all())


_CODE_PARTS = (
    "co_code",
    "co_names",
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_flags",
    "co_freevars",
)


def _same_function(f: Any, g: Any, seen: tuple[Any, ...]) -> bool:
    if f is g or (f, g) in seen:
        return True
    seen = (*seen, (f, g))
    return (
        _same_code(f.__code__, g.__code__)
        and _same(f.__defaults__, g.__defaults__)
        and _same(f.__kwdefaults__, g.__kwdefaults__)
        and _same_cells(f.__closure__ or (), g.__closure__ or (), seen)
        and (f.__globals__ is g.__globals__ or _same_globals(f, g))
    )


def _same_code(a: CodeType, b: CodeType) -> bool:
    """Whether two code objects do the same; names of locals, files and lines do not matter."""
    if a is b:
        return True
    return (
        all(getattr(a, part) == getattr(b, part) for part in _CODE_PARTS)
        and len(a.co_consts) == len(b.co_consts)
        and all(map(_same_const, a.co_consts, b.co_consts))
    )


def _same_const(x: Any, y: Any) -> bool:
    if isinstance(x, CodeType) and isinstance(y, CodeType):
        return _same_code(x, y)
    return type(x) is type(y) and bool(x == y or (x != x and y != y))


def _same_cells(a: tuple[Any, ...], b: tuple[Any, ...], seen: tuple[Any, ...]) -> bool:
    for x, y in zip(map(_content, a), map(_content, b), strict=True):
        if type(x) is FunctionType and type(y) is FunctionType:
            if not _same_function(x, y, seen):
                return False
        elif not _same(x, y):
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


class FrameOps(SpecialOps):
    """Tables that have a method `equals` (pandas, polars, Arrow)."""

    elementwise = True

    def eq(self, x: Any, y: Any) -> bool:
        return type(x) is type(y) and bool(x.equals(y))

    def hash(self, x: Any) -> int:
        return hash(tuple(x.shape))


def _resolve(type_: type[Any]) -> NodeOps | None:
    """Operations for leaves; a class of nodes gets its own elsewhere."""
    if issubclass(type_, type) or any(
        b.__module__ == "polygraft.symbolic.base" for b in type_.__mro__
    ):
        return None
    if hasattr(type_, "equals") and hasattr(type_, "shape"):
        return FrameOps(type_)
    if all(hasattr(type_, name) for name in ("dtype", "shape", "__array__")):
        numpy = sys.modules.get("numpy")
        return None if numpy is not None and issubclass(type_, numpy.generic) else ArrayOps(type_)
    if callable(getattr(type_, "sym_eq", None)):
        return SelfComparingOps(type_)
    return None


class SetOps(NodeOps):
    """Sets: leaves that Python does not hash, since they change; so do nodes."""

    def hash(self, x: Any) -> int:
        return hash(frozenset(x))


def _same(x: Any, y: Any) -> bool:
    return x is y or OPS[type(x)].eq(x, y)


def _hash(x: Any) -> int:
    return OPS[type(x)].hash(x)


OPS[FunctionType] = FunctionOps(FunctionType)
OPS[MethodType] = MethodOps(MethodType)
OPS[set] = SetOps(set)
add_resolver(_resolve)
