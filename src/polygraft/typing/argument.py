"""`Argument`: one argument of a function, as a value spec."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import types
import typing
from typing import Any

from polygraft.typing.any_spec import Any as AnySpec
from polygraft.typing.dict_spec import Dict
from polygraft.typing.field import Field
from polygraft.typing.keys import StrKey
from polygraft.typing.list_spec import List
from polygraft.typing.value_spec import LATE, ValueSpec

_EMPTY: Any = inspect.Parameter.empty


@dataclasses.dataclass
class Argument:
    """One argument.

    Attributes:
        name: Its name.
        kind: How it is passed.
        value_spec: Its values; for `*args` a `List`, for `**kwargs` a `Dict`.
        description: For documentation.
    """

    class Kind(enum.Enum):
        """How an argument is passed."""

        POSITIONAL_OR_KEYWORD = 1
        VAR_POSITIONAL = 2
        KEYWORD_ONLY = 3
        VAR_KEYWORD = 4

        @classmethod
        def from_parameter(cls, param: inspect.Parameter) -> Argument.Kind:
            """The kind of a parameter; positional-only ones count as the usual kind."""
            return _KINDS[param.kind]

    name: str
    kind: Kind
    value_spec: ValueSpec
    description: str | None = None

    __hash__ = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.kind is Argument.Kind.VAR_POSITIONAL:
            if not isinstance(self.value_spec, List):
                raise TypeError(
                    f"Variable positional argument {self.name!r} should have a value of `pg.typing.List` type. "
                    f"Encountered: {self.value_spec!r}."
                )
            self.value_spec.set_default([])
        elif self.kind is Argument.Kind.VAR_KEYWORD and not isinstance(self.value_spec, Dict):
            raise TypeError(
                f"Variable keyword argument {self.name!r} should have a value of `pg.typing.Dict` type. "
                f"Encountered: {self.value_spec!r}."
            )

    @classmethod
    def from_annotation(
        cls,
        name: str,
        kind: Argument.Kind,
        annotation: Any = _EMPTY,
        auto_typing: bool = False,
        parent_module: types.ModuleType | None = None,
    ) -> Argument:
        """Returns the argument with this annotation."""
        if typing.get_origin(annotation) is typing.Unpack:
            auto_typing = False  # `**kwargs: Unpack[TD]` describes all of them together
        spec = LATE.from_annotation(annotation, auto_typing, False, parent_module)
        if kind is Argument.Kind.VAR_POSITIONAL:
            spec = List(spec, default=[])
        elif kind is Argument.Kind.VAR_KEYWORD:
            spec = Dict(spec)
        return cls(name, kind, spec)

    @classmethod
    def from_parameter(
        cls,
        param: inspect.Parameter,
        description: str | None = None,
        auto_typing: bool = True,
        parent_module: types.ModuleType | None = None,
    ) -> Argument:
        """Returns the argument for a parameter, with its default."""
        kind = Argument.Kind.from_parameter(param)
        argument = cls.from_annotation(
            param.name, kind, param.annotation, auto_typing, parent_module
        )
        argument.description = description
        default = param.default
        if default is not _EMPTY:
            spec = argument.value_spec
            if default is None and not spec.is_noneable:
                spec.noneable()
            elif type(default).__name__ != "_HAS_DEFAULT_FACTORY_CLASS":
                spec.set_default(default)
            else:
                # The factory makes the value when the function is called; here it is only known that there is one.
                spec.set_default(default, use_default_apply=False)
        return argument

    def to_field(self) -> Field:
        """Returns the field of a schema for this argument."""
        if self.kind is Argument.Kind.VAR_KEYWORD:
            return Field(StrKey(), keyword_spec(self.value_spec), self.description)
        return Field(self.name, self.value_spec, self.description)


_KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: Argument.Kind.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.POSITIONAL_OR_KEYWORD: Argument.Kind.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL: Argument.Kind.VAR_POSITIONAL,
    inspect.Parameter.KEYWORD_ONLY: Argument.Kind.KEYWORD_ONLY,
    inspect.Parameter.VAR_KEYWORD: Argument.Kind.VAR_KEYWORD,
}


def keyword_spec(spec: ValueSpec) -> ValueSpec:
    """The spec of the values of `**kwargs`."""
    schema = typing.cast(Dict, spec).schema
    field = None if schema is None else schema.dynamic_field
    return AnySpec() if field is None else field.value
