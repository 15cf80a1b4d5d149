"""A small table through which methods on nodes reach functions of higher layers.

`symbolic` declares the names; the package that does the work fills them when it is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_NAMES = ("to_json", "to_json_str", "from_json", "save", "load")
_table: dict[str, Callable[..., Any]] = {}


def provide(name: str, fn: Callable[..., Any]) -> None:
    """Fills one entry of the table."""
    if name not in _NAMES:
        raise KeyError(f"{name!r} is not a declared service. Declared: {_NAMES}.")
    _table[name] = fn


def service(name: str) -> Callable[..., Any]:
    """The function behind a name.

    Raises:
        RuntimeError: The package that provides it has not been imported.
    """
    try:
        return _table[name]
    except KeyError:
        raise RuntimeError(f"{name!r} is not available: import `polygraft`, not only parts of it.") from None
