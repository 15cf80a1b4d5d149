"""The classes that stand in for a wrapped class while an object of it does not exist at run time.

An object whose construction is deferred is of class `D(W)`: it answers symbolic questions, and
anything else first builds it, after which it is of class `W` and `D` is out of the way. While it
is being built it is of class `B(W)`, which is like `W` for the thread that builds and makes other
threads wait. Both pass for `W`: `x.__class__ is W`, `type(x) == W` with equal hash.

Both are made without running any hook of the user's class or metaclass.
"""

from __future__ import annotations

import copyreg
import functools
import operator
from collections.abc import Callable
from threading import get_ident
from typing import Any

from polygraft.formatting import Formattable
from polygraft.symbolic.wrapping.base import LIBRARY, library_names
from polygraft.symbolic.wrapping.meta import reduce_class
from polygraft.symbolic.wrapping.record import type_of
from polygraft.symbolic.wrapping.stores import stored_names

# fmt: off
#: Looked up on the type by pickling and copying; they must not build.
_PICKLING = frozenset({
    "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__copy__", "__deepcopy__",
    "__getnewargs__", "__getnewargs_ex__", "__getinitargs__",
})
#: Never redirected: they concern the class, the making of instances, or display.
_NO_STUB = _PICKLING | frozenset({
    "__new__", "__init__", "__post_init__", "__del__", "__init_subclass__", "__class_getitem__",
    "__subclasshook__", "__set_name__", "__getattribute__", "__getattr__", "__class__",
    "__annotate__", "__annotate_func__", "__signature__", "__wrapped__", "__repr__", "__str__",
})
# fmt: on
#: Prefixes of names that displays look for; absent ones are not worth a construction.
_DISPLAY = ("_repr_", "_ipython_", "__rich")


class _StandIn(type):
    """First base of the metaclasses of `D` and `B`: the class equals the one it stands for."""

    __stands_for__: Any

    # The stand-in is looked up in `OPS` with each operation on a deferred object, so hashing and
    # comparing run in C: these are properties that fetch the bound slots of the class stood for.
    __hash__: Any = property(operator.attrgetter("__stands_for_hash__"))
    __eq__: Any = property(operator.attrgetter("__stands_for_eq__"))

    def __call__(cls, /, *args: Any, **kwargs: Any) -> Any:
        return cls.__stands_for__(*args, **kwargs)

    def __setattr__(cls, name: str, value: Any) -> None:
        setattr(cls.__stands_for__, name, value)

    def __delattr__(cls, name: str) -> None:
        delattr(cls.__stands_for__, name)

    def __repr__(cls) -> str:
        return repr(cls.__stands_for__)


class Silent:
    """First base of stand-ins: keeps `__init_subclass__` of the user's classes from running."""

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        pass


_metas: dict[type, type] = {}


def _stand_in(cls: Any, namespace: dict[str, Any]) -> Any:
    meta: Any = _metas.get(type_of(cls))
    if meta is None:
        meta = _metas[type_of(cls)] = type(
            f"StandIn_{type_of(cls).__name__}", (_StandIn, type_of(cls)), {"__module__": __name__}
        )
        copyreg.pickle(meta, _reduce_stand_in)
    hash_of, eq_of = _type_slot(cls, "__hash__"), _type_slot(cls, "__eq__")
    body: dict[str, Any] = {
        **namespace,
        "__slots__": (),
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
        "__stands_for__": cls,
        "__stands_for_hash__": staticmethod(hash_of),
        "__stands_for_eq__": staticmethod(eq_of),
    }
    make: Any = type.__new__
    return make(meta, cls.__name__, (Silent, cls), body)


def _type_slot(cls: Any, name: str) -> Any:
    """A special method of the metaclass, bound to the class."""
    return getattr(type_of(cls), name).__get__(cls)


def _reduce_stand_in(cls: Any) -> Any:
    how = reduce_class(cls.__stands_for__)
    return (_same, (cls.__stands_for__,)) if isinstance(how, str) else how


def _same(cls: type) -> type:
    return cls


def _special_methods(cls: type) -> dict[str, Any]:
    """The special methods which the user's classes define for instances: name → method, or None."""
    found: dict[str, Any] = {}
    for base in cls.__mro__:
        if base in LIBRARY or base is object:
            continue
        for name, value in vars(base).items():
            if name[:2] != "__" or name[-2:] != "__" or name in found or name in _NO_STUB:
                continue
            if value is None or callable(value) or isinstance(value, _METHODS):
                found[name] = value
    return found


