"""Dictionaries whose items read as attributes, for user data, metadata and the state of algorithms."""

from __future__ import annotations

from typing import Any


class AbsentAttributeError(AttributeError, KeyError):
    """A missing entry: a `KeyError`, as for any dict, that `hasattr` and `getattr` understand too."""

    def __str__(self) -> str:
        return KeyError.__str__(self)


class AttributeDict(dict[Any, Any]):
    """A dict with attribute access: `d.x` is `d['x']`, `d.x = v` writes the key.

    Example:
        >>> d = AttributeDict(x=1)
        >>> d.y = 2
        >>> d.x, d, hasattr(d, "z")
        (1, {'x': 1, 'y': 2}, False)
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AbsentAttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        try:
            del self[name]
        except KeyError:
            raise AbsentAttributeError(name) from None
