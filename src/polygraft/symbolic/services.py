"""A small table through which methods on nodes reach functions of higher layers.

`symbolic` declares the names; the package that does the work fills them when it is imported, at first use.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

_NAMES = ("to_json", "to_json_str", "from_json", "save", "load")
_PROVIDER = "polygraft.serialization"
#: Packages that register classes which files may name.
_REGISTRARS = (
    "polygraft.symbolic.contextual",
    "polygraft.utils.catching",
    "polygraft.utils.timing",
    "polygraft.hyper",
    "polygraft.tuning",
    "polygraft.patching",
    "polygraft.scalars",
    "polygraft.evolution",
    "polygraft.early_stopping.policies",
)
_table: dict[str, Callable[..., Any]] = {}


def provide(name: str, fn: Callable[..., Any]) -> None:
    """Fills one entry of the table."""
    if name not in _NAMES:
        raise KeyError(f"{name!r} is not a declared service. Declared: {_NAMES}.")
    _table[name] = fn


def service(name: str) -> Callable[..., Any]:
    """The function behind a name."""
    if name not in _table:
        importlib.import_module(_PROVIDER)
    return _table[name]


def load_registrars() -> None:
    """Imports what has not been used yet but may be named by a file."""
    for module in _REGISTRARS:
        importlib.import_module(module)
