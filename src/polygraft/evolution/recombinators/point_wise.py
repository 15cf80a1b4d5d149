"""Recombinators that decide point by point which parent, or which mixture of parents, a child follows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from polygraft import typing as pg_typing
from polygraft.evolution.calling import Runner, runner, total
from polygraft.evolution.interfaces import Recombinator
from polygraft.evolution.operation import REQUIRED
from polygraft.evolution.recombinators.decisions import (
    Decisions,
    Layout,
    common_plan,
    decision_of,
    distinct_children,
    is_multi,
    read,
    write,
)
from polygraft.evolution.where import ALL, DecisionPointFilter, where_spec
from polygraft.geno import DNA
from polygraft.geno.plan import Number, Numbers
from polygraft.scalars.parts import SEED_FIELD, Drawing
from polygraft.symbolic import members

_set = object.__setattr__  # State of an object is no field of it.
MAX_REJECTIONS = 8


@members([("where", where_spec(), "Which decision points are merged.")])
class PointWise(Recombinator):
    """Base of recombinators that merge the decisions of all parents at each chosen point, in order.

    The merged decision is given to every parent. A parent that decided otherwise loses what it had decided below that
    point, so that only parents on the chosen branch have a say there. Children are the parents thus changed,
    repetitions left out: one child, if all points are chosen.

    Subclasses implement `merge(decision_point, parent_decisions[, global_state][, step])` and may override
    `applicable_decision_points(dna_spec[, global_state][, step])`.
    """

    HOOKS: ClassVar[dict[str, int]] = {"merge": 2, "applicable_decision_points": 1}
    _run_merge: ClassVar[Any]
    _run_applicable_decision_points: ClassVar[Any]
    _layout: ClassVar[Layout | None] = None

    where: DecisionPointFilter = ALL

    @abstractmethod
    def merge(
        self, decision_point: Any, parent_decisions: list[Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Returns the decision of the children at one point.

        Args:
            decision_point: The point.
            parent_decisions: An int, float, str or (for a multi-choice) list of ints for each parent; None for a parent
                in which the point is not active.
            *args: Not used.
            **kwargs: `global_state` and `step`, as far as the method names them.
        """

    def applicable_decision_points(self, dna_spec: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Returns the points that may be merged; a multi-choice counts as one."""
        return list(self._known(dna_spec.plan).points)

    def recombine(self, parents: list[DNA], global_state: Any, step: int) -> list[DNA]:
        if not parents:
            return []
        plan, numbers = common_plan(parents)
        layout = self._known(plan)
        original: list[Decisions] = []
        for values in numbers:
            decisions: Decisions = {}
            read(plan.points, values, 0, decisions)
            original.append(decisions)
        points = self._run_applicable_decision_points(layout.spec, global_state, step)
        points = self.where(points, global_state, step)
        changed = [dict(decisions) for decisions in original]
        self._prepare(parents, global_state, step)
        for point in points:
            given = [decision_of(point, decisions) for decisions in changed]
            if any(value is not None for value in given):
                merged = self._run_merge(point, given, global_state, step)
                for decisions in changed:
                    _decide(point, merged, decisions, layout)
        return distinct_children(plan, [_written(layout, d, original) for d in changed])

    def _prepare(self, parents: list[DNA], global_state: Any, step: int) -> None:
        """Works out what is the same for all points."""

    def _known(self, plan: Any) -> Layout:
        layout = self._layout
        if layout is None or layout.plan is not plan:
            layout = Layout(plan)
            _set(self, "_layout", layout)
        return layout


def _decide(point: Any, merged: Any, decisions: Decisions, layout: Layout) -> None:
    specs = point.choice_specs if is_multi(point) else [point]
    values: Sequence[Any] = merged if is_multi(point) else [merged]
    for spec, value in zip(specs, values, strict=True):
        if decisions.get(id(spec)) != value:
            for key in layout.below(spec):
                decisions.pop(key, None)
        decisions[id(spec)] = value


def _written(layout: Layout, decisions: Decisions, parents: list[Decisions]) -> Numbers:
    out: list[Number] = []
    write(layout.plan.points, decisions, parents, out)
    return tuple(out)


class _Drawn(PointWise, Drawing):
    """What `Uniform` and `Sample` share: parents are drawn by weight."""

    _shares: ClassVar[list[float]]

    def merge(self, decision_point: Any, parent_decisions: list[Any]) -> Any:
        weights = [
            0.0 if value is None else share
            for value, share in zip(parent_decisions, self._shares, strict=True)
        ]
        if is_multi(decision_point):
            return self._merge_slots(decision_point, parent_decisions, weights)
        return self._draw(parent_decisions, weights)

    def _draw(self, values: list[Any], weights: list[float]) -> Any:
        return self._random.choices(values, weights=weights, k=1)[0]

    def _merge_slots(self, point: Any, lists: list[Any], weights: list[float]) -> list[int]:
        """Draws slot by slot; where that breaks the constraints too often, one parent's whole list."""
        merged: list[int] = []
        rejections = 0
        while len(merged) < point.num_choices:
            i = len(merged)
            value = self._random.choices(
                [None if values is None else values[i] for values in lists], weights=weights, k=1
            )[0]
            if (point.distinct and value in merged) or (
                point.sorted and merged and value < merged[-1]
            ):
                rejections += 1
                if rejections >= MAX_REJECTIONS:
                    return list(self._random.choices(lists, weights=weights, k=1)[0])
            else:
                merged.append(value)
        return merged


@members([SEED_FIELD], init_arg_list=["where", "seed"])
class Uniform(_Drawn):
    """Each decision comes from a random parent.

    Example:
        >>> import polygraft as pg
        >>> spec = pg.dna_spec(pg.List([pg.oneof(range(5))] * 3))
        >>> Uniform(seed=1)([pg.DNA([1, 1, 1], spec=spec), pg.DNA([2, 2, 2], spec=spec)])
        [DNA([1, 1, 2])]
    """

    seed: int | None = None

    def _prepare(self, parents: list[DNA], global_state: Any, step: int) -> None:
        _set(self, "_shares", [1.0] * len(parents))

    def _draw(self, values: list[Any], weights: list[float]) -> Any:
        return self._random.choice([value for value in values if value is not None])


def _weights_field() -> tuple[Any, ...]:
    spec = pg_typing.Callable(
        [pg_typing.List(pg_typing.Object(DNA))],
        returns=pg_typing.List(pg_typing.Float(min_value=0.0)),
    )
    return ("weights", spec, "A callable `(parents[, global_state][, step])` to a weight for each.")


@members([_weights_field(), SEED_FIELD], init_arg_list=["weights", "where", "seed"])
class Sample(_Drawn):
    """Each decision comes from a random parent, drawn by weight."""

    weights: Callable[..., Any] = REQUIRED
    seed: int | None = None
    _weights: ClassVar[Runner]

    def _on_bound(self) -> None:
        super()._on_bound()
        _set(self, "_weights", runner(self.weights))

    def _prepare(self, parents: list[DNA], global_state: Any, step: int) -> None:
        _set(self, "_shares", list(self._weights(parents, global_state, step)))


class Numeric(PointWise):
    """Base of recombinators of floats and integers alone."""

    def applicable_decision_points(self, dna_spec: Any, *args: Any, **kwargs: Any) -> list[Any]:
        return [point for point in self._known(dna_spec.plan).points if point.is_numerical]


class Average(Numeric):
    """Each number is the mean of those of the parents in which it is active; an integer the nearest one that is
    possible.

    Example:
        >>> import polygraft as pg
        >>> spec = pg.dna_spec(pg.floatv(0.0, 1.0))
        >>> Average()([pg.DNA(0.25, spec=spec), pg.DNA(0.75, spec=spec)])
        [DNA(0.5)]
    """

    def merge(self, decision_point: Any, parent_decisions: list[Any]) -> float:
        values = [value for value in parent_decisions if value is not None]
        return decision_point.nearest(total(values) / len(values))


@members([_weights_field()], init_arg_list=["weights", "where"])
class WeightedAverage(Numeric):
    """Each number is the weighted mean of those of the parents in which it is active; an integer the nearest one that
    is possible.
    """

    weights: Callable[..., Any] = REQUIRED
    _weights: ClassVar[Runner]
    _shares: ClassVar[list[float]]

    def _on_bound(self) -> None:
        super()._on_bound()
        _set(self, "_weights", runner(self.weights))

    def _prepare(self, parents: list[DNA], global_state: Any, step: int) -> None:
        _set(self, "_shares", list(self._weights(parents, global_state, step)))

    def merge(self, decision_point: Any, parent_decisions: list[Any]) -> float:
        pairs = [
            (share, value)
            for share, value in zip(self._shares, parent_decisions, strict=True)
            if value is not None
        ]
        whole = total(share for share, _ in pairs)
        return decision_point.nearest(total(share * value for share, value in pairs) / whole)
