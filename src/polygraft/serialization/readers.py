"""The readers: how JSON becomes objects of each kind. Their tables are in `reader.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from polygraft.errors import DeserializationError, UnknownTypeError, did_you_mean
from polygraft.missing import MISSING_VALUE, MissingValue, is_missing
from polygraft.paths import KeyPath
from polygraft.serialization import symbols, unsafe
from polygraft.serialization.failures import FieldMismatchError
from polygraft.serialization.names import SYMBOLIC_MARKER, TYPE_NAME_KEY
from polygraft.serialization.reader import (
    FORMS,
    SCALARS,
    Decode,
    Reader,
    add_decoder_finder,
    decode,
    read_items,
)
from polygraft.serialization.trust import Trust
from polygraft.symbolic import registry
from polygraft.symbolic.containers import Dict, List
from polygraft.symbolic.node import OPS, Kind
from polygraft.symbolic.object_ import Object
from polygraft.symbolic.ref import Ref
from polygraft.symbolic.unknown import (
    UnknownFunction,
    UnknownMethod,
    UnknownType,
    UnknownTypedObject,
    unknown_object,
)


# -- objects ---------------------------------------------------------------------------------------
def read_arguments(v: dict[str, Any], r: Reader) -> dict[str, Any]:
    """The arguments of an object: all entries but the type's name, keys as they are."""
    path = r.path
    out: dict[str, Any]
    if path is None:
        out = {k: c if type(c) in SCALARS else decode(c, r) for k, c in v.items()}
        del out[TYPE_NAME_KEY]
        return out
    out = {}
    for k, c in v.items():
        if k != TYPE_NAME_KEY:
            path.append(k)
            out[k] = c if type(c) in SCALARS else decode(c, r)
            path.pop()
    return out


class _ObjectReader:
    """Reads the instances of one `pg.Object` class through its constructor."""

    __slots__ = ("cls", "lenient", "required", "schema")

    def __init__(self, cls: Any):
        self.cls = cls
        self.lenient: bool = getattr(OPS[cls], "lenient", False)
        self.schema: Any = None
        self.required: frozenset[str] = frozenset()

    def __call__(self, cls: Any, v: dict[str, Any], r: Reader) -> Any:
        arguments = read_arguments(v, r)
        if r.path is None and not r.partial:
            return cls(**arguments)
        if cls.__pg_class__.schema is not self.schema:
            self._learn()
        if r.path is not None:
            self.check(arguments, r)
            arguments["root_path"] = r.here()
        if r.partial and not self.required <= arguments.keys():
            return cls(**arguments, allow_partial=True)
        return cls(**arguments)

    def _learn(self) -> None:
        self.schema = self.cls.__schema__
        self.required = (
            frozenset()
            if self.lenient
            else frozenset(
                str(k)
                for k, f in self.schema.fields.items()
                if f.key.is_const and not f.value.frozen and is_missing(f.value.default)
            )
        )

    def check(self, arguments: dict[str, Any], r: Reader) -> None:
        """Words the errors about extra and missing fields.

        Raises:
            FieldMismatchError: There are some.
        """
        name, fields = self.cls.__name__, self.schema.fields
        extra = [k for k in arguments if self.schema.get_field(k) is None]
        if extra:
            _refuse_extra(name, extra, [str(k) for k, f in fields.items() if f.key.is_const])
        missing = (
            []
            if r.partial
            else [str(k) for k in fields if k in self.required and k not in arguments]
        )
        if missing:
            _refuse_missing(name, missing)


def fields_reader(cls: type) -> Callable[[dict[str, Any], Reader], Any]:
    """A reader of a `pg.Object` class that knows nothing of the class's own `from_json`."""
    read = _ObjectReader(cls)
    return lambda v, r: read(cls, v, r)


