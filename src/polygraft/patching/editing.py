"""`pg.edits`: the edits that turn one program into another.

Two trees are walked side by side, like `pg.diff` does, but what comes out is meant to be made: lists and plain tuples
are aligned (`alignment.py`), so that what has only moved is left alone, and nothing is said twice. Law:
`pg.eq(pg.patch(a, pg.edits(a, b)), b)`. `of_diff` turns a `Diff`, which compares lists by index, into edits too.
"""

# The type of a value that may be anything counts as unknown.
# pyright: reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.patching.alignment import align
from polygraft.patching.edit_script import Edit, Edits, Keys
from polygraft.paths import KeyPath
from polygraft.symbolic.compare import TooDeepError, eq, own_method, same
from polygraft.symbolic.diffing import Diff
from polygraft.symbolic.edits import Insertion
from polygraft.symbolic.expanding import expanded
from polygraft.symbolic.node import OPS, SAFE_TYPES, Kind, NodeOps, is_inner_name, is_node
from polygraft.symbolic.walking import walk

_ABSENT: Any = object()
_LISTS = frozenset({Kind.LIST, Kind.PLAIN_LIST})
_DICTS = frozenset({Kind.DICT, Kind.PLAIN_DICT})
_NODES = frozenset({Kind.OBJECT, Kind.WRAPPED})


def edits(old: Any, new: Any, *, inner: bool = False) -> Edits:
    """Returns the edits that turn one program into another: `pg.patch(old, pg.edits(old, new))` is like `new`.

    Both are left as they are; what the edits bring is copied. Items of lists are matched, so that what is inserted
    or removed in the middle is one edit each, and matched items that differ are edited inside. Nothing is built.

    Args:
        old: A program.
        new: What it is to become.
        inner: Whether to compare also what constructors of wrapped classes have made.

    Raises:
        TooDeepError: The trees are too deep to be compared place by place.

    Example:
        >>> import polygraft as pg
        >>> old = pg.Dict(layers=["conv", "pool", "dense"], lr=0.1)
        >>> new = pg.Dict(layers=["conv", "norm", "pool", "dense"], lr=0.2)
        >>> pg.edits(old, new)
        Edits(+layers[1]='norm', lr=0.2)
        >>> pg.eq(pg.patch(old, pg.edits(old, new)), new)
        True

    See Also:
        `pg.diff`, to look at differences; `pg.merge`, to join the edits of two.
    """
    if inner:
        old, new = expanded(old), expanded(new)
    if not is_node(old):  # there is no place in it that could be edited
        found = [] if eq(old, new) else [Edit("", OPS[type(new)].clone(new, {}, False))]
        return Edits(found)
    return edits_inside(old, new)


def edits_inside(old: Any, new: Any, everywhere: bool = False) -> Edits:
    """Like `edits`, also where the root is a plain container, which can be edited in what holds it.

    Args:
        old, new: See `edits`.
        everywhere: Whether an object that stands at several places is edited at each of them, not only at the first:
            to be looked at, not to be made.
    """
    try:
        return Edits(_Comparison(old, new, everywhere).run())
    except RecursionError:
        raise TooDeepError("The programs are too deep to be compared place by place.") from None


