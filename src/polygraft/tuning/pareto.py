"""Trials for several metrics: those that no other one beats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def pareto_front(rewards: Sequence[Sequence[float]]) -> list[int]:
    """Returns which points are not dominated by any other: for none of them is there one that is at least as good in
    each number and better in one. Equal points stand side by side.

    Args:
        rewards: (n, d) numbers, of which more is better.

    Example:
        >>> pareto_front([(1, 1), (1, 2), (3, 4), (4, 3), (3, 4)])
        [2, 3, 4]
    """
    front: list[int] = []
    # In this order a point can only be dominated by one before it.
    for i in sorted(range(len(rewards)), key=lambda i: tuple(-x for x in rewards[i])):
        if not any(_dominates(rewards[j], rewards[i]) for j in front):
            front.append(i)
    return sorted(front)


def _dominates(a: Sequence[Any], b: Sequence[Any]) -> bool:
    return tuple(a) != tuple(b) and all(x >= y for x, y in zip(a, b, strict=True))
