"""Programs with holes: the compiled form of a tree that contains placeholders.

A `Frame` is a tree together with its outermost placeholders, each compiled to a `Slot`; the candidates of a choice
are frames again. Frames and slots speak the flat form of genotypes: `read` takes numbers and gives values, `write`
takes a value and gives numbers, both in depth-first order, as `geno.plan` lays them out. They trust their numbers;
`check` is what looks at a genotype of unknown origin first, and knows how to say what is wrong with it.
"""

from __future__ import annotations

import copy
import threading
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from polygraft.formatting import format
from polygraft.geno import DNA, DecisionPoint, Space
from polygraft.geno.spec import MAX_DEPTH
from polygraft.hyper.base import HyperPrimitive, HyperValue, Where
from polygraft.hyper.matching import match
from polygraft.paths import KeyPath
from polygraft.symbolic.node import OPS, SAFE_TYPES, Kind
from polygraft.symbolic.places import path_of

Numbers = Sequence[Any]
Memo = dict[int, Any]


class Slot(ABC):
    """One placeholder at one place.

    Attributes:
        placeholder: The placeholder.
        table: For a single choice among plain constants, those; else None.
    """

    __slots__ = ("placeholder", "table")

    def __init__(self, placeholder: Any, table: tuple[Any, ...] | None = None):
        self.placeholder = placeholder
        self.table = table

    @abstractmethod
    def point(self, location: KeyPath) -> DecisionPoint:
        """A new decision point."""

    @abstractmethod
    def read(self, numbers: Numbers, at: int, memo: Memo) -> tuple[Any, int]:
        """The value that the numbers from `at` on stand for, and where they end."""

    @abstractmethod
    def write(self, value: Any, numbers: list[Any], path: KeyPath) -> None:
        """Appends the numbers that stand for `value`; raises `ValueError` if it is not in the space."""

    @abstractmethod
    def check(self, dna: DNA, path: KeyPath) -> None:
        """Raises `ValueError` if a genotype does not fit."""

    def value(self, numbers: Numbers) -> Any:
        """The value of one decision, by its numbers: for a choice of several, that of one of them."""
        return self.read(numbers, 0, {})[0]

    def assign(self, dna: DNA) -> None:
        """Lets the placeholder show its part of a genotype."""
        self.placeholder.set_dna(dna)


class _Level(threading.local):
    """How many choices, one in the other, are being compiled in this thread."""

    value = 0


_level = _Level()


@contextmanager
def _one_level_down() -> Generator[None, None, None]:
    if _level.value > MAX_DEPTH:
        raise ValueError(
            f"Conditional choices are nested too deeply: at most {MAX_DEPTH} levels are supported."
        )
    _level.value += 1
    try:
        yield
    finally:
        _level.value -= 1


_NO_PATHS: list[KeyPath] = []
_NO_SLOTS: list[Slot] = []


