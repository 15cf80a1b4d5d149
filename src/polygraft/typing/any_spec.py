"""`Any`: the spec that accepts everything."""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import TypeVar

from polygraft.missing import MISSING_VALUE, MissingValue
from polygraft.typing.custom import CustomTyping
from polygraft.typing.value_spec import SAFE_TYPES, ValueSpec, constant

Self = TypeVar("Self", bound="Any")


class Any(ValueSpec):
    """Any value, None included.

    Args:
        default: The default.
        annotation: What is shown as the Python annotation.
        transform: Applied to values.
        frozen: Whether no value but the default is accepted.

    Example:
        >>> Any(annotation=int).apply("x")
        'x'
    """

    _accepts = object

    def __init__(
        self,
        default: typing.Any = MISSING_VALUE,
        annotation: typing.Any = MISSING_VALUE,
        transform: Callable[[typing.Any], typing.Any] | None = None,
        frozen: bool = False,
    ):
        self._annotated: typing.Any = annotation
        super().__init__(default, transform, True, frozen)

    def annotate(self: Self, annotation: typing.Any) -> Self:
        """Sets the annotation that is shown."""
        self._annotated = annotation
        return self

    @property
    def annotation(self) -> typing.Any:
        """The annotation that was given, or `MISSING_VALUE`."""
        return self._annotated

    def fits(self, value: typing.Any) -> bool:
        if self._frozen or self._transform is not None:
            return False
        if value is None:
            return self._noneable
        return not isinstance(value, MissingValue | CustomTyping)

    def fast_check(self, name: str, env: dict[str, object]) -> str | None:
        """See `ValueSpec.fast_check`."""
        if self._frozen or self._transform is not None or not self._noneable:
            return None
        return f"type({name}) in {constant(env, SAFE_TYPES)}"

    def is_compatible(self, other: typing.Any) -> bool:
        """True."""
        return True

    def _base_for(self, child: ValueSpec) -> ValueSpec | None:
        return None

    def _eq(self, other: typing.Any) -> bool:
        return bool(self._annotated == other._annotated)

    def _items(self) -> list[tuple[str, typing.Any, typing.Any]]:
        return [
            self._default_item(),
            ("frozen", self._frozen, False),
            ("annotation", self._annotated, MISSING_VALUE),
        ]
