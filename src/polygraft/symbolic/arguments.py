"""`Arguments`: the recorded arguments of a node, read and written without building anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from polygraft.errors import did_you_mean
from polygraft.formatting import format as format_value
from polygraft.missing import MISSING_VALUE
from polygraft.paths import KeyPath
from polygraft.symbolic.compare import eq_mappings
from polygraft.symbolic.node import OPS, NodeOps, is_inner_name
from polygraft.symbolic.rebinding import rebind

_ABSENT: Any = object()


class Arguments:
    """A live view of a node's arguments by attribute, by item, and in order. Writing is an edit of the node.

    An argument's name wins over the view's own methods; arguments that were not given show their default.

    Example:
        >>> import polygraft as pg
        >>> @pg.symbolize
        ... class Conv:
        ...     def __init__(self, filters, size=3): ...
        >>> conv = Conv(8)
        >>> pg.args(conv).filters, pg.args(conv)["size"], list(pg.args(conv))
        (8, 3, ['filters', 'size'])
        >>> pg.args(conv).filters = 16
        >>> conv
        Conv(filters=16, size=3)
    """

    __slots__ = ("_node",)
    _node: Any

    def __init__(self, node: Any):
        object.__setattr__(self, "_node", node)

    if not TYPE_CHECKING:  # to a type checker the methods would have no types

        def __getattribute__(self, name: str) -> Any:
            if name[:1] not in "_@":
                node = object.__getattribute__(self, "_node")
                value = OPS[type(node)].get(node, name, _ABSENT)
                if value is not _ABSENT:
                    return value
            return object.__getattribute__(self, name)

    def __getattr__(self, name: str) -> Any:
        value = self._read(name)  # an argument may begin with an underscore
        if value is not _ABSENT:
            return value
        hint = did_you_mean(name, [str(k) for k in self])
        raise AttributeError(f"{self._ops.type.__name__} has no argument {name!r}.{hint}")

    def __setattr__(self, name: str, value: Any) -> None:
        rebind(self._node, {KeyPath(name): value})

    def __delattr__(self, name: str) -> None:
        rebind(self._node, {KeyPath(name): MISSING_VALUE})

    def __getitem__(self, key: Any) -> Any:
        value = self._read(key)
        if value is _ABSENT:
            raise KeyError(key)
        return value

    def __setitem__(self, key: Any, value: Any) -> None:
        rebind(self._node, {KeyPath(key): value})

    def __delitem__(self, key: Any) -> None:
        rebind(self._node, {KeyPath(key): MISSING_VALUE})

    def __iter__(self) -> Iterator[Any]:
        return (k for k, _ in self._ops.items(self._node))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, key: object) -> bool:
        return self._read(key) is not _ABSENT

    def get(self, key: Any, default: Any = None) -> Any:
        """The argument, or `default`."""
        value = self._read(key)
        return default if value is _ABSENT else value

    def keys(self) -> list[Any]:
        """The names, in order."""
        return list(self)

    def values(self) -> list[Any]:
        """The raw values, in order."""
        return [v for _, v in self._ops.items(self._node)]

    def items(self) -> list[tuple[Any, Any]]:
        """The (name, raw value) pairs, in order."""
        return list(self._ops.items(self._node))

    def given(self) -> dict[Any, Any]:
        """The arguments that were given: name → value."""
        return dict(self._ops.given_items(self._node))

    def _read(self, key: Any) -> Any:
        """An argument; of what the constructor makes, what is recorded: the override."""
        if not is_inner_name(key):
            return self._ops.get(self._node, key, _ABSENT)
        value = self._ops.stored(self._node, key)
        return _ABSENT if value is MISSING_VALUE else value

    @property
    def _ops(self) -> NodeOps:
        return OPS[type(self._node)]

    def _dict(self) -> dict[Any, Any]:
        return dict(self._ops.items(self._node))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Arguments):
            return eq_mappings(self._dict(), other._dict())
        if isinstance(other, dict):
            return eq_mappings(self._dict(), cast("dict[Any, Any]", other))
        return False

    __hash__ = None  # pyright: ignore[reportAssignmentType] # what `__eq__` without `__hash__` means, said aloud

    def __dir__(self) -> list[str]:
        return [str(k) for k in self]

    def __repr__(self) -> str:
        items = self._ops.items(self._node)
        return "{" + ", ".join(f"{k}={format_value(v, compact=True)}" for k, v in items) + "}"
