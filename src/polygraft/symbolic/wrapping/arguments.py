"""`pg.args(x)`: the recorded arguments of a wrapped object, read and written without building it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from polygraft.formatting import format as format_value
from polygraft.missing import MISSING_VALUE
from polygraft.symbolic.edits import rebind
from polygraft.symbolic.node import OPS


class Arguments:
    """A view of a node's arguments by attribute, by item, and in order. Writing is an edit of the
    node.

    An argument's name wins over the view's own methods; arguments that were not given show their
    default.

    Example:
        >>> import polygraft as pg
        >>> @pg.symbolize
        ... class Conv:
        ...     def __init__(self, filters, size=3): ...
        >>> conv = Conv(8)
        >>> args(conv).filters, args(conv)["size"], list(args(conv))
        (8, 3, ['filters', 'size'])
        >>> args(conv).filters = 16
        >>> conv
        Conv(filters=16, size=3)
    """

    __slots__ = ("_node",)

    def __init__(self, node: Any):
        object.__setattr__(self, "_node", node)

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_"):
            node = object.__getattribute__(self, "_node")
            value = OPS[type(node)].get(node, name, _ABSENT)
            if value is not _ABSENT:
                return value
        return object.__getattribute__(self, name)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{OPS[type(self._node)].type.__name__} has no argument {name!r}.")

    def __setattr__(self, name: str, value: Any) -> None:
        rebind(self._node, {name: value})

    def __delattr__(self, name: str) -> None:
        rebind(self._node, {name: MISSING_VALUE})

    def __getitem__(self, name: str) -> Any:
        value = OPS[type(self._node)].get(self._node, name, _ABSENT)
        if value is _ABSENT:
            raise KeyError(name)
        return value

    __setitem__ = __setattr__
    __delitem__ = __delattr__

    def __iter__(self) -> Iterator[str]:
        return (k for k, _ in OPS[type(self._node)].items(self._node))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return OPS[type(self._node)].get(self._node, name, _ABSENT) is not _ABSENT

    def keys(self) -> list[str]:
        """The names, in order."""
        return list(self)

    def values(self) -> list[Any]:
        """The values, in order."""
        return [v for _, v in OPS[type(self._node)].items(self._node)]

    def items(self) -> list[tuple[str, Any]]:
        """The (name, value) pairs, in order."""
        return list(OPS[type(self._node)].items(self._node))

    def given(self) -> dict[str, Any]:
        """The arguments that were given: name → value."""
        return dict(OPS[type(self._node)].given_items(self._node))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Arguments):
            return OPS[type(self._node)].eq(self._node, other._node)
        return dict(OPS[type(self._node)].items(self._node)) == other

    __hash__ = None  # type: ignore[assignment]

    def __dir__(self) -> list[str]:
        return list(self)

    def __repr__(self) -> str:
        items = OPS[type(self._node)].items(self._node)
        return "{" + ", ".join(f"{k}={format_value(v, compact=True)}" for k, v in items) + "}"


_ABSENT: Any = object()


def args(x: Any) -> Arguments:
    """A view of the recorded arguments of `x`; reading it never builds the object.

    Raises:
        TypeError: `x` is no node.
    """
    if not OPS[type(x)].symbolic:
        raise TypeError(f"Only symbolic values have arguments. Encountered: {x!r}.")
    return Arguments(x)
