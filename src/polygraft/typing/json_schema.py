"""Value specs as JSON Schema: `to_json_schema`.

A schema with a name (that of a class, or of a named `Schema`) is written once, under `$defs`, and referred to; what the
expression itself refers to only once is put in place afterwards. Names are shortened to their last part; where two
would then be the same, the later one keeps its full name.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from typing import Any

from polygraft.missing import is_missing
from polygraft.typing.any_spec import Any as AnySpec
from polygraft.typing.convertible import Converters
from polygraft.typing.dict_spec import Dict
from polygraft.typing.list_spec import List
from polygraft.typing.object_spec import Object
from polygraft.typing.primitives import Bool, Enum, Float, Int, Str
from polygraft.typing.schema import Schema
from polygraft.typing.signature import schema as schema_of
from polygraft.typing.union import Union
from polygraft.typing.value_spec import LATE, ValueSpec

Json = dict[str, Any]
_PREFIX = "#/$defs/"
_SCALARS = (str, bool, int, float)


def to_json_schema(
    value: Any,
    *,
    include_type_name: bool = True,
    include_subclasses: bool = False,
    inline_nested_refs: bool = False,
) -> Json:
    """Returns the JSON Schema of the values that a spec accepts, as they are written to JSON.

    Args:
        value: A value spec, an annotation, a class, or a `Schema`.
        include_type_name: Whether objects of symbolic classes carry `_type`.
        include_subclasses: Whether a class also stands for its direct subclasses.
        inline_nested_refs: Whether definitions that are referred to once are put in place at any depth.

    Raises:
        TypeError: JSON Schema has no word for a spec.
        ValueError: The same, for a candidate of an `Enum`.

    Example:
        >>> to_json_schema(typing.Optional[int])
        {'anyOf': [{'type': 'integer'}, {'type': 'null'}]}
    """
    writer = _Writer(include_type_name, include_subclasses)
    if isinstance(value, Schema):
        root = writer.schema(value, value.name)
    else:
        root = writer.spec(LATE.from_annotation(value, True))
    return writer.assembled(root, inline_nested_refs)


class _Writer:
    """The state of one call: the definitions made so far.

    Attributes:
        defs: Title → definition.
        named: Full name → the schemas under that name, with their titles.
    """

    def __init__(self, include_type_name: bool, include_subclasses: bool):
        self.include_type_name = include_type_name
        self.include_subclasses = include_subclasses
        self.defs: dict[str, Json] = {}
        self.named: dict[str, list[tuple[Schema, str]]] = {}

    # -- specs ---------------------------------------------------------------------------------------------------------
    def spec(self, spec: ValueSpec, name: str | None = None) -> Json:
        """The schema of a spec.

        Args:
            spec: The spec.
            name: What a `Dict` with an unnamed schema is called.
        """
        write = _WRITERS.get(type(spec))
        if isinstance(spec, Dict) and spec.schema is not None:
            out = self.schema(spec.schema, None, spec.schema.name or name)
        elif write is None:
            raise TypeError(f"Value spec {spec!r} cannot be converted to JSON schema.")
        else:
            out = write(self, spec)
        default = _NOTHING if isinstance(spec, Dict) else self._default(spec)
        if default is not _NOTHING and default is not None:
            out["default"] = default
        if spec.is_noneable and not isinstance(spec, AnySpec):
            if "anyOf" in out:
                out["anyOf"].append({"type": "null"})
            else:
                out = {"anyOf": [out, {"type": "null"}]}
        return {**out, "default": None} if spec.is_noneable and spec.default is None else out

    def _default(self, spec: ValueSpec) -> Any:
        if is_missing(spec.default):
            return _NOTHING
        try:
            data = Converters.to_json(spec.default)
        except (TypeError, ValueError):  # it cannot be written
            return _NOTHING
        return data if self.include_type_name else _without_type_names(data)

    def alternatives(self, spec: ValueSpec) -> list[Json]:
        """The schemas of a union's candidates, those of unions inside among them."""
        if not isinstance(spec, Union):
            return [self._not_none(spec)]
        return [x for c in spec.candidates for x in self.alternatives(c)]

    def _not_none(self, spec: ValueSpec) -> Json:
        out = self.spec(spec)
        others = [x for x in out.get("anyOf", ()) if x != {"type": "null"}]
        return others[0] if len(others) == 1 else out

    def object(self, spec: Object) -> Json:
        """The schema of the instances of a class."""
        cls = spec.cls
        classes = [cls]
        if self.include_subclasses and isinstance(cls, type):
            classes += [c for c in cls.__subclasses__() if not inspect.isabstract(c)]
        refs = [self._class(c) for c in classes]
        return refs[0] if len(refs) == 1 else {"anyOf": refs}

    def _class(self, cls: Any) -> Json:
        cls = typing.get_origin(cls) or cls
        schema = schema_of(cls)
        type_name = Converters.type_name(cls)
        return self.schema(schema, type_name, schema.name or type_name)

    # -- objects -------------------------------------------------------------------------------------------------------
    def schema(self, schema: Schema, type_name: str | None, name: str | None = None) -> Json:
        """The definition of a schema, or, if it has a name, a reference to that."""
        name = name or type_name
        if not name:
            return self._definition(schema, type_name, None, None)
        known = self.named.setdefault(name, [])
        for other, title in known:
            if other is schema or other == schema:
                return {"$ref": _PREFIX + title}
        title = self._title(name)
        known.append((schema, title))
        self.defs[title] = {}  # its place: it may refer to itself
        self.defs[title] = self._definition(schema, type_name, title, name)
        return {"$ref": _PREFIX + title}

    def _title(self, name: str) -> str:
        last = name.rpartition(".")[2]
        if last not in self.defs:
            return last
        n, title = 2, name
        while title in self.defs:
            title, n = f"{name}_{n}", n + 1
        return title

    def _definition(
        self, schema: Schema, type_name: str | None, title: str | None, name: str | None
    ) -> Json:
        properties: Json = {}
        required: list[str] = []
        additional: Any = False
        if type_name and self.include_type_name:
            properties["_type"] = {"const": type_name}
            required.append("_type")
        for key, field in schema.items():
            # Not called by its name where it has none: `Outer.field` is good enough for a title.
            inner = self.spec(field.value, f"{name}.{key}" if name and key.is_const else None)
            if not key.is_const:
                is_any = isinstance(field.value, AnySpec) and field.value.is_noneable
                additional = True if is_any else inner
                continue
            if field.description:
                inner["description"] = field.description
            properties[str(key)] = inner
            if not field.value.has_default:
                required.append(str(key))
        out: Json = {"type": "object"}
        parts = (title, schema.description, properties, required)
        for word, part in zip(
            ("title", "description", "properties", "required"), parts, strict=True
        ):
            if part:
                out[word] = part
        out["additionalProperties"] = additional
        return out

    # -- references ----------------------------------------------------------------------------------------------------
    def assembled(self, root: Json, inline_nested: bool) -> Json:
        """The expression with its definitions; those that it refers to once, and nobody else does, put in place."""
        counts = dict.fromkeys(self.defs, 0)
        for part in (root, *self.defs.values()):
            _count(part, counts)
        once = {title for title, n in counts.items() if n == 1}
        placed: set[str] = set()
        out: Json = self._inlined(root, once, inline_nested, placed)
        if "$ref" in root and "default" in root:
            out = {**out, "default": root["default"]}
        kept = {title: d for title, d in self.defs.items() if title not in placed}
        return {"$defs": kept, **out} if kept else out

    def _inlined(self, part: Any, once: set[str], nested: bool, placed: set[str]) -> Any:
        """A part with the definitions in `once` in place; their titles go to `placed`."""
        if isinstance(part, list):
            items = typing.cast("list[Any]", part)
            return [self._inlined(x, once, nested, placed) for x in items]
        if not isinstance(part, dict):
            return part
        data = typing.cast(Json, part)
        title = _title_of(data)
        if title is None or title not in once:
            return {k: self._inlined(v, once, nested, placed) for k, v in data.items()}
        placed.add(title)
        definition = self.defs[title]
        return self._inlined(definition, once, True, placed) if nested else definition


