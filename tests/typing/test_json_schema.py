"""JSON Schema out and in."""

import copy
import re
import typing

import jsonschema
import pytest
from hypothesis import given
from tests.typing.support import A
from tests.typing.test_laws import SPECS, VALUES, applied

import polygraft as pg
from polygraft import typing as T
from polygraft.missing import MISSING_VALUE as M

NULL = {"type": "null"}
INT = {"type": "integer"}


class Point(pg.Object):
    """A point."""

    x: int
    y: typing.Annotated[float, "Height."] = 0.5


class Line(pg.Object):
    start: Point
    end: Point | None = None


class Box(pg.Object):
    corner: Point
    sizes: dict[str, int]


class Tree(pg.Object):
    children: "list[Tree]" = []


class Base(pg.Object):
    k: str | None = None


class Derived(Base):
    n: int = 1


class Further(Derived): ...


class Plain:
    """Not symbolic."""

    def __init__(self, n: int, m: str = "a", **kwargs): ...


def _definition(title, properties, required, type_name=True, **more):
    if type_name:
        properties = {"_type": {"const": f"tests.typing.test_json_schema.{title}"}, **properties}
        required = ["_type", *required]
    words = {"title": title, **more, "properties": properties, "required": required}
    return {
        "type": "object",
        **{k: v for k, v in words.items() if v},
        "additionalProperties": False,
    }


Y = {"type": "number", "default": 0.5, "description": "Height."}
POINT = _definition("Point", {"x": INT, "y": Y}, ["x"], description="A point.")
BARE_POINT = _definition("Point", {"x": INT, "y": Y}, ["x"], False, description="A point.")
REF = {"$ref": "#/$defs/Point"}
ANY = [
    {"type": "boolean"},
    {"type": "number"},
    {"type": "string"},
    {"type": "array"},
    {"type": "object", "additionalProperties": True},
]

PLAIN = [
    (T.Bool(), {"type": "boolean"}),
    (T.Int(1, 0, 2), {"type": "integer", "minimum": 0, "maximum": 2, "default": 1}),
    (T.Float(), {"type": "number"}),
    (T.Str(regex="a.*"), {"type": "string", "pattern": "a.*"}),
    (T.Int(1).noneable(), {"anyOf": [{"type": "integer", "default": 1}, NULL]}),
    (T.Int().noneable(), {"anyOf": [INT, NULL], "default": None}),
    (T.Int(is_noneable=True), {"anyOf": [INT, NULL]}),
    (T.Enum(M, ["a", 1, None]), {"anyOf": [{"enum": ["a", 1]}, NULL]}),
    (T.Enum("a", ["a"]), {"enum": ["a"], "default": "a"}),
    (T.List(int), {"type": "array", "items": INT}),
    (T.List(T.Any()), {"type": "array"}),
    (
        T.List(int, min_size=1, max_size=2),
        {"type": "array", "items": INT, "minItems": 1, "maxItems": 2},
    ),
    (T.List(int).noneable(), {"anyOf": [{"type": "array", "items": INT}, NULL], "default": None}),
    (T.Dict(), {"type": "object", "additionalProperties": True}),
    (T.Dict(int), {"type": "object", "additionalProperties": INT}),
    (
        T.Dict([("a", 1), ("b", str, "doc"), (T.StrKey(), T.Any())]),
        {
            "type": "object",
            "properties": {
                "a": {"type": "integer", "default": 1},
                "b": {"type": "string", "description": "doc"},
            },
            "required": ["b"],
            "additionalProperties": True,
        },
    ),
    (T.Any(), {"anyOf": [*ANY, NULL]}),
    (T.Any(1), {"anyOf": [*ANY, NULL], "default": 1}),
    (T.Union([int, str], default=1), {"anyOf": [INT, {"type": "string"}], "default": 1}),
    (
        T.Union([int, T.Union([str, int]).noneable()]),
        {"anyOf": [INT, {"type": "string"}, INT, NULL]},
    ),
    (typing.Optional[int], {"anyOf": [INT, NULL]}),  # noqa: UP045
    (list[int], {"type": "array", "items": INT}),
    (Point, POINT),
    (T.List(Point), {"type": "array", "items": POINT}),
    (T.Union([Point, int]), {"anyOf": [POINT, INT]}),
    (
        Line,
        {
            "$defs": {"Point": POINT},
            **_definition(
                "Line",
                {"start": REF, "end": {"anyOf": [REF, NULL], "default": None}},
                ["start"],
            ),
        },
    ),
    (
        Tree,
        {
            "$defs": {
                "Tree": _definition(
                    "Tree",
                    {
                        "children": {
                            "type": "array",
                            "items": {"$ref": "#/$defs/Tree"},
                            "default": [],
                        }
                    },
                    [],
                )
            },
            "$ref": "#/$defs/Tree",
        },
    ),
    (
        Plain,
        {
            "type": "object",
            "title": "Plain",
            "description": "Not symbolic.",
            "properties": {"n": INT, "m": {"type": "string", "default": "a"}},
            "required": ["n"],
            "additionalProperties": True,
        },
    ),
    (
        T.Schema([T.Field("a", T.Int())], "x.S", description="D"),
        {
            "type": "object",
            "title": "S",
            "description": "D",
            "properties": {"_type": {"const": "x.S"}, "a": INT},
            "required": ["_type", "a"],
            "additionalProperties": False,
        },
    ),
]


