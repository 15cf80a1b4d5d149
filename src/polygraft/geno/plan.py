"""The compiled form of a search space, on which everything that counts runs.

A spec is compiled once, on first use, into a `Plan`: a flat row of `Point`s, each with the plans of
    its candidates. A genotype is then a plain tuple of numbers in depth-first order, in which the
    numbers of a conditional sub-space follow the choice that turned it on. Random draws
    (`draw.py`), enumeration (`successor.py`), sizes (`sizes.py`) and the unfolding of numbers into
    a tree (`dna.py`) read the plan alone; the spec objects behind it (`Plan.spec`, `Point.spec`)
    serve names, ids and messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from polygraft.geno.base import SpecBase

Number = int | float | str
Numbers = tuple[Number, ...]


class Kind(IntEnum):
    """What a decision point decides."""

    CHOICE = 0
    FLOAT = 1
    CUSTOM = 2
    INT = 3


CHOICE, FLOAT, CUSTOM, INT = (
    0,
    1,
    2,
    3,
)  # Plain ints: comparing enum members is slow in inner loops.


class Point:
    """One compiled decision point.

    Attributes:
        spec: The decision point it was compiled from.
        kind: One of `CHOICE`, `FLOAT`, `CUSTOM`, `INT`.
        n, k: Number of candidates, and how many of them are chosen.
        distinct, sorted: Constraints among the k chosen indices.
        candidates: One plan for each candidate.
        low, high: Bounds of a float; the first and the last value of an integer.
        step: Distance between the values of an integer; else 0.
        constant: Whether no candidate has decisions of its own.
        length: How many numbers the point takes; -1 where that depends on the choice.
    """

    __slots__ = (
        "candidates", "constant", "custom", "distinct", "high", "indices", "k", "kind", "length",
        "low", "n", "sorted", "spec", "step",
    )  # fmt: skip

    def __init__(
        self,
        spec: Any,
        kind: int,
        candidates: Sequence[Plan] = (),
        k: int = 1,
        distinct: bool = True,
        sorted: bool = False,
        low: float = 0.0,
        high: float = 0.0,
        step: int = 0,
    ) -> None:
        self.spec: Any = spec
        self.kind = kind
        self.candidates = candidates
        self.n = len(candidates)
        self.k = k
        self.distinct = distinct
        self.sorted = sorted
        self.low = low
        self.high = high
        self.step = step
        self.indices: list[int] = list(range(self.n))
        self.constant = not any(c.points for c in candidates)
        self.custom = kind == CUSTOM or any(c.custom for c in candidates)
        lengths = {c.length for c in candidates} or {0}
        same = lengths.pop() if len(lengths) == 1 else -1
        self.length = k * (1 + same) if same >= 0 else -1


class Plan:
    """A compiled space: a row of points.

    A space of one element is transparent: `spec` is then that element.

    Attributes:
        spec: The spec that a genotype of this plan is bound to.
        points: The decision points, in order.
        length: How many numbers a genotype takes; -1 where that depends on its choices.
        custom: Whether a custom decision point occurs anywhere.
        limits: For a plan of unconditional single choices, their numbers of candidates; else None.
        draws: For a plan of unconditional single choices and floats, one `(n, bits, low, width)`
            for each point; else None.
        rule: The constraints of a whole space (see `constraints.py`), or None.
    """

    __slots__ = ("custom", "draws", "first", "length", "limits", "points", "rule", "size", "spec")

    def __init__(self, spec: SpecBase, points: Sequence[Point]) -> None:
        self.points: Sequence[Point] = tuple(points)
        self.spec: Any = points[0].spec if len(points) == 1 else spec
        lengths = [p.length for p in points]
        self.length = -1 if -1 in lengths else sum(lengths)
        self.custom = any(p.custom for p in points)
        self.limits = (
            tuple(p.n for p in points) if all(_plain(p, floats=False) for p in points) else None
        )
        self.draws = (
            tuple(_draw_row(p) for p in points)
            if all(_plain(p, floats=True) for p in points)
            else None
        )
        self.rule: Any = None
        self.size: int | None = None  # Filled by `sizes.space_size`.
        self.first: Numbers | None = None  # Filled by `successor.first_numbers`.


def _plain(point: Point, floats: bool) -> bool:
    if point.kind == CHOICE:
        return point.k == 1 and point.constant
    return floats and point.kind == FLOAT


def _draw_row(point: Point) -> tuple[int, int, float, float]:
    return point.n, point.n.bit_length(), point.low, point.high - point.low


def span(plan: Plan, numbers: Sequence[Any], start: int) -> int:
    """Returns where the numbers of `plan` that begin at `start` end."""
    if plan.length >= 0:
        return start + plan.length
    for point in plan.points:
        start = point_span(point, numbers, start)
    return start


def point_span(point: Point, numbers: Sequence[Any], start: int) -> int:
    """Returns where the numbers of `point` that begin at `start` end."""
    if point.length >= 0:
        return start + point.length
    for _ in range(point.k):
        start = span(point.candidates[int(numbers[start])], numbers, start + 1)
    return start
