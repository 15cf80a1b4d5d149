"""Runs the behaviours under one library and prints one JSON line for each: the cells of `docs/frameworks.md`.

    python -m tests.frameworks.runner --library polygraft --framework PyTorch
    python -m tests.frameworks.runner --library pyglove --only "a tied layer stays tied"

Any environment will do that has the library and the framework; Keras's backend is that of `KERAS_BACKEND`. A behaviour
may recurse without end, hang or crash the interpreter: therefore a worker process runs them one after another, and a
new one takes over whenever it is lost. (Forking a process per behaviour would be as safe and need no second import,
but JAX and TensorFlow deadlock in a forked child.) What does not work under another library gets a second
chance in a process of its own, so that no behaviour has to answer for the one before it.

This file needs only the standard library.
"""

from __future__ import annotations

import argparse
import importlib
import json
import linecache
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

HOME = Path(__file__).with_name("behaviours")
ROOT = Path(__file__).parents[2]

#: What must be importable for the behaviours of a framework.
NEEDS = {
    "Keras": ("keras",),
    "PyTorch": ("torch",),
    "Flax": ("flax", "jax", "optax"),
    "scikit-learn": ("sklearn",),
    "any class": (),
}

#: Seconds: for the first imports of a worker, for a behaviour, for a slow one.
STARTING, USUAL, SLOW = 180, 30, 240

SETTINGS = {
    "KERAS_BACKEND": "jax",
    "JAX_PLATFORMS": "cpu",
    "MPLBACKEND": "agg",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
    "OMP_NUM_THREADS": "1",  # on busy processors, threads that wait for each other take ten times as long
}


@dataclass(frozen=True)
class Result:
    """What became of one behaviour.

    Attributes:
        kind: `works`, `stated` (refused, for the reason given), `fails`, `hangs`, `crashes`, or `none` (the library
            has no such thing).
        reason: A sentence, or the first line of the error.
    """

    framework: str
    title: str
    kind: str
    reason: str = ""
    seconds: float = 0.0


def all_modules() -> list[str]:
    """The modules that register behaviours; what constructors make comes last in each table."""
    names = sorted(
        (path.stem for path in HOME.glob("*.py")), key=lambda s: (s.startswith("inside"), s)
    )
    return [f"tests.frameworks.behaviours.{name}" for name in names if name != "registry"]


def load(modules: Sequence[str]) -> list[Any]:
    """Imports the modules, and returns the behaviours that they register. Titles must differ within a framework.

    A module whose framework is not installed here is left out.
    """
    from tests.frameworks.behaviours.registry import BEHAVIOURS

    for name in modules:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as e:
            if e.name is None or e.name.partition(".")[0] in ("tests", "polygraft", "pyglove"):
                raise
    seen: set[tuple[str, str]] = set()
    for b in BEHAVIOURS:
        if b.framework not in NEEDS or (b.framework, b.title) in seen:
            raise ValueError(f"unknown framework, or a title given twice: {b.framework}: {b.title}")
        seen.add((b.framework, b.title))
    return list(BEHAVIOURS)


# --- the worker -----------------------------------------------------------------------------------------------


