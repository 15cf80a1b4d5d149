"""What stands where a value is not given: `MISSING_VALUE`, and `MissingValue(spec)` for a field that waits for one.

All missing values are truthy, hash alike and equal the untyped one; two typed ones are equal if their specs are. The
untyped one is a singleton that survives `copy`, `deepcopy` and `pickle`, so `is MISSING_VALUE` finds it; use
`is_missing` (or `==`) to find the typed ones as well.
"""

from __future__ import annotations

import typing
from typing import Any

from polygraft.formatting import Formattable


class MissingValue(Formattable):
    """The value of a field that has none yet.

    `MissingValue()` is `MISSING_VALUE`; `MissingValue(spec)` also knows what is expected.

    Attributes:
        value_spec: What is expected, or None.

    Example:
        >>> MissingValue() is MISSING_VALUE
        True
    """

    __slots__ = ("value_spec",)
    __pg_abstract__ = True
    value_spec: Any

    def __new__(cls, value_spec: Any = None) -> MissingValue:
        if value_spec is None and cls is MissingValue:
            return MISSING_VALUE
        self = object.__new__(cls)
        self.value_spec = value_spec
        return self

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns `MISSING_VALUE`, with the spec unless compact."""
        if compact or self.value_spec is None:
            return "MISSING_VALUE"
        cls: Any = typing.cast(Any, type(self.value_spec))
        spec: str = cls.__pg_format__(
            self.value_spec, compact=compact, verbose=verbose, root_indent=root_indent, **kwargs
        )
        return f"MISSING_VALUE({spec})"

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, MissingValue):
            return False
        return (
            self.value_spec is None
            or other.value_spec is None
            or self.value_spec == other.value_spec
        )

    def __hash__(self) -> int:
        return hash(MissingValue)

    def __bool__(self) -> bool:
        return True

    def __copy__(self) -> MissingValue:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> MissingValue:
        return self

    def __reduce__(self) -> str | tuple[Any, ...]:
        return "MISSING_VALUE" if self is MISSING_VALUE else (type(self), (self.value_spec,))


def _untyped() -> MissingValue:
    self = object.__new__(MissingValue)
    self.value_spec = None
    return self


MISSING_VALUE: MissingValue = _untyped()


def is_missing(value: Any) -> bool:
    """True for `MISSING_VALUE` and typed missing values."""
    return value is MISSING_VALUE or isinstance(value, MissingValue)


class MaybePartial:
    """An object of which parts may be missing.

    The library asks through `__pg_is_partial__` on the type, so that a user's own `is_partial` is left alone.
    """

    __slots__ = ()

    def missing_values(self, flatten: bool = True) -> dict[Any, Any]:
        """Returns path → missing value; nested dicts by key with `flatten=False`."""
        raise NotImplementedError

    @property
    def is_partial(self) -> bool:
        """True if a required value is missing."""
        return bool(type(self).missing_values(self))

    def __pg_is_partial__(self) -> bool:
        return bool(type(self).missing_values(self))
