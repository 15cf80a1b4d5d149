"""Modules written the usual way, with layers built in `__init__`, in each framework."""

from __future__ import annotations

import copy
import os
import pickle
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax")

import pytest

import polygraft as pg

pytestmark = pytest.mark.frameworks


# -- PyTorch -------------------------------------------------------------------------------------
torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.nn import BatchNorm2d, Conv2d, Linear, ReLU  # noqa: E402


class BasicBlock(nn.Module):
    """A stranger's module: never symbolized."""

    def __init__(self, channels: int, norm: Any = BatchNorm2d):
        super().__init__()
        self.conv = Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn = norm(channels)
        self.act = ReLU(inplace=True)

    def forward(self, x: Any) -> Any:
        return self.act(self.bn(self.conv(x)) + x)


class ResNet(nn.Module):
    def __init__(self, width: int = 4, depth: int = 2, classes: int = 3):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, width, 3, padding=1), nn.ReLU())
        self.blocks = self._make_layers(width, depth)
        self.head = Linear(width, classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.ones_(m.weight)

    def _make_layers(self, width: int, depth: int) -> nn.Sequential:
        return nn.Sequential(*[BasicBlock(width) for _ in range(depth)])

    def forward(self, x: Any) -> Any:
        return self.head(self.blocks(self.stem(x)).mean((2, 3)))


class Separable(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any):
        super().__init__()
        self.depth = nn.Conv2d(in_channels, in_channels, kernel_size, padding=1, groups=in_channels)
        self.point = nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, x: Any) -> Any:
        return self.point(self.depth(x))


def resnet(*args: Any) -> Any:
    return pg.symbolize(ResNet, inner=nn)(*args)


X = torch.ones(2, 1, 5, 5)


def test_layers_of_an_unmodified_module_are_found_by_torch_like_names():
    net = resnet()
    found = pg.query(net, where=lambda v: isinstance(v, nn.Conv2d), inner=True)
    assert list(found) == ["@stem.args[0]", "@blocks/0/conv", "@blocks/1/conv"]
    assert bool((net.stem[0].weight == 1).all())
    assert list(net.state_dict()) == list(ResNet().state_dict())
    assert vars(net).keys() == vars(ResNet()).keys()


def test_rules_that_know_nothing_of_the_module():
    net = resnet()
    net(X).sum().backward()
    Sep, Gelu, Group = map(pg.symbolize, (Separable, nn.GELU, nn.GroupNorm))
    pg.patch(
        net,
        [
            lambda k, v: (
                Sep(v.in_channels, v.out_channels, v.kernel_size)
                if isinstance(v, nn.Conv2d) and pg.args(v).kernel_size == 3 and v.in_channels > 1
                else v
            ),
            lambda k, v: Gelu() if isinstance(v, nn.ReLU) else v,
            lambda k, v: Group(2, v.num_features) if isinstance(v, nn.BatchNorm2d) else v,
        ],
        inner=True,
    )
    types = [type(m) for m in net.modules()]
    assert types.count(Sep) == 2 and types.count(Group) == 2
    assert not any(isinstance(m, (nn.ReLU, nn.BatchNorm2d)) for m in net.modules())
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    before = [p.detach().clone() for p in net.parameters()]
    net(X).sum().backward()
    optimizer.step()
    assert any(not torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True))
    pg.patch(net, {"depth": 3})
    assert sum(type(m) is Sep for m in net.modules()) == 2 and net(X).shape == (2, 3)


def test_program_with_overrides_is_saved_copied_and_pickled(tmp_path):
    net = pg.patch(resnet(), {"@head.out_features": 7, "@blocks/0/act": pg.symbolize(nn.GELU)()})
    path = str(tmp_path / "net.json")
    pg.save(net, path)
    assert net(X).shape == (2, 7)
    for other in (
        pg.load(path),
        pg.clone(net),
        copy.deepcopy(net),
        pickle.loads(pickle.dumps(net)),
    ):
        assert pg.eq(other, net)
        assert other(X).shape == (2, 7) and isinstance(other.blocks[0].act, nn.GELU)
        assert isinstance(other.blocks[1].act, nn.ReLU)
    assert torch.equal(copy.deepcopy(net).head.weight, net.head.weight)


def test_scope_is_remembered_for_what_is_built_late():
    Plain = type("Other", (ResNet,), {})
    Other = pg.symbolize(Plain)
    assert pg.query(Other(), ".*@", inner=True) == {}
    with pg.wrap_module(nn):
        net = Other()
    assert isinstance(net.head, pg.ClassWrapper)
    late = pg.patch(pg.clone(net), {"@head.out_features": 9})
    assert late(X).shape == (2, 9)


def test_search_over_the_inside_of_a_module():
    space = pg.patch(
        pg.clone(resnet(2, 1)),
        lambda k, v: pg.oneof([nn.ReLU(), nn.GELU(), nn.Tanh()]) if isinstance(v, nn.ReLU) else v,
        inner=True,
    )
    names = set()
    for candidate, feedback in pg.sample(space, pg.geno.Random(seed=1), num_examples=6):
        names.add(
            tuple(
                type(m).__name__
                for m in candidate.modules()
                if isinstance(m, (nn.ReLU, nn.GELU, nn.Tanh))
            )
        )
        feedback(float(candidate(X).sum().detach()))
    assert len(names) > 2 and all(len(n) == 2 for n in names)


