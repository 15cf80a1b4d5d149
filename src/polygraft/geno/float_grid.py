"""Floats by a grid: the few values that stand for a range when a space is enumerated.

The first value is the minimum and the last one the maximum; between them they are evenly spaced on the scale of the
decision point, so that a learning rate from 1e-5 to 1e-1 on a logarithmic scale is tried at each power of ten.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=256)
def grid(low: float, high: float, scale: str | None, num_points: int) -> tuple[float, ...]:
    """Returns the values that stand for a range, in ascending order.

    Args:
        low, high: Bounds, both of which are values of the grid.
        scale: None, 'linear', 'log' or 'rlog'.
        num_points: How many values, at least 1; one value is the minimum.

    Example:
        >>> grid(1.0, 100.0, "log", 3), grid(1.0, 100.0, "rlog", 3), grid(1.0, 100.0, None, 3)
        ((1.0, 10.0, 100.0), (1.0, 91.0, 100.0), (1.0, 50.5, 100.0))
    """
    inner = [_value(low, high, scale, i / (num_points - 1)) for i in range(1, num_points - 1)]
    ends = (low,) if num_points == 1 else (low, high)
    return tuple(sorted({*ends, *(min(max(x, low), high) for x in inner)}))


def _value(low: float, high: float, scale: str | None, position: float) -> float:
    """The value at a position from 0 to 1 on the scale."""
    if scale == "log":
        return low * (high / low) ** position
    if scale == "rlog":
        return high + low - low * (high / low) ** (1 - position)
    return low * (1 - position) + high * position


def next_value(spec: Any, value: float, num_points: int) -> float | None:
    """Returns the value of a decision point's grid that comes after a value, or None."""
    values = grid(spec.min_value, spec.max_value, spec.scale, num_points)
    after = bisect_right(values, value)
    return values[after] if after < len(values) else None
