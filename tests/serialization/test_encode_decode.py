"""The layout of JSON, and that what is written is read back equal."""

from __future__ import annotations

import collections
import datetime
import math
import typing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polygraft.errors import CycleError
from polygraft.missing import MISSING_VALUE
from polygraft.paths import KeyPath
from polygraft.serialization import (
    SerializationError,
    from_json,
    from_json_str,
    to_json,
    to_json_str,
)
from polygraft.symbolic import Dict, List, Object, eq, functor, members
from polygraft.typing import Int, Str


class A(Object):
    x: Any
    y: Any = None


class Named(Object):
    __kwargs__: Any
    name: str


@members([("n", Int(min_value=0)), ("kind", Str("plain").freeze())])
class Frozen(Object):
    pass


@functor
def add(a, b=1, *c, **d):
    return a + b


def function(x):
    return x


class Plain:
    @classmethod
    def make(cls):
        return cls()

    def method(self):
        return self


KEY = f"{__name__}.A"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ((1, (2,)), ["__tuple__", 1, ["__tuple__", 2]]),
        ((), {"_type": "tuple", "items": []}),
        ({"a": 1, 3: 4}, {"a": 1, 3: 4}),
        (A(1), {"_type": KEY, "x": 1, "y": None}),
        (A([{}]), {"_type": KEY, "x": [{}], "y": None}),
        (A.partial(), {"_type": KEY, "y": None}),
        (Dict(x=1, z=MISSING_VALUE), {"x": 1}),
        ([MISSING_VALUE], [{"_type": "polygraft.missing.MissingValue"}]),
        (Frozen(1), {"_type": f"{__name__}.Frozen", "n": 1}),
        (Named(name="a", other=2), {"_type": f"{__name__}.Named", "name": "a", "other": 2}),
        (int, {"_type": "type", "name": "builtins.int"}),
        (type(None), {"_type": "type", "name": "builtins.NoneType"}),
        (A, {"_type": "type", "name": KEY}),
        (
            list[int],
            {
                "_type": "type",
                "name": "builtins.list",
                "args": ["__tuple__", {"_type": "type", "name": "builtins.int"}],
            },
        ),
        (max, {"_type": "function", "name": "builtins.max"}),
        (math.sin, {"_type": "function", "name": "math.sin"}),
        (function, {"_type": "function", "name": f"{__name__}.function"}),
        (Plain.make, {"_type": "method", "name": f"{__name__}.Plain.make"}),
        (KeyPath.parse("a.b"), "a.b"),
        (datetime.datetime(1970, 1, 1, 0, 1), 60),
        (collections.OrderedDict(a=1), {"a": 1}),
    ],
)
def test_layout(value, expected):
    data = to_json(value)
    assert data == expected
    if isinstance(expected, dict):
        assert list(data) == list(expected)


def test_text():
    assert to_json_str({"a": 1, 3: 4}) == '{"a": 1, "n_:3": 4}'
    assert to_json_str(A(1)) == f'{{"_type": "{KEY}", "x": 1, "y": null}}'
    assert to_json_str(float("inf")) == "Infinity"
    assert to_json_str({"a": [1]}, json_indent=2) == '{\n  "a": [\n    1\n  ]\n}'
    assert repr(from_json_str('{"n_:3": 4}')) == "{[3]=4}"


def test_functors_are_written_with_what_they_hold():
    assert to_json(add(1)) == {"_type": f"{__name__}.add", "a": 1, "b": 1, "c": []}
    loaded = from_json(to_json(add(1, 2, 3, z=4)))
    assert eq(loaded, add(1, 2, 3, z=4))
    assert to_json(add()) == {"_type": f"{__name__}.add", "b": 1, "c": []}
    assert eq(from_json(to_json(add())), add())


def test_symbolic_marker_tells_containers_apart():
    data = to_json(Dict(x=A([{}])), omit_symbolic_marker=False)
    assert data["__symbolic__"] is True
    assert next(iter(data)) == "__symbolic__"
    loaded = from_json(
        to_json([Dict(a=List([1])), {}], omit_symbolic_marker=False), auto_symbolic=False
    )
    assert [type(v) for v in loaded] == [Dict, dict]
    assert type(loaded) is list
    assert type(loaded[0].a) is List


def test_auto_symbolic():
    assert type(from_json({"x": [1]})) is Dict
    assert type(from_json({"x": [1]}).x) is List
    assert type(from_json({"x": [1]}, auto_symbolic=False)) is dict
    assert type(from_json({"x": [1]}, auto_symbolic=False)["x"]) is list


