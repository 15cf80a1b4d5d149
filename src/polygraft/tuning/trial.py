"""`Measurement` and `Trial`: what a study records, as programs that can be printed, compared and saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from polygraft import typing as pg_typing
from polygraft.geno import DNA
from polygraft.hyper.base import REQUIRED
from polygraft.symbolic.object_ import Object, members

UNKNOWN, REQUESTED, PENDING, COMPLETED, DELETED, STOPPING = STATUSES = (
    "UNKNOWN",
    "REQUESTED",
    "PENDING",
    "COMPLETED",
    "DELETED",
    "STOPPING",
)


class _Record(Object):
    """Assignable fields, and a hash that follows the text."""

    allow_symbolic_assignment: ClassVar[bool] = True

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other)

    def __hash__(self) -> int:
        return hash(repr(self))


@members(
    [
        ("step", pg_typing.Int(), "At which step the measurement was taken."),
        ("elapse_secs", pg_typing.Float(), "Seconds since the evaluation began."),
        ("reward", pg_typing.Float().noneable(), "The value to maximize."),
        (
            "metrics",
            pg_typing.Dict([(pg_typing.StrKey(), pg_typing.Float())]).noneable(),
            "Further metrics by name.",
        ),
        ("checkpoint_path", pg_typing.Str().noneable(), "Where the state at this step was saved."),
    ]
)
class Measurement(_Record):
    """What was measured at one step of a trial.

    Example:
        >>> Measurement(step=1, elapse_secs=1.0)
        Measurement(step=1, elapse_secs=1.0, reward=None, metrics=None, checkpoint_path=None)
    """

    step: int
    elapse_secs: float
    reward: float | None = None
    metrics: dict[str, float] | None = None
    checkpoint_path: str | None = None


@members(
    [
        ("id", pg_typing.Int(), "Number of the trial in its study, from 1."),
        ("description", pg_typing.Str().noneable(), "In words."),
        ("dna", pg_typing.Object(DNA), "The genotype."),
        ("status", pg_typing.Enum(PENDING, list(STATUSES)), "State of the trial."),
        (
            "final_measurement",
            pg_typing.Object(Measurement).noneable(),
            "The measurement that counts.",
        ),
        ("infeasible", pg_typing.Bool(default=False), "Whether the trial was skipped."),
        (
            "measurements",
            pg_typing.List(pg_typing.Object(Measurement), default=[]),
            "All measurements, in order.",
        ),
        (
            "metadata",
            pg_typing.Dict([(pg_typing.StrKey(), pg_typing.Any())]),
            "Anything that was noted on the trial.",
        ),
        (
            "related_links",
            pg_typing.Dict([(pg_typing.StrKey(), pg_typing.Str())]),
            "Addresses by name.",
        ),
        ("created_time", pg_typing.Int(), "In seconds since 1970."),
        (
            "completed_time",
            pg_typing.Int().noneable(),
            "In seconds since 1970; None while the trial runs.",
        ),
    ]
)
class Trial(_Record):
    """One genotype, and what became of it."""

    id: int
    description: str | None = None
    dna: DNA = REQUIRED
    status: str = PENDING
    final_measurement: Measurement | None = None
    infeasible: bool = False
    measurements: list[Measurement] = []
    metadata: dict[str, Any] = {}
    related_links: dict[str, str] = {}
    created_time: int = REQUIRED
    completed_time: int | None = None

    def get_reward_for_feedback(
        self, metric_names: Sequence[str] | None = None
    ) -> float | tuple[float, ...] | None:
        """Returns what is reported to the algorithm: None unless the trial is completed and feasible.

        Args:
            metric_names: The metrics to optimize: none for the reward, one for a float, several for a tuple. `'reward'`
                is the name of the reward.

        Raises:
            ValueError: The final measurement lacks one of them.
        """
        if self.status != COMPLETED or self.infeasible or self.final_measurement is None:
            return None
        return reward_of(self.final_measurement, metric_names, self.id)


def reward_of(measurement: Any, metric_names: Sequence[str] | None, trial_id: int) -> Any:
    """The reward of a measurement in terms of the metrics to optimize."""
    if not metric_names:
        return measurement.reward
    values: list[Any] = []
    metrics: dict[str, Any] = measurement.metrics or {}
    for name in metric_names:
        value = measurement.reward if name == "reward" else metrics.get(name)
        if value is None:
            raise ValueError(
                f"Metric {name!r} does not exist in final measurement {measurement!r} in trial {trial_id}."
            )
        values.append(value)
    return values[0] if len(values) == 1 else tuple(values)