@pytest.mark.parametrize(("value", "expected"), PLAIN, ids=[repr(v)[:60] for v, _ in PLAIN])
def test_to_json_schema(value, expected):
    found = T.to_json_schema(value)
    assert found == expected
    assert next(iter(found)) == next(iter(expected))
    jsonschema.Draft202012Validator.check_schema(found)


def test_methods():
    assert T.Int().to_json_schema() == INT
    assert Point.__schema__.to_json_schema() == POINT


def test_without_type_names_at_any_depth():
    assert T.to_json_schema(Point, include_type_name=False) == BARE_POINT
    assert T.to_json_schema(Line, include_type_name=False)["$defs"] == {"Point": BARE_POINT}
    spec = T.Object(Point, Point(1))
    assert T.to_json_schema(spec, include_type_name=False)["default"] == {"x": 1, "y": 0.5}


def test_wrapped_classes_and_functors_carry_the_name_that_files_use():
    Wrapped = pg.symbolize(Plain)
    found = T.to_json_schema(Wrapped)
    assert found["properties"]["_type"] == {"const": pg.to_json(Wrapped(1))["_type"]}
    jsonschema.validate(pg.to_json(Wrapped(1)), found)
    scaled = pg.functor(lambda x: x)
    assert T.to_json_schema(scaled)["required"] == ["_type", "x"]


def test_subclasses():
    found = T.to_json_schema(Base, include_subclasses=True)
    assert [x["title"] for x in found["anyOf"]] == ["Base", "Derived"]
    inner = T.to_json_schema(T.Dict([("b", Base)]), include_subclasses=True)
    assert [x["title"] for x in inner["properties"]["b"]["anyOf"]] == ["Base", "Derived"]


def test_nested_definitions_can_be_put_in_place():
    found = T.to_json_schema(Box, inline_nested_refs=True)
    assert "$defs" not in found
    assert found["properties"]["corner"] == POINT
    assert found["properties"]["sizes"]["title"] == "sizes"
    assert set(T.to_json_schema(Box)["$defs"]) == {"Point", "sizes"}


def test_classes_of_the_same_name_stay_apart():
    def make():
        class Point(pg.Object):
            z: int

        return Point

    found = T.to_json_schema(T.Dict([("a", Line), ("b", list[make()])]), inline_nested_refs=False)
    assert found["$defs"]["Point"] == POINT
    other = found["properties"]["b"]["items"]
    assert "z" in other["properties"]
    assert other["title"].endswith("make.Point")


@pytest.mark.parametrize(
    ("spec", "error", "message"),
    [
        (
            T.Tuple([int]),
            TypeError,
            r"Value spec Tuple\(\[Int\(\)\]\) cannot be converted to JSON schema\.",
        ),
        (T.Callable(), TypeError, r"Value spec Callable\(\) cannot be converted"),
        (
            T.Enum(M, [b"a"]),
            ValueError,
            "Enum candidate b'a' is not supported for JSON schema generation.",
        ),
    ],
)
def test_what_json_schema_has_no_word_for(spec, error, message):
    with pytest.raises(error, match=message):
        T.to_json_schema(spec)


