"""What costs time per node, costs the same in large trees; objects are small. `benchmarks/scale.py` measures in full.

CPU time, the best of several runs; the bounds leave room for other programs in the processor's caches. Quadratic paths
and collector pauses, which these tests are for, are far beyond them.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks import scale

import polygraft as pg

ROOT = Path(__file__).parents[1]
NODES = 50_000
RATIO = 3.0


MEASURE = f"""
import json, sys
from benchmarks import scale

def at_depth(depth, run):
    # CPython asks the system for a piece of stack whenever calls go beyond the last piece, and gives it back when they
    # return: a tree whose leaves are reached just there takes several times as long. That is an accident of one depth.
    return at_depth(depth - 1, run) if depth else run()

slower = None
for depth in (0, 40, 80):  # a slow moment of the machine passes
    found = at_depth(depth, lambda: scale.compared(sys.argv[1], {NODES}, seconds=0.02))
    slower = {{name: [m.small, m.large] for name, m in found.items() if m.ratio > {RATIO}}}
    if not slower:
        break
print(json.dumps(slower))
"""


@pytest.mark.slow
@pytest.mark.parametrize("shape", list(scale.SHAPES))
def test_time_per_node_is_that_of_a_small_tree(shape):
    # In a process of its own: what other tests have loaded would be collected between all measurements.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    run = [sys.executable, "-c", MEASURE, shape]
    answer = subprocess.run(run, capture_output=True, text=True, env=environment)
    assert answer.stdout.strip() == "{}", answer.stdout + answer.stderr


def test_an_object_takes_little_more_memory_than_a_plain_one():
    sizes = scale.memory()
    # On Python 3.13 any class with a slot pays for a dict of its own in each object; not ours to mend.
    plain = sizes["plain object" if sys.version_info < (3, 13) else "plain, with a slot"]
    assert {name: size for name, size in sizes.items() if size > scale.LARGEST_MEMORY * plain} == {}
    assert sizes["object"] <= 1.1 * sizes["plain, with a slot"]


def test_collector_rests_and_goes_on():
    seen = []

    class Watching(pg.Object):
        x: int = 0

        def _on_bound(self):
            seen.append(gc.isenabled())

    tree = pg.List([Watching(1)])
    seen.clear()
    pg.clone(tree)
    pg.from_json_str(pg.to_json_str(tree))
    assert seen == [False, False] and gc.isenabled()

    class Failing(pg.Object):
        def _on_bound(self):
            if tree.sym_parent is not None:
                raise ValueError("no")

    failing = Failing()
    home = pg.Dict(tree=tree)
    with pytest.raises(ValueError, match="no"):
        pg.clone(failing)
    assert gc.isenabled() and home.tree is tree
    gc.disable()
    try:
        pg.clone(tree)
        assert not gc.isenabled()
    finally:
        gc.enable()
