"""Symbolic regression: programs that evolve until they compute what a table of numbers was computed with.

A program is a function of `pg.mutfun`. It starts as `return x`; mutations replace an operand, an operator or a line,
put a line in, or take one out, with names that are known at that place.
"""

import math
import random

from common import best_so_far, numbered, show
from svg import Plot, beside

import polygraft as pg
from polygraft.mutfun import Add, Assign, BinaryOperator, Code, Function, Multiply, Substract, Var

E = pg.evolution
OPERATORS = [Add, Substract, Multiply]
NAMES = ["a", "b", "c"]
POPULATION, TRIALS, SEEDS, MAX_LINES = 100, 2000, 2, 5


def target(x):
    return x**4 + x**3 + x**2 + x


POINTS = [(x / 10, target(x / 10)) for x in range(-10, 11)]
START = Function("f", [Var("x")], args=["x"])


class Mutations:
    """What may stand at a place of a program, drawn at random."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def operand(self, names):
        return self.random.choice([*map(Var, names), self.random.randint(1, 3)])

    def expression(self, names):
        return self.random.choice(OPERATORS)(self.operand(names), self.operand(names))

    def transform(self, location, old, parent):
        """The new value of a node: `node_transform` of `pg.evolve`."""
        if isinstance(parent, pg.List):  # a line
            names = known(parent[location.key])
            if old is pg.MISSING_VALUE or isinstance(old, Assign):
                return Assign(self.random.choice(NAMES), self.expression(names))
            return self.expression(names)
        names = known(parent)
        kind = self.random.random()
        if (
            isinstance(old, BinaryOperator) and kind < 0.3
        ):  # another operator, or one of the operands
            return self.random.choice(
                [op(pg.clone(old.x), pg.clone(old.y)) for op in OPERATORS] + [old.x, old.y]
            )
        if kind < 0.6:  # more of it
            sides = [pg.clone(old) if isinstance(old, Code) else old, self.operand(names)]
            self.random.shuffle(sides)
            return self.random.choice(OPERATORS)(*sides)
        return self.operand(names)


def known(code):
    """The names of variables at the line of some code, in order."""
    return sorted(code.seen_vars() - {"f"})


def weight(mutation, location, value, parent):
    """How likely a mutation is: operands and lines; not names, nor what is not a place of code."""
    if isinstance(parent, pg.List) and isinstance(parent[0], Code):
        last = location.key >= len(parent) - 1
        if mutation is pg.hyper.MutationType.INSERT:
            return float(location.key < len(parent) < MAX_LINES)
        return 0.0 if last and mutation is pg.hyper.MutationType.DELETE else 1.0
    return float(isinstance(parent, Code) and location.key in ("x", "y", "value"))


def error(program):
    """The root of the mean squared error on the table; infinite for programs that fail."""
    try:
        program.compile()  # a line that was taken out may have defined a name
        total = math.fsum((program(x) - y) ** 2 for x, y in POINTS)
    except (ValueError, OverflowError):
        return math.inf
    return math.sqrt(total / len(POINTS)) if total < math.inf else math.inf


def algorithms(seed):
    """Name → algorithm."""
    return {
        "hill climbing": E.hill_climb(seed=seed),
        "regularized evolution": E.regularized_evolution(
            population_size=POPULATION, tournament_size=10, seed=seed
        ),
    }


def search(algorithm, seed):
    """The best reward after each trial, and the best program, pruned."""
    space = pg.evolve(START, Mutations(seed).transform, weights=weight)
    rewards, best = [], None
    for program, feedback in pg.sample(space, algorithm, TRIALS):
        rewards.append(1 / (1 + error(program)) - 0.0005 * len(str(program)) / 10)
        if rewards[-1] >= max(rewards):
            best = program
        feedback(rewards[-1])
    best.prune()
    return best_so_far(rewards), best


def run():
    """Name → one search per seed."""
    results = {}
    for seed in range(SEEDS):
        for name, algorithm in algorithms(seed).items():
            results.setdefault(name, []).append(search(algorithm, seed))
    return results


def tell(results):
    for name, runs in results.items():
        print(f"{name:22} error of the best program:", *(f"{error(best):.3f}" for _, best in runs))
    _, best = min((run for runs in results.values() for run in runs), key=lambda run: error(run[1]))
    print(f"\n{best}\n\nand the table was made with x**4 + x**3 + x**2 + x")


def picture(results):
    curves = Plot(
        "Symbolic regression", "trials", "best reward so far", (0, TRIALS), (0, 1), (440, 360)
    )
    fit = Plot(
        "The best program of each seed", "x", "y", (-1.25, 1.25), (-1, 5), (440, 360), "top left"
    )
    for i, (name, runs) in enumerate(results.items()):
        for j, (curve, best) in enumerate(runs):
            curves.line(numbered(curve)[::20], name if j == 0 else None, i, width=1.2)
            fit.line(
                [(x / 20, best(x / 20)) for x in range(-25, 26)],
                name if j == 0 else None,
                i,
                width=1.2,
            )
    fit.dots(POINTS, "the table", 4)
    return beside(curves, fit)


if __name__ == "__main__":
    show(run, tell, picture, "symbolic_regression")
