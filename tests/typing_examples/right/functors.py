"""Functors: functions with bound arguments, all or some of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, assert_type

import polygraft as pg


@pg.functor
def power(base: float, exponent: int = 2) -> float:
    return base**exponent


@pg.functor([("rate", pg.typing.Float(min_value=0.0))])
def decay(step: int, rate: float, floor: float = 0.0) -> float:
    return max(floor, rate**step)


@pg.symbolize
def scaled(x: int, by: int) -> int:
    return x * by


def plain(a: int, b: str = "") -> list[str]:
    return [b] * a


Plain = pg.functor_class(plain)

# All arguments, or some: by position, by name.
assert_type(power(2.0, 3), pg.Functor[float])
assert_type(power(2.0, 3)(), float)
assert_type(power(exponent=3), pg.Functor[float])
assert_type(power(exponent=3)(2.0), float)
assert_type(decay(1), pg.Functor[float])
assert_type(decay(1, 0.5), pg.Functor[float])
assert_type(decay(1, floor=0.1)(rate=0.9), float)
assert_type(decay(), pg.Functor[float])
assert_type(power.partial(2.0), pg.Functor[float])
assert_type(scaled(2), pg.Functor[int])
assert_type(scaled(2)(by=3), int)
assert_type(Plain(2)(b="x"), list[str])
assert power(2.0)(exponent=3) == 8.0
assert scaled(2, 3)() == 6

# They are objects: changed, cloned, asked.
f = power(2.0)
f.rebind(exponent=4)
assert_type(pg.clone(f), pg.Functor[float])
assert_type(f.bound_args, set[str])
assert_type(f.is_fully_bound, bool)
assert isinstance(f, pg.Functor)
assert isinstance(f, power)
assert_type(power.init_arg_list, list[str])


class Schedule(pg.Object):
    """A field that holds a function takes a functor."""

    rule: Callable[[int], float] = decay(rate=0.9)
    exact: pg.Functor[float] = power(1.0)
    loose: pg.Functor | None = None


schedule = Schedule(decay(rate=0.5), power(3.0))
assert_type(schedule.exact(), float)
assert_type(schedule.rule(2), float)
assert schedule.rule(2) == 0.25


class Scale(pg.Functor[float]):
    """A functor class of its own."""

    x: float
    factor: float = 2.0

    def _call(self) -> float:
        return self.x * self.factor


assert_type(Scale(2.0), Scale)
assert_type(Scale(2.0)(), float)
assert_type(Scale(2.0)(factor=3.0), float)
assert Scale(2.0)() == 4.0

# Lambdas.
increment = pg.as_functor(lambda x: x + 1)
assert increment(1) == 2
assert_type(increment, pg.Functor[Any])
