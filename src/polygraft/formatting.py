"""Text forms of values: `format`, `print`, and the `Formattable` contract of objects that print themselves.

`format` reaches an object's own text through its type (`type(x).__pg_format__`), never through the instance, so that
a user's field or method called `format` is left alone. The scopes `str_format` and `repr_format` share one context
variable.
"""

from __future__ import annotations

import contextlib
import contextvars
import enum
import re
import sys
import typing
from collections.abc import Callable, Container, Iterable, Sequence
from typing import Any, TextIO

_INDENT = "  "
# Containers that print as plain ones do: subclasses with a `__repr__` of their own are left to it.
_LIST_REPR, _TUPLE_REPR, _DICT_REPR = (
    t.__repr__ for t in typing.cast("list[Any]", [list, tuple, dict])
)
_OBJECT_ID = re.compile(r"object at 0x[0-9a-fA-F]+")

# (keyword arguments for str, keyword arguments for repr), as set by the scopes around the current code.
_SCOPES: contextvars.ContextVar[tuple[dict[str, Any], dict[str, Any]]] = contextvars.ContextVar(
    "polygraft_formatting", default=({}, {})
)


class Formattable:
    """An object that prints itself under the control of `format`'s arguments.

    Subclasses implement `format`. A class whose users may have a member called `format` overrides `__pg_format__`
    instead, which wins.

    Example:
        >>> class Point(Formattable):
        ...     def format(self, compact=False, verbose=True, root_indent=0, **kwargs):
        ...         return kvlist_str(
        ...             [("x", 1, None)], compact, verbose, root_indent, label="Point", **kwargs
        ...         )
        >>> repr(Point())
        'Point(x=1)'
    """

    __slots__ = ()
    __str_format_kwargs__: dict[str, Any] = {"compact": False, "verbose": True}
    __repr_format_kwargs__: dict[str, Any] = {"compact": True}

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns the text of this object.

        Args:
            compact: One line, as short as it can be.
            verbose: With details that are left out otherwise.
            root_indent: Level (of two blanks) that the lines after the first stand on.
            **kwargs: The further arguments of `polygraft.format`; implementations must accept and pass on unknown ones.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must implement `format` or `__pg_format__`."
        )

    def __pg_format__(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        return type(self).format(
            self, compact=compact, verbose=verbose, root_indent=root_indent, **kwargs
        )

    def __str__(self) -> str:
        return format(self, **{**type(self).__str_format_kwargs__, **_SCOPES.get()[0]})

    def __repr__(self) -> str:
        return format(self, **{**type(self).__repr_format_kwargs__, **_SCOPES.get()[1]})


def format(
    value: Any,
    compact: bool = False,
    verbose: bool = True,
    root_indent: int = 0,
    list_wrap_threshold: int = 80,
    strip_object_id: bool = False,
    include_keys: Container[Any] | None = None,
    exclude_keys: Container[Any] | None = None,
    markdown: bool = False,
    max_str_len: int | None = None,
    max_bytes_len: int | None = None,
    *,
    custom_format: Callable[[Any, int], str | None] | None = None,
    memo: set[int] | None = None,
    **kwargs: Any,
) -> str:
    """Returns the text of any value.

    Args:
        value: What to print.
        compact: One line, objects by `repr`; else multi-line, objects by `str`.
        verbose: Passed on to `Formattable`s.
        root_indent: Level (of two blanks) that the lines after the first stand on.
        list_wrap_threshold: Longest text, in characters, of a list or tuple on one line.
        strip_object_id: Print `ClassName(...)` for texts that contain an object's address.
        include_keys, exclude_keys: Keys to show or hide at the top level.
        markdown: Quote the whole as Markdown code.
        max_str_len, max_bytes_len: Longer strings are cut and marked with `...`.
        custom_format: Called as `(value, root_indent)` for the value and each child; a text it returns is used as is.
        memo: Ids of the objects being printed further up.
        **kwargs: Passed on to `Formattable`s.

    Example:
        >>> format({"a": [1, "x"]}, compact=True)
        "{'a': [1, 'x']}"
    """
    text = None if custom_format is None else custom_format(value, root_indent)
    if text is None:
        t: Any = typing.cast(Any, type(value))
        if t is str:
            text = repr(
                value
                if max_str_len is None or len(value) <= max_str_len
                else value[:max_str_len] + "..."
            )
        elif t is int or t is float or t is bool or value is None:
            text = repr(value)
        elif t is bytes:
            cut = max_bytes_len is not None and len(value) > max_bytes_len
            text = repr(value[:max_bytes_len] + b"..." if cut else value)
        else:
            if memo is None:
                memo = set()
            elif id(value) in memo:
                return f"<recursive {t.__name__} at 0x{id(value):x}>"
            memo.add(id(value))
            try:
                text = _format_object(
                    value,
                    include_keys,
                    exclude_keys,
                    dict(
                        kwargs,
                        compact=compact,
                        verbose=verbose,
                        root_indent=root_indent,
                        list_wrap_threshold=list_wrap_threshold,
                        strip_object_id=strip_object_id,
                        max_str_len=max_str_len,
                        max_bytes_len=max_bytes_len,
                        custom_format=custom_format,
                        memo=memo,
                    ),
                )
            finally:
                memo.discard(id(value))
    return maybe_markdown_quote(text, markdown)


def _format_object(
    value: Any,
    include_keys: Container[Any] | None,
    exclude_keys: Container[Any] | None,
    options: dict[str, Any],
) -> str:
    """The text of a value that is not one of the common leaf types."""
    if isinstance(value, Formattable):
        return type(value).__pg_format__(
            value, include_keys=include_keys, exclude_keys=exclude_keys, **options
        )
    printed_as: Any = type(value).__repr__
    if printed_as is _LIST_REPR or printed_as is _TUPLE_REPR:
        return _format_sequence(value, "[]" if isinstance(value, list) else "()", options)
    if printed_as is _DICT_REPR:
        return _format_dict(value, include_keys, exclude_keys, options)
    if isinstance(
        value, str | bytes
    ):  # subclasses: their content, cut like that of the plain types
        limit = options["max_str_len" if isinstance(value, str) else "max_bytes_len"]
        if limit is not None and len(value) > limit:
            return repr(value[:limit] + ("..." if isinstance(value, str) else b"..."))  # type: ignore[operator]
        return repr(value)
    text = repr(value) if options["compact"] else str(value)
    if options["strip_object_id"] and _OBJECT_ID.search(text):
        return f"{type(value).__name__}(...)"
    return text


def _format_sequence(value: Sequence[Any], brackets: str, options: dict[str, Any]) -> str:
    root_indent = options["root_indent"]
    inner = {**options, "root_indent": root_indent + 1}
    items = [format(v, **inner) for v in value]
    line = (
        brackets[0]
        + ", ".join(items)
        + ("," if brackets == "()" and len(items) == 1 else "")
        + brackets[1]
    )
    if options["compact"] or len(line) <= options["list_wrap_threshold"]:
        return line
    return _wrapped(items, brackets[0], brackets[1], root_indent)


def _format_dict(
    value: dict[Any, Any],
    include_keys: Container[Any] | None,
    exclude_keys: Container[Any] | None,
    options: dict[str, Any],
) -> str:
    inner = {**options, "root_indent": options["root_indent"] + 1}
    items = [
        f"{k!r}: {format(v, **inner)}"
        for k, v in value.items()
        if (include_keys is None or k in include_keys)
        and (exclude_keys is None or k not in exclude_keys)
    ]
    if options["compact"] or not items:
        return "{" + ", ".join(items) + "}"
    return _wrapped(items, "{", "}", options["root_indent"])


def _wrapped(items: list[str], opening: str, closing: str, root_indent: int) -> str:
    """One item per line between two brackets."""
    inner = _INDENT * (root_indent + 1)
    return f"{opening}\n{inner}" + f",\n{inner}".join(items) + f"\n{_INDENT * root_indent}{closing}"


def print(*values: Any, file: TextIO | None = None, **kwargs: Any) -> None:
    """Prints values by `format`, separated by blanks.

    Args:
        *values: What to print. Strings are quoted.
        file: Where to; standard output if None.
        **kwargs: Arguments of `format`.
    """
    out = sys.stdout if file is None else file
    out.write(" ".join(format(v, **kwargs) for v in values) + "\n")


class _Scope(contextlib.AbstractContextManager[dict[str, Any]]):
    """A scope that adds arguments for `str` (0) or `repr` (1) to those in force."""

    __slots__ = ("_kwargs", "_token", "_which")
    _token: contextvars.Token[tuple[dict[str, Any], dict[str, Any]]]

    def __init__(self, which: int, kwargs: dict[str, Any]):
        self._which = which
        self._kwargs = kwargs

    def __enter__(self) -> dict[str, Any]:
        for_str, for_repr = _SCOPES.get()
        merged = {**(for_repr if self._which else for_str), **self._kwargs}
        self._token = _SCOPES.set((for_str, merged) if self._which else (merged, for_repr))
        return merged

    def __exit__(self, *exc_info: object) -> None:
        _SCOPES.reset(self._token)


def str_format(**kwargs: Any) -> contextlib.AbstractContextManager[dict[str, Any]]:
    """Scope in which `str` of `Formattable`s uses these arguments of `format`.

    Yields all arguments that are in force.

    Example:
        >>> with str_format(compact=True) as in_force:
        ...     in_force
        {'compact': True}
    """
    return _Scope(0, kwargs)


def repr_format(**kwargs: Any) -> contextlib.AbstractContextManager[dict[str, Any]]:
    """Scope in which `repr` of `Formattable`s uses these arguments of `format`; see `str_format`."""
    return _Scope(1, kwargs)


class BracketType(enum.IntEnum):
    """Brackets around a list of key-value pairs."""

    ROUND = 0
    SQUARE = 1
    CURLY = 2


def bracket_chars(bracket_type: BracketType) -> tuple[str, str]:
    """Returns the opening and the closing bracket."""
    return (("(", ")"), ("[", "]"), ("{", "}"))[bracket_type]


def kvlist_str(
    kvlist: Iterable[tuple[str, Any, Any]],
    compact: bool = True,
    verbose: bool = False,
    root_indent: int = 0,
    *,
    label: str | None = None,
    bracket_type: BracketType = BracketType.ROUND,
    custom_format: Callable[[Any, int], str | None] | None = None,
    memo: set[int] | None = None,
    include_keys: Container[Any] | None = None,
    exclude_keys: Container[Any] | None = None,
    **kwargs: Any,
) -> str:
    """Returns `label(key=value, ...)`.

    Args:
        kvlist: (key, value, default) entries. One whose value equals the default, or any in a tuple of defaults, is
            left out; an empty key shows the value only.
        compact, verbose, root_indent, custom_format, memo: As for `format`.
        label: What stands before the brackets; None leaves out the brackets too.
        bracket_type: Which brackets.
        include_keys, exclude_keys: Keys to show or hide.
        **kwargs: Further arguments of `format` for the values.

    Example:
        >>> kvlist_str([("a", 1, None), ("", 3, None), ("b", 2, 2)], label="L")
        'L(a=1, 3)'
    """
    indent = root_indent if label is None else root_indent + 1
    items: list[str] = []
    for key, value, default in kvlist:
        if key and (
            (include_keys is not None and key not in include_keys)
            or (exclude_keys and key in exclude_keys)
        ):
            continue
        if _same(value, default) or (
            type(default) is tuple
            and any(_same(value, d) for d in typing.cast("tuple[Any, ...]", default))
        ):
            continue
        text = format(
            value, compact, verbose, indent, custom_format=custom_format, memo=memo, **kwargs
        )
        items.append(f"{key}={text}" if key else text)
    if label is None:
        return ", ".join(items) if compact else f",\n{_INDENT * indent}".join(items)
    opening, closing = bracket_chars(bracket_type)
    if compact or not items:
        return f"{label}{opening}{', '.join(items)}{closing}"
    return label + _wrapped(items, opening, closing, root_indent)


def _same(x: Any, y: Any) -> bool:
    """Equality that arrays and odd `__eq__` methods cannot break."""
    if x is y:
        return True
    try:
        return bool(x == y)
    except Exception:
        return False


class RawText(Formattable):
    """A text that prints as it is, without quotes, and equals its text."""

    __slots__ = ("text",)

    def __init__(self, text: str):
        self.text = text

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns the text."""
        return self.text

    def __eq__(self, other: object) -> bool:
        return self.text == (other.text if isinstance(other, RawText) else other)

    def __hash__(self) -> int:
        return hash(self.text)


def quote_if_str(value: Any) -> Any:
    """Returns `repr(value)` for a string, and other values as they are."""
    return repr(value) if isinstance(value, str) else value


def comma_delimited_str(values: Iterable[Any]) -> str:
    """Returns the values with `, ` between them, strings quoted."""
    return ", ".join(str(quote_if_str(v)) for v in values)


def auto_plural(n: int, singular: str, plural: str | None = None) -> str:
    """Returns `singular` for one, else `plural` (by default `singular` with an `s`)."""
    if n == 1:
        return singular
    return f"{singular}s" if plural is None else plural


_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def camel_to_snake(text: str, separator: str = "_") -> str:
    """Returns a CamelCase name in lower case with a separator between its words.

    Example:
        >>> camel_to_snake("HTTPServerName")
        'http_server_name'
    """
    return _WORD_START.sub(separator, text).lower()


def maybe_markdown_quote(text: str, markdown: bool = True) -> str:
    """Returns the text as Markdown code (a fenced block if it has several lines) if `markdown` is set."""
    if not markdown:
        return text
    return f"```\n{text}\n```" if "\n" in text else f"`{text}`"


def str_ext(
    value: Any, custom_format: Callable[[Any, int], str | None] | None = None, root_indent: int = 0
) -> str:
    """Returns `str(value)`, with `custom_format` offered the value first."""
    return _ext(value, 0, custom_format, root_indent)


def repr_ext(
    value: Any, custom_format: Callable[[Any, int], str | None] | None = None, root_indent: int = 0
) -> str:
    """Returns `repr(value)`, with `custom_format` offered the value first."""
    return _ext(value, 1, custom_format, root_indent)


def _ext(
    value: Any, which: int, custom_format: Callable[[Any, int], str | None] | None, root_indent: int
) -> str:
    if not isinstance(value, Formattable):
        text = None if custom_format is None else custom_format(value, root_indent)
        return text if text is not None else repr(value) if which else str(value)
    own = type(value).__repr_format_kwargs__ if which else type(value).__str_format_kwargs__
    return format(
        value,
        custom_format=custom_format,
        root_indent=root_indent,
        **{**own, **_SCOPES.get()[which]},
    )
