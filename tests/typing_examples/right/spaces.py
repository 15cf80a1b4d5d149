"""Search: placeholders in typed slots, spaces, genotypes, the loops, algorithms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_type

import polygraft as pg


class Layer(pg.Object):
    units: int
    activation: str = "relu"


class Model(pg.Object):
    layers: list[Layer]
    rate: float = 0.1
    head: Layer | None = None
    sizes: list[int] = [1, 2]
    items: pg.List[int] = pg.List([1, 2])


# A placeholder has the type of what it stands for.
units: int = pg.oneof([8, 16])
rate: float = pg.floatv(1e-4, 1e-1, "log")
mixed: float = pg.oneof([1, 0.5])
head: Layer | None = pg.oneof([Layer(1), None])
sizes: list[int] = pg.manyof(2, [1, 2, 3])
order: list[str] = pg.permutate(["a", "b"])
nested: Layer = pg.oneof([Layer(pg.oneof([1, 2])), Layer(3, pg.oneof(["relu", "gelu"]))])
space = Model(
    [Layer(pg.oneof([8, 16])), Layer(units, pg.oneof(["relu", "gelu"]))],
    rate,
    head,
    sizes=pg.manyof(2, [1, 2, 3]),
    items=pg.manyof(1, [4, 5]),
)
assert_type(space, Model)
assert_type(pg.oneof([Layer(1), Layer(2)]), Layer)
assert_type(pg.manyof(2, [1, 2, 3]), pg.List[int])

# Spaces and genotypes.
spec = pg.dna_spec(space)
assert isinstance(spec, pg.DNASpec)
assert_type(pg.DNA([0, 1]), pg.DNA)
assert len(list(pg.random_sample(space, 2, seed=1))) == 2
template = pg.template(space)
assert_type(pg.materialize(Layer(pg.oneof([1, 2])), pg.DNA(1)), Layer)

# Loops.
for example in pg.iter(Layer(pg.oneof([1, 2]))):
    assert_type(example, Layer)
    assert example.units in (1, 2)
for example in pg.random_sample(Layer(pg.oneof([1, 2])), 3, seed=1):
    assert_type(example, Layer)
examples: Iterator[Layer] = pg.iter(Layer(pg.oneof([1, 2])), 1)

algorithm = pg.evolution.regularized_evolution(population_size=4, tournament_size=2, seed=1)
for layer, feedback in pg.sample(
    Layer(pg.oneof([1, 2, 3])), algorithm, num_examples=8, name="typing-examples"
):
    feedback(float(layer.units))
result = pg.poll_result("typing-examples")
assert result.best_trial is not None
algorithms: list[pg.DNAGenerator] = [pg.geno.Random(seed=1), pg.geno.Sweeping(), algorithm]


class Mutate(pg.Object):
    """A part of an algorithm in a program of its own."""

    generator: pg.DNAGenerator = pg.geno.Random()
    anything: Any = None


assert_type(Mutate().generator, pg.DNAGenerator)
