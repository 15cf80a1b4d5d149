"""The built-in backend: studies that live in this process."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any, cast

from polygraft.geno import DNA, DNAGenerator, DNASpec
from polygraft.symbolic.services import service
from polygraft.tuning.backend import IN_MEMORY, Backend, add_backend
from polygraft.tuning.events import Measured
from polygraft.tuning.feedback import LOGGER, Feedback, RaceConditionError
from polygraft.tuning.result import StudyResult
from polygraft.tuning.study import Study, TrialState
from polygraft.tuning.trial import PENDING, Trial, reward_of

_results: dict[str, tuple[Study, StudyResult]] = {}
_results_lock = threading.Lock()


def _study(name: str | None, num_examples: int | None) -> Study:
    """The study of a name, made if need be; a new one for None."""
    if name is None:
        return Study(None, num_examples)
    with _results_lock:
        if name not in _results:
            study = Study(name, num_examples)
            _results[name] = (study, StudyResult(study))
        return _results[name][0]


def drop_study(name: str) -> None:
    """Forgets a study of this process; its name is free again. Nothing happens if there is none.

    Example:
        >>> import polygraft as pg
        >>> pg.tuning.drop_study("no such study")
    """
    with _results_lock:
        _results.pop(name, None)


@add_backend(IN_MEMORY)
class InMemoryBackend(Backend):
    """Hands out the trials of a study of this process. It owns the algorithm: proposals are made one at a time."""

    sets_up = False

    def __init__(
        self,
        name: str | None,
        group: int | str | None,
        dna_spec: DNASpec,
        algorithm: DNAGenerator,
        metrics_to_optimize: Sequence[str],
        early_stopping_policy: Any = None,
        num_examples: int | None = None,
        **kwargs: Any,
    ):
        if kwargs:
            LOGGER.warning(
                "Ignoring keyword arguments that are not supported by 'in-memory' backend: %r.",
                kwargs,
            )
        self._own_thread = group is None
        self._group = threading.get_ident() if group is None else group
        self._study = _study(name, num_examples)
        self._spec = dna_spec
        self._driver = _Driver(self._study, algorithm, metrics_to_optimize, early_stopping_policy)

    @classmethod
    def poll_result(cls, name: str, **kwargs: Any) -> StudyResult:
        """Returns the result of a study: the same object each time, always up to date.

        Raises:
            ValueError: There is no such study.
        """
        with _results_lock:
            if name not in _results:
                raise ValueError(f"Result {name!r} does not exist.")
            return _results[name][1]

    def next(self) -> Feedback:
        """Returns the trial that the group is working on, or a new one."""
        study = self._study
        if not study.active:
            raise StopIteration
        state = study.pending_of(self._group)
        if state is None:
            with study.lock:
                state = study.pending_of(self._group) or self._left_behind()
                if state is None:
                    if not study.active or study.full:
                        raise StopIteration
                    state = study.create(self._group, self._proposal())
        return InMemoryFeedback(self._driver, state)

    def _left_behind(self) -> TrialState | None:
        """A trial of a thread that has ended, which this thread then works on; else nobody ever would."""
        if not self._own_thread:
            return None
        threads = self._study.threads
        threads.setdefault(cast("int", self._group))
        if len(threads) == 1:
            return None
        alive = {thread.ident for thread in threading.enumerate()}
        for ident in [ident for ident in threads if ident not in alive]:
            state = self._study.pending_of(ident)
            del threads[ident]
            if state is not None:
                self._study.take(state, self._group)
                return state
        return None

    def _proposal(self) -> DNA:
        """What the algorithm proposes next, bound to the space."""
        algorithm = self._driver.algorithm
        dna: Any = algorithm.propose()
        own: DNASpec | None = algorithm.dna_spec
        if type(dna) is DNA and dna.fits((own or self._spec).plan):
            return dna
        try:
            if not isinstance(dna, DNA):
                raise TypeError(f"A proposal must be a `pg.DNA`. Encountered: {dna!r}.")
            return dna.use_spec(self._spec)
        except (TypeError, ValueError) as e:
            e.add_note(f"It was proposed by {algorithm!r}. No trial was made of it.")
            raise


class _Driver:
    """What the trials of one loop share."""

    __slots__ = ("algorithm", "metrics", "policy", "study", "told")

    def __init__(self, study: Study, algorithm: DNAGenerator, metrics: Sequence[str], policy: Any):
        self.study = study
        self.algorithm = algorithm
        self.metrics = metrics
        self.policy = policy
        self.told: dict[
            int, Any
        ] = {}  # Rewards that the algorithm knows, but the store could not take.
        # A drawn seed is a part of the study: with it the run can be repeated.
        seed = getattr(algorithm, "effective_seed", None)
        if (
            seed is not None
            and getattr(algorithm, "seed", None) is None
            and "seed" not in study.metadata
        ):
            study.note(None, "seed", seed)

    def complete(self, state: TrialState, measured: Measured, new: bool) -> None:
        """Feeds a reward to the algorithm, then writes that the trial is completed. If the algorithm refuses, or fails,
        nothing is written: the trial goes on, and can be reported again or skipped.

        Args:
            state: A pending trial; the lock of the study is held.
            measured: Its last measurement.
            new: Whether the measurement is still to be written.
        """
        reward = reward_of(measured, self.metrics, state.id)
        if state.id not in self.told:
            try:
                self.algorithm.feedback(state.dna, reward)
            except Exception as e:
                e.add_note(
                    f"Trial {state.id} is still pending: report another reward, or `skip` it."
                )
                raise
        elif self.told[state.id] != reward:
            raise ValueError(
                f"The reward of trial {state.id} is {self.told[state.id]!r}, which the algorithm has been told "
                f"already; it could not be written. Report the same again. Encountered: {reward!r}."
            )
        try:
            if new:
                self.study.measure(state, measured)
            self.study.finish(state)
        except BaseException:
            self.told[state.id] = reward
            raise
        self.told.pop(state.id, None)


class InMemoryFeedback(Feedback):
    """The hand of the loop body on a trial of a study of this process."""

    def __init__(self, driver: _Driver, state: TrialState):
        super().__init__(driver.metrics)
        self._driver = driver
        self._state = state

    @property
    def id(self) -> int:
        """Number of the trial in its study, from 1."""
        return self._state.id

    @property
    def dna(self) -> DNA:
        """The genotype of the example."""
        return self._state.dna

    @property
    def status(self) -> str:
        """State of the trial."""
        return self._state.status

    @property
    def checkpoint_to_warm_start_from(self) -> str | None:
        """None: trials begin from nothing."""
        return None

    def get_trial(self) -> Trial:
        """Returns the trial; the object follows what happens later."""
        with self._driver.study.lock:
            return self._state.trial()

    def set_metadata(self, key: str, value: Any, per_trial: bool = True) -> None:
        """Notes something on the trial, or on the study.

        Raises:
            KeyError: The key is no text.
            Exception: The value cannot be written to JSON.
        """
        _check_key(key, "metadata")
        self.touched = True
        service("to_json_str")(value)
        self._driver.study.note(self._state if per_trial else None, key, value)

    def get_metadata(self, key: str, per_trial: bool = True) -> Any:
        """Returns what was noted on the trial, or on the study; None if nothing was."""
        return self._state.note(key) if per_trial else self._driver.study.metadata.get(key)

    def add_link(self, name: str, url: str) -> None:
        """Notes an address on the trial."""
        self.touched = True
        self._driver.study.link(self._state, name, url)

    def __call__(
        self,
        reward: Any = None,
        metrics: Mapping[str, Any] | None = None,
        checkpoint_path: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        related_links: Mapping[str, str] | None = None,
        step: int = 0,
    ) -> None:
        """Adds a measurement and completes the trial: both, or, on an error, none."""
        own, values = self._measured(reward, metrics)
        notes = _notes(metadata, related_links)
        with self._driver.study.lock:
            self._check_pending()
            measured = self._measurement(own, values, step, checkpoint_path, None)
            self._driver.complete(self._state, measured, new=True)
        self._note(*notes)

    def _add_measurement(
        self,
        reward: float | None,
        metrics: dict[str, Any],
        step: int,
        checkpoint_path: str | None,
        elapse_secs: float,
    ) -> None:
        self._check_pending()
        measured = self._measurement(reward, metrics, step, checkpoint_path, elapse_secs)
        if not self._driver.study.measure(self._state, measured):
            self._check_pending()

    def _measurement(
        self,
        reward: float | None,
        metrics: dict[str, Any],
        step: Any,
        checkpoint_path: Any,
        elapse_secs: float | None,
    ) -> Measured:
        """A measurement of checked values."""
        if type(step) is not int:
            _require(int, step, "step")
        for name, value in metrics.items():
            _check_key(name, "metrics")
            if type(value) is not float:
                metrics[name] = _number(value, f"metrics.{name}")
        if checkpoint_path is not None:
            _require(str, checkpoint_path, "checkpoint_path")
        seconds = self._seconds() if elapse_secs is None else float(elapse_secs)
        return Measured(self._state.id, step, seconds, reward, metrics, checkpoint_path)

    def _check_pending(self) -> None:
        if self._state.status != PENDING:
            raise RaceConditionError(
                f"Measurements can only be added to PENDING trials. Encountered: {self.get_trial()}"
            )

    def done(
        self,
        metadata: Mapping[str, Any] | None = None,
        related_links: Mapping[str, str] | None = None,
    ) -> None:
        """Completes the trial and feeds its reward to the algorithm; nothing happens if it is finished already."""
        driver, state = self._driver, self._state
        notes = _notes(metadata, related_links)
        with driver.study.lock:
            if state.status != PENDING:
                return
            driver.study.check_completable(state)
            driver.complete(state, state.measurements[-1], new=False)
        self._note(*notes)

    def _note(self, metadata: Mapping[str, Any], links: Mapping[str, str]) -> None:
        for key, value in metadata.items():
            self._driver.study.note(self._state, key, value)
        for name, url in links.items():
            self._driver.study.link(self._state, name, url)

    def skip(self, reason: str | None = None) -> None:
        """Finishes the trial without a reward."""
        self._driver.study.finish(self._state, infeasible=True)

    def should_stop_early(self) -> bool:
        """Asks the early stopping policy about the trial; False without one, or without measurements."""
        policy = self._driver.policy
        if policy is None or not self._state.measurements:
            return False
        return bool(policy.should_stop_early(self.get_trial()))

    def end_loop(self) -> None:
        """Ends the study: no worker gets another trial."""
        self._driver.study.end()


def _notes(
    metadata: Mapping[str, Any] | None, links: Mapping[str, str] | None
) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """What is to be noted on a trial; looked at before the trial is completed."""
    for key in metadata or ():
        _check_key(key, "metadata")
    for key in links or ():
        _check_key(key, "related_links")
    return metadata or {}, links or {}


def _check_key(key: Any, path: str) -> None:
    if not isinstance(key, str):
        raise KeyError(f"Key {key!r} is not allowed for {path}: keys are texts. (path={path})")


def _require(type_: type, value: Any, path: str) -> None:
    if not isinstance(value, type_):
        raise TypeError(f"Expect {type_!r} but encountered {type(value)!r}: {value}. (path={path})")


def _number(value: Any, path: str) -> float:
    if isinstance(value, (str, bytes)):
        _require(float, value, path)
    try:
        return float(value)
    except TypeError:
        raise TypeError(
            f"Expect {float!r} but encountered {type(value)!r}: {value}. (path={path})"
        ) from None
