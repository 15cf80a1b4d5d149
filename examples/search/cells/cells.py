"""A space of small cells in the style of NAS-Bench-101, and the table of all of them.

A cell is a graph of five vertices: its input, three operations, its output. Each of the ten edges from an earlier to
a later vertex is there or not. A vertex gets the mean of what arrives; the operations are a 3 × 3 convolution, a
1 × 1 convolution and a 3 × 3 max-pooling.

Many descriptions are the same cell: what no path from the input to the output passes through does nothing, and the
order in which operations are written down does not matter. `canonical` gives one name to all of them. There are
3³ · 2¹⁰ = 27648 descriptions, 22707 of them connect input and output, and those are 2559 distinct cells.
"""

import csv
import functools
import gzip
import itertools
import statistics
from pathlib import Path
from typing import Literal, NamedTuple

import polygraft as pg

OPERATIONS = ["conv3x3", "conv1x1", "maxpool3x3"]
VERTICES = 5
PAIRS = list(itertools.combinations(range(VERTICES), 2))
TABLE = Path(__file__).parent / "table.csv.gz"


class Cell(pg.Object):
    """Three operations, and which of the ten pairs of vertices are joined."""

    operations: list[Literal["conv3x3", "conv1x1", "maxpool3x3"]]
    edges: list[bool]


ALL = Cell(
    operations=[pg.oneof(OPERATIONS)] * 3,
    edges=[pg.oneof([False, True])] * len(PAIRS),
)


def canonical(operations, edges):
    """Returns the name of the cell, the same for all descriptions of it; None if nothing reaches the output.

    Args:
        operations: Those of vertices 1, 2, 3.
        edges: Ten truth values, in the order of `PAIRS`.
    """
    joined = [pair for pair, there in zip(PAIRS, edges, strict=True) if there]
    forward, backward = {0}, {VERTICES - 1}
    for a, b in joined:  # in order of a: whatever leads to a was seen before
        if a in forward:
            forward.add(b)
    for a, b in reversed(joined):
        if b in backward:
            backward.add(a)
    used = forward & backward
    if 0 not in used:
        return None
    inner = [v for v in range(1, VERTICES - 1) if v in used]
    joined = [(a, b) for a, b in joined if a in used and b in used]
    names = (named(order, operations, joined) for order in itertools.permutations(inner))
    return min(name for name in names if name)


def named(order, operations, joined):
    """The name with the inner vertices in this order; None if an edge would lead backwards."""
    number = {0: 0, VERTICES - 1: len(order) + 1} | {v: i + 1 for i, v in enumerate(order)}
    pairs = sorted((number[a], number[b]) for a, b in joined)
    if any(a > b for a, b in pairs):
        return None
    named_operations = "-".join(operations[v - 1] for v in order)
    return f"{named_operations}:" + "-".join(f"{a}{b}" for a, b in pairs)


def graph(name):
    """The way back: the operations of a named cell, and its edges as pairs of vertices."""
    operations, _, pairs = name.partition(":")
    return operations.split("-") if operations else [], [
        (int(a), int(b)) for a, b in pairs.split("-")
    ]


def distinct():
    """The names of all cells, in order."""
    names = {
        canonical(operations, edges)
        for operations in itertools.product(OPERATIONS, repeat=3)
        for edges in itertools.product([False, True], repeat=len(PAIRS))
    }
    return sorted(names - {None})


class Row(NamedTuple):
    """Means over the seeds: shares of 400 validation digits and 397 test digits that were recognised."""

    valid: float
    test: float


@functools.cache
def table():
    """Name → accuracies of every cell."""
    with gzip.open(TABLE, "rt") as file:
        return {
            name: Row(
                statistics.mean(map(int, valid.split())) / 400,
                statistics.mean(map(int, test.split())) / 397,
            )
            for name, valid, test in csv.reader(file)
        }


CONNECTED = pg.constraint(
    *(f"edges[{i}]" for i in range(len(PAIRS))),
    lambda *edges: canonical(OPERATIONS, edges) is not None,
    label="the input reaches the output",
)
SPACE = pg.constrained(ALL, CONNECTED)


@functools.cache
def name_of(operations, edges):
    """`canonical`, remembered: a search asks for the same descriptions again and again."""
    return canonical(operations, edges)


def look_up(cell):
    """The row of a cell."""
    return table()[name_of(tuple(cell.operations), tuple(cell.edges))]
