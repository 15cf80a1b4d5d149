"""What the tree operations know of `pg.List`, and of plain lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from polygraft.missing import MISSING_VALUE
from polygraft.symbolic.compare import eq_sequences, hash_sequence
from polygraft.symbolic.container_base import ContainerOps
from polygraft.symbolic.fields import stored_form
from polygraft.symbolic.hydrating import TUPLE
from polygraft.symbolic.list_ import List, check_size
from polygraft.symbolic.node import OPS, SAFE_TYPES, Kind, NodeOps, add_resolver, plain_list
from polygraft.symbolic.once import once_property
from polygraft.symbolic.places import child_path, path_of
from polygraft.symbolic.resolving import resolving_list, set_class
from polygraft.typing import Field, annotation_rows

_append = plain_list.append
_get_item = plain_list.__getitem__


class ListOps(ContainerOps):
    """Operations on `pg.List` and its subclasses."""

    kind = Kind.LIST

    def items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        return enumerate(plain_list.__iter__(x))

    def given_items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        return enumerate(plain_list.__iter__(x))

    def get(self, x: Any, key: Any, default: Any = MISSING_VALUE) -> Any:
        if isinstance(key, int):
            try:
                return _get_item(x, key)
            except IndexError:
                pass
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
        return stored_form(spec.element, value, self.partial(x), lambda: child_path(x, key))

    def put(self, x: Any, key: Any, value: Any) -> None:
        plain_list.__setitem__(x, key, value)

    @once_property
    def resolving(self) -> Any:
        """The class of lists that hold inferential values."""
        cls = resolving_list(self.type)
        OPS[cls] = self
        return cls

    def resolve_reads(self, x: Any) -> None:
        if type(x) is self.type:
            set_class(x, self.resolving)

    def check_length(self, x: Any) -> None:
        check_size(x._sym_spec, x, lambda: path_of(x))

    def clone(self, x: Any, memo: dict[int, Any] | None, deep: bool) -> Any:
        new = self.empty_like(x)
        for i, value in enumerate(plain_list.__iter__(x)):
            if type(value) not in SAFE_TYPES:
                value = OPS[type(value)].clone_into(value, memo, deep, new, i)
            _append(new, value)
        return new

    def share(self, x: Any) -> Any:
        new = self.empty_like(x)
        for i, value in enumerate(plain_list.__iter__(x)):
            value = OPS[type(value)].share(value)
            _append(new, OPS[type(value)].attach(value, new, i))
        return new

    def eq(self, x: Any, y: Any) -> bool:
        return isinstance(y, list) and eq_sequences(x, cast("list[Any]", y))

    def hash(self, x: Any) -> int:
        return hash_sequence(plain_list.__iter__(x), "List")


class PlainListOps(NodeOps):
    """Plain lists: looked into; stored by nodes as `pg.List`."""

    kind = Kind.PLAIN_LIST
    container = True

    def items(self, x: list[Any]) -> Iterable[tuple[Any, Any]]:
        return enumerate(x)

    def given_items(self, x: list[Any]) -> Iterable[tuple[Any, Any]]:
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
        if len(x) > 1 and type(x[0]) is str and x[0] == TUPLE:
            return tuple(OPS[type(v)].convert(v) for v in x[1:])
        return List(x)

    def hash(self, x: Any) -> int:
        return hash_sequence(x, "List")  # equal to the `pg.List` of the same elements

    def eq(self, x: Any, y: Any) -> bool:
        return isinstance(y, list) and eq_sequences(x, cast("list[Any]", y))


def _resolve(type_: type) -> NodeOps | None:
    return ListOps(type_) if issubclass(type_, List) else None


OPS[List] = ListOps(List)
annotation_rows.means(List, annotation_rows.list_row)
OPS[list] = PlainListOps(list)
add_resolver(_resolve)
