"""A worker process of `pg.tune`, from inside; `worker.py` is the driver's side.

Standard output carries the messages, so whatever the evaluation prints goes to standard error instead. A thread reads
what the driver sends; when the driver is gone, the process ends, in the middle of an evaluation as well.
"""

from __future__ import annotations

import base64
import json
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Mapping
from queue import SimpleQueue
from typing import Any

from polygraft.geno import DNA
from polygraft.symbolic.services import service
from polygraft.tuning.evaluation import RunningTrial, SkipTrial, caller, outcome_of
from polygraft.tuning.space import searched

Message = dict[str, Any]


class Channel:
    """Messages to and from the driver."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "wb")
        self._in = os.fdopen(os.dup(0), "rb")
        os.dup2(2, 1)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        self._received: SimpleQueue[Message] = SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._in:
            self._received.put(json.loads(line))
        os._exit(1)  # The driver is gone.

    def send(self, **message: Any) -> None:
        """Sends a message."""
        self._out.write(json.dumps(message).encode() + b"\n")
        self._out.flush()

    def receive(self) -> Message:
        """Waits for a message."""
        return self._received.get()

    def ask(self, **message: Any) -> Any:
        """Sends a message and returns the answer.

        Raises:
            Exception: What the driver says went wrong.
        """
        self.send(**message)
        answer = self.receive()
        if "error" in answer:
            raise {"TypeError": TypeError, "KeyError": KeyError}.get(answer["type"], ValueError)(
                answer["error"]
            )
        return answer["answer"]


class RemoteTrial(RunningTrial):
    """A trial whose measurements travel to the driver."""

    def __init__(self, channel: Channel, id: int, dna: DNA):
        self._channel = channel
        self.id = id
        self.dna = dna

    def add_measurement(
        self,
        reward: Any = None,
        metrics: Mapping[str, Any] | None = None,
        step: int = 0,
        checkpoint_path: str | None = None,
    ) -> None:
        outcome = outcome_of((reward, metrics or {}))
        self._channel.ask(
            kind="measure",
            reward=outcome.reward,
            metrics=outcome.metrics,
            step=step,
            checkpoint_path=checkpoint_path,
        )

    def should_stop_early(self) -> bool:
        return self._channel.ask(kind="should_stop_early")

    def set_metadata(self, key: str, value: Any) -> None:
        self._channel.ask(kind="note", key=key, value=service("to_json_str")(value))


def main() -> None:
    """Evaluates what the driver sends, until the driver is gone."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is for the driver, which then ends this process.
    channel = Channel()
    payload = channel.receive()["payload"]
    try:
        evaluate, space, where = pickle.loads(base64.b64decode(payload))
        spec, decode = searched(space, where)
        call = caller(evaluate)
    except BaseException:
        channel.send(kind="broken", text=traceback.format_exc())
        sys.exit(1)
    channel.send(kind="ready")
    while True:
        task = channel.receive()
        try:
            dna = DNA.from_numbers(task["numbers"], spec)
            trial = RemoteTrial(channel, task["id"], dna)
            outcome = outcome_of(call(decode(dna), trial))
        except SkipTrial as e:
            channel.send(kind="skipped", text=str(e))
        except Exception as e:
            channel.send(kind="failed", **_failure(e))
        else:
            channel.send(kind="done", **outcome._asdict())


def _failure(e: Exception) -> Message:
    """An exception as a message: its text, and itself if it can be sent."""
    try:
        data = pickle.dumps(e)
        pickle.loads(data)
        pickled = base64.b64encode(data).decode()
    except (
        Exception
    ):  # It holds what cannot be pickled, or takes other arguments than it was made with.
        pickled = None
    return {
        "text": f"{type(e).__name__}: {e}",
        "traceback": traceback.format_exc(),
        "pickled": pickled,
    }
