"""Keras, finer points: the rows of the table are in `tests/frameworks/behaviours/keras_.py`.

All hold on each backend: `KERAS_BACKEND=torch <python> -m pytest tests/integrations/test_keras.py`.
"""

from __future__ import annotations

import copy
import gc
import os
import pickle
import subprocess
import sys
import weakref

os.environ.setdefault("KERAS_BACKEND", "jax")

import pytest

keras = pytest.importorskip("keras")
import numpy as np  # noqa: E402
from tests.frameworks.behaviours import keras_ as b  # noqa: E402
from tests.frameworks.behaviours.keras_ import X, Y, fit, same, shapes  # noqa: E402

import polygraft as pg  # noqa: E402
from polygraft.errors import NotSymbolizableError  # noqa: E402
from polygraft.symbolic.wrapping import is_realized  # noqa: E402

pytestmark = pytest.mark.frameworks
s = b.Symbols(pg)


class Boom(Exception):
    pass


def boom(k, v):
    raise Boom


# -- failing edits ---------------------------------------------------------------------------------
def twins():
    """Two experiments in the same state, with momentum and all."""
    keras.utils.set_random_seed(7)
    first = s.Experiment(b.mlp(s), s.SGD(0.05, momentum=0.9)).compile()
    first.train(2)
    second = s.Experiment(copy.deepcopy(first.model), s.SGD(0.05, momentum=0.9)).compile()
    second.optimizer.build(second.model.trainable_variables)
    for v, w in zip(second.optimizer.variables, first.optimizer.variables, strict=True):
        v.assign(keras.ops.convert_to_numpy(w))
    assert same(first.model.get_weights(), second.model.get_weights())
    return first, second


@pytest.mark.parametrize(
    "rule",
    [
        {"optimizer.learning_rate": 0.5},
        {"model.layers[0].units": 9},
        {"optimizer": lambda: s.RMSprop(0.1)},
        {"model": lambda: b.mlp(s)},
        {"loss": "mae", "model.layers[1].units": 1},
    ],
    ids=lambda rule: "+".join(rule),
)
@pytest.mark.parametrize("keep", [False, True])
def test_a_failed_patch_leaves_training_where_it_was(rule, keep):
    first, second = twins()
    rule = {k: v() if callable(v) else v for k, v in rule.items()}
    with pytest.raises(Boom):
        pg.patch(first, [rule, boom], keep_weights=keep)
    assert first.optimizer is first.model.optimizer
    assert np.allclose(first.train(3), second.train(3), rtol=1e-4)
    assert np.allclose(first.model.get_weights()[0], second.model.get_weights()[0], rtol=1e-4)


def test_a_construction_that_fails_undoes_the_patch():
    first, second = twins()
    with pytest.raises(ValueError, match="units"):
        pg.patch(first, {"model.layers[0].units": -1}, realize=True)
    assert first.model.layers[0].units == 4
    assert np.allclose(first.train(2), second.train(2), rtol=1e-4)


def test_a_validator_that_fails_undoes_the_patch():
    def validate(e):
        assert e.model.layers[0].units == 9 and not e.model.built
        raise Boom

    @pg.patcher(name="keras_test.widen")
    def widen(e):
        return {"model.layers[0].units": 9}, validate

    first, second = twins()
    with pytest.raises(Boom):
        pg.patch(first, widen())
    assert np.allclose(first.train(2), second.train(2), rtol=1e-4)


def test_an_edit_by_a_listener_that_fails_leaves_the_compiled_model():
    model = b.trained(s, sgd := s.SGD(0.1))
    holder = pg.Dict(optimizer=sgd, onchange_callback=lambda _: boom(0, 0))
    with pytest.raises(Boom):
        holder.rebind({"optimizer.learning_rate": 3.0})
    assert np.isclose(float(model.optimizer.learning_rate), 0.1)
    assert model.train_function is not None
    fit(model)


# -- compile ---------------------------------------------------------------------------------------
def test_a_class_with_its_own_compile_is_compiled_again_through_it():
    calls = []

    @pg.symbolize
    class Net(keras.Sequential):
        def compile(self, rate):
            calls.append(rate)
            super().compile(keras.optimizers.SGD(rate), "mse")

    class Sub(Net):
        def compile(self, rate, factor=2):
            super().compile(rate * factor)

    for cls, expected in ((Net, [0.1, 0.1]), (Sub, [0.2, 0.2])):
        calls.clear()
        model = cls([s.Dense(2)])
        model.compile(rate=0.1)
        fit(model)
        model.rebind({"layers[0].use_bias": False})
        fit(model)
        assert calls == expected and shapes(model) == [(5, 2)]


