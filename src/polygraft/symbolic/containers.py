"""The containers that are nodes: `Dict` and `List`."""

from polygraft.symbolic.dict_ import Dict as Dict
from polygraft.symbolic.edits import Insertion as Insertion
from polygraft.symbolic.list_ import List as List
