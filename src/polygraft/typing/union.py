"""`Union`: a value that one of several specs accepts."""

from __future__ import annotations

import copy
import typing
from collections.abc import Callable
from typing import Any, TypeVar

from polygraft.errors import SpecTypeError, SpecValueError
from polygraft.missing import MISSING_VALUE
from polygraft.paths import message_on_path
from polygraft.typing.any_spec import Any as AnySpec
from polygraft.typing.convert import get_converter
from polygraft.typing.forward_ref import ForwardRef
from polygraft.typing.inspection import is_instance
from polygraft.typing.object_spec import Object
from polygraft.typing.primitives import Enum
from polygraft.typing.value_spec import LATE, ChildTransform, ValueSpec, spec_of, type_mismatch

Self = TypeVar("Self", bound="Union")


class Union(ValueSpec):
    """A value that one of several specs accepts.

    The candidates of the value's own type are asked first, in order; then those without a type; then those that know
    how to convert it.

    Args:
        candidates: At least two specs or annotations; None among them makes the spec noneable.
        default: The default.
        is_noneable: Whether None is accepted.
        frozen: Whether no value but the default is accepted.

    Example:
        >>> Union([int, str]).apply("a")
        'a'
    """

    def __init__(
        self,
        candidates: Any,
        default: Any = MISSING_VALUE,
        is_noneable: bool = False,
        frozen: bool = False,
    ):
        if (
            not isinstance(candidates, list | tuple)
            or len(typing.cast("list[Any]", candidates)) < 2
        ):
            raise SpecValueError(
                f"Argument 'candidates' must be a list of at least 2 elements. Encountered {candidates}."
            )
        given = typing.cast("list[Any]", candidates)
        specs = [spec_of(c) for c in given if c is not None]
        for i, spec in enumerate(specs):
            if any(spec is other or spec == other for other in specs[:i]):
                declared = spec.value_type if spec.type_resolved else spec.forward_refs
                raise SpecValueError(
                    f"Found 2 value specs of the same type ({type(spec)}, {declared})."
                )
        self._candidates = specs
        noneable = is_noneable or len(specs) < len(given) or any(c.is_noneable for c in specs)
        super().__init__(default, None, noneable, frozen)

    @property
    def candidates(self) -> list[ValueSpec]:
        """The specs."""
        return self._candidates

    @property
    def value_type(self) -> Any:
        """The types of the candidates, in order; None if one has none."""
        types: dict[Any, None] = {}
        for c in self._candidates:
            t = c.value_type
            if t is None:
                return None
            types.update(
                dict.fromkeys(typing.cast("tuple[Any, ...]", t) if isinstance(t, tuple) else (t,))
            )
        return tuple(types)

    @property
    def forward_refs(self) -> set[ForwardRef]:
        """The classes that the candidates name."""
        return {ref for c in self._candidates for ref in c.forward_refs}

    def noneable(self: Self, is_noneable: bool = True, use_none_as_default: bool = True) -> Self:
        """Accepts None, as all candidates then do, or no longer."""
        super().noneable(is_noneable, use_none_as_default)
        for c in self._candidates:
            c.noneable(is_noneable, use_none_as_default=False)
        return self

    def fits(self, value: Any) -> bool:
        if value is None or self._frozen:
            return value is None and self._noneable and not self._frozen
        return any(c.fits(value) for c in self._candidates)

    def watch(self, key: Any, callback: Callable[[], None]) -> None:
        """See `ValueSpec.watch`; tells of changes of the candidates, too."""
        super().watch(key, callback)
        for c in self._candidates:
            c.watch(key, callback)

    def _fast_check(self, name: str, env: dict[str, object]) -> str | None:
        checks = [check for c in self._candidates if (check := c.fast_check(name, env)) is not None]
        return f"({' or '.join(f'({c})' for c in checks)})" if checks else None

    def _convert(self, value: Any, path: Any) -> Any:
        return value  # the candidates do

    def _apply_children(
        self, value: Any, allow_partial: bool, child_transform: ChildTransform | None, path: Any
    ) -> Any:
        if not self.type_resolved:
            return value
        typed = [(c, t) for c in self._candidates if (t := c.value_type) is not None]
        own = [c for c, t in typed if t is type(value) or is_instance(value, t)]
        own.sort(key=lambda c: c.value_type is not type(value))
        untyped = [c for c in self._candidates if c.value_type is None]
        error: Exception | None = None
        # A candidate that takes the value unchanged is preferred: the others might change parts before they refuse.
        for c in own or untyped:
            if c.fits(value):
                return c.apply(value, allow_partial, child_transform, path)
        for c in own or untyped:
            try:
                return c.apply(value, allow_partial, child_transform, path)
            except (TypeError, ValueError, KeyError) as e:
                if len(own) == 1:
                    raise
                if own or not isinstance(e, TypeError):
                    error = error or e
        if error is not None:
            raise error
        for c, t in typed:
            if get_converter(type(value), t) is not None:
                return c.apply(value, allow_partial, child_transform, path)
        if not untyped:
            raise type_mismatch(self.value_type, value, path)
        raise SpecTypeError(
            message_on_path(
                f"{value!r} does not match any candidate of {self!r}.", "" if path is None else path
            ),
            path=path,
            value=value,
        )

    # -- relations -------------------------------------------------------------------------------------------------
    def get_candidate(self, dest_spec: ValueSpec) -> ValueSpec | None:
        """Returns the candidate whose values `dest_spec` accepts: of the same class if there is one, or None."""
        for c in self._candidates:
            if type(c) is type(dest_spec) and dest_spec.is_compatible(c):
                return c
        for c in self._candidates:
            if isinstance(c, Union):
                nested = c.get_candidate(dest_spec)
                if nested is not None:
                    return nested
            elif dest_spec.is_compatible(c):
                return c
        return None

    def is_compatible(self, other: ValueSpec) -> bool:
        """True if every value that `other` accepts is accepted by some candidate."""
        if self is other:
            return True
        if isinstance(other, Union):
            return all(self.is_compatible(c) for c in other.candidates)
        if (
            self._noneable
            and isinstance(typing.cast(Any, other), ValueSpec)
            and other.is_noneable
            and not isinstance(other, Enum)
        ):
            other = copy.copy(other)
            other._noneable = False
        return any(c.is_compatible(other) for c in self._candidates)

    def _base_for(self, child: ValueSpec) -> ValueSpec | None:
        if isinstance(child, Union | Enum):
            return self
        candidate = self.get_candidate(child) or self._same_class(child)
        if candidate is None:
            raise SpecTypeError(
                f"{child!r} cannot extend {self!r}: no compatible type found in Union."
            )
        if self._noneable and not candidate.is_noneable:
            candidate = copy.copy(candidate)
            candidate._noneable = True
        return candidate

    def _same_class(self, child: ValueSpec) -> ValueSpec | None:
        """A candidate that `child` may narrow."""
        for c in self._candidates:
            if isinstance(c, Union):
                nested = c._same_class(child)
                if nested is not None:
                    return nested
            elif type(c) is type(child) and (not isinstance(c, Object) or c.is_compatible(child)):
                return c
        return None

    def _extend(self, base: Any) -> None:
        for candidate in self._candidates:
            match = base._same_class(candidate)
            if match is None:
                raise self._cannot_extend(base, f"incompatible value spec {candidate!r}.")
            candidate.extend(match)

    def _eq(self, other: Any) -> bool:
        if len(self._candidates) != len(other.candidates):
            return False
        rest = list(other.candidates)
        for c in self._candidates:
            i = next((i for i, d in enumerate(rest) if type(c) is type(d) and c == d), None)
            if i is None:
                return False
            del rest[i]
        return True

    def _annotation(self) -> Any:
        annotations: list[Any] = []
        for c in self._candidates:
            annotation = c._annotation()
            if isinstance(c, AnySpec):
                annotation = c.annotation if c.annotation is not MISSING_VALUE else Any
            annotations.append(annotation)
        return typing.Union[tuple(annotations)]  # noqa: UP007

    def format(
        self,
        compact: bool = False,
        verbose: bool = True,
        root_indent: int = 0,
        list_wrap_threshold: int = 20,
        **kwargs: Any,
    ) -> str:
        """Returns `Union([...], key=item, ...)`."""
        return super().format(
            compact, verbose, root_indent, list_wrap_threshold=list_wrap_threshold, **kwargs
        )

    def _items(self) -> list[tuple[str, Any, Any]]:
        return [("", self._candidates, MISSING_VALUE), self._default_item(), *self._flag_items()]

    @classmethod
    def with_type_args(cls, args: tuple[Any, ...]) -> Any:
        """`Union[int, str]`."""
        if len(args) < 2:
            raise wrong_number(args)
        specs = [spec_of(a) for a in args if a is not None and a is not type(None)]
        spec = specs[0] if len(specs) == 1 else cls(specs)
        return spec.noneable() if len(specs) < len(args) else spec


def wrong_number(args: tuple[Any, ...]) -> TypeError:
    """The error for `Union[args]` with too few arguments."""
    return TypeError(
        f"`pg.typing.Union` requires at least 2 type arguments. Encountered: {args!r}."
    )


def ensure_value_spec(
    value_spec: ValueSpec, src_spec: ValueSpec, root_path: Any = None
) -> ValueSpec | None:
    """Returns the part of a field's spec that values of `src_spec` must satisfy; None if that is anything.

    Args:
        value_spec: The field's spec.
        src_spec: What is known of the values.
        root_path: For messages.

    Raises:
        TypeError: No part accepts all values of `src_spec`.
    """
    part: ValueSpec | None = value_spec
    if isinstance(value_spec, Union):
        part = value_spec.get_candidate(src_spec)
    if isinstance(part, AnySpec):
        return None
    if part is None or not src_spec.is_compatible(part):
        raise SpecTypeError(
            message_on_path(
                f"Source spec {src_spec} is not compatible with destination spec {part}.", root_path
            ),
            path=root_path,
        )
    return part


LATE.union = Union
