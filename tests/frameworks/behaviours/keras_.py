"""What must hold for Keras 3, on each of its backends. Finer points are in `tests/integrations/test_keras.py`."""

from __future__ import annotations

import copy
import io
import json
import pickle
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tests.frameworks.behaviours.registry import behaviour

X = np.linspace(-1, 1, 80).reshape(16, 5).astype("float32")
Y = np.stack([X.sum(1), X[:, 0]], axis=1).astype("float32")

# -- programs --------------------------------------------------------------------------------------
_PATHS = {
    "Adam": keras.optimizers.Adam,
    "BatchNormalization": keras.layers.BatchNormalization,
    "Dense": keras.layers.Dense,
    "Dropout": keras.layers.Dropout,
    "Embedding": keras.layers.Embedding,
    "ExponentialDecay": keras.optimizers.schedules.ExponentialDecay,
    "Flatten": keras.layers.Flatten,
    "HeNormal": keras.initializers.HeNormal,
    "MeanAbsoluteError": keras.metrics.MeanAbsoluteError,
    "MeanSquaredError": keras.losses.MeanSquaredError,
    "Huber": keras.losses.Huber,
    "Model": keras.Model,
    "ReLU": keras.layers.ReLU,
    "RMSprop": keras.optimizers.RMSprop,
    "SGD": keras.optimizers.SGD,
    "Sequential": keras.Sequential,
}


class Symbols:
    """The symbolized classes of one library, made when they are asked for: `s.Dense(4)`."""

    def __init__(self, pg: Any):
        self._pg = pg

    def __getattr__(self, name: str) -> Any:
        return self._pg.symbolize(_PATHS.get(name) or globals()[name])


class Scale(keras.layers.Layer):
    """A layer as the documentation of Keras writes one."""

    def __init__(self, start=1.0, **kwargs):
        super().__init__(**kwargs)
        self.start = start

    def build(self, input_shape):
        self.factor = self.add_weight(
            shape=(input_shape[-1],), initializer=keras.initializers.Constant(self.start)
        )

    def call(self, inputs):
        return inputs * self.factor

    def get_config(self):
        return {**super().get_config(), "start": self.start}


class TwoTowers(keras.Model):
    """A subclassed model that is given its layers."""

    def __init__(self, left, right, **kwargs):
        super().__init__(**kwargs)
        self.left = left
        self.right = right

    def call(self, x):
        return self.left(x) + self.right(x)


class Autoencoder(keras.Model):
    """One layer, used twice."""

    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def call(self, x):
        return self.decoder(self.encoder(x))


class Graph(keras.Model):
    """A functional model whose `__init__` builds the graph."""

    def __init__(self, width=4, classes=2):
        inputs = keras.Input((5,))
        hidden = keras.layers.Dense(width, activation="relu")(inputs)
        outputs = keras.layers.Dense(classes)(hidden)
        super().__init__(inputs, outputs)
        self.width = width


class Experiment:
    """Everything that one training needs; its method does not compile."""

    def __init__(self, model, optimizer, loss="mse"):
        self.model = model
        self.optimizer = optimizer
        self.loss = loss

    def compile(self):
        self.model.compile(self.optimizer, self.loss)
        return self

    def train(self, epochs=1):
        return fit(self.model, epochs)


def mlp(s: Any, width: int = 4) -> Any:
    return s.Sequential([s.Dense(width, activation=s.ReLU()), s.Dense(2)])


def fit(model: Any, epochs: int = 1) -> list[float]:
    """Trains with one batch an epoch; returns the losses."""
    history = model.fit(X, Y, batch_size=16, epochs=epochs, verbose=0, shuffle=False)
    assert all(np.isfinite(v) for v in history.history["loss"])
    return history.history["loss"]


def trained(s: Any, optimizer: Any = None) -> Any:
    model = mlp(s)
    model.compile(optimizer or s.SGD(0.1), "mse")
    losses = fit(model, 3)
    assert losses[-1] < losses[0]
    return model


def shapes(model: Any) -> list[tuple[int, ...]]:
    return [tuple(w.shape) for w in model.get_weights()]


