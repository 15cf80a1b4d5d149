"""The search loop: what it yields, in which order, for whom, and what it tells the algorithm."""

import logging
import threading

import pytest

from polygraft.geno import DNA, Deduping, DNAGenerator, Random, Sweeping
from polygraft.hyper import dna_spec, iterate, oneof
from polygraft.symbolic import Dict
from polygraft.tuning import RaceConditionError, drop_study, poll_result, sample

SPACE = Dict(x=oneof([1, 2, 3]), y=oneof([4, 5]))


@pytest.fixture
def name(request):
    yield request.node.name
    drop_study(request.node.name)


class Learner(DNAGenerator):
    """Sweeps, and remembers its rewards."""

    def __init__(self, multi_objective=False):
        self._multi_objective = multi_objective

    @property
    def multi_objective(self):
        return self._multi_objective

    def _setup(self):
        self.rewards = []
        self._last = None

    def _propose(self):
        self._last = self.dna_spec.next_dna(self._last)
        if self._last is None:
            raise StopIteration
        return self._last

    def _feedback(self, dna, reward):
        self.rewards.append((dna.to_numbers(), reward))


def test_sweeping_with_consecutive_ids():
    seen = []
    for example, feedback in sample(SPACE, Sweeping()):
        seen.append((feedback.id, feedback.dna, example))
        feedback(1.0)
    assert [s[0] for s in seen] == [1, 2, 3, 4, 5, 6]
    assert [s[1] for s in seen] == list(dna_spec(SPACE).iter_dna())
    assert [s[2] for s in seen] == list(iterate(SPACE))
    assert str(seen[0][1]) == "DNA([0, 0])"


def test_rewards_reach_the_algorithm_once():
    learner = Learner()
    for _, feedback in sample(SPACE, learner, 3):
        feedback.add_measurement(5, step=1)
        feedback.add_measurement(0.5, step=0)
        feedback.done()
        feedback.done()
        feedback.skip()
    assert learner.rewards == [([0, 0], 0.5), ([0, 1], 0.5), ([1, 0], 0.5)]
    assert learner.num_feedbacks == 3


def test_skipped_trials_teach_nothing_and_count(name):
    learner = Learner()
    for _, feedback in sample(SPACE, learner, 3, name=name):
        if feedback.id == 2:
            feedback.skip()
        else:
            feedback(feedback.id)
    assert [r for _, r in learner.rewards] == [1.0, 3.0]
    result = poll_result(name)
    assert [t.infeasible for t in result.trials] == [False, True, False]
    assert repr(result.trials[1].final_measurement) == (
        "Measurement(step=0, elapse_secs=0.0, reward=0.0, metrics=None, checkpoint_path=None)"
    )
    assert result.best_trial.id == 3


def test_a_pending_trial_comes_again_also_in_another_loop(name):
    loop = sample(SPACE, Sweeping(), name=name, group=0)
    first, feedback = next(loop)
    with pytest.warns(RuntimeWarning, match=r"The loop gets trial 1 again"):
        again, same = next(loop)
    assert again is not first and again == first and same.id == feedback.id == 1
    loop.close()
    algorithm = Sweeping()
    example, third = next(sample(SPACE, algorithm, name=name, group=0))
    assert example == first and third.id == 1 and third.status == "PENDING"
    third(1.0)
    assert feedback.status == "COMPLETED"
    with pytest.raises(
        RaceConditionError,
        match=r"Measurements can only be added to PENDING trials. Encountered: Trial",
    ):
        feedback(2.0)
    with feedback.ignore_race_condition():
        feedback(2.0)
    assert poll_result(name).best_trial.final_measurement.reward == 1.0


def test_groups_work_on_different_trials(name):
    algorithm = Sweeping()
    a, b, c = (sample(SPACE, algorithm, name=name, group=g) for g in (0, 0, "x"))
    (_, fa), (_, fb), (_, fc) = next(a), next(b), next(c)
    assert (fa.id, fb.id, fc.id) == (1, 1, 2)
    assert fa.get_trial() is fb.get_trial()
    fa(1.0)
    fb.done()
    fb.skip()
    assert (next(a)[1].id, next(b)[1].id) == (3, 3)
    with pytest.warns(RuntimeWarning, match=r"The loop gets trial 2 again"):
        assert next(c)[1].id == 2


