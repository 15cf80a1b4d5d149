"""PyTorch: what modules and optimizers need beyond the rules of the core.

Modules: a lazy layer becomes a symbolic layer; copies of parametrized layers keep their arguments; the `OrderedDict`
form of `Sequential` is part of the program. Optimizers: an iterator of parameters, which is used up by the constructor,
is recorded as a list. The link from an optimizer to the model is in no tree: see `steps.py`.
"""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, cast

from torch import nn

from polygraft.integrations.torch import steps, weights
from polygraft.symbolic.flags import FLAGS
from polygraft.symbolic.wrapping import ClassWrapper, symbolize
from polygraft.symbolic.wrapping.adapters import Adapter
from polygraft.symbolic.wrapping.base import is_wrapper
from polygraft.symbolic.wrapping.heirs import made_inside
from polygraft.symbolic.wrapping.pickling import copy_record


class ModuleAdapter(Adapter):
    """`nn.Module`."""

    def prepare(self, cls: Any) -> None:
        becomes: Any = getattr(cls, "cls_to_become", None)
        if isinstance(becomes, type) and not issubclass(becomes, ClassWrapper):
            cls.cls_to_become = symbolize(cast("Any", becomes))
        if is_wrapper(cls) and cls.__init__ is nn.Sequential.__init__:
            cls.__init__ = _taking_dicts(cls.__init__)
        elif not is_wrapper(cls) and "__deepcopy__" in vars(cls):
            cls.__deepcopy__ = _keeping_record(cls.__deepcopy__)

    def recording(self, x: Any, given: dict[str, Any]) -> dict[str, Any]:
        if isinstance(x, nn.Sequential):
            layers = given.get("args")
            if layers and len(layers) == 1 and type(layers[0]) is OrderedDict:
                return {**given, "args": [dict(layers[0])]}
        return given

    def dropping(self, x: Any, undo: list[Any]) -> None:
        steps.note_edit(x)
        if FLAGS.get().keep_weights:
            weights.save(x, undo)
        else:
            weights.forget(x, undo)

    def built(self, x: Any) -> None:
        steps.note_built(x)
        weights.give_back(x)

    def inherit(self, old: Any, new: Any) -> None:
        weights.copy(old, new)

    def holds_weights(self, x: Any) -> bool:
        inside = made_inside(x)
        return any(isinstance(t, nn.Parameter) for _, t in weights.own_state(x, inside))


def _taking_dicts(init: Callable[..., None]) -> Callable[..., None]:
    """The `__init__` of `Sequential`, made to take a plain dict, as nodes hand one on, for an ordered one."""

    @functools.wraps(init)
    def __init__(self: Any, *args: Any) -> None:
        if len(args) == 1 and isinstance(args[0], dict):
            args = (OrderedDict(cast("dict[str, Any]", args[0])),)
        init(self, *args)

    return __init__


def _keeping_record(deepcopy: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A `__deepcopy__` whose result remembers its arguments: parametrized modules copy past the constructor."""

    @functools.wraps(deepcopy)
    def __deepcopy__(self: Any, memo: dict[int, Any]) -> Any:
        known = id(self) in memo
        new = deepcopy(self, memo)
        if not known:
            copy_record(self, new, memo)
        return new

    return __deepcopy__


class OptimizerAdapter(Adapter):
    """`torch.optim.Optimizer`."""

    def recording(self, x: Any, given: dict[str, Any]) -> dict[str, Any]:
        if isinstance(given.get("params"), Iterator) and hasattr(x, "param_groups"):
            return {**given, "params": _used(x)}
        return given


def _used(optimizer: Any) -> list[Any]:
    """What the optimizer was given: parameters, or groups of them with the options that are not the default ones."""
    groups, defaults = optimizer.param_groups, optimizer.defaults
    own = [{k: v for k, v in g.items() if k not in defaults or v != defaults[k]} for g in groups]
    return list(own[0]["params"]) if len(own) == 1 and own[0].keys() == {"params"} else own
