"""Scalars that draw a new value each time they are asked; the step makes no difference."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from polygraft import typing as pg_typing
from polygraft.scalars.base import REQUIRED, Scalar, number_spec
from polygraft.scalars.parts import SEED_FIELD, Drawing
from polygraft.symbolic import members


@members([SEED_FIELD])
class RandomScalar(Scalar, Drawing):
    """Base of random scalars. Subclasses implement `next_value()`, which draws from `self._random`."""

    seed: int | None = None

    @abstractmethod
    def next_value(self) -> Any:
        """Draws a value."""

    def call(self, step: int) -> Any:
        return self.next_value()


_LOW = ("low", number_spec().set_default(0.0), "Lower bound.")
_HIGH = ("high", number_spec().set_default(1.0), "Upper bound.")


def _check_bounds(low: Any, high: Any) -> None:
    if low > high:
        raise ValueError(
            f"`low` must be less or equal than `high`. Encountered: low={low}, high={high}."
        )


@members([_LOW, _HIGH], init_arg_list=["low", "high", "seed"])
class Uniform(RandomScalar):
    """A number between two bounds; an int, bounds included, if both are ints.

    Example:
        >>> Uniform(1, 10, seed=1)(0)
        3
    """

    low: Any = 0.0
    high: Any = 1.0

    def _on_bound(self) -> None:
        super()._on_bound()
        _check_bounds(self.low, self.high)

    def next_value(self) -> Any:
        if isinstance(self.low, int) and isinstance(self.high, int):
            return self._random.randint(self.low, self.high)
        return self._random.uniform(self.low, self.high)


@members(
    [
        _LOW,
        _HIGH,
        ("mode", number_spec().noneable(), "The most frequent value; None for the middle."),
    ],
    init_arg_list=["low", "high", "mode", "seed"],
)
class Triangular(RandomScalar):
    """A number between two bounds, most often near the mode; cut to an int if both bounds are ints."""

    low: Any = 0.0
    high: Any = 1.0
    mode: Any = None

    def _on_bound(self) -> None:
        super()._on_bound()
        _check_bounds(self.low, self.high)

    def next_value(self) -> Any:
        mode = 0.5 * (self.low + self.high) if self.mode is None else self.mode
        value = self._random.triangular(self.low, self.high, mode)
        return int(value) if isinstance(self.low, int) and isinstance(self.high, int) else value


@members(
    [("mean", pg_typing.Float(), "Mean."), ("std", pg_typing.Float(), "Standard deviation.")],
    init_arg_list=["mean", "std", "seed"],
)
class _Bell(RandomScalar):
    mean: float = REQUIRED
    std: float = REQUIRED


class Gaussian(_Bell):
    """Normally distributed (`random.gauss`)."""

    def next_value(self) -> float:
        return self._random.gauss(self.mean, self.std)


class Normal(_Bell):
    """Normally distributed (`random.normalvariate`)."""

    def next_value(self) -> float:
        return self._random.normalvariate(self.mean, self.std)


class LogNormal(_Bell):
    """Its logarithm is normally distributed."""

    def next_value(self) -> float:
        return self._random.lognormvariate(self.mean, self.std)
