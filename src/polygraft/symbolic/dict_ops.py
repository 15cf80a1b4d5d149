"""What the tree operations know of `pg.Dict`, and of plain dicts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.symbolic.compare import eq_mappings, hash_items_unordered
from polygraft.symbolic.container_base import ContainerOps
from polygraft.symbolic.dict_ import Dict
from polygraft.symbolic.fields import stored_form
from polygraft.symbolic.hydrating import TYPE, hydrated, names_registered
from polygraft.symbolic.node import OPS, SAFE_TYPES, Kind, NodeOps, add_resolver, plain_dict
from polygraft.symbolic.once import once_property
from polygraft.symbolic.places import child_path
from polygraft.symbolic.resolving import resolving_dict, set_class
from polygraft.typing import Field, annotation_rows

_set_item = plain_dict.__setitem__


class DictOps(ContainerOps):
    """Operations on `pg.Dict` and its subclasses."""

    kind = Kind.DICT

    def items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        return plain_dict.items(x)

    def given_items(self, x: Any) -> Iterator[tuple[Any, Any]]:
        return (
            (k, v) for k, v in plain_dict.items(x) if type(v) in SAFE_TYPES or not is_missing(v)
        )

    def get(self, x: Any, key: Any, default: Any = MISSING_VALUE) -> Any:
        return plain_dict.get(x, key, default)

    def stored(self, x: Any, key: Any) -> Any:
        return plain_dict.get(x, key, MISSING_VALUE)

    def field(self, x: Any, key: Any) -> Field | None:
        spec = x._sym_spec
        return None if spec is None or spec.schema is None else spec.schema.get_field(key)

    def admits(self, x: Any, key: Any) -> bool:
        spec = x._sym_spec
        if not isinstance(key, (str, int)):
            return False
        return spec is None or spec.schema is None or spec.schema.get_field(key) is not None

    def check(self, x: Any, key: Any, value: Any) -> Any:
        spec = x._sym_spec
        if spec is None or spec.schema is None:
            if type(value) in SAFE_TYPES:
                return value
            return MISSING_VALUE if is_missing(value) else OPS[type(value)].convert(value)
        field = spec.schema.get_field(key)
        if is_missing(value) and not field.key.is_const:
            return MISSING_VALUE
        return stored_form(field, value, self.partial(x), lambda: child_path(x, key))

    def put(self, x: Any, key: Any, value: Any) -> None:
        if value is MISSING_VALUE:
            plain_dict.pop(x, key, None)
        else:
            _set_item(x, key, value)

    @once_property
    def resolving(self) -> Any:
        """The class of dicts that hold inferential values."""
        cls = resolving_dict(self.type)
        OPS[cls] = self
        return cls

    def resolve_reads(self, x: Any) -> None:
        if type(x) is self.type:
            set_class(x, self.resolving)

    def memory(self, x: Any) -> Callable[[], Any]:
        order = list(plain_dict.keys(x))

        def reorder() -> None:
            items = {k: plain_dict.pop(x, k) for k in order}
            plain_dict.update(x, items)

        return reorder

    def clone(self, x: Any, memo: dict[int, Any] | None, deep: bool) -> Any:
        new = self.empty_like(x)
        if cast("Any", type(x)).__iter__ is plain_dict.__iter__:
            plain_dict.update(new, x)  # copies the table as a whole, past the methods of the class
        else:
            plain_dict.update(new, plain_dict.items(x))
        for key, value in plain_dict.items(x):
            if type(value) not in SAFE_TYPES:
                _set_item(new, key, OPS[type(value)].clone_into(value, memo, deep, new, key))
        return new

    def share(self, x: Any) -> Any:
        new = self.empty_like(x)
        for key, value in plain_dict.items(x):
            value = OPS[type(value)].share(value)
            _set_item(new, key, OPS[type(value)].attach(value, new, key))
        return new

    def eq(self, x: Any, y: Any) -> bool:
        return isinstance(y, dict) and eq_mappings(x, cast("dict[Any, Any]", y))

    def hash(self, x: Any) -> int:
        return hash_items_unordered(self.given_items(x), "Dict")


class PlainDictOps(NodeOps):
    """Plain dicts: looked into; stored by nodes as `pg.Dict`."""

    kind = Kind.PLAIN_DICT
    container = True

    def items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        return plain_dict.items(x)

    def get(self, x: Any, key: Any, default: Any = MISSING_VALUE) -> Any:
        return plain_dict.get(x, key, default)

    def stored(self, x: Any, key: Any) -> Any:
        return plain_dict.get(x, key, MISSING_VALUE)

    def clone(self, x: Any, memo: dict[int, Any] | None, deep: bool) -> Any:
        return {k: OPS[type(v)].clone(v, memo, deep) for k, v in x.items()}

    def share(self, x: Any) -> Any:
        return {k: OPS[type(v)].share(v) for k, v in x.items()}

    def convert(self, x: Any) -> Any:
        if TYPE in x and names_registered(x):
            value = hydrated(x)
            return Dict(x) if value is x else value
        return Dict(x)

    def hash(self, x: Any) -> int:
        return hash_items_unordered(x.items(), "Dict")  # equal to the `pg.Dict` of the same items

    def eq(self, x: Any, y: Any) -> bool:
        return isinstance(y, dict) and eq_mappings(x, cast("dict[Any, Any]", y))


class OrderedDictOps(PlainDictOps):
    """Ordered dicts: looked into, and left what they are: classes that take one look at its type."""

    def clone(self, x: Any, memo: dict[int, Any] | None, deep: bool) -> Any:
        return OrderedDict((k, OPS[type(v)].clone(v, memo, deep)) for k, v in x.items())

    def share(self, x: Any) -> Any:
        return OrderedDict((k, OPS[type(v)].share(v)) for k, v in x.items())

    def convert(self, x: Any) -> Any:
        return x


def _resolve(type_: type) -> NodeOps | None:
    return DictOps(type_) if issubclass(type_, Dict) else None


OPS[Dict] = DictOps(Dict)
annotation_rows.means(Dict, annotation_rows.dict_row)
OPS[dict] = PlainDictOps(dict)
OPS[OrderedDict] = OrderedDictOps(OrderedDict)
add_resolver(_resolve)
