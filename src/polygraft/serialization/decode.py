"""JSON to values.

Each class has one reader in `DECODERS`, found once. A tree is read in one pass that keeps no paths; if it fails, it is
read again with the path at hand, so that the error names the place. Nothing is constructed at run time: wrapped classes
come back deferred. Which names may lead to code is decided by `trust.py` for the whole document, shared objects included.
The input is never changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeAlias, cast

from polygraft.errors import DeserializationError, MalformedFileError, UnknownTypeError, did_you_mean
from polygraft.missing import MISSING_VALUE, MissingValue
from polygraft.paths import KeyPath
from polygraft.serialization import names, symbols, unsafe
from polygraft.serialization.failures import FieldMismatchError, too_deep
from polygraft.serialization.names import (
    CONTEXT_KEY,
    REF_KEY,
    ROOT_VALUE_KEY,
    SHARED_KEY,
    SYMBOLIC_MARKER,
    TUPLE_MARKER,
    TYPE_NAME_KEY,
)
from polygraft.serialization.trust import NOBODY, Trust, Trusted
from polygraft.symbolic import registry
from polygraft.symbolic.containers import Dict, List
from polygraft.symbolic.flags import FLAGS, Flags, scope
from polygraft.symbolic.node import OPS, Kind
from polygraft.symbolic.object_ import Object

Decode: TypeAlias = "Callable[[type, dict[str, Any], Reader], Any]"
_NO_TYPE: Any = object()
_DEFERRING = Flags(defer=True)
_DEFERRING_PARTIAL = Flags(defer=True, partial=True)
#: With sharing, a small file can stand for a huge program; more nodes than this are not made from one file.
_MAX_EXPANDED = 10_000_000


class Reader:
    """The state of one call of `from_json`.

    Attributes:
        trust: Whose symbols may be named.
        symbolic: Whether lists and dicts become `pg.List` and `pg.Dict`.
        text: Whether keys `n_:1` stand for integers.
        partial: Whether required fields may be missing.
        shared: Values that occur more than once.
        path: Keys from the root to the value being read, or None if nobody keeps track.
        root_path: The path of the root.
    """

    __slots__ = ("options", "partial", "path", "root_path", "shared", "symbolic", "text", "trust")

    def __init__(self, trust: Trust, symbolic: bool, text: bool, partial: bool, root_path: Any, options: dict[str, Any]):
        self.trust = trust
        self.symbolic = symbolic
        self.text = text
        self.partial = partial
        self.root_path = None if root_path is None else KeyPath.from_value(root_path)
        self.options = options
        self.shared: list[Any] = []
        self.path: list[Any] | None = None

    def here(self) -> KeyPath:
        """The path of the value being read."""
        base = self.root_path.keys if self.root_path is not None else ()
        return KeyPath.of((*base, *(self.path or ())))


def from_json(
    json_value: Any,
    *,
    trusted: Trusted = False,
    allow_partial: bool = False,
    root_path: Any = None,
    value_spec: Any = None,
    auto_symbolic: bool = True,
    context: Reader | None = None,
    **kwargs: Any,
) -> Any:
    """Returns the value that JSON data stands for.

    The data is not changed. Nothing runs: wrapped classes come back deferred, and names lead only to registered classes.

    Args:
        json_value: What `to_json` returned, or the like.
        trusted: False; or names of packages whose functions and classes the data may name; or True for any importable
            symbol and for pickles: only for files of your own.
        allow_partial: Whether required fields may be missing.
        root_path: The path of the result.
        value_spec: What the result must satisfy.
        auto_symbolic: Whether lists and dicts become `pg.List` and `pg.Dict`.
        context: For classes with a `from_json` of their own: what it was called with, to be passed on.
        **kwargs: Passed on to classes with a `from_json` of their own.

    Raises:
        DeserializationError: The data does not stand for a value; the path is in the message. Subclasses: `UnknownTypeError`
            (a name that is not registered, or not trusted), `FieldMismatchError` (missing and extra fields),
            `MalformedFileError`, `NestingError`.
        TypeError, ValueError: A value is not acceptable for its field.

    Example:
        >>> import polygraft as pg
        >>> pg.from_json({'layers': ['__tuple__', 1, [2]]})
        {layers=(1, [0: 2])}

    See Also:
        `to_json`, `from_json_str`, `load`.
    """
    if context is not None:
        return _read_nested(json_value, context)
    return _read(json_value, False, trusted, allow_partial, root_path, value_spec, auto_symbolic, kwargs)


def from_json_str(
    json_str: str | bytes,
    *,
    trusted: Trusted = False,
    allow_partial: bool = False,
    root_path: Any = None,
    value_spec: Any = None,
    auto_symbolic: bool = True,
    **kwargs: Any,
) -> Any:
    """Returns the value that JSON text stands for.

    Args:
        json_str: Text from `to_json_str`.
        trusted, allow_partial, root_path, value_spec, auto_symbolic, **kwargs: See `from_json`.

    Raises:
        MalformedFileError: The text is not JSON: truncated, or something else.
        DeserializationError, TypeError, ValueError: See `from_json`.

    Example:
        >>> import polygraft as pg
        >>> pg.from_json_str('{"n_:3": 4}')
        {[3]=4}
    """
    data = parse(json_str)
    return _read(data, True, trusted, allow_partial, root_path, value_spec, auto_symbolic, kwargs)


def parse(text: str | bytes) -> Any:
    """JSON text as plain data; what is wrong with the text is told by one kind of error."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as e:
        raise MalformedFileError(_malformed(e)) from None
    except RecursionError:
        raise too_deep("read the JSON text", None) from None
    except UnicodeDecodeError as e:
        raise MalformedFileError(f"The text is not JSON: it is not valid {e.encoding} at byte {e.start}.") from None
    except ValueError as e:
        raise MalformedFileError(f"The JSON text holds a number that cannot be read: {e}.") from None


