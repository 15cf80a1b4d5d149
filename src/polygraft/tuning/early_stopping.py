"""`EarlyStoppingPolicy`: the protocol of what says that a trial is not worth going on with."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable

from polygraft.geno import DNASpec
from polygraft.symbolic.object_ import Object
from polygraft.tuning.trial import COMPLETED, PENDING, STOPPING, Trial


class EarlyStoppingPolicy(Object):
    """Judges trials from their measurements. Subclasses implement `should_stop_early`."""

    _dna_spec: DNASpec | None = None

    def setup(self, dna_spec: DNASpec) -> None:
        """Begins a search in a space."""
        self._dna_spec = dna_spec

    @property
    def dna_spec(self) -> DNASpec | None:
        """The spec of the space, or None before `setup`."""
        return self._dna_spec

    @abstractmethod
    def should_stop_early(self, trial: Trial) -> bool:
        """Returns True if a trial should end now."""

    def recover(self, history: Iterable[Trial]) -> None:
        """Continues an earlier run, given its trials."""
        for trial in history:
            if trial.status in (COMPLETED, PENDING, STOPPING):
                self.should_stop_early(trial)