def test_keras_still_knows_whether_compile_is_overridden():
    from keras.src.trainers.trainer import Trainer

    assert s.Sequential.compile == Trainer.compile
    assert set(dir(s.Sequential())) == set(dir(keras.Sequential()))


def test_mixed_precision_asks_to_compile_again_after_an_edit_of_the_optimizer():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = s.Sequential([s.Dense(2)])
        sgd = s.SGD(0.1)
        model.compile(sgd, "mse")
        fit(model)
        assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
        sgd.rebind(learning_rate=0.2)
        with pytest.raises(ValueError, match="compile"):
            fit(model)
        model.compile(sgd, "mse")
        fit(model)
        model.rebind({"layers[0].use_bias": False})
        fit(model)
        assert shapes(model) == [(5, 2)]
    finally:
        keras.config.set_dtype_policy("float32")


def test_one_metric_for_two_models_is_renewed_in_both():
    metric = s.MeanAbsoluteError(name="a")
    models = [s.Sequential([s.Dense(2)]) for _ in range(2)]
    for model in models:
        model.compile("sgd", "mse", metrics=[metric])
        model.evaluate(X, Y, verbose=0)
    metric.rebind(name="b")
    for model in models:
        assert set(model.evaluate(X, Y, verbose=0, return_dict=True)) == {"loss", "b"}


def test_a_replaced_model_leaves_its_optimizer_free_for_the_next():
    e = s.Experiment(b.mlp(s), s.Adam(0.01)).compile()
    e.train(2)
    e.rebind(model=b.mlp(s, 6))
    assert int(e.optimizer.iterations) == 0
    e.compile().train(2)
    assert int(e.optimizer.iterations) == 2 and shapes(e.model)[0] == (5, 6)


def test_an_open_choice_of_optimizer_leaves_the_model_uncompiled():
    e = s.Experiment(b.mlp(s), s.Adam(0.01)).compile()
    e.train()
    model = e.model
    weights = model.get_weights()
    e.rebind(optimizer=pg.oneof([s.SGD(0.1), s.Adam(0.1)]))
    with pytest.raises(ValueError, match="compile"):
        fit(model)
    assert same(model.get_weights(), weights)
    for candidate, feedback in pg.sample(e, pg.geno.Sweeping()):
        feedback(-candidate.compile().train(1)[-1])


def test_settings_of_compile_are_repeated():
    model = b.mlp(s)
    model.compile("sgd", "mse", run_eagerly=True, steps_per_execution=1, weighted_metrics=["mae"])
    fit(model)
    model.rebind({"layers[0].units": 8})
    assert model.run_eagerly and model.get_compile_config()["weighted_metrics"] == ["mae"]
    fit(model)


def test_compiling_keeps_no_model_alive():
    optimizer = s.SGD(0.1)
    for _ in range(2):
        model = b.mlp(s)
        model.compile(optimizer, "mse")
        model.rebind({"layers[0].units": 8})
    ref = weakref.ref(model)
    del model
    gc.collect()
    assert ref() is None


def test_a_model_that_is_edited_often_trains_each_time():
    model = b.trained(s, s.Adam(0.01))
    for width in (8, 3, 8):
        model.rebind({"layers[0].units": 5})
        model.rebind({"layers[0].units": width})
        losses = fit(model, 3)
        assert losses[-1] < losses[0] and shapes(model)[0] == (5, width)
        assert int(model.optimizer.iterations) == 3


@pytest.mark.parametrize("name", ["Adam", "AdamW", "RMSprop", "SGD", "Nadam", "Lion"])
def test_optimizers_run_the_code_of_the_plain_ones(name):
    plain = getattr(keras.optimizers, name)
    moved = []
    for optimizer in (plain(0.1), pg.symbolize(plain)(0.1)):
        weight = keras.Variable(np.arange(4, dtype="float32"))
        for _ in range(3):
            optimizer.apply([keras.ops.convert_to_tensor([0.1, -0.2, 0.3, 1.0])], [weight])
        moved.append(keras.ops.convert_to_numpy(weight))
        step = type(optimizer)._backend_update_step
        assert step.__qualname__ == type(plain(0.1))._backend_update_step.__qualname__
    assert np.array_equal(*moved)