class _Comparison:
    """One run of `edits`.

    Attributes:
        out: The edits so far.
        memo: Copies made so far, so that what is shared in the new program is shared among the values of the edits.
        ties: Wrapped objects of the old program that stand at several places → what they meet there. An edit inside of
            one changes all places; None if there are no such objects.
        apart: Those of them that meet different things: they cannot be edited, only replaced place by place.
    """

    def __init__(self, old: Any, new: Any, everywhere: bool = False) -> None:
        self.old = old
        self.new = new
        self.everywhere = everywhere
        self.out: list[Edit] = []
        self.memo: dict[int, Any] = {}
        self.ties: dict[int, list[Any]] | None = {} if is_tied(old) else None
        self.apart: set[int] = set()
        self.edited: set[int] = set()

    def run(self) -> list[Edit]:
        self.compare(self.old, self.new, ())
        if self.ties:
            self.apart = {
                i for i, met in self.ties.items() if not all(same(met[0], v) for v in met[1:])
            }
            if self.apart:
                self.ties, self.out, self.memo, self.edited = {}, [], {}, set()
                self.compare(self.old, self.new, ())
        return self.out

    def set(self, keys: Keys, value: Any) -> None:
        self.out.append(Edit(KeyPath.of(keys), self.copy(value)))

    def remove(self, keys: Keys) -> None:
        self.out.append(Edit(KeyPath.of(keys), MISSING_VALUE))

    def insert(self, keys: Keys, value: Any) -> None:
        self.out.append(Edit(KeyPath.of(keys), Insertion(self.copy(value))))

    def copy(self, value: Any) -> Any:
        return (
            value if type(value) in SAFE_TYPES else OPS[type(value)].clone(value, self.memo, False)
        )

    def compare(self, old: Any, new: Any, keys: Keys) -> None:
        """Adds what turns the value at `keys` into `new`."""
        if old is new and self.ties is None:
            return
        t, u = type(old), type(new)
        if t in SAFE_TYPES and u in SAFE_TYPES:
            if old != new:
                self.set(keys, new)
            return
        a, b = OPS[t], OPS[u]
        if not _alike(a, b):
            if not same(old, new):
                self.set(keys, new)
            return
        if a.shared and self.ties is not None and self.settled(a, old, new, keys):
            return
        if a.kind is Kind.OBJECT and own_method(a.type, "sym_eq") is not None and same(old, new):
            return
        if a.kind in _LISTS or a.kind is Kind.TUPLE:
            self.sequences(a, b, old, new, keys)
        else:
            self.children(a, b, old, new, keys)

    def settled(self, ops: NodeOps, old: Any, new: Any, keys: Keys) -> bool:
        """Whether a wrapped object that may stand at several places needs no look inside."""
        if len(ops.parents(old)) < 2:
            return False
        if id(old) in self.apart:
            if not same(old, new):
                self.set(keys, new)
            return True
        cast("dict[int, list[Any]]", self.ties).setdefault(id(old), []).append(new)
        if id(old) in self.edited:
            return not self.everywhere
        self.edited.add(id(old))
        return False

    def children(self, a: NodeOps, b: NodeOps, old: Any, new: Any, keys: Keys) -> None:
        others = dict(b.items(new))
        for key, value in a.items(old):
            other = others.pop(key, MISSING_VALUE)
            if is_missing(other):
                if not is_missing(value):
                    self.remove((*keys, key))
            elif is_missing(value):
                self.set((*keys, key), other)
            else:
                self.compare(value, other, (*keys, key))
        add = self.add if a.kind is Kind.WRAPPED else self.set
        for key, other in others.items():
            if not is_missing(other):
                add((*keys, key), other)

    def add(self, keys: Keys, value: Any) -> None:
        """Adds what is new: an override of what a constructor makes argument by argument, all else as it is."""
        ops = OPS[type(value)]
        if is_inner_name(keys[-1]) and ops.kind in _DICTS and (items := list(ops.items(value))):
            for key, argument in items:
                self.add((*keys, key), argument)
        else:
            self.set(keys, value)

    def sequences(self, a: NodeOps, b: NodeOps, old: Any, new: Any, keys: Keys) -> None:
        left = [v for _, v in a.items(old)]
        right = [v for _, v in b.items(new)]
        if a.kind is Kind.TUPLE and (
            (a.type is not tuple and len(left) != len(right)) or any(map(is_missing, right))
        ):
            if not same(old, new):
                self.set(keys, new)
            return
        end = 0
        for i, j, equal in align(left, right, _likeness):
            if i is None:
                self.insert((*keys, end), right[cast("int", j)])
                continue
            end = i + 1
            if j is None:
                self.remove((*keys, i))
            elif not equal or self.ties is not None:
                self.compare(left[i], right[j], (*keys, i))


def _alike(a: NodeOps, b: NodeOps) -> bool:
    """True if a value of one kind can be edited to become one of the other."""
    if not (a.container and b.container) or a.inferential:
        return False
    if a.kind in _LISTS or a.kind in _DICTS:
        return b.kind in (_LISTS if a.kind in _LISTS else _DICTS)
    return a.type is b.type


def _likeness(old: Any, new: Any) -> float:
    """How much of one item of a list is in another: the share of equal children."""
    a, b = OPS[type(old)], OPS[type(new)]
    if not _alike(a, b):
        return 0.0
    left, right = dict(a.items(old)), dict(b.items(new))
    n = max(len(left), len(right))
    equal = sum(1 for k, v in left.items() if k in right and same(v, right[k]))
    return 0.2 + 0.8 * equal / n if n else 1.0


def is_tied(x: Any) -> bool:
    """True if a wrapped object may stand at several places of the program."""
    for _, node, _ in walk(x):
        ops = OPS[type(node)]
        if ops.shared and len(ops.parents(node)) > 1:
            return True
    return False


# -- differences -----------------------------------------------------------------------------------
def of_diff(diff: Diff) -> Edits:
    """The edits that a `Diff` stands for: lists by index, as it compares them.

    Raises:
        ValueError: The diff shows two types by their children (`collapse`), so that it does not hold all of the new
            value.
    """
    memo: dict[int, Any] = {}
    return Edits(_edits_of(diff, (), memo))


def _edits_of(diff: Diff, keys: Keys, memo: dict[int, Any]) -> Iterable[Edit]:
    if not diff.is_branch:
        if diff.right is Diff.MISSING:
            if diff.left is not Diff.MISSING:
                yield Edit(KeyPath.of(keys), MISSING_VALUE)
        elif diff:
            value = OPS[type(diff.right)].clone(diff.right, memo, False)
            yield Edit(KeyPath.of(keys), value)
        return
    a, b = OPS[diff.left], OPS[diff.right]
    if not _alike(a, b):
        raise ValueError(
            f"The difference of a {a.type.__name__} and a {b.type.__name__} by their children does not hold the whole "
            f"new value: use `pg.edits(a, b)`, or `pg.diff(a, b)` without `collapse`. (path={KeyPath.of(keys)})"
        )
    of_lists = a.kind in _LISTS
    for key, child in diff.children.items():
        yield from _edits_of(child, (*keys, int(key) if of_lists else key), memo)
