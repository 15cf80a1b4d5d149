"""Measures polygraft beside its peers in one run and prints the table of promises, kept or not.

Each library runs in a process of its own (`worker.py`) and, for the peers, in a virtual environment
of its own under `benchmarks/.envs/`. For each task the processes take turns, so that a slow moment
of the machine touches all of them; the median of the turns counts.

    python benchmarks/run.py            # the whole table, some minutes
    python benchmarks/run.py --smoke    # does every task still run? (times mean nothing)
    python benchmarks/run.py --write    # also write docs/benchmarks.md
    python benchmarks/run.py --only clone,diff
"""

import argparse
import dataclasses
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

from promises import IMPORTS, LIBRARIES, OVERHEADS, PROMISES, Overhead, Promise
from report import LOSES, overhead_rows, overhead_table, page, rows, table, time_text

HERE = Path(__file__).parent
ENVS = HERE / ".envs"
REPORT = HERE.parent / "docs" / "benchmarks.md"


@dataclass(frozen=True)
class Effort:
    """How long and how often to measure."""

    seconds: float
    repeats: int
    scale: int  # nodes of the large tree


FULL = Effort(seconds=0.2, repeats=7, scale=100_000)
SMOKE = Effort(seconds=0.002, repeats=1, scale=1_000)


class Failed(Exception):
    """A task, a worker or an environment that did not run."""


def python_of(key: str) -> str:
    """Returns the interpreter of a library; makes its environment on first use."""
    library = LIBRARIES[key]
    if not library.packages:
        return sys.executable
    root = ENVS / key
    python = root / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = root / "installed.txt"
    wanted = "\n".join((platform.python_version(), *library.packages))
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"making the environment of {key} ...", file=sys.stderr)
        venv.create(root, clear=True, with_pip=True)
        command = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        done = subprocess.run([*command, *library.packages], stdin=subprocess.DEVNULL)
        if done.returncode:
            raise Failed(f"pip could not install {', '.join(library.packages)}")
        stamp.write_text(wanted)
    return str(python)


