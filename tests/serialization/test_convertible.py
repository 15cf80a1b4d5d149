"""Classes that write and read themselves."""

from __future__ import annotations

import abc
from typing import Any

import pytest

from polygraft.missing import MISSING_VALUE
from polygraft.serialization import (
    JSONConvertible,
    add_module_alias,
    from_json,
    from_json_str,
    register_json_type,
    registered_types,
    to_json,
    to_json_str,
)
from polygraft.symbolic import Dict, List, Object, eq, registry


class Interval(JSONConvertible):
    def __init__(self, low, high, tag=None):
        self.low, self.high, self.tag = low, high, tag

    def to_json(self, **kwargs):
        return self.to_json_dict(
            {"low": (self.low, 0), "high": (self.high, 1), "tag": (self.tag, None)},
            exclude_default=True,
            **kwargs,
        )

    def __eq__(self, other):
        return isinstance(other, Interval) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]


class Keyed(Interval):
    __serialization_key__ = "tests.keyed"

    @classmethod
    def from_json(cls, json_value, **kwargs):
        return cls(json_value.get("low", 0), json_value.get("high", 1))


class Quiet(Interval):
    auto_register = False


class Celsius:
    def __init__(self, degrees):
        self.degrees = degrees

    def to_json(self, **kwargs):
        return {"degrees": self.degrees}

    @classmethod
    def from_json(cls, json_value, **kwargs):
        return cls(json_value["degrees"])

    def __eq__(self, other):
        return isinstance(other, Celsius) and self.degrees == other.degrees

    def __hash__(self):
        return hash(self.degrees)


register_json_type("tests.Celsius", Celsius, ["tests.old.Celsius"])
INTERVAL = f"{__name__}.Interval"


class A(Object):
    x: Any


def test_default_reading_and_to_json_dict():
    data = to_json(Interval(2, [A(1)]))
    assert data == {"_type": INTERVAL, "low": 2, "high": [{"_type": f"{__name__}.A", "x": 1}]}
    loaded = from_json(data, auto_symbolic=True)
    assert loaded.low == 2
    assert eq(loaded.high, List([A(1)]))
    assert loaded.tag is None
    assert to_json_str(Interval(0, 1)) == f'{{"_type": "{INTERVAL}"}}'


def test_inside_trees():
    value = Dict(a=[Interval(1, 2), (Keyed(1, 2),)], b=A(Celsius(3)))
    assert eq(from_json_str(to_json_str(value)), value)
    assert to_json(Keyed(5, 6))["_type"] == "tests.keyed"
    assert from_json({"_type": "tests.old.Celsius", "degrees": 1}) == Celsius(1)


def test_shared_when_it_occurs_twice():
    i = Interval(5, 6)
    data = to_json(Dict(a=i, b=i))
    assert data["__context__"]["shared_objects"] == [{"_type": INTERVAL, "low": 5, "high": 6}]
    loaded = from_json(data)
    assert loaded.a is loaded.b


def test_nested_shared_objects_inside_own_methods():
    inner = [1]
    data = to_json(Interval(inner, inner))
    assert data["__root__"] == {"_type": INTERVAL, "low": {"__ref__": 0}, "high": {"__ref__": 0}}
    loaded = from_json(data, auto_symbolic=False)
    assert loaded.low is loaded.high


def test_registry():
    assert JSONConvertible.is_registered(INTERVAL)
    assert JSONConvertible.class_from_typename(INTERVAL) is Interval
    assert JSONConvertible.class_from_typename("tests.none") is None
    assert ("tests.keyed", Keyed) in list(registered_types())
    assert ("tests.keyed", Keyed) in list(JSONConvertible.registered_types())
    assert not JSONConvertible.is_registered(f"{__name__}.Quiet")
    with pytest.raises(
        KeyError, match=r"Type 'tests\.keyed' has already been registered with class Keyed\."
    ):
        JSONConvertible.register("tests.keyed", Interval)
    JSONConvertible.register("tests.other", Quiet)
    assert from_json({"_type": "tests.other", "low": 1, "high": 2}).low == 1


def test_types_for_a_scope():
    with JSONConvertible.load_types_for_deserialization(Quiet) as outer:
        assert outer == {"Quiet": Quiet}
        with JSONConvertible.load_types_for_deserialization(Interval) as both:
            assert both == {"Quiet": Quiet, "Interval": Interval}
            assert (
                type(from_json({"_type": "tests.other.Interval", "low": 1, "high": 2})) is Interval
            )
        assert from_json({"_type": "far.away.Quiet", "low": 1, "high": 2}).high == 2
    with pytest.raises(TypeError):
        from_json({"_type": "far.away.Quiet", "low": 1, "high": 2})


def test_module_alias():
    add_module_alias(__name__, ["moved.away", "older"])
    assert isinstance(from_json({"_type": "moved.away.A", "x": 1}), A)
    assert isinstance(from_json({"_type": "older.A", "x": 1}), A)
    with pytest.raises(TypeError):
        from_json({"_type": "moved.awayA", "x": 1})


def test_nodes_count_as_convertible():
    assert isinstance(A(1), JSONConvertible)
    assert isinstance(Interval(1, 2), JSONConvertible)
    assert not isinstance(5, JSONConvertible)
    assert not isinstance(A(1), Interval)


def test_abstract_classes_need_methods():
    class Unfinished(JSONConvertible, abc.ABC):
        pass

    with pytest.raises(TypeError, match="abstract"):
        Unfinished()  # type: ignore[abstract]


def test_names_of_pyglove_lead_to_our_classes():
    class Ours(Object):
        x: int

    registry.register(Ours, "polygraft.some.where.OursForTest", ())
    assert from_json({"_type": "pyglove.core.where.OursForTest", "x": 1}) == Ours(1)


def test_what_pyglove_wrote_is_read():
    text = """
        {"a": {"_type": "MODULE.A", "x": ["__tuple__", 1, {"b": null}]},
         "n_:3": [{"_type": "pyglove.core.utils.missing.MissingValue"}],
         "t": {"_type": "type", "name": "builtins.dict",
               "args": ["__tuple__", {"_type": "type", "name": "builtins.str"},
                        {"_type": "type", "name": "typing.Any"}]}}
    """.replace("MODULE", __name__)
    value = from_json_str(text, auto_symbolic=False)
    assert eq(value["a"], A((1, {"b": None})))
    assert value[3][0] is MISSING_VALUE
    assert value["t"] == dict[str, Any]
