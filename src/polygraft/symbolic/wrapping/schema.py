"""The schema of a wrapped class, for those who ask: `Dense.__schema__`, `Dense.init_arg_list`.

Nothing in the library looks at it. Arguments without a constraint are shown as fields that take anything.
"""

from __future__ import annotations

import inspect
from typing import Any, cast

from polygraft import typing as pg_typing
from polygraft.missing import is_missing
from polygraft.symbolic.node import OPS
from polygraft.symbolic.wrapping.signature import (
    POSITIONAL_ONLY,
    POSITIONAL_OR_KEYWORD,
    VAR_POSITIONAL,
    ClassInfo,
)
from polygraft.typing import Field, Schema, StrKey


def schema_of(cls: Any) -> Schema:
    """The fields that stand for the parameters of a wrapped class."""
    info = _info_of(cls)
    fields = [field_of(info, name) for name in info.shown]
    if info.varkw is not None:
        fields.append(field_of(info, info.varkw))
    doc = cls.__doc__
    return Schema(
        fields,
        name=cls.__serialization_key__,
        description=inspect.cleandoc(doc) if doc else None,
        allow_nonconst_keys=True,
        metadata={"init_arg_list": init_arg_list(cls)},
    )


def init_arg_list(cls: Any) -> list[str]:
    """Names of the positional parameters; the last one may be `*name`."""
    names: list[str] = []
    for name, p in _info_of(cls).shown.items():
        if p.kind in (POSITIONAL_ONLY, POSITIONAL_OR_KEYWORD):
            names.append(name)
        elif p.kind is VAR_POSITIONAL:
            names.append(f"*{name}")
    return names


def field_of(info: ClassInfo, name: str) -> Field:
    """The field of a parameter: its constraint's, or one that takes anything."""
    known = info.fields.get(name)
    if known is not None:
        return Field(known.key, known.value, known.description, dict(known.metadata), info.cls)
    if name == info.varargs:
        return Field(name, pg_typing.List(pg_typing.Any(), default=[]), origin=info.cls)
    if name not in info.shown:  # `**kwargs`
        if info.dynamic is not None:
            return Field(info.dynamic.key, info.dynamic.value, origin=info.cls)
        return Field(StrKey(), pg_typing.Any(), origin=info.cls)
    default = info.defaults[name]
    spec = pg_typing.Any() if is_missing(default) else pg_typing.Any(default=default)
    return Field(name, spec, origin=info.cls)


def _info_of(cls: Any) -> ClassInfo:
    return cast("Any", OPS[cls]).info
