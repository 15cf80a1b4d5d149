"""Specs as values: comparison, hash and JSON of their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from polygraft.geno.base import SpecBase
from polygraft.paths import KeyPath


def value_eq(a: Any, b: Any) -> bool:
    """Whether two values of fields are equal; specs are compared by value."""
    if isinstance(a, SpecBase):
        return a.sym_eq(b)
    if isinstance(a, list) and isinstance(b, list):
        left, right = cast(list[Any], a), cast(list[Any], b)
        return len(left) == len(right) and all(map(value_eq, left, right))
    return bool(a == b)


def value_hash(value: Any) -> int:
    """Returns a hash that agrees with `value_eq`."""
    if isinstance(value, SpecBase):
        return value.sym_hash()
    if isinstance(value, list):
        return hash(tuple(value_hash(v) for v in cast(list[Any], value)))
    if isinstance(value, dict):
        return hash(frozenset((k, value_hash(v)) for k, v in cast(dict[Any, Any], value).items()))
    try:
        return hash(value)
    except TypeError:
        return hash(cast(Any, type(value)))


def value_to_json(value: Any, kwargs: dict[str, Any]) -> Any:
    """Returns the JSON data of the value of a field."""
    if isinstance(value, KeyPath):
        return str(value)
    if isinstance(value, SpecBase):
        return value.to_json(**kwargs)
    if isinstance(value, list):
        return [value_to_json(v, kwargs) for v in cast(list[Any], value)]
    return value


def spec_from_json(value: Any) -> Any:
    """Returns a value in which the JSON objects of specs are made into specs."""
    if isinstance(value, list):
        return [spec_from_json(v) for v in cast(list[Any], value)]
    if isinstance(value, Mapping):
        mapping = cast(Mapping[str, Any], value)
        cls = _classes.get(mapping.get("_type", ""))
        if cls is not None:
            return cls.from_json(mapping)
    return cast(Any, value)


_classes: dict[str, type[SpecBase]] = {}


def register(cls: Any) -> None:
    """Makes a spec class known under its type keys, for the JSON of specs inside specs."""
    for key in cls.TYPE_KEYS:
        _classes[key] = cls
