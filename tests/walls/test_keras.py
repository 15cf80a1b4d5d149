"""Keras: layers that prepare themselves in `__new__`, models that track their layers, a saver that walks `dir(x)`."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import pytest

keras = pytest.importorskip("keras")
import numpy as np  # noqa: E402

from polygraft.symbolic import clone, eq, query, rebind, registry  # noqa: E402
from polygraft.symbolic.wrapping import args, is_realized, symbolize  # noqa: E402

pytestmark = pytest.mark.frameworks

Dense, ReLU, Adam, Flatten = map(
    symbolize, (keras.layers.Dense, keras.layers.ReLU, keras.optimizers.Adam, keras.layers.Flatten)
)
Sequential = symbolize(keras.Sequential)


def make():
    return Sequential([Dense(4, activation=ReLU()), Dense(2)])


def test_model_is_cloned_edited_and_run():
    model = make()
    x = np.ones((3, 5), "float32")
    assert model(x).shape == (3, 2)
    c = clone(model)
    assert not is_realized(c) and query(c, ".*units") == {
        "layers[0].units": 4,
        "layers[1].units": 2,
    }
    assert c(x).shape == (3, 2) and c.count_params() == model.count_params() == 34
    rebind(c, {"layers[1].units": 7})
    assert not is_realized(c)
    assert model.count_params() == 34 and model(x).shape == (3, 2)
    fresh = rebind(clone(model), {"layers[0].units": 8})
    fresh.compile(optimizer=clone(Adam(0.01)), loss="mse")
    fresh.fit(x, np.zeros((3, 2)), epochs=1, verbose=0)
    assert fresh.count_params() == 5 * 8 + 8 + 8 * 2 + 2


def test_layer_prepared_by_new_is_rebuilt():
    layer = Dense(4)
    layer(np.ones((1, 3), "float32"))
    assert layer.built
    rebind(layer, units=6)
    assert not is_realized(layer)
    assert not layer.built
    assert layer(np.ones((1, 3), "float32")).shape == (1, 6)
    assert layer.get_config()["units"] == 6


def test_keras_sees_nothing_symbolic():
    layer, plain = Dense(4), keras.layers.Dense(4)
    assert set(dir(layer)) == set(dir(plain))
    assert vars(layer).keys() == vars(plain).keys()
    assert layer.get_config().keys() == plain.get_config().keys()


def test_weights_are_saved_by_the_keras_saver(tmp_path):
    model = make()
    x = np.ones((3, 5), "float32")
    y = keras.ops.convert_to_numpy(model(x))
    path = str(tmp_path / "w.weights.h5")
    model.save_weights(path)
    other = clone(model)
    other(x)
    other.load_weights(path)
    assert np.allclose(keras.ops.convert_to_numpy(other(x)), y)


def test_arguments_and_names():
    assert registry.name_of(Dense) == "keras.layers.Dense"
    assert repr(ReLU()) == "ReLU(max_value=None, negative_slope=0.0, threshold=0.0)"
    assert registry.class_of("keras.layers.Dense") is Dense
    with pytest.raises(ValueError, match="Received an invalid value for `units`"):
        Dense(-1)
    assert eq(make(), make()) and not eq(make(), Sequential([]))
    assert args(clone(make())).layers[0].activation.sym_path == "layers[0].activation"
