"""The picture of the demo's sweep: accuracy over the two filter sizes."""

import importlib
from pathlib import Path
from typing import Any

from polygraft.cli.sweep import Sweep


def save_picture(sweep: Sweep, path: Path) -> None:
    """Write a PNG with a square for each pair of sizes, the brighter the more accurate."""
    # A figure of its own, without pyplot: no display, no global state.
    figure: Any = importlib.import_module("matplotlib.figure").Figure(
        figsize=(5.5, 4.5), layout="constrained"
    )
    axes: Any = figure.add_subplot()
    grid = [[sweep.accuracies[row, column] for column in sweep.columns] for row in sweep.rows]
    image: Any = axes.imshow(grid, cmap="viridis", origin="lower")
    middle = (min(map(min, grid)) + max(map(max, grid))) / 2
    for i, row in enumerate(grid):
        for j, accuracy in enumerate(row):
            is_best = (sweep.rows[i], sweep.columns[j]) == sweep.best
            axes.text(
                j,
                i,
                f"{accuracy:.3f}" + ("\nbest" if is_best else ""),
                ha="center",
                va="center",
                color="black" if accuracy > middle else "white",
                weight="bold" if is_best else "normal",
            )
    axes.set_yticks(range(len(sweep.rows)), sweep.rows)
    axes.set_xticks(range(len(sweep.columns)), sweep.columns)
    axes.set_ylabel(sweep.names[0])
    axes.set_xlabel(sweep.names[1])
    axes.set_title(f"Accuracy of {len(sweep.accuracies)} trials")
    figure.colorbar(image, ax=axes, label="accuracy on test images")
    figure.savefig(path, dpi=150)
