"""Ordinary classes in files: only their arguments are written, and reading constructs nothing."""

from __future__ import annotations

import pytest

from polygraft import typing as T
from polygraft.errors import UnknownTypeError
from polygraft.serialization import (
    FieldMismatchError,
    from_json,
    from_json_str,
    load,
    save,
    to_json,
    to_json_str,
)
from polygraft.symbolic import Dict, List, Object, clone, eq
from polygraft.symbolic.wrapping import is_realized, symbolize

built: list[str] = []


@symbolize
class Layer:
    def __init__(self, units, act="relu", sub=None):
        built.append("Layer")
        self.units = units
        self.sub = sub


@symbolize
class Model:
    def __init__(self, first, /, *layers, name="m", **options):
        built.append("Model")
        self.first, self.layers, self.name, self.options = first, layers, name, options


@symbolize([("rate", T.Float(min_value=0.0))])
class Optimizer:
    def __init__(self, rate, decay=0.5):
        self.rate = rate


class Box(Object):
    a: T.Any()  # type: ignore[valid-type]
    b: T.Any() = None  # type: ignore[valid-type]


LAYER = f"{__name__}.Layer"


@pytest.fixture(autouse=True)
def _nothing_built_before():
    built.clear()


def test_only_given_arguments_are_written():
    assert to_json(Layer(3)) == {"_type": LAYER, "units": 3}
    assert to_json(Layer(3, act="relu")) == {"_type": LAYER, "units": 3, "act": "relu"}
    assert to_json(Layer(3, act="relu"), hide_default_values=True) == {"_type": LAYER, "units": 3}
    model = Model(1, 2, Layer(3), extra=[4])
    assert to_json(model) == {
        "_type": f"{__name__}.Model",
        "first": 1,
        "layers": [2, {"_type": LAYER, "units": 3}],
        "extra": [4],
    }


def test_reading_constructs_nothing():
    text = to_json_str(Model(Layer(1), Layer(2), opt=Layer(3)))
    built.clear()
    model = from_json_str(text)
    assert built == []
    assert not is_realized(model)
    assert eq(model, Model(Layer(1), Layer(2), opt=Layer(3)))
    built.clear()
    assert model.layers[0].units == 2
    assert built == ["Layer", "Layer", "Layer", "Model"]


def test_paths_after_reading():
    model = from_json(to_json(Model(Layer(1), Layer(2), opt=Layer(3))))
    from polygraft.symbolic.wrapping import args

    assert str(args(model).layers[0].sym_path) == "layers[0]"
    assert args(model).layers[0].sym_root is model
    assert str(args(model).opt.sym_path) == "opt"


def test_a_tied_layer_is_written_once_and_stays_one():
    tied = Layer(8)
    model = Model(Layer(1, sub=tied), Layer(2, sub=tied))
    data = to_json(model)
    assert data["__context__"] == {"shared_objects": [{"_type": LAYER, "units": 8}]}
    built.clear()
    loaded = from_json_str(to_json_str(model))
    assert loaded.first.sub is loaded.layers[0].sub
    assert built.count("Layer") == 3
    again = from_json(to_json(clone(model)))
    assert again.first.sub is again.layers[0].sub
    assert to_json(again) == data


def test_sharing_in_all_kinds_of_nodes():
    tied = Layer(8)
    value = Dict(a=Box(tied, (1, tied)), b=List([tied]))
    loaded = from_json(to_json(value))
    assert loaded.a.a is loaded.a.b[1] is loaded.b[0]
    assert to_json(Box(tied)) == {
        "_type": f"{__name__}.Box",
        "a": {"_type": LAYER, "units": 8},
        "b": None,
    }


@pytest.mark.parametrize(
    ("data", "error", "text"),
    [
        (
            {"_type": LAYER},
            FieldMismatchError,
            "Layer.__init__() missing 1 required argument: 'units'. (path=m)",
        ),
        (
            {"_type": LAYER, "units": 1, "acct": 2},
            FieldMismatchError,
            "Layer.__init__() got unexpected keyword argument: 'acct'. Did you mean 'act'? (path=m)",
        ),
        (
            {"_type": f"{__name__}.Optimizer", "rate": -1.0},
            ValueError,
            "out of range (min=0.0, max=None). (path=m.rate)",
        ),
        ({"_type": f"{__name__}.Optimizer", "rate": "x"}, TypeError, "(path=m.rate)"),
        ({"_type": f"{__name__}.Layerr", "units": 1}, UnknownTypeError, f"Did you mean '{LAYER}'?"),
    ],
)
def test_errors(data, error, text):
    with pytest.raises(error) as e:
        from_json({"m": data})
    assert text in str(e.value)
    assert built == []


def test_partial_objects_round_trip(tmp_path):
    partial = Layer.partial()
    path = tmp_path / "a.json"
    save(partial, path)
    loaded = load(path)
    assert eq(loaded, partial)
    assert built == []
    assert loaded.rebind(units=4).units == 4


def test_objects_without_arguments_are_refused():
    with pytest.raises(ValueError, match="its arguments are not known"):
        to_json(object.__new__(Layer))


def test_classes_as_values():
    assert from_json(to_json({"cls": Layer})).cls is Layer
