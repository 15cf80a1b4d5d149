"""Whatever goes wrong in a loop, its trial can be resumed or is marked, and the next one works."""

import contextlib
import threading
import warnings

import pytest

import polygraft as pg
from polygraft.tuning import ForgottenFeedbackError, RaceConditionError, drop_study
from polygraft.tuning.in_memory import InMemoryBackend
from polygraft.tuning.store import MemoryStore

SPACE = pg.Dict(x=pg.oneof(range(10)), y=pg.floatv(0.0, 1.0))
E = pg.evolution


@pytest.fixture
def name(request):
    yield request.node.name
    drop_study(request.node.name)


def state(name):
    return [(t.status, t.infeasible, len(t.measurements)) for t in pg.poll_result(name).trials]


PENDING, DONE, SKIPPED = ("PENDING", False, 0), ("COMPLETED", False, 1), ("COMPLETED", True, 0)


# -- a feedback that is forgotten ---------------------------------------------------------------
def test_a_forgotten_feedback_is_said_and_ends_the_loop(name):
    count = 0
    with (
        pytest.warns(RuntimeWarning, match=r"trial 1 again, because its body has reported nothing: call `feedback"),
        pytest.raises(ForgottenFeedbackError, match=r"trial 1 again.*`group` each"),
    ):  # fmt: skip
        for _ in pg.sample(SPACE, pg.geno.Random(1), 3, name=name):
            count += 1
    assert count == 100
    assert state(name) == [PENDING]
    for _, feedback in pg.sample(SPACE, pg.geno.Random(1), 3, name=name):
        feedback(0.0)
    assert state(name) == [DONE] * 3


def test_the_warning_names_the_loop(name):
    with pytest.warns(RuntimeWarning) as caught:
        for i, (_, feedback) in enumerate(pg.sample(SPACE, pg.geno.Random(1), 3, name=name)):
            if i % 2:
                feedback(0.0)
    assert [w.filename for w in caught] == [__file__] * 3


