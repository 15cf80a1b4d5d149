"""The runner of behaviours outlives them, and says how each ended."""

import json
import subprocess
import sys

from tests.frameworks import runner

# The samples register themselves where all behaviours are: not in this process.
PROGRAM = """
import json, tests.frameworks.runner as runner
runner.USUAL = 3
for result in runner.run("polygraft", "any class", ["tests.frameworks.samples"]):
    print(json.dumps([result.title, result.kind, result.reason]))
"""


def test_each_way_to_end_is_told_and_outlived():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=runner.ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    results = {title: how for title, *how in map(json.loads, done.stdout.splitlines())}
    assert results == {
        "works": ["works", ""],
        "stated": ["stated", "This cannot be."],
        "fails": ["fails", "ValueError: in samples.py at <object object at 0x…>"],
        "assertion fails": ["fails", "AssertionError: not so: `one + one == 3`"],
        "recurses": ["fails", "RecursionError: maximum recursion depth exceeded"],
        "crashes": ["crashes", "SIGABRT"],
        "hangs": ["hangs", "no end after 3 s"],
        "has no peer": ["works", ""],
    }
