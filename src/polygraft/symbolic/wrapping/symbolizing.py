"""`pg.symbolize` and `pg.wrap`: how ordinary classes become symbolic ones."""

from __future__ import annotations

import enum
import functools
import typing
import weakref
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar, cast, overload

from polygraft.errors import NotSymbolizableError
from polygraft.symbolic.dict_ import Dict
from polygraft.symbolic.functor_bases import functor_base
from polygraft.symbolic.functors import class_of_function
from polygraft.symbolic.list_ import List
from polygraft.symbolic.node import OPS
from polygraft.symbolic.object_ import Object
from polygraft.symbolic.once import MAKING
from polygraft.symbolic.wrapping.adapters import adapter_of
from polygraft.symbolic.wrapping.base import ClassWrapper
from polygraft.symbolic.wrapping.meta import known_wrapper, wrapper_of
from polygraft.symbolic.wrapping.options import Options, build_fields
from polygraft.symbolic.wrapping.scopes import portable

if TYPE_CHECKING:
    from polygraft.symbolic.functor_types import FunctorClass

C = TypeVar("C", bound=type)
P = ParamSpec("P")
R = TypeVar("R")


class _Decorator(Protocol):
    """`symbolize` with its options given."""

    @overload
    def __call__(self, symbol: C, /) -> C: ...
    @overload
    def __call__(self, symbol: Callable[P, R], /) -> FunctorClass[P, R]: ...


@overload
def symbolize(symbol: C, constraints: Any = None, /, **options: Any) -> C: ...
@overload
def symbolize(
    symbol: Callable[P, R], constraints: Any = None, /, **options: Any
) -> FunctorClass[P, R]: ...
@overload
def symbolize(constraints: list[Any], /, **options: Any) -> _Decorator: ...
@overload
def symbolize(**options: Any) -> _Decorator: ...
def symbolize(*args: Any, **kwargs: Any) -> Any:
    """Makes a class or function symbolic: `symbolize(cls)`, `symbolize(cls, constraints)`, or as a
    decorator.

    A class gives a subclass with the same name, signature, documentation and behaviour, whose
    instances are nodes: they remember their arguments, and can be printed, queried, edited,
    cloned, compared and saved by them. The class itself is untouched. A function gives a functor
    class (see `pg.functor`); `dict` and `list` give `pg.Dict` and `pg.List`.

    Args:
        *args: The class or function (left out for a decorator with arguments), then a list of
            constraints: field tuples
            `(argument, value_spec[, description])` for some arguments.
        **kwargs: Options of `wrap`, or of `functor_class`.

    Returns:
        The symbolic class; the same one for the same class.

    Raises:
        NotSymbolizableError: The class can't be made symbolic; the message says why.
        TypeError: The first argument is neither a class nor a function.
        ValueError: Wrong use, or constraints where there can be none.
        KeyError: A constraint for an argument that does not exist.

    Example:
        >>> import polygraft as pg
        >>> @pg.symbolize([("rate", pg.typing.Float(min_value=0))])
        ... class Optimizer:
        ...     def __init__(self, rate, decay=0.9):
        ...         self.rate = rate
        >>> o = Optimizer(0.1)
        >>> o
        Optimizer(rate=0.1, decay=0.9)
        >>> o.rebind(rate=0.5).rate
        0.5
    """
    if not args:
        return functools.partial(_symbolize, constraints=None, options=kwargs)
    first, rest = args[0], args[1:]
    if isinstance(first, (list, tuple)) and not isinstance(first, type):
        if rest:
            raise ValueError(
                f"Only `constraint` is supported as positional arguments. Encountered {args!r}."
            )
        return functools.partial(_symbolize, constraints=first, options=kwargs)
    if not isinstance(first, type) and not isinstance(first, FunctionType):
        raise TypeError(f"{first!r} cannot be symbolized.")
    if len(rest) > 1:
        raise ValueError(
            f"Only `constraint` is supported as positional arguments. Encountered {rest!r}."
        )
    return _symbolize(first, rest[0] if rest else None, kwargs)


def _symbolize(symbol: Any, constraints: Any, options: dict[str, Any]) -> Any:
    if symbol is dict or symbol is list:
        if constraints:
            raise ValueError(
                f"Constraints are not supported in symbolic {symbol!r}. Encountered: constraints={constraints!r}."
            )
        return Dict if symbol is dict else List
    if isinstance(symbol, type):
        return wrap(symbol, constraints, **options)
    if isinstance(symbol, FunctionType):
        return _functor_class(symbol, constraints, options)
    raise TypeError(f"{symbol!r} cannot be symbolized.")


