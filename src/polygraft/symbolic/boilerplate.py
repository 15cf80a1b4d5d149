"""`pg.boilerplate_class`: a class whose fixed arguments are those of an object."""

from __future__ import annotations

import copy
import inspect
from typing import Any, cast

from polygraft import typing as pg_typing
from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.symbolic.building import build
from polygraft.symbolic.class_info import ClassInfo
from polygraft.symbolic.fields import fresh
from polygraft.symbolic.node import OPS, Kind
from polygraft.typing import Field, Schema, ValueSpec


def boilerplate_class(
    cls_name: str, value: Any, init_arg_list: list[str] | None = None, **kwargs: Any
) -> Any:
    """A subclass of the class of `value` in which the arguments that `value` has are fixed; the others remain.

    Fields of a `pg.typing.Dict` are fixed one by one. A list is fixed as a value, but its elements can be rebound.

    Args:
        cls_name: The name of the class; its module is the caller's.
        value: A `pg.Object`; not changed.
        init_arg_list: Positional parameters; None takes the fields that are not fixed.
        **kwargs: `serialization_key` and `additional_keys`: see `pg.members`.

    Raises:
        ValueError: `value` is no `pg.Object`.
        TypeError: Another keyword was given.

    Example:
        >>> import polygraft as pg
        >>> class Optimizer(pg.Object):
        ...     rate: float
        ...     momentum: float = 0.0
        >>> Momentum = pg.boilerplate_class("Momentum", Optimizer.partial(momentum=0.9))
        >>> Momentum(0.1), Momentum(0.1).momentum
        (Momentum(rate=0.1), 0.9)
    """
    ops = OPS[type(value)]
    if ops.kind is not Kind.OBJECT:
        raise ValueError("Argument 'value' must be an instance of symbolic.Object subclass.")
    unknown = [k for k in kwargs if k not in ("serialization_key", "additional_keys")]
    if unknown:
        raise TypeError(f"Unsupported keyword arguments: {unknown!r}.")
    base: Any = ops.type
    namespace = {
        "__module__": _caller(2) or base.__module__,
        "__qualname__": cls_name,
        "__doc__": "Boilerplate class.",
    }
    cls: Any = cast("Any", type(base))(cls_name, (base,), namespace)
    given = dict(ops.given_items(value))
    own: dict[str, Field] = {}
    for name, slot in base.__pg_class__.slots.items():
        if name in given:
            field: Field = slot.field
            spec = fixed(field.value, given[name])
            own[name] = Field(name, spec, field.description, dict(field.metadata))
    info = ClassInfo(own)
    if init_arg_list is not None:
        info.init_arg_list, info.explicit_init = list(init_arg_list), True
    build(cls, info)
    if kwargs:
        cls.register_for_deserialization(**kwargs)
    return cls


def _caller(depth: int) -> str | None:
    """The name of the module that called, `depth` frames up."""
    frame = inspect.currentframe()
    for _ in range(depth):
        frame = frame and frame.f_back
    return frame and frame.f_globals.get("__name__")


def fixed(spec: ValueSpec, value: Any) -> ValueSpec:
    """A copy of `spec` that accepts `value` only; of a dict with missing values, the parts that it has are fixed."""
    if isinstance(spec, pg_typing.Dict) and spec.schema is not None and isinstance(value, dict):
        fields: list[Field] = []
        for key_spec, field in spec.schema.fields.items():
            part = (
                OPS[type(cast("Any", value))].get(value, str(key_spec), MISSING_VALUE)
                if key_spec.is_const
                else MISSING_VALUE
            )
            known = field.value if is_missing(part) else fixed(field.value, part)
            fields.append(Field(field.key, known, field.description, dict(field.metadata)))
        new: ValueSpec = pg_typing.Dict(
            Schema(fields, allow_nonconst_keys=any(not f.key.is_const for f in fields))
        )
        if spec.is_noneable:
            new = new.noneable()
        if not all(f.value.frozen for f in fields):
            return new
        spec = new
    spec = copy.copy(spec)
    spec.set_default(fresh(value))
    spec.freeze()
    return spec
