"""Values to JSON.

Each exact type has one writer in `ENCODERS`, found once. The usual case writes a tree in one pass and tracks nothing but the
identity of the few objects that may occur twice (wrapped objects, plain containers). When one does, or an option asks for
more, or something fails, the value is written again by the careful path, which counts, filters and knows its path.

The layout: objects are `{"_type": name, field: ...}`, tuples `["__tuple__", ...]`; objects that occur more than once stand in
`{"__context__": {"shared_objects": [...]}, "__root__": ...}` and are referred to by `{"__ref__": index}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any, TypeAlias, cast

from polygraft.errors import CycleError
from polygraft.missing import MISSING_VALUE, MissingValue
from polygraft.paths import KeyPath
from polygraft.serialization import symbols
from polygraft.serialization.failures import SerializationError, too_deep
from polygraft.serialization.names import (
    CONTEXT_KEY,
    INT_KEY,
    REF_KEY,
    RESERVED_ITEMS,
    RESERVED_KEYS,
    ROOT_VALUE_KEY,
    SHARED_KEY,
    SYMBOLIC_MARKER,
    TUPLE_MARKER,
    TYPE_NAME_KEY,
)
from polygraft.symbolic import registry
from polygraft.symbolic.base import Symbolic
from polygraft.symbolic.compare import eq
from polygraft.symbolic.node import OPS, Kind, NodeOps
from polygraft.typing.convert import get_json_value_converter

#: Types that JSON has itself.
SCALARS: frozenset[type] = frozenset({int, float, str, bool, type(None)})

Encode: TypeAlias = "Callable[[Any, Writer], Any]"


class _Twice(Exception):  # noqa: N818  (control flow, never seen outside)
    """An object has occurred a second time."""


class Writer:
    """The state of one call of `to_json`.

    Attributes:
        text: Whether keys must be strings, because the result becomes text.
        usual: True as long as the fast path is good enough.
        markers: Whether `pg.Dict` and `pg.List` are told apart from plain containers.
        path: Keys from the root to the value being written, or None if nobody keeps track.
        shared: Written forms of the objects that occur more than once.
    """

    __slots__ = (
        "counts", "exclude", "hide_defaults", "hide_frozen", "index", "markers", "options", "path", "repeated", "seen", "shared",
        "text", "usual",
    )  # fmt: skip

    def __init__(self, text: bool, hide_frozen: bool, hide_defaults: bool, exclude: Any, markers: bool):
        self.text = text
        self.hide_frozen = hide_frozen
        self.hide_defaults = hide_defaults
        self.exclude: frozenset[Any] = frozenset(exclude or ())
        self.markers = markers
        self.usual = hide_frozen and not hide_defaults and not exclude and not markers
        self.seen: dict[int, Any] = {}
        self.counts: dict[int, list[Any]] | None = None
        self.repeated: set[int] | None = None
        self.index: dict[int, int] = {}
        self.shared: list[Any] = []
        self.path: list[Any] | None = None
        self.options: dict[str, Any] = {
            "hide_frozen": hide_frozen,
            "hide_default_values": hide_defaults,
            "omit_symbolic_marker": not markers,
        }


_INSIDE: ContextVar[Any] = ContextVar("polygraft_jsonifying", default=None)


def to_json(
    value: Any,
    *,
    context: Writer | None = None,
    hide_frozen: bool = True,
    hide_default_values: bool = False,
    exclude_keys: Iterable[Any] | None = None,
    omit_symbolic_marker: bool = True,
    **kwargs: Any,
) -> Any:
    """Returns JSON-compatible data for `value`: dicts, lists, strings, numbers, booleans and None.

    Arguments that were not given, missing values and frozen fields are left out. Wrapped objects and plain containers that
    occur more than once are written once.

    Args:
        value: A program, or any data made of JSON's types, tuples, classes and functions.
        context: For classes with a `to_json` of their own: what it was called with, to be passed on.
        hide_frozen: Whether frozen fields are left out.
        hide_default_values: Whether fields that equal their default are left out, at any depth.
        exclude_keys: Keys of `value` itself that are left out.
        omit_symbolic_marker: False to tell `pg.Dict` and `pg.List` apart from plain containers.
        **kwargs: Passed on to classes with a `to_json` of their own.

    Raises:
        SerializationError: Something cannot be written: a lambda, a local class, an object of an unknown class.
        NestingError: The value is nested deeper than the interpreter's stack.
        CycleError: A plain container holds itself.

    Example:
        >>> import polygraft as pg
        >>> pg.to_json({'layers': (1, [2])})
        {'layers': ['__tuple__', 1, [2]]}

    See Also:
        `from_json`, `to_json_str`, `save`.
    """
    if context is not None:
        return _write_nested(value, context)
    settings = (hide_frozen, hide_default_values, tuple(exclude_keys or ()), not omit_symbolic_marker)
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
        >>> pg.to_json_str({'a': 1, 3: 4})
        '{"a": 1, "n_:3": 4}'
    """
    settings = _NO_SETTINGS if not kwargs else _settings(kwargs)
    data = _write(value, True, settings, kwargs)
    try:
        return json.dumps(data, indent=json_indent)
    except RecursionError:
        raise too_deep("write the value", data) from None
    except ValueError as e:
        raise SerializationError(f"Cannot write the value as JSON: {e}", value=value) from e


