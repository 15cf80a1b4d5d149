"""Number of genotypes in a space, in polynomial time."""

from __future__ import annotations

from math import factorial

from polygraft.geno.plan import CHOICE, INT, Plan, Point

INFINITE = -1


def space_size(plan: Plan) -> int:
    """Returns the number of genotypes of a plan; -1 where a float or a custom decision occurs in
    it.
    """
    if plan.size is None:
        plan.size = _size(plan)
    return plan.size


def _size(plan: Plan) -> int:
    total = 1
    for point in plan.points:
        size = _point_size(point)
        if size == INFINITE:
            return INFINITE
        total *= size
    return total


def _point_size(point: Point) -> int:
    if point.kind == INT:
        return point.spec.count
    if point.kind != CHOICE:
        return INFINITE
    weights = [space_size(c) for c in point.candidates]
    if INFINITE in weights:
        return INFINITE
    k = point.k
    if not point.distinct and not point.sorted:
        return sum(weights) ** k
    # ways[j]: weighted number of ways to choose j of the candidates seen so far, as a set (distinct) or as a multiset.
    ways = [1] + [0] * k
    for weight in weights:
        steps = range(k, 0, -1) if point.distinct else range(1, k + 1)
        for j in steps:
            ways[j] += weight * ways[j - 1]
    return ways[k] * (factorial(k) if point.distinct and not point.sorted else 1)
