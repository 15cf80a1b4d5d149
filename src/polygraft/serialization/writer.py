"""The machinery of writing: the state of one call, the table of writers, children, identity.

Each exact type has one writer in `ENCODERS`, found once. The usual case writes a tree in one pass and tracks
nothing but the identity of the few objects that may occur twice (wrapped objects, plain containers). See
`encode.py` for the calls and `writers.py` for the writers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from polygraft.errors import CycleError
from polygraft.missing import MissingValue
from polygraft.paths import KeyPath
from polygraft.serialization.names import REF_KEY

#: Types that JSON has itself.
SCALARS: frozenset[type] = frozenset({int, float, str, bool, type(None)})

Encode: TypeAlias = "Callable[[Any, Writer], Any]"


class Twice(Exception):
    """An object has occurred a second time."""


class Writer:
    """The state of one call of `to_json`.

    Attributes:
        text: Whether keys must be strings, because the result becomes text.
        usual: True as long as the fast path is good enough.
        infer: Whether inferential values are written as what they stand for.
        markers: Whether `pg.Dict` and `pg.List` are told apart from plain containers.
        path: Keys from the root to the value being written, or None if nobody keeps track.
        direct: The object whose own method asks for its usual form, for a moment.
        shared: Written forms of the objects that occur more than once.
    """

    __slots__ = (
        "counts", "direct", "exclude", "hide_defaults", "hide_frozen", "index", "infer", "markers", "options", "path",
        "repeated", "seen", "shared", "text", "usual",
    )  # fmt: skip

    def __init__(
        self,
        text: bool,
        hide_frozen: bool,
        hide_defaults: bool,
        exclude: Any,
        markers: bool,
        infer: bool = False,
    ):
        self.text = text
        self.hide_frozen = hide_frozen
        self.hide_defaults = hide_defaults
        self.exclude: frozenset[Any] = frozenset(exclude or ())
        self.markers = markers
        self.infer = infer
        self.usual = hide_frozen and not hide_defaults and not exclude and not markers and not infer
        self.seen: dict[int, Any] = {}
        self.counts: dict[int, list[Any]] | None = None
        self.repeated: set[int] | None = None
        self.index: dict[int, int] = {}
        self.shared: list[Any] = []
        self.path: list[Any] | None = None
        self.direct: Any = None
        self.options: dict[str, Any] = {
            "hide_frozen": hide_frozen,
            "hide_default_values": hide_defaults,
            "omit_symbolic_marker": not markers,
            "use_inferred": infer,
        }


# -- the table -------------------------------------------------------------------------------------
#: Functions type → writer or None, asked, last one first, for types that have no writer yet.
_finders: list[Callable[[type], Encode | None]] = []


class _EncoderTable(dict[type, Encode]):
    def __missing__(self, cls: type) -> Encode:
        for find in reversed(_finders):
            encode = find(cls)
            if encode is not None:
                self[cls] = encode
                return encode
        raise KeyError(cls)


#: Exact type → its writer.
ENCODERS: _EncoderTable = _EncoderTable()


def add_encoder_finder(find: Callable[[type], Encode | None]) -> None:
    """Adds a function that is asked, once per type, for a writer; known types are asked about again."""
    _finders.append(find)
    ENCODERS.clear()


# -- children --------------------------------------------------------------------------------------
def write_pairs(pairs: Iterable[tuple[Any, Any]], w: Writer, out: dict[Any, Any]) -> dict[Any, Any]:
    """Writes (key, value) pairs into `out`, missing values left out."""
    path = w.path
    if path is None:
        for k, v in pairs:
            t = type(v)  # pyright: ignore[reportUnknownVariableType]
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


def write_items(items: Iterable[Any], w: Writer) -> list[Any]:
    """Writes the elements of a list or tuple."""
    path = w.path
    if path is None:
        return [v if type(v) in SCALARS else ENCODERS[type(v)](v, w) for v in items]
    out: list[Any] = []
    for i, v in enumerate(items):
        path.append(i)
        out.append(v if type(v) in SCALARS else ENCODERS[type(v)](v, w))
        path.pop()
    return out


# -- identity --------------------------------------------------------------------------------------
def once(x: Any, w: Writer, write: Encode) -> Any:
    """Writes an object on the careful path; one that occurs more than once is written apart and referred to."""
    if x is w.direct:  # its own method has been entered, and asks for the usual form
        w.direct = None
        return write(x, w)
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
        raise CycleError(
            f"Cannot write a {type(x).__name__} that holds itself. (path={path})",
            path=path,
            value=x,
        )
    return {REF_KEY: index}


def see(x: Any, w: Writer) -> None:
    """Notes, on the fast path, an object that may occur twice."""
    i = id(x)
    if i in w.seen:
        raise Twice
    w.seen[i] = x
