"""What a wrapped object remembers: the arguments it was called with, and its places.

A record lives in one hidden slot of the instance. The slot's descriptor is kept here and taken off
the class, so that `vars(x)`, `dir(x)` and class attributes are those of the plain class. Three
layouts exist: the slot of `SlotBase` (nearly always), a slot of the wrapper's own (classes with
`__slots__` and C layouts, which cannot share a base with a slot), and a key of the instance's
`__dict__` (C layouts of variable size, which can have no slots).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from polygraft.symbolic.node import OPS, Link, Steps
from polygraft.symbolic.wrapping.base import DICT_KEY

if TYPE_CHECKING:
    from polygraft.symbolic.wrapping.signature import ClassInfo


# Typed views of builtins, which type checkers otherwise take to return something unknown.
type_of: Callable[[Any], Any] = type
list_items: Callable[[Any], Any] = cast("Any", list).__iter__
dict_items: Callable[[Any], Any] = cast("Any", dict).items


#: Key in `Record.aside`: functions `(object, undo)` that are called when an edit is about to take its state away.
WATCHERS = "watchers"


class Record(Link):
    """The symbolic side of a wrapped object.

    Attributes:
        info: What is known of the class that was called.
        args: Argument name → value, only those given: the items of `*args` as a `pg.List` under
            its name, `**kwargs` flat.
        more: Further parents: (weak reference to the parent, key). The first one is `parent`, held
            strongly.
        build: The construction that is under way or was tried last (see `construction.py`); None
            until the first.
    """

    __slots__ = ("args", "build", "info", "more")

    def __init__(self, info: ClassInfo, args: dict[str, Any], flags: int = 0):
        self.parent: Any = None
        self.key: Any = None
        self.flags = flags
        self.aside: dict[str, Any] | None = None
        self.info = info
        self.args = args
        self.more: list[tuple[Callable[[], Any], Any]] | None = None
        self.build: Any = None


# -- several parents -------------------------------------------------------------------------------
def stands_at(x: Any, parent: Any, key: Any) -> bool:
    """True if the child of `parent` at `key` is `x`."""
    value = parent
    for step in key if type(key) is Steps else (key,):
        value = OPS[type(value)].get(value, step, None)
    return value is x or OPS[type(parent)].stored(parent, key) is x


def _weak(parent: Any) -> Callable[[], Any]:
    try:
        return weakref.ref(parent)
    except TypeError:
        return lambda: parent


def add_parent(record: Record, parent: Any, key: Any) -> None:
    """Notes one more place. Places that the object has left (a list was renumbered) are dropped when read."""
    if record.parent is None:
        record.parent = parent
        record.key = key
        if record.aside:
            record.aside.pop("root_path", None)
        return
    if record.parent is parent and record.key == key:
        return
    if record.more is None:
        record.more = []
    elif any(ref() is parent and k == key for ref, k in record.more):
        return
    record.more.append((_weak(parent), key))


def make_first(record: Record, x: Any, root: Any) -> None:
    """Makes the place of `x` below `root`, if it has one, its first."""
    places_of_x = list(places(record, x))
    for i, (parent, _) in enumerate(places_of_x):
        node = parent
        while node is not None and node is not root:
            node = OPS[type(node)].link(node).parent
            if OPS[type(node)].shared and node is not root:
                node = None
        if node is root:
            first, *rest = [places_of_x[i], *places_of_x[:i], *places_of_x[i + 1 :]]
            record.parent, record.key = first
            record.more = [(_weak(p), k) for p, k in rest] or None
            return


def remove_parent(record: Record, parent: Any, key: Any) -> None:
    """Forgets one place; the next one that is alive becomes the first."""
    if record.parent is parent and record.key == key:
        record.parent = record.key = None
        _promote(record)
    elif record.more:
        record.more = [
            (ref, k) for ref, k in record.more if not (ref() is parent and k == key)
        ] or None


def _promote(record: Record) -> None:
    while record.parent is None and record.more:
        ref, key = record.more.pop(0)
        parent = ref()
        if parent is not None:
            record.parent, record.key = parent, key
    record.more = record.more or None


def tidy(record: Record, x: Any) -> None:
    """Drops places where `x` no longer stands."""
    if record.more is None:
        return
    record.more = [
        (ref, k) for ref, k in record.more if (p := ref()) is not None and stands_at(x, p, k)
    ] or None
    if record.parent is not None and record.more and not stands_at(x, record.parent, record.key):
        record.parent = record.key = None
        _promote(record)


def places(record: Record, x: Any) -> Iterator[tuple[Any, Any]]:
    """All (parent, key) pairs, the first one first."""
    tidy(record, x)
    if record.parent is None:
        return
    yield record.parent, record.key
    for ref, key in record.more or ():
        parent = ref()
        if parent is not None:
            yield parent, key


# -- records in `__dict__` -------------------------------------------------------------------------
def read_key(x: Any) -> Record:
    """The record of an instance that can have no slot."""
    try:
        record: Record = x.__dict__[DICT_KEY]
    except KeyError:
        raise AttributeError(DICT_KEY) from None
    return record


def write_key(x: Any, record: Record) -> None:
    """Sets it."""
    x.__dict__[DICT_KEY] = record
