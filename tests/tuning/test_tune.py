"""`pg.tune`: what it evaluates, what it survives, what it says."""

import io
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

import polygraft as pg
from polygraft.tuning import SkipTrial, WorkerError, drop_study

E = pg.evolution


class Program(pg.Object):
    x: int
    y: float = 1.0


SPACE = Program(pg.oneof(range(10)), pg.floatv(0.0, 1.0))
DIGITS = Program(pg.oneof(range(6)))


@pytest.fixture
def name(request):
    yield request.node.name
    drop_study(request.node.name)


def product(program):
    return program.x * program.y


def rows(tuned):
    return [(row["status"], row["x"], row["reward"]) for row in tuned.history]


# -- what is evaluated --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("make", "workers"),
    [(lambda: None, 1), (lambda: pg.geno.Random(), 0), (lambda: E.hill_climb(), 0)],
)
def test_one_worker_repeats_itself(make, workers):
    first = pg.tune(product, SPACE, make(), 25, seed=3, workers=workers)
    again = pg.tune(product, SPACE, make(), 25, seed=3)
    other = pg.tune(product, SPACE, make(), 25, seed=4)
    assert rows(first) == rows(again) != rows(other)
    assert len(first.trials) == 25 and first.best_reward == max(r for _, _, r in rows(first))
    assert product(first.best) == first.best_reward


def test_it_is_the_loop_that_sample_gives():
    def algorithm():
        return E.regularized_evolution(population_size=5, tournament_size=2, seed=1)

    expected = []
    for program, feedback in pg.sample(SPACE, algorithm(), 30):
        expected.append(("completed", program.x, product(program)))
        feedback(product(program))
    assert rows(pg.tune(product, SPACE, algorithm(), 30)) == expected


def test_all_trials_come_from_several_workers():
    tuned = pg.tune(product, DIGITS, pg.geno.Sweeping(), None, workers=2)
    assert rows(tuned) == [("completed", x, float(x)) for x in range(6)]
    assert [t.id for t in tuned.trials] == [1, 2, 3, 4, 5, 6]
    assert tuned.algorithm.num_proposals == 6


def test_a_spec_and_a_filter_as_for_sample():
    seen = []
    pg.tune(lambda dna: seen.append(dna) or 0.0, pg.dna_spec(DIGITS), pg.geno.Sweeping(), 2)
    assert seen == [pg.DNA(0), pg.DNA(1)]
    two = pg.Dict(a=pg.oneof([1, 2], name="a"), b=pg.oneof([3, 4], name="b"))
    tuned = pg.tune(lambda p: p.a, two, pg.geno.Sweeping(), where=lambda p: p.name == "a")
    assert [row["a"] for row in tuned.history] == [1, 2] and "b" not in tuned.history[0]
    with pytest.raises(ValueError, match=r"'space' is a constant value"):
        pg.tune(product, Program(1, 1.0))


def by_running():
    return pg.oneof([1, 2, 3], name="a") + pg.intv(0, 4, name="b")


def evaluate_by_running(example):
    with example():
        return by_running()


@pytest.mark.parametrize("workers", [0, 1])
def test_spaces_defined_by_running_and_constrained_ones(workers):
    context = pg.hyper.DynamicEvaluationContext()
    with context.collect():
        by_running()
    tuned = pg.tune(evaluate_by_running, context, pg.geno.Sweeping(), None, workers=workers)
    assert [r["reward"] for r in tuned.history] == [a + b for a in (1, 2, 3) for b in range(5)]
    odd = pg.constrained(DIGITS, lambda program: program.x % 2)
    tuned = pg.tune(product, odd, pg.geno.Sweeping(), None, workers=workers)
    assert [r["x"] for r in tuned.history] == [1, 3, 5]


@pytest.mark.parametrize(
    ("metrics", "value", "reward", "extra"),
    [
        (None, 2, 2.0, {}),
        (None, True, 1.0, {}),
        (None, (0.5, {"acc": 1}), 0.5, {"acc": 1.0}),
        (None, {"reward": 0.5, "acc": 1}, 0.5, {"acc": 1.0}),
        (["acc"], {"acc": 3}, 3.0, {"acc": 3.0}),
        (["acc", "speed"], (1, 2), None, {"acc": 1.0, "speed": 2.0}),
        (["acc", "speed"], {"acc": 1, "speed": 2, "z": 3}, None, {"acc": 1, "speed": 2, "z": 3}),
    ],
)
def test_what_an_evaluation_may_return(metrics, value, reward, extra):
    row = pg.tune(_Returns(value), DIGITS, trials=1, metrics=metrics).history[0]
    assert row["reward"] == reward and {k: row[k] for k in extra} == extra
    if extra:  # The same from another process.
        row = pg.tune(_Returns(value), DIGITS, trials=1, metrics=metrics, workers=1).history[0]
        assert row["reward"] == reward and {k: row[k] for k in extra} == extra


