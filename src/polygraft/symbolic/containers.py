"""The containers that are nodes: `Dict` and `List`, with their operations, which enter the table when imported."""

from polygraft.symbolic.dict_ import Dict as Dict
from polygraft.symbolic.dict_ops import DictOps as DictOps
from polygraft.symbolic.edits import Insertion as Insertion
from polygraft.symbolic.list_ import List as List
from polygraft.symbolic.list_ops import ListOps as ListOps
