"""`Sweeping`: all genotypes, one after the other."""

from __future__ import annotations

from typing import Any, ClassVar

from polygraft.geno.dna import DNA
from polygraft.geno.fields import check_int
from polygraft.geno.generator import GeneratorValue, register_generator
from polygraft.geno.numbers import start_numbers
from polygraft.geno.successor import first_numbers, next_numbers


class Sweeping(GeneratorValue):
    """Enumerates the space in the order of `DNASpec.next_dna`.

    Args:
        num_points: How many values stand for each float: evenly spaced on its scale, both bounds included (one value
            is the lower bound). None: a space with floats cannot be enumerated.

    Example:
        >>> generator = Sweeping()
        >>> generator.setup(manyof(2, [constant()] * 3, sorted=True))
        >>> list(generator)
        [DNA([0, 1]), DNA([0, 2]), DNA([1, 2])]
        >>> generator = Sweeping(num_points=3)
        >>> generator.setup(floatv(0.01, 1.0, scale="log"))
        >>> list(generator)
        [DNA(0.01), DNA(0.1), DNA(1.0)]
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("num_points",)
    TYPE_KEYS = (
        "polygraft.geno.Sweeping",
        "pyglove.core.geno.sweeping.Sweeping",
    )

    def __init__(self, num_points: int | None = None) -> None:
        self.num_points = None if num_points is None else check_int(num_points, "num_points", 1)

    def _init_args(self) -> dict[str, Any]:
        return {} if self.num_points is None else super()._init_args()

    def _setup(self) -> None:
        self._last: DNA | None = None

    def _propose(self) -> DNA:
        dna = self._next()
        if dna is None:
            raise StopIteration
        self._last = dna
        return dna

    def _next(self) -> DNA | None:
        spec = self.dna_spec
        if self.num_points is None:
            return spec.next_dna(self._last)
        plan = spec.plan
        if self._last is None:
            return DNA.of(plan, first_numbers(plan, self.num_points))
        numbers = next_numbers(plan, start_numbers(plan, self._last), self.num_points)
        return None if numbers is None else DNA.of(plan, numbers)

    def _replay(self, trial_id: int, dna: DNA, reward: Any) -> None:
        self._last = dna


register_generator(Sweeping)
