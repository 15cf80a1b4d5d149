"""Ordinary classes made symbolic: to a checker, the same classes."""

from __future__ import annotations

import dataclasses
import fractions
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, assert_type

import polygraft as pg

T = TypeVar("T")


class Module(ABC):
    """As in PyTorch: a base class, and children that are attributes."""

    training: bool = True

    def train(self, mode: bool = True) -> Module:
        self.training = mode
        return self

    @abstractmethod
    def forward(self, x: float) -> float: ...

    def __call__(self, x: float) -> float:
        return self.forward(x)


@pg.symbolize
class Linear(Module):
    def __init__(self, in_features: int, out_features: int, *, bias: bool = True) -> None:
        self.weight = [1.0] * (in_features * out_features)
        self.bias = bias

    def forward(self, x: float) -> float:
        return x * sum(self.weight)


@pg.symbolize
class Sequential(Module):
    def __init__(self, *layers: Module) -> None:
        self.layers = layers

    def forward(self, x: float) -> float:
        for layer in self.layers:
            x = layer(x)
        return x


@pg.symbolize([("rate", pg.typing.Float(min_value=0.0))])
class Optimizer:
    """Keras-like: with constraints on arguments."""

    def __init__(self, rate: float = 0.1, schedule: Callable[[int], float] | None = None) -> None:
        self.rate = rate
        self.schedule = schedule


@pg.symbolize(eq=True)
@dataclasses.dataclass
class Data:
    name: str
    sizes: list[int] = dataclasses.field(default_factory=list[int])


@pg.symbolize
class Cell(Generic[T]):
    def __init__(self, value: T) -> None:
        self.value = value


class Plain:
    def __init__(self, units: int, name: str | None = None) -> None:
        self.units = units
        self.name = name


Symbolic = pg.symbolize(Plain)
Wrapped = pg.wrap(Plain, [("units", pg.typing.Int(min_value=1))])
Fraction = pg.symbolize(fractions.Fraction)

model = Sequential(Linear(2, 3), Linear(3, 1, bias=False))
assert_type(model, Sequential)
assert_type(model.layers[0], Module)
assert_type(model(1.0), float)
assert_type(Linear(1, 1).weight, list[float])
assert_type(Optimizer(0.5).rate, float)
assert_type(Data("a").sizes, list[int])
assert_type(Cell(1).value, int)
assert_type(Symbolic(8), Plain)
assert_type(Wrapped(8, "x").units, int)
assert_type(Fraction(1, 2).numerator, int)
assert model(1.0) == 18.0

# The free functions keep their types.
assert_type(pg.clone(model), Sequential)
assert_type(pg.patch(model, {"layers[0].in_features": 4}), Sequential)
assert_type(pg.rebind(model, {"layers[1].bias": True}), Sequential)
assert_type(pg.realize(model), Sequential)
assert model(1.0) == 36.0


class Experiment(pg.Object):
    """They are fields like all else, and take placeholders."""

    model: Module
    optimizer: Optimizer
    data: Sequence[Data] = ()


experiment = Experiment(
    Sequential(Linear(pg.oneof([1, 2]), 1)), Optimizer(pg.floatv(0.1, 1.0)), [Data("a")]
)
assert_type(experiment.optimizer, Optimizer)
assert len(list(pg.random_sample(experiment, 2, seed=1))) == 2
