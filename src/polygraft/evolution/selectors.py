"""Selectors: operations that select items.

`n` is None (all), an int, a proportion of the input, or a function of the step to one of these.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

from polygraft import typing as pg_typing
from polygraft.evolution.calling import Runner, runner, total
from polygraft.evolution.interfaces import Selector
from polygraft.evolution.metadata import DNA_METADATA_FITNESS
from polygraft.evolution.operation import REQUIRED
from polygraft.geno import DNA
from polygraft.scalars import scalar_spec, scalar_value
from polygraft.scalars.parts import SEED_FIELD, Drawing
from polygraft.symbolic import members

_set = object.__setattr__  # State of an object is no field of it.


def num_output_spec() -> Any:
    """Returns the spec of `n`."""
    count = pg_typing.Int(min_value=0).noneable()
    share = pg_typing.Float(min_value=0.0, max_value=1.0).noneable()
    return scalar_spec(pg_typing.Union([count, share]).noneable()).noneable()


def compute_num_output(n: Any, inputs: list[Any], step: int) -> int:
    """Returns how many items `n` stands for."""
    n = scalar_value(n, step)
    if n is None:
        return len(inputs)
    return math.ceil(n * len(inputs)) if isinstance(n, float) else n


def _n() -> tuple[Any, ...]:
    return ("n", num_output_spec(), "How many: None for all, an int, or a proportion of the input.")


@members(
    [
        _n(),
        ("replacement", pg_typing.Bool(default=False), "Whether an item may be drawn again."),
        SEED_FIELD,
    ]
)
class Random(Selector, Drawing):
    """Random items, in random order.

    Example:
        >>> Random(2, seed=1)([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
        [2, 1]
    """

    n: Any = None
    replacement: bool = False
    seed: int | None = None

    def select(self, inputs: list[Any], step: int) -> list[Any]:
        n = compute_num_output(self.n, inputs, step)
        if self.replacement:
            return [self._random.choice(inputs) for _ in range(n)]
        return self._random.sample(inputs, min(n, len(inputs)))


_WEIGHTS = (
    "weights",
    pg_typing.Callable(
        [pg_typing.List(pg_typing.Any())], returns=pg_typing.List(pg_typing.Float(min_value=0.0))
    ),
    "A callable `(inputs[, global_state][, step])` to a weight for each item.",
)


@members([_n(), _WEIGHTS, SEED_FIELD])
class Sample(Selector, Drawing):
    """Random items, drawn by weight; an item may be drawn again."""

    n: Any = None
    weights: Callable[..., Any] = REQUIRED
    seed: int | None = None
    _weights: ClassVar[Runner]

    def _on_bound(self) -> None:
        super()._on_bound()
        _set(self, "_weights", runner(self.weights))

    def select(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        n = compute_num_output(self.n, inputs, step)
        weights = self._weights(inputs, global_state, step)
        return self._random.choices(inputs, weights=weights, k=n)


@members([_n(), _WEIGHTS])
class Proportional(Selector):
    """Each item as often as its share of the weights asks for, n in all, without chance."""

    n: Any = None
    weights: Callable[..., Any] = REQUIRED
    _weights: ClassVar[Runner]

    def _on_bound(self) -> None:
        super()._on_bound()
        _set(self, "_weights", runner(self.weights))

    def select(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        n = compute_num_output(self.n, inputs, step)
        counts = self._partition(self._weights(inputs, global_state, step), n)
        return [item for item, count in zip(inputs, counts, strict=True) for _ in range(count)]

    def _partition(self, weights: list[float], n: int) -> list[int]:
        """Returns how often each item is taken: rounded shares, then one by one until there are n."""
        whole = total(weights)
        counts = [int(n * w / whole + 0.5) for w in weights]
        surplus = sum(counts) - n
        order = [i for i in range(len(weights)) if weights[i] > 0]
        order.sort(key=lambda i: weights[i], reverse=surplus < 0)
        while surplus:
            for i in order:
                if surplus < 0:
                    counts[i] += 1
                    surplus += 1
                elif surplus and counts[i]:
                    counts[i] -= 1
                    surplus -= 1
                if not surplus:
                    break
        return counts


def _key_of(item: Any) -> Any:
    """The default key: the fitness of a genotype, anything else itself."""
    return item.metadata[DNA_METADATA_FITNESS] if isinstance(item, DNA) else item


def _ranked_fields() -> list[tuple[Any, ...]]:
    key = pg_typing.Callable([pg_typing.Any()], returns=pg_typing.Any()).noneable()
    return [
        _n(),
        ("key", key, "What items are ranked by; None for the fitness, or the items themselves."),
        (
            "cluster",
            pg_typing.Bool(default=False),
            "Whether n counts different keys rather than items.",
        ),
    ]


@members(_ranked_fields())
class _Ranked(Selector):
    """What `Top` and `Bottom` share."""

    DESCENDING: ClassVar[bool]
    n: Any = None
    key: Callable[[Any], Any] | None = None
    cluster: bool = False

    def select(self, inputs: list[Any], step: int) -> list[Any]:
        key = _key_of if self.key is None else self.key
        ranked = sorted(inputs, key=key, reverse=self.DESCENDING)
        n = compute_num_output(self.n, inputs, step)
        if not self.cluster:
            return ranked[:n]
        output: list[Any] = []
        clusters = 0
        last: Any = None
        for item in ranked:
            value = key(item)
            if not clusters or value != last:
                if clusters == n:
                    break
                clusters, last = clusters + 1, value
            output.append(item)
        return output


class Top(_Ranked):
    """The n items with the highest keys, highest first; ties in the order of the input."""

    DESCENDING = True


class Bottom(_Ranked):
    """The n items with the lowest keys, lowest first; ties in the order of the input."""

    DESCENDING = False


@members([_n()])
class First(Selector):
    """The first n items."""

    n: Any = None

    def select(self, inputs: list[Any], step: int) -> list[Any]:
        return inputs[: compute_num_output(self.n, inputs, step)]


@members([_n()])
class Last(Selector):
    """The last n items."""

    n: Any = None

    def select(self, inputs: list[Any], step: int) -> list[Any]:
        n = compute_num_output(self.n, inputs, step)
        return inputs[-n:] if n else []