def work(library: str, modules: Sequence[str], framework: str | None) -> None:
    """Says which behaviours there are; then reads numbers of them, a line each, and answers `[kind, reason]`."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # What a framework prints must not come between.
    pg = importlib.import_module(library)
    for name in NEEDS[framework] if framework else ():
        importlib.import_module(name)
    behaviours = load(modules)
    rows = [(b.framework, b.title, b.peer, b.slow) for b in behaviours]
    print(json.dumps(["ready", rows]), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(attempt(behaviours[int(line)], pg)), file=answers, flush=True)


def attempt(behaviour: Any, pg: Any) -> tuple[str, str]:
    """Runs one behaviour in this process; returns kind and reason."""
    try:
        stated = behaviour.check(pg)
    except BaseException as error:
        traceback.print_exception(error, limit=-8)
        return "fails", first_line(error)
    return ("works", "") if stated is None else ("stated", stated)


def first_line(error: BaseException) -> str:
    """The error in one line, without what differs between machines; of a bare assertion, the assertion."""
    text = str(error).strip()
    if isinstance(error, AssertionError) and not text:
        text = _assertion(error)
    line = " ".join([f"{type(error).__name__}:", *text.splitlines()[:1]]) if text else ""
    line = re.sub(r"0x[0-9a-f]{4,}", "0x…", line or type(error).__name__)
    line = re.sub(r"(?<![\w.])(/[\w.@+-]+){2,}/", "", line)
    return line if len(line) <= 200 else line[:199] + "…"


def _assertion(error: BaseException) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    lines = linecache.getlines(frame.filename)
    if frame.lineno is None or frame.lineno > len(lines):
        return ""
    # The position is that of the condition, the statement may begin on an earlier line.
    end = frame.end_lineno or frame.lineno
    source = " ".join(line.strip() for line in lines[frame.lineno - 1 : end])
    path = Path(frame.filename)
    where = "" if path.is_relative_to(ROOT / "tests") else f"in {path.parent.name}/{path.name}, "
    return f"{where}not so: `{source.removeprefix('assert ')}`"


# --- the supervisor -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """What the supervisor knows of a behaviour."""

    framework: str
    title: str
    peer: bool
    slow: bool


class Worker:
    """A process that runs behaviours, and is killed with its children when it takes too long."""

    def __init__(self, library: str, modules: Sequence[str], framework: str, quiet: bool):
        command = [sys.executable, "-m", "tests.frameworks.runner", "--work", "--library", library]
        command += ["--framework", framework, "--modules", *modules]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**SETTINGS, **os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if quiet else None,
            text=True,
            start_new_session=True,
        )
        self.answers: queue.Queue[tuple[str, Any]] = queue.Queue()
        assert self.process.stdout is not None
        threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True).start()
        kind, rows = self._answer(STARTING)
        if kind != "ready":
            self.close()
            raise RuntimeError(f"no worker for {library}, {framework} could start: {kind} {rows}")
        self.rows = [Row(*row) for row in rows]
        self.lost = False

    def number_of(self, framework: str, title: str) -> int:
        return [(row.framework, row.title) for row in self.rows].index((framework, title))

    def run(self, number: int, slow: bool = False) -> tuple[str, str]:
        """Runs one behaviour; returns kind and reason. After a crash or a time-out, the worker is `lost`."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{number}\n")
        self.process.stdin.flush()
        kind, reason = self._answer(SLOW if slow else USUAL)
        if kind in ("hangs", "crashes"):
            self.close()
        return kind, reason

    def close(self) -> None:
        self.lost = True
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def _read(self, lines: IO[str]) -> None:
        for line in lines:
            kind, reason = json.loads(line)
            self.answers.put((kind, reason))
        self.answers.put(("crashes", ""))

    def _answer(self, limit: float) -> tuple[str, Any]:
        try:
            kind, reason = self.answers.get(timeout=limit)
        except queue.Empty:
            return "hangs", f"no end after {limit:.0f} s"
        if kind == "crashes":
            code = self.process.wait()
            reason = (
                signal.Signals(-code).name if code < 0 else f"the process ended with code {code}"
            )
        return kind, reason


def run(
    library: str,
    framework: str,
    modules: Sequence[str],
    only: Sequence[str] = (),
    quiet: bool = True,
) -> Iterator[Result]:
    """Runs the behaviours of a framework, and yields a result for each."""
    peer = library != "polygraft"
    worker: Worker | None = Worker(library, modules, framework, quiet)
    fresh = True
    try:
        for number, row in enumerate(worker.rows):
            if row.framework != framework or (only and row.title not in only):
                continue
            if peer and not row.peer:
                yield Result(framework, row.title, "none")
                continue
            start = time.monotonic()
            for _ in range(2 if peer else 1):
                if worker is None:
                    worker, fresh = Worker(library, modules, framework, quiet), True
                kind, reason = worker.run(number, row.slow)
                first, fresh = fresh, False
                if peer and kind == "fails":
                    worker.close()
                if worker.lost:
                    worker = None
                if first or kind in ("works", "stated"):
                    break
            yield Result(framework, row.title, kind, reason, round(time.monotonic() - start, 2))
    finally:
        if worker is not None:
            worker.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", choices=("polygraft", "pyglove"), default="polygraft")
    parser.add_argument("--framework", action="append", choices=NEEDS, help="default: all")
    parser.add_argument("--only", action="append", default=[], metavar="TITLE")
    parser.add_argument("--modules", nargs="+", help="default: all of tests/frameworks/behaviours")
    parser.add_argument(
        "--verbose", action="store_true", help="show tracebacks, and what is printed"
    )
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    modules = options.modules or all_modules()
    if options.work:
        work(options.library, modules, options.framework[0])
        return 0
    bad = 0
    for framework in options.framework or NEEDS:
        for result in run(options.library, framework, modules, options.only, not options.verbose):
            bad += result.kind not in ("works", "stated", "none")
            print(json.dumps(asdict(result), ensure_ascii=False), flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
