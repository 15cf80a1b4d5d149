"""Regularized evolution: tournaments in a population in which the oldest dies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from polygraft.evolution import mutators, selectors
from polygraft.evolution.algorithm import Evolution
from polygraft.geno import Random


def regularized_evolution(
    mutator: Callable[..., Any] | None = None,
    population_size: int = 100,
    tournament_size: int = 10,
    seed: int | None = None,
) -> Evolution:
    """Returns an algorithm that mutates the best of a random few; the population is the newest `population_size`.

    Args:
        mutator: An operation; `mutators.Uniform()` for None.
        population_size: Also the number of random proposals at the beginning.
        tournament_size: How many are drawn to choose the parent from.
        seed: Seed of all parts that have none of their own.

    Raises:
        ValueError: The tournament is smaller than 2 or larger than the population.

    Example:
        >>> import polygraft as pg
        >>> algorithm = regularized_evolution(population_size=4, tournament_size=2, seed=1)
        >>> space = pg.Dict(x=pg.oneof(range(10)), y=pg.oneof(range(10)))
        >>> rewards = []
        >>> for example, feedback in pg.sample(space, algorithm, 50):
        ...     feedback(example.x + example.y)
        ...     rewards.append(example.x + example.y)
        >>> max(rewards[:4]) < max(rewards)
        True

    Source:
        Real et al., "Regularized Evolution for Image Classifier Architecture Search", AAAI 2019, algorithm 1.
    """
    if tournament_size < 2:
        raise ValueError(
            f"`tournament_size` must be no less than 2. Encountered: {tournament_size}"
        )
    if population_size < tournament_size:
        raise ValueError(
            f"The value of `population_size` ({population_size}) must be no less than the value of `tournament_size` "
            f"({tournament_size})."
        )
    mutator = mutators.Uniform() if mutator is None else mutator
    return Evolution(
        selectors.Random(tournament_size, seed=seed) >> selectors.Top(1) >> mutator,
        population_init=(Random(seed=seed), population_size),
        population_update=selectors.Last(population_size),
        seed=seed,
    )
