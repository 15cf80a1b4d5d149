"""OneMax: as many ones as possible in a list of 60 bits. The smallest program that tells algorithms apart."""

import statistics

from common import best_so_far, mean_curve, numbered, show
from svg import Plot

import polygraft as pg

E = pg.evolution
S, M, R = E.selectors, E.mutators, E.recombinators
BITS, TRIALS, SEEDS = 60, 1000, 5

SPACE = pg.List([pg.oneof([0, 1])] * BITS)


def algorithms(seed):
    """Name → algorithm."""
    return {
        "random search": pg.geno.Random(seed=seed),
        "hill climbing": E.hill_climb(seed=seed),
        "regularized evolution": E.regularized_evolution(
            population_size=20, tournament_size=5, seed=seed
        ),
        "crossover and mutation": E.Evolution(
            S.Random(10) >> S.Top(2) >> R.Uniform() >> M.Uniform(),
            population_init=(pg.geno.Random(), 20),
            population_update=S.Top(20),
            seed=seed,
        ),
    }


def search(algorithm):
    """The best reward after each trial."""
    rewards = []
    for bits, feedback in pg.sample(SPACE, algorithm, TRIALS):
        rewards.append(sum(bits))
        feedback(rewards[-1])
    return best_so_far(rewards)


def run():
    """Name → the curves of all seeds."""
    curves = {}
    for seed in range(SEEDS):
        for name, algorithm in algorithms(seed).items():
            curves.setdefault(name, []).append(search(algorithm))
    return curves


def tell(curves):
    print(
        f"{BITS} bits, {SEEDS} seeds       ones after 300  after {TRIALS}  all ones at trial (median)"
    )
    for name, runs in curves.items():
        solved = [run.index(BITS) + 1 if BITS in run else float("inf") for run in runs]
        median = statistics.median(solved)
        print(
            f"{name:26} {mean_curve(runs)[299]:10.1f} {mean_curve(runs)[-1]:11.1f} "
            f"{f'{median:.0f}' if median <= TRIALS else 'never':>16}"
        )


def picture(curves):
    plot = Plot("OneMax", "trials", "most ones so far (mean)", (0, TRIALS), (30, BITS))
    for i, (name, runs) in enumerate(curves.items()):
        plot.line(numbered(mean_curve(runs)), name, i)
    return plot.svg()


if __name__ == "__main__":
    show(run, tell, picture, "onemax")
