"""`Space`: decisions that coexist, in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, cast, overload

from polygraft.geno.base import SpecBase
from polygraft.geno.conditional_key import ConditionalKey
from polygraft.geno.fields import check_int, wrong_type
from polygraft.geno.plan import Plan
from polygraft.geno.spec import ROOT, DecisionPoint, DNASpec
from polygraft.geno.spec_values import register
from polygraft.geno.text import indent
from polygraft.paths import KeyPath


class Space(DNASpec):
    """An ordered list of decision points.

    Args:
        elements: The decision points. One that already has a parent is copied.
        index: Position among the candidates of the parent choice; given by the parent.
        location, hints: See `DNASpec`.

    Raises:
        ValueError: Names clash.

    Example:
        >>> print(space([floatv(0.0, 1.0, location="lr")]))
        Space({
          0 = 'lr': Float(min_value=0.0, max_value=1.0)
        })
    """

    __slots__ = ("_depth", "_elements", "_index", "_named")
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        *DNASpec.FIELDS,
        ("elements", "Elements of current composition."),
        (
            "index",
            "Index of the template among the candidates of a parent Choice. If None, the "
            "template is the root template.",
        ),
    )
    TYPE_KEYS = (
        "pyglove.generators.geno.Template",
        "geno.Space",
        "polygraft.geno.Space",
        "pyglove.core.geno.space.Space",
    )

    def __init__(
        self,
        elements: Sequence[DecisionPoint] = (),
        index: int | None = None,
        *,
        location: KeyPath | str = ROOT,
        hints: Any = None,
    ) -> None:
        self._init_spec(location, hints)
        self._index = None if index is None else check_int(index, "index", 0)
        for i, element in enumerate(elements):
            if not isinstance(cast(Any, element), DecisionPoint):
                wrong_type(DecisionPoint, element, f"elements[{i}]")
        self._elements: list[DecisionPoint] = []
        for i, element in enumerate(elements):
            if element.parent_spec is not None:
                element = element.clone()
            self._adopt(element, "elements", i)
            self._elements.append(element)
        self._depth = max((e.depth for e in self._elements), default=0)
        self._named = any(e.has_names for e in self._elements)
        try:
            self._check_names()
        except ValueError:
            self._release(self._elements)
            raise

    @property
    def is_space(self) -> bool:
        """True."""
        return True

    @property
    def elements(self) -> list[DecisionPoint]:
        """The decision points, in order."""
        return list(self._elements)

    @property
    def index(self) -> int | None:
        """Position among the candidates of the parent choice; None at the root."""
        return self._index

    @property
    def is_constant(self) -> bool:
        """Whether there is nothing to decide."""
        return not self._elements

    @property
    def depth(self) -> int:
        """Levels of choices below."""
        return self._depth

    @property
    def has_names(self) -> bool:
        """Whether any decision point below has a name."""
        return self._named

    def _id_step(self) -> KeyPath:
        parent = cast(Any, self._parent)
        return (
            KeyPath.of((ConditionalKey(cast(int, self._index), len(parent.candidates)),))
            + self._location
        )

    def place(self, index: int) -> None:
        """Sets the position among the candidates; called by the parent."""
        self._index = index

    def _compile(self) -> Plan:
        if len(self._elements) == 1:
            return self._elements[0].plan
        return Plan(self, [e.plan.points[0] for e in self._elements])

    def __len__(self) -> int:
        return sum(len(e) for e in self._elements)

    def __iter__(self) -> Iterator[DecisionPoint]:
        return iter(self._elements)

    @overload
    def __getitem__(self, key: int) -> DecisionPoint: ...
    @overload
    def __getitem__(self, key: slice) -> list[DecisionPoint]: ...
    @overload
    def __getitem__(self, key: str | KeyPath) -> Any: ...
    def __getitem__(self, key: Any) -> Any:
        """Returns elements for an index or a slice, decision points for a name or an id."""
        if isinstance(key, (int, slice)):
            return self._elements[key]
        return super().__getitem__(key)

    def _drop_derived(self) -> None:
        super()._drop_derived()
        self._named = any(e.has_names for e in self._elements)

    def _check_names(self) -> None:
        if not self._named:
            return
        named: dict[str, DecisionPoint] = {}
        rows = self.table.rows
        for row in rows:
            if row.name is None:
                continue
            # Slots of one multi-choice, and what lies below them, are copies of one definition.
            definition = _definition(row.spec)
            earlier = named.setdefault(row.name, row.spec)
            if _definition(earlier) != definition:
                raise ValueError(
                    f"Found 2 decision point definitions clash on name {row.name!r}. "
                    f"Definition1={row.spec!r}, Definition2={earlier!r}."
                )
        for row in rows:
            point = named.get(row.key)
            if point is not None and point is not row.spec:
                raise ValueError(
                    f"Found 2 decision point definitions clash between name {row.key} and id {row.key}. "
                    f"Definition1={point!r}, Definition2={row.spec!r}."
                )

    def _tree_text(self, root_indent: int, show_id: bool) -> str:
        if not self._elements:
            return "Space()"
        lines = ["Space({\n"]
        for i, element in enumerate(self._elements):
            text = element.format(compact=True, root_indent=root_indent + 1, show_id=False)
            lines.append(indent(f"{i} = '{element.location}': {text}\n", root_indent + 1))
        lines.append(indent("})", root_indent))
        return "".join(lines)


def _definition(spec: SpecBase | None) -> tuple[Any, ...]:
    """Returns the way from the root to a point, without the slots: equal for copies of one
    definition.
    """
    steps: list[Any] = []
    while spec is not None:
        if not spec.is_subchoice:
            steps.append(spec._key)  # pyright: ignore[reportPrivateUsage]
        spec = spec.parent_spec
    return tuple(steps)


def constant() -> Space:
    """Returns a space without decisions."""
    return Space()


space = Space
register(Space)