def _malformed(e: json.JSONDecodeError) -> str:
    text = e.doc.rstrip()
    if not text:
        return "The text is not JSON: it is empty."
    where = f"line {e.lineno}, column {e.colno}"
    if e.pos >= len(text) or "Unterminated string" in e.msg:
        return f"The JSON text is truncated: it ends before it is complete ({e.msg} at {where})."
    return f"The text is not JSON: {e.msg} at {where}, near {e.doc[max(0, e.pos - 10) : e.pos + 20]!r}."


# -- the call ----------------------------------------------------------------------------------------------------------------
def _read(
    data: Any,
    text: bool,
    trusted: Trusted,
    partial: bool,
    root_path: Any,
    value_spec: Any,
    symbolic: bool,
    options: dict[str, Any],
) -> Any:
    r = Reader(NOBODY if trusted is False else Trust.of(trusted), symbolic, text, partial, root_path, options)
    current = FLAGS.get()
    if current == Flags():
        token = FLAGS.set(_DEFERRING_PARTIAL if partial else _DEFERRING)
        try:
            value = _read_root(data, r)
        finally:
            FLAGS.reset(token)
    else:
        with scope(defer=True, partial=True if partial else current.partial):
            value = _read_root(data, r)
    if root_path is not None and OPS[type(value)].symbolic:
        link = OPS[type(value)].own_link(value)
        link.aside = {**(link.aside or {}), "root_path": cast("KeyPath", r.root_path)}
    if value_spec is not None:
        value = value_spec.apply(value, allow_partial=partial, root_path=r.root_path or KeyPath())
    return value


def _read_root(data: Any, r: Reader) -> Any:
    if type(data) is not dict and type(data) is not list:
        return data
    shared: Any = None
    root: Any = data
    if type(data) is dict and CONTEXT_KEY in data:
        shared, root = _split(data)
    try:
        if shared is not None:
            _read_shared(shared, root, r)
        return _decode(root, r)
    except RecursionError:
        raise too_deep("read the data", data, r.root_path) from None
    except Exception:  # noqa: S110  (read again below, with the path at hand)
        pass
    r.path = []
    r.shared = []
    try:
        if shared is not None:
            _read_shared(shared, root, r)
            r.path = []
        return _decode(root, r)
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
    return _decode(data, r) if type(data) is dict or type(data) is list else data


