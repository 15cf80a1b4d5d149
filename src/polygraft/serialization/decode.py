"""JSON to values: `from_json` and `from_json_str`.

A tree is read in one pass that keeps no paths; if that fails, it is read again with the path at hand, so that
the error names the place. Nothing is constructed at run time: wrapped classes come back deferred. Which names
may lead to code is decided by `trust.py` for the whole document, shared objects included. The input is never changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

from polygraft.errors import DeserializationError, MalformedFileError
from polygraft.paths import KeyPath
from polygraft.serialization import names
from polygraft.serialization.failures import check_options, inside, too_deep
from polygraft.serialization.names import (
    CONTEXT_KEY,
    REF_KEY,
    ROOT_VALUE_KEY,
    SHARED_KEY,
    TYPE_NAME_KEY,
)
from polygraft.serialization.reader import SCALARS, Reader, decode
from polygraft.serialization.readers import fields_reader
from polygraft.serialization.trust import NOBODY, Trust, Trusted
from polygraft.symbolic.collector import resting
from polygraft.symbolic.flags import DEFAULT, FLAGS, Flags, scope
from polygraft.symbolic.node import OPS

_DEFERRING = Flags(defer=True)
_DEFERRING_PARTIAL = Flags(defer=True, partial=True)
_PARAMETERS = (
    "trusted",
    "allow_partial",
    "root_path",
    "value_spec",
    "auto_symbolic",
    "convert_unknown",
    "context",
)
#: With sharing, a small file can stand for a huge program; more nodes than this are not made from one file.
_MAX_EXPANDED = 10_000_000


def from_json(
    json_value: Any,
    *,
    trusted: Trusted = False,
    allow_partial: bool = False,
    root_path: Any = None,
    value_spec: Any = None,
    auto_symbolic: bool = True,
    convert_unknown: bool = False,
    context: Reader | None = None,
    **kwargs: Any,
) -> Any:
    """Returns the value that JSON data stands for.

    The data is not changed. Nothing runs: wrapped classes come back deferred, and names lead only to
    registered classes.

    Args:
        json_value: What `to_json` returned, or the like.
        trusted: False; or names of packages whose functions and classes the data may name; or True for any importable
            symbol and for pickles: only for files of your own.
        allow_partial: Whether required fields may be missing.
        root_path: The path of the result.
        value_spec: What the result must satisfy.
        auto_symbolic: Whether lists and dicts become `pg.List` and `pg.Dict`.
        convert_unknown: Whether types and functions that are not known, or not trusted, become placeholders, which keep
            their data and are saved as it (see `pg.symbolic.UnknownTypedObject`).
        context: For classes with a `from_json` of their own: what it was called with, to be passed on.
        **kwargs: Passed on to classes with a `from_json` of their own.

    Raises:
        DeserializationError: The data does not stand for a value; the path is in the message. Subclasses:
        `UnknownTypeError`
            (a name that is not registered, or not trusted), `FieldMismatchError` (missing and extra fields),
            `MalformedFileError`, `NestingError`.
        TypeError, ValueError: A value is not acceptable for its field.

    Example:
        >>> import polygraft as pg
        >>> pg.from_json({"layers": ["__tuple__", 1, [2]]})
        {layers=(1, [0: 2])}

    See Also:
        `to_json`, `from_json_str`, `load`.
    """
    if context is not None:
        return _read_nested(json_value, context)
    return _read(
        json_value,
        False,
        trusted,
        allow_partial,
        root_path,
        value_spec,
        auto_symbolic,
        convert_unknown,
        kwargs,
    )


def from_json_str(
    json_str: str | bytes,
    *,
    trusted: Trusted = False,
    allow_partial: bool = False,
    root_path: Any = None,
    value_spec: Any = None,
    auto_symbolic: bool = True,
    convert_unknown: bool = False,
    **kwargs: Any,
) -> Any:
    """Returns the value that JSON text stands for.

    Args:
        json_str: Text from `to_json_str`.
        trusted, allow_partial, root_path, value_spec, auto_symbolic, convert_unknown, **kwargs: See `from_json`.

    Raises:
        MalformedFileError: The text is not JSON: truncated, or something else.
        DeserializationError, TypeError, ValueError: See `from_json`.

    Example:
        >>> import polygraft as pg
        >>> pg.from_json_str('{"n_:3": 4}')
        {[3]=4}
    """
    return resting(
        _read_text,
        json_str,
        trusted,
        allow_partial,
        root_path,
        value_spec,
        auto_symbolic,
        convert_unknown,
        kwargs,
    )


def _read_text(text: str | bytes, *settings: Any) -> Any:
    return _read(parse(text), True, *settings)


def parse(text: str | bytes) -> Any:
    """JSON text as plain data; what is wrong with the text is told by one kind of error."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as e:
        raise MalformedFileError(_malformed(e)) from None
    except RecursionError:
        raise too_deep("read the JSON text", None) from None
    except UnicodeDecodeError as e:
        raise MalformedFileError(
            f"The text is not JSON: it is not valid {e.encoding} at byte {e.start}."
        ) from None
    except ValueError as e:
        raise MalformedFileError(
            f"The JSON text holds a number that cannot be read: {e}."
        ) from None


def _malformed(e: json.JSONDecodeError) -> str:
    text = e.doc.rstrip()
    if not text:
        return "The text is not JSON: it is empty."
    where = f"line {e.lineno}, column {e.colno}"
    if e.pos >= len(text) or "Unterminated string" in e.msg:
        return f"The JSON text is truncated: it ends before it is complete ({e.msg} at {where})."
    return f"The text is not JSON: {e.msg} at {where}, near {e.doc[max(0, e.pos - 10) : e.pos + 20]!r}."


