"""Specs of plain values: `Bool`, `Str`, `Number`, `Int`, `Float`, `Enum`."""

from __future__ import annotations

import re
import typing
from typing import Any, TypeVar

from polygraft.errors import SpecTypeError, SpecValueError
from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.typing.value_spec import PrimitiveType, ValueSpec, as_args, constant, wrong_arg_count

Self = TypeVar("Self", bound="Enum")


class Bool(PrimitiveType):
    """True or False.

    Args:
        default: The default.
        is_noneable: Whether None is accepted.
        frozen: Whether no value but the default is accepted.

    Example:
        >>> Bool(True)
        Bool(default=True)
    """

    _accepts = bool

    def __init__(
        self, default: Any = MISSING_VALUE, is_noneable: bool = False, frozen: bool = False
    ):
        super().__init__(default, None, is_noneable, frozen)

    def fits(self, value: Any) -> bool:
        return type(value) is bool and not self._frozen

    def _fast_check(self, name: str, env: dict[str, object]) -> str | None:
        return f"type({name}) is bool"


class Str(PrimitiveType):
    """A string.

    Args:
        default: The default.
        regex: A regular expression that the string matches from its start.
        is_noneable: Whether None is accepted.
        frozen: Whether no value but the default is accepted.

    Example:
        >>> Str(regex="a.*").apply("ab")
        'ab'
    """

    _accepts = str

    def __init__(
        self,
        default: Any = MISSING_VALUE,
        regex: str | re.Pattern[str] | None = None,
        is_noneable: bool = False,
        frozen: bool = False,
    ):
        self._regex = re.compile(regex) if regex else None
        super().__init__(default, None, is_noneable, frozen)

    @property
    def regex(self) -> re.Pattern[str] | None:
        """The compiled regular expression, if there is one."""
        return self._regex

    def fits(self, value: Any) -> bool:
        return (
            type(value) is str
            and not self._frozen
            and (self._regex is None or self._regex.match(value) is not None)
        )

    def _validate(self, value: Any, path: Any) -> None:
        if self._regex is not None and isinstance(value, str) and not self._regex.match(value):
            raise SpecValueError(
                f"String {value!r} does not match regular expression {self._regex.pattern!r}. "
                f"(path={'' if path is None else path})",
                path=path,
                value=value,
            )

    def _fast_check(self, name: str, env: dict[str, object]) -> str | None:
        return f"type({name}) is str" if self._regex is None else None

    def _extend(self, base: Any) -> None:
        if self._regex is None:
            self._regex = base.regex

    def _eq(self, other: Any) -> bool:
        return self._regex == other.regex

    def _items(self) -> list[tuple[str, Any, Any]]:
        pattern = None if self._regex is None else self._regex.pattern
        return [self._default_item(), ("regex", pattern, None), *self._flag_items()]

    @classmethod
    def with_type_args(cls, args: tuple[Any, ...]) -> Any:
        """`Str['regex']`."""
        if len(args) != 1:
            raise wrong_arg_count(
                "Str", "1 argument as the regular expression for matching the str value", args
            )
        return cls(regex=args[0])


