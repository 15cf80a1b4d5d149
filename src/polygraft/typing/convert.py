"""The registry of type conversions: what turns a value of one type into another where a spec expects that.

Converters registered later win, also over specs that were created earlier.
"""

from __future__ import annotations

import calendar
import datetime
import typing
from collections.abc import Callable
from typing import Any

from polygraft.paths import KeyPath
from polygraft.typing.inspection import is_protocol, is_subclass

Converter = Callable[[Any], Any]

# (source, destination types, converter), newest last.
_CONVERTERS: list[tuple[Any, tuple[Any, ...], Converter]] = []
_JSON_TYPES = (int, float, bool, type(None), list, tuple, dict, str)


def register_converter(src_type: Any, dest_type: Any, convert_fn: Converter) -> None:
    """Registers a conversion that value specs apply by themselves.

    Args:
        src_type: The type, or tuple of types, of the values to convert.
        dest_type: The type, or tuple of types, that is wanted.
        convert_fn: Returns the converted value.

    Example:
        >>> class Celsius:
        ...     def __init__(self, degrees):
        ...         self.degrees = degrees
        >>> register_converter(float, Celsius, Celsius)
        >>> get_converter(float, Celsius)(1.5).degrees
        1.5
    """
    sources = _types(src_type)
    dests = _types(dest_type)
    _CONVERTERS.extend((source, dests, convert_fn) for source in sources)


def _types(x: Any) -> tuple[Any, ...]:
    out: tuple[Any, ...] = typing.cast("tuple[Any, ...]", x) if isinstance(x, tuple) else (x,)
    if not all(isinstance(t, type) or typing.get_origin(t) is not None for t in out):
        raise TypeError("Argument 'src' and 'dest' must be a type or tuple of types.")
    return out


def get_converter(src: Any, dest: Any) -> Converter | None:
    """Returns the newest converter from `src` to `dest` (a type or a tuple of them, in turn), or None."""
    for d in typing.cast("tuple[Any, ...]", dest) if isinstance(dest, tuple) else (dest,):
        if d is None or is_protocol(typing.get_origin(d) or d):
            continue
        for source, dests, converter in reversed(_CONVERTERS):
            if is_subclass(src, source) and any(is_subclass(known, d) for known in dests):
                return converter
    return None


def get_json_value_converter(src: Any) -> Converter | None:
    """Returns the newest converter from `src` to a type that JSON knows, or None."""
    for source, dests, converter in reversed(_CONVERTERS):
        if is_subclass(src, source) and any(d in _JSON_TYPES for d in dests):
            return converter
    return None


def _to_datetime(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def _from_datetime(value: datetime.datetime) -> int:
    return calendar.timegm(value.timetuple())


def _path_text(value: KeyPath) -> str:
    return value.path


register_converter(int, float, float)
register_converter(int, datetime.datetime, _to_datetime)
register_converter(datetime.datetime, int, _from_datetime)
register_converter(str, KeyPath, KeyPath.parse)
register_converter(KeyPath, str, _path_text)
