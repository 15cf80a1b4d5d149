"""Applying `Edits` to a program: all of them, or none.

What the edits bring is copied, so that they can be applied again; what they share among each other stays shared.
"""

from __future__ import annotations

from typing import Any

from polygraft.patching.edit_script import Edits
from polygraft.symbolic.edits import Insertion
from polygraft.symbolic.node import OPS, SAFE_TYPES, is_node
from polygraft.symbolic.rebinding import rebind_pairs
from polygraft.symbolic.rules import Pair


def apply_edits(value: Any, edits: Edits) -> Any:
    """Makes the edits in the program `value`; returns it, or what replaces it as a whole.

    Raises:
        TypeError: `value` is not symbolic.
        KeyError: A path does not exist.
        TypeError, ValueError: A value is not acceptable for its field.
    """
    memo: dict[int, Any] = {}
    pairs: list[Pair] = []
    for e in edits:
        new = e.new
        if type(new) not in SAFE_TYPES:
            new = OPS[type(new)].clone(new, memo, False)
        if not e.keys and e.op == "set":
            return new
        pairs.append((e.keys, None, (), Insertion(new) if e.op == "insert" else new))
    if pairs:
        refuse_leaf(value)
        rebind_pairs(value, pairs)
    return value


def refuse_leaf(value: Any) -> None:
    """Raises `TypeError` for what no rule but one that replaces it can change."""
    if not is_node(value):
        raise TypeError(
            f"The 1st argument of 'patch' must be a symbolic type. Encountered: {value!r}."
        )
