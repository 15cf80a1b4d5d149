"""`save` and `load`, and the handlers behind them, which a program may replace."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from polygraft.errors import DeserializationError, MalformedFileError
from polygraft.formatting import format as format_value
from polygraft.serialization.decode import from_json_str
from polygraft.serialization.encode import to_json_str
from polygraft.serialization.storage import read_text, write_text_atomic
from polygraft.symbolic.flags import TRACKING, is_tracking_origin
from polygraft.symbolic.origin import note

if TYPE_CHECKING:
    from polygraft.io.file_system import PathLike

Handler: TypeAlias = "Callable[..., Any]"


def save(value: Any, path: PathLike, *args: Any, **kwargs: Any) -> Any:
    """Saves a value to a file, through the current save handler.

    The default handler writes the whole file or nothing: it never leaves half a file, and keeps the old one if
    it fails.

    Args:
        value: A program, or data of JSON's types.
        path: A file; missing folders are made.
        *args, **kwargs: For the handler; see `default_save_handler`.

    Returns:
        What the handler returns: None by default.

    Raises:
        SerializationError: Something in `value` cannot be written; the file is as it was.
        OSError: The file cannot be written; it is as it was.

    Example:
        >>> import os, tempfile
        >>> import polygraft as pg
        >>> path = os.path.join(tempfile.mkdtemp(), "program.json")
        >>> pg.save(pg.Dict(x=1), path)
        >>> pg.load(path)
        {x=1}
    """
    return _save_handler(value, path, *args, **kwargs)


def load(path: PathLike, *args: Any, **kwargs: Any) -> Any:
    """Loads a value from a file, through the current load handler.

    By default nothing in the file is believed: it may name classes that this process has made symbolic,
    nothing is imported or executed, and wrapped classes come back deferred.

    Args:
        path: A file.
        *args, **kwargs: For the handler; see `default_load_handler`. `trusted=['my_pkg']` lets the file name functions
            and classes of a package.

    Raises:
        FileNotFoundError: There is no such file.
        DeserializationError: The file does not hold a value; the message names the file and the path.

    Example: see `save`.
    """
    value = _load_handler(path, *args, **kwargs)
    if TRACKING.scopes and is_tracking_origin():
        note(value, str(path), "load")
    return value


def default_save_handler(
    value: Any,
    path: PathLike,
    *,
    indent: int | None = None,
    file_format: str = "json",
    **kwargs: Any,
) -> None:
    """Writes JSON text, or for `file_format='txt'` the printed form, atomically.

    Args:
        value: What to save; for 'txt', a string is written as it is.
        path: A file.
        indent: Spaces per level of JSON; None writes one line.
        file_format: `'json'` or `'txt'`.
        **kwargs: For `to_json_str`.
    """
    if file_format == "json":
        text = to_json_str(value, json_indent=indent, **kwargs)
    elif file_format == "txt":
        text = (
            value
            if isinstance(value, str)
            else format_value(value, compact=False, verbose=True, **kwargs)
        )
    else:
        raise ValueError(f"Unsupported `file_format`: {file_format!r}.")
    write_text_atomic(path, text)


def default_load_handler(path: PathLike, file_format: str = "json", **kwargs: Any) -> Any:
    """Reads JSON text, or for `file_format='txt'` returns the text.

    Args:
        path: A file.
        file_format: `'json'` or `'txt'`.
        **kwargs: For `from_json_str`; `allow_partial` is True unless given.
    """
    if file_format not in ("json", "txt"):
        raise ValueError(f"Unsupported `file_format`: {file_format!r}.")
    name = os.fspath(path)
    try:
        text = read_text(path)
    except UnicodeDecodeError as e:
        raise MalformedFileError(
            f"{name!r} is not a text file: byte {e.start} is not UTF-8. (file={name})"
        ) from None
    if file_format == "txt":
        return text
    try:
        return from_json_str(text, **{"allow_partial": True, **kwargs})
    except DeserializationError as e:
        raise type(e)(f"{e.args[0]} (file={name})", path=e.path, value=e.value) from e.__cause__
    except Exception as e:
        e.add_note(f"While loading the file {name!r}.")
        raise


_save_handler: Handler = default_save_handler
_load_handler: Handler = default_load_handler


def set_save_handler(handler: Handler | None) -> Handler:
    """Replaces what `save` does; None restores the default. Returns the handler that was in force before."""
    global _save_handler
    if handler is not None and not callable(handler):
        raise ValueError(f"`save_handler` must be callable. Encountered: {handler!r}.")
    old, _save_handler = _save_handler, handler or default_save_handler
    return old


def set_load_handler(handler: Handler | None) -> Handler:
    """Replaces what `load` does; None restores the default. Returns the handler that was in force before."""
    global _load_handler
    if handler is not None and not callable(handler):
        raise ValueError(f"`load_handler` must be callable. Encountered: {handler!r}.")
    old, _load_handler = _load_handler, handler or default_load_handler
    return old


def get_save_handler() -> Handler:
    """What `save` does."""
    return _save_handler


def get_load_handler() -> Handler:
    """What `load` does."""
    return _load_handler
