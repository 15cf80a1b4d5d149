"""`Int`: a whole number within bounds.

Its genotype is the number itself. Both bounds are possible values; with a step that does not lead from one to the
other, the last value is the largest that the steps reach. Unlike that of a float, the scale is not only advice: random
draws follow it, each value by the width of its cell `[value, value + step)` on the scale.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar, cast

from polygraft.geno.fields import check_int
from polygraft.geno.numerical import SCALES
from polygraft.geno.plan import INT, Plan, Point
from polygraft.geno.spec import ROOT, DecisionPoint
from polygraft.geno.spec_values import register
from polygraft.geno.text import value_text
from polygraft.paths import KeyPath


class Int(DecisionPoint):
    """A whole number out of `range(min_value, max_value + 1, step)`.

    Args:
        min_value, max_value: Bounds, both included.
        step: Distance between possible values, at least 1.
        scale: How random draws explore the range: None or 'linear' evenly; 'log' finer near the minimum; 'rlog' finer
            near the maximum.
        hints, location, name: See `DNASpec`.

    Raises:
        ValueError: The bounds are in the wrong order, or not positive where the scale needs that.
        TypeError: A bound or the step is no int.
    """

    __slots__ = ("_scale", "_step", "_values")
    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        *DecisionPoint.FIELDS,
        ("min_value", "Minimum value."),
        ("max_value", "Maximum value."),
        ("step", "Distance between possible values."),
        ("scale", "How the range is explored."),
    )
    TYPE_KEYS = ("polygraft.geno.Int",)

    def __init__(
        self,
        min_value: int,
        max_value: int,
        step: int = 1,
        scale: str | None = None,
        hints: Any = None,
        location: KeyPath | str = ROOT,
        name: str | None = None,
    ) -> None:
        self._init_point(location, name, hints)
        self._values = int_range(min_value, max_value, step, scale)
        self._scale = scale

    @property
    def min_value(self) -> int:
        """Lower bound, included."""
        return self._values.start

    @property
    def max_value(self) -> int:
        """Upper bound, included where the steps reach it."""
        return self._values.stop - 1

    @property
    def step(self) -> int:
        """Distance between possible values."""
        return self._values.step

    @property
    def scale(self) -> str | None:
        """How random draws explore the range."""
        return self._scale

    @property
    def values(self) -> range:
        """The possible values."""
        return self._values

    @property
    def count(self) -> int:
        """How many values are possible."""
        return _count(self._values)

    @property
    def is_numerical(self) -> bool:
        """True."""
        return True

    def refusal(self, value: Any) -> str | None:
        """Returns why something is not a possible value; None if it is one."""
        if not isinstance(value, int) or isinstance(value, bool):
            return f"Expect int value. Encountered: {value!r}"
        if value in self._values:
            return None
        if value < self.min_value:
            return f"DNA value should be no less than {self.min_value}. Encountered {value}"
        if value > self.max_value:
            return f"DNA value should be no greater than {self.max_value}. Encountered {value}"
        return f"DNA value should be one of {self._values!r}. Encountered {value}"

    def nearest(self, value: float) -> int:
        """Returns the possible value that is nearest to a number; the smaller one of two."""
        values = self._values
        # Exact: a range may be wider than floats are precise.
        number, divisor = value.as_integer_ratio()
        doubled = 2 * (number - values.start * divisor) - values.step * divisor
        index: int = -(-doubled // (2 * values.step * divisor))
        return values[min(max(index, 0), _count(values) - 1)]

    def draw_value(self, r: Any) -> int:
        """Draws a value; takes one number from `r`."""
        values = self._values
        if self._scale in (None, "linear"):
            drawn: int = r.randint(0, _count(values) - 1)
            return values[drawn]
        low = values.start
        ratio = math.log((values[-1] + values.step) / low)
        index = int((low * math.exp(ratio * r.random()) - low) / values.step)
        index = min(index, _count(values) - 1)
        return values[index if self._scale == "log" else -1 - index]

    def _compile(self) -> Plan:
        values = self._values
        return Plan(self, [Point(self, INT, low=values[0], high=values[-1], step=values.step)])

    def __len__(self) -> int:
        return 1

    def _tree_text(self, root_indent: int, show_id: bool) -> str:
        parts = [f"id='{self.id}'"] if show_id else []
        if self._name is not None:
            parts.append(f"name={self._name!r}")
        parts += [f"min_value={self.min_value}", f"max_value={self.max_value}"]
        if self.step != 1:
            parts.append(f"step={self.step}")
        if self._scale is not None:
            parts.append(f"scale={self._scale!r}")
        if self._hints is not None:
            parts.append(f"hints={value_text(self._hints, True)}")
        return f"Int({', '.join(parts)})"


def _count(values: range) -> int:
    """Returns the length of a range, which `len` gives for small ones only."""
    return (values.stop - values.start + values.step - 1) // values.step


def int_range(min_value: Any, max_value: Any, step: Any, scale: str | None) -> range:
    """Returns the possible values.

    Raises:
        TypeError: A bound or the step is no int.
        ValueError: They contradict each other.
    """
    for value, path in ((min_value, "min_value"), (max_value, "max_value"), (step, "step")):
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(
                f"Expect <class 'int'> but encountered {type(value)!r}: {value!r}. (path={path})"
            )
    check_int(step, "step", 1)
    if scale not in SCALES:
        raise ValueError(f"Value {scale!r} is not in candidate list {list(SCALES)}. (path=scale)")
    if min_value > max_value:
        raise ValueError(f"'min_value' ({min_value}) is greater than 'max_value' ({max_value}).")
    if scale in ("log", "rlog"):
        if min_value <= 0:
            raise ValueError(
                f"'min_value' must be positive when `scale` is {scale!r}. encountered: {min_value}."
            )
        if max_value > 2**1000:
            raise ValueError(
                f"'max_value' must be at most 2 ** 1000 when `scale` is {scale!r}. encountered: {max_value}."
            )
    return range(min_value, cast(int, max_value) + 1, step)


def intv(
    min_value: int,
    max_value: int,
    step: int = 1,
    scale: str | None = None,
    hints: Any = None,
    location: KeyPath | str = ROOT,
    name: str | None = None,
) -> Int:
    """Returns an `Int`; see there.

    Example:
        >>> spec = intv(8, 64, step=8, location="units")
        >>> spec, spec.space_size
        (Int(id='units', min_value=8, max_value=64, step=8), 8)
    """
    return Int(min_value, max_value, step, scale, hints, location, name)


register(Int)