# -- what belongs together -------------------------------------------------------------------------
def test_nested_models_and_layers_that_hold_layers():
    inner = s.Sequential([s.Dense(4), s.Dense(3)])
    model = s.Sequential([inner, s.Dense(2)])
    model.compile("sgd", "mse")
    fit(model)
    model.rebind({"layers[0].layers[1].units": 6})
    fit(model)
    assert shapes(model) == [(5, 4), (4,), (4, 6), (6,), (6, 2), (2,)]


def test_a_layer_that_copies_its_layer():
    lstm = pg.symbolize(keras.layers.LSTM)(3)
    model = s.Sequential([pg.symbolize(keras.layers.Bidirectional)(lstm), s.Dense(2)])
    model.compile("sgd", "mse")
    x = X[:, :, None]
    model.fit(x, Y, verbose=0)
    model.rebind({"layers[0].layer.units": 5})
    model.fit(x, Y, verbose=0)
    assert shapes(model.layers[0])[0] == (1, 20)


def test_a_layer_of_two_models_is_renewed_in_both():
    shared = s.Dense(4)
    models = [s.Sequential([shared, s.Dense(2)]) for _ in range(2)]
    for model in models:
        model.compile("sgd", "mse")
        fit(model)
    shared.rebind(units=6)
    for model in models:
        fit(model)
        assert shapes(model)[:3] == [(5, 6), (6,), (6, 2)]


def test_plain_layers_in_a_symbolic_model_keep_their_weights():
    plain = keras.layers.Dense(4)
    model = s.Sequential([plain, s.Dense(2)])
    model.compile("sgd", "mse")
    fit(model)
    before = plain.get_weights()
    model.rebind({"layers[1].use_bias": False})
    assert same(plain.get_weights(), before)
    fit(model)
    assert shapes(model) == [(5, 4), (4,), (4, 2)]


@pytest.mark.parametrize("built_by", ["tensors", "use"])
def test_a_layer_in_a_plain_model_is_not_edited_behind_its_back(built_by):
    layer = s.Dense(4)
    if built_by == "tensors":
        plain = keras.Sequential([layer])
    else:
        plain = b.TwoTowers(layer, keras.layers.Dense(4))
    plain(X)
    with pytest.raises(NotSymbolizableError, match="is not in its tree"):
        layer.rebind(units=5)
    assert layer.units == 4 and plain(X).shape == (16, 4)
    assert layer.clone().rebind(units=5)(X).shape == (16, 5)


# -- functional models -----------------------------------------------------------------------------
def test_functional_models_leave_the_wrapper_of_model_alone():
    Model = s.Model
    inputs = keras.Input((5,))
    model = Model(inputs, s.Dense(2)(inputs))
    assert isinstance(model, Model) and isinstance(model, keras.Model)
    assert type(model).__name__ == "Functional" and model.layers[1].units == 2
    named = Model(inputs=inputs, outputs=model.layers[1](inputs), name="n")
    assert named.name == "n" and named(X).shape == (16, 2)

    class Subclassed(Model):
        def __init__(self, width):
            super().__init__()
            self.dense = keras.layers.Dense(width)

        def call(self, x):
            return self.dense(x)

    class Functional(Model):
        def __init__(self, width):
            inputs = keras.Input((5,))
            super().__init__(inputs, keras.layers.Dense(width)(inputs))

    for _ in range(2):
        for cls in (Functional, Subclassed):
            model = cls(3)
            model.compile("sgd", "mse")
            model.fit(X, np.zeros((16, 3)), verbose=0)
            model.rebind(width=4)
            model.fit(X, np.zeros((16, 4)), verbose=0)
            assert shapes(model) == [(5, 4), (4,)] and len(model.layers) == 1 + (cls is Functional)


def test_a_program_with_a_functional_model_can_be_edited_elsewhere():
    inputs = keras.Input((5,))
    e = s.Experiment(s.Model(inputs, s.Dense(2)(inputs)), s.SGD(0.1)).compile()
    e.train()
    e.rebind({"optimizer.learning_rate": 0.02})
    expected = 0.02 * b._gradient(e.model)
    assert np.isclose(b._step(e.model), expected, rtol=1e-3)
    with pytest.raises(NotSymbolizableError, match="no tree of calls"):
        pg.clone(e)
    with pytest.raises(ValueError, match=r"model\.save"):
        pg.to_json(e)


def test_a_functional_model_made_in_a_rule_is_refused_when_it_is_used():
    def rule(k, v):
        if k == "model":
            inputs = keras.Input((5,))
            return s.Model(inputs, keras.layers.Dense(2)(inputs))
        return v

    e = s.Experiment(b.mlp(s), "sgd")
    pg.patch(e, rule)
    with pytest.raises(NotSymbolizableError, match="built late"):
        e.compile()


