"""Search spaces and genotypes as pure data: specs, DNA, and the generators that propose DNA.

`DNASpec` (`spec.py`) is the tree of decisions, `DNA` (`dna.py`) one point in it; both rest on the
compiled form in `plan.py`.
"""

from __future__ import annotations

from polygraft.geno import choices as _choices
from polygraft.geno.attribute_dict import AttributeDict as AttributeDict
from polygraft.geno.choices import Choices as Choices
from polygraft.geno.choices import manyof as manyof
from polygraft.geno.choices import oneof as oneof
from polygraft.geno.conditional_key import ConditionalKey as ConditionalKey
from polygraft.geno.constraints import Constraint as Constraint
from polygraft.geno.custom import CustomDecisionPoint as CustomDecisionPoint
from polygraft.geno.custom import custom as custom
from polygraft.geno.deduping import Deduping as Deduping
from polygraft.geno.dna import DNA as DNA
from polygraft.geno.generator import DNAGenerator as DNAGenerator
from polygraft.geno.generator import dna_generator as dna_generator
from polygraft.geno.integer import Int as Int
from polygraft.geno.integer import intv as intv
from polygraft.geno.numerical import Float as Float
from polygraft.geno.numerical import float_scale_spec as float_scale_spec
from polygraft.geno.numerical import floatv as floatv
from polygraft.geno.random import Random as Random
from polygraft.geno.random import random_dna as random_dna
from polygraft.geno.space import Space as Space
from polygraft.geno.space import constant as constant
from polygraft.geno.space import space as space
from polygraft.geno.spec import DecisionPoint as DecisionPoint
from polygraft.geno.spec import DNASpec as DNASpec
from polygraft.geno.sweeping import Sweeping as Sweeping
from polygraft.serialization import register_json_type as _register_json_type

categorical = _choices
"""The module under the name that it has in PyGlove."""

JSON_TYPES: list[tuple[str, type, tuple[str, ...]]] = [
    (cls.TYPE_KEYS[0], cls, cls.TYPE_KEYS[1:])
    for cls in (DNA, Space, Choices, Float, Int, CustomDecisionPoint, Random, Sweeping, Deduping)
]
"""(type key written, class, further keys read) for the layer that saves and loads."""

for _key, _class, _more_keys in JSON_TYPES:
    _register_json_type(_key, _class, _more_keys)
