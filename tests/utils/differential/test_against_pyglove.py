"""The same expressions over helpers, here and in PyGlove 0.4.5: the same answers, but for what the note lists."""

import pathlib

import pytest
from hypothesis import given, settings
from tests.pyglove_process import answering, needs_pyglove
from tests.utils.differential import worker
from tests.utils.differential.differences import DIFFERENCES, explained
from tests.utils.differential.expressions import PROGRAMS

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
    @settings(max_examples=200, deadline=None)
    @given(PROGRAMS[kind])
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
        "K('a[0].b').keys",
        "S(['a.b', 'x[0]'])",
        "u.flatten({'a': [1, {'b': 2}], 'c': {}, 'd.e': 3})",
        "u.merge([{'a': [0, 1, 2]}, {'a[0]': -1, 'a[10]': 3}])",
        "pg.format([P(1), {'a': P(2)}], compact=True)",
    ],
)
def test_the_worker_tells_what_the_library_says(expression, pyglove):
    assert pyglove(expression) == worker.outcome(expression, OURS)
    assert "Error" not in pyglove(expression)


def test_every_difference_is_in_the_note():
    note = (ROOT / "docs" / "design" / "0012-differences-helpers.md").read_text()
    for difference in DIFFERENCES:
        assert f"**{difference.title}.**" in note
