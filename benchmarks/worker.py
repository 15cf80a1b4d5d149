"""Times the tasks of one library on request, in that library's own process.

Reads one JSON request per line, `{"task": name, "seconds": s, "scale": n}`, and answers with
`{"seconds_per_op": t}`, for a `Pair` or a `Growth` with `{"ours": a, "plain": b}`, or with `{"error": text}`. Only
the task asked for last is kept alive, so that a large tree of one task does not slow the garbage collector down in the
next one.
"""

import gc
import importlib
import json
import platform
import statistics
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
class Pair:
    """The same thing with and without the library, timed by turns in one process; `nodes` are made by one operation."""

    ours: Task
    plain: Task
    nodes: int = 1

    def measure(self, seconds: float) -> dict[str, float]:
        """Returns the seconds of one operation, each the median of some twenty turns."""
        slices = 20
        sides = [_Current("", 0, t, t.timer()) for t in (self.ours, self.plain)]
        for side in sides:
            _measure(side, seconds / slices)  # warms up, and finds the number of loops
        times: list[list[float]] = [[], []]
        for turn in range(slices):
            for i in (0, 1) if turn % 2 else (1, 0):
                times[i].append(_measure(sides[i], seconds / slices))
        ours, plain = map(statistics.median, times)
        return {"ours": ours / self.nodes, "plain": plain / self.nodes}


@dataclass
class Growth:
    """Something that should take no memory: by how much the peak of the process grows; Linux only.

    `without` is what it would take if it did the work at once.
    """

    run: Callable[[], Any]
    without: float

    def measure(self, seconds: float) -> dict[str, float]:
        """Returns bytes."""
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")  # the peak so far is forgotten
        before = _peak()
        self.run()
        return {"ours": _peak() - before, "plain": self.without}


def _peak() -> float:
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return float(line.split()[1]) * 1024


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
                if isinstance(task, (Pair, Growth)):
                    print(json.dumps(task.measure(request["seconds"])), file=answers, flush=True)
                    continue
                current = _Current(name, scale, task, task.timer())
            answer = {"seconds_per_op": _measure(current, request["seconds"])}
        except Exception as e:
            traceback.print_exc()
            answer = {"error": f"{type(e).__name__}: {e}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
