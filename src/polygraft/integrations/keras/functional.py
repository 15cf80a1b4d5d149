"""Functional models. `Model(inputs, outputs)` works as in plain Keras, but is no tree of calls.

The layers of such a model are behind its tensors: a clone would share them, an edit could not reach them, a file could
not hold them. All of that is refused here, with what to do instead. A class whose `__init__` builds the graph is an
ordinary program.
"""

from __future__ import annotations

import importlib
from typing import Any

from polygraft.errors import NotSymbolizableError
from polygraft.integrations.keras.api import keras, leaves, record
from polygraft.serialization.failures import SerializationError
from polygraft.serialization.writer import add_encoder_finder
from polygraft.symbolic.node import OPS
from polygraft.symbolic.places import ancestors, path_of
from polygraft.symbolic.wrapping.base import wrapped_class

_Functional: Any = importlib.import_module("keras.src.models.functional").Functional

_INSTEAD = (
    "Write the graph in the `__init__` of a subclass of `keras.Model` that ends in "
    "`super().__init__(inputs, outputs)`, or in a function that returns the model, symbolize that, and let its "
    "arguments say what may change."
)


def refuse_tensors(x: Any, what: str) -> None:
    """Raises if the wrapped model `x` was made of tensors.

    Args:
        x: A model.
        what: What cannot be done with it.
    """
    rec = record(x)
    if rec is not None and any(isinstance(v, keras.KerasTensor) for v in leaves(rec.args)):
        raise NotSymbolizableError(
            f"A functional model made of tensors cannot be {what}: it is no tree of calls, its layers are behind its "
            f"inputs and outputs. {_INSTEAD} (path={path_of(x)})",
            path=path_of(x),
            value=x,
        )


def refuse_used_elsewhere(x: Any) -> None:
    """Raises if the layer `x` is part of something that an edit of it could not tell.

    That is a functional model or a plain layer which holds it. Where a symbolic object is above it, that one is built
    again.
    """
    if any(getattr(OPS[type(node)], "wrapped", False) for node in ancestors(x)):
        return
    called_on_tensors = bool(getattr(x, "_inbound_nodes", None))
    if called_on_tensors or getattr(x, "_parent_path", None):
        holder = "a functional model" if called_on_tensors else "a layer or model"
        raise NotSymbolizableError(
            f"{x.__class__.__name__} '{x.name}' is part of {holder} that is not in its tree, and would go on with what "
            f"it was. Clone the program and edit the clone before it is used; or: {_INSTEAD} (path={path_of(x)})",
            path=path_of(x),
            value=x,
        )


def _refuse_file(x: Any, w: Any) -> Any:
    raise SerializationError(
        f"Cannot convert the Keras tensor {x.name!r} to JSON: a functional model made of tensors is no tree of calls. "
        f"{_INSTEAD} Keras's own `model.save` writes it as it is.",
        value=x,
    )


def _writer_of_tensors(cls: type) -> Any:
    return _refuse_file if issubclass(cls, keras.KerasTensor) else None


add_encoder_finder(_writer_of_tensors)


# -- the wrapper of `keras.Model` itself -----------------------------------------------------------
def _is_functional_call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    return len(args) == 2 or ("outputs" in kwargs and (len(args) == 1 or "inputs" in kwargs))


def separate(cls: Any) -> None:
    """Keeps the wrapper of `keras.Model` from being turned into a functional one.

    Keras does that to the class of each functional model (it exchanges its bases), and excepts only `keras.Model`.
    Here functional models get a subclass of the wrapper, and so do the bases of the user's functional classes.
    """
    if wrapped_class(cls) is not keras.Model:
        return
    functional = type(cls)(
        "Functional",
        (_Functional, cls),
        {"__module__": _Functional.__module__, "__doc__": _Functional.__doc__},
    )
    plain_new, plain_init = cls.__new__, keras.Model.__init__

    def __new__(own: Any, /, *args: Any, **kwargs: Any) -> Any:
        if own is cls and _is_functional_call(args, kwargs):
            own = functional
        return plain_new(own, *args, **kwargs)

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        if _is_functional_call(args, kwargs):
            _make_functional(self.__class__)
            _Functional.__init__(self, *args, **kwargs)
        else:
            plain_init(self, *args, **kwargs)

    def _make_functional(own: Any) -> None:
        if own is not functional and issubclass(own, cls) and not issubclass(own, functional):
            for base in own.__bases__:
                if base is not cls:
                    _make_functional(base)
            own.__bases__ = tuple(functional if base is cls else base for base in own.__bases__)

    type.__setattr__(cls, "__new__", staticmethod(__new__))
    type.__setattr__(cls, "__init__", __init__)