def test_options():
    assert to_json(Frozen(1), hide_frozen=False) == {
        "_type": f"{__name__}.Frozen",
        "n": 1,
        "kind": "plain",
    }
    assert to_json(A(A(1, 2)), hide_default_values=True) == {
        "_type": KEY,
        "x": {"_type": KEY, "x": 1, "y": 2},
    }
    assert to_json(A(A(1)), exclude_keys=["y"]) == {
        "_type": KEY,
        "x": {"_type": KEY, "x": 1, "y": None},
    }
    assert to_json({"a": 1, "b": {"a": 2}}, exclude_keys={"a"}) == {"b": {"a": 2}}
    assert (
        to_json_str(A(A(1)), hide_default_values=True, exclude_keys={"x"})
        == f'{{"_type": "{KEY}"}}'
    )


def test_input_is_not_changed():
    data = to_json(A([A(1), (1, {"a": A(2)})]))
    copy = to_json(A([A(1), (1, {"a": A(2)})]))
    assert eq(from_json(data), from_json(data))
    assert data == copy


def test_symbolic_values_in_the_data_are_returned_as_they_are():
    a = A(1)
    assert from_json(a) is a
    assert from_json([a])[0] is a


def test_root_path_and_value_spec():
    from polygraft import typing as T

    loaded = from_json({"_type": KEY, "x": {"_type": KEY, "x": 1}}, root_path="r.s")
    assert (str(loaded.sym_path), str(loaded.x.sym_path)) == ("r.s", "r.s.x")
    with pytest.raises(TypeError, match=r"\(path=q\.a\)"):
        from_json({"a": "s"}, value_spec=T.Dict([("a", T.Int())]), root_path="q")
    assert from_json({}, value_spec=T.Dict([("a", T.Int(3))])).a == 3


@pytest.mark.parametrize(
    "annotation",
    [
        int,
        list[int],
        dict[str, list[int]],
        typing.Dict[str, Any],  # noqa: UP006
        typing.Optional[int],  # noqa: UP045
        int | str,
        typing.Callable[[int], str],
        typing.Callable[..., Any],
        tuple[int, ...],
        typing.Any,
        typing.List,  # noqa: UP006
        A,
        list[A],
    ],
)
def test_annotations_round_trip(annotation):
    assert from_json(to_json(annotation)) == annotation
    assert from_json_str(to_json_str({"a": [annotation]})).a[0] == annotation


def test_dicts_with_odd_keys_stay_plain():
    odd = {1.5: 1, None: [2], (1, "a"): 3}
    assert from_json_str(to_json_str(odd), auto_symbolic=False) == odd
    with pytest.raises(
        ValueError, match=r"Keys of a `pg.Dict` are strings or integers.*\(path=a\)"
    ):
        from_json_str(to_json_str({"a": odd}))


# -- what cannot be written ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: lambda x: x, "Cannot convert lambda"),
        (lambda: test_layout.__get__(A(1)), "Cannot convert instance method"),
        (
            lambda: Plain().method,
            f"Cannot convert instance method '{__name__}.Plain.method' to JSON.",
        ),
        (lambda: [].append, "Cannot convert instance method"),
        (lambda: typing.Literal["a"], "Annotation cannot be converted to JSON: typing.Literal."),
        (lambda: Plain(), f"of type '{__name__}.Plain' to JSON. Make its class symbolic"),
        (lambda: b"abc", "Cannot convert b'abc' of type 'builtins.bytes' to JSON"),
    ],
)
def test_what_cannot_be_written_is_refused_with_its_path(make, text):
    for call in (to_json, to_json_str):
        with pytest.raises(SerializationError) as e:
            call({"a": A([1, make()])})
        assert text in str(e.value)
        assert str(e.value).endswith("(path=a.x[1])")
        assert e.value.path == "a.x[1]"


def test_local_class_and_local_function_are_refused():
    class Local:
        pass

    def local():
        pass

    with pytest.raises(
        ValueError, match=r"Cannot convert local class '.*<locals>\.Local' to JSON\."
    ):
        to_json(Local)
    with pytest.raises(ValueError, match="Cannot convert local function"):
        to_json(local)


def test_a_users_exception_is_kept():
    class Broken(Object):
        x: Any

        def sym_jsonify(self, **kwargs):
            raise ZeroDivisionError("boom")

    with pytest.raises(ZeroDivisionError, match="boom") as e:
        to_json({"a": [Broken(1)]})
    assert any("(path=a[0])" in n for n in e.value.__notes__)


# -- sharing ---------------------------------------------------------------------------------------
def test_what_occurs_more_than_once_is_written_once():
    inner = [1]
    expected = {
        "__context__": {"shared_objects": [[1]]},
        "__root__": {"a": {"__ref__": 0}, "b": {"__ref__": 0}},
    }
    assert to_json({"a": inner, "b": inner}) == expected
    loaded = from_json(expected, auto_symbolic=False)
    assert loaded["a"] is loaded["b"]


