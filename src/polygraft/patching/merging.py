"""`pg.merge`: three-way merge of programs.

Both sides are compared with the program that they come from (`editing.py`), and the edits of both are made at once:
their paths mean the same program, so edits of different places simply add up. Edits that are equal are one. What
remains are conflicts: one path that becomes two things, something changed inside of what the other side replaces or
removes, different items inserted at one place. Laws: `merge(b, x, b)`, `merge(b, b, x)` and `merge(b, x, x)` are like
`x`; without conflicts the sides may change places; the three programs are left as they are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeAlias, TypeVar, cast

from polygraft.missing import MISSING_VALUE
from polygraft.patching.applying import apply_edits
from polygraft.patching.edit_script import Edit, Edits, Keys, covering
from polygraft.patching.editing import edits_inside, is_tied
from polygraft.paths import KeyPath
from polygraft.symbolic.compare import eq
from polygraft.symbolic.containers import Dict
from polygraft.symbolic.copying import clone
from polygraft.symbolic.edits import Insertion
from polygraft.symbolic.flags import scope
from polygraft.symbolic.node import OPS, is_node

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class MergeConflict:
    """A place of which two programs make different things.

    Attributes:
        path: Where, in the base.
        base: What is there in the base; `pg.MISSING_VALUE` if nothing is.
        ours: What it is on the one side; `pg.MISSING_VALUE` if it is removed.
        theirs: What it is on the other side.
        inserted: True if both sides insert before the item at `path`, which itself is in no conflict. Then `ours` and
            `theirs` are lists of what they insert, and `base` is an empty list.
    """

    path: KeyPath
    base: Any
    ours: Any
    theirs: Any
    inserted: bool = False

    def __str__(self) -> str:
        where = str(self.path) or "the whole program"
        what = "insert before it" if self.inserted else f"base {_shown(self.base)}"
        return f"{where}: {what}, ours {_shown(self.ours)}, theirs {_shown(self.theirs)}"


def _shown(value: Any) -> str:
    text = "nothing" if value is MISSING_VALUE else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


class MergeConflictError(ValueError):
    """Two programs change the same place of their base differently.

    Attributes:
        conflicts: All such places.
    """

    conflicts: tuple[MergeConflict, ...]

    def __init__(self, message: str = "", conflicts: Iterable[MergeConflict] = ()) -> None:
        super().__init__(message)
        self.conflicts = tuple(conflicts)

    def __reduce__(self) -> Any:
        return type(self), (str(self), self.conflicts)


#: What to do about conflicts: take a side, or ask a function for the value.
OnConflict: TypeAlias = Literal["ours", "theirs"] | Callable[[MergeConflict], Any] | None


def merge(base: T, ours: T, theirs: T, *, on_conflict: OnConflict = None) -> T:
    """Returns the base with the changes of both sides.

    All three are left as they are. Lists are merged item by item: what each side inserts, removes and changes.

    Args:
        base: The program that both sides come from.
        ours: One successor of it.
        theirs: Another.
        on_conflict: What to do where both change one place, differently: `'ours'` or `'theirs'` takes that side
            there; a function is called with each `MergeConflict` and returns the value to take (`pg.MISSING_VALUE`
            removes; where both insert, the list of items to insert). By default, conflicts are an error.

    Returns:
        A new program, checked as a whole by the types of its fields.

    Raises:
        MergeConflictError: There are conflicts; its `conflicts` tell where.
        TypeError, ValueError: The sum of the changes is not acceptable.

    Example:
        >>> import polygraft as pg
        >>> base = pg.Dict(lr=0.1, layers=["conv", "dense"], epochs=1)
        >>> ours = pg.Dict(lr=0.2, layers=["norm", "conv", "dense"], epochs=1)
        >>> theirs = pg.Dict(lr=0.1, layers=["conv", "dense", "softmax"], epochs=5)
        >>> pg.merge(base, ours, theirs)
        {lr=0.2, layers=[0: 'norm', 1: 'conv', 2: 'dense', 3: 'softmax'], epochs=5}
        >>> pg.merge(base, ours, pg.clone(base, override={"lr": 0.3}))
        Traceback (most recent call last):
            ...
        polygraft.patching.merging.MergeConflictError: Both sides change the same places, differently:
        - lr: base 0.1, ours 0.2, theirs 0.3
        Pass `on_conflict='ours'`, `'theirs'`, or a function of the conflict that returns the value to take.
        >>> pg.merge(
        ...     base,
        ...     ours,
        ...     pg.clone(base, override={"lr": 0.3}),
        ...     on_conflict=lambda c: max(c.ours, c.theirs),
        ... ).lr
        0.3
    """
    if on_conflict not in (None, "ours", "theirs") and not callable(on_conflict):
        raise ValueError(
            f"`on_conflict` should be 'ours', 'theirs' or a function. Encountered: {on_conflict!r}."
        )
    ours_side, theirs_side = (_Side(edits_inside(base, x)) for x in (ours, theirs))
    seen = ours_side, theirs_side
    if is_tied(base):
        seen = _Side(edits_inside(base, ours, True)), _Side(edits_inside(base, theirs, True))
    places = _contested(*seen, (*ours_side.edits, *theirs_side.edits))
    kept = [e for e in ours_side.edits if _place_of(e, places) is None]
    kept += [
        e
        for e in theirs_side.edits
        if _place_of(e, places) is None and not ours_side.has(e, theirs_side)
    ]
    if on_conflict in ("ours", "theirs"):
        side = ours_side if on_conflict == "ours" else theirs_side
        kept += [e for e in side.edits if _place_of(e, places) is not None]
    elif places:
        conflicts = [_conflict(base, p, *seen) for p in places]
        if on_conflict is None:
            raise _error(conflicts)
        for c in conflicts:
            kept += _answer(c, on_conflict(c))
    return cast(T, _edited(base, kept))


def _error(conflicts: list[MergeConflict]) -> MergeConflictError:
    lines = "\n".join(f"- {c}" for c in conflicts)
    return MergeConflictError(
        f"Both sides change the same places, differently:\n{lines}\n"
        "Pass `on_conflict='ours'`, `'theirs'`, or a function of the conflict that returns the value to take.",
        conflicts,
    )


#: (keys, whether it is about what is inserted there)
_Place: TypeAlias = "tuple[Keys, bool]"


class _Side:
    """The edits of one side, by place."""

    def __init__(self, of_side: Edits) -> None:
        self.edits = tuple(of_side)
        self.replaced = {e.keys: e for e in self.edits if e.op != "insert"}
        self.inserted: dict[Keys, list[Edit]] = {}
        for e in self.edits:
            if e.op == "insert":
                self.inserted.setdefault(e.keys, []).append(e)

    def has(self, edit: Edit, other: _Side) -> bool:
        """True if this side makes the edit, which the other makes and which is not contested, as well."""
        if edit.op == "insert":
            return edit.keys in self.inserted
        return edit.keys in self.replaced


def _contested(ours: _Side, theirs: _Side, made: tuple[Edit, ...]) -> list[_Place]:
    """The places of conflicts, in the order of our edits, then of theirs.

    Args:
        ours, theirs: The edits of the sides, those of an object at several places at each of them.
        made: The edits that are to be made: a place that none of them concerns is another name of one that is told.
    """
    places: dict[_Place, None] = {}
    for side, other in ((ours, theirs), (theirs, ours)):
        for e in side.edits:
            inserts = e.op == "insert"
            if inserts:
                its: Any = other.inserted.get(e.keys)
                differs = its is not None and its != side.inserted[e.keys]
            else:
                its = other.replaced.get(e.keys)
                differs = its is not None and its != e
            if differs:
                places[e.keys, inserts] = None
            elif (above := covering(other.replaced, e.keys)) is not None:
                places[above.keys, False] = None
    return [p for p in places if any(_place_of(e, [p]) for e in made)]


def _place_of(edit: Edit, places: list[_Place]) -> _Place | None:
    """The contested place that an edit belongs to: its own, or one that it is inside of."""
    if not places:
        return None
    own = (edit.keys, edit.op == "insert")
    if own in places:
        return own
    for n in range(len(edit.keys)):
        if (edit.keys[:n], False) in places:
            return edit.keys[:n], False
    return None


def _conflict(base: Any, place: _Place, ours: _Side, theirs: _Side) -> MergeConflict:
    keys, inserted = place
    path = KeyPath.of(keys)
    if inserted:
        a, b = ([e.new for e in side.inserted[keys]] for side in (ours, theirs))
        return MergeConflict(path, [], a, b, True)
    value = base
    for key in keys:
        value = OPS[type(value)].get(value, key)
    return MergeConflict(path, value, *(_side_value(value, keys, side) for side in (ours, theirs)))


def _side_value(base: Any, keys: Keys, side: _Side) -> Any:
    """What a side makes of the value that is at `keys` in the base."""
    edit = side.replaced.get(keys)
    if edit is not None:
        return edit.new
    n = len(keys)
    below = [e for e in side.edits if len(e.keys) > n and e.keys[:n] == keys]
    return _edited(base, [Edit(KeyPath.of(e.keys[n:]), e.value) for e in below])


def _answer(conflict: MergeConflict, value: Any) -> list[Edit]:
    """The edits that make of a contested place what a function has answered."""
    if not conflict.inserted:
        same_as_base = value is conflict.base or eq(value, conflict.base)
        return [] if same_as_base else [Edit(conflict.path, value)]
    if not isinstance(value, (list, tuple)):
        raise TypeError(
            f"Where both sides insert, `on_conflict` should return the list of items to insert. "
            f"Encountered: {value!r}. (path={conflict.path})"
        )
    return [Edit(conflict.path, Insertion(v)) for v in cast("list[Any]", value)]


def _edited(base: Any, changes: list[Edit]) -> Any:
    """A copy of `base` with edits made; seals are no obstacle to a copy."""
    new = clone(base)
    if not changes:
        return new
    with scope(sealed=False):
        if is_node(new) or not changes[0].keys:
            return apply_edits(new, Edits(changes))
        # A tuple, list or dict that is no node can be edited where a node holds it.
        holder = Dict(value=new)
        apply_edits(holder, Edits([Edit(KeyPath.of(("value", *e.keys)), e.value) for e in changes]))
        result = holder.sym_getattr("value")
        holder.rebind(value=MISSING_VALUE)
        return result
