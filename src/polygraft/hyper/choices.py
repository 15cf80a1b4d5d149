"""`oneof`, `manyof`, `permutate`: choices among candidates, which may hold placeholders of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar, cast

from polygraft import typing as pg_typing
from polygraft.hyper.base import REQUIRED, HyperPrimitive, Where, covers
from polygraft.hyper.choice_slots import ChoiceSlot, ManySlot
from polygraft.hyper.slots import Frame, Slot
from polygraft.hyper.template import ObjectTemplate
from polygraft.missing import is_missing
from polygraft.paths import KeyPath
from polygraft.symbolic.list_ import List
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


def oneof(candidates: Iterable[T], *, name: str | None = None, hints: Any = None) -> T:
    """A placeholder for one of several values.

    Args:
        candidates: The values. Dicts and lists become `pg.Dict` and `pg.List`; placeholders inside make the space
        conditional.
        name: Name of the decision, unique in the space.
        hints: Anything that algorithms may make use of.

    Returns:
        A `OneOf`. Typed as a candidate, because it may stand wherever a candidate may, and nowhere else.

    Raises:
        ValueError: There are no candidates.

    Example:
        >>> import polygraft as pg
        >>> list(pg.iter(pg.Dict(x=pg.oneof([1, 2]))))
        [{x=1}, {x=2}]
    """
    return cast("Any", OneOf(candidates=list(candidates), name=name, hints=hints))


def manyof(
    k: int,
    candidates: Iterable[T],
    distinct: bool = True,
    sorted: bool = False,
    *,
    name: str | None = None,
    hints: Any = None,
    choices_distinct: bool | None = None,
    choices_sorted: bool | None = None,
) -> List[T]:
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
        A `ManyOf`. Typed as a list of candidates, because it may stand wherever such a list may.

    Raises:
        ValueError: There are fewer than `k` candidates to take distinct ones from.

    Example:
        >>> import polygraft as pg
        >>> list(pg.iter(pg.Dict(x=pg.manyof(2, "abc", sorted=True))))
        [{x=[0: 'a', 1: 'b']}, {x=[0: 'a', 1: 'c']}, {x=[0: 'b', 1: 'c']}]
    """
    made: Any = ManyOf(
        num_choices=k,
        candidates=list(candidates),
        choices_distinct=distinct if choices_distinct is None else choices_distinct,
        choices_sorted=sorted if choices_sorted is None else choices_sorted,
        name=name,
        hints=hints,
    )
    return made


def permutate(candidates: Iterable[T], name: str | None = None, hints: Any = None) -> List[T]:
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
