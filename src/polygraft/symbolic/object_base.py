"""What an `Object` has below its fields: one private slot, and the hooks that its class may override.

Invariant: a hook that nobody overrides is never called. Whether a class overrides one is asked (`overrides`) when the
class is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from polygraft.paths import KeyPath
from polygraft.symbolic.base import Symbolic
from polygraft.symbolic.node import OPS, WATCHED, Link, mark
from polygraft.symbolic.telling import FieldUpdate


class ObjectBase(Symbolic):
    """The slot of the link, and hooks that do nothing. `Object` is its only direct subclass."""

    __slots__ = ("_sym",)
    if TYPE_CHECKING:  # a property, since an annotation would be a field to a type checker

        @property
        def _sym(self) -> Link: ...

    # The order is that of the events: construction first, then changes, then moves.
    def _on_init(self) -> None:
        """Called at the end of construction."""
        self._on_bound()

    def _on_bound(self) -> None:
        """Called after construction and after every change below: compute derived state here."""

    def _on_change(self, field_updates: dict[KeyPath, FieldUpdate]) -> None:
        """Called after every change below, with what changed by relative path."""
        self._on_bound()

    def _on_parent_change(self, old_parent: Any, new_parent: Any) -> None:
        """Called when the node gets or loses its parent."""

    def _on_path_change(self, old_path: KeyPath, new_path: KeyPath) -> None:
        """Called when the node's path changes, also because a node above moved."""


#: Stores a node's link: the slot's own setter, which no `__setattr__` of a user can intercept.
set_link = ObjectBase.__dict__["_sym"].__set__


def overrides(cls: type, *hooks: str) -> bool:
    """True if `cls` overrides one of the hooks."""
    return any(getattr(cls, hook) is not getattr(ObjectBase, hook) for hook in hooks)


def after_construction(x: Any) -> None:
    """Runs the hooks of a new node; if one raises, the children are as free as they were before."""
    cls = cast("Any", type(x))
    ops = OPS[cls]
    if ops.watches_path:
        mark(x, WATCHED)
    try:
        cls._on_init(x)
    except BaseException:
        for key, value in ops.items(x):
            OPS[type(value)].detach(value, x, key)
        raise
