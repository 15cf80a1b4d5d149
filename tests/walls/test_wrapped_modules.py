"""`pg.wrap_module` and redirected calls on the frameworks themselves."""

from __future__ import annotations

import copy
import pickle
import time

import pytest

import polygraft as pg

pytestmark = pytest.mark.frameworks


# -- PyTorch ---------------------------------------------------------------------------------------
def test_torch_network_of_a_stranger() -> None:
    torch = pytest.importorskip("torch")
    from torch.nn import Conv2d, Linear

    class Net(torch.nn.Module):
        def __init__(self, conv=Conv2d):
            super().__init__()
            self.conv = conv(1, 2, 3)
            self.body = torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Flatten(), Linear(8, 3))

        def forward(self, x):
            return self.body(self.conv(x))

    plain = Net()
    layers = pg.wrap_module(torch.nn)
    with layers:
        net = Net()
        copied = copy.deepcopy(plain.conv)
    assert type(copied) is Conv2d
    assert isinstance(net.conv, pg.ClassWrapper)
    assert [type(m).__name__ for m in net.modules()] == [type(m).__name__ for m in plain.modules()]
    assert [*net.state_dict()] == [*plain.state_dict()]
    assert pg.args(net.conv).kernel_size == 3
    assert net(torch.zeros(1, 1, 4, 4)).shape == (1, 3)
    net.load_state_dict(plain.state_dict())
    x = torch.rand(2, 1, 4, 4)
    assert torch.equal(net(x), plain(x))
    assert torch.equal(pickle.loads(pickle.dumps(net.conv))(x), plain.conv(x))
    assert type(net.conv.weight) is torch.nn.Parameter
    assert all(type(m) is type(p) for m, p in zip(Net().modules(), plain.modules(), strict=True))


def test_torch_namespace() -> None:
    torch = pytest.importorskip("torch")
    start = time.perf_counter()
    nn = pg.wrap_module(torch.nn)
    assert time.perf_counter() - start < 0.01
    assert nn.Module is torch.nn.Module
    assert nn.Parameter is torch.nn.Parameter
    assert nn.functional is torch.nn.functional
    assert repr(nn.Linear(2, 3)).startswith("Linear(in_features=2, out_features=3")

    class Net(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.out = nn.Linear(2, width)

    net = pg.symbolize(Net)(3)
    assert isinstance(net.out, nn.Module)
    assert net.out(torch.zeros(1, 2)).shape == (1, 3)
    assert net.rebind(width=5).out(torch.zeros(1, 2)).shape == (1, 5)


def test_torch_modules_that_construct_modules() -> None:
    torch = pytest.importorskip("torch")
    with pg.wrap_module(torch.nn):
        encoder = torch.nn.TransformerEncoder(
            torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2
        )
    assert isinstance(encoder.layers[0].linear1, pg.ClassWrapper)
    assert encoder.layers[0] is not encoder.layers[1]
    assert encoder(torch.zeros(1, 3, 8)).shape == (1, 3, 8)


def test_torch_classes_pass_as_before_once_hooked() -> None:
    torch = pytest.importorskip("torch")
    with pg.wrap_module(torch.nn):
        pass
    with pytest.raises(TypeError, match="missing 2 required positional arguments"):
        torch.nn.Linear()
    scripted = torch.jit.script(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU()))
    assert scripted(torch.zeros(1, 2)).shape == (1, 3)
    layer = pickle.loads(pickle.dumps(torch.nn.Linear(2, 3)))
    assert type(layer) is torch.nn.Linear
    assert torch.equal(copy.deepcopy(layer).weight, layer.weight)


# -- Keras -----------------------------------------------------------------------------------------
def test_keras_model_of_a_stranger() -> None:
    keras = pytest.importorskip("keras")
    import numpy as np

    def build(dense=keras.layers.Dense):
        return keras.Sequential([keras.Input((4,)), dense(3, activation="relu"), dense(2)])

    layers = pg.wrap_module(keras.layers)
    with layers:
        model = build()
    x = np.ones((2, 4), "float32")
    assert [type(v) for v in model.layers] == [layers.Dense] * 2
    assert pg.args(model.layers[0]).units == 3
    assert model(x).shape == (2, 2)
    assert model.layers[0].get_config()["units"] == 3
    plain = build()
    assert [type(v) for v in plain.layers] == [keras.layers.Dense] * 2
    plain.set_weights(model.get_weights())
    assert np.allclose(*(keras.ops.convert_to_numpy(m(x)) for m in (plain, model)))
    restored = keras.models.clone_model(plain)
    assert type(restored.layers[0]) is keras.layers.Dense


