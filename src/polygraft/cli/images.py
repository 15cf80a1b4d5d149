"""Images for the demo and the examples: the real Keras data sets, or stand-ins.

`load_or_stand_in` calls the real loader and gives up when no download has begun
after five seconds. Without a network the stand-ins take over: scikit-learn's
handwritten digits for MNIST, made images for CIFAR-100. Whoever trains on a stand-in
is told so, once per data set; the network is tried once per data set and process.
"""

import functools
import importlib
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

Split: TypeAlias = tuple[tuple[Any, Any], tuple[Any, Any]]
"""`(train images, train labels), (test images, test labels)`, arrays as Keras gives."""

Loader: TypeAlias = Callable[[], Split]

PATIENCE = 5.0
"""Seconds without a first byte after which the network counts as missing."""

OFFLINE_VARIABLE = "POLYGRAFT_OFFLINE"
"""Set to a non-empty value, no download is tried (for tests, and for slow lines)."""


@functools.cache
def load_or_stand_in(loader: Loader, stand_in: Loader) -> Split:
    """Return what `loader` gives, or `stand_in`'s images if there is no network.

    Args:
        loader: A loader such as `keras.datasets.mnist.load_data`.
        stand_in: Makes the images that are used instead; its docstring's first line
            is printed, so that nobody mistakes them for the real ones.

    Example:
        >>> def unreachable():
        ...     raise OSError("no network")
        >>> load_or_stand_in(unreachable, lambda: "made images")
        No download (no network). <lambda>
        'made images'
    """
    try:
        return load_with_patience(loader)
    except Exception as error:  # Keras raises a bare Exception for a failed download.
        purpose = (stand_in.__doc__ or stand_in.__name__).partition("\n")[0]
        print(f"No download ({_reason(error)}). {purpose}")
        return stand_in()


def load_with_patience(loader: Loader, patience: float = PATIENCE) -> Split:
    """Run `loader`, and raise `TimeoutError` if no download begins within `patience`.

    The loader runs in a daemon thread, because looking up a host name can block
    for longer than any time-out that a socket knows. A download that has begun may take
    as long as it needs; `patience` then limits each wait for the next bytes.
    """
    if os.environ.get(OFFLINE_VARIABLE):
        raise ConnectionError(f"{OFFLINE_VARIABLE} is set")
    outcome: list[Split | BaseException] = []

    def run() -> None:
        try:
            outcome.append(loader())
        except BaseException as error:
            outcome.append(error)

    previous = socket.getdefaulttimeout()
    socket.setdefaulttimeout(patience)
    try:
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        deadline = time.monotonic() + patience
        while thread.is_alive():
            thread.join(0.1)
            # Keras creates the file when the server has answered.
            if time.monotonic() > deadline and not _has_begun(loader):
                raise TimeoutError(f"no answer within {patience:g} seconds")
    finally:
        socket.setdefaulttimeout(previous)
    result = outcome[0]
    if isinstance(result, BaseException):
        raise result
    return result


def digits_as_mnist() -> Split:
    """scikit-learn's 1,797 handwritten digits, brought to 28x28, stand in for MNIST."""
    np: Any = importlib.import_module("numpy")
    digits: Any = importlib.import_module("sklearn.datasets").load_digits()
    order = np.random.default_rng(0).permutation(len(digits.target))
    enlarged = np.kron(digits.images[order], np.ones((1, 2, 2)))
    images = np.pad(enlarged, ((0, 0), (6, 6), (6, 6))) * (255 / 16)
    images, labels = images.round().astype("uint8"), digits.target[order].astype("uint8")
    return (images[:1500], labels[:1500]), (images[1500:], labels[1500:])


def made_cifar100() -> Split:
    """Made images, 100 noisy patterns of 32x32x3, stand in for CIFAR-100."""
    np: Any = importlib.import_module("numpy")

    rng = np.random.default_rng(0)
    # Coarse patterns: 4x4 patches of 8x8 pixels, which survive the noise.
    patterns = np.kron(rng.uniform(64, 192, (100, 4, 4, 3)), np.ones((1, 8, 8, 1)))

    def draw(per_class: int) -> tuple[Any, Any]:
        labels = rng.permutation(np.repeat(np.arange(100), per_class))
        noise = rng.normal(0, 64, (len(labels), 32, 32, 3))
        images = (patterns[labels] + noise).clip(0, 255)
        return images.astype("uint8"), labels[:, None].astype("uint8")

    return draw(20), draw(5)


def _has_begun(loader: Loader) -> bool:
    """Whether Keras holds a file of this loader's data set, whole or in part."""
    name = loader.__module__.rpartition(".")[2]
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    fallback = Path(tempfile.gettempdir(), ".keras")  # Where the home is read-only.
    files = [f for d in (home, fallback) for f in (d / "datasets").glob("*")]
    # Keras calls the files of 'cifar100' 'cifar-100-python…'.
    return any(f.name.replace("-", "").startswith(name) for f in files)


def _reason(error: Exception) -> str:
    # Keras: 'URL fetch failure on https://…: None -- [Errno -2] Name or service not known'.
    return str(error).rpartition(" -- ")[2] or type(error).__name__
