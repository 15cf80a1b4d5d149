"""Recombinators that cut two genotypes into segments and exchange every other one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from polygraft import typing as pg_typing
from polygraft.evolution.calling import Runner, runner
from polygraft.evolution.interfaces import Recombinator
from polygraft.evolution.operation import REQUIRED
from polygraft.evolution.recombinators.decisions import common_plan, slots_of
from polygraft.geno import DNA, DecisionPoint
from polygraft.geno.plan import Numbers, Plan, point_span, span
from polygraft.scalars import scalar_spec, scalar_value
from polygraft.scalars.parts import SEED_FIELD, Drawing
from polygraft.symbolic import members


class SegmentWise(Recombinator):
    """Base of recombinators that exchange segments between two parents.

    Segments are made of independent points: those that are not conditional; a distinct or sorted multi-choice is one
    point, the slots of any other are one each. What lies below a point moves along with it. The first child begins with
    the first parent's segment, the second with the second's.

    Subclasses implement `cutting_indices(independent_decision_points[, global_state][, step])`.
    """

    NUM_PARENTS = 2
    HOOKS: ClassVar[dict[str, int]] = {"cutting_indices": 1}
    _run_cutting_indices: ClassVar[Any]

    @abstractmethod
    def cutting_indices(
        self, independent_decision_points: list[Any], *args: Any, **kwargs: Any
    ) -> list[int]:
        """Returns the indices of the points at which segments begin."""

    def recombine(self, parents: list[DNA], global_state: Any, step: int) -> list[DNA]:
        plan, numbers = common_plan(parents)
        points, first = _parts(plan, numbers[0])
        _, second = _parts(plan, numbers[1])
        cuts = set(self._run_cutting_indices(points, global_state, step))
        children: tuple[list[Any], list[Any]] = ([], [])
        crossed = False
        for i, (a, b) in enumerate(zip(first, second, strict=True)):
            crossed ^= i in cuts
            children[crossed].extend(a)
            children[not crossed].extend(b)
        return [DNA.of(plan, tuple(child)) for child in children]


def _parts(plan: Plan, numbers: Numbers) -> tuple[list[Any], list[Numbers]]:
    """Returns the independent points of a space, and the numbers of each in a genotype."""
    specs: list[Any] = []
    parts: list[Numbers] = []
    at = 0
    for point in plan.points:
        if point.k == 1 or point.distinct or point.sorted:
            end = point_span(point, numbers, at)
            specs.append(point.spec)
            parts.append(numbers[at:end])
            at = end
            continue
        for slot in slots_of(point):
            end = span(slot.candidates[int(numbers[at])], numbers, at + 1)
            specs.append(slot.spec)
            parts.append(numbers[at:end])
            at = end
    return specs, parts


@members(
    [
        (
            "k",
            scalar_spec(pg_typing.Int(min_value=1)),
            "Number of cuts: an int, or a function of the step.",
        ),
        SEED_FIELD,
    ]
)
class KPoint(SegmentWise, Drawing):
    """Cuts at k random points, or everywhere if there are no more than k + 1.

    Example:
        >>> import polygraft as pg
        >>> spec = pg.dna_spec(pg.List([pg.oneof(range(5))] * 4))
        >>> KPoint(1, seed=1)([pg.DNA([1, 1, 1, 1], spec=spec), pg.DNA([2, 2, 2, 2], spec=spec)])
        [DNA([1, 2, 2, 2]), DNA([2, 1, 1, 1])]
    """

    k: Any = REQUIRED
    seed: int | None = None

    def cutting_indices(self, independent_decision_points: list[Any], step: int) -> list[int]:
        k, n = scalar_value(self.k, step), len(independent_decision_points)
        if n <= k + 1:
            return list(range(1, n))
        return sorted(self._random.sample(range(1, n), k))


@members(
    [
        (
            "cutting_points",
            pg_typing.Callable(
                [pg_typing.List(pg_typing.Object(DecisionPoint))],
                returns=pg_typing.List(pg_typing.Int(min_value=0)),
            ),
            "A callable `(independent_decision_points[, global_state][, step])` to indices.",
        )
    ]
)
class Segmented(SegmentWise):
    """Cuts where a function says."""

    cutting_points: Callable[..., Any] = REQUIRED
    _cutting_points: ClassVar[Runner]

    def _on_bound(self) -> None:
        super()._on_bound()
        object.__setattr__(self, "_cutting_points", runner(self.cutting_points))

    def cutting_indices(
        self, independent_decision_points: list[Any], global_state: Any, step: int
    ) -> list[int]:
        return self._cutting_points(independent_decision_points, global_state, step)
