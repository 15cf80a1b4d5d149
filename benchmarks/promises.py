"""What is measured, in which libraries, and what polygraft promises."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Library:
    """A library to measure: where its tasks are, and what its own environment holds."""

    title: str
    tasks: str
    module: str
    packages: tuple[str, ...] = ()  # none: it runs in this interpreter


LIBRARIES = {
    "polygraft": Library("polygraft", "tasks_polygraft", "polygraft"),
    "pyglove": Library("PyGlove", "tasks_pyglove", "pyglove", ("pyglove==0.4.5",)),
    "plain": Library("plain Python", "tasks_plain", "dataclasses"),
    "pydantic": Library("pydantic", "tasks_pydantic", "pydantic", ("pydantic>=2.7",)),
    "optuna": Library("Optuna", "tasks_optuna", "optuna", ("optuna>=3.6",)),
    "polygraft-keras": Library("polygraft", "tasks_polygraft_keras", "polygraft"),
    "pyglove-keras": Library(
        "PyGlove", "tasks_pyglove_keras", "pyglove", ("pyglove==0.4.5", "keras>=3.6", "jax")
    ),
    "polygraft-frameworks": Library("polygraft", "tasks_polygraft_frameworks", "polygraft"),
}


@dataclass(frozen=True)
class Promise:
    """One row: how polygraft's time compares with a peer's, and how it must.

    `factor` is the least ratio peer / polygraft; one half means "at most twice the peer's time".
    """

    title: str
    task: str
    peer: str
    factor: float
    ours: str = "polygraft"
    peer_task: str = ""  # where it is not the same task

    def sides(self) -> tuple[tuple[str, str], tuple[str, str]]:
        return (self.ours, self.task), (self.peer, self.peer_task or self.task)


# Measured in fresh processes: {module} is imported, and its names are touched, so that what loads
# lazily is counted where a program would need it.
IMPORTS = {
    "import": "import {module}",
    "import_and_use": "import {module} as pg; pg.Object, pg.symbolize, pg.patch, pg.sample",
}

PROMISES = (
    Promise("create a 3-field `Object`", "create_object", "pyglove", 150),
    Promise("… against a validated model", "create_object", "pydantic", 1),
    Promise("create a symbolized 3-argument class", "create_symbolized", "pyglove", 60),
    Promise("symbolize a class", "symbolize_class", "pyglove", 10),
    Promise("read a field", "read_field", "plain", 1 / 2),
    Promise("clone a 12-node tree", "clone", "pyglove", 100),
    Promise("… against `copy.deepcopy` of dataclasses", "clone", "plain", 3),
    Promise("rebind one leaf, tree of 12 nodes", "rebind_small", "pyglove", 20),
    Promise("rebind one leaf, tree of 100,000 nodes", "rebind_large", "pyglove", 20),
    Promise(
        "… against the tree of 12", "rebind_large", "polygraft", 1 / 2, peer_task="rebind_small"
    ),
    Promise("eq", "eq", "pyglove", 20),
    Promise("query by a condition", "query", "pyglove", 5),
    Promise("query by a path pattern", "query_path", "pyglove", 5),
    Promise("diff, one leaf differs", "diff", "pyglove", 100),
    Promise("str", "to_str", "pyglove", 5),
    Promise("to_json_str", "to_json_str", "pyglove", 10),
    Promise("from_json_str", "from_json_str", "pyglove", 30),
    Promise("clone and patch by a rule", "clone_patch", "pyglove", 60),
    Promise("dna_spec, 12 decisions", "dna_spec", "pyglove", 50),
    Promise("random_dna, 12 decisions", "random_dna", "pyglove", 100),
    Promise("decode, 12 decisions", "decode", "pyglove", 100),
    Promise("sample loop per trial, random, 20 five-way choices", "sample_random", "pyglove", 200),
    Promise("… against the in-memory random sampler", "sample_random", "optuna", 5),
    Promise(
        "sample loop per trial, regularized evolution, 20 five-way choices",
        "sample_evolution",
        "pyglove",
        100,
    ),
    Promise("… against the in-memory NSGA-II sampler", "sample_evolution", "optuna", 5),
    Promise(
        "… of 20,000 trials, against of 150",
        "sample_evolution_long",
        "polygraft",
        1 / 2,
        peer_task="sample_evolution",
    ),
    *(
        Promise(
            f"sample loop per trial, {title}, 20,000 trials against 500",
            f"sample_{task}_long",
            "polygraft",
            1 / 2,
            peer_task=f"sample_{task}_short",
        )
        for task, title in {
            "drawing": "random",
            "hill_climb": "hill climb",
            "nsga2": "NSGA-II",
            "deduping": "random without repetitions",
        }.items()
    ),
    Promise(
        "regularized evolution, a list of 100 groups of five choices",
        "sample_groups",
        "pyglove",
        100,
    ),
    Promise(
        "… against 10 groups", "sample_groups", "polygraft", 1 / 12, peer_task="sample_ten_groups"
    ),
    Promise("call of an evolved program, five lines", "call_program", "pyglove", 100),
    Promise(
        "clone the notebook's Keras experiment and patch it by three rules",
        "keras_patch",
        "pyglove-keras",
        50,
        ours="polygraft-keras",
    ),
    Promise("import", "import", "pyglove", 5),
    # The design promises a ratio for the import alone; with lazy loading that flatters us, so this stands beside it.
    Promise("… and touch four main names, which load lazily", "import_and_use", "pyglove", 1),
)


@dataclass(frozen=True)
class Overhead:
    """One row of the second table: what symbolizing costs in a framework, beside plain code in the same process.

    It holds if we take at most `factor` times what plain code takes, or `more` than that (seconds; bytes for memory).
    """

    title: str
    task: str
    needs: str  # the module without which it is left out
    factor: float = 1.0
    more: float = 0.0
    unit: str = "s"
    library: str = "polygraft-frameworks"


OVERHEADS = (
    Overhead("PyTorch: call a model of three tiny layers", "torch_call", "torch", more=1e-6),
    Overhead("PyTorch: a training step of a patched one", "torch_train", "torch", more=2e-6),
    Overhead(
        "PyTorch: create the model, per node", "torch_create", "torch", factor=1.2, more=10e-6
    ),
    Overhead(
        "PyTorch: memory of clone and patch, 100 million weights",
        "torch_clone_patch",
        "torch",
        factor=0.0,
        more=5e6,
        unit="B",
    ),
    Overhead("Flax linen: call a compiled model", "linen_call", "flax", more=1e-6),
    Overhead(
        "Flax linen: create a model, per node", "linen_create", "flax", factor=1.2, more=10e-6
    ),
    Overhead("Flax nnx: call a layer", "nnx_call", "flax", more=1e-6),
    Overhead("Flax nnx: create a model, per node", "nnx_create", "flax", factor=1.2, more=10e-6),
    Overhead("Keras on JAX: call a compiled model", "keras_call", "keras", more=1e-6),
    Overhead(
        "Keras on JAX: create a model, per node", "keras_create", "keras", factor=1.2, more=10e-6
    ),
)
