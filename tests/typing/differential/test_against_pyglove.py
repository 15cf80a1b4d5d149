"""The same expressions over value specs, here and in PyGlove 0.4.5: the same answers, but for what the note lists.

PyGlove runs in an environment of its own, in one process that answers line by line: `.envs/pyglove` (see
`scripts/framework-environment`), or the Python that POLYGRAFT_PYGLOVE_PYTHON names.
"""

import json
import os
import pathlib
import subprocess

import pytest
from hypothesis import given, settings
from tests.typing.differential import worker
from tests.typing.differential.differences import DIFFERENCES, explained
from tests.typing.differential.expressions import PROGRAMS, programs

ROOT = pathlib.Path(__file__).parents[3]
PYTHON = pathlib.Path(
    os.environ.get("POLYGRAFT_PYGLOVE_PYTHON") or ROOT / ".envs" / "pyglove" / "bin" / "python"
)
needs_pyglove = pytest.mark.skipif(not PYTHON.exists(), reason="needs PyGlove's environment")
OURS = worker.names("polygraft")


@pytest.fixture(scope="module")
def pyglove():
    """Answers one expression."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    process = subprocess.Popen(
        [str(PYTHON), worker.__file__, "pyglove"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )

    def answer(expression):
        process.stdin.write(json.dumps(expression) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    yield answer
    process.stdin.close()
    process.wait(10)


@needs_pyglove
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@pytest.mark.parametrize("kind", PROGRAMS)
def test_answers_agree(kind, pyglove):
    @settings(max_examples=150)
    @given(programs(kind))
    def agree(expression):
        ours = worker.outcome(expression, OURS)
        theirs = pyglove(expression)
        if ours != theirs:
            assert explained(expression, ours, theirs), f"{expression}\n  {ours}\n  {theirs}"

    agree()


@needs_pyglove
@pytest.mark.parametrize(
    "expression",
    [
        "T.Int(5, max_value=3)",
        "T.List(T.Int(), min_size=2).apply(['a'])",
        "T.Dict([('a', int)]).apply({'b': 1, 'c': 2})",
        "T.Int().extend(T.Str())",
        "T.signature(with_types)",
        "str(T.Dict([('a', int), ('b', str)]))",
        "json_of(T.List(int, size=2, default=[1, 2]))",
    ],
)
def test_the_worker_tells_what_the_library_says(expression, pyglove):
    assert pyglove(expression) == worker.outcome(expression, OURS)
    assert "NameError" not in pyglove(expression)


def test_every_difference_is_in_the_note():
    note = (ROOT / "docs" / "design" / "0007-differences-typing.md").read_text()
    for difference in DIFFERENCES:
        assert f"**{difference.title}.**" in note
