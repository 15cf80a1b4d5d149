"""The travelling salesman: the shortest way through 25 cities, by operators that keep permutations permutations."""

import math

from common import numbered, show
from svg import Plot, beside

import polygraft as pg

E = pg.evolution
S, M, R = E.selectors, E.mutators, E.recombinators


class City(pg.Object):
    x: int
    y: int


class Route(pg.Object):
    cities: list[City]

    def length(self):
        pairs = zip(self.cities, [*self.cities[1:], self.cities[0]], strict=True)
        return math.fsum(math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2) for a, b in pairs)


SOMEWHERE = City(x=pg.oneof(range(100)), y=pg.oneof(range(100)))
CITIES = list(pg.random_sample(SOMEWHERE, 25, seed=1))
SPACE = Route(pg.permutate(CITIES))


def evolution(reproduction):
    """The algorithm around the operators: the parents are the best two of twenty; the fifty youngest live."""
    return E.Evolution(
        S.Random(20, seed=1) >> S.Top(2) >> reproduction,
        population_init=(pg.geno.Random(seed=1), 50),
        population_update=S.Last(50),
    )


def algorithms():
    """Name → algorithm, and its number of trials."""
    swap, crossover = M.Swap(seed=1), R.PartiallyMapped(seed=1)
    return {
        "random search": (pg.geno.Random(seed=1), 100),
        "swap": (evolution(swap), 500),
        "crossover (PMX)": (evolution(crossover), 500),
        "PMX, then swap": (evolution(crossover >> swap), 500),
        "PMX or swap": (evolution(E.Choice([(crossover, 0.5), (swap, 1.0)], limit=1, seed=1)), 500),
        "PMX, then swap, longer": (evolution(crossover >> swap), 5000),
    }


def search(algorithm, trials):
    """The length of the shortest route after each trial, and that route."""
    lengths, best = [], None
    for route, feedback in pg.sample(SPACE, algorithm, trials):
        length = route.length()
        feedback(-length)
        if best is None or length < lengths[-1]:
            best = route
        lengths.append(min([length, *lengths[-1:]]))
    return lengths, best


def run():
    return {name: search(*task) for name, task in algorithms().items()}


def tell(results):
    for name, (lengths, _) in results.items():
        print(f"{name:24} {len(lengths):5} trials {lengths[-1]:18.10f}")


def picture(results):
    curves = Plot(
        "25 cities",
        "trials",
        "shortest route so far",
        (0, 500),
        (400, 1600),
        (440, 400),
        "top right",
    )
    for i, (name, (lengths, _)) in enumerate(list(results.items())[:5]):
        curves.line(numbered(lengths), name, i)
    lengths, route = results["PMX, then swap, longer"]
    tour = Plot(f"Length {lengths[-1]:.1f}", "x", "y", (0, 100), (0, 100), (400, 400))
    places = [(city.x, city.y) for city in route.cities]
    tour.line(places, closed=True, width=1.5)
    tour.dots(places, colour=1, radius=4)
    return beside(curves, tour)


if __name__ == "__main__":
    show(run, tell, picture, "salesman")
