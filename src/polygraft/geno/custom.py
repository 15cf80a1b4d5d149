"""`CustomDecisionPoint`: a decision whose genome is a string that only the user can read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, cast

from polygraft.geno.dna import DNA
from polygraft.geno.fields import wrong_type
from polygraft.geno.plan import CUSTOM, Plan, Point
from polygraft.geno.spec import ROOT, DecisionPoint
from polygraft.geno.spec_values import register
from polygraft.geno.text import value_text
from polygraft.paths import KeyPath

NextFn = Callable[[DNA | None], DNA | None]
RandomFn = Callable[..., DNA]


class CustomDecisionPoint(DecisionPoint):
    """A decision point whose genotypes are strings made by the user's functions.

    Args:
        hyper_type: Name of the placeholder's type, for messages.
        next_dna_fn: Maps a genotype (None: before the first) to the next one, or None at the end.
        random_dna_fn: Maps (random generator, previous genotype or None) to a genotype.
        hints, location, name: See `DNASpec`.
    """

    __slots__ = ("_hyper_type", "_next_dna_fn", "_random_dna_fn")
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        *DecisionPoint.FIELDS,
        ("hyper_type", "Type of the placeholder, for display."),
        ("next_dna_fn", "Function that gives the next DNA."),
        ("random_dna_fn", "Function that draws a DNA."),
    )
    TYPE_KEYS = (
        "pyglove.generators.geno.CustomDecisionPoint",
        "geno.CustomDecisionPoint",
        "polygraft.geno.CustomDecisionPoint",
        "pyglove.core.geno.custom.CustomDecisionPoint",
    )

    def __init__(
        self,
        hyper_type: str | None = None,
        next_dna_fn: NextFn | None = None,
        random_dna_fn: RandomFn | None = None,
        hints: Any = None,
        location: KeyPath | str = ROOT,
        name: str | None = None,
    ) -> None:
        self._init_point(location, name, hints)
        if hyper_type is not None and not isinstance(cast(Any, hyper_type), str):
            wrong_type(str, hyper_type, "hyper_type")
        self._hyper_type = hyper_type
        self._next_dna_fn = next_dna_fn
        self._random_dna_fn = random_dna_fn

    @property
    def hyper_type(self) -> str | None:
        """Name of the placeholder's type."""
        return self._hyper_type

    @property
    def next_dna_fn(self) -> NextFn | None:
        """Function that gives the next DNA."""
        return self._next_dna_fn

    @property
    def random_dna_fn(self) -> RandomFn | None:
        """Function that draws a DNA."""
        return self._random_dna_fn

    @property
    def is_custom_decision_point(self) -> bool:
        """True."""
        return True

    def next_genome(self, genome: str | None) -> str | None:
        """Returns the genome after one (None: the first), or None at the end."""
        if self._next_dna_fn is None:
            raise NotImplementedError(f"`next_dna` is not supported on '{self._type_name}'.")
        dna = self._next_dna_fn(None if genome is None else DNA.of(self.plan, (genome,), True))
        return None if dna is None else self._genome(dna)

    def draw_genome(self, random_generator: Any, previous: str | None) -> str:
        """Draws a genome."""
        if self._random_dna_fn is None:
            raise NotImplementedError(f"`random_dna` is not supported on '{self._type_name}'.")
        return self._genome(
            self._random_dna_fn(
                random_generator, None if previous is None else DNA.of(self.plan, (previous,), True)
            )
        )

    @property
    def _type_name(self) -> str:
        return self._hyper_type if self._hyper_type is not None else "CustomDecisionPoint"

    def _genome(self, dna: DNA) -> str:
        value = dna.value
        if not isinstance(value, str):
            raise ValueError(f"DNA value type mismatch, Value: {value!r}, Spec: {self!r}.")
        return value

    def _compile(self) -> Plan:
        return Plan(self, [Point(self, CUSTOM)])

    def __len__(self) -> int:
        return 1

    def _compared(self) -> dict[str, Any]:
        return {k: v for k, v in self._init_args().items() if not k.endswith("_fn")}

    def to_json(self, **kwargs: Any) -> dict[str, Any]:
        """Returns the JSON object; the functions are left out."""
        return {k: v for k, v in super().to_json(**kwargs).items() if not k.endswith("_fn")}

    def _tree_text(self, root_indent: int, show_id: bool) -> str:
        parts = [f"id='{self.id}'"] if show_id else []
        if self._hyper_type is not None:
            parts.append(f"hyper_type={self._hyper_type!r}")
        if self._name is not None:
            parts.append(f"name={self._name!r}")
        if self._hints is not None:
            parts.append(f"hints={value_text(self._hints, True)}")
        return f"CustomDecisionPoint({', '.join(parts)})"


def custom(
    hyper_type: str | None = None,
    next_dna_fn: NextFn | None = None,
    random_dna_fn: RandomFn | None = None,
    hints: Any = None,
    location: KeyPath | str = ROOT,
    name: str | None = None,
) -> CustomDecisionPoint:
    """Returns a `CustomDecisionPoint`; see there."""
    return CustomDecisionPoint(hyper_type, next_dna_fn, random_dna_fn, hints, location, name)


register(CustomDecisionPoint)
