"""Placeholders in programs, and templates that turn genotypes into programs.

`base.py` says what a placeholder is; `slots.py` is the compiled form on which decoding and encoding run.
"""

from polygraft.hyper.base import HyperPrimitive as HyperPrimitive
from polygraft.hyper.base import HyperValue as HyperValue
from polygraft.hyper.choices import Choices as Choices
from polygraft.hyper.choices import ManyOf as ManyOf
from polygraft.hyper.choices import OneOf as OneOf
from polygraft.hyper.choices import manyof as manyof
from polygraft.hyper.choices import oneof as oneof
from polygraft.hyper.choices import permutate as permutate
from polygraft.hyper.constraints import constrained as constrained
from polygraft.hyper.constraints import constraint as constraint
from polygraft.hyper.constraints import forbid as forbid
from polygraft.hyper.custom import CustomHyper as CustomHyper
from polygraft.hyper.derived import DerivedValue as DerivedValue
from polygraft.hyper.derived import ValueReference as ValueReference
from polygraft.hyper.derived import reference as reference
from polygraft.hyper.dynamic import DynamicEvaluationContext as DynamicEvaluationContext
from polygraft.hyper.dynamic import trace as trace
from polygraft.hyper.evaluating import dynamic_evaluate as dynamic_evaluate
from polygraft.hyper.evolvable import Evolvable as Evolvable
from polygraft.hyper.evolvable import MutationPoint as MutationPoint
from polygraft.hyper.evolvable import MutationType as MutationType
from polygraft.hyper.evolvable import evolve as evolve
from polygraft.hyper.integer import Int as Int
from polygraft.hyper.integer import intv as intv
from polygraft.hyper.iteration import iterate as iterate
from polygraft.hyper.iteration import materialize as materialize
from polygraft.hyper.iteration import random_sample as random_sample
from polygraft.hyper.numerical import Float as Float
from polygraft.hyper.numerical import floatv as floatv
from polygraft.hyper.template import ObjectTemplate as ObjectTemplate
from polygraft.hyper.template import dna_spec as dna_spec
from polygraft.hyper.template import template as template

# Older names.
ChoiceList = ManyOf
ChoiceValue = OneOf
Template = ObjectTemplate
search_space = dna_spec
one_of = oneof
sublist_of = manyof
float_value = floatv