def test_inner_shared_objects_come_first():
    inner = [1]
    outer = {"i": inner}
    data = to_json([outer, outer, inner])
    assert data["__context__"]["shared_objects"] == [[1], {"i": {"__ref__": 0}}]
    loaded = from_json(data, auto_symbolic=False)
    assert loaded[0] is loaded[1]
    assert loaded[0]["i"] is loaded[2]


def test_nothing_shared_means_no_wrapper():
    assert to_json([[1], [1], (), (1,), int, function]) == [
        [1],
        [1],
        {"_type": "tuple", "items": []},
        ["__tuple__", 1],
        {"_type": "type", "name": "builtins.int"},
        {"_type": "function", "name": f"{__name__}.function"},
    ]


def test_equal_tuples_and_nodes_are_not_shared():
    t = (1, 2)
    assert to_json([t, t]) == [["__tuple__", 1, 2]] * 2


def test_a_container_that_holds_itself_is_an_error():
    a: list[Any] = [1]
    a.append({"k": a})
    with pytest.raises(CycleError, match=r"\(path=\[1\]\.k\)"):
        to_json(a)
    with pytest.raises(CycleError):
        to_json_str(a)


# -- classes with methods of their own -------------------------------------------------------------
def test_object_may_override_both_methods():
    class Versioned(Object):
        x: int
        child: Any = None

        def sym_jsonify(self, **kwargs):
            return {**super().sym_jsonify(**kwargs), "version": 2}

        @classmethod
        def from_json(cls, json_value, **kwargs):
            data = dict(json_value)
            assert data.pop("version") == 2
            return super().from_json(data, **kwargs)

    value = Versioned(1, Versioned(2))
    data = to_json(value)
    assert data["version"] == 2
    assert data["child"]["version"] == 2
    assert value.to_json() == data
    assert eq(from_json(data), value)


# -- laws ------------------------------------------------------------------------------------------
keys = st.one_of(
    st.text(max_size=4),
    st.integers(-3, 3),
    st.sampled_from(
        [
            "_type",
            "__ref__",
            "__symbolic__",
            "__context__",
            "n_:3",
            "n_:n_:3",
            "n_:x",
            "n_:True",
            "__tuple__",
        ]
    ),
)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.sampled_from(["__tuple__", "__symbolic__", int, list[int], max, ()]),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(keys, inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.builds(A, inner, inner),
        st.lists(inner, max_size=2).map(List),
    ),
    max_leaves=12,
)


@given(trees)
def test_round_trip(tree):
    assert eq(from_json(to_json(tree)), tree)
    assert eq(from_json_str(to_json_str(tree)), tree)


@given(trees)
def test_round_trip_with_options(tree):
    data = to_json_str(tree, hide_default_values=True, omit_symbolic_marker=False, json_indent=1)
    assert eq(from_json_str(data, auto_symbolic=False), tree)


@given(trees)
def test_writing_twice_gives_the_same(tree):
    assert to_json_str(tree) == to_json_str(tree)
    assert to_json_str(from_json_str(to_json_str(tree))) == to_json_str(
        from_json_str(to_json_str(tree))
    )


def test_own_methods_work_with_options_and_sharing():
    class Noted(Object):
        x: int
        y: Any = None

        def sym_jsonify(self, **kwargs):
            return {**super().sym_jsonify(**kwargs), "note": "n"}

        @classmethod
        def from_json(cls, json_value, **kwargs):
            return super().from_json({k: v for k, v in json_value.items() if k != "note"}, **kwargs)

    noted = Noted(1, Noted(2))
    key = Noted.__type_name__
    assert to_json(noted, hide_default_values=True, exclude_keys=["x"]) == {
        "_type": key,
        "y": {"_type": key, "x": 2, "note": "n"},
        "note": "n",
    }
    data = to_json([noted, noted])
    assert data["__context__"]["shared_objects"] == [to_json(noted)]
    loaded = from_json(data, auto_symbolic=False)
    assert loaded[0] is loaded[1]
    assert eq(loaded[0], noted)


def test_nodes_in_plain_containers_are_shared():
    a = A(1, A(2))
    assert to_json([a, a])["__context__"]["shared_objects"] == [to_json(a)]
    assert to_json({"a": a, "b": a.y})["__root__"]["b"] == {"__ref__": 0}
    assert to_json([a.x, A(1)]) == [1, {"_type": KEY, "x": 1, "y": None}]


def test_subclasses_of_dict_and_list_are_read():
    data = collections.OrderedDict(_type=KEY, x=collections.OrderedDict(a=[1]))
    assert eq(from_json(data), A({"a": [1]}))
    assert eq(from_json([collections.OrderedDict(a=1)]), [{"a": 1}])
