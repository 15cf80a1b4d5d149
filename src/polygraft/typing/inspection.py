"""Questions about types and functions, aware of generics and protocols."""

from __future__ import annotations

import inspect
import sys
import types
import typing
from typing import Any

_FUNCTION_TYPES = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
)


def is_protocol(x: Any) -> bool:
    """True for a class that derives directly from `typing.Protocol`."""
    return (
        isinstance(x, type)
        and x is not typing.Protocol
        and bool(x.__dict__.get("_is_protocol", False))
    )


def is_generic(x: Any) -> bool:
    """True for a subscripted type such as `list[int]`."""
    return typing.get_origin(x) is not None


def has_generic_bases(cls: Any) -> bool:
    """True for a class with subscripted bases."""
    return bool(getattr(cls, "__orig_bases__", None))


def get_type(x: Any) -> type[Any]:
    """Returns the class itself, or the class that is subscripted.

    Raises:
        TypeError: `x` is neither.
    """
    origin: Any = typing.get_origin(x)
    if isinstance(x, type) and origin is None:
        return x
    if isinstance(origin, type):
        return origin
    raise TypeError(f"{x!r} is not a type.")


def get_type_args(x: Any, base: type[Any] | None = None) -> tuple[Any, ...]:
    """Returns the type arguments of `x`, or those that `x` gives to its generic base class `base`."""
    if base is None:
        return typing.get_args(x)
    if typing.get_origin(x) is base:
        return typing.get_args(x)
    cls = typing.get_origin(x) or x
    for b in getattr(cls, "__orig_bases__", ()):
        if typing.get_origin(b) is base:
            return typing.get_args(b)
    return ()


def is_subclass(src: Any, target: Any) -> bool:
    """`issubclass` for classes, generics, protocols, `typing.Any`, and tuples of them (any of these).

    The type arguments that `target` has must match those of `src`; those of builtin and abstract collections, which
    instances do not record, are not looked at.

    Example:
        >>> is_subclass(bool, (str, int)), is_subclass(int, Any)
        (True, True)
    """
    if type(target) is type and type(src) is type:
        return issubclass(src, target)
    if isinstance(target, tuple):
        return any(is_subclass(src, t) for t in typing.cast("tuple[Any, ...]", target))
    if target is Any:
        return True
    if src is Any:
        return False
    if target is None:
        target = type(None)
    target_cls: Any = typing.get_origin(target) or target
    if not isinstance(target_cls, type):
        raise TypeError(f"{target!r} is not a type.")
    src_cls: Any = typing.get_origin(src) or src
    if is_protocol(target_cls):
        return _follows_protocol(src, target_cls)
    if not isinstance(src_cls, type):
        raise TypeError(f"{src!r} is not a type.")
    if not _issubclass(src_cls, target_cls):
        return False
    wanted = typing.get_args(target)
    if not wanted:
        return True
    given = get_type_args(src, target_cls)
    return len(given) == len(wanted) and all(
        _arg_matches(g, w) for g, w in zip(given, wanted, strict=True)
    )


def _issubclass(src: type[Any], target: type[Any]) -> bool:
    try:
        return issubclass(src, target)
    except TypeError:  # a class that refuses class checks (TypedDict)
        return target in src.__mro__


def _arg_matches(given: Any, wanted: Any) -> bool:
    if wanted is Any or given == wanted:
        return True
    if isinstance(given, typing.TypeVar) or isinstance(wanted, typing.TypeVar):
        return True
    try:
        return is_subclass(given, wanted)
    except TypeError:
        return False


def _follows_protocol(src: Any, protocol: type[Any]) -> bool:
    """Members are not compared, but plain builtins do not count."""
    if not isinstance(src, type):
        return False
    return src.__module__ != "builtins" or (
        issubclass(src, _FUNCTION_TYPES) and "__call__" in protocol.__dict__
    )


