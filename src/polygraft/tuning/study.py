"""`Study`: what follows from the events so far — which trials there are, who works on what, which one is best.

Each change is first written to the store and then applied here; reading all events of a store and applying them gives
the same study again. Trials are kept in a light form (`TrialState`); the `Trial` that a user sees is made when
somebody asks for it, and kept up to date from then on.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Any

from polygraft.geno import DNA
from polygraft.tuning.events import (
    Created,
    Ended,
    Event,
    Finished,
    Linked,
    Measured,
    Noted,
    Taken,
)
from polygraft.tuning.store import MemoryStore, Store
from polygraft.tuning.trial import COMPLETED, PENDING, Measurement, Trial


class TrialState:
    """One trial in light form."""

    __slots__ = (
        "completed_time",
        "created_time",
        "dna",
        "final",
        "id",
        "infeasible",
        "links",
        "measurements",
        "metadata",
        "status",
        "view",
    )

    def __init__(self, event: Created):
        self.id = event.trial
        self.dna: DNA = event.dna
        self.created_time = event.time
        self.completed_time: float | None = None
        self.status = PENDING
        self.infeasible = False
        self.measurements: list[Measured] = []
        self.final: Measured | None = None
        self.metadata: dict[str, Any] | None = None
        self.links: dict[str, str] | None = None
        self.view: Trial | None = None

    def trial(self) -> Trial:
        """The `Trial` that users see; the same object each time."""
        if self.view is None:
            self.view = Trial(
                id=self.id,
                dna=self.dna,
                status=self.status,
                final_measurement=_measurement(self.final),
                infeasible=self.infeasible,
                measurements=[_measurement(m) for m in self.measurements],
                metadata=self.metadata or {},
                related_links=self.links or {},
                created_time=int(self.created_time),
                completed_time=None if self.completed_time is None else int(self.completed_time),
            )
        return self.view

    def note(self, key: str) -> Any:
        """What was noted under a key, or None."""
        notes = self.metadata if self.view is None else self.view.metadata
        return None if notes is None else notes.get(key)

    def apply(self, event: Event) -> None:
        """Brings the trial up to date."""
        view = self.view
        if type(event) is Measured:
            self.measurements.append(event)
            if view is not None:
                view.measurements.append(_measurement(event))
        elif type(event) is Finished:
            self.status = COMPLETED
            self.infeasible = event.infeasible
            self.completed_time = event.time
            self.final = (
                Measured(self.id, 0, 0.0, 0.0, None, None)
                if event.infeasible
                else self.measurements[-1]
            )
            if view is not None:
                view.rebind(
                    status=COMPLETED,
                    infeasible=event.infeasible,
                    final_measurement=_measurement(self.final),
                    completed_time=int(event.time),
                    raise_on_no_change=False,
                )
        elif type(event) is Noted:
            self.metadata = {**(self.metadata or {}), event.key: event.value}
            if view is not None:
                view.metadata[event.key] = event.value
        elif type(event) is Linked:
            self.links = {**(self.links or {}), event.name: event.url}
            if view is not None:
                view.related_links[event.name] = event.url


def _measurement(m: Measured | None) -> Any:
    return None if m is None else Measurement(*m[1:])


class Study:
    """The state of one study. All methods may be called from several threads.

    Args:
        name: Its name; None for one that nobody else can join.
        num_examples: Most trials that it takes; None for no limit.
        store: Where its events are kept; events that are there already are applied.
    """

    def __init__(
        self, name: str | None, num_examples: int | None = None, store: Store | None = None
    ):
        self.name = name
        self.num_examples = num_examples
        self.lock = threading.RLock()
        self.active = True
        self.trials: dict[int, TrialState] = {}
        self.latest: dict[int | str, TrialState] = {}
        self.threads: dict[int, None] = {}  # Those of this process that are groups of their own.
        self.metadata: dict[str, Any] = {}
        self.last_completed: float | None = None
        self.best: TrialState | None = None
        self._store: Store = MemoryStore() if store is None else store
        for event in self._store.events():
            self._apply(event)

    # -- requests --------------------------------------------------------------------------------
    def pending_of(self, group: int | str) -> TrialState | None:
        """The trial that a group is working on."""
        state = self.latest.get(group)
        return state if state is not None and state.status == PENDING else None

    @property
    def full(self) -> bool:
        """True if the study takes no more trials."""
        return self.num_examples is not None and len(self.trials) >= self.num_examples

    def create(self, group: int | str, dna: DNA) -> TrialState:
        """Makes the next trial."""
        with self.lock:
            event = self._store.create_trial(group, dna, time.time())
            self._apply(event)
            return self.trials[event.trial]

    def take(self, state: TrialState, group: int | str) -> None:
        """Gives a trial to another group."""
        self._record(Taken(state.id, group))

    # -- reports ---------------------------------------------------------------------------------
    def check_completable(self, state: TrialState) -> None:
        """Checks that there is a measurement to complete a trial with.

        Raises:
            ValueError: There is none.
        """
        if not state.measurements:
            raise ValueError(f"At least one measurement should be added for trial {state.id}.")

    def measure(self, state: TrialState, measured: Measured) -> bool:
        """Adds a measurement; False if the trial is not pending."""
        with self.lock:
            return state.status == PENDING and self._record(measured)

    def finish(self, state: TrialState, infeasible: bool = False) -> bool:
        """Completes a trial; False if it is not pending, so that telling twice is telling once.

        Raises:
            ValueError: It is to count, but nothing has been measured.
        """
        with self.lock:
            if state.status != PENDING:
                return False
            if not infeasible:
                self.check_completable(state)
            return self._record(Finished(state.id, infeasible, time.time()))

    def note(self, state: TrialState | None, key: str, value: Any) -> None:
        """Notes something on a trial or on the study."""
        self._record(Noted(None if state is None else state.id, key, value))

    def link(self, state: TrialState, name: str, url: str) -> None:
        """Notes an address on a trial."""
        self._record(Linked(state.id, name, url))

    def end(self) -> None:
        """Takes no more requests."""
        with self.lock:
            if self.active:
                self._record(Ended())

    # -- events ----------------------------------------------------------------------------------
    def _record(self, event: Event) -> bool:
        with self.lock:
            self._store.append(event)
            self._apply(event)
        return True

    def _apply(self, event: Event) -> None:
        if type(event) is Created:
            self.latest[event.group] = self.trials[event.trial] = TrialState(event)
        elif type(event) is Taken:
            self.latest[event.group] = self.trials[event.trial]
        elif type(event) is Ended:
            self.active = False
        elif type(event) is Noted and event.trial is None:
            self.metadata = {**self.metadata, event.key: event.value}
        else:
            state = self.trials[event.trial]  # type: ignore[union-attr,index]
            state.apply(event)
            if type(event) is Finished:
                self.last_completed = event.time
                if not event.infeasible and _is_better(state, self.best):
                    self.best = state

    @property
    def last_updated(self) -> datetime | None:
        """When a trial was completed last."""
        return (
            None
            if self.last_completed is None
            else datetime.fromtimestamp(self.last_completed, UTC)
        )


def _is_better(state: TrialState, best: TrialState | None) -> bool:
    """True for a higher reward: of equal ones, the first that was completed stays. Trials without a (numeric) reward
    are never best.
    """
    final = state.final
    reward = None if final is None else final.reward
    if reward is None or reward != reward:
        return False
    if best is None or best.final is None or best.final.reward is None:
        return True
    return reward > best.final.reward
