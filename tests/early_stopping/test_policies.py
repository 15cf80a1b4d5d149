"""Early stopping policies: gates, ranks, values, operators, recovery."""

import os
import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import polygraft as pg

es = pg.early_stopping
Trial, Measurement = pg.tuning.Trial, pg.tuning.Measurement


def trial(id, *steps, status="PENDING", infeasible=False, metrics=None):
    """A trial with a measurement for each pair of a step and a reward."""
    return Trial(
        id=id,
        dna=pg.DNA(id),
        status=status,
        infeasible=infeasible,
        measurements=[Measurement(step, 0.0, reward, metrics) for step, reward in steps],
        created_time=0,
    )


def decisions(policy, rewards, step=1):
    return [policy.should_stop_early(trial(i, (step, r))) for i, r in enumerate(rewards)]


@pytest.mark.parametrize(
    ("rank", "options", "rewards", "expected"),
    [
        ((1, 0.5, 2), {}, [1, 2, 1.5, 0.5, 3], [False, False, True, True, False]),
        ((1, 2, 0), {}, [1, 2, 1.5, 0.5, 3], [False, False, False, True, False]),
        ((1, 0.8, 3), {"maximize": False}, [1, 2, 1.5, 0.5, 3, 9], [False] * 4 + [True, True]),
    ],
)
def test_by_rank(rank, options, rewards, expected):
    policy = es.early_stop_by_rank([rank], **options)()
    assert decisions(policy, [float(r) for r in rewards]) == expected


@pytest.mark.parametrize(("maximize", "expected"), [(True, [1, 0, 0]), (False, [0, 0, 1])])
def test_by_value(maximize, expected):
    policy = es.early_stop_by_value([(1, 0.5)], maximize=maximize)()
    assert decisions(policy, [0.4, 0.5, 0.6]) == [bool(x) for x in expected]


def test_metrics_and_functions_are_judged_too():
    by_name = es.early_stop_by_value([(1, 0.5)], metric="acc")()
    by_function = es.early_stop_by_value([(1, 0.5)], metric=lambda m: m.metrics.acc)()
    for policy in (by_name, by_function):
        assert policy.should_stop_early(trial(1, (1, 9.0), metrics={"acc": 0.4}))
        assert not policy.should_stop_early(trial(2, (1, 0.0), metrics={"acc": 0.6}))
    with pytest.raises(KeyError, match=r"There is no 'acc' in Measurement"):
        by_name.should_stop_early(trial(3, (1, 0.0)))


def test_what_is_not_a_number_is_the_worst():
    nan = float("nan")
    assert decisions(es.early_stop_by_value([(1, 0.5)])(), [nan, 1.0]) == [True, False]
    assert decisions(es.early_stop_by_rank([(1, 1.0, 1)])(), [1.0, nan, 2.0]) == [
        False,
        True,
        False,
    ]


def test_gates():
    asked = []

    def at(gate, answer):
        def predicate(measurement, history):
            asked.append((gate, measurement.reward, [m.reward for m in history]))
            return answer

        return predicate

    policy = es.StepWise([(5, at(5, True)), (2, at(2, False))])
    assert [step for step, _ in policy.plan] == [2, 5]
    t = trial(1, (1, 0.1))
    assert not policy.should_stop_early(trial(1)) and not policy.should_stop_early(t)
    t.measurements.append(Measurement(3, 0.0, 0.3))
    assert not policy.should_stop_early(t) and not policy.should_stop_early(t)
    t.measurements.append(Measurement(7, 0.0, 0.7))
    assert policy.should_stop_early(t) and policy.should_stop_early(t)
    assert not policy.should_stop_early(trial(2, (2, 0.2)))
    assert asked == [(2, 0.3, []), (5, 0.7, []), (2, 0.2, [0.3])]
    assert policy._trial_gate_decision == {1: (1, True), 2: (0, False)}
    assert [[m.reward for m in h] for h in policy._gate_history] == [[0.3, 0.2], [0.7]]


def test_another_study_is_another_trial():
    policy = es.early_stop_by_value([(1, 0.5)])()
    assert policy.should_stop_early(trial(1, (1, 0.0)))
    other = trial(1, (1, 1.0))
    other.dna = pg.DNA(7)
    assert not policy.should_stop_early(other)


def test_operators_ask_from_the_left():
    asked = []

    class Says(es.EarlyStopingPolicyBase):
        answer: bool

        def should_stop_early(self, trial):
            asked.append(self.answer)
            return self.answer

    class Plain(pg.tuning.EarlyStoppingPolicy):
        def should_stop_early(self, trial):
            return True

    t, yes, no = trial(1, (1, 0.0)), Says(True), Says(False)
    cases = [
        (yes & no, False, [True, False]),
        (no & yes, False, [False]),
        (yes | no, True, [True]),
        (no | yes, True, [False, True]),
        (~no, True, [False]),
        (-yes, False, [True]),
        (es.And(yes, yes, no, yes), False, [True, True, False]),
        (no | Plain(), True, [False]),
        (Plain() & no, False, [False]),
        (es.And(), True, []),
    ]
    for policy, expected, order in cases:
        asked.clear()
        assert (policy.should_stop_early(t), asked) == (expected, order), repr(policy)
    with pytest.raises(AssertionError):
        es.Not(yes, no)
    spec = pg.dna_spec(pg.oneof([1, 2]))
    both = es.And(Says(True), Plain())
    both.setup(spec)
    assert all(child.dna_spec is spec for child in both.children)


