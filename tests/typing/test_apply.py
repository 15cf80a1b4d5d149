"""The order and the effects of `apply`."""

import copy
import datetime
import sys
import types
import typing

import pytest

from polygraft import typing as T
from polygraft.missing import MISSING_VALUE, MaybePartial, MissingValue
from polygraft.paths import KeyPath


class A: ...


def test_identity_is_kept():
    a, items, mapping = A(), [1], {"a": 1}
    assert T.Object(A).apply(a) is a
    assert T.List(int).apply(items) is items
    assert T.Dict({"a": int}).apply(mapping) is mapping


def test_lists_and_dicts_are_completed_in_place():
    items = [1, 2.0]
    assert T.List(T.Float()).apply(items) is items
    assert items == [1.0, 2.0] and type(items[0]) is float


def test_defaults_are_not_shared():
    schema = T.create_schema([("a", T.List(int, default=[1]))])
    first, second = schema.apply({}), schema.apply({})
    assert first == second == {"a": [1]}
    assert first["a"] is not second["a"]
    given = [1, 2.0]
    assert T.List(T.Float(), default=given).default == [1.0, 2.0]
    assert type(given[0]) is int


def test_partial_values_hold_typed_missing_values():
    value = T.Dict([("a", T.Dict([("b", T.Int())]))]).apply({}, allow_partial=True)
    missing = value["a"]["b"]
    assert (
        isinstance(missing, MissingValue)
        and missing == MISSING_VALUE
        and missing.value_spec == T.Int()
    )


def test_child_transform_is_called_leaves_first():
    calls = []

    def transform(path, field, value):
        assert isinstance(path, KeyPath) and isinstance(field, T.Field)
        calls.append((path.path, copy.copy(value)))
        return value + 1 if type(value) is int else value

    schema = T.create_schema(
        [("c", T.Dict([("d", T.List(int))])), ("e", T.Union([int, str])), ("f", T.Tuple([int]))]
    )
    result = schema.apply({"c": {"d": [0]}, "e": 1, "f": (1,)}, child_transform=transform)
    assert calls == [
        ("c.d[0]", 0),
        ("c.d", [1]),
        ("c", {"d": [1]}),
        ("e", 1),
        ("f[0]", 1),
        ("f", (2,)),
    ]
    assert result == {"c": {"d": [1]}, "e": 2, "f": (2,)}


def test_users_exceptions_are_kept_with_a_note():
    class Odd(Exception):
        def __init__(self, a, b):
            super().__init__(a, b)

    def refuse(value):
        raise Odd(1, 2)

    with pytest.raises(Odd) as e:
        T.Object(A, transform=refuse).apply(1, root_path="x.y")
    assert e.value.__notes__ == ["(path=x.y)"]


def test_transform_result_is_checked_again():
    spec = T.Any(transform=lambda v: v * 2)
    assert spec.apply(2) == 4
    with pytest.raises(ValueError, match="Value cannot be None"):
        T.List(int, transform=lambda v: None).apply([1])


def test_custom_typing_gets_a_path_and_the_spec():
    class Probe(T.CustomTyping):
        def custom_apply(self, path, value_spec, **kwargs):
            seen.append((path, value_spec, kwargs))
            return False, self

    seen, probe, spec = [], Probe(), T.Int(min_value=1)
    assert T.List(spec).apply([probe])[0] is probe
    path, got, kwargs = seen[0]
    assert isinstance(path, KeyPath) and path == "[0]" and got is spec
    assert kwargs == {"allow_partial": False, "child_transform": None}


def test_partial_objects_are_refused():
    class Node(MaybePartial):
        is_partial = "a field of the user"

        def missing_values(self, flatten=True):
            return {"a": MISSING_VALUE}

        def __str__(self):
            return "Node()"

    node = Node()
    assert T.Object(Node).apply(node, allow_partial=True) is node
    with pytest.raises(ValueError, match=r"Object Node\(\) is not fully bound. \(path=p\)"):
        T.Object(Node).apply(node, root_path="p")


