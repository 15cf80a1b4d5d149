"""`Store`: where the events of a study are kept. The simplest one is a list.

A store that lasts implements the same three methods over a file or a database; it gives the trial ids, because only
it sees all workers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from polygraft.geno import DNA
from polygraft.tuning.events import Created, Event


class Store(ABC):
    """The events of one study, in order."""

    @abstractmethod
    def create_trial(self, group: int | str, dna: DNA, time: float) -> Created:
        """Appends a trial under the next free id, from 1 on."""

    @abstractmethod
    def append(self, event: Event) -> None:
        """Appends an event."""

    @abstractmethod
    def events(self, start: int = 0) -> Sequence[Event]:
        """The events from number `start` on."""


class MemoryStore(Store):
    """Events in a list; they live as long as the process. The study serializes the calls."""

    __slots__ = ("_events", "_trials")

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._trials = 0

    def create_trial(self, group: int | str, dna: DNA, time: float) -> Created:
        self._trials += 1
        event = Created(self._trials, group, dna, time)
        self._events.append(event)
        return event

    def append(self, event: Event) -> None:
        self._events.append(event)

    def events(self, start: int = 0) -> Sequence[Event]:
        return self._events[start:]
