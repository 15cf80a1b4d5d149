"""Flax and optax: nothing is needed yet."""
