"""What an evolution proposes is a function of the space, the seed and the history."""

import copy
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evolution.support import E, M, S, more, rich_space, run, total, two

import polygraft as pg

R, Random = E.recombinators, pg.geno.Random
SPACE = pg.dna_spec(rich_space())


def with_crossover(seed):
    return E.Evolution(
        (
            S.Random(6)
            >> S.Top(2)
            >> (R.Uniform(where=E.where.Any(3)) | R.KPoint(2))
            >> M.Uniform()
        ).with_prob(0.9)
        | S.Random(pg.scalars.Uniform(1, 3)) >> M.Swap(),
        population_init=(Random(), 8),
        population_update=S.Last(12),
        seed=seed,
    )


def from_generator(seed):
    initial = pg.geno.Deduping(Random(), max_duplicates=1)
    return E.Evolution(S.Random(2) >> M.Uniform(), (initial, 5), seed=seed)


ALGORITHMS = {
    "regularized": (lambda seed: E.regularized_evolution(population_size=8, tournament_size=3, seed=seed), total),
    "hill_climb": (lambda seed: E.hill_climb(batch_size=3, init_population_size=4, seed=seed), total),
    "nsga2": (lambda seed: E.nsga2(population_size=4, seed=seed), two),
    "neat": (lambda seed: E.neat(population_size=8, seed=seed), total),
    "crossover": (with_crossover, total),
    "generator": (from_generator, total),
}  # fmt: skip
each = pytest.mark.parametrize("name", ALGORITHMS)


def history_of(proposals, rewarded=True):
    """As it would be read from a file: the metadata without what came after, or with it."""
    history = []
    for dna in proposals:
        item = pg.from_json_str(pg.to_json_str(dna))
        reward = E.get_fitness(item)
        reward = tuple(reward) if isinstance(reward, list) else reward
        if not rewarded:
            del item.metadata["feedback_sequence_number"], item.metadata["reward"]
        history.append((item, reward))
    return history


@each
@settings(max_examples=6)
@given(seed=st.integers(0, 10**6))
def test_the_same_seed_gives_the_same_proposals(name, seed):
    make, reward = ALGORITHMS[name]
    first = run(make(seed), SPACE, reward, 40)
    random.seed(seed)  # The global generator has no part in it.
    assert run(make(seed), SPACE, reward, 40) == first
    for dna in first:
        assert pg.DNA.from_numbers(dna.to_numbers(), SPACE) == dna


@each
def test_another_seed_gives_other_proposals(name):
    make, reward = ALGORITHMS[name]
    assert run(make(1), SPACE, reward, 30) != run(make(2), SPACE, reward, 30)


@each
def test_an_unseeded_run_can_be_repeated(name):
    make, reward = ALGORITHMS[name]
    algorithm = make(None)
    first = run(algorithm, SPACE, reward, 30)
    seed = algorithm.effective_seed
    seeded = E.Evolution(
        **{
            "reproduction": pg.clone(algorithm.reproduction),
            "population_init": algorithm.population_init,
            "population_update": pg.clone(algorithm.population_update),
            "multi_objective": algorithm.multi_objective,
            "seed": seed,
        }
    )
    assert run(seeded, SPACE, reward, 30) == first


@each
@settings(max_examples=10)
@given(cut=st.integers(0, 40), rewarded=st.booleans())
def test_a_run_resumes_from_any_prefix(name, cut, rewarded):
    make, reward = ALGORITHMS[name]
    whole = run(make(3), SPACE, reward, 50)
    algorithm = make(3)
    algorithm.setup(SPACE)
    algorithm.recover(history_of(whole[:cut], rewarded))
    rest = more(algorithm, reward, 50 - cut)
    assert rest == whole[cut:]
    assert [dna.metadata for dna in rest] == [dna.metadata for dna in whole[cut:]]
    assert algorithm.num_proposals == algorithm.num_feedbacks == 50


@each
@settings(max_examples=10)
@given(data=st.data())
def test_a_parallel_run_resumes_from_the_order_of_its_events(name, data):
    make, reward = ALGORITHMS[name]
    algorithm = make(5)
    algorithm.setup(SPACE)
    events, pending = [], []
    for _ in range(60):
        if pending and (len(pending) > 5 or data.draw(st.booleans())):
            dna = pending.pop(data.draw(st.integers(0, len(pending) - 1)))
            algorithm.feedback(dna, reward(dna))
            events.append((dna, E.get_fitness(dna)))
        else:
            try:
                dna = algorithm.propose()
            except ValueError:
                continue  # No reward yet.
            pending.append(dna)
            events.append((dna, None))
    again = make(5)
    again.setup(SPACE)
    again.recover([(copy.deepcopy(_bare(dna)), value) for dna, value in events])
    assert again.num_proposals == algorithm.num_proposals
    assert again.num_feedbacks == algorithm.num_feedbacks
    assert [d.to_numbers() for d in again.population] == [
        d.to_numbers() for d in algorithm.population
    ]
    assert [again.propose() for _ in range(5)] == [algorithm.propose() for _ in range(5)]


def _bare(dna):
    """The genotype as it was proposed."""
    bare = pg.DNA.from_numbers(dna.to_numbers(), SPACE)
    for key in ("proposal_id", "generation_id", "initial_population"):
        bare.set_metadata(key, dna.metadata[key], cloneable=True)
    return bare


def test_recover_needs_the_metadata_and_checks_the_fitness():
    algorithm = E.regularized_evolution(population_size=4, tournament_size=2, seed=1)
    algorithm.setup(SPACE)
    with pytest.raises(KeyError):
        algorithm.recover([(SPACE.first_dna(), 1.0)])
    proposals = run(algorithm, SPACE, total, 3)
    algorithm.setup(SPACE)
    with pytest.raises(AssertionError):
        algorithm.recover([(proposals[0], -5.0)])


def test_deduping_an_evolution_resumes():
    def make():
        return pg.geno.Deduping(
            E.regularized_evolution(population_size=4, tournament_size=2, seed=1)
        )

    space = pg.dna_spec(pg.List([pg.oneof(range(4))] * 3))
    whole = run(make(), space, total, 20)
    assert len({dna.numbers for dna in whole}) == 20
    algorithm = make()
    algorithm.setup(space)
    algorithm.recover(history_of(whole[:10]))
    assert more(algorithm, total, 10) == whole[10:]


def test_a_seeded_algorithm_ignores_the_random_module_and_the_seeds_of_parts_stand():
    def make(part):
        return E.regularized_evolution(M.Uniform(seed=part), 4, 2, seed=1)

    assert run(make(None), SPACE, total, 20) != run(make(7), SPACE, total, 20)
    random.seed(0)
    first = run(make(7), SPACE, total, 20)
    random.seed(1)
    assert run(make(7), SPACE, total, 20) == first
