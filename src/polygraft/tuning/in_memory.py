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
        self._group = threading.get_ident() if group is None else group
        self._study = _study(name, num_examples)
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
        study, driver = self._study, self._driver
        if not study.active:
            raise StopIteration
        state = study.pending_of(self._group)
        if state is None:
            with study.lock:
                state = study.pending_of(self._group)
                if state is None:
                    if not study.active or study.full:
                        raise StopIteration
                    state = study.create(self._group, driver.algorithm.propose())
        return InMemoryFeedback(driver, state)


class _Driver:
    """What the trials of one loop share."""

    __slots__ = ("algorithm", "metrics", "policy", "study")

    def __init__(self, study: Study, algorithm: DNAGenerator, metrics: Sequence[str], policy: Any):
        self.study = study
        self.algorithm = algorithm
        self.metrics = metrics
        self.policy = policy
        # A drawn seed is a part of the study: with it the run can be repeated.
        seed = getattr(algorithm, "effective_seed", None)
        if (
            seed is not None
            and getattr(algorithm, "seed", None) is None
            and "seed" not in study.metadata
        ):
            study.note(None, "seed", seed)


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
        if not isinstance(cast("Any", key), str):
            raise KeyError(
                f"Key {key!r} is not allowed for metadata: keys are texts. (path=metadata)"
            )
        service("to_json_str")(value)
        self._driver.study.note(self._state if per_trial else None, key, value)

    def get_metadata(self, key: str, per_trial: bool = True) -> Any:
        """Returns what was noted on the trial, or on the study; None if nothing was."""
        return self._state.note(key) if per_trial else self._driver.study.metadata.get(key)

    def add_link(self, name: str, url: str) -> None:
        """Notes an address on the trial."""
        self._driver.study.link(self._state, name, url)

    def _add_measurement(
        self,
        reward: float | None,
        metrics: dict[str, Any],
        step: int,
        checkpoint_path: str | None,
        elapse_secs: float,
    ) -> None:
        if self._state.status == PENDING:
            if type(step) is not int:
                _require(int, step, "step")
            for name, value in metrics.items():
                if type(value) is not float:
                    metrics[name] = _number(value, f"metrics.{name}")
            if checkpoint_path is not None:
                _require(str, checkpoint_path, "checkpoint_path")
            measured = Measured(
                self._state.id, step, float(elapse_secs), reward, metrics, checkpoint_path
            )
            if self._driver.study.measure(self._state, measured):
                return
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
        study = driver.study
        if not study.finish(state):
            return
        with study.lock:
            driver.algorithm.feedback(state.dna, reward_of(state.final, driver.metrics, state.id))
        for key, value in (metadata or {}).items():
            study.note(state, key, value)
        for name, url in (related_links or {}).items():
            study.link(state, name, url)

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