def _split(data: dict[str, Any]) -> tuple[list[Any], Any]:
    context = data[CONTEXT_KEY]
    shared = cast("dict[str, Any]", context).get(SHARED_KEY, []) if isinstance(context, dict) else None
    if not isinstance(shared, list) or ROOT_VALUE_KEY not in data:
        raise MalformedFileError(
            f"Data with {CONTEXT_KEY!r} should be {{'{CONTEXT_KEY}': {{'{SHARED_KEY}': [...]}}, '{ROOT_VALUE_KEY}': ...}}. "
            f"Encountered the keys {list(data)!r}. (path=)",
            path=KeyPath(),
        )
    return cast("list[Any]", shared), data[ROOT_VALUE_KEY]


def _read_shared(shared: list[Any], root: Any, r: Reader) -> None:
    _check_expansion(shared, root, r)
    for i, entry in enumerate(shared):
        if r.path is not None:
            r.path = [CONTEXT_KEY, SHARED_KEY, i]
        r.shared.append(_decode(entry, r) if type(entry) is dict or type(entry) is list else entry)


def _check_expansion(shared: list[Any], root: Any, r: Reader) -> None:
    """Refuses data whose references, followed, would make a program of absurd size."""
    sizes: list[int] = []
    for entry in [*shared, root]:
        size, stack = 0, [entry]
        while stack:
            v = stack.pop()
            size += 1
            if type(v) is dict:
                index = v.get(REF_KEY)
                if type(index) is int and 0 <= index < len(sizes):
                    size += sizes[index]
                stack.extend(c for c in v.values() if type(c) is dict or type(c) is list)
            elif type(v) is list:
                stack.extend(c for c in v if type(c) is dict or type(c) is list)
        sizes.append(size)
        if size > _MAX_EXPANDED:
            raise MalformedFileError(
                f"The data refers to shared objects so often that it stands for more than {_MAX_EXPANDED:,} nodes.",
                path=KeyPath(),
            )


def read_by_fields(json_value: dict[str, Any], *, context: Reader | None = None, **kwargs: Any) -> Any:
    """Reads an object by its fields even if its class has a `from_json` of its own: what that one's `super()` does."""
    cls = names.class_of(cast("str", json_value.get(TYPE_NAME_KEY)))
    if cls is None or _find_decoder(cls) is not method_reader:
        return from_json(json_value, context=context, **kwargs)
    if context is not None:
        return _ObjectReader(cls)(cls, json_value, context)
    settings = {k: kwargs.pop(k) for k in ("trusted", "allow_partial", "root_path", "auto_symbolic") if k in kwargs}
    r = Reader(
        Trust.of(settings.get("trusted", False)),
        settings.get("auto_symbolic", True),
        False,
        settings.get("allow_partial", False),
        settings.get("root_path"),
        kwargs,
    )
    with scope(defer=True):
        return _ObjectReader(cls)(cls, json_value, r)


# -- values ------------------------------------------------------------------------------------------------------------------
def _decode(v: Any, r: Reader) -> Any:
    """The value of a JSON list or dict."""
    if type(v) is dict:
        name = v.get(TYPE_NAME_KEY, _NO_TYPE)
        if name is not _NO_TYPE:
            if type(name) is not str:
                raise DeserializationError(f"'{TYPE_NAME_KEY}' should be a string. Encountered: {name!r}.", value=v)
            form = FORMS.get(name)
            if form is not None:
                return form(v, r)
            cls = registry.class_of(name) or _find_class(name, r)
            return DECODERS[cls](cls, v, r)
        if REF_KEY in v:
            return _shared_object(v, r)
        if r.symbolic or SYMBOLIC_MARKER in v:
            return Dict(_children(v, r))
        return _children(v, r)
    marker = v[0] if v and type(v[0]) is str else None
    if marker == TUPLE_MARKER:
        if len(v) == 1:
            raise DeserializationError(
                f"Tuple should have at least one element besides '{TUPLE_MARKER}'. Encountered: {v!r}", value=v
            )
        return tuple(_items(v, r, 1))
    if marker == SYMBOLIC_MARKER:
        return List(_items(v, r, 1))
    return List(_items(v, r, 0)) if r.symbolic else _items(v, r, 0)


def _items(v: list[Any], r: Reader, start: int) -> list[Any]:
    path = r.path
    if path is None:
        return [_decode(c, r) if type(c) is dict or type(c) is list else c for c in (v[start:] if start else v)]
    out: list[Any] = []
    for i in range(start, len(v)):
        path.append(i - start)
        out.append(_decode(v[i], r) if isinstance(v[i], (dict, list)) else v[i])
        path.pop()
    return out


