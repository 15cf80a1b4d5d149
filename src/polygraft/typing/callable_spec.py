"""Specs of what can be called: `Callable`, `Functor`."""

from __future__ import annotations

import inspect
import types
import typing
from typing import Any

from polygraft.errors import SpecTypeError
from polygraft.missing import MISSING_VALUE, MissingValue
from polygraft.typing.any_spec import Any as AnySpec
from polygraft.typing.custom import CustomTyping, FunctorTrait
from polygraft.typing.forward_ref import ForwardRef
from polygraft.typing.object_spec import Object
from polygraft.typing.signature import Signature
from polygraft.typing.value_spec import ValueSpec, as_args, spec_of, type_mismatch

_CALLABLE: Any = typing.Callable
_SIMPLE_CALLABLES: tuple[Any, ...] = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
)


class Callable(ValueSpec):
    """A function, class, or other object that can be called.

    What is asked of arguments and result is compared with the specs in the value's signature, where it has any.

    Args:
        args: Specs of positional arguments that it must take.
        kw: (name, spec) of keyword arguments that it must take.
        returns: Spec of the result; None leaves it open.
        default: The default.
        transform: Applied to values before the type check.
        callable_type: A class that the value must be an instance of.
        is_noneable: Whether None is accepted.
        frozen: Whether no value but the default is accepted.

    Example:
        >>> Callable([int]).apply(abs)
        <built-in function abs>
    """

    def __init__(
        self,
        args: list[Any] | None = None,
        kw: list[tuple[str, Any]] | None = None,
        returns: Any = None,
        default: Any = MISSING_VALUE,
        transform: typing.Callable[[Any], Any] | None = None,
        callable_type: Any = None,
        is_noneable: bool = False,
        frozen: bool = False,
    ):
        if args is not None and not isinstance(args, list):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"'args' should be a list of ValueSpec objects. Encountered: {args!r}.")
        if kw is not None and (
            not isinstance(kw, list)  # pyright: ignore[reportUnnecessaryIsInstance]
            or not all(isinstance(x, tuple) and len(x) == 2 for x in kw)  # pyright: ignore[reportUnnecessaryIsInstance]
        ):
            raise TypeError(
                f"'kw' should be a list of (name, value_spec) tuples. Encountered: {kw!r}."
            )
        self._args: list[ValueSpec] = [spec_of(a) for a in args or ()]
        self._kw: list[tuple[str, ValueSpec]] = [(name, spec_of(a)) for name, a in kw or ()]
        self._returns: ValueSpec | None = None if returns is None else spec_of(returns)
        self._callable_type = callable_type
        super().__init__(default, transform, is_noneable, frozen)

    @property
    def args(self) -> list[ValueSpec]:
        """Specs of positional arguments."""
        return self._args

    @property
    def kw(self) -> list[tuple[str, ValueSpec]]:
        """(name, spec) of keyword arguments."""
        return self._kw

    @property
    def return_value(self) -> ValueSpec | None:
        """Spec of the result, if it matters."""
        return self._returns

    @property
    def value_type(self) -> Any:
        """The class that the value must be an instance of, or None."""
        return self._callable_type

    @property
    def forward_refs(self) -> set[ForwardRef]:
        """The classes that the arguments' and the result's specs name."""
        specs = [
            *self._args,
            *(s for _, s in self._kw),
            *([self._returns] if self._returns else []),
        ]
        return {ref for s in specs for ref in s.forward_refs}

    def fits(self, value: Any) -> bool:
        return (
            isinstance(value, _SIMPLE_CALLABLES)
            and not self._frozen
            and self._transform is None
            and self._callable_type is None
            and not (self._args or self._kw or self._returns)
            and not isinstance(value, CustomTyping | MissingValue)
        )

    def _convert(self, value: Any, path: Any) -> Any:
        if self._callable_type is not None and not isinstance(value, self._callable_type):
            raise type_mismatch(self._callable_type, value, path)
        return value

    def _validate(self, value: Any, path: Any) -> None:
        problem = self._problem(value)
        if problem is not None:
            raise SpecTypeError(
                f"{problem} (path={'' if path is None else path})", path=path, value=value
            )

    def _problem(self, value: Any) -> str | None:
        """Says what is wrong with the value, or None."""
        if not callable(value):
            return f"Value is not callable: {value!r}."
        if not (self._args or self._kw or self._returns):
            return None
        sig = Signature.from_callable(value)
        return self._problem_of(sig, len(sig.args), value, 0)

    def _problem_of(self, sig: Signature, n: int, value: Any, skip: int) -> str | None:
        """Compares with a signature, of which the first `skip` arguments are bound already."""
        takes = sig.args[skip:]
        if len(takes) < len(self._args) and sig.varargs is None:
            return (
                f"{sig.id} only take {len(takes)} positional arguments, "
                f"while {len(self._args)} is required by {self!r}."
            )
        for i, spec in enumerate(self._args):
            if i < len(takes):
                theirs, of_what = takes[i].value_spec, ""
            else:
                theirs = typing.cast(Any, sig.varargs).value_spec.element.value
                of_what = " with the value spec of *args"
            if not theirs.is_compatible(spec):
                return (
                    f"Value spec of positional argument {i} is not compatible{of_what}. "
                    f"Expected: {theirs!r}, Actual: {spec!r}."
                )
        named = set(sig.arg_names)
        for name, spec in self._kw:
            theirs = sig.get_value_spec(name)
            if theirs is None:
                return f"Keyword argument {name!r} does not exist in {value!r}."
            if not theirs.is_compatible(spec):
                of_what = "" if name in named else " with the value spec of **kwargs"
                return (
                    f"Value spec of keyword argument {name!r} is not compatible{of_what}. "
                    f"Expected: {spec!r}, Actual: {theirs!r}."
                )
        theirs = sig.return_value
        if self._returns is None or theirs is None or isinstance(theirs, AnySpec):
            return None
        if not self._returns.is_compatible(theirs):
            return (
                f"Value spec for return value is not compatible. "
                f"Expected: {self._returns!r}, Actual: {theirs!r} ({value!r})."
            )
        return None

    # -- relations -------------------------------------------------------------------------------------------------
    def is_compatible(self, other: ValueSpec) -> bool:
        """True if every value that `other` accepts can be called as this spec asks."""
        if isinstance(other, Object) and type(self) is Callable:
            return self._accepts_instances_of(other)
        return super().is_compatible(other)

    def _accepts_instances_of(self, spec: Object) -> bool:
        if not spec.type_resolved:
            return True
        call = getattr(typing.get_origin(spec.cls) or spec.cls, "__call__", None)  # noqa: B004
        if not inspect.isfunction(call) or (spec.is_noneable and not self._noneable):
            return False
        if not (self._args or self._kw or self._returns):
            return True
        sig = Signature.from_callable(call)
        return self._problem_of(sig, len(sig.args), call, 1) is None

    def _is_compatible(self, other: Any) -> bool:
        if len(other.args) < len(self._args) or len(other.kw) < len(self._kw):
            return False
        theirs = dict(other.kw)
        return (
            all(a.is_compatible(b) for a, b in zip(self._args, other.args, strict=False))
            and all(name in theirs and s.is_compatible(theirs[name]) for name, s in self._kw)
            and (
                self._returns is None
                or other.return_value is None
                or self._returns.is_compatible(other.return_value)
            )
        )

    def _base_for(self, child: ValueSpec) -> ValueSpec | None:
        return None if isinstance(child, Object) and self.is_compatible(child) else self

    def _extend(self, base: Any) -> None:
        self._args = self._args or list(base.args)
        self._kw = self._kw or list(base.kw)
        self._returns = self._returns or base.return_value

    def _eq(self, other: Any) -> bool:
        return (
            self._args == other.args
            and self._kw == other.kw
            and self._returns == other.return_value
        )

    def _annotation(self) -> Any:
        returns: Any = None if self._returns is None else _argument_annotation(self._returns)
        args: Any = ... if self._kw else [_argument_annotation(a) for a in self._args]
        return _CALLABLE[args, returns]

    def _items(self) -> list[tuple[str, Any, Any]]:
        return [
            ("args", self._args, []),
            ("kw", self._kw, []),
            ("returns", self._returns, None),
            self._default_item(),
            *self._flag_items(),
        ]

    @classmethod
    def with_type_args(cls, args: tuple[Any, ...]) -> Any:
        """`Callable[[int, str], None]`."""
        if len(args) != 2:
            raise TypeError(
                f"`pg.typing.{cls.__name__}` requires 2 type arguments. Encountered: {args!r}"
            )
        given, returns = args
        if isinstance(given, list):
            given = tuple(typing.cast("list[Any]", given))
        specs = None if given is ... else list(as_args(given))
        return cls(specs, returns=Object(type(None)) if returns is None else returns)


class Functor(Callable):
    """A functor: a function as a symbolic object.

    Args:
        args: Specs of positional arguments that it must take.
        kw: (name, spec) of keyword arguments that it must take.
        returns: Spec of the result; None leaves it open.
        default: The default.
        transform: Applied to values before the type check.
        is_noneable: Whether None is accepted.
        frozen: Whether no value but the default is accepted.
    """

    def __init__(
        self,
        args: list[Any] | None = None,
        kw: list[tuple[str, Any]] | None = None,
        returns: Any = None,
        default: Any = MISSING_VALUE,
        transform: typing.Callable[[Any], Any] | None = None,
        is_noneable: bool = False,
        frozen: bool = False,
    ):
        super().__init__(args, kw, returns, default, transform, FunctorTrait, is_noneable, frozen)

    def _annotation(self) -> Any:
        return FunctorTrait


def _argument_annotation(spec: ValueSpec) -> Any:
    return Any if spec.annotation is MISSING_VALUE else spec.annotation
