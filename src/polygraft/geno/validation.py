"""`spec.validate(dna)`: the same conditions as for binding, told by location."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from polygraft.geno.numbers import nested_numbers
from polygraft.geno.plan import CHOICE, FLOAT, INT, Plan, Point

if TYPE_CHECKING:
    from polygraft.geno.base import SpecBase
    from polygraft.geno.node import Node


def validate(spec: SpecBase, dna: Node) -> None:
    """Raises for a genotype that does not fit.

    Raises:
        ValueError: It does not.
    """
    plan = spec.plan
    if len(plan.points) == 1:
        _point(plan.points[0], dna.value, dna.children, dna)
    elif dna.value is not None and plan.points:
        raise ValueError(
            f"Number of child values in DNA ({len(dna.children)}) does not match the number of "
            f"elements ({len(plan.points)}). "
            f"Child values: {dna.children!r}, Location: {spec.location}."
            if len(dna.children) != len(plan.points)
            else f"Expect no value for a space, but encountered: {dna.value!r}, Location: {spec.location}."
        )
    else:
        _space(plan, spec.location, dna.children, dna)
    if plan.rule is not None:
        plan.rule.check(plan, dna.numbers)


def _space(plan: Plan, location: Any, children: Sequence[Node], dna: Node) -> None:
    points = plan.points
    if not points:
        if children or dna.value is not None:
            raise ValueError(f"Extra DNA values encountered: {dna!r}, Location: {location}.")
        return
    if len(children) != len(points):
        raise ValueError(
            f"Number of child values in DNA ({len(children)}) does not match the number of elements ({len(points)}). "
            f"Child values: {children!r}, Location: {location}."
        )
    for child, point in zip(children, points, strict=True):
        _point(point, child.value, child.children, child)


def _point(point: Point, value: Any, children: Sequence[Node], dna: Node) -> None:
    location = point.spec.location
    if point.kind == FLOAT:
        _float(point, value, children)
    elif point.kind == INT:
        refusal = point.spec.refusal(value)
        if refusal is not None:
            raise ValueError(f"{refusal}, Location: {location}.")
        if children:
            raise ValueError(
                f"Int DNA should have no children. Encountered: {children!r}, Location: {location}."
            )
    elif point.kind != CHOICE:
        if not isinstance(value, str):
            raise ValueError(
                f"CustomDecisionPoint expects string type DNA. Encountered: {dna!r}, Location: {location}."
            )
        if children:
            raise ValueError(
                f"Custom DNA should have no children. Encountered: {children!r}, Location: {location}."
            )
    elif point.k > 1:
        _slots(point, value, children)
    elif value is None and children:
        raise ValueError(
            "Expect an integer for a single choice, but encountered a list "
            f"({_listed(children)!r}). Location: {location}."
        )
    elif not isinstance(value, int):
        raise ValueError(
            f"Expect an integer for a single choice, but encountered: {value!r}, Location: {location}."
        )
    else:
        _choice(point, value, children, location, dna)


def _listed(children: Sequence[Node]) -> Any:
    return [nested_numbers(c) for c in children]


def _float(point: Point, value: Any, children: Sequence[Node]) -> None:
    location = point.spec.location
    if not isinstance(value, float):
        raise ValueError(f"Expect float value. Encountered: {value}, Location: {location}.")
    if value < point.low:
        raise ValueError(
            f"DNA value should be no less than {point.low}. Encountered {value}, Location: {location}."
        )
    if not value <= point.high:
        raise ValueError(
            f"DNA value should be no greater than {point.high}. Encountered {value}, Location: {location}."
        )
    if children:
        raise ValueError(
            f"Float DNA should have no children. Encountered: {children!r}, Location: {location}."
        )


def _slots(point: Point, value: Any, children: Sequence[Node]) -> None:
    location = point.spec.location
    if value is not None or len(children) != point.k:
        raise ValueError(
            "Number of DNA child values does not match the number of choices. "
            f"Child values: {children!r}, Choices: {point.k}, Location: {location}."
        )
    values: list[Any] = [c.value for c in children]
    if point.distinct and len(set(values)) != len(values):
        raise ValueError(
            f"DNA child values should be distinct. Encountered: {values!r}, Location: {location}."
        )
    if point.sorted and all(isinstance(v, int) for v in values) and values != sorted(values):
        raise ValueError(
            f"DNA child values should be sorted. Encountered: {values!r}, Location: {location}."
        )
    for i, child in enumerate(children):
        index, slot_location = child.value, location + i
        if not isinstance(index, int):
            raise ValueError(
                f"Choice value should be int. Encountered: {index}, Location: {slot_location}."
            )
        _choice(point, index, child.children, slot_location, child)


def _choice(point: Point, index: int, children: Sequence[Node], location: Any, dna: Node) -> None:
    if not 0 <= index < point.n:
        raise ValueError(
            f"Choice out of range. Value: {index}, Candidates: {point.n}, Location: {location}."
        )
    candidate = point.candidates[index]
    points = candidate.points
    if not points:
        if children:
            raise ValueError(
                f"Child DNA ({children!r}) provided while there is no child decision point."
            )
        return
    space = point.spec.candidates[index]
    if not children:
        raise ValueError(f"No child DNA provided for child space {space!r}.")
    sub = points[0]
    if len(points) > 1:
        _space(candidate, space.location, children, dna)
    elif len(children) == 1:
        child = children[0]
        _point(sub, child.value, child.children, child)
    else:
        _point(sub, None, children, dna)
