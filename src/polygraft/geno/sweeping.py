"""`Sweeping`: all genotypes, one after the other."""

from __future__ import annotations

from typing import Any

from polygraft.geno.dna import DNA
from polygraft.geno.generator import GeneratorValue, register_generator


class Sweeping(GeneratorValue):
    """Enumerates the space in the order of `DNASpec.next_dna`.

    Example:
        >>> generator = Sweeping()
        >>> generator.setup(manyof(2, [constant()] * 3, sorted=True))
        >>> list(generator)
        [DNA([0, 1]), DNA([0, 2]), DNA([1, 2])]
    """

    TYPE_KEYS = (
        "polygraft.geno.Sweeping",
        "pyglove.core.geno.sweeping.Sweeping",
    )

    def _setup(self) -> None:
        self._last: DNA | None = None

    def _propose(self) -> DNA:
        dna = self.dna_spec.next_dna(self._last)
        if dna is None:
            raise StopIteration
        self._last = dna
        return dna

    def _replay(self, trial_id: int, dna: DNA, reward: Any) -> None:
        self._last = dna


register_generator(Sweeping)
