import math
import threading

import pytest
from tests.evolution.support import DIGITS, E, M, S, more, run, total

import polygraft as pg

Evolution, Random = E.Evolution, pg.geno.Random


def simple(size=2, **kwargs):
    return Evolution(S.Top(1) >> M.Uniform(seed=1), (Random(seed=1), size), **kwargs)


def values(items):
    return [item.value for item in items]


def test_the_published_run():
    algorithm = simple()
    proposals = run(algorithm, DIGITS, total, 4)
    assert values(proposals) == [2, 9, 9, 4]
    assert algorithm.num_generations == 3
    assert [E.get_generation_id(dna) for dna in proposals] == [1, 1, 2, 3]
    assert proposals[1].metadata == {
        "proposal_id": 2,
        "generation_id": 1,
        "initial_population": True,
        "feedback_sequence_number": 2,
        "reward": 9.0,
    }
    assert algorithm.population == proposals
    assert algorithm.global_state == {"num_generations": 3}


def test_without_feedback_the_initial_phase_goes_on():
    algorithm = simple()
    algorithm.setup(DIGITS)
    assert [algorithm.propose().value for _ in range(5)] == [2, 9, 1, 4, 1]
    assert algorithm.num_generations == 0 and not algorithm._population_initialized


def test_the_initial_phase_ends_with_its_generator():
    @pg.geno.dna_generator
    def three(spec):
        yield from (pg.DNA(i, spec=spec) for i in range(3))

    def pair(inputs):
        return [inputs[-1], inputs[-2]]

    algorithm = Evolution(pair, population_init=three())
    proposals = run(algorithm, DIGITS, total, 10)
    assert values(proposals)[:5] == [0, 1, 2, 2, 1]
    assert algorithm.num_generations == math.ceil(1 + 7 / 2)
    assert len({id(dna) for dna in proposals}) == 10


def test_errors_of_the_initial_generator():
    @pg.geno.dna_generator
    def broken(spec):
        raise KeyError("x")
        yield

    algorithm = Evolution(S.Top(1), population_init=broken())
    algorithm.setup(DIGITS)
    with pytest.raises(KeyError):
        algorithm.propose()
    with pytest.raises(ValueError, match="Error happened earlier"):
        algorithm.propose()


def test_rewards_reach_the_initial_generator_as_long_as_it_proposes():
    class Collects(pg.DNAGenerator):
        def _setup(self):
            self.rewards = []

        def _propose(self):
            return self.dna_spec.first_dna()

        def _feedback(self, dna, reward):
            self.rewards.append(reward)

    initial = Collects()
    run(Evolution(S.Top(1) >> M.Uniform(seed=1), (initial, 3)), DIGITS, total, 6)
    assert initial.rewards == [0.0, 0.0, 0.0]


def test_a_member_that_passes_through_is_copied():
    algorithm = Evolution(S.Last(1), (Random(seed=1), 1))
    proposals = run(algorithm, DIGITS, total, 4)
    assert values(proposals) == [2, 2, 2, 2]
    assert len({id(dna) for dna in proposals}) == 4
    assert [E.get_feedback_sequence_number(dna) for dna in proposals] == [1, 2, 3, 4]


def test_one_child_several_times_is_several_children():
    algorithm = Evolution(
        (S.Top(1) >> M.Uniform(seed=1)).for_each(lambda x: [x, x]).flatten(), (Random(seed=1), 1)
    )
    proposals = run(algorithm, DIGITS, total, 5)
    assert [E.base.get_proposal_id(dna) for dna in proposals] == [1, 2, 3, 4, 5]


def test_no_children():
    algorithm = Evolution(lambda inputs: [], (Random(seed=1), 1))
    run(algorithm, DIGITS, total, 1)
    with pytest.raises(ValueError, match="There is no child reproduced"):
        algorithm.propose()


def test_editing_in_place_leaves_the_population_as_it_was():
    class Edits(E.Mutator):
        def mutate(self, dna):
            dna.children[0].value = (dna.children[0].value + 1) % 10
            return dna

    space = pg.List([pg.oneof(range(10))] * 2)
    algorithm = Evolution(S.Top(1) >> Edits(), (Random(seed=1), 1))
    proposals = run(algorithm, space, total, 3)
    assert [dna.to_numbers() for dna in proposals] == [[2, 9], [3, 9], [4, 9]]
    assert [dna.to_numbers() for dna in algorithm.population] == [[2, 9], [3, 9], [4, 9]]
    assert [E.get_fitness(dna) for dna in algorithm.population] == [11.0, 12.0, 13.0]


def test_invalid_children_are_refused():
    class Wrong(E.Mutator):
        def mutate(self, dna):
            return pg.DNA(10)

    class WrongEdit(E.Mutator):
        def mutate(self, dna):
            dna = dna.clone()
            dna.value = 11
            return dna

    for mutator in (Wrong(), WrongEdit()):
        algorithm = Evolution(S.Top(1) >> mutator, (Random(seed=1), 1))
        run(algorithm, DIGITS, total, 1)
        with pytest.raises(ValueError, match="out of range"):
            algorithm.propose()