def test_keras_namespace() -> None:
    keras = pytest.importorskip("keras")
    layers = pg.wrap_module(keras.layers)
    assert layers.Layer is keras.layers.Layer
    assert layers.Dense(3).units == 3
    assert layers.add is keras.layers.add
    assert repr(layers.Dense(3)).startswith("Dense(units=3")


def test_keras_subclassed_layers_and_models() -> None:
    keras = pytest.importorskip("keras")

    class Block(keras.layers.Layer):
        def __init__(self, units):
            super().__init__()
            self.inner = keras.layers.Dense(units)

        def call(self, x):
            return self.inner(x)

    with pg.wrap_module(keras.layers), pg.apply_wrappers([pg.symbolize(Block)]):
        block = Block(3)
        wide = keras.layers.Wrapper(keras.layers.Dense(2))
    assert pg.args(block).units == 3
    assert isinstance(block.inner, pg.ClassWrapper)
    assert block(keras.ops.ones((1, 2))).shape == (1, 3)
    assert len(block.weights) == 2
    assert repr(pg.args(wide).layer).startswith("Dense(units=2")


# -- Flax ------------------------------------------------------------------------------------------
def test_nnx_modules() -> None:
    pytest.importorskip("flax")
    import jax
    import jax.numpy as jnp
    from flax import nnx

    class Net(nnx.Module):
        def __init__(self, rngs):
            self.a = nnx.Linear(2, 3, rngs=rngs)
            self.b = nnx.List([nnx.Dropout(0.5, rngs=rngs)])

        def __call__(self, x):
            return self.a(x)

    with pg.wrap_module(nnx):
        net = Net(nnx.Rngs(0))
        assert type(nnx.Param(1)) is nnx.Param or isinstance(nnx.Param(1), nnx.Param)
    assert isinstance(net.a, pg.ClassWrapper)
    assert pg.args(net.a).out_features == 3
    assert net(jnp.ones((1, 2))).shape == (1, 3)
    graph, state = nnx.split(net)
    assert nnx.merge(graph, state)(jnp.ones((1, 2))).shape == (1, 3)
    loss = nnx.jit(lambda m, x: m(x).sum())
    assert jax.numpy.isfinite(loss(net, jnp.ones((1, 2))))
    assert type(nnx.Linear(2, 3, rngs=nnx.Rngs(0))) is nnx.Linear


def test_linen_modules() -> None:
    pytest.importorskip("flax")
    import jax
    import jax.numpy as jnp
    from flax import linen as nn

    class Net(nn.Module):
        @nn.compact
        def __call__(self, x):
            return nn.Dense(3)(nn.relu(nn.Dense(4)(x)))

    wrapped = pg.wrap_module(nn)
    x = jnp.ones((1, 2))
    expected = Net().init_with_output(jax.random.key(0), x)
    with wrapped:
        made = Net().init_with_output(jax.random.key(0), x)
        dense = nn.Dense(5)
    assert jnp.allclose(expected[0], made[0])
    assert jax.tree.structure(expected[1]) == jax.tree.structure(made[1])
    assert isinstance(dense, pg.ClassWrapper)
    assert dense.features == 5
    assert wrapped.Module is nn.Module
    assert wrapped.relu is nn.relu


# -- scikit-learn ----------------------------------------------------------------------------------
def test_sklearn_estimators() -> None:
    sklearn = pytest.importorskip("sklearn")
    from sklearn import base, linear_model, pipeline, preprocessing

    def build():
        return pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.Ridge(alpha=2.0))

    with (
        pg.wrap_module(linear_model),
        pg.wrap_module(preprocessing),
        pg.wrap_module(pipeline) as pipes,
    ):
        made = build()
        again = sklearn.base.clone(made)
    assert isinstance(made, pipes.Pipeline)
    assert pg.args(made.steps[1][1]).alpha == 2.0
    assert made.get_params().keys() == build().get_params().keys()
    assert made.fit([[0.0], [1.0], [2.0]], [0, 1, 2]).predict([[1.0]]).shape == (1,)
    assert isinstance(again, pipes.Pipeline)
    assert isinstance(made, base.BaseEstimator)
    assert type(build()) is pipeline.Pipeline
