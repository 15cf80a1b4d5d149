"""Operations that decide what runs: by chance, by a condition, item by item; and those that keep a global state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, cast

from polygraft import typing as pg_typing
from polygraft.evolution.algebra import UnaryOperation
from polygraft.evolution.calling import Runner, any_operation, operation_spec, runner
from polygraft.evolution.operation import REQUIRED, Operation, made_by_operators
from polygraft.missing import MISSING_VALUE
from polygraft.scalars import scalar_spec, scalar_value
from polygraft.scalars.parts import SEED_FIELD, Drawing
from polygraft.symbolic import members

_set = object.__setattr__  # State of an object is no field of it.
_PROBABILITY = pg_typing.Float(min_value=0.0, max_value=1.0)


@made_by_operators
@members(
    [
        (
            "ops",
            pg_typing.List(pg_typing.Tuple([any_operation(), scalar_spec(_PROBABILITY)])),
            "Pairs of an operation and its probability.",
        ),
        (
            "limit",
            scalar_spec(pg_typing.Int(min_value=0)).noneable(),
            "How many operations are applied at most; None for all.",
        ),
        SEED_FIELD,
    ]
)
class Choice(Operation, Drawing):
    """Applies each operation in turn with its probability, to the output of the last one applied."""

    ops: list[tuple[Any, Any]] = REQUIRED
    limit: Any = None
    seed: int | None = None
    _ops: ClassVar[list[tuple[Runner, Any]]]

    def _on_bound(self) -> None:
        super()._on_bound()
        _set(self, "_ops", [(runner(op), probability) for op, probability in self.ops])

    def call(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        limit = scalar_value(self.limit, step)
        applied = 0
        for op, probability in self._ops:
            if limit is not None and applied >= limit:
                break
            if self._random.random() < scalar_value(probability, step):
                inputs = op(inputs, global_state, step)
                applied += 1
        return inputs


@made_by_operators
@members(
    [
        (
            "predicate",
            pg_typing.Callable([pg_typing.List(pg_typing.Any())], returns=pg_typing.Bool()),
            "A callable `(inputs[, global_state][, step])`.",
        ),
        ("true_op", any_operation().noneable(), "Applied where it holds."),
        ("false_op", any_operation().noneable(), "Applied where it does not."),
    ]
)
class Conditional(Operation):
    """Applies one operation or the other; None stands for giving the input back."""

    predicate: Callable[..., bool] = REQUIRED
    true_op: Callable[..., Any] | None = None
    false_op: Callable[..., Any] | None = None
    _branches: ClassVar[tuple[Runner, Runner | None, Runner | None]]

    def _on_bound(self) -> None:
        super()._on_bound()
        branches = [None if op is None else runner(op) for op in (self.true_op, self.false_op)]
        _set(self, "_branches", (runner(self.predicate), *branches))

    def call(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        predicate, true_op, false_op = self._branches
        op = true_op if predicate(inputs, global_state, step) else false_op
        return inputs if op is None else op(inputs, global_state, step)


@made_by_operators
@members([("op", operation_spec(pg_typing.Any()), "A function of one item.")])
class ElementWise(Operation):
    """Applies a function, or an operation, to each item of the input."""

    op: Callable[..., Any] = REQUIRED
    _op: ClassVar[Runner]

    def _on_bound(self) -> None:
        super()._on_bound()
        _set(self, "_op", runner(self.op))

    def call(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        return [self._op(item, global_state, step) for item in inputs]


@made_by_operators
@members([("max_level", pg_typing.Int(min_value=1).noneable(), "How many levels; None for all.")])
class Flatten(Operation):
    """Puts the items of lists in place of the lists; tuples stay.

    Example:
        >>> Flatten()([[1], 2, [[3], [4]]]), Flatten(1)([[1], 2, [[3], [4]]])
        ([1, 2, 3, 4], [1, 2, [3], [4]])
    """

    max_level: int | None = None

    def call(self, inputs: list[Any]) -> list[Any]:
        return _flat(inputs, -1 if self.max_level is None else self.max_level)


def _flat(items: list[Any], levels: int) -> list[Any]:
    output: list[Any] = []
    for item in items:
        if isinstance(item, list) and levels:
            output.extend(_flat(cast("list[Any]", item), levels - 1))
        else:
            output.append(item)
    return output


@made_by_operators
@members(
    [
        (
            "max_attempts",
            scalar_spec(pg_typing.Int(min_value=1)).noneable(),
            "How many runs at most; None for no limit.",
        )
    ]
)
class UntilChange(UnaryOperation):
    """Runs an operation on the same input until its output differs from it."""

    max_attempts: Any = None

    def call(self, inputs: list[Any], global_state: Any, step: int) -> list[Any]:
        limit = scalar_value(self.max_attempts, step)
        attempts = 0
        while True:
            output = self._op(inputs, global_state, step)
            attempts += 1
            if output != inputs or attempts == limit:
                return output


@made_by_operators
@members(
    [
        ("key", pg_typing.Str(), "Where it is stored."),
        ("default", pg_typing.List(pg_typing.Any()).noneable(), "What is returned if nothing is."),
    ]
)
class GlobalStateGetter(Operation):
    """Returns what is stored in the global state.

    Raises:
        KeyError: Nothing is, and there is no default.
    """

    key: str = REQUIRED
    default: list[Any] | None = None

    def call(self, inputs: list[Any], global_state: Any) -> list[Any]:
        if self.default is not None and self.key not in global_state:
            return list(self.default)
        return global_state[self.key]


_UNSET = (MISSING_VALUE,)


@made_by_operators
@members(
    [
        ("key", pg_typing.Str(), "Where it is stored."),
        ("value", pg_typing.Any(default=_UNSET), "What is stored; by default the input."),
    ]
)
class GlobalStateSetter(Operation):
    """Stores a value, or else its input, in the global state, and returns nothing."""

    key: str = REQUIRED
    value: Any = _UNSET

    def call(self, inputs: list[Any], global_state: Any) -> list[Any]:
        value: Any = self.value
        unset = type(value) is tuple and cast("tuple[Any, ...]", value) == _UNSET
        global_state[self.key] = inputs if unset else value
        return []
