"""`Tuple`: the spec of tuples, of fixed or variable length."""

from __future__ import annotations

import copy
import typing
from collections.abc import Callable
from typing import Any

from polygraft.errors import SpecTypeError, SpecValueError
from polygraft.missing import MISSING_VALUE
from polygraft.typing.field import Field
from polygraft.typing.forward_ref import ForwardRef
from polygraft.typing.keys import TupleKey
from polygraft.typing.sizes import check_length, element_annotation, read_sizes
from polygraft.typing.value_spec import (
    ChildTransform,
    ValueSpec,
    child_path,
    spec_of,
)

Transform = Callable[[Any], Any]


class Tuple(ValueSpec):
    """A tuple, of fixed or variable length.

    Args:
        element_values: A list of specs for a fixed length; one spec for a variable length.
        default: The default.
        min_size: The smallest size.
        max_size: The largest size.
        size: The exact size, in place of the two.
        transform: Applied to values before the type check.
        is_noneable: Whether None is accepted.
        frozen: Whether no value but the default is accepted.

    Example:
        >>> Tuple([int, str]), Tuple(int, max_size=3)
        (Tuple([Int(), Str()]), Tuple(Int(), max_size=3))
    """

    _accepts = tuple

    def __init__(
        self,
        element_values: Any,
        default: Any = MISSING_VALUE,
        min_size: int | None = None,
        max_size: int | None = None,
        size: int | None = None,
        transform: Transform | None = None,
        is_noneable: bool = False,
        frozen: bool = False,
    ):
        if isinstance(element_values, list | tuple):
            specs = [spec_of(v) for v in typing.cast("list[Any]", element_values)]
            if not specs:
                raise SpecValueError("Argument 'element_values' must be a non-empty list.")
            if size is not None or min_size is not None or max_size is not None:
                raise SpecValueError(
                    '"size", "min_size" and "max_size" are not applicable for fixed-length Tuple with elements: '
                    f"{element_values}"
                )
            self._set_fixed(specs)
        else:
            low, high, _ = read_sizes(min_size, max_size, size)
            spec = spec_of(element_values)
            if low == high:
                self._set_fixed([spec, *(copy.deepcopy(spec) for _ in range(low - 1))][:low])
            else:
                self._fixed = False
                self._elements = [
                    Field(TupleKey(None), spec, "Field of variable-length tuple element")
                ]
                self._min_size: int = low
                self._max_size: int | None = high
        super().__init__(default, transform, is_noneable, frozen)

    def _set_fixed(self, specs: list[ValueSpec]) -> None:
        self._fixed = True
        self._elements = [
            Field(TupleKey(i), s, f"Field of tuple element at {i}") for i, s in enumerate(specs)
        ]
        self._min_size = self._max_size = len(specs)

    @property
    def fixed_length(self) -> bool:
        """True if each element has its own spec."""
        return self._fixed

    @property
    def min_size(self) -> int:
        """The smallest size."""
        return self._min_size

    @property
    def max_size(self) -> int | None:
        """The largest size, if there is one."""
        return self._max_size

    @property
    def elements(self) -> list[Field]:
        """The fields of the elements, or the one field of all elements."""
        return self._elements

    def __len__(self) -> int:
        return len(self._elements) if self._fixed else 0

    def __bool__(self) -> bool:
        return True

    @property
    def forward_refs(self) -> set[ForwardRef]:
        """The classes that the elements' specs name."""
        return {ref for e in self._elements for ref in e.value.forward_refs}

    def fits(self, value: Any) -> bool:
        if type(value) is not self._accepts or self._frozen or self._transform is not None:
            return False
        n = len(value)
        if n < self._min_size or (self._max_size is not None and n > self._max_size):
            return False
        if self._fixed:
            return all(e.value.fits(v) for e, v in zip(self._elements, value, strict=True))
        fits = self._elements[0].value.fits
        return all(fits(v) for v in value)

    def _apply_children(
        self, value: Any, allow_partial: bool, child_transform: ChildTransform | None, path: Any
    ) -> Any:
        if self._fixed:
            if len(value) != len(self._elements):
                raise SpecValueError(
                    f"Length of input tuple ({len(value)}) does not match the length of spec "
                    f"({len(self._elements)}). Input: {value}, Spec: {self!r} (path={'' if path is None else path})",
                    path=path,
                    value=value,
                )
        else:
            check_length("tuple", value, self._min_size, self._max_size, path)
        out: list[Any] = []
        for i, v in enumerate(value):
            field = self._elements[i if self._fixed else 0]
            if child_transform is None and field.value.fits(v):
                out.append(v)
            else:
                out.append(field.apply(v, allow_partial, child_transform, child_path(path, i)))
        make: Any = getattr(
            typing.cast(Any, type(value)), "_make", tuple
        )  # a named tuple stays one
        return make(out)

    def _is_compatible(self, other: Any) -> bool:
        own = [e.value for e in self._elements]
        theirs = [e.value for e in other.elements]
        if self._fixed:
            return (
                other.fixed_length
                and len(own) == len(theirs)
                and all(a.is_compatible(b) for a, b in zip(own, theirs, strict=True))
            )
        if other.fixed_length:
            n = len(theirs)
            if n < self._min_size or (self._max_size is not None and n > self._max_size):
                return False
            return all(own[0].is_compatible(b) for b in theirs)
        if self._min_size > other.min_size:
            return False
        if self._max_size is not None and (
            other.max_size is None or other.max_size > self._max_size
        ):
            return False
        return own[0].is_compatible(theirs[0])

    def _extend(self, base: Any) -> None:
        if self._fixed:
            n = len(self._elements)
            if base.fixed_length:
                if n != len(base.elements):
                    raise self._cannot_extend(base, "unmatched number of elements.")
                for own, other in zip(self._elements, base.elements, strict=True):
                    own.extend(other)
                return
            if n < base.min_size:
                raise self._cannot_extend_because(base, "it has less elements than required.")
            if base.max_size is not None and n > base.max_size:
                raise self._cannot_extend_because(base, "it has more elements than required.")
            for own in self._elements:
                own.value.extend(base.elements[0].value)
            return
        if base.fixed_length:
            raise self._cannot_extend(
                base, "a variable length tuple cannot extend a fixed length tuple."
            )
        if self._min_size != 0 and self._min_size < base.min_size:
            raise self._cannot_extend_because(base, "it has smaller min size.")
        if (
            base.max_size is not None
            and self._max_size is not None
            and self._max_size > base.max_size
        ):
            raise self._cannot_extend_because(base, "it has greater max size.")
        self._min_size = self._min_size or base.min_size
        self._max_size = base.max_size if self._max_size is None else self._max_size
        self._elements[0].extend(base.elements[0])

    def _cannot_extend_because(self, base: Any, reason: str) -> SpecTypeError:
        return SpecTypeError(f"{self!r} cannot extend {base!r} as {reason}")

    def _eq(self, other: Any) -> bool:
        return (
            self._fixed == other.fixed_length
            and self._min_size == other.min_size
            and self._max_size == other.max_size
            and self._elements == other.elements
        )

    def _annotation(self) -> Any:
        args: tuple[Any, ...] = tuple(element_annotation(e) for e in self._elements)
        return typing.Tuple[args if self._fixed else (*args, ...)]  # type: ignore[misc]  # noqa: UP006

    def _items(self) -> list[tuple[str, Any, Any]]:
        specs = [e.value for e in self._elements]
        return [
            ("", specs if self._fixed else specs[0], MISSING_VALUE),
            self._default_item(),
            ("min_size", 0 if self._fixed else self._min_size, 0),
            ("max_size", None if self._fixed else self._max_size, None),
            *self._flag_items(),
        ]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if (not args and self.has_default) or self._frozen:
            return self._default
        return self.apply(tuple(*args))

    @classmethod
    def with_type_args(cls, args: tuple[Any, ...]) -> Any:
        """`Tuple[int, str]`, `Tuple[int, ...]`."""
        if len(args) == 2 and args[1] is ...:
            return cls(args[0])
        return cls(list(args))
