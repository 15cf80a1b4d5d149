"""JSON Schema as value specs: `ValueSpec.from_json_schema`, `Schema.from_json_schema`."""

from __future__ import annotations

import copy
import typing
from collections.abc import Callable
from typing import Any

from polygraft.missing import MISSING_VALUE
from polygraft.typing.any_spec import Any as AnySpec
from polygraft.typing.dict_spec import Dict
from polygraft.typing.field import Field
from polygraft.typing.keys import StrKey
from polygraft.typing.list_spec import List
from polygraft.typing.object_spec import Object
from polygraft.typing.primitives import Bool, Enum, Float, Int, Str
from polygraft.typing.schema import Schema
from polygraft.typing.union import Union
from polygraft.typing.value_spec import LATE, ValueSpec

Json = dict[str, Any]
ClassFn = Callable[[str, Schema], Any]
_PREFIX = "#/$defs/"
_SCALARS = (str, bool, int, float)


def spec_from_json_schema(
    json_schema: Json, class_fn: ClassFn | None = None, add_json_schema_as_metadata: bool = False
) -> ValueSpec:
    """Returns the spec of the values that a JSON Schema describes.

    Args:
        json_schema: The schema.
        class_fn: Called as `(title, schema)` for objects with a title; returns the class of the values.
        add_json_schema_as_metadata: Whether fields keep their part of the schema as `metadata['json_schema']`.

    Raises:
        ValueError: The schema says what specs have no word for, or refers to what it does not define.

    Example:
        >>> spec_from_json_schema({"type": "integer", "minimum": 0})
        Int(min=0)
    """
    reader = _Reader(json_schema.get("$defs", {}), class_fn, add_json_schema_as_metadata)
    return reader.spec(json_schema)


def schema_from_json_schema(
    json_schema: Json, class_fn: ClassFn | None = None, add_json_schema_as_metadata: bool = False
) -> Schema:
    """Returns the schema of the objects that a JSON Schema describes.

    Args:
        json_schema: The schema of an object.
        class_fn, add_json_schema_as_metadata: See `spec_from_json_schema`.

    Raises:
        ValueError: It does not describe an object, or see `spec_from_json_schema`.

    Example:
        >>> schema_from_json_schema({"type": "object", "properties": {"a": {"type": "integer"}}})
        Schema(fields=[Field(key=a, value=Int(default=None, noneable=True))])
    """
    if json_schema.get("type") != "object":
        raise ValueError(f"JSON schema is not an object type: {json_schema!r}")
    reader = _Reader(json_schema.get("$defs", {}), class_fn, add_json_schema_as_metadata)
    return reader.schema(json_schema)


