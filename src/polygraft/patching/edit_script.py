"""`Edits`: the changes that turn one program into another, as data.

An edit is a path and what is to be there: a value, an `Insertion`, or `MISSING_VALUE` for removal. All paths of
`Edits` mean the program as it is *before* any of them (indices of lists and tuples too), and no two edits concern the
same thing, so that their order means nothing, except among insertions at one place, which come to stand in the order
given. They are values: applying them (`pg.patch`) copies what they bring, comparing is symbolic, and they go into
files as data. Where they come from: `editing.py` compares programs, `dry_run.py` tries rules, `merging.py` joins.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias, cast, overload

from polygraft.errors import DeserializationError
from polygraft.formatting import Formattable, format
from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.paths import KeyPath
from polygraft.serialization import from_json, to_json
from polygraft.serialization.convertible import JSONConvertible
from polygraft.symbolic.compare import eq
from polygraft.symbolic.edits import Insertion

Op = Literal["set", "insert", "remove"]
Keys: TypeAlias = "tuple[Any, ...]"


@dataclasses.dataclass(frozen=True, slots=True, eq=False, init=False)
class Edit:
    """One change of a program.

    Attributes:
        path: Where, counted from the program that is patched; a text is parsed.
        value: What is to be there; `pg.Insertion(v)` inserts `v` before an item of a list or tuple (behind the last
            one at an index that is its length), `pg.MISSING_VALUE` removes.

    Example:
        >>> Edit("layers[0].units", 8).op, Edit("layers[1]", MISSING_VALUE).op
        ('set', 'remove')
    """

    path: KeyPath
    value: Any

    def __init__(self, path: KeyPath | str | int, value: Any) -> None:
        object.__setattr__(self, "path", KeyPath.from_value(path))
        object.__setattr__(self, "value", value)

    @property
    def op(self) -> Op:
        """What is done: `'set'`, `'insert'` or `'remove'`."""
        if isinstance(self.value, Insertion):
            return "insert"
        return "remove" if is_missing(self.value) else "set"

    @property
    def new(self) -> Any:
        """The value that is set or inserted; `MISSING_VALUE` for a removal."""
        return self.value.value if isinstance(self.value, Insertion) else self.value

    @property
    def keys(self) -> Keys:
        """The keys of the path."""
        return tuple(self.path.keys)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Edit)
            and self.keys == other.keys
            and self.op == other.op
            and eq(self.new, other.new)
        )

    def __hash__(self) -> int:
        return hash((self.keys, self.op))


class Edits(Sequence[Edit], Formattable, JSONConvertible):
    """Changes of a program, as a value: `pg.patch(program, edits)` makes them, all or none.

    `pg.edits(a, b)` and `pg.patch(a, ..., dry_run=True)` return them; `pg.save` and `pg.load` take them to files.
    They print one line each: `path = value`, `+ path = value` for an insertion, `- path` for a removal.

    Args:
        edits: `Edit` objects or (path, value) pairs; or a dict of path → value, as for `pg.patch`.

    Raises:
        ValueError: Two edits concern the same thing: a path twice, or something inside of what is replaced.

    Example:
        >>> import polygraft as pg
        >>> edits = pg.Edits(
        ...     {"units": 8, "layers[1]": pg.Insertion("relu"), "bias": pg.MISSING_VALUE}
        ... )
        >>> print(edits)
        Edits(
          units = 8,
          + layers[1] = 'relu',
          - bias
        )
        >>> pg.patch(pg.Dict(units=4, layers=["conv", "pool"], bias=True), edits)
        {units=8, layers=[0: 'conv', 1: 'relu', 2: 'pool']}
    """

    __serialization_key__ = "polygraft.Edits"
    __slots__ = ("_edits",)
    __str_format_kwargs__ = {"compact": False, "verbose": False}

    def __init__(self, edits: Iterable[Edit | tuple[Any, Any]] | Mapping[Any, Any] = ()) -> None:
        pairs = cast("Any", edits.items() if isinstance(edits, Mapping) else edits)
        self._edits: tuple[Edit, ...] = tuple(e if isinstance(e, Edit) else Edit(*e) for e in pairs)
        _refuse_overlap(self._edits)

    @property
    def paths(self) -> tuple[KeyPath, ...]:
        """The paths of all edits."""
        return tuple(e.path for e in self._edits)

    def __len__(self) -> int:
        return len(self._edits)

    def __iter__(self) -> Iterator[Edit]:
        return iter(self._edits)

    @overload
    def __getitem__(self, index: int) -> Edit: ...
    @overload
    def __getitem__(self, index: slice) -> Edits: ...
    def __getitem__(self, index: int | slice) -> Edit | Edits:
        return Edits(self._edits[index]) if isinstance(index, slice) else self._edits[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Edits):
            return False
        if self._edits == other._edits:
            return True
        mine, its = self._by_path(), other._by_path()
        return mine.keys() == its.keys() and all(edits == its[k] for k, edits in mine.items())

    def __hash__(self) -> int:
        return hash(frozenset(self._edits))

    def _by_path(self) -> dict[Any, list[Edit]]:
        """Place → the edits there, in order: that of different places means nothing."""
        out: dict[Any, list[Edit]] = {}
        for e in self._edits:
            out.setdefault((e.keys, e.op == "insert"), []).append(e)
        return out

    def __reduce__(self) -> Any:
        return Edits, (self._edits,)

    # -- printing ----------------------------------------------------------------------------------
    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns the text: one line for each edit, or all on one line."""
        kwargs.update(compact=compact, verbose=verbose)
        inner = root_indent + 1
        signs = {"set": "", "insert": "+", "remove": "-"}
        space, equals = ("", "=") if compact else (" ", " = ")
        lines: list[str] = []
        for e in self._edits:
            sign = signs[e.op] + space if e.op != "set" else ""
            value = "" if e.op == "remove" else equals + format(e.new, root_indent=inner, **kwargs)
            lines.append(f"{sign}{e.path if e.keys else '$'}{value}")
        if compact or not lines:
            return f"Edits({', '.join(lines)})"
        pad = "  " * inner
        return f"Edits(\n{pad}" + f",\n{pad}".join(lines) + f"\n{'  ' * root_indent})"

    # -- files -------------------------------------------------------------------------------------
    def to_json(self, *, context: Any = None, **kwargs: Any) -> Any:
        """Returns `{"_type": ..., "edits": [{"set": path, "value": ...}, {"remove": path}, ...]}`.

        A path is a text, or a list of keys where the text would mean another path.
        """
        out: list[dict[str, Any]] = []
        for e in self._edits:
            entry: dict[str, Any] = {e.op: _path_to_json(e)}
            if e.op != "remove":
                entry["value"] = to_json(e.new, context=context, **kwargs)
            out.append(entry)
        return {"_type": self.__serialization_key__, "edits": out}

    @classmethod
    def from_json(cls, json_value: Any, *, context: Any = None, **kwargs: Any) -> Edits:
        """Reads what `to_json` has written."""
        entries = json_value.get("edits")
        if not isinstance(entries, list) or json_value.keys() - {"edits", "_type"}:
            raise DeserializationError(
                f"Edits should be written as {{'edits': [...]}}. Encountered the keys {list(json_value)!r}."
            )
        edits = [_edit_from_json(e, context, kwargs) for e in cast("list[Any]", entries)]
        try:
            return cls(edits)
        except ValueError as e:
            raise DeserializationError(str(e)) from None


