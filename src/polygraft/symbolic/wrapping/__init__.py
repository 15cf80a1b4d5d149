"""Classes that were written without the library, as nodes: `symbolize`, deferred construction,
`realize`, `reset`, `args`.

Start with `symbolizing.py` (what is done to a class), `meta.py` and `calls.py` (what happens when
it is called), `record.py` (what an instance remembers) and `construction.py` (how a deferred one
is built); `interception.py` and `hooks.py` say how calls of plain classes are redirected. Design note 0003 says why.
"""

from polygraft.symbolic.wrapping import detouring as detouring
from polygraft.symbolic.wrapping.applying import apply_wrappers as apply_wrappers
from polygraft.symbolic.wrapping.arguments import Arguments as Arguments
from polygraft.symbolic.wrapping.arguments import args as args
from polygraft.symbolic.wrapping.base import ClassWrapper as ClassWrapper
from polygraft.symbolic.wrapping.construction import is_realized as is_realized
from polygraft.symbolic.wrapping.construction import realize as realize
from polygraft.symbolic.wrapping.construction import reset as reset
from polygraft.symbolic.wrapping.detouring import detour as detour
from polygraft.symbolic.wrapping.kept import KeptWeights as KeptWeights
from polygraft.symbolic.wrapping.kept import kept_weights as kept_weights
from polygraft.symbolic.wrapping.modules import WrappedModule as WrappedModule
from polygraft.symbolic.wrapping.modules import wrap_module as wrap_module
from polygraft.symbolic.wrapping.ops import WrappedOps as WrappedOps
from polygraft.symbolic.wrapping.symbolizing import symbolize as symbolize
from polygraft.symbolic.wrapping.symbolizing import wrap as wrap
