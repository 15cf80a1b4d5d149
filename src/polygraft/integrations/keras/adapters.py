"""The adapters of Keras's base classes: which of the other files does what, and when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from polygraft.integrations.keras import (
    compiling,
    copying,
    functional,
    registry,
    sequential,
    variants,
    weights,
)
from polygraft.integrations.keras.api import keras, note_calls, notes, wrapped_below
from polygraft.symbolic.flags import FLAGS
from polygraft.symbolic.node import OPS
from polygraft.symbolic.wrapping import kept
from polygraft.symbolic.wrapping.adapters import Adapter

_BUILD = "keras build"


class KerasAdapter(Adapter):
    """For whatever Keras can save."""

    def prepare(self, cls: Any) -> None:
        registry.register(cls)

    def recording(self, x: Any, given: dict[str, Any]) -> dict[str, Any]:
        ops: Any = OPS[type(x)]
        return given if ops.is_deferred(x) else registry.live_arguments(x, given)

    def reducing(self, x: Any, how: Any) -> Any:
        return copying.reduced(x, how)


class LinkAdapter(KerasAdapter):
    """For losses, metrics and optimizers, which models are compiled with."""

    def dropping(self, x: Any, undo: list[Any]) -> None:
        compiling.part_changes(x, undo)

    def replaced(self, old: Any, new: Any, undo: list[Any]) -> None:
        compiling.part_replaced(old, new, undo)


class OptimizerAdapter(LinkAdapter):
    """For optimizers."""

    def prepare(self, cls: Any) -> None:
        super().prepare(cls)
        variants.adopt_variant(cls)


class LayerAdapter(KerasAdapter):
    """For layers: those of one model are built for each other, and dropped together."""

    def tied(self, x: Any) -> Iterable[Any]:
        return wrapped_below(x, keras.Layer)

    def dropping(self, x: Any, undo: list[Any]) -> None:
        functional.refuse_used_elsewhere(x)

    def built(self, x: Any) -> None:
        found = kept.saved(x)
        if found is not None:
            weights.give_back(x, found)

    def learned(self, x: Any) -> Any:
        return weights.learned(x)

    def inherit(self, old: Any, new: Any) -> None:
        found = weights.learned(old)
        if found is not None:
            weights.give_back(new, found)

    def holds_weights(self, x: Any) -> bool:
        return bool(weights.own_weights(x))


class ModelAdapter(LayerAdapter):
    """For models, which are compiled."""

    def prepare(self, cls: Any) -> None:
        super().prepare(cls)
        note_calls(cls, "compile", compiling.compiled)
        functional.separate(cls)

    def cloning(self, x: Any) -> None:
        functional.refuse_tensors(x, "cloned")

    def replaced(self, old: Any, new: Any, undo: list[Any]) -> None:
        compiling.model_replaced(old, undo)

    def tied(self, x: Any) -> Iterable[Any]:
        return [*super().tied(x), *compiling.linked(x)]

    def dropping(self, x: Any, undo: list[Any]) -> None:
        functional.refuse_tensors(x, "edited")
        super().dropping(x, undo)
        if FLAGS.get().keep_weights and x.built:
            _note(x, _BUILD, x.get_build_config(), undo)

    def built(self, x: Any) -> None:
        functional.refuse_tensors(x, "built late")
        super().built(x)
        compiling.compile_again(x)

    def holds_weights(self, x: Any) -> bool:
        config = notes(x).pop(_BUILD, None)
        if config and not x.built:  # what was built once is built again, to see what fits
            x.build_from_config(config)
        return super().holds_weights(x)


class SequentialAdapter(ModelAdapter):
    """For `Sequential`, whose layers may come one by one."""

    def prepare(self, cls: Any) -> None:
        super().prepare(cls)
        note_calls(cls, "add", sequential.added)
        note_calls(cls, "pop", sequential.popped)
        sequential.input_layer()

    def cloning(self, x: Any) -> None:
        """Its arguments are layers: there are no tensors to be refused."""

    def recording(self, x: Any, given: dict[str, Any]) -> dict[str, Any]:
        return sequential.recorded_layers(super().recording(x, given))


def _note(x: Any, key: str, value: Any, undo: list[Any]) -> None:
    before = notes(x).get(key)
    notes(x)[key] = value
    undo.append(lambda: notes(x).__setitem__(key, before))
