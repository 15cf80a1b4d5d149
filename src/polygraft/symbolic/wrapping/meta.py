"""The metaclass of wrapped classes: what happens when one is called.

A metaclass, and not `__new__` or `__init__`, because it adds nothing to the class body (frameworks
walk it), sees a call before anything of the user's class runs, and knows when the outermost
`__init__` is done.
"""

from __future__ import annotations

import copyreg
import inspect
import operator
import sys
import weakref
from abc import ABCMeta
from types import BuiltinFunctionType
from typing import Any

from polygraft import typing as pg_typing
from polygraft.symbolic import registry
from polygraft.symbolic.node import OPS
from polygraft.symbolic.once import MAKING
from polygraft.symbolic.wrapping.adapters import adapter_of, prepare
from polygraft.symbolic.wrapping.base import (
    STORAGES,
    DictBase,
    OwnSlotBase,
    RenewableOwnSlotBase,
    RenewableSlotBase,
    Shown,
    SlotBase,
    is_own_new,
    is_wrapper,
    visible_names,
    wrapped_class,
)
from polygraft.symbolic.wrapping.options import DEFAULT, Options, own_options
from polygraft.symbolic.wrapping.record import type_of
from polygraft.symbolic.wrapping.schema import init_arg_list, schema_of
from polygraft.symbolic.wrapping.signature import shown_signature
from polygraft.typing import Schema

#: Own slots, by wrapper: descriptors that were taken off the class.
_own_slots: dict[type, Any] = {}
#: Plain class → its wrapper, from the moment it exists; and once it is ready for all threads.
_wrappers: weakref.WeakKeyDictionary[type, Any] = weakref.WeakKeyDictionary()
_ready: weakref.WeakKeyDictionary[type, Any] = weakref.WeakKeyDictionary()


class WrapperMeta(ABCMeta):
    """Metaclass of wrapped classes and their subclasses. Classes with another metaclass get a combination of both."""

    def __new__(
        mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], /, **kwargs: Any
    ) -> Any:
        storage = bases[-1] if bases else None
        if storage not in STORAGES:
            # Python would take the module of the code that calls `type.__new__`: `abc`.
            caller = sys._getframe(1).f_globals.get("__name__")  # pyright: ignore[reportPrivateUsage]
            namespace = {"__module__": caller, **namespace}
            cls = super().__new__(mcls, name, bases, namespace, **kwargs)
            registry.register(cls, registry.default_name(cls))
            prepare(cls)
            return cls
        plain = bases[-2]
        known = _wrappers.get(plain)
        if known is not None:  # cloudpickle makes classes anew where they are known already
            return known
        slots: list[str] = []
        if storage in (OwnSlotBase, RenewableOwnSlotBase):
            slots.append("_sym")
        if not plain.__weakrefoffset__ and not plain.__itemsize__:
            slots.append("__weakref__")
        if slots or not (plain.__dictoffset__ or storage is DictBase):
            namespace = {**namespace, "__slots__": tuple(slots)}
        cls = super().__new__(mcls, name, bases, namespace, **kwargs)
        if "_sym" in slots:
            _own_slots[cls] = vars(cls)["_sym"]
            type.__delattr__(cls, "_sym")
        if "__slots__" in vars(cls):
            type.__delattr__(cls, "__slots__")
        parameters = getattr(plain, "__parameters__", ())
        if parameters:  # `typing.Generic` has taken the wrapper for a class without type parameters
            type.__setattr__(cls, "__parameters__", parameters)
        _wrappers[plain] = cls
        registry.register(cls, registry.default_name(cls))
        return cls

    def __call__(cls, /, *args: Any, **kwargs: Any) -> Any:
        return OPS[cls].call(args, kwargs)  # type: ignore[attr-defined]

    __instancecheck__ = type.__instancecheck__
    __subclasscheck__ = type.__subclasscheck__

    @Shown
    def __signature__(cls) -> inspect.Signature:
        return shown_signature(cls)

    @Shown
    def __schema__(cls) -> Schema:
        return schema_of(cls)

    @Shown
    def __type_name__(cls) -> str:
        return registry.default_name(cls)

    @Shown
    def __serialization_key__(cls) -> str:
        return registry.name_of(cls) or registry.default_name(cls)

    @Shown
    def init_arg_list(cls) -> list[str]:
        """Names of the positional parameters; the last one may be `*name`."""
        return init_arg_list(cls)

    @Shown
    def sym_fields(cls) -> pg_typing.Dict:
        """The value spec of the arguments."""
        return pg_typing.Dict(schema_of(cls))

    def __repr__(cls) -> str:
        plain = wrapped_class(cls)
        return type.__repr__(cls) if plain is None else f"Symbolic[{plain!r}]"

    def __dir__(cls) -> list[str]:
        return visible_names(cls, super().__dir__())

    @Shown
    def sym_wrapped_cls(cls) -> Any:
        """The plain class; None for subclasses of a wrapper."""
        return wrapped_class(cls)


def own_slot(cls: type) -> Any:
    """The descriptor of the record's slot, for classes that have a slot of their own; None for others."""
    return next((_own_slots[base] for base in cls.__mro__ if base in _own_slots), None)


