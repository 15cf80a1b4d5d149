"""Layers that a Keras model makes in its `__init__`: seen, changed, searched, saved."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from tests.frameworks.behaviours.registry import behaviour

X = np.linspace(-1, 1, 48).reshape(16, 3).astype("float32")
Y = (X.sum(1) > 0).astype("int32")


class Mlp(keras.Model):
    def __init__(self, width=4, depth=2):
        super().__init__()
        self.hidden = [keras.layers.Dense(width, activation="relu") for _ in range(depth)]
        self.drop = keras.layers.Dropout(0.5)
        self.out = keras.layers.Dense(2, activation="softmax")

    def call(self, x, training=False):
        for layer in self.hidden:
            x = layer(x)
        return self.out(self.drop(x, training=training))


class Graph(keras.Model):
    """Builds a functional graph in its constructor."""

    def __init__(self, width=4):
        inputs = keras.Input((3,))
        x = keras.layers.Dense(width, activation="relu")(inputs)
        x = keras.layers.Dropout(0.5)(x)
        super().__init__(inputs=inputs, outputs=keras.layers.Dense(2, activation="softmax")(x))


def model(pg: Any, cls: Any = Mlp) -> Any:
    return pg.symbolize(cls, inner=keras.layers)()


def trained(m: Any) -> float:
    m.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    return m.fit(X, Y, epochs=3, verbose=0).history["loss"][-1]


@behaviour("Keras", "layers made in `__init__` are printed and queried by attribute", peer=False)
def found(pg: Any) -> None:
    m = model(pg)
    assert pg.query(m, ".*(units|rate)", inner=True) == {
        "@hidden/0.units": 4,
        "@hidden/1.units": 4,
        "@drop.rate": 0.5,
        "@out.units": 2,
    }
    assert repr(m) == "Mlp(width=4, depth=2)" and "@drop=Dropout(rate=0.5" in m.format(
        compact=True, inner=True
    )


@behaviour(
    "Keras",
    "rules change layers made in `__init__` of a trained model, which trains again",
    peer=False,
)
def rules(pg: Any) -> None:
    m = model(pg)
    trained(m)
    pg.patch(
        m,
        [
            lambda k, v: v * 2 if k and k.key == "units" and v > 2 else v,
            lambda k, v: "tanh" if k and k.key == "activation" and v == "relu" else v,
            lambda k, v: 0.1 if k and k.key == "rate" else v,
        ],
        inner=True,
    )
    assert trained(m) < 10 and [tuple(d.kernel.shape) for d in m.hidden] == [(3, 8), (8, 8)]
    assert m.hidden[0].activation is keras.activations.tanh
    assert m.drop.rate == 0.1


@behaviour(
    "Keras", "a model that builds a functional graph in `__init__` is patched inside", peer=False
)
def graph(pg: Any) -> None:
    m = model(pg, Graph)
    trained(m)
    units = pg.query(m, ".*units", inner=True)
    path = next(p for p, v in units.items() if v == 4)
    other = pg.patch(pg.clone(m), {path: 16})
    assert other.count_params() == 3 * 16 + 16 + 16 * 2 + 2 and trained(other) < 10
    pg.patch(m, {path: 5})
    assert trained(m) < 10 and m.count_params() == 3 * 5 + 5 + 5 * 2 + 2


@behaviour(
    "Keras", "overrides of inner layers are saved, loaded, compared and searched", peer=False
)
def kept(pg: Any) -> None:
    m = pg.patch(
        model(pg), {"@hidden/0.units": 7, "@drop": pg.symbolize(keras.layers.GaussianNoise)(0.1)}
    )
    loaded = pg.from_json_str(pg.to_json_str(m))
    assert pg.eq(loaded, m)
    for x in (m, loaded, pg.clone(m)):
        x(X)
        assert x.hidden[0].units == 7 and type(x.drop).__name__ == "GaussianNoise"
    space = pg.patch(pg.clone(m), {"@hidden/1.units": pg.oneof([2, 3])})
    seen = [
        c.hidden[1].units for c, f in pg.sample(space, pg.geno.Sweeping()) if f(-trained(c)) is None
    ]
    assert seen == [2, 3]


@behaviour(
    "Keras", "`keep_weights=True` keeps inner layers that nobody edited, and says which", peer=False
)
def weights(pg: Any) -> None:
    m = model(pg)
    trained(m)
    kernels = [keras.ops.convert_to_numpy(d.kernel) for d in (*m.hidden, m.out)]
    pg.patch(m, {"@out.activation": "linear", "@drop.rate": 0.1}, keep_weights=True)
    m(X)
    now = [keras.ops.convert_to_numpy(d.kernel) for d in (*m.hidden, m.out)]
    assert all(np.array_equal(a, b) for a, b in zip(kernels[:2], now[:2], strict=True))
    assert not np.array_equal(kernels[2], now[2])
    assert pg.kept_weights(m) == type(pg.kept_weights(m))(("@hidden/0", "@hidden/1"), ("@out",))
    pg.patch(m, {"@out.activation": "softmax"})
    m(X)
    assert pg.kept_weights(m).kept == ()
