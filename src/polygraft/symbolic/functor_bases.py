"""Which base class functors get that are made from functions of a framework.

A framework's functions may want more than `Functor` does: those of optax make transformations, and a functor of one can
stand for what it makes. The module that knows is imported when the first function of its framework is made a functor.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

#: Top-level package → the module that calls `provide_functors` for it.
_HOMES = {"jax": "polygraft.integrations.jax", "optax": "polygraft.integrations.jax"}

_choices: dict[str, Callable[[Any], Any]] = {}


def provide_functors(package: str, base_of: Callable[[Any], Any]) -> None:
    """Makes `base_of` choose for the functions of a package: function → base class, or None for the usual one."""
    _choices[package] = base_of


def functor_base(function: Any) -> Any:
    """The base class for functors of a function; None where it is the usual one."""
    package = (getattr(function, "__module__", None) or "").partition(".")[0]
    home = _HOMES.get(package)
    if home is None:
        return None
    importlib.import_module(home)
    return _choices[package](function)
