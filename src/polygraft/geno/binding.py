"""Binding a tree to a spec: which node belongs to which decision point, and whether it may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from polygraft.geno.plan import CHOICE, FLOAT, INT, Number, Numbers, Plan, Point

if TYPE_CHECKING:
    from polygraft.geno.node import Node

Pairs = list[tuple["Node", Any]]


def bind(dna: Node, plan: Plan) -> tuple[Pairs, Numbers]:
    """Returns each node of `dna` with its spec, and the flat numbers. Changes nothing.

    Raises:
        ValueError: The genotype does not fit.
    """
    pairs: Pairs = []
    numbers: list[Number] = []
    if len(plan.points) == 1:
        _bind_point(dna, plan.points[0], pairs, numbers)
    else:
        _bind_container(dna, plan, pairs, numbers)
    if plan.rule is not None:
        plan.rule.check(plan, tuple(numbers))
    return pairs, tuple(numbers)


def _bind_container(dna: Node, plan: Plan, pairs: Pairs, numbers: list[Number]) -> None:
    spec, points, children = plan.spec, plan.points, dna.children
    if dna.value is not None:
        raise ValueError(f"DNA value type mismatch. Value: {dna.value}, Spec: {spec!r}.")
    if len(children) != len(points):
        raise ValueError(
            f"Length of DNA child values ({len(children)}) is different from the number of "
            f"elements ({len(points)}) in Spec: {spec!r}."
        )
    pairs.append((dna, spec))
    for child, point in zip(children, points, strict=True):
        _bind_point(child, point, pairs, numbers)


def _bind_point(dna: Node, point: Point, pairs: Pairs, numbers: list[Number]) -> None:
    if point.kind != CHOICE:
        _bind_scalar(dna, point, numbers)
    elif point.k > 1:
        if dna.value is not None:
            raise ValueError(
                f"Cannot apply multi-choice DNA spec on value {dna.value}: {point.spec!r}."
            )
        _bind_slots(dna, point, pairs, numbers)
    else:
        _bind_choice(dna, point, point.spec, pairs, numbers)
    pairs.append((dna, point.spec))


def _bind_scalar(dna: Node, point: Point, numbers: list[Number]) -> None:
    value = dna.value
    if point.kind == FLOAT:
        if not isinstance(value, float):
            raise ValueError(f"DNA value type mismatch. Value: {value}, Spec: {point.spec!r}.")
        check_range(value, point)
    elif point.kind == INT:
        refusal = point.spec.refusal(value)
        if refusal is not None:
            raise ValueError(f"{refusal}, Spec: {point.spec!r}.")
    elif not isinstance(value, str):
        raise ValueError(f"DNA value type mismatch, Value: {value}, Spec: {point.spec!r}.")
    if dna.children:
        raise ValueError(
            f"There is no DNA spec for child DNA values. Child values: {dna.children!r}."
        )
    numbers.append(cast(Number, value))


def check_range(value: float, point: Point) -> None:
    """Raises for a float out of bounds."""
    if value < point.low:
        raise ValueError(
            f"DNA value should be no less than {point.low}. Encountered {value}, Spec: {point.spec!r}."
        )
    if not value <= point.high:
        raise ValueError(
            f"DNA value should be no greater than {point.high}. Encountered {value}, Spec: {point.spec!r}."
        )


def _bind_choice(dna: Node, point: Point, spec: Any, pairs: Pairs, numbers: list[Number]) -> None:
    index = dna.value
    if not isinstance(index, int):
        raise ValueError(f"DNA value type mismatch. Value: {index}, Spec: {spec!r}.")
    if not 0 <= index < point.n:
        raise ValueError(
            f"Value of DNA is out of range according to the DNA spec. Value: {index}, Spec: {spec!r}."
        )
    numbers.append(index)
    candidate, children = point.candidates[index], dna.children
    if not candidate.points:
        if children:
            raise ValueError(
                f"There is no DNA spec for child DNA values. Child values: {children!r}."
            )
        return
    points = candidate.points
    if len(points) > 1:
        if len(children) != len(points):
            raise ValueError(
                f"Number of elements in child templates ({len(points)}) does not match with the "
                f"length of children ({len(children)}) "
                f"from DNA: {dna!r}, Spec: {spec.candidates[index]!r}."
            )
        for child, sub in zip(children, points, strict=True):
            _bind_point(child, sub, pairs, numbers)
        return
    sub = points[0]
    if sub.k > 1:
        _bind_slots(dna, sub, pairs, numbers)
    elif len(children) == 1:
        _bind_point(children[0], sub, pairs, numbers)
    elif sub.kind == CHOICE:
        raise _wrong_count(sub, children)
    else:
        raise ValueError(
            f"Encountered more than 1 value.Child value: {children!r}, Spec: {sub.spec!r}."
        )


def _wrong_count(point: Point, children: Sequence[Node]) -> ValueError:
    return ValueError(
        f"Number of choices ({point.k}) does not match with the number of child values (len(children)). "
        f"Spec: {point.spec!r}, Children: {children!r}."
    )


def _bind_slots(dna: Node, point: Point, pairs: Pairs, numbers: list[Number]) -> None:
    """Binds the children of `dna` to the slots of a multi-choice."""
    children = dna.children
    if len(children) != point.k:
        raise _wrong_count(point, children)
    values = [c.value for c in children]
    if point.sorted and _ints(values) and values != sorted(values):  # pyright: ignore[reportArgumentType]
        raise ValueError(f"Child values {values!r} are not sorted. Spec: {point.spec!r}.")
    if point.distinct and None not in values and len(set(values)) != len(values):
        raise ValueError(f"Child values {values!r} are not distinct. Spec: {point.spec!r}.")
    for child, slot in zip(children, point.spec.choice_specs, strict=True):
        _bind_choice(child, slot.plan.points[0], slot, pairs, numbers)
        pairs.append((child, slot))


def _ints(values: list[Any]) -> bool:
    return all(isinstance(v, int) for v in values)