class _WrappedReader:
    """Reads the instances of one wrapped class: their arguments only, nothing is constructed."""

    __slots__ = ("ops",)

    def __init__(self, cls: Any):
        self.ops: Any = OPS[cls]

    def __call__(self, cls: Any, v: dict[str, Any], r: Reader) -> Any:
        given, info = read_arguments(v, r), self.ops.info
        if r.path is not None:
            self.check(given, info, r)
        if info.varargs in given:
            given[info.varargs] = _released(given[info.varargs])
        positional, named = info.arguments(given)
        return cls(*positional, **named)

    def check(self, given: dict[str, Any], info: Any, r: Reader) -> None:
        """Words the errors about extra, missing and unacceptable arguments.

        Raises:
            FieldMismatchError: There are extra or missing ones.
            TypeError, ValueError: A value does not satisfy its spec.
        """
        name = self.ops.type.__name__
        extra = [k for k in given if not info.admits(k)]
        if extra:
            _refuse_extra(name, extra, list(info.defaults))
        missing = [
            k for k, d in info.defaults.items() if isinstance(d, MissingValue) and k not in given
        ]
        if missing and not r.partial:
            _refuse_missing(name, missing)
        for key, value in given.items():
            field = info.field(key)
            if field is not None:
                field.value.apply(value, allow_partial=r.partial, root_path=r.here() + KeyPath(key))


def _released(items: Any) -> Any:
    """The elements of a list that was read, without their place in it."""
    if OPS[type(items)].kind is not Kind.LIST:
        return items
    out: list[Any] = [*items]
    for i, x in enumerate(out):
        OPS[type(x)].detach(x, items, i)
    return out


def _refuse_extra(name: str, extra: list[str], known: list[str]) -> None:
    plural = "argument" if len(extra) == 1 else "arguments"
    raise FieldMismatchError(
        f"{name}.__init__() got unexpected keyword {plural}: {', '.join(map(repr, extra))}."
        f"{did_you_mean(extra[0], known)}",
        value=extra,
    )


def _refuse_missing(name: str, missing: list[str]) -> None:
    plural = "argument" if len(missing) == 1 else "arguments"
    raise FieldMismatchError(
        f"{name}.__init__() missing {len(missing)} required {plural}: {', '.join(map(repr, missing))}.",
        value=missing,
    )


def method_reader(cls: Any, v: dict[str, Any], r: Reader) -> Any:
    """Reads a class that has a `from_json` of its own."""
    rest = {k: c for k, c in v.items() if k != TYPE_NAME_KEY}
    return cls.from_json(rest, context=r, allow_partial=r.partial, **r.options)


def _read_unknown(cls: Any, v: dict[str, Any], r: Reader) -> Any:
    """An object of a class that is not known, or not symbolic: a placeholder that keeps its fields."""
    name = v[TYPE_NAME_KEY]
    arguments = read_arguments(v, r)
    if name == registry.name_of(UnknownTypedObject):
        name = arguments.pop("type_name", name)
    return unknown_object(name, arguments)


def _symbol_reader(
    read: Callable[[dict[str, Any], Trust], Any], placeholder: type[Any]
) -> Callable[[dict[str, Any], Reader], Any]:
    """A reader of types, functions or methods; of placeholders for those not known, if the reader wants those."""

    def decode_symbol(v: dict[str, Any], r: Reader) -> Any:
        try:
            return read(v, r.trust)
        except UnknownTypeError:
            if not r.convert_unknown:
                raise
        arguments = read_arguments(v, r)
        args = arguments.pop("args", None)
        if args:
            arguments["args"] = list(args)
        return placeholder(**arguments)

    return decode_symbol


def _read_none(cls: Any, v: dict[str, Any], r: Reader) -> Any:
    if r.convert_unknown:
        return _read_unknown(cls, v, r)
    raise UnknownTypeError(
        f"{cls!r} is not a `pg.JSONConvertible` subclass. "
        "Make it symbolic with `pg.symbolize` before reading the file.",
        value=v[TYPE_NAME_KEY],
    )


def _read_opaque(cls: Any, v: dict[str, Any], r: Reader) -> Any:
    if r.convert_unknown and not r.trust.everything:
        return _read_unknown(cls, v, r)
    return unsafe.unpickle(v, r.trust.everything)


