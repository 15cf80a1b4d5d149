"""Keras: nothing is needed yet."""
