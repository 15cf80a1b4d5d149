"""Random genotypes, as flat numbers.

Seeded results are a contract: every choice consumes the generator as `r.sample(range(n), k)`
    (distinct, which single choices are by default) or k times `r.randint(0, n - 1)`, every float as
    `r.uniform(low, high)`, in depth-first order; the indices of a multi-choice are all drawn before
    its sub-spaces. For a plain `random.Random` the single draws are made in line from `getrandbits`
    and `random`, which is what those methods do inside; any other generator is called by its public
    methods.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from polygraft.geno.plan import CHOICE, FLOAT, INT, Number, Numbers, Plan, Point, point_span, span


def draw_numbers(
    plan: Plan, r: Any, previous: Numbers | None = None, free: bool = False
) -> Numbers:
    """Draws the numbers of one genotype.

    Args:
        plan: The space.
        r: A `random.Random`, the `random` module or anything with their methods.
        previous: Numbers of an earlier genotype of the same plan, shown to custom decision points.
        free: Whether constraints are left aside.

    Raises:
        InfeasibleError: Nothing that the constraints allow was found.
    """
    if plan.rule is not None and not free:
        return plan.rule.draw(plan, r, previous)
    plain = type(r) is random.Random or r is random
    out: list[Number] = []
    rows = plan.draws
    if rows is not None and plain:
        getrandbits, uniform01, append = r.getrandbits, r.random, out.append
        for n, bits, low, width in rows:
            if n:
                index = getrandbits(bits)
                while index >= n:
                    index = getrandbits(bits)
                append(index)
            else:
                append(low + width * uniform01())
        return tuple(out)
    draw_one = _index_in_line(r) if plain else None
    _draw(plan.points, r, draw_one, previous if plan.custom else None, 0, out)
    return tuple(out)


def _index_in_line(r: Any) -> Callable[[int], int]:
    getrandbits = r.getrandbits

    def draw(n: int) -> int:
        bits = n.bit_length()
        index = getrandbits(bits)
        while index >= n:
            index = getrandbits(bits)
        return index

    return draw


def _draw(
    points: Sequence[Point],
    r: Any,
    draw_one: Callable[[int], int] | None,
    previous: Numbers | None,
    at: int,
    out: list[Number],
) -> None:
    """Appends numbers for `points`; `previous[at:]` are the earlier numbers of the same points, if
    there are any.
    """
    for point in points:
        if point.kind == FLOAT:
            out.append(r.uniform(point.low, point.high))
        elif point.kind == CHOICE:
            indices = _draw_indices(point, r, draw_one)
            if point.constant:
                out.extend(indices)
            else:
                slot_at = at
                for index in indices:
                    out.append(index)
                    sub = point.candidates[index]
                    if previous is None:
                        _draw(sub.points, r, draw_one, None, 0, out)
                        continue
                    same = previous[slot_at] == index
                    _draw(sub.points, r, draw_one, previous if same else None, slot_at + 1, out)
                    slot_at = span(point.candidates[int(previous[slot_at])], previous, slot_at + 1)
        elif point.kind == INT:
            out.append(point.spec.draw_value(r))
        else:
            out.append(point.spec.draw_genome(r, None if previous is None else previous[at]))
        if previous is not None:
            at = point_span(point, previous, at)


def _draw_indices(point: Point, r: Any, draw_one: Callable[[int], int] | None) -> list[int]:
    n, k = point.n, point.k
    if point.distinct:
        if k == 1:
            return [draw_one(n)] if draw_one is not None else r.sample(point.indices, 1)
        indices: list[int] = r.sample(point.indices, k)
    elif draw_one is not None:
        indices = [draw_one(n) for _ in range(k)]
    else:
        indices = [r.randint(0, n - 1) for _ in range(k)]
    if point.sorted:
        indices.sort()
    return indices
