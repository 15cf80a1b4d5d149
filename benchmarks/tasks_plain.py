"""The tasks, as far as plain dataclasses, attributes and `copy.deepcopy` do them."""

import copy
import platform
from dataclasses import dataclass, field
from typing import Any

from worker import Task


@dataclass
class Layer:
    units: int
    activation: str = "relu"
    use_bias: bool = True


@dataclass
class Model:
    layers: list[Layer]
    name: str = "mlp"


@dataclass
class Dataset:
    name: str
    size: int


@dataclass
class Optimizer:
    learning_rate: float
    beta: float = 0.9


@dataclass
class Experiment:
    model: Model
    dataset: Dataset
    optimizer: Optimizer
    options: dict[str, Any] = field(default_factory=dict)
    num_epochs: int = 5


class Plain:
    def __init__(self, width, rate=0.1, name="plain"):
        self.width = width
        self.rate = rate
        self.name = name


def version() -> str:
    return platform.python_version()


def experiment() -> Experiment:
    return Experiment(
        model=Model(layers=[Layer(8 * (i + 1)) for i in range(6)]),
        dataset=Dataset("digits", 1797),
        optimizer=Optimizer(0.01),
        options={"seed": 1, "verbose": False, "tags": "a"},
    )


def create_object(scale: int) -> Task:
    return Task("Layer(16, 'gelu', use_bias=False)", {"Layer": Layer})


def create_symbolized(scale: int) -> Task:
    return Task("Plain(16, 0.5, name='x')", {"Plain": Plain})


def read_field(scale: int) -> Task:
    return Task("x.units; " * 20, {"x": Layer(16)}, ops=20)


def clone(scale: int) -> Task:
    return Task("deepcopy(tree)", {"deepcopy": copy.deepcopy, "tree": experiment()})


TASKS = {f.__name__: f for f in (create_object, create_symbolized, read_field, clone)}
