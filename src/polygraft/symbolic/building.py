"""Building an `Object` class from the fields it declares. Runs once per class, and again for each `members`.

The class gets no attribute of a field's name: reading `x.field` then finds the instance's value at once, and CPython
specialises that read (3 ns in place of 14). `Cls.field` comes from the metaclass. Only where a base has an attribute of
that name does a `FieldDescriptor` hide it. A field whose name the user gave to a method is stored as `(name)`.
"""

from __future__ import annotations

import functools
import inspect
import weakref
from abc import update_abstractmethods
from collections.abc import Callable
from types import FunctionType
from typing import Any, cast

from polygraft import typing as pg_typing
from polygraft.paths import KeyPath
from polygraft.symbolic import registry
from polygraft.symbolic.class_info import ClassInfo, DynamicStorage, FieldDescriptor, Slot, info_of
from polygraft.symbolic.compile import compile_class, signature_of
from polygraft.symbolic.construct import construct, general_init
from polygraft.symbolic.declaring import Fields, inherited_fields, is_method, positional_names
from polygraft.symbolic.fields import stored_form
from polygraft.symbolic.flags import FLAGS, PROCESS
from polygraft.symbolic.node import OPS, SAFE_TYPES, NodeOps
from polygraft.symbolic.object_base import ObjectBase, after_construction, overrides, set_link
from polygraft.symbolic.resolving import keep_aside
from polygraft.typing import Field, Schema

_set = object.__setattr__


def build(cls: Any, info: ClassInfo) -> None:
    """Makes `cls` a class with the fields of its bases and those in `info.own`."""
    if not PROCESS.empty_field_description and not cls.__module__.startswith("polygraft."):
        for field in info.own.values():
            _refuse_undescribed(field, KeyPath())
    if getattr(cls, "_pg_function", None) is None:  # parameters of functions have none
        for field in info.own.values():
            if field.origin is None:
                field.set_origin(cls)
    cls.__pg_class__ = info
    fields = {**inherited_fields(cls), **info.own}
    const = [f for f in fields.values() if f.key.is_const]
    dynamic = [f for f in fields.values() if not f.key.is_const]
    info.dynamic = dynamic[0] if dynamic else None
    info.dynamic_storage = DynamicStorage(cls)
    place = next((i for i, f in enumerate(fields.values()) if not f.key.is_const), len(const))
    info.dynamic_at = place if place < len(const) else None
    env: dict[str, Any] = {}
    raw = cls.__getattribute__ is not object.__getattribute__
    for i, field in enumerate(const):
        name = str(field.key)
        info.slots[name] = Slot(name, _make_room(cls, name, field), field, i, env, raw)
    _choose_init_arg_list(cls, info)
    _read_init_arg_list(info)
    doc = cls.__dict__.get("__doc__")
    info.schema = Schema(
        [f for f in fields.values() if f.key.is_const or f is info.dynamic],
        name=registry.default_name(cls),
        description=inspect.cleandoc(doc) if doc else None,
        allow_nonconst_keys=True,
        metadata={**info.metadata, "init_arg_list": list(info.init_arg_list)},
    )
    _compile(cls, info, env)
    _install_init(cls, info)
    ops: NodeOps = cls._pg_ops(cls, info)
    own_clone = ops.clone is info.compiled.clone and not ops.watches_parent and not ops.inferential
    if info.compiled.clone_into is not None and own_clone:
        ops.clone_into = info.compiled.clone_into
    OPS[cls] = ops
    if cls.auto_register:
        registry.register_new(cls, registry.default_name(cls))
    update_abstractmethods(cls)
    _watch(cls, info)


def rebuild(cls: Any) -> None:
    """Builds a class anew, after a spec of one of its fields has been changed."""
    old: ClassInfo = cls.__pg_class__
    info = ClassInfo(old.own)
    if old.explicit_init:
        info.init_arg_list, info.explicit_init = list(old.init_arg_list), True
    build(cls, info)
    info.schema.set_description(old.schema.description)
    for key, value in old.schema.metadata.items():
        info.schema.metadata.setdefault(key, value)


def _watch(cls: Any, info: ClassInfo) -> None:
    """Has the class built anew when a spec that is compiled into it changes."""
    key = weakref.ref(cls)

    def changed() -> None:
        watching = key()
        if watching is not None:
            rebuild(watching)

    for slot in info.slots.values():
        slot.field.value.watch(key, changed)


def _refuse_undescribed(field: Field, parent: KeyPath) -> None:
    """Raises if the field, or one in it, has no description."""
    path = KeyPath(str(field.key), parent)
    if not field.description:
        raise ValueError(f"Field description must not be empty (path={path}).")
    schema = field.value.schema if isinstance(field.value, pg_typing.Dict) else None
    if schema is not None:
        for inner in schema.fields.values():
            _refuse_undescribed(inner, path)


# -- where values are stored -----------------------------------------------------------------------
def _make_room(cls: Any, name: str, field: Field) -> str:
    """Clears the class of attributes of the field's name; returns the attribute that holds its value."""
    if not cls.allow_symbolic_attribute or _is_taken(cls, name, field):
        return f"({name})"
    if name in cls.__dict__:
        type.__delattr__(cls, name)
    if any(name in ancestor.__dict__ for ancestor in cls.__mro__) or _has_own_init(cls):
        type.__setattr__(cls, name, FieldDescriptor(name, field))
    return name


