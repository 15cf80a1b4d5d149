"""How long parts of a program take: `timeit`, nested as the program is."""

from __future__ import annotations

import dataclasses
import time
from contextvars import ContextVar, Token
from typing import Any

from polygraft.serialization.convertible import JSONConvertible
from polygraft.utils.catching import ErrorInfo

_current: ContextVar[TimeIt | None] = ContextVar("polygraft_timeit", default=None)


@dataclasses.dataclass(frozen=True)
class Status(JSONConvertible):
    """How a timed block stands.

    Attributes:
        name: Its name, after those of the blocks around it.
        elapse: Seconds.
        has_ended: Whether it has.
        error: The exception that left it.
    """

    __serialization_key__ = "polygraft.utils.timing.TimeIt.Status"

    name: str
    elapse: float = 0.0
    has_ended: bool = True
    error: ErrorInfo | None = None

    @property
    def has_started(self) -> bool:
        """True if time has passed."""
        return self.elapse > 0

    @property
    def has_error(self) -> bool:
        """True if an exception left the block."""
        return self.has_ended and self.error is not None

    def merge(self, other: Status) -> Status:
        """This block and another of the same name, together."""
        assert other.name == self.name, (self.name, other.name)
        return Status(
            self.name,
            self.elapse + other.elapse,
            self.has_ended and other.has_ended,
            self.error or other.error,
        )

    def to_json(self, **kwargs: Any) -> Any:
        return self.to_json_dict(
            {
                "name": (self.name, None),
                "elapse": (self.elapse, 0.0),
                "has_ended": (self.has_ended, True),
                "error": (self.error, None),
            },
            exclude_default=True,
            **kwargs,
        )


@dataclasses.dataclass
class Entry(JSONConvertible):
    """What many blocks of a name have taken.

    Attributes:
        num_started, num_ended, num_failed: How many have started, ended, and failed.
        avg_duration: Mean time of those that ended, in seconds.
        error_tags: Tag of an error (see `ErrorInfo`) → how often it occurred.
    """

    __serialization_key__ = "polygraft.utils.timing.TimeIt.StatusSummary.Entry"

    num_started: int = 0
    num_ended: int = 0
    num_failed: int = 0
    avg_duration: float = 0.0
    error_tags: dict[str, int] = dataclasses.field(default_factory=dict[str, int])

    def update(self, status: Status) -> None:
        """Adds a block."""
        self.avg_duration = (self.avg_duration * self.num_started + status.elapse) / (
            self.num_started + 1
        )
        self.num_started += 1
        if status.has_ended:
            self.num_ended += 1
        if status.error is not None:
            self.num_failed += 1
            self.error_tags[status.error.tag] = self.error_tags.get(status.error.tag, 0) + 1

    def to_json(self, **kwargs: Any) -> Any:
        return self.to_json_dict(
            {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}, **kwargs
        )


@dataclasses.dataclass
class StatusSummary(JSONConvertible):
    """What many runs of a program have taken.

    Attributes:
        breakdown: Name of a block → its `Entry`.
    """

    __serialization_key__ = "polygraft.utils.timing.TimeIt.StatusSummary"
    Entry = Entry

    breakdown: dict[str, Entry] = dataclasses.field(default_factory=dict[str, Entry])

    def __bool__(self) -> bool:
        return bool(self.breakdown)

    def aggregate(self, timeit_obj: TimeIt | dict[str, Status]) -> None:
        """Adds a run."""
        status = timeit_obj.status() if isinstance(timeit_obj, TimeIt) else timeit_obj
        for name, s in status.items():
            self.breakdown.setdefault(name, Entry()).update(s)

    def to_json(self, **kwargs: Any) -> Any:
        return self.to_json_dict({"breakdown": self.breakdown}, **kwargs)

    @classmethod
    def from_json(cls, json_value: Any, **kwargs: Any) -> Any:
        read = super().from_json(json_value, **kwargs)
        read.breakdown = dict(read.breakdown)
        return read


class TimeIt:
    """A timed block; see `timeit`."""

    Status = Status
    StatusSummary = StatusSummary

    def __init__(self, name: str = ""):
        self._name = name
        self._children: list[TimeIt] = []
        self._start: float | None = None
        self._end: float | None = None
        self._started_at: float | None = None
        self._error: ErrorInfo | None = None
        self._token: Token[TimeIt | None] | None = None

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def children(self) -> list[TimeIt]:
        """The blocks directly inside."""
        return self._children

    def add(self, context: TimeIt) -> None:
        """Adds a block that is inside."""
        self._children.append(context)

    def start(self) -> None:
        """Starts the time."""
        self._error = self._end = None
        self._start, self._started_at = time.perf_counter(), time.time()

    def end(self, error: BaseException | None = None) -> bool:
        """Stops the time. False if it had been stopped already."""
        if self._end is not None:
            return False
        self._end = time.perf_counter()
        self._error = None if error is None else ErrorInfo.from_exception(error)
        return True

    @property
    def start_time(self) -> float | None:
        """When it started, in seconds since 1970."""
        return self._started_at

    @property
    def end_time(self) -> float | None:
        """When it ended, in seconds since 1970."""
        if self._end is None or self._started_at is None:
            return None
        return self._started_at + self.elapse

    @property
    def elapse(self) -> float:
        """Seconds since the start, or until the end; 0 before the start."""
        if self._start is None:
            return 0.0
        return (time.perf_counter() if self._end is None else self._end) - self._start

    @property
    def has_started(self) -> bool:
        """True if it has started."""
        return self._start is not None

    @property
    def has_ended(self) -> bool:
        """True if it has ended."""
        return self._end is not None

    @property
    def has_error(self) -> bool:
        """True if an exception left the block."""
        return self._error is not None

    @property
    def error(self) -> ErrorInfo | None:
        """The exception that left the block."""
        return self._error

    def status(self) -> dict[str, Status]:
        """Dotted name → how this block and those inside stand; blocks of the same name together."""
        out: dict[str, Status] = {}
        self._collect(out, "")
        return out

    def _collect(self, out: dict[str, Status], around: str) -> None:
        name = f"{around}.{self._name}" if around and self._name else around or self._name
        if self._name:
            own = Status(name, self.elapse, self.has_ended, self._error)
            out[name] = out[name].merge(own) if name in out else own
        for child in self._children:
            child._collect(out, name)

    def __enter__(self) -> TimeIt:
        around = _current.get()
        if around is not None:
            around.add(self)
        self._token = _current.set(self)
        self.start()
        return self

    def __exit__(self, kind: object, error: BaseException | None, stack: object) -> None:
        if self._token is not None:
            _current.reset(self._token)
        self.end(error)


def timeit(name: str = "") -> TimeIt:
    """Times a block, and the timed blocks inside it.

    Args:
        name: Its name; without one, the blocks inside are named as if it were not there.

    Example:
        >>> with timeit("train") as t:
        ...     with timeit("step"):
        ...         pass
        >>> list(t.status())
        ['train', 'train.step']
    """
    return TimeIt(name)