def test_who_reports_something_may_come_again(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for i, (_, feedback) in enumerate(pg.sample(SPACE, pg.geno.Random(1), 1, name=name)):
            feedback.add_measurement(float(i), step=i)
            if i == 300:
                feedback.done()
    assert state(name) == [("COMPLETED", False, 301)]


def test_where_a_group_is_given_others_may_report(name):
    loop = pg.sample(SPACE, pg.geno.Random(1), name=name, group=0)
    with pytest.warns(RuntimeWarning):
        assert {next(loop)[1].id for _ in range(300)} == {1}


# -- ways to leave the body ---------------------------------------------------------------------
def leave_by_break(loop):
    for _ in loop:
        break


def leave_by_error(loop):
    for _ in loop:
        raise ZeroDivisionError


def leave_by_interrupt(loop):
    for _ in loop:
        raise KeyboardInterrupt


def leave_by_closing(loop):
    next(loop)
    loop.close()


def leave_by_throwing(loop):
    next(loop)
    loop.throw(ZeroDivisionError)


@pytest.mark.parametrize(
    "leave",
    [leave_by_break, leave_by_error, leave_by_interrupt, leave_by_closing, leave_by_throwing],
)
def test_a_trial_that_was_left_is_resumed(name, leave):
    algorithm = E.regularized_evolution(population_size=3, tournament_size=2, seed=1)
    expected = E.regularized_evolution(population_size=3, tournament_size=2, seed=1)
    plain = []
    for example, feedback in pg.sample(SPACE, expected, 8):
        plain.append(example)
        feedback(example.x)
    seen = []
    for _ in range(4):
        with contextlib.suppress(ZeroDivisionError, KeyboardInterrupt):
            leave(pg.sample(SPACE, algorithm, 8, name=name))
        for example, feedback in pg.sample(SPACE, algorithm, 8, name=name):
            seen.append(example)
            feedback(example.x)
            if len(seen) % 2 == 0:
                break
    assert seen == plain
    assert state(name) == [DONE] * 8


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_or_is_marked_as_chosen(name, error):
    for _, feedback in pg.sample(SPACE, pg.geno.Random(1), 2, name=name):
        with feedback.skip_on_exceptions((ValueError, KeyboardInterrupt)):
            raise error("x")
    assert state(name) == [SKIPPED] * 2


def test_what_a_dead_thread_left_is_taken_over(name):
    algorithm = pg.geno.Random(1)
    left = []

    def work():
        for _, feedback in pg.sample(SPACE, algorithm, 3, name=name):
            left.append((feedback.id, feedback.dna))
            feedback.add_measurement(0.0)
            break

    alive, go_on = threading.Event(), threading.Event()

    def hold():
        next(pg.sample(SPACE, algorithm, 3, name=name))
        alive.set()
        go_on.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    alive.wait(30)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    seen = []
    for _, feedback in pg.sample(SPACE, algorithm, 3, name=name):
        seen.append((feedback.id, feedback.dna))
        feedback(1.0)
    go_on.set()
    holder.join()
    assert [id for id, _ in left] == [2] and [id for id, _ in seen] == [2, 3]
    assert seen[0] == left[0]
    for _, feedback in pg.sample(SPACE, algorithm, 3, name=name):
        assert feedback.id == 1
        feedback(1.0)
    assert [s for s, _, _ in state(name)] == ["COMPLETED"] * 3


# -- algorithms that fail -----------------------------------------------------------------------
class Moody(pg.DNAGenerator):
    """Refuses rewards above 1, and proposes what it is told to."""

    def _setup(self):
        self.learned, self.proposals = [], []

    def _propose(self):
        return self.proposals.pop() if self.proposals else self.dna_spec.first_dna()

    def _feedback(self, dna, reward):
        if reward > 1:
            raise OverflowError("too much")
        self.learned.append(reward)


def test_a_reward_that_the_algorithm_refuses_is_not_recorded(name):
    algorithm = Moody()
    loop = pg.sample(SPACE, algorithm, 3, name=name)
    _, feedback = next(loop)
    with pytest.raises(OverflowError, match=r"too much") as caught:
        feedback(2.0, metadata={"k": 1})
    assert "Trial 1 is still pending" in caught.value.__notes__[0]
    assert state(name) == [PENDING] and pg.poll_result(name).best_trial is None
    assert pg.poll_result(name).trials[0].metadata == {}
    feedback(0.5)
    assert algorithm.learned == [0.5] and algorithm.num_feedbacks == 1
    _, feedback = next(loop)
    feedback.add_measurement(2.0)
    with pytest.raises(OverflowError):
        feedback.done()
    feedback.skip()
    _, feedback = next(loop)
    feedback.add_measurement(2.0)
    with pytest.raises(OverflowError):
        feedback.done()
    feedback(0.25)
    assert algorithm.learned == [0.5, 0.25]
    assert state(name) == [DONE, ("COMPLETED", True, 1), ("COMPLETED", False, 2)]


@pytest.mark.parametrize("reward", [(1.0, 2.0), float("nan"), "x"])
def test_a_proposed_reward_that_is_refused_is_skipped(name, reward):
    class Knowing(E.Evolution):
        def propose(self):
            dna = super().propose()
            if self.num_proposals == 2:
                dna.set_metadata("reward", reward)
            return dna

    algorithm = Knowing(E.selectors.Top(1) >> E.mutators.Uniform(), (pg.geno.Random(), 2), seed=1)
    seen = []
    for _ in range(2):
        with contextlib.suppress(ValueError):
            for _, feedback in pg.sample(SPACE, algorithm, 4, name=name):
                seen.append(feedback.id)
                feedback(0.0)
    assert seen == [1, 3, 4]
    assert state(name) == [DONE, SKIPPED, DONE, DONE]
    assert "Error" in pg.poll_result(name).trials[1].metadata.error


class FullStore(MemoryStore):
    full = False

    def append(self, event):
        if self.full:
            raise OSError("disk full")
        super().append(event)


def test_a_store_that_fails_does_not_make_the_algorithm_learn_twice(name):
    algorithm = E.hill_climb(seed=1)
    algorithm.setup(pg.dna_spec(SPACE))
    backend = InMemoryBackend(name, None, pg.dna_spec(SPACE), algorithm, ["reward"])
    backend._study._store = store = FullStore()
    feedback = backend.next()
    store.full = True
    with pytest.raises(OSError):
        feedback(1.0)
    with pytest.raises(OSError):
        feedback(1.0)
    store.full = False
    with pytest.raises(
        ValueError, match=r"The reward of trial 1 is 1.0, which the algorithm has been told"
    ):
        feedback(2.0)  # fmt: skip
    feedback(1.0)
    assert algorithm.num_feedbacks == 1 and feedback.status == "COMPLETED"
    assert backend.next().id == 2


@pytest.mark.parametrize(
    ("proposal", "error", "message"),
    [
        (None, TypeError, r"A proposal must be a `pg.DNA`. Encountered: None."),
        (pg.DNA([10, 0.5]), ValueError, r"10"),
        (pg.DNA([1, 1.5]), ValueError, r"1.5"),
        (pg.DNA([1]), ValueError, r"DNA"),
    ],
)
def test_a_proposal_outside_the_space_makes_no_trial(name, proposal, error, message):
    algorithm = Moody()
    algorithm.setup(pg.dna_spec(SPACE))
    algorithm.proposals.append(proposal)
    with pytest.raises(error, match=message) as caught:
        next(pg.sample(SPACE, algorithm, name=name))
    assert "No trial was made of it." in caught.value.__notes__[-1]
    assert state(name) == []
    example, feedback = next(pg.sample(SPACE, algorithm, name=name))
    assert (feedback.id, example) == (1, pg.Dict(x=0, y=0.0))


def test_an_example_that_cannot_be_made_is_skipped(name):
    class Even(pg.Object):
        value: int

        def _on_bound(self):
            super()._on_bound()
            if isinstance(self.value, int) and self.value % 2:
                raise ValueError(f"{self.value} is odd")

    seen, errors, algorithm = [], [], pg.geno.Sweeping()
    for _ in range(3):
        try:
            for example, feedback in pg.sample(Even(pg.oneof(range(4))), algorithm, name=name):
                seen.append(example.value)
                feedback(1.0)
        except ValueError as e:
            errors.append(e)
    assert seen == [0, 2] and [str(e) for e in errors] == ["1 is odd", "3 is odd"]
    assert "Trial 2, DNA(1), is skipped" in errors[0].__notes__[-1]
    assert state(name) == [DONE, SKIPPED, DONE, SKIPPED]
    assert pg.poll_result(name).trials[1].metadata == {"error": "ValueError: 1 is odd"}


# -- bad input ----------------------------------------------------------------------------------
BAD = [
    (None, {}, ValueError, r"'reward' must be provided as it is a goal to optimize."),
    ("x", {}, ValueError, r"could not convert string to float: 'x'"),
    (float("nan"), {}, ValueError, r"A reward must be a number, but it is NaN"),
    ([1.0, 2.0], {}, ValueError, r"does not match with the number of metrics to optimize"),
    ([], {}, ValueError, r"does not match with the number of metrics to optimize"),
    ({"reward": 1.0}, {}, TypeError, r"float\(\) argument"),
    (1.0, {"metrics": {"a": "b"}}, TypeError, r"path=metrics.a"),
    (1.0, {"metrics": {3: 1.0}}, KeyError, r"Key 3 is not allowed"),
    (1.0, {"step": 0.5}, TypeError, r"path=step"),
    (1.0, {"checkpoint_path": 3}, TypeError, r"path=checkpoint_path"),
    (1.0, {"metadata": {3: 4}}, KeyError, r"Key 3 is not allowed"),
    (1.0, {"related_links": {3: "x"}}, KeyError, r"Key 3 is not allowed"),
]  # fmt: skip


@pytest.mark.parametrize(("reward", "kwargs", "error", "message"), BAD)
def test_bad_rewards_leave_the_study_as_it_was(name, reward, kwargs, error, message):
    def algorithm():
        return E.regularized_evolution(population_size=3, tournament_size=2, seed=2)

    expected = [e for e, f in pg.sample(SPACE, algorithm(), 8) if f(e.x) is None]
    seen, own = [], algorithm()
    for example, feedback in pg.sample(SPACE, own, 8, name=name):
        trial = feedback.get_trial() if feedback.id % 2 else None  # Looked at, or not.
        with pytest.raises(error, match=message):
            feedback(reward, **kwargs)
        assert feedback.status == "PENDING"
        assert trial is None or (trial.measurements == [] and trial.metadata == {})
        feedback(example.x)
        with pytest.raises(RaceConditionError):
            feedback(9.0)
        feedback.done()
        feedback.skip()
        seen.append(example)
    assert seen == expected
    assert state(name) == [DONE] * 8
    assert own.num_feedbacks == 8
    assert [t.final_measurement.reward for t in pg.poll_result(name).trials] == [
        float(e.x) for e in seen
    ]


def test_several_metrics_must_all_come(name):
    algorithm = E.nsga2(population_size=2, seed=1)
    loop = pg.sample(SPACE, algorithm, 3, name=name, metrics_to_optimize=["reward", "speed"])
    for example, feedback in loop:
        for bad in [
            (1.0, None),
            (None, {"speed": 1.0}),
            ((1.0, 2.0, 3.0), None),
            ((1.0, float("nan")), None),
        ]:
            with pytest.raises(ValueError):
                feedback(bad[0], metrics=bad[1])
        feedback((example.x, example.y))
    assert state(name) == [DONE] * 3


def test_an_algorithm_of_another_space_is_refused_and_goes_on_in_its_own(name):
    algorithm = pg.geno.Random(1)
    other = pg.Dict(x=pg.oneof(range(3)))
    for _, feedback in pg.sample(SPACE, algorithm, 1, name=name):
        feedback(1.0)
    with pytest.raises(ValueError, match=r"has been set up with a different DNASpec"):
        next(pg.sample(other, algorithm, name=name + "-2"))
    with pytest.raises(ValueError, match=r"Result '.*-2' does not exist"):
        pg.poll_result(name + "-2")
    assert next(pg.sample(SPACE, algorithm))[1].id == 1


def test_an_evolution_whose_update_fails_can_be_told_again():
    calls = []

    def update(population):
        calls.append(len(population))
        if len(calls) == 3:
            raise RuntimeError("update")
        return population[-2:]

    algorithm = E.Evolution(
        E.selectors.Top(1) >> E.mutators.Uniform(), (pg.geno.Random(), 3), update, seed=1
    )
    for example, feedback in pg.sample(SPACE, algorithm, 5):
        if feedback.id == 3:
            with pytest.raises(RuntimeError):
                feedback(example.x)
            assert algorithm.num_feedbacks == 2 and len(algorithm.population) == 2
            assert "reward" not in feedback.dna.metadata and algorithm.num_generations == 0
        feedback(example.x)
    assert calls == [1, 2, 3, 3, 3, 3] and algorithm.num_feedbacks == 5


@pytest.mark.parametrize(
    "make",
    [
        lambda: pg.geno.Random(1),
        lambda: E.regularized_evolution(population_size=10, tournament_size=3, seed=1),
        lambda: pg.geno.Deduping(E.hill_climb(batch_size=3, init_population_size=9, seed=1)),
    ],
)
def test_many_threads_lose_nothing(name, make):
    algorithm, errors, seen = make(), [], []

    def work(i):
        try:
            loop = pg.sample(SPACE, algorithm, 300, name=name)
            for example, feedback in loop:
                seen.append(feedback.id)
                if feedback.id % 7 == 0:
                    feedback.skip()
                elif feedback.id % 11 == 0:
                    loop.close()
                    loop = pg.sample(SPACE, algorithm, 300, name=name)
                    assert next(loop)[1].id == feedback.id
                    feedback(example.x)
                    return work(i)
                else:
                    feedback.add_measurement(example.y, step=1)
                    feedback(example.x)
        except Exception as e:
            errors.append(e)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not errors
    trials = pg.poll_result(name).trials
    assert [t.id for t in trials] == list(range(1, 301)) == sorted(seen)
    assert {t.status for t in trials} == {"COMPLETED"}
    assert algorithm.num_proposals == 300
    assert algorithm.num_feedbacks == sum(not t.infeasible for t in trials) == 258
