"""Errors as values: `catch_errors`, `match_error`, and `ErrorInfo`, which outlives the exception."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import re
import traceback
import typing
from collections.abc import Callable, Generator
from typing import Any

from polygraft.symbolic.object_ import Object

#: An exception type, and what `ClassName: message` has to match; None for anything.
_Spec = tuple[type[BaseException], "str | None"]


@dataclasses.dataclass
class CatchErrorsContext:
    """What `catch_errors` yields.

    Attributes:
        error: The exception that was caught; None if there was none.
    """

    error: BaseException | None = None


@contextlib.contextmanager
def catch_errors(
    errors: Any, error_handler: Callable[[BaseException], None] | None = None
) -> Generator[CatchErrorsContext]:
    """A scope that swallows and keeps exceptions of some kinds.

    Args:
        errors: An exception type; a pair of it and a regular expression for `ClassName: message` (matched anywhere,
            unless it begins with `^`); or a list or tuple of these.
        error_handler: Called with the exception that was caught.

    Raises:
        TypeError: `errors` is something else.

    Example:
        >>> with catch_errors((ValueError, "invalid literal")) as caught:
        ...     int("a")
        >>> type(caught.error).__name__
        'ValueError'
    """
    specs = _specs(errors)
    context = CatchErrorsContext()
    try:
        yield context
    except BaseException as e:
        if not _matches(e, specs):
            raise
        context.error = e
        if error_handler is not None:
            error_handler(e)


def match_error(error: BaseException, errors: Any) -> bool:
    """True if an exception is of one of some kinds: see `catch_errors`; or a dict, type → regular expressions.

    Example:
        >>> match_error(ValueError("no good"), {ValueError: ["no .*", "never"]})
        True
    """
    if isinstance(errors, dict):
        table = typing.cast("dict[Any, Any]", errors)
        return any(
            match_error(error, (kind, pattern) if pattern is not None else kind)
            for kind, patterns in table.items()
            for pattern in ([patterns] if isinstance(patterns, str) else patterns or [None])
        )
    return _matches(error, _specs(errors))


def _is_error(x: Any) -> bool:
    return inspect.isclass(x) and issubclass(x, BaseException)


def _specs(errors: Any) -> list[_Spec]:
    if _is_error(errors) or (
        isinstance(errors, tuple)
        and len(typing.cast("tuple[Any, ...]", errors)) == 2
        and _is_error(errors[0])
        and isinstance(errors[1], str)
    ):
        errors = [errors]
    elif not isinstance(errors, list | tuple):
        raise TypeError(_needed(errors))
    found: list[_Spec] = []
    for spec in typing.cast("list[Any]", errors):
        if _is_error(spec):
            found.append((spec, None))
        elif isinstance(spec, tuple):
            pair = typing.cast("tuple[Any, ...]", spec)
            if len(pair) != 2 or not isinstance(pair[1], str):
                raise TypeError(_needed(pair))
            if not _is_error(pair[0]):
                raise TypeError(f"Exception contains non-except types: {pair[0]!r}.")
            found.append((pair[0], pair[1]))
        elif isinstance(spec, type):
            raise TypeError(f"Exception contains non-except types: {spec!r}.")
        else:
            raise TypeError(_needed(spec))
    return found


def _needed(encountered: Any) -> str:
    return (
        "Each error specification should be either an Exception type or a tuple of Exception type and error message "
        f"(regular expression) to match. Encountered: {encountered!r}."
    )


def _matches(error: BaseException, specs: list[_Spec]) -> bool:
    text = f"{type(error).__name__}: {error}"
    for kind, pattern in specs:
        if isinstance(error, kind):
            if pattern is None:
                return True
            if not pattern.startswith(("^", ".*")):
                pattern = ".*" + pattern
            if re.match(pattern, text, re.DOTALL):
                return True
    return False


class ErrorInfo(Object):
    """What is to be known of an exception after it is gone.

    Example:
        >>> try:
        ...     1 / 0
        ... except ZeroDivisionError as e:
        ...     info = ErrorInfo.from_exception(e)
        >>> info.tag, info.description
        ('ZeroDivisionError', 'division by zero')
    """

    #: The names of its class and of those of its causes, joined by dots.
    tag: str
    #: Its message.
    description: str
    #: The traceback as text.
    stacktrace: str

    @classmethod
    def from_exception(cls, error: BaseException) -> ErrorInfo:
        """What is to be known of an exception."""
        return cls(
            tag=_tag(error),
            description=str(error),
            stacktrace="".join(traceback.format_exception(error)),
        )


def _tag(error: BaseException) -> str:
    names: list[str] = []
    seen: set[int] = set()
    e: Any = error
    while isinstance(e, BaseException) and id(e) not in seen:
        seen.add(id(e))
        names.append(type(e).__name__)
        e = getattr(e, "cause", None) or e.__cause__
    return ".".join(names)


ErrorInfo.register_for_deserialization(additional_keys=["pyglove.core.utils.error_utils.ErrorInfo"])
