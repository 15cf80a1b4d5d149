"""`Feedback`: how the body of a loop talks about its trial. What a reward may be is decided here, once for all
backends.
"""

from __future__ import annotations

import contextlib
import logging
import re
import time
import traceback
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping, Sequence
from typing import Any, cast

from polygraft.geno import DNA
from polygraft.tuning.trial import Trial

LOGGER = logging.getLogger("polygraft")


class RaceConditionError(RuntimeError):
    """Another worker of the group has finished the trial."""


class ForgottenFeedbackError(RuntimeError):
    """A loop got the same trial again and again, because its body reported nothing."""


class Feedback(ABC):
    """The hand of the loop body on its trial.

    Calling it reports a reward and completes the trial. Backends implement the abstract members and `_add_measurement`.

    Args:
        metrics_to_optimize: Names of the metrics that are rewarded; `'reward'` is the reward itself.

    Example:
        >>> import polygraft as pg
        >>> for example, feedback in pg.sample(pg.Dict(x=pg.oneof([1, 2])), pg.geno.Sweeping()):
        ...     feedback(example.x * 2)
    """

    #: Whether the body has reported anything but the end of the trial. A loop whose body reports nothing never ends.
    touched: bool = False

    def __init__(self, metrics_to_optimize: Sequence[str]):
        self._metrics_to_optimize = metrics_to_optimize
        self._begun = time.perf_counter()

    # -- for backends ----------------------------------------------------------------------------
    @property
    @abstractmethod
    def id(self) -> int:
        """Number of the trial in its study, from 1."""

    @property
    @abstractmethod
    def dna(self) -> DNA:
        """The genotype of the example."""

    @property
    @abstractmethod
    def checkpoint_to_warm_start_from(self) -> str | None:
        """Where to begin from, if the backend has a say."""

    @abstractmethod
    def get_trial(self) -> Trial:
        """Returns the trial; the object follows what happens later."""

    @abstractmethod
    def set_metadata(self, key: str, value: Any, per_trial: bool = True) -> None:
        """Notes something on the trial, or on the study. The value must be one that can be saved."""

    @abstractmethod
    def get_metadata(self, key: str, per_trial: bool = True) -> Any:
        """Returns what was noted on the trial, or on the study; None if nothing was."""

    @abstractmethod
    def add_link(self, name: str, url: str) -> None:
        """Notes an address on the trial."""

    @abstractmethod
    def done(
        self,
        metadata: Mapping[str, Any] | None = None,
        related_links: Mapping[str, str] | None = None,
    ) -> None:
        """Completes the trial; the measurement added last counts. Nothing happens if it is finished already.

        Raises:
            ValueError: Nothing has been measured.
        """

    @abstractmethod
    def skip(self, reason: str | None = None) -> None:
        """Finishes the trial without a reward: it teaches the algorithm nothing."""

    @abstractmethod
    def should_stop_early(self) -> bool:
        """Asks the early stopping policy about the trial. The trial goes on; call `skip` or `done` to end it."""

    @abstractmethod
    def end_loop(self) -> None:
        """Ends the study: no worker gets another trial."""

    def _add_measurement(
        self,
        reward: float | None,
        metrics: dict[str, float],
        step: int,
        checkpoint_path: str | None,
        elapse_secs: float,
    ) -> None:
        raise NotImplementedError(
            f"`_add_measurement` is not implemented in {type(self).__name__!r}."
        )

    # -- measuring -------------------------------------------------------------------------------
    def add_measurement(
        self,
        reward: Any = None,
        metrics: Mapping[str, Any] | None = None,
        step: int = 0,
        checkpoint_path: str | None = None,
        elapse_secs: float | None = None,
    ) -> None:
        """Adds a measurement; the trial goes on.

        Args:
            reward: A number to maximize; a sequence of numbers for several metrics.
            metrics: Further metrics by name.
            step: At which step it was taken.
            checkpoint_path: Where the state was saved.
            elapse_secs: Seconds since the evaluation began; measured for None.

        Raises:
            ValueError: What is to be optimized is not given, or given twice.
            RaceConditionError: The trial is finished.
        """
        reward, values = self._measured(reward, metrics)
        if elapse_secs is None:
            elapse_secs = self._seconds()
        self.touched = True
        self._add_measurement(reward, values, step, checkpoint_path, elapse_secs)

    def begin(self) -> None:
        """Begins, from now on, the time that measurements note as elapsed."""
        self._begun = time.perf_counter()

    def check(self, reward: Any = None, metrics: Mapping[str, Any] | None = None) -> None:
        """Checks a reward and metrics, and reports nothing.

        Raises:
            TypeError, ValueError: Reporting them would fail.
        """
        self._measured(reward, metrics)

    def _seconds(self) -> float:
        """Seconds since the evaluation began."""
        return time.perf_counter() - self._begun

    def _measured(
        self, reward: Any, metrics: Mapping[str, Any] | None
    ) -> tuple[float | None, dict[str, Any]]:
        names = self._metrics_to_optimize
        values: dict[str, Any] = {} if metrics is None else dict(metrics)
        if isinstance(reward, (list, tuple)):
            reward = self._split(cast("Sequence[Any]", reward), values)
        elif reward is not None:
            reward = float(reward)
        for name in names:
            if name == "reward":
                if reward is None:
                    raise ValueError("'reward' must be provided as it is a goal to optimize.")
            elif name not in values:
                raise ValueError(f"Metric {name!r} must be provided as it is a goal to optimize.")
            else:
                values[name] = float(values[name])
        if len(names) == 1 and names[0] != "reward":
            if reward is not None:
                raise ValueError(
                    f"'reward' {reward} is provided while it is not a goal to optimize."
                )
            reward = values[names[0]]
        return reward, values

    def _split(self, rewards: Sequence[Any], values: dict[str, Any]) -> float | None:
        """Pairs rewards with the names of metrics; returns the one that is called 'reward'."""
        names = self._metrics_to_optimize
        if len(rewards) != len(names):
            raise ValueError(
                f"The number of items in the reward ({rewards!r}) computed by the controller does not match with "
                f"the number of metrics to optimize ({list(names)!r})."
            )
        own: float | None = None
        for name, item in zip(names, rewards, strict=True):
            if name == "reward":
                own = float(item)
            elif name in values and values[name] != item:
                raise ValueError(
                    f"The value for metric {name} is provided from both the 'reward' and the 'metrics' arguments "
                    f"with different values: {[item, values[name]]!r}."
                )
            else:
                values[name] = item
        return own

    def __call__(
        self,
        reward: Any = None,
        metrics: Mapping[str, Any] | None = None,
        checkpoint_path: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        related_links: Mapping[str, str] | None = None,
        step: int = 0,
    ) -> None:
        """Adds a measurement and completes the trial; see `add_measurement` and `done`."""
        self.add_measurement(reward, metrics, step, checkpoint_path)
        self.done(metadata, related_links)

    # -- scopes ----------------------------------------------------------------------------------
    @contextlib.contextmanager
    def skip_on_exceptions(self, exceptions: Any) -> Generator[None]:
        """Skips the trial if an expected exception leaves the block.

        Args:
            exceptions: An exception type, a pair of type and pattern, or a sequence of those. A pattern is searched in
                `ClassName: message`; one that begins with `^` or `.*` must match from the start.
        """
        expected = _expected(exceptions)
        try:
            yield
        except BaseException as e:
            if not any(_matches(e, type_, pattern) for type_, pattern in expected):
                raise
            text = traceback.format_exc()
            LOGGER.warning("Skipping trial on unhandled exception: %s", text)
            self.skip(text)

    @contextlib.contextmanager
    def ignore_race_condition(self) -> Generator[None]:
        """Ignores that another worker has finished the trial."""
        with contextlib.suppress(RaceConditionError):
            yield


def _expected(exceptions: Any) -> list[tuple[type[BaseException], str | None]]:
    if isinstance(exceptions, type):
        return [(exceptions, None)]
    if (
        isinstance(exceptions, tuple)
        and len(cast("tuple[Any, ...]", exceptions)) == 2
        and isinstance(exceptions[1], str)
    ):
        return [cast("tuple[type[BaseException], str]", exceptions)]
    return [item for e in cast("Sequence[Any]", exceptions) for item in _expected(e)]


def _matches(e: BaseException, type_: type[BaseException], pattern: str | None) -> bool:
    if not isinstance(e, type_):
        return False
    if pattern is None:
        return True
    text = f"{type(e).__name__}: {e}"
    if pattern.startswith(("^", ".*")):
        return re.match(pattern, text, re.DOTALL) is not None
    return re.search(pattern, text, re.DOTALL) is not None
