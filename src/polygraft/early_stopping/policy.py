"""`EarlyStoppingPolicy`: the protocol of what says that a trial is not worth going on with.

It stands below `tuning`, whose trials it sees only as what `TrialLike` says.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Protocol

from polygraft.geno import DNASpec
from polygraft.symbolic import Object


class MeasurementLike(Protocol):
    """What a policy reads of a measurement."""

    @property
    def step(self) -> int: ...
    @property
    def reward(self) -> float | None: ...
    @property
    def metrics(self) -> Any: ...


class TrialLike(Protocol):
    """What a policy reads of a trial."""

    @property
    def id(self) -> int: ...
    @property
    def dna(self) -> Any: ...
    @property
    def status(self) -> str: ...
    @property
    def infeasible(self) -> bool: ...
    @property
    def measurements(self) -> Sequence[Any]: ...


class EarlyStoppingPolicy(Object):
    """Judges trials from their measurements. Subclasses implement `should_stop_early`.

    Example:
        >>> import polygraft as pg
        >>> class AtStep(pg.tuning.EarlyStoppingPolicy):
        ...     step: int
        ...
        ...     def should_stop_early(self, trial):
        ...         return trial.measurements[-1].step >= self.step
    """

    _dna_spec: ClassVar[DNASpec | None] = None  # Of one object; no part of the program.

    def setup(self, dna_spec: DNASpec) -> None:
        """Begins a search in a space."""
        object.__setattr__(self, "_dna_spec", dna_spec)

    @property
    def dna_spec(self) -> DNASpec | None:
        """The spec of the space, or None before `setup`."""
        return self._dna_spec

    @abstractmethod
    def should_stop_early(self, trial: Any) -> bool:
        """Returns True if a trial (a `pg.tuning.Trial` with at least one measurement) should end now."""

    def recover(self, history: Iterable[Any]) -> None:
        """Continues an earlier run, given its trials in order."""
        for trial in history:
            if trial.status in ("COMPLETED", "PENDING", "STOPPING"):
                self.should_stop_early(trial)