def _path_to_json(edit: Edit) -> Any:
    text = str(edit.path)
    try:
        if tuple(KeyPath.parse(text).keys) == edit.keys:
            return text
    except ValueError:
        pass
    for key in edit.keys:
        if not isinstance(key, (str, int)):
            raise ValueError(
                f"Edits at keys that are neither text nor integer cannot be written. Encountered: {key!r} "
                f"(path={edit.path})"
            )
    return list(edit.keys)


_FIELDS: dict[str, set[str]] = {
    "set": {"set", "value"}, "insert": {"insert", "value"}, "remove": {"remove"}
}  # fmt: skip


def _edit_from_json(entry: Any, context: Any, kwargs: dict[str, Any]) -> Edit:
    fields = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
    for op, given in _FIELDS.items():
        if fields.keys() == given:
            path = _path_from_json(fields[op])
            if op == "remove":
                return Edit(path, MISSING_VALUE)
            value = from_json(fields["value"], context=context, **kwargs)
            return Edit(path, Insertion(value) if op == "insert" else value)
    raise DeserializationError(
        "An edit should be written as {'set': path, 'value': ...}, {'insert': path, 'value': ...} or "
        f"{{'remove': path}}. Encountered: {entry!r}."
    )


def _path_from_json(path: Any) -> KeyPath:
    try:
        if isinstance(path, str):
            return KeyPath.parse(path)
    except ValueError as e:
        raise DeserializationError(f"Not a path: {path!r} ({e}).") from None
    if isinstance(path, list) and all(type(k) in (str, int) for k in cast("list[Any]", path)):
        return KeyPath.of(tuple(cast("list[Any]", path)))
    raise DeserializationError(f"A path is a text or a list of keys. Encountered: {path!r}.")


# -- the invariant ---------------------------------------------------------------------------------
def _refuse_overlap(edits: Sequence[Edit]) -> None:
    """Raises if a path is set or removed twice, or if something is changed inside of what is set or removed."""
    if len(edits) < 2:
        return
    replaced: dict[Keys, Edit] = {}
    for e in edits:
        if e.op != "insert":
            if e.keys in replaced:
                raise ValueError(f"Two edits concern the same path. (path={e.path})")
            replaced[e.keys] = e
    for e in edits:
        above = covering(replaced, e.keys)
        if above is not None:
            raise ValueError(
                f"Edits may not overlap: {e.path} is inside of {above.path or '$'}, which is "
                f"{'removed' if above.op == 'remove' else 'replaced'}. Paths mean the program before all edits: "
                f"put the change into the new value. (path={e.path})"
            )


def covering(replaced: Mapping[Keys, Edit], keys: Keys) -> Edit | None:
    """The edit among `replaced` that concerns something above `keys`, if there is one."""
    for n in range(len(keys)):
        above = replaced.get(keys[:n])
        if above is not None:
            return above
    return None
