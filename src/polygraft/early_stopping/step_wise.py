"""`StepWise`: trials pass gates at given steps, and a rule for each gate says whether they go on."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from polygraft import typing as pg_typing
from polygraft.early_stopping.base import EarlyStopingPolicyBase
from polygraft.geno import DNASpec
from polygraft.symbolic import members

Predicate = Callable[[Any, list[Any]], bool]
_set = object.__setattr__  # State of a policy is no field of it.


@members(
    [
        (
            "plan",
            pg_typing.List(
                pg_typing.Tuple([pg_typing.Int(min_value=0), pg_typing.Callable()]), min_size=1
            ),
            "Pairs of a step and a predicate of the measurement there and those of earlier trials at the same gate.",
        )
    ]
)
class StepWise(EarlyStopingPolicyBase):
    """Judges each trial once at each gate, by the measurements that earlier trials had there.

    A measurement belongs to the last gate whose step it has reached. What is decided about a trial at a gate stays
    decided. The plan is kept sorted by step.

    Args:
        plan: Pairs `(step, predicate)`; `predicate(measurement, history)` returns True to stop, `history` being the
            measurements of earlier trials at this gate.

    Example:
        >>> def worse_than_all(measurement, history):
        ...     return bool(history) and measurement.reward < min(m.reward for m in history)
        >>> policy = StepWise([(10, worse_than_all)])
    """

    plan: Any

    _gates: ClassVar[list[int]]
    _gate_history: ClassVar[list[list[Any]]]
    _trial_gate_decision: ClassVar[dict[int, tuple[int, bool]]]
    _genotypes: ClassVar[dict[int, Any]]
    _lock: ClassVar[Any]

    def _on_bound(self) -> None:
        super()._on_bound()
        steps = [step for step, _ in self.plan]
        if steps != sorted(steps):
            self.rebind(plan=sorted(self.plan, key=lambda item: item[0]), skip_notification=True)
        _set(self, "_gates", sorted(steps))
        _set(self, "_lock", threading.Lock())
        self._forget()

    def _forget(self) -> None:
        _set(self, "_gate_history", [[] for _ in self._gates])
        _set(self, "_trial_gate_decision", {})
        _set(self, "_genotypes", {})

    def setup(self, dna_spec: DNASpec) -> None:
        """Begins a search in a space, without a history."""
        super().setup(dna_spec)
        self._forget()

    def should_stop_early(self, trial: Any) -> bool:
        """Returns what the gate says that the latest measurement has reached."""
        if not trial.measurements:
            return False
        latest = trial.measurements[-1]
        gate = bisect_right(self._gates, latest.step) - 1
        if gate < 0:
            return False
        with self._lock:  # Workers of a study share the policy.
            decided = self._decision(trial)
            if decided is not None and decided[0] == gate:
                return decided[1]
            return self._judge(trial, gate, latest)

    def _decision(self, trial: Any) -> tuple[int, bool] | None:
        """What was decided last about a trial. Another study may give its id to another genotype."""
        decided = self._trial_gate_decision.get(trial.id)
        return decided if decided is not None and self._genotypes[trial.id] == trial.dna else None

    def _judge(self, trial: Any, gate: int, measurement: Any) -> bool:
        history = self._gate_history[gate]
        stop = bool(self.plan[gate][1](measurement, history))
        history.append(measurement)
        self._decided(trial, gate, stop)
        return stop

    def _decided(self, trial: Any, gate: int, stop: bool) -> None:
        self._trial_gate_decision[trial.id] = gate, stop
        self._genotypes[trial.id] = trial.dna

    def recover(self, history: Iterable[Any]) -> None:
        """Continues an earlier run: each trial passes the gates that its measurements have reached, one at a time."""
        with self._lock:
            for trial in history:
                self._pass(trial)

    def _pass(self, trial: Any) -> None:
        gate, count, before = 0, len(trial.measurements), -1
        for i, measurement in enumerate(trial.measurements):
            if gate == len(self._gates):
                return
            # A gate that was jumped over together with the one before it is not passed.
            if before < self._gates[gate] <= measurement.step:
                self._note(trial, gate, measurement, i == count - 1)
                gate += 1
            before = measurement.step

    def _note(self, trial: Any, gate: int, measurement: Any, last: bool) -> None:
        """Enters a measurement of a history. Only where it is the last one, something may have been decided."""
        history, stop = self._gate_history[gate], False
        if last and trial.status == "COMPLETED":
            stop = trial.infeasible
        elif last and trial.status == "PENDING":
            stop = bool(self.plan[gate][1](measurement, history))
        history.append(measurement)
        self._decided(trial, gate, stop)
