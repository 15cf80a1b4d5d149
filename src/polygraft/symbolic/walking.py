"""Walking over trees, the core of queries and rules.

All walks go by raw values and in pre-order, keys in printing order; they enter nodes, plain lists
and dicts, and tuples. The parent of a value is the nearest enclosing node or plain container; a
tuple is nobody's parent. Nothing here recurses, so that depth does not matter; a limit turns an
endless walk (a plain list that contains itself) into an error.
"""

# The type of a value that may be anything counts as unknown.
# pyright: reportUnknownVariableType=false

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from polygraft.paths import KeyPath
from polygraft.symbolic.node import OPS, SAFE_TYPES, Kind, NodeOps

_TUPLE = Kind.TUPLE

#: Levels below which a walk is taken for an endless one.
MAX_DEPTH = 20_000


def walk(x: Any, table: Mapping[type, NodeOps] = OPS) -> Iterator[tuple[tuple[Any, ...], Any, Any]]:
    """Yields (keys, value, parent) for `x` and all values below, in pre-order.

    The tree must not be restructured meanwhile. With the table `INNER`, what constructors have made is visited too.
    """
    yield (), x, None
    ops = table[type(x)]
    if not ops.container:
        return
    prefix: tuple[Any, ...] = ()
    parent = None if ops.kind is _TUPLE else x
    items = iter(ops.items(x))
    stack: list[tuple[Iterator[tuple[Any, Any]], Any]] = []
    while True:
        for key, value in items:
            keys = (*prefix, key)
            yield keys, value, parent
            t = type(value)
            if t not in SAFE_TYPES and (ops := table[t]).container:
                stack.append((items, parent))
                refuse_endless(len(stack), keys)
                prefix = keys
                items = iter(ops.items(value))
                if ops.kind is not _TUPLE:
                    parent = value
                break
        else:
            if not stack:
                return
            items, parent = stack.pop()
            prefix = prefix[:-1]


def values(x: Any) -> Iterator[Any]:
    """Yields `x` and all values below, in pre-order."""
    yield x
    ops = OPS[type(x)]
    if not ops.container:
        return
    stack = [iter(ops.items(x))]
    while stack:
        for _, value in stack[-1]:
            yield value
            t = type(value)
            if t not in SAFE_TYPES and (ops := OPS[t]).container:
                stack.append(iter(ops.items(value)))
                refuse_endless(len(stack))
                break
        else:
            stack.pop()


def leaves(x: Any) -> Iterator[tuple[KeyPath, Any]]:
    """Yields (path, value) for all values that have nothing below them by nature (empty containers are no leaves).

    Example:
        >>> [(str(path), value) for path, value in leaves({"a": [1, (2,)], "b": {}})]
        [('a[0]', 1), ('a[1][0]', 2)]
    """
    for keys, value, _ in walk(x):
        if not OPS[type(value)].container:
            yield KeyPath.of(keys), value


class DescendantQueryOption(enum.Enum):
    """Which of the values that satisfy a condition are wanted."""

    #: All.
    ALL = 0
    #: Those that stand below no other such value.
    IMMEDIATE = 1
    #: Those below which there is no such value.
    LEAF = 2


def descendants(
    x: Any,
    where: Callable[[Any], bool] | None = None,
    option: DescendantQueryOption = DescendantQueryOption.ALL,
    include_self: bool = False,
) -> list[Any]:
    """The values below `x` (and `x`, with `include_self`) that satisfy `where`, in pre-order."""
    found: list[tuple[tuple[Any, ...], Any]] = []
    for keys, value, _ in walk(x):
        if (not keys and not include_self) or (where is not None and not where(value)):
            continue
        if found and option is not DescendantQueryOption.ALL:
            last = found[-1][0]
            if keys[: len(last)] == last:  # it stands below the one found before
                if option is DescendantQueryOption.IMMEDIATE:
                    continue
                found.pop()
        found.append((keys, value))
    return [value for _, value in found]


def refuse_endless(depth: int, keys: Iterable[Any] = ()) -> None:
    """Raises `ValueError` if `depth` can only come from a container that contains itself."""
    if depth > MAX_DEPTH:
        start = KeyPath.of(tuple(keys)[:8])
        raise ValueError(
            f"More than {MAX_DEPTH} levels of nesting: a list or dict contains itself, or the tree is too deep. "
            f"(path={start}...)"
        )
