"""Constraints: combinations of decisions that a space does not contain.

A constraint is declared before the search, on the whole space. Its plan then has a `Rule`, and everything that makes
genotypes asks it: random draws are repeated until one is allowed, so that the allowed ones are as likely, relative to
each other, as they were; enumeration leaves the others out; binding and validation refuse them. A constraint over
named decisions is known to fail as soon as those are decided: enumeration jumps over everything that begins alike.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from inspect import isroutine
from types import FunctionType
from typing import Any, NamedTuple, cast

from polygraft.errors import InfeasibleError
from polygraft.geno.dna import DNA
from polygraft.geno.draw import draw_numbers
from polygraft.geno.plan import CHOICE, Numbers, Plan
from polygraft.geno.successor import first_numbers, next_numbers
from polygraft.geno.table import Row, Table

MAX_TRIES = 10_000
#: An enumeration may skip so many times more points in a row than a random draw may be refused.
PATIENCE = 100

#: Gives the value of a decision: (index of its row in the table, its numbers) -> value.
Reader = Callable[[int, Numbers], Any]


class Constraint:
    """A condition that the decisions of a space must meet.

    Args:
        keys: Names or ids of the decisions that `fn` is called with; None to call it with the genotype.
        fn: Returns whether the decisions are allowed. A choice is given by what it stands for, several under one key
            by a list, a decision that is not active by None.
        label: Name for messages; by default the function's.

    Example:
        >>> two = [constant()] * 2
        >>> spec = Space(
        ...     [oneof(two, location="a"), oneof(two, location="b")],
        ...     constraints=[Constraint(["a", "b"], lambda a, b: a != b)],
        ... )
        >>> list(spec.iter_dna())
        [DNA([0, 1]), DNA([1, 0])]
    """

    __slots__ = ("fn", "given", "keys", "label", "read")

    def __init__(
        self,
        keys: Sequence[str] | None,
        fn: Callable[..., Any],
        label: str | None = None,
        read: Reader | None = None,
        given: Callable[..., Any] | None = None,
    ) -> None:
        if not callable(cast(Any, fn)):
            raise TypeError(f"A constraint must be callable. Encountered: {fn!r}.")
        if keys is not None and not keys:
            raise ValueError("A constraint over decisions must name at least one.")
        self.keys = None if keys is None else tuple(str(key) for key in keys)
        self.fn = fn
        self.label = label if label is not None else _label(self.keys, fn)
        self.read = read
        self.given = (
            fn if given is None else given
        )  # What the user gave, by which constraints are compared.

    def reading(self, read: Reader) -> Constraint:
        """Returns this constraint with another way to look at decisions."""
        return Constraint(self.keys, self.fn, self.label, read)

    def allows(self, *args: Any) -> bool:
        """Whether the function allows its arguments."""
        try:
            return bool(self.fn(*args))
        except Exception as error:
            error.add_note(f"In constraint {self.label!r}, called with {args!r}.")
            raise

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Constraint)
            and (self.keys, self.label) == (other.keys, other.label)
            and _same(self.given, other.given)
        )

    def __hash__(self) -> int:
        return hash((self.keys, self.label))

    def __repr__(self) -> str:
        return f"Constraint({self.label!r})"


def _same(a: Any, b: Any) -> bool:
    """Whether two functions do the same for all that can be seen; callables of a class are told by their labels."""
    if not isinstance(a, FunctionType) or not isinstance(b, FunctionType):
        return a == b or (type(a) is type(b) and not isroutine(a))
    cells = [[c.cell_contents for c in f.__closure__ or ()] for f in (a, b)]
    return a is b or (
        a.__code__ == b.__code__
        and (a.__defaults__, a.__kwdefaults__) == (b.__defaults__, b.__kwdefaults__)
        and cells[0] == cells[1]
    )


def _label(keys: tuple[str, ...] | None, fn: Any) -> str:
    name = getattr(fn, "__name__", type(fn).__name__)
    return name if keys is None else f"{name}({', '.join(keys)})"


class Refusal(NamedTuple):
    """Why numbers are not allowed.

    Attributes:
        constraint: The constraint that they break.
        last: Index of the last number that matters: all that begins alike up to it is refused.
    """

    constraint: Constraint
    last: int


class _Scope(NamedTuple):
    """A constraint over named decisions: the rows of each key, as a list if they are to be given as a list."""

    constraint: Constraint
    keys: tuple[int | list[int], ...]


class Rule:
    """All constraints of a space.

    Args:
        spec: The space.
        constraints: Its constraints.
        max_tries: How often a random draw is repeated.
    """

    __slots__ = ("_scopes", "_spec", "_table", "_whole", "constraints", "max_tries")

    def __init__(self, spec: Any, constraints: Sequence[Constraint], max_tries: int) -> None:
        self.constraints = tuple(constraints)
        self.max_tries = max_tries
        self._spec = spec
        self._whole = [c for c in self.constraints if c.keys is None]
        self._table: Table | None = None
        self._scopes: list[_Scope] = []

    def resolve(self) -> Table:
        """Finds the decisions that constraints name.

        Raises:
            ValueError: One names a decision that does not exist.
        """
        table: Table = self._spec.table
        if table is not self._table:
            rows = {id(row.spec): i for i, row in enumerate(table.rows)}
            self._scopes = [
                _Scope(c, tuple(_rows_of(key, c, table, rows) for key in c.keys))
                for c in self.constraints
                if c.keys is not None
            ]
            self._table = table
        return table

    def refusal(self, plan: Plan, numbers: Numbers) -> Refusal | None:
        """Returns why numbers, valid otherwise, are not allowed; None if they are."""
        table = self.resolve()
        if self._scopes:
            decided = _Decided(table, numbers)
            for constraint, keys in self._scopes:
                if not constraint.allows(*(decided.value(key, constraint.read) for key in keys)):
                    return Refusal(constraint, max(map(decided.last, keys)))
        for constraint in self._whole:
            if not constraint.allows(DNA.of(plan, numbers)):
                return Refusal(constraint, len(numbers) - 1)
        return None

    def check(self, plan: Plan, numbers: Numbers) -> None:
        """Raises for numbers that are not allowed.

        Raises:
            InfeasibleError: They are not.
        """
        found = self.refusal(plan, numbers)
        if found is not None:
            label = found.constraint.label
            raise InfeasibleError(
                f"The decisions {list(numbers)!r} are forbidden by constraint {label!r}.",
                refusals={label: 1},
                value=numbers,
            )

    # -- making genotypes ----

    def draw(self, plan: Plan, r: Any, previous: Numbers | None) -> Numbers:
        """Draws numbers until they are allowed; then, if the space can be enumerated, looks from the last ones onwards.

        Raises:
            InfeasibleError: Nothing was found.
        """
        refused: Counter[str] = Counter()
        numbers, last = (), 0
        for _ in range(self.max_tries):
            numbers = draw_numbers(plan, r, previous, free=True)
            found = self.refusal(plan, numbers)
            if found is None:
                return numbers
            refused[found.constraint.label] += 1
            last = found.last
        try:
            return self._search(plan, numbers, last, refused)
        except NotImplementedError:  # A float: there is no next one.
            raise self._nothing(refused) from None

    def first(self, plan: Plan, num_points: int | None = None) -> Numbers:
        """Returns the first numbers that are allowed.

        Raises:
            InfeasibleError: There are none.
        """
        numbers = first_numbers(plan, free=True)
        refused: Counter[str] = Counter()
        found = self.refusal(plan, numbers)
        if found is None:
            return numbers
        refused[found.constraint.label] += 1
        allowed = self._next(
            plan, numbers, num_points, found.last, refused, self.max_tries * PATIENCE
        )
        if allowed is None:
            raise self._nothing(refused, exhausted=True)
        return allowed

    def next(self, plan: Plan, numbers: Numbers, num_points: int | None = None) -> Numbers | None:
        """Returns the numbers after those given that are allowed, or None.

        Raises:
            InfeasibleError: Too many in a row are not.
        """
        return self._next(plan, numbers, num_points, None, Counter(), self.max_tries * PATIENCE)

    def _next(
        self,
        plan: Plan,
        numbers: Numbers,
        num_points: int | None,
        last: int | None,
        refused: Counter[str],
        limit: int,
    ) -> Numbers | None:
        after = next_numbers(plan, numbers, num_points, free=True, last=last)
        for _ in range(limit):
            if after is None:
                return None
            found = self.refusal(plan, after)
            if found is None:
                return after
            refused[found.constraint.label] += 1
            after = next_numbers(plan, after, num_points, free=True, last=found.last)
        raise self._nothing(refused)

    def _search(self, plan: Plan, start: Numbers, last: int, refused: Counter[str]) -> Numbers:
        """Returns the first allowed numbers after `start`, or, beginning anew, before them."""
        found = self._next(plan, start, None, last, refused, self.max_tries)
        if found is None:
            found = self.first(plan)
        return found

    def _nothing(self, refused: Counter[str], exhausted: bool = False) -> InfeasibleError:
        tries = refused.total()
        each = ", ".join(f"{label!r} refused {n}" for label, n in refused.most_common())
        if exhausted:
            text = f"The constraints forbid every point of the space: {each} points, or groups of them."
        else:
            text = (
                f"No decisions that the constraints allow were found in {tries} tries, of which {each}. "
                "Loosen the constraints, narrow the candidates, or raise `max_tries`."
            )
        return InfeasibleError(text, tries=tries, refusals=dict(refused))


class _Decided:
    """Numbers, by the decisions that they belong to."""

    __slots__ = ("active", "numbers", "places", "table")

    def __init__(self, table: Table, numbers: Numbers) -> None:
        self.table = table
        self.numbers = numbers
        self.active = table.active(cast(Any, numbers))
        self.places = None if table.flat else {row: i for i, row in enumerate(self.active)}

    def value(self, key: int | list[int], read: Reader | None) -> Any:
        """Returns the value of a decision, or a list of those of several; None where they are not active."""
        if isinstance(key, int):
            return self._one(key, read)
        values = [self._one(row, read) for row in key if self._place(row) is not None]
        return values or None

    def last(self, key: int | list[int]) -> int:
        """Returns the index of the last number on which the value of a decision depends."""
        return max(map(self._last, [key] if isinstance(key, int) else key))

    def _place(self, row: int) -> int | None:
        return row if self.places is None else self.places.get(row)

    def _one(self, row: int, read: Reader | None) -> Any:
        at = self._place(row)
        if at is None:
            return None
        if read is None:
            return _shown(self.table.rows[row], self.numbers[at])
        return read(row, self.numbers[at : self._last(row) + 1])

    def _last(self, row: int) -> int:
        if self.places is None:
            return row
        # What is not active is so because of a decision before it.
        end = self.table.rows[row].end if row in self.places else row
        return bisect_left(self.active, end) - 1


def _shown(row: Row, number: Any) -> Any:
    if row.kind != CHOICE or row.spec.literal_values is None:
        return number
    return row.spec.literal_values[number]


def _rows_of(key: str, c: Constraint, table: Table, rows: dict[int, int]) -> int | list[int]:
    try:
        found = table.find(key)
    except KeyError:
        known = sorted({str(i) for i in table.ids} | set(table.by_name))
        raise ValueError(
            f"Constraint {c.label!r} names {key!r}, which is neither the name nor the id of a decision. "
            f"There are: {', '.join(known[:20])}{', ...' if len(known) > 20 else ''}."
        ) from None
    if isinstance(found, list):
        return [rows[id(spec)] for spec in cast(list[Any], found)]
    return rows[id(found)]