def same(a: Any, b: Any) -> bool:
    """Whether two lists of weights are equal."""
    return len(a) == len(b) and all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def out(model: Any) -> np.ndarray:
    return np.array(keras.ops.convert_to_numpy(model(X)))


# -- symbolizing -----------------------------------------------------------------------------------
@behaviour("Keras", "layers: printed, cloned and patched before they are built")
def layers(pg):
    s = Symbols(pg)
    layer = s.Dense(4, activation=s.ReLU())
    patched = pg.patch(layer.clone(), {"units": 3, "activation.max_value": 6.0})
    assert isinstance(patched, keras.layers.Dense)
    assert layer(X).shape == (16, 4) and patched(X).shape == (16, 3)
    assert patched.units == 3 and patched.activation.max_value == 6.0
    assert pg.query(patched, ".*max_value") == {"activation.max_value": 6.0}


@behaviour("Keras", "a layer is patched after it was built")
def built_layer(pg):
    s = Symbols(pg)
    layer = s.Dense(4)
    layer(X)
    layer.rebind(units=6)
    assert layer(X).shape == (16, 6)
    assert shapes(layer) == [(5, 6), (6,)]
    assert layer.get_config()["units"] == 6


@behaviour("Keras", "layers look as plain ones to Keras: attributes, config, trackers")
def plain_looks(pg):
    s = Symbols(pg)
    layer, plain = s.Dense(4), keras.layers.Dense(4)
    assert set(dir(layer)) == set(dir(plain))
    assert vars(layer).keys() == vars(plain).keys()
    assert layer.get_config().keys() == plain.get_config().keys()


@behaviour("Keras", "custom layers with build, call and get_config")
def custom_layers(pg):
    s = Symbols(pg)
    layer = s.Scale(2.0)
    assert np.allclose(out(layer), 2 * X)
    other = pg.patch(layer.clone(), {"start": 3.0})
    assert np.allclose(out(other), 3 * X)
    assert other.get_config()["start"] == 3.0
    model = s.Sequential([s.Scale(), s.Dense(2)])
    model.compile(s.SGD(0.1), "mse")
    fit(model)
    model.rebind({"layers[0].start": 5.0})
    assert np.allclose(out(model.layers[0]), 5 * X)


@behaviour("Keras", "optimizers")
def optimizers(pg):
    s = Symbols(pg)
    adam = s.Adam(0.01)
    patched = pg.patch(adam.clone(), {"learning_rate": 0.5})
    assert np.isclose(float(patched.learning_rate), 0.5) and np.isclose(
        float(adam.learning_rate), 0.01
    )
    weight = keras.Variable(np.ones(2, "float32"))
    patched.apply([keras.ops.ones(2)], [weight])
    assert np.allclose(keras.ops.convert_to_numpy(weight), 0.5, atol=1e-4)


@behaviour("Keras", "learning-rate schedules")
def schedules(pg):
    s = Symbols(pg)
    sgd = s.SGD(s.ExponentialDecay(0.1, decay_steps=1, decay_rate=0.5))
    patched = pg.patch(sgd.clone(), {"learning_rate.decay_rate": 0.1})
    assert np.isclose(float(sgd._learning_rate(1)), 0.05)
    assert np.isclose(float(patched._learning_rate(1)), 0.01)


@behaviour("Keras", "losses and metrics")
def losses_and_metrics(pg):
    s = Symbols(pg)
    huber = s.Huber(delta=1.0)
    wide = pg.patch(huber.clone(), {"delta": 100.0})
    assert np.isclose(float(huber(np.zeros((1, 1)), np.full((1, 1), 4.0))), 3.5)
    assert np.isclose(float(wide(np.zeros((1, 1)), np.full((1, 1), 4.0))), 8.0)
    metric = s.MeanAbsoluteError(name="a")
    metric.update_state([0.0], [3.0])
    assert np.isclose(float(metric.result()), 3.0)
    assert pg.patch(metric.clone(), {"name": "b"}).name == "b"


@behaviour("Keras", "initializers")
def initializers(pg):
    s = Symbols(pg)
    layer = s.Dense(4, kernel_initializer=s.HeNormal(seed=1))
    other = pg.patch(layer.clone(), {"kernel_initializer.seed": 2})
    again = layer.clone()
    for x in (layer, other, again):
        x(X)
    assert same(layer.get_weights(), again.get_weights())
    assert not same(layer.get_weights(), other.get_weights())


