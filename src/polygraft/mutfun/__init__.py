"""Programs that are evolved: a small language whose programs are symbolic values.

`code.py` says what code is, `symbols.py`, `functions.py`, `control.py` and `basic_ops.py` hold its kinds, `base.py` has
all but the operators under the names of one module. `dataflow.py` finds out where names come from, `codegen.py` makes
programs fast.
"""

from __future__ import annotations

from polygraft.mutfun import base as base
from polygraft.mutfun import basic_ops as basic_ops
from polygraft.mutfun.base import Assign as Assign
from polygraft.mutfun.base import Code as Code
from polygraft.mutfun.base import Function as Function
from polygraft.mutfun.base import FunctionCall as FunctionCall
from polygraft.mutfun.base import Instruction as Instruction
from polygraft.mutfun.base import SymbolDefinition as SymbolDefinition
from polygraft.mutfun.base import SymbolReference as SymbolReference
from polygraft.mutfun.base import Var as Var
from polygraft.mutfun.base import evaluate as evaluate
from polygraft.mutfun.base import python_repr as python_repr
from polygraft.mutfun.basic_ops import Add as Add
from polygraft.mutfun.basic_ops import BinaryOperator as BinaryOperator
from polygraft.mutfun.basic_ops import Divide as Divide
from polygraft.mutfun.basic_ops import Equals as Equals
from polygraft.mutfun.basic_ops import FloorDivide as FloorDivide
from polygraft.mutfun.basic_ops import GreaterThan as GreaterThan
from polygraft.mutfun.basic_ops import LessThan as LessThan
from polygraft.mutfun.basic_ops import Mod as Mod
from polygraft.mutfun.basic_ops import Multiply as Multiply
from polygraft.mutfun.basic_ops import Negate as Negate
from polygraft.mutfun.basic_ops import NotEquals as NotEquals
from polygraft.mutfun.basic_ops import Operator as Operator
from polygraft.mutfun.basic_ops import Power as Power
from polygraft.mutfun.basic_ops import Substract as Substract
from polygraft.mutfun.basic_ops import UnaryOperator as UnaryOperator

# Their names in files: that of the public package, and PyGlove's.
for _module in (base, basic_ops):
    for _name, _cls in list(vars(_module).items()):
        if isinstance(_cls, type) and issubclass(_cls, Code):
            _peer = f"pyglove.ext.mutfun.{_module.__name__.rpartition('.')[2]}.{_name}"
            if _module is base or _cls.__module__ == basic_ops.__name__:
                _public = "polygraft.mutfun" if _name in globals() else "polygraft.mutfun.base"
                _cls.register_for_deserialization(f"{_public}.{_name}", [_peer])
