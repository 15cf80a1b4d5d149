"""The operations that Python's operators make: sequences, sets, repetitions.

Sets go by identity: two equal genotypes are two items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from polygraft import typing as pg_typing
from polygraft.evolution.calling import Runner, any_operation, runner
from polygraft.evolution.operation import REQUIRED, Operation, made_by_operators
from polygraft.scalars import scalar_spec, scalar_value
from polygraft.symbolic import members

_set = object.__setattr__  # State of an object is no field of it.


class Identity(Operation):
    """Returns its input."""

    def call(self, inputs: list[Any]) -> list[Any]:
        return inputs


@members([("op", any_operation(), "The operation.")])
class UnaryOperation(Operation):
    """Base of operations on one operation."""

    op: Callable[..., Any] = REQUIRED
    _op: ClassVar[Runner]

    def _on_bound(self) -> None:
        super()._on_bound()
        _set(self, "_op", runner(self.op))


@members([("fn", any_operation(), "A callable `(inputs[, global_state][, step])`.")])
class Lambda(Operation):
    """A callable, with the operators of an operation.

    Example:
        >>> (Lambda(lambda inputs: inputs[:2]) + Identity())([1, 2, 3])
        [1, 2, 1, 2, 3]
    """

    fn: Callable[..., Any] = REQUIRED
    _fn: ClassVar[Runner]

    def _on_bound(self) -> None:
        super()._on_bound()
        _set(self, "_fn", runner(self.fn))

    def call(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        return self._fn(inputs, global_state, step)


@members([("ops", pg_typing.List(any_operation(), min_size=2), "The operations.")])
class MultiOperation(Operation):
    """Base of operations on several operations."""

    ops: list[Callable[..., Any]] = REQUIRED
    _ops: ClassVar[list[Runner]]

    def _on_bound(self) -> None:
        super()._on_bound()
        _set(self, "_ops", [runner(op) for op in self.ops])

    def _outputs(self, inputs: list[Any], global_state: Any, step: int) -> list[list[Any]]:
        return [op(inputs, global_state, step) for op in self._ops]


@made_by_operators
class Pipeline(MultiOperation):
    """`x >> y`: each operation applied to the output of the one before."""

    def call(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        for op in self._ops:
            inputs = op(inputs, global_state, step)
        return inputs


@made_by_operators
class Concatenation(MultiOperation):
    """`x + y`: the outputs one after another, repetitions kept."""

    def call(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        return [item for output in self._outputs(inputs, global_state, step) for item in output]


@made_by_operators
@members([("ops", pg_typing.List(any_operation(), min_size=1), "The operations.")])
class Union(Operation):
    """`x | y`: the items of all outputs, each once, in order of appearance."""

    ops: list[Callable[..., Any]] = REQUIRED
    _ops: ClassVar[list[Runner]]

    def _on_bound(self) -> None:
        super()._on_bound()
        _set(self, "_ops", [runner(op) for op in self.ops])

    def call(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        return _distinct(item for op in self._ops for item in op(inputs, global_state, step))


@made_by_operators
class Intersection(MultiOperation):
    """`x & y`: the items of the first output that are in all the others."""

    def call(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        first, *others = self._outputs(inputs, global_state, step)
        known = [_ids(output) for output in others]
        return [item for item in _distinct(first) if all(id(item) in ids for ids in known)]


@made_by_operators
class Difference(MultiOperation):
    """`x - y`: the items of the first output that are in none of the others."""

    def call(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        first, *others = self._outputs(inputs, global_state, step)
        known = {i for output in others for i in _ids(output)}
        return [item for item in first if id(item) not in known]


@made_by_operators
class SymmetricDifference(MultiOperation):
    """`x ^ y`: the items that are in exactly one of the outputs."""

    def call(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        outputs = self._outputs(inputs, global_state, step)
        counts: dict[int, int] = {}
        for output in outputs:
            for i in _ids(output):
                counts[i] = counts.get(i, 0) + 1
        return [item for output in outputs for item in output if counts[id(item)] == 1]


@made_by_operators
class Inversion(UnaryOperation):
    """`-x`, `~x`: the items of the input that are not in the output."""

    def call(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        known = _ids(self._op(inputs, global_state, step))
        return [item for item in inputs if id(item) not in known]


_INDEX = pg_typing.Union([pg_typing.Int(), pg_typing.Object(slice)])


@made_by_operators
@members([("index", scalar_spec(_INDEX), "An index, a slice, or a function of the step.")])
class Slice(UnaryOperation):
    """`x[i]`, `x[a:b:c]`: a part of the output; always a list."""

    index: Any = REQUIRED

    def call(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        index = scalar_value(self.index, step)
        output = self._op(inputs, global_state, step)[index]
        return output if isinstance(index, slice) else [output]


def _times() -> Any:
    return ("k", scalar_spec(pg_typing.Int()), "How many times: an int, or a function of the step.")


@made_by_operators
@members([_times()])
class Repeat(UnaryOperation):
    """`x * k`: the outputs of k runs on the same input, one after another."""

    k: Any = REQUIRED

    def call(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        return [
            item
            for _ in range(scalar_value(self.k, step))
            for item in self._op(inputs, global_state, step)
        ]


@made_by_operators
@members([_times()])
class Power(UnaryOperation):
    """`x ** k`: x applied to its own output, k times in all."""

    k: Any = REQUIRED

    def call(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        for _ in range(scalar_value(self.k, step)):
            inputs = self._op(inputs, global_state, step)
        return inputs


def _ids(items: list[Any]) -> set[int]:
    return {id(item) for item in items}


def _distinct(items: Iterable[Any]) -> list[Any]:
    return list({id(item): item for item in items}.values())
