"""What the examples share: the best so far, means over seeds, and where pictures go."""

import argparse
import itertools
import statistics
from pathlib import Path

PICTURES = Path(__file__).parents[2] / "docs" / "examples"


def best_so_far(values):
    """The running maximum.

    >>> best_so_far([1, 3, 2])
    [1, 3, 3]
    """
    return list(itertools.accumulate(values, max))


def mean_curve(curves):
    """The mean at each step."""
    return [statistics.fmean(column) for column in zip(*curves, strict=True)]


def quantile_curve(curves, share):
    """At each step, the value that this share of the curves does not exceed."""
    return [
        sorted(column)[round(share * (len(column) - 1))] for column in zip(*curves, strict=True)
    ]


def numbered(values):
    """(1, first), (2, second), …: points of a plot over trials."""
    return list(enumerate(values, 1))


def show(run, tell, picture, name):
    """The `main` of an example.

    Args:
        run: Makes the results.
        tell: Prints them.
        picture: Makes the text of an SVG file of them.
        name: Of the picture, in `docs/examples`.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--picture", action="store_true", help=f"also write {name}.svg")
    write = parser.parse_args().picture
    results = run()
    tell(results)
    if write:
        (PICTURES / f"{name}.svg").write_text(picture(results), encoding="utf-8")
