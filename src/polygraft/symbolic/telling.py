"""Who is told what after a change: each changed node and each node above it, once, deepest first.

Only nodes that have something to do are told (`NodeOps.hooks`, `NodeOps.listens`); what changed is worked out only for
those who look at it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from polygraft.formatting import Formattable, kvlist_str
from polygraft.missing import MISSING_VALUE
from polygraft.paths import KeyPath
from polygraft.symbolic.node import OPS, NodeOps, Steps, is_inner_name
from polygraft.symbolic.places import ancestors, child_path, path_of
from polygraft.typing import Field

#: (target, its ops, key, old value, new value)
Change = tuple[Any, NodeOps, Any, Any, Any]


class FieldUpdate(Formattable):
    """What `_on_change` is told of one changed child.

    Attributes:
        path: Absolute path of the child.
        target: The node that holds it.
        field: Its field, or None.
        old_value: `MISSING_VALUE` for an insertion.
        new_value: `MISSING_VALUE` for a deletion.
    """

    __slots__ = ("field", "new_value", "old_value", "path", "target")

    def __init__(
        self, path: KeyPath, target: Any, field: Field | None, old_value: Any, new_value: Any
    ):
        self.path = path
        self.target = target
        self.field = field
        self.old_value = old_value
        self.new_value = new_value

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, FieldUpdate)
            and self.path == other.path
            and self.target is other.target
            and self.field is other.field
            and self.old_value == other.old_value
            and self.new_value == other.new_value
        )

    __hash__ = None  # pyright: ignore[reportAssignmentType] # what `__eq__` without `__hash__` means, said aloud

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        return kvlist_str(
            [
                ("parent_path", path_of(self.target), None),
                ("path", self.path, None),
                ("old_value", self.old_value, MISSING_VALUE),
                ("new_value", self.new_value, MISSING_VALUE),
            ],
            compact=compact,
            verbose=verbose,
            root_indent=root_indent,
            label="FieldUpdate",
            **kwargs,
        )


#: Relative path → what has changed there.
Updates = dict[KeyPath, FieldUpdate]


def audience(changes: list[Change], top: Any) -> list[Any]:
    """The nodes that have to be told, each deepest first: shared ones, then the others; none of these above `top`.

    Shared (wrapped) nodes come before all hooks of users: they drop their run-time state, and a hook that uses one must
    not find the old state.
    """
    if len(changes) == 1 and top is None:
        shared: list[Any] = []
        hooked: list[Any] = []
        node = changes[0][0]
        while node is not None:
            ops = OPS[type(node)]
            if ops.shared:
                link = ops.link(node)
                if link.more is not None:
                    return _audience_of_many(changes, top)
                shared.append(node)
            else:
                link = node._sym  # what `ops.link` gives, without a call
                if ops.hooks and ops.listens(node):
                    hooked.append(node)
            node = link.parent
        return shared + hooked if shared else hooked
    return _audience_of_many(changes, top)


def _audience_of_many(changes: list[Change], top: Any) -> list[Any]:
    ways: list[
        list[Any]
    ] = []  # of the shared ones: each ends at a way before it, so the last ones lie deepest
    hooked: list[Any] = []
    seen: set[int] = set()
    several_parents = False
    front = [change[0] for change in changes]
    while front:
        node = front.pop()
        way: list[Any] = []
        while node is not None and id(node) not in seen:
            seen.add(id(node))
            ops = OPS[type(node)]
            link = ops.link(node)
            if ops.hooks:
                if ops.shared:
                    way.append(node)
                elif ops.listens(node):
                    hooked.append(node)
                if link.more is not None:
                    several_parents = True
                    front.extend(p for p, _ in ops.parents(node))
                    break
            node = link.parent
        if way:
            ways.append(way)
    ways.reverse()
    shared = [node for way in ways for node in way]
    if top is not None:
        hooked = [n for n in hooked if n is top or any(a is top for a in ancestors(n))]
    if several_parents:
        shared.sort(key=_depth, reverse=True)
    if len(hooked) > 1:
        hooked.sort(key=path_of, reverse=True)
    return shared + hooked


def _depth(node: Any) -> int:
    """The number of nodes above."""
    depth = 0
    while (node := OPS[type(node)].link(node).parent) is not None:
        depth += 1
    return depth


def updates_of(heard: list[Any], changes: list[Change]) -> dict[int, Updates]:
    """What those are told who look at it: id of the node → relative path → update, of the changes in it and below.

    One walk up for each change, before anyone has been told: who is told may part from what is below.
    """
    updates: dict[int, Updates] = {}
    for node in heard:
        if OPS[type(node)].wants_updates(node):
            updates[id(node)] = {}
    if not updates:
        return updates
    for target, ops, key, old, new in changes:
        update = FieldUpdate(child_path(target, key), target, ops.field(target, key), old, new)
        for node, keys in _ways_up(target, key):
            told = updates.get(id(node))
            if told is not None:
                told[KeyPath.of(keys)] = update
    return updates


def _ways_up(target: Any, key: Any) -> Iterable[tuple[Any, tuple[Any, ...]]]:
    """(node, keys from there to the child of `target` at `key`) for `target` and each node above it, once.

    Where there are several ways, one through an argument is preferred to one through what a constructor has made.
    """
    found: dict[int, tuple[Any, tuple[Any, ...]]] = {id(target): (target, _down(key, ()))}
    front = [target]
    for node in front:
        _, keys = found[id(node)]
        for parent, step in OPS[type(node)].parents(node):
            way = _down(step, keys)
            known = found.get(id(parent))
            if known is None:
                front.append(parent)
            elif not (is_inner_name(known[1][0]) and not is_inner_name(way[0])):
                continue
            found[id(parent)] = parent, way
    return found.values()


def _down(step: Any, keys: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*step, *keys) if type(step) is Steps else (step, *keys)
