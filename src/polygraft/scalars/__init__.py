"""Scalars: numbers that change with the step, for hyper-parameters of algorithms.

`base.py` says what a scalar is and holds the arithmetic.
"""

from __future__ import annotations

from polygraft.scalars import base, maths, randoms, step_wise
from polygraft.scalars.base import STEP as STEP
from polygraft.scalars.base import Absolute as Absolute
from polygraft.scalars.base import Addition as Addition
from polygraft.scalars.base import BinaryOp as BinaryOp
from polygraft.scalars.base import Ceiling as Ceiling
from polygraft.scalars.base import Constant as Constant
from polygraft.scalars.base import Division as Division
from polygraft.scalars.base import Floor as Floor
from polygraft.scalars.base import Lambda as Lambda
from polygraft.scalars.base import Mod as Mod
from polygraft.scalars.base import Multiplication as Multiplication
from polygraft.scalars.base import Negation as Negation
from polygraft.scalars.base import Power as Power
from polygraft.scalars.base import Scalar as Scalar
from polygraft.scalars.base import Substraction as Substraction
from polygraft.scalars.base import UnaryOp as UnaryOp
from polygraft.scalars.base import make_scalar as make_scalar
from polygraft.scalars.base import scalar_spec as scalar_spec
from polygraft.scalars.base import scalar_value as scalar_value
from polygraft.scalars.maths import Cosine as Cosine
from polygraft.scalars.maths import Exp as Exp
from polygraft.scalars.maths import Log as Log
from polygraft.scalars.maths import Sine as Sine
from polygraft.scalars.maths import SquareRoot as SquareRoot
from polygraft.scalars.maths import cos as cos
from polygraft.scalars.maths import cosine_decay as cosine_decay
from polygraft.scalars.maths import cyclic as cyclic
from polygraft.scalars.maths import exp as exp
from polygraft.scalars.maths import exponential_decay as exponential_decay
from polygraft.scalars.maths import linear as linear
from polygraft.scalars.maths import log as log
from polygraft.scalars.maths import sin as sin
from polygraft.scalars.maths import sqrt as sqrt
from polygraft.scalars.parts import register_names
from polygraft.scalars.randoms import Gaussian as Gaussian
from polygraft.scalars.randoms import LogNormal as LogNormal
from polygraft.scalars.randoms import Normal as Normal
from polygraft.scalars.randoms import RandomScalar as RandomScalar
from polygraft.scalars.randoms import Triangular as Triangular
from polygraft.scalars.randoms import Uniform as Uniform
from polygraft.scalars.step_wise import StepWise as StepWise

for _module in (base, maths, randoms, step_wise):
    register_names(_module, "polygraft.scalars", "pyglove.ext.scalars")
