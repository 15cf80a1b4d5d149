"""`model.compile(…)` ties a model to its optimizer, loss and metrics; these ties survive edits on either side.

* The model is edited: it is built again, and compiled again by the same call, with fresh parts.
* A part is edited: the model keeps its weights, and forgets the functions that were traced with the old part.
* A part is replaced in the tree by another one: the model is compiled with that one.
* The model is replaced: its parts are fresh for the next one.

The call is noted with the model, weak references to the models with each symbolic part. A clone has no notes: it is a
fresh program, not compiled.
"""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Iterator
from typing import Any, cast

from polygraft.integrations.keras.api import exists, is_wrapped, keras, leaves, mapped, notes
from polygraft.symbolic.node import OPS
from polygraft.symbolic.wrapping.record import WATCHERS

_CALL, _MODELS = "keras compile", "keras models"
_FUNCTIONS = ("train_function", "test_function", "predict_function")
_PARTS = (keras.optimizers.Optimizer, keras.losses.Loss, keras.metrics.Metric)
_STATEFUL = (keras.optimizers.Optimizer, keras.metrics.Metric)


# -- noting ----------------------------------------------------------------------------------------
def compiled(model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """`model.compile(…)` has been called."""
    call = _arguments(model, args, kwargs)
    optimizer = model.optimizer
    if is_wrapped(optimizer) and "optimizer" in call:
        call["optimizer"] = optimizer  # also where the call has named it by a string
    notes(model)[_CALL] = call
    _link(model, call)


def _arguments(model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call of `compile` by name; those that are not given have Keras's defaults."""
    try:
        bound = inspect.signature(model.__class__.compile).bind(model, *args, **kwargs)
    except TypeError:
        return dict(kwargs)
    bound.apply_defaults()
    call = dict(bound.arguments)
    call.pop(next(iter(call)))
    for name, parameter in bound.signature.parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            call.update(call.pop(name))
    return call


def _link(model: Any, call: dict[str, Any]) -> None:
    for part in parts_of(call):
        models = notes(part).setdefault(_MODELS, [])
        if not any(ref() is model for ref in models):
            models[:] = [ref for ref in models if ref() is not None]
            models.append(weakref.ref(model))
        if not issubclass(OPS[type(part)].type, _PARTS):  # no adapter of its class tells
            watchers = notes(part).setdefault(WATCHERS, [])
            if part_changes not in watchers:
                watchers.append(part_changes)


def parts_of(call: Any) -> list[Any]:
    """The symbolized objects in the arguments of `compile`: optimizers, losses, metrics, callables in their place."""
    return [v for v in leaves(call) if is_wrapped(v)]


def linked(model: Any) -> list[Any]:
    """Those which `model` was compiled with."""
    return parts_of(notes(model).get(_CALL, {}))


def models_of(part: Any) -> Iterator[Any]:
    """The existing models that are compiled with `part`."""
    for ref in notes(part).get(_MODELS, ()):
        model = ref()
        if model is not None and exists(model) and any(p is part for p in linked(model)):
            yield model


# -- edits -----------------------------------------------------------------------------------------
def compile_again(model: Any) -> None:
    """`model` has been built again after an edit."""
    call = notes(model).get(_CALL)
    if call is not None:
        _compile(model, {k: _renewed(v) for k, v in call.items()})


def part_changes(part: Any, undo: list[Any]) -> None:
    """An edit is about to take away the run-time state of `part`."""
    for model in models_of(part):
        undo.append(_restorer(model))
        for name in _FUNCTIONS:
            setattr(model, name, None)
        optimizer = model.optimizer
        if optimizer is not part and getattr(optimizer, "inner_optimizer", None) is part:
            model.compiled = (
                False  # Keras has put a stateful object between: it has to be made again
            )


def part_replaced(part: Any, new: Any, undo: list[Any]) -> None:
    """An edit has put `new` in the place of `part`."""
    if OPS[type(part)].parents(part):
        return  # it still stands somewhere else
    for model in list(models_of(part)):
        undo.append(_restorer(model))
        call = {k: _with(v, part, new) for k, v in notes(model)[_CALL].items()}
        if isinstance(new, (str, *_PARTS)):
            _compile(model, call)
            notes(model)[_CALL] = call
            _link(model, call)
        else:  # a placeholder, say
            model.compiled = False


def model_replaced(model: Any, undo: list[Any]) -> None:
    """An edit has put something else in the place of `model`: its parts, left in the tree, are free for another one."""
    if OPS[type(model)].parents(model):
        return
    for part in linked(model):
        if exists(part):
            OPS[type(part)].changed(part, {}, undo)


def _compile(model: Any, call: dict[str, Any]) -> None:
    model.__class__.compile(model, **call)  # the plain method, which notes nothing


def _restorer(model: Any) -> Any:
    """Puts back the attributes of `model` as they are now, and the noted call."""
    attributes = cast("dict[str, Any]", vars(model))
    before, call = dict(attributes), notes(model).get(_CALL)

    def restore() -> None:
        for name in attributes.keys() - before.keys():
            del attributes[name]
        attributes.update(before)
        notes(model)[_CALL] = call

    return restore


def _with(v: Any, old: Any, new: Any) -> Any:
    """`v` with `new` in place of `old`, also within lists, tuples and dicts."""
    if v is old:
        return new

    def change(item: Any) -> Any:
        return _with(item, old, new)

    return mapped(v, change)


def _renewed(v: Any) -> Any:
    """`v` with plain optimizers and metrics made anew: their state belongs to the weights that are gone."""
    if isinstance(v, _STATEFUL) and not is_wrapped(v):
        plain: Any = v
        return plain.__class__.from_config(plain.get_config())
    return mapped(v, _renewed)