def test_a_functional_model_in_a_builder():
    @pg.functor()
    def build(hidden, classes=2):
        inputs = keras.Input((5,))
        return keras.Model(inputs, keras.layers.Dense(classes)(hidden(inputs)))

    program = build(s.Dense(4))
    model = program()
    model.compile("sgd", "mse")
    fit(model)
    with pytest.raises(NotSymbolizableError, match="Clone the program"):
        program.rebind({"hidden.units": 6})
    wide = pg.patch(pg.clone(program), {"hidden.units": 6})()
    assert shapes(wide)[0] == (5, 6) and shapes(model)[0] == (5, 4)


# -- Sequential ------------------------------------------------------------------------------------
def test_inputs_are_recorded_as_layers():
    model = s.Sequential(
        [keras.Input((3, 4), batch_size=2, dtype="int32", name="ids"), keras.layers.Flatten()]
    )
    recorded = pg.args(model).layers[0]
    assert isinstance(recorded, keras.layers.InputLayer) and not is_realized(recorded)
    assert recorded.clone().batch_shape == (2, 3, 4) and recorded.dtype == "int32"
    clone = model.clone()
    assert clone.inputs[0] is not model.inputs[0] and clone.inputs[0].name == "ids"
    assert str(pg.args(s.Sequential([keras.Input((3,))])).layers[0]).count("(3,)") == 1


def test_add_works_for_any_form_of_the_argument():
    for model in (
        s.Sequential(),
        s.Sequential([]),
        s.Sequential((s.Dense(3),)),
        s.Sequential(None),
    ):
        model.add(s.Dense(2))
        model.add(layer=s.Dense(4))
        model.pop()
        clone = model.clone()
        assert clone(X).shape == (16, 2)
        assert len(clone.layers) == len(model.layers)
        model.rebind({f"layers[{len(model.layers) - 1}].units": 6})
        assert model(X).shape == (16, 6)


# -- Keras's own files -----------------------------------------------------------------------------
PLAIN = """
import sys, keras, numpy as np
model = keras.saving.load_model(sys.argv[1])
assert type(model) is keras.Sequential and type(model.layers[0]) is keras.layers.Dense
assert isinstance(model.optimizer, keras.optimizers.Adam)
assert not any(name.startswith("polygraft") for name in sys.modules)
np.save(sys.argv[2], keras.ops.convert_to_numpy(model(np.load(sys.argv[3]))))
"""


def test_plain_keras_loads_the_file(tmp_path):
    model = b.trained(s, s.Adam(0.01))
    model.save(tmp_path / "m.keras")
    np.save(tmp_path / "x.npy", X)
    paths = [str(tmp_path / name) for name in ("m.keras", "y.npy", "x.npy")]
    subprocess.run([sys.executable, "-c", PLAIN, *paths], check=True)
    assert np.allclose(np.load(tmp_path / "y.npy"), b.out(model), rtol=1e-4)


def test_registered_custom_layers_load_as_symbols(tmp_path):
    @keras.saving.register_keras_serializable(package="grafts")
    class Shift(keras.layers.Layer):
        def __init__(self, by=1.0, **kwargs):
            super().__init__(**kwargs)
            self.by = by

        def call(self, x):
            return x + self.by

    plain = keras.saving.serialize_keras_object(Shift(2.0))
    Symbol = pg.symbolize(Shift)
    config = keras.saving.serialize_keras_object(Symbol(2.0))
    assert config["registered_name"] == plain["registered_name"] == "grafts>Shift"
    assert config["class_name"] == plain["class_name"] and config["module"] == plain["module"]
    loaded = keras.saving.deserialize_keras_object(plain)
    assert type(loaded) is Symbol and pg.args(loaded).by == 2.0


def test_custom_models_load_with_custom_objects(tmp_path):
    class Net(b.Graph):
        def get_config(self):
            return {"width": self.width}

    Symbol = pg.symbolize(Net)
    model = Symbol(width=3)
    model.compile("sgd", "mse")
    model.save(tmp_path / "m.keras")
    for cls in (Net, Symbol):
        loaded = keras.saving.load_model(tmp_path / "m.keras", custom_objects={"Net": cls})
        assert type(loaded) is cls and np.allclose(b.out(loaded), b.out(model))


