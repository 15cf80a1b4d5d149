"""`ValueSpec`: which values a field accepts, and the order in which they are checked.

`apply` has two ways. `fits` is the short one: a few tests that say yes only if the value is valid and stays as it is.
All others take `_apply`, whose order decides which error a doubly wrong value shows:

    frozen → missing → None → custom typing → transform → type and conversion → children → constraints

Specs may be changed after they were made, so nothing is precomputed here from what may change. Who has compiled one
(`fast_check`) watches it, and is told by the builders.
"""

from __future__ import annotations

import copy
import types
import typing
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

from polygraft.errors import SpecTypeError, SpecValueError
from polygraft.formatting import kvlist_str
from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.paths import KeyPath
from polygraft.typing.checks import Check, no_source, no_value_fits
from polygraft.typing.convert import get_converter
from polygraft.typing.convertible import Convertible
from polygraft.typing.custom import CustomTyping
from polygraft.typing.forward_ref import ForwardRef
from polygraft.typing.inspection import callable_eq, is_instance

Self = TypeVar("Self", bound="ValueSpec")

# Called as (path, field, value) for each child; what it returns is stored.
ChildTransform = Callable[[KeyPath, Any, Any], Any]

# Values of these types are valid for `Any`, need no conversion and contain no node.
SAFE_TYPES: frozenset[type] = frozenset({int, float, str, bool, type(None), bytes, complex})


class _Late:
    """What stands in files above this one; those fill it when they are imported."""

    from_annotation: Callable[..., ValueSpec]
    resolve: Callable[[str, types.ModuleType | None], Any]
    union: Callable[[list[Any]], ValueSpec]
    description: Callable[[list[Any]], str | None]
    metadata: Callable[[list[Any]], dict[str, Any] | None]
    to_json_schema: Callable[..., dict[str, Any]]
    spec_from_json_schema: Callable[..., ValueSpec]
    schema_from_json_schema: Callable[..., Any]


LATE = _Late()


