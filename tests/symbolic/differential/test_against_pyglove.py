"""The same programs over symbolic values, here and in PyGlove 0.4.5: the same answers, but for what the note lists."""

import pathlib

import pytest
from hypothesis import HealthCheck, given, settings
from tests.pyglove_process import answering, needs_pyglove
from tests.symbolic.differential import worker
from tests.symbolic.differential.differences import DIFFERENCES, explained, first_disagreement
from tests.symbolic.differential.programs import PROGRAMS

ROOT = pathlib.Path(__file__).parents[3]


@pytest.fixture(scope="module")
def ours():
    """What a program comes to here."""
    names = worker.names("polygraft")
    return lambda program: worker.outcome(program, names)


@pytest.fixture(scope="module")
def pyglove():
    """What it comes to there."""
    with answering(worker.__file__) as answer:
        yield answer


@needs_pyglove
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@pytest.mark.parametrize("kind", PROGRAMS)
def test_answers_agree(kind, ours, pyglove):
    @settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
    @given(PROGRAMS[kind])
    def agree(program):
        here, there = ours(program), pyglove(program)
        i = first_disagreement(here, there)
        if i is not None:
            listing = "\n".join(program[: i + 1])
            assert explained(program, here, there, i), f"{listing}\n  {here[i]}\n  {there[i]}"

    agree()


@needs_pyglove
@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda d: d.title)
def test_every_difference_is_real(difference, ours, pyglove):
    """The example answers alike up to its last statement, and that one otherwise, for this reason."""
    here, there = ours(difference.example), pyglove(difference.example)
    last = len(difference.example) - 1
    assert first_disagreement(here, there) == last
    assert explained(difference.example, here, there, last) == difference.title


@needs_pyglove
@pytest.mark.parametrize(
    "program",
    [
        ["a = pg.Dict(x=A(1), y=[Hook(3)])", "a.y.append(4)", "a.rebind({'y[0].x': 5, 'x.y': 7})", "str(a)"],
        ["a = M({'p': 1, 'v1': 2})", "a.d.p = -1", "a.m.extend([6])", "pg.to_json_str(a)"],
        ["a = pg.List([Change(1)], onchange_callback=told('l'))", "a[0].rebind(x=[1], y=2)", "a[0].x.append(3)"],
        ["a = A(A(1))", "b = a.clone(override={'x.x': 2})", "pg.diff(a, b)", "pg.query(b, '.*x')", "visited(b)"],
        ["a = f(1, c=3)", "a(b=2)", "a(5)", "sorted(a.bound_args)", "a.clone()"],
        ["a = W(A(1), 2, k=3)", "a.v", "a.rebind({'p.x': 4, 'q[0]': 5}).v"],
        ["class P(I): q: list[int] = [1]", "inspect.signature(P)", "P(1, q=['a'])", "P(2).format(compact=True)"],
    ],
    ids=["trees", "specs", "events", "copies", "functors", "wrapped", "definitions"],
)  # fmt: skip
def test_the_worker_tells_what_the_library_does(program, ours, pyglove):
    """A program that says nothing, or fails to run at all, would agree with anything."""
    here = ours(program)
    assert pyglove(program) == here
    assert any(answer != ["", "", ""] for answer in here)
    assert not any("NameError" in text for answer in here for text in answer)


def test_every_difference_is_in_the_note():
    note = (ROOT / "docs" / "design" / "0009-differences-symbolic.md").read_text()
    for difference in DIFFERENCES:
        assert f"**{difference.title}.**" in note
    titles = [d.title for d in DIFFERENCES]
    assert len(set(titles)) == len(titles)
