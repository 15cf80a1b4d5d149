"""PyTorch's forms of optimizers: under that backend `keras.optimizers.Adam(...)` is an instance of a subclass of Adam.

Keras chooses it by the exact class, which a wrapper is not. The wrapper gets the methods of that subclass, and so runs
the same code.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

from polygraft.integrations.keras.api import keras
from polygraft.symbolic.wrapping.base import wrapped_class
from polygraft.symbolic.wrapping.record import type_of


def adopt_variant(cls: Any) -> None:
    """Gives the wrapper `cls` of an optimizer what Keras would give an instance of the plain class."""
    plain = wrapped_class(cls)
    if keras.backend.backend() != "torch" or plain is None:
        return
    if plain.__new__ is not keras.optimizers.Optimizer.__new__:
        return
    bases: tuple[Any, ...] = type_of(plain.__new__(plain)).__mro__
    for base in reversed(bases):
        if base in plain.__mro__:
            continue
        own: dict[str, Any] = base.__dict__
        for name, value in own.items():
            if isinstance(value, FunctionType) and "__class__" not in value.__code__.co_freevars:
                type.__setattr__(cls, name, value)
