"""The names of `pg.evolution.base`: operations, their interfaces, `Evolution`, and the notes on genotypes."""

from __future__ import annotations

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
from polygraft.evolution.calling import make_operation_compatible as make_operation_compatible
from polygraft.evolution.calling import operation_spec as operation_spec
from polygraft.evolution.control import Choice as Choice
from polygraft.evolution.control import Conditional as Conditional
from polygraft.evolution.control import ElementWise as ElementWise
from polygraft.evolution.control import Flatten as Flatten
from polygraft.evolution.control import GlobalStateGetter as GlobalStateGetter
from polygraft.evolution.control import GlobalStateSetter as GlobalStateSetter
from polygraft.evolution.control import UntilChange as UntilChange
from polygraft.evolution.interfaces import DNAOperation as DNAOperation
from polygraft.evolution.interfaces import Mutator as Mutator
from polygraft.evolution.interfaces import Recombinator as Recombinator
from polygraft.evolution.interfaces import Selector as Selector
from polygraft.evolution.metadata import (
    DNA_METADATA_FEEDBACK_SEQUENCE_NUMBER as DNA_METADATA_FEEDBACK_SEQUENCE_NUMBER,
)
from polygraft.evolution.metadata import DNA_METADATA_FITNESS as DNA_METADATA_FITNESS
from polygraft.evolution.metadata import DNA_METADATA_GENERATION_ID as DNA_METADATA_GENERATION_ID
from polygraft.evolution.metadata import (
    DNA_METADATA_INITIAL_POPULATION as DNA_METADATA_INITIAL_POPULATION,
)
from polygraft.evolution.metadata import DNA_METADATA_PROPOSAL_ID as DNA_METADATA_PROPOSAL_ID
from polygraft.evolution.metadata import (
    get_feedback_sequence_number as get_feedback_sequence_number,
)
from polygraft.evolution.metadata import get_fitness as get_fitness
from polygraft.evolution.metadata import get_generation_id as get_generation_id
from polygraft.evolution.metadata import get_proposal_id as get_proposal_id
from polygraft.evolution.metadata import is_initial_population as is_initial_population
from polygraft.evolution.metadata import (
    set_feedback_sequence_number as set_feedback_sequence_number,
)
from polygraft.evolution.metadata import set_fitness as set_fitness
from polygraft.evolution.metadata import set_generation_id as set_generation_id
from polygraft.evolution.metadata import set_initial_population as set_initial_population
from polygraft.evolution.metadata import set_proposal_id as set_proposal_id
from polygraft.evolution.operation import Operation as Operation
