"""`Tuned`: what `pg.tune` has found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from polygraft.formatting import Formattable
from polygraft.geno import DNA, DNAGenerator
from polygraft.tuning.driver import Failure
from polygraft.tuning.pareto import pareto_front
from polygraft.tuning.result import Result
from polygraft.tuning.trial import COMPLETED, PENDING, Trial


class Tuned(Formattable):
    """The outcome of a search.

    Attributes:
        study: The study with all its trials.
        failures: Trials that failed in this call, with their errors.
        seconds: How long the search took.
        algorithm: The algorithm, which knows its seed, and can go on.

    Example:
        >>> import polygraft as pg
        >>> space = pg.Dict(x=pg.oneof([1, 2, 3]))
        >>> tuned = pg.tune(lambda program: program.x % 3, space, pg.geno.Sweeping())
        >>> tuned.best, tuned.best_reward
        ({x=2}, 2.0)
        >>> [(row["trial"], row["reward"], row["x"]) for row in tuned.history]
        [(1, 1.0, 1), (2, 2.0, 2), (3, 0.0, 3)]
    """

    def __init__(
        self,
        study: Result,
        decode: Callable[[DNA], Any],
        metrics: Sequence[str],
        failures: Sequence[Failure],
        seconds: float,
        name: str | None,
        algorithm: DNAGenerator,
    ):
        self.study = study
        self.failures = list(failures)
        self.seconds = seconds
        self.algorithm = algorithm
        self._decode = decode
        self._metrics = metrics
        self._name = name

    @property
    def trials(self) -> list[Trial]:
        """All trials of the study."""
        return self.study.trials

    @property
    def best_trial(self) -> Trial | None:
        """The trial with the highest reward; None if none was completed, and for several metrics (see `pareto`)."""
        return self.study.best_trial

    @property
    def best_reward(self) -> float | None:
        """The highest reward."""
        trial = self.best_trial
        return (
            None
            if trial is None or trial.final_measurement is None
            else trial.final_measurement.reward
        )

    @property
    def best(self) -> Any:
        """The program with the highest reward, made anew.

        Raises:
            ValueError: There is none.
        """
        trial = self.best_trial
        if trial is None:
            if len(self._metrics) > 1:
                raise ValueError(
                    f"With several metrics ({', '.join(self._metrics)}) no trial is best: see `pareto`."
                )
            raise ValueError("No trial was completed, so that there is no best program.")
        return self.program(trial)

    @property
    def pareto(self) -> list[Trial]:
        """The completed trials that no other one beats in all metrics."""
        trials = [t for t in self.trials if t.status == COMPLETED and not t.infeasible]
        rewards: list[Any] = [t.get_reward_for_feedback(self._metrics) for t in trials]
        points: list[Any] = [r if isinstance(r, tuple) else (r,) for r in rewards]
        return [trials[i] for i in pareto_front(points)]

    def program(self, trial: Trial) -> Any:
        """Returns the program of a trial, made anew."""
        return self._decode(trial.dna)

    @property
    def history(self) -> list[dict[str, Any]]:
        """A row for each trial: its number, status, reward, seconds, error, other metrics, and each decision by name
        or place (None where it was not active).
        """
        return [_row(trial) for trial in self.trials]

    def to_dataframe(self) -> Any:
        """Returns the history as a pandas data frame.

        Raises:
            ImportError: pandas is not installed.
        """
        try:
            import pandas  # pyright: ignore[reportMissingImports]
        except ImportError as e:
            e.add_note("`history` gives the same rows as dicts, without pandas.")
            raise
        frame: Any = pandas
        return frame.DataFrame(self.history)

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns a summary in words."""
        del verbose, root_indent, kwargs
        rows = Counter(_status(t) for t in self.trials)
        counts = ", ".join(
            f"{rows[s]} {s}" for s in ("completed", "skipped", "failed", "pending") if rows[s]
        )
        lines = [f"{sum(rows.values())} trials in {self.seconds:.1f} s: {counts or 'none'}"]
        errors = Counter(f.error.partition("\n")[0] for f in self.failures)
        lines += [f"{count} × {error}" for error, count in errors.most_common(5)]
        trial = self.best_trial
        if trial is not None:
            lines.append(f"best: trial {trial.id} with {self.best_reward:.6g}, {trial.dna!r}")
        elif len(self._metrics) > 1:
            lines.append(f"not beaten in {', '.join(self._metrics)}: {len(self.pareto)} trials")
        return f"Tuned({'; '.join(lines)})" if compact else "\n".join(lines)


def _status(trial: Trial) -> str:
    if trial.status == PENDING:
        return "pending"
    if not trial.infeasible:
        return "completed"
    return "failed" if "error" in trial.metadata else "skipped"


def _row(trial: Trial) -> dict[str, Any]:
    final = None if trial.infeasible else trial.final_measurement
    row: dict[str, Any] = {
        "trial": trial.id,
        "status": _status(trial),
        "reward": None if final is None else final.reward,
        "seconds": None if final is None else final.elapse_secs,
        "error": trial.metadata.get("error"),
    }
    if final is not None and final.metrics:
        row.update(final.metrics.items())
    decisions = trial.dna.to_dict(
        key_type="name_or_id", value_type="literal", include_inactive_decisions=True
    )
    for key, value in decisions.items():
        name = str(key)
        row[f"decision.{name}" if name in row else name] = value
    return row
