"""`Random`: independent draws."""

from __future__ import annotations

import random
from typing import Any, ClassVar

from polygraft.geno.dna import DNA
from polygraft.geno.generator import GeneratorValue, register_generator


class Random(GeneratorValue):
    """Draws genotypes independently.

    Args:
        seed: Seed of the draws. None: a seed is drawn from the global `random` module at each
            set-up and kept as `effective_seed`, so that the run can be repeated.

    Example:
        >>> generator = Random(seed=1)
        >>> generator.setup(oneof([constant()] * 3))
        >>> generator.propose()
        DNA(0)
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("seed",)
    TYPE_KEYS = (
        "polygraft.geno.Random",
        "pyglove.core.geno.random.Random",
    )

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed
        self._effective_seed = seed
        self._given_seed: Any = None

    @property
    def effective_seed(self) -> Any:
        """The seed in use; None before `setup` of an unseeded generator."""
        return self._effective_seed

    def use_seed(self, seed: Any) -> None:
        """Uses a seed in place of a drawn one."""
        self._given_seed = seed

    def _setup(self) -> None:
        seed = self._given_seed if self.seed is None else self.seed
        self._effective_seed = random.getrandbits(63) if seed is None else seed
        self._random = random.Random(self._effective_seed)

    def _propose(self) -> DNA:
        return self.dna_spec.random_dna(self._random)

    def _replay(self, trial_id: int, dna: DNA, reward: Any) -> None:
        self.dna_spec.random_dna(self._random)  # Moves the sequence on.


def random_dna(
    dna_spec: Any,
    random_generator: Any = None,
    attach_spec: bool = True,
    previous_dna: DNA | None = None,
) -> DNA:
    """Draws a genotype of a spec; see `DNASpec.random_dna`.

    Example:
        >>> random_dna(floatv(0.0, 1.0), random.Random(1))
        DNA(0.13436424411240122)
    """
    return dna_spec.random_dna(random_generator, attach_spec, previous_dna)


register_generator(Random)
