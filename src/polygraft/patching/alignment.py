"""Which items of two lists belong together: so that an insertion in the middle is one edit.

Equal items are kept in their order, as many as possible; between them items are paired, the most alike first, and what
is left over is removed or inserted. The common beginning and end cost one comparison each. Short middles are aligned
by the cheapest way through all pairs, long ones by few differences (Myers, "An O(ND) difference algorithm and its
variations", 1986) or, where there are many, by items, or runs of them, that occur once on each side; so the time stays
near linear.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from polygraft.symbolic.compare import hash_, same
from polygraft.symbolic.node import SAFE_TYPES

#: (index on the left or None for an insertion, index on the right or None for a removal, whether the items are equal)
Step: TypeAlias = "tuple[int | None, int | None, bool]"
Likeness: TypeAlias = "Callable[[Any, Any], float]"

_MAX_CELLS = 20_000
_MAX_CELLS_ALIKE = 1_024
_MAX_DIFFERENCES = 100
_WIDTHS = (1, 4, 16)


def align(left: Sequence[Any], right: Sequence[Any], likeness: Likeness) -> list[Step]:
    """Aligns two lists.

    Args:
        left, right: Raw items.
        likeness: How much of one item is found in another that is not equal, 0 to 1.

    Returns:
        Steps in the order of both lists.
    """
    n, m = len(left), len(right)
    low = 0
    while low < n and low < m and same(left[low], right[low]):
        low += 1
    high = 0
    while high < n - low and high < m - low and same(left[n - 1 - high], right[m - 1 - high]):
        high += 1
    steps: list[Step] = [(i, i, True) for i in range(low)]
    steps += _Middle(left, right, likeness).steps((low, n - high, low, m - high))
    steps += [(n - k, m - k, True) for k in range(high, 0, -1)]
    return steps


#: (start and end on the left, start and end on the right)
_Block: TypeAlias = "tuple[int, int, int, int]"


class _Middle:
    """What lies between the common beginning and end."""

    def __init__(self, left: Sequence[Any], right: Sequence[Any], likeness: Likeness) -> None:
        self.left = left
        self.right = right
        self.likeness = likeness
        self.a: dict[int, int] = {}
        self.b: dict[int, int] = {}

    def steps(self, block: _Block) -> Iterator[Step]:
        i, ni, j, nj = block
        if i < ni and j < nj:
            number = _Numbering()
            self.a = {k: number(self.left[k]) for k in range(i, ni)}
            self.b = {k: number(self.right[k]) for k in range(j, nj)}
        stack: list[_Block | tuple[int, int]] = [block]
        while stack:
            top = stack.pop()
            if len(top) == 2:
                yield (*top, True)
                continue
            i, ni, j, nj = top
            if i == ni or j == nj:
                yield from ((k, None, False) for k in range(i, ni))
                yield from ((None, k, False) for k in range(j, nj))
            elif (ni - i) * (nj - j) <= _MAX_CELLS:
                yield from self.cheapest(top)
            elif matches := self.matches(top):
                stack.extend(reversed(_split(top, matches)))
            else:
                yield from _side_by_side(top)

    def matches(self, block: _Block) -> list[tuple[int, int]]:
        """Pairs of equal items of a long block, in order."""
        i, ni, j, nj = block
        a = [self.a[k] for k in range(i, ni)]
        b = [self.b[k] for k in range(j, nj)]
        found = _few_differences(a, b)
        for width in _WIDTHS if found is None else ():
            found = _unique(_runs(a, width), _runs(b, width))
            if found:
                break
        return [(i + x, j + y) for x, y in found or ()]

    def cheapest(self, block: _Block) -> list[Step]:
        """The cheapest way through a short block: an insertion or removal costs 1, a pair the less the more alike."""
        i, ni, j, nj = block
        close = (ni - i) * (nj - j) <= _MAX_CELLS_ALIKE
        pairs = [[self.cost(x, y, close) for y in range(j, nj)] for x in range(i, ni)]
        n, m = ni - i, nj - j
        total = [[float(x + y) for y in range(m + 1)] for x in range(n + 1)]
        for x in range(1, n + 1):
            row, above, costs = total[x], total[x - 1], pairs[x - 1]
            for y in range(1, m + 1):
                row[y] = min(above[y - 1] + costs[y - 1], above[y] + 1.0, row[y - 1] + 1.0)
        steps: list[Step] = []
        x, y = n, m
        while x or y:
            if x and y and total[x][y] == total[x - 1][y - 1] + pairs[x - 1][y - 1]:
                x, y = x - 1, y - 1
                steps.append((i + x, j + y, pairs[x][y] == 0.0))
            elif x and total[x][y] == total[x - 1][y] + 1.0:
                x -= 1
                steps.append((i + x, None, False))
            else:
                y -= 1
                steps.append((None, j + y, False))
        steps.reverse()
        return steps

    def cost(self, x: int, y: int, close: bool) -> float:
        if self.a[x] == self.b[y]:
            return 0.0
        a, b = self.left[x], self.right[y]
        if close:
            return 1.0 - 0.5 * self.likeness(a, b)
        return 1.0 if type(a) is not type(b) or type(a) in SAFE_TYPES else 0.9


def _split(block: _Block, matches: list[tuple[int, int]]) -> list[_Block | tuple[int, int]]:
    """The matches, and the blocks between them."""
    i, ni, j, nj = block
    out: list[_Block | tuple[int, int]] = []
    for x, y in matches:
        out += [(i, x, j, y), (x, y)]
        i, j = x + 1, y + 1
    out.append((i, ni, j, nj))
    return out


def _side_by_side(block: _Block) -> Iterator[Step]:
    i, ni, j, nj = block
    n = min(ni - i, nj - j)
    yield from ((i + k, j + k, False) for k in range(n))
    yield from ((k, None, False) for k in range(i + n, ni))
    yield from ((None, k, False) for k in range(j + n, nj))


class _Numbering:
    """Gives equal items the same number."""

    def __init__(self) -> None:
        self.buckets: dict[Any, list[tuple[Any, int]]] = {}
        self.n = 0

    def __call__(self, x: Any) -> int:
        try:
            key: Any = hash_(x)
        except TypeError:
            key = type(x).__name__  # nothing better is known of what cannot be hashed
        bucket = self.buckets.setdefault(key, [])
        for y, number in bucket:
            if same(y, x):
                return number
        self.n += 1
        bucket.append((x, self.n))
        return self.n


def _few_differences(a: list[int], b: list[int]) -> list[tuple[int, int]] | None:
    """The matches of a shortest edit script; None if it has too many steps."""
    n, m = len(a), len(b)
    if abs(n - m) > _MAX_DIFFERENCES:
        return None
    furthest = {1: 0}
    trace: list[dict[int, int]] = []
    for d in range(_MAX_DIFFERENCES + 1):
        trace.append(dict(furthest))
        for k in range(-d, d + 1, 2):
            down = k == -d or (k != d and furthest[k - 1] < furthest[k + 1])
            x = furthest[k + 1] if down else furthest[k - 1] + 1
            y = x - k
            while x < n and y < m and a[x] == b[y]:
                x, y = x + 1, y + 1
            furthest[k] = x
            if x >= n and y >= m:
                return _traced(trace, n, m)
    return None


def _traced(trace: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for d in range(len(trace) - 1, -1, -1):
        furthest = trace[d]
        k = x - y
        down = k == -d or (k != d and furthest[k - 1] < furthest[k + 1])
        before = k + 1 if down else k - 1
        x0 = furthest[before]
        y0 = x0 - before
        while x > max(x0, 0) and y > max(y0, 0):
            x, y = x - 1, y - 1
            out.append((x, y))
        x, y = x0, y0
    out.reverse()
    return out


def _runs(a: list[int], width: int) -> Sequence[Any]:
    """At each place, the items from there: few items that occur again and again still make runs that do not."""
    return a if width == 1 else list(zip(*(a[k:] for k in range(width)), strict=False))


def _unique(a: Sequence[Any], b: Sequence[Any]) -> list[tuple[int, int]]:
    """The longest series of places of what occurs once on each side, in the order of both."""
    once_a, once_b = Counter(a), Counter(b)
    at = {v: y for y, v in enumerate(b) if once_b[v] == 1}
    pairs = [(x, at[v]) for x, v in enumerate(a) if once_a[v] == 1 and v in at]
    ends: list[int] = []  # of the best run of each length, its last index on the right
    runs: list[int] = []  # and that pair's number
    before: list[int] = []
    for p, (_, y) in enumerate(pairs):
        length = bisect_left(ends, y)
        before.append(runs[length - 1] if length else -1)
        if length == len(ends):
            ends.append(y)
            runs.append(p)
        else:
            ends[length], runs[length] = y, p
    out: list[tuple[int, int]] = []
    p = runs[-1] if runs else -1
    while p >= 0:
        out.append(pairs[p])
        p = before[p]
    out.reverse()
    return out
