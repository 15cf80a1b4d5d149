"""`polygraft demo`: what polygraft is for, on one program, for someone who reads along.

Each step is a function: it says in plain words what comes, shows the call, makes it, and shows
the result. The program and its rules are in `experiment.py`.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

import polygraft as pg
from polygraft.cli import experiment as ex
from polygraft.cli.picture import save_picture
from polygraft.cli.sweep import Sweep
from polygraft.cli.terminal import Narrator

MAX_IMAGES, MAX_IMAGES_QUICK = 6000, 1000
"""Training images per trial, where the data set has so many."""


def run(output: Path, seed: int, quick: bool) -> None:
    """Tell the whole story.

    Args:
        output: An existing folder, for the picture and the best program.
        seed: Seed of every training; the same seed gives the same accuracies.
        quick: Use fewer images.
    """
    start = time.monotonic()
    console = Console(highlight=False)
    story = Narrator(console)
    story.say(
        """A machine-learning program is a tree of constructor calls. polygraft keeps that tree,
        so that a program can be printed, changed by rules, compared, searched, saved and loaded.
        Here is the whole way on one program: a small image classifier in ordinary Keras."""
    )
    program = create(story, MAX_IMAGES_QUICK if quick else MAX_IMAGES)
    change(story, program)
    space = open_choices(story, program)
    sweep, best = search(story, space, seed)
    show(story, sweep, output / "accuracy.png")
    keep(story, best, sweep, output / "best_program.json", seed)
    story.say(f"Done in {time.monotonic() - start:.0f} seconds. The files are in {output}/.")


def create(story: Narrator, max_images: int) -> Any:
    """Make the program and print it."""
    story.heading("A program that can be seen")
    story.say("Each class joined by one call, and nothing else in it changed:")
    story.code("Conv2D = pg.symbolize(keras.layers.Conv2D)   # and so on")
    story.say("The experiment is then made as always, and prints as what it is:")
    program = ex.experiment(max_images)
    story.result(pg.format(program, hide_default_values=True))
    story.say("(Arguments that have their default value are not shown here.)")
    return program


def change(story: Narrator, program: Any) -> None:
    """Apply three rules to a clone, and show the difference."""
    story.heading("Ideas are rules")
    story.say(
        """A rule changes any program that it is given, also one that its author never saw. Here
        are three, called by name one after the other. Each finds its place by itself: whatever is
        called a learning rate; the filters of every convolution; the data set, with the last Dense
        layer made to fit its number of classes."""
    )
    rules = [
        "demo.change_lr?0.003",
        "demo.scale_width?factor=2.0",
        "demo.change_dataset?name=cifar100",
    ]
    story.code(_patch_call("variant", rules) + "print(pg.diff(program, variant))")
    variant = pg.patch(pg.clone(program), rules)
    story.result(pg.diff(program, variant))
    story.say("The original is untouched, and no Keras layer was built to make the variant.")


def open_choices(story: Narrator, program: Any) -> Any:
    """Turn the program into a search space."""
    story.heading("A program with open choices is a search space")
    story.say(
        """A rule may also leave a choice open: here each convolution has half, all or twice its
        filters. Rules add up, so the learning rate and the number of epochs are set on the way."""
    )
    rules = ["demo.filter_search_space", "demo.change_lr?0.003", {"num_epochs": 1}]
    story.code(_patch_call("space", rules) + "print(pg.dna_spec(space))")
    space = pg.patch(pg.clone(program), rules)
    story.result(pg.dna_spec(space))
    return space


def search(story: Narrator, space: Any, seed: int) -> tuple[Sweep, Any]:
    """Train every program of the space; return all accuracies and the best program."""
    story.heading("Search")
    trials = pg.dna_spec(space).space_size
    story.say(f"Three sizes for each of two convolutions are {trials} programs. All are trained:")
    story.code(
        "for trial, feedback in pg.sample(space, pg.geno.Sweeping()):\n"
        "    feedback(trial.train_and_evaluate())"
    )
    ex.Mnist().load_data()  # So that a message about the images comes before the bar.
    sweep = Sweep(names=("filters of the 1st convolution", "filters of the 2nd convolution"))
    best: Any = None
    loop = pg.sample(space, pg.geno.Sweeping())
    for trial, feedback in story.track(loop, trials, "Training"):
        accuracy = train(trial, seed)
        feedback(accuracy)
        first, second = pg.query(trial, r".*\.filters").values()
        sweep.accuracies[first, second] = accuracy
        if sweep.best == (first, second):
            best = trial
    return sweep, best


def show(story: Narrator, sweep: Sweep, path: Path) -> None:
    """Print the table of accuracies and draw their picture."""
    story.heading("What was found")
    story.table(sweep)
    save_picture(sweep, path)
    first, second = sweep.best
    story.say(
        f"""The best program has {first} and {second} filters: {sweep.accuracies[sweep.best]:.1%} of
        the test images are recognised. The same as a picture: {path}"""
    )


def keep(story: Narrator, best: Any, sweep: Sweep, path: Path, seed: int) -> None:
    """Save the best program, load it, compare, and train what was loaded."""
    story.heading("Keep it, and run it again")
    story.say("A program is saved with everything that it takes to make it again.")
    story.code(
        f"pg.save(best, {str(path)!r})\nloaded = pg.load({str(path)!r})\npg.eq(best, loaded)"
    )
    pg.save(best, str(path), indent=2)
    loaded: Any = pg.load(str(path))
    equal = pg.eq(best, loaded)
    story.result(equal)
    if not equal:
        raise AssertionError("The loaded program is not equal to the saved one.")
    story.say("The loaded program trains as the original did:")
    story.code("loaded.train_and_evaluate()")
    story.result(
        f"{train(loaded, seed):.4f}    (in the search: {sweep.accuracies[sweep.best]:.4f})"
    )


def train(program: Any, seed: int) -> float:
    """Train a program from the same random state, however many were trained before."""
    ex.keras.utils.set_random_seed(seed)
    return program.train_and_evaluate()


def _patch_call(name: str, rules: Sequence[object]) -> str:
    lines = "".join(f"    {rule!r},\n" for rule in rules)
    return f"{name} = pg.patch(pg.clone(program), [\n{lines}])\n"
