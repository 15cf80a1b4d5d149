"""Flax: nnx modules (graph nodes with a metaclass) and linen modules (dataclasses that walk their class bodies)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

flax = pytest.importorskip("flax")
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
from flax import linen, nnx  # noqa: E402

from polygraft.symbolic import clone, eq, query, rebind  # noqa: E402
from polygraft.symbolic.wrapping import args, is_realized, symbolize  # noqa: E402

pytestmark = pytest.mark.frameworks


@symbolize
class Block(nnx.Module):
    def __init__(self, features, hidden=4, *, seed=0):
        rngs = nnx.Rngs(seed)
        self.first = nnx.Linear(features, hidden, rngs=rngs)
        self.second = nnx.Linear(hidden, features, rngs=rngs)

    def __call__(self, x):
        return self.second(nnx.relu(self.first(x)))


@symbolize
class Stack(nnx.Module):
    def __init__(self, blocks):
        self.blocks = nnx.List(blocks)

    def __call__(self, x):
        for block in self.blocks:
            x = block(x)
        return x


def test_nnx_module_is_cloned_edited_and_run():
    block = Block(2)
    stack = Stack([block, Block(2, 8)])
    x = jnp.ones((1, 2))
    y = stack(x)
    c = clone(stack)
    assert not is_realized(c)
    assert jnp.allclose(c(x), y)
    rebind(c, {"blocks[0].hidden": 16})
    assert c(x).shape == (1, 2) and c.blocks[0].first.kernel.shape == (2, 16)
    assert stack.blocks[0].first.kernel.shape == (2, 4)


def test_nnx_sees_nothing_symbolic():
    block, plain = Block(2), Block.sym_wrapped_cls(2)
    assert vars(block).keys() == vars(plain).keys()
    a, b = nnx.state(block), nnx.state(plain)
    assert jax.tree.structure(a) == jax.tree.structure(b)
    _, state = nnx.split(clone(block))
    assert len(jax.tree.leaves(state)) == 4


def test_nnx_jit_and_grad_take_deferred_modules():
    @nnx.jit
    def loss(model: Any, x: Any) -> Any:
        return (model(x) ** 2).mean()

    x = jnp.ones((3, 2))
    a, b = Block(2), clone(Block(2))
    assert jnp.allclose(loss(a, x), loss(b, x))
    grads = nnx.grad(loss)(clone(a), x)
    assert len(jax.tree.leaves(grads)) == 4


class Attention(linen.Module):
    features: int
    heads: int = 2

    @linen.compact
    def __call__(self, x):
        return linen.Dense(self.features * self.heads, name="dense")(x)


class Explicit(linen.Module):
    inner: Any
    out: int = 3

    def setup(self):
        self.dense = linen.Dense(self.out)

    def __call__(self, x):
        return self.dense(self.inner(x))


SymbolicAttention, SymbolicExplicit = map(symbolize, (Attention, Explicit))


def test_linen_module_is_cloned_edited_and_run():
    model = SymbolicExplicit(SymbolicAttention(4), out=5)
    key, x = jax.random.key(0), jnp.ones((1, 2))
    params = model.init(key, x)
    plain = Explicit(Attention(4), out=5)
    assert jax.tree.structure(params) == jax.tree.structure(plain.init(key, x))
    assert jnp.allclose(model.apply(params, x), plain.apply(params, x))
    c = rebind(clone(model), {"inner.heads": 3, "out": 7})
    assert not is_realized(c)
    assert c.init_with_output(key, x)[0].shape == (1, 7)
    assert query(c, ".*heads") == {"inner.heads": 3}
    assert args(model).inner.heads == 2 and eq(clone(model), model)


def test_linen_modules_stay_dataclasses():
    model = SymbolicAttention(4)
    fields = [f.name for f in dataclasses.fields(model)]
    assert fields == [f.name for f in dataclasses.fields(Attention(4))]
    assert model == SymbolicAttention(4) and hash(model) == hash(SymbolicAttention(4))
    assert clone(model) == model
    other = model.clone(heads=5)
    assert type(other) is SymbolicAttention and other.heads == 5 and args(other).heads == 5
