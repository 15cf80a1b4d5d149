"""The machinery of reading: the state of one call, the tables of readers, children, references.

Each class has one reader in `DECODERS`, found once; words of the format that are no classes (`type`,
`function`, …) have theirs in `FORMS`. See `decode.py` for the calls and `readers.py` for the readers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias, cast

from polygraft.errors import DeserializationError, MalformedFileError, UnknownTypeError
from polygraft.paths import KeyPath
from polygraft.serialization.names import (
    INT_KEY,
    REF_KEY,
    SCOPED_TYPES,
    SYMBOLIC_MARKER,
    TUPLE_MARKER,
    TYPE_NAME_KEY,
    find_class,
)
from polygraft.serialization.trust import Trust
from polygraft.symbolic import registry
from polygraft.symbolic.containers import Dict, List
from polygraft.symbolic.node import OPS
from polygraft.symbolic.unknown import UnknownTypedObject

Decode: TypeAlias = "Callable[[type, dict[str, Any], Reader], Any]"
_NO_TYPE: Any = object()
#: Types of values that are what they are.
SCALARS: frozenset[type] = frozenset({int, float, str, bool, type(None)})


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
        convert_unknown: Whether what is not known becomes a placeholder.
        scoped: Whether classes of a scope come before those of the registry.
    """

    __slots__ = (
        "convert_unknown",
        "options",
        "partial",
        "path",
        "root_path",
        "scoped",
        "shared",
        "symbolic",
        "text",
        "trust",
    )

    def __init__(
        self,
        trust: Trust,
        symbolic: bool,
        text: bool,
        partial: bool,
        root_path: Any,
        options: dict[str, Any],
        convert_unknown: bool = False,
    ):
        self.convert_unknown = convert_unknown
        self.trust = trust
        self.symbolic = symbolic
        self.text = text
        self.partial = partial
        self.root_path = None if root_path is None else KeyPath.from_value(root_path)
        self.options = options
        self.shared: list[Any] = []
        self.path: list[Any] | None = None
        self.scoped = bool(SCOPED_TYPES.get())

    def here(self) -> KeyPath:
        """The path of the value being read."""
        base = self.root_path.keys if self.root_path is not None else ()
        return KeyPath.of((*base, *(self.path or ())))


# -- the tables ------------------------------------------------------------------------------------
#: Functions class → reader or None, asked, last one first, for classes that have no reader yet.
_finders: list[Callable[[type], Decode | None]] = []


class _DecoderTable(dict[type, Decode]):
    def __missing__(self, cls: type) -> Decode:
        for find in reversed(_finders):
            read = find(cls)
            if read is not None:
                self[cls] = read
                return read
        raise KeyError(cls)


#: Class → its reader.
DECODERS: _DecoderTable = _DecoderTable()
#: Values of `_type` that are words of the format, not names of classes → their readers.
FORMS: dict[str, Callable[[dict[str, Any], Reader], Any]] = {}


def add_decoder_finder(find: Callable[[type], Decode | None]) -> None:
    """Adds a function that is asked, once per class, for a reader; classes resolved before are asked about again."""
    _finders.append(find)
    DECODERS.clear()


# -- values ----------------------------------------------------------------------------------------
def decode(v: Any, r: Reader) -> Any:
    """The value of a JSON list or dict."""
    if type(v) is dict:
        v = cast(Any, v)
        name = v.get(TYPE_NAME_KEY, _NO_TYPE)
        if name is not _NO_TYPE:
            if type(name) is not str:
                raise DeserializationError(
                    f"'{TYPE_NAME_KEY}' should be a string. Encountered: {name!r}.", value=v
                )
            form = FORMS.get(name)
            if form is not None:
                return form(v, r)
            cls = (registry.class_of(name) if not r.scoped else None) or _find_class(name, r)
            return DECODERS[cls](cls, v, r)
        if REF_KEY in v:
            return _shared_object(v, r)
        if r.symbolic or SYMBOLIC_MARKER in v:
            return Dict(_children(v, r))
        return _children(v, r)
    if type(v) is not list:
        return _decode_other(v, r)
    v = cast(Any, v)
    marker = v[0] if v and type(v[0]) is str else None
    if marker == TUPLE_MARKER:
        if len(v) == 1:
            raise DeserializationError(
                f"Tuple should have at least one element besides '{TUPLE_MARKER}'. Encountered: {v!r}",
                value=v,
            )
        return tuple(read_items(v, r, 1))
    if marker == SYMBOLIC_MARKER:
        return List(read_items(v, r, 1))
    return List(read_items(v, r, 0)) if r.symbolic else read_items(v, r, 0)


def _find_class(name: str, r: Reader) -> type:
    """The class behind a name that is not simply registered; that of placeholders, if the reader wants those."""
    try:
        return find_class(name, r.trust)
    except UnknownTypeError:
        if r.convert_unknown:
            return UnknownTypedObject
        raise


def _decode_other(v: Any, r: Reader) -> Any:
    """Subclasses of dict and list are read as those; nodes, and all else, are values already."""
    if OPS[type(v)].symbolic or not isinstance(v, (dict, list)):
        return v
    return decode(dict(cast(Any, v)) if isinstance(v, dict) else list(cast(Any, v)), r)


def read_items(v: list[Any], r: Reader, start: int) -> list[Any]:
    """The values of a JSON list from `start`."""
    path = r.path
    if path is None:
        return [c if type(c) in SCALARS else decode(c, r) for c in (v[start:] if start else v)]
    out: list[Any] = []
    for i in range(start, len(v)):
        path.append(i - start)
        out.append(decode(v[i], r))
        path.pop()
    return out


def _children(v: dict[str, Any], r: Reader) -> dict[Any, Any]:
    """The values of a JSON object by their keys, the type's name and the marker left out."""
    path = r.path
    out: dict[Any, Any]
    if path is None:
        out = {k: c if type(c) in SCALARS else decode(c, r) for k, c in v.items()}
    else:
        out = {}
        for k, c in v.items():
            path.append(k)
            out[k] = c if type(c) in SCALARS else decode(c, r)
            path.pop()
    if SYMBOLIC_MARKER in out:
        del out[SYMBOLIC_MARKER]
    if r.text and any(k[:3] == INT_KEY for k in out if type(k) is str):
        return {_key(k): c for k, c in out.items()}
    return out


_NUMERAL = re.compile(r"-?[0-9]+").fullmatch
_ESCAPED = re.compile(r"(?:n_:)+(?:-?[0-9]+|True|False)").fullmatch


def _key(key: Any) -> Any:
    """The key that a string stands for: see `writers._text_key`."""
    if type(key) is not str or key[:3] != INT_KEY:
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
            f"Reference {index!r} does not lead to a shared object that stands before it (there are {len(r.shared)}).",
            value=v,
        )
    return r.shared[index]
