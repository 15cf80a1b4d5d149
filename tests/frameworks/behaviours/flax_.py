"""Flax: linen and nnx modules, and the optax transformations that train them, as programs."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from typing import Any

from tests.frameworks.behaviours.registry import behaviour

F = "Flax"
_classes: dict[str, Any] = {}


def inputs() -> Any:
    import jax.numpy as jnp

    return jnp.linspace(-1.0, 1.0, 12).reshape(4, 3)


def key() -> Any:
    import jax

    return jax.random.key(0)


def linen_classes() -> dict[str, Any]:
    """Plain linen classes, written in both of Flax's styles."""
    if "MLP" in _classes:
        return _classes
    import jax.numpy as jnp
    from flax import linen

    class MLP(linen.Module):
        widths: Sequence[int]
        activation: Callable[..., Any] = linen.relu
        dtype: Any = jnp.float32

        @linen.compact
        def __call__(self, x):
            for width in self.widths[:-1]:
                x = self.activation(linen.Dense(width, dtype=self.dtype)(x))
            return linen.Dense(self.widths[-1], dtype=self.dtype)(x)

    class Head(linen.Module):
        body: Any
        outputs: int = 2

        def setup(self):
            self.dense = linen.Dense(self.outputs)

        def __call__(self, x):
            return self.dense(self.body(x))

    class Sum(linen.Module):
        parts: dict[str, Any]

        @linen.compact
        def __call__(self, x):
            return sum(part(x) for part in self.parts.values())

    class Twice(linen.Module):
        first: Any
        second: Any

        def __call__(self, x):
            return self.second(self.first(x))

    for cls in (MLP, Head, Sum, Twice):
        cls.__module__, cls.__qualname__ = __name__, cls.__name__
        globals()[cls.__name__] = cls
        _classes[cls.__name__] = cls
    return _classes


def linen_of(pg: Any, *names: str) -> list[Any]:
    return [pg.symbolize(linen_classes()[name]) for name in names]


def nnx_net() -> Any:
    if "Net" not in _classes:
        from flax import nnx

        class Net(nnx.Module):
            def __init__(self, inputs, hidden, outputs, activation=nnx.relu, *, rngs):
                self.first = nnx.Linear(inputs, hidden, rngs=rngs)
                self.second = nnx.Linear(hidden, outputs, rngs=rngs)
                self.activation = activation

            def __call__(self, x):
                return self.second(self.activation(self.first(x)))

        Net.__module__, Net.__qualname__ = __name__, "Net"
        globals()["Net"] = _classes["Net"] = Net
    return _classes["Net"]


def net(pg: Any, hidden: int = 4) -> Any:
    from flax import nnx

    return pg.symbolize(nnx_net())(3, hidden, 2, rngs=pg.symbolize(nnx.Rngs)(0))


def plain_net(hidden: int = 4) -> Any:
    from flax import nnx

    return nnx_net()(3, hidden, 2, rngs=nnx.Rngs(0))


def same_arrays(a: Any, b: Any) -> bool:
    import jax

    return jax.tree.structure(a) == jax.tree.structure(b) and jax.tree.all(
        jax.tree.map(lambda x, y: bool((x == y).all()), a, b)
    )


def shapes(tree: Any) -> Any:
    import jax

    return jax.tree.map(lambda x: x.shape, tree)


# -- linen -----------------------------------------------------------------------------------------
@behaviour(F, "linen: init and apply give what the plain module gives with the same key")
def linen_init_apply(pg: Any) -> None:
    mlp, head = linen_of(pg, "MLP", "Head")
    plain = linen_classes()
    model = head(mlp((4, 3)), outputs=2)
    other = plain["Head"](plain["MLP"]((4, 3)), outputs=2)
    expected = other.init(key(), inputs())
    for m in (model, model.clone()):
        params = m.init(key(), inputs())
        assert same_arrays(params, expected)
        assert (m.apply(params, inputs()) == other.apply(params, inputs())).all()