_NO_SETTINGS: tuple[bool, bool, tuple[Any, ...], bool] = (True, False, (), False)


def _settings(kwargs: dict[str, Any]) -> tuple[bool, bool, tuple[Any, ...], bool]:
    return (
        kwargs.pop("hide_frozen", True),
        kwargs.pop("hide_default_values", False),
        tuple(kwargs.pop("exclude_keys", None) or ()),
        not kwargs.pop("omit_symbolic_marker", True),
    )


def _write(value: Any, text: bool, settings: tuple[bool, bool, tuple[Any, ...], bool], options: dict[str, Any]) -> Any:
    if type(value) in SCALARS:
        return value
    w = Writer(text, *settings)
    w.options.update(options)
    try:
        if _INSIDE.get() is value:
            return _default_encoder(type(value))(value, w)
        return ENCODERS[type(value)](value, w)
    except _Twice:
        pass
    except RecursionError:
        if not isinstance(value, (dict, list, tuple)) or not _holds_itself(value):
            raise too_deep("write the value", _outline(value)) from None
    except Exception as e:
        if isinstance(e, CycleError):
            raise
    return _write_carefully(value, text, settings, options)


def _write_carefully(
    value: Any, text: bool, settings: tuple[bool, bool, tuple[Any, ...], bool], options: dict[str, Any]
) -> Any:
    """Counts first, then writes what occurs more than once apart; errors get their path."""
    w = Writer(text, *settings)
    w.options.update(options)
    w.usual = False
    w.path = []
    w.counts = {}
    encode = _default_encoder(type(value)) if _INSIDE.get() is value else ENCODERS[type(value)]
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
            raise SerializationError(f"{e.args[0]} (path={path})", path=path, value=e.value) from e.__cause__
        raise
    except Exception as e:
        e.add_note(f"While writing JSON. (path={KeyPath.of(tuple(w.path))})")
        raise
    if w.shared:
        return {CONTEXT_KEY: {SHARED_KEY: w.shared}, ROOT_VALUE_KEY: root}
    return root


def _write_nested(value: Any, w: Writer) -> Any:
    """`to_json` called from within a class's own `to_json`."""
    if type(value) in SCALARS:
        return value
    if _INSIDE.get() is value:
        return _default_encoder(type(value))(value, w)
    return ENCODERS[type(value)](value, w)


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
            entered.add(id(v))
            stack.append((v, True))
            stack.extend((c, False) for c in (v.values() if isinstance(v, dict) else v))
    return False


