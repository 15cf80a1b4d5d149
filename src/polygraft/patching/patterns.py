"""Patching by pattern: every place whose key, path, value, type or owner fits gets a new value.

Each function is one `rebind`: all places, or none. What fits is replaced and not entered.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from polygraft.paths import KeyPath
from polygraft.symbolic.compare import eq
from polygraft.symbolic.node import OPS, NodeOps
from polygraft.symbolic.rebinding import rebind

T = TypeVar("T")
ValueFn = Callable[[Any], Any]


def patch_on_key(
    src: T,
    regex: str,
    value: Any = None,
    value_fn: ValueFn | None = None,
    skip_notification: bool | None = None,
) -> T:
    """Replaces the values at keys (list indices, too) that `regex` matches at their beginning.

    Args:
        src: A program; changed in place.
        regex: A regular expression for `re.match`.
        value: The new value.
        value_fn: Instead: called with the old value, returns the new one.
        skip_notification: Whether hooks stay silent; None takes the scope's setting.

    Returns:
        `src`.

    Raises:
        ValueError: Both `value` and `value_fn` are given.

    Example:
        >>> import polygraft as pg
        >>> pg.patch_on_key(pg.Dict(a=1, b=pg.Dict(ab=2)), "a$", 3)
        {a=3, b={ab=2}}
    """
    match = re.compile(regex).match
    return _patch(
        src,
        lambda k, v, p: bool(k) and match(str(k.key)) is not None,
        value,
        value_fn,
        skip_notification,
    )


def patch_on_path(
    src: T,
    regex: str,
    value: Any = None,
    value_fn: ValueFn | None = None,
    skip_notification: bool | None = None,
) -> T:
    r"""Replaces the values at paths that `regex` matches at their beginning; see `patch_on_key`.

    Example:
        >>> import polygraft as pg
        >>> pg.patch_on_path(pg.Dict(a=1, b=pg.Dict(a=2)), r"b\.a", 3)
        {a=1, b={a=3}}
    """
    match = re.compile(regex).match
    return _patch(
        src, lambda k, v, p: match(str(k)) is not None, value, value_fn, skip_notification
    )


def patch_on_value(
    src: T,
    old_value: Any,
    value: Any = None,
    value_fn: ValueFn | None = None,
    skip_notification: bool | None = None,
) -> T:
    """Replaces the values that equal `old_value`; see `patch_on_key`.

    Example:
        >>> import polygraft as pg
        >>> pg.patch_on_value(pg.Dict(a=1, b=[1]), 1, value_fn=lambda v: v + 1)
        {a=2, b=[0: 2]}
    """
    return _patch(src, lambda k, v, p: _equal(v, old_value), value, value_fn, skip_notification)


def patch_on_type(
    src: T,
    value_type: type | tuple[type, ...],
    value: Any = None,
    value_fn: ValueFn | None = None,
    skip_notification: bool | None = None,
) -> T:
    """Replaces the instances of a type; see `patch_on_key`.

    Example:
        >>> import polygraft as pg
        >>> pg.patch_on_type(pg.Dict(a=1, b="x"), str, value_fn=str.upper)
        {a=1, b='X'}
    """
    return _patch(
        src, lambda k, v, p: isinstance(v, value_type), value, value_fn, skip_notification
    )


def patch_on_member(
    src: T,
    cls: type | tuple[type, ...],
    name: str,
    value: Any = None,
    value_fn: ValueFn | None = None,
    skip_notification: bool | None = None,
) -> T:
    """Replaces the children called `name` of the instances of a class; see `patch_on_key`.

    Example:
        >>> import polygraft as pg
        >>> class Layer(pg.Object):
        ...     units: int
        >>> pg.patch_on_member(pg.Dict(units=1, layer=Layer(2)), Layer, "units", 3)
        {units=1, layer=Layer(units=3)}
    """
    return _patch(
        src,
        lambda k, v, p: isinstance(p, cls) and bool(k) and k.key == name,
        value,
        value_fn,
        skip_notification,
    )


def _patch(
    src: T,
    fits: Callable[[KeyPath, Any, Any], bool],
    value: Any,
    value_fn: ValueFn | None,
    skip_notification: bool | None,
) -> T:
    if value is not None and value_fn is not None:
        raise ValueError("Either `value` or `value_fn` should be specified.")

    def rule(k: KeyPath, v: Any, p: Any) -> Any:
        if not fits(k, v, p):
            return v
        return value_fn(v) if value_fn is not None else value

    return rebind(src, rule, raise_on_no_change=False, skip_notification=skip_notification)


def _equal(x: Any, y: Any) -> bool:
    """`x == y`; where that is no plain answer (arrays), symbolic equality."""
    try:
        return bool(x == y)
    except (ValueError, TypeError):
        return eq(y, x) if type(OPS[type(x)]) is NodeOps else eq(x, y)
