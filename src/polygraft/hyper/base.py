"""What all placeholders have in common.

A placeholder stands in a program for a value that has still to be decided. It is an ordinary node (printed, cloned,
diffed, changed by rules); what it means is told by the `Slot` it compiles to (see `slots.py`).

Decoding clones a program with some placeholders replaced. The clone itself does the replacing: `PlaceholderOps.clone`
returns what the memo holds for a placeholder, so that every kind of node is rebuilt bottom-up by its own, compiled
clone, and its hooks see final values only.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from polygraft import typing as pg_typing
from polygraft.geno import DNA
from polygraft.geno.numbers import conforms
from polygraft.geno.plan import Plan
from polygraft.hyper.evaluating import HyperMeta
from polygraft.missing import MISSING_VALUE
from polygraft.paths import KeyPath
from polygraft.symbolic.abstract import NonDeterministic
from polygraft.symbolic.object_ import Object, members
from polygraft.symbolic.object_ops import ObjectOps
from polygraft.symbolic.places import path_of

if TYPE_CHECKING:
    from polygraft.geno import DecisionPoint
    from polygraft.hyper.slots import Slot

#: Says which placeholders take part in a search.
Where = Callable[[Any], bool]

_ABSENT: Any = object()
#: For type checkers, the default of a field that has none.
REQUIRED: Any = MISSING_VALUE


class HyperValue(NonDeterministic):
    """A value that a genotype decides: a placeholder, or a template of a program with placeholders."""

    __slots__ = ()

    @property
    @abstractmethod
    def dna(self) -> DNA | None:
        """The genotype that was set or decoded last."""

    @abstractmethod
    def set_dna(self, dna: DNA | None) -> None:
        """Sets the genotype that calling this value decodes."""

    @abstractmethod
    def decode(self, dna: DNA) -> Any:
        """Returns the value that a genotype stands for."""

    @abstractmethod
    def encode(self, value: Any) -> DNA:
        """Returns the genotype that stands for a value."""


_set = object.__setattr__  # State of an object is no field of it.


class PlaceholderOps(ObjectOps):
    """Placeholders are replaced while the tree around them is cloned: the memo says by what."""

    def __init__(self, cls: Any, info: Any):
        super().__init__(cls, info)
        copy = self.clone

        def clone(x: Any, memo: dict[int, Any] | None, deep: bool) -> Any:
            if memo:
                value = memo.get(id(x), _ABSENT)
                if value is not _ABSENT:
                    return value
            return copy(x, memo, deep)

        self.clone = clone  # type: ignore[method-assign]


@members(
    [
        (
            "name",
            pg_typing.Str().noneable(),
            "Name of the decision, unique in the space; decisions can be looked up by it.",
        ),
        ("hints", pg_typing.Any(default=None), "Anything that algorithms may make use of."),
    ]
)
class HyperPrimitive(Object, HyperValue, metaclass=HyperMeta):
    """Base of placeholders. Subclasses implement `_compile`."""

    _pg_ops: ClassVar[Any] = PlaceholderOps

    # State of one object; not part of the program.
    _dna: ClassVar[DNA | None] = None
    _decoded: ClassVar[Any] = _ABSENT
    _slot: ClassVar[Slot | None] = None
    _bound_spec: ClassVar[Any] = None

    name: str | None = None
    hints: Any = None

    def _on_bound(self) -> None:
        _set(self, "_slot", None)
        _set(self, "_decoded", _ABSENT)

    # -- for the rest of this package ------------------------------------------------------------
    def _compile(self, where: Where | None, spec: Any) -> Slot:
        """The compiled form of this placeholder at a place whose field has the value spec `spec` (or None)."""
        raise NotImplementedError(f"`_compile` is not implemented in {type(self).__name__!r}.")

    def _check_field(self, path: KeyPath, spec: Any, allow_partial: bool) -> None:
        """Raises if not every value that may be chosen is acceptable for a field."""

    @property
    def _own_slot(self) -> Slot:
        if self._slot is None:
            _set(self, "_slot", self._compile(None, None))
        return cast("Slot", self._slot)

    # -- the protocol of hyper values ------------------------------------------------------------
    @property
    def dna(self) -> DNA | None:
        """The genotype that was set or decoded last."""
        return self._dna

    def set_dna(self, dna: DNA | None) -> None:
        """Sets the genotype that calling this placeholder decodes."""
        _set(self, "_dna", dna)
        _set(self, "_decoded", _ABSENT)

    def __call__(self) -> Any:
        """The value for the genotype that was set; decoded once.

        Raises:
            ValueError: No genotype has been set.
        """
        if self._decoded is _ABSENT:
            if self._dna is None:
                raise ValueError("'set_dna' should be called to set a DNA before '__call__'.")
            _set(self, "_decoded", self.decode(self._dna))
        return self._decoded

    def decode(self, dna: DNA) -> Any:
        """Returns the value that a genotype stands for.

        Raises:
            ValueError: The genotype does not fit.
        """
        slot = self._own_slot
        slot.check(dna, path_of(self))
        self.set_dna(dna)
        return slot.read(dna.numbers, 0, {})[0]

    def encode(self, value: Any) -> DNA:
        """Returns the genotype that stands for a value; the first candidate that matches wins.

        Raises:
            ValueError: The value is not in the space.
        """
        numbers: list[Any] = []
        slot = self._own_slot
        slot.write(value, numbers, path_of(self))
        return genotype(slot.point(KeyPath()).plan, numbers)

    def dna_spec(self, location: KeyPath | str | None = None) -> DecisionPoint:
        """Returns the decision point of this placeholder.

        Args:
            location: Where it stands, relative to the enclosing space.
        """
        return self._own_slot.point(KeyPath() if location is None else KeyPath.from_value(location))

    # -- in typed fields -------------------------------------------------------------------------
    def custom_apply(
        self,
        path: Any,
        value_spec: Any,
        allow_partial: bool = False,
        child_transform: Callable[..., Any] | None = None,
    ) -> tuple[bool, Any]:
        """Accepts a field if it accepts everything that may be chosen. The placeholder itself is stored."""
        if covers(value_spec, self):
            return (False, self)
        bound = self._bound_spec
        if bound is not None and bound is not value_spec and not value_spec.is_compatible(bound):
            raise TypeError(
                f"Cannot bind an incompatible value spec {value_spec!r} to {type(self).__name__} "
                f"with bound spec {bound!r}. (path={path})"
            )
        path = path if isinstance(path, KeyPath) else KeyPath.from_value(path)
        self._check_field(path, value_spec, allow_partial)
        if bound is None:
            _set(self, "_bound_spec", value_spec)
        return (False, self)


def covers(spec: Any, x: Any) -> bool:
    """True if a spec takes placeholders such as `x` for values of their own right."""
    if spec is None or isinstance(spec, pg_typing.Any):
        return True
    if isinstance(spec, pg_typing.Union):
        return any(covers(c, x) for c in cast("list[Any]", spec.candidates))
    return isinstance(spec, pg_typing.Object) and isinstance(x, spec.value_type)


def genotype(plan: Plan, numbers: Sequence[Any]) -> DNA:
    """The genotype, bound to no spec, of numbers in depth-first order, which may break constraints of choices."""
    dna = DNA.of(plan, tuple(numbers), False)
    # A tree of its own makes no claim to fit the plan.
    return dna if conforms(plan, dna.numbers) else DNA(dna.to_json(type_info=False))