def test_specs_may_change_after_use():
    schema = T.create_schema([("a", int), ("b", T.Enum("x", ["x"]))])
    schema["a"].value.set_default(3)
    schema["b"].value.values.append("y")
    assert schema.apply({"b": "y"}) == {"b": "y", "a": 3}
    schema["a"].value.freeze(4)
    with pytest.raises(
        ValueError, match=r"Frozen field is not assignable. \(Path='a', ValueSpec=Int\(default=4"
    ):
        schema.apply({"a": 1})


def test_forward_references_bite_once_the_name_exists():
    module = types.ModuleType("polygraft_test_refs")
    sys.modules[module.__name__] = module
    spec = T.Object(T.ForwardRef(module, "Late"))
    union = T.Union([spec, int])
    assert spec.apply(1) == 1 and union.apply("x") == "x"
    assert spec.is_compatible(T.Object(A)) and not spec.type_resolved
    assert spec != T.Object(A)
    assert copy.deepcopy(spec) == spec
    module.Late = A
    with pytest.raises(TypeError, match="Expect"):
        spec.apply(1)
    with pytest.raises(TypeError, match="Expect"):
        union.apply("x")
    assert union.apply(1) == 1 and spec == T.Object(A)
    del module.Late
    assert spec.apply(1) == 1


def test_converters_registered_later_reach_older_specs():
    class Celsius:  # no float: the registry is global, and a float's converter would serve all floats
        def __init__(self, text):
            self.degrees = float(text)

    spec = T.Object(Celsius)
    with pytest.raises(TypeError):
        spec.apply("1")
    T.register_converter(str, Celsius, Celsius)
    assert spec.apply("1").degrees == 1.0
    with pytest.raises(ValueError) as e:
        spec.apply("x", root_path="p")
    assert e.value.__notes__ == ["(path=p)"]


def test_builtin_conversions():
    utc = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    assert T.Object(datetime.datetime).apply(0) == utc
    assert T.Int().apply(utc) == 0
    assert T.Object(KeyPath).apply("a.b") == KeyPath(["a", "b"])
    assert T.Str().apply(KeyPath("a")) == "a"


def test_extending_a_schema_leaves_shared_specs_alone():
    shared = T.Int(max_value=9)
    base = T.create_schema(
        [("a", T.Int(min_value=0), "base a", {"u": 1}), ("b", str)], name="base", metadata={"m": 1}
    )
    child = T.create_schema([("c", float), ("a", shared)], metadata={"m": 2}).extend(base)
    assert repr(child) == (
        "Schema(fields=[Field(key=a, value=Int(min=0, max=9), description='base a', metadata={'u': 1}), "
        "Field(key=b, value=Str()), Field(key=c, value=Float())], allow_nonconst_keys=False, metadata={'m': 2})"
    )
    assert shared == T.Int(max_value=9)


def test_metadata_keys_keep_their_dots():
    child = T.create_schema([], metadata={"a.b": 1}).extend(
        T.create_schema([], metadata={"x": {"y": 1}})
    )
    assert child.metadata == {"a.b": 1, "x": {"y": 1}}


def test_specs_may_stand_in_annotations():
    assert T.ValueSpec.from_annotation(typing.Optional[T.Int(min_value=1)], True) == T.Int(  # noqa: UP045
        min_value=1, is_noneable=True
    )
    assert T.ValueSpec.from_annotation(list[T.Int()], True) == T.List(int)


def test_final_takes_the_first_default():
    spec = T.ValueSpec.from_annotation(typing.Final[int], True)
    assert spec.awaits_final_value and spec.frozen and not spec.has_default
    assert spec.set_default(1) == T.Int().freeze(1)
    with pytest.raises(ValueError, match="Frozen field"):
        spec.set_default(2)
