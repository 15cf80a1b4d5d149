"""Ready-made rules: stop what is worse than a value, or than a rank among earlier trials."""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Callable
from typing import Any, ClassVar, cast

from polygraft.early_stopping.step_wise import StepWise
from polygraft.symbolic import Object, functor

_set = object.__setattr__


class WorseThanValue(Object):
    """True for a measurement whose value is worse than a threshold, or not a number.

    Args:
        threshold: The value.
        metric: 'reward', the name of a metric, or a function of the measurement.
        maximize: Whether more is better.
    """

    threshold: float
    metric: Any = "reward"
    maximize: bool = True

    def __call__(self, measurement: Any, history: list[Any]) -> bool:
        del history
        value = value_of(measurement, self.metric)
        return not (value >= self.threshold if self.maximize else value <= self.threshold)


class WorseThanRank(Object):
    """True for a measurement whose value is worse than that at a rank of the history.

    Args:
        rank: A float from 0 (the best) to 1 (the worst), or the number of a place, from 1.
        min_history: Least number of earlier measurements; with fewer, nothing is stopped.
        metric: 'reward', the name of a metric, or a function of the measurement.
        maximize: Whether more is better.
    """

    rank: Any
    min_history: int = 0
    metric: Any = "reward"
    maximize: bool = True

    # Of one object: the values of one history, best last; sorting all of them for each trial would take too long.
    _history: ClassVar[Any] = None
    _costs: ClassVar[list[float]]

    def __call__(self, measurement: Any, history: list[Any]) -> bool:
        if not history or len(history) < self.min_history:
            return False
        place = self._place(len(history))
        if place is None:
            return False
        return self._cost(measurement) > self._sorted(history)[place]

    def _place(self, count: int) -> int | None:
        rank = self.rank
        if isinstance(rank, float):
            return int((count - 1) * rank)
        return rank - 1 if rank <= count else None

    def _cost(self, measurement: Any) -> float:
        value = value_of(measurement, self.metric)
        if value != value:  # Not a number: the worst.
            return math.inf
        return -value if self.maximize else value

    def _sorted(self, history: list[Any]) -> list[float]:
        """The costs of a history, lowest first; those that have come since the last time are put in."""
        if self._history is not history or len(self._costs) > len(history):
            _set(self, "_history", history)
            _set(self, "_costs", [])
        for measurement in history[len(self._costs) :]:
            insort(self._costs, self._cost(measurement))
        return self._costs


def value_of(measurement: Any, metric: str | Callable[[Any], float]) -> float:
    """The value by which a measurement is judged.

    Raises:
        KeyError: The measurement lacks it.
    """
    if not isinstance(metric, str):
        return metric(measurement)
    metrics: dict[str, Any] = measurement.metrics or {}
    value: Any = measurement.reward if metric == "reward" else metrics.get(metric)
    if value is None:
        raise KeyError(f"There is no {metric!r} in {measurement!r}, by which to stop early.")
    return value


@functor
def early_stop_by_value(step_values: Any, metric: Any = "reward", maximize: Any = True) -> StepWise:
    """Stops trials whose value at a step is worse than a threshold.

    The call makes a program that can be printed and changed; calling that gives the policy.

    Args:
        step_values: Pairs `(step, threshold)`.
        metric: 'reward', the name of a metric, or a function of the measurement.
        maximize: Whether more is better.

    Raises:
        ValueError: An item is no such pair.

    Example:
        >>> import polygraft as pg
        >>> rule = pg.early_stopping.early_stop_by_value([(100, 0.2), (1000, 0.8)])
        >>> policy = rule()
    """
    assert isinstance(step_values, list), step_values
    plan: list[Any] = []
    for item in cast("list[Any]", step_values):
        if not _is_row(item, int, (int, float)):
            raise ValueError(
                f"Invalid definition in `step_values`: {item!r}. "
                "Expect a tuple of 2 elements: (step: int, threshold: float)."
            )
        plan.append((item[0], WorseThanValue(float(item[1]), metric, maximize)))
    return StepWise(plan)


@functor
def early_stop_by_rank(step_ranks: Any, metric: Any = "reward", maximize: Any = True) -> StepWise:
    """Stops trials that are worse, at a step, than a rank among the trials that were there before.

    The call makes a program that can be printed and changed; calling that gives the policy.

    Args:
        step_ranks: Triples `(step, rank, min_history)`: a rank is a float from 0 (the best) to 1, or the number of a
            place; with fewer than `min_history` earlier trials nothing is stopped.
        metric: 'reward', the name of a metric, or a function of the measurement.
        maximize: Whether more is better.

    Raises:
        ValueError: An item is no such triple, or its rank is out of range.

    Example:
        >>> import polygraft as pg
        >>> policy = pg.early_stopping.early_stop_by_rank([(100, 0.5, 10)])()
    """
    assert isinstance(step_ranks, list), step_ranks
    plan: list[Any] = []
    for item in cast("list[Any]", step_ranks):
        if not _is_row(item, int, (int, float), int):
            raise ValueError(
                f"Invalid definition in `step_ranks`: {item!r}. Expect a tuple of 3 elements: "
                "(step: int, rank: Union[float, int], trigger_size: int)."
            )
        step, rank, count = item
        if isinstance(rank, float) and not 0.0 <= rank <= 1.0:
            raise ValueError(
                "Rank must be within range [0.0, 1.0] when it is percentage (float). "
                f"Encountered: {rank!r} in {item!r}."
            )
        if isinstance(rank, int) and rank < 1:
            raise ValueError(
                f"Rank must be no less than 1 when it is a place (int). Encountered: {rank!r} in {item!r}."
            )
        plan.append((step, WorseThanRank(rank, count, metric, maximize)))
    return StepWise(plan)


def _is_row(item: Any, *types: Any) -> bool:
    """True for a tuple of values of the types."""
    return (
        isinstance(item, tuple)
        and len(cast("tuple[Any, ...]", item)) == len(types)
        and all(isinstance(v, t) for v, t in zip(cast("tuple[Any, ...]", item), types, strict=True))
    )