# -- making wrappers -------------------------------------------------------------------------------
def known_wrapper(plain: type) -> Any:
    """The wrapper of a class, if there is one by now."""
    return _ready.get(plain)


def known_wrappers() -> list[Any]:
    """The wrappers made so far."""
    with MAKING:
        return list(_ready.values())


def wrapper_of(plain: Any, options: Options = DEFAULT) -> Any:
    """The wrapper of a class, made if need be.

    Args:
        plain: The class.
        options: What to do with a wrapper that is made.

    Raises:
        TypeError: Python refuses to derive from the class.
    """
    cls = _ready.get(plain)
    if cls is not None:
        return cls
    adapter = adapter_of(plain)  # may import a framework's module
    with MAKING:
        cls = _wrappers.get(plain)
        if cls is None:
            cls = _make_wrapper(plain, adapter)
            options.apply_to(cls)
            prepare(cls)
        _ready[plain] = cls
    return cls


def _make_wrapper(plain: Any, adapter: Any) -> Any:
    meta = meta_for(type_of(plain))
    bases = (plain, storage_for(plain))
    namespace = {
        "__module__": plain.__module__,
        "__qualname__": plain.__qualname__,
        "__doc__": plain.__doc__,
    }
    options: dict[str, Any] = {} if adapter is None else adapter.class_options(plain)
    try:
        return _derive(meta, plain.__name__, bases, namespace, options)
    except TypeError as e:
        if "__init_subclass__" not in str(e):
            raise
    return _derive(meta, plain.__name__, (_Undemanding, *bases), namespace, options)


def _derive(
    meta: Any,
    name: str,
    bases: tuple[type, ...],
    namespace: dict[str, Any],
    options: dict[str, Any],
) -> Any:
    prepared = meta.__prepare__(name, bases, **options)
    prepared.update(namespace)
    return meta(name, bases, prepared, **options)


class _Undemanding:
    """First base of wrappers of classes whose `__init_subclass__` wants arguments: only their subclasses give them."""

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if not is_wrapper(cls):
            super().__init_subclass__(**kwargs)


del _Undemanding.__slots__


# -- layouts ---------------------------------------------------------------------------------------
def _sizes() -> dict[tuple[bool, bool], int]:
    examples = ((), ("__dict__",), ("__weakref__",), ("__dict__", "__weakref__"))
    classes = [type("Example", (), {"__slots__": slots}) for slots in examples]
    return {(bool(c.__dictoffset__), bool(c.__weakrefoffset__)): c.__basicsize__ for c in classes}


#: (has a `__dict__`, has a weak reference list) → size of instances without slots.
_PLAIN_SIZES = _sizes()


def is_c_layout(plain: type) -> bool:
    """True if instances keep values where only C code finds them (`list`, `date`): they cannot exist unbuilt."""
    return any(
        type(vars(base).get("__new__")) is BuiltinFunctionType
        for base in plain.__mro__
        if base is not object
    )


def is_plain_layout(cls: type) -> bool:
    """True if instances have no slots of their own."""
    sizes = _PLAIN_SIZES[bool(cls.__dictoffset__), bool(cls.__weakrefoffset__)]
    return not cls.__itemsize__ and cls.__basicsize__ == sizes


def storage_for(plain: type) -> type:
    """Where instances of the wrapper of `plain` keep their record."""
    if plain.__itemsize__:
        return DictBase
    if is_c_layout(plain):
        return OwnSlotBase
    renewable = is_own_new(plain) or type(plain).__call__ is not type.__call__
    if is_plain_layout(plain):
        return RenewableSlotBase if renewable else SlotBase
    return RenewableOwnSlotBase if renewable else OwnSlotBase


# -- combination with other metaclasses ------------------------------------------------------------
_combined: dict[type, type] = {type: WrapperMeta}


def meta_for(other: type) -> Any:
    """The metaclass of wrappers of classes whose metaclass is `other`."""
    meta = _combined.get(other)
    if meta is None:
        if issubclass(other, WrapperMeta):
            meta = other
        else:
            bases: list[Any] = [WrapperMeta, *([] if other is ABCMeta else [other])]
            namespace: dict[str, Any] = {
                "__module__": __name__,
                "__instancecheck__": other.__instancecheck__,
                "__subclasscheck__": other.__subclasscheck__,
            }
            meta = type(f"WrapperMeta_{other.__name__}", tuple(bases), namespace)
            copyreg.pickle(meta, reduce_class)  # type: ignore[arg-type]
        _combined[other] = meta
    return meta


# -- pickling of the class itself ------------------------------------------------------------------
def reduce_class(cls: Any) -> Any:
    """By name where the name leads to the class; else as what `symbolize` makes of the plain class."""
    module = sys.modules.get(cls.__module__)
    try:
        if module is not None and operator.attrgetter(cls.__qualname__)(module) is cls:
            return str(cls.__qualname__)
    except AttributeError:
        pass
    plain = wrapped_class(cls)
    if plain is None:
        return str(cls.__qualname__)
    return wrapper_of, (plain, own_options(cls))


copyreg.pickle(WrapperMeta, reduce_class)  # type: ignore[arg-type]
