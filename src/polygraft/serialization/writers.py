"""The writers: how each kind of value becomes JSON. Their table is in `writer.py`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any, cast

from polygraft.missing import MISSING_VALUE, MissingValue
from polygraft.serialization import symbols
from polygraft.serialization.failures import SerializationError
from polygraft.serialization.names import (
    INT_KEY,
    RESERVED_ITEMS,
    RESERVED_KEYS,
    SYMBOLIC_MARKER,
    TUPLE_MARKER,
    TYPE_NAME_KEY,
)
from polygraft.serialization.writer import (
    ENCODERS,
    SCALARS,
    Encode,
    Twice,
    Writer,
    add_encoder_finder,
    once,
    see,
    write_items,
    write_pairs,
)
from polygraft.symbolic import registry
from polygraft.symbolic.base import Symbolic
from polygraft.symbolic.compare import eq
from polygraft.symbolic.containers import Dict
from polygraft.symbolic.inferential import inferred
from polygraft.symbolic.node import OPS, Kind, NodeOps
from polygraft.symbolic.ref import Ref
from polygraft.symbolic.unknown import UnknownSymbol, UnknownTypedObject
from polygraft.typing.convert import get_json_value_converter

_LIKE_A_NUMBER = re.compile(r"(?:n_:)+(?:-?[0-9]+|True|False)").fullmatch


# What a user's subclass overrides is not asked.
_dict_items: Callable[[Any], Iterable[tuple[Any, Any]]] = cast(Any, dict).items
_list_iter: Callable[[Any], Iterable[Any]] = cast(Any, list).__iter__


# -- containers ------------------------------------------------------------------------------------
def _text_key(key: Any) -> Any:
    """The string that stands for a key in text. Keys that look like such a string are escaped."""
    if type(key) is str:
        return INT_KEY + key if _LIKE_A_NUMBER(key) else key
    return f"{INT_KEY}{key}"


_STRINGS = frozenset({str})


def _finish_dict(out: dict[Any, Any], w: Writer, symbolic: bool) -> dict[Any, Any]:
    """Gives a dict its final form: keys as strings for text, another layout for odd keys, the marker where wanted."""
    strings = _STRINGS.issuperset(map(type, out))
    if not RESERVED_KEYS.isdisjoint(out) or not (
        strings or all(isinstance(k, (int, str)) for k in out)
    ):
        return _as_item_list(out, w, symbolic)
    if w.text and (not strings or INT_KEY in "\0".join(out)):
        out = {_text_key(k): v for k, v in out.items()}
    return {SYMBOLIC_MARKER: True, **out} if symbolic and w.markers else out


def _as_item_list(out: dict[Any, Any], w: Writer, symbolic: bool) -> dict[Any, Any]:
    head: dict[Any, Any] = {TYPE_NAME_KEY: "dict"}
    if symbolic and w.markers:
        head[SYMBOLIC_MARKER] = True
    head["items"] = [
        [k if type(k) in SCALARS else ENCODERS[type(k)](k, w), v] for k, v in out.items()
    ]
    return head


_value_spec: Any = Dict.value_spec.fget


def _write_dict(x: Any, w: Writer) -> Any:
    if w.usual and _value_spec(x) is None:
        return _finish_dict(write_pairs(_dict_items(x), w, {}), w, True)
    ops = OPS[type(x)]
    return once(x, w, lambda x, w: _finish_dict(write_pairs(_filtered(x, ops, w), w, {}), w, True))


def _see_nodes(values: Iterable[Any], w: Writer) -> None:
    """Notes nodes that a plain container holds: unlike in a tree, they may occur again elsewhere."""
    for v in values:
        if type(v) not in SCALARS:
            ops = OPS[type(v)]
            if ops.symbolic and not ops.shared:
                if ops.link(v).parent is not None:
                    raise Twice  # perhaps; the careful path finds out
                see(v, w)


def _write_plain_dict(x: Any, w: Writer) -> Any:
    if w.usual:
        see(x, w)
        _see_nodes(x.values(), w)
        return _finish_dict(write_pairs(x.items(), w, {}), w, False)
    return once(x, w, _write_plain_dict_carefully)


def _write_plain_dict_carefully(x: Any, w: Writer) -> Any:
    exclude, w.exclude = w.exclude, frozenset()
    pairs = [(k, v) for k, v in x.items() if k not in exclude] if exclude else x.items()
    return _finish_dict(write_pairs(pairs, w, {}), w, False)


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
        return _finish_list(write_items(_list_iter(x), w), w, True)
    w.exclude = frozenset()
    items = map(_as_read, _list_iter(x)) if w.infer else _list_iter(x)
    return once(x, w, lambda x, w: _finish_list(write_items(items, w), w, True))


def _write_plain_list(x: Any, w: Writer) -> Any:
    if w.usual:
        see(x, w)
        _see_nodes(x, w)
        return _finish_list(write_items(x, w), w, False)
    w.exclude = frozenset()
    return once(x, w, lambda x, w: _finish_list(write_items(x, w), w, False))


def _write_tuple(x: Any, w: Writer) -> Any:
    w.exclude = frozenset()
    if not x:
        return {TYPE_NAME_KEY: "tuple", "items": []}
    return [TUPLE_MARKER, *write_items(x, w)]


def _filtered(x: Any, ops: NodeOps, w: Writer) -> list[tuple[Any, Any]]:
    """The pairs of a node that the options leave."""
    exclude, w.exclude = w.exclude, frozenset()
    pairs: list[tuple[Any, Any]] = []
    for k, v in ops.written_items(x):
        if k in exclude:
            continue
        field = ops.field(x, k)
        if field is not None and field.value.frozen and w.hide_frozen:
            continue
        if w.hide_defaults and eq(v, _default(ops, field, k)):
            continue
        pairs.append((k, _as_read(v) if w.infer else v))
    return pairs


def _as_read(v: Any) -> Any:
    """What a raw value stands for, if that can be told."""
    try:
        return inferred(v)
    except AttributeError:
        return v


def _default(ops: Any, field: Any, key: Any) -> Any:
    """The default of an argument, or `MISSING_VALUE`, which equals no given value."""
    if field is not None:
        return field.value.default
    return ops.info.defaults.get(key, MISSING_VALUE) if ops.kind is Kind.WRAPPED else MISSING_VALUE


# -- objects ---------------------------------------------------------------------------------------
def type_name(cls: type[Any]) -> str:
    """The name under which instances of `cls` are written."""
    return registry.name_of(cls) or registry.default_name(cls)


def _object_writer(cls: type[Any]) -> Encode:
    """A writer for the instances of one `pg.Object` or wrapped class."""
    ops = OPS[cls]
    name = type_name(ops.type)
    if ops.kind is Kind.WRAPPED:
        return _wrapped_writer(cls, ops, name)
    schema = cast("Any", ops.type).__schema__
    has_frozen = any(f.value.frozen for f in schema.fields.values())
    pairs_of = ops.written_items if ops.lenient else ops.items

    def write_carefully(x: Any, w: Writer) -> Any:
        return write_pairs(_filtered(x, ops, w), w, {TYPE_NAME_KEY: name})

    def write(x: Any, w: Writer) -> Any:
        if OPS[cls] is not ops:  # the class has been compiled anew
            ENCODERS.pop(cls, None)
            return ENCODERS[cls](x, w)
        if not w.usual or has_frozen:
            return once(x, w, write_carefully)
        return write_pairs(pairs_of(x), w, {TYPE_NAME_KEY: name})

    return write


def _wrapped_writer(cls: type[Any], ops: Any, name: str) -> Encode:
    """A writer for the instances of one wrapped class: the arguments that were given."""

    def head(x: Any) -> dict[Any, Any]:
        called = ops.called_type(x)
        return {TYPE_NAME_KEY: name if called is ops.type else type_name(called)}

    def write_carefully(x: Any, w: Writer) -> Any:
        return write_pairs(_filtered(x, ops, w), w, head(x))

    def write(x: Any, w: Writer) -> Any:
        pairs = ops.given_items(x)
        if not pairs and ops.record_or_none(x) is None:
            raise SerializationError(
                f"Cannot convert an object of {name!r} to JSON that was not made by calling its class: "
                "its arguments are not known.",
                value=x,
            )
        if not w.usual:
            return once(x, w, write_carefully)
        see(x, w)
        return write_pairs(pairs, w, head(x))

    return write


def method_writer(cls: type, method: str) -> Encode:
    """A writer for classes that write themselves."""
    name = type_name(cls)

    def write_self(x: Any, w: Writer) -> Any:
        exclude, w.exclude = w.exclude, frozenset()
        options = {**w.options, "exclude_keys": exclude} if exclude else w.options
        token = _INSIDE.set(x)
        try:
            out: Any = getattr(x, method)(context=w, **options)
        finally:
            _INSIDE.reset(token)
        if isinstance(out, dict) and TYPE_NAME_KEY not in out:
            return {TYPE_NAME_KEY: name, **cast("dict[str, Any]", out)}
        return cast(Any, out)

    def write(x: Any, w: Writer) -> Any:
        if not w.usual:
            return once(x, w, write_self)
        see(x, w)
        return write_self(x, w)

    return write


def _write_scalar(x: Any, w: Writer) -> Any:
    """Instances of subclasses of int, float and str (numpy's float64) are written as what they are."""
    for base in (int, float, str):
        if isinstance(x, base):
            return cast(Any, base).__new__(base, x)
    return x


def _write_converted(x: Any, w: Writer) -> Any:
    converter = get_json_value_converter(type(x))
    value = x if converter is None else converter(x)
    return ENCODERS[type(value)](value, w)


def _write_opaque(x: Any, w: Writer) -> Any:
    named = symbols.encode_named(x)
    if named is not None:
        return named
    cls = cast("type[Any]", type(x))
    raise SerializationError(
        f"Cannot convert {_brief(x)} of type '{cls.__module__}.{cls.__qualname__}' to JSON. "
        "Make its class symbolic with `pg.symbolize`, give it `to_json` and `from_json` by deriving from "
        "`pg.JSONConvertible`, or register it with `pg.serialization.register_json_type`.",
        value=x,
    )


def _brief(x: Any) -> str:
    text = repr(x) if type(x) in (bytes, complex, set, frozenset) else object.__repr__(x)
    return text if len(text) <= 80 else text[:77] + "..."


def _write_ref(x: Any, w: Writer) -> Any:
    """A reference; its target may occur elsewhere in the tree, too."""
    if w.usual:
        raise Twice
    return once(
        x, w, lambda x, w: write_pairs([("value", x.value)], w, {TYPE_NAME_KEY: type_name(Ref)})
    )


def _write_unknown_object(x: Any, w: Writer) -> Any:
    """A placeholder for an object: as it was read."""
    ops, head = OPS[type(x)], {TYPE_NAME_KEY: x.type_name}
    if w.usual:
        return write_pairs(ops.items(x), w, head)
    return once(x, w, lambda x, w: write_pairs(_filtered(x, ops, w), w, head))


def _write_unknown_symbol(x: Any, w: Writer) -> Any:
    """A placeholder for a type, function or method: as it was read."""
    pairs = dict(OPS[type(x)].given_items(x))
    out: dict[Any, Any] = {TYPE_NAME_KEY: cast("Any", type(x))._pg_kind, "name": pairs.pop("name")}
    args = pairs.pop("args", None)
    if args:
        out["args"] = [TUPLE_MARKER, *write_items(_list_iter(args), w)]
    return write_pairs(pairs.items(), w, out)


def _write_missing(x: Any, w: Writer) -> Any:
    return {TYPE_NAME_KEY: type_name(MissingValue)}


def _write_slice(x: slice, w: Writer) -> Any:
    bounds: list[Any] = [x.start, x.stop, x.step]
    if not all(bound is None or type(bound) is int for bound in bounds):
        raise SerializationError(
            f"Cannot convert {x!r} to JSON: its bounds are no integers.", value=x
        )
    return {TYPE_NAME_KEY: "slice", "start": bounds[0], "stop": bounds[1], "step": bounds[2]}


# -- which writer a type gets ----------------------------------------------------------------------
_WRITE_BY_KIND: dict[Kind, Encode] = {
    Kind.DICT: _write_dict,
    Kind.LIST: _write_list,
    Kind.TUPLE: _write_tuple,
    Kind.PLAIN_DICT: _write_plain_dict,
    Kind.PLAIN_LIST: _write_plain_list,
}
_WRITE_BY_CLASS: dict[type, Encode] = {
    Ref: _write_ref,
    UnknownTypedObject: _write_unknown_object,
    UnknownSymbol: _write_unknown_symbol,
}
_WRITE_BY_TYPE: dict[type, Encode] = {slice: _write_slice}  # Types that have no subclasses.
_INSIDE: ContextVar[Any] = ContextVar("polygraft_jsonifying", default=None)


def encoder_for(x: Any, w: Writer) -> Encode:
    """The writer of a value; the usual one of its kind while the value's own method is asking."""
    cls = cast("type[Any]", type(x))
    if _INSIDE.get() is not x:
        return ENCODERS[cls]
    w.direct = x
    return _default_encoder(cls)


def _find_encoder(cls: type) -> Encode | None:
    if OPS[cls].kind is Kind.OBJECT:
        method = getattr(cls, "sym_jsonify", None)
        if callable(method) and method is not Symbolic.sym_jsonify:
            return method_writer(cls, "sym_jsonify")
    return _default_encoder(cls)


def _default_encoder(cls: type[Any]) -> Encode:
    if cls in SCALARS:
        return lambda x, w: x
    if issubclass(cls, MissingValue):
        return _write_missing
    if cls in _WRITE_BY_TYPE:
        return _WRITE_BY_TYPE[cls]
    for base, write in _WRITE_BY_CLASS.items():
        if issubclass(cls, base):
            return write
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


add_encoder_finder(_find_encoder)
