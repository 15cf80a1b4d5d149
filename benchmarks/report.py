"""Turns medians into the table and the page `docs/benchmarks.md`."""

import datetime
import os
import platform
from dataclasses import dataclass
from pathlib import Path

from promises import LIBRARIES, Overhead, Promise


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


@dataclass(frozen=True)
class OverheadRow:
    overhead: Overhead
    ours: str
    plain: str
    difference: str
    result: str


def size_text(n: float) -> str:
    return f"{n / 1e6:,.1f} MB"


def overhead_rows(
    overheads: list[Overhead], measured: dict[str, tuple[float, float]]
) -> list[OverheadRow]:
    """Returns one row per overhead; `measured` maps tasks to (ours, plain code's)."""
    result: list[OverheadRow] = []
    for overhead in overheads:
        if overhead.task not in measured:
            result.append(OverheadRow(overhead, "—", "—", "—", "not measured"))
            continue
        ours, plain = measured[overhead.task]
        base = plain if overhead.unit == "s" else 0.0  # memory: plain code's is only shown
        verdict = "holds" if ours <= max(base * overhead.factor, base + overhead.more) else LOSES
        text = time_text if overhead.unit == "s" else size_text
        sign = "-" if ours < base else "+"
        difference = sign + text(abs(ours - base))
        result.append(OverheadRow(overhead, text(ours), text(plain), difference, verdict))
    return result


def allowed_text(overhead: Overhead) -> str:
    text = time_text if overhead.unit == "s" else size_text
    more = f"at most {text(overhead.more)} more"
    return f"{more}, or {overhead.factor - 1:.0%}" if overhead.factor > 1 else more


def overhead_table(lines: list[OverheadRow]) -> str:
    """Returns the rows of the overheads as a Markdown table."""
    cells = [["in a framework", "polygraft", "plain", "difference", "promised", "result"]]
    for row in lines:
        allowed = allowed_text(row.overhead)
        title = row.overhead.title
        cells.append([title, row.ours, row.plain, row.difference, allowed, row.result])
    return _markdown(cells)


def table(lines: list[Row]) -> str:
    """Returns the rows as a Markdown table."""
    cells = [["operation", "polygraft", "peer", "peer's time", "ratio", "promised", "result"]]
    for row in lines:
        promise = row.promise
        peer = LIBRARIES[promise.peer].title
        promised = promised_text(promise.factor)
        cells.append([promise.title, row.ours, peer, row.peers, row.ratio, promised, row.result])
    return _markdown(cells)


def _markdown(cells: list[list[str]]) -> str:
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


def page(text: str, overheads: str, versions: str, repeats: int, seconds: float) -> str:
    """Returns the page around the two tables; its caveats come first."""
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
        overheads=overheads,
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

## What symbolizing costs in frameworks

The same program written with the framework's own classes and with symbolized ones, timed by turns in one process; the
median. Memory is the growth of the process's peak, beside the size of the weights that plain code would allocate.

{overheads}
"""
