"""Values given by the context: `pg.contextual_override`, per thread and task.

What is active is one immutable dict in one context variable. `contextual.py` is how objects look at it.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from typing import Any, TypeVar

from polygraft.errors import did_you_mean

F = TypeVar("F", bound=Callable[..., Any])
_RAISE: Any = object()


@dataclasses.dataclass(frozen=True)
class ContextualOverride:
    """A value that a scope gives.

    Attributes:
        value: The value.
        cascade: Whether inner scopes keep it rather than give their own.
        override_attrs: Whether it replaces values that objects have of their own.
    """

    value: Any
    cascade: bool = False
    override_attrs: bool = False


Overrides = Mapping[str, ContextualOverride]
OVERRIDES: ContextVar[Overrides] = ContextVar("polygraft_overrides", default={})  # noqa: B039 # never written to


class contextual_override:
    """A scope in which contextual attributes and `contextual_value` find the given values.

    Inner scopes win, but for values that an outer one gives with `cascade`.

    Args:
        cascade: Whether inner scopes keep these values rather than give their own.
        override_attrs: Whether the values also replace those that objects have of their own.
        **variables: The values by name; a `ContextualOverride` is taken with its own options.

    Example:
        >>> import polygraft as pg
        >>> class Layer(pg.ContextualObject):
        ...     rate: float = pg.contextual_attribute()
        >>> layer = Layer()
        >>> with pg.contextual_override(rate=0.5):
        ...     layer.rate
        0.5
    """

    __slots__ = ("_given", "_tokens")

    def __init__(self, *, cascade: bool = False, override_attrs: bool = False, **variables: Any):
        self._given = as_overrides(variables, cascade, override_attrs)
        self._tokens: list[Token[Overrides]] = []

    def __enter__(self) -> dict[str, ContextualOverride]:
        active = merged(OVERRIDES.get(), self._given)
        self._tokens.append(OVERRIDES.set(active))
        return active

    def __exit__(self, *error: object) -> None:
        OVERRIDES.reset(self._tokens.pop())


def as_overrides(
    variables: Mapping[str, Any], cascade: bool = False, override_attrs: bool = False
) -> dict[str, ContextualOverride]:
    """The values of a scope, each with its options."""
    return {
        k: v
        if isinstance(v, ContextualOverride)
        else ContextualOverride(v, cascade, override_attrs)
        for k, v in variables.items()
    }


def merged(outer: Overrides, inner: Overrides) -> dict[str, ContextualOverride]:
    """What is active in an inner scope."""
    return {**outer, **{k: v for k, v in inner.items() if not (k in outer and outer[k].cascade)}}


def get_contextual_override(name: str) -> ContextualOverride | None:
    """What the scopes around give for `name`, with its options; None if they give nothing."""
    return OVERRIDES.get().get(name)


def contextual_value(name: str, default: Any = _RAISE) -> Any:
    """The value that the scopes around give for `name`.

    Raises:
        KeyError: They give none, and no default was given.

    Example:
        >>> import polygraft as pg
        >>> with pg.contextual_override(depth=3):
        ...     pg.contextual_value("depth"), pg.contextual_value("width", 8)
        (3, 8)
    """
    found = OVERRIDES.get().get(name)
    if found is not None:
        return found.value
    if default is _RAISE:
        raise KeyError(
            f"{name!r} does not exist in current context.{did_you_mean(name, list(OVERRIDES.get()))}"
        )
    return default


def all_contextual_values() -> dict[str, Any]:
    """All values that the scopes around give, by name."""
    return {k: v.value for k, v in OVERRIDES.get().items()}


def with_contextual_override(fn: F) -> F:
    """A function that runs `fn` with the overrides that are active now, in whichever thread it is called.

    Example:
        >>> import threading
        >>> import polygraft as pg
        >>> seen = []
        >>> with pg.contextual_override(depth=3):
        ...     look = pg.with_contextual_override(
        ...         lambda: seen.append(pg.contextual_value("depth"))
        ...     )
        >>> thread = threading.Thread(target=look)
        >>> thread.start()
        >>> thread.join()
        >>> seen
        [3]
    """
    active: dict[str, Any] = dict(OVERRIDES.get())
    call: Any = fn
    if inspect.iscoroutinefunction(fn):

        @functools.wraps(fn)
        async def run_async(*args: Any, **kwargs: Any) -> Any:
            with contextual_override(**active):
                return await call(*args, **kwargs)

        return run_async  # type: ignore[return-value]

    @functools.wraps(fn)
    def run(*args: Any, **kwargs: Any) -> Any:
        with contextual_override(**active):
            return call(*args, **kwargs)

    return run  # type: ignore[return-value]