class Number(PrimitiveType):
    """A number within bounds.

    Args:
        value_type: Its type, or a tuple of types.
        default: The default.
        min_value: The smallest value.
        max_value: The largest value.
        is_noneable: Whether None is accepted.
        frozen: Whether no value but the default is accepted.
    """

    def __init__(
        self,
        value_type: Any,
        default: Any = MISSING_VALUE,
        min_value: float | None = None,
        max_value: float | None = None,
        is_noneable: bool = False,
        frozen: bool = False,
    ):
        if min_value is not None and max_value is not None and min_value > max_value:
            raise SpecValueError(
                '"max_value" must be equal or greater than "min_value". '
                f"Encountered: min_value={min_value}, max_value={max_value}."
            )
        self._value_type = value_type
        self._min_value = min_value
        self._max_value = max_value
        super().__init__(default, None, is_noneable, frozen)

    @property
    def value_type(self) -> Any:
        """The type, or tuple of types."""
        return self._value_type

    @property
    def min_value(self) -> float | None:
        """The smallest value."""
        return self._min_value

    @property
    def max_value(self) -> float | None:
        """The largest value."""
        return self._max_value

    def fits(self, value: Any) -> bool:
        return type(value) is self._value_type and not self._frozen and self._in_range(value)

    def _in_range(self, value: Any) -> bool:
        # Written so that NaN passes.
        return not (self._min_value is not None and value < self._min_value) and not (
            self._max_value is not None and value > self._max_value
        )

    def _validate(self, value: Any, path: Any) -> None:
        if not self._in_range(value):
            raise SpecValueError(
                f"Value {value} is out of range (min={self._min_value}, max={self._max_value}). "
                f"(path={'' if path is None else path})",
                path=path,
                value=value,
            )

    def _fast_check(self, name: str, env: dict[str, object]) -> str | None:
        if self._value_type is not int and self._value_type is not float:
            return None
        parts = [f"type({name}) is {self._value_type.__name__}"]
        if self._min_value is not None:
            parts.append(f"not {name} < {constant(env, self._min_value)}")
        if self._max_value is not None:
            parts.append(f"not {name} > {constant(env, self._max_value)}")
        return " and ".join(parts)

    def _is_compatible(self, other: Any) -> bool:
        if self._min_value is not None and (
            other.min_value is None or other.min_value < self._min_value
        ):
            return False
        if self._max_value is not None and (
            other.max_value is None or other.max_value > self._max_value
        ):
            return False
        return _includes(self._value_type, other.value_type)

    def _check_extends(self, base: ValueSpec) -> None:
        super()._check_extends(base)
        if not _includes(base.value_type, self._value_type):
            raise self._cannot_extend(base, "incompatible type.")

    def _extend(self, base: Any) -> None:
        low, high = self._min_value, self._max_value
        if base.min_value is not None:
            if low is not None and low < base.min_value:
                raise self._cannot_extend(base, "min_value is smaller.")
            low = base.min_value if low is None else low
        if base.max_value is not None:
            if high is not None and high > base.max_value:
                raise self._cannot_extend(base, "max_value is larger.")
            high = base.max_value if high is None else high
        if low is not None and high is not None and low > high:
            raise self._cannot_extend(
                base, f"min_value ({low}) is greater than max_value ({high}) after extension."
            )
        self._min_value, self._max_value = low, high

    def _eq(self, other: Any) -> bool:
        return (self._value_type, self._min_value, self._max_value) == (
            other.value_type,
            other.min_value,
            other.max_value,
        )

    def _items(self) -> list[tuple[str, Any, Any]]:
        bounds = [("min", self._min_value, None), ("max", self._max_value, None)]
        return [self._default_item(), *bounds, *self._flag_items()]

    @classmethod
    def with_type_args(cls, args: tuple[Any, ...]) -> Any:
        """`Int[min, max]`."""
        if cls is Number or len(args) != 2:
            raise wrong_arg_count(
                cls.__name__,
                "2 arguments as the min value and the max value for the field",
                args,
                period="",
            )
        return cls(min_value=args[0], max_value=args[1])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def _includes(wider: Any, narrower: Any) -> bool:
    return set(as_args(narrower)) <= set(as_args(wider))


class Int(Number):
    """An integer.

    Args:
        default: The default.
        min_value: The smallest value.
        max_value: The largest value.
        is_noneable: Whether None is accepted.
        frozen: Whether no value but the default is accepted.

    Example:
        >>> Int(1, min_value=0)
        Int(default=1, min=0)
    """

    def __init__(
        self,
        default: Any = MISSING_VALUE,
        min_value: int | None = None,
        max_value: int | None = None,
        is_noneable: bool = False,
        frozen: bool = False,
    ):
        super().__init__(int, default, min_value, max_value, is_noneable, frozen)


class Float(Number):
    """A floating point number; integers are converted.

    Args:
        default: The default.
        min_value: The smallest value.
        max_value: The largest value.
        is_noneable: Whether None is accepted.
        frozen: Whether no value but the default is accepted.

    Example:
        >>> Float(min_value=0).apply(1)
        1.0
    """

    def __init__(
        self,
        default: Any = MISSING_VALUE,
        min_value: float | None = None,
        max_value: float | None = None,
        is_noneable: bool = False,
        frozen: bool = False,
    ):
        super().__init__(float, default, min_value, max_value, is_noneable, frozen)


