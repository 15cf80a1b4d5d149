"""`Choices`: which candidates to take, one or several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar, cast, overload

from polygraft.geno.fields import check_bool, check_int, wrong_type
from polygraft.geno.plan import CHOICE, Plan, Point
from polygraft.geno.space import Space
from polygraft.geno.spec import MAX_DEPTH, ROOT, DecisionPoint
from polygraft.geno.spec_values import register
from polygraft.geno.text import indent, value_text
from polygraft.paths import KeyPath

Literal = str | int | float

_FORMATS = ("choice", "literal", "choice_and_literal")
_CHOICE = re.compile(r"(\d+)/(\d+)(?: \((.*)\))?", re.DOTALL)


class Choices(DecisionPoint):
    """A choice of `num_choices` among candidate spaces.

    Args:
        num_choices: How many candidates are taken, at least 1.
        candidates: The candidate spaces, at least one. One that already has a parent is copied.
        literal_values: What the candidates stand for, for display and look-up; as many as
            candidates.
        distinct: Whether the taken indices must differ.
        sorted: Whether they must not decrease.
        subchoice_index: For a slot of a multi-choice, its position.
        hints, location, name: See `DNASpec`.

    Raises:
        ValueError: The arguments contradict each other.

    Example:
        >>> print(oneof([constant(), constant()], ["a", "b"], location="x"))
        Choices(num_choices=1, [
          (0): a
          (1): b
        ], id='x')
    """

    __slots__ = (
        "_candidates",
        "_depth",
        "_distinct",
        "_literals",
        "_num_choices",
        "_slots",
        "_sorted",
        "_subchoice_index",
    )
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        *DecisionPoint.FIELDS,
        ("num_choices", "Number of choices to make."),
        (
            "candidates",
            "A list of Spaces for every candidate, which may contain child nodes to form sub "
            "(conditional) search spaces.",
        ),
        ("literal_values", "Optional literal value for each candidate. Used for debugging."),
        ("distinct", "Whether choices are distinct."),
        (
            "sorted",
            "Whether choices are sorted. The order key is the index of the candidate in the "
            "`candidates` field instead of the "
            "candidate's value.",
        ),
        (
            "subchoice_index",
            "Index of current choice as a subchoice of a parent multi-choice. If None, current "
            "choice is either a single choice or "
            "a root spec for a multi-choice.",
        ),
    )
    TYPE_KEYS = (
        "pyglove.generators.geno.Choices",
        "geno.Choices",
        "polygraft.geno.Choices",
        "pyglove.core.geno.categorical.Choices",
    )

    def __init__(
        self,
        num_choices: int = 1,
        candidates: Sequence[Space] | None = None,
        literal_values: Sequence[Literal] | None = None,
        distinct: bool = True,
        sorted: bool = False,
        subchoice_index: int | None = None,
        hints: Any = None,
        location: KeyPath | str = ROOT,
        name: str | None = None,
    ) -> None:
        self._init_point(location, name, hints)
        if candidates is None:
            raise TypeError("Choices.__init__() missing 1 required argument: 'candidates'.")
        self._num_choices = check_int(num_choices, "num_choices", 1)
        self._distinct = check_bool(distinct, "distinct")
        self._sorted = check_bool(sorted, "sorted")
        self._subchoice_index = (
            None if subchoice_index is None else check_int(subchoice_index, "subchoice_index", 0)
        )
        self._slots: list[Choices] | None = None
        self._candidates = _checked_candidates(candidates)
        self._literals = _checked_literals(literal_values, len(self._candidates))
        self._depth = 1 + max(c.depth for c in self._candidates)
        self._check()
        self._adopt_candidates()  # Last, so that a refused choice leaves no mark on its candidates.

    def _check(self) -> None:
        if self._num_choices > 1 and self._subchoice_index is not None:
            raise ValueError(f"Multi-choice spec cannot be a subchoice. Encountered: {self!r}.")
        if self._distinct and len(self._candidates) < self._num_choices:
            raise ValueError(
                f"There are not enough candidates ({len(self._candidates)}) to make "
                f"{self._num_choices} distinct choices."
            )
        if self._depth > MAX_DEPTH:
            raise ValueError(
                f"Conditional choices are nested too deeply: at most {MAX_DEPTH} levels are supported."
            )

    def _adopt_candidates(self) -> None:
        for i, candidate in enumerate(self._candidates):
            if candidate.parent_spec is not None:
                candidate = self._candidates[i] = candidate.clone()
            self._adopt(candidate, "candidates", i)
            candidate.place(i)

    # -- Fields ----

    @property
    def num_choices(self) -> int:
        """How many candidates are taken."""
        return self._num_choices

    @property
    def candidates(self) -> list[Space]:
        """The candidate spaces."""
        return list(self._candidates)

    @property
    def literal_values(self) -> list[Literal] | None:
        """What the candidates stand for, or None."""
        return None if self._literals is None else list(self._literals)

    @property
    def distinct(self) -> bool:
        """Whether the taken indices must differ."""
        return self._distinct

    @property
    def sorted(self) -> bool:
        """Whether the taken indices must not decrease."""
        return self._sorted

    @property
    def subchoice_index(self) -> int | None:
        """For a slot of a multi-choice, its position."""
        return self._subchoice_index

    @property
    def is_categorical(self) -> bool:
        """True."""
        return True

    @property
    def is_subchoice(self) -> bool:
        """Whether this is one slot of a multi-choice."""
        return self._subchoice_index is not None

    @property
    def depth(self) -> int:
        """Levels of choices, this one included."""
        return self._depth

    @property
    def has_names(self) -> bool:
        """Whether this or any decision point below has a name."""
        return self._name is not None or any(c.has_names for c in self._candidates)

    # -- Slots ----

    def subchoice(self, index: int) -> Choices:
        """Returns slot `index` of a multi-choice; a single choice is its own slot 0.

        Raises:
            ValueError: This is a slot itself.
        """
        if self._subchoice_index is not None:
            raise ValueError(
                f"'subchoice' should not be called on a subchoice of a multi-choice. Encountered: {self!r}."
            )
        return self.choice_specs[index]

    @property
    def choice_specs(self) -> list[Choices]:
        """All slots; `[self]` for a single choice."""
        if self._num_choices == 1:
            return [self]
        if self._slots is None:
            self._slots = [self._make_slot(i) for i in range(self._num_choices)]
        return self._slots

    def _make_slot(self, index: int) -> Choices:
        slot = Choices(
            1,
            [c.clone() for c in self._candidates],
            self._literals,
            self._distinct,
            self._sorted,
            index,
            self._hints,
            KeyPath.of((index,)),
            self._name,
        )
        self._adopt(slot, "choice_specs", index)
        return slot

    @overload
    def __getitem__(self, key: int) -> Choices: ...
    @overload
    def __getitem__(self, key: slice) -> list[Choices]: ...
    @overload
    def __getitem__(self, key: str | KeyPath) -> Any: ...
    def __getitem__(self, key: Any) -> Any:
        """Returns slots for an index or a slice, decision points for a name or an id."""
        if isinstance(key, (int, slice)):
            return self.choice_specs[key]
        return super().__getitem__(key)

    def _drop_derived(self) -> None:
        super()._drop_derived()
        self._slots = None

    def _compile(self) -> Plan:
        plans = tuple(c.plan for c in self._candidates)
        return Plan(
            self, [Point(self, CHOICE, plans, self._num_choices, self._distinct, self._sorted)]
        )

    def __len__(self) -> int:
        return self._num_choices * (1 + sum(len(c) for c in self._candidates))

    # -- Literals ----

    def format_candidate(self, index: int, display_format: str = "choice_and_literal") -> Literal:
        """Returns how a candidate is shown.

        Args:
            index: Index of the candidate.
            display_format: 'choice' (`'0/2'`), 'literal' (the literal value) or
                'choice_and_literal' (`'0/2 (abc)'`). Without literal values all three give the
                first.
        """
        if display_format not in _FORMATS:
            raise ValueError(
                "`display_format` must be either 'choice', 'literal', or 'choice_and_literal'. "
                f"Encountered: {display_format!r}."
            )
        if self._literals is not None and display_format == "literal":
            return self._literals[index]
        choice = f"{index}/{len(self._candidates)}"
        if self._literals is None or display_format == "choice":
            return choice
        return f"{choice} ({self._literals[index]})"

    def candidate_index(self, choice_value: Literal) -> int:
        """Returns the index of a candidate given its literal, `'i/n'` or `'i/n (literal)'`.

        Raises:
            ValueError: There is no such candidate.
        """
        value = choice_value
        if not isinstance(cast(Any, value), (int, float, str)):
            raise ValueError(
                f"The value for Choice '{self.id}' should be either an integer, a float or a "
                f"string. Encountered: {value!r}."
            )
        match = _CHOICE.fullmatch(value) if isinstance(value, str) else None
        if match is None or (self._literals is not None and value in self._literals):
            if self._literals is None or value not in self._literals:
                raise ValueError(f"There is no candidate in {self!r} with literal value {value!r}.")
            return self._literals.index(value)
        index, count, literal = int(match[1]), int(match[2]), match[3]
        if count != len(self._candidates):
            raise ValueError(
                f"Number of candidates ({count}) for Choice '{self.label}' does not match with "
                f"DNASpec ({len(self._candidates)})."
            )
        if index >= count:
            raise ValueError(
                f"Candidate index out of range at choice '{self.label}'. Index={index}, Number of candidates={count}."
            )
        own = None if self._literals is None else self._literals[index]
        if literal is not None and literal != str(own):
            raise ValueError(
                f"The literal value from the input ({literal!r}) does not match with the literal "
                f"value ({own!r}) from the chosen "
                f"candidate (index={index})."
            )
        return index

    # -- Text ----

    def _tree_text(self, root_indent: int, show_id: bool) -> str:
        lines = [f"Choices(num_choices={self._num_choices}, [\n"]
        for i, candidate in enumerate(self._candidates):
            if self._literals is not None and candidate.is_constant:
                text = str(self._literals[i])
            else:
                text = candidate.format(compact=True, root_indent=root_indent + 1)
            lines.append(indent(f"({i}): {text}\n", root_indent + 1))
        lines.append(indent("]", root_indent))
        properties = [indent(p, root_indent) for p in self._property_texts(root_indent, show_id)]
        if properties:
            lines.append(", " + ",\n".join(properties))
        lines.append(")")
        return "".join(lines)

    def _property_texts(self, root_indent: int, show_id: bool) -> list[str]:
        texts = [f"id='{self.id}'"] if show_id else []
        if self._name is not None:
            texts.append(f"name={self._name!r}")
        if not self._distinct:
            texts.append("distinct=False")
        if self._sorted:
            texts.append("sorted=True")
        if self._hints is not None:
            texts.append(f"hints={value_text(self._hints, False, root_indent)}")
        if self._subchoice_index is not None:
            texts.append(f"subchoice_index={self._subchoice_index}")
        return texts


def _checked_candidates(candidates: Sequence[Space]) -> list[Space]:
    if not candidates:
        raise ValueError("Length of list [] is less than min size (1). (path=candidates)")
    for i, candidate in enumerate(candidates):
        if not isinstance(cast(Any, candidate), Space):
            wrong_type(Space, candidate, f"candidates[{i}]")
        if candidate.constraints:
            raise ValueError(
                "Constraints are declared on the whole space: they may name the decisions below a candidate. "
                f"Encountered: {candidate.constraints!r}. (path=candidates[{i}])"
            )
    return list(candidates)


def _checked_literals(values: Sequence[Literal] | None, count: int) -> list[Literal] | None:
    if values is None:
        return None
    literals: list[Literal] = []
    for i, value in enumerate(cast(Sequence[Any], values)):
        if value is None:
            raise ValueError(
                f"Value cannot be None. (Path='literal_values[{i}]', ValueSpec=Union([Str(), Int(), Float()]))"
            )
        if not isinstance(value, (str, int, float)):
            raise TypeError(
                f"Expect (<class 'str'>, <class 'int'>, <class 'float'>) but encountered {type(value)!r}: {value}. "
                f"(path=literal_values[{i}])"
            )
        if isinstance(value, str):
            # Old files spell literals as 'i/n (literal)'.
            match = _CHOICE.fullmatch(value)
            if (
                match
                and match[3] is not None
                and (int(match[1]), int(match[2])) == (i, len(values))
            ):
                value = match[3]
        literals.append(value)
    if not literals:
        raise ValueError("Length of list [] is less than min size (1). (path=literal_values)")
    if len(literals) != count:
        raise ValueError(
            f"The length of 'candidates' ({count}) should be equal to the length of 'literal_values' ({len(literals)})."
        )
    return literals


def _spaces(candidates: Sequence[Space | DecisionPoint]) -> list[Space]:
    return [Space([c]) if isinstance(c, DecisionPoint) else c for c in candidates]


def manyof(
    num_choices: int,
    candidates: Sequence[Space | DecisionPoint],
    distinct: bool = True,
    sorted: bool = False,
    literal_values: Sequence[Literal] | None = None,
    hints: Any = None,
    location: KeyPath | str = ROOT,
    name: str | None = None,
) -> Choices:
    """Returns a choice of several candidates; decision points among them are wrapped into spaces.
    See `Choices`.

    Example:
        >>> manyof(2, [constant()] * 3, sorted=True).space_size
        3
    """
    return Choices(
        num_choices,
        _spaces(candidates),
        literal_values,
        distinct,
        sorted,
        None,
        hints,
        location,
        name,
    )


def oneof(
    candidates: Sequence[Space | DecisionPoint],
    literal_values: Sequence[Literal] | None = None,
    hints: Any = None,
    location: KeyPath | str = ROOT,
    name: str | None = None,
) -> Choices:
    """Returns a choice of one candidate; see `manyof`."""
    return manyof(
        1, candidates, literal_values=literal_values, hints=hints, location=location, name=name
    )


register(Choices)
