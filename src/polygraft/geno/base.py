"""What a genotype needs to know of a spec: its compiled form, its table of points, its place.

This is the type that `dna.py` and `spec.py` share; it stands below both so that neither imports the other in a circle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from polygraft.errors import WritePermissionError
from polygraft.formatting import Formattable
from polygraft.geno.plan import Plan

if TYPE_CHECKING:
    from polygraft.geno.table import Table


def _refuse_assignment(self: SpecBase, value: Any) -> NoReturn:
    name = type(self).__name__
    raise WritePermissionError(
        f"Cannot set attribute of {type(self)!r} while `{name}.allow_symbolic_assignment` is set to False or under "
        f"`pg.as_sealed` context. (path={self.sym_path})"
    )


class SpecBase(Formattable):
    """The part of a spec on which genotypes rely. The only subclass is `DNASpec`."""

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Gives each property a setter that refuses, with the error of a sealed node."""
        super().__init_subclass__(**kwargs)
        for name, attribute in list(vars(cls).items()):
            if isinstance(attribute, property) and attribute.fset is None:
                setattr(cls, name, attribute.setter(_refuse_assignment))

    @property
    def sym_path(self) -> Any:
        """Path from the root by fields, such as `elements[0].candidates[1]`."""
        raise NotImplementedError

    @property
    def plan(self) -> Plan:
        """The compiled form; made once."""
        raise NotImplementedError

    @property
    def table(self) -> Table:
        """The decision points with their ids and names; made once and again when the spec moves to another parent."""
        raise NotImplementedError

    @property
    def location(self) -> Any:
        """Where the decision applies, relative to the parent."""
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