@behaviour(F, "linen: a deferred clone is patched and initialises with the new arguments")
def linen_patched(pg: Any) -> None:
    mlp, head = linen_of(pg, "MLP", "Head")
    model = head(mlp((4, 3)), outputs=2)
    c = pg.patch(pg.clone(model), {"body.widths": (8, 5), "outputs": 7})
    params = shapes(c.init(key(), inputs()))["params"]
    assert params["dense"]["kernel"] == (5, 7) and params["body"]["Dense_0"]["kernel"] == (3, 8)
    assert shapes(model.init(key(), inputs()))["params"]["dense"]["kernel"] == (3, 2)


@behaviour(
    F, "linen: a list and a dict of modules arrive as plain ones; parameters are named as usual"
)
def linen_containers(pg: Any) -> None:
    from flax import linen

    dense, sequential, (total,) = (
        pg.symbolize(linen.Dense),
        pg.symbolize(linen.Sequential),
        linen_of(pg, "Sum"),
    )
    model = sequential([dense(4), linen.relu, total({"a": dense(2), "b": dense(2)})])
    plain = linen.Sequential(
        [
            linen.Dense(4),
            linen.relu,
            linen_classes()["Sum"]({"a": linen.Dense(2), "b": linen.Dense(2)}),
        ]
    )
    expected = plain.init(key(), inputs())
    for m in (model, model.clone()):
        assert same_arrays(m.init(key(), inputs()), expected)
        assert type(m.layers) is type(plain.layers) and type(m.layers[2].parts) is type(
            plain.layers[2].parts
        )


@behaviour(F, "linen: a module used at two places is one module, also in a clone")
def linen_tied(pg: Any) -> None:
    from flax import linen

    (twice,) = linen_of(pg, "Twice")
    shared = pg.symbolize(linen.Dense)(3)
    model = twice(shared, shared)
    for m in (model, model.clone()):
        assert m.first is m.second
        assert list(m.init(key(), inputs())["params"]) == ["first"]


@behaviour(F, "linen: jit, grad and vmap of apply, of modules built and deferred")
def linen_transforms(pg: Any) -> None:
    import jax

    (mlp,) = linen_of(pg, "MLP")
    plain = linen_classes()["MLP"]((4, 2))
    x, model = inputs(), mlp((4, 2))
    params = plain.init(key(), x)
    for m in (model, model.clone()):
        assert jax.numpy.allclose(jax.jit(m.apply)(params, x), plain.apply(params, x))
        assert jax.vmap(m.apply, (None, 0))(params, x).shape == (4, 2)
        ours = jax.grad(lambda p, m=m: m.apply(p, x).sum())(params)
        assert same_arrays(ours, jax.grad(lambda p: plain.apply(p, x).sum())(params))


@behaviour(F, "linen: after an edit, functions compiled before run the new program")
def linen_traces(pg: Any) -> None:
    import jax
    import jax.numpy as jnp

    (mlp,) = linen_of(pg, "MLP")
    model, x = mlp((4, 2)), inputs()
    params = model.init(key(), x)
    old = jax.jit(model.apply)
    before = old(params, x)
    model.rebind({"activation": jnp.tanh})
    expected = linen_classes()["MLP"]((4, 2), activation=jnp.tanh).apply(params, x)
    assert not jnp.allclose(before, expected)
    for f in (jax.jit(model.apply), jax.jit(lambda p, x: model.apply(p, x)), old):
        assert jnp.allclose(f(params, x), expected)


