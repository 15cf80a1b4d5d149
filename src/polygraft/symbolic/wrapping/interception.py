"""Redirecting calls of classes: within a scope, `C(...)` makes something else.

It concerns whoever calls the class, however they came by it (imported names, default arguments, closures), in this
thread and context only. Exact calls are redirected: not those of subclasses, nor `C.__new__(C)`. What stands in a table
of redirections: class → its wrapper (the call becomes one of the wrapper, with all that this entails), another class,
a function (`function(C, *args, **kwargs)`), or `Later`. `hooks.py` has what is done to the classes.
"""

from __future__ import annotations

import dis
import functools
import sys
import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from types import CodeType
from typing import Any

from polygraft.symbolic.node import OPS
from polygraft.symbolic.wrapping.base import ClassWrapper
from polygraft.symbolic.wrapping.deferred import Silent
from polygraft.symbolic.wrapping.hooks import PASS, hook
from polygraft.symbolic.wrapping.meta import WrapperMeta, is_plain_layout
from polygraft.symbolic.wrapping.record import type_of
from polygraft.symbolic.wrapping.state import set_class


class Later:
    """A target that is made when the class is first called: `make(C)` → a wrapper, or None for "leave it"."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[Any], Any]):
        self.make = make


class Table(dict[Any, Any]):
    """Redirections, class → target, whose classes are hooked: `redirecting` enters it without further ado."""


def table_of(mapping: Mapping[Any, Any]) -> Table:
    """Hooks the classes of a mapping.

    Raises:
        TypeError: A class cannot be hooked. Nothing is redirected then.
    """
    for cls in mapping:
        hook(cls, SCOPE.get, _redirect)
    return Table(mapping)


class Scope:
    """What is redirected, and the scope around."""

    __slots__ = ("outer", "table")

    def __init__(self, table: Table, outer: Scope | None):
        self.table = table
        self.outer = outer


SCOPE: ContextVar[Scope | None] = ContextVar("polygraft_redirections", default=None)


def current() -> Table:
    """The redirections in force: to be entered again later (`redirecting`), or looked at."""
    scope = SCOPE.get()
    return _NOTHING if scope is None else scope.table


_NOTHING = Table()


class redirecting:
    """A scope in which calls of the classes in `mapping` make what stands there.

    May be entered any number of times, also by several threads. Of nested scopes, the outer one decides about a class
    that both name; where the target in the inner one is redirected by the outer one, it is followed there.

    Args:
        mapping: Class → target. A `Table` (see `table_of`, `current`) is entered at no cost.
    """

    __slots__ = ("_table",)

    def __init__(self, mapping: Mapping[Any, Any]):
        self._table = mapping if type(mapping) is Table else table_of(mapping)

    def __enter__(self) -> Table:
        outer = SCOPE.get()
        table = self._table
        if outer is not None and outer.table is not table:
            inner = {
                s: outer.table.get(d, d) if isinstance(d, type) else d for s, d in table.items()
            }
            table = Table(inner | outer.table)
        SCOPE.set(Scope(table, outer))
        return table

    def __exit__(self, *error: object) -> None:
        scope = SCOPE.get()
        SCOPE.set(None if scope is None else scope.outer)


# -- one call --------------------------------------------------------------------------------------
class _Real(threading.local):
    """The class whose next call, which comes at once, is not to be redirected."""

    cls: Any = None


_real = _Real()


def really(cls: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Calls a class itself, also where it is redirected; calls that this leads to are redirected as ever."""
    if cls not in current():
        return cls(*args, **kwargs)
    _real.cls = cls
    try:
        return cls(*args, **kwargs)
    finally:
        _real.cls = None


