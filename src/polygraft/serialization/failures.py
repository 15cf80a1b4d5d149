"""What goes wrong with files, in words: the errors of this package beside those of `polygraft.errors`."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable
from typing import Any, cast

from polygraft.errors import DeserializationError, NestingError
from polygraft.paths import KeyPath


class SerializationError(ValueError):
    """A value that cannot be written.

    Attributes:
        path: Where the value stands, or None while that is not known.
        value: The value.
    """

    def __init__(self, message: str = "", *, path: KeyPath | None = None, value: Any = None):
        super().__init__(message)
        self.path = path
        self.value = value


class FieldMismatchError(DeserializationError, TypeError):
    """Data that misses required fields of its type, or has others."""


def check_options(function: str, options: Iterable[str], known: Iterable[str]) -> None:
    """Refuses options that look like misspelt ones: others are for classes with methods of their own.

    Raises:
        TypeError: There is one.
    """
    for name in options:
        close = difflib.get_close_matches(name, known, 1, 0.8)
        if close:
            raise TypeError(
                f"{function}() got an unexpected keyword argument {name!r}. Did you mean {close[0]!r}?"
            )


def too_deep(action: str, data: Any, root_path: KeyPath | None = None) -> NestingError:
    """The error for data nested deeper than the interpreter's stack, with the path down to where it gets hopeless."""
    limit = sys.getrecursionlimit()
    keys = _way_down(data, limit // 4) if isinstance(data, (dict, list, tuple)) else ()
    path = KeyPath.of((*(root_path.keys if root_path else ()), *keys[:8]))
    more = f"{path}..." if len(keys) > 8 else str(path)
    return NestingError(
        f"Cannot {action}: it is nested too deeply for the interpreter's stack (recursion limit {limit}). "
        f"Raise it with `sys.setrecursionlimit` for data that is meant to be so deep. (path={more})",
        path=path,
    )


def inside(x: Any) -> Iterable[tuple[Any, Any]]:
    """The (key, value) pairs of a plain dict, list or tuple; nothing for other values."""
    if isinstance(x, dict):
        return cast("dict[Any, Any]", x).items()
    return enumerate(cast("list[Any]", x)) if isinstance(x, (list, tuple)) else ()


def _way_down(data: Any, depth: int) -> tuple[Any, ...]:
    """The keys to a container at `depth`, without recursion; as deep as it gets if there is none."""
    best: tuple[Any, ...] = ()
    stack: list[tuple[Any, Any]] = [(data, ())]
    steps = 0
    while stack and steps < 1_000_000:
        steps += 1
        value, way = stack.pop()
        length = 0 if not way else way[2]
        if length >= depth:
            return _unlink(way)
        if length > len(best):
            best = _unlink(way)
        for k, v in inside(value):
            if isinstance(v, (dict, list, tuple)):
                stack.append((cast(Any, v), (way, k, length + 1)))
    return best


def _unlink(way: Any) -> tuple[Any, ...]:
    keys: list[Any] = []
    while way:
        way, key, _ = way
        keys.append(key)
    return tuple(reversed(keys))