def _has_own_init(cls: Any) -> bool:
    """True if a constructor of the user's runs: it may forget to call ours, which a descriptor will say."""
    init: Any = next(c.__dict__["__init__"] for c in cls.__mro__ if "__init__" in c.__dict__)
    return is_explicit_override(init) and not init.__module__.startswith("polygraft.")


def _is_taken(cls: Any, name: str, field: Field) -> bool:
    """True if the user has a method or property of the field's name (the library's own ones do not count)."""
    for ancestor in cls.__mro__:
        if ObjectBase in ancestor.__bases__:  # `Object`: from here on the names are the library's
            return False
        if name in ancestor.__dict__:
            value: Any = ancestor.__dict__[name]
            if isinstance(value, FunctionType) and not is_method(ancestor, value):
                return not isinstance(field.value, pg_typing.Callable)
            if isinstance(value, (FunctionType, property, classmethod, staticmethod)):
                return not getattr(cast("Any", value), "__isabstractmethod__", False)
            if isinstance(value, FieldDescriptor):
                return False
    return False


# -- positional parameters -------------------------------------------------------------------------
def _choose_init_arg_list(cls: type, info: ClassInfo) -> None:
    """The one given; else that given for the base, if the fields are the same; else all fields."""
    if info.explicit_init:
        return
    base = next((b for b in map(info_of, cls.__bases__) if b is not None), None)
    if base is not None and base.explicit_init and _same_fields(inherited_fields(cls), info.own):
        info.init_arg_list, info.explicit_init = list(base.init_arg_list), True
    else:
        free = [s.name for s in info.slots.values() if not s.field.value.frozen]
        info.init_arg_list = positional_names(cls, free)


def _same_fields(inherited: Fields, own: Fields) -> bool:
    return all(
        k in inherited and f.value.frozen == inherited[k].value.frozen for k, f in own.items()
    )


def _read_init_arg_list(info: ClassInfo) -> None:
    info.positional = list(info.init_arg_list)
    info.varargs = None
    if info.positional and info.positional[-1].startswith("*"):
        info.varargs = info.positional.pop()[1:]
    for name in [*info.positional, *([info.varargs] if info.varargs else [])]:
        if name not in info.slots:
            raise TypeError(
                f"Argument {name!r} from `init_arg_list` is not defined as a symbolic field. "
                f"init_arg_list={info.init_arg_list!r}."
            )
    if info.varargs and not isinstance(info.slots[info.varargs].field.value, pg_typing.List):
        raise TypeError(
            f"Variable positional argument {info.varargs!r} should be declared with `pg.typing.List(...)`. "
            f"Encountered {info.slots[info.varargs].field.value!r}."
        )


# -- functions -------------------------------------------------------------------------------------
def _compile(cls: Any, info: ClassInfo, env: dict[str, Any]) -> None:
    slots = list(info.slots.values())
    has_hooks = overrides(cls, "_on_init", "_on_bound", "_on_path_change")

    def check(index: int) -> Callable[[Any], Any]:
        field, name = slots[index].field, slots[index].name

        def checked(value: Any) -> Any:
            return stored_form(field, value, FLAGS.get().partial or False, lambda: KeyPath(name))

        return checked

    read = getattr if cls.__getattribute__ is object.__getattribute__ else object.__getattribute__

    def adopt(x: Any) -> None:
        for slot in slots:
            value = read(x, slot.storage)
            if type(value) not in SAFE_TYPES:
                ops = OPS[type(value)]
                attached = ops.attach(value, x, slot.name)
                if ops.inferential:
                    keep_aside(x, slot.name, slot.storage, attached)
                elif attached is not value:
                    _set(x, slot.storage, attached)

    info.compiled = compile_class(
        cls,
        info,
        env,
        set_link=set_link,
        construct=functools.partial(construct, info),
        check=check,
        adopt=adopt,
        finish=after_construction if has_hooks else None,
        born_sealed=not cls.allow_symbolic_mutation,
    )


def _install_init(cls: type, info: ClassInfo) -> None:
    """Gives the class its constructor, unless it or a base has one written by the user."""
    overriding = [c for c in cls.__mro__ if is_explicit_override(c.__dict__.get("__init__"))]
    if overriding:
        if overriding[0] is cls:
            for ancestor in cls.__mro__[1:]:
                if getattr(ancestor.__dict__.get("__init__"), "__pg_generated__", False):
                    _guard_init(ancestor)
        return
    init: Any = info.compiled.init or general_init(info)
    init.__pg_generated__ = True
    if "self" not in info.slots:
        first = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        signature = signature_of(info)
        init.__signature__ = signature.replace(parameters=[first, *signature.parameters.values()])
    type.__setattr__(cls, "__init__", init)


def is_explicit_override(method: Any) -> bool:
    """True if the user marked the method with `explicit_method_override`."""
    return getattr(method, "__pg_explicit_override__", False)


def _guard_init(ancestor: Any) -> None:
    """Lets a generated constructor be called by `super().__init__` for instances of an overriding subclass."""
    fast = ancestor.__dict__["__init__"]
    if hasattr(fast, "__wrapped__"):
        return

    def __init__(self: Any, /, *args: Any, **kwargs: Any) -> None:
        cls = cast("Any", type(self))
        (fast if cls is ancestor else general_init(cls.__pg_class__))(self, *args, **kwargs)

    functools.update_wrapper(__init__, fast)
    type.__setattr__(ancestor, "__init__", __init__)