# -- kinds of models -------------------------------------------------------------------------------
@behaviour("Keras", "Sequential: fit, evaluate, predict, then clone, patch and fit the clone")
def sequential(pg):
    s = Symbols(pg)
    model = trained(s)
    before = model.get_weights()
    wide = pg.patch(model.clone(), {"layers[0].units": 9})
    wide.compile(s.SGD(0.1), "mse")
    losses = fit(wide, 3)
    assert losses[-1] < losses[0]
    assert shapes(wide) == [(5, 9), (9,), (9, 2), (2,)]
    assert wide.predict(X, verbose=0).shape == (16, 2)
    assert same(model.get_weights(), before)


@behaviour("Keras", "Sequential with an Input: built at once, cloned, patched, saved as JSON")
def sequential_with_input(pg):
    s = Symbols(pg)
    model = s.Sequential([keras.Input((5,)), s.Dense(4), s.Dense(2)])
    assert model.built and shapes(model) == [(5, 4), (4,), (4, 2), (2,)]
    patched = pg.patch(model.clone(), {"layers[1].units": 3})
    assert shapes(patched) == [(5, 3), (3,), (3, 2), (2,)]
    with tempfile.TemporaryDirectory() as folder:
        pg.save(patched, f"{folder}/model.json")
        loaded = pg.load(f"{folder}/model.json")
    assert pg.eq(loaded, patched)
    assert shapes(loaded) == shapes(patched)


@behaviour("Keras", "layers that come by Sequential.add belong to the program")
def sequential_add(pg):
    s = Symbols(pg)
    model = s.Sequential()
    model.add(s.Dense(4))
    model.add(s.Dense(3))
    model.add(s.Dense(9))
    model.pop()
    assert pg.query(model, ".*units") == {"layers[0].units": 4, "layers[1].units": 3}
    patched = pg.patch(model.clone(), {"layers[0].units": 7})
    assert patched(X).shape == (16, 3) and shapes(patched)[0] == (5, 7)


@behaviour("Keras", "subclassed models that are given their layers: patched after training")
def subclassed(pg):
    s = Symbols(pg)
    model = s.TwoTowers(s.Dense(2), s.Dense(2))
    model.compile(s.SGD(0.05), "mse")
    fit(model)
    model.rebind({"right": s.Sequential([s.Dense(6), s.Dense(2)])})
    losses = fit(model, 3)
    assert losses[-1] < losses[0]
    assert sorted(shapes(model)) == sorted([(5, 2), (2,), (5, 6), (6,), (6, 2), (2,)])


@behaviour("Keras", "a functional model whose class builds the graph: patched after training")
def graph_class(pg):
    s = Symbols(pg)
    model = s.Graph(width=4)
    model.compile(s.SGD(0.1), "mse")
    fit(model)
    model.rebind(width=7)
    losses = fit(model, 3)
    assert losses[-1] < losses[0]
    assert shapes(model) == [(5, 7), (7,), (7, 2), (2,)]
    assert shapes(pg.patch(model.clone(), {"classes": 3}))[-1] == (3,)


@behaviour("Keras", "Model(inputs, outputs) runs, trains and is saved as in plain Keras")
def functional(pg):
    s = Symbols(pg)
    inputs = keras.Input((5,))
    model = s.Model(inputs, s.Dense(2)(s.Dense(4)(inputs)))
    assert isinstance(model, keras.Model) and model.output_shape == (None, 2)
    model.compile("sgd", "mse")
    losses = fit(model, 3)
    assert losses[-1] < losses[0]
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/m.keras")
        assert np.allclose(out(keras.saving.load_model(f"{folder}/m.keras")), out(model))


