"""What happens in a study, as values: an append-only list of them is the whole study.

Everything else (who works on what, which trial is best) follows from the list, so that a store that lasts has only to
keep it, in order. Events hold plain values, which can be written to JSON.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from polygraft.geno import DNA


class Created(NamedTuple):
    """A trial was made for a group of workers. `time`: seconds since 1970."""

    trial: int
    group: int | str
    dna: DNA
    time: float


class Taken(NamedTuple):
    """A group has taken over a trial whose group is gone."""

    trial: int
    group: int | str


class Measured(NamedTuple):
    """A measurement was added to a trial. Fields as those of `Measurement`."""

    trial: int
    step: int
    elapse_secs: float
    reward: float | None
    metrics: dict[str, float] | None
    checkpoint_path: str | None


class Finished(NamedTuple):
    """A trial was completed, or, if `infeasible`, skipped."""

    trial: int
    infeasible: bool
    time: float


class Noted(NamedTuple):
    """Something was noted on a trial, or on the study if `trial` is None."""

    trial: int | None
    key: str
    value: Any


class Linked(NamedTuple):
    """An address was noted on a trial."""

    trial: int
    name: str
    url: str


class Ended(NamedTuple):
    """The study takes no more requests."""


Event = Created | Taken | Measured | Finished | Noted | Linked | Ended
