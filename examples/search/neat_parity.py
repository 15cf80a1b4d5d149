"""NEAT on the parity of three bits: networks of which the structure evolves together with the weights.

A network has up to four hidden neurons; each place for one holds a neuron or nothing, so that some genes of one
network have no counterpart in another. NEAT sorts genotypes into species by that, and each species has children by
itself, as many as its mean fitness earns: what is new has time to become good.

Source: Stanley, Miikkulainen, "Evolving neural networks through augmenting topologies", 2002.
"""

import itertools
import math
from statistics import fmean

from common import best_so_far, mean_curve, numbered, show
from svg import Plot, beside

import polygraft as pg

E = pg.evolution
BITS, HIDDEN, POPULATION, TRIALS, SEEDS = 3, 4, 100, 2000, 2
CASES = [(bits, sum(bits) % 2) for bits in itertools.product((0, 1), repeat=BITS)]


class Neuron(pg.Object):
    """Gets the bits; gives to the output with the weight `out`."""

    weights: list[float]
    bias: float
    out: float


class Network(pg.Object):
    hidden: list[Neuron | None]
    weights: list[float]
    bias: float

    def __call__(self, bits):
        total = self.bias + dot(self.weights, bits)
        for neuron in self.hidden:
            if neuron is not None:
                total += neuron.out * math.tanh(neuron.bias + dot(neuron.weights, bits))
        return 1 / (1 + math.exp(-total))

    def fitness(self):
        """1 for the perfect network; ¾ for one that always says ½."""
        return 1 - fmean((self(bits) - parity) ** 2 for bits, parity in CASES)

    def neurons(self):
        return sum(neuron is not None for neuron in self.hidden)


def dot(a, b):
    return math.fsum(map(float.__mul__, a, map(float, b)))


def weight():
    return pg.floatv(-6.0, 6.0)


def neuron():
    return Neuron([weight() for _ in range(BITS)], weight(), weight())


SPACE = Network(
    hidden=[pg.oneof([None, neuron()]) for _ in range(HIDDEN)],
    weights=[weight() for _ in range(BITS)],
    bias=weight(),
)


def algorithms(seed):
    """Name → algorithm."""
    return {
        "random search": pg.geno.Random(seed=seed),
        "regularized evolution": E.regularized_evolution(population_size=POPULATION, seed=seed),
        "NEAT as it is": E.neat(population_size=POPULATION, seed=seed),
        # Weights nearly always differ. Let structure decide, and only the best of a species have children.
        "NEAT by structure": E.neat(
            population_size=POPULATION,
            matching_coefficient=0.3,
            compatibility_threshold=0.5,
            remaining_ratio=0.2,
            seed=seed,
        ),
    }


def search(algorithm):
    """The best fitness after each trial, the number of species after each generation, and the best network."""
    fitness, species, best = [], [], None
    for network, feedback in pg.sample(SPACE, algorithm, TRIALS):
        fitness.append(network.fitness())
        feedback(fitness[-1])
        if best is None or fitness[-1] > best.fitness():
            best = network
        if feedback.id % POPULATION == 0 and isinstance(algorithm, E.Evolution):
            species.append(len(algorithm.global_state.get("living_species", ())))
    return best_so_far(fitness), species, best


def run():
    """Name → one search per seed."""
    results = {}
    for seed in range(SEEDS):
        for name, algorithm in algorithms(seed).items():
            results.setdefault(name, []).append(search(algorithm))
    return results


def tell(results):
    print(f"{SEEDS} seeds              best fitness after 500  1000  {TRIALS}   neurons   species")
    for name, runs in results.items():
        curve = mean_curve([fitness for fitness, _, _ in runs])
        neurons = " ".join(str(best.neurons()) for _, _, best in runs)
        species = " ".join(str(counts[-1]) for _, counts, _ in runs if counts and counts[-1])
        means = " ".join(f"{curve[n - 1]:.3f}" for n in (500, 1000, TRIALS))
        print(f"{name:37} {means} {neurons:>9}   {species}".rstrip())


def picture(results):
    curves = Plot(
        "Parity of three bits",
        "trials",
        "best fitness so far (mean)",
        (0, TRIALS),
        (0.65, 1),
        (440, 400),
    )
    counts = Plot(
        "Species", "generations", "species", (0, TRIALS // POPULATION), (0, 100), (440, 400)
    )
    for i, (name, runs) in enumerate(results.items()):
        curves.line(numbered(mean_curve([fitness for fitness, _, _ in runs]))[::10], name, i)
        if "NEAT" in name:
            counts.line(numbered(mean_curve([species for _, species, _ in runs])), None, i)
    return beside(curves, counts)


if __name__ == "__main__":
    show(run, tell, picture, "neat_parity")