# -- the call --------------------------------------------------------------------------------------
def _read(
    data: Any,
    text: bool,
    trusted: Trusted,
    partial: bool,
    root_path: Any,
    value_spec: Any,
    symbolic: bool,
    convert_unknown: bool,
    options: dict[str, Any],
    read: Callable[[Any, Reader], Any] = decode,
) -> Any:
    if options:
        check_options("from_json", options, _PARAMETERS)
        options.pop("auto_import", None)  # whatever it says, trust decides
    r = Reader(
        NOBODY if trusted is False else Trust.of(trusted),
        symbolic,
        text,
        partial,
        root_path,
        options,
        convert_unknown,
    )
    current = FLAGS.get()
    if current is DEFAULT:
        token = FLAGS.set(_DEFERRING_PARTIAL if partial else _DEFERRING)
        try:
            value = resting(_read_root, data, r, read)
        finally:
            FLAGS.reset(token)
    else:
        with scope(defer=True, auto_call=False, partial=True if partial else current.partial):
            value = resting(_read_root, data, r, read)
    if root_path is not None and OPS[type(value)].symbolic:
        link = OPS[type(value)].own_link(value)
        link.aside = {**(link.aside or {}), "root_path": cast("KeyPath", r.root_path)}
    if value_spec is not None:
        value = value_spec.apply(value, allow_partial=partial, root_path=r.root_path or KeyPath())
    return value


def _read_root(data: Any, r: Reader, read: Callable[[Any, Reader], Any]) -> Any:
    if type(data) in SCALARS:
        return data
    shared: Any = None
    root = data
    if isinstance(data, dict) and CONTEXT_KEY in root:
        shared, root = _split(cast("dict[str, Any]", root))
    try:
        if shared is not None:
            _read_shared(shared, root, r)
        return read(root, r)
    except RecursionError:
        raise too_deep("read the data", data, r.root_path) from None
    except Exception:
        pass
    r.path = []
    r.shared = []
    try:
        if shared is not None:
            _read_shared(shared, root, r)
            r.path = []
        return read(root, r)
    except RecursionError:
        raise too_deep("read the data", data, r.root_path) from None
    except DeserializationError as e:
        if e.path is None:
            path = r.here()
            raise type(e)(f"{e.args[0]} (path={path})", path=path, value=e.value) from e.__cause__
        raise
    except Exception as e:
        if getattr(e, "path", None) is None and "(path=" not in str(e):
            e.add_note(f"While reading JSON. (path={r.here()})")
        raise


def _read_nested(data: Any, r: Reader) -> Any:
    """`from_json` called from within a class's own `from_json`."""
    return data if type(data) in SCALARS else decode(data, r)


def _split(data: dict[str, Any]) -> tuple[list[Any], Any]:
    context = data[CONTEXT_KEY]
    shared = (
        cast("dict[str, Any]", context).get(SHARED_KEY, []) if isinstance(context, dict) else None
    )
    if not isinstance(shared, list) or ROOT_VALUE_KEY not in data:
        raise MalformedFileError(
            f"Data with {CONTEXT_KEY!r} should be "
            f"{{'{CONTEXT_KEY}': {{'{SHARED_KEY}': [...]}}, '{ROOT_VALUE_KEY}': ...}}. "
            f"Encountered the keys {list(data)!r}. (path=)",
            path=KeyPath(),
        )
    return cast("list[Any]", shared), data[ROOT_VALUE_KEY]


def _read_shared(shared: list[Any], root: Any, r: Reader) -> None:
    _check_expansion(shared, root, r)
    for i, entry in enumerate(shared):
        if r.path is not None:
            r.path = [CONTEXT_KEY, SHARED_KEY, i]
        r.shared.append(entry if type(entry) in SCALARS else decode(entry, r))


def _check_expansion(shared: list[Any], root: Any, r: Reader) -> None:
    """Refuses data whose references, followed, would make a program of absurd size."""
    sizes: list[int] = []
    for entry in [*shared, root]:
        size, stack = 0, list[Any]([entry])
        while stack:
            for k, v in inside(stack.pop()):
                size += 1
                if isinstance(v, (dict, list)):
                    stack.append(v)
                elif k == REF_KEY and type(v) is int and 0 <= v < len(sizes):
                    size += sizes[v]
        sizes.append(size)
        if size > _MAX_EXPANDED:
            raise MalformedFileError(
                f"The data refers to shared objects so often that it stands for more than {_MAX_EXPANDED:,} nodes.",
                path=KeyPath(),
            )


def read_by_fields(json_value: Any, *, context: Reader | None = None, **kwargs: Any) -> Any:
    """Reads an object by its fields even if its class has a `from_json` of its own: what that one's `super()` does.

    Other data is read as usual.
    """
    cls = _class_named_by(json_value)
    read = decode if cls is None else fields_reader(cls)
    if context is not None:
        return read(json_value, context)
    return _read(
        json_value,
        False,
        kwargs.pop("trusted", False),
        kwargs.pop("allow_partial", False),
        kwargs.pop("root_path", None),
        kwargs.pop("value_spec", None),
        kwargs.pop("auto_symbolic", True),
        kwargs.pop("convert_unknown", False),
        kwargs,
        read,
    )


def _class_named_by(data: Any) -> type | None:
    named = isinstance(data, dict) and TYPE_NAME_KEY in data
    return names.class_of(cast("Any", data)[TYPE_NAME_KEY]) if named else None
