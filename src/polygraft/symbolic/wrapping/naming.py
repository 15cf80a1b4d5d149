"""The name of a wrapped class in files: the public path of the plain class, where it has one.

`keras.layers.Dense` is defined in `keras.src.layers.core.dense`; a file names the former, which
the library promises to keep.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from polygraft.symbolic import registry
from polygraft.symbolic.wrapping.base import wrapped_class


def register(cls: Any, key: str | None = None, aliases: Iterable[str] = ()) -> None:
    """Registers a wrapper under its public path, or `key`; the path of its definition is read as well."""
    plain = wrapped_class(cls)
    default = registry.default_name(cls)
    public = (
        key
        or (
            registry.public_name(plain)
            if plain is not None and plain.__module__ == cls.__module__
            else None
        )
        or default
    )
    names = dict.fromkeys((default, *aliases))
    names.pop(public, None)
    registry.register(cls, public, tuple(names))
