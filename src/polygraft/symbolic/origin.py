"""Where a node comes from: `pg.Origin`, and the scope in which it is noted.

Constructors of `Object`s are too hot to ask whether origins are tracked: entering the first scope of the process gives
their metaclass a `__call__` that notes them, and leaving the last one takes it away again.
"""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable
from contextvars import Token
from typing import Any, TypeVar

from polygraft.formatting import Formattable, RawText, kvlist_str
from polygraft.formatting import format as format_value
from polygraft.symbolic.flags import FLAGS, PROCESS, TRACKING, Flags, with_flags
from polygraft.symbolic.node import OPS
from polygraft.symbolic.walking import walk

M = TypeVar("M", bound=type)
_KEY = "origin"
_LIBRARY = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


class Origin(Formattable):
    """How a node came to be: from what, by which way, and where in the program.

    Args:
        source: What it was made from: a node, a path; None for one made from nothing.
        tag: The way: `'__init__'`, `'clone'`, `'deepclone'`, `'return'`, `'load'`, or a word of yours.
        stacktrace: Whether the stack is kept; None keeps it while origins are tracked.
        stacklimit: Frames kept at most; None takes that of `set_origin_stacktrace_limit`.
        stacktop: Where the stack ends, counted from this call: -1 leaves out the frame of this constructor.

    Raises:
        ValueError: `tag` is no string.

    Example:
        >>> import polygraft as pg
        >>> d = pg.Dict(a=1)
        >>> with pg.track_origin():
        ...     copy = d.clone()
        >>> copy.sym_origin.tag, copy.sym_origin.source is d
        ('clone', True)
    """

    __str_format_kwargs__ = {"compact": False, "verbose": False}

    def __init__(
        self,
        source: Any,
        tag: str,
        stacktrace: bool | None = None,
        stacklimit: int | None = None,
        stacktop: int = -1,
    ):
        if not isinstance(tag, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"`tag` must be a string. Encountered: {tag!r}.")
        self._source = source
        self._tag = tag
        self._stack: list[traceback.FrameSummary] | None = None
        if FLAGS.get().track_origin if stacktrace is None else stacktrace:
            limit = PROCESS.origin_stacktrace_limit if stacklimit is None else stacklimit
            self._stack = traceback.extract_stack()[:stacktop][-limit:]

    @property
    def source(self) -> Any:
        """What the node was made from."""
        return self._source

    @property
    def tag(self) -> str:
        """The way in which it was made."""
        return self._tag

    @property
    def stack(self) -> list[traceback.FrameSummary] | None:
        """The frames of the program, outermost first; None if they were not kept."""
        return self._stack

    @property
    def stacktrace(self) -> str | None:
        """The stack as text."""
        return None if self._stack is None else "".join(traceback.format_list(self._stack))

    def chain(self, tag: str | None = None) -> list[Origin]:
        """This origin, that of its source, and so on; those with `tag` only, if it is given."""
        out: list[Origin] = []
        origin: Origin | None = self
        while origin is not None:
            if tag is None or origin.tag == tag:
                out.append(origin)
            origin = origin_of(origin.source)
        return out

    def history(self, condition: Callable[[Origin], bool] | None = None) -> list[Origin]:
        """The chain from its root on; those that satisfy `condition` only, if it is given."""
        return [o for o in reversed(self.chain()) if condition is None or condition(o)]

    @property
    def root(self) -> Origin:
        """The origin at the end of the chain."""
        return self.chain()[-1]

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """The printed form; a source that is no text is told by its address too."""
        source = self._source
        if source is not None and not isinstance(source, str):
            text = format_value(source, compact, verbose, root_indent + 1, **kwargs)
            source = RawText(f"{text} at 0x{id(self._source):x}")
        return kvlist_str(
            [("tag", self._tag, None), ("source", source, None)],
            compact=compact,
            verbose=verbose,
            root_indent=root_indent,
            label="Origin",
            **kwargs,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Origin):
            return False
        same = self._source is other._source or (
            isinstance(self._source, str) and self._source == other._source
        )
        return same and self._tag == other._tag

    def __hash__(self) -> int:
        return hash((self._tag, None if self._source is None else id(self._source)))


def origin_of(x: Any) -> Origin | None:
    """The origin of a node, if one is known."""
    ops = OPS[type(x)]
    if not ops.symbolic:
        return None
    aside = ops.link(x).aside
    return aside.get(_KEY) if aside else None


def set_origin(x: Any, origin: Origin) -> None:
    """Notes the origin of a node."""
    link = OPS[type(x)].own_link(x)
    aside = link.aside if link.aside is not None else {}
    aside[_KEY] = origin
    link.aside = aside


# -- tracking --------------------------------------------------------------------------------------
def note(x: Any, source: Any, tag: str) -> None:
    """Notes where a node comes from, while origins are tracked; the library's own frames are left out."""
    if OPS[type(x)].symbolic:
        origin = Origin(source, tag, stacktrace=False)
        stack = traceback.extract_stack()
        while stack and stack[-1].filename.startswith((_LIBRARY, "<polygraft ")):
            stack.pop()
        origin._stack = stack[-PROCESS.origin_stacktrace_limit :]  # pyright: ignore[reportPrivateUsage]
        set_origin(x, origin)


def note_made(x: Any) -> None:
    """Notes that a constructor has just made the node `x`, if origins are tracked."""
    if FLAGS.get().track_origin and origin_of(x) is None:
        note(x, None, "__init__")


def note_clones(x: Any, new: Any, deep: bool) -> None:
    """Notes for each node of a clone which one it is the copy of, if origins are tracked."""
    if FLAGS.get().track_origin:
        for (_, source, _), (_, made, _) in zip(walk(x), walk(new), strict=False):
            if made is not source:
                note(made, source, "deepclone" if deep else "clone")


_lock = threading.Lock()
#: Metaclasses that note what they make while origins are tracked.
_metaclasses: list[Any] = []


def noting(meta: M) -> M:
    """Decorator for a metaclass without `__call__`: what its classes make is noted while origins are tracked."""
    _metaclasses.append(meta)
    return meta


def _noting_call(cls: Any, /, *args: Any, **kwargs: Any) -> Any:
    x = type.__call__(cls, *args, **kwargs)
    if isinstance(x, cls):
        note_made(x)
    return x


class track_origin:
    """A scope in which each node keeps where it comes from: see `pg.Origin` and `sym_origin`.

    Args:
        enabled: False suspends an outer scope.

    Example:
        >>> import polygraft as pg
        >>> with pg.track_origin():
        ...     d = pg.Dict(a=1)
        >>> d.sym_origin
        Origin(tag='__init__')
    """

    __slots__ = ("_enabled", "_tokens")

    def __init__(self, enabled: bool = True):
        self._enabled = enabled
        self._tokens: list[Token[Flags]] = []

    def __enter__(self) -> None:
        with _lock:
            TRACKING.scopes += 1
            if TRACKING.scopes == 1:
                for meta in _metaclasses:
                    meta.__call__ = _noting_call
        self._tokens.append(with_flags(track_origin=self._enabled))

    def __exit__(self, *error: object) -> None:
        FLAGS.reset(self._tokens.pop())
        with _lock:
            TRACKING.scopes -= 1
            if TRACKING.scopes == 0:
                for meta in _metaclasses:
                    del meta.__call__