def test_clone_of_a_large_module_with_layers_inside_allocates_nothing():
    class Large(nn.Module):
        def __init__(self, width: int = 20_000):
            super().__init__()
            self.a = nn.Linear(width, width)

    with torch.device("meta"):
        net = pg.symbolize(Large, inner=nn)()
    other = pg.patch(
        pg.clone(net), lambda k, v: v * 2 if k and k.key == "out_features" else v, inner=True
    )
    assert repr(other) == "Large(width=20000, @a={out_features=40000})"
    assert pg.query(other, ".*out_features", inner=True) == {"@a.out_features": 40_000}


# -- Keras ---------------------------------------------------------------------------------------
def test_keras_subclassed_model():
    keras = pytest.importorskip("keras")
    import numpy as np

    class Mlp(keras.Model):
        def __init__(self, width=4):
            super().__init__()
            self.hidden = keras.layers.Dense(width, activation="relu")
            self.drop = keras.layers.Dropout(0.5)
            self.out = keras.layers.Dense(2)

        def call(self, x, training=False):
            return self.out(self.drop(self.hidden(x), training=training))

    x = np.ones((8, 3), "float32")
    model = pg.symbolize(Mlp, inner=keras.layers)()
    assert pg.query(model, ".*(units|rate)", inner=True) == {
        "@hidden.units": 4,
        "@drop.rate": 0.5,
        "@out.units": 2,
    }
    model.compile("sgd", "mse")
    model.fit(x, np.ones((8, 2)), verbose=0)
    other = pg.patch(pg.clone(model), {"@hidden.units": 6, "@drop.rate": 0.1})
    other.compile("sgd", "mse")
    other.fit(x, np.ones((8, 2)), verbose=0)
    assert other.hidden.units == 6 and other.hidden.kernel.shape == (3, 6)
    assert model.hidden.kernel.shape == (3, 4)


def test_keras_functional_graph_built_in_a_constructor():
    keras = pytest.importorskip("keras")
    import numpy as np

    class Graph(keras.Model):
        def __init__(self, width=4):
            inputs = keras.Input((3,))
            x = keras.layers.Dense(width, activation="relu")(inputs)
            super().__init__(inputs=inputs, outputs=keras.layers.Dense(2)(x))

    graph = pg.symbolize(Graph, inner=keras.layers)()
    units = pg.query(graph, ".*units", inner=True)
    assert sorted(units.values()) == [2, 4]
    first = next(p for p, v in units.items() if v == 4)
    other = pg.patch(pg.clone(graph), {first: 16})
    assert other(np.ones((1, 3), "float32")).shape == (1, 2)
    assert other.count_params() == 3 * 16 + 16 + 16 * 2 + 2


# -- Flax ----------------------------------------------------------------------------------------
def test_nnx_module_with_layers_inside():
    nnx = pytest.importorskip("flax.nnx")
    import jax.numpy as jnp

    class Mlp(nnx.Module):
        def __init__(self, width=4, *, rngs):
            self.hidden = nnx.Linear(3, width, rngs=rngs)
            self.drop = nnx.Dropout(0.5, rngs=rngs)
            self.out = nnx.Linear(width, 2, rngs=rngs)

        def __call__(self, x):
            return self.out(nnx.relu(self.hidden(x)))

    model = pg.symbolize(Mlp, inner=nnx)(rngs=nnx.Rngs(0))
    assert pg.query(model, ".*(out_features|rate)", inner=True) == {
        "@hidden.out_features": 4,
        "@drop.rate": 0.5,
        "@out.out_features": 2,
    }
    other = pg.patch(pg.clone(model), {"@out.out_features": 5, "@drop.rate": 0.1})
    assert other(jnp.ones((1, 3))).shape == (1, 5) and other.drop.rate == 0.1
    graphdef, state = nnx.split(other)
    assert nnx.merge(graphdef, state)(jnp.ones((1, 3))).shape == (1, 5)


# -- scikit-learn --------------------------------------------------------------------------------
def test_estimator_that_builds_others_in_its_constructor():
    pytest.importorskip("sklearn")
    import numpy as np
    from sklearn import linear_model
    from sklearn.base import BaseEstimator, ClassifierMixin

    class Two(ClassifierMixin, BaseEstimator):
        def __init__(self, c=1.0):
            self.c = c
            self.model = linear_model.LogisticRegression(C=c)

        def fit(self, x, y):
            self.model.fit(x, y)
            return self

    two = pg.symbolize(Two, inner=linear_model)()
    pg.patch(two, {"@model.C": 9.0})
    x, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 0, 1, 1])
    assert two.fit(x, y).model.C == 9.0 and pg.clone(two).fit(x, y).model.C == 9.0
