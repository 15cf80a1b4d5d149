"""The name of a wrapped class in files: the public path of the plain class, where it has one.

`keras.layers.Dense` is defined in `keras.src.layers.core.dense`; a file names the former, which
the library promises to keep.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from polygraft.symbolic import registry
from polygraft.symbolic.wrapping.base import wrapped_class

_PRIVATE = frozenset({"src", "internal", "impl"})


def register(cls: Any, key: str | None = None, aliases: Iterable[str] = ()) -> None:
    """Registers a wrapper under its public path, or `key`; the path of its definition is read as well."""
    plain = wrapped_class(cls)
    default = registry.default_name(cls)
    public = (
        key
        or (
            public_name(plain) if plain is not None and plain.__module__ == cls.__module__ else None
        )
        or default
    )
    names = dict.fromkeys((default, *aliases))
    names.pop(public, None)
    registry.register(cls, public, tuple(names))


def is_private(module: str) -> bool:
    """True if a part of the module's path says that it is not for users."""
    return any(
        (part.startswith("_") and part != "__main__") or part in _PRIVATE
        for part in module.split(".")
    )


def public_name(cls: Any) -> str | None:
    """The shortest public path, among the modules loaded, that exposes a class of a private module; or None."""
    module = cls.__module__
    if not is_private(module) or "." in cls.__qualname__:
        return None
    name, top = cls.__name__, module.partition(".")[0]
    prefix = top + "."
    best: str | None = None
    for path, candidate in list(sys.modules.items()):
        if (
            (path == top or path.startswith(prefix))
            and (best is None or (path.count("."), len(path)) < (best.count("."), len(best)))
            and getattr(candidate, "__dict__", {}).get(name) is cls
            and not is_private(path)
        ):
            best = path
    return None if best is None else f"{best}.{name}"