def _redirect(source: Any, args: tuple[Any, ...], kwargs: dict[str, Any], finish: bool) -> Any:
    """What `source(*args, **kwargs)` makes in the present scope, or `PASS`.

    Args:
        source: The class that was called; it is in the table.
        args, kwargs: Its arguments.
        finish: True if Python is going to initialize the result once more.
    """
    if _real.cls is source:
        _real.cls = None
        return PASS
    if finish and _is_direct(sys._getframe(2)):  # pyright: ignore[reportPrivateUsage]
        return PASS
    scope: Any = SCOPE.get()
    target = scope.table[source]
    if type(target) is Later:
        target = target.make(source)
        if target is None:
            return PASS
    if isinstance(target, WrapperMeta):
        ops: Any = OPS[target]
        if finish and not args and not kwargs and ops.info.required:
            return PASS  # unpickling makes objects so; if it was a call, the class complains as it always does
        made = really(target, *args, **kwargs) if target in scope.table else ops.call(args, kwargs)
    elif isinstance(target, type):
        if finish and issubclass(target, source) and type_of(target).__call__ is type.__call__:
            return _without_init(target, args, kwargs)
        made = really(target, *args, **kwargs)
    else:
        made = _from_function(target, source, scope, args, kwargs)
        finish = finish and isinstance(made, ClassWrapper)
    return once(made) if finish and issubclass(type_of(made), source) else made


def _without_init(cls: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What `__new__` of a class returns; Python initializes it."""
    _real.cls = cls
    try:
        return cls.__new__(cls, *args, **kwargs)
    finally:
        _real.cls = None


def _from_function(
    function: Any, source: Any, scope: Scope, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Calls a function that stands for `source`: within it, `source` is itself."""
    table = Table(scope.table)
    del table[source]
    SCOPE.set(Scope(table, scope))
    try:
        return function(source, *args, **kwargs)
    finally:
        SCOPE.set(scope)


def _is_direct(frame: Any) -> bool:
    """True if the frame is not calling the class, but its `__new__` (copying does so)."""
    code = frame.f_code
    return "__new__" in code.co_names and _calls_new(code, frame.f_lasti)


@functools.lru_cache(maxsize=256)
def _calls_new(code: CodeType, at: int) -> bool:
    """True if the call at an instruction is one of the form `….__new__(…)`: both begin at the same place."""
    found = {i.offset: i for i in dis.get_instructions(code)}
    call = found.get(at)
    start = call.positions[:1] + call.positions[2:3] if call and call.positions else None
    return any(
        i.argval == "__new__" and i.positions and i.positions[:1] + i.positions[2:3] == start
        for i in found.values()
    )


# -- the second initialization ---------------------------------------------------------------------
_returned: dict[type, type] = {}


def once(x: Any) -> Any:
    """Makes the next `__init__` of `x` do nothing: Python calls it on what a `__new__` returns. Returns `x`.

    Until then `x` is of a class of its own, which gives way at the first touch.
    """
    cls = type_of(x)
    made = _returned.get(cls)
    if made is None:
        made = _returned.setdefault(cls, _returned_class(cls))
    set_class(x, made)
    return x


def _returned_class(cls: Any) -> Any:
    def __init__(self: Any, /, *args: Any, **kwargs: Any) -> None:
        set_class(self, cls)

    def __getattribute__(self: Any, name: str) -> Any:
        set_class(self, cls)
        return getattr(self, name)

    def __setattr__(self: Any, name: str, value: Any) -> None:
        set_class(self, cls)
        setattr(self, name, value)

    body = {
        "__slots__": (),
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__init__": __init__,
        "__getattribute__": __getattribute__,
        "__setattr__": __setattr__,
    }
    make: Any = type.__new__
    return make(type_of(cls), cls.__name__, _bases(cls), body)


def _bases(cls: Any) -> tuple[Any, ...]:
    """Bases of a class whose instances have the layout of those of `cls`, and for which no hook of the user's runs."""
    if issubclass(cls, Silent):
        return (cls,)
    if not is_plain_layout(cls):
        return Silent, cls
    offsets = {"__dict__": cls.__dictoffset__, "__weakref__": cls.__weakrefoffset__}
    body = {
        "__slots__": [name for name, offset in offsets.items() if offset],
        "__init_subclass__": vars(Silent)["__init_subclass__"],
    }
    return type("Silent", (), body), cls
