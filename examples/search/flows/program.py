"""A program to be searched, and two rules that say what is searched in it: its structure, or its numbers.

The program fits a curve through noisy points by kernel ridge regression. Its structure is how kernels are combined;
its numbers are their scales and the ridge. It knows nothing of any search.
"""

import math
import random
from statistics import fmean

import polygraft as pg

# -- the program ---------------------------------------------------------------------------------------


class Kernel(pg.Object):
    """How alike two places are."""

    scale: float = 1.0


class Smooth(Kernel):
    def __call__(self, a, b):
        return math.exp(-(((a - b) / self.scale) ** 2))


class Linear(Kernel):
    def __call__(self, a, b):
        return a * b / self.scale**2


class Periodic(Kernel):
    def __call__(self, a, b):
        return math.exp(-2 * math.sin(math.pi * (a - b) / self.scale) ** 2)


class Sum(pg.Object):
    parts: list

    def __call__(self, a, b):
        return math.fsum(part(a, b) for part in self.parts)


class Product(pg.Object):
    parts: list

    def __call__(self, a, b):
        return math.prod(part(a, b) for part in self.parts)


class Regression(pg.Object):
    """Kernel ridge regression."""

    kernel: object
    ridge: float = 0.1

    def fit(self):
        """Returns the fitted curve, a function of the place."""
        xs, ys = zip(*POINTS[::2], strict=True)
        gram = [
            [self.kernel(a, b) + (i == j) * self.ridge for j, b in enumerate(xs)]
            for i, a in enumerate(xs)
        ]
        weights = solve(gram, ys)
        return lambda x: math.fsum(w * self.kernel(x, a) for w, a in zip(weights, xs, strict=True))

    def error(self):
        """The root of the mean squared error on the points that were left out."""
        curve = self.fit()
        return math.sqrt(fmean((curve(x) - y) ** 2 for x, y in POINTS[1::2]))


def points():
    """A trend, a wave and noise."""
    noise = random.Random(7)
    xs = [i * 0.25 for i in range(-16, 16)]
    return [(x, 0.3 * x + math.sin(3 * x) * math.exp(-x / 8) + noise.gauss(0, 0.1)) for x in xs]


POINTS = points()


def solve(matrix, values):
    """Gaussian elimination."""
    rows = [[*row, value] for row, value in zip(matrix, values, strict=True)]
    n = len(rows)
    for i in range(n):
        top = max(range(i, n), key=lambda j: abs(rows[j][i]))
        rows[i], rows[top] = rows[top], rows[i]
        for j in range(i + 1, n):
            factor = rows[j][i] / rows[i][i]
            rows[j] = [b - factor * a for a, b in zip(rows[i], rows[j], strict=True)]
    result = [0.0] * n
    for i in reversed(range(n)):
        known = math.fsum(rows[i][j] * result[j] for j in range(i + 1, n))
        result[i] = (rows[i][n] - known) / rows[i][i]
    return result


# -- what is searched in it ------------------------------------------------------------------------


@pg.patcher()
def search_structure(program):
    """Up to three kernels, added or multiplied."""
    kinds = [Smooth(), Linear(), Periodic()]
    kernel = pg.oneof(
        [
            pg.oneof(kinds),
            Sum(pg.manyof(2, kinds, distinct=False)),
            Product(pg.manyof(2, kinds, distinct=False)),
            Sum([pg.oneof(kinds), Product(pg.manyof(2, kinds, distinct=False))]),
        ]
    )
    return {"kernel": kernel}


@pg.patcher()
def search_numbers(program):
    """All scales, and the ridge."""

    def rule(k, v, p):
        if k and k.key == "scale":
            return pg.floatv(0.2, 20.0, "log")
        if k and k.key == "ridge":
            return pg.floatv(0.001, 1.0, "log")
        return v

    return rule


PROGRAM = Regression(Smooth())


def evolution(seed):
    return pg.evolution.regularized_evolution(population_size=10, tournament_size=4, seed=seed)


class Best:
    """Notes the programs of the trials; gives their rewards."""

    def __init__(self):
        self.program, self.reward = None, -math.inf

    def note(self, program, reward):
        if reward > self.reward:
            self.program, self.reward = program, reward
        return reward

    def evaluate(self, program):
        return self.note(program, -program.error())