class _Returns:
    def __init__(self, value):
        self.value = value

    def __call__(self, program):
        return self.value


@pytest.mark.parametrize(
    ("metrics", "value", "error", "message"),
    [
        (None, None, ValueError, "returned None and has added no measurement"),
        (None, "x", TypeError, "Encountered: 'x'"),
        (None, "1.5", TypeError, "Encountered: '1.5'"),
        (None, float("nan"), ValueError, "not a number"),
        (None, [1.0, 2.0], ValueError, "does not match with the number of metrics"),
        (None, {"acc": 1.0}, ValueError, "'reward' must be provided"),
        (None, (1.0, {"acc": "a"}), TypeError, r"\(path=acc\)"),
        (["acc"], 1.0, ValueError, "Metric 'acc' must be provided"),
        (["acc", "speed"], {"acc": 1}, ValueError, "Metric 'speed' must be provided"),
        (["acc", "speed"], (1, float("nan")), ValueError, "not a number"),
    ],
)
def test_what_it_may_not_is_a_failed_trial(metrics, value, error, message):
    with pytest.raises(error, match=message):
        pg.tune(_Returns(value), DIGITS, trials=2, metrics=metrics)
    tuned = pg.tune(_Returns(value), DIGITS, trials=2, metrics=metrics, max_failures=None)
    assert [row["status"] for row in tuned.history] == ["failed", "failed"]
    assert tuned.algorithm.num_feedbacks == 0 and len(tuned.failures) == 2


def measuring(program, trial):
    if program.x == 5:
        trial.skip("five")
    if program.x == 4:
        raise SkipTrial
    for step in range(3):
        trial.add_measurement(program.x * (step + 1), {"acc": step}, step=step)
        if trial.should_stop_early():
            trial.set_metadata("stopped", {"at": step})
            return
    with pytest.raises(TypeError, match=r"Encountered: 'x'"):
        trial.add_measurement("x")
    with pytest.raises(ValueError, match=r"'reward' must be provided"):
        trial.add_measurement()
    assert trial.id >= 1 and trial.dna.value == program.x


@pytest.mark.parametrize("workers", [0, 1])
def test_measurements_and_early_stopping(workers):
    policy = pg.early_stopping.early_stop_by_value([(1, 3.0)])()
    tuned = pg.tune(
        measuring, DIGITS, pg.geno.Sweeping(), None, early_stopping_policy=policy, workers=workers
    )
    assert rows(tuned) == [
        ("completed", 0, 0.0),
        ("completed", 1, 2.0),
        ("completed", 2, 6.0),
        ("completed", 3, 9.0),
        ("skipped", 4, None),
        ("skipped", 5, None),
    ]
    assert tuned.trials[1].metadata == {"stopped": {"at": 1}}
    assert tuned.trials[5].metadata == {"skipped": "five"}
    assert tuned.history[3]["acc"] == 2.0 and len(tuned.trials[3].measurements) == 3


# -- what goes wrong ----------------------------------------------------------------------------
def failing(program):
    if program.x % 2:
        raise LookupError(f"{program.x} is odd")
    return program.x


@pytest.mark.parametrize("workers", [0, 2])
def test_failed_trials_are_counted(workers):
    tuned = pg.tune(failing, DIGITS, pg.geno.Sweeping(), None, workers=workers, max_failures=3)
    assert [(f.trial, f.error) for f in sorted(tuned.failures)] == [
        (id, f"LookupError: {id - 1} is odd") for id in (2, 4, 6)
    ]
    assert [row["status"] for row in tuned.history] == ["completed", "failed"] * 3
    assert tuned.history[1]["error"] == "LookupError: 1 is odd"
    assert tuned.best.x == 4
    assert str(tuned).splitlines()[0].endswith("3 completed, 3 failed")
    assert "1 × LookupError: 1 is odd" in str(tuned)


