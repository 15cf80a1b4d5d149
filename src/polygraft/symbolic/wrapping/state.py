"""Runtime state of an object: what it has besides its record. Taken, emptied and put back without running user code."""

from __future__ import annotations

from typing import Any

from polygraft.symbolic.wrapping.record import type_of
from polygraft.symbolic.wrapping.signature import ClassInfo

set_class = vars(object)["__class__"].__set__

_ABSENT: Any = object()


def take(x: Any, info: ClassInfo) -> tuple[type, Any, list[Any]]:
    """The class, the `__dict__` (not a copy) and the slots of `x`."""
    return (
        type_of(x),
        info.dict.__get__(x) if info.dict is not None else None,
        [_slot(d, x) for d in info.slots],
    )


def _slot(descriptor: Any, x: Any) -> Any:
    try:
        return descriptor.__get__(x)
    except AttributeError:
        return _ABSENT


def empty(x: Any, info: ClassInfo) -> None:
    """Leaves nothing in `x` but its record. A `__dict__` taken before stays as it was."""
    if info.dict is not None:
        info.dict.__set__(x, {})
    for d in info.slots:
        try:
            d.__delete__(x)
        except AttributeError:
            pass


def put_back(x: Any, info: ClassInfo, taken: tuple[type, Any, list[Any]]) -> None:
    """Makes the state of `x` what it was when it was taken."""
    cls, attributes, slots = taken
    set_class(x, cls)
    if info.dict is not None:
        info.dict.__set__(x, attributes)
    for d, value in zip(info.slots, slots, strict=True):
        if value is not _ABSENT:
            d.__set__(x, value)
        elif _slot(d, x) is not _ABSENT:
            d.__delete__(x)


def move(source: Any, target: Any, info: ClassInfo) -> None:
    """Gives `target` the state of `source`, which another `__new__` has made in its place."""
    _, attributes, slots = take(source, info)
    if info.dict is not None:
        info.dict.__set__(target, attributes)
    for d, value in zip(info.slots, slots, strict=True):
        if value is not _ABSENT:
            d.__set__(target, value)
