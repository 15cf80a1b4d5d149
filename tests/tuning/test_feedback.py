"""What may be reported, and the state of a trial that follows from it."""

import logging

import pytest

from polygraft.geno import DNA, Random
from polygraft.hyper import oneof
from polygraft.symbolic import Dict
from polygraft.tuning import Measurement, Trial, drop_study, poll_result, sample

SPACE = Dict(x=oneof([1, 2, 3]))


class Multi(Random):
    @property
    def multi_objective(self):
        return True


@pytest.fixture
def make(request):
    def begin(*metrics, algorithm=None):
        loop = sample(
            SPACE,
            algorithm or (Multi(seed=1) if len(metrics) > 1 else Random(seed=1)),
            name=request.node.name,
            metrics_to_optimize=metrics or None,
        )
        return next(loop)[1]

    yield begin
    drop_study(request.node.name)


def final(feedback):
    m = feedback.get_trial().final_measurement
    return m.reward, m.metrics


@pytest.mark.parametrize(
    ("metrics", "kwargs", "expected"),
    [
        ([], {"reward": 1}, (1.0, {})),
        ([], {"reward": True}, (1.0, {})),
        ([], {"reward": "1.5"}, (1.5, {})),
        ([], {"reward": [2]}, (2.0, {})),
        ([], {"reward": 1.0, "metrics": {"a": 3}}, (1.0, {"a": 3.0})),
        (["acc"], {"metrics": {"acc": 2}}, (2.0, {"acc": 2.0})),
        (["acc"], {"reward": [0.5]}, (0.5, {"acc": 0.5})),
        (["acc", "loss"], {"reward": (0.5, 2)}, (None, {"acc": 0.5, "loss": 2.0})),
        (
            ["acc", "loss"],
            {"metrics": {"acc": 1, "loss": 2, "x": 3}},
            (None, {"acc": 1.0, "loss": 2.0, "x": 3.0}),
        ),
        (["reward", "acc"], {"reward": [1, 2], "metrics": {"z": 3}}, (1.0, {"acc": 2.0, "z": 3.0})),
    ],
)
def test_rewards_and_metrics(make, metrics, kwargs, expected):
    feedback = make(*metrics)
    feedback(**kwargs)
    assert final(feedback) == expected


@pytest.mark.parametrize(
    ("metrics", "kwargs", "error", "message"),
    [
        ([], {"reward": [1.0, 2.0]}, ValueError, "The number of items in the reward ([1.0, 2.0]) computed by the controller does not "
         "match with the number of metrics to optimize (['reward'])."),
        ([], {"reward": "x"}, ValueError, "could not convert string to float: 'x'"),
        ([], {}, ValueError, "'reward' must be provided as it is a goal to optimize."),
        (["acc"], {}, ValueError, "Metric 'acc' must be provided as it is a goal to optimize."),
        (["acc"], {"reward": 1.0}, ValueError, "Metric 'acc' must be provided as it is a goal to optimize."),
        (["acc"], {"reward": 1, "metrics": {"acc": 1}}, ValueError, "'reward' 1.0 is provided while it is not a goal to optimize."),
        (["reward", "acc"], {"reward": [1, 0.3], "metrics": {"acc": 2}}, ValueError, "The value for metric acc is provided from both the "
         "'reward' and the 'metrics' arguments with different values: [0.3, 2]."),
        ([], {"reward": 1, "metrics": {"x": "a"}}, TypeError, "Expect <class 'float'> but encountered <class 'str'>: a. (path=metrics.x)"),
        ([], {"reward": 1, "step": 1.5}, TypeError, "Expect <class 'int'> but encountered <class 'float'>: 1.5. (path=step)"),
    ],
)  # fmt: skip
# ruff: noqa: E501 -- one case, one line
def test_reports_that_are_refused_change_nothing(make, metrics, kwargs, error, message):
    feedback = make(*metrics)
    with pytest.raises(error) as caught:
        feedback(**kwargs)
    assert str(caught.value) == message
    assert feedback.status == "PENDING" and feedback.get_trial().measurements == []


def test_done_needs_a_measurement(make):
    feedback = make()
    with pytest.raises(ValueError) as caught:
        feedback.done()
    assert str(caught.value) == "At least one measurement should be added for trial 1."