@pytest.mark.parametrize("workers", [0, 1])
def test_one_more_than_tolerated_is_raised(name, workers):
    with pytest.raises(LookupError, match=r"3 is odd") as caught:
        pg.tune(failing, DIGITS, pg.geno.Sweeping(), workers=workers, max_failures=1, name=name)
    notes = "\n".join(caught.value.__notes__)
    assert "`pg.tune` ended at trial 4, DNA(3): 2 failed, max_failures=1" in notes
    assert "Trial 2: LookupError: 1 is odd" in notes
    assert ("In the worker process:\nTraceback" in notes) is bool(workers)
    assert pg.poll_result(name).best_trial.id == 3


class Odd(Exception):
    """Cannot be pickled: it is made of two arguments."""

    def __init__(self, a, b):
        super().__init__(f"{a}{b}")


def raising_odd(program):
    raise Odd(1, 2)


def test_exceptions_that_do_not_travel():
    with pytest.raises(pg.tuning.EvaluationError, match=r"^Odd: 12\n"):
        pg.tune(raising_odd, DIGITS, trials=1, workers=1)


def test_errors_of_the_algorithm_are_raised(name):
    class Broken(pg.geno.Random):
        def _feedback(self, dna, reward):
            raise RuntimeError("cannot learn")

    with pytest.raises(RuntimeError, match=r"cannot learn"):
        pg.tune(product, DIGITS, Broken(), 3, name=name, max_failures=None)
    assert pg.poll_result(name).trials[0].status == "PENDING"


def test_an_interrupted_search_goes_on(name):
    algorithm, calls = E.hill_climb(seed=1), []

    def evaluate(program):
        calls.append(program.x)
        if len(calls) in (3, 4):
            raise KeyboardInterrupt
        return product(program)

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            pg.tune(evaluate, SPACE, algorithm, 8, name=name)
    tuned = pg.tune(evaluate, SPACE, algorithm, 8, name=name)
    assert rows(tuned) == rows(pg.tune(product, SPACE, E.hill_climb(seed=1), 8))
    assert calls[2] == calls[3] == calls[4] and len(calls) == 10


class _Once:
    """Does something terrible the first time, and tells where it runs."""

    def __init__(self, folder, what):
        self.folder, self.what = Path(folder), what

    def __call__(self, program):
        mark = self.folder / f"{program.x}"
        count = len(mark.read_text()) if mark.exists() else 0
        mark.write_text("." * (count + 1))
        if program.x == 2 and (count == 0 or self.what == "always"):
            if self.what == "exit":
                os._exit(3)
            os.kill(os.getpid(), signal.SIGKILL)
        return program.x


@pytest.mark.parametrize(("what", "workers"), [("kill", 1), ("exit", 2)])
def test_a_killed_worker_is_replaced_and_its_trial_is_evaluated_again(
    tmp_path, workers, what, caplog
):
    tuned = pg.tune(_Once(tmp_path, what), DIGITS, pg.geno.Sweeping(), None, workers=workers)
    assert rows(tuned) == [("completed", x, float(x)) for x in range(6)]
    assert (tmp_path / "2").read_text() == ".." and (tmp_path / "3").read_text() == "."
    assert "Trial 3 is evaluated again." in caplog.text


@pytest.mark.parametrize(("retries", "count"), [(0, 1), (2, 3)])
def test_or_it_is_marked_as_failed(tmp_path, retries, count):
    tuned = pg.tune(
        _Once(tmp_path, "always"), DIGITS, pg.geno.Sweeping(), None, workers=1, retries=retries,
        max_failures=1,
    )  # fmt: skip
    assert [row["status"] for row in tuned.history] == ["completed"] * 2 + ["failed"] + [
        "completed"
    ] * 3
    assert tuned.failures == [(3, "WorkerError: The worker process was killed by signal 9.")]
    assert len((tmp_path / "2").read_text()) == count


class _Slow:
    def __call__(self, program):
        if program.x == 1:
            time.sleep(60)
        return program.x