# -- in ----------------------------------------------------------------------------------------------------------------
IN = [
    ({"type": "boolean", "default": True}, "Bool(default=True)"),
    ({"type": "integer", "minimum": 0, "maximum": 2}, "Int(min=0, max=2)"),
    ({"type": "number", "default": 1}, "Float(default=1.0)"),
    ({"type": "string", "pattern": "a.*"}, "Str(regex='a.*')"),
    ({"type": "array"}, "List(Any())"),
    ({"type": "array", "items": INT, "default": [1]}, "List(Int(), default=[1])"),
    ({"type": "array", "items": INT, "minItems": 1}, "List(Int(), min_size=1)"),
    (NULL, "Any(default=None, frozen=True)"),
    ({"enum": ["a", 1], "default": "a"}, "Enum(default='a', values=['a', 1])"),
    ({"const": "a"}, "Enum(values=['a'])"),
    ({"anyOf": [INT, {"type": "string"}]}, "Union([Int(), Str()])"),
    ({"anyOf": [INT, NULL]}, "Int(default=None, noneable=True)"),
    ({"anyOf": [INT, NULL], "default": 3}, "Int(default=3, noneable=True)"),
    ({"anyOf": [{"type": "integer", "default": 1}, NULL]}, "Int(default=1, noneable=True)"),
    ({"anyOf": [INT]}, "Int()"),
    ({"type": ["integer", "null"], "minimum": 1}, "Int(default=None, min=1, noneable=True)"),
    ({"type": "object"}, "Dict()"),
    (
        {"type": "object", "additionalProperties": INT},
        "Dict(fields=[Field(key=StrKey(), value=Int())])",
    ),
    (
        {
            "type": "object",
            "properties": {"a": INT, "b": {"type": "string", "description": "B."}},
            "required": ["a"],
        },
        "Dict(fields=[Field(key=a, value=Int()), "
        "Field(key=b, value=Str(default=None, noneable=True), description='B.')])",
    ),
    ({"$defs": {"P": INT}, "type": "array", "items": {"$ref": "#/$defs/P"}}, "List(Int())"),
    (
        {"$defs": {"Q": {"type": "array", "items": {"$ref": "#/$defs/P"}}, "P": INT}, "$ref": "#/$defs/Q"},
        "List(Int())",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("data", "text"), IN)
def test_from_json_schema(data, text):
    before = copy.deepcopy(data)
    assert repr(T.ValueSpec.from_json_schema(data)) == text
    assert data == before


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            {"$ref": "#/$defs/B"},
            r"Reference 'B' not defined in defs\. Please make sure classes being referenced are defined "
            r"before the referencing classes\. $",
        ),
        (
            {
                "$defs": {"B": {"type": "array", "items": {"$ref": "#/$defs/B"}}},
                "$ref": "#/$defs/B",
            },
            "Reference 'B' not defined in defs",
        ),
        (
            {"enum": [{"x": 1}]},
            r"Enum candidate \{'x': 1\} is not supported for JSON schema conversion\.",
        ),
        ({"enum": [None]}, "Enum candidate None is not supported"),
        ({"type": "oneOf"}, "Unsupported type 'oneOf' in JSON schema."),
        ({}, "Unsupported type None in JSON schema."),
    ],
)
def test_schemas_without_spec(data, message):
    with pytest.raises(ValueError, match=message):
        T.ValueSpec.from_json_schema(data)


def test_schema_from_json_schema():
    data = {
        "type": "object",
        "title": "X",
        "description": "D",
        "properties": {"a": INT},
        "required": ["a"],
    }
    schema = T.Schema.from_json_schema(data)
    assert (schema.name, schema.description, schema.allow_nonconst_keys) == ("X", "D", True)
    assert repr(schema["a"]) == "Field(key=a, value=Int())"
    kept = T.Schema.from_json_schema(data, add_json_schema_as_metadata=True)
    assert kept["a"].metadata == {"json_schema": INT}
    with pytest.raises(
        ValueError, match=r"JSON schema is not an object type: \{'type': 'integer'\}"
    ):
        T.Schema.from_json_schema(INT)


def test_titles_become_classes():
    seen = []

    def class_fn(title, schema):
        seen.append((title, list(map(str, schema.keys()))))
        return A

    spec = T.ValueSpec.from_json_schema(T.to_json_schema(list[Point]), class_fn)
    assert repr(spec) == "List(Object(A))"
    assert seen == [("Point", ["x", "y"])]


# -- laws --------------------------------------------------------------------------------------------------------------
def _exported(spec):
    """The schema of a spec, or None where there is no word for it."""
    try:
        return T.to_json_schema(spec)
    except TypeError:
        return None


@given(SPECS, VALUES)
def test_values_of_a_spec_satisfy_its_json_schema(spec, value):
    schema = _exported(spec)
    result = applied(spec, value)
    # Tuples and infinity are written in forms of their own; a truth is an `Int`, but to JSON Schema no integer.
    if schema is None or result is None or re.search(r"[(]|inf|True|False", repr(result[0])):
        return
    jsonschema.validate(pg.to_json(result[0]), schema)


@given(SPECS)
def test_what_comes_back_accepts_the_same_defaults_and_writes_the_same_schema(spec):
    schema = _exported(spec)
    if schema is None or "enum" in repr(schema) or "object" in repr(schema):
        return  # None among candidates, and keys that become optional, read back as something wider
    again = T.ValueSpec.from_json_schema(schema)
    again_schema = T.to_json_schema(again)
    assert _normal(again_schema) == _normal(schema)


def _normal(schema):
    """Without the default None that reading gives to what may be None, and alternatives once each."""
    if isinstance(schema, list):
        return [_normal(x) for x in schema]
    if not isinstance(schema, dict):
        return schema
    out = {k: _normal(v) for k, v in schema.items() if (k, v) != ("default", None)}
    if "anyOf" in out:
        out["anyOf"] = sorted({repr(x) for x in out["anyOf"]})
    return out
