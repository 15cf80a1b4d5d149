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
    auto_call: bool | None = None
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


def with_flags(**changes: bool | None) -> Token[Flags]:
    """Changes settings from here on; the token undoes it."""
    return FLAGS.set(dataclasses.replace(FLAGS.get(), **changes))


@contextlib.contextmanager
def scope(**changes: bool | None) -> Generator[None]:
    """Enters a scope with some settings changed."""
    token = with_flags(**changes)
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


def auto_call_functors(enabled: bool = True) -> contextlib.AbstractContextManager[None]:
    """Whether making a functor inside the scope calls it at once and gives the result.

    Example:
        >>> import polygraft as pg
        >>> @pg.functor
        ... def double(x):
        ...     return 2 * x
        >>> with pg.auto_call_functors():
        ...     print(double(4))
        8
    """
    return scope(auto_call=enabled)


# -- reading them ----------------------------------------------------------------------------------
def is_change_notification_enabled() -> bool:
    """True if edits made here call hooks: see `notify_on_change`."""
    return FLAGS.get().notify


def is_type_check_enabled() -> bool:
    """True if values stored here are validated: see `enable_type_check`."""
    return FLAGS.get().type_check


def is_tracking_origin() -> bool:
    """True if nodes made here keep where they come from: see `track_origin`."""
    return FLAGS.get().track_origin


def should_call_functors_during_init() -> bool | None:
    """True if making a functor here calls it: see `auto_call_functors`. None outside of any scope."""
    return FLAGS.get().auto_call


def is_under_accessor_writable_scope() -> bool | None:
    """What the scope says of writing by attribute and item; None leaves it to the objects."""
    return FLAGS.get().writable


def is_under_sealed_scope() -> bool | None:
    """What the scope says of sealing; None leaves it to the objects."""
    return FLAGS.get().sealed


def is_under_partial_scope() -> bool | None:
    """What the scope says of missing values; None leaves it to the objects."""
    return FLAGS.get().partial


# -- of the whole process --------------------------------------------------------------------------
@dataclasses.dataclass
class _Process:
    """Settings that hold in all threads."""

    empty_field_description: bool = True
    repeated_class_registration: bool = True
    origin_stacktrace_limit: int = 10


PROCESS = _Process()


class _Tracking:
    """How many scopes of `track_origin` are open in the process: where there is none, nobody looks further."""

    scopes = 0


TRACKING = _Tracking()


def allow_empty_field_description(allow: bool = True) -> None:
    """Whether fields may be declared without a description. Holds for the whole process, from now on."""
    PROCESS.empty_field_description = allow


def is_empty_field_description_allowed() -> bool:
    """See `allow_empty_field_description`."""
    return PROCESS.empty_field_description


def allow_repeated_class_registration(allow: bool = True) -> None:
    """Whether a class may take over a name in files from another one. Holds for the whole process, from now on."""
    PROCESS.repeated_class_registration = allow


def is_repeated_class_registration_allowed() -> bool:
    """See `allow_repeated_class_registration`."""
    return PROCESS.repeated_class_registration


def set_origin_stacktrace_limit(limit: int) -> None:
    """How many frames a `pg.Origin` keeps at most. Holds for the whole process, from now on."""
    PROCESS.origin_stacktrace_limit = limit


def get_origin_stacktrace_limit() -> int:
    """See `set_origin_stacktrace_limit`."""
    return PROCESS.origin_stacktrace_limit