@behaviour("Keras", "Model(inputs, outputs): clone, patch and save as a program")
def functional_refused(pg):
    s = Symbols(pg)
    inputs = keras.Input((5,))
    hidden = s.Dense(4)
    model = s.Model(inputs, s.Dense(2)(hidden(inputs)))
    weights = model.get_weights()
    for act in (
        lambda: model.clone(),
        lambda: model.rebind({"name": "other"}),
        lambda: hidden.rebind(units=8),
        lambda: pg.to_json(model),
    ):
        try:
            act()
        except (TypeError, ValueError) as e:
            assert "subclass of `keras.Model`" in str(e), e
        else:
            raise AssertionError("neither refused nor right")
    assert same(model.get_weights(), weights) and out(model).shape == (16, 2)
    return (
        "The layers are behind the tensors. Refused with: write the graph in the `__init__` of a "
        "subclass of `keras.Model`, or in a function."
    )


@behaviour("Keras", "tied layers stay tied: in clones, patches and files, counted and trained once")
def tied(pg):
    s = Symbols(pg)
    layer = s.Dense(5)
    model = s.Autoencoder(layer, layer)
    assert model.encoder is model.decoder
    model(X)
    assert model.count_params() == 30
    clone = model.clone()
    clone.rebind({"encoder.use_bias": False})
    clone(X)
    assert clone.encoder is clone.decoder and clone.count_params() == 25
    with tempfile.TemporaryDirectory() as folder:
        pg.save(clone, f"{folder}/m.json")
        loaded = pg.load(f"{folder}/m.json")
    loaded(X)
    assert loaded.encoder is loaded.decoder and loaded.count_params() == 25
    loaded.compile("sgd", "mse")
    loaded.fit(X, X, verbose=0)


# -- patching at each stage ------------------------------------------------------------------------
@behaviour("Keras", "patched before it is built")
def patch_before_build(pg):
    s = Symbols(pg)
    model = mlp(s)
    model.rebind({"layers[0].units": 8})
    model.compile(s.SGD(0.1), "mse")
    fit(model)
    assert shapes(model) == [(5, 8), (8,), (8, 2), (2,)]


@behaviour("Keras", "patched after it was built")
def patch_after_build(pg):
    s = Symbols(pg)
    model = mlp(s)
    model.build((None, 5))
    model.rebind({"layers[0].units": 8})
    assert out(model).shape == (16, 2)
    assert shapes(model) == [(5, 8), (8,), (8, 2), (2,)]


@behaviour("Keras", "patched after training, trains again with the new structure")
def patch_after_training(pg):
    s = Symbols(pg)
    model = trained(s)
    model.rebind({"layers[0].units": 8})
    losses = fit(model, 3)
    assert losses[-1] < losses[0]
    assert shapes(model) == [(5, 8), (8,), (8, 2), (2,)]
    assert model.count_params() == 5 * 8 + 8 + 8 * 2 + 2


@behaviour("Keras", "a patch that keeps all shapes still gives fresh weights and a fresh trace")
def patch_same_shapes(pg):
    s = Symbols(pg)
    model = s.Sequential([s.Dense(4, "relu", kernel_initializer="ones") for _ in range(2)])
    model.compile(s.SGD(0.1), "mse")
    target = np.zeros((16, 4))
    model.fit(X, target, verbose=0)
    model.predict(X, verbose=0)
    ones = np.ones((5, 4), "float32")
    for name, f in (("tanh", np.tanh), ("linear", lambda v: v)):
        model.rebind({"layers[0].activation": name})
        y = np.maximum(f(X @ ones) @ np.ones((4, 4)), 0)
        assert np.allclose(model.predict(X, verbose=0), y, rtol=1e-4)
        loss = model.fit(X, target, batch_size=16, verbose=0).history["loss"][0]
        assert np.isclose(loss, np.mean(y**2), rtol=1e-4)


@behaviour("Keras", "a rule that does not know the model scales every width after training")
def rule_after_training(pg):
    s = Symbols(pg)
    model = s.Sequential([s.Dense(4), s.BatchNormalization(), s.Dropout(0.1), s.Dense(2)])
    model.compile(s.Adam(0.01), "mse")
    fit(model)

    def wider(k, v, p):
        return v * 2 if k and k.key == "units" and v > 2 else v

    pg.patch(model, wider)
    fit(model, 2)
    assert model.layers[0].units == 8 and shapes(model)[0] == (5, 8)
    assert [tuple(w.shape) for w in model.layers[1].get_weights()] == [(8,)] * 4