def test_timeouts():
    begun = time.monotonic()
    tuned = pg.tune(_Slow(), DIGITS, pg.geno.Sweeping(), 4, workers=2, timeout=1.5, max_failures=1)
    assert time.monotonic() - begun < 30
    assert [row["status"] for row in tuned.history] == ["completed", "failed"] + ["completed"] * 2
    assert tuned.history[1]["error"] == (
        "TimeoutError: The evaluation took longer than the timeout of 1.5 seconds."
    )
    with pytest.raises(TimeoutError):
        pg.tune(_Slow(), DIGITS, pg.geno.Sweeping(), 4, workers=1, timeout=1.5)


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"timeout": 1.0}, "pass `workers=1`"),
        ({"timeout": -1.0, "workers": 1}, "`timeout` must be positive"),
        ({"trials": 0}, "`trials` must be at least 1"),
        ({"workers": -1}, "`workers` must be at least 0"),
        ({"retries": -1}, "`retries` must be at least 0"),
        ({"max_failures": -1}, "`max_failures` must be at least 0"),
        ({"metrics": ["a", "b"], "algorithm": pg.geno.Random()}, "only 1 metric"),
        ({"backend": "zz"}, "Backend 'zz' does not exist"),
    ],
)
def test_arguments_that_do_not_go_together(kwargs, message):
    with pytest.raises(ValueError, match=message):
        pg.tune(product, DIGITS, **kwargs)


def test_a_seed_for_an_algorithm_that_has_begun_is_refused():
    algorithm = pg.geno.Random()
    pg.tune(product, DIGITS, algorithm, 2)
    with pytest.raises(ValueError, match=r"has begun a search already"):
        pg.tune(product, DIGITS, algorithm, 2, seed=1)


# -- workers ------------------------------------------------------------------------------------
SCRIPT = """
    import sys, os, signal
    import polygraft as pg

    class Layer(pg.Object):
        units: int
        rate: float = 0.5

        def _on_bound(self):
            super()._on_bound()
            self.twice = None if pg.is_abstract(self) else self.units * 2

        @property
        def size(self):
            return self.twice

    class Deep(Layer):
        inner: Layer | None = None

    class Plain:
        def __init__(self, n):
            self.n = n

    Wrapped = pg.symbolize(Plain)

    @pg.functor
    def scaled(value, by=2):
        return value * by

    OFFSET = 100
    space = pg.Dict(
        layer=Deep(pg.oneof([1, 2, 3]), inner=Layer(4)), plain=Wrapped(pg.oneof([5])), f=scaled(by=3)
    )

    def evaluate(program):
        print("evaluating")
        layer = program.layer
        assert isinstance(layer, Deep) and type(layer.inner) is Layer and layer.rebind(rate=0.25)
        return layer.size + layer.inner.size + program.plain.n + program.f(1) + OFFSET
"""


