"""The driver of `pg.tune`: takes trials from the study, and reports what came of them.

Every trial ends in one of three ways: completed, skipped as the evaluation wished, or failed, which is counted; or it
stays pending, if the driver itself is stopped. An exception of the algorithm or the store is not a failure of the
evaluation, and is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from polygraft.geno import DNA
from polygraft.tuning.backend import Backend
from polygraft.tuning.evaluation import Outcome, RunningTrial, SkipTrial, caller, outcome_of
from polygraft.tuning.feedback import Feedback
from polygraft.tuning.progress import Progress
from polygraft.tuning.sample import next_trial


class Failure(NamedTuple):
    """A trial that failed, and why."""

    trial: int
    error: str


class Driver:
    """What is common to all ways to evaluate.

    Args:
        connect: Connects a worker, by number, to the study.
        decode: Makes a program of a genotype.
        max_failures: How many trials may fail; None for any number.
        progress: Is told of each trial that ends.
    """

    def __init__(
        self,
        connect: Callable[[int], Backend],
        decode: Callable[[DNA], Any],
        max_failures: int | None,
        progress: Progress,
    ):
        self.connect = connect
        self.decode = decode
        self.failures: list[Failure] = []
        self._max_failures = max_failures
        self._progress = progress

    def next(self, backend: Backend) -> Feedback | None:
        """The next trial of a worker; None if there are no more."""
        try:
            return next_trial(backend)
        except StopIteration:
            return None

    def report(self, feedback: Feedback, outcome: Outcome) -> None:
        """Completes a trial."""
        reward, metrics, measured = outcome
        try:
            if measured:
                feedback.check(reward, metrics)
            elif not feedback.get_trial().measurements:
                raise ValueError(
                    "The evaluation returned None and has added no measurement: return a reward."
                )
        except (TypeError, ValueError, KeyError) as e:
            self.fail(feedback, e)
            return
        if measured:
            feedback(reward, metrics)
        else:
            feedback.done()
        self._progress.completed(feedback)

    def skip(self, feedback: Feedback, reason: str) -> None:
        """Ends a trial as the evaluation wished."""
        if reason:
            feedback.set_metadata("skipped", reason)
        feedback.skip(reason)
        self._progress.skipped()

    def fail(self, feedback: Feedback, error: Exception, text: str | None = None) -> None:
        """Notes that a trial failed.

        Raises:
            Exception: The error itself, if more trials failed than may.
        """
        text = f"{type(error).__name__}: {error}" if text is None else text
        self.failures.append(Failure(feedback.id, text))
        feedback.set_metadata("error", text)
        feedback.skip(text)
        self._progress.failed()
        if self._max_failures is not None and len(self.failures) > self._max_failures:
            error.add_note(self._summary(feedback))
            raise error

    def _summary(self, feedback: Feedback) -> str:
        count = len(self.failures)
        lines = [
            f"`pg.tune` ended at trial {feedback.id}, {feedback.dna!r}: {count} failed, "
            f"max_failures={self._max_failures}. (With a `name`, `pg.poll_result(name)` has what was found so far.)"
        ]
        lines += [f"Trial {f.trial}: {f.error}" for f in self.failures[-6:-1]]
        return "\n".join(lines)


class LocalTrial(RunningTrial):
    """A trial that is evaluated in the driver's process."""

    def __init__(self, feedback: Feedback):
        self._feedback = feedback
        self.id = feedback.id
        self.dna = feedback.dna

    def add_measurement(
        self,
        reward: Any = None,
        metrics: Mapping[str, Any] | None = None,
        step: int = 0,
        checkpoint_path: str | None = None,
    ) -> None:
        reward, values, _ = outcome_of((reward, metrics or {}))
        self._feedback.add_measurement(reward, values, step, checkpoint_path)

    def should_stop_early(self) -> bool:
        return self._feedback.should_stop_early()

    def set_metadata(self, key: str, value: Any) -> None:
        self._feedback.set_metadata(key, value)


def run_here(driver: Driver, evaluate: Callable[..., Any]) -> None:
    """Evaluates in this process, one trial after another."""
    backend = driver.connect(0)
    call = caller(evaluate)
    while (feedback := driver.next(backend)) is not None:
        try:
            outcome = outcome_of(call(driver.decode(feedback.dna), LocalTrial(feedback)))
        except SkipTrial as e:
            driver.skip(feedback, str(e))
        except Exception as e:
            driver.fail(feedback, e)
        else:
            driver.report(feedback, outcome)
