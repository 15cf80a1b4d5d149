"""`oneof`, `manyof`, `permutate`: choices among candidates, which may hold placeholders of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, TypeVar, cast

from polygraft import geno
from polygraft import typing as pg_typing
from polygraft.geno import DNA
from polygraft.hyper.base import REQUIRED, HyperPrimitive, Where, covers
from polygraft.hyper.literals import literal_value
from polygraft.hyper.slots import Frame, Memo, Numbers, Slot
from polygraft.hyper.template import ObjectTemplate
from polygraft.missing import is_missing
from polygraft.paths import KeyPath
from polygraft.symbolic.compare import eq
from polygraft.symbolic.containers import List
from polygraft.symbolic.node import OPS, SAFE_TYPES
from polygraft.symbolic.object_ import members
from polygraft.symbolic.places import path_of

T = TypeVar("T")


@members(
    [
        ("num_choices", pg_typing.Int(min_value=1), "How many candidates are taken."),
        (
            "candidates",
            pg_typing.List(pg_typing.Any()),
            "Candidate values, which may hold placeholders.",
        ),
        (
            "choices_distinct",
            pg_typing.Bool(default=True),
            "Whether the taken candidates must differ.",
        ),
        (
            "choices_sorted",
            pg_typing.Bool(default=False),
            "Whether the taken candidates keep the order in which they are listed.",
        ),
        (
            "where",
            pg_typing.Callable(default=None, is_noneable=True),
            "Which of the placeholders inside candidates take part: a function of the placeholder, or None for all.",
        ),
    ]
)
class Choices(HyperPrimitive):
    """A choice of `num_choices` among candidates: `OneOf` or `ManyOf`."""

    num_choices: int = REQUIRED
    candidates: list[Any] = REQUIRED
    choices_distinct: bool = True
    choices_sorted: bool = False
    where: Where | None = None

    # What the candidates become in the field that this choice stands in: (value spec, candidates as that stores them).
    _fitted: ClassVar[tuple[Any, list[Any]] | None] = None

    def _on_bound(self) -> None:
        super()._on_bound()
        object.__setattr__(self, "_fitted", None)
        n, k = self.candidates, self.num_choices
        if is_missing(n) or is_missing(k):
            return
        if self.choices_distinct and len(n) < k:
            raise ValueError(f"{len(n)} candidates cannot produce {k} distinct choices.")

    @property
    def candidate_templates(self) -> list[ObjectTemplate]:
        """A template for each candidate."""
        return [ObjectTemplate.of(frame) for frame in cast(ChoiceSlot, self._own_slot).frames]

    @property
    def is_leaf(self) -> bool:
        """True if no candidate holds a placeholder."""
        return all(frame.constant for frame in cast(ChoiceSlot, self._own_slot).frames)


@members(
    [("num_choices", pg_typing.Int(min_value=1, max_value=1, default=1))],
    init_arg_list=["candidates", "hints", "where"],
)
class OneOf(Choices):
    """A choice of one candidate; see `oneof`."""

    def _compile(self, where: Where | None, spec: Any) -> Slot:
        candidates = self.candidates
        if spec is not None and not covers(spec, self):
            if self._fitted is None or self._fitted[0] is not spec:
                self._check_field(path_of(self), spec, True)
            candidates = cast("tuple[Any, list[Any]]", self._fitted)[1]
        else:
            spec = None
        return ChoiceSlot(self, [Frame(c, where or self.where, spec) for c in candidates])

    def _check_field(self, path: KeyPath, spec: Any, allow_partial: bool) -> None:
        fitted = (
            spec,
            [
                spec.apply(
                    c, allow_partial=allow_partial, root_path=path + KeyPath.of(("candidates", i))
                )
                for i, c in enumerate(self.candidates)
            ],
        )
        object.__setattr__(self, "_fitted", fitted)


@members(
    [], init_arg_list=["num_choices", "candidates", "choices_distinct", "choices_sorted", "hints"]
)
class ManyOf(Choices):
    """A choice of several candidates; see `manyof`."""

    def _compile(self, where: Where | None, spec: Any) -> Slot:
        if spec is not None and covers(spec, self):
            spec = None
        return ManySlot(self, [Frame(c, where or self.where) for c in self.candidates], spec)

    def _check_field(self, path: KeyPath, spec: Any, allow_partial: bool) -> None:
        list_spec = _list_spec(spec)
        if list_spec is None:
            raise TypeError(
                f"Source spec {pg_typing.List(pg_typing.Any())} is not compatible with "
                f"destination spec {spec}. (path={path})"
            )
        k, low, high = self.num_choices, list_spec.min_size, list_spec.max_size
        if k < low or (high is not None and k > high):
            raise ValueError(
                f"Number of choices ({k}) is out of the size range of {spec!r}. (path={path})"
            )
        for i, c in enumerate(self.candidates):
            list_spec.element.value.apply(
                c, allow_partial=allow_partial, root_path=path + KeyPath.of(("candidates", i))
            )


def _list_spec(spec: Any) -> Any:
    if isinstance(spec, pg_typing.Union):
        return next((s for s in map(_list_spec, spec.candidates) if s is not None), None)
    return spec if isinstance(spec, pg_typing.List) else None


class ChoiceSlot(Slot):
    """A compiled choice; by itself that of one candidate.

    Attributes:
        frames: The compiled candidates.
    """

    __slots__ = ("frames", "literals")

    def __init__(self, placeholder: Choices, frames: list[Frame]):
        plain = type(self) is ChoiceSlot and all(type(f.value) in SAFE_TYPES for f in frames)
        super().__init__(placeholder, tuple(f.value for f in frames) if plain else None)
        self.frames = frames
        self.literals: list[Any] | None = None

    def point(self, location: KeyPath) -> geno.DecisionPoint:
        choice = self.placeholder
        if self.literals is None:
            self.literals = [literal_value(c) for c in choice.candidates]
        return geno.Choices(
            choice.num_choices,
            [frame.space() for frame in self.frames],
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

    def write(self, value: Any, numbers: list[Any], path: KeyPath) -> None:
        found = next(self._matches(value, path), None)
        if found is None:
            raise self._no_match(value, path)
        numbers += (found[0], *found[1])

    def _matches(self, value: Any, path: KeyPath) -> Iterator[tuple[int, list[Any]]]:
        """Yields the candidates that `value` may be, each with the numbers below it."""
        for i, frame in enumerate(self.frames):
            below: list[Any] = []
            if frame.constant:
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

    def __init__(self, placeholder: ManyOf, frames: list[Frame], spec: Any):
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
        nodes = [dna] if k == 1 and dna.value is not None else list(dna.children)
        if len(nodes) != k or (k > 1 and dna.value is not None):
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


def _assigned(options: Sequence[Mapping[int, Any]], choice: Choices) -> list[int]:
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


def oneof(candidates: Iterable[T], *, name: str | None = None, hints: Any = None) -> Any:
    """A placeholder for one of several values.

    Args:
        candidates: The values. Dicts and lists become `pg.Dict` and `pg.List`; placeholders inside make the space
        conditional.
        name: Name of the decision, unique in the space.
        hints: Anything that algorithms may make use of.

    Returns:
        A `OneOf`. Typed as `Any`, because it may stand wherever a candidate may.

    Raises:
        ValueError: There are no candidates.

    Example:
        >>> import polygraft as pg
        >>> list(pg.iter(pg.Dict(x=pg.oneof([1, 2]))))
        [{x=1}, {x=2}]
    """
    return OneOf(candidates=list(candidates), name=name, hints=hints)


def manyof(
    k: int,
    candidates: Iterable[Any],
    distinct: bool = True,
    sorted: bool = False,
    *,
    name: str | None = None,
    hints: Any = None,
    choices_distinct: bool | None = None,
    choices_sorted: bool | None = None,
) -> Any:
    """A placeholder for a list of `k` of several values.

    Args:
        k: How many.
        candidates: The values; see `oneof`.
        distinct: Whether each candidate may be taken only once.
        sorted: Whether the values taken keep the order of the candidates.
        name: Name of the decision, unique in the space.
        hints: Anything that algorithms may make use of.
        choices_distinct: Older name of `distinct`.
        choices_sorted: Older name of `sorted`.

    Returns:
        A `ManyOf`.

    Raises:
        ValueError: There are fewer than `k` candidates to take distinct ones from.

    Example:
        >>> import polygraft as pg
        >>> list(pg.iter(pg.Dict(x=pg.manyof(2, "abc", sorted=True))))
        [{x=[0: 'a', 1: 'b']}, {x=[0: 'a', 1: 'c']}, {x=[0: 'b', 1: 'c']}]
    """
    return ManyOf(
        num_choices=k,
        candidates=list(candidates),
        choices_distinct=distinct if choices_distinct is None else choices_distinct,
        choices_sorted=sorted if choices_sorted is None else choices_sorted,
        name=name,
        hints=hints,
    )


def permutate(candidates: Iterable[Any], name: str | None = None, hints: Any = None) -> Any:
    """A placeholder for the candidates in some order.

    Example:
        >>> import polygraft as pg
        >>> pg.dna_spec(pg.permutate([1, 2, 3])).space_size
        6
    """
    values = list(candidates)
    return manyof(len(values), values, name=name, hints=hints)


OneOf.register_for_deserialization(
    "polygraft.hyper.OneOf", ["hyper.OneOf", "pyglove.generators.genetic.ChoiceValue"]
)
ManyOf.register_for_deserialization(
    "polygraft.hyper.ManyOf", ["hyper.ManyOf", "pyglove.generators.genetic.ChoiceList"]
)