def _children(v: dict[str, Any], r: Reader) -> dict[Any, Any]:
    """The values of a JSON object by their keys, the type's name and the marker left out."""
    path = r.path
    out: dict[Any, Any]
    if path is None:
        out = {k: _decode(c, r) if type(c) is dict or type(c) is list else c for k, c in v.items()}
    else:
        out = {}
        for k, c in v.items():
            path.append(k)
            out[k] = _decode(c, r) if type(c) is dict or type(c) is list else c
            path.pop()
    if SYMBOLIC_MARKER in out:
        del out[SYMBOLIC_MARKER]
    if r.text and any(k[:3] == "n_:" for k in out if type(k) is str):
        return {_key(k): c for k, c in out.items()}
    return out


_NUMERAL = re.compile(r"-?[0-9]+").fullmatch
_ESCAPED = re.compile(r"(?:n_:)+(?:-?[0-9]+|True|False)").fullmatch


def _key(key: Any) -> Any:
    """The key that a string stands for: see `encode._text_key`."""
    if type(key) is not str or key[:3] != "n_:":
        return key
    rest = key[3:]
    if _NUMERAL(rest):
        return int(rest)
    if rest in ("True", "False"):
        return rest == "True"
    return rest if _ESCAPED(rest) else key


def _shared_object(v: dict[str, Any], r: Reader) -> Any:
    index = v[REF_KEY]
    if type(index) is not int or not 0 <= index < len(r.shared):
        raise MalformedFileError(
            f"Reference {index!r} does not lead to a shared object that stands before it (there are {len(r.shared)}).", value=v
        )
    return r.shared[index]


# -- typed values ------------------------------------------------------------------------------------------------------------
def _find_class(name: str, r: Reader) -> type:
    """The class behind a name that is not registered, if trust reaches it."""
    cls = names.class_of(name)
    if cls is not None:
        return cls
    last = name.rpartition(".")[2]
    for types_ in SCOPED_TYPES.get():
        if last in types_:
            return types_[last]
    if name.endswith("._OpaqueObject"):
        return unsafe.OpaqueObject
    try:
        found = names.find_symbol(name, r.trust)
    except names.NotTrusted as e:
        hint = names.similar_type_name(name)
        raise UnknownTypeError(
            f"Type name {name!r} is not registered with a `pg.JSONConvertible` subclass.{hint} Import the module that defines "
            f"it and makes it symbolic, or pass trusted=[{e.args[0]!r}] to let the file import from there "
            "(refused under trusted=False).",
            value=name,
        ) from None
    except LookupError:
        hint = names.similar_type_name(name)
        raise UnknownTypeError(f"Cannot load class {name!r}.{hint}", value=name) from None
    if not isinstance(found, type):
        raise UnknownTypeError(f"Cannot load class {name!r}: {found!r} is not a class.", value=name)
    # Importing the module may have registered the class, or a wrapper of it.
    registered = names.class_of(name)
    return registered if registered is not None else found


SCOPED_TYPES: ContextVar[tuple[dict[str, type], ...]] = ContextVar("polygraft_types", default=())


def read_arguments(v: dict[str, Any], r: Reader) -> dict[str, Any]:
    """The arguments of an object: all entries but the type's name, keys as they are."""
    path = r.path
    if path is None:
        out = {k: _decode(c, r) if type(c) is dict or type(c) is list else c for k, c in v.items()}
        del out[TYPE_NAME_KEY]
        return out
    out = {}
    for k, c in v.items():
        if k != TYPE_NAME_KEY:
            path.append(k)
            out[k] = _decode(c, r) if type(c) is dict or type(c) is list else c
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
        self.required = frozenset() if self.lenient else frozenset(
            str(k)
            for k, f in self.schema.fields.items()
            if f.key.is_const and not f.value.frozen and MISSING_VALUE == f.value.default
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
        missing = [] if r.partial else [str(k) for k in fields if k in self.required and k not in arguments]
        if missing:
            _refuse_missing(name, missing)


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
        missing = [k for k, d in info.defaults.items() if isinstance(d, MissingValue) and k not in given]
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
    out = list(list.__iter__(items))
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
        f"{name}.__init__() missing {len(missing)} required {plural}: {', '.join(map(repr, missing))}.", value=missing
    )


