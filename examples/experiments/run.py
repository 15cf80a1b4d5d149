"""Eight programs, written without this library, join it, and are changed by rules that do not know them.

    python examples/experiments/run.py                  # all, about a minute
    python examples/experiments/run.py torch_lenet      # one

Each program trains, is patched *after* its training, trains again with what the rules made of it, and is saved;
what is loaded equals what was saved, and trains to the same score. Each runs in a process of its own, since they
bring three frameworks that would each like to have all processors.
"""

import argparse
import contextlib
import importlib
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
SETTINGS = {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", "OMP_NUM_THREADS": "1"}

#: Program → its own classes, and the modules of frameworks whose classes it constructs.
PROGRAMS = {
    "torch_lenet": (["LeNet"], ["torch.nn"]),
    "torch_resnet": (["ResNet"], ["torch.nn"]),
    "transformer_block": (["Transformer"], ["torch.nn"]),
    "keras_mlp": ([], ["keras.models", "keras.layers", "keras.optimizers"]),
    "keras_convnet": ([], ["keras.models", "keras.layers", "keras.optimizers"]),
    "keras_text": (["TextClassifier"], ["keras.layers", "keras.optimizers"]),
    "flax_mlp": (["MLP"], []),
    "sklearn_pipeline": (
        [],
        ["sklearn.pipeline", "sklearn.compose", "sklearn.preprocessing", "sklearn.neural_network"],
    ),
}

RULES = [
    "scale_widths?2.0",
    "smooth_activations",
    "other_normalisation",
    "normalise",
    "dropout?0.15",
    "adamw",
    "learning_rate?0.004",
]


def join(name):
    """Makes a program symbolic; returns what its `main` would run: a call of `train`, with all that is in it."""
    import polygraft as pg

    program = importlib.import_module(name)
    classes, modules = PROGRAMS[name]
    frameworks = [pg.wrap_module(importlib.import_module(module)) for module in modules]
    for cls in classes:
        # What its constructor makes of these modules is a part of the program, too.
        setattr(program, cls, pg.symbolize(getattr(program, cls), inner=frameworks))
    program.train = pg.functor(program.train)
    random.seed(0)  # of Keras's initial weights
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)
    with contextlib.ExitStack() as scopes:
        for framework in frameworks:
            scopes.enter_context(framework)
        return program.main()


def run(name):
    """Takes one experiment the whole way, and tells it."""
    import polygraft as pg

    importlib.import_module("rules")
    experiment = join(name)
    before = experiment()
    original = pg.clone(experiment)

    pg.patch(experiment, RULES, inner=True)
    after = experiment()

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, f"{name}.json")
        pg.save(experiment, path)
        loaded = pg.load(path, trusted=["torch", "jax", "flax", "optax"])
    assert pg.eq(loaded, experiment)
    assert not pg.eq(loaded, original)
    # Both construct their layers inside `train`, after it has set the seed.
    assert loaded() == pg.clone(experiment)()

    print(
        f"{name}: accuracy {before:.3f}, and {after:.3f} with all rules; saved, loaded, and the same again"
    )
    for rule in RULES:
        patched = pg.patch(pg.clone(original), rule, inner=True)
        count = len(changes(original, patched))
        print(f"    {rule:22} {count or 'no'} change{'' if count == 1 else 's'}")
    assert pg.diff(original, experiment)
    for path, (old, new) in changes(original, experiment).items():
        print(f"    {path}: {old} → {new}")


def changes(old, new):
    """Path → what stood there and what stands there now; of what was replaced, only the topmost place."""
    import polygraft as pg

    def outline(program):
        places = pg.query(
            program, custom_selector=lambda k, v: True, enter_selected=True, inner=True
        )
        return {path: shown(v) for path, v in places.items()}

    def shown(v):
        if isinstance(v, (pg.Symbolic, list, tuple, dict)) and not is_plain(v):
            return v.__class__.__name__
        name = getattr(v, "__name__", None) or repr(v)
        return name if "\n" not in name else v.__class__.__name__

    def is_plain(v):
        return isinstance(v, (list, tuple)) and all(type(x) in (int, float, str) for x in v)

    before, after = outline(old), outline(new)
    found = {}
    for path in [*before, *(p for p in after if p not in before)]:
        pair = before.get(path, "nothing"), after.get(path, "nothing")
        if pair[0] != pair[1] and not any(
            path.startswith(f"{p}{mark}") for p in found for mark in ".["
        ):
            found[path] = pair
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PROGRAMS))
    names = parser.parse_args().names or list(PROGRAMS)
    unknown = set(names) - set(PROGRAMS)
    if unknown:
        parser.error(f"no such program: {', '.join(sorted(unknown))}")
    if len(names) == 1:
        run(names[0])
        return 0
    failed = 0
    for name in names:
        start = time.monotonic()
        done = subprocess.run([sys.executable, __file__, name], env={**os.environ, **SETTINGS})
        failed += done.returncode != 0
        print(f"    {time.monotonic() - start:.0f} s\n", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    for key, value in SETTINGS.items():
        os.environ.setdefault(key, value)
    sys.exit(main())
