"""`floatv`: a number within bounds."""

from __future__ import annotations

from typing import Any, cast

from polygraft import geno
from polygraft import typing as pg_typing
from polygraft.geno import DNA
from polygraft.hyper.base import REQUIRED, HyperPrimitive, Where
from polygraft.hyper.slots import Memo, Numbers, Slot
from polygraft.missing import is_missing
from polygraft.paths import KeyPath
from polygraft.symbolic.object_ import members


@members(
    [
        ("min_value", pg_typing.Float(), "Lower bound, included."),
        ("max_value", pg_typing.Float(), "Upper bound, included."),
        geno.float_scale_spec("scale"),
    ],
    init_arg_list=["min_value", "max_value", "scale", "name", "hints"],
)
class Float(HyperPrimitive):
    """A number within bounds; see `floatv`."""

    min_value: float = REQUIRED
    max_value: float = REQUIRED
    scale: str | None = None

    def _on_bound(self) -> None:
        super()._on_bound()
        low, high = self.min_value, self.max_value
        if is_missing(low) or is_missing(high):
            return
        if low > high:
            raise ValueError(f"'min_value' ({low}) is greater than 'max_value' ({high}).")
        if self.scale in ("log", "rlog") and low <= 0:
            raise ValueError(
                f"'min_value' must be positive when `scale` is {self.scale!r}. encountered: {low}."
            )

    @property
    def is_leaf(self) -> bool:
        """True: there is nothing below."""
        return True

    def _compile(self, where: Where | None, spec: Any) -> Slot:
        return FloatSlot(self)

    def _check_field(self, path: KeyPath, spec: Any, allow_partial: bool) -> None:
        float_spec = _float_spec(spec)
        if float_spec is None:
            raise TypeError(
                f"Source spec {pg_typing.Float()} is not compatible with destination spec {spec}. (path={path})"
            )
        low, high = float_spec.min_value, float_spec.max_value
        if low is not None and self.min_value < low:
            raise ValueError(
                f"Float.min_value ({self.min_value}) should be no less than the min value ({low}) "
                f"of value spec: {float_spec}. (path={path})"
            )
        if high is not None and self.max_value > high:
            raise ValueError(
                f"Float.max_value ({self.max_value}) should be no greater than the max value ({high}) "
                f"of value spec: {float_spec}. (path={path})"
            )


def _float_spec(spec: Any) -> Any:
    if isinstance(spec, pg_typing.Union):
        return next(
            (s for s in map(_float_spec, cast("list[Any]", spec.candidates)) if s is not None), None
        )
    return spec if isinstance(spec, pg_typing.Float) else None


class FloatSlot(Slot):
    """A compiled `Float`."""

    __slots__ = ()

    def point(self, location: KeyPath) -> geno.DecisionPoint:
        v = self.placeholder
        return geno.Float(v.min_value, v.max_value, v.scale, v.hints, location, v.name)

    def read(self, numbers: Numbers, at: int, memo: Memo) -> tuple[Any, int]:
        return numbers[at], at + 1

    def write(self, value: Any, numbers: list[Any], path: KeyPath) -> None:
        v = self.placeholder
        if not isinstance(value, float):
            raise ValueError(
                f"Value should be float to be encoded for {v!r}. Encountered {value!r}. (path={path})"
            )
        if value < v.min_value:
            raise ValueError(
                f"Value should be no less than {v.min_value}. Encountered {value}. (path={path})"
            )
        if not value <= v.max_value:
            raise ValueError(
                f"Value should be no greater than {v.max_value}. Encountered {value}. (path={path})"
            )
        numbers.append(value)

    def check(self, dna: DNA, path: KeyPath) -> None:
        v, value = self.placeholder, dna.value
        if not isinstance(value, float):
            raise ValueError(f"Expect float value. Encountered: {value!r}. (path={path})")
        if value < v.min_value:
            raise ValueError(
                f"DNA value should be no less than {v.min_value}. Encountered {value}. (path={path})"
            )
        if not value <= v.max_value:
            raise ValueError(
                f"DNA value should be no greater than {v.max_value}. Encountered {value}. (path={path})"
            )
        if dna.children:
            raise ValueError(
                f"Float DNA should have no children. Encountered: {dna.children!r}. (path={path})"
            )


def floatv(
    min_value: float,
    max_value: float,
    scale: str | None = None,
    *,
    name: str | None = None,
    hints: Any = None,
) -> float:
    """A placeholder for a number within bounds.

    Args:
        min_value: Lower bound, included.
        max_value: Upper bound, included.
        scale: Advice to algorithms: None, 'linear', 'log' or 'rlog'.
        name: Name of the decision, unique in the space.
        hints: Anything that algorithms may make use of.

    Returns:
        A `Float`. Typed as a number, because it may stand wherever a number may.

    Raises:
        ValueError: The bounds are in the wrong order, or not positive where the scale needs that.

    Example:
        >>> import polygraft as pg
        >>> pg.dna_spec(pg.floatv(1e-4, 1e-1, "log"))[0].scale
        'log'
    """
    made: Any = Float(min_value=min_value, max_value=max_value, scale=scale, name=name, hints=hints)
    return made


Float.register_for_deserialization(
    "polygraft.hyper.Float", ["hyper.Float", "pyglove.generators.genetic.Float"]
)
