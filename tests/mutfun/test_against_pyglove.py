"""Random programs in PyGlove and here: the same texts, values and origins of names.

What is better on purpose is left out of the generated programs: calls with several arguments, branches, powers of
negatives and chains of comparisons (`docs/design/0010`).
"""

import re

import pytest
from hypothesis import given, settings
from tests.mutfun import worker
from tests.mutfun.programs import expressions, straight_programs
from tests.pyglove_process import answering, needs_pyglove

import polygraft as pg


@pytest.fixture(scope="module")
def ask():
    with answering(worker.__file__) as ask:
        yield ask


@needs_pyglove
@settings(max_examples=120, deadline=None)
@given(text=straight_programs())
def test_programs_are_the_same(ask, text):
    if not is_chained(text):
        assert worker.description(pg, text) == ask(text)


@needs_pyglove
@settings(max_examples=120, deadline=None)
@given(text=expressions(["x", "y"]))
def test_expressions_are_the_same(ask, text):
    if not is_chained(text) and text.startswith("m."):
        assert worker.description(pg, text) == ask(text)


def is_chained(text):
    """Whether Python would read PyGlove's text otherwise than it is meant."""
    comparison = r"m\.(?:Equals|NotEquals|GreaterThan|LessThan)\("
    return len(re.findall(comparison, text)) > 1 or re.search(r"m\.Power\((m\.Negate|-)", text)
