"""The names of the language, but for its operators, in one module."""

from polygraft.mutfun.code import Code as Code
from polygraft.mutfun.code import evaluate as evaluate
from polygraft.mutfun.code import indent as indent
from polygraft.mutfun.code import instruction_operrand as instruction_operrand
from polygraft.mutfun.code import python_repr as python_repr
from polygraft.mutfun.control import ControlFlow as ControlFlow
from polygraft.mutfun.control import If as If
from polygraft.mutfun.control import While as While
from polygraft.mutfun.functions import Function as Function
from polygraft.mutfun.functions import FunctionCall as FunctionCall
from polygraft.mutfun.symbols import Assign as Assign
from polygraft.mutfun.symbols import Instruction as Instruction
from polygraft.mutfun.symbols import SymbolDefinition as SymbolDefinition
from polygraft.mutfun.symbols import SymbolReference as SymbolReference
from polygraft.mutfun.symbols import Var as Var
