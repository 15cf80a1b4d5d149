"""Flax, optax and JAX: corners of recipes, recorded arguments, random streams and files."""

from __future__ import annotations

import doctest
import pickle
import sys
from typing import Any

import pytest

flax = pytest.importorskip("flax")
optax = pytest.importorskip("optax")
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from flax import linen, nnx  # noqa: E402

import polygraft as pg  # noqa: E402
from polygraft.integrations.jax import Recipe  # noqa: E402
from polygraft.symbolic.wrapping import is_realized  # noqa: E402

pytestmark = pytest.mark.frameworks

Adam, Sgd, Chain, Clip, Cosine = (
    pg.symbolize(getattr(optax, name))
    for name in ("adam", "sgd", "chain", "clip", "cosine_decay_schedule")
)
Dense, Rngs, Linear, Sequential = map(
    pg.symbolize, (linen.Dense, nnx.Rngs, nnx.Linear, nnx.Sequential)
)
X = jnp.ones((2, 3))
KEY = jax.random.key(0)
PARAMS = {"w": jnp.ones(3)}


# -- recipes ---------------------------------------------------------------------------------------
def test_functions_that_make_functions_give_recipes_and_others_plain_functors():
    for function in (optax.adam, optax.cosine_decay_schedule, linen.initializers.he_normal):
        assert issubclass(pg.symbolize(function), Recipe)
        assert issubclass(pg.functor(function), Recipe)
    for function in (optax.softmax_cross_entropy, optax.apply_updates):
        assert not issubclass(pg.symbolize(function), Recipe)


def test_a_recipe_without_all_arguments_is_a_functor_like_any_other():
    assert float(Cosine(1.0)(decay_steps=10)(5)) == pytest.approx(0.5)
    with pytest.raises(TypeError, match="learning_rate"):
        Adam().init(PARAMS)
    assert isinstance(Adam(b1=0.5)(0.1), optax.GradientTransformation)


def test_a_recipe_with_placeholders_says_so_when_used():
    recipe = Chain(Clip(1.0), Adam(pg.floatv(0.1, 1.0)))
    for use in (recipe, lambda: recipe.init(PARAMS), lambda: optax.chain(recipe).init(PARAMS)):
        with pytest.raises(ValueError, match=r"placeholders.*'args\[1\].learning_rate'"):
            use()


def test_recipes_in_lists_and_dicts_are_made_and_these_are_plain():
    partition = pg.symbolize(optax.partition)
    recipe = partition({"a": Adam(0.1), "b": Sgd(0.2)}, {"w": "a", "v": "b"})
    state = recipe().init({"w": jnp.ones(2), "v": jnp.ones(1)})
    assert set(state.inner_states) == {"a", "b"}
    join = pg.symbolize(optax.join_schedules)
    schedule = join([Cosine(1.0, 10), Cosine(0.5, 10)], [5])
    assert float(schedule(0)) == 1.0 and float(schedule(5)) == 0.5


def test_functions_given_to_recipes_pass_and_are_saved_by_name():
    inject = pg.symbolize(optax.inject_hyperparams)(optax.adam)
    assert "learning_rate" in inject()(learning_rate=0.1).init(PARAMS).hyperparams
    text = pg.to_json_str(inject)
    assert '"optax.adam"' in text
    assert pg.eq(pg.from_json_str(text, trusted=["optax"]), inject)
    with pytest.raises(ValueError, match=r"trusted=\['optax'\]"):
        pg.from_json_str(text)


def test_extra_arguments_of_updates_reach_the_transformation():
    chain = Chain(pg.symbolize(optax.contrib.reduce_on_plateau)(patience=0), Sgd(1.0))
    for tx in (chain(), chain):
        state = tx.init(PARAMS)
        updates, _ = tx.update(PARAMS, state, PARAMS, value=1.0)
        assert updates["w"].shape == (3,)


