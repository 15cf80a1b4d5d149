"""`pg.detour`: within a scope, calls of a class make something else. `pg.detouring` is this module."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from polygraft.symbolic.wrapping.interception import current, really, redirecting

T = TypeVar("T")


def detour(
    mappings: Iterable[tuple[Any, Any]],
) -> AbstractContextManager[dict[Any, Any]]:
    """A scope of this thread in which calls of some classes create something else.

    Only exact calls of a source are redirected, not those of its subclasses, and in one step: `[(A, B), (B, A)]` swaps
    two classes. Of nested scopes, the outer one decides about a source that both name; a destination of the inner one
    which is a source of the outer one is followed there.

    Args:
        mappings: Pairs of a source, a class, and its destination: a class, whose `__init__` gets the same arguments; or
            a function, called as `function(source, *args, **kwargs)`, in which the source is itself.

    Returns:
        A context manager, which gives the mappings in force: source → destination.

    Raises:
        TypeError: A source is not a class, or one implemented in C; a destination is neither class nor function.

    Example:
        >>> import polygraft as pg
        >>> class Relu: ...
        >>> class Gelu: ...
        >>> def block():  # code of somebody else
        ...     return Relu()
        >>> with pg.detour([(Relu, Gelu)]):
        ...     print(type(block()).__name__)
        Gelu
    """
    table: dict[Any, Any] = {}
    for source, destination in mappings:
        if not isinstance(source, type):
            raise TypeError(f"Detour source {source!r} is not a class.")
        if not isinstance(destination, type) and not inspect.isroutine(destination):
            raise TypeError(f"Detour destination {destination!r} is not a class or a function.")
        table.setdefault(source, destination)
    return redirecting(table)


def current_mappings() -> dict[Any, Any]:
    """The mappings in force in this thread: source → destination; empty outside of all scopes."""
    return dict(current())


def undetoured_new(cls: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
    """Creates an instance of `cls` itself, also where it is detoured.

    Example:
        >>> import polygraft as pg
        >>> class Relu: ...
        >>> class Gelu: ...
        >>> with pg.detour([(Relu, Gelu)]):
        ...     print(type(pg.detouring.undetoured_new(Relu)).__name__)
        Relu
    """
    made: T = really(cls, *args, **kwargs)
    return made
