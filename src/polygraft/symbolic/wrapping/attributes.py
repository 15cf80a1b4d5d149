"""Under which attribute an object can be found at run time: the names of what a constructor has made.

A name is the way from the object that was constructed: `conv1`, `layers/0`, `encoder/attention/out`. It leads through
attributes, lists, tuples and dicts, and through plain objects, such as modules that are not symbolic.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import FunctionType, MethodType, ModuleType
from typing import Any, cast

from polygraft.symbolic.node import SAFE_TYPES
from polygraft.symbolic.wrapping.meta import WrapperMeta
from polygraft.symbolic.wrapping.record import type_of

#: Attributes whose items pass for attributes of the object itself: PyTorch keeps submodules so.
_TRANSPARENT = frozenset({"_modules"})
#: So many values are looked at; what is not found by then is named by the order of calls.
_BUDGET = 20_000

#: How a value is entered: not at all, as a list, a dict, or an object with attributes.
_LEAF, _LIST, _DICT, _OBJECT = range(4)
_kinds: dict[type, int] = dict.fromkeys(SAFE_TYPES, _LEAF)


def find(attributes: dict[str, Any], wanted: dict[int, int]) -> dict[int, str]:
    """Finds objects among and below the attributes of an object, nearest first, public names before others.

    Args:
        attributes: Name → value of the object.
        wanted: `id` of an object → its number.

    Returns:
        Number → name, for those that were found. Wrapped objects are not entered.
    """
    found: dict[int, str] = {}
    seen: set[int] = set()
    queue: list[tuple[str, Any, int]] = [("", attributes, _OBJECT)]
    budget = _BUDGET
    for prefix, holder, kind in queue:
        for step, child in _items(holder, kind):
            t: Any = type_of(child)
            below = _kinds.get(t)
            if below is None:
                below = _kinds[t] = _kind(t)
            number = wanted.get(id(child))
            if number is not None and t not in SAFE_TYPES:
                found.setdefault(number, f"{prefix}{step}")
                if len(found) == len(wanted):
                    return found
            elif below and id(child) not in seen:
                seen.add(id(child))
                if below == _OBJECT:
                    child = object.__getattribute__(child, "__dict__")
                if child:
                    queue.append((f"{prefix}{step}/", child, below))
                    budget -= len(child)
        if budget < 0:
            break
    return found


def _items(holder: Any, kind: int) -> Iterable[tuple[Any, Any]]:
    """What a holder holds; attributes with public names first, and items of transparent ones among them."""
    if kind == _LIST:
        return cast("Iterable[Any]", enumerate(holder))
    if kind == _DICT:
        return holder.items()
    shown: list[tuple[Any, Any]] = []
    hidden: list[tuple[Any, Any]] = []
    for item in holder.items():
        name = item[0]
        if name[:1] != "_":
            shown.append(item)
        elif name in _TRANSPARENT:
            shown.extend(item[1].items())
        else:
            hidden.append(item)
    return shown + hidden


def _kind(cls: Any) -> int:
    if isinstance(cls, WrapperMeta) or issubclass(
        cls, (type, ModuleType, FunctionType, MethodType)
    ):
        return _LEAF
    if issubclass(cls, (list, tuple)):
        return _LIST
    if issubclass(cls, dict):
        return _DICT
    return _OBJECT if cls.__dictoffset__ else _LEAF