@behaviour("Keras", "replacing, inserting and removing a layer of a trained model trains")
def replace_layers(pg):
    s = Symbols(pg)
    model = trained(s)
    model.rebind({"layers[0]": s.Dense(7, activation="tanh")})
    fit(model, 2)
    assert shapes(model) == [(5, 7), (7,), (7, 2), (2,)]
    model.sym_init_args.layers.insert(1, s.BatchNormalization())
    fit(model, 2)
    assert shapes(model.layers[1]) == [(7,)] * 4 and shapes(model.layers[0]) == [(5, 7), (7,)]
    del model.sym_init_args.layers[1]
    fit(model, 2)
    assert shapes(model) == [(5, 7), (7,), (7, 2), (2,)]


@behaviour("Keras", "an edit that fails leaves a trained model as it was")
def failed_edit(pg):
    s = Symbols(pg)
    model = trained(s)
    weights = model.get_weights()

    def fail(k, v, p):
        if k and k.key == "units":
            if v == 2:
                raise RuntimeError("no")
            return 9
        return v

    for act in (
        lambda: pg.patch(model, [{"layers[0].units": 8}, fail]),
        lambda: pg.patch(model, fail),
    ):
        try:
            act()
        except RuntimeError:
            pass
        else:
            raise AssertionError("the rule's error is lost")
    assert pg.query(model, ".*units") == {"layers[0].units": 4, "layers[1].units": 2}
    assert same(model.get_weights(), weights)
    first, *_, last = fit(model, 3)
    assert last < first and shapes(model) == [(5, 4), (4,), (4, 2), (2,)]


# -- compiled models -------------------------------------------------------------------------------
def _step(model: Any) -> float:
    """How far the next training step moves the bias of the last layer."""
    before = model.get_weights()[-1]
    fit(model)
    return float(np.abs(model.get_weights()[-1] - before).max())


def _gradient(model: Any) -> float:
    """The largest gradient of that bias: of the mean of squares over 32 numbers."""
    return float(np.abs(2 * (out(model) - Y).sum(0) / Y.size).max())


@behaviour("Keras", "a learning-rate patch of a compiled model: the next fit uses it, weights stay")
def learning_rate_by_compile(pg):
    s = Symbols(pg)
    sgd = s.SGD(0.1)
    model = trained(s, sgd)
    weights = model.get_weights()
    for rate in (0.02, 0.2):
        sgd.rebind(learning_rate=rate)
        assert same(model.get_weights(), weights)
        expected = rate * _gradient(model)
        assert np.isclose(_step(model), expected, rtol=1e-3)
        weights = model.get_weights()


@behaviour("Keras", "a learning-rate patch where optimizer and model are siblings in an experiment")
def learning_rate_of_sibling(pg):
    s = Symbols(pg)
    e = s.Experiment(mlp(s), s.SGD(0.1)).compile()
    e.train(2)
    weights = e.model.get_weights()
    pg.patch(e, lambda k, v: 0.02 if k and k.key == "learning_rate" else v)
    assert same(e.model.get_weights(), weights)
    expected = 0.02 * _gradient(e.model)
    assert np.isclose(_step(e.model), expected, rtol=1e-3)


@behaviour("Keras", "an optimizer's other arguments take effect, too (momentum)")
def momentum(pg):
    s = Symbols(pg)
    sgd = s.SGD(0.01)
    model = trained(s, sgd)
    fit(model, 2)
    sgd.rebind(momentum=0.9)
    first, second = _step(model), _step(model)
    assert second > 1.5 * first, (first, second)


@behaviour("Keras", "another optimizer for a compiled model: the next fit uses it, weights stay")
def other_optimizer(pg):
    s = Symbols(pg)
    e = s.Experiment(mlp(s), s.SGD(0.1)).compile()
    e.train(2)
    weights = e.model.get_weights()
    e.rebind(optimizer=s.RMSprop(0.01, rho=0.0))
    assert same(e.model.get_weights(), weights)
    assert isinstance(e.model.optimizer, keras.optimizers.RMSprop)
    assert np.isclose(_step(e.model), 0.01, rtol=1e-2)  # the sign of the gradient, times the rate