class _Reader:
    """The state of one call: the definitions, and which of them are being read."""

    def __init__(self, defs: Json, class_fn: ClassFn | None, keep: bool):
        self.defs = defs
        self.class_fn = class_fn
        self.keep = keep
        self.read: dict[str, ValueSpec] = {}
        self.reading: list[str] = []

    def spec(self, data: Json) -> ValueSpec:
        """The spec for a part of the schema."""
        if "$ref" in data:
            spec = self._referred(data["$ref"])
        elif "enum" in data:
            spec = Enum(MISSING_VALUE, [_candidate(v) for v in data["enum"]])
        elif "const" in data:
            constant = data["const"]
            if constant is None:
                return AnySpec().freeze(None)
            spec = Enum(MISSING_VALUE, [_candidate(constant)])
        elif "anyOf" in data:
            spec = self._any_of(data["anyOf"])
        else:
            spec = self._typed(data)
        return spec.set_default(data["default"]) if "default" in data else spec

    def _typed(self, data: Json) -> ValueSpec:
        name = data.get("type")
        if isinstance(name, list):
            names = typing.cast("list[Any]", name)
            return self._any_of([{**_about(n, data), "type": n} for n in names])
        read = _READERS.get(typing.cast(Any, name))
        if read is None:
            raise ValueError(f"Unsupported type {name!r} in JSON schema.")
        return read(self, data)

    def _any_of(self, alternatives: list[Json]) -> ValueSpec:
        others = [a for a in alternatives if a.get("type") != "null"]
        specs = _distinct([self.spec(a) for a in others])
        if not specs:
            return AnySpec().freeze(None)
        spec = specs[0] if len(specs) == 1 else Union(specs)
        return spec.noneable() if len(others) < len(alternatives) else spec

    def _referred(self, ref: Any) -> ValueSpec:
        name = ref.removeprefix(_PREFIX) if isinstance(ref, str) else ref
        if name not in self.defs or name in self.reading:
            raise ValueError(
                f"Reference {name!r} not defined in defs. Please make sure classes being referenced are defined "
                "before the referencing classes. "
            )
        if name not in self.read:
            self.reading.append(name)
            self.read[name] = self.spec(self.defs[name])
            self.reading.pop()
        return copy.deepcopy(self.read[name])

    def object(self, data: Json) -> ValueSpec:
        """The spec for an object: its class, or a dict with its fields."""
        title = data.get("title")
        if title and self.class_fn is not None:
            return Object(self.class_fn(title, self.schema(data, of_class=True)))
        schema = self.schema(data)
        return Dict(schema) if schema.fields else Dict()

    def schema(self, data: Json, of_class: bool = False) -> Schema:
        """The fields of an object."""
        required = data.get("required", ())
        fields: list[Field] = []
        for name, part in data.get("properties", {}).items():
            if of_class and name == "_type":
                continue  # it names the class
            spec = self.spec(part)
            if name not in required and not spec.has_default:
                spec = _optional(spec)
            fields.append(self._field(name, spec, part))
        more = data.get("additionalProperties")
        if isinstance(more, dict):
            more = typing.cast(Json, more)
            fields.append(self._field(StrKey(), self.spec(more), more))
        elif more is True and fields:
            fields.append(Field(StrKey(), AnySpec()))
        return Schema(
            fields,
            name=data.get("title"),
            description=data.get("description"),
            allow_nonconst_keys=True,
        )

    def _field(self, key: Any, spec: ValueSpec, data: Json) -> Field:
        metadata = {"json_schema": data} if self.keep else None
        return Field(key, spec, data.get("description"), metadata)


def _optional(spec: ValueSpec) -> ValueSpec:
    """What a property that is not required becomes: None stands for its absence."""
    spec = spec.noneable()
    return spec if spec.has_default else spec.set_default(None)


def _candidate(value: Any) -> Any:
    if not isinstance(value, _SCALARS):
        raise ValueError(f"Enum candidate {value!r} is not supported for JSON schema conversion.")
    return value


def _distinct(specs: list[ValueSpec]) -> list[ValueSpec]:
    out: list[ValueSpec] = []
    for spec in specs:
        if not any(type(s) is type(spec) and s == spec for s in out):
            out.append(spec)
    return out


#: Type → the words that say more about it.
_WORDS = {
    "integer": ("minimum", "maximum"),
    "number": ("minimum", "maximum"),
    "string": ("pattern",),
    "array": ("items", "minItems", "maxItems"),
    "object": ("title", "description", "properties", "required", "additionalProperties"),
}


def _about(name: Any, data: Json) -> Json:
    return {k: data[k] for k in _WORDS.get(name, ()) if k in data}


def _bounds(data: Json) -> Json:
    return {"min_value": data.get("minimum"), "max_value": data.get("maximum")}


def _array(r: _Reader, data: Json) -> ValueSpec:
    items = data.get("items")
    element = r.spec(items) if items else AnySpec()
    return List(element, min_size=data.get("minItems"), max_size=data.get("maxItems"))


_READERS: dict[str, Callable[[_Reader, Json], ValueSpec]] = {
    "boolean": lambda r, data: Bool(),
    "integer": lambda r, data: Int(**_bounds(data)),
    "number": lambda r, data: Float(**_bounds(data)),
    "string": lambda r, data: Str(regex=data.get("pattern")),
    "null": lambda r, data: AnySpec().freeze(None),
    "array": _array,
    "object": lambda r, data: r.object(data),
}

LATE.spec_from_json_schema = spec_from_json_schema
LATE.schema_from_json_schema = schema_from_json_schema