#: Function → its functor class, where it was made symbolic without options: there is one.
_functors: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()


def _functor_class(function: Any, constraints: Any, options: dict[str, Any]) -> Any:
    """The functor class of a function; the same one each time, unless constraints or options say how to make it."""
    usual = not constraints and not options
    cls: Any = _functors.get(function) if usual else None
    if cls is None:
        functor_base(function)  # may import a framework's module
        with MAKING:
            cls = _functors.get(function) if usual else None
            if cls is None:
                cls = class_of_function(function, constraints, add_to_registry=True, **options)
                cls._pg_made_by = (_functor_class, (function, constraints, options))
                if usual:
                    _functors[function] = cls
    return cls


def wrap(
    cls: C,
    init_args: Any = None,
    *,
    repr: bool = True,
    eq: bool = False,
    class_name: str | None = None,
    module_name: str | None = None,
    serialization_key: str | None = None,
    additional_keys: list[str] | None = None,
    override: dict[str, Any] | None = None,
    inner: Any = None,
) -> C:
    """Returns the symbolic subclass of a class; `symbolize` calls it.

    Args:
        cls: The class.
        init_args: Field tuples `(argument, value_spec[, description])` for some arguments.
        repr: Whether instances print as the call that makes them, also where the class defines a
            `__repr__`.
        eq: Whether `==` and `hash` compare programs, where the class defines neither.
        class_name, module_name: Other names for the new class.
        serialization_key: Its name in files; its public path by default.
        additional_keys: Further names under which files may know it.
        override: Attributes to set on the new class.
        inner: A module, a class, or several, whose classes are symbolic where the constructor calls them, although
            its code names the plain ones: `inner=torch.nn`. See `pg.query(..., inner=True)`.

    Raises:
        NotSymbolizableError: The class can't be made symbolic; the message says why.
    """
    plain: Any = cls
    if not isinstance(plain, type):
        raise TypeError(f"Class wrapper can only be created from classes. Encountered: {cls!r}.")
    if isinstance(init_args, Mapping):
        init_args = cast("Mapping[Any, Any]", init_args).items()
    constraints: tuple[Any, ...] = tuple(init_args or ())
    options = Options(
        constraints,
        repr,
        eq,
        class_name,
        module_name,
        serialization_key,
        tuple(additional_keys or ()),
        tuple((override or {}).items()),
        () if inner is None else portable(inner),
    )
    adapter_of(cls)  # may import a framework's module
    with MAKING:
        return _wrap(cls, constraints, options)


def _wrap(cls: Any, constraints: tuple[Any, ...], options: Options) -> Any:
    wrapper: Any = cls if issubclass(cls, ClassWrapper) else known_wrapper(cls)
    if wrapper is None:
        _refuse(cls)
        try:
            wrapper = wrapper_of(cls, options)
        except TypeError as e:
            raise NotSymbolizableError(f"{cls!r} cannot be symbolized: {e}", value=cls) from e
        if constraints:
            cast("Any", OPS[wrapper]).info  # noqa: B018  # errors in constraints show now
    elif constraints or options != Options():
        build_fields(wrapper, constraints)
        options.apply_to(wrapper)
        vars(OPS[wrapper]).pop("info", None)
    return wrapper


def _refuse(cls: Any) -> None:
    """Raises for classes of which no working wrapper can be made."""
    if issubclass(cls, Object):
        raise ValueError(
            f"Cannot symbolize {cls!r}: {cls.__name__} is already a dataclass-like symbolic class "
            f"derived from `pg.Object`. Consider to use `pg.members` to add new symbolic attributes."
        )
    reason = None
    if issubclass(cls, (Dict, List)):
        reason = "its instances are nodes already"
    elif issubclass(cls, enum.Enum):
        reason = "the members of an enumeration are fixed; use them as plain values"
    elif issubclass(cls, type):
        reason = "its instances are classes"
    elif typing.is_typeddict(cls):
        reason = "its instances are plain dicts, which belong to no class"
    elif getattr(cls, "_is_protocol", False):
        reason = "a protocol has no instances; symbolize the classes that implement it"
    elif cls is object:
        reason = "it has no arguments and no state"
    elif not cls.__flags__ & _SUBCLASSABLE:
        reason = "Python does not allow to derive from it"
    if reason is not None:
        raise NotSymbolizableError(f"{cls!r} cannot be symbolized: {reason}.", value=cls)


_SUBCLASSABLE = 1 << 10