class Enum(PrimitiveType):
    """One of a list of values.

    Args:
        default: The default, or `MISSING_VALUE` for none.
        values: The candidates; None among them makes the spec noneable.
        frozen: Whether no value but the default is accepted.

    Example:
        >>> Enum("a", ["a", "b"])
        Enum(default='a', values=['a', 'b'])
    """

    def __init__(self, default: Any, values: list[Any], frozen: bool = False):
        if not isinstance(values, list) or not values:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise SpecValueError(f"Values for Enum should be a non-empty list. Found {values}.")
        self._values = list(values)
        if not is_missing(default) and default not in self._values:
            raise SpecValueError(
                f"Enum default value {default!r} is not in candidate list {self._values}."
            )
        super().__init__(default, None, None in self._values, frozen)

    @property
    def values(self) -> list[Any]:
        """The candidates."""
        return self._values

    @property
    def value_type(self) -> Any:
        """The widest class among the candidates if they are of one family, else None."""
        widest: Any = None
        for t in typing.cast("list[Any]", [type(v) for v in self._values if v is not None]):
            if widest is None or issubclass(widest, t):
                widest = t
            elif not issubclass(t, widest):
                return None
        return str if widest is not None and issubclass(widest, str) else widest

    def noneable(self: Self, is_noneable: bool = True, use_none_as_default: bool = True) -> Self:
        """Adds None to the candidates, or takes it away; None never becomes the default by that."""
        self._noneable = is_noneable
        if is_noneable:
            if None not in self._values:
                self._values.append(None)
        else:
            self._values = [v for v in self._values if v is not None]
            if self._default is None:
                self._default = MISSING_VALUE
        self._changed()
        return self

    def _validate(self, value: Any, path: Any) -> None:
        if value not in self._values:
            raise SpecValueError(
                f"Value {value!r} is not in candidate list {self._values}. (path={'' if path is None else path})",
                path=path,
                value=value,
            )

    def fits(self, value: Any) -> bool:
        return type(value) in (str, int) and not self._frozen and self._has_exactly(value)

    def _has_exactly(self, value: Any) -> bool:
        return any(type(v) is type(value) and v == value for v in self._values)

    def fast_check(self, name: str, env: dict[str, object]) -> str | None:
        """See `ValueSpec.fast_check`."""
        types_: frozenset[Any] = frozenset(
            typing.cast("list[Any]", [type(v) for v in self._values])
        )
        if self._frozen or not types_ <= {str, int, bool, float, type(None)}:
            return None
        # The list itself, which its owner may change.
        if len(types_) == 1 and str in types_:
            return f"type({name}) is str and {name} in {constant(env, self._values)}"
        return (
            f"type({name}) in {constant(env, types_)} and {name} in {constant(env, self._values)}"
        )

    def is_compatible(self, other: ValueSpec) -> bool:
        """True if every value that `other` accepts is a candidate."""
        if self is other:
            return True
        if not isinstance(other, ValueSpec):  # pyright: ignore[reportUnnecessaryIsInstance]
            return False
        if other.frozen and other.has_default and other.default in self._values:
            return True
        return isinstance(other, Enum) and all(v in self._values for v in other.values)

    def _frozen_member(self, child: Any) -> Any:
        if not child.frozen or isinstance(child, Enum):
            return None
        if child.default not in self._values:
            raise SpecTypeError(
                f"{child!r} cannot extend {self!r} with incompatible frozen value: {child.default!r} "
            )
        return Enum(MISSING_VALUE, self._values).freeze(child.default)

    def _check_extends(self, base: ValueSpec) -> None:
        """Any kind of base goes, if it accepts every candidate."""

    def _extend(self, base: Any) -> None:
        for v in self._values:
            try:
                base.apply(v)
            except (TypeError, ValueError) as e:
                raise self._cannot_extend(base, f"{v!r} is not an acceptable value.") from e

    def _eq(self, other: Any) -> bool:
        return self._values == other.values

    def _items(self) -> list[tuple[str, Any, Any]]:
        return [
            self._default_item(),
            ("values", self._values, MISSING_VALUE),
            ("frozen", self._frozen, False),
        ]

    def _annotation(self) -> Any:
        return Any if self.value_type is None else self.value_type

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if (not args and self.has_default) or self._frozen:
            return self._default
        return self.apply(*args)

    @classmethod
    def with_type_args(cls, args: tuple[Any, ...]) -> Any:
        """`Enum['a', 'b']`."""
        if len(args) < 2:
            raise TypeError(
                "`pg.typing.Enum` requires at least 2 arguments as the candidate values for the enum "
                f"Encountered: {args!r}"
            )
        return cls(MISSING_VALUE, list(args))
