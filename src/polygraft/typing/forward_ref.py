"""`ForwardRef`: a class that is named before it exists."""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

_LIBRARY = __name__.partition(".")[0]


class ForwardRef:
    """A reference to a class by module and qualified name, looked up at each use.

    Args:
        module: The module the name is looked up in.
        qualname: The name, with dots for nested classes.
    """

    __slots__ = ("_module", "_qualname")

    def __init__(self, module: types.ModuleType, qualname: str):
        self._module = module
        self._qualname = qualname

    @property
    def module(self) -> types.ModuleType:
        """The module the name is looked up in."""
        return self._module

    @property
    def qualname(self) -> str:
        """The name with dots."""
        return self._qualname

    @property
    def name(self) -> str:
        """The last part of the name."""
        return self._qualname.rpartition(".")[2]

    @property
    def type_id(self) -> str:
        """Module and name."""
        return f"{self._module.__name__}.{self._qualname}"

    def _find(self) -> Any:
        found: Any = self._module
        for name in self._qualname.split("."):
            found = getattr(found, name, None)
            if found is None:
                return None
        return found

    @property
    def resolved(self) -> bool:
        """True once the name exists.

        Raises:
            TypeError: It exists, but is not a class.
        """
        if self._find() is None:
            return False
        _ = self.cls  # raises if it is not a class
        return True

    @property
    def cls(self) -> type[Any]:
        """The class.

        Raises:
            TypeError: The name does not exist, or is not a class.
        """
        found = self._find()
        if found is None:
            raise TypeError(
                f"{self._qualname!r} does not exist in module {self._module.__name__!r}"
            )
        if not isinstance(found, type):
            raise TypeError(
                f"{self._qualname!r} from module {self._module.__name__!r} is not a class."
            )
        return found

    def as_annotation(self) -> type[Any] | str:
        """Returns the class, or its name while that does not exist."""
        return self.cls if self.resolved else self._qualname

    def __repr__(self) -> str:
        return f"ForwardRef(module={self._module.__name__!r}, name={self._qualname!r})"

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, ForwardRef):
            return self._module is other._module and self._qualname == other._qualname
        return isinstance(other, type) and self.resolved and self.cls is other

    def __hash__(self) -> int:
        return hash((self._module.__name__, self._qualname))

    def __copy__(self) -> ForwardRef:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> ForwardRef:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _forward_ref, (self._module.__name__, self._qualname)


def _forward_ref(module_name: str, qualname: str) -> ForwardRef:
    return ForwardRef(importlib.import_module(module_name), qualname)


def calling_module() -> types.ModuleType:
    """Returns the module of the nearest stack frame outside the library."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame is not None:
        name: str = frame.f_globals.get("__name__", "")
        if (
            name.partition(".")[0] not in (_LIBRARY, "abc", "typing", "functools")
            and name in sys.modules
        ):
            return sys.modules[name]
        frame = frame.f_back
    return sys.modules["__main__"]
