"""Derived values: parts of a program that follow from other parts, once those have been decided."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, cast

from polygraft import typing as pg_typing
from polygraft.hyper.base import REQUIRED
from polygraft.paths import KeyPath
from polygraft.symbolic.node import OPS, SAFE_TYPES
from polygraft.symbolic.object_ import Object, members
from polygraft.symbolic.places import path_of
from polygraft.symbolic.rebinding import rebind


class _Made:
    """Whether any derived value has ever been made: without one, nobody has to look for them."""

    any: ClassVar[bool] = False


@members(
    [
        (
            "reference_paths",
            pg_typing.List(pg_typing.Object(KeyPath, transform=KeyPath.from_value)),
            "Paths of the values that this one follows from, relative to the nearest node above that has them.",
        )
    ],
    init_arg_list=["reference_paths"],
)
class DerivedValue(Object, pg_typing.CustomTyping):
    """Base of values that follow from others. Subclasses implement `derive(*referenced)`.

    `pg.template` computes them after decoding.

    Example:
        >>> import polygraft as pg
        >>> class Sum(pg.hyper.DerivedValue):
        ...     def derive(self, *referenced):
        ...         return sum(referenced)
        >>> list(pg.iter(pg.Dict(a=pg.oneof([1, 2]), b=10, c=Sum(["a", "b"]))))
        [{a=1, b=10, c=11}, {a=2, b=10, c=12}]
    """

    reference_paths: list[KeyPath] = REQUIRED

    def _on_bound(self) -> None:
        super()._on_bound()
        _Made.any = True

    @abstractmethod
    def derive(self, *referenced: Any) -> Any:
        """Returns the value, given the values at the reference paths."""

    def custom_apply(
        self, path: Any, value_spec: Any, allow_partial: bool = False, child_transform: Any = None
    ) -> tuple[bool, Any]:
        """Accepts any field: what will be derived is not known."""
        return (False, self)

    def resolve(self, reference_path_or_paths: Any = None) -> Any:
        """Finds what paths refer to.

        Args:
            reference_path_or_paths: A path, or a list of paths; those of this value for None.

        Returns:
            (node above, absolute path): the nearest node above that has the path. A list of such pairs for a list.

        Raises:
            ValueError: No node above has a path.
        """
        given = self.reference_paths if reference_path_or_paths is None else reference_path_or_paths
        if isinstance(given, (str, KeyPath)):
            return self._resolved(given)
        paths: list[Any] = (
            [*cast("list[Any]", given)] if isinstance(cast(Any, given), list) else [None]
        )
        if not all(isinstance(path, (str, KeyPath)) for path in paths):
            raise ValueError(
                "Argument 'reference_path_or_paths' must be None, a string, KeyPath object, a list of strings, or a "
                "list of KeyPath objects."
            )
        return [self._resolved(path) for path in paths]

    def _resolved(self, path: str | KeyPath) -> tuple[Any, KeyPath]:
        relative = KeyPath.from_value(path)
        node = OPS[type(self)].link(self).parent
        while node is not None:
            if relative.exists(node):
                return node, path_of(node) + relative
            node = OPS[type(node)].link(node).parent
        raise ValueError(f"Cannot resolve {str(path)!r}: parent not found.")

    def __call__(self) -> Any:
        """Computes the value.

        Raises:
            ValueError: A path leads nowhere, or to something that is derived itself.
        """
        values: list[Any] = []
        for path in self.reference_paths:
            node, absolute = self._resolved(path)
            value = path.query(node)
            for below, derived in derived_values(value):
                raise ValueError(
                    f"Derived value (path={absolute + below}) should not reference derived values. Encountered: "
                    f"{derived}, Referenced at path {path_of(self)}."
                )
            values.append(value)
        return self.derive(*values)


class ValueReference(DerivedValue):
    """A value that equals another one; see `reference`."""

    def _on_bound(self) -> None:
        super()._on_bound()
        if len(self.reference_paths) != 1:
            raise ValueError(
                f"Argument 'reference_paths' should have exact 1 item. Encountered: {self.reference_paths}"
            )

    def derive(self, *referenced: Any) -> Any:
        value = referenced[0]
        ops = OPS[type(value)]
        return ops.clone(value, None, False) if ops.symbolic else copy.copy(value)


def reference(reference_path: str | KeyPath) -> Any:
    """A placeholder for a copy of another value of the program.

    Args:
        reference_path: Path of that value, relative to the nearest node above that has it.

    Example:
        >>> import polygraft as pg
        >>> list(pg.iter(pg.Dict(a=pg.oneof([1, 2]), b=pg.hyper.reference("a"))))
        [{a=1, b=1}, {a=2, b=2}]
    """
    return ValueReference([KeyPath.from_value(reference_path)])


def derived_values(value: Any) -> Iterator[tuple[KeyPath, DerivedValue]]:
    """Yields the derived values in a tree with their paths, relative to the tree."""
    if not _Made.any:
        return
    stack: list[tuple[tuple[Any, ...], Any]] = [((), value)]
    seen: set[int] = set()
    while stack:
        keys, v = stack.pop()
        if isinstance(v, DerivedValue):
            yield KeyPath.of(keys), v
            continue
        ops = OPS[type(v)]
        if not ops.container or (ops.shared and id(v) in seen):
            continue
        seen.add(id(v))
        children = [
            ((*keys, key), child)
            for key, child in ops.given_items(v)
            if type(child) not in SAFE_TYPES
        ]
        stack.extend(reversed(children))


def is_derived(value: Any) -> bool:
    """Whether there is a derived value in a tree."""
    return _Made.any and next(derived_values(value), None) is not None


def with_derived(value: Any) -> Any:
    """Computes the derived values in a tree, in place."""
    found = {path: derived() for path, derived in derived_values(value)}
    if found:
        rebind(value, found, raise_on_no_change=False)
    return value


ValueReference.register_for_deserialization(
    "polygraft.hyper.ValueReference", ["pyglove.core.hyper.derived.ValueReference"]
)
