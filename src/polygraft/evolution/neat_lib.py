"""NEAT: species protect what is new from what is already good.

Only the newest generation lives. Its genotypes are sorted into species by their distance from each species'
representative; each species gets children in proportion to its mean fitness.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from polygraft import typing as pg_typing
from polygraft.evolution import mutators, selectors
from polygraft.evolution.algebra import Lambda
from polygraft.evolution.algorithm import Evolution
from polygraft.evolution.calling import total
from polygraft.evolution.control import GlobalStateGetter
from polygraft.evolution.metadata import get_fitness, get_generation_id
from polygraft.evolution.operation import REQUIRED, Operation
from polygraft.geno import DNA, Random
from polygraft.symbolic import Object, members

_SPECIES = "species"  # User data of a genotype: the species that it belongs to.
_LIVING = "living_species"


class Species:
    """Genotypes that are like the first one.

    Attributes:
        representative: The first member ever.
        members: The members of the present.
    """

    __slots__ = ("members", "representative")

    def __init__(self, representative: DNA) -> None:
        self.representative = representative
        self.members: list[DNA] = []
        self.add(representative)

    def add(self, dna: DNA) -> None:
        """Takes a member in."""
        dna.set_userdata(_SPECIES, self)
        self.members.append(dna)

    def clear(self) -> None:
        """Lets all members go; the representative stays."""
        self.members = []

    def __len__(self) -> int:
        return len(self.members)


def _compute_diff(left: DNA, right: DNA) -> tuple[int, int, int]:
    """Returns how many numbers were compared, how many differ, and how many have no counterpart."""
    if left.value != right.value:
        n = max(len(left.numbers), len(right.numbers))
        return n, 1, n - 1
    n, w, d = int(left.value is not None), 0, 0
    for a, b in zip(left.children, right.children, strict=False):
        below = _compute_diff(a, b)
        n, w, d = n + below[0], w + below[1], d + below[2]
    return n, w, d


@members(
    [
        (
            "disjoint_coefficient",
            pg_typing.Float(default=1.0),
            "Weight of what has no counterpart.",
        ),
        ("matching_coefficient", pg_typing.Float(default=3.0), "Weight of what differs."),
    ]
)
class compatibility_distance(Object):
    """How far two genotypes of one space are from each other: weighted shares of the decisions that have no
    counterpart, and of those that differ.
    """

    disjoint_coefficient: float = 1.0
    matching_coefficient: float = 3.0

    def __call__(self, left: DNA, right: DNA) -> float:
        """Returns the distance."""
        n, w, d = _compute_diff(left, right)
        return (self.disjoint_coefficient * d + self.matching_coefficient * w) / n if n else 0.0


@members(
    [
        (
            "distance",
            pg_typing.Callable([pg_typing.Object(DNA)] * 2),
            "A function of two genotypes.",
        ),
        ("distance_threshold", pg_typing.Float(default=0.4), "The largest distance in a species."),
    ]
)
class speciate(Operation):
    """Sorts genotypes into the living species of the global state, or into new ones; gives them back. Those that have
    been sorted before keep their species.
    """

    distance: Callable[[DNA, DNA], float] = REQUIRED
    distance_threshold: float = 0.4

    def call(self, inputs: list[DNA], global_state: Any) -> list[DNA]:
        living: list[Species] = global_state.get(_LIVING, [])
        for species in living:
            species.clear()
        for dna in inputs:
            species = dna.userdata.get(_SPECIES)
            if species is None:
                species = self._nearest(dna, living)
                if species is None:
                    living.append(Species(dna))
                    continue
                # Counted twice in this round: a newcomer's weight. Published figures rest on it.
                species.add(dna)
            species.add(dna)
        global_state[_LIVING] = [species for species in living if len(species)]
        return inputs

    def _nearest(self, dna: DNA, living: list[Species]) -> Species | None:
        for species in living:
            if self.distance(species.representative, dna) <= self.distance_threshold:
                return species
        return None


class scaled_average_fitness(Object):
    """By how much the members of each species are fitter, on average, than the least fit of all; equal weights if all
    are equally fit.
    """

    def __call__(self, inputs: list[Species], step: int = 0) -> list[float]:
        """Returns a weight for each species."""
        least = min(get_fitness(dna) for species in inputs for dna in species.members)
        weights = [
            total(get_fitness(dna) - least for dna in species.members) / len(species)
            for species in inputs
        ]
        return weights if any(weights) else [1.0] * len(weights)


class members_of(Object):
    """The members of a species."""

    def __call__(self, species: Species) -> list[DNA]:
        """Returns them."""
        return species.members


class generation_of(Object):
    """The generation of a genotype."""

    def __call__(self, dna: DNA) -> int:
        """Returns it."""
        return get_generation_id(dna)


def neat(
    mutator: Callable[..., Any] | None = None,
    population_size: int = 100,
    disjoint_coefficient: float = 1.0,
    matching_coefficient: float = 3.0,
    compatibility_threshold: float = 0.4,
    remaining_ratio: float = 0.6,
    seed: int | None = None,
) -> Evolution:
    """Returns an algorithm in which genotypes compete within species.

    Args:
        mutator: An operation; `mutators.Uniform()` for None.
        population_size: Number of children of a generation, and of random proposals at the beginning.
        disjoint_coefficient, matching_coefficient: Weights of decisions without a counterpart, and of those that
            differ, in the distance of two genotypes.
        compatibility_threshold: Largest distance within a species.
        remaining_ratio: The share of each species that may have children.
        seed: Seed of all parts that have none of their own.

    Example:
        >>> import polygraft as pg
        >>> algorithm = neat(population_size=4, seed=1)
        >>> space = pg.List([pg.oneof(range(5))] * 4)
        >>> for example, feedback in pg.sample(space, algorithm, 12):
        ...     feedback(sum(example))
        >>> algorithm.num_generations
        3

    Source:
        Stanley and Miikkulainen, "Evolving Neural Networks through Augmenting Topologies", Evol. Comput. 2002.
    """
    mutator = mutators.Uniform() if mutator is None else mutator
    parent = (
        Lambda(members_of()) >> selectors.Top(remaining_ratio) >> selectors.Random(1, seed=seed)
    )
    shares = selectors.Proportional(population_size, scaled_average_fitness())
    distance = compatibility_distance(
        disjoint_coefficient=disjoint_coefficient, matching_coefficient=matching_coefficient
    )
    return Evolution(
        GlobalStateGetter(_LIVING) >> shares.for_each(parent).flatten() >> mutator,
        population_init=(Random(seed), population_size),
        population_update=selectors.Top(1, key=generation_of(), cluster=True)
        >> speciate(distance=distance, distance_threshold=compatibility_threshold),
        seed=seed,
    )
