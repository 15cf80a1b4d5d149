"""Evaluation in worker processes: who works on what, what came back, who is late, who is dead.

Each worker has a slot, and each slot is a group of the study; its trial stays with it until it ends, so that a trial
whose worker died is evaluated again by the worker that takes its place.
"""

from __future__ import annotations

import base64
import pickle
import time
from queue import Empty, SimpleQueue
from typing import Any

from polygraft.tuning.backend import Backend
from polygraft.tuning.driver import Driver
from polygraft.tuning.evaluation import Outcome
from polygraft.tuning.feedback import LOGGER, Feedback
from polygraft.tuning.worker import Message, Worker, WorkerError, packed


class EvaluationError(RuntimeError):
    """An evaluation failed in a worker process with an exception that could not be brought here."""


class _Slot:
    """A place for one worker.

    Attributes:
        backend: Its connection to the study.
        worker: The process, if there is one.
        feedback: The trial that it is working on.
        deaths: How many workers the trial has cost.
        deadline: When the trial is late, on the clock of `time.monotonic`.
        finished: Whether there are no more trials.
    """

    __slots__ = ("backend", "deadline", "deaths", "feedback", "finished", "worker")

    def __init__(self, backend: Backend):
        self.backend = backend
        self.worker: Worker | None = None
        self.feedback: Feedback | None = None
        self.deaths = 0
        self.deadline: float | None = None
        self.finished = False


class Pool:
    """The workers of one `pg.tune`.

    Args:
        driver: Gives the trials, and is told what came of them.
        workers: Number of processes.
        timeout: Seconds for a trial; None for any time.
        retries: How often a trial is evaluated again whose worker died.
        needs: What the workers need: evaluation, space, filter.
    """

    def __init__(
        self,
        driver: Driver,
        workers: int,
        timeout: float | None,
        retries: int,
        needs: tuple[Any, Any, Any],
    ):
        self._driver = driver
        self._timeout = timeout
        self._retries = retries
        self._payload = packed(*needs)
        self._queue: SimpleQueue[tuple[Worker, Message]] = SimpleQueue()
        self._slots = [_Slot(driver.connect(i)) for i in range(workers)]

    def run(self) -> None:
        """Evaluates all trials."""
        try:
            while self._hand_out():
                self._receive()
        finally:
            for slot in self._slots:
                if slot.worker is not None:
                    slot.worker.kill()

    def _hand_out(self) -> bool:
        """Gives a trial to each slot that has none; False if all trials have ended."""
        for slot in self._slots:
            if slot.feedback is None and not slot.finished:
                slot.feedback = self._driver.next(slot.backend)
                slot.finished = slot.feedback is None
                slot.deaths = 0
                self._begin(slot)
        return any(slot.feedback is not None for slot in self._slots)

    def _begin(self, slot: _Slot) -> None:
        """Has the trial of a slot evaluated, once its worker is ready."""
        slot.deadline = None
        if slot.feedback is None:
            return
        if slot.worker is None:
            slot.worker = Worker(self._payload, self._queue)
        if slot.worker.ready:
            slot.feedback.begin()
            slot.worker.send({"id": slot.feedback.id, "numbers": slot.feedback.dna.to_numbers()})
            if self._timeout is not None:
                slot.deadline = time.monotonic() + self._timeout

    # -- what comes back -------------------------------------------------------------------------
    def _receive(self) -> None:
        """Waits for the next message or the next time-out."""
        deadlines = [slot.deadline for slot in self._slots if slot.deadline is not None]
        wait = max(0.0, min(deadlines) - time.monotonic()) if deadlines else None
        try:
            worker, message = self._queue.get(timeout=wait)
        except Empty:
            self._end_late_trials()
            return
        for slot in self._slots:
            if slot.worker is worker:  # Else it was replaced, and its words are old.
                self._handle(slot, worker, message)

    def _handle(self, slot: _Slot, worker: Worker, message: Message) -> None:
        kind = message["kind"]
        if kind == "ready":
            worker.ready = True
            self._begin(slot)
        elif kind == "broken":
            raise WorkerError(f"A worker process could not begin:\n{message['text']}")
        elif kind == "died":
            self._replace(slot, worker, message["text"])
        elif slot.feedback is not None:
            if kind in ("done", "skipped", "failed"):
                self._finish(slot, slot.feedback, message)
            else:
                worker.send(_answer(slot.feedback, message))

    def _finish(self, slot: _Slot, feedback: Feedback, message: Message) -> None:
        slot.feedback = slot.deadline = None
        if message["kind"] == "done":
            self._driver.report(
                feedback, Outcome(message["reward"], message["metrics"], message["measured"])
            )
        elif message["kind"] == "skipped":
            self._driver.skip(feedback, message["text"])
        else:
            self._driver.fail(feedback, _exception(message), message["text"])

    def _replace(self, slot: _Slot, worker: Worker, text: str) -> None:
        """Goes on after the death of a worker."""
        slot.worker = None
        worker.kill()
        if not worker.ready:
            raise WorkerError(f"A worker process could not begin. {text}")
        feedback = slot.feedback
        if feedback is None:
            return
        slot.deaths += 1
        if slot.deaths <= self._retries:
            LOGGER.warning("%s Trial %d is evaluated again.", text, feedback.id)
            self._begin(slot)
        else:
            slot.feedback = slot.deadline = None
            self._driver.fail(feedback, WorkerError(text))

    def _end_late_trials(self) -> None:
        now = time.monotonic()
        for slot in self._slots:
            feedback, worker = slot.feedback, slot.worker
            if slot.deadline is not None and slot.deadline <= now and feedback and worker:
                worker.kill()
                slot.worker = slot.feedback = slot.deadline = None
                error = TimeoutError(
                    f"The evaluation took longer than the timeout of {self._timeout:g} seconds."
                )
                self._driver.fail(feedback, error)


def _answer(feedback: Feedback, message: Message) -> Message:
    """Does what an evaluation asks for while it runs."""
    answer: Any = None
    try:
        if message["kind"] == "measure":
            feedback.add_measurement(
                message["reward"], message["metrics"], message["step"], message["checkpoint_path"]
            )
        elif message["kind"] == "note":
            from polygraft.serialization import from_json_str  # Few evaluations need it.

            feedback.set_metadata(message["key"], from_json_str(message["value"]))
        else:
            answer = feedback.should_stop_early()
    except (TypeError, ValueError, KeyError) as e:
        text = str(e.args[0]) if e.args else str(e)
        return {"error": text, "type": "KeyError" if isinstance(e, KeyError) else type(e).__name__}
    return {"answer": answer}


def _exception(message: Message) -> Exception:
    """The exception of an evaluation, with the traceback that it had in the worker."""
    error: Exception
    try:
        error = pickle.loads(base64.b64decode(message["pickled"]))
    except Exception:  # It was not sent, or is of a class that this process does not have.
        error = EvaluationError(message["text"])
    error.add_note(f"In the worker process:\n{message['traceback']}")
    return error
