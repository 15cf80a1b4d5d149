"""What a node is: its place in a tree, and what the tree operations know about each type.

Every value has an exact type, and every exact type has one `NodeOps` in the table `OPS`. The four kinds of node
(`Object`, `Dict`, `List`, wrapped classes) have their own subclasses of `NodeOps`; plain lists, dicts and tuples
are containers that are looked into but hold no place; all else is a leaf. Operations of the library look a value's
behaviour up by `OPS[type(x)]` and never through its attributes, so that users may name their fields and methods as
they like.

A node stores its parent and its key, never its path (`Link`). Invariant: if `link.parent` is `p` and `link.key` is `k`,
then the raw child of `p` at `k` is the node. See `places.py` for attaching and detaching.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.typing import Field


class Steps(tuple[Any, ...]):
    """A key of several steps: the place of a node inside a tuple, e.g. `Steps(('steps', 0, 1))`."""

    __slots__ = ()


class Link:
    """A node's place in its tree, its own flags, and what must be kept beside its values.

    Attributes:
        parent: The enclosing node, or None for a root.
        key: The key in the parent (a `Steps` inside tuples); None for a root.
        flags: Bits `SEALED`, `PARTIAL`, `WRITABLE`, `NOT_WRITABLE`, `WATCHED`, `ABSTRACT`.
        aside: What is rarely there: `root_path`, and the names of `dynamic` values of objects. None nearly always.
    """

    __slots__ = ("aside", "flags", "key", "parent")

    #: Further places of a shared node; None for all others.
    more: Any = None

    def __init__(
        self,
        parent: Any = None,
        key: Any = None,
        flags: int = 0,
        aside: dict[str, Any] | None = None,
    ):
        self.parent = parent
        self.key = key
        self.flags = flags
        self.aside = aside


#: Shared by all roots without flags, so that making a node allocates no link. Never mutated.
ROOT = Link()

SEALED = 1
PARTIAL = 2
WRITABLE = 4
NOT_WRITABLE = 8
#: The subtree holds a class that overrides `_on_path_change`.
WATCHED = 16
#: The subtree may hold a placeholder or a missing value. Set when one is attached below, never taken back, so that the
#: usual answer to "is this complete?" is one bit.
ABSTRACT = 32
#: What the constructor of a wrapped object would make is known, although the object is not constructed.
KNOWN = 64

#: Types of values that can neither be nodes nor contain any, nor need conversion.
SAFE_TYPES: frozenset[type] = frozenset({int, float, str, bool, type(None), bytes, complex})

#: `list` and `dict`, through which the library reaches the content of a node below the methods that the node overrides.
plain_list: type[list[Any]] = list
plain_dict: type[dict[Any, Any]] = dict


class Kind(Enum):
    """The kinds of values a tree is made of."""

    LEAF = "leaf"
    TUPLE = "tuple"
    PLAIN_DICT = "plain dict"
    PLAIN_LIST = "plain list"
    DICT = "dict"
    LIST = "list"
    OBJECT = "object"
    WRAPPED = "wrapped"


def _nothing() -> None: ...


class NodeOps:
    """Operations on values of one exact type. The base class is that of leaves.

    Attributes:
        type: The type; for a deferred class, the class it stands for.
        kind: The kind of value.
        symbolic: True for the four kinds of node.
        container: True if tree operations look into the value.
        shared: True if the node may have several parents (wrapped objects).
        hooks: True if a change in the subtree must be told to the node.
        watches_path: True if the class overrides `_on_path_change`.
        watches_parent: True if the class overrides `_on_parent_change`.
        abstract: True if values of the type are placeholders or missing values.
        remembers: True if each `put`, not only a removal, changes more than the child: see `memory`.
        lenient: True if missing direct children do not make the node partial (unbound arguments of functors).
        adapter: What a framework's objects need besides (see `wrapping/adapters.py`); None for nearly all types.
        printed_items: Like `items`, in the order of printing; None where that is the same.
        inferential: True if reading such a value from its node gives another one, worked out at that time.
    """

    kind: Kind = Kind.LEAF
    symbolic = False
    container = False
    shared = False
    hooks = False
    watches_path = False
    watches_parent = False
    lenient = False
    remembers = False
    adapter: Any = None
    printed_items: Callable[[Any], Iterable[tuple[Any, Any]]] | None = None

    def __init__(self, type_: type):
        self.type = type_
        self.abstract: bool = getattr(type_, "__pg_abstract__", False)
        self.inferential: bool = getattr(type_, "__pg_inferential__", False)

    # -- place -------------------------------------------------------------------------------------
    def link(self, x: Any) -> Link:
        """The node's link (`ROOT` for an unattached one). Nodes only."""
        raise TypeError(f"{self.type!r} is not a symbolic type.")

    def set_link(self, x: Any, link: Link, /) -> None:
        """Replaces the node's link. Nodes only."""
        raise TypeError(f"{self.type!r} is not a symbolic type.")

    def own_link(self, x: Any) -> Link:
        """The node's link, made its own (not the shared `ROOT`), so that it may be written to."""
        link = self.link(x)
        if link is ROOT:
            link = Link()
            self.set_link(x, link)
        return link

    def parents(self, x: Any) -> tuple[tuple[Any, Any], ...]:
        """All (parent, key) pairs: at most one, but for shared nodes."""
        link = self.link(x)
        return () if link.parent is None else ((link.parent, link.key),)

    def called_type(self, x: Any) -> type:
        """The type whose call made `x`: another than its own, where a framework has changed that since."""
        return self.type

    def attach(self, x: Any, parent: Any, key: Any) -> Any:
        """Gives `x` the place `key` in `parent`; returns what is to be stored there (`x` or a copy of it)."""
        if self.abstract:
            mark(parent, ABSTRACT)
        return x

    def detach(self, x: Any, parent: Any, key: Any) -> None:
        """Takes the place `key` in `parent` from `x`."""

    def rekey(self, x: Any, parent: Any, key: Any) -> None:
        """Notes that `x` stands at `key` of its parent from now on (shared nodes only)."""
        self.attach(x, parent, key)

    # -- children ----------------------------------------------------------------------------------
    def items(self, x: Any, /) -> Iterable[tuple[Any, Any]]:
        """Raw (key, child) pairs in printing order; arguments not given show their default. Containers only."""
        return ()

    def given_items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        """Like `items`, without arguments that were not given and without missing values."""
        return ((k, v) for k, v in self.items(x) if not is_missing(v))

    def written_items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        """The pairs that go into files."""
        return self.given_items(x)

    def get(self, x: Any, key: Any, default: Any = MISSING_VALUE) -> Any:
        """The raw child at `key`, or `default`."""
        return default

    def with_inner(self) -> NodeOps:
        """The same operations, with items that include what constructors have made (wrapped classes only)."""
        return self

    def expand(self, x: Any) -> None:
        """Makes what the constructor has made arguments of the node `x`, which is a copy to be looked at."""

    def stored(self, x: Any, key: Any) -> Any:
        """Like `get`, but `MISSING_VALUE` for an argument that was not given."""
        for k, v in self.given_items(x):
            if k == key:
                return v
        return MISSING_VALUE

    def field(self, x: Any, key: Any) -> Field | None:
        """The field that describes the child at `key`, if there is one."""
        return None

    def shown_field(self, x: Any, key: Any) -> Field | None:
        """Like `field`; for arguments of wrapped classes that nothing constrains, one that takes anything."""
        return self.field(x, key)

    def resolve_reads(self, x: Any) -> None:
        """Sees to it that reading the container `x` gives what inferential children stand for: one was attached."""

    # -- writing (used by edits only) --------------------------------------------------------------
    def admits(self, x: Any, key: Any) -> bool:
        """True if a child may be stored at `key`."""
        return False

    def check(self, x: Any, key: Any, value: Any) -> Any:
        """Returns the value to store at `key`: validated, completed, plain containers converted; not yet attached.

        `MISSING_VALUE` resets to the default, or comes back as `MISSING_VALUE` where the child is to be removed.
        """
        raise TypeError(f"{self.type!r} is not a symbolic type.")

    def put(self, x: Any, key: Any, value: Any) -> None:
        """Stores without any check; `MISSING_VALUE` removes the child. The caller attaches, detaches and logs."""
        raise TypeError(f"{self.type!r} is not a symbolic type.")

    def memory(self, x: Any) -> Callable[[], Any]:
        """A function that brings back what `put` changes besides the child: key order, which arguments were given."""
        return _nothing

    # -- life --------------------------------------------------------------------------------------
    def clone(self, x: Any, memo: dict[int, Any] | None, deep: bool, /) -> Any:
        """A copy of the program: containers anew, leaves shared (copied if `deep`); never runs user constructors."""
        return copy.deepcopy(x, memo) if deep else x

    def clone_into(
        self, x: Any, memo: dict[int, Any] | None, deep: bool, parent: Any, key: Any, /
    ) -> Any:
        """The clone of a child, attached: what the clone of a container stores at `key`."""
        new = self.clone(x, memo, deep)
        return OPS[type(new)].attach(new, parent, key)

    def share(self, x: Any, /) -> Any:
        """The copy that is stored on a second attachment: like a clone, but wrapped objects in it stay shared."""
        return x

    def changed(self, x: Any, updates: dict[Any, Any], undo: list[Any]) -> None:
        """Tells the node that its subtree has changed (`hooks` is True).

        Args:
            x: The node.
            updates: Relative path → `FieldUpdate`; empty if the class does not look at them.
            undo: Zero-argument callables to run (last first) if the transaction fails; append what restores runtime
                state.
        """

    def absorbed(self, x: Any, updates: dict[Any, Any], undo: list[Any]) -> dict[Any, Any]:
        """Before anyone is told: turns changes of what a constructor has made into overrides (shared nodes only).

        Returns:
            What `changed` is told: `updates`, or nothing if what the constructor makes is no longer known.
        """
        return updates

    def convert(self, x: Any) -> Any:
        """The form in which a node stores `x`: plain dicts and lists become `Dict` and `List`."""
        return x

    def check_length(self, x: Any) -> None:
        """Raises if the node holds too few or too many children (after structural changes of a list)."""

    def listens(self, x: Any) -> bool:
        """True if the node has something to do when it is told of a change (asked only where `hooks` is True)."""
        return True

    def wants_updates(self, x: Any) -> bool:
        """True if `changed` looks at its `updates`."""
        return False

    # -- comparison --------------------------------------------------------------------------------
    def eq(self, x: Any, y: Any, /) -> bool:
        """Symbolic equality with another value of any type."""
        return bool(x == y)

    def hash(self, x: Any) -> int:
        """Symbolic hash, consistent with `eq`."""
        return hash(x)


