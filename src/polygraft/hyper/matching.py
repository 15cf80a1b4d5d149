"""Reading the decisions back from a program: a tree with placeholders beside one without.

Outside placeholders the two must agree. Plain dicts and lists count as symbolic ones; objects must be of the same
class.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from polygraft.hyper.derived import DerivedValue
from polygraft.missing import MISSING_VALUE
from polygraft.paths import KeyPath
from polygraft.symbolic.compare import eq
from polygraft.symbolic.node import OPS, Kind, NodeOps
from polygraft.symbolic.places import path_of

if TYPE_CHECKING:
    from polygraft.hyper.slots import Slot

_DICTS = (Kind.DICT, Kind.PLAIN_DICT)
_LISTS = (Kind.LIST, Kind.PLAIN_LIST)
_OBJECTS = (Kind.OBJECT, Kind.WRAPPED)


def match(
    template: Any, value: Any, slots: Mapping[int, Slot], numbers: list[Any], path: KeyPath
) -> None:
    """Appends the numbers of all slots in `template` for which it becomes `value`.

    Args:
        template: A tree with placeholders.
        value: The tree to compare it with.
        slots: Compiled placeholders by `id()`; others count as constants.
        numbers: Is appended to, in the order of the tree.
        path: Where the trees stand, for messages.

    Raises:
        ValueError: The trees differ outside the placeholders, or a placeholder has no such value.
    """
    _Matcher(slots, numbers).match(template, value, path)


class _Matcher:
    def __init__(self, slots: Mapping[int, Slot], numbers: list[Any]):
        self.slots = slots
        self.numbers = numbers
        self.seen: dict[
            int, tuple[Any, KeyPath]
        ] = {}  # Tied objects: the value met first, and where.

    def match(self, template: Any, value: Any, path: KeyPath) -> None:
        slot = self.slots.get(id(template))
        if slot is not None:
            if value is MISSING_VALUE:
                raise ValueError(f"Value is missing from input. Path='{path}'.")
            where = (
                path_of(template) if OPS[type(template)].link(template).parent is not None else path
            )
            slot.write(value, self.numbers, where)
            return
        ops = OPS[type(template)]
        if value is MISSING_VALUE and template is not MISSING_VALUE:
            raise ValueError(f"Value is missing from input. Path='{path}'.")
        if isinstance(template, DerivedValue):
            return  # Can be checked once all decisions are known.
        if ops.shared and not self._first_visit(template, value, path):
            return
        if ops.kind in _DICTS:
            self._dict(template, value, path)
        elif ops.kind in _LISTS or ops.kind is Kind.TUPLE:
            self._sequence(ops, template, value, path)
        elif ops.kind in _OBJECTS:
            self._object(ops, template, value, path)
        elif not eq(template, value):
            _unmatched_value(template, value, path)

    def _first_visit(self, template: Any, value: Any, path: KeyPath) -> bool:
        earlier = self.seen.get(id(template))
        if earlier is None:
            self.seen[id(template)] = (value, path)
            return True
        if value is not earlier[0] and not eq(value, earlier[0]):
            raise ValueError(
                f"One object of the template stands for different values in the input. "
                f"(Path='{path}', Input={value!r}, Path='{earlier[1]}', Input={earlier[0]!r})"
            )
        return False

    def _dict(self, template: Any, value: Any, path: KeyPath) -> None:
        theirs = OPS[type(value)]
        if theirs.kind not in _DICTS:
            _unmatched("dict", template, value, path)
        self._items(OPS[type(template)], template, theirs, value, path)

    def _items(
        self, ops: NodeOps, template: Any, theirs: NodeOps, value: Any, path: KeyPath
    ) -> None:
        given = dict(theirs.items(value))
        for key, child in ops.items(template):
            self.match(child, given.pop(key, MISSING_VALUE), KeyPath(key, path))
        for key, child in given.items():
            if child is not MISSING_VALUE:
                _unmatched_value(MISSING_VALUE, child, KeyPath(key, path))

    def _sequence(self, ops: NodeOps, template: Any, value: Any, path: KeyPath) -> None:
        theirs = OPS[type(value)].kind
        same = theirs is Kind.TUPLE if ops.kind is Kind.TUPLE else theirs in _LISTS
        if not same or len(value) != len(template):
            _unmatched("tuple" if ops.kind is Kind.TUPLE else "list", template, value, path)
        for i, (child, item) in enumerate(zip(tuple(template), tuple(value), strict=True)):
            self.match(child, item, KeyPath(i, path))

    def _object(self, ops: NodeOps, template: Any, value: Any, path: KeyPath) -> None:
        theirs = OPS[type(value)]
        if theirs.type is not ops.type:
            raise ValueError(
                f"Unmatched Object type between template and input: "
                f"(Path='{path}', Template={template!r}, Input={value!r})"
            )
        mine, given = dict(ops.items(template)), dict(theirs.items(value))
        if mine.keys() != given.keys():
            raise ValueError(
                f"Unmatched Object keys between template value and input value. (Path='{path}', "
                f"TemplateOnlyKeys={set(mine) - set(given)!r}, InputOnlyKeys={set(given) - set(mine)!r})"
            )
        for key, child in mine.items():
            self.match(child, given[key], KeyPath(key, path))


def _unmatched(kind: str, template: Any, value: Any, path: KeyPath) -> NoReturn:
    raise ValueError(
        f"Unmatched {kind} between template value and input value. "
        f"(Path='{path}', Template={template!r}, Input={value!r})"
    )


def _unmatched_value(template: Any, value: Any, path: KeyPath) -> NoReturn:
    raise ValueError(
        f"Unmatched value between template and input. (Path='{path}', Template={template!r}, Input={value!r})"
    )
