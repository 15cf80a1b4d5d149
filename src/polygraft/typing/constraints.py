"""What stands in `typing.Annotated[X, ...]` beside X: specs that narrow X, and constraints of `annotated-types`.

Bounds (`Ge`, `Gt`, `Le`, `Lt`, `Interval`) and lengths (`MinLen`, `MaxLen`, `Len`) become those of the spec, predicates
and `MultipleOf` its checks. Other metadata, of that package and of others, is left alone, as it asks for.
"""

from __future__ import annotations

import copy
import math
import typing
from collections.abc import Iterable, Iterator
from typing import Any

from polygraft.typing.any_spec import Any as AnySpec
from polygraft.typing.checks import Check
from polygraft.typing.list_spec import List
from polygraft.typing.primitives import Float, Int, Str
from polygraft.typing.tuple_spec import Tuple
from polygraft.typing.union import Union
from polygraft.typing.value_spec import ValueSpec

#: `annotated-types` need not be installed: its classes are known by their module.
_MODULE = "annotated_types"


def narrowed(spec: ValueSpec, extras: Iterable[Any]) -> ValueSpec:
    """Returns a spec with the constraints in `extras`; `spec` may be changed.

    Raises:
        TypeError: One of them accepts what the annotation does not.

    Example:
        >>> narrowed(AnySpec(), [Int(min_value=0)])
        Int(min=0)
    """
    bounds: dict[str, Any] = {}
    checks: list[Check] = []
    for extra in _flat(extras):
        if isinstance(extra, ValueSpec):
            spec = copy.deepcopy(extra).extend(spec)
        elif type(extra).__module__ == _MODULE:
            bounds.update(_bounds(extra))
            check = Check.of(extra)
            if check is not None:
                checks.append(check)
    return (_constrained(spec, bounds) if bounds else spec).add_checks(checks)


def description(extras: Iterable[Any]) -> str | None:
    """The first text, or `Doc(text)`, among what stands beside the type."""
    for extra in extras:
        if isinstance(extra, str):
            return extra
        documentation = getattr(extra, "documentation", None)
        if isinstance(documentation, str):
            return documentation
    return None


def metadata(extras: Iterable[Any]) -> dict[str, Any] | None:
    """The first dict among what stands beside the type."""
    return next((typing.cast("dict[str, Any]", x) for x in extras if isinstance(x, dict)), None)


def _flat(extras: Iterable[Any]) -> Iterator[Any]:
    """The constraints, groups (`Interval`, `Len`) as what they stand for."""
    for extra in extras:
        if type(extra).__module__ == _MODULE and isinstance(extra, Iterable):
            yield from _flat(typing.cast("Iterable[Any]", extra))
        else:
            yield extra


def _bounds(constraint: Any) -> dict[str, Any]:
    names = ("ge", "gt", "le", "lt", "min_length", "max_length")
    return {n: getattr(constraint, n) for n in names if hasattr(constraint, n)}


def _constrained(spec: ValueSpec, bounds: dict[str, Any]) -> ValueSpec:
    if isinstance(spec, Union):
        for candidate in spec.candidates:
            _constrained(candidate, bounds)
        return spec
    base = _base_with(spec, bounds)
    return spec if base is None else spec.extend(base)


def _base_with(spec: ValueSpec, bounds: dict[str, Any]) -> ValueSpec | None:
    """A spec with nothing but the bounds, for `spec` to extend."""
    low, high = bounds.get("min_length"), bounds.get("max_length")
    if isinstance(spec, Int):
        return Int(min_value=_least(bounds), max_value=_greatest(bounds), is_noneable=True)
    if isinstance(spec, Float):
        return Float(
            min_value=_above(bounds.get("ge"), bounds.get("gt")),
            max_value=_below(bounds.get("le"), bounds.get("lt")),
            is_noneable=True,
        )
    if low is None and high is None:
        return None
    if isinstance(spec, List):
        return List(AnySpec(), min_size=low, max_size=high, is_noneable=True)
    if isinstance(spec, Tuple) and not spec.fixed_length:
        return Tuple(AnySpec(), min_size=low, max_size=high, is_noneable=True)
    if isinstance(spec, Str):
        return Str(
            regex=rf"(?s:.{{{low or 0},{'' if high is None else high}}})\Z", is_noneable=True
        )
    return None


def _least(bounds: dict[str, Any]) -> int | None:
    candidates: list[int] = []
    if "ge" in bounds:
        candidates.append(math.ceil(bounds["ge"]))
    if "gt" in bounds:
        candidates.append(math.floor(bounds["gt"]) + 1)
    return max(candidates, default=None)


def _greatest(bounds: dict[str, Any]) -> int | None:
    candidates: list[int] = []
    if "le" in bounds:
        candidates.append(math.floor(bounds["le"]))
    if "lt" in bounds:
        candidates.append(math.ceil(bounds["lt"]) - 1)
    return min(candidates, default=None)


def _above(ge: Any, gt: Any) -> Any:
    candidates = [ge] if ge is not None else []
    return max(
        [*candidates, *([math.nextafter(gt, math.inf)] if gt is not None else [])], default=None
    )


def _below(le: Any, lt: Any) -> Any:
    candidates = [le] if le is not None else []
    return min(
        [*candidates, *([math.nextafter(lt, -math.inf)] if lt is not None else [])], default=None
    )
