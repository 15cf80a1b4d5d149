"""`pg.InferredValue`: values of a program that are worked out when they are read, from where they stand."""

from __future__ import annotations

from typing import Any

from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.symbolic.inferential import Inferential, inferred
from polygraft.symbolic.node import OPS, Kind, Steps
from polygraft.symbolic.object_ import Object
from polygraft.symbolic.places import parent_of, path_of


class InferredValue(Object, Inferential):
    """Base of inferential values with arguments of their own. Subclasses implement `infer`.

    Example:
        >>> import polygraft as pg
        >>> class Double(pg.InferredValue):
        ...     x: int
        ...
        ...     def infer(self):
        ...         return self.x * 2
        >>> d = pg.Dict(a=Double(4))
        >>> d.a, d
        (8, {a=Double(x=4)})
    """


class ValueFromParentChain(InferredValue):
    """The value that a node further up has under the same key.

    It is looked up, nearest first, in the nodes above the one that holds it. Override `inference_key` to look for
    another key, `value_from` to look elsewhere.

    Example:
        >>> import polygraft as pg
        >>> class Layer(pg.Object):
        ...     units: int = pg.symbolic.ValueFromParentChain()
        >>> model = pg.Dict(units=8, layers=[Layer(), Layer(4)])
        >>> [layer.units for layer in model.layers]
        [8, 4]
    """

    @property
    def inference_key(self) -> Any:
        """The key to look for."""
        key = OPS[type(self)].link(self).key
        return key[-1] if type(key) is Steps else key

    def value_from(self, parent: Any, **kwargs: Any) -> Any:
        """The value that the node `parent` gives, or `MISSING_VALUE` to look further up.

        Args:
            parent: A node above the one that holds this value; None above the root.
            **kwargs: What `infer` was given.
        """
        return MISSING_VALUE if parent is None else read(parent, self.inference_key)

    def infer(self, **kwargs: Any) -> Any:
        """The value found.

        Raises:
            AttributeError: There is none.
        """
        holder = parent_of(self)
        parent = None if holder is None else parent_of(holder)
        while True:
            value = self.value_from(parent, **kwargs)
            if not is_missing(value):
                return value
            if parent is None:
                raise AttributeError(
                    f"`{self.inference_key}` is not found under its context (along its symbolic parent chain). "
                    f"(path={path_of(self)})"
                )
            parent = parent_of(parent)


def read(node: Any, key: Any) -> Any:
    """What a user reads from `node` at `key`; `MISSING_VALUE` if there is nothing. Constructs nothing."""
    ops: Any = OPS[type(node)]
    if ops.kind is Kind.OBJECT:
        return getattr(node, key, MISSING_VALUE) if isinstance(key, str) else MISSING_VALUE
    value = ops.get(node, key, MISSING_VALUE)
    if not is_missing(value):
        try:
            return inferred(value)
        except AttributeError:
            return MISSING_VALUE
    if ops.kind is Kind.WRAPPED and isinstance(key, str) and not ops.is_deferred(node):
        return getattr(node, key, MISSING_VALUE)
    return MISSING_VALUE
