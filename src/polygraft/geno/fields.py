"""Checks of the arguments of specs. Messages are those of typed fields."""

from __future__ import annotations

from typing import Any, NoReturn

from polygraft.paths import KeyPath


def wrong_type(expected: Any, value: Any, path: str) -> NoReturn:
    """Raises the error for a value of a wrong type; a missing value gets its own words."""
    if value is None:
        name = {int: "Int", float: "Float", str: "Str", bool: "Bool"}.get(expected, "")
        detail = f"{name}()" if name else f"Object({getattr(expected, '__name__', expected)})"
        raise ValueError(f"Value cannot be None. (Path='{path}', ValueSpec={detail})")
    raise TypeError(f"Expect {expected!r} but encountered {type(value)!r}: {value}. (path={path})")


def check_location(value: Any) -> KeyPath:
    """Returns a location as a path; strings are parsed."""
    if isinstance(value, KeyPath):
        return value
    if isinstance(value, str):
        return KeyPath.parse(value)
    wrong_type(KeyPath, value, "location")


def check_name(value: Any) -> str | None:
    """Returns a name, if it is one."""
    if value is not None and not isinstance(value, str):
        wrong_type(str, value, "name")
    return value


def check_int(value: Any, path: str, minimum: int) -> int:
    """Returns an integer, if it is one that is large enough."""
    if not isinstance(value, int):
        wrong_type(int, value, path)
    if value < minimum:
        raise ValueError(f"Value {value} is out of range (min={minimum}, max=None). (path={path})")
    return value


def check_float(value: Any, path: str) -> float:
    """Returns a number as a float."""
    if isinstance(value, int):
        return float(value)
    if not isinstance(value, float):
        wrong_type(float, value, path)
    return value


def check_bool(value: Any, path: str) -> bool:
    """Returns a truth value, if it is one."""
    if not isinstance(value, bool):
        wrong_type(bool, value, path)
    return value
