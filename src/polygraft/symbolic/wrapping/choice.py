"""Which classes of a module are meant where someone says "its classes"."""

from __future__ import annotations

import enum
import inspect
import sys
import typing
import warnings
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from polygraft.errors import did_you_mean
from polygraft.symbolic.base import Symbolic
from polygraft.symbolic.wrapping.base import ClassWrapper
from polygraft.symbolic.wrapping.meta import is_c_layout

#: A class is a base class if it is the top of a family of this many in its module …
_FAMILY = 5
#: … or if this many classes of its own package derive from it directly.
_CHILDREN = 10

Where = Callable[[Any], bool] | None


def classes_of(module: ModuleType, where: Where) -> dict[str, Any]:
    """Name → class, in the order of `dir`, each class once."""
    found: dict[str, Any] = {}
    for name, cls in _public_classes(module).items():
        if cls not in found.values() and is_chosen(module, name, cls, where):
            found[name] = cls
    return found


def named_classes(module: ModuleType, names: Iterable[str], where: Where) -> dict[str, Any]:
    """The same for given names.

    Raises:
        AttributeError, TypeError: There is no such name, or it is no class.
    """
    found: dict[str, Any] = {}
    for name in names:
        if not hasattr(module, name):
            hint = did_you_mean(name, dir(module))
            raise AttributeError(f"module {module.__name__!r} has no class {name!r}.{hint}")
        cls = getattr(module, name)
        if not isinstance(cls, type):
            raise TypeError(f"{module.__name__}.{name} is not a class. Encountered: {cls!r}.")
        if cls not in found.values() and (where is None or where(cls)):
            found[name] = cls
    return found


def is_chosen(module: ModuleType, name: str, cls: Any, where: Where) -> bool:
    """True if a class that nobody has named is meant."""
    return (
        not name.startswith("_")
        and _is_program(cls)
        and not _is_foreign(module, cls)
        and not inspect.isabstract(cls)
        and (where is None or where(cls))
        and not _is_base(module, cls)
    )


def _public_classes(module: ModuleType) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in dir(module):
        if name.startswith("_"):
            continue
        value = vars(module).get(name)
        if value is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # deprecated names
                value = getattr(module, name, None)
        if isinstance(value, type):
            found[name] = value
    return found


def _is_program(cls: Any) -> bool:
    """True if calls of the class may be parts of a program: not values, enumerations, types of types."""
    if issubclass(cls, Symbolic):
        return issubclass(cls, ClassWrapper)
    return not (
        issubclass(cls, (enum.Enum, type))
        or typing.is_typeddict(cls)
        or getattr(cls, "_is_protocol", False)
        or cls is object
        or is_c_layout(cls)
        or not cls.__flags__ & _HEAP_TYPE
    )


_HEAP_TYPE = 1 << 9


def _is_foreign(module: ModuleType, cls: Any) -> bool:
    """True if the class comes from the standard library, and the module does not."""
    return _top(cls.__module__) in sys.stdlib_module_names and (
        _top(module.__name__) not in sys.stdlib_module_names
    )


def _top(name: Any) -> str:
    return str(name).partition(".")[0]


def _is_base(module: ModuleType, cls: Any) -> bool:
    """True if the class is there to be derived from: `isinstance` with it must hold for plain objects, too."""
    top = _top(cls.__module__)
    children = [
        c
        for c in type.__subclasses__(cls)
        if not issubclass(c, ClassWrapper) and _top(c.__module__) == top
    ]
    if len(children) >= _CHILDREN:
        return True
    others = [c for c in set(_public_classes(module).values()) if c is not cls]
    return sum(issubclass(c, cls) for c in others) >= _FAMILY and not any(
        issubclass(cls, c) for c in others
    )
