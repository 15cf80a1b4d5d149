"""What hyperparameter containers cost: the same program with and without them.

Run it: `python examples/hparams_comparison.py`. An image classifier is made changeable in two
ways: by a second family of classes that hold its hyperparameters, and by symbolizing
its own classes. Both then change its data set, and end with the same program. The lines
of each `region` of this file are counted, without blank lines and comments.
"""

import abc
import dataclasses
import os
import typing
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras

import polygraft as pg


# region: components
class MLExperiment:
    def __init__(self, model, dataset, loss, optimizer, num_epochs=5):
        self._model = model
        self._dataset = dataset
        self._loss = loss
        self._optimizer = optimizer
        self._num_epochs = num_epochs

    def train_and_evaluate(self):
        (tr_x, tr_y), (te_x, te_y) = self._dataset.load_data()
        self._model.compile(optimizer=self._optimizer, loss=self._loss, metrics=["accuracy"])
        self._model.fit(tr_x / 255.0, tr_y, epochs=self._num_epochs)
        return self._model.evaluate(te_x / 255.0, te_y, verbose=2)[1]


class Dataset(abc.ABC):
    num_classes: int

    @abc.abstractmethod
    def load_data(self): ...


class Mnist(Dataset):
    num_classes = 10

    def load_data(self):
        (tr_x, tr_y), (te_x, te_y) = keras.datasets.mnist.load_data()
        return (tr_x[..., None], tr_y), (te_x[..., None], te_y)


class Cifar100(Dataset):
    num_classes = 100

    def load_data(self):
        return keras.datasets.cifar100.load_data()


# endregion


# ---- The symbolic way -----------------------------------------------------------------


# region: symbolic, make it changeable
MLExperiment = pg.symbolize(MLExperiment)
Mnist = pg.symbolize(Mnist)
Cifar100 = pg.symbolize(Cifar100)
Sequential = pg.symbolize(keras.Sequential)
Conv2D = pg.symbolize(keras.layers.Conv2D)
Dense = pg.symbolize(keras.layers.Dense)
Flatten = pg.symbolize(keras.layers.Flatten)
ReLU = pg.symbolize(keras.layers.ReLU)
SparseCategoricalCrossentropy = pg.symbolize(keras.losses.SparseCategoricalCrossentropy)
Adam = pg.symbolize(keras.optimizers.Adam)
# endregion


# region: symbolic, describe it
def experiment():
    return MLExperiment(
        dataset=Mnist(),
        model=Sequential(
            [
                Conv2D(16, (3, 3), padding="same", activation=ReLU()),
                Conv2D(32, (1, 1), padding="same", activation=ReLU()),
                Flatten(),
                Dense(100),
                Dense(10, activation="softmax"),
            ]
        ),
        loss=SparseCategoricalCrossentropy(),
        optimizer=Adam(learning_rate=0.01),
        num_epochs=2,
    )


# endregion


# region: symbolic, change its data set
@pg.patcher()
def change_dataset(exp):
    dataset = Cifar100()
    denses = pg.query(exp, where=lambda v: isinstance(v, Dense))
    return {f"{list(denses)[-1]}.units": dataset.num_classes, "dataset": dataset}


# endregion


# ---- The way of containers ------------------------------------------------------------


# region: containers, make it changeable
class HParam(abc.ABC):
    @abc.abstractmethod
    def build(self): ...


@dataclasses.dataclass
class ExperimentHParam(HParam):
    dataset: HParam
    model: HParam
    loss: HParam
    optimizer: HParam
    num_epochs: int

    def build(self):
        return MLExperiment(
            dataset=self.dataset.build(),
            model=self.model.build(),
            loss=self.loss.build(),
            optimizer=self.optimizer.build(),
            num_epochs=self.num_epochs,
        )


@dataclasses.dataclass
class MnistHParam(HParam):
    def build(self):
        return Mnist()


@dataclasses.dataclass
class Cifar100HParam(HParam):
    def build(self):
        return Cifar100()


@dataclasses.dataclass
class AdamHParam(HParam):
    learning_rate: float

    def build(self):
        return Adam(learning_rate=self.learning_rate)


@dataclasses.dataclass
class SparseCategoricalCrossentropyHParam(HParam):
    def build(self):
        return SparseCategoricalCrossentropy()


@dataclasses.dataclass
class SequentialHParam(HParam):
    layers: list[HParam]

    def build(self):
        return Sequential([layer.build() for layer in self.layers])


@dataclasses.dataclass
class FlattenHParam(HParam):
    def build(self):
        return Flatten()


@dataclasses.dataclass
class Conv2DHParam(HParam):
    filters: int
    kernel_size: int | tuple[int, int]
    padding: str
    activation: HParam | None

    def build(self):
        activation = self.activation.build() if self.activation else None
        return Conv2D(self.filters, self.kernel_size, padding=self.padding, activation=activation)


@dataclasses.dataclass
class DenseHParam(HParam):
    units: int
    activation: str | None = None

    def build(self):
        return Dense(self.units, activation=self.activation)


@dataclasses.dataclass
class ReLUHParam(HParam):
    def build(self):
        return ReLU()


# endregion


# region: containers, describe it
def experiment_hparam():
    return ExperimentHParam(
        dataset=MnistHParam(),
        model=SequentialHParam(
            [
                Conv2DHParam(16, (3, 3), padding="same", activation=ReLUHParam()),
                Conv2DHParam(32, (1, 1), padding="same", activation=ReLUHParam()),
                FlattenHParam(),
                DenseHParam(100),
                DenseHParam(10, activation="softmax"),
            ]
        ),
        loss=SparseCategoricalCrossentropyHParam(),
        optimizer=AdamHParam(learning_rate=0.01),
        num_epochs=2,
    )


# endregion


# region: containers, change its data set
def change_dataset_hp(exp_hparam):
    exp_hparam.dataset = Cifar100HParam()
    # The number of classes is known to the data set, not to its container.
    num_classes = exp_hparam.dataset.build().num_classes
    denses = []

    def traverse(v):
        if isinstance(v, DenseHParam):
            denses.append(v)
        if isinstance(v, (list, tuple)):
            for item in v:
                traverse(item)
        elif isinstance(v, dict):
            for item in v.values():
                traverse(item)
        else:
            for field_name in typing.get_type_hints(type(v)):
                traverse(getattr(v, field_name))

    traverse(exp_hparam)
    denses[-1].units = num_classes
    return exp_hparam


# endregion

STEPS = ("make it changeable", "describe it", "change its data set")


def count_lines(region: str) -> int:
    """Count the lines of a region of this file, without blank lines and comments."""
    source = Path(__file__).read_text(encoding="utf-8")
    body = source.split(f"# region: {region}\n")[1].split("# endregion")[0]
    lines = (line.strip() for line in body.splitlines())
    return sum(bool(line) and not line.startswith("#") for line in lines)


def main() -> None:
    by_containers = change_dataset_hp(experiment_hparam()).build()
    by_rule = pg.patch(experiment(), change_dataset())
    print("Both ways lead to the same program:", pg.eq(by_containers, by_rule))
    print(f"{'Lines of code':<20} containers  symbolic")
    total = [0, 0]
    for step in STEPS:
        lines = [count_lines(f"{way}, {step}") for way in ("containers", "symbolic")]
        total = [a + b for a, b in zip(total, lines, strict=True)]
        print(f"{step:<20} {lines[0]:>10} {lines[1]:>9}")
    print(f"{'together':<20} {total[0]:>10} {total[1]:>9}")
    print(f"Symbolizing saves {total[0] - total[1]} of {total[0]} lines.")


if __name__ == "__main__":
    main()
