"""A batch that only asks: it validates what would be stored, and stores nothing.

What depends on the whole tree after the change (the length of a list) is worked out from what would have happened.
"""

from __future__ import annotations

from typing import Any

from polygraft.missing import MISSING_VALUE
from polygraft.symbolic.edits import Batch, refuse_cycles
from polygraft.symbolic.list_ import check_size
from polygraft.symbolic.node import OPS, SAFE_TYPES, plain_list
from polygraft.symbolic.places import path_of
from polygraft.symbolic.rebinding import store_checked
from polygraft.symbolic.rules import Pair


def check_pairs(x: Any, pairs: list[Pair]) -> None:
    """Raises what `rebind` would raise for the pairs, and changes nothing; hooks are not asked."""
    store_checked(Trial(), x, pairs)


class Trial(Batch):
    """Raises what a `Batch` would raise while storing."""

    def __init__(self) -> None:
        super().__init__()
        self.lists: dict[int, list[Any]] = {}

    def store(self, target: Any, key: Any, value: Any) -> None:
        ops = OPS[type(target)]
        old = ops.stored(target, key)
        if value is old and old is not MISSING_VALUE:
            return
        new = ops.check(target, key, value)
        if type(new) not in SAFE_TYPES:
            refuse_cycles(new, target, key)

    def insert(self, target: list[Any], index: int, value: Any) -> None:
        items = self.changed(target)
        index = min(index, len(items))
        new = OPS[type(target)].check(target, index, value)
        refuse_cycles(new, target, index)
        items.insert(index, new)

    def delete(self, target: list[Any], index: int) -> None:
        items = self.changed(target)
        if index < len(items):
            del items[index]

    def check_length(self, target: Any) -> None:
        check_size(target._sym_spec, self.changed(target), lambda: path_of(target))

    def changed(self, target: list[Any]) -> list[Any]:
        """What a list would hold."""
        known = self.lists.get(id(target))
        if known is None:
            known = self.lists[id(target)] = list(plain_list.__iter__(target))
        return known
