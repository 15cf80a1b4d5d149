"""What an evolution notes on the genotypes it handles: which proposal, of which generation, with which fitness.

The notes are metadata that copies do not keep. That matters for `reward`: it is also the key by which the loop knows
that a proposal need not be evaluated, so a child must never inherit it.
"""

from __future__ import annotations

from typing import Any

from polygraft.geno import DNA

DNA_METADATA_PROPOSAL_ID = "proposal_id"
DNA_METADATA_GENERATION_ID = "generation_id"
DNA_METADATA_INITIAL_POPULATION = "initial_population"
DNA_METADATA_FEEDBACK_SEQUENCE_NUMBER = "feedback_sequence_number"
DNA_METADATA_FITNESS = "reward"


def set_proposal_id(dna: DNA, proposal_id: int) -> DNA:
    """Notes the number of the proposal, from 1."""
    return dna.set_metadata(DNA_METADATA_PROPOSAL_ID, proposal_id)


def get_proposal_id(dna: DNA) -> int:
    """Returns the number of the proposal, from 1.

    Raises:
        KeyError: None was noted.
    """
    return dna.metadata[DNA_METADATA_PROPOSAL_ID]


def set_generation_id(dna: DNA, generation_id: int) -> DNA:
    """Notes the generation, from 1."""
    return dna.set_metadata(DNA_METADATA_GENERATION_ID, generation_id)


def get_generation_id(dna: DNA) -> int:
    """Returns the generation, from 1.

    Raises:
        KeyError: None was noted.
    """
    return dna.metadata[DNA_METADATA_GENERATION_ID]


def set_initial_population(dna: DNA, initial: bool) -> DNA:
    """Notes whether the genotype belongs to the initial population."""
    return dna.set_metadata(DNA_METADATA_INITIAL_POPULATION, initial)


def is_initial_population(dna: DNA) -> bool:
    """Returns whether the genotype belongs to the initial population.

    Raises:
        KeyError: Nothing was noted.
    """
    return dna.metadata[DNA_METADATA_INITIAL_POPULATION]


def set_feedback_sequence_number(dna: DNA, number: int) -> DNA:
    """Notes as which one the genotype was fed back, from 1."""
    return dna.set_metadata(DNA_METADATA_FEEDBACK_SEQUENCE_NUMBER, number)


def get_feedback_sequence_number(dna: DNA) -> int | None:
    """Returns as which one the genotype was fed back, from 1; None if it was not."""
    return dna.metadata.get(DNA_METADATA_FEEDBACK_SEQUENCE_NUMBER)


def set_fitness(dna: DNA, fitness: Any) -> DNA:
    """Notes the fitness: a float, or a tuple of floats.

    Example:
        >>> get_fitness(set_fitness(DNA(1), 0.5))
        0.5
    """
    return dna.set_metadata(DNA_METADATA_FITNESS, fitness)


def get_fitness(dna: DNA) -> Any:
    """Returns the fitness: a float, or a tuple of floats.

    Raises:
        KeyError: None was noted.
    """
    return dna.metadata[DNA_METADATA_FITNESS]
