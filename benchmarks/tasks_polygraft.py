"""The tasks, written for polygraft."""

import random
from typing import Any

from worker import Task

import polygraft as pg


class Layer(pg.Object):
    units: int
    activation: str = "relu"
    use_bias: bool = True


class Model(pg.Object):
    layers: list[Layer]
    name: str = "mlp"


class Dataset(pg.Object):
    name: str
    size: int


class Optimizer(pg.Object):
    learning_rate: float
    beta: float = 0.9


class Experiment(pg.Object):
    model: Model
    dataset: Dataset
    optimizer: Optimizer
    options: dict[str, Any]
    num_epochs: int = 5


class Network(pg.Object):
    blocks: list[Model]


class Plain:
    def __init__(self, width, rate=0.1, name="plain"):
        self.width = width
        self.rate = rate
        self.name = name


Wrapped = pg.symbolize(Plain)


def version() -> str:
    return pg.__version__


def experiment(unit: int = 8) -> Experiment:
    """A tree of twelve nodes: seven objects with six layers among them, a list and a dict."""
    return Experiment(
        model=Model(layers=[Layer(unit * (i + 1)) for i in range(6)]),
        dataset=Dataset("digits", 1797),
        optimizer=Optimizer(0.01),
        options={"seed": 1, "verbose": False, "tags": "a"},
    )


