"""NSGA-II: several objectives, by fronts and crowding.

Parts are operations, named like the functions that they are, so that the algorithm is saved like any program. Ranking
is O(m n²) per generation for n genotypes and m objectives, as in the paper.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from polygraft import typing as pg_typing
from polygraft.evolution import mutators, selectors
from polygraft.evolution.algebra import Identity
from polygraft.evolution.algorithm import Evolution
from polygraft.evolution.control import GlobalStateGetter, GlobalStateSetter
from polygraft.evolution.metadata import get_fitness
from polygraft.evolution.operation import REQUIRED, Operation
from polygraft.geno import DNA, Random
from polygraft.symbolic import Object, members


def dominates(a: Sequence[float], b: Sequence[float]) -> bool:
    """Returns whether a is at least as good as b in all objectives, and better in one.

    Raises:
        ValueError: They have different lengths.

    Example:
        >>> dominates((1.0, 2.0), (1.0, 1.0)), dominates((1.0, 2.0), (2.0, 1.0))
        (True, False)
    """
    if len(a) != len(b):
        raise ValueError(
            f"The length of {a!r} is not equal to the length of individual objectives {b!r}."
        )
    better = False
    for x, y in zip(a, b, strict=True):
        if x < y:
            return False
        better = better or x > y
    return better


class nondominated_sort(Operation):
    """Gives the fronts of a list of genotypes: those that nobody dominates, those that only they dominate, and so on.

    The first front is in the order of the input; later ones in the order in which their last dominator was removed.
    """

    def call(self, inputs: list[DNA]) -> list[list[DNA]]:
        return _fronts(inputs)


def _fronts(inputs: list[DNA]) -> list[list[DNA]]:
    fitness = [get_fitness(dna) for dna in inputs]
    count = len(inputs)
    below: list[list[int]] = [[] for _ in range(count)]
    above = [0] * count
    for i in range(count):
        for j in range(i + 1, count):
            if dominates(fitness[i], fitness[j]):
                below[i].append(j)
                above[j] += 1
            elif dominates(fitness[j], fitness[i]):
                below[j].append(i)
                above[i] += 1
    fronts: list[list[DNA]] = []
    front = [i for i in range(count) if not above[i]]
    while front:
        fronts.append([inputs[i] for i in front])
        after: list[int] = []
        for i in front:
            for j in below[i]:
                above[j] -= 1
                if not above[j]:
                    after.append(j)
        front = after
    return fronts


class crowding_distance_sort(Operation):
    """Sorts a front: the loneliest genotypes first; the two ends of each objective count as lonely."""

    def call(self, inputs: list[DNA]) -> list[DNA]:
        return _by_crowding(inputs)


def _by_crowding(frontier: list[DNA]) -> list[DNA]:
    count = len(frontier)
    if count <= 1:
        return frontier
    fitness = [get_fitness(dna) for dna in frontier]
    objectives = len(fitness[0])
    distance = [0.0] * count
    for m in range(objectives):
        order = sorted(range(count), key=lambda i: fitness[i][m])
        low, high = fitness[order[0]][m], fitness[order[-1]][m]
        distance[order[0]] = distance[order[-1]] = float(objectives)
        if high == low:
            continue
        for before, i, after in zip(order, order[1:], order[2:], strict=False):
            distance[i] += (fitness[after][m] - fitness[before][m]) / (high - low)
    return [frontier[i] for i in sorted(range(count), key=lambda i: -distance[i])]


class next_elite(Operation):
    """Gives the next one of the elites, round robin; before there are any, the next one of the input."""

    def call(self, inputs: list[DNA], global_state: Any) -> list[DNA]:
        elites = global_state.get("elites") or inputs
        if not elites:
            return []
        cursor = global_state.get("elite_cursor", 0)
        global_state["elite_cursor"] = (cursor + 1) % len(elites)
        return [elites[cursor % len(elites)]]


@members([("size", pg_typing.Int(), "How long.")])
class is_full(Object):
    """Says whether a list has a given length."""

    size: int = REQUIRED

    def __call__(self, inputs: list[Any]) -> bool:
        """Returns whether it has."""
        return len(inputs) == self.size


def nsga2(
    mutator: Callable[..., Any] | None = None,
    population_size: int = 100,
    seed: int | None = None,
) -> Evolution:
    """Returns an algorithm for several objectives: the best fronts so far are the parents, by turns.

    Args:
        mutator: An operation; `mutators.Uniform()` for None.
        population_size: Number of elites. There are twice as many random proposals at the beginning.
        seed: Seed of all parts that have none of their own.

    Example:
        >>> import polygraft as pg
        >>> algorithm = nsga2(population_size=4, seed=1)
        >>> for x, feedback in pg.sample(
        ...     pg.oneof(range(10)), algorithm, 40, metrics_to_optimize=["up", "down"]
        ... ):
        ...     feedback((x, -x))
        >>> len(algorithm.global_state.elites)
        4

    Source:
        Deb et al., "A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II", IEEE TEC 2002.
    """
    mutator = mutators.Uniform() if mutator is None else mutator
    ranked = nondominated_sort().for_each(crowding_distance_sort()).flatten()
    merge = (GlobalStateGetter("elites", default=[]) + Identity()) >> ranked
    keep = selectors.First(population_size).as_global_state("elites")
    return Evolution(
        next_elite() >> mutator,
        population_init=(Random(seed), population_size * 2),
        population_update=(merge >> (keep + GlobalStateSetter("elite_cursor", 0))).if_true(
            is_full(size=population_size)
        ),
        multi_objective=True,
        seed=seed,
    )