# -- identity ----------------------------------------------------------------------------------------------------------------
def _once(x: Any, w: Writer, write: Encode) -> Any:
    """Writes an object on the careful path; one that occurs more than once is written apart and referred to."""
    i = id(x)
    if w.counts is not None:
        entry = w.counts.get(i)
        if entry is not None:
            entry[1] += 1
            return None
        w.counts[i] = [x, 1]
        return write(x, w)
    if w.repeated is None or i not in w.repeated:
        return write(x, w)
    index = w.index.get(i)
    if index is None:
        w.index[i] = -1
        out = write(x, w)
        index = w.index[i] = len(w.shared)
        w.shared.append(out)
    elif index < 0:
        path = KeyPath.of(tuple(w.path or ()))
        raise CycleError(f"Cannot write a {type(x).__name__} that holds itself. (path={path})", path=path, value=x)
    return {REF_KEY: index}


def _see(x: Any, w: Writer) -> None:
    """Notes, on the fast path, an object that may occur twice."""
    i = id(x)
    if i in w.seen:
        raise _Twice
    w.seen[i] = x


# -- children ----------------------------------------------------------------------------------------------------------------
def _write_pairs(pairs: Iterable[tuple[Any, Any]], w: Writer, out: dict[Any, Any]) -> dict[Any, Any]:
    """Writes (key, value) pairs into `out`, missing values left out."""
    path = w.path
    if path is None:
        for k, v in pairs:
            t = type(v)
            if t in SCALARS:
                out[k] = v
            elif t is not MissingValue:
                out[k] = ENCODERS[t](v, w)
        return out
    for k, v in pairs:
        if not isinstance(v, MissingValue):
            path.append(k)
            out[k] = v if type(v) in SCALARS else ENCODERS[type(v)](v, w)
            path.pop()
    return out


def _write_items(items: Iterable[Any], w: Writer) -> list[Any]:
    path = w.path
    if path is None:
        return [v if type(v) in SCALARS else ENCODERS[type(v)](v, w) for v in items]
    out: list[Any] = []
    for i, v in enumerate(items):
        path.append(i)
        out.append(v if type(v) in SCALARS else ENCODERS[type(v)](v, w))
        path.pop()
    return out


def _filtered(x: Any, ops: NodeOps, w: Writer) -> list[tuple[Any, Any]]:
    """The pairs of a node that the options leave."""
    exclude, w.exclude = w.exclude, frozenset()
    pairs: list[tuple[Any, Any]] = []
    for k, v in ops.given_items(x):
        if k in exclude:
            continue
        field = ops.field(x, k)
        if field is not None and field.value.frozen and w.hide_frozen:
            continue
        if w.hide_defaults and eq(v, _default(ops, field, k)):
            continue
        pairs.append((k, v))
    return pairs


def _default(ops: Any, field: Any, key: Any) -> Any:
    """The default of an argument, or `MISSING_VALUE`, which equals no given value."""
    if field is not None:
        return field.value.default
    return ops.info.defaults.get(key, MISSING_VALUE) if ops.kind is Kind.WRAPPED else MISSING_VALUE


_LIKE_A_NUMBER = re.compile(r"(?:n_:)+(?:-?[0-9]+|True|False)").fullmatch


# -- containers --------------------------------------------------------------------------------------------------------------
def _text_key(key: Any) -> Any:
    """The string that stands for a key in text. Keys that look like such a string are escaped."""
    if type(key) is str:
        return INT_KEY + key if _LIKE_A_NUMBER(key) else key
    return f"{INT_KEY}{key}"


def _finish_dict(out: dict[Any, Any], w: Writer, symbolic: bool) -> dict[Any, Any]:
    """Gives a dict its final form: keys as strings for text, another layout for odd keys, the marker where wanted."""
    plain_keys = True
    for k in out:
        if type(k) is not str:
            plain_keys = False
            if not isinstance(k, (int, str)):
                return _as_item_list(out, w, symbolic)
    if not RESERVED_KEYS.isdisjoint(out):
        return _as_item_list(out, w, symbolic)
    if w.text and not (plain_keys and not any(k[:3] == INT_KEY for k in out)):
        out = {_text_key(k): v for k, v in out.items()}
    return {SYMBOLIC_MARKER: True, **out} if symbolic and w.markers else out