def method_reader(cls: Any, v: dict[str, Any], r: Reader) -> Any:
    """Reads a class that has a `from_json` of its own."""
    rest = {k: c for k, c in v.items() if k != TYPE_NAME_KEY}
    return cls.from_json(rest, context=r, allow_partial=r.partial, **r.options)


def _read_none(cls: Any, v: dict[str, Any], r: Reader) -> Any:
    raise UnknownTypeError(
        f"{cls!r} is not a `pg.JSONConvertible` subclass. Make it symbolic with `pg.symbolize` before reading the file.",
        value=v[TYPE_NAME_KEY],
    )


# -- the tables --------------------------------------------------------------------------------------------------------------
#: Functions class → reader or None, asked in order for classes that have no reader yet.
_finders: list[Callable[[type], Decode | None]] = []


def add_decoder_finder(find: Callable[[type], Decode | None]) -> None:
    """Adds a function that is asked, once per class, for a reader; classes resolved before are asked about again."""
    _finders.append(find)
    DECODERS.clear()


class _DecoderTable(dict[type, Decode]):
    def __missing__(self, cls: type) -> Decode:
        decode = self[cls] = _find_decoder(cls)
        return decode


def _find_decoder(cls: type) -> Decode:
    for find in _finders:
        decode = find(cls)
        if decode is not None:
            return decode
    if cls is unsafe.OpaqueObject:
        return lambda cls, v, r: unsafe.unpickle(v, r.trust.everything)
    if OPS[cls].kind is Kind.OBJECT:
        own = cast("Any", cls).from_json
        return _ObjectReader(cls) if getattr(own, "__func__", None) is _OBJECT_FROM_JSON else method_reader
    if OPS[cls].kind is Kind.WRAPPED:
        return _WrappedReader(cls)
    return _read_none


_OBJECT_FROM_JSON: Any = cast("Any", Object).from_json.__func__

#: Class → its reader.
DECODERS: _DecoderTable = _DecoderTable()


def _items_of(v: dict[str, Any], r: Reader) -> list[Any]:
    items = v.get("items")
    if not isinstance(items, list):
        raise DeserializationError(
            f"A {v[TYPE_NAME_KEY]!r} should have a list under 'items'. Encountered: {items!r}.", value=v
        )
    return cast("list[Any]", items)


def _read_item_dict(v: dict[str, Any], r: Reader) -> Any:
    out: dict[Any, Any] = {}
    for pair in _items_of(v, r):
        if not isinstance(pair, list) or len(cast("list[Any]", pair)) != 2:
            raise DeserializationError(f"An item of a 'dict' should be a [key, value] list. Encountered: {pair!r}.", value=v)
        key, value = _items(cast("list[Any]", pair), r, 0)
        if not isinstance(key, (str, int, float, tuple, type(None))):
            raise DeserializationError(f"{key!r} cannot be the key of a dict.", value=v)
        out[key] = value
    if not r.symbolic and SYMBOLIC_MARKER not in v:
        return out
    odd = next((k for k in out if not isinstance(k, (str, int))), None)
    if odd is not None:
        raise DeserializationError(
            f"Keys of a `pg.Dict` are strings or integers. Encountered {odd!r}. Pass `auto_symbolic=False` to get plain dicts.",
            value=v,
        )
    return Dict(out)


def _read_item_list(v: dict[str, Any], r: Reader) -> Any:
    items = _items(_items_of(v, r), r, 0)
    return List(items) if r.symbolic or SYMBOLIC_MARKER in v else items


#: Values of `_type` that are words of the format, not names of classes.
FORMS: dict[str, Callable[[dict[str, Any], Reader], Any]] = {
    "type": lambda v, r: symbols.decode_type(v, r.trust),
    "function": lambda v, r: symbols.decode_function(v, r.trust),
    "method": lambda v, r: symbols.decode_method(v, r.trust),
    "tuple": lambda v, r: tuple(_items(_items_of(v, r), r, 0)),
    "dict": _read_item_dict,
    "list": _read_item_list,
    "polygraft.missing.MissingValue": lambda v, r: MISSING_VALUE,
    "pyglove.core.utils.missing.MissingValue": lambda v, r: MISSING_VALUE,
    "pyglove.core.object_utils.missing.MissingValue": lambda v, r: MISSING_VALUE,
}
