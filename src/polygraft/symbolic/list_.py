"""`pg.List`: a real list that is a node. Elements live in the list itself.

`list_ops.py` is how the tree operations see it.
"""

from __future__ import annotations

import numbers
import operator
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Self, SupportsIndex, Unpack, cast, overload

from polygraft import typing as pg_typing
from polygraft.errors import WritePermissionError
from polygraft.missing import is_missing
from polygraft.paths import KeyPath
from polygraft.symbolic import edits
from polygraft.symbolic.annotations import E, V
from polygraft.symbolic.base import Symbolic
from polygraft.symbolic.container_base import (
    KEPT,
    Container,
    ContainerOptions,
    is_protected,
    is_sealed,
    restore,
    slot_setters,
)
from polygraft.symbolic.fields import stored_form
from polygraft.symbolic.flags import FLAGS, TRACKING
from polygraft.symbolic.node import NOT_WRITABLE, OPS, PARTIAL, ROOT, SAFE_TYPES, Link, plain_list
from polygraft.symbolic.origin import note_made
from polygraft.symbolic.places import path_of

if TYPE_CHECKING:
    from polygraft.symbolic.dict_ import Dict

_append = plain_list.append


class List(list[E], Container):
    """A list whose content is part of a program.

    Args:
        items: The elements; copied. Missing values are dropped.
        value_spec: A `pg.typing.List` that the content must satisfy.
        onchange_callback: Called with the updates after each change below.
        allow_partial: Whether required values may be missing in elements.
        accessor_writable: Whether `l[i] = v` is allowed (`rebind` always is).
        sealed: Whether changes are refused.
        root_path: The path of this list, if it is the root of a tree.

    Raises:
        TypeError, ValueError: An element, or the number of elements, does not satisfy the spec.

    Example:
        >>> import polygraft as pg
        >>> l = pg.List([1, {"a": 2}])
        >>> l[1].a
        2
        >>> print(l)
        [
          0 : 1,
          1 : {
            a = 2
          }
        ]
    """

    __slots__ = ("__dict__", "__weakref__", "_sym", "_sym_callback", "_sym_spec")
    _pg_spec_type = pg_typing.List
    _sym_spec: pg_typing.List | None

    # Plain dicts and lists among the elements are converted.
    @overload
    def __init__(
        self: List[Dict[Any, Any]],
        items: Iterable[dict[Any, Any]],
        **options: Unpack[ContainerOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: List[List[V]], items: Iterable[list[V]], **options: Unpack[ContainerOptions]
    ) -> None: ...
    @overload
    def __init__(
        self, items: Iterable[E] | None = None, **options: Unpack[ContainerOptions]
    ) -> None: ...
    def __init__(
        self,
        items: Iterable[Any] | None = None,
        *,
        value_spec: Any = None,
        onchange_callback: Callable[..., Any] | None = None,
        allow_partial: bool = False,
        accessor_writable: bool = True,
        sealed: bool = False,
        root_path: Any = None,
    ):
        plain_list.__init__(self)
        flags = (PARTIAL if allow_partial else 0) | (0 if accessor_writable else NOT_WRITABLE)
        _set_link(self, Link(None, None, flags) if flags else ROOT)
        _set_spec(self, None)
        _set_callback(self, onchange_callback)
        if root_path is not None:
            Symbolic.sym_setpath(self, root_path)
        if items is not None:
            _fill(self, items)
        if value_spec is not None:
            if not isinstance(value_spec, pg_typing.List):
                raise TypeError(
                    f"Argument 'value_spec' must be a `pg.typing.List` object. Encountered {value_spec!r}."
                )
            Container.use_value_spec(self, value_spec, allow_partial)
        if sealed:
            Symbolic.seal(self)
        if TRACKING.scopes:
            note_made(self)

    @classmethod
    def partial(
        cls, items: Iterable[Any] | None = None, *, value_spec: Any = None, **kwargs: Any
    ) -> Self:
        """A list whose elements may miss required values."""
        return cls(items, value_spec=value_spec, allow_partial=True, **kwargs)

    # -- the spec ----------------------------------------------------------------------------------
    @property
    def value_spec(self) -> pg_typing.List | None:
        """The spec that the content satisfies, or None."""
        return self._sym_spec

    @property
    def max_size(self) -> int | None:
        """The largest number of elements that the spec allows."""
        return None if self._sym_spec is None else self._sym_spec.max_size

    def _pg_bind(self, spec: pg_typing.List, partial: bool, path: Callable[[], KeyPath]) -> None:
        ops = OPS[type(self)]
        scope = FLAGS.get().partial
        partial = partial or bool(ops.link(self).flags & PARTIAL) if scope is None else scope
        field = spec.element
        old = self._pg_items()
        new = [
            stored_form(field, v, partial, lambda i=i: path() + KeyPath(i))
            for i, v in enumerate(old)
        ]
        check_size(spec, new, path)
        for i, (before, value) in enumerate(zip(old, new, strict=True)):
            if value is not before:
                OPS[type(before)].detach(before, self, i)
                plain_list.__setitem__(self, i, OPS[type(value)].attach(value, self, i))
        _set_spec(self, spec)
        if partial:
            ops.own_link(self).flags |= PARTIAL

    def _pg_items(self) -> list[Any]:
        """The raw elements."""
        return list(plain_list.__iter__(self))

    # -- writing -----------------------------------------------------------------------------------
    @overload
    def __setitem__(self, index: SupportsIndex, value: E) -> None: ...
    @overload
    def __setitem__(self, index: slice, value: Iterable[E]) -> None: ...
    def __setitem__(self, index: Any, value: Any) -> None:
        _check_writable(self, "set item for", "modify List item by __setitem__")
        if isinstance(index, slice):
            self._replace_slice(
                cast("Any", index), [v for v in raw_elements(value) if not is_missing(v)]
            )
            return
        i = _index(index, "list assignment index must be an integer")
        n = len(self)
        if not -n <= i < n:
            raise IndexError(f"list assignment index out of range. Length={n}, index={i}")
        i = i + n if i < 0 else i
        if is_missing(value):
            del self[i]
        else:
            edits.write(self, i, value)

    def __delitem__(self, index: Any) -> None:
        _check_writable(self, "delete item from", "delete List item")
        if isinstance(index, slice):
            self._delete_slice(cast("Any", index))
            return
        i = _index(index, "list index must be an integer")
        n = len(self)
        if not -n <= i < n:
            raise IndexError(f"list index out of range. Length={n}, index={i}")
        self._check_min_size(1)
        with edits.Batch() as b:
            b.delete(self, i)

    def append(self, value: E) -> None:
        """Adds an element at the end."""
        _check_sealed(self, "append element on a sealed List.")
        if is_missing(value):
            return
        self._check_max_size()
        with edits.Batch() as b:
            b.insert(self, len(self), value)

    def insert(self, index: SupportsIndex, value: E) -> None:
        """Adds an element before `index`."""
        _check_sealed(self, "insert element into a sealed List.")
        if is_missing(value):
            return
        self._check_max_size()
        with edits.Batch() as b:
            b.insert(self, operator.index(index), value)

    def extend(self, values: Iterable[E]) -> None:
        """Adds elements at the end, as one change."""
        _check_sealed(self, "extend a sealed List.")
        values = [v for v in raw_elements(values) if not is_missing(v)]
        limit = self.max_size
        if limit is not None and len(self) + len(values) > limit:
            raise ValueError(
                f"Cannot extend List: the number of elements ({len(self) + len(values)}) exceeds max size ({limit})."
            )
        with edits.transaction(), edits.Batch() as b:
            for value in values:
                b.insert(self, len(self), value)

    def pop(self, index: SupportsIndex = -1) -> E:
        """Removes and returns an element."""
        i, n = operator.index(index), len(self)
        if not -n <= i < n:
            raise IndexError("pop index out of range")
        _check_sealed(self, "delete item from a sealed List.")
        self._check_min_size(1)
        value = self[i]
        with edits.Batch() as b:
            b.delete(self, i)
        return value

    def remove(self, value: E) -> None:
        """Removes the first element that equals `value`."""
        for i, v in enumerate(plain_list.__iter__(self)):
            if v == value:
                if self._sym_spec is not None and self._sym_spec.min_size == len(self):
                    raise ValueError(
                        f"Cannot remove item: min size ({self._sym_spec.min_size}) is reached."
                    )
                del self[i]
                return
        raise ValueError(f"{value!r} not in list.")

    def clear(self) -> None:
        """Removes all elements, as one change."""
        _check_sealed(self, "clear a sealed List.")
        if self._sym_spec is not None and self._sym_spec.min_size:
            raise ValueError(f"List cannot be cleared: min size is {self._sym_spec.min_size}.")
        self._replace([])

    def sort(self, *, key: Any = None, reverse: bool = False) -> None:
        """Sorts in place, as one change."""
        _check_sealed(self, "sort a sealed List.")
        self._replace(sorted(plain_list.__iter__(self), key=key, reverse=reverse))

    def reverse(self) -> None:
        """Reverses in place, as one change."""
        _check_sealed(self, "reverse a sealed List.")
        self._replace(self._pg_items()[::-1])

    def __iadd__(self, values: Iterable[E]) -> Self:
        self.extend(values)
        return self

    def __imul__(self, n: SupportsIndex) -> Self:
        _check_sealed(self, "multiply a sealed List.")
        self._replace(self._pg_items() * operator.index(n))
        return self

    def __add__(self, other: Iterable[V]) -> List[E | V]:
        joined: List[Any] = List(
            [*self._pg_items(), *raw_elements(other)], value_spec=self._sym_spec
        )
        return joined

    def __mul__(self, n: SupportsIndex) -> List[E]:
        repeated: List[Any] = List(self._pg_items() * operator.index(n), value_spec=self._sym_spec)
        return repeated

    __rmul__ = __mul__

    def _replace_slice(self, index: slice, new: list[Any]) -> None:
        """Replaces part of the content, as one change of the elements in it."""
        start, stop, step = index.indices(len(self))
        items = self._pg_items()
        items[index] = new
        if step != 1:
            self._replace(items)
            return
        replaced = max(start, stop) - start
        gone = range(start + len(new), start + replaced)
        told = {start + i: i >= replaced for i in range(len(new))}
        self._replace(items, told, gone)

    def _delete_slice(self, index: slice) -> None:
        """Removes part of the content, as one change of the elements in it."""
        items = self._pg_items()
        del items[index]
        self._replace(items, {}, sorted(range(*index.indices(len(self)))))

    def _replace(
        self,
        items: list[Any],
        told: dict[int, bool] | None = None,
        gone: Iterable[int] = (),
    ) -> None:
        """Replaces the whole content, as one change.

        Args:
            items: The new content.
            told: The new indices that are told as changed → whether they were inserted; None tells all that differ.
            gone: The old indices that are told as removed.
        """
        ops = OPS[type(self)]
        own = {id(v) for v in plain_list.__iter__(self)}
        items = [
            v if id(v) in own and type(v) not in SAFE_TYPES else ops.check(self, i, v)
            for i, v in enumerate(items)
        ]
        check_size(self._sym_spec, items, lambda: path_of(self))
        with edits.Batch() as b:
            b.replace_all(self, items, told, gone)

    def _check_max_size(self) -> None:
        limit = self.max_size
        if limit is not None and len(self) >= limit:
            raise ValueError(f"List reached its max size {limit}.")

    def _check_min_size(self, fewer: int) -> None:
        spec = self._sym_spec
        if spec is not None and len(self) - fewer < spec.min_size:
            raise ValueError(f"Cannot remove item: min size ({spec.min_size}) is reached.")

    # -- copies ------------------------------------------------------------------------------------
    def copy(self) -> Self:
        """A shallow clone."""
        return cast("Self", Symbolic.clone(self))

    def __reduce_ex__(self, protocol: Any) -> Any:
        flags = OPS[type(self)].link(self).flags & KEPT
        return (restore, (OPS[type(self)].type, self._pg_items(), flags, self._sym_callback))

    def __eq__(self, other: object) -> bool:
        return plain_list.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return plain_list.__ne__(self, other)

    def __hash__(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        return OPS[type(self)].hash(self)

    __str__ = Symbolic.__str__

    def __repr__(self) -> str:
        return plain_list.__repr__(self)


_set_link, _set_spec, _set_callback = slot_setters(List)


def raw_elements(values: Iterable[Any]) -> list[Any]:
    """The elements of an iterable; raw values of a node."""
    return list(plain_list.__iter__(values) if isinstance(values, List) else values)


def _fill(x: List, items: Iterable[Any]) -> None:
    i = 0
    for value in plain_list.__iter__(items) if isinstance(items, list) else items:
        if type(value) not in SAFE_TYPES:
            if is_missing(value):
                continue
            value = OPS[type(value)].convert(value)
            value = OPS[type(value)].attach(value, x, i)
        _append(x, value)
        i += 1


def _index(index: Any, message: str) -> int:
    if not isinstance(index, numbers.Integral):
        raise TypeError(f"{message}. Encountered {index!r}.")
    return int(index)


def _check_sealed(x: List, action: str) -> None:
    if is_sealed(x):
        raise WritePermissionError(f"Cannot {action}")


def _check_writable(x: List, action: str, long_action: str) -> None:
    suffix = "" if action.startswith("delete") else f" (path={path_of(x)})"
    _check_sealed(x, f"{action} a sealed List.{suffix}")
    if is_protected(x):
        raise WritePermissionError(
            f"Cannot {long_action} while accessor_writable is set to False. "
            f"Use 'rebind' method instead. (path={path_of(x)})"
        )


def check_size(spec: pg_typing.List | None, items: list[Any], path: Callable[[], KeyPath]) -> None:
    """Raises if there are fewer or more elements than `spec` allows."""
    if spec is None:
        return
    if len(items) < spec.min_size:
        raise ValueError(
            f"Length of list {items!r} is less than min size ({spec.min_size}). (path={path()})"
        )
    if spec.max_size is not None and len(items) > spec.max_size:
        raise ValueError(
            f"Length of list {items!r} is greater than max size ({spec.max_size}). (path={path()})"
        )
