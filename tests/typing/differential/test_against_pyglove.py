"""The same expressions over value specs, here and in PyGlove 0.4.5: the same answers, but for what the note lists."""

import pathlib

import pytest
from hypothesis import given, settings
from tests.pyglove_process import answering, needs_pyglove
from tests.typing.differential import worker
from tests.typing.differential.differences import DIFFERENCES, explained
from tests.typing.differential.expressions import PROGRAMS, programs

ROOT = pathlib.Path(__file__).parents[3]
OURS = worker.names("polygraft")


@pytest.fixture(scope="module")
def pyglove():
    """Answers one expression."""
    with answering(worker.__file__) as answer:
        yield answer


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
