"""What a genotype needs to know of a spec: its kind, its place in the tree, its compiled forms.

This is the type that `dna.py` and `spec.py` share; it stands below both so that neither imports the
other in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn, cast

from polygraft.errors import WritePermissionError
from polygraft.formatting import Formattable
from polygraft.geno.attribute_dict import AttributeDict
from polygraft.geno.fields import check_location
from polygraft.geno.plan import Plan
from polygraft.paths import KeyPath

if TYPE_CHECKING:
    from polygraft.geno.choices import Choices
    from polygraft.geno.table import Table


def _refuse_assignment(self: Any, value: Any) -> NoReturn:
    name = type(self).__name__
    raise WritePermissionError(
        f"Cannot set attribute of <class {name}> while `{name}.allow_symbolic_assignment` is set to False or under "
        f"`pg.as_sealed` context. (path={self.sym_path})"
    )


class _ReadOnly(Formattable):
    """Gives each property of its subclasses a setter that refuses, with the error of a sealed node."""

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, attribute in list(vars(cls).items()):
            if isinstance(attribute, property) and attribute.fset is None:
                setattr(cls, name, attribute.setter(_refuse_assignment))


class SpecBase(_ReadOnly):
    """The part of a spec on which genotypes rely: its kind and its place in the tree.

    The only subclass is `DNASpec`.
    """

    __slots__ = (
        "__weakref__",
        "_hints",
        "_key",
        "_location",
        "_parent",
        "_plan",
        "_table",
        "_userdata",
        "_version",
    )

    def _init_spec(self, location: KeyPath | str, hints: Any) -> None:
        self._location = check_location(location)
        self._hints = hints
        self._parent: SpecBase | None = None
        self._key: tuple[str | int, ...] = ()
        self._plan: Plan | None = None
        self._table: tuple[SpecBase, int, Table] | None = None
        self._userdata: AttributeDict | None = None
        self._version = 0

    # -- Fields and kinds ----

    @property
    def location(self) -> KeyPath:
        """Where the decision applies, relative to the enclosing space."""
        return self._location

    @property
    def hints(self) -> Any:
        """Anything that algorithms may make use of."""
        return self._hints

    @property
    def is_space(self) -> bool:
        """Whether this is a `Space`."""
        return False

    @property
    def is_categorical(self) -> bool:
        """Whether this is a `Choices`."""
        return False

    @property
    def is_subchoice(self) -> bool:
        """Whether this is one slot of a multi-choice."""
        return False

    @property
    def is_numerical(self) -> bool:
        """Whether this is a `Float`."""
        return False

    @property
    def is_custom_decision_point(self) -> bool:
        """Whether this is a `CustomDecisionPoint`."""
        return False

    # -- Place in the tree ----

    @property
    def parent_spec(self) -> SpecBase | None:
        """The enclosing spec: the space of a decision point, the choice of a candidate space, the
        multi-choice of a slot.
        """
        return self._parent

    @property
    def sym_parent(self) -> SpecBase | None:
        """The same as `parent_spec`."""
        return self._parent

    @property
    def root(self) -> SpecBase:
        """The outermost spec."""
        spec = self
        while spec._parent is not None:
            spec = spec._parent
        return spec

    @property
    def sym_path(self) -> KeyPath:
        """Path from the root by fields, such as `elements[0].candidates[1]`."""
        keys: list[str | int] = []
        spec = self
        while spec._parent is not None:
            keys[:0] = spec._key
            spec = spec._parent
        return KeyPath(keys)

    @property
    def in_multi_choice(self) -> bool:
        """Whether the spec is a slot of a multi-choice or lies below one."""
        spec: SpecBase | None = self
        while spec is not None:
            if spec.is_subchoice:
                return True
            spec = spec._parent
        return False

    @property
    def parent_choice(self) -> Choices | None:
        """The choice on which this spec is conditional, or None."""
        spec = (
            self._parent if not self.is_subchoice or self._parent is None else self._parent._parent
        )
        while spec is not None and not spec.is_categorical:
            spec = spec._parent
        return cast("Choices | None", spec)

    @property
    def id(self) -> KeyPath:
        """Path of locations and conditional steps from the root; equal to its string form."""
        steps: list[KeyPath] = []
        spec = self
        while spec._parent is not None:
            steps.append(spec._id_step())
            spec = spec._parent
        path = spec._location
        for step in reversed(steps):
            path = path + step
        return path

    def _id_step(self) -> KeyPath:
        return self._location

    def _adopt(self, child: SpecBase, *key: str | int) -> None:
        child._parent = self
        child._key = key

    def _release(self, children: Iterable[SpecBase]) -> None:
        for child in children:
            child._parent = None
            child._key = ()

    @property
    def plan(self) -> Plan:
        """The compiled form; made once."""
        raise NotImplementedError

    @property
    def table(self) -> Table:
        """The decision points with their ids and names; made once and again when the spec moves to
        another parent.
        """
        raise NotImplementedError

    def sym_eq(self, other: Any) -> bool:
        """Whether the other spec has the same type and fields."""
        raise NotImplementedError

    def sym_hash(self) -> int:
        """Returns a hash that agrees with `sym_eq`."""
        raise NotImplementedError

    def to_json(self, **kwargs: Any) -> dict[str, Any]:
        """Returns the JSON object."""
        raise NotImplementedError

    @classmethod
    def from_json(cls, json_value: Any, **kwargs: Any) -> Any:
        """Makes a spec from its JSON object."""
        raise NotImplementedError

    def _check_names(self) -> None:
        """Raises if two definitions below this spec clash. Only spaces check."""

    def _drop_derived(self) -> None:
        self._version += 1