def _as_item_list(out: dict[Any, Any], w: Writer, symbolic: bool) -> dict[Any, Any]:
    head: dict[Any, Any] = {TYPE_NAME_KEY: "dict"}
    if symbolic and w.markers:
        head[SYMBOLIC_MARKER] = True
    head["items"] = [[k if type(k) in SCALARS else ENCODERS[type(k)](k, w), v] for k, v in out.items()]
    return head


def _write_dict(x: Any, w: Writer) -> Any:
    ops = OPS[type(x)]
    if w.usual and type(x).value_spec.__get__(x) is None:
        return _finish_dict(_write_pairs(dict.items(x), w, {}), w, True)
    return _once(x, w, lambda x, w: _finish_dict(_write_pairs(_filtered(x, ops, w), w, {}), w, True))


def _write_plain_dict(x: Any, w: Writer) -> Any:
    if w.usual:
        _see(x, w)
        return _finish_dict(_write_pairs(x.items(), w, {}), w, False)
    return _once(x, w, _write_plain_dict_carefully)


def _write_plain_dict_carefully(x: Any, w: Writer) -> Any:
    exclude, w.exclude = w.exclude, frozenset()
    pairs = [(k, v) for k, v in x.items() if k not in exclude] if exclude else x.items()
    return _finish_dict(_write_pairs(pairs, w, {}), w, False)


def _finish_list(out: list[Any], w: Writer, symbolic: bool) -> Any:
    if out and type(out[0]) is str and out[0] in RESERVED_ITEMS:
        out = [*out]
        head: dict[str, Any] = {TYPE_NAME_KEY: "list"}
        if symbolic and w.markers:
            head[SYMBOLIC_MARKER] = True
        return {**head, "items": out}
    return [SYMBOLIC_MARKER, *out] if symbolic and w.markers else out


def _write_list(x: Any, w: Writer) -> Any:
    if w.usual:
        return _finish_list(_write_items(list.__iter__(x), w), w, True)
    w.exclude = frozenset()
    return _once(x, w, lambda x, w: _finish_list(_write_items(list.__iter__(x), w), w, True))


def _write_plain_list(x: Any, w: Writer) -> Any:
    if w.usual:
        _see(x, w)
        return _finish_list(_write_items(x, w), w, False)
    w.exclude = frozenset()
    return _once(x, w, lambda x, w: _finish_list(_write_items(x, w), w, False))


def _write_tuple(x: Any, w: Writer) -> Any:
    w.exclude = frozenset()
    if not x:
        return {TYPE_NAME_KEY: "tuple", "items": []}
    return [TUPLE_MARKER, *_write_items(x, w)]


# -- objects -----------------------------------------------------------------------------------------------------------------
def type_name(cls: type) -> str:
    """The name under which instances of `cls` are written."""
    return registry.name_of(cls) or registry.default_name(cls)


def _object_writer(cls: type) -> Encode:
    """A writer for the instances of one `pg.Object` or wrapped class."""
    ops = OPS[cls]
    name = type_name(ops.type)
    wrapped: Any = ops if ops.kind is Kind.WRAPPED else None
    schema = None if wrapped else cast("Any", ops.type).__schema__
    has_frozen = schema is not None and any(f.value.frozen for f in schema.fields.values())
    pairs_of = ops.given_items if wrapped else ops.items

    def write_carefully(x: Any, w: Writer) -> Any:
        return _write_pairs(_filtered(x, ops, w), w, {TYPE_NAME_KEY: name})

    def write(x: Any, w: Writer) -> Any:
        if OPS[cls] is not ops:  # the class has been compiled anew
            ENCODERS.pop(cls, None)
            return ENCODERS[cls](x, w)
        if wrapped is not None and wrapped.record_or_none(x) is None:
            raise SerializationError(
                f"Cannot convert an object of {name!r} to JSON that was not made by calling its class: "
                "its arguments are not known.",
                value=x,
            )
        if not w.usual or has_frozen:
            return _once(x, w, write_carefully)
        if wrapped is not None:
            _see(x, w)
        return _write_pairs(pairs_of(x), w, {TYPE_NAME_KEY: name})

    return write


