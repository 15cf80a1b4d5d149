"""`DNASpec`: an abstract tree of decisions that knows nothing of the program it was taken from.

Specs are plain immutable values that know their parent: `Space -> Choices -> Space -> ...` strictly
    alternates. What depends on the structure (`plan`) is compiled once; what depends on the place
    in the tree (`table`: ids) is compiled again when the spec gets a new parent. `==` is identity;
    `sym_eq` compares values.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from polygraft.geno.attribute_dict import AttributeDict
from polygraft.geno.base import SpecBase
from polygraft.geno.dna import DNA
from polygraft.geno.draw import draw_numbers
from polygraft.geno.fields import check_location, check_name
from polygraft.geno.numbers import numbers_of, start_numbers
from polygraft.geno.plan import Plan
from polygraft.geno.sizes import INFINITE, space_size
from polygraft.geno.spec_values import spec_from_json, value_eq, value_hash, value_to_json
from polygraft.geno.successor import first_numbers, next_numbers
from polygraft.geno.table import Table
from polygraft.geno.text import object_text
from polygraft.geno.validation import validate
from polygraft.paths import KeyPath

if TYPE_CHECKING:
    pass

ROOT = KeyPath()
MAX_DEPTH = 64  # Levels of conditional spaces. Walks recurse once per level; deeper specs are refused when built.

LOCATION_DOC = (
    "KeyPath of associated genetic encoder relative to parent object template. "
    "This allows DNA generator to apply rule based on locations."
)
HINTS_DOC = "Hints for DNA generator to consume."
NAME_DOC = (
    "Name of current node. If present, it should be unique in the search space. "
    "We can use `root_spec[name]` to access named DNASpec."
)


def _construct(cls: type[Any], args: dict[str, Any]) -> Any:
    return cls(**args)


class DNASpec(SpecBase, ABC):
    """Base of all specs: a space, or a decision point in one.

    Attributes are read-only; `rebind` replaces the name, location or hints.
    """

    __slots__ = ()
    __str_format_kwargs__: dict[str, Any] = {"compact": True}
    __repr_format_kwargs__: dict[str, Any] = {"compact": True}

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("location", LOCATION_DOC),
        ("hints", HINTS_DOC),
    )
    """Names and descriptions of the fields, in the order in which they print and are written to
    JSON.
    """
    TYPE_KEYS: ClassVar[tuple[str, ...]] = ()
    """Names of the type in JSON; the first is written, all are read."""

    # -- Compiled forms ----

    @property
    def plan(self) -> Plan:
        """The compiled form on which genotypes are drawn, enumerated and checked."""
        if self._plan is None:
            self._plan = self._compile()
        return self._plan

    @abstractmethod
    def _compile(self) -> Plan:
        """Makes the compiled form."""

    @property
    def table(self) -> Table:
        """The decision points in one table, with ids and names."""
        root = self.root
        if self._table is None or self._table[0] is not root or self._table[1] != root._version:
            self._table = (root, root._version, Table(self))
        return self._table[2]

    # -- Decisions ----

    @property
    def decision_points(self) -> list[Any]:
        """All decision points, depth first; a multi-choice is represented by its slots."""
        return [row.spec for row in self.table.rows]

    @property
    def decision_ids(self) -> list[KeyPath]:
        """Ids of all decisions, depth first; a multi-choice occurs once under its own id."""
        return list(self.table.ids)

    @property
    def named_decision_points(self) -> dict[str, Any]:
        """Decision points by name; a list for a multi-choice and for points below one (one for each
        slot).
        """
        return {
            k: list(cast(list[Any], v)) if isinstance(v, list) else v
            for k, v in self.table.by_name.items()
        }

    def __getitem__(self, key: Any) -> Any:
        """Returns the decision point (a list of slots for a multi-choice) with a name or an id.

        Raises:
            KeyError: There is none.
        """
        found = self.table.find(key)
        return list(cast(list[Any], found)) if isinstance(found, list) else found

    def get(self, key: Any, default: Any = None) -> Any:
        """Returns `self[key]`, or `default` where there is no such decision point."""
        try:
            return self[key]
        except KeyError:
            return default

    @abstractmethod
    def __len__(self) -> int:
        """Returns the number of decision points, those of all candidates included."""

    def __bool__(self) -> bool:
        return True

    # -- Genotypes ----

    @property
    def space_size(self) -> int:
        """Number of genotypes; -1 where a float or a custom decision occurs, or where constraints leave it unknown (see
        `max_space_size`).
        """
        return INFINITE if self.plan.rule is not None else space_size(self.plan)

    @property
    def max_space_size(self) -> int:
        """Number of genotypes if there were no constraints; -1 where a float or a custom decision occurs."""
        return space_size(self.plan)

    def first_dna(self, attach_spec: bool = True) -> DNA:
        """Returns the first genotype in the order of enumeration."""
        plan = self.plan
        return DNA.of(plan, first_numbers(plan), attach_spec)

    def next_dna(self, dna: DNA | None = None, attach_spec: bool = True) -> DNA | None:
        """Returns the genotype after `dna` (the first one for None), or None after the last.

        Raises:
            ValueError: `dna` does not fit the spec.
            NotImplementedError: A float or a custom point without `next_dna_fn` would have to
                advance.
        """
        plan = self.plan
        if dna is None:
            return DNA.of(plan, first_numbers(plan), attach_spec)
        numbers = next_numbers(plan, start_numbers(plan, dna))
        return None if numbers is None else DNA.of(plan, numbers, attach_spec)

    def iter_dna(self, dna: DNA | None = None, attach_spec: bool = True) -> Iterator[DNA]:
        """Yields all genotypes after `dna` (all for None).

        Example:
            >>> [d.value for d in oneof([constant()] * 3).iter_dna()]
            [0, 1, 2]
        """
        plan = self.plan
        numbers = (
            first_numbers(plan) if dna is None else next_numbers(plan, start_numbers(plan, dna))
        )
        while numbers is not None:
            yield DNA.of(plan, numbers, attach_spec)
            numbers = next_numbers(plan, numbers)

    def random_dna(
        self,
        random_generator: Any = None,
        attach_spec: bool = True,
        previous_dna: DNA | None = None,
    ) -> DNA:
        """Draws a genotype.

        Args:
            random_generator: A `random.Random` or what looks like one; None for the global `random`
                module.
            attach_spec: Whether the result is bound to this spec.
            previous_dna: An earlier genotype, handed to the functions of custom decision points.
        """
        plan = self.plan
        previous = (
            None if previous_dna is None or not plan.custom else numbers_of(plan, previous_dna)
        )
        return DNA.of(
            plan,
            draw_numbers(plan, random if random_generator is None else random_generator, previous),
            attach_spec,
        )

    def validate(self, dna: DNA) -> None:
        """Checks that a genotype fits.

        Raises:
            ValueError: It does not.
        """
        if not (dna.fits(self.plan)):
            validate(self, dna)

    # -- User data ----

    @property
    def userdata(self) -> AttributeDict:
        """Data of this process; neither saved nor cloned."""
        if self._userdata is None:
            self._userdata = AttributeDict()
        return self._userdata

    def set_userdata(self, key: Any, value: Any) -> None:
        """Sets an item of `userdata`."""
        self.userdata[key] = value

    # -- As a value ----

    def _init_args(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name, _ in self.FIELDS}

    def _construct_args(self) -> dict[str, Any]:
        """Arguments that make an independent copy."""
        return self._init_args()

    def clone(
        self, deep: bool = False, memo: Any = None, override: Mapping[str, Any] | None = None
    ) -> Self:
        """Returns an independent copy without parent and user data; `override` gives other values
        to fields.
        """
        del deep, memo
        return type(self)(**{**self._construct_args(), **(override or {})})

    def __copy__(self) -> Self:
        return self.clone()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.clone()

    def __reduce__(self) -> tuple[Any, ...]:
        return _construct, (type(self), self._construct_args())

    def rebind(self, updates: Mapping[str, Any] | None = None, **kwargs: Any) -> Self:
        """Changes name, location or hints in place and refreshes the ids of the tree.

        Raises:
            ValueError: The new name clashes with another one; nothing has changed then.
            KeyError: The field is not one of those.
        """
        changes = {**(updates or {}), **kwargs}
        unknown = set(changes) - {"location", "hints", "name"}
        if unknown or ("name" in changes and self.is_space):
            raise KeyError(
                "Only 'location', 'hints' and 'name' of a decision point can be rebound. "
                f"Encountered: {sorted(changes)}."
            )
        old = {name: getattr(self, name) for name in changes}
        root = self.root
        try:
            self._write(changes)
            self._refresh()
            root._check_names()
        except BaseException:
            self._write(old)
            self._refresh()
            raise
        self._userdata = None
        return self

    def _write(self, changes: Mapping[str, Any]) -> None:
        if "location" in changes:
            self._location = check_location(changes["location"])
        if "hints" in changes:
            self._hints = changes["hints"]

    def _refresh(self) -> None:
        """Drops what was derived from names and ids, up to the root."""
        spec: SpecBase | None = self
        while spec is not None:
            spec._drop_derived()
            spec = spec._parent

    def sym_eq(self, other: Any) -> bool:
        """Whether the other spec has the same type and fields."""
        if self is other:
            return True
        if type(self) is not type(other):
            return False
        return all(value_eq(a, getattr(other, name)) for name, a in self._compared().items())

    def sym_ne(self, other: Any) -> bool:
        """Whether the other spec differs in type or fields."""
        return not self.sym_eq(other)

    def sym_hash(self) -> int:
        """Returns a hash that agrees with `sym_eq`."""
        return hash((type(self), *(value_hash(v) for v in self._compared().values())))

    def _compared(self) -> dict[str, Any]:
        return self._init_args()

    def to_json(self, **kwargs: Any) -> dict[str, Any]:
        """Returns the JSON object, all fields included."""
        json: dict[str, Any] = {"_type": self.TYPE_KEYS[0]}
        for name, value in self._init_args().items():
            json[name] = value_to_json(value, kwargs)
        return json

    @classmethod
    def from_json(cls, json_value: Mapping[str, Any], **kwargs: Any) -> Self:
        """Makes a spec from its JSON object; an obsolete key `userdata` is dropped."""
        del kwargs
        return cls(
            **{
                k: spec_from_json(v)
                for k, v in json_value.items()
                if k not in ("_type", "userdata")
            }
        )

    # -- Text ----

    def format(
        self,
        compact: bool = False,
        verbose: bool = True,
        root_indent: int = 0,
        show_id: bool = True,
        **kwargs: Any,
    ) -> str:
        """Returns the text of the spec: a tree of decisions if `compact`, else all its fields."""
        if compact:
            return self._tree_text(root_indent, show_id)
        for option in ("markdown", "memo"):
            kwargs.pop(option, None)
        fields = [(name, getattr(self, name), doc) for name, doc in self.FIELDS]
        return object_text(type(self).__name__, fields, False, verbose, root_indent, **kwargs)

    @abstractmethod
    def _tree_text(self, root_indent: int, show_id: bool) -> str:
        """Returns the compact form."""


class DecisionPoint(DNASpec):
    """Base of the specs that decide something: `Choices`, `Float`, `CustomDecisionPoint`."""

    __slots__ = ("_name",)
    FIELDS = (*DNASpec.FIELDS, ("name", NAME_DOC))

    def _init_point(self, location: KeyPath | str, name: str | None, hints: Any) -> None:
        self._init_spec(location, hints)
        self._name = check_name(name)

    @property
    def name(self) -> str | None:
        """Name, unique in the space; or None."""
        return self._name

    @property
    def depth(self) -> int:
        """Levels of choices, this one included."""
        return 0

    @property
    def has_names(self) -> bool:
        """Whether this or any decision point below has a name."""
        return self._name is not None

    @property
    def label(self) -> str:
        """Name or id, for messages."""
        return self._name if self._name is not None else str(self.id)

    def _write(self, changes: Mapping[str, Any]) -> None:
        super()._write(changes)
        if "name" in changes:
            self._name = check_name(changes["name"])
