"""Values that are not there yet: placeholders and missing values; which nodes hold them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from polygraft.missing import is_missing
from polygraft.paths import KeyPath
from polygraft.symbolic.node import ABSTRACT, OPS, SAFE_TYPES
from polygraft.symbolic.walking import walk
from polygraft.typing import CustomTyping


class PureSymbolic(CustomTyping):
    """A value that stands for others (a placeholder, a difference); assignable to any field.

    Subclasses may validate against the field's spec by overriding `custom_apply`.
    """

    __slots__ = ()
    __pg_abstract__ = True

    def custom_apply(
        self,
        path: Any,
        value_spec: Any,
        allow_partial: bool = False,
        child_transform: Callable[..., Any] | None = None,
    ) -> tuple[bool, Any]:
        """Accepts any field as is."""
        return (False, self)


class NonDeterministic(PureSymbolic):
    """A value that has still to be decided (the placeholders of search spaces)."""

    __slots__ = ()


def _any(x: Any, test: Callable[[Any], bool]) -> bool:
    """True if `test` holds for `x` or a value below it. Iterative: depth does not matter."""
    stack = [x]
    while stack:
        v = stack.pop()
        if type(v) in SAFE_TYPES:
            continue
        if test(v):
            return True
        ops = OPS[type(v)]
        if ops.container:
            if ops.symbolic and not ops.shared and not ops.link(v).flags & ABSTRACT:
                continue
            children = ops.given_items(v) if ops.lenient else ops.items(v)
            stack.extend(c for _, c in children if type(c) not in SAFE_TYPES)
    return False


def is_partial(x: Any) -> bool:
    """True if `x` is a missing value or holds one.

    Example:
        >>> import polygraft as pg
        >>> class Point(pg.Object):
        ...     x: int
        >>> pg.is_partial([Point.partial()]), pg.is_partial([Point(1)])
        (True, False)
    """
    return _any(x, is_missing)


def missing(x: Any, flatten: bool = True) -> dict[Any, Any]:
    """The missing values below a node: path → typed missing value, or nested by key. Unbound arguments are none.

    Example:
        >>> import polygraft as pg
        >>> class Point(pg.Object):
        ...     x: int
        >>> pg.Dict(p=Point.partial()).sym_missing()
        {'p.x': MISSING_VALUE}
    """
    if not flatten:
        out: dict[Any, Any] = {}
        ops = OPS[type(x)]
        for k, v in ops.given_items(x) if ops.lenient else ops.items(x):
            if is_missing(v):
                out[k] = v
            elif OPS[type(v)].symbolic and (below := missing(v, False)):
                out[k] = below
        return out
    found = ((k, v) for k, v, parent in walk(x) if is_missing(v) and not _is_lenient(parent))
    return {KeyPath.of(keys).path: v for keys, v in found}


def _is_lenient(x: Any) -> bool:
    return x is not None and OPS[type(x)].lenient


def is_pure_symbolic(x: Any) -> bool:
    """True if `x` is a placeholder or holds one.

    Example:
        >>> import polygraft as pg
        >>> pg.is_pure_symbolic(pg.Dict(rate=pg.floatv(0.0, 1.0)))
        True
    """
    return _any(x, lambda v: isinstance(v, PureSymbolic))


def is_abstract(x: Any) -> bool:
    """True if `x` holds a placeholder or a missing value, so that it can't be used at run time.

    Example:
        >>> import polygraft as pg
        >>> pg.is_abstract(pg.Dict(size=pg.oneof([1, 2]))), pg.is_abstract(pg.Dict(size=1))
        (True, False)
    """
    return _any(x, lambda v: isinstance(v, PureSymbolic) or is_missing(v))


def is_deterministic(x: Any) -> bool:
    """True if nothing in `x` has still to be decided.

    Example:
        >>> import polygraft as pg
        >>> pg.is_deterministic(pg.Dict(size=pg.oneof([1, 2])))
        False
    """
    return not _any(x, lambda v: isinstance(v, NonDeterministic))
