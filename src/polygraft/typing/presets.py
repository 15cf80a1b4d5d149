"""Presets: argument values that a caller provides for all functions called in a scope, and optional keywords.

A parameter takes part when its default is a `PresetArgValue`. Scopes are per thread, and in `async` code per task.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import types
from collections.abc import Callable, Generator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, TypeVar

from polygraft.formatting import Formattable, kvlist_str
from polygraft.missing import MISSING_VALUE, is_missing

F = TypeVar("F", bound=Callable[..., Any])

#: Name of a preset → its values, in the current scope.
_Presets = Mapping[str, Mapping[str, Any]]
_PRESETS: ContextVar[_Presets] = ContextVar("polygraft_presets", default=types.MappingProxyType({}))


class PresetArgValue(Formattable):
    """As the default of a parameter: its value comes from the preset in scope.

    Args:
        default: The value where no preset has one; without it, the argument is required.

    Example:
        >>> @enable_preset_args()
        ... def f(x, y=PresetArgValue(default=1)):
        ...     return x + y
        >>> with preset_args({"y": 10}):
        ...     f(1)
        11
        >>> f(1)
        2
    """

    def __init__(self, default: Any = MISSING_VALUE):
        self.default = default

    @property
    def has_default(self) -> bool:
        """True if there is a value where no preset has one."""
        return not is_missing(self.default)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PresetArgValue) and bool(self.default == other.default)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns `PresetArgValue(default=...)`."""
        items = [("default", self.default, MISSING_VALUE)]
        return kvlist_str(items, compact, verbose, root_indent, label="PresetArgValue", **kwargs)

    @classmethod
    def inspect(cls, func: types.FunctionType) -> dict[str, PresetArgValue]:
        """Returns name → marker for the marked parameters of a function."""
        assert inspect.isfunction(func), f"{func!r} is not a function."
        parameters = inspect.signature(func).parameters.values()
        return {p.name: p.default for p in parameters if isinstance(p.default, cls)}

    @classmethod
    def resolve_args(
        cls,
        call_args: Sequence[Any],
        call_kwargs: Mapping[str, Any],
        positional_arg_names: Sequence[str],
        arg_defaults: Mapping[str, Any],
        preset_kwargs: Mapping[str, Any],
        include_all_preset_kwargs: bool = False,
    ) -> tuple[Sequence[Any], dict[str, Any]]:
        """Returns the arguments and keywords of a call, presets filled in.

        Args:
            call_args: The positional arguments as given.
            call_kwargs: The keywords as given.
            positional_arg_names: Names of the positional parameters.
            arg_defaults: Name → default, marked or not.
            preset_kwargs: The preset in scope.
            include_all_preset_kwargs: Whether names that are no marked parameters are passed on, too.

        Raises:
            ValueError: A marked parameter has no value.

        Example:
            >>> PresetArgValue.resolve_args(
            ...     [2], {}, ["x", "y"], {"y": PresetArgValue(0)}, {"z": 3}, True
            ... )
            ([2, 0], {'z': 3})
        """
        covered = set(positional_arg_names[: len(call_args)])
        kwargs: dict[str, Any] = {}
        for name, default in arg_defaults.items():
            if name in covered or name in call_kwargs:
                continue  # what the caller says needs no preset
            kwargs[name] = (
                _preset_value(name, default, preset_kwargs) if isinstance(default, cls) else default
            )
        if include_all_preset_kwargs:
            for name, value in preset_kwargs.items():
                if name not in arg_defaults and name not in covered:
                    kwargs[name] = value
        kwargs.update(call_kwargs)
        args = list(call_args)
        for name in positional_arg_names[len(args) :]:
            if name not in kwargs:
                break
            args.append(kwargs.pop(name))
        return args, kwargs


def _preset_value(name: str, marker: PresetArgValue, presets: Mapping[str, Any]) -> Any:
    if name in presets:
        return presets[name]
    if marker.has_default:
        return marker.default
    raise ValueError(f"Argument {name!r} is not present as a keyword argument from the caller.")


@contextlib.contextmanager
def preset_args(
    kwargs: Mapping[str, Any],
    *,
    preset_name: str = "global",
    inherit_preset: bool | str = False,
) -> Generator[_Presets]:
    """In the scope, functions with `enable_preset_args` take these values for their marked parameters.

    Args:
        kwargs: Name → value.
        preset_name: The name of the preset.
        inherit_preset: True to add to the outer preset of that name; a name to add to the preset of that name.

    Example:
        >>> @enable_preset_args()
        ... def f(*, seed=PresetArgValue()):
        ...     return seed
        >>> with preset_args({"seed": 7}):
        ...     f()
        7
    """
    outer = _PRESETS.get()
    if inherit_preset:
        base = preset_name if inherit_preset is True else inherit_preset
        kwargs = {**outer.get(base, {}), **kwargs}
    token = _PRESETS.set({**outer, preset_name: dict(kwargs)})
    try:
        yield _PRESETS.get()
    finally:
        _PRESETS.reset(token)


def enable_preset_args(
    include_all_preset_kwargs: bool = False, preset_name: str = "global"
) -> Callable[[F], F]:
    """Returns a decorator for functions that take presets.

    Args:
        include_all_preset_kwargs: Whether a function with `**kwargs` is passed all values of the preset.
        preset_name: The preset that it takes values from.
    """

    def decorate(func: F) -> F:
        sig = inspect.signature(func)
        parameters = sig.parameters.values()
        if not any(isinstance(p.default, PresetArgValue) for p in parameters):
            return func
        positional = [
            p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
        defaults = {p.name: p.default for p in parameters if p.default is not p.empty}
        include_all = include_all_preset_kwargs and any(p.kind is p.VAR_KEYWORD for p in parameters)

        @functools.wraps(func)
        def with_presets(*args: Any, **kwargs: Any) -> Any:
            presets = _PRESETS.get().get(preset_name, {})
            args_, kwargs = PresetArgValue.resolve_args(
                args, kwargs, positional, defaults, presets, include_all
            )
            return func(*args_, **kwargs)

        return with_presets  # type: ignore[return-value]  # pyright: ignore[reportReturnType]

    return decorate


class CallableWithOptionalKeywordArgs:
    """A function that may be called with keywords which it does not know.

    Args:
        func: The function.
        optional_keywords: Keywords that are dropped if it does not take them.

    Example:
        >>> f = CallableWithOptionalKeywordArgs(lambda x: x + 1, ["step"])
        >>> f(1, step=10)
        2
    """

    def __init__(self, func: Callable[..., Any], optional_keywords: Sequence[str]):
        parameters = inspect.signature(func).parameters.values()
        self._func = func
        self._dropped: frozenset[str] = frozenset()
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            named = {
                p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
            }
            self._dropped = frozenset(optional_keywords) - named

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._func(*args, **{k: v for k, v in kwargs.items() if k not in self._dropped})


def Decorator(func: F) -> F:
    """Returns the function: tells type checkers that a decorator keeps it."""
    return func