# -- which reader a class gets ---------------------------------------------------------------------
def _read_ref(cls: Any, v: dict[str, Any], r: Reader) -> Any:
    arguments = read_arguments(v, r)
    if arguments.keys() != {"value"}:
        raise FieldMismatchError(
            f"A reference has one argument, 'value'. Encountered: {list(arguments)!r}.", value=v
        )
    return cls(arguments["value"])


def _find_decoder(cls: type) -> Decode:
    if issubclass(cls, Ref):
        return _read_ref
    if issubclass(cls, UnknownTypedObject):
        return _read_unknown
    if cls is unsafe.OpaqueObject:
        return _read_opaque
    if OPS[cls].kind is Kind.OBJECT:
        own = cast("Any", cls).from_json
        return (
            _ObjectReader(cls)
            if getattr(own, "__func__", None) is _OBJECT_FROM_JSON
            else method_reader
        )
    if OPS[cls].kind is Kind.WRAPPED:
        return _WrappedReader(cls)
    return _read_none


_OBJECT_FROM_JSON: Any = cast("Any", Object).from_json.__func__

add_decoder_finder(_find_decoder)


# -- words of the format ---------------------------------------------------------------------------
def _items_of(v: dict[str, Any], r: Reader) -> list[Any]:
    items = v.get("items")
    if not isinstance(items, list):
        raise DeserializationError(
            f"A {v[TYPE_NAME_KEY]!r} should have a list under 'items'. Encountered: {items!r}.",
            value=v,
        )
    return cast("list[Any]", items)


def _read_item_dict(v: dict[str, Any], r: Reader) -> Any:
    out: dict[Any, Any] = {}
    for pair in _items_of(v, r):
        if not isinstance(pair, list) or len(cast("list[Any]", pair)) != 2:
            raise DeserializationError(
                f"An item of a 'dict' should be a [key, value] list. Encountered: {pair!r}.",
                value=v,
            )
        key, value = read_items(cast("list[Any]", pair), r, 0)
        if not isinstance(key, (str, int, float, tuple, type(None))):
            raise DeserializationError(f"{key!r} cannot be the key of a dict.", value=v)
        out[key] = value
    if not r.symbolic and SYMBOLIC_MARKER not in v:
        return out
    odd = next((k for k in out if not isinstance(k, (str, int))), None)
    if odd is not None:
        raise DeserializationError(
            f"Keys of a `pg.Dict` are strings or integers. Encountered {odd!r}. "
            "Pass `auto_symbolic=False` to get plain dicts.",
            value=v,
        )
    return Dict(out)


def _read_item_list(v: dict[str, Any], r: Reader) -> Any:
    items = read_items(_items_of(v, r), r, 0)
    return List(items) if r.symbolic or SYMBOLIC_MARKER in v else items


def _read_slice(v: dict[str, Any], r: Reader) -> slice:
    bounds: list[Any] = [v.get(name) for name in ("start", "stop", "step")]
    if not all(bound is None or type(bound) is int for bound in bounds):
        raise DeserializationError(f"A 'slice' has integers or null. Encountered: {v!r}.", value=v)
    return slice(*bounds)


FORMS.update(
    {
        "type": _symbol_reader(symbols.decode_type, UnknownType),
        "function": _symbol_reader(symbols.decode_function, UnknownFunction),
        "method": _symbol_reader(symbols.decode_method, UnknownMethod),
        "tuple": lambda v, r: tuple(read_items(_items_of(v, r), r, 0)),
        "dict": _read_item_dict,
        "slice": _read_slice,
        "list": _read_item_list,
        "polygraft.missing.MissingValue": lambda v, r: MISSING_VALUE,
        "pyglove.core.utils.missing.MissingValue": lambda v, r: MISSING_VALUE,
        "pyglove.core.object_utils.missing.MissingValue": lambda v, r: MISSING_VALUE,
    }
)
