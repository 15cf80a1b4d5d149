"""Between genotypes and their numbers: gathering, parsing, checking, making by a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from polygraft.geno.binding import bind
from polygraft.geno.plan import CHOICE, FLOAT, INT, Number, Numbers, Plan, Point

if TYPE_CHECKING:
    from polygraft.geno.base import SpecBase
    from polygraft.geno.node import Node


def gather(dna: Node) -> Numbers:
    """Returns the values of a tree in depth-first order, without those of containers."""
    out: list[Number] = []
    _gather(dna, out)
    return tuple(out)


def _gather(dna: Node, out: list[Number]) -> None:
    if dna.value is not None:
        out.append(dna.value)
    for child in dna.children:
        _gather(child, out)


def nested_numbers(dna: Node) -> Any:
    """Returns the values as nested lists and tuples."""
    if dna.is_leaf:
        return [] if dna.value is None else dna.value
    below = [nested_numbers(c) for c in dna.children]
    if dna.value is None:
        return below
    if len(below) > 1:
        return dna.value, below
    only = below[0]
    return dna.value, list(cast(tuple[Any, ...], only)) if isinstance(only, tuple) else only


def numbers_of(plan: Plan, dna: Node) -> Numbers:
    """Returns the numbers of a genotype that must fit a plan.

    Raises:
        ValueError: It does not.
    """
    return dna.numbers if dna.fits(plan) else bind(dna, plan)[1]


def start_numbers(plan: Plan, dna: Node) -> Numbers:
    """Returns the numbers of a genotype from which an enumeration goes on.

    Raises:
        ValueError: It does not fit.
    """
    if dna.fits(plan):
        return dna.numbers
    if len(plan.points) == 1 and plan.points[0].kind == CHOICE:
        _check_start(plan.points[0], dna)
    return bind(dna, plan)[1]


def _check_start(point: Point, dna: Node) -> None:
    nodes = dna.children if point.k > 1 else [dna]
    if len(nodes) != point.k:
        raise ValueError(
            f"Expect {point.k} choices but encountered {len(nodes)} sub-DNA ({nodes!r})."
        )
    for node in nodes:
        if not isinstance(node.value, int) or not 0 <= node.value < point.n:
            raise ValueError(
                f"Choice value ({node.value}) is out of range ([0, {point.n}]). DNASpec: {point.spec!r}."
            )


def parse(spec: SpecBase, values: Sequence[Any]) -> Numbers:
    """Returns flat values as numbers of the right shape: right count, choices that exist.
    Constraints are not checked; values may be left over.

    Raises:
        ValueError: Too few values, or a choice that does not exist.
    """
    values = list(values)
    return tuple(values[: _parse(spec.plan.points, spec, values, 0)])


def _parse(points: Sequence[Point], spec: SpecBase, values: list[Any], at: int) -> int:
    for point in points:
        for _ in range(point.k):
            if at >= len(values):
                raise ValueError(f"The input {values!r} is too short for {spec!r}.")
            value = values[at]
            at += 1
            if point.kind == CHOICE:
                if not isinstance(value, int):
                    raise ValueError(
                        f"DNA value type mismatch. Value: {value}, Spec: {point.spec!r}."
                    )
                if not 0 <= value < point.n:
                    raise ValueError(
                        f"Candidate index out of range at choice '{point.spec.label}'. "
                        f"Index={value}, Number of candidates={point.n}."
                    )
                at = _parse(point.candidates[value].points, spec, values, at)
    return at


def conforms(plan: Plan, numbers: Numbers) -> bool:
    """Whether numbers of the right shape meet all constraints."""
    return _conforms(plan.points, numbers, 0) >= 0


def _conforms(points: Sequence[Point], numbers: Sequence[Any], at: int) -> int:
    """Returns where the numbers of `points` end, or -1."""
    for point in points:
        if point.kind == CHOICE:
            chosen: list[Any] = []
            for _ in range(point.k):
                value = numbers[at]
                if not isinstance(value, int) or not 0 <= value < point.n:
                    return -1
                chosen.append(value)
                at = _conforms(point.candidates[value].points, numbers, at + 1)
                if at < 0:
                    return -1
            if len(chosen) > 1 and not _allowed(point, chosen):
                return -1
            continue
        value = numbers[at]
        at += 1
        if point.kind == FLOAT:
            if not isinstance(value, float) or not point.low <= value <= point.high:
                return -1
        elif point.kind == INT:
            if point.spec.refusal(value) is not None:
                return -1
        elif not isinstance(value, str):
            return -1
    return at


def _allowed(point: Point, chosen: list[int]) -> bool:
    if point.distinct and len(set(chosen)) < len(chosen):
        return False
    return not point.sorted or chosen == sorted(chosen)


def from_fn(plan: Plan, fn: Callable[[Any], Any]) -> Numbers:
    """Returns the numbers that a function decides, top-down."""
    out: list[Number] = []
    _from_fn(plan.points, fn, out)
    return tuple(out)


def _from_fn(points: Sequence[Point], fn: Callable[[Any], Any], out: list[Number]) -> None:
    for point in points:
        spec = point.spec
        answer = fn(spec)
        if hasattr(answer, "to_numbers"):  # A DNA decides the whole sub-tree.
            spec.validate(answer)
            out.extend(numbers_of(spec.plan, answer))
        elif point.kind == CHOICE:
            _from_choice(point, answer, fn, out)
        elif point.kind == FLOAT:
            if not isinstance(answer, float):
                raise ValueError(
                    f"Expect float value. Encountered: {answer}, Location: {spec.location}."
                )
            out.append(answer)
        elif point.kind == INT:
            if not isinstance(answer, int):
                raise ValueError(
                    f"Expect int value. Encountered: {answer}, Location: {spec.location}."
                )
            out.append(answer)
        else:
            out.append(answer)


def _from_choice(point: Point, indices: Any, fn: Callable[[Any], Any], out: list[Number]) -> None:
    location = point.spec.location
    if not isinstance(indices, (list, tuple)) or len(cast(list[Any], indices)) != point.k:
        raise ValueError(
            f"Number of DNA child values does not match the number of choices. Child values: {indices!r}, "
            f"Choices: {point.k}, Location: {location}."
        )
    for i, index in enumerate(cast(list[Any], indices)):
        if not isinstance(index, int):
            raise ValueError(
                f"Choice value should be int. Encountered: {index}, Location: {location + i}."
            )
        if not 0 <= index < point.n:
            raise ValueError(
                f"Choice out of range. Value: {index}, Candidates: {point.n}, Location: {location + i}."
            )
        out.append(index)
        slot = point.spec.choice_specs[i].plan.points[0]
        _from_fn(slot.candidates[index].points, fn, out)


def from_json_value(value: Any) -> Any:
    """Returns a nested value in which `["__tuple__", ...]` is made into tuples."""
    if isinstance(value, tuple):
        return tuple(from_json_value(v) for v in cast(tuple[Any, ...], value))
    if not isinstance(value, list):
        return value
    items = cast(list[Any], value)
    if items and items[0] == "__tuple__":
        return tuple(from_json_value(v) for v in items[1:])
    return [from_json_value(v) for v in items]
