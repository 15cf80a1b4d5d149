"""Seeded runs of everything that draws, in polygraft or PyGlove: one line for each kind of run.

    python tests/evolution/differential.py pyglove > tests/evolution/pyglove-0.4.5.txt

`test_differential.py` compares what polygraft gives with the lines that PyGlove 0.4.5 gave. Left out is where
they differ on purpose (design note 0006): multi-choices below a chosen candidate for `Swap` and permutations,
branches that a point-wise filter leaves open, and the order of children that PyGlove keeps in a set.
"""

import hashlib
import importlib
import random
import sys


def rich(pg):
    inner = [pg.oneof([1, 2]), pg.floatv(0.0, 1.0), pg.manyof(2, [1, 2, pg.oneof([5, 6])]), 3]
    pair = [pg.oneof([1, 2]), pg.manyof(2, [1, 2, 3], sorted=True)]
    return pg.List(
        [
            pg.oneof(range(5)),
            pg.manyof(3, inner, distinct=False, sorted=True),
            pg.oneof([pg.List(pair), 7]),
            pg.permutate([1, 2, 3, pg.oneof([4, 5])]),
            pg.floatv(-1.0, 1.0),
        ]
    )


def flat(pg):
    return pg.List([pg.permutate(range(6)), pg.oneof(range(5)), pg.floatv(0.0, 1.0)])


def permutations(pg):
    first = pg.permutate([1, 2, pg.oneof([3, 4])])
    return pg.List([first, pg.oneof([pg.oneof([1, 2]), 3]), pg.permutate(range(4))])


SPACES = {
    "flat": flat,
    "rich": rich,
    "permutations": permutations,
    "digits": lambda pg: pg.oneof(range(10)),
    "float": lambda pg: pg.floatv(0.0, 1.0),
    "distinct": lambda pg: pg.manyof(4, range(6)),
    "sorted": lambda pg: pg.manyof(4, range(6), sorted=True),
    "free": lambda pg: pg.manyof(3, range(5), distinct=False),
}


def weights(parents):
    return [float(i + 1) for i in range(len(parents))]


def operations(pg):
    E = pg.evolution
    M, R, W = E.mutators, E.recombinators, E.where
    yield "M.Uniform", 1, lambda seed: M.Uniform(seed=seed)
    yield "M.Uniform leaves", 1, lambda seed: M.Uniform(where=lambda dna: dna.is_leaf, seed=seed)
    yield "R.Uniform", 3, lambda seed: R.Uniform(seed=seed)
    yield "R.Sample", 3, lambda seed: R.Sample(weights, seed=seed)
    yield "R.Average", 3, lambda seed: R.Average()
    yield "R.WeightedAverage", 3, lambda seed: R.WeightedAverage(weights)
    yield "R.KPoint 1", 2, lambda seed: R.KPoint(1, seed=seed)
    yield "R.KPoint 3", 2, lambda seed: R.KPoint(lambda step: 3, seed=seed)
    for name in ("PartiallyMapped", "Order", "Cycle"):
        cls = getattr(R, name)
        yield f"R.{name}", 2, lambda seed, cls=cls: cls(seed=seed)
        yield f"R.{name} all", 2, lambda seed, cls=cls: cls(where=W.ALL, seed=seed)


def algorithms(pg):
    E = pg.evolution
    S, M, R = E.selectors, E.mutators, E.recombinators
    yield "regularized", False, lambda s: E.regularized_evolution(M.Uniform(seed=s), 10, 3, seed=s)
    yield "hill_climb", False, lambda s: E.hill_climb(M.Uniform(seed=s), 3, 4, seed=s)
    yield "nsga2", True, lambda s: E.nsga2(M.Uniform(seed=s), 6, seed=s)
    yield "neat", False, lambda s: E.neat(M.Uniform(seed=s), 12, seed=s)
    init = lambda s, n: (pg.geno.Random(seed=s), n)  # noqa: E731
    yield (
        "weighted",
        False,
        lambda s: E.Evolution(
            S.Sample(4, weights, seed=s) >> S.Proportional(0.5, weights) >> M.Uniform(seed=s),
            population_init=init(s, 8),
            population_update=S.Top(0.9),
        ),
    )
    yield (
        "crossed",
        False,
        lambda s: E.Evolution(
            (S.Random(2, seed=s) >> R.KPoint(2, seed=s))[0].with_prob(0.7, seed=s)[-1:]
            >> M.Uniform(seed=s) ** 2,
            population_init=init(s, 8),
            population_update=S.Last(10),
        ),
    )


def reward(dna):
    return round(sum(float(x) for x in dna.to_numbers()), 6)


def digest(values):
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def operation_lines(pg):
    for space, make_space in SPACES.items():
        spec = pg.dna_spec(make_space(pg))
        for name, count, make in operations(pg):
            if space == "permutations" and name in ("R.PartiallyMapped", "R.Order", "R.Cycle"):
                continue  # Which of several they pick is not seeded in PyGlove, whatever it prints.
            out = []
            for seed in range(3):
                r, op = random.Random(seed), make(seed)
                for _ in range(5):
                    parents = [spec.random_dna(r) for _ in range(count)]
                    out.append(sorted(repr(dna) for dna in op(parents)))
            yield f"{name} on {space}: {digest(out)}"
    spec = pg.dna_spec(pg.List([pg.permutate(range(6)), pg.manyof(3, range(5), distinct=False)]))
    swap, r = pg.evolution.mutators.Swap(seed=1), random.Random(1)
    yield f"M.Swap: {digest([repr(swap([spec.random_dna(r)])) for _ in range(30)])}"


def algorithm_lines(pg):
    for space, make_space in SPACES.items():
        spec = pg.dna_spec(make_space(pg))
        for name, several, make in algorithms(pg):
            out = []
            for seed in (1,):
                algorithm = make(seed)
                algorithm.setup(spec)
                for _ in range(40):
                    dna = algorithm.propose()
                    value = reward(dna)
                    algorithm.feedback(dna, (value, -(value**2)) if several else value)
                    out.append((repr(dna), dict(dna.metadata)["generation_id"]))
            yield f"{name} on {space}: {digest(out)}"


def lines(pg):
    yield from operation_lines(pg)
    yield from algorithm_lines(pg)


if __name__ == "__main__":
    for line in lines(importlib.import_module(sys.argv[1])):
        print(line, flush=True)