def test_an_edit_of_a_recipe_reaches_compiled_functions_that_hold_it():
    recipe = Chain(Sgd(0.1))
    model = nnx.Linear(3, 2, rngs=nnx.Rngs(0))
    optimizer = nnx.Optimizer(model, recipe, wrt=nnx.Param)

    @nnx.jit
    def step(model: Any, optimizer: Any) -> None:
        optimizer.update(model, nnx.grad(lambda m: m(X).sum())(model))

    def moved() -> float:
        before = model.bias[...]
        step(model, optimizer)
        return float((before - model.bias[...]).max())

    assert moved() == pytest.approx(0.2)
    recipe.args[0].rebind(learning_rate=1.0)
    assert moved() == pytest.approx(2.0)


def test_recipes_are_cloned_compared_and_pickled():
    recipe = Chain(Clip(1.0), Adam(Cosine(0.1, 10)))
    other = pickle.loads(pickle.dumps(recipe))
    assert other == recipe and hash(other) == hash(recipe) and type(other) is Chain
    assert pg.clone(recipe) == recipe and recipe != Chain(Clip(2.0))


def test_the_example_of_recipes_runs():
    assert doctest.testmod(sys.modules[Recipe.__module__]) == (0, 6)


def test_symbolizing_a_function_twice_gives_one_class():
    assert pg.symbolize(optax.adam) is Adam


# -- what is recorded ------------------------------------------------------------------------------
def test_copies_that_linen_makes_record_no_parent_and_no_default():
    class Outer(linen.Module):
        inner: Any

        @linen.compact
        def __call__(self, x):
            seen.append(self.inner)
            return self.inner(x)

    seen: list[Any] = []
    model = pg.symbolize(Outer)(Dense(4))
    params = model.init(KEY, X)
    bound = model.bind(params)
    for m in (seen[0], bound.inner, Dense(4).clone()):
        assert pg.eq(m, Dense(4)) and "initializers" not in pg.to_json_str(m)
        assert pg.clone(m).init(KEY, X)["params"]["kernel"].shape == (3, 4)
    assert pg.eq(bound, model)
    assert pg.query(bound, ".*features") == {"inner.features": 4}


def test_a_name_is_an_argument():
    class Outer(linen.Module):
        make: Any

        @linen.compact
        def __call__(self, x):
            return self.make()(x)

    template = Dense(4, name="first")
    model = Outer(lambda: pg.clone(template))
    assert list(model.init(KEY, X)["params"]) == ["first"]


def test_printing_a_module_inside_a_call_shows_it_alone():
    class Outer(linen.Module):
        inner: Any

        def setup(self):
            self.made = Dense(2)

        def __call__(self, x):
            seen.append((str(self.made), str(self.inner)))
            return self.made(self.inner(x))

    seen: list[Any] = []
    pg.symbolize(Outer)(Dense(4)).init(KEY, X)
    assert all("Outer" not in text and "Scope" not in text for text in seen[0])


# -- random streams --------------------------------------------------------------------------------
def kernels(model: Any) -> list[Any]:
    return [np.asarray(x) for x in jax.tree.leaves(nnx.state(model, nnx.Param))]


def same(a: Any, b: Any) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(kernels(a), kernels(b), strict=True))


def test_streams_that_others_use_go_on_so_that_no_key_comes_twice():
    rngs = Rngs(0)
    model = Sequential(Linear(3, 3, rngs=rngs), Linear(3, 3, rngs=rngs))
    first = model.layers[0].kernel[...]
    pg.patch(model, {"fns[1].use_bias": False})
    assert (model.layers[0].kernel[...] == first).all()
    assert not (model.layers[1].kernel[...] == first).any()


def test_a_failed_edit_leaves_module_and_streams():
    model = Linear(3, 2, rngs=Rngs(0))
    rngs, kernel = pg.args(model).rngs, model.kernel
    drawn = int(rngs.params.count[...])

    def refuse(x: Any) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        pg.patch(model, [{"out_features": 5}, lambda k, v, p: refuse(v) if k else v])
    assert model.kernel is kernel and is_realized(rngs) and int(rngs.params.count[...]) == drawn


