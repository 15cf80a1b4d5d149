"""PyGlove 0.4.5 as a black box: a process in an environment of its own that answers one JSON line with another.

The environment is `.envs/pyglove` (see `scripts/framework-environment`), or that of the Python that
POLYGRAFT_PYGLOVE_PYTHON names. A worker is a file of ours that imports nothing from `tests`: it runs in PyGlove's
environment as `python worker.py pyglove`, reads requests from its input and writes an answer for each.
"""

import contextlib
import json
import os
import pathlib
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

PYTHON = pathlib.Path(
    os.environ.get("POLYGRAFT_PYGLOVE_PYTHON")
    or pathlib.Path(__file__).parents[1] / ".envs" / "pyglove" / "bin" / "python"
)


def needs_pyglove(test: Any) -> Any:
    """Marks a test that compares with PyGlove; it is skipped where the environment was not made."""
    skip = pytest.mark.skipif(not PYTHON.exists(), reason="needs PyGlove's environment")
    return pytest.mark.pyglove(skip(test))


@contextlib.contextmanager
def answering(worker_file: str) -> Iterator[Callable[[Any], Any]]:
    """Starts `worker_file` under PyGlove; gives the function that sends it a request and returns its answer."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    process = subprocess.Popen(
        [str(PYTHON), worker_file, "pyglove"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    requests, answers = process.stdin, process.stdout
    assert requests is not None and answers is not None

    def ask(request: Any) -> Any:
        requests.write(json.dumps(request) + "\n")
        requests.flush()
        line = answers.readline()
        assert line, f"PyGlove's process ended at the request {request!r}"
        return json.loads(line)

    try:
        yield ask
    finally:
        requests.close()
        process.wait(10)
