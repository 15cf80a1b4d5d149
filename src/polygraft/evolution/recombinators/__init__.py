"""Recombinators: operations that make children of several parents.

All parents must be bound to one spec; children are bound to it, and have no metadata. `decisions.py` is how genotypes
are taken apart and put together again.
"""

from __future__ import annotations

from polygraft.evolution.recombinators import permutation, point_wise, segment_wise
from polygraft.evolution.recombinators.permutation import Cycle as Cycle
from polygraft.evolution.recombinators.permutation import Order as Order
from polygraft.evolution.recombinators.permutation import PartiallyMapped as PartiallyMapped
from polygraft.evolution.recombinators.permutation import Permutation as Permutation
from polygraft.evolution.recombinators.point_wise import Average as Average
from polygraft.evolution.recombinators.point_wise import Numeric as Numeric
from polygraft.evolution.recombinators.point_wise import PointWise as PointWise
from polygraft.evolution.recombinators.point_wise import Sample as Sample
from polygraft.evolution.recombinators.point_wise import Uniform as Uniform
from polygraft.evolution.recombinators.point_wise import WeightedAverage as WeightedAverage
from polygraft.evolution.recombinators.segment_wise import KPoint as KPoint
from polygraft.evolution.recombinators.segment_wise import Segmented as Segmented
from polygraft.evolution.recombinators.segment_wise import SegmentWise as SegmentWise
from polygraft.scalars.parts import register_names

for _module in (permutation, point_wise, segment_wise):
    register_names(
        _module, "polygraft.evolution.recombinators", "pyglove.ext.evolution", "recombinators"
    )
