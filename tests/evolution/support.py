"""Spaces, runs and reward functions that the tests of evolution share."""

import random

import polygraft as pg

E = pg.evolution
S, M = E.selectors, E.mutators

DIGITS = pg.dna_spec(pg.oneof(range(10)))


def population(count=10):
    """Genotypes 0, 1, … whose fitness is their value."""
    return [E.set_fitness(pg.DNA(i, spec=DIGITS), float(i)) for i in range(count)]


def run(algorithm, space, reward, count):
    """Lets an algorithm propose and learn; returns its proposals."""
    spec = space if isinstance(space, pg.DNASpec) else pg.dna_spec(space)
    algorithm.setup(spec)
    return more(algorithm, reward, count)


def more(algorithm, reward, count):
    proposals = []
    for _ in range(count):
        dna = algorithm.propose()
        proposals.append(dna)
        algorithm.feedback(dna, reward(dna))
    return proposals


def total(dna):
    return float(sum(dna.to_numbers()))


def two(dna):
    return total(dna), -float(dna.to_numbers()[0])


def rich_space():
    """Conditional, multi-choice and float decisions, nested."""
    inner = [pg.oneof([1, 2]), pg.floatv(0.0, 1.0), pg.manyof(2, [1, 2, pg.oneof([5, 6])]), 3]
    return pg.List(
        [
            pg.oneof(range(5)),
            pg.manyof(3, inner, distinct=False, sorted=True),
            pg.oneof(
                [
                    pg.List([pg.oneof([1, 2]), pg.manyof(2, [1, 2, 3], sorted=True)]),
                    pg.permutate([1, 2, 3]),
                    7,
                ]
            ),
            pg.permutate([1, 2, 3, pg.oneof([4, 5])]),
            pg.floatv(-1.0, 1.0),
        ]
    )


def random_dnas(space, count, seed=0):
    spec = space if isinstance(space, pg.DNASpec) else pg.dna_spec(space)
    r = random.Random(seed)
    return [spec.random_dna(r) for _ in range(count)]
