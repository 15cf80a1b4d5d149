"""Turns medians into the table and the page `docs/benchmarks.md`."""

import datetime
import os
import platform
from dataclasses import dataclass
from pathlib import Path

from promises import LIBRARIES, Promise


def time_text(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)):
        if seconds >= size or unit == "ns":
            return f"{seconds / size:.3g} {unit}"
    raise AssertionError


def factor_text(factor: float) -> str:
    if factor >= 1:
        return f"{factor:,.0f} ×" if factor >= 10 else f"{factor:.2g} ×"
    return f"1/{1 / factor:.2g}"


def promised_text(factor: float) -> str:
    if factor >= 1:
        return f"≥ {factor:g} ×"
    return f"at most {1 / factor:g} × its time"


LOSES = "**loses**"


@dataclass(frozen=True)
class Row:
    promise: Promise
    ours: str
    peers: str
    ratio: str
    result: str  # "holds", LOSES or "not measured"


def rows(promises: list[Promise], medians: dict[tuple[str, str], float]) -> list[Row]:
    """Returns one row per promise; `medians` maps (library, task) to seconds."""
    result: list[Row] = []
    for promise in promises:
        ours, peers = (medians.get(side) for side in promise.sides())
        if ours is None or peers is None:
            texts = ["—" if t is None else time_text(t) for t in (ours, peers)]
            result.append(Row(promise, *texts, "—", "not measured"))
            continue
        ratio = peers / ours
        verdict = "holds" if ratio >= promise.factor else LOSES
        texts = [time_text(ours), time_text(peers), factor_text(ratio)]
        result.append(Row(promise, *texts, verdict))
    return result


def table(lines: list[Row]) -> str:
    """Returns the rows as a Markdown table."""
    cells = [["operation", "polygraft", "peer", "peer's time", "ratio", "promised", "result"]]
    for row in lines:
        promise = row.promise
        peer = LIBRARIES[promise.peer].title
        promised = promised_text(promise.factor)
        cells.append([promise.title, row.ours, peer, row.peers, row.ratio, promised, row.result])
    widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
    text = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |"
        for line in cells
    ]
    text.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(text)


def processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def page(text: str, versions: str, repeats: int, seconds: float) -> str:
    """Returns the page around a table; its caveats come first."""
    return PAGE.format(
        processor=processor(),
        cores=os.cpu_count(),
        system=platform.system(),
        python=platform.python_version(),
        date=f"{datetime.date.today():%d %B %Y}",
        versions=versions,
        repeats=repeats,
        seconds=seconds,
        table=text,
    )


PAGE = """# Benchmarks

Written by `python benchmarks/run.py --write`. Read this first:

- These are times of small operations on one machine: {processor}, {cores} cores, {system},
  Python {python}, on {date}. Other machines give other times; ratios move less, but they move.
- {versions}.
- Each time is the median of {repeats} turns of at least {seconds} s. The libraries take turns, each
  in its own process, with Python's garbage collector on. An import is that of a fresh process, with
  compiled bytecode in place.
- PyGlove's and polygraft's tasks are the same program under two imports. pydantic validates keyword
  arguments and keeps no tree; a dataclass validates nothing; Optuna's study also records dates and
  distributions, which ours does not.
- The 12-node tree is an experiment of nested objects with a list of six layers and a dict; the tree
  of 100,000 nodes has a thousand blocks of such layers.
- We chose the operations, and the promised ratios come from our own design. A program's time is
  mostly training, whatever the library.

{table}

"Ratio" is the peer's time over polygraft's; "promised" is the least that the design asks for.
A row that loses stays in the table.
"""