class Worker:
    """A process that runs the tasks of one library."""

    def __init__(self, key: str) -> None:
        self.python = python_of(key)
        self.log = (ENVS / f"{key}.log").open("w+")
        command = [self.python, str(HERE / "worker.py"), LIBRARIES[key].tasks]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        ready = self._answer()
        self.version: str = ready["ready"]
        self.python_version: str = ready["python"]

    def _answer(self) -> dict:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        self.process.wait()
        self.log.seek(0)
        lines = self.log.read().strip().splitlines() or ["it said nothing"]
        raise Failed(f"the process ended: {lines[-1]}")

    def measure(self, task: str, effort: Effort) -> float:
        """Returns the seconds of one operation."""
        return self.ask(task, effort)["seconds_per_op"]

    def ask(self, task: str, effort: Effort) -> dict:
        """Returns the worker's answer."""
        request = {"task": task, "seconds": effort.seconds, "scale": effort.scale}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = self._answer()
        if "error" in answer:
            raise Failed(answer["error"])
        return answer

    def close(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait()
        self.log.close()


def measure_import(key: str, task: str) -> float:
    """Returns the seconds that a first import takes in a fresh process."""
    statement = IMPORTS[task].format(module=LIBRARIES[key].module)
    code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    # Bytecode is kept between the turns, as it is for a user: the first turn of a fresh checkout compiles.
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [python_of(key), "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    if done.returncode:
        raise Failed((done.stderr.strip().splitlines() or ["no message"])[-1])
    return float(done.stdout)


class Measurements:
    """Medians of everything measured so far; workers are started when first needed."""

    def __init__(self, effort: Effort) -> None:
        self.effort = effort
        self.workers: dict[str, Worker] = {}
        self.medians: dict[tuple[str, str], float] = {}
        self.errors: dict[tuple[str, str], str] = {}
        self.overheads: dict[str, tuple[float, float]] = {}

    def _worker(self, key: str) -> Worker:
        if key not in self.workers:
            self.workers[key] = Worker(key)
        return self.workers[key]

    def _once(self, key: str, task: str) -> float:
        if task in IMPORTS:
            return measure_import(key, task)
        return self._worker(key).measure(task, self.effort)

    def compare(self, overhead: Overhead) -> None:
        """Measures one overhead: of all turns that with the median difference counts."""
        turns: list[tuple[float, float]] = []
        try:
            for _ in range(min(self.effort.repeats, 5)):
                answer = self._worker(overhead.library).ask(overhead.task, self.effort)
                turns.append((answer["ours"], answer["plain"]))
        except Failed as e:
            self.errors[overhead.library, overhead.task] = str(e)
            print(f"{overhead.task}: {e}", file=sys.stderr)
            return
        turns.sort(key=lambda turn: turn[0] - turn[1])
        self.overheads[overhead.task] = turns[len(turns) // 2]

    def run(self, task: str, keys: list[str]) -> None:
        """Measures one task in all these libraries, turn by turn."""
        times: dict[str, list[float]] = {key: [] for key in keys}
        for _ in range(self.effort.repeats):
            for key in keys:
                if (key, task) in self.errors:
                    continue
                try:
                    times[key].append(self._once(key, task))
                except Failed as e:
                    self.errors[key, task] = str(e)
                    print(f"{LIBRARIES[key].title}, {task}: {e}", file=sys.stderr)
        for key, seconds in times.items():
            if (key, task) not in self.errors:
                self.medians[key, task] = statistics.median(seconds)

    def summary(self, task: str, keys: list[str]) -> str:
        times = [(k, self.medians[k, task]) for k in keys if (k, task) in self.medians]
        return ", ".join(f"{LIBRARIES[k].title} {time_text(t)}" for k, t in times) or "nothing"

    def versions(self) -> str:
        named = [(LIBRARIES[k].title, w.version) for k, w in self.workers.items() if k != "plain"]
        return ", ".join(f"{title} {version}" for title, version in named)

    def close(self) -> None:
        for worker in self.workers.values():
            worker.close()


def plan(promises: list[Promise]) -> dict[str, list[str]]:
    """Returns, per task, the libraries that it is to be measured in."""
    tasks: dict[str, list[str]] = {}
    for promise in promises:
        for key, task in promise.sides():
            keys = tasks.setdefault(task, [])
            if key not in keys:
                keys.append(key)
    return tasks


def arguments() -> argparse.Namespace:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true", help="run all briefly; judge nothing")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a promise is broken")
    parser.add_argument("--only", default="", help="task names, separated by commas")
    parser.add_argument("--repeats", type=int, help="turns per task")
    return parser.parse_args()


def chosen(only: str, smoke: bool) -> list[Promise]:
    promises = [p for p in PROMISES if not only or p.task in only.split(",")]
    # Keras takes half a minute to install and to import: not in the smoke run.
    if smoke or importlib.util.find_spec("keras") is None:
        promises = [p for p in promises if not p.peer.endswith("-keras")]
    return promises


def chosen_overheads(only: str) -> list[Overhead]:
    overheads = [o for o in OVERHEADS if not only or o.task in only.split(",")]
    return [o for o in overheads if importlib.util.find_spec(o.needs) is not None]


def main() -> int:
    args = arguments()
    effort = SMOKE if args.smoke else FULL
    if args.repeats:
        effort = dataclasses.replace(effort, repeats=args.repeats)
    promises = chosen(args.only, args.smoke)
    overheads = chosen_overheads(args.only)

    ENVS.mkdir(exist_ok=True)
    measured = Measurements(effort)
    try:
        for task, keys in plan(promises).items():
            measured.run(task, keys)
            print(f"{task}: {measured.summary(task, keys)}", file=sys.stderr, flush=True)
        for overhead in overheads:
            measured.compare(overhead)
    finally:
        measured.close()
    if measured.errors:
        print(f"{len(measured.errors)} tasks did not run.", file=sys.stderr)
    if args.smoke:
        print(
            f"{len(measured.medians) + len(measured.overheads)} tasks ran; a smoke run judges no times."
        )
        return 1 if measured.errors else 0

    lines = rows(promises, measured.medians)
    costs = overhead_rows(overheads, measured.overheads)
    tables = table(lines), overhead_table(costs)
    print(*(text for text, shown in zip(tables, (lines, costs), strict=True) if shown), sep="\n\n")
    if args.write:
        versions = measured.versions()
        REPORT.write_text(page(*tables, versions, effort.repeats, effort.seconds))
    if measured.errors:
        return 1
    results = [row.result for row in (*lines, *costs)]
    lost = results.count(LOSES)
    print(f"{len(results) - lost} of {len(results)} promises hold.")
    return 1 if lost and args.check else 0


if __name__ == "__main__":
    sys.exit(main())
