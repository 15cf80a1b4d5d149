"""Hooks on plain classes, through which calls of them can be redirected (see `interception.py`).

A class is hooked once and stays so: Python cannot take a `__new__` off a class again without changing what the class
accepts. Outside the scopes of redirection a hook passes every call on, and what one can ask of the class (signature,
pickles, subclasses, refused arguments) is as before. A class whose metaclass has a `__call__` is hooked there, all
others by a `__new__`; a wrapped class by its operations.
"""

from __future__ import annotations

import functools
import inspect
import threading
import weakref
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, WrapperDescriptorType
from typing import Any, cast

from polygraft.errors import NotSymbolizableError
from polygraft.symbolic.node import OPS
from polygraft.symbolic.wrapping.base import PASSING, ClassWrapper, is_own_new
from polygraft.symbolic.wrapping.record import type_of
from polygraft.symbolic.wrapping.signature import shown_signature

#: `(class, args, kwargs, finish)` → what to return in place of an instance, or `PASS`.
Redirect = Callable[[Any, tuple[Any, ...], dict[str, Any], bool], Any]

#: "Not redirected": the class is to be called as it is.
PASS: Any = object()

_hooked: weakref.WeakSet[Any] = weakref.WeakSet()
_lock = threading.Lock()
_object_new: Any = object.__new__
_object_init: Any = object.__init__


def hook(cls: Any, active: Callable[[], Any], redirect: Redirect) -> None:
    """Makes calls of `cls` ask `redirect` while `active()` is not None and its `table` has the class.

    Raises:
        TypeError: The class is implemented in C, or immutable.
    """
    if cls in _hooked:
        return
    with _lock:
        if cls not in _hooked:
            meta = type_of(cls)
            if issubclass(cls, ClassWrapper):
                _hook_wrapper(cls, active, redirect)
            elif meta.__call__ is type.__call__:
                _hook_new(cls, active, redirect)
            else:
                _hook_metaclass(cls, calling(meta), active, redirect)
            _hooked.add(cls)


def calling(meta: type) -> Any:
    """The metaclass among the bases of `meta` whose `__call__` it uses."""
    return next(base for base in meta.__mro__ if "__call__" in vars(base))


def is_hookable(cls: Any) -> bool:
    """True if `hook` will take a class."""
    meta = type_of(cls)
    return bool(
        cls.__flags__ & _HEAP_TYPE
        and not cls.__flags__ & _IMMUTABLE
        and not isinstance(_own_new(cls), _C_METHODS)
        and (
            meta.__call__ is type.__call__
            or isinstance(vars(calling(meta))["__call__"], FunctionType)
        )
    )


_HEAP_TYPE, _IMMUTABLE = 1 << 9, 1 << 8
_C_METHODS = (BuiltinFunctionType, WrapperDescriptorType)


def _own_new(cls: Any) -> Any:
    """What the body of a class has as `__new__`, if anything."""
    return cast("dict[str, Any]", vars(cls)).get("__new__")


def _refuse(cls: Any, why: str) -> NotSymbolizableError:
    return NotSymbolizableError(
        f"Calls of {cls!r} cannot be redirected: {why}. Call the class that is to take its place by its own name.",
        value=cls,
    )


# -- by a `__new__` --------------------------------------------------------------------------------
def _hook_new(cls: Any, active: Callable[[], Any], redirect: Redirect) -> None:
    own = _own_new(cls)
    if not is_hookable(cls):
        raise _refuse(cls, "it is implemented in C")
    new: Any
    if own is None:
        # Bound like a C method: `inspect` then takes the class for one without a `__new__`.
        new = _passing(cls, active, redirect).__call__
    else:
        new = _around(cls, own.__get__(None, cls), active, redirect)
    type.__setattr__(cls, "__new__", staticmethod(new))
    if own is None:
        PASSING.add(new)
        if cls.__init__ is _object_init and not is_own_new(cls):
            type.__setattr__(cls, "__signature__", _NoParameters())


def _around(
    hooked: Any, plain: Callable[..., Any], active: Callable[[], Any], redirect: Redirect
) -> Any:
    """The hook of a class with a `__new__`, `plain`."""

    @functools.wraps(plain)
    def __new__(cls: Any, /, *args: Any, **kwargs: Any) -> Any:
        if cls is hooked and (scope := active()) is not None and cls in scope.table:
            made = redirect(cls, args, kwargs, True)
            if made is not PASS:
                return made
        return plain(cls, *args, **kwargs)

    return __new__


def _passing(hooked: Any, active: Callable[[], Any], redirect: Redirect) -> Any:
    """The hook of a class without a `__new__`."""
    # The way nearly all calls go, kept short: nothing else makes instances, and `__init__` sees to the arguments.
    plainly = not is_own_new(hooked) and hooked.__init__ is not _object_init

    def __new__(cls: Any, /, *args: Any, **kwargs: Any) -> Any:
        if cls is hooked:
            if (scope := active()) is not None and cls in scope.table:
                made = redirect(cls, args, kwargs, True)
                if made is not PASS:
                    return made
            if plainly:
                return _object_new(cls)
        following: Any = cast("Any", super(hooked, cls)).__new__
        if following is not _object_new:
            return following(cls, *args, **kwargs)
        if args or kwargs:
            # What `object.__new__` would check, were it still the class's own.
            if cls.__new__ not in PASSING:
                raise TypeError(
                    "object.__new__() takes exactly one argument (the type to instantiate)"
                )
            if cls.__init__ is _object_init:
                raise TypeError(f"{cls.__name__}() takes no arguments")
        return _object_new(cls)

    return __new__


class _NoParameters:
    """`__signature__` of a class with neither `__init__` nor `__new__`, which `inspect` would find out by itself.

    Subclasses inherit it: those with parameters are left to `inspect`, wrapped ones to their metaclass.
    """

    def __get__(self, x: Any, cls: Any = None) -> Any:
        if x is None and issubclass(cls, ClassWrapper):
            return shown_signature(cls)
        if x is not None or cls.__init__ is not _object_init or is_own_new(cls):
            raise AttributeError("__signature__")
        return inspect.Signature()


# -- by the metaclass, and by the operations of a wrapped class ------------------------------------
def _hook_metaclass(cls: Any, owner: Any, active: Callable[[], Any], redirect: Redirect) -> None:
    if owner in _hooked:
        return
    plain = cast("dict[str, Any]", vars(owner))["__call__"]
    if not isinstance(plain, FunctionType):
        raise _refuse(cls, f"its metaclass {owner!r} is implemented in C")

    @functools.wraps(plain)
    def __call__(cls: Any, /, *args: Any, **kwargs: Any) -> Any:
        scope = active()
        if scope is not None and cls in scope.table and calling(type_of(cls)) is owner:
            made = redirect(cls, args, kwargs, False)
            if made is not PASS:
                return made
        return plain(cls, *args, **kwargs)

    type.__setattr__(owner, "__call__", __call__)
    _hooked.add(owner)


def _hook_wrapper(cls: Any, active: Callable[[], Any], redirect: Redirect) -> None:
    ops: Any = OPS[cls]
    plain: Any = ops.call

    def call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        scope = active()
        if scope is not None and cls in scope.table:
            made = redirect(cls, args, kwargs, False)
            if made is not PASS:
                return made
        return plain(args, kwargs)

    ops.call = call
