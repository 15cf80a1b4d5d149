"""From flat numbers to one level of the tree."""

from __future__ import annotations

from typing import Any, cast

from polygraft.geno.plan import CHOICE, Numbers, Plan, point_span, span

Part = tuple[Plan, Numbers]


def unfold(plan: Plan, numbers: Numbers) -> tuple[Any, list[Part]]:
    """Returns the value of the root node and the (plan, numbers) of its children."""
    points = plan.points
    if len(points) == 1:
        point = points[0]
        if point.kind != CHOICE:
            return numbers[0], []
        if point.k == 1:
            index = cast(int, numbers[0])
            return index, [] if point.constant else _parts(point.candidates[index], numbers, 1)
    return None, _parts(plan, numbers, 0)


def _parts(plan: Plan, numbers: Numbers, start: int) -> list[Part]:
    """Returns the children that a candidate space or a container has; the slots of an only multi-
    choice stand in for it.
    """
    points = plan.points
    parts: list[Part] = []
    if len(points) == 1 and points[0].k > 1:
        point = points[0]
        for i in range(point.k):
            end = span(point.candidates[int(numbers[start])], numbers, start + 1)
            parts.append((point.spec.choice_specs[i].plan, numbers[start:end]))
            start = end
        return parts
    for point in points:
        end = point_span(point, numbers, start)
        parts.append((point.spec.plan, numbers[start:end]))
        start = end
    return parts
