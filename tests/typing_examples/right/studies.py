"""Studies and algorithms composed of operations."""

from __future__ import annotations

from typing import Any, assert_type

import polygraft as pg
from polygraft import evolution as E


class Model(pg.Object):
    units: int
    rate: float = 0.1
    activation: str = "relu"


def evaluate(model: Model) -> float:
    return model.units * model.rate


space = Model(pg.oneof([1, 2, 3]), pg.floatv(0.1, 1.0), pg.oneof(["relu", "gelu"]))

tuned = pg.tune(evaluate, space, pg.geno.Random(seed=1), 5)
print(tuned.best_trial)
tuned = pg.tune(lambda m: m.units, space, trials=3, seed=1)

algorithm = E.Evolution(
    reproduction=E.selectors.Random(2) >> E.mutators.Uniform(),
    population_init=(pg.geno.Random(seed=1), 4),
    population_update=E.selectors.Last(4),
)
algorithms: list[pg.DNAGenerator] = [
    algorithm,
    E.regularized_evolution(population_size=4, tournament_size=2, seed=1),
    E.hill_climb(seed=1),
]
for a in algorithms:
    for model, feedback in pg.sample(space, a, num_examples=6):
        assert_type(model, Model)
        feedback(evaluate(model))

dna = pg.random_dna(pg.dna_spec(space))
assert_type(dna, pg.DNA)
print(dna.value, dna.children, dna.to_numbers())
assert_type(pg.materialize(space, dna), Model)
for example, feedback in pg.sample(pg.dna_spec(space), pg.geno.Random(seed=1), 2):
    assert_type(example, Any)
    feedback(0.0)
