"""A multilayer perceptron in Flax, trained with Optax on scikit-learn's images of digits."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import optax
from flax import linen as nn
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


class MLP(nn.Module):
    features: Sequence[int]
    activation: Callable[..., Any] = nn.relu
    norm: Callable[..., Any] = nn.LayerNorm
    dropout_rate: float = 0.1

    @nn.compact
    def __call__(self, x, training=False):
        for width in self.features[:-1]:
            x = nn.Dense(width)(x)
            x = self.activation(self.norm()(x))
            x = nn.Dropout(self.dropout_rate, deterministic=not training)(x)
        return nn.Dense(self.features[-1])(x)


def train(model, optimizer=optax.sgd, learning_rate=0.1, epochs=8, batch_size=32):
    """Trains the model; returns its accuracy on images that it has not seen."""
    digits = load_digits()
    train_x, test_x, train_y, test_y = train_test_split(
        (digits.data / 16).astype("float32"), digits.target, test_size=0.25, random_state=0
    )
    tx = optimizer(learning_rate)

    def loss_fn(params, x, y, rng):
        logits = model.apply({"params": params}, x, training=True, rngs={"dropout": rng})
        return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()

    @jax.jit
    def step(params, opt_state, x, y, rng):
        grads = jax.grad(loss_fn)(params, x, y, rng)
        updates, opt_state = tx.update(grads, opt_state, params)
        return optax.apply_updates(params, updates), opt_state

    rng = jax.random.key(0)
    params = model.init(rng, train_x[:1])["params"]
    opt_state = tx.init(params)
    for _ in range(epochs):
        rng, order_rng = jax.random.split(rng)
        order = jax.random.permutation(order_rng, len(train_x))
        for start in range(0, len(order) - batch_size + 1, batch_size):
            batch = order[start : start + batch_size]
            rng, step_rng = jax.random.split(rng)
            params, opt_state = step(params, opt_state, train_x[batch], train_y[batch], step_rng)
    logits = model.apply({"params": params}, test_x)
    return float((logits.argmax(-1) == test_y).mean())


def main():
    return train(MLP(features=[64, 32, 10]))


if __name__ == "__main__":
    print(f"accuracy: {main():.3f}")
