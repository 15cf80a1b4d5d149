"""What a program says beyond its defaults: `x.non_default_values()`."""

from __future__ import annotations

from typing import Any

from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.paths import KeyPath
from polygraft.symbolic.compare import eq
from polygraft.symbolic.node import OPS, SAFE_TYPES, Kind

_DICTS = (Kind.DICT, Kind.PLAIN_DICT)
_LISTS = (Kind.LIST, Kind.PLAIN_LIST)
_FREE = (*_DICTS, *_LISTS)
_OBJECTS = (Kind.OBJECT, Kind.WRAPPED)


def nondefault(x: Any, flatten: bool = True) -> dict[Any, Any]:
    """The values below the node `x` that differ from their field's default: path → value, or nested by key.

    A dict or object whose default is of the same kind is told by what differs in it, a list as a whole. Under a node
    without fields all leaves are told.
    """
    nested = _of_node(x, MISSING_VALUE)
    return _flat(nested) if flatten else _plain(nested)


class _Tree(dict[Any, Any]):
    """Values by key, as against a dict that is a value."""


def _of_node(x: Any, default: Any) -> _Tree:
    """What differs in the node `x` from the node `default`, if there is one, and from the defaults of its fields."""
    ops = OPS[type(x)]
    out = _Tree()
    for key, value in ops.items(x):
        if is_missing(value):
            continue
        if is_missing(default) and ops.kind in _FREE and ops.field(x, key) is None:
            is_tree = OPS[type(value)].symbolic and not OPS[type(value)].inferential
            out[key] = _of_node(value, MISSING_VALUE) if is_tree else value
            continue
        other = _default(ops, x, key, default)
        if is_missing(other) or not eq(value, other):
            found = _of_node(value, other) if _comparable(value, other) else value
            out[key] = found or value
    return out


def _default(ops: Any, x: Any, key: Any, default: Any) -> Any:
    """What the child of `x` at `key` is compared to."""
    if not is_missing(default):
        return OPS[type(default)].get(default, key, MISSING_VALUE)
    field = ops.field(x, key)
    if field is not None:
        return MISSING_VALUE if ops.kind is Kind.LIST else field.value.default
    if ops.kind is not Kind.WRAPPED:
        return MISSING_VALUE
    return [] if key == ops.info.varargs else ops.info.defaults.get(key, MISSING_VALUE)


def _comparable(value: Any, default: Any) -> bool:
    """True if it can be told in which children a value differs from its default."""
    ops, others = OPS[type(value)], OPS[type(default)]
    if ops.kind in _DICTS:
        return others.kind in _DICTS
    return ops.kind in _OBJECTS and ops.type is others.type and not ops.inferential


def _flat(tree: _Tree) -> dict[str, Any]:
    out: dict[str, Any] = {}
    stack: list[tuple[tuple[Any, ...], Any]] = [((), tree)]
    while stack:
        keys, value = stack.pop()
        ops = OPS[type(value)]
        if isinstance(value, _Tree):
            children: list[tuple[Any, Any]] = list(value.items())
        elif type(value) not in SAFE_TYPES and ops.kind in (*_DICTS, *_LISTS):
            children = list(ops.items(value))
            if not children:
                out[KeyPath.of(keys).path] = value
        else:
            out[KeyPath.of(keys).path] = value
            continue
        stack.extend(((*keys, k), v) for k, v in reversed(children))
    return out


def _plain(tree: _Tree) -> dict[Any, Any]:
    return {k: _plain(v) if isinstance(v, _Tree) else v for k, v in tree.items()}
