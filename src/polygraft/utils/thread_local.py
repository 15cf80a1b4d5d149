"""Values that each thread has for itself, by key: counters, stacks, scopes. For programs that were written with them.

The library itself keeps its scopes in context variables, which follow tasks as well as threads.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Generator
from typing import Any

_store = threading.local()
_RAISE: Any = object()


def _values() -> dict[Any, Any]:
    return _store.__dict__


def thread_local_set(key: str, value: Any) -> None:
    """Sets the value of this thread for a key."""
    _values()[key] = value


def thread_local_has(key: str) -> bool:
    """True if this thread has a value for a key."""
    return key in _values()


def thread_local_get(key: str, default_value: Any = _RAISE) -> Any:
    """The value of this thread for a key.

    Raises:
        ValueError: There is none, and no default was given.
    """
    value = _values().get(key, default_value)
    if value is _RAISE:
        raise ValueError(f"Key {key!r} does not exist in thread-local storage.")
    return value


def thread_local_del(key: str) -> None:
    """Removes the value of this thread for a key.

    Raises:
        AttributeError: There is none.
    """
    delattr(_store, key)


def thread_local_increment(key: str, default_initial_value: int = 0) -> int:
    """Adds one to a counter of this thread, and returns it."""
    value = thread_local_get(key, default_initial_value) + 1
    thread_local_set(key, value)
    return value


def thread_local_decrement(key: str, default_initial_value: Any = _RAISE) -> int:
    """Takes one from a counter of this thread, and returns it.

    Raises:
        ValueError: There is none, and no default was given.
    """
    value = thread_local_get(key, default_initial_value) - 1
    thread_local_set(key, value)
    return value


def thread_local_push(key: str, value: Any) -> None:
    """Puts a value on a stack of this thread."""
    _values().setdefault(key, []).append(value)


def thread_local_peek(key: str, default_value: Any = _RAISE) -> Any:
    """The value on top of a stack of this thread.

    Raises:
        ValueError: There is none, and no default was given.
    """
    stack = _values().get(key)
    if stack:
        return stack[-1]
    if default_value is _RAISE:
        raise ValueError(
            f"Stack associated with key {key!r} does not exist in thread-local storage or is empty."
        )
    return default_value


def thread_local_pop(key: str, default_value: Any = _RAISE) -> Any:
    """Takes the value from the top of a stack of this thread.

    Raises:
        ValueError: There is no such stack, and no default was given.
        IndexError: It is empty, and no default was given.
        TypeError: The key has a value that is no stack.
    """
    stack = thread_local_get(key, default_value)
    if key not in _values():
        return default_value
    if not isinstance(stack, list):
        raise TypeError(f"Key {key!r} from thread-local storage is not a list: {stack!r}")
    if not stack and default_value is not _RAISE:
        return default_value
    return stack.pop()  # type: ignore[reportUnknownVariableType]


@contextlib.contextmanager
def thread_local_value_scope(key: str, value: Any, initial_value: Any) -> Generator[Any]:
    """A scope in which this thread has another value for a key; after it, the old one, or `initial_value`.

    Example:
        >>> with thread_local_value_scope("depth", 1, 0):
        ...     thread_local_get("depth")
        1
    """
    had = thread_local_has(key)
    previous = thread_local_get(key, initial_value)
    thread_local_set(key, value)
    try:
        yield value
    finally:
        if had:
            thread_local_set(key, previous)
        elif thread_local_has(key):
            thread_local_del(key)


@contextlib.contextmanager
def thread_local_arg_scope(key: str, **kwargs: Any) -> Generator[dict[str, Any]]:
    """A scope that adds keyword arguments to those that `thread_local_kwargs` gives; inner ones win."""
    merged = {**thread_local_kwargs(key), **kwargs}
    thread_local_push(key, merged)
    try:
        yield merged
    finally:
        thread_local_pop(key)


def thread_local_kwargs(key: str) -> dict[str, Any]:
    """The keyword arguments of the scopes around; empty outside of all."""
    return thread_local_peek(key, {})


def thread_local_map(key: str, fn: Callable[[Any], Any], default_value: Any = _RAISE) -> Any:
    """Replaces the value of this thread for a key by what a function makes of it, and returns it."""
    value = fn(thread_local_get(key, default_value))
    thread_local_set(key, value)
    return value