@behaviour(F, "linen: nn.jit, nn.remat, nn.vmap and nn.scan take symbolic modules")
def linen_lifted(pg: Any) -> None:
    import jax
    from flax import linen

    (mlp,) = linen_of(pg, "MLP")
    dense = pg.symbolize(linen.Dense)
    x = inputs()
    expected = linen_classes()["MLP"]((4, 2)).init(key(), x)
    jitted = linen.jit(linen_classes()["MLP"])((4, 2)).init(key(), x)
    assert same_arrays(linen.jit(mlp)((4, 2)).init(key(), x), jitted)
    assert shapes(linen.remat(mlp)((4, 2)).init(key(), x)) == shapes(expected)
    mapped = linen.vmap(dense, variable_axes={"params": 0}, split_rngs={"params": True})(5)
    assert mapped.init(key(), x)["params"]["kernel"].shape == (4, 3, 5)
    rnn = pg.symbolize(linen.RNN)(pg.symbolize(linen.GRUCell)(6))
    for m in (rnn, rnn.clone()):
        assert m.init_with_output(key(), jax.numpy.ones((2, 5, 3)))[0].shape == (2, 5, 6)


@behaviour(F, "linen: Module.clone, bind and tabulate work and stay symbolic")
def linen_methods(pg: Any) -> None:
    mlp, head = linen_of(pg, "MLP", "Head")
    model = head(mlp((4, 3)))
    plain_clone = linen_classes()["Head"].clone
    params = model.init(key(), inputs())
    other = plain_clone(model, outputs=5)
    assert other.outputs == 5 and pg.query(other, ".*outputs") == {"outputs": 5}
    bound = model.bind(params)
    assert (bound(inputs()) == model.apply(params, inputs())).all()
    assert "dense" in model.tabulate(key(), inputs())
    assert pg.eq(pg.clone(bound), model) or "Scope" not in str(pg.clone(bound))


@behaviour(F, "linen: modules stay dataclasses: equality, hash and fields")
def linen_dataclass(pg: Any) -> None:
    import dataclasses

    (mlp,) = linen_of(pg, "MLP")
    model = mlp((4, 2))
    assert model == mlp((4, 2)) and hash(model) == hash(mlp((4, 2))) and model != mlp((4, 3))
    assert pg.clone(model) == model and hash(pg.clone(model)) == hash(model)
    plain = dataclasses.fields(linen_classes()["MLP"]((4, 2)))
    assert [f.name for f in dataclasses.fields(model)] == [f.name for f in plain]


@behaviour(F, "linen: a deferred module inside a plain one gets its usual name")
def linen_in_plain(pg: Any) -> None:
    (mlp,) = linen_of(pg, "MLP")
    plain = linen_classes()
    expected = plain["Head"](plain["MLP"]((4, 3))).init(key(), inputs())
    assert same_arrays(plain["Head"](pg.clone(mlp((4, 3)))).init(key(), inputs()), expected)


@behaviour(F, "linen: FrozenDict parameters and arguments pass")
def linen_frozen(pg: Any) -> None:
    from flax import linen
    from flax.core import FrozenDict, freeze

    dense, (total,) = pg.symbolize(linen.Dense), linen_of(pg, "Sum")
    model = total(FrozenDict({"a": dense(2)}))
    params = freeze(model.init(key(), inputs()))
    assert model.apply(params, inputs()).shape == (4, 2)
    assert model.clone().apply(params, inputs()).shape == (4, 2)


@behaviour(
    F, "linen: symbolic containers given to a module are JAX pytrees and plain lists and dicts"
)
def pytrees(pg: Any) -> None:
    import jax
    from flax import linen

    seen: list[Any] = []

    class Scaled(linen.Module):
        scales: Any

        def __call__(self, x):
            seen.append((type(self.scales["a"]), len(jax.tree.leaves(dict(self.scales)))))
            return jax.tree.map(lambda s: s * x, dict(self.scales))["a"][0]

    scaled = pg.symbolize(Scaled)
    model = scaled(pg.Dict(a=pg.List([2.0, 3.0]), b={"c": 4.0}))
    plain = Scaled({"a": [2.0, 3.0], "b": {"c": 4.0}})
    assert (model.apply({}, inputs()) == plain.apply({}, inputs())).all()
    assert (pg.clone(model).apply({}, inputs()) == plain.apply({}, inputs())).all()
    assert seen[0] == seen[1] == seen[2] and seen[0][1] == 3


