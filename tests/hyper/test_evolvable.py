"""`pg.evolve`: programs that are their own genotypes."""

import random

import pytest

import polygraft as pg

REPLACE, INSERT, DELETE = (
    pg.hyper.MutationType.REPLACE,
    pg.hyper.MutationType.INSERT,
    pg.hyper.MutationType.DELETE,
)


def five(location, old_value, parent):
    return 5


class Op(pg.Object):
    size: int = 1
    sizes: pg.typing.List(pg.typing.Int(), min_size=1, max_size=2) = [1, 2]


@pg.members([("a", pg.typing.Int()), ("b", pg.typing.Any(), "", {"no_mutation": True})])
class Guarded(pg.Object):
    pass


def points(value):
    found, _ = pg.evolve(value, five).mutation_points_and_weights(value)
    return [(p.mutation_type, str(p.location)) for p in found]


def test_points_are_depth_first():
    assert points(pg.List([1])) == [
        (REPLACE, ""), (INSERT, "[0]"), (DELETE, "[0]"), (REPLACE, "[0]"), (INSERT, "[1]"),
    ]  # fmt: skip
    assert points(pg.List([1, pg.Dict(a=[])]))[4:] == [
        (INSERT, "[1]"), (DELETE, "[1]"), (REPLACE, "[1]"), (REPLACE, "[1].a"), (INSERT, "[2]"),
    ]  # fmt: skip


def test_sizes_of_lists_are_kept():
    assert points(Op()) == [
        (REPLACE, ""), (REPLACE, "size"), (REPLACE, "sizes"),
        (DELETE, "sizes[0]"), (REPLACE, "sizes[0]"), (DELETE, "sizes[1]"), (REPLACE, "sizes[1]"),
    ]  # fmt: skip
    assert points(Op(sizes=[1]))[3:] == [
        (INSERT, "sizes[0]"), (REPLACE, "sizes[0]"), (INSERT, "sizes[1]"),
    ]  # fmt: skip


def test_fields_marked_so_are_left_alone():
    assert points(Guarded(1, pg.List([1]))) == [(REPLACE, ""), (REPLACE, "a")]


def test_what_points_tell():
    value = pg.List([1])
    found, weights = pg.evolve(value, five).mutation_points_and_weights(value)
    assert [p.old_value for p in found] == [value, pg.MISSING_VALUE, 1, 1, pg.MISSING_VALUE]
    assert found[0].parent is None
    assert all(p.parent is value for p in found[1:])
    assert weights == [1.0] * 5


def test_weights_of_the_user():
    def only_replace(mutation_type, location, value, parent):
        return 2.0 if mutation_type == REPLACE else 0.0

    value = pg.List([1, 2])
    e = pg.evolve(value, five, weights=only_replace)
    assert e.mutation_points_and_weights(value)[1] == [2.0, 0.0, 0.0, 2.0, 0.0, 0.0, 2.0, 0.0]
    for seed in range(20):
        new = e.mutate(pg.List([1, 2]), random.Random(seed))
        assert new in (5, [5, 2], [1, 5])


def test_mutations_happen_in_place():
    e = pg.evolve(pg.List([1, 2]), five)
    seen = []
    for seed in range(200):
        value = pg.List([1, 2])
        new = e.mutate(value, random.Random(seed))
        assert new is value or new == 5
        seen.append(new if new == 5 else tuple(new))
    assert set(seen) == {5, (5, 1, 2), (2,), (5, 2), (1, 5, 2), (1,), (1, 5), (1, 2, 5)}
    assert seen[:8] == [(1, 5), (5, 1, 2), (1, 2, 5), (5, 1, 2), (5, 1, 2), (1, 5, 2), (1, 5), (2,)]


def test_genome_is_the_json_of_the_program():
    e = pg.evolve(pg.List([1]), five)
    assert e.first_dna() == pg.DNA("[1]")
    assert e.decode(e.first_dna()) == [1]
    assert e.encode(pg.List([2])) == pg.DNA("[2]")
    assert e.random_dna(random.Random(1)) == pg.DNA("[1]")
    assert e.random_dna(random.Random(1), e.first_dna()) == pg.DNA("5")
    assert e.random_dna(random.Random(3), e.first_dna()) == pg.DNA("[5, 1]")


def test_random_sample_repeats_the_initial_value():
    space = pg.Dict(x=pg.evolve(pg.List([1]), five))
    assert list(pg.random_sample(space, 2, seed=1)) == [{"x": [1]}] * 2
    with pytest.raises(NotImplementedError, match="`next_dna` is not implemented"):
        list(pg.iter(space))


def test_evolution_of_a_program():
    def grow(location, old_value, parent):
        return 1 if old_value is pg.MISSING_VALUE or isinstance(old_value, int) else old_value

    space = pg.Dict(x=pg.evolve(pg.List([0]), grow))
    algorithm = pg.evolution.regularized_evolution(population_size=10, tournament_size=5, seed=1)
    best = 0
    for example, feedback in pg.sample(space, algorithm, 100):
        feedback(float(sum(example.x)))
        best = max(best, sum(example.x))
    assert best >= 5


def test_declaration():
    with pytest.raises(
        TypeError, match=r"Symbolic'> but encountered <class 'int'>: 1. \(path=initial_value\)"
    ):
        pg.evolve(1, five)
    assert [m.value for m in pg.hyper.MutationType] == ["0", "1", "2"]
    spec = pg.evolve(pg.List([1]), five, name="n").dna_spec("a.b")
    assert repr(spec) == "CustomDecisionPoint(id='a.b', hyper_type='Evolvable', name='n')"
