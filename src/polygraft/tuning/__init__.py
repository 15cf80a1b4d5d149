"""The search loop with trials: `sample`, its `Feedback`, studies and backends.

`study.py` holds the state of a study, which follows from its events; `in_memory.py` is the simplest backend.
"""

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