class ValueSpec(Convertible):
    """Which values a field accepts: type, None, default, frozen, constraints.

    Builders (`noneable`, `set_default`, `freeze`, `extend`) change the spec and return it.
    """

    #: The only type that `fits` may say yes to, if there is one.
    _accepts: ClassVar[type | None] = None
    #: True for `Final[X]` until its value is set: the next default is the last one.
    _awaits_final: bool = False
    #: Further conditions, asked last.
    _checks: tuple[Check, ...] = ()
    #: Who is told of changes: key → callback.
    _watchers: dict[Any, Callable[[], None]] | None = None

    def __init__(
        self,
        default: Any = MISSING_VALUE,
        transform: Callable[[Any], Any] | None = None,
        is_noneable: bool = False,
        frozen: bool = False,
    ):
        if type(self) in _ABSTRACT:
            raise TypeError(f"{type(self).__name__} is abstract: use one of its subclasses.")
        self._noneable = is_noneable
        self._transform = transform
        self._frozen = False
        self._default: Any = MISSING_VALUE
        if not is_missing(default):
            self.set_default(plain_copy(default))
        self._frozen = frozen

    # -- properties ------------------------------------------------------------------------------------------------
    @property
    def value_type(self) -> Any:
        """The type, or tuple of types, of the values; None if it is not checked."""
        return self._accepts

    @property
    def is_noneable(self) -> bool:
        """True if None is accepted."""
        return self._noneable

    @property
    def default(self) -> Any:
        """The default, or `MISSING_VALUE`."""
        return self._default

    @property
    def has_default(self) -> bool:
        """True if there is a default."""
        return self._default is not MISSING_VALUE

    @property
    def frozen(self) -> bool:
        """True if no value but the default is accepted."""
        return self._frozen

    @property
    def awaits_final_value(self) -> bool:
        """True for `Final[X]` without a value: the default that is set next is the last one."""
        return self._awaits_final

    @property
    def transform(self) -> Callable[[Any], Any] | None:
        """The user's function that values go through before the type check."""
        return self._transform

    @property
    def checks(self) -> tuple[Check, ...]:
        """Conditions that the spec's own arguments cannot express."""
        return self._checks

    def add_checks(self: Self, checks: Iterable[Check]) -> Self:
        """Accepts only values that satisfy these conditions as well."""
        new = (*self._checks, *(c for c in checks if c not in self._checks))
        if new:
            self._checks = new
            vars(self).update(fits=no_value_fits, fast_check=no_source)
            self._changed()
        return self

    @property
    def skip_user_transform(self: Self) -> Self:
        """This spec, or a copy without the user's transform."""
        if self._transform is None:
            return self
        plain = copy.copy(self)
        plain._transform = None
        return plain

    def with_transform(self: Self, transform: Callable[[Any], Any]) -> Self:
        """A copy of this spec whose values go through `transform` before the type check."""
        new = copy.copy(self)
        new._transform = transform
        return new

    @property
    def annotation(self) -> Any:
        """The Python annotation of the values."""
        annotation = self._annotation()
        return typing.Optional[annotation] if self._noneable else annotation  # noqa: UP045

    def _annotation(self) -> Any:
        return self.value_type

    @property
    def forward_refs(self) -> set[ForwardRef]:
        """The classes that are named but did not exist when the spec was made."""
        return set()

    @property
    def type_resolved(self) -> bool:
        """True if all named classes exist."""
        return all(ref.resolved for ref in self.forward_refs)

    # -- builders --------------------------------------------------------------------------------------------------
    def noneable(self: Self, is_noneable: bool = True, use_none_as_default: bool = True) -> Self:
        """Accepts None, or no longer.

        Args:
            is_noneable: Whether None is accepted.
            use_none_as_default: Whether None becomes the default if there is none.
        """
        self._noneable = is_noneable
        if is_noneable:
            if use_none_as_default and self._default is MISSING_VALUE:
                self._default = None
        elif self._default is None:
            self._default = MISSING_VALUE
        self._changed()
        return self

    def set_default(
        self: Self, default: Any, use_default_apply: bool = True, root_path: Any = None
    ) -> Self:
        """Sets the default; `MISSING_VALUE` clears it.

        Args:
            default: The default.
            use_default_apply: Whether it is validated.
            root_path: For messages.
        """
        if is_missing(default):
            default = MISSING_VALUE
        elif use_default_apply:
            default = self.apply(default, allow_partial=True, root_path=root_path)
        self._default = default
        if self._awaits_final and default is not MISSING_VALUE:
            self._awaits_final = False
        self._changed()
        return self

    def freeze(
        self: Self, permanent_value: Any = MISSING_VALUE, apply_before_use: bool = True
    ) -> Self:
        """Accepts no value but the default from now on.

        Args:
            permanent_value: Becomes the default, if given.
            apply_before_use: Whether it is validated.

        Raises:
            ValueError: There is no default.
        """
        if not is_missing(permanent_value):
            self.set_default(permanent_value, use_default_apply=apply_before_use)
        elif not self.has_default:
            raise SpecValueError(f"Cannot freeze {self!r} without a default value.")
        self._frozen = True
        self._changed()
        return self

    def freeze_later(self: Self) -> Self:
        """Accepts what it accepts now until a default is set, and from then on only that (`Final[X]`)."""
        self._default = MISSING_VALUE
        self._frozen = self._awaits_final = True
        self._changed()
        return self

    def watch(self, key: Any, callback: Callable[[], None]) -> None:
        """Calls `callback` whenever a builder has changed this spec; one callback per key. Copies are not watched."""
        self._watchers = {**(self._watchers or {}), key: callback}

    def _changed(self) -> None:
        for callback in tuple((self._watchers or {}).values()):
            callback()

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in vars(self).items() if k != "_watchers"}

    def __or__(self, other: Any) -> ValueSpec:
        return self.noneable() if other is None else LATE.union([self, other])

    def __ror__(self, other: Any) -> ValueSpec:
        return self.noneable() if other is None else LATE.union([other, self])

    # -- apply -----------------------------------------------------------------------------------------------------
    def apply(
        self,
        value: Any,
        allow_partial: bool = False,
        child_transform: ChildTransform | None = None,
        root_path: Any = None,
    ) -> Any:
        """Validates a value.

        Args:
            value: The value. Lists and dicts are completed in place.
            allow_partial: Whether parts may be missing; typed missing values are stored for them.
            child_transform: Called as `(path, field, value)` for each child, leaves first; its result is stored.
            root_path: Where the value stands: a `KeyPath`, a text, or None for the root.

        Returns:
            The value to store: the same object, or what it was converted to.

        Raises:
            TypeError: The type does not fit.
            ValueError: The value does not fit.

        Example:
            >>> from polygraft.typing import Float
            >>> Float(min_value=0).apply(1)
            1.0
        """
        if child_transform is None and self.fits(value):
            return value
        return self._apply(value, allow_partial, child_transform, root_path)

    def fits(self, value: Any) -> bool:
        """True only if the value is valid and would be returned as it is, whatever the arguments of `apply`."""
        return False

    def _apply(
        self,
        value: Any,
        allow_partial: bool,
        child_transform: ChildTransform | None,
        path: Any,
        use_transform: bool = True,
    ) -> Any:
        if self._frozen and not self._awaits_final:
            if is_missing(value) or value is self._default or _equal(self._default, value):
                return self._default
            raise SpecValueError(
                f"Frozen field is not assignable. "
                f"(Path={_text(path)!r}, ValueSpec={self!r}, AssignedValue={value!r})",
                path=path,
                value=value,
            )
        if is_missing(value):
            if allow_partial:
                return type(MISSING_VALUE)(self)
            raise SpecValueError(
                f"Required value is not specified. (Path={_text(path)!r}, ValueSpec={self!r})",
                path=path,
            )
        if value is None:
            if self._noneable:
                return None
            raise SpecValueError(
                f"Value cannot be None. (Path={_text(path)!r}, ValueSpec={self!r})", path=path
            )
        if isinstance(value, CustomTyping):
            proceed, value = type(value).custom_apply(
                value,
                key_path(path),
                self,
                allow_partial=allow_partial,
                child_transform=child_transform,
            )
            if not proceed:
                return value
        if use_transform and self._transform is not None:
            try:
                value = self._transform(value)
            except Exception as e:
                e.add_note(f"(path={_text(path)})")
                raise
            return self._apply(value, allow_partial, child_transform, path, False)
        value = self._convert(value, path)
        value = self._apply_children(value, allow_partial, child_transform, path)
        self._validate(value, path)
        for check in self._checks:
            check(value, path)
        return value

    def _convert(self, value: Any, path: Any) -> Any:
        """Step 6: the value, or what it converts to, if it is of the right type."""
        if not self._type_known():
            return value
        expected = self.value_type
        if expected is None or is_instance(value, expected):
            return value
        converter = get_converter(type(value), expected)
        if converter is None:
            raise type_mismatch(expected, value, path)
        try:
            converted = converter(value)
        except Exception as e:
            e.add_note(f"(path={_text(path)})")
            raise
        # A converter may also accept a value as it is, where another type is wanted.
        if type(converted) is not type(value) and not is_instance(converted, expected):
            raise type_mismatch(expected, converted, path)
        return converted

    def _type_known(self) -> bool:
        """False if the type check must wait until a class exists."""
        return True

    def _apply_children(
        self, value: Any, allow_partial: bool, child_transform: ChildTransform | None, path: Any
    ) -> Any:
        return value

    def _validate(self, value: Any, path: Any) -> None:
        """Checks constraints."""

    def fast_check(self, name: str, env: dict[str, object]) -> str | None:
        """Returns Python source that tests the local variable `name`, or None.

        The expression is true only if the value is valid, needs no conversion and cannot contain a node. It holds for
        the spec as it is now.

        Args:
            name: The variable.
            env: Receives the constants that the source refers to.
        """
        if self._frozen or self._transform is not None:
            return None
        source = self._fast_check(name, env)
        if source is None:
            return None
        return f"({name} is None or {source})" if self._noneable else source

    def _fast_check(self, name: str, env: dict[str, object]) -> str | None:
        return None

    # -- relations -------------------------------------------------------------------------------------------------
    def is_compatible(self, other: ValueSpec) -> bool:
        """True if every value that `other` accepts may be given to this spec."""
        if self is other:
            return True
        if not isinstance(other, type(self)) or (other.is_noneable and not self._noneable):
            return False
        return all(c in other.checks for c in self._checks) and self._is_compatible(other)

    def _is_compatible(self, other: Any) -> bool:
        return True

    def extend(self: Self, base: ValueSpec) -> Self:
        """Takes over the constraints of a base class's field, which this spec overrides; the default is not inherited.

        Raises:
            TypeError: This spec accepts values that `base` does not.
        """
        if base.frozen and (not self._frozen or not _equal(self._default, base.default)):
            raise SpecTypeError(f"{self!r} cannot extend a frozen value spec: {base!r}")
        frozen_member = base._frozen_member(self)
        if frozen_member is not None:
            return frozen_member
        if self._transform is None:
            self._transform = base.transform
        narrowed = base._base_for(self)
        if narrowed is not None:
            self._check_extends(narrowed)
            if self._noneable and not narrowed.is_noneable:
                raise SpecTypeError(
                    f"{self!r} cannot extend {narrowed!r}: None is not allowed in base spec."
                )
            self._extend(narrowed)
        self.add_checks(base.checks)
        self._changed()
        return self

    def _frozen_member(self, child: Any) -> Any:
        """For a frozen child of an `Enum`: the spec that the child becomes."""
        return None

    def _base_for(self, child: ValueSpec) -> ValueSpec | None:
        """The spec that the child is held to when it extends this one; None if anything goes."""
        return self

    def _check_extends(self, base: ValueSpec) -> None:
        if not isinstance(self, type(base)):
            raise self._cannot_extend(base, "incompatible type.")

    def _cannot_extend(self, base: Any, reason: str) -> SpecTypeError:
        return SpecTypeError(f"{self!r} cannot extend {base!r}: {reason}")

    def _extend(self, base: Any) -> None:
        """Takes over the constraints of a base of the same kind."""

    # -- object protocol -------------------------------------------------------------------------------------------
    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, type(self))
            and self._noneable == other._noneable
            and self._frozen == other._frozen
            and _equal(self._default, other._default)
            and self._checks == other._checks
            and (
                self._transform is other._transform
                or callable_eq(self._transform, other._transform)
            )
            and self._eq(other)
        )

    def _eq(self, other: Any) -> bool:
        return True

    def __hash__(self) -> int:
        return hash(ValueSpec)  # specs change, and specs of different classes may be equal

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Makes a value: the default, or one built from the arguments and validated."""
        raise TypeError(f"{self!r} cannot be instantiated.")

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns `Name(item, key=item, ...)`."""
        return kvlist_str(
            [*self._items(), ("checks", list(self._checks), [])],
            compact,
            verbose,
            root_indent,
            label=type(self).__name__,
            **kwargs,
        )

    def _items(self) -> list[tuple[str, Any, Any]]:
        return [self._default_item(), *self._flag_items()]

    def _default_item(self) -> tuple[str, Any, Any]:
        # Only missing values hide: a default that equals everything must still be seen.
        return ("default", self._default, MISSING_VALUE)

    def _flag_items(self) -> list[tuple[str, Any, Any]]:
        return [("noneable", self._noneable, False), ("frozen", self._frozen, False)]

    # -- from annotations ------------------------------------------------------------------------------------------
    @classmethod
    def from_annotation(
        cls,
        annotation: Any,
        auto_typing: bool = False,
        accept_value_as_annotation: bool = False,
        parent_module: types.ModuleType | None = None,
        owner: type[Any] | None = None,
    ) -> ValueSpec:
        """Returns the spec that an annotation stands for.

        Args:
            annotation: The annotation.
            auto_typing: Whether it is checked at run time; else it is only shown.
            accept_value_as_annotation: Whether plain values are taken as defaults.
            parent_module: Where names are looked up.
            owner: The class in whose body it stands: what `Self` means there.
        """
        return LATE.from_annotation(
            annotation, auto_typing, accept_value_as_annotation, parent_module, owner
        )

    # -- JSON Schema -----------------------------------------------------------------------------------------------
    def to_json_schema(
        self,
        *,
        include_type_name: bool = True,
        include_subclasses: bool = False,
        inline_nested_refs: bool = False,
    ) -> dict[str, Any]:
        """Returns the JSON Schema of the values, see `polygraft.typing.to_json_schema`."""
        return LATE.to_json_schema(
            self,
            include_type_name=include_type_name,
            include_subclasses=include_subclasses,
            inline_nested_refs=inline_nested_refs,
        )

    @classmethod
    def from_json_schema(
        cls,
        json_schema: dict[str, Any],
        class_fn: Callable[[str, Any], Any] | None = None,
        add_json_schema_as_metadata: bool = False,
    ) -> ValueSpec:
        """Returns the spec that a JSON Schema describes, see `polygraft.typing.spec_from_json_schema`."""
        return LATE.spec_from_json_schema(json_schema, class_fn, add_json_schema_as_metadata)

    def __class_getitem__(cls, args: Any) -> Any:
        return shown_to_checkers(cls.with_type_args(as_args(args)))

    @classmethod
    def with_type_args(cls, args: tuple[Any, ...]) -> Any:
        """Returns the spec for `X[args]`."""
        raise TypeError(f"type {cls.__name__!r} is not subscriptable")


