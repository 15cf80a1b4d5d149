"""`pg.intv` in programs."""

import pytest

import polygraft as pg


class Layer(pg.Object):
    units: int
    rate: float = 0.0
    tag: int | str = "none"


@pytest.fixture
def space():
    return Layer(pg.intv(1, 5), pg.intv(0, 10, 5), pg.intv(3, 4))


def test_decodes_to_ints_and_in_float_fields_to_floats(space):
    program = pg.template(space).decode(pg.DNA([2, 10, 3]))
    assert pg.eq(program, Layer(2, 10.0, 3))
    assert type(program.rate) is float
    assert pg.template(space).encode(program) == pg.DNA([2, 10, 3])


def test_json_round_trip(space):
    assert pg.eq(pg.from_json_str(pg.to_json_str(space)), space)


def test_repr():
    assert repr(pg.intv(1, 2, name="n")) == (
        "Int(name='n', hints=None, min_value=1, max_value=2, step=1, scale=None)"
    )


def test_all_programs():
    assert list(pg.iter(pg.Dict(x=pg.intv(1, 4, step=2)))) == [{"x": 1}, {"x": 3}]


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (pg.typing.Str(), "Source spec Int() is not compatible with destination spec Str()"),
        (
            pg.typing.Int(max_value=3),
            "Int.max_value (5) should be no greater than the max value (3)",
        ),
        (pg.typing.Int(min_value=3), "Int.min_value (1) should be no less than the min value (3)"),
    ],
)
def test_fields_that_do_not_take_it(spec, words):
    with pytest.raises((TypeError, ValueError)) as e:
        spec.apply(pg.intv(1, 5))
    assert words in str(e.value)


def test_only_reachable_values_count_for_a_field():
    pg.typing.Int(max_value=8).apply(pg.intv(0, 10, step=4))


@pytest.mark.parametrize("value", [0, 6, "2", True, None, 2.0])
def test_values_that_are_not_in_the_space(value):
    t = pg.template(pg.Dict(x=pg.intv(1, 5)))
    assert t.try_encode(pg.Dict(x=value)) == (False, None)


@pytest.mark.parametrize("dna", [pg.DNA(9), pg.DNA(0.5), pg.DNA(1, [pg.DNA(1)])])
def test_genotypes_that_do_not_fit(dna):
    with pytest.raises(ValueError, match=r"\(path=x\)"):
        pg.template(pg.Dict(x=pg.intv(1, 5))).decode(dna)


def test_recombination_keeps_to_the_steps():
    spec = pg.dna_spec(pg.Dict(a=pg.intv(1, 100), b=pg.intv(0, 1000, 10)))
    parents = [pg.DNA([1, 0], spec=spec), pg.DNA([11, 30], spec=spec)]
    recombinators = pg.evolution.recombinators
    assert recombinators.Average()(parents) == [pg.DNA([6, 10])]
    assert recombinators.WeightedAverage(lambda p: [1.0, 3.0])(parents) == [pg.DNA([8, 20])]
    for operation in (recombinators.Uniform(seed=1), recombinators.KPoint(1, seed=1)):
        for child in operation(parents):
            spec.validate(child)


def test_evolution_climbs():
    space = pg.Dict(a=pg.intv(1, 100, scale="log"), b=pg.intv(0, 1000, 10))
    algorithm = pg.evolution.regularized_evolution(population_size=10, tournament_size=5, seed=1)
    best = 0
    for example, feedback in pg.sample(space, algorithm, 300):
        reward = example.a * example.b
        feedback(reward)
        best = max(best, reward)
    assert best > 90_000
