"""Time per node and memory per object, from a thousand nodes to a million: `python benchmarks/scale.py [--nodes N]`.

Each row is one operation on a tree of some shape: nanoseconds of CPU time per node in a tree of a thousand nodes (the
best of some repetitions), in one of a million, and the ratio, which is to be at most 2. CPU time, because the machine
may do other things meanwhile; with other programs in the caches, ratios still rise.

What makes a tree node by node is the user's expression, and CPython's garbage collector runs in it: it walks all
objects each time their number has grown by a quarter, plain objects too. `create` is therefore measured with the
collector off (what the library adds), and, not judged, with the collector on beside the same tree of plain objects.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import os
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import polygraft as pg

SMALL = 1_000
LARGEST_RATIO = 2.0
LARGEST_MEMORY = 3.0


class Item(pg.Object):
    number: int
    scale: float = 1.0
    name: str = "item"


class Pair(pg.Object):
    left: Any = None
    right: Any = None


@dataclasses.dataclass
class PlainPair:
    left: Any = None
    right: Any = None


class PlainItem:
    def __init__(self, number: int, scale: float = 1.0, name: str = "item"):
        self.number, self.scale, self.name = number, scale, name


class PlainItemWithSlot:
    """As nodes are: a slot beside the dict. Python 3.13 keeps attributes inside objects without slots only."""

    __slots__ = ("__dict__", "__weakref__", "place")

    def __init__(self, number: int, scale: float = 1.0, name: str = "item"):
        self.place = None
        self.number, self.scale, self.name = number, scale, name


def wide(n: int) -> Any:
    """One list of many objects."""
    return pg.List([Item(i) for i in range(n)])


def tree(n: int, pair: Any = Pair) -> Any:
    """A balanced binary tree: objects all the way down."""
    if n <= 1:
        return pair()
    return pair(tree((n - 1) // 2, pair), tree(n - 1 - (n - 1) // 2, pair))


def deep(n: int) -> Any:
    """Chains of a hundred objects."""
    chains: list[Any] = []
    for _ in range(max(n // 100, 1)):
        chain = None
        for _ in range(100):
            chain = Pair(chain)
        chains.append(chain)
    return pg.List(chains)


def mixed(n: int) -> Any:
    """Dicts of ten dicts, down to lists of ten numbers."""
    if n <= 10:
        return pg.List(range(n))
    return pg.Dict({f"part{i}": mixed(n // 10) for i in range(10)})


SHAPES: dict[str, Callable[[int], Any]] = {"wide": wide, "tree": tree, "deep": deep, "mixed": mixed}


@dataclasses.dataclass
class Measured:
    """Nanoseconds of CPU time per node."""

    small: float
    large: float

    @property
    def ratio(self) -> float:
        return self.large / self.small


def timed(run: Callable[[], Any], nodes: int, seconds: float) -> tuple[float, Any]:
    """The best time per node of repeated runs, and the last result."""
    best, spent, result = float("inf"), 0.0, None
    while best == float("inf") or spent < seconds:
        result = None  # freed before the next one is made
        gc.collect()
        start = time.process_time()
        result = run()
        once = time.process_time() - start
        best, spent = min(best, once), spent + max(once, 1e-3)
    return best * 1e9 / nodes, result


def operations(make: Callable[[int], Any], nodes: int, seconds: float) -> dict[str, float]:
    """Operation → nanoseconds per node."""
    found: dict[str, float] = {}

    def note(name: str, run: Callable[[], Any]) -> Any:
        found[name], result = timed(run, nodes, seconds)
        return result

    gc.disable()
    try:
        x = note("create", lambda: make(nodes))
    finally:
        gc.enable()
    copies = [note("clone", lambda: pg.clone(x))]
    note("eq", lambda: pg.eq(x, copies[0]))
    copies.clear()
    note("hash", lambda: pg.hash(x))
    note("query", lambda: len(pg.query(x, where=lambda v: v == 7)))
    note("patch", lambda: pg.patch(x, lambda k, v: -v if type(v) is int and v in (7, -7) else v))
    note("to JSON", lambda: len(pg.to_json_str(x)))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tree.json")
        note("save", lambda: pg.save(x, path))
        note("load", lambda: pg.load(path))
    return found


def compared(shape: str, nodes: int, seconds: float = 0.2) -> dict[str, Measured]:
    """Operation → time per node in a small and in a large tree."""
    make = SHAPES[shape]
    small = operations(make, SMALL, seconds)
    large = operations(make, nodes, seconds)
    return {name: Measured(small[name], large[name]) for name in small}


def collected(nodes: int) -> dict[str, Measured]:
    """Creating a tree with the collector on: ours, and the same of plain objects."""
    makes = {"tree": tree, "tree of dataclasses": lambda n: tree(n, PlainPair)}
    return {
        name: Measured(*(timed(lambda m=make, n=n: m(n), n, 0.2)[0] for n in (SMALL, nodes)))
        for name, make in makes.items()
    }


def bytes_per_object(make: Callable[[int], Any], count: int = 50_000) -> float:
    """Memory that one more object takes; the place in a list is not counted."""
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = make(count)
    gc.collect()
    used = tracemalloc.get_traced_memory()[0] - before - sys.getsizeof(kept)
    tracemalloc.stop()
    return used / count


def memory() -> dict[str, float]:
    """How a three-field object is held → bytes."""
    items = wide(50_000)
    text = pg.to_json_str(items)
    return {
        "plain object": bytes_per_object(lambda n: [PlainItem(i) for i in range(n)]),
        "plain, with a slot": bytes_per_object(lambda n: [PlainItemWithSlot(i) for i in range(n)]),
        "object": bytes_per_object(lambda n: [Item(i) for i in range(n)]),
        "object in a list": bytes_per_object(wide),
        "cloned": bytes_per_object(lambda n: pg.clone(items)),
        "loaded": bytes_per_object(lambda n: pg.from_json_str(text)),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, default=1_000_000)
    parser.add_argument("--shapes", default=",".join(SHAPES))
    parser.add_argument("--check", action="store_true", help="exit with 1 if a bound is broken")
    args = parser.parse_args()
    broken = 0
    print(
        f"{'tree':8} {'operation':10} {'ns/node':>9} {'large':>9}  ratio (at most {LARGEST_RATIO:g})"
    )
    for shape in args.shapes.split(","):
        for name, m in compared(shape, args.nodes).items():
            fails = m.ratio > LARGEST_RATIO
            broken += fails
            mark = "  **more**" if fails else ""
            print(
                f"{shape:8} {name:10} {m.small:9.0f} {m.large:9.0f}  {m.ratio:.2f}{mark}",
                flush=True,
            )
    for name, m in collected(args.nodes).items():
        print(
            f"{name}, created while the collector runs: {m.small:.0f} → {m.large:.0f} ns/node, {m.ratio:.1f} ×"
        )
    sizes = memory()
    for name, size in sizes.items():
        ratio = size / sizes["plain object"]
        broken += ratio > LARGEST_MEMORY
        print(f"{name:18} {size:6.0f} bytes, {ratio:.2f} × (at most {LARGEST_MEMORY:g})")
    print("All bounds hold." if not broken else f"{broken} bounds are broken.")
    return 1 if broken and args.check else 0


if __name__ == "__main__":
    sys.exit(main())