def test_a_policy_in_two_composites_is_two_policies():
    by_rank = es.early_stop_by_rank([(1, 1, 0)])()
    first, second = es.And(by_rank), es.And(by_rank)
    assert decisions(first, [1.0, 0.5]) == [False, True]
    assert decisions(second, [0.5]) == [False]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: es.early_stop_by_value([(1, "a")])(), ValueError,
         "Invalid definition in `step_values`: (1, 'a'). Expect a tuple of 2 elements: (step: int, threshold: float)."),
        (lambda: es.early_stop_by_rank([(1, 2)])(), ValueError,
         "Invalid definition in `step_ranks`: (1, 2). Expect a tuple of 3 elements: (step: int, rank: "
         "Union[float, int], trigger_size: int)."),
        (lambda: es.early_stop_by_rank([(1, 2.0, 1)])(), ValueError,
         "Rank must be within range [0.0, 1.0] when it is percentage (float). Encountered: 2.0 in (1, 2.0, 1)."),
        (lambda: es.early_stop_by_rank([(1, 0, 1)])(), ValueError,
         "Rank must be no less than 1 when it is a place (int). Encountered: 0 in (1, 0, 1)."),
        (lambda: es.early_stop_by_rank((1, 2, 3))(), AssertionError, "(1, 2, 3)"),
        (lambda: es.StepWise([]), ValueError, "Length of list [] is less than min size (1). (path=plan)"),
        (lambda: es.StepWise([(-1, max)]), ValueError, "Value -1 is out of range (min=0, max=None). (path=plan[0][0])"),
    ],
)  # fmt: skip
def test_what_is_refused(make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value) == message


def test_text_and_files():
    rule = es.early_stop_by_value([(1, 0.5)])
    assert (
        repr(rule)
        == "early_stop_by_value(step_values=[0: (1, 0.5)], metric='reward', maximize=True)"
    )
    assert rule() is not rule()
    policy = rule() & ~es.early_stop_by_rank([(1, 0.5, 2)])()
    for value in (rule, policy):
        again = pg.from_json_str(pg.to_json_str(value))
        assert pg.eq(again, value)
    assert decisions(pg.clone(policy), [0.4]) == [True]


runs = st.lists(st.lists(st.floats(-5, 5), min_size=1, max_size=4), max_size=12)


@given(runs, st.sampled_from([0.0, 0.5, 1.0, 1, 3]), st.integers(0, 3), st.booleans())
def test_a_rank_is_that_of_the_sorted_history(values, rank, least, maximize):
    policy = es.early_stop_by_rank([(1, rank, least), (3, rank, least)], maximize=maximize)()
    histories = [[], []]
    for i, rewards in enumerate(values):
        t, decided = trial(i), {}
        for step, reward in enumerate(rewards):
            t.measurements.append(Measurement(step, 0.0, reward))
            gate = -1 if step < 1 else 0 if step < 3 else 1
            if gate >= 0 and gate not in decided:
                history = sorted(histories[gate], reverse=maximize)
                place = int((len(history) - 1) * rank) if isinstance(rank, float) else rank - 1
                known = len(history) >= max(least, 1) and place < len(history)
                worse = known and (reward < history[place] if maximize else reward > history[place])
                decided[gate] = worse
                histories[gate].append(reward)
            assert policy.should_stop_early(t) is decided.get(gate, False)


@given(runs, st.integers(0, 12))
def test_a_recovered_policy_goes_on(values, cut):
    """Where no trial jumps over a gate, which recovery cannot see."""

    def make():
        return (
            es.early_stop_by_rank([(0, 0.5, 1), (2, 0.3, 1)])()
            | es.early_stop_by_value([(1, -4.0)])()
        )

    def ask(policy, trials):
        answers = []
        for t in trials:
            partial = Trial(id=t.id, dna=t.dna, created_time=0)
            for m in t.measurements:
                partial.measurements.append(pg.clone(m))
                # All children are asked, so that their histories are whole.
                answers.append([c.should_stop_early(partial) for c in policy.children])
        return answers

    trials = [trial(i, *enumerate(rewards), status="COMPLETED") for i, rewards in enumerate(values)]
    whole = make()
    expected = [ask(whole, [t]) for t in trials]
    policy = make()
    policy.recover(trials[:cut])
    assert [ask(policy, [t]) for t in trials[cut:]] == expected[cut:]


def test_it_stops_trials_of_a_loop():
    r = random.Random(1)
    policy = es.early_stop_by_rank([(2, 0.5, 3)])()
    stopped = 0
    for _, feedback in pg.sample(
        pg.Dict(x=pg.floatv(0, 1)), pg.geno.Random(1), 20, early_stopping_policy=policy
    ):
        for step in range(4):
            assert not (step < 2 and feedback.should_stop_early())
            feedback.add_measurement(r.random(), step=step)
            if feedback.should_stop_early():
                feedback.skip()
                stopped += 1
                break
        else:
            feedback.done()
    assert 0 < stopped < 20


@pytest.mark.parametrize(
    "name",
    [
        "polygraft.early_stopping.early_stop_by_value",
        "pyglove.ext.early_stopping.step_wise.early_stop_by_value",
    ],
)
def test_files_name_policies_that_are_not_loaded_yet(name):
    code = (
        "import polygraft as pg; "
        f"""x = pg.from_json_str('{{"_type": "{name}", "step_values": [["__tuple__", 1, 0.5]]}}'); """
        "assert x().plan[0][1].threshold == 0.5"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