def is_instance(value: Any, target: Any) -> bool:
    """`isinstance` for what `is_subclass` understands.

    Example:
        >>> is_instance([1], list[int])
        True
    """
    if type(target) is type:
        return isinstance(value, target)
    if isinstance(target, tuple):
        return any(is_instance(value, t) for t in typing.cast("tuple[Any, ...]", target))
    if target is Any:
        return True
    origin: Any = typing.get_origin(target)
    if isinstance(origin, type):
        if not hasattr(origin, "__orig_bases__") and not is_protocol(origin):
            return isinstance(
                value, origin
            )  # builtin and ABC generics: instances do not record their arguments
        recorded = getattr(value, "__orig_class__", None)
        return is_subclass(type(value), target) or (
            recorded is not None and is_subclass(recorded, target)
        )
    if isinstance(target, type) and not is_protocol(target):
        try:
            return isinstance(value, target)
        except TypeError:
            return target in type(value).__mro__
    return is_subclass(type(value), target)


def get_outer_class(
    cls: type[Any],
    base_cls: type[Any] | tuple[type[Any], ...] | None = None,
    immediate: bool = False,
) -> type[Any] | None:
    """Returns the class in whose body `cls` was defined, or None.

    Args:
        cls: The inner class.
        base_cls: If given, the nearest enclosing class that is a subclass of this.
        immediate: Look only at the directly enclosing class.

    Raises:
        ValueError: `cls` is local to a function.
    """
    names = cls.__qualname__.split(".")
    if "<locals>" in names:
        raise ValueError(
            f"Cannot find the outer class for locally defined class {cls.__qualname__!r}"
        )
    parent: Any = sys.modules.get(cls.__module__)
    outer: list[type[Any]] = []
    for name in names[:-1]:
        parent = getattr(parent, name, None)
        if not isinstance(parent, type):
            return None
        outer.append(parent)
    for candidate in reversed(outer[-1:] if immediate else outer):
        if base_cls is None or issubclass(candidate, base_cls):
            return candidate
    return None


def callable_eq(x: Any, y: Any) -> bool:
    """Equality that looks into functions: two that were compiled from the same code and bind the same values are equal.

    Example:
        >>> (
        ...     callable_eq(lambda x: x + 1, lambda y: y + 1),
        ...     callable_eq(lambda x: x + 1, lambda x: x + 2),
        ... )
        (True, False)
    """
    if x is y:
        return True
    if x is None or y is None:
        return False
    if inspect.ismethod(x) and inspect.ismethod(y):
        return x.__self__ is y.__self__ and _function_eq(x.__func__, y.__func__)
    if isinstance(x, types.FunctionType) and isinstance(y, types.FunctionType):
        return _function_eq(x, y)
    try:
        return bool(x == y)
    except Exception:  # arrays and odd `__eq__` methods
        return False


def _function_eq(x: Any, y: Any) -> bool:
    if x is y:
        return True
    if not isinstance(x, types.FunctionType) or not isinstance(y, types.FunctionType):
        return bool(x == y)
    return (
        _code_eq(x.__code__, y.__code__)
        and x.__defaults__ == y.__defaults__
        and x.__kwdefaults__ == y.__kwdefaults__
        and _cells(x) == _cells(y)
    )


def _code_eq(x: types.CodeType, y: types.CodeType) -> bool:
    if x.co_code != y.co_code or x.co_names != y.co_names or len(x.co_consts) != len(y.co_consts):
        return False
    for a, b in zip(x.co_consts, y.co_consts, strict=True):
        if isinstance(a, types.CodeType) and isinstance(b, types.CodeType):
            if not _code_eq(a, b):
                return False
        elif (type(a) is not type(b) or a != b) and not (_is_local_name(a) and _is_local_name(b)):
            return False
    return True


def _is_local_name(x: Any) -> bool:
    """The name of an inner function is a constant too, but says nothing about what it does."""
    return isinstance(x, str) and "<locals>" in x


def _cells(f: types.FunctionType) -> list[Any]:
    out: list[Any] = []
    for cell in f.__closure__ or ():
        try:
            out.append(cell.cell_contents)
        except ValueError:  # not filled yet
            out.append(None)
    return out