def test_clone_model_of_a_subclassed_model_is_symbolic():
    @pg.symbolize
    class Net(keras.Model):
        def __init__(self, width, **kwargs):
            super().__init__(**kwargs)
            self.width = width
            self.dense = keras.layers.Dense(width)

        def call(self, x):
            return self.dense(x)

        def get_config(self):
            return {**super().get_config(), "width": self.width}

    model = Net(3)
    model(X)
    model.rebind(width=4)
    clone = keras.models.clone_model(model)
    assert type(clone) is Net and pg.args(clone).width == 4 and clone(X).shape == (16, 4)


def test_what_compile_makes_of_names_is_still_what_it_was():
    model = keras.Sequential([keras.layers.Dense(2)])
    model.compile("adam", "mse", metrics=["mae"])
    fit(model)
    assert isinstance(model.optimizer, keras.optimizers.Adam)


def test_config_dicts_become_the_parts_that_run():
    config = s.Dense(3, activation=s.ReLU(max_value=2.0)).get_config()
    layer = s.Dense.from_config(config)
    assert pg.args(layer).activation is layer.activation
    layer.rebind({"activation.max_value": 5.0})
    assert layer.activation.max_value == 5.0
    deferred = pg.from_json_str(pg.to_json_str(layer))
    assert deferred.activation.max_value == 5.0


# -- copies ----------------------------------------------------------------------------------------
def test_copies_are_programs():
    tied = s.Dense(5, kernel_initializer=s.HeNormal(seed=3))
    model = s.Autoencoder(tied, tied)
    model(X)
    nested = s.Sequential(
        [s.Sequential([s.Dense(4, activation=s.ReLU()), s.Dropout(0.1)]), s.Dense(2)]
    )
    nested.compile(s.Adam(s.ExponentialDecay(0.1, 1, 0.5)), "mse")
    fit(nested)
    for original in (nested, nested.layers[0], nested.optimizer, s.Huber(0.5)):
        for other in (copy.deepcopy(original), pickle.loads(pickle.dumps(original))):
            assert pg.eq(other, original) and other is not original
            assert other.sym_parent is None
            parents = [
                v.sym_path
                for v in pg.query(other, where=lambda v: isinstance(v, keras.Layer)).values()
            ]
            assert [str(p) for p in parents] == list(
                pg.query(other, where=lambda v: isinstance(v, keras.Layer))
            )
    other = copy.deepcopy(nested)
    other.rebind({"layers[0].layers[0].units": 7})
    fit(other)
    assert shapes(other)[0] == (5, 7) and shapes(nested)[0] == (5, 4)


def test_what_cannot_be_pickled_as_a_program_is_copied_as_keras_does():
    Lambda = pg.symbolize(keras.layers.Lambda)
    model = s.Sequential([Lambda(lambda x: x * 2), s.Dense(2)])
    model(X)
    other = pickle.loads(pickle.dumps(model))
    assert np.allclose(b.out(other), b.out(model))


# -- keep_weights ----------------------------------------------------------------------------------
class Block(keras.layers.Layer):
    """Has weights of its own, a layer that it is given, and one that it makes."""

    def __init__(self, given, **kwargs):
        super().__init__(**kwargs)
        self.given = given
        self.made = keras.layers.Dense(5)
        self.gain = self.add_weight(shape=(), initializer="ones", name="gain")

    def call(self, x):
        return self.gain * self.made(self.given(x))


def test_layers_in_layers_keep_their_weights():
    B = pg.symbolize(Block)
    model = s.Sequential([B(s.Dense(5)), B(s.Dense(5)), s.Dense(2)])
    model.compile("sgd", "mse")
    fit(model, 2)
    before = [layer.get_weights() for layer in model.layers]
    pg.patch(model, {"layers[1].given.units": 4}, keep_weights=True)
    report = pg.kept_weights(model)
    assert report.kept == ("layers[0]", "layers[0].given", "layers[2]")
    assert report.fresh == ("layers[1]", "layers[1].given")
    assert same(model.layers[0].get_weights(), before[0])
    assert same(model.layers[2].get_weights(), before[2])
    assert len(model.layers[1].get_weights()) == 5
    fit(model)


def test_weights_follow_a_layer_that_moves():
    model = b.trained(s)
    first, second = (layer.get_weights() for layer in model.layers)
    pg.patch(model, {"layers[1]": pg.Insertion(s.Dense(4))}, keep_weights=True)
    model.predict(X, verbose=0)
    assert pg.kept_weights(model) == pg.KeptWeights(("layers[0]", "layers[2]"), ("layers[1]",))
    assert same(model.layers[0].get_weights(), first)
    assert same(model.layers[2].get_weights(), second)