def network(nodes: int) -> Network:
    """A tree of about `nodes` nodes, four levels deep."""
    width = 100
    return Network([Model([Layer(8) for _ in range(width - 2)]) for _ in range(nodes // width)])


def space() -> Experiment:
    """The experiment with twelve decisions in it."""
    tree = experiment()
    tree.rebind({f"model.layers[{i}].units": pg.oneof([8, 16, 32]) for i in range(6)})
    tree.rebind({f"model.layers[{i}].activation": pg.oneof(["relu", "gelu"]) for i in range(6)})
    return tree


def wider(k, v, p):
    return v * 2 if isinstance(p, Layer) and k.key == "units" else v


def create_object(scale: int) -> Task:
    return Task("Layer(16, 'gelu', use_bias=False)", {"Layer": Layer})


def create_symbolized(scale: int) -> Task:
    return Task("Wrapped(16, 0.5, name='x')", {"Wrapped": Wrapped})


def symbolize_class(scale: int) -> Task:
    """A new class each time; making the plain one is counted as well."""
    body = {"__module__": __name__, "__init__": Plain.__init__}
    code = "pg.symbolize(type('Fresh', (Plain,), body))"
    return Task(code, {"pg": pg, "Plain": Plain, "body": body})


def read_field(scale: int) -> Task:
    return Task("x.units; " * 20, {"x": Layer(16)}, ops=20)


def clone(scale: int) -> Task:
    return Task("pg.clone(tree)", {"pg": pg, "tree": experiment()})


def rebind_small(scale: int) -> Task:
    return Task(
        "tree.rebind(once); tree.rebind(back)",
        {
            "tree": experiment(),
            "once": {"model.layers[3].units": 100},
            "back": {"model.layers[3].units": 200},
        },
        ops=2,
    )


def rebind_large(scale: int) -> Task:
    path = f"blocks[{scale // 200}].layers[50].units"
    return Task(
        "tree.rebind(once); tree.rebind(back)",
        {"tree": network(scale), "once": {path: 100}, "back": {path: 200}},
        ops=2,
    )


def eq(scale: int) -> Task:
    return Task("pg.eq(a, b)", {"pg": pg, "a": experiment(), "b": experiment()})


def query(scale: int) -> Task:
    where = lambda v: isinstance(v, Layer)  # noqa: E731
    return Task("pg.query(tree, where=where)", {"pg": pg, "tree": experiment(), "where": where})


def query_path(scale: int) -> Task:
    return Task("pg.query(tree, '.*units')", {"pg": pg, "tree": experiment()})


def diff(scale: int) -> Task:
    other = experiment().rebind({"model.layers[3].units": 100})
    return Task("pg.diff(a, b)", {"pg": pg, "a": experiment(), "b": other})


def to_str(scale: int) -> Task:
    return Task("str(tree)", {"tree": experiment()})


def to_json_str(scale: int) -> Task:
    return Task("pg.to_json_str(tree)", {"pg": pg, "tree": experiment()})


def from_json_str(scale: int) -> Task:
    return Task("pg.from_json_str(text)", {"pg": pg, "text": pg.to_json_str(experiment())})


def clone_patch(scale: int) -> Task:
    return Task("pg.patch(pg.clone(tree), rule)", {"pg": pg, "tree": experiment(), "rule": wider})


def dna_spec(scale: int) -> Task:
    return Task("pg.dna_spec(space)", {"pg": pg, "space": space()})


def random_dna(scale: int) -> Task:
    spec = pg.dna_spec(space())
    return Task("pg.random_dna(spec, rng)", {"pg": pg, "spec": spec, "rng": random.Random(1)})


def decode(scale: int) -> Task:
    template = pg.template(space())
    dna = pg.random_dna(template.dna_spec(), random.Random(1))
    return Task("template.decode(dna)", {"template": template, "dna": dna})


def sample_random(scale: int) -> Task:
    choices = pg.Dict({f"x{i}": pg.oneof([0, 1, 2, 3, 4]) for i in range(20)})

    def loop():
        for example, feedback in pg.sample(choices, pg.geno.Random(seed=1), num_examples=50):
            feedback(float(example.x0))

    return Task("loop()", {"loop": loop}, ops=50)


def evolve(choices, trials: int, population: int = 50, tournament: int = 10):
    """Regularized evolution, with a reward that costs nothing."""
    algorithm = pg.evolution.regularized_evolution(
        population_size=population, tournament_size=tournament, seed=1
    )
    for example, feedback in pg.sample(choices, algorithm, num_examples=trials):
        feedback(float(example.x0))


def sample_evolution(scale: int) -> Task:
    choices = pg.Dict({f"x{i}": pg.oneof([0, 1, 2, 3, 4]) for i in range(20)})
    return Task("evolve(choices, 150)", {"evolve": evolve, "choices": choices}, ops=150)


def sample_evolution_long(scale: int) -> Task:
    choices = pg.Dict({f"x{i}": pg.oneof([0, 1, 2, 3, 4]) for i in range(20)})
    trials = scale // 5
    return Task(
        "evolve(choices, n)", {"evolve": evolve, "choices": choices, "n": trials}, ops=trials
    )


def long_and_short(make, metrics=None):
    """Two tasks, one of a few trials and one of very many: a trial should cost the same in both."""

    def run(choices, trials):
        for example, feedback in pg.sample(choices, make(), trials, metrics_to_optimize=metrics):
            reward = float(example.x0)
            feedback((reward, float(example.x1)) if metrics else reward)

    def task(trials: int) -> Task:
        choices = pg.Dict({f"x{i}": pg.oneof([0, 1, 2, 3, 4]) for i in range(20)})
        return Task("run(choices, n)", {"run": run, "choices": choices, "n": trials}, ops=trials)

    return lambda scale: task(500), lambda scale: task(scale // 5)


def groups(count: int):
    """A list of groups of five decisions."""
    group = {f"x{i}": pg.oneof([0, 1, 2, 3, 4]) for i in range(5)}
    return pg.Dict(x0=pg.oneof([0, 1]), groups=[pg.Dict(group) for _ in range(count)])


def sample_groups(scale: int) -> Task:
    """A hundred groups: about what a user of PyGlove found unusable. Few trials: it needs most of a second for each."""
    return Task("evolve(choices, 12, 6, 3)", {"evolve": evolve, "choices": groups(100)}, ops=12)


def sample_ten_groups(scale: int) -> Task:
    return Task("evolve(choices, 12, 6, 3)", {"evolve": evolve, "choices": groups(10)}, ops=12)


def call_program(scale: int) -> Task:
    """A program of five lines, evolved or written, that has run some times before."""
    m = pg.mutfun
    x, a, b, c = map(m.Var, "xabc")
    lines = [
        m.Assign("a", x + 1),
        m.Assign("b", x * 2),
        m.Assign("c", a - b),
        m.Assign("a", 5),
        c + a,
    ]
    program = m.Function("f", lines, ["x"])
    for i in range(20):
        program(i)
    return Task("program(3)", {"program": program})


_ALL = (
    create_object,
    create_symbolized,
    symbolize_class,
    read_field,
    clone,
    rebind_small,
    rebind_large,
    eq,
    query,
    query_path,
    diff,
    to_str,
    to_json_str,
    from_json_str,
    clone_patch,
    dna_spec,
    random_dna,
    decode,
    sample_random,
    sample_evolution,
    sample_evolution_long,
    sample_groups,
    sample_ten_groups,
    call_program,
)
TASKS = {f.__name__: f for f in _ALL}
_LOOPS = {
    "drawing": (lambda: pg.geno.Random(seed=1), None),
    "hill_climb": (lambda: pg.evolution.hill_climb(seed=1), None),
    "nsga2": (lambda: pg.evolution.nsga2(population_size=50, seed=1), ["reward", "second"]),
    "deduping": (lambda: pg.geno.Deduping(pg.geno.Random(seed=1)), None),
}
for _name, _loop in _LOOPS.items():
    TASKS[f"sample_{_name}_short"], TASKS[f"sample_{_name}_long"] = long_and_short(*_loop)
