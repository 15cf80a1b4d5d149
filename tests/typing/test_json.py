"""Specs, fields, schemas and keys as JSON: the layout, the way back, and what strangers' files may not do."""

import copy

import pytest
from hypothesis import given
from tests.typing.support import A, one_arg
from tests.typing.test_laws import SPECS

import polygraft as pg
from polygraft import typing as T
from polygraft.errors import DeserializationError, UnknownTypeError
from polygraft.missing import MISSING_VALUE as M

SPEC = "polygraft.typing."
INT = {"_type": SPEC + "Int"}
OBJECT = {"_type": SPEC + "Object", "t": {"_type": "type", "name": "tests.typing.support.A"}}


def _class(name):
    return {"_type": "type", "name": name}


LAYOUTS = [
    (T.Bool(True), {"default": True}),
    (T.Str("a", regex="a.*"), {"default": "a", "regex": "a.*"}),
    (
        T.Int(1, 0, 2).noneable(),
        {"default": 1, "min_value": 0, "max_value": 2, "is_noneable": True},
    ),
    (T.Float(1).freeze(), {"default": 1.0, "frozen": True}),
    (T.Number(int), {"value_type": _class("builtins.int")}),
    (T.Enum("a", ["a", None]), {"default": "a", "values": ["a", None]}),
    (
        T.List(int, size=2, default=[1, 2]),
        {"element_value": INT, "default": [1, 2], "min_size": 2, "max_size": 2},
    ),
    (T.Tuple([int, int]), {"element_values": [INT, INT]}),
    (T.Tuple(int, max_size=2), {"element_values": INT, "min_size": 0, "max_size": 2}),
    (T.Dict(), {}),
    (T.Dict().noneable(), {"is_noneable": True, "default": None}),
    (T.Object(A), {"t": _class("tests.typing.support.A")}),
    (T.Callable([int], [("a", int)], int), {"args": [INT], "kw": [["__tuple__", "a", INT]], "returns": INT}),
    (T.Functor([int]), {"args": [INT]}),
    (T.Type(int), {"t": _class("builtins.int")}),
    (T.Type("Nope"), {"t": "Nope"}),
    (T.Union([int, A], default=1), {"candidates": [INT, OBJECT], "default": 1}),
    (T.Any(annotation=int), {"annotation": _class("builtins.int")}),
    (T.Any(transform=one_arg), {"transform": {"_type": "function", "name": "tests.typing.support.one_arg"}}),
    (T.ConstStrKey("a"), {"text": "a"}),
    (T.StrKey(), {}),
    (T.StrKey("a"), {"regex": "a"}),
    (T.ListKey(1, 2), {"min_value": 1, "max_value": 2}),
    (T.TupleKey(1), {"index": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "layout"), LAYOUTS, ids=[repr(x) for x, _ in LAYOUTS])
def test_layout_and_way_back(spec, layout):
    data = {"_type": SPEC + type(spec).__name__, **layout}
    assert pg.to_json(spec) == spec.to_json() == data
    again = pg.from_json(data, trusted=True)
    assert type(again) is type(spec)
    assert again == spec


def test_fields_and_schemas():
    schema = T.create_schema(
        [("a", T.Int(1), "doc", {"m": [1]}), (T.StrKey("b.*"), str)],
        name="x.S",
        description="D",
        allow_nonconst_keys=True,
        metadata={"k": {"n": 1}},
    )
    again = T.Schema.from_json(schema.to_json())
    assert again == schema
    assert repr(again) == repr(schema)
    assert again.metadata == schema.metadata


@given(SPECS)
def test_json_round_trip(spec):
    again = pg.from_json_str(pg.to_json_str(spec))
    assert again == spec
    assert repr(again) == repr(spec)


@pytest.mark.parametrize("prefix", ["pyglove.typing.", "pyglove.core.typing.value_specs."])
def test_reads_names_of_pyglove(prefix):
    assert pg.from_json({"_type": prefix + "Int", "min_value": 1}) == T.Int(min_value=1)


def test_names_of_pyglove_for_other_modules():
    key = {"_type": "pyglove.core.typing.key_specs.StrKey"}
    field = {"_type": "pyglove.core.typing.class_schema.Field", "key_spec": key, "value_spec": INT}
    assert pg.from_json(field) == T.Field(T.StrKey(), T.Int())


def test_keys_can_be_left_out():
    assert T.Int(1, 0).to_json(exclude_keys={"default"}) == {**INT, "min_value": 0}


def test_defaults_stay_plain():
    again = pg.from_json(T.List(int, default=[1]).to_json())
    assert type(again.default) is list


def test_spec_as_value_of_a_field():
    class Holder(pg.Object):
        spec: T.ValueSpec

    held = Holder(T.List(T.Int(min_value=0)))
    assert pg.from_json(pg.to_json(held)).spec == held.spec


def test_object_of_a_class_that_does_not_exist_is_not_written():
    with pytest.raises(TypeError, match="'Nope' does not exist in module"):
        T.Object("Nope").to_json()


def test_lambdas_are_not_written():
    with pytest.raises(ValueError, match="has no name by which a reader could find it"):
        T.Any(transform=lambda x: x).to_json()


STRANGE = [
    ({"_type": SPEC + "Object", "t": _class("subprocess.Popen")}, UnknownTypeError, "trusted"),
    ({"_type": SPEC + "Type", "t": "A"}, UnknownTypeError, "without its module"),
    (
        {"_type": SPEC + "Any", "transform": _class("builtins.bytearray"), "default": 10},
        UnknownTypeError,
        "would be called",
    ),
    ({**INT, "minimum": 1}, DeserializationError, "unexpected keyword arguments: 'minimum'"),
    ({"_type": SPEC + "List"}, DeserializationError, "missing required arguments: 'element_value'"),
    ({"_type": SPEC + "Str", "regex": "("}, DeserializationError, "Not a regular expression"),
    ({**INT, "default": "a"}, TypeError, "Expect <class 'int'>"),
]


@pytest.mark.parametrize(("data", "error", "message"), STRANGE)
def test_strange_data_is_refused(data, error, message):
    before = copy.deepcopy(data)
    with pytest.raises(error, match=message):
        pg.from_json(data)
    assert data == before


def test_harmless_transforms_are_read_from_anyone():
    spec = pg.from_json(T.List(int, transform=list).to_json())
    assert spec.apply((1, 2)) == [1, 2]


def test_no_default_is_told_apart_from_none():
    assert pg.from_json(T.Int(None, is_noneable=True).to_json()).default is None
    assert pg.from_json(T.Int(is_noneable=True).to_json()).default is M