class PrimitiveType(ValueSpec):
    """Specs of plain values."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if (not args and self.has_default) or self._frozen:
            return self._default
        return self.apply(self.value_type(*args))


_ABSTRACT = (ValueSpec, PrimitiveType)


def shown_to_checkers(spec: Any) -> Any:
    """What `X[...]` gives: the spec, or its annotation while a program has switched `typing.TYPE_CHECKING` on."""
    return spec.annotation if type_checking() else spec


def type_checking() -> bool:
    """True while a program has switched `typing.TYPE_CHECKING` on."""
    return bool(getattr(typing, "TYPE_CHECKING"))  # noqa: B009


def as_args(x: Any) -> tuple[Any, ...]:
    """What stands in `X[...]`, as a tuple."""
    return typing.cast("tuple[Any, ...]", x) if isinstance(x, tuple) else (x,)


def spec_of(x: Any, accept_value: bool = False) -> ValueSpec:
    """The spec itself, or the one that an annotation stands for."""
    if isinstance(x, ValueSpec):
        return x
    return LATE.from_annotation(x, True, accept_value)


def type_mismatch(expected: Any, value: Any, path: Any) -> SpecTypeError:
    """The error for a value of the wrong type."""
    return SpecTypeError(
        f"Expect {expected} but encountered {type(value)!r}: {value}. (path={_text(path)})",
        path=path,
        value=value,
    )


def wrong_arg_count(name: str, wants: str, args: Any, period: str = ".") -> TypeError:
    """The error for `Name[args]` with a wrong number of arguments."""
    return TypeError(f"`pg.typing.{name}` requires {wants}. Encountered: {args!r}{period}")


def key_path(path: Any) -> KeyPath:
    """The path that a `root_path` argument stands for."""
    if type(path) is KeyPath:
        return path
    if path is None:
        return KeyPath.of(())
    return KeyPath.parse(path) if isinstance(path, str) else KeyPath(path)


def child_path(path: Any, key: Any) -> KeyPath:
    """The path of a child."""
    return key_path(path) + KeyPath.of((key,))


def constant(env: dict[str, object], value: object) -> str:
    """Puts a constant into the namespace of generated source; returns its name there."""
    if type(value) is int:
        return repr(value)
    n = len(env)
    while (name := f"_spec_{n}") in env:
        n += 1
    env[name] = value
    return name


def plain_copy(value: Any) -> Any:
    """A copy of plain lists and dicts, at any depth; other values as they are."""
    if type(value) is list:
        return [plain_copy(v) for v in value]  # pyright: ignore[reportUnknownVariableType]
    if type(value) is dict:
        return {k: plain_copy(v) for k, v in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return value


def _text(path: Any) -> str:
    return "" if path is None else str(path)


def _equal(x: Any, y: Any) -> bool:
    # A missing value on one side only: typed ones equal the untyped one, others nothing.
    return x is y or callable_eq(x, y)
