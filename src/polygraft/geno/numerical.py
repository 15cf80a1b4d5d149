"""`Float`: a number within bounds."""

from __future__ import annotations

from typing import Any, ClassVar

from polygraft import typing as pg_typing
from polygraft.geno.fields import check_float
from polygraft.geno.plan import FLOAT, Plan, Point
from polygraft.geno.spec import ROOT, DecisionPoint
from polygraft.geno.spec_values import register
from polygraft.geno.text import value_text
from polygraft.paths import KeyPath

SCALES = (None, "linear", "log", "rlog")
SCALE_DOC = (
    "How algorithms should explore the range: None or `linear` evenly; `log` by x -> log(x / "
    "min) / log(max / min), finer near the "
    "minimum; `rlog` by x -> 1 - log((max + min - x) / min) / log(max / min), finer near the "
    "maximum. For `log` and `rlog` the minimum must be positive."
)


class Float(DecisionPoint):
    """A float within `[min_value, max_value]`.

    Args:
        min_value, max_value: Bounds, both included; ints are converted.
        scale: Advice to algorithms: None, 'linear', 'log' or 'rlog'.
        hints, location, name: See `DNASpec`.

    Raises:
        ValueError: The bounds are in the wrong order, or not positive where the scale needs that.
    """

    __slots__ = ("_max_value", "_min_value", "_scale")
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        *DecisionPoint.FIELDS,
        ("min_value", "Minimum value."),
        ("max_value", "Maximum value."),
        ("scale", SCALE_DOC),
    )
    TYPE_KEYS = (
        "pyglove.generators.geno.Float",
        "geno.Float",
        "polygraft.geno.Float",
        "pyglove.core.geno.numerical.Float",
    )

    def __init__(
        self,
        min_value: float,
        max_value: float,
        scale: str | None = None,
        hints: Any = None,
        location: KeyPath | str = ROOT,
        name: str | None = None,
    ) -> None:
        self._init_point(location, name, hints)
        self._min_value = check_float(min_value, "min_value")
        self._max_value = check_float(max_value, "max_value")
        if scale not in SCALES:
            raise ValueError(
                f"Value {scale!r} is not in candidate list {list(SCALES)}. (path=scale)"
            )
        self._scale = scale
        if self._min_value > self._max_value:
            raise ValueError(
                f"Argument 'min_value' ({self._min_value}) should be no greater than 'max_value' ({self._max_value})."
            )
        if scale in ("log", "rlog") and self._min_value <= 0:
            raise ValueError(
                f"'min_value' must be positive when `scale` is {scale!r}. encountered: {self._min_value}."
            )

    @property
    def min_value(self) -> float:
        """Lower bound, included."""
        return self._min_value

    @property
    def max_value(self) -> float:
        """Upper bound, included."""
        return self._max_value

    @property
    def scale(self) -> str | None:
        """How algorithms should explore the range."""
        return self._scale

    @property
    def is_numerical(self) -> bool:
        """True."""
        return True

    def nearest(self, value: float) -> float:
        """Returns the possible value that is nearest to a number between two possible ones: the number itself."""
        return value

    def _compile(self) -> Plan:
        return Plan(self, [Point(self, FLOAT, low=self._min_value, high=self._max_value)])

    def __len__(self) -> int:
        return 1

    def _tree_text(self, root_indent: int, show_id: bool) -> str:
        parts = [f"id='{self.id}'"] if show_id else []
        if self._name is not None:
            parts.append(f"name={self._name!r}")
        parts += [f"min_value={self._min_value!r}", f"max_value={self._max_value!r}"]
        if self._scale is not None:
            parts.append(f"scale={self._scale!r}")
        if self._hints is not None:
            parts.append(f"hints={value_text(self._hints, True)}")
        return f"Float({', '.join(parts)})"


def float_scale_spec(field_name: str) -> tuple[str, Any, str]:
    """Returns the field of a scale: its name, its value spec and its description."""
    return field_name, pg_typing.Enum(None, list(SCALES)), SCALE_DOC


def floatv(
    min_value: float,
    max_value: float,
    scale: str | None = None,
    hints: Any = None,
    location: KeyPath | str = ROOT,
    name: str | None = None,
) -> Float:
    """Returns a `Float`; see there.

    Example:
        >>> floatv(0, 1, location="x")
        Float(id='x', min_value=0.0, max_value=1.0)
    """
    return Float(min_value, max_value, scale, hints, location, name)


register(Float)
