"""The exceptions that the library raises on its own behalf.

Each derives from the builtin that fits, so that `except ValueError` keeps working, and carries the place (`path`) and
the thing (`value`) it is about. Exceptions of user code are never replaced by these; they get a note with the path.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any


class _Located(Exception):
    """Adds `path` and `value` to an exception."""

    path: Any
    value: Any

    def __init__(self, message: str = "", *args: Any, path: Any = None, value: Any = None):
        super().__init__(message, *args)
        self.path = path
        self.value = value


class WritePermissionError(_Located):
    """A sealed node, or one that is not writable through its attributes, was to be changed."""


class SpecTypeError(_Located, TypeError):
    """A value is of a type that its value spec does not accept."""


class SpecValueError(_Located, ValueError):
    """A value of the right type does not meet the constraints of its value spec."""


class UnknownKeyError(_Located, KeyError):
    """A key that no field of the schema covers."""


class PathNotFoundError(_Located, KeyError):
    """A path that leads nowhere."""


class CycleError(_Located, ValueError):
    """A node was to be placed below itself."""


class AbstractValueError(_Located, ValueError):
    """A program with placeholders or missing values was used at run time.

    Attributes:
        paths: Where the placeholders and missing values are.
    """

    paths: tuple[Any, ...]

    def __init__(
        self,
        message: str = "",
        *args: Any,
        path: Any = None,
        value: Any = None,
        paths: Iterable[Any] = (),
    ):
        super().__init__(message, *args, path=path, value=value)
        self.paths = tuple(paths)


class InfeasibleError(_Located, ValueError):
    """Decisions that a constraint of the space forbids; or no others were found.

    Attributes:
        tries: How many were tried.
        refusals: How many of them each constraint refused, by its label.
    """

    def __init__(
        self,
        message: str = "",
        *args: Any,
        path: Any = None,
        value: Any = None,
        tries: int = 1,
        refusals: dict[str, int] | None = None,
    ):
        super().__init__(message, *args, path=path, value=value)
        self.tries = tries
        self.refusals: dict[str, int] = refusals or {}


class ConstructionError(_Located, RuntimeError):
    """A deferred `__init__` failed with an exception that Python's protocols would have swallowed.

    `AttributeError`, `StopIteration` and `LookupError` mean something else to `hasattr`, `for` and `in`; the original
    is chained as `__cause__`.
    """


class NotSymbolizableError(_Located, TypeError):
    """A class that cannot be made symbolic; the message gives the reason."""


class DeserializationError(_Located, ValueError):
    """Data that cannot be turned back into a program."""


class UnknownTypeError(DeserializationError, TypeError):
    """Data that names a type which is not registered, or not trusted."""


class MalformedFileError(DeserializationError):
    """Text that is not what its format promises: truncated, not JSON, of a wrong version."""


class NestingError(DeserializationError):
    """Data nested deeper than the reader follows."""


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """Returns `" Did you mean 'x'?"` for the candidate closest to `name`, or `''` if none is close.

    Example:
        >>> did_you_mean("learning_rat", ["units", "learning_rate"])
        " Did you mean 'learning_rate'?"
    """
    matches = difflib.get_close_matches(name, [str(c) for c in candidates], n=1)
    return f" Did you mean {matches[0]!r}?" if matches else ""