def method_writer(cls: type, method: str) -> Encode:
    """A writer for classes that write themselves."""
    name = type_name(cls)

    def write_self(x: Any, w: Writer) -> Any:
        token = _INSIDE.set(x)
        try:
            out = getattr(x, method)(context=w, **w.options)
        finally:
            _INSIDE.reset(token)
        return {TYPE_NAME_KEY: name, **out} if type(out) is dict and TYPE_NAME_KEY not in out else out

    def write(x: Any, w: Writer) -> Any:
        if not w.usual:
            return _once(x, w, write_self)
        _see(x, w)
        return write_self(x, w)

    return write


def _write_scalar(x: Any, w: Writer) -> Any:
    """Instances of subclasses of int, float and str (numpy's float64) are written as what they are."""
    for base in (int, float, str):
        if isinstance(x, base):
            return base(x) if base is not str else str.__str__(x)
    return x


def _write_converted(x: Any, w: Writer) -> Any:
    converter = get_json_value_converter(type(x))
    value = x if converter is None else converter(x)
    return ENCODERS[type(value)](value, w)


def _write_opaque(x: Any, w: Writer) -> Any:
    cls = type(x)
    raise SerializationError(
        f"Cannot convert {_brief(x)} of type '{cls.__module__}.{cls.__qualname__}' to JSON. Make its class symbolic with "
        f"`pg.symbolize`, give it `to_json` and `from_json` by deriving from `pg.JSONConvertible`, or register it with "
        f"`pg.serialization.register_json_type`.",
        value=x,
    )


def _brief(x: Any) -> str:
    text = object.__repr__(x) if not isinstance(x, (bytes, complex, set, frozenset)) else repr(x)
    return text if len(text) <= 80 else text[:77] + "..."


def _write_missing(x: Any, w: Writer) -> Any:
    return {TYPE_NAME_KEY: type_name(MissingValue)}


# -- the table ---------------------------------------------------------------------------------------------------------------
_WRITE_BY_KIND: dict[Kind, Encode] = {
    Kind.DICT: _write_dict,
    Kind.LIST: _write_list,
    Kind.TUPLE: _write_tuple,
    Kind.PLAIN_DICT: _write_plain_dict,
    Kind.PLAIN_LIST: _write_plain_list,
}
#: Functions type → writer or None, asked in order for types that have no writer yet.
_finders: list[Callable[[type], Encode | None]] = []


def add_encoder_finder(find: Callable[[type], Encode | None]) -> None:
    """Adds a function that is asked, once per type, for a writer; types that were resolved before are asked about again."""
    _finders.append(find)
    ENCODERS.clear()
    ENCODERS.update(_FIXED)


class _EncoderTable(dict[type, Encode]):
    def __missing__(self, cls: type) -> Encode:
        encode = self[cls] = _find_encoder(cls)
        return encode


def _find_encoder(cls: type) -> Encode:
    for find in _finders:
        encode = find(cls)
        if encode is not None:
            return encode
    if OPS[cls].kind is Kind.OBJECT:
        method = getattr(cls, "sym_jsonify", None)
        if callable(method) and method is not Symbolic.sym_jsonify:
            return method_writer(cls, "sym_jsonify")
    return _default_encoder(cls)


def _default_encoder(cls: type) -> Encode:
    kind = OPS[cls].kind
    if kind in (Kind.OBJECT, Kind.WRAPPED):
        return _object_writer(cls)
    if kind in _WRITE_BY_KIND:
        return _WRITE_BY_KIND[kind]
    writes = symbols.encoder_of(cls)
    if writes is not None:
        return lambda x, w: writes(x)
    if issubclass(cls, tuple):
        return _write_tuple
    if issubclass(cls, dict):
        return _write_plain_dict
    if issubclass(cls, list):
        return _write_plain_list
    if issubclass(cls, (int, float, str)):
        return _write_scalar
    if get_json_value_converter(cls) is not None:
        return _write_converted
    return _write_opaque


_FIXED: dict[type, Encode] = {
    **dict.fromkeys(SCALARS, lambda x, w: x),
    type(MISSING_VALUE): _write_missing,
}
#: Exact type → its writer.
ENCODERS: _EncoderTable = _EncoderTable(_FIXED)
