"""`Annotated`: an annotation with a description and metadata for the field it makes."""

from __future__ import annotations

from typing import Any

from polygraft.typing.value_spec import ValueSpec, as_args, spec_of, type_checking


class Annotated:
    """A value spec with a description and metadata.

    Args:
        t: The value spec or annotation.
        docstring: The field's description.
        metadata: The field's metadata.

    Example:
        >>> Annotated[int, "Number of units."].docstring
        'Number of units.'
    """

    __slots__ = ("docstring", "metadata", "value_spec")

    def __init__(
        self, t: Any, docstring: str | None = None, metadata: dict[str, Any] | None = None
    ):
        self.value_spec: ValueSpec = spec_of(t)
        self.docstring = docstring
        self.metadata: dict[str, Any] = metadata or {}

    def __class_getitem__(cls, args: Any) -> Any:
        annotated = cls.with_type_args(as_args(args))
        return annotated.value_spec.annotation if type_checking() else annotated

    @classmethod
    def with_type_args(cls, args: tuple[Any, ...]) -> Annotated:
        """`Annotated[type, docstring, metadata]`."""
        if not 1 <= len(args) <= 3:
            raise TypeError(
                "`pg.typing.Annotated` accepts 1 to 3 type arguments "
                f"(<field type>, [field docstring], [field metadata]). Encountered: {args!r}"
            )
        if len(args) > 1 and not isinstance(args[1], str):
            raise TypeError(
                f"The second type argument (`docstring`) must be a str. Encountered: {args[1]!r}"
            )
        if len(args) > 2 and not isinstance(args[2], dict):
            raise TypeError(
                f"The third type argument (`metadata`) must be a dict with str keys. Encountered: {args[2]!r}"
            )
        return cls(*args)