def test_threads_share_a_study(name):
    algorithm, seen, errors = Sweeping(), [], []

    def work():
        try:
            for example, feedback in sample(SPACE, algorithm, name=name):
                seen.append((feedback.id, example.x, example.y))
                feedback(1.0)
        except Exception as e:
            errors.append(e)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not errors
    assert sorted(s[0] for s in seen) == [1, 2, 3, 4, 5, 6]
    assert len({s[1:] for s in seen}) == 6
    assert [t.id for t in poll_result(name).trials] == [1, 2, 3, 4, 5, 6]


def test_an_exception_in_the_body_leaves_the_trial_pending(name):
    with pytest.raises(ZeroDivisionError):
        for _, feedback in sample(SPACE, Sweeping(), name=name, group=0):
            feedback.add_measurement(1.0)
            raise ZeroDivisionError
    trial = poll_result(name).trials[0]
    assert trial.status == "PENDING" and len(trial.measurements) == 1
    _, feedback = next(sample(SPACE, Sweeping(), name=name, group=0))
    assert feedback.id == 1
    feedback.done()


def test_an_exception_of_the_algorithm_makes_no_trial(name):
    class Broken(DNAGenerator):
        def _propose(self):
            raise KeyError("broken")

    with pytest.raises(KeyError, match=r"broken"):
        next(sample(SPACE, Broken(), name=name))
    assert poll_result(name).trials == []


def test_end_loop_ends_the_study_for_all(name):
    algorithm = Sweeping()
    other = sample(SPACE, algorithm, name=name, group=1)
    _, pending = next(other)
    for _, feedback in sample(SPACE, algorithm, name=name, group=0):
        feedback.end_loop()
        feedback(3.0)
    assert not poll_result(name).is_active
    assert poll_result(name).best_trial.id == 2
    pending(4.0)
    assert list(other) == [] and list(sample(SPACE, Sweeping(), name=name)) == []


def test_exhaustion_leaves_a_study_active(name):
    for _, feedback in sample(SPACE, Sweeping(), name=name):
        feedback(0.0)
    assert poll_result(name).is_active


def test_num_examples_is_fixed_by_whoever_begins(name):
    def run(limit):
        count = 0
        for _, feedback in sample(SPACE, algorithm, limit, name=name):
            feedback(0.0)
            count += 1
        return count

    algorithm = Sweeping()
    assert run(2) == 2
    assert run(5) == 0


def test_one_algorithm_goes_on_over_several_loops():
    algorithm = Sweeping()
    seen = []
    for limit in (2, 3):
        for example, feedback in sample(SPACE, algorithm, limit):
            seen.append(dict(example))
            feedback(0.0)
    assert seen == [dict(e) for e in iterate(SPACE, 5)]


def test_errors_come_with_the_first_example():
    cases = [
        (sample(Dict(a=1), Sweeping()), r"'space' is a constant value: {a=1}."),
        (sample(1, Sweeping()), "'space' is a constant value: 1."),
        (sample(SPACE, Sweeping(), backend="zz"), "Backend 'zz' does not exist."),
        (
            sample(SPACE, Sweeping(), metrics_to_optimize=["a", "b"]),
            r"'metrics_to_optimize' should include only 1 metric as multi-objective optimization is not supported by "
            r"Sweeping\(\).",
        ),
    ]
    for loop, message in cases:
        with pytest.raises(ValueError, match=message):
            next(loop)
    algorithm = Sweeping()
    algorithm.setup(dna_spec(oneof([1, 2])))
    with pytest.raises(
        ValueError, match=r"has been set up with a different DNASpec. Existing: (?s:.*)New: Space"
    ):
        next(sample(SPACE, algorithm))


