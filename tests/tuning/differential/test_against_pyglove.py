"""The same loops here and in PyGlove 0.4.5: the same trials, answers and errors, but for what note 0011 lists."""

import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.pyglove_process import answering, needs_pyglove
from tests.tuning.differential import worker

import polygraft as pg

WORKERS = st.integers(0, 2)
NUMBERS = st.sampled_from([0.0, 1.0, 2, -1.5, 0.25, True, "1.5"])
BAD = st.sampled_from([None, "x", [1.0, 2.0], [0.5], [1, 2, 3], []])
METRICS = st.one_of(
    st.none(),
    st.dictionaries(st.sampled_from(["acc", "loss"]), st.sampled_from([0.5, 1, 0.0]), max_size=2),
)


@pytest.fixture(scope="module")
def pyglove():
    """Answers one script."""
    with answering(worker.__file__) as answer:
        yield answer


def reports(rewards):
    """Ways to report, of one worker."""
    step = st.integers(0, 4)
    measure = st.tuples(
        st.just("add_measurement"),
        st.tuples(rewards, METRICS, step),
        st.fixed_dictionaries({}, optional={"checkpoint_path": st.just("p")}),
    )
    others = [
        st.tuples(
            st.just("set_metadata"),
            st.tuples(st.sampled_from(["k", "l"]), st.integers(0, 3), st.booleans()),
            st.just({}),
        ),
        st.tuples(
            st.just("get_metadata"),
            st.tuples(st.sampled_from(["k", "z"]), st.booleans()),
            st.just({}),
        ),
        st.just(("add_link", ("n", "u"), {})),
    ]
    end = [
        st.tuples(
            st.just("__call__"),
            st.tuples(rewards, METRICS),
            st.fixed_dictionaries({}, optional={"step": step}),
        ),
        st.just(("done", (), {})),
        st.just(("done", (), {"metadata": {"a": 1}})),
        st.just(("skip", (), {})),
    ]
    return measure, st.one_of(*others), st.one_of(end[0], end[0], *end)


def steps(policy, rewards):
    """Trials, each with some measurements and an end, of several workers by turns."""
    measure, other, end = reports(rewards)
    stop = st.just(("should_stop_early", (), {}))

    @st.composite
    def block(draw):
        worker = draw(WORKERS)
        made = [("next", worker)]
        for report in draw(st.lists(st.one_of(measure, measure, other), max_size=4)):
            made.append(("report", worker, *report))
            if policy and draw(st.booleans()):
                made.append(("report", worker, *draw(stop)))
        kind = draw(st.integers(0, 9))
        if kind == 0:
            made.append(("caught", worker, draw(st.integers(0, 3))))
        if kind == 1:
            made.append(draw(st.sampled_from([("poll",), ("counts",)])))
        if kind:
            made.append(("report", worker, *draw(end)))
        if kind == 2:  # By another worker, who may be of the same group; or twice.
            made.append(("report", draw(WORKERS), *draw(end)))
        return made

    blocks = st.lists(block(), min_size=1, max_size=14)
    ended = st.sampled_from([[]] * 5 + [[[("report", 0, "end_loop", (), {}), ("next", 0)]]])
    every = [[("next", worker)] for worker in range(3)]
    return st.tuples(blocks, ended, blocks).map(
        lambda parts: [s for part in (every, *parts) for made in part for s in made]
    )


@st.composite
def scripts(draw):
    policy = draw(st.sampled_from([None, "rank", "value", "metric", "both", "either"]))
    metrics = draw(st.sampled_from([None, ["reward"], ["acc"], ["reward", "acc"]]))
    names = [
        "random",
        "sweeping",
        "dedup",
        "dedup2",
        "dedup-hash",
        "dedup-auto",
        "regularized",
        "hill_climb",
    ]
    several = metrics is not None and len(metrics) > 1
    if metrics == ["acc"]:
        names.remove("dedup-auto")  # PyGlove's loop ends with an error.
    algorithm = draw(st.sampled_from(["nsga2"] if several else names))
    # Spaces whose evolution PyGlove draws as we do; floats do not end, nor are they swept.
    space = draw(
        st.sampled_from(
            ["oneof", "finite", "nested"] + (["pair"] if algorithm != "sweeping" else [])
        )
    )
    ends = algorithm in ("sweeping", "dedup", "dedup2", "dedup-hash")
    good = st.sampled_from([[0.5, 1], [1, 2.0]]) if several else NUMBERS
    if metrics == ["acc"]:
        good = st.one_of(st.none(), st.just([0.5]))
    return {
        "space": space,
        "algorithm": algorithm,
        "seed": draw(st.integers(0, 9)),
        "num_examples": draw(st.one_of(st.integers(1, 12), st.none()) if ends else st.integers(1, 12)),
        "policy": policy,
        "metrics": metrics,
        "groups": draw(st.sampled_from([[0, 1, 2], [0, 0, 1], ["a", "b", "b"], [0, 0, 0]])),
        "steps": [list(s) for s in draw(steps(policy, st.one_of(good, good, good, BAD)))] + [["poll"], ["counts"]],
    }  # fmt: skip


def explained(step, ours, theirs):
    """Whether a difference is one that the note lists."""
    if step[0] == "report" and step[2] == "should_stop_early":
        return ours.startswith("KeyError: There is no 'acc'") and theirs == "KeyError: acc"
    return False


@needs_pyglove
def test_loops_agree(pyglove):
    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(scripts())
    def agree(script):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            ours = worker.outcome(pg, script)
        theirs = pyglove(script)
        for step, a, b in zip(script["steps"], ours, theirs, strict=True):
            assert a == b or explained(step, a, b), f"{script}\n{step}\n  {a}\n  {b}"

    agree()


ROWS = st.tuples(
    st.integers(0, 5), st.sampled_from([-2.0, 0.0, 0.5, 1.0, 2.0]), st.sampled_from([0.2, 0.7])
)
ASKED = st.tuples(st.just("measure"), st.integers(1, 4), ROWS).map(lambda s: [*s[:2], *s[2]])
RECOVERED = st.tuples(
    st.just("recover"),
    st.integers(1, 4),
    st.sampled_from(["COMPLETED", "PENDING", "STOPPING", "DELETED"]),
    st.booleans(),
    st.lists(ROWS.map(list), max_size=4),
).map(list)


@needs_pyglove
def test_policies_agree(pyglove):
    @settings(max_examples=100, deadline=None)
    @given(
        st.sampled_from(["rank", "value", "metric", "both", "either"]),
        st.lists(RECOVERED, max_size=4),
        st.lists(ASKED, max_size=15),
    )
    def agree(policy, recovered, asked):
        script = {"policy": policy, "steps": recovered + asked}
        assert worker.outcome(pg, script) == pyglove(script)

    agree()
