"""Early stopping policies: which trials are not worth going on with, judged from their measurements.

`policy.py` holds the protocol, `base.py` the operators, `step_wise.py` the gates and `rules.py` ready-made rules.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from polygraft.early_stopping.policy import EarlyStoppingPolicy as EarlyStoppingPolicy

if TYPE_CHECKING:
    from polygraft.early_stopping.policies import And as And
    from polygraft.early_stopping.policies import EarlyStopingPolicyBase as EarlyStopingPolicyBase
    from polygraft.early_stopping.policies import Not as Not
    from polygraft.early_stopping.policies import Or as Or
    from polygraft.early_stopping.policies import StepWise as StepWise
    from polygraft.early_stopping.policies import WorseThanRank as WorseThanRank
    from polygraft.early_stopping.policies import WorseThanValue as WorseThanValue
    from polygraft.early_stopping.policies import early_stop_by_rank as early_stop_by_rank
    from polygraft.early_stopping.policies import early_stop_by_value as early_stop_by_value

_POLICIES = (
    "And",
    "EarlyStopingPolicyBase",
    "Not",
    "Or",
    "StepWise",
    "WorseThanRank",
    "WorseThanValue",
    "early_stop_by_rank",
    "early_stop_by_value",
)


if not TYPE_CHECKING:  # to a type checker every name would exist

    def __getattr__(name: str) -> Any:
        """Loads the policies when one is asked for (PEP 562): the search loop needs the protocol alone."""
        if name not in _POLICIES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{__name__}.policies"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_POLICIES})
