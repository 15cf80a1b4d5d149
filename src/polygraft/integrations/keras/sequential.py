"""`Sequential`: its argument is the list of its layers, also of those that `add` has brought.

An input tensor in the list (`keras.Input(...)`) is recorded as the `InputLayer` that it comes from: a tensor belongs to
one graph, a program does not.
"""

from __future__ import annotations

import re
from typing import Any

from polygraft.integrations.keras.api import keras, record
from polygraft.symbolic.flags import deferring
from polygraft.symbolic.node import OPS, Kind, plain_list
from polygraft.symbolic.wrapping import calls
from polygraft.symbolic.wrapping.meta import wrapper_of

_AUTOMATIC_NAME = re.compile(r"(input_layer|keras_tensor)(_\d+)?")


def _as_layer(v: Any) -> Any:
    """The program of an input tensor; other values as they are."""
    if not isinstance(v, keras.KerasTensor):
        return v
    origin = v._keras_history.operation  # pyright: ignore[reportPrivateUsage]
    if not isinstance(origin, keras.layers.InputLayer):
        return v
    config: dict[str, Any] = dict(origin.get_config())
    batch, *shape = config.pop("batch_shape")
    given: dict[str, Any] = {"shape": tuple(shape)}
    if batch is not None:
        given["batch_size"] = batch
    if config.get("dtype") != keras.config.floatx():
        given["dtype"] = config.get("dtype")
    if not _AUTOMATIC_NAME.fullmatch(origin.name):
        given["name"] = origin.name
    given.update((k, True) for k in ("sparse", "ragged", "optional") if config.get(k))
    with deferring():
        return input_layer()(**given)


def input_layer() -> Any:
    """The symbolic `InputLayer`: files with a `Sequential` name it, so it has to be there before one is read."""
    return wrapper_of(keras.layers.InputLayer)


def recorded_layers(given: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call, with programs in place of input tensors."""
    layers: Any = given.get("layers")
    if not any(isinstance(v, keras.KerasTensor) for v in layers or ()):
        return given
    return {**given, "layers": [_as_layer(v) for v in layers]}


def added(x: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """`x.add(layer)` has been called."""
    layers = _own_list(x)
    layer = _as_layer(args[0] if args else kwargs["layer"])
    plain_list.append(layers, layer)
    OPS[type(layer)].attach(layer, layers, plain_list.__len__(layers) - 1)


def popped(x: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """`x.pop()` has been called."""
    layers = _own_list(x)
    layer = plain_list.pop(layers)
    OPS[type(layer)].detach(layer, layers, plain_list.__len__(layers))


def _own_list(x: Any) -> Any:
    """The recorded list of layers, made one if it is not."""
    stored = record(x).args
    layers = stored.get("layers")
    if OPS[type(layers)].kind is not Kind.LIST:
        items: list[Any] = list(layers or ())
        if layers is not None:
            OPS[type(layers)].detach(layers, x, "layers")
        layers = calls.recorded(items)
        stored["layers"] = OPS[type(layers)].attach(layers, x, "layers")
    return stored["layers"]
