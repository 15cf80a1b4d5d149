"""The names of Keras, which has no types, and small questions about its objects."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any, cast

from polygraft.symbolic.node import OPS, SAFE_TYPES, Kind
from polygraft.symbolic.walking import walk
from polygraft.symbolic.wrapping.base import is_wrapper
from polygraft.symbolic.wrapping.record import type_of

keras: Any = importlib.import_module("keras")


def is_wrapped(v: Any) -> bool:
    """True for instances of symbolized classes, built or not."""
    return type(v) not in SAFE_TYPES and OPS[type(v)].kind is Kind.WRAPPED


def exists(x: Any) -> bool:
    """True if the wrapped `x` is neither deferred nor in its constructor."""
    ops: Any = OPS[type(x)]
    return (
        ops.record_or_none(x) is not None
        and not ops.is_deferred(x)
        and type(x) is not ops.building_type
    )


def record(x: Any) -> Any:
    """The record of a wrapped object, or None."""
    ops: Any = OPS[type(x)]
    return ops.record_or_none(x)


def notes(x: Any) -> dict[str, Any]:
    """Where notes on a wrapped object are kept: they outlive its run-time state, and are not cloned."""
    rec = OPS[type(x)].own_link(x)
    if rec.aside is None:
        rec.aside = {}
    return rec.aside


def wrapped_below(x: Any, base: type) -> list[Any]:
    """Symbolized instances of `base` among the arguments of `x`, at any depth; each once."""
    found = {
        id(v): v
        for _, v, _ in walk(x)
        if v is not x and is_wrapped(v) and issubclass(OPS[type(v)].type, base)
    }
    return list(found.values())


def leaves(values: Any) -> Iterator[Any]:
    """The values in lists, tuples and dicts, at any depth."""
    kind = type_of(values)
    if issubclass(kind, (list, tuple, dict)):
        for v in values.values() if issubclass(kind, dict) else values:
            yield from leaves(v)
    else:
        yield values


def mapped(v: Any, change: Callable[[Any], Any]) -> Any:
    """A list, tuple or dict of the changed items; other values as they are."""
    kind = type_of(v)
    if kind is dict:
        return {k: change(item) for k, item in v.items()}
    if kind is tuple:
        return tuple(change(item) for item in v)
    return [change(item) for item in v] if kind is list else v


class Noted:
    """A method of a framework's class, after which something is noted on the object.

    On the class it is the plain function, because Keras asks whether a class has overridden it.

    Attributes:
        owner: The wrapper, or subclass of one, that has it.
        name: The name of the method.
        after: Called with the object and the arguments when the method has returned.
    """

    def __init__(self, owner: type, name: str, after: Callable[..., None]):
        self.owner = owner
        self.name = name
        self.after = after
        self.own = vars(owner).get(name)

    def plain(self, x: Any, cls: Any) -> Any:
        """The method that is noted: the owner's own, or the one that it has inherited."""
        if self.own is not None:
            return self.own.__get__(x, cls)
        return getattr(cast("Any", super)(self.owner, cls if x is None else x), self.name)

    def __get__(self, x: Any, cls: Any = None) -> Any:
        plain = self.plain(x, cls)
        if x is None:
            return plain

        def call(*args: Any, **kwargs: Any) -> Any:
            result = plain(*args, **kwargs)
            if exists(x):
                self.after(x, args, kwargs)
            return result

        call.__name__, call.__doc__ = self.name, plain.__doc__
        call.__wrapped__ = plain  # pyright: ignore[reportFunctionMemberAccess]
        return call


def note_calls(cls: Any, name: str, after: Callable[..., None]) -> None:
    """Gives a wrapper the noted form of a method, and likewise a subclass of one that has its own."""
    if is_wrapper(cls) or name in vars(cls):
        type.__setattr__(cls, name, Noted(cls, name, after))