def train(model: Any, transformation: Any, steps: int = 5) -> list[float]:
    """Trains a linen module the usual way; returns the losses."""
    import jax
    import jax.numpy as jnp
    import optax

    x = inputs()
    y = jnp.stack([x.sum(1), x[:, 0]], 1)
    params = model.init(key(), x)
    state = transformation.init(params)

    @jax.jit
    def step(params: Any, state: Any) -> Any:
        loss, grads = jax.value_and_grad(lambda p: ((model.apply(p, x) - y) ** 2).mean())(params)
        updates, state = transformation.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    losses: list[float] = []
    for _ in range(steps):
        params, state, loss = step(params, state)
        losses.append(float(loss))
    return losses


@behaviour(F, "an experiment is trained, patched by rules that do not know it, and trained again")
def experiment(pg: Any) -> None:
    import jax.numpy as jnp
    import optax

    (mlp,) = linen_of(pg, "MLP")
    adam = pg.symbolize(optax.adam)
    e = pg.Dict(model=mlp((8, 2)), optimizer=adam(0.01))
    losses = train(e.model, e.optimizer())
    assert (
        losses == train(linen_classes()["MLP"]((8, 2)), optax.adam(0.01)) and losses[-1] < losses[0]
    )

    def wider(k: Any, v: Any, p: Any) -> Any:
        return tuple(2 * w for w in v[:-1]) + v[-1:] if k and k.key == "widths" else v

    pg.patch(e, [wider, lambda k, v, p: 0.05 if k and k.key == "learning_rate" else v])
    pg.patch(e, {"model.activation": jnp.tanh})
    again = train(e.model, e.optimizer())
    plain = linen_classes()["MLP"]((16, 2), activation=jnp.tanh)
    assert again == train(plain, optax.adam(0.05)) and again != losses


@behaviour(F, "a search over widths, activations and the learning rate trains each candidate")
def search(pg: Any) -> None:
    import jax.numpy as jnp
    import optax

    (mlp,) = linen_of(pg, "MLP")
    space = pg.Dict(
        model=mlp(pg.oneof([(4, 2), (8, 2)]), activation=pg.oneof([jnp.tanh, jnp.sin])),
        optimizer=pg.symbolize(optax.adam)(pg.floatv(0.001, 0.1)),
    )
    seen: set[Any] = set()
    for e, feedback in pg.sample(space, pg.geno.Random(seed=1), 6):
        feedback(-train(e.model, e.optimizer(), 2)[-1])
        assert 0.001 <= e.optimizer.learning_rate <= 0.1
        seen.add((e.model.widths, e.model.activation.__name__))
    assert len(seen) > 1


# -- optax -----------------------------------------------------------------------------------------
def optax_of(pg: Any, *names: str) -> list[Any]:
    import optax

    return [pg.symbolize(getattr(optax, name)) for name in names]


def updates_of(transformation: Any) -> Any:
    """Two updates with made gradients."""
    import jax.numpy as jnp

    params, grads = {"w": jnp.ones(3)}, {"w": jnp.array([5.0, -1.0, 0.5])}
    state = transformation.init(params)
    _, state = transformation.update(grads, state, params)
    return transformation.update(grads, state, params)[0]["w"]


@behaviour(F, "optax: a transformation is printed, patched and called to get the real one")
def optax_functor(pg: Any) -> None:
    import optax

    (adam,) = optax_of(pg, "adam")
    a = adam(learning_rate=0.1)
    assert "learning_rate=0.1" in repr(a)
    assert (updates_of(a()) == updates_of(optax.adam(0.1))).all()
    a.rebind({"learning_rate": 0.2, "b1": 0.5})
    assert (updates_of(a()) == updates_of(optax.adam(0.2, b1=0.5))).all()


