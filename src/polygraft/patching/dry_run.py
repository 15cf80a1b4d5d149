"""`pg.patch(..., dry_run=True)`: what rules would do, as edits, without doing it.

One rule is asked about the program itself, and what it wants is only validated, so nothing is copied and no hook runs.
Where rules see what others did before them, or a validator is to judge the outcome, they work on a copy of the program
in a copy of its tree, whose own hooks keep it consistent; the program, its links and its hooks are left alone.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, cast

from polygraft.missing import is_missing
from polygraft.patching.edit_script import Edit, Edits
from polygraft.patching.editing import edits
from polygraft.paths import KeyPath
from polygraft.symbolic.compare import same
from polygraft.symbolic.copying import clone
from polygraft.symbolic.edits import Insertion
from polygraft.symbolic.node import OPS, SAFE_TYPES, Steps, is_node
from polygraft.symbolic.places import keys_up, parent_of
from polygraft.symbolic.rebinding import pairs_of
from polygraft.symbolic.rules import arity
from polygraft.symbolic.trial import check_pairs


def edits_of_rule(value: Any, rule: Any) -> Edits | None:
    """What a dict or a function would do to the node `value`; None if only trying can tell.

    Raises:
        Exception: What applying the rule would raise.
    """
    pairs = pairs_of(value, rule)
    if any(not keys for keys, *_ in pairs):
        return None
    up = len(keys_up(value))
    check_pairs(value, pairs)
    memo: dict[int, Any] = {}
    out: list[Edit] = []
    for keys, target, steps, new in pairs:
        # A function names places from the root of the tree, a dict from the program.
        keys = keys if target is None else keys[up:]
        old = _at(value, keys) if target is None else _at(target, steps)
        if not (type(old) is type(new) and same(old, new)):
            out.append(Edit(KeyPath.of(keys), _copy(new, memo)))
    try:
        return Edits(out)
    except ValueError:
        return None  # one edit inside of another


def _at(x: Any, keys: tuple[Any, ...]) -> Any:
    for key in keys:
        x = OPS[type(x)].get(x, key)
    return x


def _copy(value: Any, memo: dict[int, Any]) -> Any:
    if isinstance(value, Insertion):
        return Insertion(_copy(value.value, memo))
    if type(value) in SAFE_TYPES or is_missing(value):
        return value
    return OPS[type(value)].clone(value, memo, False)


def edits_by_trying(value: Any, change: Callable[[Any], Any]) -> Edits:
    """What `change` would do to the program `value`, found by letting it change a copy.

    Args:
        value: A program; the copy has the same place in a copy of its tree.
        change: Changes a program and returns it, or what replaces it.
    """
    return edits(value, change(_copy_in_place(value)))


def _copy_in_place(value: Any) -> Any:
    if not is_node(value):
        return value
    root, keys = value, ()
    while (parent := parent_of(root)) is not None:
        key = OPS[type(root)].link(root).key
        keys = (*key, *keys) if type(key) is Steps else (key, *keys)
        root = parent
    copy = _at(clone(root), keys)
    # What a constructor has made need not be known to a copy.
    return (
        copy if type(copy) is type(value) or OPS[type(copy)] is OPS[type(value)] else clone(value)
    )


def with_copies(rule: Any) -> Any:
    """A rule like this one that brings copies of the values that it would bring."""
    memo: dict[int, Any] = {}
    if isinstance(rule, Edits):
        return rule  # they bring copies anyway
    if isinstance(rule, Mapping):
        mapping = cast("Mapping[Any, Any]", rule)
        ops = OPS[type(mapping)]
        items = ops.items(mapping) if ops.symbolic else mapping.items()
        return {k: _copy(v, memo) for k, v in items}
    takes_parent = arity(rule) == 3

    @functools.wraps(rule)
    def copying(k: KeyPath, v: Any, p: Any) -> Any:
        new = rule(k, v, p) if takes_parent else rule(k, v)
        return v if new is v else _copy(new, memo)

    return copying
