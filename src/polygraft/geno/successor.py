"""Enumeration: the first genotype of a space and the one after a given one.

The order is that of an odometer whose rightmost wheel turns fastest, which over depth-first numbers
is the lexicographic successor: the rightmost number that can grow grows, and everything after it
restarts at its smallest valid completion. What remains to be completed after each number is a
linked list of cells `(point, slot, chosen indices, rest)`, so that the walk needs no recursion.
"""

from __future__ import annotations

from typing import Any

from polygraft.geno.float_grid import next_value
from polygraft.geno.plan import CHOICE, CUSTOM, FLOAT, INT, Number, Numbers, Plan, Point

_Cell = Any  # (Point, slot: int, indices chosen by earlier slots: tuple[int, ...], _Cell | None)


def first_numbers(plan: Plan, num_points: int | None = None, free: bool = False) -> Numbers:
    """Returns the numbers of the first genotype; constraints are left aside if `free`.

    To find one that the constraints allow, `num_points` values stand for each float.
    """
    if plan.rule is not None and not free:
        return plan.rule.first(plan, num_points)
    if plan.first is not None:
        return plan.first
    out: list[Number] = []
    _complete(_push(plan, None), out)
    numbers = tuple(out)
    if not plan.custom:  # A user's function may answer differently next time.
        plan.first = numbers
    return numbers


def next_numbers(
    plan: Plan,
    numbers: Numbers,
    num_points: int | None = None,
    free: bool = False,
    last: int | None = None,
) -> Numbers | None:
    """Returns the numbers of the genotype after `numbers`, or None after the last one.

    Args:
        plan: The space.
        numbers: The numbers of a genotype.
        num_points: How many values stand for a float; see `float_grid.py`.
        free: Whether constraints are left aside.
        last: If not None, all that begin like `numbers` up to this index are skipped.

    Raises:
        NotImplementedError: The odometer reached a float, and there is no `num_points`.
        InfeasibleError: Too many in a row are not allowed by the constraints.
    """
    if plan.rule is not None and not free:
        return plan.rule.next(plan, numbers, num_points)
    end = len(numbers) if last is None else last + 1
    if plan.limits is not None:
        return _next_plain(plan.limits, numbers, end)
    cells = _walk(plan, numbers)
    for i in range(end - 1, -1, -1):
        point, slot, chosen, rest = cells[i]
        number = _grown(point, slot, chosen, numbers[i], num_points)
        if number is None:
            continue
        out = [*numbers[:i], number]
        _complete(_after(point, slot, chosen, number, rest), out)
        return tuple(out)
    return None


def _next_plain(limits: tuple[int, ...], numbers: Numbers, end: int) -> Numbers | None:
    for i in range(end - 1, -1, -1):
        index = int(numbers[i]) + 1
        if index < limits[i]:
            return (*numbers[:i], index, *((0,) * (len(limits) - i - 1)))
    return None


def _push(plan: Plan, rest: _Cell | None) -> _Cell | None:
    for point in reversed(plan.points):
        rest = (point, 0, (), rest)
    return rest


def _after(
    point: Point, slot: int, chosen: tuple[int, ...], number: int, rest: _Cell | None
) -> _Cell | None:
    if point.kind != CHOICE:
        return rest
    if slot + 1 < point.k:
        rest = (point, slot + 1, (*chosen, number), rest)
    return _push(point.candidates[number], rest)


def _walk(plan: Plan, numbers: Numbers) -> list[_Cell]:
    cells: list[_Cell] = []
    cell = _push(plan, None)
    number: Any
    for number in numbers:
        assert cell is not None
        cells.append(cell)
        point, slot, chosen, rest = cell
        cell = _after(point, slot, chosen, number, rest)
    return cells


def _complete(cell: _Cell | None, out: list[Number]) -> None:
    while cell is not None:
        point, slot, chosen, rest = cell
        number: Any
        if point.kind == CHOICE:
            number = _smallest(point, chosen)
        elif point.kind != CUSTOM:
            number = point.low
        else:
            number = point.spec.next_genome(None)
            if number is None:
                raise ValueError(f"There is no first DNA for {point.spec!r}.")
        out.append(number)
        cell = _after(point, slot, chosen, number, rest)


def _smallest(point: Point, chosen: tuple[int, ...]) -> int:
    if point.sorted and chosen:
        return chosen[-1] + 1 if point.distinct else chosen[-1]
    if not point.distinct or not chosen:
        return 0
    used = set(chosen)
    return next(i for i in range(point.n) if i not in used)


def _grown(
    point: Point, slot: int, chosen: tuple[int, ...], number: Any, num_points: int | None
) -> Any:
    """Returns the next larger value for one number, or None where there is none."""
    if point.kind == FLOAT:
        if num_points is not None:
            return next_value(point.spec, number, num_points)
        raise NotImplementedError("`next_dna` is not supported on `Float` yet.")
    if point.kind == INT:
        return number + point.step if number < point.high else None
    if point.kind != CHOICE:
        return point.spec.next_genome(number)
    end = point.n
    if point.distinct and point.sorted:
        end -= point.k - slot - 1  # Leave room for the slots to the right.
    used = set(chosen) if point.distinct and not point.sorted else ()
    for index in range(number + 1, end):
        if index not in used:
            return index
    return None
