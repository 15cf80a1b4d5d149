"""The loop's own cost: flat in the number of trials, linear in the number of decisions."""

import gc
import time

import pytest

import polygraft as pg

E = pg.evolution
ALGORITHMS = {
    "random": lambda: pg.geno.Random(1),
    "regularized": lambda: E.regularized_evolution(population_size=50, tournament_size=5, seed=1),
    "hill_climb": lambda: E.hill_climb(seed=1),
    "nsga2": lambda: E.nsga2(population_size=20, seed=1),
    "deduping": lambda: pg.geno.Deduping(pg.geno.Random(1)),
    "deduping evolution": lambda: pg.geno.Deduping(
        E.regularized_evolution(population_size=50, tournament_size=5, seed=1)
    ),
}
pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def no_collections():
    """What the collector of garbage costs depends on everything else that this process holds."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def run(name, decisions, trials, marks):
    """Seconds of processor time at which so many trials had ended."""
    several = name == "nsga2"
    space = pg.List([pg.oneof(range(5)) for _ in range(decisions)])
    loop = pg.sample(
        space, ALGORITHMS[name](), trials, metrics_to_optimize=["reward", "b"] if several else None
    )
    begun, times = time.process_time(), {}
    for example, feedback in loop:
        reward = float(sum(example[:8]))
        feedback((reward, float(example[-1])) if several else reward)
        if feedback.id in marks:
            times[feedback.id] = time.process_time() - begun
    return times


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_late_trial_costs_what_an_early_one_does(name):
    marks = {100, 3_000, 97_100, 100_000}
    times = run(name, 12, 100_000, marks)
    early, late = times[3_000] - times[100], times[100_000] - times[97_100]
    assert late < 3 * early, (early, late)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_decision_costs_the_same_among_a_thousand(name):
    few = min(run(name, 100, 200, {200})[200] for _ in range(3)) / 100
    many = min(run(name, 1000, 200, {200})[200] for _ in range(2)) / 1000
    assert many < 2.5 * few, (few, many)