def script(tmp_path, text, *flags):
    path = tmp_path / "script.py"
    path.write_text(textwrap.dedent(SCRIPT) + textwrap.dedent(text))
    return subprocess.Popen(
        [sys.executable, *flags, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def test_a_script_without_a_guard_that_defines_everything_itself(tmp_path):
    process = script(
        tmp_path,
        """
        tuned = pg.tune(evaluate, space, pg.geno.Sweeping(), None, workers=2)
        print([row["reward"] for row in tuned.history])
        print(pg.tune(lambda p: evaluate(p) + 1, space, pg.geno.Sweeping(), 1, workers=1).best_reward)
        """,
    )
    out, err = process.communicate(timeout=120)
    assert out.splitlines() == ["[118.0, 120.0, 122.0]", "119.0"], err
    assert err.count("evaluating") == 4


def test_without_cloudpickle_it_is_said_what_works(tmp_path):
    process = script(
        tmp_path,
        """
        import importlib.util
        find = importlib.util.find_spec
        importlib.util.find_spec = lambda name: None if name == "cloudpickle" else find(name)
        pg.tune(evaluate, space, workers=1)
        """,
    )
    _, err = process.communicate(timeout=120)
    assert "pip install cloudpickle" in err and "`workers=0`" in err


def test_what_cannot_be_pickled_is_said():
    lock = threading.Lock()
    with pytest.raises(TypeError, match=r"cannot be pickled for worker processes"):
        pg.tune(lambda program: lock.locked(), DIGITS, workers=1)


class _NotThere:
    def __reduce__(self):
        return (_only_here, (os.getpid(),))


def _only_here(pid):
    if os.getpid() != pid:
        raise ImportError("not here")
    return product


def test_large_payloads():
    data = bytes(3_000_000)
    tuned = pg.tune(lambda program: float(len(data)), DIGITS, trials=2, workers=2)
    assert [row["reward"] for row in tuned.history] == [3e6, 3e6]


def test_workers_that_cannot_begin():
    with pytest.raises(WorkerError, match=r"could not begin:(?s:.*)ImportError: not here"):
        pg.tune(_NotThere(), DIGITS, workers=1)


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def alive(pid):
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("sig", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_the_driver(tmp_path, sig):
    process = script(
        tmp_path,
        """
        pids = sys.argv[0] + ".pid"

        def hang(program):
            import time
            with open(pids, "a") as f:
                f.write(f"{os.getpid()} ")
            time.sleep(100)

        pg.tune(hang, space, workers=2)
        """,
    )
    pids = tmp_path / "script.py.pid"
    wait_for(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    workers = [int(pid) for pid in pids.read_text().split()]
    assert all(alive(pid) for pid in workers)
    process.send_signal(sig)
    _, err = process.communicate(timeout=30)
    wait_for(lambda: not any(alive(pid) for pid in workers))
    assert ("KeyboardInterrupt" in err) is (sig == signal.SIGINT)


# -- what comes out -----------------------------------------------------------------------------
def test_history_and_text():
    space = pg.Dict(a=pg.oneof([pg.oneof([1, 2]), 3], name="a"), reward=pg.oneof(["r"]), n=1)
    tuned = pg.tune(lambda p: p.a, space, pg.geno.Sweeping(), None)
    assert [list(row)[5:] for row in tuned.history] == [list(tuned.history[0])[5:]] * 3
    last = tuned.history[-1]
    assert last["reward"] == 3.0 and last["decision.reward"] == "'r'" and last["seconds"] >= 0
    assert str(tuned).splitlines()[1] == "best: trial 3 with 3, DNA([1, 0])"
    assert repr(tuned).startswith("Tuned(3 trials in ")
    with pytest.raises(ValueError, match=r"Result 'tune-"):
        pg.poll_result("tune-")
    try:
        import pandas
    except ImportError:
        with pytest.raises(ImportError) as caught:
            tuned.to_dataframe()
        assert "`history` gives the same rows" in caught.value.__notes__[0]
    else:
        assert isinstance(tuned.to_dataframe(), pandas.DataFrame)


def test_several_metrics_have_a_front_and_no_best():
    space = pg.Dict(x=pg.oneof(range(5)), y=pg.oneof(range(3)))
    tuned = pg.tune(
        lambda p: (p.x, -abs(p.x - 2) - p.y), space, metrics=["size", "fit"], trials=200, seed=1
    )
    front = [tuned.program(t) for t in tuned.pareto]
    assert sorted({(p.x, p.y) for p in front}) == [(2, 0), (3, 0), (4, 0)]
    assert tuned.best_trial is None and "not beaten in size, fit" in str(tuned)
    with pytest.raises(ValueError, match=r"see `pareto`"):
        tuned.best
    one = pg.tune(lambda p: p.x, space, pg.geno.Sweeping(), None)
    assert {p.x for p in map(one.program, one.pareto)} == {4}


def test_nothing_completed_has_no_best():
    tuned = pg.tune(_Returns(None), DIGITS, trials=2, max_failures=None)
    assert tuned.best_reward is None
    with pytest.raises(ValueError, match=r"No trial was completed"):
        tuned.best


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress(monkeypatch, capsys):
    pg.tune(failing, DIGITS, pg.geno.Sweeping(), None, max_failures=None)
    assert capsys.readouterr() == ("", "")
    pg.tune(failing, DIGITS, pg.geno.Sweeping(), 6, max_failures=None, progress=True)
    assert capsys.readouterr() == ("", "6/6 trials: best 4, 3 failed\n")
    pytest.importorskip("rich")
    for progress, shown in [(None, True), (False, False)]:
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        pg.tune(failing, DIGITS, pg.geno.Sweeping(), 6, max_failures=None, progress=progress)
        assert ("6/6" in terminal.getvalue() and "best 4" in terminal.getvalue()) is shown


def test_rich_is_loaded_only_where_it_is_shown():
    code = (
        "import sys, polygraft as pg; pg.tune(lambda p: p.x, pg.Dict(x=pg.oneof([1, 2]))); "
        "assert not {'rich', 'numpy', 'cloudpickle', 'pandas'} & set(sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
