"""Filters of decision points: which points of a space a recombinator works on."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from types import FunctionType
from typing import Any as AnyValue
from typing import ClassVar

from polygraft import typing as pg_typing
from polygraft.evolution.calling import Hooked, Runner, runner
from polygraft.evolution.operation import REQUIRED
from polygraft.geno import DecisionPoint
from polygraft.geno.attribute_dict import AttributeDict
from polygraft.scalars import scalar_spec, scalar_value
from polygraft.scalars.parts import SEED_FIELD, Drawing
from polygraft.symbolic import Object, members


class DecisionPointFilter(Object, Hooked):
    """Base of filters. Subclasses implement `call(decision_points[, global_state][, step])`."""

    HOOKS: ClassVar[dict[str, int]] = {"call": 1}
    _run_call: ClassVar[AnyValue]

    @abstractmethod
    def call(
        self, decision_points: list[AnyValue], *args: AnyValue, **kwargs: AnyValue
    ) -> list[AnyValue]:
        """Returns the chosen points, in their order."""

    def __call__(
        self, decision_points: list[AnyValue], global_state: AnyValue = None, step: int = 0
    ) -> list[AnyValue]:
        """Returns the chosen points."""
        state = AttributeDict() if global_state is None else global_state
        return self._run_call(decision_points, state, step)


_POINTS = pg_typing.List(pg_typing.Object(DecisionPoint))


@members(
    [
        (
            "fn",
            pg_typing.Callable([_POINTS], returns=_POINTS),
            "A callable `(decision_points[, global_state][, step])`.",
        )
    ]
)
class Lambda(DecisionPointFilter):
    """A function as a filter. Python functions given to a field for filters become one."""

    fn: Callable[..., AnyValue] = REQUIRED
    _fn: ClassVar[Runner]

    def _on_bound(self) -> None:
        super()._on_bound()
        object.__setattr__(self, "_fn", runner(self.fn))

    def call(
        self, decision_points: list[AnyValue], global_state: AnyValue, step: int
    ) -> list[AnyValue]:
        return self._fn(decision_points, global_state, step)


class All(DecisionPointFilter):
    """All points."""

    def call(self, decision_points: list[AnyValue]) -> list[AnyValue]:
        return decision_points


@members(
    [
        (
            "k",
            scalar_spec(pg_typing.Int(min_value=0)).set_default(1),
            "How many points: an int, or a function of the step.",
        ),
        SEED_FIELD,
    ]
)
class Any(DecisionPointFilter, Drawing):
    """k random points, in their order; all if there are no more than k.

    Example:
        >>> Any(4, seed=2)([10, 11, 12, 13, 14])
        [10, 11, 13, 14]
    """

    k: AnyValue = 1
    seed: int | None = None

    def call(self, decision_points: list[AnyValue], step: int) -> list[AnyValue]:
        k, n = scalar_value(self.k, step), len(decision_points)
        if k >= n:
            return decision_points
        return [decision_points[i] for i in sorted(self._random.sample(range(n), k))]


ALL = All()
ANY = Any()

pg_typing.register_converter(FunctionType, DecisionPointFilter, Lambda)


def where_spec(default: DecisionPointFilter = ALL) -> AnyValue:
    """Returns the spec of a field for a filter; Python functions given to it become a `Lambda`."""
    return pg_typing.Object(DecisionPointFilter, default=default)