def test_where_may_refuse_everything():
    loop = sample(SPACE, Sweeping(), where=lambda p: False)
    example, feedback = next(loop)
    assert example is SPACE
    feedback(1.0)
    assert list(loop) == []


def test_a_spec_as_space_yields_genotypes():
    spec = dna_spec(SPACE)
    examples = []
    for example, feedback in sample(spec, Sweeping(), 2):
        examples.append(example)
        feedback(0.0)
    assert examples == [DNA([0, 0]), DNA([0, 1])]


def test_a_reward_given_by_the_algorithm_is_taken_without_asking(name):
    class Knowing(Learner):
        def _propose(self):
            dna = super()._propose()
            if dna.to_numbers()[1] == 1:
                dna.set_metadata("reward", 9.0)
            return dna

    learner, seen = Knowing(), []
    for example, feedback in sample(SPACE, learner, name=name):
        seen.append(example.y)
        feedback(1.0)
    assert seen == [4, 4, 4]
    assert [r for _, r in learner.rewards] == [1.0, 9.0] * 3
    assert poll_result(name).trials[1].metadata == {"client_evaluation_skipped": True}


def test_a_reward_given_by_the_algorithm_is_that_of_the_metric_to_optimize(name):
    class Repeating(Learner):
        def _propose(self):
            return DNA(self.num_proposals % 2)

    algorithm = Deduping(Repeating(), auto_reward_fn=max)
    space = oneof([1, 2])
    for example, feedback in sample(space, algorithm, 6, name=name, metrics_to_optimize=["acc"]):
        feedback(metrics={"acc": example})
    trials = poll_result(name).trials
    assert len(trials) == 6 and all(t.status == "COMPLETED" and not t.infeasible for t in trials)
    own = [t for t in trials if t.metadata]
    assert len(own) == 4 and all(t.final_measurement.metrics["acc"] == t.dna.value + 1 for t in own)


def test_an_unseeded_study_records_its_seed_and_can_be_repeated(name):
    def run(algorithm, **kwargs):
        out = []
        for _, feedback in sample(SPACE, algorithm, 10, **kwargs):
            out.append(feedback.dna)
            feedback(0.0)
        return out

    first = run(Random(), name=name)
    assert run(Random(poll_result(name).metadata["seed"])) == first
    assert run(Random(3)) == run(Random(3))


def test_unknown_arguments_of_the_backend_are_told(caplog):
    with caplog.at_level(logging.WARNING, logger="polygraft"):
        next(sample(SPACE, Sweeping(), foo=1))
    assert (
        "Ignoring keyword arguments that are not supported by 'in-memory' backend: {'foo': 1}."
        in caplog.text
    )


def test_early_stopping_policies_are_set_up_and_asked():
    from polygraft.tuning import EarlyStoppingPolicy

    class AtOnce(EarlyStoppingPolicy):
        def should_stop_early(self, trial):
            return trial.measurements[-1].step >= 2

    policy, answers = AtOnce(), []
    for _, feedback in sample(SPACE, Sweeping(), 1, early_stopping_policy=policy):
        answers.append(feedback.should_stop_early())
        for step in (1, 2):
            feedback.add_measurement(0.0, step=step)
            answers.append(feedback.should_stop_early())
        feedback.skip()
    assert answers == [False, False, True]
    for _, feedback in sample(Dict(SPACE), Sweeping(), 1, early_stopping_policy=policy):
        assert not feedback.should_stop_early()
        feedback.skip()
    with pytest.raises(ValueError, match=r"has been set up with a different DNASpec"):
        next(sample(oneof([1, 2]), Sweeping(), early_stopping_policy=policy))


def test_the_seed_of_what_is_deduped_is_recorded(name):
    def run(algorithm, **kwargs):
        return [e for e, f in sample(SPACE, algorithm, 4, **kwargs) if f(0.0) is None]

    first = run(Deduping(Random()), name=name)
    seed = poll_result(name).metadata["seed"]
    assert run(Deduping(Random(seed))) == first
    drop_study(name)
    run(Deduping(Random(seed)), name=name)
    assert dict(poll_result(name).metadata) == {}
