"""Functions of scalars, and the schedules that are made of them."""

from __future__ import annotations

import math
from typing import Any

from polygraft import typing as pg_typing
from polygraft.scalars.base import (
    REQUIRED,
    STEP,
    Scalar,
    ScalarLike,
    UnaryOp,
    make_scalar,
    scalar_spec,
    scalar_value,
)
from polygraft.symbolic import members


class SquareRoot(UnaryOp):
    """The square root."""

    def operate(self, x: Any) -> float:
        return math.sqrt(x)


class Exp(UnaryOp):
    """The exponential function."""

    def operate(self, x: Any) -> float:
        return math.exp(x)


class Cosine(UnaryOp):
    """The cosine of an angle in radians."""

    def operate(self, x: Any) -> float:
        return math.cos(x)


class Sine(UnaryOp):
    """The sine of an angle in radians."""

    def operate(self, x: Any) -> float:
        return math.sin(x)


_POSITIVE = pg_typing.Union([pg_typing.Int(min_value=2), pg_typing.Float(min_value=0.0)])


@members(
    [
        ("x", scalar_spec(_POSITIVE), "The operand."),
        ("base", scalar_spec(_POSITIVE).set_default(math.e), "The base."),
    ]
)
class Log(Scalar):
    """The logarithm of `x` to a base."""

    x: ScalarLike = REQUIRED
    base: ScalarLike = math.e

    def call(self, step: int) -> float:
        return math.log(scalar_value(self.x, step), scalar_value(self.base, step))


sqrt = SquareRoot
exp = Exp
log = Log
cos = Cosine
sin = Sine


def linear(total_steps: ScalarLike, start: ScalarLike = 1.0, end: ScalarLike = 0.0) -> Scalar:
    """Returns a schedule that goes in a straight line from `start` at step 0 to `end` at `total_steps`, and on.

    Example:
        >>> schedule = linear(4)
        >>> [schedule(i) for i in range(5)]
        [1.0, 0.75, 0.5, 0.25, 0.0]
    """
    return start + STEP * ((end - start) / total_steps)


def cosine_decay(total_steps: ScalarLike, start: ScalarLike = 1.0, end: ScalarLike = 0.0) -> Scalar:
    """Returns a schedule that goes from `start` to `end` over `total_steps` along half a cosine.

    Example:
        >>> schedule = cosine_decay(4)
        >>> [round(schedule(i), 4) for i in range(5)]
        [1.0, 0.8536, 0.5, 0.1464, 0.0]
    """
    return 0.5 * (start - end) * (1 + cos(math.pi * STEP / total_steps)) + end


def exponential_decay(
    decay_rate: ScalarLike,
    decay_interval: ScalarLike,
    start: ScalarLike = 1.0,
    staircase: bool = True,
) -> Scalar:
    """Returns a schedule that is multiplied by `decay_rate` every `decay_interval` steps.

    Args:
        decay_rate: The factor.
        decay_interval: Steps between two factors.
        start: Value at step 0.
        staircase: Whether the value changes at the ends of intervals only, rather than with each step.

    Example:
        >>> schedule = exponential_decay(0.5, 2)
        >>> [schedule(i) for i in range(5)]
        [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    if isinstance(decay_interval, int):
        decay_interval = float(decay_interval)
    exponent = STEP / decay_interval
    if staircase:
        exponent = exponent.floor()
    return (
        start * make_scalar(decay_rate) ** exponent
        if callable(decay_rate)
        else start * (decay_rate**exponent)
    )


def cyclic(
    cycle: ScalarLike,
    initial_radiant: ScalarLike = 0.0,
    high: ScalarLike = 1.0,
    low: ScalarLike = 0.0,
) -> Scalar:
    """Returns a schedule that swings between `high` and `low`, along a cosine, once in `cycle` steps.

    Args:
        cycle: Steps of one swing.
        initial_radiant: The angle at step 0.
        high, low: The extremes.

    Example:
        >>> schedule = cyclic(4)
        >>> [round(schedule(i), 4) for i in range(5)]
        [1.0, 0.5, 0.0, 0.5, 1.0]
    """
    return 0.5 * (high - low) * (1 + cos(initial_radiant + 2 * math.pi * STEP / cycle)) + low
