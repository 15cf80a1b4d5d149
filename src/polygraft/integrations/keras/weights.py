"""`keep_weights=True`: the weights of a layer that nobody edited, saved, and given back when it is built again.

Keras makes weights when a layer is first called, so they are given back then, one layer after the other: the node
itself, and the layers that its `__init__` makes. Where the number or the shapes of weights have changed with the input,
the layer stays fresh.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
from typing import Any

import numpy as np

from polygraft.integrations.keras.api import exists, keras, wrapped_below
from polygraft.symbolic.wrapping import kept
from polygraft.symbolic.wrapping.heirs import made_inside

#: The weights of one layer, without those of the layers in it.
Arrays = list[Any]


def _own_layers(x: Any) -> list[Any]:
    """`x` and the layers in it that are no nodes: its constructor makes them, always in the same order."""
    nodes = [n for n in wrapped_below(x, keras.Layer) if exists(n)]
    others = {id(layer) for node in nodes for layer in node._flatten_layers()}
    return [layer for layer in x._flatten_layers() if id(layer) not in others]


def _direct(layer: Any) -> list[Any]:
    """The variables of `layer` itself, which its weights are among."""
    variables = [*layer._trainable_variables, *layer._non_trainable_variables]
    return [v for v in variables if any(v is w for w in layer.weights)]


def own_weights(x: Any) -> list[Any]:
    """The variables of the node `x` that are not those of nodes below or inside it."""
    inside = {id(layer) for node in made_inside(x) for layer in _layers(node)}
    return [v for layer in _own_layers(x) if id(layer) not in inside for v in _direct(layer)]


def _layers(node: Any) -> list[Any]:
    return node._flatten_layers() if isinstance(node, keras.Layer) and exists(node) else []


def learned(x: Any) -> list[tuple[type, Arrays]] | None:
    """The class and weights of each of the own layers of `x`; None if there are no weights."""
    found = [
        (layer.__class__, [np.array(keras.ops.convert_to_numpy(v)) for v in _direct(layer)])
        for layer in _own_layers(x)
    ]
    return found if any(arrays for _, arrays in found) else None


def give_back(x: Any, found: list[tuple[type, Arrays]]) -> None:
    """Sets the weights of `x`, now or when they come to be."""
    layers = _own_layers(x)
    if [layer.__class__ for layer in layers] != [cls for cls, _ in found]:
        return
    waiting = [(layer, arrays) for layer, (_, arrays) in zip(layers, found, strict=True) if arrays]
    todo = {id(layer) for layer, _ in waiting}

    def done(layer: Any) -> None:
        todo.discard(id(layer))
        if not todo:
            for node in (x, *made_inside(x)):
                kept.tell_kept(node)

    for layer, arrays in waiting:
        if _assign(layer, arrays):
            done(layer)
        else:
            _when_built(layer, functools.partial(_assign, layer, arrays), done)


def _assign(layer: Any, arrays: Arrays) -> bool:
    variables = _direct(layer)
    if [tuple(v.shape) for v in variables] != [a.shape for a in arrays]:
        return False
    with _outside_traces():
        for v, a in zip(variables, arrays, strict=True):
            if getattr(v, "_value", v) is None:
                # The layer is built while Keras works out shapes: variables get their values afterwards.
                v._initializer = functools.partial(_constant, a)
            else:
                v.assign(a)
    return True


def _outside_traces() -> contextlib.AbstractContextManager[Any]:
    """A scope in which an assignment happens, and once, also while TensorFlow traces a function that builds layers."""
    if keras.backend.backend() != "tensorflow":
        return contextlib.nullcontext()
    return importlib.import_module("tensorflow").init_scope()


def _constant(array: Any, shape: Any, dtype: Any = None) -> Any:
    """An initializer."""
    return keras.ops.convert_to_tensor(array, dtype)


def _when_built(layer: Any, assign: Any, done: Any) -> None:
    """Has `layer`, whose `build` is an attribute of its own, assign its weights when it is built."""
    plain = layer.build

    @functools.wraps(plain)
    def build(*args: Any, **kwargs: Any) -> None:
        layer.build = plain
        plain(*args, **kwargs)
        if assign():
            done(layer)

    layer.build = build
