"""Constraints as a compiled program sees them: their functions get values of the program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from polygraft.geno import DNA, Constraint
from polygraft.hyper.choice_slots import ChoiceSlot
from polygraft.hyper.slots import Frame, Slot


def bound(
    constraints: Sequence[Constraint], frame: Frame, made: Callable[[Any], Any]
) -> list[Constraint]:
    """Returns the constraints such that they see the values of a compiled program, or, from `made`, programs."""
    slots = list(_row_slots(frame))

    def read(row: int, numbers: Any) -> Any:
        return slots[row].value(numbers)

    return [_on_program(c, made) if c.keys is None else c.reading(read) for c in constraints]


def _on_program(c: Constraint, made: Callable[[Any], Any]) -> Constraint:
    def allowed(dna: DNA) -> Any:
        return c.fn(made(dna.numbers))

    return Constraint(None, allowed, c.label, given=c.given)


def _row_slots(frame: Frame) -> Iterator[Slot]:
    """Yields the compiled placeholder of each row of the table of the frame's space."""
    for slot in frame.slots:
        if not isinstance(slot, ChoiceSlot):
            yield slot
            continue
        for _ in range(slot.placeholder.num_choices):
            yield slot
            for below in slot.frames:
                yield from _row_slots(below)