@behaviour("Keras", "a loss or metric patch of a compiled model takes effect")
def compiled_loss(pg):
    s = Symbols(pg)
    huber, metric = s.Huber(delta=0.001), s.MeanAbsoluteError(name="a")
    model = mlp(s)
    model.compile(s.SGD(0.0), huber, metrics=[metric])
    small = fit(model)[0]
    weights = model.get_weights()
    huber.rebind(delta=1000.0)
    large = fit(model)[0]
    assert np.isclose(large, 0.5 * np.mean((out(model) - Y) ** 2), rtol=1e-4) and small < large
    metric.rebind(name="b")
    results = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert set(results) == {"loss", "b"}
    assert np.isclose(results["b"], np.abs(out(model) - Y).mean(), rtol=1e-4)
    assert same(model.get_weights(), weights)


@behaviour(
    "Keras", "a patched model is compiled again as before: optimizer, loss and metrics fresh"
)
def compiled_again(pg):
    s = Symbols(pg)
    model = mlp(s)
    adam = s.Adam(0.01)
    model.compile(adam, s.MeanSquaredError(), metrics=[s.MeanAbsoluteError(name="a")])
    fit(model, 2)
    assert int(adam.iterations) == 2
    model.rebind({"layers[0].units": 8})
    assert model.compiled and model.optimizer is adam
    assert int(adam.iterations) == 0
    assert set(model.evaluate(X, Y, verbose=0, return_dict=True)) == {"loss", "a"}
    fit(model, 3)
    assert int(adam.iterations) == 3
    assert (5, 8) in [tuple(v.shape) for v in adam.variables]


@behaviour("Keras", "plain optimizers and names in compile: a patched model trains with fresh ones")
def compiled_plain(pg):
    s = Symbols(pg)
    plain = keras.optimizers.RMSprop(0.005)
    for optimizer in ("adam", plain):
        model = mlp(s)
        model.compile(optimizer, "mse", metrics=["mae"])
        fit(model, 2)
        model.rebind({"layers[0].units": 8})
        losses = fit(model, 3)
        assert losses[-1] < losses[0]
        assert int(model.optimizer.iterations) == 3
    assert np.isclose(float(model.optimizer.learning_rate), 0.005)


@behaviour("Keras", "a clone is a fresh program: not compiled, new weights")
def clone_is_fresh(pg):
    s = Symbols(pg)
    model = trained(s)
    clone = model.clone()
    assert not clone.compiled and not clone.built
    try:
        fit(clone)
    except ValueError as e:
        assert "compile" in str(e)
    else:
        raise AssertionError("a clone was compiled")


# -- search ----------------------------------------------------------------------------------------
@behaviour("Keras", "a clone of a trained model becomes a search space; its candidates train")
def search_clone(pg):
    s = Symbols(pg)
    model = trained(s)
    weights = model.get_weights()
    space = pg.patch(
        model.clone(),
        {"layers[0].units": pg.oneof([3, 6]), "layers[0].activation": pg.oneof(["relu", "tanh"])},
    )
    seen = set()
    for candidate, feedback in pg.sample(space, pg.geno.Sweeping()):
        candidate.compile(s.SGD(0.1), "mse")
        losses = fit(candidate, 2)
        feedback(-losses[-1])
        seen.add((candidate.get_weights()[0].shape, candidate.get_config() is None))
    assert seen == {((5, 3), False), ((5, 6), False)}
    assert same(model.get_weights(), weights)


@behaviour("Keras", "a trained experiment becomes a search space in place; its candidates train")
def search_in_place(pg):
    s = Symbols(pg)
    e = s.Experiment(mlp(s), s.SGD(0.1)).compile()
    e.train(2)
    pg.patch(
        e,
        {
            "model.layers[0].units": pg.oneof([3, 6]),
            "optimizer.learning_rate": pg.oneof([0.1, 0.01]),
        },
    )
    rates = []
    for candidate, feedback in pg.sample(e, pg.geno.Sweeping()):
        candidate.compile()
        feedback(-candidate.train(2)[-1])
        rates.append(round(float(candidate.optimizer.learning_rate), 4))
    assert sorted(rates) == [0.01, 0.01, 0.1, 0.1]
    e.rebind({"model.layers[0].units": 7, "optimizer.learning_rate": 0.05})
    e.train(2)
    assert shapes(e.model)[0] == (5, 7)


