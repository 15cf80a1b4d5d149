"""Copies of programs.

A clone has containers of its own, down to the leaves, and no parent. It copies what a program *is*
(its arguments), so that no constructor of a user's class runs; `copy.copy` and `copy.deepcopy` of
a wrapped object copy its runtime state instead.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, TypeVar

from polygraft.symbolic.collector import resting
from polygraft.symbolic.compare import TooDeepError
from polygraft.symbolic.flags import TRACKING
from polygraft.symbolic.node import OPS, SAFE_TYPES, Kind, NodeOps
from polygraft.symbolic.origin import note_clones
from polygraft.symbolic.places import rebuild_tuple
from polygraft.symbolic.rebinding import rebind

T = TypeVar("T")


def clone(
    x: T,
    deep: bool = False,
    memo: dict[int, Any] | None = None,
    override: Mapping[Any, Any] | None = None,
) -> T:
    """Returns a copy of a program.

    Nodes are copied, with all nodes below; objects that were shared within `x` are shared within
    the copy. Other values are shared with `x`, or deep-copied if `deep` is set. A value that is no
    node is copied as `copy.copy` and `copy.deepcopy` do, lists, tuples and dicts item by item.

    Args:
        x: A node, or any other value.
        deep: Whether leaves are copied too.
        memo: Copies made so far, by id, as for `copy.deepcopy`; only with `deep`.
        override: Path → value: what is to be different in the copy. Nodes only.

    Raises:
        AssertionError: `memo` was given without `deep`, or `override` for a value that is no node.
        KeyError: A path in `override` does not exist.

    Example:
        >>> original = [1, {"a": [2]}]
        >>> copied = clone(original)
        >>> copied == original, copied[1] is original[1]
        (True, False)
    """
    if memo is not None and not deep:
        raise AssertionError(
            "`memo` can only be given for a deep clone: `pg.clone(x, deep=True, memo=memo)`."
        )
    ops = OPS[type(x)]
    if not ops.symbolic:
        if override:
            raise AssertionError(
                f"`override` can only be given for symbolic values. Encountered: {override!r} for {x!r}."
            )
        return resting(_clone_plain, x, deep, {} if memo is None else memo)
    new = resting(_clone_node, ops, x, deep, {} if memo is None else memo)
    if TRACKING.scopes:
        note_clones(x, new, deep)
    if override:
        rebind(new, override, raise_on_no_change=False)
    return new


def _clone_node(ops: NodeOps, x: Any, deep: bool, memo: dict[int, Any]) -> Any:
    try:
        return ops.clone(x, memo, deep)
    except RecursionError:
        raise TooDeepError(f"The tree is too deep to be cloned ({ops.type.__name__}).") from None


def _clone_plain(x: Any, deep: bool, memo: dict[int, Any]) -> Any:
    """A copy of a value that is no node, at any depth of plain containers."""
    if type(x) in SAFE_TYPES:
        return x
    ops = OPS[type(x)]
    if ops.symbolic:
        return _clone_node(ops, x, deep, memo)
    if not ops.container:
        return copy.deepcopy(x, memo) if deep else copy.copy(x)
    if id(x) in memo:
        return memo[id(x)]
    if ops.kind is Kind.TUPLE:
        return rebuild_tuple(x, [_clone_plain(v, deep, memo) for v in x])
    new: Any = [] if ops.kind is Kind.PLAIN_LIST else {}
    memo[id(x)] = new
    if ops.kind is Kind.PLAIN_LIST:
        new.extend(_clone_plain(v, deep, memo) for v in x)
    else:
        new.update((k, _clone_plain(v, deep, memo)) for k, v in x.items())
    return new
