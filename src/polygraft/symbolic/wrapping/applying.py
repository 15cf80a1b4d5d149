"""`pg.apply_wrappers`: within a scope, calls of plain classes make symbolic objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

from polygraft.symbolic.wrapping.base import is_wrapper, wrapped_class
from polygraft.symbolic.wrapping.hooks import is_hookable
from polygraft.symbolic.wrapping.interception import redirecting
from polygraft.symbolic.wrapping.meta import known_wrappers


def apply_wrappers(
    wrapper_classes: Iterable[type] | None = None, where: Callable[[Any], bool] | None = None
) -> AbstractContextManager[dict[Any, Any]]:
    """A scope of this thread in which calls of plain classes create instances of their symbolic forms.

    Code that was written without the library, and holds the plain classes however it came by them, makes symbolic
    objects then. Only exact calls are concerned: a subclass of a plain class stays plain. Scopes nest.

    Args:
        wrapper_classes: What `pg.symbolize` made; all classes symbolized so far if None.
        where: A condition on each of them.

    Returns:
        A context manager, which gives the redirections in force: plain class → symbolic class.

    Raises:
        TypeError: One of `wrapper_classes` was not made by `pg.symbolize`, or stands for a class implemented in C.

    Example:
        >>> import polygraft as pg
        >>> class Dense:
        ...     def __init__(self, units):
        ...         self.units = units
        >>> def model():  # code of somebody else
        ...     return Dense(3)
        >>> with pg.apply_wrappers([pg.symbolize(Dense)]):
        ...     print(repr(model()))
        Dense(units=3)
    """
    if wrapper_classes is None:
        wrappers = [w for w in known_wrappers() if is_hookable(wrapped_class(w))]
    else:
        wrappers = list(wrapper_classes)
    table: dict[Any, Any] = {}
    for wrapper in wrappers:
        if not isinstance(wrapper, type) or not is_wrapper(wrapper):
            raise TypeError(
                f"{wrapper!r} stands for no plain class: `apply_wrappers` takes what `pg.symbolize(cls)` has returned."
            )
        if where is None or where(wrapper):
            table[wrapped_class(wrapper)] = wrapper
    return redirecting(table)
