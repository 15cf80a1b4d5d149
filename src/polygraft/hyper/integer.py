"""`intv`: a whole number within bounds."""

from __future__ import annotations

from typing import Any, cast

from polygraft import geno
from polygraft import typing as pg_typing
from polygraft.geno import DNA
from polygraft.geno.integer import int_range
from polygraft.hyper.base import REQUIRED, HyperPrimitive, Where, covers
from polygraft.hyper.slots import Memo, Numbers, Slot
from polygraft.missing import is_missing
from polygraft.paths import KeyPath
from polygraft.symbolic.object_ import members

_SCALES = [None, "linear", "log", "rlog"]


@members(
    [
        ("min_value", pg_typing.Int(), "Lower bound, included."),
        ("max_value", pg_typing.Int(), "Upper bound, included where the steps reach it."),
        ("step", pg_typing.Int(min_value=1, default=1), "Distance between possible values."),
        (
            "scale",
            pg_typing.Enum(None, _SCALES),
            "How the range is explored: None or `linear` evenly, `log` finer near the minimum, `rlog` finer near the "
            "maximum.",
        ),
    ],
    init_arg_list=["min_value", "max_value", "step", "scale", "name", "hints"],
)
class Int(HyperPrimitive):
    """A whole number within bounds; see `intv`."""

    min_value: int = REQUIRED
    max_value: int = REQUIRED
    step: int = 1
    scale: str | None = None

    def _on_bound(self) -> None:
        super()._on_bound()
        if not any(is_missing(v) for v in (self.min_value, self.max_value, self.step)):
            int_range(self.min_value, self.max_value, self.step, self.scale)

    @property
    def values(self) -> range:
        """The possible values."""
        return int_range(self.min_value, self.max_value, self.step, self.scale)

    @property
    def is_leaf(self) -> bool:
        """True: there is nothing below."""
        return True

    def _compile(self, where: Where | None, spec: Any) -> Slot:
        if (
            spec is not None
            and not covers(spec, self)
            and isinstance(_number_spec(spec), pg_typing.Float)
        ):
            return FloatFieldSlot(self)
        return IntSlot(self)

    def _check_field(self, path: KeyPath, spec: Any, allow_partial: bool) -> None:
        number_spec = _number_spec(spec)
        if number_spec is None:
            raise TypeError(
                f"Source spec {pg_typing.Int()} is not compatible with destination spec {spec}. (path={path})"
            )
        values, low, high = self.values, number_spec.min_value, number_spec.max_value
        if low is not None and values[0] < low:
            raise ValueError(
                f"Int.min_value ({values[0]}) should be no less than the min value ({low}) "
                f"of value spec: {number_spec}. (path={path})"
            )
        if high is not None and values[-1] > high:
            raise ValueError(
                f"Int.max_value ({values[-1]}) should be no greater than the max value ({high}) "
                f"of value spec: {number_spec}. (path={path})"
            )


def _number_spec(spec: Any) -> Any:
    """The part of a field's spec that takes whole numbers: an `Int` if there is one, or a `Float`, which converts."""
    if isinstance(spec, pg_typing.Union):
        found = [_number_spec(s) for s in cast("list[Any]", spec.candidates)]
        found = [s for s in found if s is not None]
        return next((s for s in found if isinstance(s, pg_typing.Int)), found[0] if found else None)
    return spec if isinstance(spec, (pg_typing.Int, pg_typing.Float)) else None


class IntSlot(Slot):
    """A compiled `Int`."""

    __slots__ = ("decision",)

    def __init__(self, placeholder: Int):
        super().__init__(placeholder)
        self.decision = geno.Int(
            placeholder.min_value, placeholder.max_value, placeholder.step, placeholder.scale
        )

    def point(self, location: KeyPath) -> geno.DecisionPoint:
        v = self.placeholder
        return geno.Int(v.min_value, v.max_value, v.step, v.scale, v.hints, location, v.name)

    def read(self, numbers: Numbers, at: int, memo: Memo) -> tuple[Any, int]:
        return numbers[at], at + 1

    def write(self, value: Any, numbers: list[Any], path: KeyPath) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(
                f"Value should be int to be encoded for {self.placeholder!r}. Encountered {value!r}. (path={path})"
            )
        if value not in self.decision.values:
            raise ValueError(
                f"Value should be one of {self.decision.values!r}. Encountered {value}. (path={path})"
            )
        numbers.append(value)

    def check(self, dna: DNA, path: KeyPath) -> None:
        refusal = self.decision.refusal(dna.value)
        if refusal is not None:
            raise ValueError(f"{refusal}. (path={path})")
        if dna.children:
            raise ValueError(
                f"Int DNA should have no children. Encountered: {dna.children!r}. (path={path})"
            )


class FloatFieldSlot(IntSlot):
    """A compiled `Int` in a field for floats, which holds the number as a float."""

    __slots__ = ()

    def read(self, numbers: Numbers, at: int, memo: Memo) -> tuple[Any, int]:
        return float(numbers[at]), at + 1

    def write(self, value: Any, numbers: list[Any], path: KeyPath) -> None:
        whole = isinstance(value, float) and value.is_integer()
        super().write(int(value) if whole else value, numbers, path)


def intv(
    min_value: int,
    max_value: int,
    step: int = 1,
    scale: str | None = None,
    *,
    name: str | None = None,
    hints: Any = None,
) -> Any:
    """A placeholder for a whole number of `range(min_value, max_value + 1, step)`.

    The genotype holds the number itself. Unlike with `floatv`, random draws follow the scale: with 'log' all octaves
    are about equally likely.

    Args:
        min_value: Lower bound, included.
        max_value: Upper bound, included; with a step that does not lead to it, the last step below it is the largest
            value.
        step: Distance between possible values.
        scale: None or 'linear' (evenly), 'log' (finer near the minimum) or 'rlog' (finer near the maximum).
        name: Name of the decision, unique in the space.
        hints: Anything that algorithms may make use of.

    Returns:
        An `Int`. Typed as `Any`, because it may stand wherever a number may.

    Raises:
        ValueError: The bounds are in the wrong order, or not positive where the scale needs that.
        TypeError: A bound or the step is no int.

    Example:
        >>> import polygraft as pg
        >>> space = pg.Dict(units=pg.intv(8, 64, step=8), seed=pg.intv(0, 2**32 - 1))
        >>> pg.dna_spec(space).space_size == 8 * 2**32
        True
        >>> pg.template(space).decode(pg.DNA([16, 5]))
        {units=16, seed=5}
    """
    return Int(
        min_value=min_value, max_value=max_value, step=step, scale=scale, name=name, hints=hints
    )


Int.register_for_deserialization("polygraft.hyper.Int")
