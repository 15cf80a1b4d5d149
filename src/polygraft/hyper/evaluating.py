"""Scopes in which building a placeholder gives a value at once: the ground of define-by-run.

Each scope has a function from placeholders to values. Scopes of a thread lie on a stack of their own, those of the
process on another one; the innermost scope of the thread decides, or else that of the process. Only calls of a
placeholder's class are looked at: clones, pickles and decoded programs are made past them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from polygraft.symbolic.object_ import ObjectMeta

Evaluate = Callable[[Any], Any]


class Scope(NamedTuple):
    """One scope.

    Attributes:
        evaluate: From a placeholder to what building it gives; None to leave placeholders as they are.
        owner: Whatever opened the scope.
    """

    evaluate: Evaluate | None
    owner: Any


class _OfThread(threading.local):
    def __init__(self) -> None:
        self.scopes: list[Scope] = []


_thread = _OfThread()
_process: list[Scope] = []


def scopes(per_thread: bool) -> list[Scope]:
    """The open scopes of this thread, or of the process, the innermost last."""
    return _thread.scopes if per_thread else _process


class HyperMeta(ObjectMeta):
    """Metaclass of placeholders: within a scope, calling the class gives a value."""

    if not TYPE_CHECKING:  # to a type checker, calling a class makes an instance

        def __call__(cls, /, *args: Any, **kwargs: Any) -> Any:
            made = super().__call__(*args, **kwargs)
            open_ = _thread.scopes or _process
            if not open_:
                return made
            evaluate = open_[-1].evaluate
            return made if evaluate is None else evaluate(made)


@contextmanager
def opened(evaluate: Evaluate | None, owner: Any, per_thread: bool) -> Generator[None, None, None]:
    """Opens a scope for the time of a `with` statement."""
    stack, scope = scopes(per_thread), Scope(evaluate, owner)
    stack.append(scope)
    try:
        yield
    finally:
        # From the end: other threads may have opened scopes of the process since.
        for i in range(len(stack) - 1, -1, -1):
            if stack[i] is scope:
                del stack[i]
                break


@contextmanager
def dynamic_evaluate(
    evaluate_fn: Evaluate | None,
    yield_value: Any = None,
    exit_fn: Callable[[], Any] | None = None,
    per_thread: bool = True,
) -> Generator[Any, None, None]:
    """A scope in which building a placeholder gives what a function makes of it.

    Args:
        evaluate_fn: From a placeholder to a value; None to get placeholders again within another scope.
        yield_value: What `with … as` gives.
        exit_fn: Is called at the end, if no exception ends the scope.
        per_thread: Whether other threads are left alone.

    Raises:
        ValueError: A function is none.

    Example:
        >>> import polygraft as pg
        >>> with pg.hyper.dynamic_evaluate(lambda placeholder: placeholder.candidates[-1]):
        ...     pg.oneof([1, 2, 3])
        3
    """
    if evaluate_fn is not None and not callable(cast(Any, evaluate_fn)):
        raise ValueError(
            f"'evaluate_fn' must be either None or a callable object. Encountered: {evaluate_fn!r}."
        )
    if exit_fn is not None and not callable(cast(Any, exit_fn)):
        raise ValueError(f"'exit_fn' must be a callable object. Encountered: {exit_fn!r}.")
    with opened(evaluate_fn, None, per_thread):
        yield yield_value
    if exit_fn is not None:
        exit_fn()
