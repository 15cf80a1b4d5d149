"""Three ways to search structure and numbers of one program, and how many lines it takes to go from one to another.

    python examples/search/flows/compare.py

Source: Peng et al., "PyGlove: Symbolic Programming for Automated Machine Learning", NeurIPS 2020, section 3.
"""

import difflib
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import factorised
import joint
import separate
from common import show
from program import POINTS
from svg import Plot, beside

FLOWS = {"joint": joint, "separate": separate, "factorised": factorised}
SEEDS = 3


def changed(old, new):
    """Lines of the function `search` to be taken away, and to be put in."""
    texts = [
        Path(flow.__file__).read_text(encoding="utf-8").partition("def search")[2]
        for flow in (old, new)
    ]
    marks = [line[0] for line in difflib.ndiff(*(text.splitlines() for text in texts))]
    return marks.count("-"), marks.count("+")


def run():
    """Name → the best program and its error, for each seed."""
    return {
        name: [(best.program, -best.reward) for best in map(flow.search, range(SEEDS))]
        for name, flow in FLOWS.items()
    }


def tell(results):
    print(f"error of the best of 240 trials, {SEEDS} seeds")
    for name, runs in results.items():
        print(f"{name:10}", *(f"{error:.3f}" for _, error in runs))
    for old, new in [("joint", "separate"), ("separate", "factorised"), ("joint", "factorised")]:
        away, put = changed(FLOWS[old], FLOWS[new])
        print(f"from {old} to {new}: {away} lines away, {put} lines in")


def picture(results):
    errors = Plot(
        "Best of 240 trials",
        "joint, separate, factorised",
        "error",
        (0, 4),
        (0, 0.4),
        (300, 360),
        "top left",
    )
    for i, (name, runs) in enumerate(results.items()):
        errors.dots([(i + 1, error) for _, error in runs], name, i, radius=5)
    program, _ = min((run for runs in results.values() for run in runs), key=lambda run: run[1])
    curve = program.fit()
    fit = Plot("The best program", "x", "y", (-4, 4), (-3, 3), (480, 360))
    fit.line([(x / 20, curve(x / 20)) for x in range(-80, 81)], "its curve", 2)
    fit.dots(POINTS[::2], "points to fit", 4)
    fit.dots(POINTS[1::2], "points left out", 1)
    return beside(errors, fit)


if __name__ == "__main__":
    show(run, tell, picture, "flows")
