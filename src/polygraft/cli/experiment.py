"""The program of the demo: a small image classifier in Keras, and rules that change it.

The classes and rules are those of the founding notebook (`examples/notebook.py`). What
differs suits a terminal: training is silent, and the data set says how many images it uses.
Importing this module imports Keras, so only the demo does.
"""

import abc
import importlib
from collections.abc import Callable
from typing import Any

import polygraft as pg
from polygraft.cli.images import Split, digits_as_mnist, load_or_stand_in, made_cifar100

# Keras carries no types, and its backend is chosen by `command.py` before it is imported.
keras: Any = importlib.import_module("keras")


class Dataset(abc.ABC):
    """Images with labels from `num_classes` classes."""

    num_classes: int

    @abc.abstractmethod
    def load_data(self) -> Split:
        """Return `(train images, labels), (test images, labels)`."""


@pg.symbolize
class Mnist(Dataset):
    """Handwritten digits; at most `max_images` of them for training, a third for testing."""

    num_classes = 10

    def __init__(self, max_images: int = 6000) -> None:
        self.max_images = max_images

    def load_data(self) -> Split:
        (tr_x, tr_y), (te_x, te_y) = load_or_stand_in(
            keras.datasets.mnist.load_data, digits_as_mnist
        )
        n, m = self.max_images, self.max_images // 3
        return (tr_x[:n, ..., None], tr_y[:n]), (te_x[:m, ..., None], te_y[:m])


@pg.symbolize
class Cifar100(Dataset):
    """Colour photographs of a hundred kinds of things."""

    num_classes = 100

    def load_data(self) -> Split:
        return load_or_stand_in(keras.datasets.cifar100.load_data, made_cifar100)


@pg.symbolize
class MLExperiment:
    """Everything that one training needs."""

    def __init__(
        self, model: Any, dataset: Any, loss: Any, optimizer: Any, num_epochs: int = 5
    ) -> None:
        self._model = model
        self._dataset = dataset
        self._loss = loss
        self._optimizer = optimizer
        self._num_epochs = num_epochs

    def train_and_evaluate(self) -> float:
        """Train the model, and return its accuracy on the test images."""
        (tr_x, tr_y), (te_x, te_y) = self._dataset.load_data()
        self._model.compile(optimizer=self._optimizer, loss=self._loss, metrics=["accuracy"])
        self._model.fit(tr_x / 255.0, tr_y, epochs=self._num_epochs, verbose=0)
        _, accuracy = self._model.evaluate(te_x / 255.0, te_y, verbose=0)
        return float(accuracy)


Sequential: Any = pg.symbolize(keras.Sequential)
Conv2D: Any = pg.symbolize(keras.layers.Conv2D)
Dense: Any = pg.symbolize(keras.layers.Dense)
Flatten: Any = pg.symbolize(keras.layers.Flatten)
ReLU: Any = pg.symbolize(keras.layers.ReLU)
SparseCategoricalCrossentropy: Any = pg.symbolize(keras.losses.SparseCategoricalCrossentropy)
Adam: Any = pg.symbolize(keras.optimizers.Adam)


def experiment(max_images: int) -> Any:
    """Return the classifier that the demo starts from."""
    return MLExperiment(
        model=Sequential([
            Conv2D(16, (3, 3), padding="same", activation=ReLU()),
            Conv2D(32, (1, 1), padding="same", activation=ReLU()),
            Flatten(),
            Dense(150),
            Dense(10, activation="softmax"),
        ]),
        dataset=Mnist(max_images),
        loss=SparseCategoricalCrossentropy(),
        optimizer=Adam(learning_rate=0.01),
        num_epochs=2,
    )  # fmt: skip


Rule = Callable[[Any, Any, Any], Any]
"""A rule is given each value's path, the value and its parent; it returns the new value."""


@pg.patcher([("learning_rate", pg.typing.Float(min_value=0.0))], name="demo.change_lr")
def change_lr(target: Any, learning_rate: float) -> Rule:
    """Set the learning rate, wherever it is."""

    def rule(k: Any, v: Any, p: Any) -> Any:
        if k and k.key in ("learning_rate", "lr") and isinstance(v, float):
            return learning_rate
        return v

    return rule


@pg.patcher([("factor", pg.typing.Float(min_value=1e-8))], name="demo.scale_width")
def scale_width(target: Any, factor: float) -> Rule:
    """Multiply the filters of all convolutions by `factor`."""

    def rule(k: Any, v: Any, p: Any) -> Any:
        if isinstance(p, Conv2D) and k.key == "filters":
            return max(8, int(v * factor))
        return v

    return rule


@pg.patcher([("name", pg.typing.Str())], name="demo.change_dataset")
def change_dataset(target: Any, name: str) -> dict[str, Any]:
    """Exchange the data set, and make the last `Dense` layer as wide as it has classes."""
    dataset: Any = {"cifar100": Cifar100, "mnist": Mnist}[name]()
    denses = pg.query(target, where=_is_dense)
    return {f"{list(denses)[-1]}.units": dataset.num_classes, "dataset": dataset}


def _is_dense(value: Any) -> bool:
    return isinstance(value, Dense)


@pg.patcher(name="demo.filter_search_space")
def filter_search_space(target: Any) -> Rule:
    """Leave open whether each convolution has half, all or twice its filters."""

    def rule(k: Any, v: Any, p: Any) -> Any:
        if isinstance(p, Conv2D) and k.key == "filters":
            return pg.oneof([v // 2, v, v * 2])
        return v

    return rule
