"""What a file names and this process does not know: placeholders that keep the data."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import polygraft as pg
from polygraft.symbolic import UnknownFunction, UnknownMethod, UnknownType, UnknownTypedObject


class A(pg.Object):
    x: Any
    y: Any = None


class Number(pg.Object):
    n: int


@pg.symbolize
class W:
    def __init__(self, p):
        self.p = p


DATA = {
    "_type": "aa.B",
    "x": [1, {"_type": "bb.C"}],
    "y": ["__tuple__", 1, {"a": 1}],
    "z": {"q": {"_type": A.__type_name__, "x": 1, "y": None}},
}


def read(data: Any, **kwargs: Any) -> Any:
    return pg.from_json(data, convert_unknown=True, **kwargs)


def test_off_by_default():
    with pytest.raises(pg.UnknownTypeError):
        pg.from_json(DATA)


def test_object_keeps_and_saves_its_data():
    x = read(DATA)
    assert isinstance(x, UnknownTypedObject) and x.type_name == "aa.B"
    assert x.x[0] == 1 and x.y == (1, {"a": 1}) and x.z.q == A(1)
    assert x.to_json() == DATA and pg.to_json(x.clone()) == DATA
    assert pg.from_json_str(pg.to_json_str(x), convert_unknown=True) == x
    assert repr(read({"_type": "aa.B", "x": [1, {"_type": "bb.C"}]})) == (
        "<unknown-type aa.B>(x=[0: 1, 1: <unknown-type bb.C>()])"
    )
    assert str(read({"_type": "a.B", "x": 1})) == "<unknown-type a.B>(\n  x = 1\n)"


def test_object_is_an_ordinary_node():
    x = read(DATA)
    assert x == read(DATA) and hash(x) == hash(read(DATA)) and x.clone() == x
    assert x != read({**DATA, "_type": "aa.Other"})
    assert pg.query(x, where=lambda v: isinstance(v, A)) == {"z.q": A(1)}
    x.rebind({"z.q.x": 5, "new": 1})
    assert x.to_json()["z"]["q"]["x"] == 5 and x.to_json()["new"] == 1
    assert pickle.loads(pickle.dumps(x)) == x and x != read(DATA)
    outer = A(x)
    assert outer.x is x and x.x.sym_path == "x.x"


@pytest.mark.parametrize(
    "key",
    ["type_name", "_sym", "__class__", "__dict__", "clone", "a-b", "n_:1", "sealed", "format"],
)
def test_any_name_may_be_that_of_a_field(key):
    data = {"_type": "aa.B", key: 3}
    x = read(data)
    assert x.to_json() == data and x.clone().to_json() == data and x.sym_getattr(key) == 3
    assert x.type_name == "aa.B" and type(x) is UnknownTypedObject and repr(x)


def test_symbols():
    known = {"_type": "type", "name": "builtins.int"}
    cases = [
        ({"_type": "type", "name": "aa.B"}, UnknownType, "<unknown-type aa.B>"),
        (
            {"_type": "type", "name": "aa.B", "args": ["__tuple__", known]},
            UnknownType,
            "<unknown-type aa.B>[<class 'int'>]",
        ),
        ({"_type": "function", "name": "aa.f"}, UnknownFunction, "<unknown-function aa.f>"),
        (
            {"_type": "function", "name": "aa.f", "code": "text"},
            UnknownFunction,
            "<unknown-function aa.f>",
        ),
        ({"_type": "method", "name": "aa.B.f"}, UnknownMethod, "<unknown-method aa.B.f>"),
        (
            {"_type": "function", "name": "os.system"},
            UnknownFunction,
            "<unknown-function os.system>",
        ),
    ]
    for data, cls, shown in cases:
        x = read(data)
        assert type(x) is cls and repr(x) == shown and x.to_json() == data
        assert pg.clone(x) == x == read(data)
        with pytest.raises(pg.UnknownTypeError):
            pg.from_json(data)
    nested = read(
        {"_type": "type", "name": "builtins.list", "args": [{"_type": "type", "name": "a.B"}]}
    )
    assert repr(nested) == "<unknown-type builtins.list>[<unknown-type a.B>]"
    assert UnknownType("n")(x=1) == UnknownTypedObject("n", x=1)


def test_placeholders_stand_in_any_field_and_keep_programs_from_running():
    n = read({"_type": Number.__type_name__, "n": {"_type": "aa.B"}})
    assert isinstance(n.n, UnknownTypedObject) and pg.is_abstract(n)
    w = read({"_type": W.__module__ + ".W", "p": {"_type": "aa.B"}})
    with pytest.raises(pg.AbstractValueError, match="'p'"):
        w.p
    assert w.to_json()["p"] == {"_type": "aa.B"}
    w.rebind(p=3)
    assert w.p == 3


def test_classes_that_are_no_nodes():
    assert read({"_type": "builtins.int", "x": 1}).to_json() == {"_type": "builtins.int", "x": 1}


def test_pickles_stay_closed():
    data = {"_type": "pyglove.core.utils.json_conversion._OpaqueObject", "value": "gASVCg=="}
    assert read(data).to_json() == data


def test_what_is_known_but_wrong_is_still_an_error():
    with pytest.raises(pg.DeserializationError, match="unexpected keyword argument: 'bad'"):
        read({"_type": A.__type_name__, "x": 1, "bad": 1})


def test_saved_and_loaded(tmp_path):
    path = tmp_path / "x.json"
    pg.save(pg.Dict(a=read(DATA)), path)
    with pytest.raises(pg.UnknownTypeError):
        pg.load(path)
    assert pg.load(path, convert_unknown=True).a == read(DATA)


def test_hidden_state_is_out_of_reach_of_dynamic_keys():
    class Open(pg.Object):
        __kwargs__: Any

    for key in ("_sym", "__class__", "__dict__", "clone", "sym_path"):
        x = pg.from_json({"_type": Open.__type_name__, key: 5})
        assert type(x) is Open and x.sym_path == "" and x.sym_getattr(key) == 5
        assert pg.eq(x.clone(), x) and x.clone().to_json() == x.to_json()
        x.rebind({pg.KeyPath(key): pg.MISSING_VALUE})
        assert x == Open()


names = st.sampled_from(["aa.B", "bb.C", "B"])
keys = st.text(min_size=1, max_size=8).filter(
    lambda k: k not in ("_type", "__ref__", "__context__", "__symbolic__", "__root__")
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5).filter(lambda s: s[:2] != "__"),
    lambda v: (
        st.lists(v, max_size=3)
        | st.builds(lambda n, d: {"_type": n, **d}, names, st.dictionaries(keys, v, max_size=3))
    ),
    max_leaves=10,
)


@given(json_values)
def test_data_comes_back_unchanged(data):
    assert pg.to_json(read(data)) == data
    text = pg.to_json_str(pg.from_json_str(pg.to_json_str(read(data)), convert_unknown=True))
    assert pg.from_json_str(text, convert_unknown=True) == read(data)
