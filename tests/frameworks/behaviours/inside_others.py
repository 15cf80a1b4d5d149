"""What Flax modules and scikit-learn estimators make in their constructors."""

from __future__ import annotations

from typing import Any

from tests.frameworks.behaviours.registry import behaviour


def _mlp() -> Any:
    from flax import nnx

    class Mlp(nnx.Module):
        def __init__(self, width: int = 4, *, rngs: Any):
            self.hidden = nnx.Linear(3, width, rngs=rngs)
            self.norm = nnx.LayerNorm(width, rngs=rngs)
            self.drop = nnx.Dropout(0.5, rngs=rngs)
            self.out = nnx.Linear(width, 2, rngs=rngs)

        def __call__(self, x: Any) -> Any:
            return self.out(self.drop(nnx.relu(self.norm(self.hidden(x)))))

    return Mlp


@behaviour("Flax", "nnx: layers made in `__init__` are found, and changed by rules", peer=False)
def nnx_rules(pg: Any) -> None:
    import jax
    import jax.numpy as jnp
    from flax import nnx

    model = pg.symbolize(_mlp(), inner=nnx)(rngs=nnx.Rngs(0))
    assert pg.query(model, ".*(out_features|rate)", inner=True) == {
        "@hidden.out_features": 4,
        "@drop.rate": 0.5,
        "@out.out_features": 2,
    }
    other = pg.patch(
        pg.clone(model),
        [
            {
                "@drop.rate": 0.0,
                "@out.out_features": 5,
                "@norm": pg.symbolize(nnx.RMSNorm)(4, rngs=nnx.Rngs(1)),
            }
        ],
    )
    assert isinstance(other.norm, nnx.RMSNorm) and other(jnp.ones((1, 3))).shape == (1, 5)
    graphdef, state = nnx.split(other)
    assert jax.jit(lambda s, x: nnx.merge(graphdef, s)(x))(state, jnp.ones((2, 3))).shape == (2, 5)
    grads = nnx.grad(lambda m: m(jnp.ones((2, 3))).sum())(other)
    assert grads["out"]["kernel"].shape == (4, 5)


@behaviour(
    "Flax", "linen: submodules made in `setup` or a compact method are out of reach", peer=False
)
def linen_limit(pg: Any) -> str:
    import jax
    import jax.numpy as jnp
    from flax import linen

    class Mlp(linen.Module):
        width: int = 4

        @linen.compact
        def __call__(self, x: Any) -> Any:
            return linen.Dense(self.width)(x)

    model = pg.symbolize(Mlp, inner=linen)()
    model.init(jax.random.key(0), jnp.ones((1, 3)))
    assert pg.query(model, ".*features", inner=True) == {}
    assert pg.query(model, ".*width", inner=True) == {"width": 4}
    return (
        "linen makes them when the module is applied, not in a constructor: give them as arguments."
    )


@behaviour(
    "scikit-learn", "estimators made in `__init__` are found, and changed by rules", peer=False
)
def estimator(pg: Any) -> None:
    import numpy as np
    from sklearn import linear_model
    from sklearn.base import BaseEstimator, ClassifierMixin

    class Two(ClassifierMixin, BaseEstimator):
        def __init__(self, c=1.0):
            self.c = c
            self.models = [linear_model.LogisticRegression(C=c), linear_model.RidgeClassifier()]

        def fit(self, x, y):
            self.classes_ = np.unique(y)
            for m in self.models:
                m.fit(x, y)
            return self

        def predict(self, x):
            return self.models[0].predict(x)

    two = pg.symbolize(Two, inner=linear_model)()
    x, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 0, 1, 1])
    assert two.fit(x, y).predict(x).tolist() == [0, 0, 1, 1]
    pg.patch(two, lambda k, v: v * 10 if k and k.key in ("C", "alpha") else v, inner=True)
    assert two.fit(x, y).models[0].C == 10.0 and two.models[1].alpha == 10.0
    assert pg.clone(two).fit(x, y).models[0].C == 10.0
