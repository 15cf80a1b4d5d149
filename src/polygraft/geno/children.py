# pyright: reportPrivateUsage=false
# The list is a part of its node: it writes the parents and the state of nodes.
"""The list of a node's children: writing to it keeps parents right and makes the genotype forget
its flat form.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, SupportsIndex, cast

if TYPE_CHECKING:
    from polygraft.geno.node import Node


class Children(list[Any]):
    """Children of `owner`. A node that already has another parent is copied when it comes in."""

    __slots__ = ("_owner",)

    def __init__(self, owner: Node, nodes: Iterable[Node]) -> None:
        self._owner = owner
        super().__init__(nodes)
        for node in self:
            node._parent = owner

    def _adopted(self, node: Any, position: int) -> Any:
        owner = self._owner
        if not isinstance(node, type(owner)):
            raise TypeError(
                f"Expect {type(owner)!r} but encountered {type(node)!r}: {node}. (path=children[{position}])"
            )
        if node._parent is not None and node._parent is not owner:
            node = node.clone()
        node._parent = owner
        return node

    def _write(self, nodes: list[Any]) -> None:
        """Makes `nodes` the content."""
        adopted: list[Any] = []
        for i, node in enumerate(nodes):
            if any(node is n for n in adopted):
                node = node.clone()
            adopted.append(self._adopted(node, i))
        for old in self:
            if not any(old is n for n in adopted):
                old._parent = None
        super().__setitem__(slice(None), adopted)
        self._owner._changed()

    def _edited(self, method: str, *args: Any) -> Any:
        nodes = list(self)
        result = getattr(nodes, method)(*args)
        self._write(nodes)
        return result

    def __setitem__(self, key: SupportsIndex | slice, value: Any) -> None:
        self._edited("__setitem__", key, value)

    def __delitem__(self, key: SupportsIndex | slice) -> None:
        self._edited("__delitem__", key)

    def append(self, object: Any) -> None:
        self._edited("append", object)

    def extend(self, iterable: Iterable[Any]) -> None:
        self._edited("extend", iterable)

    def insert(self, index: SupportsIndex, object: Any) -> None:
        self._edited("insert", index, object)

    def pop(self, index: SupportsIndex = -1) -> Any:
        return self._edited("pop", index)

    def remove(self, value: Any) -> None:
        self._edited("remove", value)

    def clear(self) -> None:
        self._write([])

    def reverse(self) -> None:
        self._write(list(reversed(self)))

    def sort(self, *, key: Any = None, reverse: bool = False) -> None:
        self._write(sorted(self, key=key, reverse=reverse))

    def __iadd__(self, value: Iterable[Any]) -> Any:
        self.extend(value)
        return self

    def __imul__(self, value: SupportsIndex) -> Any:
        self._write(list(self) * int(value))
        return self

    def copy(self) -> list[Any]:
        return list(self)

    def __reduce__(self) -> Any:  # A copy has no owner: it is a plain list.
        return list, (list(self),)

    def __deepcopy__(self, memo: dict[int, Any]) -> list[Any]:
        return [node.clone(True, memo) for node in cast(list[Any], self)]
