"""`Space`: decisions that coexist, in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, cast, overload

from polygraft.geno.base import SpecBase
from polygraft.geno.conditional_key import ConditionalKey
from polygraft.geno.constraints import MAX_TRIES, Constraint, Rule
from polygraft.geno.fields import check_int, wrong_type
from polygraft.geno.plan import Plan
from polygraft.geno.spec import ROOT, DecisionPoint, DNASpec
from polygraft.geno.spec_values import register
from polygraft.geno.table import Row
from polygraft.geno.text import indent
from polygraft.paths import KeyPath


class Space(DNASpec):
    """An ordered list of decision points.

    Args:
        elements: The decision points. One that already has a parent is copied.
        index: Position among the candidates of the parent choice; given by the parent.
        location, hints: See `DNASpec`.
        constraints: What the decisions must meet; for a whole space, not for the candidate of a choice.
        max_tries: How often a random draw is repeated to meet them.

    Raises:
        ValueError: Names clash, or a constraint names a decision that does not exist.

    Example:
        >>> print(space([floatv(0.0, 1.0, location="lr")]))
        Space({
          0 = 'lr': Float(min_value=0.0, max_value=1.0)
        })
    """

    __slots__ = ("_depth", "_elements", "_index", "_named", "_rule")
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
        constraints: Sequence[Constraint] = (),
        max_tries: int = MAX_TRIES,
    ) -> None:
        self._init_spec(location, hints)
        self._rule = (
            Rule(self, constraints, check_int(max_tries, "max_tries", 1)) if constraints else None
        )
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
    def constraints(self) -> list[Constraint]:
        """What the decisions must meet."""
        return [] if self._rule is None else list(self._rule.constraints)

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
            plan = self._elements[0].plan
        else:
            plan = Plan(self, [e.plan.points[0] for e in self._elements])
        plan.rule = self._rule
        return plan

    def _construct_args(self) -> dict[str, Any]:
        args = super()._construct_args()
        if self._rule is not None:
            args.update(constraints=self._rule.constraints, max_tries=self._rule.max_tries)
        return args

    def _compared(self) -> dict[str, Any]:
        return {**super()._compared(), "constraints": self.constraints}

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
        if self._named:
            self._check_clashes()
        if self._rule is not None:
            self._rule.resolve()

    def _check_clashes(self) -> None:
        named: dict[str, Row] = {}
        rows = self.table.rows
        for row in rows:
            if row.name is None:
                continue
            # Slots of one multi-choice, and what lies below them, are copies of one definition.
            definition = _definition(row.spec)
            earlier = named.setdefault(row.name, row)
            if _definition(earlier.spec) != definition:
                raise ValueError(
                    f"Found 2 decision point definitions clash on name {row.name!r}. "
                    f"Definition1={row.point!r}, Definition2={earlier.point!r}."
                )
        for row in rows:
            other = named.get(row.key)
            if other is not None and other.spec is not row.spec:
                raise ValueError(
                    f"Found 2 decision point definitions clash between name {row.key} and id {row.key}. "
                    f"Definition1={other.point!r}, Definition2={row.point!r}."
                )

    def _tree_text(self, root_indent: int, show_id: bool) -> str:
        constraints = ""
        if self._rule is not None:
            constraints = f"constraints=[{', '.join(c.label for c in self._rule.constraints)}]"
        if not self._elements:
            return f"Space({constraints})"
        lines = ["Space({\n"]
        for i, element in enumerate(self._elements):
            text = element.format(compact=True, root_indent=root_indent + 1, show_id=False)
            lines.append(indent(f"{i} = '{element.location}': {text}\n", root_indent + 1))
        lines.append(indent("}" + (f", {constraints}" if constraints else "") + ")", root_indent))
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