@behaviour(F, "optax: in a chain, the transformations and schedules inside are made with it")
def optax_chain(pg: Any) -> None:
    import optax

    chain, clip, adam, cosine = optax_of(pg, "chain", "clip", "adam", "cosine_decay_schedule")
    recipe = chain(clip(1.0), adam(cosine(0.1, decay_steps=10)))
    plain = optax.chain(optax.clip(1.0), optax.adam(optax.cosine_decay_schedule(0.1, 10)))
    assert (updates_of(recipe()) == updates_of(plain)).all()
    assert isinstance(recipe(), optax.GradientTransformationExtraArgs)
    assert pg.query(recipe, ".*decay_steps") == {"args[1].learning_rate.decay_steps": 10}
    c = pg.patch(recipe.clone(), {"args[0].max_delta": 0.5, "args[1].learning_rate": 0.3})
    plain = optax.chain(optax.clip(0.5), optax.adam(0.3))
    assert (updates_of(c()) == updates_of(plain)).all()


@behaviour(F, "optax: a recipe stands where plain code wants a transformation or a schedule")
def optax_stands_in(pg: Any) -> None:
    import optax
    from flax.training.train_state import TrainState

    clip, adam, cosine = optax_of(pg, "clip", "adam", "cosine_decay_schedule")
    plain = optax.chain(optax.clip(1.0), optax.adam(optax.cosine_decay_schedule(0.1, 10)))
    ours = optax.chain(clip(1.0), optax.adam(cosine(0.1, 10)))
    assert (updates_of(ours) == updates_of(plain)).all()
    assert float(cosine(0.1, 10)(5)) == float(optax.cosine_decay_schedule(0.1, 10)(5))
    params = {"w": inputs()}
    a = TrainState.create(apply_fn=None, params=params, tx=adam(0.1))
    b = TrainState.create(apply_fn=None, params=params, tx=optax.adam(0.1))
    assert same_arrays(
        a.apply_gradients(grads=params).params, b.apply_gradients(grads=params).params
    )


@behaviour(F, "optax: a chain is searched, saved without trust, and loads as an equal program")
def optax_search_save(pg: Any) -> None:
    import optax

    chain, clip, adam = optax_of(pg, "chain", "clip", "adam")
    space = chain(clip(pg.oneof([0.5, 1.0])), adam(pg.oneof([0.1, 0.2])))
    seen: list[Any] = []
    for recipe, feedback in pg.sample(space, pg.geno.Sweeping()):
        feedback(0.0)
        path = os.path.join(tempfile.mkdtemp(), "chain.json")
        pg.save(recipe, path)
        loaded = pg.load(path)
        assert pg.eq(loaded, recipe)
        d, lr = recipe.args[0].max_delta, recipe.args[1].learning_rate
        plain = optax.chain(optax.clip(d), optax.adam(lr))
        assert (updates_of(loaded()) == updates_of(plain)).all()
        seen.append((d, lr))
    assert sorted(seen) == [(0.5, 0.1), (0.5, 0.2), (1.0, 0.1), (1.0, 0.2)]


@behaviour(F, "an initializer with arguments is a functor: it initialises, is patched and saved")
def initializer(pg: Any) -> None:
    from flax import linen

    dense, lecun = pg.symbolize(linen.Dense), pg.symbolize(linen.initializers.lecun_normal)
    model = dense(4, kernel_init=lecun())
    plain = linen.Dense(4, kernel_init=linen.initializers.lecun_normal())
    assert same_arrays(model.init(key(), inputs()), plain.init(key(), inputs()))
    c = pg.from_json_str(pg.to_json_str(model))
    assert pg.eq(c, model) and same_arrays(c.init(key(), inputs()), plain.init(key(), inputs()))
    c.rebind({"kernel_init.in_axis": -1})
    plain = linen.Dense(4, kernel_init=linen.initializers.lecun_normal(in_axis=-1))
    assert same_arrays(c.init(key(), inputs()), plain.init(key(), inputs()))


