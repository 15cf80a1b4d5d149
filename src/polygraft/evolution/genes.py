"""The nodes of a genotype in flat form: which numbers belong to which node of the tree.

Mutators pick a node and replace its numbers; no tree is made for that. `genes` lists exactly the nodes that the tree
has, in its depth-first order, so that a filter on nodes can be applied where a user gives one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from polygraft.geno import DNA
from polygraft.geno.numbers import numbers_of
from polygraft.geno.plan import CHOICE, Numbers, Plan, Point, span


class Gene(NamedTuple):
    """One node.

    Attributes:
        point: The decision point that it is bound to; None for a container of several.
        start, end: Its numbers, those of the nodes below included.
        slot: Which slot of a multi-choice it is; -1 for none.
        first: For a slot, where the numbers of its multi-choice begin.
        multi: The multi-choice whose slots are its children.
    """

    point: Point | None
    start: int
    end: int
    slot: int = -1
    first: int = -1
    multi: Point | None = None


def plan_of(dna: DNA) -> tuple[Plan, Numbers] | None:
    """Returns the plan and the numbers of a genotype; None if it is not bound to a spec."""
    spec = dna.spec
    return None if spec is None else (spec.plan, numbers_of(spec.plan, dna))


def genes(plan: Plan, numbers: Numbers) -> list[Gene]:
    """Returns the nodes of a genotype in depth-first order."""
    out: list[Gene] = []
    if len(plan.points) == 1:
        _add_point(plan.points[0], numbers, 0, out)
        return out
    out.append(Gene(None, 0, len(numbers)))
    at = 0
    for point in plan.points:
        at = _add_point(point, numbers, at, out)
    return out


def _add_point(point: Point, numbers: Numbers, at: int, out: list[Gene]) -> int:
    """Adds the nodes of a decision point; returns where its numbers end."""
    place = len(out)
    if point.kind != CHOICE:
        out.append(Gene(point, at, at + 1))
        return at + 1
    if point.k == 1:
        return _add_choice(point, numbers, at, -1, -1, out)
    out.append(Gene(point, at, at))
    end = _add_slots(point, numbers, at, out)
    out[place] = Gene(point, at, end, multi=point)
    return end


def _add_slots(point: Point, numbers: Numbers, at: int, out: list[Gene]) -> int:
    first = at
    for slot in range(point.k):
        at = _add_choice(point, numbers, at, slot, first, out)
    return at


def _add_choice(
    point: Point, numbers: Numbers, at: int, slot: int, first: int, out: list[Gene]
) -> int:
    """Adds the node of a single choice, or of one slot, and the nodes below it."""
    place = len(out)
    out.append(Gene(point, at, at))
    below = point.candidates[int(numbers[at])].points
    end = at + 1
    multi = below[0] if len(below) == 1 and below[0].k > 1 else None
    if multi is not None:  # Its slots are children of this very node.
        end = _add_slots(multi, numbers, end, out)
        out[place] = Gene(point, at, end, slot, first, multi)
        return end
    for sub in below:
        end = _add_point(sub, numbers, end, out)
    out[place] = Gene(point, at, end, slot, first)
    return end


def where_matches(dna: DNA, found: list[Gene], where: Callable[[DNA], Any] | None) -> list[Gene]:
    """Returns those nodes for which a filter holds; it is called on all nodes of the tree, the root first."""
    if where is None:
        return found
    nodes: list[DNA] = []
    stack = [dna]
    while stack:
        node = stack.pop()
        nodes.append(node)
        stack.extend(reversed(node.children))
    return [gene for gene, node in zip(found, nodes, strict=True) if where(node)]


def slot_spans(point: Point, numbers: Numbers, first: int) -> list[tuple[int, int]]:
    """Returns where the numbers of the slots of a multi-choice begin and end."""
    spans: list[tuple[int, int]] = []
    for _ in range(point.k):
        end = span(point.candidates[int(numbers[first])], numbers, first + 1)
        spans.append((first, end))
        first = end
    return spans