def test_kept_weights_train_and_are_not_reset_by_later_calls():
    model = b.trained(s)
    pg.patch(model, {"layers[0].use_bias": False}, keep_weights=True)
    for _ in range(3):
        losses = fit(model, 2)
        before = model.layers[1].get_weights()
        model.predict(X, verbose=0)
        model.evaluate(X, Y, verbose=0)
        assert same(model.layers[1].get_weights(), before) and losses[1] < losses[0]
    assert pg.kept_weights(model).kept == ("layers[1]",)
    model.rebind({"layers[0].use_bias": True})
    model(X)
    assert pg.kept_weights(model).kept == ()
    assert not same(model.layers[1].get_weights(), before)


def test_keep_weights_in_a_subclassed_model_and_a_tied_layer():
    tied = s.Dense(5)
    model = s.Autoencoder(tied, s.Sequential([tied, s.Dense(5)]))
    model.compile("sgd", "mse")
    model.fit(X, X, verbose=0)
    before = tied.get_weights()
    pg.patch(model, {"decoder.layers[1].use_bias": False}, keep_weights=True)
    model(X)
    assert pg.kept_weights(model) == pg.KeptWeights(("encoder",), ("decoder.layers[1]",))
    assert same(tied.get_weights(), before) and model.encoder is tied


def test_other_shapes_are_fresh_without_an_error():
    model = b.trained(s)
    pg.patch(model, {"layers[0].units": 6}, keep_weights=True)
    assert pg.kept_weights(model) == pg.KeptWeights((), ("layers[0]", "layers[1]"))
    fit(model)


# -- the demo --------------------------------------------------------------------------------------
def test_the_program_of_the_demo_trains_is_patched_and_trains_again(monkeypatch):
    pytest.importorskip("sklearn")
    monkeypatch.setenv("POLYGRAFT_OFFLINE", "1")
    from polygraft.cli import experiment as ex

    program = pg.patch(ex.experiment(60), {"num_epochs": 1})
    before = program.train_and_evaluate()
    pg.patch(program, ["demo.change_lr?0.003", "demo.scale_width?factor=0.5"])
    after = program.train_and_evaluate()
    assert 0 <= before <= 1 and 0 <= after <= 1
    model = pg.args(program).model
    assert [w.shape[-1] for w in model.get_weights()[:4:2]] == [8, 16]
    assert np.isclose(float(model.optimizer.learning_rate), 0.003)


class Weighted:
    """A loss as a plain callable class, which knows nothing of Keras."""

    def __init__(self, weight=1.0):
        self.weight = weight

    def __call__(self, y_true, y_pred):
        return self.weight * keras.ops.mean(keras.ops.square(y_true - y_pred))


def test_edit_of_a_loss_of_any_class_is_seen_by_the_compiled_model():
    x, y = np.ones((4, 3), "float32"), np.zeros((4, 2), "float32")
    Model, Layer, Loss = map(pg.symbolize, (keras.Sequential, keras.layers.Dense, Weighted))
    loss = Loss(1.0)
    model = Model([Layer(2, kernel_initializer="ones")])
    model.compile("sgd", loss)
    first = model.evaluate(x, y, verbose=0)
    pg.rebind(loss, weight=3.0)
    assert np.isclose(model.evaluate(x, y, verbose=0), 3 * first)
    with pytest.raises(ZeroDivisionError):
        pg.patch(loss, [{"weight": 9.0}, lambda k, v: 1 // 0])
    assert np.isclose(model.evaluate(x, y, verbose=0), 3 * first)


# -- dry runs --------------------------------------------------------------------------------------
def test_a_dry_run_leaves_a_trained_model_alone():
    model = b.trained(s)
    before, optimizer, layers = model.get_weights(), model.optimizer, list(model.layers)
    variables = [id(w) for w in model.trainable_variables]
    units = {"layers[0].units": 6}
    activation = lambda k, v: "tanh" if k and k.key == "activation" else v  # noqa: E731
    for rules in (units, activation, [units, activation]):
        edits = pg.patch(model, rules, dry_run=True)
        assert edits
        assert same(model.get_weights(), before) and model.optimizer is optimizer
        assert [id(w) for w in model.trainable_variables] == variables
        assert all(a is c for a, c in zip(model.layers, layers, strict=True))
        assert pg.eq(pg.patch(pg.clone(model), edits), pg.patch(pg.clone(model), rules))
    losses = fit(model, 2)
    assert losses[1] < losses[0]
