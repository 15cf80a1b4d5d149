"""A symbolized Keras model on JAX is traced to the computation of the plain one. Flax is in `test_flax.py`."""

from __future__ import annotations

import os
from typing import Any

import pytest

pytest.importorskip("jax")
os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras")
import jax  # noqa: E402
import numpy as np  # noqa: E402

import polygraft as pg  # noqa: E402

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.skipif(keras.backend.backend() != "jax", reason="jaxprs are JAX's"),
]

X = np.ones((2, 8, 8, 3), "float32")


def model(make: Any) -> Any:
    layers = keras.layers
    return make(keras.Sequential)(
        [
            make(layers.Conv2D)(4, 3, activation="relu"),
            make(layers.BatchNormalization)(),
            make(layers.Flatten)(),
            make(layers.Dense)(2, activation=keras.activations.softmax),
        ]
    )


def jaxpr(m: Any, training: bool) -> str:
    m.build(X.shape)
    trainable = [v.value for v in m.trainable_variables]
    others = [v.value for v in m.non_trainable_variables]
    call = jax.make_jaxpr(lambda t, o, x: m.stateless_call(t, o, x, training=training))
    return str(call(trainable, others, X))


@pytest.mark.parametrize("training", [False, True])
def test_a_keras_model_is_traced_to_the_same_computation(training):
    expected = jaxpr(model(lambda cls: cls), training)
    assert "conv_general_dilated" in expected and "dot_general" in expected
    ours = model(pg.symbolize)
    assert jaxpr(ours, training) == expected
    assert jaxpr(pg.clone(ours), training) == expected
    changed = pg.patch(pg.clone(ours), lambda k, v: 5 if k and k.key == "filters" else v)
    assert jaxpr(changed, training) != expected