class Frame:
    """A tree and its outermost placeholders.

    Attributes:
        value: The tree.
        slots: The placeholders, compiled, in the order of the tree.
        paths: Their paths, relative to the tree.
        constant: True if there are none.
    """

    __slots__ = ("_ids", "_is_slot", "_leaves", "_tables", "constant", "paths", "slots", "value")

    def __init__(
        self, value: Any, where: Where | None = None, spec: Any = None, deep: bool = False
    ):
        """Compiles a tree.

        Args:
            value: Any value; plain dicts and lists must have been converted.
            where: Which placeholders to take; all for None.
            spec: The value spec of the field that the tree is put into, or None.
            deep: Whether decoding copies leaves too.
        """
        self.value = value
        if type(value) in SAFE_TYPES:
            self.paths, self.slots, self.constant = _NO_PATHS, _NO_SLOTS, True
            return
        found = list(find_placeholders(value, where, spec))
        self.paths = [path for path, _, _ in found]
        self.slots = _NO_SLOTS if not found else self._compiled(found, where)
        self.constant = not found
        self._is_slot = bool(found) and found[0][1] is value
        self._ids = [id(p) for _, p, _ in found]
        tables = [s.table for s in self.slots]
        self._tables = None if None in tables else cast("list[tuple[Any, ...]]", tables)
        self._leaves: tuple[bool, dict[int, Any]] | None = None if deep else (False, {})

    @staticmethod
    def _compiled(
        found: list[tuple[KeyPath, HyperPrimitive, Any]], where: Where | None
    ) -> list[Slot]:
        with _one_level_down():
            return [p._compile(where, s) for _, p, s in found]  # pyright: ignore[reportPrivateUsage]

    def points(self) -> list[DecisionPoint]:
        """New decision points for all slots."""
        return [slot.point(path) for path, slot in zip(self.paths, self.slots, strict=True)]

    def space(self, location: KeyPath | None = None) -> Space:
        """A new space of all slots."""
        if self.constant and location is None:
            return Space()
        return Space(self.points()) if location is None else Space(self.points(), location=location)

    def read(self, numbers: Numbers, at: int, memo: Memo) -> tuple[Any, int]:
        """A copy of the tree with the slots filled by the numbers from `at` on, and where those end."""
        if self._is_slot:
            return self.slots[0].read(numbers, at, memo)
        if self._leaves is None:
            self._leaves = _leaf_policy(self.value)
        copies_leaves, kept = self._leaves
        if kept:
            memo.update(kept)
        if self._tables is not None:
            end = at + len(self._ids)
            chosen = numbers if at == 0 else numbers[at:end]
            memo.update(
                zip(
                    self._ids,
                    [t[n] for t, n in zip(self._tables, chosen, strict=False)],
                    strict=True,
                )
            )
            at = end
        else:
            for i, slot in zip(self._ids, self.slots, strict=True):
                memo[i], at = slot.read(numbers, at, memo)
        return OPS[type(self.value)].clone(self.value, memo, copies_leaves), at

    def write(self, value: Any, numbers: list[Any], path: KeyPath) -> None:
        """Appends the numbers that turn the tree into `value`; raises `ValueError` where it differs elsewhere."""
        if self.constant:
            match(self.value, value, {}, numbers, path)
            return
        match(self.value, value, dict(zip(self._ids, self.slots, strict=True)), numbers, path)

    def check(self, dna: DNA, path: KeyPath) -> None:
        """Raises `ValueError` if a genotype does not fit."""
        if self.constant:
            if dna.value is not None or dna.children:
                raise ValueError(f"Encountered extra DNA value to decode: {dna!r} (path={path})")
        elif len(self.slots) == 1:
            self.slots[0].check(dna, place_of(self.slots[0], path + self.paths[0]))
        else:
            if dna.value is not None and len(dna.children) == len(self.slots):
                raise ValueError(
                    f"A DNA without value, with {len(self.slots)} children, is expected for {self!r}. "
                    f"Encountered: {dna!r}. (path={path})"
                )
            if dna.value is not None or len(dna.children) != len(self.slots):
                raise ValueError(
                    f"The length of child values ({len(dna.children)}) is different from the number of "
                    f"hyper primitives ({len(self.slots)}) in ObjectTemplate. DNA={dna!r}, "
                    f"ObjectTemplate={self!r}. (path={path})"
                )
            for slot, child, keys in zip(self.slots, dna.children, self.paths, strict=True):
                slot.check(child, place_of(slot, path + keys))

    def __repr__(self) -> str:
        return f"ObjectTemplate(value={format(self.value, compact=True)})"

    def assign(self, dna: DNA) -> None:
        """Lets each placeholder show its part of a genotype that fits."""
        if len(self.slots) == 1:
            self.slots[0].assign(dna)
        else:
            for slot, child in zip(self.slots, dna.children, strict=False):
                slot.assign(child)


def place_of(slot: Slot, otherwise: KeyPath) -> KeyPath:
    """Where the placeholder of a slot stands in its tree."""
    link = OPS[type(slot.placeholder)].link(slot.placeholder)
    return otherwise if link.parent is None else path_of(slot.placeholder)


def find_placeholders(
    value: Any, where: Where | None, spec: Any
) -> Iterator[tuple[KeyPath, HyperPrimitive, Any]]:
    """Yields (path, placeholder, value spec of its field) for the outermost placeholders, each object once.

    The walk goes on below placeholders that `where` refuses.
    """
    seen: set[int] = set()
    stack: list[tuple[tuple[Any, ...], Any, Any]] = [((), value, spec)]
    while stack:
        keys, v, field_spec = stack.pop()
        if isinstance(v, HyperValue):
            if id(v) in seen:
                continue
            seen.add(id(v))
            if not isinstance(v, HyperPrimitive):
                raise TypeError(
                    f"A template cannot be a part of another one: give its `value` instead. Encountered: {v!r}. "
                    f"(path={KeyPath.of(keys)})"
                )
            if where is None or where(v):
                yield KeyPath.of(keys), v, field_spec
                continue
        ops = OPS[type(v)]
        if not ops.container:
            continue
        if ops.shared:
            # A tied object is one object, wherever it stands.
            if id(v) in seen:
                continue
            seen.add(id(v))
        # Arguments that were not given are no part of the program.
        items = ops.given_items(v) if ops.kind is Kind.WRAPPED else ops.items(v)
        below: list[tuple[tuple[Any, ...], Any, Any]] = []
        for key, child in items:
            if type(child) in SAFE_TYPES:
                continue
            child_spec = None
            if ops.symbolic and isinstance(child, HyperPrimitive):
                field = ops.field(v, key)
                child_spec = None if field is None else field.value
            below.append(((*keys, key), child, child_spec))
        stack.extend(reversed(below))


def _leaf_policy(value: Any) -> tuple[bool, dict[int, Any]]:
    """Whether leaves are copied for each decoded program, and the ones that can't be (by id): they are shared."""
    copied = False
    kept: dict[int, Any] = {}
    seen: set[int] = set()
    stack = [value]
    while stack:
        v = stack.pop()
        if type(v) in SAFE_TYPES or isinstance(v, HyperPrimitive) or id(v) in seen:
            continue
        seen.add(id(v))
        ops = OPS[type(v)]
        if ops.container:
            stack.extend(c for _, c in ops.items(v))
            continue
        try:
            copied = copied or copy.deepcopy(v) is not v
        except Exception:  # A lock, a generator, a data set that lives in C.
            kept[id(v)] = v
    return copied, kept
