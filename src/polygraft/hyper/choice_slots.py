"""Compiled choices: `ChoiceSlot` for one candidate, `ManySlot` for several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from polygraft import geno
from polygraft.geno import DNA
from polygraft.hyper.derived import DerivedValue, is_derived
from polygraft.hyper.literals import literal_value
from polygraft.hyper.slots import Frame, Memo, Numbers, Slot
from polygraft.paths import KeyPath
from polygraft.symbolic.compare import eq
from polygraft.symbolic.containers import List
from polygraft.symbolic.node import OPS, SAFE_TYPES


class ChoiceSlot(Slot):
    """A compiled choice; by itself that of one candidate.

    Attributes:
        frames: The compiled candidates.
    """

    __slots__ = ("_order", "frames", "literals")

    def __init__(self, placeholder: Any, frames: list[Frame]):
        plain = type(self) is ChoiceSlot and all(type(f.value) in SAFE_TYPES for f in frames)
        super().__init__(placeholder, tuple(f.value for f in frames) if plain else None)
        self.frames = frames
        self.literals: list[Any] | None = None
        self._order: list[tuple[int, Frame]] | None = None

    def point(self, location: KeyPath) -> geno.DecisionPoint:
        choice = self.placeholder
        spaces = [
            frame.space() for frame in self.frames
        ]  # First: it refuses what is too deep to be shown.
        if self.literals is None:
            self.literals = [literal_value(c) for c in choice.candidates]
        return geno.Choices(
            choice.num_choices,
            spaces,
            self.literals,
            choice.choices_distinct,
            choice.choices_sorted,
            None,
            choice.hints,
            location,
            choice.name,
        )

    def _candidate(self, numbers: Numbers, at: int, memo: Memo) -> tuple[Any, int]:
        index: int = numbers[at]
        frame = self.frames[index]
        if frame.constant:
            value = frame.value
            return (
                value if type(value) in SAFE_TYPES else OPS[type(value)].clone(value, memo, False)
            ), at + 1
        return frame.read(numbers, at + 1, memo)

    def read(self, numbers: Numbers, at: int, memo: Memo) -> tuple[Any, int]:
        return self._candidate(numbers, at, memo)

    def value(self, numbers: Numbers) -> Any:
        index: int = numbers[0]
        frame = self.frames[index]
        return frame.value if frame.constant else self._candidate(numbers, 0, {})[0]

    def write(self, value: Any, numbers: list[Any], path: KeyPath) -> None:
        found = next(self._matches(value, path), None)
        if found is None:
            raise self._no_match(value, path)
        numbers += (found[0], *found[1])

    def _matches(self, value: Any, path: KeyPath) -> Iterator[tuple[int, list[Any]]]:
        """Yields the candidates that `value` may be, each with the numbers below it."""
        if self._order is None:
            # A candidate that is derived might be anything, until all decisions are known: it comes last.
            derived = [isinstance(frame.value, DerivedValue) for frame in self.frames]
            self._order = sorted(enumerate(self.frames), key=lambda item: derived[item[0]])
        for i, frame in self._order:
            below: list[Any] = []
            if frame.constant and not is_derived(frame.value):
                if eq(frame.value, value):
                    yield i, below
                continue
            try:
                frame.write(value, below, path)
            except (ValueError, KeyError):
                continue
            yield i, below

    def _no_match(self, value: Any, path: KeyPath) -> ValueError:
        return ValueError(
            f"Cannot encode value: no candidates matches with the value. Value: {value!r}, "
            f"Candidates: {self.placeholder.candidates}. (path={path})"
        )

    def check(self, dna: DNA, path: KeyPath) -> None:
        index = dna.value
        if not isinstance(index, int):
            raise ValueError(
                "Did you forget to specify values for conditional choices?\n"
                f"Expect integer for {type(self.placeholder).__name__}. Encountered: {dna!r}. (path={path})"
            )
        self._check_index(index, path)
        self._check_below(dna, path)

    def _check_index(self, index: int, path: KeyPath) -> None:
        n = len(self.frames)
        if not 0 <= index < n:
            raise ValueError(f"Choice out of range. Value: {index}, Candidates: {n}. (path={path})")

    def _check_below(self, dna: DNA, path: KeyPath) -> None:
        frame = self.frames[cast(int, dna.value)]
        frame.check(
            _below(dna), path if frame.constant else path + KeyPath.of(("candidates", dna.value))
        )

    def assign(self, dna: DNA) -> None:
        super().assign(dna)
        self.frames[cast(int, dna.value)].assign(_below(dna))


def _below(dna: DNA) -> DNA:
    """What a genotype says about the inside of the candidate that it chooses."""
    return (
        dna.children[0] if len(dna.children) == 1 else DNA(None, [c.clone() for c in dna.children])
    )


class ManySlot(ChoiceSlot):
    """A compiled choice of several candidates."""

    __slots__ = ("spec",)

    def __init__(self, placeholder: Any, frames: list[Frame], spec: Any):
        super().__init__(placeholder, frames)
        self.spec = spec

    def read(self, numbers: Numbers, at: int, memo: Memo) -> tuple[Any, int]:
        values: list[Any] = []
        taken: set[Any] = set()
        before: Memo | None = None if self.placeholder.choices_distinct else dict(memo)
        for _ in range(self.placeholder.num_choices):
            if before is not None and numbers[at] in taken:
                # What one candidate ties together is tied within each of its copies, not across them.
                value, at = self._candidate(numbers, at, dict(before))
            else:
                taken.add(numbers[at])
                value, at = self._candidate(numbers, at, memo)
            values.append(value)
        if OPS[type(self.placeholder)].link(self.placeholder).parent is None:
            return values, at
        stored = List(values)
        return (stored if self.spec is None else self.spec.apply(stored, allow_partial=True)), at

    def write(self, value: Any, numbers: list[Any], path: KeyPath) -> None:
        if not isinstance(value, list):
            raise ValueError(
                f"Cannot encode value: value should be a list type. Encountered: {value!r}. (path={path})"
            )
        items = cast("list[Any]", value)
        k = self.placeholder.num_choices
        if len(items) != k:
            raise ValueError(
                f"Length of input list is different from the number of choices ({k}). "
                f"Encountered: {items!r}. (path={path})"
            )
        options = [dict(self._matches(item, path)) for item in items]
        for item, matches in zip(items, options, strict=True):
            if not matches:
                raise self._no_match(item, path)
        for i, matches in zip(_assigned(options, self.placeholder), options, strict=True):
            numbers += (i, *matches[i])

    def check(self, dna: DNA, path: KeyPath) -> None:
        choice = self.placeholder
        k = choice.num_choices
        if k == 1:
            super().check(dna, path)
            return
        nodes = list(dna.children)
        if len(nodes) != k or dna.value is not None:
            raise ValueError(
                f"Number of DNA child values does not match the number of choices. "
                f"Child values: {nodes!r}, Choices: {k}. (path={path})"
            )
        indices: list[Any] = [node.value for node in nodes]
        if choice.choices_distinct and len(set(indices)) != k:
            raise ValueError(
                f"DNA child values should be distinct. Encountered: {indices!r}. (path={path})"
            )
        for i, index in enumerate(indices):
            slot_path = KeyPath(i, path)
            if not isinstance(index, int):
                raise ValueError(
                    f"Choice value should be int. Encountered: {index!r}. (path={slot_path})"
                )
            self._check_index(index, slot_path)
        if choice.choices_sorted and sorted(indices) != indices:
            raise ValueError(
                f"DNA child values should be sorted. Encountered: {indices!r}. (path={path})"
            )
        for i, node in enumerate(nodes):
            self._check_below(node, KeyPath(i, path))

    def assign(self, dna: DNA) -> None:
        self.placeholder.set_dna(dna)
        for node in [dna] if dna.value is not None else dna.children:
            self.frames[cast(int, node.value)].assign(_below(node))


def _assigned(options: Sequence[Mapping[int, Any]], choice: Any) -> list[int]:
    """Takes one index from each of `options` so that the choice's constraints hold, if that is possible."""
    first = [next(iter(matches)) for matches in options]
    if choice.choices_sorted:
        # The smallest index that is allowed leaves most to the slots after it.
        taken: list[int] = []
        step = 1 if choice.choices_distinct else 0
        for matches in options:
            i = next((i for i in matches if not taken or i >= taken[-1] + step), None)
            if i is None:
                return first
            taken.append(i)
        return taken
    if not choice.choices_distinct or len(set(first)) == len(first):
        return first
    owner: dict[
        int, int
    ] = {}  # Index of a candidate -> the slot that takes it (bipartite matching).

    def place(slot: int, tried: set[int]) -> bool:
        for i in options[slot]:
            if i not in tried:
                tried.add(i)
                if i not in owner or place(owner[i], tried):
                    owner[i] = slot
                    return True
        return False

    if not all(place(slot, set()) for slot in range(len(options))):
        return first
    taken_by = {slot: i for i, slot in owner.items()}
    return [taken_by[slot] for slot in range(len(options))]
