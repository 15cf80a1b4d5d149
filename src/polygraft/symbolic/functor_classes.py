"""How functor classes are made: `pg.functor`, `pg.functor_class`, `pg.as_functor`.

What instances do is in `functors.py` (of functions) and `constructors.py` (of classes).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from polygraft.symbolic.annotations import Lambda
from polygraft.symbolic.constructors import class_of_class
from polygraft.symbolic.functors import Functor, class_of_function
from polygraft.symbolic.once import MAKING

if TYPE_CHECKING:
    from polygraft.symbolic.functor_types import FunctorClass, FunctorDecorator

P = ParamSpec("P")
R = TypeVar("R")


def functor_class(
    func: Callable[P, R],
    args: Any = None,
    returns: Any = None,
    base_class: type[Functor] | None = None,
    *,
    auto_doc: bool = False,
    auto_typing: bool = False,
    serialization_key: str | None = None,
    additional_keys: list[str] | None = None,
    add_to_registry: bool = False,
) -> FunctorClass[P, R]:
    """Makes a functor class from a function, or from a class: then calling an instance makes an object of the class.

    Args:
        func: The function or class.
        args: Field tuples for some or all parameters, in any order.
        returns: Value spec of the return value.
        base_class: A subclass of `Functor`.
        auto_doc: Take descriptions from the docstring.
        auto_typing: Turn annotations into value specs.
        serialization_key: Name of the class in files.
        additional_keys: Further names under which files may know it.
        add_to_registry: Whether files may name the class.

    Raises:
        TypeError: `func` is neither a function nor a class, or a default violates its spec.
        KeyError: `args` names a parameter that does not exist.

    Example:
        >>> import polygraft as pg
        >>> def power(base: float, exponent=2):
        ...     return base**exponent
        >>> Power = pg.functor_class(power, [("exponent", int)], auto_typing=True)
        >>> Power(exponent=3)(2.0)
        8.0

    See Also:
        `pg.symbolize`, whose classes construct when they are called; a functor of a class waits for the rest of its
        arguments, and makes a new, plain object at each call.
    """
    options = {
        "args": args,
        "returns": returns,
        "base_class": base_class,
        "auto_doc": auto_doc,
        "auto_typing": auto_typing,
        "serialization_key": serialization_key,
        "additional_keys": additional_keys,
        "add_to_registry": add_to_registry,
    }
    options = {k: v for k, v in options.items() if v}
    if not isinstance(func, type):
        return _make(func, options)
    with MAKING:
        return _again(func, options)


def _make(func: Any, options: dict[str, Any]) -> Any:
    make: Any = class_of_class if isinstance(func, type) else class_of_function
    cls = make(func, **options)
    cls._pg_made_by = (_again, (func, options))
    _latest[func] = (options, cls)
    return cls


#: Function or class → the functor class made of it last, with its options: a class has one, and what is unpickled in
#: the same process is of the same class.
_latest: weakref.WeakKeyDictionary[Any, tuple[dict[str, Any], Any]] = weakref.WeakKeyDictionary()


def _again(func: Any, options: dict[str, Any]) -> Any:
    """The functor class of `func`: the one made last, if it was made in the same way."""
    known = _latest.get(func)
    return known[1] if known is not None and known[0] == options else _make(func, options)


@overload
def functor(func: Callable[P, R], /) -> FunctorClass[P, R]: ...
@overload
def functor(
    args: list[Any] | dict[Any, Any] | None = None,
    returns: Any = None,
    base_class: type[Functor] | None = None,
    *,
    auto_doc: bool = False,
    auto_typing: bool = False,
    serialization_key: str | None = None,
    additional_keys: list[str] | None = None,
    add_to_registry: bool = True,
) -> FunctorDecorator: ...
def functor(*args: Any, **kwargs: Any) -> Any:
    """Turns a function or a class into a functor class; also as a decorator. See `functor_class` for the arguments.

    Example:
        >>> import polygraft as pg
        >>> @pg.functor
        ... def add(a, b=1):
        ...     return a + b
        >>> add(1)
        add(a=1, b=1)
        >>> add(1)(b=4)
        5

        A class that is given some of its arguments now and the others later:

        >>> import fractions
        >>> Half = pg.functor(fractions.Fraction)(denominator=2)
        >>> Half(3)
        Fraction(3, 2)
    """
    kwargs.setdefault("add_to_registry", True)
    if len(args) == 1 and callable(args[0]) and not isinstance(args[0], (list, dict)):
        return functor_class(args[0], **kwargs)

    def decorate(func: Callable[..., Any]) -> Any:
        return functor_class(func, *args, **kwargs)

    return decorate


@overload
def as_functor(func: Lambda, ignore_extra_args: bool = False) -> Functor: ...
@overload
def as_functor(func: Callable[..., Any], ignore_extra_args: bool = False) -> Functor: ...
def as_functor(func: Any, ignore_extra_args: bool = False) -> Functor:
    """A functor instance of a function (a lambda, say), with nothing bound.

    Example:
        >>> import polygraft as pg
        >>> pg.as_functor(lambda x: x + 1)(2)
        3
    """
    cls: Any = functor_class(func)
    return cls(ignore_extra_args=ignore_extra_args)
