"""Genotypes as decisions by point: what recombinators merge, and how it is made into a genotype again.

Decisions are a dict from the `id()` of a decision point (of a slot, for multi-choices) to its value; points that are
not active are absent. `Layout` knows a space: its points in order, and which points lie below which.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from polygraft.geno import DNA
from polygraft.geno.numbers import numbers_of
from polygraft.geno.plan import CHOICE, CUSTOM, Number, Numbers, Plan, Point

Decisions = dict[int, Any]


def common_plan(parents: Sequence[DNA]) -> tuple[Plan, list[Numbers]]:
    """Returns the plan that all parents are bound to, and their numbers.

    Raises:
        ValueError: They are not bound to one spec.
    """
    spec = parents[0].spec
    for parent in parents:
        if parent.spec is None or not (parent.spec is spec or parent.spec.sym_eq(spec)):
            raise ValueError(
                f"Parents must be bound to one spec, but {parent!r} is bound to {parent.spec!r}, and the first "
                f"parent to {spec!r}. Bind them with `dna.use_spec(spec)`."
            )
    plan: Plan = spec.plan
    return plan, [numbers_of(plan, parent) for parent in parents]


def slots_of(point: Point) -> list[Point]:
    """Returns the points of the slots of a multi-choice; of any other point, itself."""
    if point.k == 1:
        return [point]
    return [slot.plan.points[0] for slot in point.spec.choice_specs]


def read(points: Sequence[Point], numbers: Numbers, at: int, out: Decisions) -> int:
    """Adds the decisions of `points`; returns where their numbers end."""
    for point in points:
        for slot in slots_of(point):
            value = numbers[at]
            at += 1
            out[id(slot.spec)] = value
            if point.kind == CHOICE:
                at = read(slot.candidates[int(value)].points, numbers, at, out)
    return at


def write(
    points: Sequence[Point], decisions: Decisions, parents: list[Decisions], out: list[Number]
) -> None:
    """Adds the numbers of `points`. What has been left open is taken from the first parent that decided it, or else is
    the first possible decision.
    """
    for point in points:
        for i, slot in enumerate(slots_of(point)):
            key = id(slot.spec)
            value: Any = decisions.get(key)
            if value is None:
                value = next((p[key] for p in parents if key in p), None)
            if value is None:
                value = _first(point, i)
            out.append(value)
            if point.kind == CHOICE:
                write(slot.candidates[int(value)].points, decisions, parents, out)


def _first(point: Point, slot: int) -> Number:
    if point.kind == CHOICE:
        return slot if point.distinct else 0
    return point.spec.first_dna().value if point.kind == CUSTOM else point.low


class Layout:
    """What recombinators ask of a space; made once for each."""

    __slots__ = ("_below", "plan", "points", "spec")

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.spec: Any = plan.spec
        self.points = folded(plan.spec)
        self._below: dict[int, list[int]] = {}

    def below(self, spec: Any) -> list[int]:
        """Returns the `id()` of all points below a single decision (or one slot)."""
        key = id(spec)
        found = self._below.get(key)
        if found is None:
            found = self._below[key] = (
                [id(p) for c in spec.candidates for p in c.decision_points]
                if spec.is_categorical
                else []
            )
        return found


def folded(spec: Any) -> list[Any]:
    """Returns the decision points of a spec in order, each multi-choice as one point, before those below its slots."""
    points: list[Any] = []
    for point in spec.decision_points:
        if not point.is_subchoice:
            points.append(point)
        elif point.subchoice_index == 0:
            points.append(point.parent_spec)
    return points


def is_multi(point: Any) -> bool:
    """Whether a decision point is a multi-choice."""
    return point.is_categorical and point.num_choices > 1


def decision_of(point: Any, decisions: Decisions) -> Any:
    """Returns the decision at a point: a list for a multi-choice, None where it is not active."""
    if not is_multi(point):
        return decisions.get(id(point))
    values = [decisions.get(id(slot)) for slot in point.choice_specs]
    return None if None in values else values


def distinct_children(plan: Plan, children: Sequence[Numbers]) -> list[DNA]:
    """Returns genotypes, repetitions left out."""
    return [DNA.of(plan, numbers) for numbers in dict.fromkeys(children)]
