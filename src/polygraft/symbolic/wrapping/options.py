"""What `symbolize` is told beyond the class: constraints, names in files, how instances print and compare."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any, cast

from polygraft import typing as pg_typing
from polygraft.formatting import Formattable
from polygraft.symbolic.node import OPS
from polygraft.symbolic.wrapping import naming
from polygraft.symbolic.wrapping.base import OPTIONS, is_wrapper
from polygraft.symbolic.wrapping.signature import EMPTY, init_signature
from polygraft.typing import Field


@dataclasses.dataclass(frozen=True, slots=True)
class Options:
    """The options of one wrapper; kept on it where they are not the default ones, to travel with the class."""

    constraints: tuple[Any, ...] = ()
    repr: bool = True
    eq: bool = False
    class_name: str | None = None
    module_name: str | None = None
    serialization_key: str | None = None
    additional_keys: tuple[str, ...] = ()
    override: tuple[tuple[str, Any], ...] = ()
    inner: tuple[Any, ...] = ()

    def apply_to(self, cls: Any) -> None:
        """Does to a new wrapper what the options say."""
        if self != DEFAULT:
            type.__setattr__(cls, OPTIONS, self)
        if self.class_name:
            cls.__name__ = cls.__qualname__ = self.class_name
        if self.module_name:
            type.__setattr__(cls, "__module__", self.module_name)
        shown = Formattable if self.repr else cls.__bases__[-2]
        for name in ("__repr__", "__str__"):
            method = vars(Formattable)[name] if self.repr else getattr(shown, name)
            if getattr(cls, name) is not method:
                type.__setattr__(cls, name, method)
        if self.eq and cls.__bases__[-2].__eq__ is object.__eq__:
            type.__setattr__(cls, "__eq__", _symbolic_eq)
            type.__setattr__(cls, "__ne__", _symbolic_ne)
            if cls.__bases__[-2].__hash__ is object.__hash__:
                type.__setattr__(cls, "__hash__", _symbolic_hash)
        for name, value in self.override:
            type.__setattr__(cls, name, value)
        if self.inner:
            OPS[cls].look_inside(self.inner)  # type: ignore[attr-defined]
        naming.register(cls, self.serialization_key, self.additional_keys)


def _symbolic_eq(self: Any, other: Any) -> Any:
    return OPS[type(self)].eq(self, other)


def _symbolic_ne(self: Any, other: Any) -> Any:
    return not OPS[type(self)].eq(self, other)


def _symbolic_hash(self: Any) -> int:
    return OPS[type(self)].hash(self)


DEFAULT = Options()


# -- constraints -----------------------------------------------------------------------------------
def fields_of(cls: Any) -> tuple[dict[str, Field], Field | None]:
    """The fields of a class: (by argument name, for `**kwargs`)."""
    options = _options_for_init(cls)
    if not options.constraints:
        return {}, None
    return build_fields(cls, options.constraints)


def own_options(cls: Any) -> Options:
    """The options of a wrapper."""
    return cast("dict[str, Options]", vars(cls)).get(OPTIONS, DEFAULT)


def _options_for_init(cls: Any) -> Options:
    """The options that came with the `__init__` of `cls`: a subclass with its own inherits none."""
    for base in cls.__mro__:
        if is_wrapper(base):
            return own_options(base)
        if "__init__" in vars(base):
            break
    return DEFAULT


def build_fields(cls: Any, constraints: Any) -> tuple[dict[str, Field], Field | None]:
    """Turns constraint tuples into fields, with the defaults of the parameters.

    Raises:
        KeyError: A constraint is for an argument that the class does not take.
        TypeError, ValueError: A default violates its constraint.
    """
    signature = init_signature(cls)
    parameters = signature.parameters
    varkw = next((p.name for p in parameters.values() if p.kind is p.VAR_KEYWORD), None)
    name_of_class = f"{cls.__module__}.{cls.__qualname__}"
    if not parameters and constraints:
        raise ValueError(
            f"{cls.__qualname__}.__init__ takes no argument while non-empty `args` is provided: {list(constraints)!r}"
        )
    fields: dict[str, Field] = {}
    dynamic: Field | None = None
    for definition in constraints:
        field = definition if isinstance(definition, Field) else pg_typing.create_field(definition)
        if not field.key.is_const:
            if varkw is None:
                raise KeyError(
                    f"{name_of_class}: found extra symbolic argument {str(field.key)!r}."
                )
            dynamic = field
            continue
        name = str(field.key)
        p = parameters.get(name)
        if (p is None or p.kind is p.VAR_KEYWORD) and varkw is None:
            raise KeyError(f"{name_of_class}: found extra symbolic argument {name!r}.")
        spec = copy.copy(field.value)
        if p is not None and p.default is not EMPTY:
            if type(p.default).__name__ == "_HASDEFAULT_FACTORY_CLASS":
                spec.set_default(p.default, use_default_apply=False)
            elif p.default is None and not spec.is_noneable:
                spec = spec.noneable()
            else:
                spec.set_default(p.default, root_path=name)
        fields[name] = Field(field.key, spec, field.description, field.metadata)
    return fields, dynamic
