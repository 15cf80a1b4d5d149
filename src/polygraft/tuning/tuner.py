"""`tune`: the search loop, done for the user. `sample` is the loop in the user's hands.

The driver owns the algorithm and the study, workers only evaluate (`driver.py`, `pool.py`); `tuned.py` holds what
comes out.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from polygraft.geno import DNAGenerator
from polygraft.hyper.base import Where
from polygraft.hyper.iteration import set_up
from polygraft.tuning.backend import backend_class
from polygraft.tuning.driver import Driver, run_here
from polygraft.tuning.evaluation import RunningTrial
from polygraft.tuning.in_memory import drop_study
from polygraft.tuning.pool import Pool
from polygraft.tuning.progress import Progress, progress_of
from polygraft.tuning.sample import check_metrics
from polygraft.tuning.space import searched
from polygraft.tuning.tuned import Tuned


def tune(
    evaluate: Callable[[Any], Any] | Callable[[Any, RunningTrial], Any],
    space: Any,
    algorithm: DNAGenerator | None = None,
    trials: int | None = 100,
    *,
    workers: int = 0,
    timeout: float | None = None,
    retries: int = 1,
    max_failures: int | None = 0,
    metrics: Sequence[str] | None = None,
    early_stopping_policy: Any = None,
    where: Where | None = None,
    seed: int | None = None,
    name: str | None = None,
    backend: str | None = None,
    progress: bool | None = None,
) -> Tuned:
    """Searches a space: evaluates programs that an algorithm proposes, and returns what was found.

    With no worker process or one, the same space, seed and rewards give the same trials. With several, rewards reach
    the algorithm as they come. A worker that dies (killed, out of memory) is replaced. Ctrl-C ends the workers and
    leaves their trials pending; calling again with the same name and algorithm goes on with them.

    Args:
        evaluate: A function of a program; or of a program and its trial (a `pg.tuning.RunningTrial`), to measure in
            between. It returns a reward, of which more is better; numbers for several metrics, in order; a dict of
            metrics by name; a pair of a reward and such a dict; or None, and the last measurement counts.
        space: A program with placeholders; or a spec, the programs then being genotypes.
        algorithm: Proposes genotypes. None: regularized evolution, or NSGA-II for several metrics.
        trials: Most trials, failed ones included; None for all that the algorithm proposes.
        workers: Number of processes that evaluate on this machine; 0 to evaluate in this one. They get `evaluate` and
            `space` pickled; what is defined in the main script, in a notebook or inside a function needs cloudpickle
            for that. The main script is not run again, and what an evaluation prints goes to standard error.
        timeout: Seconds after which a trial fails; needs workers.
        retries: How often a trial is evaluated again whose worker died.
        max_failures: How many trials may fail; None for any number. One more, and the exception of that trial is
            raised. A failed trial teaches the algorithm nothing; its error is noted in the history.
        metrics: Names of the metrics that are optimized; None for the reward alone.
        early_stopping_policy: What `RunningTrial.should_stop_early` asks.
        where: Which placeholders take part: a function of the placeholder, or None for all.
        seed: Seed for all parts of the algorithm that have none of their own.
        name: Name of the study, under which `pg.poll_result` finds it; None for one of its own.
        backend: Name of the backend that holds the study; None for the default one.
        progress: Whether to show how far it is; None: if standard error is a terminal.

    Raises:
        ValueError: The arguments do not go together, or see `pg.sample`.
        TypeError: `evaluate` or `space` cannot be sent to workers.
        Exception: What the evaluation raised, if more trials failed than may.

    Example:
        >>> import polygraft as pg
        >>> def evaluate(program):
        ...     return -abs(program.x - 3) - abs(program.y - 0.5)
        >>> space = pg.Dict(x=pg.oneof(range(10)), y=pg.floatv(0.0, 1.0))
        >>> tuned = pg.tune(evaluate, space, trials=200, seed=1)
        >>> tuned.best.x, tuned.best_reward > -0.1
        (3, True)
    """
    _check_arguments(trials, workers, timeout, retries, max_failures)
    names = ["reward"] if metrics is None else list(metrics)
    algorithm = _algorithm(algorithm, names, trials, seed)
    check_metrics(names, algorithm)
    spec, decode = searched(space, where)
    make = backend_class(backend)
    set_up(algorithm, spec)
    if early_stopping_policy is not None:
        set_up(early_stopping_policy, spec)
    study = f"tune-{uuid.uuid4().hex[:12]}" if name is None else name

    def connect(worker: int) -> Any:
        return make.create(
            study, f"tune-{worker}", spec, algorithm, names, early_stopping_policy, trials
        )

    shown: Progress
    begun = time.perf_counter()
    with progress_of(progress, trials) as shown:
        driver = Driver(connect, decode, max_failures, shown)
        try:
            if workers:
                Pool(driver, workers, timeout, retries, (evaluate, space, where)).run()
            else:
                run_here(driver, evaluate)
            seconds = time.perf_counter() - begun
            return Tuned(
                make.poll_result(study), decode, names, driver.failures, seconds, name, algorithm
            )
        finally:
            if name is None:
                drop_study(study)


def _check_arguments(
    trials: int | None,
    workers: int,
    timeout: float | None,
    retries: int,
    max_failures: int | None,
) -> None:
    counts = {
        "trials": (trials, 1),
        "workers": (workers, 0),
        "retries": (retries, 0),
        "max_failures": (max_failures, 0),
    }
    for argument, (value, least) in counts.items():
        if value is not None and value < least:
            raise ValueError(f"`{argument}` must be at least {least}. Encountered: {value!r}.")
    if timeout is not None and timeout <= 0:
        raise ValueError(f"`timeout` must be positive. Encountered: {timeout!r}.")
    if timeout is not None and not workers:
        raise ValueError(
            "A `timeout` needs worker processes, since Python cannot interrupt a function: pass `workers=1`."
        )


def _algorithm(
    algorithm: DNAGenerator | None, metrics: Sequence[str], trials: int | None, seed: int | None
) -> DNAGenerator:
    if algorithm is None:
        algorithm = _default_algorithm(metrics, trials)
    if seed is not None:
        if algorithm.dna_spec is not None:
            raise ValueError(
                f"{algorithm!r} has begun a search already, which a `seed` cannot change. Pass a new one."
            )
        algorithm.use_seed(seed)
    return algorithm


def _default_algorithm(metrics: Sequence[str], trials: int | None) -> DNAGenerator:
    from polygraft import evolution  # Others need not load it.

    size = 100 if trials is None else min(100, max(10, trials // 10))
    if len(metrics) > 1:
        return evolution.nsga2(population_size=size)
    return evolution.regularized_evolution(population_size=size, tournament_size=max(2, size // 10))
