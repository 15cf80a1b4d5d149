"""Studies as lists of events, results, and the table of backends."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polygraft.geno import DNA, Random, Sweeping
from polygraft.hyper import floatv, oneof
from polygraft.symbolic import Dict
from polygraft.tuning import (
    Backend,
    add_backend,
    available_backends,
    default_backend,
    drop_study,
    poll_result,
    sample,
    set_default_backend,
)
from polygraft.tuning.events import Measured
from polygraft.tuning.store import MemoryStore
from polygraft.tuning.study import Study

SPACE = Dict(x=oneof([1, 2, 3]), f=floatv(0, 1))
EXPECTED = """{
  'name': 's1',
  'status': {
    'PENDING': '1/3',
    'COMPLETED': '2/3'
  },
  'infeasible': '1/3',
  'best_trial': {
    'id': 1,
    'reward': 0.5,
    'step': 3,
    'dna': 'DNA([0, 0.5])'
  }
}"""


@pytest.fixture
def s1():
    yield "s1"
    drop_study("s1")


def test_result_text(s1):
    from polygraft.geno import dna_generator

    @dna_generator
    def three(spec):
        for i in range(3):
            yield DNA([i, 0.5], spec=spec)

    result = None
    for _, feedback in sample(SPACE, three(), name=s1):
        result = result or poll_result(s1)
        assert poll_result(s1) is result
        if feedback.id == 1:
            assert result.last_updated is None and result.best_trial is None
            feedback(0.5, step=3)
        elif feedback.id == 2:
            feedback.skip()
        else:
            break
    assert result is not None
    assert str(result) == EXPECTED
    assert repr(result) == (
        "{'name': 's1', 'status': {'PENDING': '1/3', 'COMPLETED': '2/3'}, 'infeasible': '1/3', "
        "'best_trial': {'id': 1, 'reward': 0.5, 'step': 3, 'dna': 'DNA([0, 0.5])'}}"
    )
    assert result.last_updated.tzinfo is UTC
    assert [t.id for t in result.trials] == [1, 2, 3]
    assert result.best_trial is result.trials[0]


def test_the_first_of_equal_trials_is_best_and_nan_never(s1):
    rewards = iter([float("nan"), 1.0, 1.0, 0.5])
    for _, feedback in sample(Dict(x=oneof([1, 2, 3, 4])), Sweeping(), name=s1):
        feedback(next(rewards))
    assert poll_result(s1).best_trial.id == 2


def test_unknown_and_dropped_studies(s1):
    with pytest.raises(ValueError, match=r"Result 'none' does not exist."):
        poll_result("none")
    next(sample(SPACE, Random(1), name=s1))
    drop_study(s1)
    with pytest.raises(ValueError, match=r"Result 's1' does not exist."):
        poll_result(s1)
    assert next(sample(SPACE, Random(1), name=s1))[1].id == 1


actions = st.lists(
    st.tuples(
        st.sampled_from(["create", "measure", "finish", "skip", "note", "link", "end"]),
        st.integers(1, 4),
    ),
    max_size=25,
)


@given(actions)
def test_a_study_follows_from_its_events(steps):
    store = MemoryStore()
    study = Study("s", 10, store)
    for action, i in steps:
        state = study.trials.get(i)
        if action == "create":
            study.create(i, DNA(i))
        elif action == "end":
            study.end()
        elif action == "note":
            study.note(state, "k", i)
        elif state is None:
            continue
        elif action == "measure":
            study.measure(state, Measured(i, 0, 0.0, float(i % 3), {}, None))
        elif action == "finish" and state.measurements:
            study.finish(state)
        elif action == "skip":
            study.finish(state, infeasible=True)
        elif action == "link":
            study.link(state, "n", "u")
    again = Study("s", 10, store)
    assert [s.trial() for s in again.trials.values()] == [s.trial() for s in study.trials.values()]
    assert (again.active, again.metadata, again.last_updated) == (
        study.active,
        study.metadata,
        study.last_updated,
    )
    assert (again.best and again.best.id) == (study.best and study.best.id)
    assert {g: s.id for g, s in again.latest.items()} == {g: s.id for g, s in study.latest.items()}
    assert list(study.trials) == list(range(1, len(study.trials) + 1))


# -- backends -----------------------------------------------------------------------------------
def test_the_table_of_backends():
    assert available_backends()[0] == "in-memory" and default_backend() == "in-memory"
    with pytest.raises(ValueError, match=r"Backend 'q' does not exist."):
        set_default_backend("q")
    with pytest.raises(TypeError, match=r"<class 'int'> is not a `pg.tuning.Backend` subclass."):
        add_backend("x")(int)
    with pytest.raises(TypeError, match=r"abstract"):
        Backend()  # type: ignore[abstract]


def test_a_backend_of_ones_own():
    received = {}

    @add_backend("own")
    class Own(Backend):
        def __init__(self, **kwargs):
            received.update(kwargs)

        @classmethod
        def poll_result(cls, name, **kwargs):
            raise ValueError(name)

        def next(self):
            raise StopIteration

    assert list(sample(SPACE, Random(1), 3, name="n", group=4, backend="own", extra=5)) == []
    assert received.pop("dna_spec").decision_ids == ["x", "f"]
    assert isinstance(received.pop("algorithm"), Random)
    assert received == {
        "name": "n",
        "group": 4,
        "metrics_to_optimize": ["reward"],
        "early_stopping_policy": None,
        "num_examples": 3,
        "extra": 5,
    }
