"""`pg.List`: a real list that is a node. Elements live in the list itself."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable
from typing import Any, SupportsIndex, cast

from polygraft import typing as pg_typing
from polygraft.errors import WritePermissionError
from polygraft.missing import MISSING_VALUE
from polygraft.paths import KeyPath
from polygraft.symbolic import edits
from polygraft.symbolic.base import Symbolic
from polygraft.symbolic.compare import eq_sequences
from polygraft.symbolic.edits import Insertion as Insertion
from polygraft.symbolic.fields import is_missing, stored_form
from polygraft.symbolic.flags import FLAGS
from polygraft.symbolic.node import (
    NOT_WRITABLE,
    OPS,
    PARTIAL,
    ROOT,
    SAFE_TYPES,
    SEALED,
    Kind,
    Link,
    NodeOps,
    add_resolver,
)
from polygraft.symbolic.places import attach_single, child_path, detach_single, path_of
from polygraft.typing import CustomTyping, Field

_append = list.append


class List(list[Any], Symbolic, CustomTyping):
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
    _sym: Link
    _sym_spec: pg_typing.List | None
    _sym_callback: Callable[..., Any] | None

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
        list.__init__(self)
        flags = (PARTIAL if allow_partial else 0) | (0 if accessor_writable else NOT_WRITABLE)
        _set_link(self, Link(None, None, flags) if flags else ROOT)
        _set_spec(self, None)
        _set_callback(self, onchange_callback)
        if root_path is not None:
            self.sym_setpath(root_path)
        if items is not None:
            _fill(self, items)
        if value_spec is not None:
            if not isinstance(value_spec, pg_typing.List):
                raise TypeError(
                    f"Argument 'value_spec' must be a `pg.typing.List` object. Encountered {value_spec!r}."
                )
            self.use_value_spec(value_spec, allow_partial)
        if sealed:
            self.seal()

    @classmethod
    def partial(
        cls, items: Iterable[Any] | None = None, *, value_spec: Any = None, **kwargs: Any
    ) -> List:
        """A list whose elements may miss required values."""
        return cls(items, value_spec=value_spec, allow_partial=True, **kwargs)

    # -- the spec --------------------------------------------------------------------------------------------------
    @property
    def value_spec(self) -> pg_typing.List | None:
        """The spec that the content satisfies, or None."""
        return self._sym_spec

    @property
    def max_size(self) -> int | None:
        """The largest number of elements that the spec allows."""
        return None if self._sym_spec is None else self._sym_spec.max_size

    def use_value_spec(self, value_spec: Any, allow_partial: bool = False) -> List:
        """Validates the content in place; `None` lets go of the spec."""
        if value_spec is None:
            _set_spec(self, None)
            self.set_accessor_writable(True)
            return self
        if not isinstance(value_spec, pg_typing.List):
            raise ValueError(
                "Value spec for list must be a `pg.typing.List` object. "
                f"Encountered: {value_spec!r} (path={path_of(self)})"
            )
        if self._sym_spec is not None and self._sym_spec != value_spec:
            raise RuntimeError(
                f"List is already bound with a different value spec: {self._sym_spec}. "
                f"New value spec: {value_spec}. (path={path_of(self)})"
            )
        _bind(self, value_spec, allow_partial, lambda: path_of(self))
        return self

    def custom_apply(
        self,
        path: Any,
        value_spec: Any,
        allow_partial: bool = False,
        child_transform: Callable[..., Any] | None = None,
    ) -> tuple[bool, Any]:
        """Adopts the spec of the field that this list is put into."""
        spec = value_spec
        if isinstance(spec, pg_typing.Union):
            spec = next((c for c in spec.candidates if isinstance(c, pg_typing.List)), None)
            if spec is None:
                return (True, self)
        if isinstance(spec, pg_typing.Any):
            return (False, self)
        if not isinstance(spec, pg_typing.List):
            return (True, self)
        if self._sym_spec is None:
            _bind(
                self,
                spec,
                allow_partial,
                lambda: KeyPath.from_value(path if path is not None else KeyPath()),
            )
        elif not spec.is_compatible(self._sym_spec):
            raise ValueError(
                f"List (spec={self._sym_spec!r}) cannot be assigned to an incompatible field (spec={spec!r}). (path={path})"
            )
        return (False, self)

    # -- writing ---------------------------------------------------------------------------------------------------
    def __setitem__(self, index: Any, value: Any) -> None:
        _check_writable(self, "set item for", "modify List item by __setitem__")
        if isinstance(index, slice):
            items = list(list.__iter__(self))
            items[index] = list(value)
            self._replace(items)
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
            items = list(list.__iter__(self))
            del items[index]
            self._replace(items)
            return
        i = _index(index, "list index must be an integer")
        n = len(self)
        if not -n <= i < n:
            raise IndexError(f"list index out of range. Length={n}, index={i}")
        self._check_min_size(1)
        with edits.Batch() as b:
            b.delete(self, i)

    def append(self, value: Any) -> None:
        """Adds an element at the end."""
        _check_sealed(self, "append element on a sealed List.")
        if is_missing(value):
            return
        self._check_max_size()
        with edits.Batch() as b:
            b.insert(self, len(self), value)

    def insert(self, index: SupportsIndex, value: Any) -> None:
        """Adds an element before `index`."""
        _check_sealed(self, "insert element into a sealed List.")
        self._check_max_size()
        with edits.Batch() as b:
            b.insert(self, int(index), value)

    def extend(self, values: Iterable[Any]) -> None:
        """Adds elements at the end, as one change."""
        _check_sealed(self, "extend a sealed List.")
        values = [v for v in values if not is_missing(v)]
        limit = self.max_size
        if limit is not None and len(self) + len(values) > limit:
            raise ValueError(
                f"Cannot extend List: the number of elements ({len(self) + len(values)}) exceeds max size ({limit})."
            )
        with edits.transaction(), edits.Batch() as b:
            for value in values:
                b.insert(self, len(self), value)

    def pop(self, index: SupportsIndex = -1) -> Any:
        """Removes and returns an element."""
        i, n = int(index), len(self)
        if not -n <= i < n:
            raise IndexError("pop index out of range")
        _check_sealed(self, "delete item from a sealed List.")
        self._check_min_size(1)
        value = self[i]
        with edits.Batch() as b:
            b.delete(self, i)
        return value

    def remove(self, value: Any) -> None:
        """Removes the first element that equals `value`."""
        for i, v in enumerate(list.__iter__(self)):
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
        self._replace(sorted(list.__iter__(self), key=key, reverse=reverse))

    def reverse(self) -> None:
        """Reverses in place, as one change."""
        _check_sealed(self, "reverse a sealed List.")
        self._replace(list(list.__iter__(self))[::-1])

    def __iadd__(self, values: Iterable[Any]) -> List:  # type: ignore[override,misc]
        self.extend(values)
        return self

    def __imul__(self, n: SupportsIndex) -> List:  # type: ignore[override,misc]
        self._replace(list(list.__iter__(self)) * int(n))
        return self

    def __add__(self, other: Any) -> List:  # type: ignore[override]
        return List([*self, *other], value_spec=self._sym_spec)

    def __mul__(self, n: SupportsIndex) -> List:
        return List(list(list.__iter__(self)) * int(n), value_spec=self._sym_spec)

    __rmul__ = __mul__

    def _replace(self, items: list[Any]) -> None:
        """Replaces the whole content, as one change."""
        ops = OPS[type(self)]
        own = {id(v) for v in list.__iter__(self)}
        items = [
            v if id(v) in own and type(v) not in SAFE_TYPES else ops.check(self, i, v)
            for i, v in enumerate(items)
        ]
        _check_size(self._sym_spec, items, lambda: path_of(self))
        with edits.Batch() as b:
            b.replace_all(self, items)

    def _check_max_size(self) -> None:
        limit = self.max_size
        if limit is not None and len(self) >= limit:
            raise ValueError(f"List reached its max size {limit}.")

    def _check_min_size(self, fewer: int) -> None:
        spec = self._sym_spec
        if spec is not None and len(self) - fewer < spec.min_size:
            raise ValueError(f"Cannot remove item: min size ({spec.min_size}) is reached.")

    # -- copies ----------------------------------------------------------------------------------------------------
    def copy(self) -> List:
        """A shallow clone."""
        return OPS[type(self)].clone(self, {}, False)

    def __copy__(self) -> List:
        return OPS[type(self)].clone(self, {}, False)

    def __deepcopy__(self, memo: dict[int, Any]) -> List:
        return OPS[type(self)].clone(self, memo, True)

    def __reduce_ex__(self, protocol: Any) -> Any:
        flags = self._sym.flags & (SEALED | PARTIAL | NOT_WRITABLE)
        return (_restore, (type(self), list(list.__iter__(self)), flags, self._sym_callback))

    def __eq__(self, other: object) -> bool:
        return list.__eq__(self, other)  # type: ignore[arg-type]

    def __ne__(self, other: object) -> bool:
        return list.__ne__(self, other)  # type: ignore[arg-type]

    def __hash__(self) -> int:  # type: ignore[override]
        return OPS[type(self)].hash(self)

    __str__ = Symbolic.__str__

    def __repr__(self) -> str:
        return list.__repr__(self)


_set_link = cast("Any", List.__dict__["_sym"]).__set__
_set_spec = cast("Any", List.__dict__["_sym_spec"]).__set__
_set_callback = cast("Any", List.__dict__["_sym_callback"]).__set__


def _fill(l: List, items: Iterable[Any]) -> None:
    i = 0
    for value in list.__iter__(items) if isinstance(items, list) else items:
        if type(value) not in SAFE_TYPES:
            if is_missing(value):
                continue
            value = OPS[type(value)].convert(value)
            value = OPS[type(value)].attach(value, l, i)
        _append(l, value)
        i += 1


def _restore(cls: type[List], items: list[Any], flags: int, callback: Any) -> List:
    l = cls(items, onchange_callback=callback)
    if flags:
        OPS[type(l)].own_link(l).flags |= flags
    return l


def _index(index: Any, message: str) -> int:
    if not isinstance(index, numbers.Integral):
        raise TypeError(f"{message}. Encountered {index!r}.")
    return int(index)


def _check_sealed(l: List, action: str) -> None:
    scope = FLAGS.get().sealed
    if l._sym.flags & SEALED if scope is None else scope:
        raise WritePermissionError(f"Cannot {action}")


def _check_writable(l: List, action: str, long_action: str) -> None:
    suffix = "" if action.startswith("delete") else f" (path={path_of(l)})"
    _check_sealed(l, f"{action} a sealed List.{suffix}")
    scope = FLAGS.get().writable
    if l._sym.flags & NOT_WRITABLE if scope is None else not scope:
        raise WritePermissionError(
            f"Cannot {long_action} while accessor_writable is set to False. "
            f"Use 'rebind' method instead. (path={path_of(l)})"
        )


def _check_size(spec: pg_typing.List | None, items: list[Any], path: Callable[[], KeyPath]) -> None:
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


def _bind(l: List, spec: pg_typing.List, partial: bool, path: Callable[[], KeyPath]) -> None:
    """Puts `spec` in force: all elements are checked first, then written."""
    scope = FLAGS.get().partial
    partial = partial or bool(l._sym.flags & PARTIAL) if scope is None else scope
    field = spec.element
    old = list(list.__iter__(l))
    new = [
        stored_form(field, v, partial, lambda i=i: path() + KeyPath(i)) for i, v in enumerate(old)
    ]
    _check_size(spec, new, path)
    for i, (before, value) in enumerate(zip(old, new, strict=True)):
        if value is not before:
            OPS[type(before)].detach(before, l, i)
            list.__setitem__(l, i, OPS[type(value)].attach(value, l, i))
    _set_spec(l, spec)
    if partial:
        OPS[type(l)].own_link(l).flags |= PARTIAL


def _empty_like(x: Any) -> Any:
    """An empty root with the class, flags, spec and callback of `x`."""
    cls = type(x)
    new = cls.__new__(cls)
    flags = x._sym.flags & (SEALED | PARTIAL | NOT_WRITABLE)
    _set_link(new, Link(None, None, flags) if flags else ROOT)
    _set_spec(new, x._sym_spec)
    _set_callback(new, x._sym_callback)
    return new


class ListOps(NodeOps):
    """Operations on `pg.List` and its subclasses."""

    kind = Kind.LIST
    symbolic = True
    container = True
    hooks = True

    def link(self, x: Any) -> Link:
        return x._sym

    def set_link(self, x: Any, link: Link) -> None:
        _set_link(x, link)

    def attach(self, x: Any, parent: Any, key: Any) -> Any:
        return attach_single(self, x, parent, key)

    def detach(self, x: Any, parent: Any, key: Any) -> None:
        detach_single(self, x, parent, key)

    def items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        return enumerate(list.__iter__(x))

    def given_items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        return enumerate(list.__iter__(x))

    def get(self, x: Any, key: Any, default: Any = MISSING_VALUE) -> Any:
        if isinstance(key, int) and -list.__len__(x) <= key < list.__len__(x):
            return list.__getitem__(x, key)
        return default

    def stored(self, x: Any, key: Any) -> Any:
        return self.get(x, key)

    def field(self, x: Any, key: Any) -> Field | None:
        return None if x._sym_spec is None else x._sym_spec.element

    def admits(self, x: Any, key: Any) -> bool:
        return isinstance(key, int)

    def check(self, x: Any, key: Any, value: Any) -> Any:
        spec = x._sym_spec
        if spec is None:
            return value if type(value) in SAFE_TYPES else OPS[type(value)].convert(value)
        scope = FLAGS.get().partial
        partial = bool(x._sym.flags & PARTIAL) if scope is None else scope
        return stored_form(spec.element, value, partial, lambda: child_path(x, key))

    def put(self, x: Any, key: Any, value: Any) -> None:
        list.__setitem__(x, key, value)

    def check_length(self, x: Any) -> None:
        _check_size(x._sym_spec, x, lambda: path_of(x))

    def clone(self, x: Any, memo: dict[int, Any] | None, deep: bool) -> Any:
        new = _empty_like(x)
        for i, value in enumerate(list.__iter__(x)):
            if type(value) not in SAFE_TYPES:
                value = OPS[type(value)].clone(value, memo, deep)
                value = OPS[type(value)].attach(value, new, i)
            _append(new, value)
        return new

    def share(self, x: Any) -> Any:
        new = _empty_like(x)
        for i, value in enumerate(list.__iter__(x)):
            value = OPS[type(value)].share(value)
            _append(new, OPS[type(value)].attach(value, new, i))
        return new

    def listens(self, x: Any) -> bool:
        return x._sym_callback is not None

    def wants_updates(self, x: Any) -> bool:
        return True

    def changed(self, x: Any, updates: dict[Any, Any], undo: list[Any]) -> None:
        if updates:
            x._sym_callback(updates)

    def eq(self, x: Any, y: Any) -> bool:
        return isinstance(y, list) and eq_sequences(x, cast("list[Any]", y))

    def hash(self, x: Any) -> int:
        return hash(("List", *(OPS[type(v)].hash(v) for v in list.__iter__(x))))


class PlainListOps(NodeOps):
    """Plain lists: looked into; stored by nodes as `pg.List`."""

    kind = Kind.PLAIN_LIST
    container = True

    def items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        return enumerate(x)

    def given_items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        return enumerate(x)

    def get(self, x: Any, key: Any, default: Any = MISSING_VALUE) -> Any:
        return x[key] if isinstance(key, int) and -len(x) <= key < len(x) else default

    def stored(self, x: Any, key: Any) -> Any:
        return self.get(x, key)

    def clone(self, x: Any, memo: dict[int, Any] | None, deep: bool) -> Any:
        return [OPS[type(v)].clone(v, memo, deep) for v in x]

    def share(self, x: Any) -> Any:
        return [OPS[type(v)].share(v) for v in x]

    def convert(self, x: Any) -> Any:
        return List(x)

    def eq(self, x: Any, y: Any) -> bool:
        return isinstance(y, list) and eq_sequences(x, cast("list[Any]", y))


def _resolve(type_: type) -> NodeOps | None:
    return ListOps(type_) if issubclass(type_, List) else None


OPS[List] = ListOps(List)
OPS[list] = PlainListOps(list)
add_resolver(_resolve)
