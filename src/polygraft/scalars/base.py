"""`Scalar`: a number that is a function of the step, with the arithmetic of numbers.

Wherever an algorithm takes a number that may change over time, it takes a constant, a callable of the step, or a
`Scalar`; `scalar_value` reads all three. Operators build trees (`STEP * 2` is `Multiplication(STEP, 2)`), which print,
compare and are saved like any program. The functions are in `maths.py`, schedules by phases in `step_wise.py`, random
numbers in `randoms.py`.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any

from polygraft import typing as pg_typing
from polygraft.missing import MISSING_VALUE
from polygraft.symbolic import Object, members

#: A constant, or a function of the step.
ScalarLike = Any
#: For type checkers, the default of a field that has none.
REQUIRED: Any = MISSING_VALUE


def scalar_spec(value_spec: Any) -> pg_typing.Union:
    """Returns the spec of a field that takes a value of `value_spec`, or a callable from the step to one.

    Example:
        >>> scalar_spec(pg_typing.Int())
        Union([Int(), Callable(args=[Int()], returns=Int())])
    """
    return pg_typing.Union(
        [value_spec, pg_typing.Callable([pg_typing.Int()], returns=value_spec)],
    )


def scalar_value(value: ScalarLike, step: int) -> Any:
    """Returns the value at a step: `value(step)` for a callable, else `value` itself.

    Example:
        >>> scalar_value(lambda step: step + 1, 2), scalar_value(5, 2)
        (3, 5)
    """
    return value(step) if callable(value) else value


class Scalar(Object):
    """Base of scalars. Subclasses implement `call(step)`.

    Example:
        >>> rate = STEP * 2 + 1
        >>> rate(3)
        7
        >>> rate
        Addition(x=Multiplication(x=_Step(), y=2), y=1)
    """

    @abstractmethod
    def call(self, step: int) -> Any:
        """Returns the value at a step."""

    def __call__(self, step: int) -> Any:
        """Returns the value at a step."""
        return self.call(step)

    def __add__(self, other: ScalarLike) -> Scalar:
        return Addition(self, other)

    def __radd__(self, other: ScalarLike) -> Scalar:
        return Addition(other, self)

    def __sub__(self, other: ScalarLike) -> Scalar:
        return Substraction(self, other)

    def __rsub__(self, other: ScalarLike) -> Scalar:
        return Substraction(other, self)

    def __mul__(self, other: ScalarLike) -> Scalar:
        return Multiplication(self, other)

    def __rmul__(self, other: ScalarLike) -> Scalar:
        return Multiplication(other, self)

    def __truediv__(self, other: ScalarLike) -> Scalar:
        return Division(self, other)

    def __rtruediv__(self, other: ScalarLike) -> Scalar:
        return Division(other, self)

    def __floordiv__(self, other: ScalarLike) -> Scalar:
        return Division(self, other).floor()

    def __rfloordiv__(self, other: ScalarLike) -> Scalar:
        return Division(other, self).floor()

    def __mod__(self, other: ScalarLike) -> Scalar:
        return Mod(self, other)

    def __rmod__(self, other: ScalarLike) -> Scalar:
        return Mod(other, self)

    def __pow__(self, other: ScalarLike) -> Scalar:
        return Power(self, other)

    def __rpow__(self, other: ScalarLike) -> Scalar:
        return Power(other, self)

    def __neg__(self) -> Scalar:
        return Negation(self)

    def __abs__(self) -> Scalar:
        return Absolute(self)

    def floor(self) -> Scalar:
        """Returns the scalar rounded down to an int."""
        return Floor(self)

    def ceil(self) -> Scalar:
        """Returns the scalar rounded up to an int."""
        return Ceiling(self)


@members([("value", pg_typing.Any(), "The value.")])
class Constant(Scalar):
    """The same value at every step."""

    value: Any = REQUIRED

    def call(self, step: int) -> Any:
        return self.value


@members([("fn", scalar_spec(pg_typing.Any()), "A function of the step.")])
class Lambda(Scalar):
    """A function of the step, with the operators of a scalar."""

    fn: Any = REQUIRED

    def call(self, step: int) -> Any:
        return scalar_value(self.fn, step)


class _Step(Scalar):
    """The step itself."""

    def call(self, step: int) -> int:
        return step


STEP = _Step()


def make_scalar(value: ScalarLike) -> Scalar:
    """Returns a scalar: the same for a `Scalar`, a `Lambda` of a callable, a `Constant` of anything else.

    Example:
        >>> make_scalar(lambda step: step * 2)(10), make_scalar(3)
        (20, Constant(value=3))
    """
    if isinstance(value, Scalar):
        return value
    return Lambda(value) if callable(value) else Constant(value)


def number_spec() -> pg_typing.Union:
    """Returns a new spec of an int or a float."""
    return pg_typing.Union([pg_typing.Int(), pg_typing.Float()])


@members([("x", scalar_spec(number_spec()), "The operand.")])
class UnaryOp(Scalar):
    """Base of functions of one scalar. Subclasses implement `operate(x)`."""

    x: ScalarLike = REQUIRED

    @abstractmethod
    def operate(self, x: Any) -> Any:
        """Returns the result for the value of the operand."""

    def call(self, step: int) -> Any:
        return self.operate(scalar_value(self.x, step))


class Negation(UnaryOp):
    """`-x`."""

    def operate(self, x: Any) -> Any:
        return -x


class Absolute(UnaryOp):
    """`abs(x)`."""

    def operate(self, x: Any) -> Any:
        return abs(x)


class Floor(UnaryOp):
    """`x` rounded down."""

    def operate(self, x: Any) -> int:
        return math.floor(x)


class Ceiling(UnaryOp):
    """`x` rounded up."""

    def operate(self, x: Any) -> int:
        return math.ceil(x)


@members(
    [
        ("x", scalar_spec(number_spec()), "Left operand."),
        ("y", scalar_spec(number_spec()), "Right operand."),
    ]
)
class BinaryOp(Scalar):
    """Base of functions of two scalars. Subclasses implement `operate(x, y)`."""

    x: ScalarLike = REQUIRED
    y: ScalarLike = REQUIRED

    @abstractmethod
    def operate(self, x: Any, y: Any) -> Any:
        """Returns the result for the values of the operands."""

    def call(self, step: int) -> Any:
        return self.operate(scalar_value(self.x, step), scalar_value(self.y, step))


class Addition(BinaryOp):
    """`x + y`."""

    def operate(self, x: Any, y: Any) -> Any:
        return x + y


class Substraction(BinaryOp):
    """`x - y`."""

    def operate(self, x: Any, y: Any) -> Any:
        return x - y


class Multiplication(BinaryOp):
    """`x * y`."""

    def operate(self, x: Any, y: Any) -> Any:
        return x * y


class Division(BinaryOp):
    """`x / y`."""

    def operate(self, x: Any, y: Any) -> Any:
        return x / y


class Mod(BinaryOp):
    """`x % y`."""

    def operate(self, x: Any, y: Any) -> Any:
        return x % y


class Power(BinaryOp):
    """`x ** y`, as a float."""

    def operate(self, x: Any, y: Any) -> float:
        return math.pow(x, y)
