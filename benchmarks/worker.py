"""Times the tasks of one library on request, in that library's own process.

Reads one JSON request per line, `{"task": name, "seconds": s, "scale": n}`, and answers with
`{"seconds_per_op": t}` or `{"error": text}`. Only the task asked for last is kept alive, so that a
large tree of one task does not slow the garbage collector down in the next one.
"""

import gc
import importlib
import json
import platform
import sys
import timeit
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Task:
    """A statement to time; `code` sees `names` as locals and counts as `ops` operations."""

    code: str
    names: dict[str, Any] = field(default_factory=dict)
    ops: int = 1

    def timer(self) -> Callable[[int], float]:
        """Returns a function that runs the statement n times and returns the seconds it took."""
        setup = "gc.enable()\n" + "\n".join(f"{n} = names[{n!r}]" for n in self.names)
        return timeit.Timer(self.code, setup, globals={"gc": gc, "names": self.names}).timeit


@dataclass
class _Current:
    name: str
    scale: int
    task: Task
    run: Callable[[int], float]
    loops: int = 1


def _measure(current: _Current, seconds: float) -> float:
    """Returns the seconds per operation, measured over at least `seconds`."""
    while True:
        elapsed = current.run(current.loops)
        if elapsed >= seconds:
            return elapsed / current.loops / current.task.ops
        grow = seconds / max(elapsed, 1e-7) * 1.2
        current.loops = max(current.loops + 1, int(current.loops * min(grow, 100)))


def main() -> None:
    answers = sys.stdout
    sys.stdout = sys.stderr  # what a library prints must not get between the answers
    sys.path.insert(0, str(Path(__file__).parent))
    # The tasks files import `Task` from here; as a script this module is called `__main__`.
    sys.modules["worker"] = sys.modules["__main__"]
    library = importlib.import_module(sys.argv[1])
    current: _Current | None = None
    print(
        json.dumps({"ready": library.version(), "python": platform.python_version()}),
        file=answers,
        flush=True,
    )
    for line in sys.stdin:
        request = json.loads(line)
        try:
            name, scale = request["task"], request["scale"]
            if current is None or (current.name, current.scale) != (name, scale):
                current = None
                gc.collect()
                task = library.TASKS[name](scale)
                current = _Current(name, scale, task, task.timer())
            answer = {"seconds_per_op": _measure(current, request["seconds"])}
        except Exception as e:
            traceback.print_exc()
            answer = {"error": f"{type(e).__name__}: {e}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
