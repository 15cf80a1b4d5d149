"""`KeyPathSet`: a set of paths, kept as a tree of keys.

The tree is nested dicts, key → subtree; a path ends where a dict has the entry `_END`. The set below a path is the
dict there, so `subtree` copies nothing, and what changes in it changes in the whole. A walk in the order of the dicts
gives the order of the set.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from polygraft.formatting import Formattable, kvlist_str
from polygraft.paths import KeyPath

_Trie: TypeAlias = "dict[Any, Any]"
PathLike: TypeAlias = "KeyPath | str | int"


class _End:
    """The entry of a dict at which a path ends."""

    def __repr__(self) -> str:
        return "END"


_END = _End()


class _Slot:
    """Stands for a key that dicts would take for another one, or not take at all: its text tells."""

    __slots__ = ("key", "text")

    def __init__(self, key: Any):
        self.key, self.text = key, str(key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Slot) and self.text == other.text and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.text)


#: Types of keys that stand for themselves.
_PLAIN = frozenset({str, int})


def _slots(path: PathLike) -> tuple[Any, ...]:
    """The keys of a path as the tree has them."""
    keys = KeyPath.from_value(path)._keys  # pyright: ignore[reportPrivateUsage]
    if _PLAIN.issuperset(map(type, keys)):
        return keys
    return tuple(k if type(k) in _PLAIN or isinstance(k, str) else _Slot(k) for k in keys)


class KeyPathSet(Formattable):
    """A set of paths.

    Args:
        paths: Its paths: `KeyPath`s, texts, or ints.
        include_intermediate: Whether the paths above each are added too, up to the root.

    Example:
        >>> s = KeyPathSet(["a.b", "x[0]"])
        >>> "a.b" in s, "a" in s, s.has_prefix("a")
        (True, False, True)
        >>> s.union(["a.c"]).subtree("a")
        KeyPathSet([b, c])
    """

    __slots__ = ("_trie",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self, paths: Iterable[PathLike] | None = None, *, include_intermediate: bool = False
    ):
        self._trie: _Trie = {}
        for path in paths or ():
            self.add(path, include_intermediate)

    @classmethod
    def from_value(cls, value: Any, include_intermediate: bool = False) -> KeyPathSet:
        """Returns a set of paths as it is, and a list, set or tuple of paths as one.

        Raises:
            ValueError: It is something else.
        """
        if isinstance(value, KeyPathSet):
            return value
        if isinstance(value, list | set | frozenset | tuple):
            paths = typing.cast("Iterable[PathLike]", value)
            return cls(paths, include_intermediate=include_intermediate)
        raise ValueError(
            f"Cannot convert {value!r} to KeyPathSet. Expected a list, set, tuple, or KeyPathSet."
        )

    @classmethod
    def _of(cls, trie: _Trie) -> KeyPathSet:
        self = object.__new__(cls)
        self._trie = trie
        return self

    # -- one path --------------------------------------------------------------------------------------------------
    def add(self, path: PathLike, include_intermediate: bool = False) -> bool:
        """Adds a path. True if it was not there."""
        if not include_intermediate:
            return self._add(_slots(path))
        way = [self._trie]
        for slot in _slots(path):
            way.append(way[-1].setdefault(slot, {}))
        new = _END not in way[-1]
        for trie in reversed(way):
            trie.setdefault(_END, True)
        return new

    def _add(self, slots: tuple[Any, ...]) -> bool:
        trie = self._trie
        for slot in slots:
            below: _Trie | None = trie.get(slot)
            if below is None:
                trie[slot] = below = {}
            trie = below
        if _END in trie:
            return False
        trie[_END] = True
        return True

    def remove(self, path: PathLike) -> bool:
        """Removes a path, with the branches that lead to nothing else. True if it was there."""
        return self._remove(_slots(path))

    def _remove(self, slots: tuple[Any, ...]) -> bool:
        way: list[tuple[_Trie, Any]] = []
        trie = self._trie
        for slot in slots:
            if slot not in trie:
                return False
            way.append((trie, slot))
            trie = trie[slot]
        if trie.pop(_END, None) is None:
            return False
        while way and not trie:
            trie, slot = way.pop()
            del trie[slot]
        return True

    def _at(self, slots: tuple[Any, ...]) -> _Trie | None:
        trie: _Trie | None = self._trie
        for slot in slots:
            trie = trie.get(slot)
            if trie is None:
                return None
        return trie

    def __contains__(self, path: PathLike) -> bool:
        trie = self._at(_slots(path))
        return trie is not None and _END in trie

    def has_prefix(self, root_path: PathLike) -> bool:
        """True if a path begins with `root_path`."""
        return self._at(_slots(root_path)) is not None

    def subtree(self, root_path: PathLike) -> KeyPathSet | None:
        """The paths below `root_path`, relative to it; None if there are none.

        It is a view: what is added to it is in this set as well.
        """
        trie = self._at(_slots(root_path))
        return self if trie is self._trie else None if trie is None else KeyPathSet._of(trie)

    # -- all paths -------------------------------------------------------------------------------------------------
    def __iter__(self) -> Iterator[KeyPath]:
        for slots in self._walk():
            if not _PLAIN.issuperset(map(type, slots)):
                slots = tuple(s.key if isinstance(s, _Slot) else s for s in slots)
            yield KeyPath.of(slots)

    def _walk(self) -> Iterator[tuple[Any, ...]]:
        """The paths as the tree has them."""
        slots: list[Any] = []
        levels = [iter(self._trie.items())]
        while levels:
            for slot, below in levels[-1]:
                if slot is _END:
                    yield tuple(slots)
                    continue
                slots.append(slot)
                levels.append(iter(below.items()))
                break
            else:
                levels.pop()
                if slots:
                    slots.pop()

    def __len__(self) -> int:
        return sum(1 for _ in self._walk())

    def __bool__(self) -> bool:
        return next(self._walk(), None) is not None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, KeyPathSet):
            return NotImplemented
        try:
            if self._trie == other._trie:
                return True
        except RecursionError:
            pass
        # Emptied subtrees leave branches that lead to nothing.
        return set(self._walk()) == set(other._walk())

    def clear(self) -> None:
        """Removes all paths."""
        self._trie.clear()

    def copy(self) -> KeyPathSet:
        """A set of the same paths that shares nothing with this one."""
        new: _Trie = {}
        todo = [(self._trie, new)]
        while todo:
            old, copied = todo.pop()
            for slot, below in old.items():
                if slot is _END:
                    copied[_END] = True
                else:
                    copied[slot] = {}
                    todo.append((below, copied[slot]))
        return KeyPathSet._of(new)

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> KeyPathSet:
        return self.copy()

    def __reduce__(self) -> tuple[Any, ...]:
        return KeyPathSet, (list(self),)

    def rebase(self, root_path: PathLike) -> None:
        """Puts `root_path` before each path, in place."""
        below = dict(self._trie)
        self._trie.clear()
        if not below:
            return
        trie = self._trie
        slots = _slots(root_path)
        for slot in slots[:-1]:
            trie = trie.setdefault(slot, {})
        if slots:
            trie[slots[-1]] = below
        else:
            trie.update(below)

    def __pg_rebased__(self, root_path: KeyPath) -> KeyPathSet:
        """What `root_path + self` is."""
        new = self.copy()
        new.rebase(root_path)
        return new

    # -- two sets --------------------------------------------------------------------------------------------------
    def update(self, other: Any) -> None:
        """Adds the paths of another set (or list, or tuple)."""
        for slots in list(KeyPathSet.from_value(other)._walk()):
            self._add(slots)

    def union(self, other: Any) -> KeyPathSet:
        """The paths of either."""
        new = self.copy()
        new.update(other)
        return new

    def __add__(self, other: Any) -> KeyPathSet:
        return self.union(other)

    def difference_update(self, other: Any) -> None:
        """Removes the paths of another set."""
        for slots in list(KeyPathSet.from_value(other)._walk()):
            self._remove(slots)

    def difference(self, other: Any) -> KeyPathSet:
        """The paths that are not in another set."""
        new = self.copy()
        new.difference_update(other)
        return new

    def intersection_update(self, other: Any) -> None:
        """Removes the paths that are not in another set."""
        kept = KeyPathSet.from_value(other)
        for slots in list(self._walk()):
            there = kept._at(slots)
            if there is None or _END not in there:
                self._remove(slots)

    def intersection(self, other: Any) -> KeyPathSet:
        """The paths of both."""
        new = self.copy()
        new.intersection_update(other)
        return new

    def format(
        self, compact: bool = True, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """The paths between brackets."""
        return kvlist_str(
            [("", list(self), [])],
            compact,
            verbose,
            root_indent,
            label="KeyPathSet",
            **kwargs,
        )
