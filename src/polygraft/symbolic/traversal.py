"""Visiting all values of a tree; the public face of walks and queries too.

See `walking.py` for what a walk enters and in which order, `querying.py` for queries.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from typing import Any

from polygraft.paths import KeyPath
from polygraft.symbolic.node import OPS, Kind
from polygraft.symbolic.querying import contains as contains
from polygraft.symbolic.querying import query as query
from polygraft.symbolic.walking import leaves as leaves
from polygraft.symbolic.walking import refuse_endless
from polygraft.symbolic.walking import values as values
from polygraft.symbolic.walking import walk as walk

_TUPLE = Kind.TUPLE


class TraverseAction(enum.Enum):
    """What a visitor wants next."""

    #: End the traversal.
    STOP = 0
    #: Go on, below the visited value first.
    ENTER = 1
    #: Go on, without what is below the visited value.
    CONTINUE = 2


Visitor = Callable[[KeyPath, Any, Any], TraverseAction | None]


def traverse(
    x: Any,
    preorder_visitor_fn: Visitor | None = None,
    postorder_visitor_fn: Visitor | None = None,
    root_path: Any = None,
    parent: Any = None,
) -> bool:
    """Visits `x` and all values below.

    Visitors get (path, value, parent) and return a `TraverseAction`, or None for `ENTER`. The
    post-order visitor runs for each value that was visited before, also for one that was not
    entered, and while a `STOP` winds the traversal up.

    Args:
        x: A tree of any kind.
        preorder_visitor_fn: Called for a value before those below it.
        postorder_visitor_fn: Called for a value after those below it.
        root_path: The path of `x`; paths of all values start with it.
        parent: The parent of `x`.

    Returns:
        False if a visitor returned `STOP`.

    Example:
        >>> seen = []
        >>> traverse({"a": [1, 2]}, lambda path, value, parent: seen.append(str(path)))
        True
        >>> seen
        ['', 'a', 'a[0]', 'a[1]']
    """
    return _Traversal(preorder_visitor_fn, postorder_visitor_fn, root_path).run(x, parent)


class _Traversal:
    """One run of `traverse`: the keys to the current value and the values entered on the way to it."""

    __slots__ = ("entered", "keys", "post", "pre")

    def __init__(self, pre: Visitor | None, post: Visitor | None, root_path: Any):
        self.pre = pre
        self.post = post
        self.keys: list[Any] = [] if root_path is None else list(KeyPath.from_value(root_path).keys)
        #: (remaining children, value, parent of the value, parent of the children)
        self.entered: list[tuple[Iterator[tuple[Any, Any]], Any, Any, Any]] = []

    def run(self, x: Any, parent: Any) -> bool:
        entered, keys = self.entered, self.keys
        if not self.visit(x, parent):
            return False
        while entered:
            children, value, parent, own = entered[-1]
            for key, child in children:
                keys.append(key)
                depth = len(entered)
                if not self.visit(child, own):
                    return self.wind_up()
                if len(entered) > depth:
                    break
                keys.pop()
            else:
                entered.pop()
                if not self.leave(value, parent):
                    return self.wind_up()
                if entered:
                    keys.pop()
        return True

    def visit(self, value: Any, parent: Any) -> bool:
        """Visits a value and enters it; a leaf is left at once. False stops."""
        if self.pre is not None:
            action = self.pre(KeyPath.of(tuple(self.keys)), value, parent)
            if action is TraverseAction.STOP:
                self.leave(value, parent)
                return False
            if action is TraverseAction.CONTINUE:
                return self.leave(value, parent)
        ops = OPS[type(value)]
        if not ops.container:
            return self.leave(value, parent)
        refuse_endless(len(self.entered), self.keys)
        children = iter(tuple(ops.items(value)))
        self.entered.append((children, value, parent, parent if ops.kind is _TUPLE else value))
        return True

    def leave(self, value: Any, parent: Any) -> bool:
        if self.post is None:
            return True
        return self.post(KeyPath.of(tuple(self.keys)), value, parent) is not TraverseAction.STOP

    def wind_up(self) -> bool:
        """Leaves the values entered so far, from inside out."""
        while self.entered:
            _, value, parent, _ = self.entered.pop()
            if self.keys:
                self.keys.pop()
            self.leave(value, parent)
        return False