# -- what Keras does itself ------------------------------------------------------------------------
@behaviour("Keras", "model.save and load_model: same outputs, symbolic after loading, trains on")
def save_and_load(pg):
    s = Symbols(pg)
    model = trained(s, s.Adam(0.01))
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/m.keras")
        loaded = keras.saving.load_model(f"{folder}/m.keras")
    assert np.allclose(out(loaded), out(model))
    assert int(loaded.optimizer.iterations) == 3
    fit(loaded)
    assert 4 in pg.query(loaded, ".*units").values()
    relu = pg.query(loaded, where=lambda v: isinstance(v, keras.layers.ReLU))
    assert len(relu) == 1
    path = next(k for k, v in pg.query(loaded, ".*units").items() if v == 4)
    loaded.rebind({path: 8})
    fit(loaded)
    assert shapes(loaded)[0] == (5, 8)


@behaviour("Keras", "files hold Keras's own names: plain Keras loads them")
def files_are_plain(pg):
    s = Symbols(pg)
    model = trained(s)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.keras"
        model.save(path)
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))
    plain = keras.Sequential([keras.layers.Dense(4, activation=keras.layers.ReLU())])

    def names(c):
        found = set()
        if isinstance(c, dict):
            if "class_name" in c:
                found.add((c.get("module"), c["class_name"], c.get("registered_name")))
            for v in c.values():
                found |= names(v)
        elif isinstance(c, list):
            for v in c:
                found |= names(v)
        return found

    found = names(config)
    assert ("keras", "Sequential", None) in found and ("keras.layers", "ReLU", None) in found
    assert ("keras.optimizers", "SGD", None) in found
    assert names(keras.saving.serialize_keras_object(plain)) <= found


@behaviour("Keras", "save_weights, load_weights into a clone")
def weights_into_clone(pg):
    s = Symbols(pg)
    model = trained(s)
    clone = model.clone()
    clone.build((None, 5))
    with tempfile.TemporaryDirectory() as folder:
        model.save_weights(f"{folder}/m.weights.h5")
        clone.load_weights(f"{folder}/m.weights.h5")
    assert same(clone.get_weights(), model.get_weights())
    assert np.allclose(out(clone), out(model))


@behaviour("Keras", "weights saved by a symbolized model load into the plain one")
def weights_into_plain(pg):
    s = Symbols(pg)
    model = trained(s)
    plain = keras.Sequential(
        [keras.layers.Dense(4, activation=keras.layers.ReLU()), keras.layers.Dense(2)]
    )
    plain.build((None, 5))
    with tempfile.TemporaryDirectory() as folder:
        model.save_weights(f"{folder}/m.weights.h5")
        plain.load_weights(f"{folder}/m.weights.h5")
    assert np.allclose(out(plain), out(model))


@behaviour("Keras", "keras.saving round trip: serialize_keras_object, deserialize_keras_object")
def keras_saving(pg):
    s = Symbols(pg)
    layer = s.Dense(4, activation=s.ReLU(max_value=6.0), kernel_initializer=s.HeNormal(seed=1))
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.activation.max_value == 6.0
    assert pg.query(again, ".*max_value") == {"activation.max_value": 6.0}
    layer(X), again(X)
    assert same(layer.get_weights(), again.get_weights())
    adam = s.Adam(s.ExponentialDecay(0.1, 1, 0.5))
    adam = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(adam))
    assert pg.query(adam, ".*decay_rate") == {"learning_rate.decay_rate": 0.5}


@behaviour("Keras", "get_config and from_config give the arguments as they are after a patch")
def configs(pg):
    s = Symbols(pg)
    model = trained(s)
    model.rebind({"layers[0].units": 8, "layers[0].use_bias": False})
    assert [c["config"].get("units") for c in model.get_config()["layers"]] == [8, 2]
    again = s.Sequential.from_config(model.get_config())
    again.build((None, 5))
    assert shapes(again) == [(5, 8), (8, 2), (2,)]
    adam = s.Adam(0.1)
    adam.rebind(learning_rate=0.5)
    assert np.isclose(adam.get_config()["learning_rate"], 0.5)
    assert np.isclose(s.Adam.from_config(adam.get_config()).get_config()["learning_rate"], 0.5)