# -- files -----------------------------------------------------------------------------------------
@behaviour(
    F,
    "dtypes and activations are saved by name; a file may name them where JAX is trusted",
    peer=False,
)
def saves(pg: Any) -> None:
    import jax
    import jax.numpy as jnp

    (mlp,) = linen_of(pg, "MLP")
    for activation in (jax.nn.relu, jax.nn.gelu, jnp.tanh):
        model = mlp((4, 2), activation=activation, dtype=jnp.bfloat16)
        text = pg.to_json_str(model)
        try:
            pg.from_json_str(text)
            raise AssertionError("loaded what nobody trusts")
        except ValueError as e:
            assert "trusted=['jax']" in str(e)
        loaded = pg.from_json_str(text, trusted=["jax"])
        assert pg.eq(loaded, model) and loaded.activation is activation
        assert loaded.init_with_output(key(), inputs())[0].dtype == jnp.bfloat16


@behaviour(
    F,
    "an initializer that is a closure cannot be saved: the error says where, and what to write",
    peer=False,
)
def closures(pg: Any) -> str:
    from flax import linen

    dense = pg.symbolize(linen.Dense)
    try:
        pg.to_json_str(pg.Dict(layer=dense(4, kernel_init=linen.initializers.lecun_normal())))
    except ValueError as e:
        assert "layer.kernel_init" in str(e) and "pg.symbolize(variance_scaling)" in str(e)
        return "A closure has no name; `pg.symbolize(lecun_normal)()` can be saved in its place."
    raise AssertionError("saved a closure")


# -- nnx -------------------------------------------------------------------------------------------
@behaviour(F, "nnx: a module constructs, splits and merges as the plain one")
def nnx_split(pg: Any) -> None:
    from flax import nnx

    model, plain = net(pg), plain_net()
    expected = nnx.state(plain)
    for m in (model, model.clone()):
        graph, state = nnx.split(m)
        assert same_arrays(state, expected)
        merged = nnx.merge(graph, state)
        assert isinstance(merged, nnx_net()) and (merged(inputs()) == plain(inputs())).all()


@behaviour(
    F,
    "nnx: with symbolic Rngs, a clone and a patched module have the weights that their arguments describe",
)
def nnx_rngs(pg: Any) -> None:
    from flax import nnx

    model = net(pg)
    model(inputs())
    assert same_arrays(nnx.state(model.clone()), nnx.state(plain_net()))
    model.rebind({"hidden": 6})
    assert same_arrays(nnx.state(model), nnx.state(plain_net(6)))


@behaviour(F, "nnx: jit and grad take deferred modules")
def nnx_transforms(pg: Any) -> None:
    import jax.numpy as jnp
    from flax import nnx

    @nnx.jit
    def loss(model: Any, x: Any) -> Any:
        return (model(x) ** 2).mean()

    model = net(pg)
    expected = loss(plain_net(), inputs())
    for m in (model, model.clone()):
        assert jnp.allclose(loss(m, inputs()), expected)
    grads = nnx.grad(loss)(model.clone(), inputs())
    assert same_arrays(grads, nnx.grad(loss)(plain_net(), inputs()))


@behaviour(F, "nnx: jax.tree, jax.jit and jax.grad take deferred modules")
def nnx_pytree(pg: Any) -> None:
    import jax

    model = net(pg)
    assert len(jax.tree.leaves(model.clone())) == len(jax.tree.leaves(plain_net()))
    c = model.clone()
    assert (
        jax.jit(lambda m, x: m(x))(c, inputs()) == jax.jit(lambda m, x: m(x))(plain_net(), inputs())
    ).all()
    linear = pg.symbolize(_linear())(3, 2, rngs=pg.symbolize(_rngs())(0))
    grads = jax.grad(lambda m: m(inputs()).sum(), allow_int=True)(linear.clone())
    assert grads.kernel.shape == (3, 2)
    assert type(jax.tree.map(lambda x: x, model.clone())).__name__ == "Net"