class _OpsTable(dict[type, NodeOps]):
    """Exact type → operations; an unknown type is resolved once, through its bases."""

    def __missing__(self, type_: type) -> NodeOps:
        for resolve in _resolvers:
            ops = resolve(type_)
            if ops is not None:
                return self.setdefault(type_, ops)  # another thread may have been first
        return self.setdefault(type_, NodeOps(type_))


_resolvers: list[Any] = []

#: Exact type → its operations.
OPS: _OpsTable = _OpsTable()


class _InnerTable(_OpsTable):
    """Like `OPS`, for walks that also visit what constructors have made."""

    def __missing__(self, type_: type) -> NodeOps:
        return self.setdefault(type_, OPS[type_].with_inner())


INNER: _OpsTable = _InnerTable()

#: Key in the memo of a clone that will differ from the original: what constructors have made is not copied then.
WITHOUT_INNER: Any = "without inner"


def add_resolver(resolve: Any) -> None:
    """Adds a function type → `NodeOps` or None, asked once for each type that has no entry in `OPS`."""
    _resolvers.append(resolve)


for _type in SAFE_TYPES:
    OPS[_type] = NodeOps(_type)


def mark(x: Any, flag: int) -> None:
    """Sets a bit on the link of `x` and of all nodes above it."""
    front = [x]
    while front:
        x = front.pop()
        while x is not None:
            ops = OPS[type(x)]
            link = ops.own_link(x)
            if link.flags & flag:
                break
            link.flags |= flag
            if ops.shared:
                front.extend(p for p, _ in ops.parents(x))
                break
            x = link.parent


def is_inner_name(key: Any) -> bool:
    """True for the keys of what constructors have made (see `wrapping/inner.py`)."""
    return type(key) is str and key[:1] == "@"


def is_node(x: Any) -> bool:
    """True if `x` is a node: a `pg.Object`, `pg.Dict`, `pg.List`, or an instance of a wrapped class."""
    return OPS[type(x)].symbolic
