"""Scoped settings: one immutable record in one context variable, read once per operation.

New threads start with the defaults; scopes nest and are restored on exit, also after an exception.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Generator
from contextvars import ContextVar, Token


@dataclasses.dataclass(frozen=True, slots=True)
class Flags:
    """The settings of a scope. `None` means: honour the object's own flag."""

    notify: bool = True
    type_check: bool = True
    track_origin: bool = False
    auto_call: bool = False
    writable: bool | None = None
    sealed: bool | None = None
    partial: bool | None = None
    #: Calls of wrapped classes record their arguments and construct later (inside rules, decoding and loading).
    defer: bool = False
    #: Edits of trained models carry over what the untouched parts have learned (see `polygraft.integrations`).
    keep_weights: bool = False
    #: Rules also visit what constructors have made.
    inner: bool = False


DEFAULT = Flags()
FLAGS: ContextVar[Flags] = ContextVar("polygraft_flags", default=DEFAULT)


@contextlib.contextmanager
def scope(**changes: bool | None) -> Generator[None]:
    """Enters a scope with some settings changed."""
    token = FLAGS.set(dataclasses.replace(FLAGS.get(), **changes))
    try:
        yield
    finally:
        FLAGS.reset(token)


def notify_on_change(enabled: bool = True) -> contextlib.AbstractContextManager[None]:
    """Whether edits inside the scope call `_on_change`, `_on_bound` and callbacks.

    Example:
        >>> import polygraft as pg
        >>> seen = []
        >>> d = pg.Dict(a=1, onchange_callback=seen.append)
        >>> with pg.notify_on_change(False):
        ...     d.a = 2
        >>> d.a, seen
        (2, [])
    """
    return scope(notify=enabled)


def enable_type_check(enabled: bool = True) -> contextlib.AbstractContextManager[None]:
    """Whether values stored inside the scope are validated.

    Example:
        >>> import polygraft as pg
        >>> class Point(pg.Object):
        ...     x: int
        >>> with pg.enable_type_check(False):
        ...     print(repr(Point("one")))
        Point(x='one')
    """
    return scope(type_check=enabled)


def allow_writable_accessors(
    writable: bool | None = True,
) -> contextlib.AbstractContextManager[None]:
    """Whether `x.field = v` and `d[k] = v` are allowed inside the scope, whatever the objects say.

    Example:
        >>> import polygraft as pg
        >>> class Point(pg.Object):
        ...     x: int
        >>> p = Point(1)
        >>> with pg.allow_writable_accessors():
        ...     p.x = 2
        >>> p
        Point(x=2)
    """
    return scope(writable=writable)


def as_sealed(sealed: bool | None = True) -> contextlib.AbstractContextManager[None]:
    """Whether nodes count as sealed inside the scope, whatever the objects say.

    Example:
        >>> import polygraft as pg
        >>> d = pg.Dict(a=1, sealed=True)
        >>> with pg.as_sealed(False):
        ...     d.a = 2
        >>> d
        {a=2}
    """
    return scope(sealed=sealed)


def allow_partial(allow: bool | None = True) -> contextlib.AbstractContextManager[None]:
    """Whether required arguments may be missing inside the scope, whatever the objects say.

    Example:
        >>> import polygraft as pg
        >>> class Point(pg.Object):
        ...     x: int
        >>> with pg.allow_partial():
        ...     p = Point()
        >>> p.rebind(x=1)
        Point(x=1)
    """
    return scope(partial=allow)


class deferring:
    """A scope in which calls of wrapped classes record their arguments and construct at first use.

    A class rather than a generator: it is entered once per rule, decoded trial and loaded file.
    """

    __slots__ = ("_token",)
    _token: Token[Flags] | None

    def __enter__(self) -> None:
        flags = FLAGS.get()
        if flags.defer:
            self._token = None
        else:
            self._token = FLAGS.set(
                _DEFERRING if flags is DEFAULT else dataclasses.replace(flags, defer=True)
            )

    def __exit__(self, *error: object) -> None:
        if self._token is not None:
            FLAGS.reset(self._token)


_DEFERRING = Flags(defer=True)
