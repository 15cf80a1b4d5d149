"""Conditions that a spec's own arguments cannot express: predicates and `MultipleOf` of `annotated-types`.

A spec with such checks takes the general way through `apply`, which asks them last; it has no fast one.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from polygraft.errors import SpecValueError


@dataclasses.dataclass(frozen=True)
class Check:
    """One condition, by what stands beside the type in `Annotated[X, ...]`; equal if that is.

    Example:
        >>> import annotated_types
        >>> Check.of(annotated_types.MultipleOf(3)).holds(4)
        False
    """

    constraint: Any

    @classmethod
    def of(cls, constraint: Any) -> Check | None:
        """The check for a constraint; None if there is nothing to check."""
        name = type(constraint).__name__
        return cls(constraint) if name in ("MultipleOf", "Predicate", "Not") else None

    def holds(self, value: Any) -> bool:
        """True if the value satisfies the condition."""
        name = type(self.constraint).__name__
        if name == "MultipleOf":
            return _is_multiple(value, self.constraint.multiple_of)
        return bool(self.constraint.func(value)) is (name == "Predicate")

    def __call__(self, value: Any, path: Any) -> None:
        """Raises if the value does not satisfy the condition."""
        where = "" if path is None else str(path)
        try:
            holds = self.holds(value)
        except Exception as e:
            e.add_note(f"Raised by {self!r}. (path={where})")
            raise
        if not holds:
            raise SpecValueError(
                f"Value {value!r} does not satisfy {self!r}. (path={where})", path=path, value=value
            )

    def __repr__(self) -> str:
        func = getattr(self.constraint, "func", None)
        if func is None:
            return repr(self.constraint)
        name = getattr(func, "__qualname__", repr(func)).rpartition("<locals>.")[2]
        return f"{type(self.constraint).__name__}({name})"


def _is_multiple(value: Any, of: Any) -> bool:
    if isinstance(value, float) or isinstance(of, float):  # 0.3 is a multiple of 0.1
        times = value / of
        return math.isclose(times, round(times), rel_tol=1e-9, abs_tol=1e-9)
    return value % of == 0


def no_value_fits(value: Any) -> bool:
    """`ValueSpec.fits` of specs with checks."""
    return False


def no_source(name: str, env: dict[str, object]) -> None:
    """`ValueSpec.fast_check` of specs with checks."""
    return
