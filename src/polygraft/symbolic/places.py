"""Where a node stands: parent, key, path, root; giving and taking places.

Paths are computed when asked for, by walking the links up. Attaching touches one node, not its subtree, except where a
class in the subtree overrides `_on_path_change` (a bit on the links marks such subtrees).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from polygraft.errors import CycleError
from polygraft.paths import KeyPath
from polygraft.symbolic.compare import eq_sequences
from polygraft.symbolic.node import (
    ABSTRACT,
    OPS,
    ROOT,
    SAFE_TYPES,
    WATCHED,
    Kind,
    Link,
    NodeOps,
    Steps,
    mark,
)


def parent_of(x: Any) -> Any:
    """The node that contains `x`, or None. For a shared node, the first parent."""
    ops = OPS[type(x)]
    return ops.link(x).parent if ops.symbolic else None


def keys_up(x: Any) -> tuple[Any, ...]:
    """The keys from the root to `x`."""
    keys: list[Any] = []
    link = OPS[type(x)].link(x)
    while link.parent is not None:
        key = link.key
        if type(key) is Steps:
            keys.extend(reversed(key))
        else:
            keys.append(key)
        x = link.parent
        link = OPS[type(x)].link(x)
    origin = link.aside.get("root_path") if link.aside else None
    keys.reverse()
    return (*origin.keys, *keys) if origin else tuple(keys)


def path_of(x: Any) -> KeyPath:
    """The path from the root of the tree to the node `x`."""
    if not OPS[type(x)].symbolic:
        return KeyPath()
    return KeyPath.of(keys_up(x))


def set_root_path(x: Any, path: KeyPath) -> None:
    """Makes `path` the path of the node `x`, if it is a root; tells those below that want to know."""
    link = OPS[type(x)].own_link(x)
    old = path_of(x)
    if link.aside is None:
        link.aside = {}
    link.aside["root_path"] = path
    if link.parent is None and old != path:
        announce_moved(x, old, path)


def child_path(x: Any, key: Any) -> KeyPath:
    """The path of the child of `x` at `key`."""
    return KeyPath.of((*keys_up(x), *key) if type(key) is Steps else (*keys_up(x), key))


def root_of(x: Any) -> Any:
    """The topmost node of the tree that `x` stands in."""
    while (parent := parent_of(x)) is not None:
        x = parent
    return x


def ancestors(x: Any) -> Iterator[Any]:
    """The nodes above `x`, nearest first; for shared nodes along all their parents, each node once."""
    seen: set[int] = set()
    front = [p for p, _ in OPS[type(x)].parents(x)]
    while front:
        node = front.pop(0)
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            front.extend(p for p, _ in OPS[type(node)].parents(node))


def refuse_cycle(x: Any, parent: Any, key: Any) -> None:
    """Raises `CycleError` if storing the node `x` in `parent` would put it below itself."""
    ops = OPS[type(x)]
    if not ops.shared and ops.link(x).parent is not None:
        return  # a copy will be stored
    if x is parent or any(x is node for node in ancestors(parent)):
        path = child_path(parent, key)
        raise CycleError(
            f"A node cannot be placed below itself: {type(x).__name__} contains the place it is put into. "
            f"Put `pg.clone(x)` there instead. (path={path})",
            path=path,
            value=x,
        )


def attach(value: Any, parent: Any, key: Any) -> Any:
    """Gives `value` the place `key` in `parent`; returns what is to be stored (`value`, or a copy of it)."""
    return OPS[type(value)].attach(value, parent, key)


def detach(value: Any, parent: Any, key: Any) -> None:
    """Takes the place `key` in `parent` from `value`."""
    OPS[type(value)].detach(value, parent, key)


_new_link = object.__new__


def attach_single(ops: NodeOps, x: Any, parent: Any, key: Any) -> Any:
    """Attaching for nodes with one parent: a node that already has another place is copied."""
    link = ops.link(x)
    if link is ROOT:
        link = _new_link(Link)
        link.parent, link.key, link.flags, link.aside = parent, key, 0, None
        ops.set_link(x, link)
        if ops.abstract:
            mark(parent, ABSTRACT)
        if ops.watches_parent:
            announce_attached(x)
        return x
    if link.parent is not None:
        if link.parent is parent and link.key == key:
            return x
        x = ops.share(x)
        link = ops.own_link(x)
    link.parent = parent
    link.key = key
    if link.aside:
        link.aside.pop("root_path", None)
    if ops.abstract or link.flags & ABSTRACT:
        mark(parent, ABSTRACT)
    if link.flags & WATCHED or ops.watches_parent:
        announce_attached(x)
    return x


def detach_single(ops: NodeOps, x: Any, parent: Any, key: Any) -> None:
    """Detaching for nodes with one parent."""
    link = ops.link(x)
    if link.parent is parent:
        old_path = path_of(x) if link.flags & WATCHED else None
        link.parent = None
        link.key = None
        if ops.watches_parent:
            cast("Any", type(x))._on_parent_change(x, parent, None)
        if old_path is not None:
            announce_moved(x, old_path, KeyPath())


def rekey(x: Any, parent: Any, key: Any) -> None:
    """Renumbers a child that stays with its parent (after an insertion or removal before it)."""
    ops = OPS[type(x)]
    if ops.kind is Kind.TUPLE:
        for index, item in enumerate(x):
            rekey(item, parent, Steps((*key, index)) if type(key) is Steps else Steps((key, index)))
    elif ops.symbolic and not ops.shared:
        link = ops.link(x)
        if link.parent is parent and link.key != key:
            old = path_of(x) if link.flags & WATCHED else None
            link.key = key
            if old is not None:
                announce_moved(x, old, path_of(x))
    elif ops.shared:
        ops.rekey(x, parent, key)


# -- events of place (rare) ------------------------------------------------------------------------
def announce_attached(x: Any) -> None:
    """Tells an attached node its new path (the whole watched subtree) and then its new parent."""
    ops = OPS[type(x)]
    link = ops.link(x)
    if link.flags & WATCHED:
        mark(link.parent, WATCHED)
        announce_moved(x, KeyPath(), path_of(x))
    if ops.watches_parent:
        cast("Any", type(x))._on_parent_change(x, None, link.parent)


def announce_moved(x: Any, old_path: KeyPath, new_path: KeyPath) -> None:
    """Calls `_on_path_change` on the watched nodes of a subtree that has moved, from the top down."""
    stack = [(x, old_path, new_path, parent_of(x))]
    while stack:
        node, old, new, parent = stack.pop()
        ops = OPS[type(node)]
        if ops.kind is Kind.TUPLE:
            stack.extend(
                (v, KeyPath(i, old), KeyPath(i, new), parent)
                for i, v in reversed(list(ops.items(node)))
            )
            continue
        if not ops.symbolic or not ops.link(node).flags & WATCHED:
            continue
        if ops.shared and ops.link(node).parent is not parent:
            continue  # its path is that of another place
        if ops.watches_path:
            cast("Any", type(node))._on_path_change(node, old, new)
        stack.extend(
            (v, KeyPath(k, old), KeyPath(k, new), node) for k, v in reversed(list(ops.items(node)))
        )


# -- tuples: looked into, with the nearest enclosing node as parent --------------------------------
#: Of the types of a tuple's items: whether the tuple, such as a kernel size, can be left as it is.
holds_no_nodes = SAFE_TYPES.issuperset


class TupleOps(NodeOps):
    """Tuples hold no place of their own; nodes in them stand in the enclosing node under a key of several steps."""

    kind = Kind.TUPLE
    container = True

    def items(self, x: tuple[Any, ...]) -> Iterator[tuple[int, Any]]:
        return enumerate(x)

    def given_items(self, x: tuple[Any, ...]) -> Iterator[tuple[int, Any]]:
        return enumerate(x)

    def get(self, x: Any, key: Any, default: Any = None) -> Any:
        if isinstance(key, int) and -len(x) <= key < len(x):
            return x[key]
        return default

    def attach(self, x: Any, parent: Any, key: Any) -> Any:
        if holds_no_nodes(map(type, x)):
            return x
        steps = key if type(key) is Steps else (key,)
        return rebuild_tuple(x, [attach(v, parent, Steps((*steps, i))) for i, v in enumerate(x)])

    def detach(self, x: Any, parent: Any, key: Any) -> None:
        if holds_no_nodes(map(type, x)):
            return
        steps = key if type(key) is Steps else (key,)
        for i, v in enumerate(x):
            detach(v, parent, Steps((*steps, i)))

    def clone(self, x: Any, memo: dict[int, Any] | None, deep: bool) -> Any:
        if holds_no_nodes(map(type, x)):
            return x
        return rebuild_tuple(x, [OPS[type(v)].clone(v, memo, deep) for v in x])

    def share(self, x: Any) -> Any:
        return rebuild_tuple(x, [OPS[type(v)].share(v) for v in x])

    def eq(self, x: Any, y: Any) -> bool:
        return isinstance(y, tuple) and eq_sequences(x, cast("tuple[Any, ...]", y))

    def hash(self, x: Any) -> int:
        return hash(tuple(OPS[type(v)].hash(v) for v in x))


def rebuild_tuple(x: tuple[Any, ...], items: list[Any]) -> tuple[Any, ...]:
    """A tuple of the type of `x` with `items`; `x` itself if nothing differs."""
    if all(a is b for a, b in zip(x, items, strict=True)):
        return x
    make = getattr(type(x), "_make", None)
    return make(items) if make is not None else type(x)(items)


OPS[tuple] = TupleOps(tuple)
