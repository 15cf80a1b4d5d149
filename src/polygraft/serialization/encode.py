"""Values to JSON: `to_json` and `to_json_str`.

A value is written by the fast path first (see `writer.py`). When an object occurs twice, an option asks for
more, or something fails, it is written again by the careful path, which counts, filters and knows its path.

The layout is PyGlove's: objects are `{"_type": name, field: ...}`, tuples `["__tuple__", ...]`; objects that occur
more than once stand in `{"__context__": {"shared_objects": [...]}, "__root__": ...}`, referred to by
`{"__ref__": index}`. What that layout cannot tell apart has a form of its own,
`{"_type": "tuple" | "list" | "dict", "items": [...]}`: an empty tuple, a list that begins with a marker, and a dict
(as a list of pairs) with a key that means something else or is neither string nor integer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeAlias, cast

from polygraft.errors import CycleError
from polygraft.paths import KeyPath
from polygraft.serialization.failures import SerializationError, check_options, inside, too_deep
from polygraft.serialization.names import CONTEXT_KEY, ROOT_VALUE_KEY, SHARED_KEY
from polygraft.serialization.writer import SCALARS, Encode, Twice, Writer
from polygraft.serialization.writers import encoder_for
from polygraft.symbolic.collector import resting
from polygraft.symbolic.node import OPS

_PARAMETERS = (
    "context", "hide_frozen", "hide_default_values", "exclude_keys", "omit_symbolic_marker", "use_inferred",
    "json_indent",
)  # fmt: skip
_Settings: TypeAlias = "tuple[bool, bool, tuple[Any, ...], bool, bool]"


def to_json(
    value: Any,
    *,
    context: Writer | None = None,
    hide_frozen: bool = True,
    hide_default_values: bool = False,
    exclude_keys: Iterable[Any] | None = None,
    omit_symbolic_marker: bool = True,
    use_inferred: bool = False,
    **kwargs: Any,
) -> Any:
    """Returns JSON-compatible data for `value`: dicts, lists, strings, numbers, booleans and None.

    Arguments that were not given, missing values and frozen fields are left out. Wrapped objects and plain
    containers that occur more than once are written once.

    Args:
        value: A program, or any data made of JSON's types, tuples, classes and functions.
        context: For classes with a `to_json` of their own: what it was called with, to be passed on.
        hide_frozen: Whether frozen fields are left out.
        hide_default_values: Whether fields that equal their default are left out, at any depth.
        exclude_keys: Keys of `value` itself that are left out.
        omit_symbolic_marker: False to tell `pg.Dict` and `pg.List` apart from plain containers.
        use_inferred: Whether references and inferred values are written as what they stand for, where that can be told.
        **kwargs: Passed on to classes with a `to_json` of their own.

    Raises:
        SerializationError: Something cannot be written: a lambda, a local class, an object of an unknown class.
        NestingError: The value is nested deeper than the interpreter's stack.
        CycleError: A plain container holds itself.

    Example:
        >>> import polygraft as pg
        >>> pg.to_json({"layers": (1, [2])})
        {'layers': ['__tuple__', 1, [2]]}

    See Also:
        `from_json`, `to_json_str`, `save`.
    """
    if context is not None:
        return _write_nested(value, context, exclude_keys)
    settings = (
        hide_frozen,
        hide_default_values,
        tuple(exclude_keys or ()),
        not omit_symbolic_marker,
        use_inferred,
    )
    return _write(value, False, settings, kwargs)


def to_json_str(value: Any, *, json_indent: int | None = None, **kwargs: Any) -> str:
    """Returns JSON text for `value`.

    Args:
        value, **kwargs: See `to_json`.
        json_indent: Spaces per level; None writes one line.

    Raises:
        SerializationError, NestingError, CycleError: See `to_json`.

    Example:
        >>> import polygraft as pg
        >>> pg.to_json_str({"a": 1, 3: 4})
        '{"a": 1, "n_:3": 4}'
    """
    return resting(_write_text, value, json_indent, kwargs)


def _write_text(value: Any, json_indent: int | None, options: dict[str, Any]) -> str:
    settings = _NO_SETTINGS if not options else _settings(options)
    data = _write(value, True, settings, options)
    try:
        return json.dumps(data, indent=json_indent)
    except RecursionError:
        raise too_deep("write the value", data) from None
    except ValueError as e:
        raise SerializationError(f"Cannot write the value as JSON: {e}", value=value) from e


_NO_SETTINGS: _Settings = (True, False, (), False, False)


def _settings(kwargs: dict[str, Any]) -> _Settings:
    return (
        kwargs.pop("hide_frozen", True),
        kwargs.pop("hide_default_values", False),
        tuple(kwargs.pop("exclude_keys", None) or ()),
        not kwargs.pop("omit_symbolic_marker", True),
        kwargs.pop("use_inferred", False),
    )


def _write(value: Any, text: bool, settings: _Settings, options: dict[str, Any]) -> Any:
    if type(value) in SCALARS:
        return value
    w = Writer(text, *settings)
    if options:
        check_options("to_json", options, _PARAMETERS)
        w.options.update(options)
    try:
        return resting(encoder_for(value, w), value, w)
    except Twice:
        pass
    except RecursionError:
        if not isinstance(value, (dict, list, tuple)) or not _holds_itself(value):
            raise too_deep("write the value", _outline(value)) from None
    except Exception as e:
        if isinstance(e, CycleError):
            raise
    return _write_carefully(value, text, settings, options)


def _write_carefully(value: Any, text: bool, settings: _Settings, options: dict[str, Any]) -> Any:
    """Counts first, then writes what occurs more than once apart; errors get their path."""
    w = Writer(text, *settings)
    w.options.update(options)
    w.usual = False
    w.path = []
    w.counts = {}
    encode: Encode = encoder_for(value, w)
    try:
        encode(value, w)
        w.repeated = {i for i, (_, n) in w.counts.items() if n > 1}
        kept, w.counts = w.counts, None
        w.path = []
        root = encode(value, w)
        del kept
    except RecursionError:
        raise too_deep("write the value", _outline(value)) from None
    except SerializationError as e:
        if e.path is None:
            path = KeyPath.of(tuple(w.path))
            raise SerializationError(
                f"{e.args[0]} (path={path})", path=path, value=e.value
            ) from e.__cause__
        raise
    except Exception as e:
        e.add_note(f"While writing JSON. (path={KeyPath.of(tuple(w.path))})")
        raise
    if w.shared:
        return {CONTEXT_KEY: {SHARED_KEY: w.shared}, ROOT_VALUE_KEY: root}
    return root


def _write_nested(value: Any, w: Writer, exclude_keys: Iterable[Any] | None) -> Any:
    """`to_json` called from within a class's own `to_json`."""
    if type(value) in SCALARS:
        return value
    encode = encoder_for(value, w)
    if not exclude_keys:
        return encode(value, w)
    usual, w.usual, w.exclude = w.usual, False, frozenset(exclude_keys)
    try:
        return encode(value, w)
    finally:
        w.usual = usual


def _outline(value: Any) -> Any:
    """`value` as plain containers (for finding the way down), without recursion on the interpreter's stack."""
    if not OPS[type(value)].container:
        return None
    root: dict[Any, Any] = {}
    stack = [(value, root)]
    for _ in range(1_000_000):
        if not stack:
            break
        node, out = stack.pop()
        for k, v in OPS[type(node)].items(node):
            if OPS[type(v)].container:
                out[k] = {}
                stack.append((v, out[k]))
    return root


def _holds_itself(value: Any) -> bool:
    """True if a plain container stands below itself: the careful path says where."""
    entered: set[int] = set()
    stack: list[tuple[Any, bool]] = [(value, False)]
    while stack:
        v, done = stack.pop()
        if done:
            entered.discard(id(v))
        elif id(v) in entered:
            return True
        elif isinstance(v, (dict, list, tuple)):
            container = cast(Any, v)
            entered.add(id(container))
            stack.append((container, True))
            stack.extend((c, False) for _, c in inside(container))
    return False
