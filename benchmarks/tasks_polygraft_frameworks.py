"""What symbolizing costs in real frameworks: each task beside the same thing without this library, in one process."""

from __future__ import annotations

from worker import Growth, Pair, Task

import polygraft as pg


def version() -> str:
    return pg.__version__


# -- PyTorch ---------------------------------------------------------------------------------------
def _torch_layers(symbolic: bool):
    from torch import nn

    plain = (nn.Sequential, nn.Linear, nn.ReLU)
    return tuple(map(pg.symbolize, plain)) if symbolic else plain


def _torch_model(symbolic: bool, width: int = 4):
    Sequential, Linear, ReLU = _torch_layers(symbolic)
    return Sequential(Linear(4, width), ReLU(), Linear(width, 2))


def torch_call(scale: int) -> Pair:
    """The forward pass of a model of three layers, so small that what happens around them counts."""
    import torch

    x = torch.ones(1, 4)

    def task(model) -> Task:
        return Task("model(x)", {"model": model.eval(), "x": x})

    return Pair(task(pg.clone(_torch_model(True))), task(_torch_model(False)))


def torch_create(scale: int) -> Pair:
    """The constructor calls of a model of three layers; four nodes."""

    def task(symbolic: bool) -> Task:
        Sequential, Linear, ReLU = _torch_layers(symbolic)
        names = {"Sequential": Sequential, "Linear": Linear, "ReLU": ReLU}
        return Task("Sequential(Linear(4, 4), ReLU(), Linear(4, 2))", names)

    return Pair(task(True), task(False), nodes=4)


def torch_train(scale: int) -> Pair:
    """A training step of the model, by an optimizer from a functor and by one that was called directly."""
    import torch

    def task(model, optimizer) -> Task:
        x, y = torch.ones(8, 4), torch.ones(8, 2)
        loss = torch.nn.functional.mse_loss
        names = {"model": model, "optimizer": optimizer, "x": x, "y": y, "loss": loss}
        return Task("optimizer.zero_grad(); loss(model(x), y).backward(); optimizer.step()", names)

    ours = _torch_model(True, 8)
    pg.patch(ours, lambda k, v: 4 if v == 8 else v)  # so that its optimizers are watched
    sgd = pg.functor(torch.optim.SGD)(lr=0.01)
    plain = _torch_model(False)
    return Pair(
        task(ours, sgd(ours.parameters())),
        task(plain, torch.optim.SGD(plain.parameters(), lr=0.01)),
    )


def torch_clone_patch(scale: int) -> Growth:
    """Clone and patch of a model of 100 million weights (of fewer in a smoke run)."""
    Sequential, Linear, ReLU = _torch_layers(True)
    side = 10_000 if scale >= 100_000 else 100
    model = Sequential(Linear(side, side), ReLU(), Linear(side, 10))

    def rule(k, v):
        return 2 * side if k and k.key in ("in_features", "out_features") and v == side else v

    pg.patch(pg.clone(_torch_model(True)), rule)  # what is loaded at first use does not count
    return Growth(lambda: pg.patch(pg.clone(model), rule), without=4 * side * side)


# -- Flax ------------------------------------------------------------------------------------------
def _linen_layers(symbolic: bool):
    from flax import linen

    plain = (linen.Sequential, linen.Dense, linen.LayerNorm)
    return tuple(map(pg.symbolize, plain)) if symbolic else plain


def linen_call(scale: int) -> Pair:
    """A compiled forward pass of a linen model: after tracing, the same code."""
    import jax

    x = jax.numpy.ones((1, 4))

    def task(model) -> Task:
        params = model.init(jax.random.key(0), x)
        call = jax.jit(model.apply)
        return Task("call(params, x).block_until_ready()", {"call": call, "params": params, "x": x})

    def model(symbolic: bool):
        Sequential, Dense, LayerNorm = _linen_layers(symbolic)
        return Sequential([Dense(4), LayerNorm(), Dense(2)])

    return Pair(task(pg.clone(model(True))), task(model(False)))


def linen_create(scale: int) -> Pair:
    """The constructor calls of a linen model; four nodes."""

    def task(symbolic: bool) -> Task:
        Sequential, Dense, LayerNorm = _linen_layers(symbolic)
        names = {"Sequential": Sequential, "Dense": Dense, "LayerNorm": LayerNorm}
        return Task("Sequential([Dense(4), LayerNorm(), Dense(2)])", names)

    return Pair(task(True), task(False), nodes=4)


def _nnx_layers(symbolic: bool):
    from flax import nnx

    plain = (nnx.Sequential, nnx.Linear, nnx.LayerNorm, nnx.Rngs)
    return tuple(map(pg.symbolize, plain)) if symbolic else plain


def nnx_call(scale: int) -> Pair:
    """The forward pass of an nnx layer, not compiled: the Python code that runs is the class's own."""
    import jax

    x = jax.numpy.ones((1, 4))

    def task(symbolic: bool) -> Task:
        _, Linear, _, Rngs = _nnx_layers(symbolic)
        layer = Linear(4, 2, rngs=Rngs(0))
        return Task("layer(x)", {"layer": pg.clone(layer) if symbolic else layer, "x": x})

    return Pair(task(True), task(False))


def nnx_create(scale: int) -> Pair:
    """The constructor calls of an nnx model, which draw weights; five nodes."""

    def task(symbolic: bool) -> Task:
        Sequential, Linear, LayerNorm, Rngs = _nnx_layers(symbolic)
        names = {"Sequential": Sequential, "Linear": Linear, "LayerNorm": LayerNorm, "Rngs": Rngs}
        code = "rngs = Rngs(0); Sequential(Linear(4, 4, rngs=rngs), LayerNorm(4, rngs=rngs), Linear(4, 2, rngs=rngs))"
        return Task(code, names)

    return Pair(task(True), task(False), nodes=5)


# -- Keras -----------------------------------------------------------------------------------------
def _keras_layers(symbolic: bool):
    import os

    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras

    plain = (keras.Sequential, keras.layers.Dense, keras.layers.ReLU)
    return tuple(map(pg.symbolize, plain)) if symbolic else plain


def keras_call(scale: int) -> Pair:
    """A compiled forward pass of a built Keras model on JAX, the way its trainer runs it."""

    def task(symbolic: bool) -> Task:
        Sequential, Dense, ReLU = _keras_layers(symbolic)
        import jax

        x = jax.numpy.ones((1, 4))
        model = Sequential([Dense(4), ReLU(), Dense(2)])
        model = pg.clone(model) if symbolic else model
        model(x)
        state = [v.value for v in model.trainable_variables]
        call = jax.jit(lambda state, x: model.stateless_call(state, [], x)[0])
        return Task("call(state, x).block_until_ready()", {"call": call, "state": state, "x": x})

    return Pair(task(True), task(False))


def keras_create(scale: int) -> Pair:
    """The constructor calls of a Keras model without shapes; four nodes."""

    def task(symbolic: bool) -> Task:
        Sequential, Dense, ReLU = _keras_layers(symbolic)
        names = {"Sequential": Sequential, "Dense": Dense, "ReLU": ReLU}
        return Task("Sequential([Dense(4), ReLU(), Dense(2)])", names)

    return Pair(task(True), task(False), nodes=4)


_TORCH = (torch_call, torch_create, torch_train, torch_clone_patch)
_JAX = (linen_call, linen_create, nnx_call, nnx_create, keras_call, keras_create)
TASKS = {f.__name__: f for f in (*_TORCH, *_JAX)}
