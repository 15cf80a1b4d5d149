"""The founding notebook's Keras experiment, written for PyGlove."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import pyglove as pg
from worker import Task


class MLExperiment:
    def __init__(self, model, dataset, loss, optimizer, num_epochs=5):
        self._model = model
        self._dataset = dataset
        self._loss = loss
        self._optimizer = optimizer
        self._num_epochs = num_epochs


class Mnist:
    num_classes = 10


class Cifar100:
    num_classes = 100


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


@pg.patcher([("learning_rate", pg.typing.Float(min_value=0.0))])
def change_lr(target, learning_rate):
    def rule(k, v, p):
        if k and k.key in ["learning_rate", "lr"] and isinstance(v, float):
            return learning_rate
        return v

    return rule


@pg.patcher([("factor", pg.typing.Float(min_value=1e-8))])
def scale_width(exp, factor):
    def rule(k, v, p):
        if isinstance(p, Conv2D) and k.key == "filters":
            return max(8, int(v * factor))
        return v

    return rule


@pg.patcher()
def change_dataset(exp, name):
    dataset = {"cifar100": Cifar100, "mnist": Mnist}[name]()
    r = pg.query(exp, where=lambda v: isinstance(v, Dense))
    return {f"{list(r.keys())[-1]}.units": dataset.num_classes, "dataset": dataset}


def version() -> str:
    return f"{pg.__version__}, keras {keras.__version__}"


def keras_patch(scale: int) -> Task:
    exp = MLExperiment(
        model=Sequential(
            [
                Conv2D(16, (3, 3), padding="same", activation=ReLU()),
                Conv2D(32, (1, 1), padding="same", activation=ReLU()),
                Flatten(),
                Dense(150),
                Dense(10, activation="softmax"),
            ]
        ),
        dataset=Mnist(),
        loss=SparseCategoricalCrossentropy(),
        optimizer=Adam(learning_rate=0.01),
        num_epochs=2,
    )
    rules = ["change_lr?0.003", "scale_width?factor=2.0", "change_dataset?name=cifar100"]
    return Task("pg.patch(exp.clone(), rules)", {"pg": pg, "exp": exp, "rules": rules})


TASKS = {"keras_patch": keras_patch}
