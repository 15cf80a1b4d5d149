"""`CustomHyper`: placeholders whose genotypes are strings that only the user's class can read."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from polygraft import geno
from polygraft.geno import DNA
from polygraft.hyper.base import HyperPrimitive, Where
from polygraft.hyper.slots import Memo, Numbers, Slot
from polygraft.paths import KeyPath


class CustomHyper(HyperPrimitive):
    """Base of placeholders that users define. Subclasses implement `custom_decode`, and, as needed:

    - `custom_encode(value)`, to find the genotype of a value;
    - `random_dna(random_generator, previous_dna)`, for random search and evolution;
    - `next_dna(dna)`, for sweeping and define-by-run.

    Example:
        >>> import polygraft as pg
        >>> class Word(pg.hyper.CustomHyper):
        ...     letters: str
        ...
        ...     def custom_decode(self, dna):
        ...         return dna.value.upper()
        ...
        ...     def random_dna(self, random_generator, previous_dna=None):
        ...         return pg.DNA("".join(random_generator.choices(self.letters, k=3)))
        >>> list(pg.random_sample(pg.Dict(name=Word(letters="ab")), 2, seed=1))
        [{name='ABB'}, {name='AAA'}]
    """

    @abstractmethod
    def custom_decode(self, dna: DNA) -> Any:
        """Returns the value that a genotype, whose value is a string, stands for."""

    def custom_encode(self, value: Any) -> DNA:
        """Returns the genotype that stands for a value."""
        raise NotImplementedError(f"'custom_encode' is not supported by {type(self).__name__!r}.")

    def next_dna(self, dna: DNA | None = None) -> DNA | None:
        """Returns the genotype after `dna` (the first one for None), or None after the last."""
        raise NotImplementedError(f"`next_dna` is not implemented in f{type(self)!r}")

    def random_dna(self, random_generator: Any, previous_dna: DNA | None = None) -> DNA:
        """Draws a genotype.

        Args:
            random_generator: A `random.Random` or what looks like one.
            previous_dna: An earlier genotype of this placeholder, or None.
        """
        raise NotImplementedError(f"`random_dna` is not implemented in {type(self)!r}")

    def first_dna(self) -> DNA:
        """Returns the first genotype."""
        if type(self).next_dna is CustomHyper.next_dna:
            raise NotImplementedError(
                f"{type(self)!r} must implement method `next_dna` to be used in dynamic evaluation mode."
            )
        dna = self.next_dna(None)
        if dna is None:
            raise ValueError(f"There is no first DNA for {self!r}.")
        return dna

    @property
    def is_leaf(self) -> bool:
        """True: there is nothing below."""
        return True

    def _compile(self, where: Where | None, spec: Any) -> Slot:
        return CustomSlot(self)

    def custom_apply(
        self, path: Any, value_spec: Any, allow_partial: bool = False, child_transform: Any = None
    ) -> tuple[bool, Any]:
        """Accepts any field: what will be decoded is not known."""
        return (False, self)


class CustomSlot(Slot):
    """A compiled `CustomHyper`."""

    __slots__ = ()

    def point(self, location: KeyPath) -> geno.DecisionPoint:
        v = self.placeholder
        return geno.CustomDecisionPoint(
            type(v).__name__, v.next_dna, v.random_dna, v.hints, location, v.name
        )

    def read(self, numbers: Numbers, at: int, memo: Memo) -> tuple[Any, int]:
        return self.placeholder.custom_decode(DNA(numbers[at])), at + 1

    def write(self, value: Any, numbers: list[Any], path: KeyPath) -> None:
        dna = self.placeholder.custom_encode(value)
        self.check(dna, path)
        numbers.append(dna.value)

    def check(self, dna: DNA, path: KeyPath) -> None:
        if not isinstance(dna.value, str) or dna.children:
            raise ValueError(
                f"{type(self.placeholder)!r} expects string type DNA. Encountered {dna!r}."
            )