def test_unbound_children_are_bound():
    algorithm = Evolution(S.Top(1).for_each(lambda dna: pg.DNA(3)), (Random(seed=1), 1))
    assert run(algorithm, DIGITS, total, 2)[1].spec is DIGITS.plan.spec


@pytest.mark.parametrize("reward", [None, "1", float("nan"), (1.0, 2.0), [1.0]])
def test_bad_rewards_are_refused_and_change_nothing(reward):
    algorithm = simple()
    algorithm.setup(DIGITS)
    dna = algorithm.propose()
    with pytest.raises((TypeError, ValueError)):
        algorithm.feedback(dna, reward)
    assert algorithm.population == [] and algorithm.num_feedbacks == 0
    algorithm.feedback(dna, 1.0)
    with pytest.raises(ValueError, match="reported already"):
        algorithm.feedback(dna, 1.0)
    assert algorithm.num_feedbacks == 1


def test_objectives():
    single = simple()
    single.setup(DIGITS)
    with pytest.raises(ValueError, match="is single objective, but the reward"):
        single.feedback(single.propose(), (1.0, 2.0))
    several = simple(multi_objective=True)
    several.setup(DIGITS)
    dna = several.propose()
    several.feedback(dna, 1.0)
    assert E.get_fitness(dna) == (1.0,)
    with pytest.raises(ValueError, match="2 objectives, but earlier ones had 1"):
        several.feedback(several.propose(), (1.0, 2.0))


def test_steps():
    steps = []
    algorithm = Evolution(
        E.Lambda(lambda inputs, step: steps.append(step) or inputs[-1:]),
        (Random(seed=1), 2),
        population_update=lambda inputs, step: steps.append(-step) or inputs,
    )
    run(algorithm, DIGITS, total, 4)
    assert steps == [0, -1, 2, -2, 3, -3]


def test_set_up_again_starts_afresh():
    algorithm = simple(population_update=S.Last(3))
    first = run(algorithm, DIGITS, total, 20)
    assert run(algorithm, DIGITS, total, 20) == first


def test_equal_algorithms_do_not_disturb_each_other():
    generator = Random(seed=1)
    a = Evolution(S.Top(1) >> M.Uniform(seed=1), (generator, 5))
    b = pg.clone(a)
    a.setup(DIGITS)
    b.setup(DIGITS)
    pairs = [(a.propose(), b.propose()) for _ in range(5)]
    assert all(x == y for x, y in pairs)


def test_an_algorithm_is_a_value():
    algorithm = simple(population_update=S.Last(3), seed=4)
    assert pg.eq(pg.clone(algorithm), algorithm)
    loaded = pg.from_json_str(pg.to_json_str(algorithm))
    assert pg.eq(loaded, algorithm)
    assert run(loaded, DIGITS, total, 20) == run(algorithm, DIGITS, total, 20)
    assert repr(Evolution(S.Top(1))) == (
        "Evolution(reproduction=Top(n=1, key=None, cluster=False), population_init=(Random(seed=None), 50), "
        "population_update=None, multi_objective=False)"
    )
    assert repr(Evolution(S.Top(1), seed=3)).endswith("multi_objective=False, seed=3)")


def test_threads():
    algorithm = Evolution(
        S.Random(5) >> S.Top(2) >> M.Uniform(), (Random(), 10), S.Last(20), seed=1
    )
    algorithm.setup(DIGITS)
    errors = []

    def work():
        try:
            more(algorithm, total, 200)
        except Exception as e:
            errors.append(e)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert algorithm.num_proposals == algorithm.num_feedbacks == 1600
    assert sorted(E.get_feedback_sequence_number(d) for d in algorithm.population) == list(
        range(1581, 1601)
    )


def test_salesman():
    """Figures that were published for this search."""

    class City(pg.Object):
        x: int
        y: int

    class Route(pg.Object):
        cities: list

        def length(self):
            pairs = zip(self.cities, [self.cities[-1], *self.cities[:-1]], strict=True)
            return sum(math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2) for a, b in pairs)

    place = City(x=pg.oneof(range(100)), y=pg.oneof(range(100)))
    cities = list(pg.random_sample(place, 25, seed=1))

    def best(algorithm, count):
        lengths = []
        for route, feedback in pg.sample(Route(pg.permutate(cities)), algorithm, count):
            lengths.append(route.length())
            feedback(-lengths[-1])
        return min(lengths)

    assert best(Random(seed=1), 100) == pytest.approx(1167.4112697950238, rel=1e-12)
    evolution = Evolution(
        S.Random(20, seed=1) >> S.Top(2) >> M.Swap(seed=1),
        population_init=(Random(seed=1), 50),
        population_update=S.Last(50),
    )
    assert best(evolution, 500) == pytest.approx(724.7975187775785, rel=1e-12)
