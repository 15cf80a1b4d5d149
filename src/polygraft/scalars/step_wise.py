"""`StepWise`: one schedule after another."""

from __future__ import annotations

import bisect
import itertools
from typing import Any, ClassVar

from polygraft import typing as pg_typing
from polygraft.scalars.base import REQUIRED, Scalar, scalar_spec, scalar_value
from polygraft.symbolic import members

_LENGTH = pg_typing.Union([pg_typing.Int(min_value=0), pg_typing.Float(min_value=0.0)])


@members(
    [
        (
            "phases",
            pg_typing.List(pg_typing.Tuple([_LENGTH, scalar_spec(pg_typing.Any())]), min_size=1),
            "Pairs of a length and a value or schedule. Lengths are numbers of steps; with `total_steps`, proportions.",
        ),
        (
            "total_steps",
            pg_typing.Int(min_value=1).noneable(),
            "Steps of all phases together; None where lengths are numbers of steps.",
        ),
    ]
)
class StepWise(Scalar):
    """Values or schedules in phases, one after another; each sees the step counted from the start of its phase.
    After the last phase its last value remains.

    Raises:
        ValueError: Lengths are not all numbers of steps (without `total_steps`) or all proportions (with it).

    Example:
        >>> from polygraft.scalars.base import STEP
        >>> schedule = StepWise([(2, 1), (3, STEP)])
        >>> [schedule(step) for step in range(7)]
        [1, 1, 0, 1, 2, 2, 2]
    """

    phases: Any = REQUIRED
    total_steps: int | None = None

    _ends: ClassVar[list[int]]  # Of one object: at which step each phase ends.

    def _on_bound(self) -> None:
        super()._on_bound()
        object.__setattr__(self, "_ends", list(itertools.accumulate(self._lengths())))

    def _lengths(self) -> list[int]:
        total = self.total_steps
        for phase in self.phases:
            if total is None and not isinstance(phase[0], int):
                raise ValueError(
                    "`total_steps` must be specified when float is used as the value for phase length. "
                    f"Encountered: {phase!r}."
                )
            if total is not None and not isinstance(phase[0], float):
                raise ValueError(
                    "The phase length should be a float as a proportion of the entire schedule when `total_steps` is "
                    f"specified. Encountered: {phase!r}."
                )
        if total is None:
            return [int(length) for length, _ in self.phases]
        whole = sum(length for length, _ in self.phases)
        if whole == 0:
            raise ValueError(
                f"The sum of all proportions must be greater than 0. Encountered: {list(self.phases)!r}"
            )
        return [int(length / whole * total) for length, _ in self.phases]

    def call(self, step: int) -> Any:
        ends = self._ends
        if ends[-1] == 0:
            return scalar_value(self.phases[-1][1], 0)
        step = min(step, ends[-1] - 1)
        i = bisect.bisect_right(ends, step)
        return scalar_value(self.phases[i][1], step - (ends[i - 1] if i else 0))
