"""`List`: the spec of lists."""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import Any

from polygraft.missing import MISSING_VALUE
from polygraft.typing.field import Field
from polygraft.typing.forward_ref import ForwardRef
from polygraft.typing.keys import ListKey
from polygraft.typing.sizes import check_length, element_annotation, read_sizes
from polygraft.typing.value_spec import (
    ChildTransform,
    ValueSpec,
    child_path,
    spec_of,
    wrong_arg_count,
)

Transform = Callable[[Any], Any]


class List(ValueSpec):
    """A list.

    Args:
        element_value: The spec or annotation of the elements.
        default: The default.
        min_size: The smallest size.
        max_size: The largest size.
        size: The exact size, in place of the two.
        transform: Applied to values before the type check.
        is_noneable: Whether None is accepted.
        frozen: Whether no value but the default is accepted.

    Example:
        >>> List(int, max_size=2)
        List(Int(), max_size=2)
    """

    _accepts = list

    def __init__(
        self,
        element_value: Any,
        default: Any = MISSING_VALUE,
        min_size: int | None = None,
        max_size: int | None = None,
        size: int | None = None,
        transform: Transform | None = None,
        is_noneable: bool = False,
        frozen: bool = False,
    ):
        min_size, max_size, self._min_given = read_sizes(min_size, max_size, size)
        self._element = Field(
            ListKey(min_size, max_size), spec_of(element_value), "Field of list element"
        )
        super().__init__(default, transform, is_noneable, frozen)

    @property
    def element(self) -> Field:
        """The field of the elements."""
        return self._element

    @property
    def _size_key(self) -> ListKey:
        return typing.cast(ListKey, self._element.key)

    @property
    def min_size(self) -> int:
        """The smallest size."""
        return self._size_key.min_value

    @property
    def max_size(self) -> int | None:
        """The largest size, if there is one."""
        return self._size_key.max_value

    @property
    def forward_refs(self) -> set[ForwardRef]:
        """The classes that the elements' spec names."""
        return self._element.value.forward_refs

    def fits(self, value: Any) -> bool:
        if type(value) is not list or self._frozen or self._transform is not None:
            return False
        n = len(value)  # pyright: ignore[reportUnknownArgumentType]
        sizes = self._size_key
        if n < sizes.min_value or (sizes.max_value is not None and n > sizes.max_value):
            return False
        fits = self._element.value.fits
        return all(fits(v) for v in value)  # pyright: ignore[reportUnknownVariableType]

    def _apply_children(
        self, value: Any, allow_partial: bool, child_transform: ChildTransform | None, path: Any
    ) -> Any:
        field = self._element
        fits = field.value.fits
        for i in range(len(value)):
            old = value[i]
            if child_transform is None and fits(old):
                continue
            new = field.apply(old, allow_partial, child_transform, child_path(path, i))
            if new is not old:
                value[i] = new
        return value

    def _validate(self, value: Any, path: Any) -> None:
        check_length("list", value, self.min_size, self.max_size, path)

    def _is_compatible(self, other: Any) -> bool:
        if self.max_size is not None and (other.max_size is None or other.max_size > self.max_size):
            return False
        return self._element.value.is_compatible(other.element.value)

    def _extend(self, base: Any) -> None:
        if not self._min_given and base.min_size > self.min_size:
            # A size that was never given is inherited.
            self._element = Field(
                ListKey(base.min_size, self.max_size),
                self._element.value,
                self._element.description,
            )
        self._element.extend(base.element)

    def _eq(self, other: Any) -> bool:
        return self._element == other.element

    def _annotation(self) -> Any:
        return typing.List[element_annotation(self._element)]  # type: ignore[misc]  # noqa: UP006

    def _items(self) -> list[tuple[str, Any, Any]]:
        return [
            ("", self._element.value, MISSING_VALUE),
            ("min_size", self.min_size, 0),
            ("max_size", self.max_size, None),
            self._default_item(),
            *self._flag_items(),
        ]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if (not args and self.has_default) or self._frozen:
            return self._default
        return self.apply(list(*args))

    @classmethod
    def with_type_args(cls, args: tuple[Any, ...]) -> Any:
        """`List[int]`."""
        if len(args) != 1:
            raise wrong_arg_count("List", "1 type argument", args)
        return cls(args[0])
