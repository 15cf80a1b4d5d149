"""Loaders give up in time, stand-ins have the right shapes, and both happen once."""

import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from polygraft.cli import images

SPLIT: Any = (("train", "labels"), ("test", "labels"))


@pytest.fixture(autouse=True)
def _online(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(images.OFFLINE_VARIABLE, raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(images.tempfile, "gettempdir", lambda: str(tmp_path / "temp"))


def test_loader_that_answers_is_used() -> None:
    assert images.load_with_patience(lambda: SPLIT) == SPLIT


def test_loader_without_answer_is_given_up_after_patience() -> None:
    forever = threading.Event()
    start = time.monotonic()
    with pytest.raises(TimeoutError, match=r"no answer within 0\.2 seconds"):
        images.load_with_patience(lambda: forever.wait() and SPLIT, patience=0.2)
    assert time.monotonic() - start < 5
    forever.set()


def test_download_that_has_begun_may_take_longer(tmp_path: Path) -> None:
    def loader() -> Any:
        folder = tmp_path / "keras" / "datasets"
        folder.mkdir(parents=True)
        (folder / f"{__name__.rpartition('.')[2]}-part").touch()
        time.sleep(0.5)
        return SPLIT

    assert images.load_with_patience(loader, patience=0.1) == SPLIT


def test_sockets_keep_their_timeout() -> None:
    before = socket.getdefaulttimeout()
    seen: list[float | None] = []

    def loader() -> Any:
        seen.append(socket.getdefaulttimeout())
        raise OSError("no network")

    with pytest.raises(OSError, match="no network"):
        images.load_with_patience(loader, patience=3)
    assert seen == [3]
    assert socket.getdefaulttimeout() == before


def test_failure_is_said_and_remembered(capsys: pytest.CaptureFixture[str]) -> None:
    calls: list[str] = []

    def loader() -> Any:
        calls.append("loader")
        raise Exception("URL fetch failure on https://x: None -- Name or service not known")

    def stand_in() -> Any:
        """Drawings stand in for photographs."""
        calls.append("stand-in")
        return SPLIT

    assert images.load_or_stand_in(loader, stand_in) == SPLIT
    assert images.load_or_stand_in(loader, stand_in) == SPLIT
    assert calls == ["loader", "stand-in"]
    assert capsys.readouterr().out == (
        "No download (Name or service not known). Drawings stand in for photographs.\n"
    )


def test_offline_variable_keeps_loader_from_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(images.OFFLINE_VARIABLE, "1")
    with pytest.raises(ConnectionError, match="POLYGRAFT_OFFLINE is set"):
        images.load_with_patience(lambda: SPLIT)


@pytest.mark.frameworks
def test_digits_have_the_form_of_mnist() -> None:
    pytest.importorskip("sklearn")
    (train_x, train_y), (test_x, test_y) = images.digits_as_mnist()
    assert train_x.shape[1:] == test_x.shape[1:] == (28, 28)
    assert len(train_x) == len(train_y) == 1500
    assert len(test_x) == len(test_y) == 297
    assert (train_x.min(), train_x.max(), train_x.dtype) == (0, 255, "uint8")
    assert set(train_y) == set(test_y) == set(range(10))


@pytest.mark.frameworks
def test_made_images_have_the_form_of_cifar100_and_can_be_learned() -> None:
    np = pytest.importorskip("numpy")
    (train_x, train_y), (test_x, test_y) = images.made_cifar100()
    assert train_x.shape == (2000, 32, 32, 3) and test_x.shape == (500, 32, 32, 3)
    assert train_y.shape == (2000, 1) and set(test_y[:, 0]) == set(range(100))
    # The nearest class mean tells the class.
    means = np.stack([train_x[train_y[:, 0] == c].mean(axis=0) for c in range(100)])
    distances = ((test_x[:50, None] - means) ** 2).sum(axis=(2, 3, 4))
    assert (distances.argmin(axis=1) == test_y[:50, 0]).mean() > 0.9
