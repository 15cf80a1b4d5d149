"""All policies, with their names in files. Loaded when one of them is asked for: the protocol alone is much lighter."""

from __future__ import annotations

from polygraft.early_stopping import base, rules, step_wise
from polygraft.early_stopping.base import And as And
from polygraft.early_stopping.base import EarlyStopingPolicyBase as EarlyStopingPolicyBase
from polygraft.early_stopping.base import Not as Not
from polygraft.early_stopping.base import Or as Or
from polygraft.early_stopping.rules import WorseThanRank as WorseThanRank
from polygraft.early_stopping.rules import WorseThanValue as WorseThanValue
from polygraft.early_stopping.rules import early_stop_by_rank as early_stop_by_rank
from polygraft.early_stopping.rules import early_stop_by_value as early_stop_by_value
from polygraft.early_stopping.step_wise import StepWise as StepWise
from polygraft.scalars.parts import register_names

register_names(base, "polygraft.early_stopping", "pyglove.ext.early_stopping")
for _module in (step_wise, rules):
    register_names(_module, "polygraft.early_stopping", "pyglove.ext.early_stopping", "step_wise")
