import pytest
from tests.evolution.support import E, M, population, run, total

import polygraft as pg

XY = pg.dna_spec(pg.Dict(x=pg.oneof(range(10)), y=pg.oneof(range(10))))
FLOAT = pg.dna_spec(pg.floatv(0.0, 1.0))


def with_fitness(*fitness):
    return [E.set_fitness(pg.DNA(i), f) for i, f in enumerate(fitness)]


def values(dnas):
    return [dna.value for dna in dnas]


def mixed(dnas):
    """One number for thirty floats."""
    out = 0
    for dna in dnas:
        out ^= int(dna.value * 1e6)
    return out


def test_published_regularized_evolution():
    algorithm = E.regularized_evolution(
        M.Uniform(seed=1), population_size=4, tournament_size=2, seed=1
    )
    assert [tuple(dna.to_numbers()) for dna in run(algorithm, XY, total, 12)] == [
        (2, 9), (1, 4), (1, 7), (7, 7), (9, 7), (4, 7), (7, 7), (9, 7), (9, 3), (7, 7), (6, 7), (7, 9),
    ]  # fmt: skip
    assert E.RegularizedEvolution is E.regularized_evolution
    with pytest.raises(ValueError, match="`tournament_size` must be no less than 2"):
        E.regularized_evolution(tournament_size=1)
    with pytest.raises(
        ValueError,
        match=r"`population_size` \(3\) must be no less than the value of `tournament_size` \(5\)",
    ):
        E.regularized_evolution(population_size=3, tournament_size=5)


def test_published_hill_climb():
    algorithm = E.hill_climb(M.Uniform(seed=1), batch_size=2, init_population_size=2, seed=1)
    proposals = run(algorithm, pg.oneof(range(10)), total, 8)
    assert values(proposals) == [2, 9, 9, 4, 7, 7, 3, 7]
    assert [E.get_generation_id(dna) for dna in proposals] == [1, 1, 2, 2, 3, 3, 4, 4]
    assert values(algorithm.population) == [9]


@pytest.mark.parametrize(
    "algorithm, figure",
    [
        (E.regularized_evolution(M.Uniform(seed=1), 10, 2, seed=1), 1031418),
        (E.hill_climb(M.Uniform(seed=1), seed=1), 821038),
        (E.hill_climb(M.Uniform(seed=1), batch_size=5, init_population_size=5, seed=1), 541274),
        (E.neat(M.Uniform(seed=1), population_size=4, seed=1), 748569),
        (E.neat(M.Uniform(seed=1), population_size=5, seed=1), 541274),
    ],
    ids=["regularized", "hill", "hill-batch", "neat-4", "neat-5"],
)
def test_figures_of_pyglove(algorithm, figure):
    assert mixed(run(algorithm, FLOAT, lambda dna: dna.value, 30)) == figure


def test_figures_of_pyglove_with_two_objectives():
    algorithm = E.nsga2(M.Uniform(seed=1), population_size=4, seed=1)
    assert mixed(run(algorithm, FLOAT, lambda dna: (dna.value, -dna.value), 30)) == 44313


def test_fronts():
    lib = E.nsga2_lib
    fronts = lib.nondominated_sort()(with_fitness((1, 1), (1, 2), (3, 4), (4, 3)))
    assert [values(front) for front in fronts] == [[2, 3], [1], [0]]
    crowd = with_fitness((100, 1), (50, 10), (30, 30), (10, 50), (1, 100))
    assert values(lib.crowding_distance_sort()(crowd)) == [0, 4, 1, 3, 2]
    one = with_fitness((1, 1))
    assert lib.crowding_distance_sort()(one) is one
    assert lib.dominates((1, 2), [1, 1]) and not lib.dominates((1, 2), (1, 2))
    with pytest.raises(
        ValueError,
        match=r"The length of \(1,\) is not equal to the length of individual objectives \(1, 2\).",
    ):
        lib.dominates((1,), (1, 2))


def test_nsga2_finds_the_front():
    algorithm = E.nsga2(population_size=10, seed=1)
    space = pg.dna_spec(pg.List([pg.oneof(range(10))] * 2))
    run(
        algorithm,
        space,
        lambda dna: (float(dna.to_numbers()[0]), -float(sum(dna.to_numbers()))),
        400,
    )
    elites = {tuple(dna.to_numbers()) for dna in algorithm.global_state.elites}
    assert {b for _, b in elites} == {0} and len(elites) >= 6
    assert algorithm.global_state.elite_cursor < 10


def test_distance_of_trees():
    diff = E.neat_lib._compute_diff
    assert diff(pg.DNA((0, 0)), pg.DNA((0, 1))) == (2, 1, 0)
    assert diff(pg.DNA((0, 0)), pg.DNA((1, [0, 1, 2]))) == (4, 1, 3)
    assert diff(pg.DNA((0, 0)), pg.DNA(2)) == (2, 1, 1)
    distance = E.neat_lib.compatibility_distance(disjoint_coefficient=1.0, matching_coefficient=3.0)
    assert distance(pg.DNA((0, 0)), pg.DNA((1, [0, 1, 2]))) == (3 + 3) / 4


def test_species():
    lib = E.neat_lib
    state = pg.geno.AttributeDict()
    near = lib.speciate(distance=lambda a, b: abs(a.value - b.value), distance_threshold=1)
    dnas = population(4)
    assert near(dnas, global_state=state) is dnas
    assert [values(s.members) for s in state.living_species] == [[0, 1, 1], [2, 3, 3]]
    assert dnas[3].userdata.species is state.living_species[1]
    near(dnas[:2], global_state=state)
    assert [values(s.members) for s in state.living_species] == [[0, 1]]
    assert state.living_species[0].representative is dnas[0] and len(state.living_species[0]) == 2


def test_species_of_equal_fitness_share_equally():
    lib = E.neat_lib
    dnas = [E.set_fitness(dna, 1.0) for dna in population(2)]
    species = [lib.Species(dna) for dna in dnas]
    assert lib.scaled_average_fitness()(species, step=0) == [1.0, 1.0]
    E.set_fitness(dnas[1], 3.0)
    assert lib.scaled_average_fitness()(species, step=0) == [0.0, 2.0]
    run(E.neat(population_size=4, seed=1), XY, lambda dna: 1.0, 20)


@pytest.mark.parametrize("make", [E.regularized_evolution, E.hill_climb, E.nsga2, E.neat])
def test_algorithms_are_values(make):
    algorithm = make(seed=1)
    assert pg.eq(pg.clone(algorithm), algorithm)
    assert pg.eq(pg.from_json_str(pg.to_json_str(algorithm)), algorithm)
    assert "lambda" not in repr(algorithm)


def test_sampling_with_a_seed_is_repeatable():
    def rewards():
        out = []
        space = pg.Dict(x=pg.oneof(range(10)), y=pg.oneof(range(10)))
        for example, feedback in pg.sample(
            space, E.regularized_evolution(population_size=10, tournament_size=3, seed=5), 60
        ):
            out.append(example.x * example.y)
            feedback(out[-1])
        return out

    assert rewards() == rewards()
    assert max(rewards()) == 81