_METHODS = (functools.partialmethod, functools.singledispatchmethod)


def _stubs(cls: type, stub: Callable[[str], Any]) -> dict[str, Any]:
    """A stub for each special method of the user's classes; those set to None stay so."""
    return {n: None if v is None else stub(n) for n, v in _special_methods(cls).items()}


def _hash_of(cls: type) -> Any:
    """`__hash__` must be said where `__eq__` is: Python drops it otherwise."""
    own = cls.__hash__
    return own if own is None or own is object.__hash__ else _ABSENT


_ABSENT: Any = object()


def deferred_class(cls: Any, realize: Callable[[Any], None], methods: dict[str, Any]) -> Any:
    """`D(cls)`: the class of objects whose construction is deferred.

    Args:
        cls: The wrapped class.
        realize: Makes an object of `D(cls)` one of `cls`, or raises.
        methods: Special methods that are not to realize.
    """
    plain_getattribute = object.__getattribute__
    quiet = (library_names(cls) - stored_names(cls)) | _PICKLING

    def __getattribute__(self: Any, name: str) -> Any:
        if name == "__class__":
            return cls
        if name in quiet:
            return plain_getattribute(self, name)
        if name.startswith(_DISPLAY) and not hasattr(cls, name):
            raise AttributeError(f"{cls.__name__!r} object has no attribute {name!r}")
        realize(self)
        return getattr(self, name)

    def __setattr__(self: Any, name: str, value: Any) -> None:
        realize(self)
        setattr(self, name, value)

    def __delattr__(self: Any, name: str) -> None:
        realize(self)
        delattr(self, name)

    def stub(name: str) -> Any:
        def call(self: Any, /, *args: Any, **kwargs: Any) -> Any:
            realize(self)
            return getattr(type_of(self), name)(self, *args, **kwargs)

        call.__name__ = name
        return call

    body = _stubs(cls, stub)
    body.update(
        __getattribute__=__getattribute__,
        __setattr__=__setattr__,
        __delattr__=__delattr__,
        __dir__=stub("__dir__"),
        __repr__=Formattable.__repr__,
        __str__=Formattable.__str__,
    )
    for name, method in methods.items():
        if name not in ("__copy__", "__deepcopy__") or hasattr(cls, name):
            body[name] = method
    _finish(cls, body)
    return _stand_in(cls, body)


def building_class(cls: Any, realize: Callable[[Any], None], read: Callable[[Any], Any]) -> Any:
    """`B(cls)`: the class of objects under construction.

    Args:
        cls: The wrapped class.
        realize: Waits until another thread has built the object, or raises.
        read: Reads the record of an object.
    """
    getattribute = cls.__getattribute__
    plain_setattr, plain_delattr = cls.__setattr__, cls.__delattr__

    def mine(self: Any) -> bool:
        return bool(read(self).build.thread == get_ident())

    def __getattribute__(self: Any, name: str) -> Any:
        if read(self).build.thread == get_ident():
            return cls if name == "__class__" else getattribute(self, name)
        realize(self)
        return getattr(self, name)

    def __setattr__(self: Any, name: str, value: Any) -> None:
        if mine(self):
            plain_setattr(self, name, value)
        else:
            realize(self)
            setattr(self, name, value)

    def __delattr__(self: Any, name: str) -> None:
        if mine(self):
            plain_delattr(self, name)
        else:
            realize(self)
            delattr(self, name)

    def stub(name: str) -> Any:
        def call(self: Any, /, *args: Any, **kwargs: Any) -> Any:
            if mine(self):
                return getattr(cls, name)(self, *args, **kwargs)
            realize(self)
            return getattr(type_of(self), name)(self, *args, **kwargs)

        call.__name__ = name
        return call

    body = _stubs(cls, stub)
    body.update(__getattribute__=__getattribute__, __setattr__=__setattr__, __delattr__=__delattr__)
    _finish(cls, body)
    return _stand_in(cls, body)


def _finish(cls: type, body: dict[str, Any]) -> None:
    if hasattr(cls, "__del__"):
        body["__del__"] = _nothing
    own_hash = _hash_of(cls)
    if own_hash is not _ABSENT:
        body["__hash__"] = own_hash


def _nothing(self: Any) -> None:
    """Stands in for a user's `__del__`: there is nothing to clean up."""
