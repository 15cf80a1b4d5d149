"""Under which attribute an object can be found at run time: the names of what a constructor has made.

A name is the way from the object that was constructed: `conv1`, `layers/0`, `encoder/attention/out`. It leads through
attributes, lists, tuples and dicts, and through plain objects, such as modules that are not symbolic.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from types import FunctionType, MethodType, ModuleType
from typing import Any, cast

from polygraft.symbolic.node import SAFE_TYPES
from polygraft.symbolic.wrapping.meta import WrapperMeta

#: Attributes whose items pass for attributes of the object itself: PyTorch keeps submodules so.
_TRANSPARENT = frozenset({"_modules"})
#: So many objects are looked at; what is not found by then is named by the order of calls.
_BUDGET = 20_000
_NEVER_ENTERED = (type, ModuleType, FunctionType, MethodType)


def find(attributes: Iterable[tuple[str, Any]], wanted: dict[int, int]) -> dict[int, str]:
    """Finds objects among and below the attributes of an object, nearest first, public names before others.

    Args:
        attributes: Name → value of the object.
        wanted: `id` of an object → its number.

    Returns:
        Number → name, for those that were found. Wrapped objects are not entered.
    """
    found: dict[int, str] = {}
    seen: set[int] = set()
    queue: deque[tuple[str, Iterator[tuple[Any, Any]]]] = deque([("", _ordered(attributes))])
    budget = _BUDGET
    while queue and len(found) < len(wanted) and budget > 0:
        prefix, children = queue.popleft()
        for step, child in children:
            budget -= 1
            if type(child) in SAFE_TYPES:
                continue
            name = f"{prefix}/{step}" if prefix else str(step)
            number = wanted.get(id(child))
            if number is not None:
                found.setdefault(number, name)
            elif id(child) not in seen and (below := _children(child)) is not None:
                seen.add(id(child))
                queue.append((name, below))
    return found


def _ordered(attributes: Iterable[tuple[str, Any]]) -> Iterator[tuple[Any, Any]]:
    """Attributes with public names first; items of transparent ones among them."""
    hidden: list[tuple[Any, Any]] = []
    for name, value in attributes:
        if name in _TRANSPARENT and isinstance(value, dict):
            yield from cast("dict[Any, Any]", value).items()
        elif type(name) is str and name.startswith("_"):
            hidden.append((name, value))
        else:
            yield name, value
    yield from hidden


def _children(x: Any) -> Iterator[tuple[Any, Any]] | None:
    """What can be found below an object; None for what is not entered."""
    if isinstance(x, (list, tuple)):
        return enumerate(cast("list[Any]", x))
    if isinstance(x, dict):
        return iter(cast("dict[Any, Any]", x).items())
    if isinstance(x, _NEVER_ENTERED) or isinstance(type(x), WrapperMeta):
        return None
    try:
        own = object.__getattribute__(x, "__dict__")
    except AttributeError:
        return None
    return _ordered(own.items()) if own else None
