"""`Field`: a key spec, a value spec and their documentation."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from typing import Any

from polygraft.formatting import kvlist_str
from polygraft.typing.annotated import Annotated
from polygraft.typing.convertible import Convertible
from polygraft.typing.keys import ConstStrKey, KeySpec
from polygraft.typing.value_spec import LATE, ChildTransform, ValueSpec, key_path, spec_of

# What may stand for a key, a value and a whole field in a definition.
FieldKeyDef = str | KeySpec
FieldValueDef = Any
FieldDef = (
    tuple[Any, Any]
    | tuple[Any, Any, str | None]
    | tuple[Any, Any, str | None, dict[str, Any] | None]
)


class Field(Convertible):
    """What one key, or a family of keys, of a container holds.

    Args:
        key_spec: The key or keys.
        value_spec: The values.
        description: For documentation.
        metadata: Anything that the library's user wants to keep with the field.
        origin: The class that declares the field.

    Example:
        >>> from polygraft.typing import Int
        >>> Field("a", Int(1), "doc")
        Field(key=a, value=Int(default=1), description='doc')
    """

    __slots__ = ("_description", "_key", "_metadata", "_origin", "_value")

    def __init__(
        self,
        key_spec: KeySpec | str,
        value_spec: ValueSpec,
        description: str | None = None,
        metadata: dict[str, Any] | None = None,
        origin: type[Any] | None = None,
    ):
        if metadata and not isinstance(metadata, dict):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError("metadata must be a dict.")
        self._key: KeySpec = ConstStrKey(key_spec) if isinstance(key_spec, str) else key_spec
        self._value = spec_of(value_spec)
        self._description = description
        self._metadata: dict[str, Any] = metadata or {}
        self._origin = origin

    @classmethod
    def from_annotation(
        cls,
        key: KeySpec | str,
        annotation: Any,
        description: str | None = None,
        metadata: dict[str, Any] | None = None,
        auto_typing: bool = True,
        parent_module: types.ModuleType | None = None,
        owner: type[Any] | None = None,
    ) -> Field:
        """Returns the field for an annotated attribute; `Annotated` supplies description and metadata."""
        if isinstance(annotation, str):
            annotation = LATE.resolve(annotation, parent_module)
        if isinstance(annotation, Annotated):
            return cls(key, annotation.value_spec, annotation.docstring, annotation.metadata)
        if typing.get_origin(annotation) is typing.Annotated:
            # What is not a description or metadata of ours narrows the type, or belongs to another library.
            shown, *extras = typing.get_args(annotation)
            description = LATE.description(extras) or description
            metadata = LATE.metadata(extras) or metadata
            annotation = annotation if auto_typing else shown
        spec = LATE.from_annotation(annotation, auto_typing, False, parent_module, owner)
        return cls(key, spec, description, metadata)

    @property
    def key(self) -> KeySpec:
        """The key spec."""
        return self._key

    @property
    def value(self) -> ValueSpec:
        """The value spec."""
        return self._value

    @property
    def description(self) -> str | None:
        """The documentation."""
        return self._description

    def set_description(self, description: str | None) -> None:
        """Sets the documentation."""
        self._description = description

    @property
    def metadata(self) -> dict[str, Any]:
        """What the user keeps with the field."""
        return self._metadata

    @property
    def origin(self) -> type[Any] | None:
        """The class that declares the field."""
        return self._origin

    def set_origin(self, origin: type[Any]) -> None:
        """Sets the class that declares the field."""
        self._origin = origin

    @property
    def annotation(self) -> Any:
        """The Python annotation of the values."""
        return self._value.annotation

    @property
    def default_value(self) -> Any:
        """The default, or `MISSING_VALUE`."""
        return self._value.default

    @property
    def frozen(self) -> bool:
        """True if the value cannot be chosen."""
        return self._value.frozen

    def apply(
        self,
        value: Any,
        allow_partial: bool = False,
        transform_fn: ChildTransform | None = None,
        root_path: Any = None,
    ) -> Any:
        """Validates a value and passes it, with its path and this field, through `transform_fn`."""
        value = self._value.apply(value, allow_partial, transform_fn, root_path)
        if transform_fn is not None:
            value = transform_fn(key_path(root_path), self, value)
        return value

    def extend(self, base_field: Field) -> Field:
        """Takes over the constraints of the base class's field, and its documentation where there is none."""
        self._key.extend(base_field.key)
        self._value = self._value.extend(base_field.value)
        if not self._description:
            self._description = base_field.description
        if base_field.metadata:
            self._metadata = {**base_field.metadata, **self._metadata}
        return self

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Field)
            and self._key == other._key
            and self._value == other._value
            and self._description == other._description
            and self._metadata == other._metadata
        )

    def __hash__(self) -> int:
        return hash(self._key)

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns `Field(key=..., value=..., ...)`."""
        items: list[tuple[str, Any, Any]] = [
            ("key", self._key, None),
            ("value", self._value, None),
            ("description", self._description, None),
            ("metadata", self._metadata, {}),
            ("origin", self._origin, None),
        ]
        return kvlist_str(items, compact, verbose, root_indent, label="Field", **kwargs)


def create_field(
    field_or_def: Field | FieldDef,
    auto_typing: bool = True,
    accept_value_as_annotation: bool = True,
    parent_module: types.ModuleType | None = None,
) -> Field:
    """Returns the field that a definition describes.

    Args:
        field_or_def: A field, or a tuple `(key, value[, description[, metadata]])`.
        auto_typing: Whether annotations are checked at run time.
        accept_value_as_annotation: Whether plain values are taken as defaults.
        parent_module: Where names are looked up.

    Raises:
        TypeError: The definition is malformed.

    Example:
        >>> create_field(("a", 1, "doc"))
        Field(key=a, value=Int(default=1), description='doc')
    """
    if isinstance(field_or_def, Field):
        return field_or_def
    definition: Any = field_or_def
    if (
        not isinstance(definition, tuple)
        or not 2 <= len(typing.cast("tuple[Any, ...]", definition)) <= 4
    ):
        raise TypeError(
            f"Field definition should be tuples with 2 to 4 elements. Encountered: {definition}."
        )
    key, value, description, metadata, *_ = (
        *typing.cast("tuple[Any, ...]", definition),
        None,
        None,
    )
    if not isinstance(key, str | KeySpec):
        raise TypeError(
            f"The 1st element of field definition should be of {str!r} or KeySpec. Encountered: {key}."
        )
    if description is not None and not isinstance(description, str):
        raise TypeError(
            f"Description (the 3rd element) of field definition should be text type. Encountered: {description}"
        )
    if metadata is not None and not isinstance(typing.cast(Any, metadata), Mapping):
        raise TypeError(
            f"Metadata (the 4th element) of field definition should be a dict of objects. Encountered: {metadata}"
        )
    if isinstance(value, Annotated):
        description = value.docstring if description is None else description
        metadata = value.metadata if metadata is None else metadata
        value = value.value_spec
    spec = LATE.from_annotation(value, auto_typing, accept_value_as_annotation, parent_module)
    return Field(key, spec, description, None if metadata is None else dict(metadata))
