"""Values that are worked out when they are read: the interface, and their reading.

A node holds such a value raw; whoever reads the child by attribute, item or iteration gets what `infer` returns. Tree
operations see the raw value. How reading gets there, at no cost for nodes without such values: `resolving.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from polygraft.symbolic.node import OPS, SAFE_TYPES, NodeOps, add_resolver
from polygraft.typing import CustomTyping


class Inferential(CustomTyping):
    """A value that stands for another one, which is worked out each time it is read. Assignable to any field.

    Subclass `pg.InferredValue` for one that is part of the program, with arguments of its own.
    """

    __slots__ = ()
    __pg_inferential__ = True

    def infer(self, **kwargs: Any) -> Any:
        """Returns the value that this one stands for.

        Raises:
            AttributeError: It can't be told (yet): reading then behaves as if nothing was there.
        """
        raise NotImplementedError(f"{type(self).__name__} must implement `infer`.")

    def custom_apply(
        self,
        path: Any,
        value_spec: Any,
        allow_partial: bool = False,
        child_transform: Callable[..., Any] | None = None,
    ) -> tuple[bool, Any]:
        """Accepts any field as is."""
        return (False, self)


def inferred(value: Any) -> Any:
    """What a raw value gives when it is read."""
    if type(value) in SAFE_TYPES or not OPS[type(value)].inferential:
        return value
    return cast("Any", type(value)).infer(value)


def is_inferential(value: Any) -> bool:
    """True if reading the value gives another one."""
    return type(value) not in SAFE_TYPES and OPS[type(value)].inferential


class InferentialLeafOps(NodeOps):
    """Inferential values of users' classes that are no nodes."""

    def attach(self, x: Any, parent: Any, key: Any) -> Any:
        OPS[type(parent)].resolve_reads(parent)
        return super().attach(x, parent, key)


def _resolve(type_: type) -> NodeOps | None:
    return InferentialLeafOps(type_) if issubclass(type_, Inferential) else None


add_resolver(_resolve)