_NOTHING: Any = object()


def _title_of(data: Json) -> str | None:
    ref = data.get("$ref")
    return ref.removeprefix(_PREFIX) if isinstance(ref, str) else None


def _count(part: Any, counts: dict[str, int]) -> None:
    """Counts the references in a schema; data under `default` and `const` is no schema."""
    if isinstance(part, list):
        for x in typing.cast("list[Any]", part):
            _count(x, counts)
    elif isinstance(part, dict):
        data = typing.cast(Json, part)
        title = _title_of(data)
        if title is not None:
            counts[title] = counts.get(title, 0) + 1
        for key, x in data.items():
            if key not in ("default", "const", "enum"):
                _count(x, counts)


def _without_type_names(data: Any) -> Any:
    if isinstance(data, dict):
        items = typing.cast(Json, data).items()
        return {k: _without_type_names(v) for k, v in items if k != "_type"}
    if isinstance(data, list):
        return [_without_type_names(v) for v in typing.cast("list[Any]", data)]
    return data


# -- one function per class of specs -----------------------------------------------------------------------------------
def _number(name: str) -> Callable[[_Writer, Any], Json]:
    def write(w: _Writer, spec: Any) -> Json:
        out: Json = {"type": name}
        if spec.min_value is not None:
            out["minimum"] = spec.min_value
        if spec.max_value is not None:
            out["maximum"] = spec.max_value
        multiples = [
            c.constraint.multiple_of for c in spec.checks if hasattr(c.constraint, "multiple_of")
        ]
        if multiples:
            out["multipleOf"] = multiples[0]
        return out

    return write


def _str(w: _Writer, spec: Str) -> Json:
    pattern = {} if spec.regex is None else {"pattern": spec.regex.pattern}
    return {"type": "string", **pattern}


def _enum(w: _Writer, spec: Enum) -> Json:
    for v in spec.values:
        if v is not None and not isinstance(v, _SCALARS):
            raise ValueError(f"Enum candidate {v!r} is not supported for JSON schema generation.")
    return {"enum": [v for v in spec.values if v is not None]}


def _list(w: _Writer, spec: List) -> Json:
    out: Json = {"type": "array"}
    element = spec.element.value
    if not isinstance(element, AnySpec):
        out["items"] = w.spec(element)
    if spec.min_size:
        out["minItems"] = spec.min_size
    if spec.max_size is not None:
        out["maxItems"] = spec.max_size
    return out


def _any(w: _Writer, spec: AnySpec) -> Json:
    words = [{"type": t} for t in ("boolean", "number", "string", "array")]
    null = [{"type": "null"}] if spec.is_noneable else []
    return {"anyOf": [*words, {"type": "object", "additionalProperties": True}, *null]}


_WRITERS: dict[type, Callable[[_Writer, Any], Json]] = {
    Bool: lambda w, spec: {"type": "boolean"},
    Int: _number("integer"),
    Float: _number("number"),
    Str: _str,
    Enum: _enum,
    List: _list,
    Dict: lambda w, spec: {"type": "object", "additionalProperties": True},
    Object: lambda w, spec: w.object(spec),
    Union: lambda w, spec: {"anyOf": w.alternatives(spec)},
    AnySpec: _any,
}

LATE.to_json_schema = to_json_schema