@behaviour("Keras", "keras.models.clone_model: fresh weights, current structure, symbolic layers")
def clone_model(pg):
    s = Symbols(pg)
    model = trained(s)
    model.rebind({"layers[0].units": 8})
    fit(model)
    clone = keras.models.clone_model(model)
    assert shapes(clone) == [(5, 8), (8,), (8, 2), (2,)]
    assert not same(clone.get_weights(), model.get_weights())
    assert pg.query(clone.layers[0], "units") == {"units": 8}


@behaviour("Keras", "summary() tells the current structure")
def summary(pg):
    s = Symbols(pg)
    model = trained(s)
    model.rebind({"layers[0].units": 8})
    model.build((None, 5))
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line), line_length=80)
    text = "\n".join(lines)
    assert "Dense" in text and "(None, 8)" in text and " 66 " in text


@behaviour("Keras", "copy.deepcopy keeps the weights")
def deepcopy(pg):
    s = Symbols(pg)
    for model in (trained(s), s.Dense(3)):
        before = out(model)
        other = copy.deepcopy(model)
        assert other is not model and type(other) is type(model)
        assert np.allclose(out(other), before)
        assert pg.eq(other, model)


@behaviour("Keras", "pickling as plain Keras does: weights and training state come back")
def pickling(pg):
    s = Symbols(pg)
    model = trained(s, s.Adam(0.01))
    buffer = io.BytesIO()
    pickle.dump(model, buffer)
    other = pickle.loads(buffer.getvalue())
    assert np.allclose(out(other), out(model)) and pg.eq(other, model)
    assert int(other.optimizer.iterations) == 3
    fit(other)
    other.rebind({"layers[0].units": 8})
    fit(other)
    assert shapes(other)[0] == (5, 8)


@behaviour("Keras", "saved and loaded as a program: equal, built when used, trains")
def program_file(pg):
    s = Symbols(pg)
    e = s.Experiment(mlp(s), s.Adam(0.01), s.MeanSquaredError())
    with tempfile.TemporaryDirectory() as folder:
        pg.save(e, f"{folder}/e.json")
        loaded = pg.load(f"{folder}/e.json")
    assert pg.eq(loaded, e) and not pg.diff(loaded, e)
    losses = loaded.compile().train(3)
    assert losses[-1] < losses[0]


# -- keeping weights -------------------------------------------------------------------------------
@behaviour("Keras", "by default a patch of a built model makes all its layers fresh")
def fresh_by_default(pg):
    s = Symbols(pg)
    model = trained(s)
    before = model.layers[0].get_weights()
    model.rebind({"layers[1].use_bias": False})
    model.build((None, 5))
    assert not same(model.layers[0].get_weights(), before)


@behaviour(
    "Keras",
    "keep_weights=True carries over untouched, compatible layers, and says which",
    peer=False,
)
def keep_weights(pg):
    s = Symbols(pg)
    model = s.Sequential([s.Dense(4), s.Dense(3), s.BatchNormalization(), s.Dense(2)])
    model.compile(s.SGD(0.1), "mse")
    fit(model, 3)
    first, second, third = (layer.get_weights() for layer in model.layers[:3])
    pg.patch(model, {"layers[3].use_bias": False}, keep_weights=True)
    assert pg.kept_weights(model) == pg.KeptWeights(
        ("layers[0]", "layers[1]", "layers[2]"), ("layers[3]",)
    )
    assert same(model.layers[0].get_weights(), first)
    assert same(model.layers[2].get_weights(), third)
    pg.patch(model, {"layers[0].units": 9}, keep_weights=True)
    model.predict(X, verbose=0)  # built by use: the same
    assert pg.kept_weights(model) == pg.KeptWeights(
        ("layers[2]", "layers[3]"), ("layers[0]", "layers[1]")
    )
    assert [w.shape for w in second] == [(4, 3), (3,)] and shapes(model)[:2] == [(5, 9), (9,)]
    assert same(model.layers[2].get_weights(), third)
    losses = fit(model, 3)
    assert losses[-1] < losses[0]
