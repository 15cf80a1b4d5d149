"""Hill climbing: the best so far is the parent of all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from polygraft.evolution import mutators, selectors
from polygraft.evolution.algebra import Repeat
from polygraft.evolution.algorithm import Evolution
from polygraft.geno import Random


def hill_climb(
    mutator: Callable[..., Any] | None = None,
    batch_size: int = 1,
    init_population_size: int = 1,
    seed: int | None = None,
) -> Evolution:
    """Returns an algorithm that mutates the best proposal so far.

    Args:
        mutator: An operation; `mutators.Uniform()` for None.
        batch_size: How many children are made of one parent.
        init_population_size: Number of random proposals at the beginning.
        seed: Seed of all parts that have none of their own.

    Example:
        >>> import polygraft as pg
        >>> algorithm = hill_climb(seed=1)
        >>> for example, feedback in pg.sample(pg.floatv(0.0, 1.0), algorithm, 20):
        ...     feedback(example)
        >>> len(algorithm.population)
        1
    """
    mutator = mutators.Uniform() if mutator is None else mutator
    return Evolution(
        selectors.Top(1) >> Repeat(mutator, batch_size),
        population_init=(Random(seed), init_population_size),
        population_update=selectors.Top(1),
        seed=seed,
    )
