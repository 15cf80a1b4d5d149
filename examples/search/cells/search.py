"""Random search against regularized evolution on the table of all cells, over a hundred seeds each.

    python examples/search/cells/search.py

A trial costs a look into the table, so that what takes months of training can be repeated at will.
"""

import sys
from pathlib import Path
from statistics import fmean

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from cells import SPACE, look_up, table
from common import mean_curve, numbered, quantile_curve, show
from svg import Plot, beside

import polygraft as pg

E = pg.evolution
TRIALS, SEEDS = 300, 100


def algorithms(seed):
    """Name → algorithm."""
    return {
        "random search": pg.geno.Random(seed=seed),
        "regularized evolution": E.regularized_evolution(
            population_size=30, tournament_size=8, seed=seed
        ),
    }


def search(algorithm, trials):
    """The accuracy on test digits of the cell that is best on the validation digits, after each trial."""
    best, curve = (0.0, 0.0), []
    for cell, feedback in pg.sample(SPACE, algorithm, trials):
        row = look_up(cell)
        feedback(row.valid)
        best = max(best, (row.valid, row.test))
        curve.append(best)
    return curve


def run(trials=TRIALS, seeds=SEEDS):
    """Name → a curve of (validation, test) accuracies per seed."""
    curves = {}
    for seed in range(seeds):
        for name, algorithm in algorithms(seed).items():
            curves.setdefault(name, []).append(search(algorithm, trials))
    return curves


def tell(curves):
    rows = sorted(table().items(), key=lambda item: -item[1].valid)
    print(f"{len(rows)} distinct cells. The best and the median one, and the share below 0.5:")
    for name, row in (rows[0], rows[len(rows) // 2]):
        print(f"  {row.valid:.4f} validation, {row.test:.4f} test: {name}")
    print(f"  {sum(row.valid < 0.5 for _, row in rows) / len(rows):.1%}")
    runs = next(iter(curves.values()))
    print(f"\nvalidation accuracy of the best, mean over {len(runs)} seeds")
    print("after                     20     50    100    200    300   10–90 %          test")
    for name, runs in curves.items():
        valid = [[v for v, _ in run] for run in runs]
        means = mean_curve(valid)
        counts = [n for n in (20, 50, 100, 200, 300) if n <= len(means)]
        spread = [quantile_curve(valid, share)[-1] for share in (0.1, 0.9)]
        test = fmean(run[-1][1] for run in runs)
        print(
            f"{name:22}",
            *(f"{means[n - 1]:.4f}" for n in counts),
            f" {spread[0]:.4f}–{spread[1]:.4f}  {test:.4f}",
        )


def picture(curves):
    plot = Plot(
        "2559 cells",
        "trials",
        "best validation accuracy so far",
        (0, TRIALS),
        (0.85, 0.94),
        (480, 400),
    )
    for i, (name, runs) in enumerate(curves.items()):
        valid = [[v for v, _ in run] for run in runs]
        plot.band(numbered(quantile_curve(valid, 0.1)), numbered(quantile_curve(valid, 0.9)), i)
        plot.line(numbered(mean_curve(valid)), name, i)
    plot.line(
        [(0, best := max(row.valid for row in table().values())), (TRIALS, best)],
        "the best cell",
        4,
        dash=True,
    )
    accuracies = sorted(row.valid for row in table().values())
    ranks = Plot(
        "All cells",
        "cells, from the worst to the best",
        "validation accuracy",
        (0, 2559),
        (0, 1),
        (400, 400),
    )
    ranks.line(list(enumerate(accuracies))[::8], colour=2)
    return beside(plot, ranks)


if __name__ == "__main__":
    show(run, tell, picture, "cells")