def _linear() -> Any:
    from flax import nnx

    return nnx.Linear


def _rngs() -> Any:
    from flax import nnx

    return nnx.Rngs


@behaviour(F, "nnx: trained with nnx.Optimizer, patched, trained again with the new structure")
def nnx_train(pg: Any) -> None:
    import optax
    from flax import nnx

    @nnx.jit
    def step(model: Any, optimizer: Any, x: Any) -> Any:
        loss, grads = nnx.value_and_grad(lambda m: (m(x) ** 2).mean())(model)
        optimizer.update(model, grads)
        return loss

    def run(model: Any, transformation: Any) -> list[float]:
        optimizer = nnx.Optimizer(model, transformation, wrt=nnx.Param)
        return [float(step(model, optimizer, inputs())) for _ in range(3)]

    (adam,) = optax_of(pg, "adam")
    model = net(pg)
    losses = run(model, adam(0.01)())
    assert losses == run(plain_net(), optax.adam(0.01))
    model.rebind({"hidden": 8, "activation": nnx.tanh})
    plain = nnx_net()(3, 8, 2, nnx.tanh, rngs=nnx.Rngs(0))
    assert run(model, adam(0.1)()) == run(plain, optax.adam(0.1))


@behaviour(F, "nnx: a symbolic nnx.Optimizer follows edits of its model and its transformation")
def nnx_optimizer(pg: Any) -> None:
    import jax.numpy as jnp
    from flax import nnx

    (sgd,) = optax_of(pg, "sgd")
    optimizer = pg.symbolize(nnx.Optimizer)(net(pg), sgd(0.0), wrt=nnx.Param)

    @nnx.jit
    def step(optimizer: Any, model: Any, x: Any) -> None:
        optimizer.update(model, nnx.grad(lambda m: (m(x) ** 2).mean())(model))

    def moved() -> Any:
        model = pg.query(optimizer, where=lambda v: isinstance(v, nnx_net()))["model"]
        before = model.first.kernel[...]
        step(optimizer, model, inputs())
        return jnp.abs(model.first.kernel[...] - before).max()

    assert moved() == 0
    optimizer.rebind({"tx.learning_rate": 0.5, "model.hidden": 7})
    assert moved() > 0.001
    optimizer.rebind({"tx.learning_rate": 0.0})
    assert moved() == 0


@behaviour(F, "nnx: what nnx.merge and jax.tree.map make has no recorded arguments", peer=False)
def nnx_merged(pg: Any) -> str:
    import jax
    from flax import nnx

    merged = nnx.merge(*nnx.split(net(pg)))
    assert merged(inputs()).shape == (4, 2)
    assert jax.tree.map(lambda x: x, net(pg))(inputs()).shape == (4, 2)
    try:
        pg.to_json(pg.Dict(model=merged))
    except ValueError as e:
        assert "(path=model)" in str(e)
        return "They are made past the constructor: they run, and are leaves of a program."
    raise AssertionError("saved")


@behaviour(F, "nnx: a sequence of modules is saved, loaded and equal, with shared Rngs")
def nnx_saved(pg: Any) -> None:
    from flax import nnx

    linear, sequential = pg.symbolize(nnx.Linear), pg.symbolize(nnx.Sequential)
    rngs = pg.symbolize(nnx.Rngs)(0)
    model = sequential(linear(3, 4, rngs=rngs), linear(4, 2, rngs=rngs))
    loaded = pg.from_json_str(pg.to_json_str(model))
    assert pg.eq(loaded, model)
    assert same_arrays(nnx.state(loaded), nnx.state(model))
