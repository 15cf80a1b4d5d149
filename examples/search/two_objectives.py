"""NSGA-II on ZDT1, whose best compromises between its two objectives are known: f₂ = 1 - √f₁.

Source: Zitzler, Deb, Thiele, "Comparison of multiobjective evolutionary algorithms", 2000.
"""

import math
import random

from common import show
from svg import Plot, beside

import polygraft as pg

E = pg.evolution
VARIABLES, POPULATION, TRIALS = 8, 60, 9000
WORST = 1.1, 1.1  # where the area that a front dominates is measured from

SPACE = pg.List([pg.floatv(0.0, 1.0)] * VARIABLES)


def objectives(x):
    """The two objectives of ZDT1, both to be small."""
    g = 1 + 9 * math.fsum(x[1:]) / (len(x) - 1)
    return x[0], g * (1 - math.sqrt(x[0] / g))


class Nudge(E.Mutator):
    """Moves one decision a little; the ready-made mutator would draw it anew, from the whole range."""

    size: float = 0.2
    seed: int | None = None

    def _on_bound(self):
        super()._on_bound()
        self._random = random.Random(self.seed)

    def mutate(self, dna):
        values = dna.to_numbers()
        i = self._random.randrange(len(values))
        values[i] = min(max(values[i] + self._random.gauss(0, self.size), 0.0), 1.0)
        return pg.DNA.from_numbers(values, dna.spec)


def algorithms():
    """Name → algorithm."""
    return {
        "random search": pg.geno.Random(seed=1),
        "NSGA-II, uniform": E.nsga2(population_size=POPULATION, seed=1),
        "NSGA-II, small steps": E.nsga2(Nudge(seed=1), population_size=POPULATION, seed=1),
    }


def front(points):
    """Those that no other is better than, by their first objective."""
    kept, lowest = [], math.inf
    for point in sorted(points):
        if point[1] < lowest:
            kept.append(point)
            lowest = point[1]
    return kept


def hypervolume(points):
    """The area that the points dominate, up to `WORST`."""
    area, ceiling = 0.0, WORST[1]
    for a, b in front(points):
        if a < WORST[0] and b < ceiling:
            area += (WORST[0] - a) * (ceiling - b)
            ceiling = b
    return area


#: ∫ (1.1 - (1 - √f)) df over [0, 1], and the strip of width 0.1 beyond it.
KNOWN = (0.1 + 2 / 3) + 0.1 * 1.1


def search(algorithm):
    """All points, in the order of the trials."""
    points = []
    both = algorithm.multi_objective
    metrics = ["first", "second"] if both else None
    for x, feedback in pg.sample(SPACE, algorithm, TRIALS, metrics_to_optimize=metrics):
        points.append(objectives(x))
        feedback(tuple(-value for value in points[-1]) if both else 0.0)
    return points


def run():
    return {name: search(algorithm) for name, algorithm in algorithms().items()}


def tell(results):
    print(f"area dominated by the known front: {KNOWN:.4f}")
    for name, points in results.items():
        shares = [hypervolume(points[:count]) / KNOWN for count in (1000, 3000, TRIALS)]
        print(
            f"{name:28}", *(f"{share:7.1%}" for share in shares), f"{len(front(points)):4} points"
        )


def picture(results):
    every = TRIALS // 30
    area = Plot(
        "Area dominated", "trials", "share of the known", (0, TRIALS), (-0.3, 1), (440, 400)
    )
    plane = Plot(
        "Fronts", "first objective", "second objective", (0, 1), (0, 4), (440, 400), "top right"
    )
    known = [(i / 100, 1 - math.sqrt(i / 100)) for i in range(101)]
    plane.line(known, "known", 4)
    for i, (name, points) in enumerate(results.items()):
        counts = range(every, TRIALS + 1, every)
        area.line([(n, hypervolume(points[:n]) / KNOWN) for n in counts], name, i)
        plane.dots(front(points), name, i, radius=2)
    return beside(area, plane)


if __name__ == "__main__":
    show(run, tell, picture, "two_objectives")
