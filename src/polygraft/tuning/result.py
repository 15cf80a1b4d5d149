"""`Result`: what a study has come to, as users see it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from polygraft.formatting import Formattable, format
from polygraft.tuning.study import Study
from polygraft.tuning.trial import STATUSES, Trial


class Result(Formattable, ABC):
    """The state of a study."""

    @property
    @abstractmethod
    def metadata(self) -> Mapping[str, Any]:
        """What was noted on the study."""

    @property
    @abstractmethod
    def is_active(self) -> bool:
        """False once the loop was ended by `Feedback.end_loop`."""

    @property
    @abstractmethod
    def last_updated(self) -> datetime | None:
        """When a trial was completed last, in UTC; None before."""

    @property
    @abstractmethod
    def trials(self) -> list[Trial]:
        """All trials, in the order of their ids."""

    @property
    @abstractmethod
    def best_trial(self) -> Trial | None:
        """The feasible trial with the highest reward (the first one of several); None if none has one."""


class StudyResult(Result):
    """The result of a study of this process: always up to date."""

    def __init__(self, study: Study):
        self._study = study

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What was noted on the study; `seed` is the one that was drawn where none was given."""
        return self._study.metadata

    @property
    def is_active(self) -> bool:
        """False once the loop was ended by `Feedback.end_loop`."""
        return self._study.active

    @property
    def last_updated(self) -> datetime | None:
        """When a trial was completed last, in UTC; None before."""
        return self._study.last_updated

    @property
    def trials(self) -> list[Trial]:
        """All trials, in the order of their ids."""
        with self._study.lock:
            states = list(self._study.trials.values())
            return [state.trial() for state in states]

    @property
    def best_trial(self) -> Trial | None:
        """The feasible trial with the highest reward (the first one of several); None if none has one."""
        with self._study.lock:
            best = self._study.best
            return None if best is None else best.trial()

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns the text: counts by status, and the best trial."""
        with self._study.lock:
            data = self._summary()
        return format(data, compact=compact, verbose=verbose, root_indent=root_indent, **kwargs)

    def _summary(self) -> dict[str, Any]:
        study = self._study
        states = list(study.trials.values())
        total = len(states)
        counts = Counter(state.status for state in states)
        infeasible = sum(state.infeasible for state in states)
        data: dict[str, Any] = {
            "name": study.name,
            "status": {s: f"{counts[s]}/{total}" for s in STATUSES if counts[s]},
        }
        if infeasible:
            data["infeasible"] = f"{infeasible}/{total}"
        best = study.best
        if best is not None and best.final is not None:
            data["best_trial"] = {
                "id": best.id,
                "reward": best.final.reward,
                "step": best.final.step,
                "dna": str(best.dna),
            }
        return data
