"""The decision points of a spec laid out in one flat table, with their ids and names.

A row stands for one decision: a single choice, a slot of a multi-choice, a float or a custom point.
    Rows are in depth-first order; a choice row knows which rows belong to each of its candidates,
    so that a genotype's numbers can be matched to rows without touching the tree of specs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from polygraft.geno.conditional_key import ConditionalKey
from polygraft.geno.plan import CHOICE
from polygraft.paths import KeyPath


class Row:
    """One decision.

    Attributes:
        spec: The decision point; for a multi-choice the slot.
        id, key: Its id, and that as a string.
        name: Its name, or None.
        multi: The multi-choice that the row is a slot of, or None.
        multi_id, slot: Id of that multi-choice and the slot's position in it.
        branches: For a choice, the (start, end) of each candidate's rows.
        end: Index of the row after this one and all that depends on it.
    """

    __slots__ = (
        "branches",
        "end",
        "id",
        "key",
        "kind",
        "multi",
        "multi_id",
        "multi_key",
        "name",
        "slot",
        "spec",
    )

    def __init__(
        self,
        spec: Any,
        id: KeyPath,
        kind: int,
        multi: Any = None,
        multi_id: KeyPath | None = None,
        slot: int = 0,
    ) -> None:
        self.spec = spec
        self.id = id
        self.key = str(id)
        self.kind = kind
        self.name: str | None = spec.name
        self.multi = multi
        self.multi_id = multi_id
        self.multi_key = None if multi_id is None else str(multi_id)
        self.slot = slot
        self.branches: tuple[tuple[int, int], ...] | None = None
        self.end = 0

    @property
    def point(self) -> Any:
        """The decision point as it was defined: for a slot, its multi-choice."""
        return self.spec if self.multi is None else self.multi

    @property
    def label(self) -> str:
        """Name or id, for messages."""
        return self.name if self.name is not None else self.key


class Table:
    """All decisions of a spec.

    Attributes:
        rows: One for each decision, in depth-first order.
        ids: Ids in the same order; a multi-choice occurs once, under its own id.
        by_id: Decision point, or list of slots for a multi-choice, by id string.
        by_name: Decision point, or list of them under or in a multi-choice, by name.
    """

    __slots__ = ("by_id", "by_name", "flat", "ids", "rows")

    def __init__(self, spec: Any) -> None:
        self.rows: list[Row] = []
        self.ids: list[KeyPath] = []
        self.by_id: dict[str, Any] = {}
        self.by_name: dict[str, Any] = {}
        if spec.is_space:
            self._add_space(spec, spec.id, False)
        else:
            self._add_point(spec, spec.id, spec.in_multi_choice)
        self.flat = all(row.branches is None or row.end == i + 1 for i, row in enumerate(self.rows))

    def _add_space(self, space: Any, id: KeyPath, repeated: bool) -> None:
        for element in space.elements:
            self._add_point(element, id + element.location, repeated)

    def _add_point(self, spec: Any, id: KeyPath, repeated: bool) -> None:
        self.ids.append(id)
        point = spec.plan.points[0]
        if point.k == 1:
            self._add_row(Row(spec, id, point.kind), repeated)
            return
        slots = spec.choice_specs
        self.by_id[str(id)] = list(slots)
        for i, slot in enumerate(slots):
            self._add_row(Row(slot, id + slot.location, CHOICE, spec, id, i), True)

    def _add_row(self, row: Row, repeated: bool) -> None:
        self.rows.append(row)
        self.by_id.setdefault(row.key, row.spec)
        if row.name is not None:
            self._add_name(row.name, row.spec, repeated)
        if row.kind == CHOICE:
            branches: list[tuple[int, int]] = []
            candidates = row.spec.candidates
            for i, space in enumerate(candidates):
                start = len(self.rows)
                if space.elements:
                    self._add_space(
                        space,
                        row.id + ConditionalKey(i, len(candidates)) + space.location,
                        repeated,
                    )
                branches.append((start, len(self.rows)))
            row.branches = tuple(branches)
        row.end = len(self.rows)

    def _add_name(self, name: str, spec: Any, repeated: bool) -> None:
        known = self.by_name.get(name)
        if known is None:
            self.by_name[name] = [spec] if repeated else spec
        elif isinstance(known, list):
            cast("list[Any]", known).append(spec)
        else:
            self.by_name[name] = [known, spec]

    def active(self, numbers: Sequence[int]) -> Sequence[int]:
        """Returns the index of the row that each number of a genotype belongs to."""
        if self.flat:
            return range(len(numbers))
        found: list[int] = []
        stack: list[tuple[int, int]] = []
        at, end = 0, len(self.rows)
        for number in numbers:
            while at == end:
                at, end = stack.pop()
            found.append(at)
            row = self.rows[at]
            if row.branches is None:
                at += 1
            else:
                stack.append((row.end, end))
                at, end = row.branches[number]
        return found

    def find(self, key: Any) -> Any:
        """Returns what a name or an id (string or `KeyPath`) stands for.

        Raises:
            KeyError: Nothing of this name or id is known.
        """
        if isinstance(key, str) and key in self.by_name:
            return self.by_name[key]
        return self.by_id[str(key) if isinstance(key, KeyPath) else key]
