"""The search loop with trials: `sample`, its `Feedback`, studies and backends; and `tune`, which does the loop.

`study.py` holds the state of a study, which follows from its events; `in_memory.py` is the simplest backend.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from polygraft.early_stopping import EarlyStoppingPolicy as EarlyStoppingPolicy
from polygraft.tuning.backend import Backend as Backend
from polygraft.tuning.backend import add_backend as add_backend
from polygraft.tuning.backend import available_backends as available_backends
from polygraft.tuning.backend import default_backend as default_backend
from polygraft.tuning.backend import set_default_backend as set_default_backend
from polygraft.tuning.feedback import Feedback as Feedback
from polygraft.tuning.feedback import ForgottenFeedbackError as ForgottenFeedbackError
from polygraft.tuning.feedback import RaceConditionError as RaceConditionError
from polygraft.tuning.in_memory import drop_study as drop_study
from polygraft.tuning.result import Result as Result
from polygraft.tuning.sample import poll_result as poll_result
from polygraft.tuning.sample import sample as sample
from polygraft.tuning.trial import Measurement as Measurement
from polygraft.tuning.trial import Trial as Trial

if TYPE_CHECKING:
    from polygraft.tuning.driver import Failure as Failure
    from polygraft.tuning.evaluation import RunningTrial as RunningTrial
    from polygraft.tuning.evaluation import SkipTrial as SkipTrial
    from polygraft.tuning.pareto import pareto_front as pareto_front
    from polygraft.tuning.pool import EvaluationError as EvaluationError
    from polygraft.tuning.tuned import Tuned as Tuned
    from polygraft.tuning.tuner import tune as tune
    from polygraft.tuning.worker import WorkerError as WorkerError

#: Those who write the loop themselves need not load what does it for others (PEP 562).
_LATER = {
    "EvaluationError": "pool",
    "Failure": "driver",
    "RunningTrial": "evaluation",
    "SkipTrial": "evaluation",
    "Tuned": "tuned",
    "WorkerError": "worker",
    "pareto_front": "pareto",
    "tune": "tuner",
}


if not TYPE_CHECKING:  # to a type checker every name would exist

    def __getattr__(name: str) -> Any:
        """Loads the module behind a name."""
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