def test_the_trial_follows(make):
    feedback = make()
    assert feedback.dna.spec is not None and feedback.checkpoint_to_warm_start_from is None
    trial = feedback.get_trial()
    assert (trial.status, trial.completed_time) == ("PENDING", None)
    feedback.add_measurement(0.5, {"a": 1}, step=3, checkpoint_path="p", elapse_secs=2)
    assert trial.measurements == [Measurement(3, 2.0, 0.5, {"a": 1.0}, "p")]
    feedback.done({"k": 1}, {"log": "http://x"})
    assert trial is feedback.get_trial()
    assert trial.status == "COMPLETED" and trial.completed_time >= trial.created_time
    assert trial.final_measurement == trial.measurements[0]
    assert trial.metadata == {"k": 1} and trial.related_links == {"log": "http://x"}


def test_notes(make, request):
    feedback = make()
    feedback.set_metadata("a", {"b": [1]})
    feedback.set_metadata("s", 2, per_trial=False)
    feedback.add_link("doc", "http://y")
    assert feedback.get_metadata("a") == {"b": [1]} and feedback.get_metadata("zz") is None
    assert feedback.get_metadata("s") is None and feedback.get_metadata("s", per_trial=False) == 2
    assert feedback.get_trial().related_links == {"doc": "http://y"}
    feedback.get_trial().metadata.own = 5
    assert feedback.get_metadata("own") == 5
    assert poll_result(request.node.name).metadata["s"] == 2
    with pytest.raises(KeyError, match=r"Key 3 is not allowed"):
        feedback.set_metadata(3, 1)  # type: ignore[arg-type]
    with pytest.raises(Exception, match=r"lambda"):
        feedback.set_metadata("f", lambda: 1)


@pytest.mark.parametrize(
    ("expected", "caught"),
    [
        (ValueError, True),
        ((ValueError, "cd"), True),
        ([(KeyError, "x"), (Exception, "bcd")], True),
        ((Exception, "abc"), False),
        ((ValueError, "^ValueError: b"), True),
        ((ValueError, "^bcd"), False),
        ((ValueError, ".*d$"), True),
        ([], False),
        (KeyError, False),
    ],
)
def test_skip_on_exceptions(make, caplog, expected, caught):
    feedback = make()

    def body():
        with feedback.skip_on_exceptions(expected):
            raise ValueError("bcd")

    with caplog.at_level(logging.WARNING, logger="polygraft"):
        if caught:
            body()
            assert feedback.get_trial().infeasible
            assert "Skipping trial on unhandled exception: Traceback" in caplog.text
        else:
            with pytest.raises(ValueError, match=r"bcd"):
                body()
            assert feedback.status == "PENDING"


# -- Measurement, Trial -------------------------------------------------------------------------
def test_prints_of_measurement_and_trial():
    m = Measurement(step=1, elapse_secs=1.0)
    assert (
        repr(m)
        == "Measurement(step=1, elapse_secs=1.0, reward=None, metrics=None, checkpoint_path=None)"
    )
    t = Trial(1, dna=DNA(0), created_time=5)
    assert repr(t) == (
        "Trial(id=1, description=None, dna=DNA(0), status='PENDING', final_measurement=None, infeasible=False, "
        "measurements=[], metadata={}, related_links={}, created_time=5, completed_time=None)"
    )
    assert hash(t) == hash(repr(t)) and hash(m) == hash(repr(m))
    assert t == Trial(1, dna=DNA(0), created_time=5)
    t.status = "COMPLETED"
    assert t.status == "COMPLETED"
    with pytest.raises(ValueError) as caught:
        t.status = "X"
    assert str(caught.value) == (
        "Value 'X' is not in candidate list ['UNKNOWN', 'REQUESTED', 'PENDING', 'COMPLETED', 'DELETED', 'STOPPING']. "
        "(path=status)"
    )


def test_reward_for_feedback():
    m = Measurement(1, 1.0, 0.5, {"acc": 0.7})
    t = Trial(0, None, DNA(0), "COMPLETED", m, created_time=1)
    assert t.get_reward_for_feedback() == 0.5
    assert t.get_reward_for_feedback(["acc"]) == 0.7
    assert t.get_reward_for_feedback(["reward", "acc"]) == (0.5, 0.7)
    with pytest.raises(
        ValueError,
        match=r"Metric 'foo' does not exist in final measurement Measurement\(.*\) in trial 0\.",
    ):
        t.get_reward_for_feedback(["foo"])
    assert Trial(0, None, DNA(0), "PENDING", m, created_time=1).get_reward_for_feedback() is None
    assert (
        Trial(0, None, DNA(0), "COMPLETED", m, True, created_time=1).get_reward_for_feedback()
        is None
    )
