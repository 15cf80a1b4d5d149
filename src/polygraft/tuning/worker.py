"""Worker processes of `pg.tune`, as the driver sees them.

A worker is a Python process of its own that never imports the user's main script: what it needs (the evaluation, the
space) comes pickled, once; then genotypes go in and outcomes come out, one JSON object a line. A thread for each
worker reads what comes and puts it into the driver's queue, in which the end of the process is a message too; so the
driver waits in one place for results, deaths and time-outs. `worker_main.py` is the other side.
"""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import os
import pickle
import pickletools
import subprocess
import sys
import threading
from queue import SimpleQueue
from typing import Any

from polygraft.symbolic.sending import must_be_sent, reduce_class

Message = dict[str, Any]
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from polygraft.tuning.worker_main import main; main()"
)


class WorkerError(RuntimeError):
    """A worker process ended, or could not begin."""


class Worker:
    """One process. Messages arrive in the queue as pairs of the worker and a dict with a `kind`.

    Args:
        payload: What `packed` made.
        queue: Where its messages go.
    """

    def __init__(self, payload: bytes, queue: SimpleQueue[tuple[Worker, Message]]):
        self.ready = False
        paths = [path or os.getcwd() for path in sys.path]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, json.dumps(paths)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._queue = queue
        thread = threading.Thread(
            target=self._read, args=(payload,), name="polygraft-worker", daemon=True
        )
        thread.start()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def send(self, message: Message) -> None:
        """Sends a message. If the process has ended, that comes as a message of its own."""
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(json.dumps(message).encode() + b"\n")
            stdin.flush()
        except (BrokenPipeError, OSError, ValueError):
            pass

    def kill(self) -> None:
        """Ends the process at once."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            try:
                self._process.stdin.close()
            except OSError:  # What was not sent yet cannot be sent any more.
                pass

    def _read(self, payload: bytes) -> None:
        # Sent from here: a large one takes until the process has begun to read, and the driver has others to see to.
        self.send({"payload": base64.b64encode(payload).decode()})
        stdout = self._process.stdout
        assert stdout is not None
        with stdout:
            for line in stdout:
                try:
                    message = json.loads(line)
                except ValueError:  # Killed in the middle of a line.
                    break
                self._queue.put((self, message))
        code = self._process.wait()
        text = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        self._queue.put((self, {"kind": "died", "text": f"The worker process {text}."}))


def packed(*values: Any) -> bytes:
    """Pickles what workers need: by Python's own pickle where that does, or else by cloudpickle.

    Raises:
        TypeError: Neither does; says what would work.
    """
    problem: Exception | None = None
    try:
        data = pickle.dumps(values)
        if not _names_main(data):
            return data
    except Exception as e:  # pickle raises whatever objects raise.
        problem = e
    if importlib.util.find_spec("cloudpickle") is None:
        raise TypeError(
            "Worker processes get the evaluation and the space pickled. What is defined in the main script, in a "
            "notebook or inside a function (lambdas as well) needs cloudpickle for that: `pip install cloudpickle`. "
            "Or move it into a module, or evaluate in this process (`workers=0`)."
        ) from problem
    try:
        return _by_value(values)
    except Exception as e:
        raise TypeError(
            f"The evaluation or the space cannot be pickled for worker processes: {e} Open files, locks, connections "
            "and the like must be made inside the evaluation; or evaluate in this process (`workers=0`)."
        ) from e


def _by_value(values: Any) -> bytes:
    """Pickles values with what they need of the main script, and of functions."""
    import cloudpickle  # pyright: ignore[reportMissingTypeStubs]

    base: Any = cloudpickle.Pickler

    class Pickler(base):
        def reducer_override(self, obj: Any) -> Any:
            return reduce_class(obj) if must_be_sent(obj) else base.reducer_override(self, obj)

    out = io.BytesIO()
    Pickler(out).dump(values)
    return out.getvalue()


def _names_main(data: bytes) -> bool:
    """True if a pickle refers to the main script by name, which means another module in a worker."""
    return b"__main__" in data and any(
        isinstance(argument, str) and argument.partition(" ")[0] == "__main__"
        for _, argument, _ in pickletools.genops(data)
    )