def test_a_plain_rngs_object_cannot_be_saved_and_the_error_says_what_can():
    model = Linear(3, 2, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match=r"flax.nnx.rnglib.Rngs.*pg.symbolize.*path=rngs"):
        pg.to_json(model)


def test_a_deferred_module_is_a_pytree_with_paths():
    model = pg.clone(Linear(3, 2, rngs=Rngs(0)))
    paths = [jax.tree_util.keystr(path) for path, _ in jax.tree_util.tree_leaves_with_path(model)]
    assert any("kernel" in path for path in paths)


def test_modules_that_are_no_pytrees_stay_none():
    class Opaque(nnx.Module, pytree=False):
        def __init__(self, *, rngs):
            self.linear = nnx.Linear(3, 2, rngs=rngs)

    x = pg.clone(pg.symbolize(Opaque)(rngs=Rngs(0)))
    assert len(jax.tree.leaves(x)) == len(jax.tree.leaves(Opaque(rngs=nnx.Rngs(0)))) == 1


# -- files -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("function", "name"),
    [
        (jax.nn.relu, "jax.nn.relu"),
        (linen.gelu, "jax.nn.gelu"),
        (jnp.tanh, "jax.numpy.tanh"),
        (jnp.add, "jax.numpy.add"),
        (np.tanh, "numpy.tanh"),
        (optax.adam, "optax.adam"),
    ],
)
def test_callables_of_any_kind_are_saved_under_their_public_name(function, name):
    data = pg.to_json(pg.Dict(f=function))
    assert data == {"f": {"_type": "function", "name": name}}
    with pytest.raises(ValueError, match="trusted"):
        pg.from_json(data)
    assert pg.from_json(data, trusted=[name.partition(".")[0]]).f is function


def test_a_callable_that_its_name_does_not_find_is_refused():
    jitted = jax.jit(lambda x: x)
    with pytest.raises(ValueError, match=r"path=f"):
        pg.to_json(pg.Dict(f=jitted))


# -- the same computation --------------------------------------------------------------------------
def jaxpr(function: Any, *arguments: Any) -> str:
    """The traced computation, in JAX's own normal form of names."""
    return str(jax.make_jaxpr(function)(*arguments))


class Plain(linen.Module):
    inner: Any
    width: int = 4

    @linen.compact
    def __call__(self, x):
        return self.inner(linen.relu(linen.Dense(self.width)(x)))


def test_a_linen_module_is_traced_to_the_same_computation():
    model, plain = pg.symbolize(Plain)(Dense(2)), Plain(linen.Dense(2))
    params = plain.init(KEY, X)
    expected = jaxpr(plain.apply, params, X)
    assert "dot_general" in expected
    for m in (model, pg.clone(model)):
        assert jaxpr(m.apply, params, X) == expected
        assert jaxpr(m.init, KEY, X) == jaxpr(plain.init, KEY, X)


def test_an_nnx_module_is_traced_to_the_same_computation():
    model = Sequential(Linear(3, 4, rngs=Rngs(0)), nnx.relu, Linear(4, 2, rngs=Rngs(1)))
    plain = nnx.Sequential(
        nnx.Linear(3, 4, rngs=nnx.Rngs(0)), nnx.relu, nnx.Linear(4, 2, rngs=nnx.Rngs(1))
    )
    expected = jaxpr(lambda m, x: m(x), plain, X)
    assert "dot_general" in expected
    for m in (model, pg.clone(model)):
        assert jaxpr(lambda m, x: m(x), m, X) == expected


def test_a_recipe_makes_the_same_computation():
    recipe, plain = Chain(Clip(1.0), Adam(0.1)), optax.chain(optax.clip(1.0), optax.adam(0.1))
    state = plain.init(PARAMS)
    expected = jaxpr(plain.update, PARAMS, state, PARAMS)
    assert jaxpr(recipe().update, PARAMS, state, PARAMS) == expected
    assert jaxpr(lambda *a: recipe.update(*a), PARAMS, state, PARAMS) == expected
