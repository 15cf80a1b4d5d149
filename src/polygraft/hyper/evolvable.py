"""`evolve`: a program that is its own genotype, changed step by step by a function of the user.

The genotype is the JSON text of the whole value. Which place of the value changes next, and how, is drawn by weight
among all mutation points: each node may be replaced, each item of a list deleted, and something inserted before each
item and after the last one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, cast

from polygraft import typing as pg_typing
from polygraft.geno import DNA
from polygraft.hyper.base import REQUIRED
from polygraft.hyper.custom import CustomHyper
from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.paths import KeyPath
from polygraft.serialization import from_json_str, to_json_str
from polygraft.symbolic.base import Symbolic
from polygraft.symbolic.node import OPS, Kind
from polygraft.symbolic.object_ import members
from polygraft.symbolic.rebinding import rebind

#: Key in the metadata of a field whose value, with all below, is to stay as it is.
NO_MUTATION = "no_mutation"


class MutationType(str, Enum):  # noqa: UP042 -- `str()` of a member is its name.
    """What happens at a place of a program."""

    REPLACE = "0"
    INSERT = "1"
    DELETE = "2"


@dataclass
class MutationPoint:
    """A place of a program, and what may happen there.

    Attributes:
        mutation_type: What happens.
        location: The place.
        old_value: The value there; `MISSING_VALUE` for an insertion.
        parent: The node above; None at the root.
    """

    mutation_type: MutationType
    location: KeyPath
    old_value: Any
    parent: Any


@members(
    [
        ("initial_value", pg_typing.Object(Symbolic), "The program to begin with."),
        (
            "node_transform",
            pg_typing.Callable([pg_typing.Any()] * 3),
            "A function `(location, old_value, parent)` to a new value; `old_value` is `MISSING_VALUE` for insertions.",
        ),
        (
            "weights",
            pg_typing.Callable([pg_typing.Any()] * 4).noneable(),
            "A function `(mutation_type, location, value, parent)` to the weight of a mutation; None for equal ones.",
        ),
    ],
    init_arg_list=["initial_value", "node_transform", "weights", "name", "hints"],
)
class Evolvable(CustomHyper):
    """A program that evolves; see `evolve`."""

    initial_value: Any = REQUIRED
    node_transform: Callable[..., Any] = REQUIRED
    weights: Callable[..., Any] | None = None

    def custom_decode(self, dna: DNA) -> Any:
        return from_json_str(cast(str, dna.value))

    def custom_encode(self, value: Any) -> DNA:
        return DNA(to_json_str(value))

    def first_dna(self) -> DNA:
        """The genotype of the initial value."""
        return self.custom_encode(self.initial_value)

    def random_dna(self, random_generator: Any = None, previous_dna: DNA | None = None) -> DNA:
        """The genotype of the initial value; with an earlier genotype, a mutation of that."""
        if previous_dna is None:
            return self.first_dna()
        value = self.custom_decode(previous_dna)
        return self.custom_encode(self.mutate(value, random_generator))

    def mutate(self, value: Any, random_generator: Any = None) -> Any:
        """Changes a program in place at one place, and returns it; a replacement of its root returns that.

        Args:
            value: The program.
            random_generator: A `random.Random`; the global `random` module for None.
        """
        r = random if random_generator is None else random_generator
        points, weights = self.mutation_points_and_weights(value)
        point: MutationPoint = r.choices(points, weights, k=1)[0]
        at, parent = point.location, point.parent
        if point.mutation_type is MutationType.DELETE:
            del parent[at.key]
            return value
        new = self.node_transform(at, point.old_value, parent)
        if point.mutation_type is MutationType.INSERT:
            parent.insert(at.key, new)
            return value
        if parent is None:
            return new
        rebind(parent, {KeyPath.of((at.key,)): new}, raise_on_no_change=False)
        return value

    def mutation_points_and_weights(self, value: Any) -> tuple[list[MutationPoint], list[float]]:
        """Returns all that may happen to a program, depth first, and the weight of each."""
        points = list(_points(value, KeyPath(), None))
        weigh = self.weights
        if weigh is None:
            return points, [1.0] * len(points)
        return points, [weigh(p.mutation_type, p.location, p.old_value, p.parent) for p in points]


def _points(value: Any, at: KeyPath, parent: Any) -> Iterator[MutationPoint]:
    yield MutationPoint(MutationType.REPLACE, at, value, parent)
    ops = OPS[type(value)]
    if not ops.symbolic or not ops.container:
        return
    if ops.kind is Kind.LIST:
        yield from _list_points(value, at)
        return
    for key, child in list(ops.given_items(value)):
        field = ops.field(value, key)
        if field is not None and NO_MUTATION in (field.metadata or {}):
            continue
        if not is_missing(child):
            yield from _points(child, KeyPath(key, at), value)


def _list_points(value: Any, at: KeyPath) -> Iterator[MutationPoint]:
    spec, n = value.value_spec, len(value)
    may_grow = value.max_size is None or n < value.max_size
    may_shrink = spec is None or n > spec.min_size
    for i, child in enumerate(list(value)):
        place = KeyPath(i, at)
        if may_grow:
            yield MutationPoint(MutationType.INSERT, place, MISSING_VALUE, value)
        if may_shrink:
            yield MutationPoint(MutationType.DELETE, place, child, value)
        yield from _points(child, place, value)
    if n and may_grow:
        yield MutationPoint(MutationType.INSERT, KeyPath(n, at), MISSING_VALUE, value)


def evolve(
    initial_value: Any,
    node_transform: Callable[..., Any],
    *,
    weights: Callable[..., Any] | None = None,
    name: str | None = None,
    hints: Any = None,
) -> Any:
    """A placeholder for a program that evolves from an initial one, for algorithms that mutate.

    Args:
        initial_value: The program to begin with, a symbolic value.
        node_transform: A function `(location, old_value, parent)` to a new value: the value at a place changes, or
            (`old_value` is `pg.MISSING_VALUE`) something is inserted into a list.
        weights: A function `(mutation_type, location, value, parent)` to the weight, at least 0, of what may happen at
            a place; equal weights for None. Fields whose metadata holds `no_mutation` are left alone in any case.
        name: Name of the decision, unique in the space.
        hints: Anything that algorithms may make use of.

    Returns:
        An `Evolvable`.

    Raises:
        TypeError: The initial value is not symbolic.

    Example:
        >>> import polygraft as pg
        >>> import random
        >>> program = pg.evolve(pg.List([1, 2]), lambda location, old_value, parent: 7)
        >>> program.mutate(pg.List([1, 2]), random.Random(1))
        [7, 1, 2]
    """
    return Evolvable(
        initial_value=initial_value,
        node_transform=node_transform,
        weights=weights,
        name=name,
        hints=hints,
    )


Evolvable.register_for_deserialization(
    "polygraft.hyper.Evolvable", ["pyglove.core.hyper.evolvable.Evolvable"]
)
