"""One evaluation in `pg.tune`: what the user's function may be given and may return, wherever it runs.

`outcome_of` brings what it returned into one form; the same code serves this process and worker processes, so that
a return value means the same in both.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn, cast

from polygraft.geno import DNA


class SkipTrial(Exception):
    """Raised by an evaluation that has nothing to report, and has not failed: its trial is skipped."""


class RunningTrial(ABC):
    """What an evaluation with a second parameter is given: the trial that it runs for.

    Attributes:
        id: Number of the trial, from 1.
        dna: The genotype of the program.

    Example:
        >>> import polygraft as pg
        >>> def evaluate(program, trial):
        ...     for step in range(3):
        ...         trial.add_measurement(program.x * step, step=step)
        ...         if trial.should_stop_early():
        ...             trial.skip("not promising")
        >>> policy = pg.early_stopping.early_stop_by_value([(1, 2.0)])()
        >>> tuned = pg.tune(
        ...     evaluate,
        ...     pg.Dict(x=pg.oneof([1, 2, 3])),
        ...     pg.geno.Sweeping(),
        ...     early_stopping_policy=policy,
        ... )
        >>> [row["status"] for row in tuned.history]
        ['skipped', 'completed', 'completed']
    """

    id: int
    dna: DNA

    @abstractmethod
    def add_measurement(
        self,
        reward: Any = None,
        metrics: Mapping[str, Any] | None = None,
        step: int = 0,
        checkpoint_path: str | None = None,
    ) -> None:
        """Adds a measurement; see `Feedback.add_measurement`. If the evaluation returns None, the last one counts."""

    @abstractmethod
    def should_stop_early(self) -> bool:
        """Asks the early stopping policy. The evaluation then returns what it has, or calls `skip`."""

    @abstractmethod
    def set_metadata(self, key: str, value: Any) -> None:
        """Notes something on the trial. The value must be one that can be written to JSON."""

    def skip(self, reason: str = "") -> NoReturn:
        """Ends the evaluation; the trial counts as skipped and teaches the algorithm nothing."""
        raise SkipTrial(reason)


class Outcome(NamedTuple):
    """What an evaluation has come to: plain values.

    Attributes:
        reward: A number, a list of numbers for several metrics, or None.
        metrics: Further metrics by name.
        measured: False if nothing was returned, so that the last measurement counts.
    """

    reward: Any
    metrics: dict[str, float] | None
    measured: bool = True


def outcome_of(value: Any) -> Outcome:
    """Brings what an evaluation returned into one form.

    Args:
        value: A number; a sequence of numbers for several metrics; a dict of metrics by name, of which `reward` is the
            reward; a pair of a reward and such a dict; or None if measurements were added.

    Raises:
        TypeError, ValueError: It is none of these, or not a number.

    Example:
        >>> outcome_of((0.5, {"seconds": 2}))
        Outcome(reward=0.5, metrics={'seconds': 2.0}, measured=True)
    """
    if value is None:
        return Outcome(None, None, False)
    reward, metrics = value, None
    if isinstance(value, Mapping):
        metrics = dict(cast("Mapping[str, Any]", value))
        reward = metrics.pop("reward", None)
    elif _is_pair(value):
        reward, metrics = value[0], dict(value[1])
    if isinstance(reward, (list, tuple)):
        reward = [_number(item, "reward") for item in cast("Sequence[Any]", reward)]
    elif reward is not None:
        reward = _number(reward, "reward")
    if metrics is not None:
        metrics = {name: _number(item, name) for name, item in metrics.items()}
    return Outcome(reward, metrics)


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, tuple)
        and len(cast("tuple[Any, ...]", value)) == 2
        and isinstance(value[1], Mapping)
    )


def _number(value: Any, name: str) -> float:
    try:
        if isinstance(value, (str, bytes)):
            raise TypeError
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(
            f"An evaluation must return a number, numbers by metric, or None after it has added measurements. "
            f"Encountered: {value!r}. (path={name})"
        ) from None
    if number != number:
        raise ValueError(f"An evaluation returned a value that is not a number. (path={name})")
    return number


def caller(evaluate: Callable[..., Any]) -> Callable[[Any, RunningTrial], Any]:
    """The function of a program and its trial; one that has a single parameter is given the program alone."""
    try:
        parameters = inspect.signature(evaluate).parameters.values()
    except (TypeError, ValueError):
        parameters = ()
    required = [
        p
        for p in parameters
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty
    ]
    if len(required) >= 2:
        return evaluate
    return lambda program, trial: evaluate(program)
