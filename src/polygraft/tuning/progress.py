"""How far a search is, on standard error: a bar in a terminal where rich is installed, else a line now and then."""

from __future__ import annotations

import importlib.util
import sys
import time
from typing import Any, Self

from polygraft.tuning.feedback import Feedback

SECONDS = 10.0  # Between two lines.


class Progress:
    """Counts trials, and shows nothing. Subclasses implement `_show`.

    Args:
        total: How many trials there will be, if known.
    """

    def __init__(self, total: int | None):
        self.total = total
        self.ended = 0
        self.failures = 0
        self.best: float | None = None

    def completed(self, feedback: Feedback) -> None:
        """A trial was completed."""
        self._ended()

    def skipped(self) -> None:
        """A trial was skipped."""
        self._ended()

    def failed(self) -> None:
        """A trial failed."""
        self.failures += 1
        self._ended()

    def _ended(self) -> None:
        self.ended += 1
        self._show()

    def _show(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    @property
    def words(self) -> str:
        """Best reward and failures, in words."""
        words = [] if self.best is None else [f"best {self.best:.6g}"]
        if self.failures:
            words.append(f"{self.failures} failed")
        return ", ".join(words)


class _Shown(Progress):
    """One that is looked at, and knows the best reward."""

    def completed(self, feedback: Feedback) -> None:
        measurement: Any = feedback.get_trial().final_measurement
        reward = measurement.reward
        if reward is not None and (self.best is None or reward > self.best):
            self.best = reward
        super().completed(feedback)


class Lines(_Shown):
    """A line every few seconds, and one at the end."""

    def __init__(self, total: int | None):
        super().__init__(total)
        self._last = time.monotonic()

    def _show(self) -> None:
        if time.monotonic() - self._last >= SECONDS:
            self._print()

    def _print(self) -> None:
        self._last = time.monotonic()
        total = "" if self.total is None else f"/{self.total}"
        words = f": {self.words}" if self.words else ""
        print(f"{self.ended}{total} trials{words}", file=sys.stderr, flush=True)

    def __exit__(self, *exception: object) -> None:
        self._print()


class Bar(_Shown):
    """A bar, drawn by rich."""

    def __init__(self, total: int | None):
        super().__init__(total)
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Rich

        self._rich = Rich(
            TextColumn("trials"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[words]}"),
            console=Console(stderr=True),
        )
        self._task = self._rich.add_task("trials", total=total, words="")

    def _show(self) -> None:
        self._rich.update(self._task, completed=self.ended, words=self.words)

    def __enter__(self) -> Self:
        self._rich.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._rich.stop()


def progress_of(wanted: bool | None, total: int | None) -> Progress:
    """What shows the progress.

    Args:
        wanted: None: only in a terminal.
        total: How many trials there will be, if known.
    """
    terminal = sys.stderr.isatty()
    if wanted is False or (wanted is None and not terminal):
        return Progress(total)
    rich = terminal and importlib.util.find_spec("rich") is not None
    return Bar(total) if rich else Lines(total)
