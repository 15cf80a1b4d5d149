"""Evolutionary search: algorithms composed of operations on lists of genotypes.

`operation.py` says what an operation is, `algebra.py` and `control.py` how operations combine, `algorithm.py` how
`Evolution` runs them. Selectors, mutators and recombinators have modules of their own; so has each ready-made
algorithm (`*_lib.py`).
"""

from __future__ import annotations

from polygraft import scalars as scalars
from polygraft.evolution import (
    algebra,
    algorithm,
    control,
    interfaces,
    operation,
)
from polygraft.evolution import base as base
from polygraft.evolution import hill_climb_lib as hill_climb_lib
from polygraft.evolution import mutators as mutators
from polygraft.evolution import neat_lib as neat_lib
from polygraft.evolution import nsga2_lib as nsga2_lib
from polygraft.evolution import recombinators as recombinators
from polygraft.evolution import regularized_evolution_lib as regularized_evolution_lib
from polygraft.evolution import selectors as selectors
from polygraft.evolution import where as where
from polygraft.evolution.algebra import Concatenation as Concatenation
from polygraft.evolution.algebra import Difference as Difference
from polygraft.evolution.algebra import Identity as Identity
from polygraft.evolution.algebra import Intersection as Intersection
from polygraft.evolution.algebra import Inversion as Inversion
from polygraft.evolution.algebra import Lambda as Lambda
from polygraft.evolution.algebra import Pipeline as Pipeline
from polygraft.evolution.algebra import Power as Power
from polygraft.evolution.algebra import Repeat as Repeat
from polygraft.evolution.algebra import Slice as Slice
from polygraft.evolution.algebra import SymmetricDifference as SymmetricDifference
from polygraft.evolution.algebra import Union as Union
from polygraft.evolution.algorithm import Evolution as Evolution
from polygraft.evolution.control import Choice as Choice
from polygraft.evolution.control import Conditional as Conditional
from polygraft.evolution.control import ElementWise as ElementWise
from polygraft.evolution.control import Flatten as Flatten
from polygraft.evolution.control import GlobalStateGetter as GlobalStateGetter
from polygraft.evolution.control import GlobalStateSetter as GlobalStateSetter
from polygraft.evolution.control import UntilChange as UntilChange
from polygraft.evolution.hill_climb_lib import hill_climb as hill_climb
from polygraft.evolution.interfaces import DNAOperation as DNAOperation
from polygraft.evolution.interfaces import Mutator as Mutator
from polygraft.evolution.interfaces import Recombinator as Recombinator
from polygraft.evolution.interfaces import Selector as Selector
from polygraft.evolution.metadata import (
    get_feedback_sequence_number as get_feedback_sequence_number,
)
from polygraft.evolution.metadata import get_fitness as get_fitness
from polygraft.evolution.metadata import get_generation_id as get_generation_id
from polygraft.evolution.metadata import is_initial_population as is_initial_population
from polygraft.evolution.metadata import set_fitness as set_fitness
from polygraft.evolution.neat_lib import neat as neat
from polygraft.evolution.nsga2_lib import nsga2 as nsga2
from polygraft.evolution.operation import Operation as Operation
from polygraft.evolution.regularized_evolution_lib import (
    regularized_evolution as regularized_evolution,
)
from polygraft.scalars import Scalar as Scalar
from polygraft.scalars import scalar_spec as scalar_spec
from polygraft.scalars import scalar_value as scalar_value
from polygraft.scalars.parts import register_names

RegularizedEvolution = regularized_evolution

for _module in (algebra, algorithm, control, interfaces, operation):
    register_names(_module, "polygraft.evolution", "pyglove.ext.evolution", "base")
for _module in (selectors, mutators, where):
    register_names(_module, _module.__name__, "pyglove.ext.evolution")
for _module, _peer in ((nsga2_lib, "nsga2"), (neat_lib, "neat")):
    register_names(_module, _module.__name__, "pyglove.ext.evolution", _peer)
