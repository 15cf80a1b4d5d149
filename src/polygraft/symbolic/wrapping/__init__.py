"""Classes that were written without the library, as nodes: `symbolize`, deferred construction,
`realize`, `reset`, `args`.

Start with `symbolizing.py` (what is done to a class), `meta.py` and `calls.py` (what happens when
it is called), `record.py` (what an instance remembers) and `construction.py` (how a deferred one
is built). Design note 0003 says why.
"""

from polygraft.symbolic.wrapping.arguments import Arguments as Arguments
from polygraft.symbolic.wrapping.arguments import args as args
from polygraft.symbolic.wrapping.base import ClassWrapper as ClassWrapper
from polygraft.symbolic.wrapping.construction import is_realized as is_realized
from polygraft.symbolic.wrapping.construction import realize as realize
from polygraft.symbolic.wrapping.construction import reset as reset
from polygraft.symbolic.wrapping.kept import KeptWeights as KeptWeights
from polygraft.symbolic.wrapping.kept import kept_weights as kept_weights
from polygraft.symbolic.wrapping.ops import WrappedOps as WrappedOps
from polygraft.symbolic.wrapping.symbolizing import symbolize as symbolize
from polygraft.symbolic.wrapping.symbolizing import wrap as wrap
