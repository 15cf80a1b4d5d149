"""The kinds of operations that users write: selectors, recombinators, mutators."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, cast

from polygraft.evolution.feasible import allowed_children, allowed_mutation, is_constrained
from polygraft.evolution.operation import Operation
from polygraft.geno import DNA


class Selector(Operation):
    """Base of operations that select items. Subclasses implement `select(inputs[, global_state][, step])`."""

    HOOKS: ClassVar[dict[str, int]] = {"select": 1}
    _run_select: ClassVar[Any]

    @abstractmethod
    def select(self, inputs: list[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Returns the selected items."""

    def call(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        return self._run_select(inputs, global_state, step)


class DNAOperation(Operation):
    """Base of operations on genotypes."""

    @property
    def input_element_type(self) -> Any:
        return DNA

    @property
    def output_element_type(self) -> Any:
        return DNA


class Recombinator(DNAOperation):
    """Base of operations that make children of several parents. Subclasses implement
    `recombine(parents[, global_state][, step])`.

    Raises:
        ValueError: The number of parents is not `NUM_PARENTS`.
    """

    NUM_PARENTS: ClassVar[int | None] = None
    HOOKS: ClassVar[dict[str, int]] = {"recombine": 1}
    _run_recombine: ClassVar[Any]

    @abstractmethod
    def recombine(self, parents: list[DNA], *args: Any, **kwargs: Any) -> list[DNA]:
        """Returns the children."""

    def call(self, inputs: list[DNA], global_state: Any, step: int) -> list[DNA]:
        count = self.NUM_PARENTS
        if count is not None and len(inputs) != count:
            raise ValueError(
                f"{type(self).__name__} supports recombination on exact {count} parents. Encountered: {inputs!r}."
            )
        if inputs and is_constrained(inputs[0]):
            return allowed_children(inputs, lambda: self._run_recombine(inputs, global_state, step))
        return self._run_recombine(inputs, global_state, step)


class Mutator(DNAOperation):
    """Base of operations that change genotypes. Subclasses implement `mutate(dna[, global_state][, step])`, which
    returns a genotype or a list of them, or `mutate_list(dna_list[, ...])`.

    Example:
        >>> class Reset(Mutator):
        ...     def mutate(self, dna):
        ...         return dna.spec.first_dna()
    """

    HOOKS: ClassVar[dict[str, int]] = {"mutate": 1, "mutate_list": 1}
    _run_mutate: ClassVar[Any]
    _run_mutate_list: ClassVar[Any]

    def mutate(self, dna: DNA, *args: Any, **kwargs: Any) -> DNA | list[DNA]:
        """Returns what becomes of one genotype, which itself is not changed."""
        raise NotImplementedError(
            f"`mutate` is not implemented on {type(self).__name__!r}: override it, or `mutate_list`."
        )

    def mutate_list(self, dna_list: list[DNA], *args: Any, **kwargs: Any) -> list[DNA]:
        """Returns what becomes of a list of genotypes."""
        output: list[DNA] = []
        for dna in dna_list:
            state, step = kwargs.get("global_state"), kwargs.get("step", 0)
            if is_constrained(dna):
                changed = allowed_mutation(dna, lambda x: self._run_mutate(x, state, step))  # noqa: B023
            else:
                changed = self._run_mutate(dna, state, step)
            if isinstance(changed, list):
                output.extend(cast("list[DNA]", changed))
            else:
                output.append(changed)
        return output

    def call(self, inputs: list[DNA], global_state: Any, step: int) -> list[DNA]:
        return self._run_mutate_list(inputs, global_state, step)
