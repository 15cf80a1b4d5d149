"""Specs of instances and of classes: `Object`, `Type`."""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import Any

from polygraft.errors import SpecValueError
from polygraft.formatting import RawText
from polygraft.missing import MISSING_VALUE, MaybePartial, MissingValue
from polygraft.typing.custom import CustomTyping
from polygraft.typing.elements import check_elements, element_specs
from polygraft.typing.forward_ref import ForwardRef, calling_module
from polygraft.typing.inspection import is_subclass
from polygraft.typing.value_spec import ValueSpec, type_mismatch, wrong_arg_count


class _Referring(ValueSpec):
    """A spec that refers to a class which may not exist yet."""

    _cls: Any

    @property
    def cls(self) -> Any:
        """The class.

        Raises:
            TypeError: It is named, but does not exist yet.
        """
        return self._cls.cls if isinstance(self._cls, ForwardRef) else self._cls

    @property
    def reference(self) -> Any:
        """The class, or the `ForwardRef` by which it was named."""
        return self._cls

    @property
    def forward_refs(self) -> set[ForwardRef]:
        """The class, if it was named before it existed."""
        return {self._cls} if isinstance(self._cls, ForwardRef) else set()

    def _type_known(self) -> bool:
        return not isinstance(self._cls, ForwardRef) or self._cls.resolved

    def _both_known(self, other: Any) -> bool:
        return self._type_known() and other._type_known()

    def _is_compatible(self, other: Any) -> bool:
        return not self._both_known(other) or is_subclass(other.cls, self.cls)

    def _eq(self, other: Any) -> bool:
        if self._both_known(other):
            return self.cls == other.cls
        return self.forward_refs == other.forward_refs


_UNUSUAL = (CustomTyping, MissingValue)


class Object(_Referring):
    """An instance of a class.

    Args:
        t: The class, a subscripted generic, or the name of a class that need not exist yet.
        default: The default.
        transform: Applied to values before the type check.
        is_noneable: Whether None is accepted.
        frozen: Whether no value but the default is accepted.

    Example:
        >>> Object(complex).apply(1j)
        1j
    """

    def __init__(
        self,
        t: Any,
        default: Any = MISSING_VALUE,
        transform: Callable[[Any], Any] | None = None,
        is_noneable: bool = False,
        frozen: bool = False,
    ):
        if t is None:
            raise TypeError('"cls" for Object spec cannot be None.')
        if isinstance(t, str):
            t = ForwardRef(calling_module(), t)
        elif not isinstance(t, type) and getattr(t, "__no_type_check__", False) is True:
            t = object
        elif t is object:
            raise TypeError(f"{object!r} is too general for Object spec.")
        elif not isinstance(t, type | ForwardRef) and typing.get_origin(t) is None:
            raise TypeError(f'"cls" for Object spec should be a type or str. Encountered: {t!r}.')
        self._cls = t
        self._elements = element_specs(t)
        super().__init__(default, transform, is_noneable, frozen)

    @property
    def value_type(self) -> Any:
        """The class."""
        return self.cls

    @property
    def schema(self) -> Any:
        """The schema of the class, if it is symbolic."""
        return getattr(self.cls, "__schema__", None)

    def fits(self, value: Any) -> bool:
        if self._frozen or self._transform is not None or isinstance(value, _UNUSUAL):
            return False
        cls: Any = self._cls
        t: Any = typing.cast("Any", type(value))
        if t is cls:
            return not isinstance(value, MaybePartial) or not t.__pg_is_partial__(value)
        return (
            type(cls) is type
            and isinstance(value, cls)
            and not isinstance(value, MaybePartial)
            and value is not None
        )

    def _apply_children(
        self, value: Any, allow_partial: bool, child_transform: Any, path: Any
    ) -> Any:
        if (
            not allow_partial
            and isinstance(value, MaybePartial)
            and type(value).__pg_is_partial__(value)
        ):
            raise SpecValueError(
                f"Object {value} is not fully bound. (path={'' if path is None else path})",
                path=path,
                value=value,
            )
        if self._elements and self._type_known():
            check_elements(self._elements, value, allow_partial, path)
        return value

    def _extend(self, base: Any) -> None:
        if self._both_known(base) and not is_subclass(self.cls, base.cls):
            raise self._cannot_extend(base, "incompatible class.")

    def _annotation(self) -> Any:
        return self._cls.as_annotation() if isinstance(self._cls, ForwardRef) else self._cls

    def _items(self) -> list[tuple[str, Any, Any]]:
        name = (
            self._cls.name
            if isinstance(self._cls, ForwardRef)
            else getattr(self._cls, "__name__", str(self._cls))
        )
        return [("", RawText(name), MISSING_VALUE), self._default_item(), *self._flag_items()]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.apply(self.cls(*args, **kwargs))

    @classmethod
    def with_type_args(cls, args: tuple[Any, ...]) -> Any:
        """`Object[A]`."""
        if len(args) != 1:
            raise wrong_arg_count("Object", "1 type argument", args, period="")
        return cls(args[0])


class Type(_Referring):
    """A subclass of a class.

    Args:
        t: The class, a subscripted generic, `typing.Any`, or the name of a class that need not exist yet.
        default: The default.
        is_noneable: Whether None is accepted.
        frozen: Whether no value but the default is accepted.

    Example:
        >>> Type(int).apply(bool)
        <class 'bool'>
    """

    _accepts = type

    def __init__(
        self, t: Any, default: Any = MISSING_VALUE, is_noneable: bool = False, frozen: bool = False
    ):
        if isinstance(t, str):
            t = ForwardRef(calling_module(), t)
        elif (
            not isinstance(t, type | ForwardRef)
            and t is not typing.Any
            and typing.get_origin(t) is None
        ):
            raise TypeError(f"{t!r} is not a type.")
        self._cls = t
        super().__init__(default, None, is_noneable, frozen)

    @property
    def type(self) -> Any:
        """The class."""
        return self.cls

    def _convert(self, value: Any, path: Any) -> Any:
        if self._type_known() and not isinstance(value, type) and typing.get_origin(value) is None:
            raise type_mismatch(type, value, path)
        return value

    def _validate(self, value: Any, path: Any) -> None:
        if self._type_known() and not is_subclass(value, self.cls):
            raise SpecValueError(
                f"{value!r} is not a subclass of {self.cls!r} (path={'' if path is None else path})",
                path=path,
                value=value,
            )

    def _extend(self, base: Any) -> None:
        if self._both_known(base) and not is_subclass(self.cls, base.cls):
            raise self._cannot_extend(base, "incompatible type.")

    def _annotation(self) -> Any:
        cls = self._cls.as_annotation() if isinstance(self._cls, ForwardRef) else self._cls
        return typing.Type[cls]  # noqa: UP006

    def _items(self) -> list[tuple[str, Any, Any]]:
        shown = self._cls.name if isinstance(self._cls, ForwardRef) else self._cls
        return [("", shown, MISSING_VALUE), self._default_item(), *self._flag_items()]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.cls

    @classmethod
    def with_type_args(cls, args: tuple[Any, ...]) -> Any:
        """`Type[A]`."""
        if len(args) != 1:
            raise wrong_arg_count("Type", "1 type argument", args)
        return cls(args[0])
