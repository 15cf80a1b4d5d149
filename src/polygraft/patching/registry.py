"""Patchers by name: what `@pg.patcher` fills and URIs look up."""

from __future__ import annotations

import dataclasses
from typing import Any

from polygraft.errors import UnknownKeyError, did_you_mean


@dataclasses.dataclass
class _Settings:
    allow_repeated: bool = True


_patchers: dict[str, type[Any]] = {}
_settings = _Settings()


def register_patcher(name: str, cls: type[Any]) -> None:
    """Registers a patcher class.

    Raises:
        KeyError: The name is taken, and repeated registration is not allowed.
    """
    refuse_repeated(name)
    _patchers[name] = cls


def refuse_repeated(name: str) -> None:
    """Raises `KeyError` if the name is taken and may not be taken again."""
    if name in _patchers and not _settings.allow_repeated:
        raise KeyError(f"Patcher {name!r} already registered.")


def find_patcher(name: str) -> type[Any]:
    """The patcher class of a name.

    Raises:
        KeyError: There is none.
    """
    try:
        return _patchers[name]
    except KeyError:
        raise UnknownKeyError(
            f"Patcher {name!r} is not registered.{did_you_mean(name, _patchers)}", value=name
        ) from None


def patcher_names() -> list[str]:
    """The names of all registered patchers.

    Example:
        >>> import polygraft as pg
        >>> @pg.patcher()
        ... def freeze_bias(target):
        ...     return {"use_bias": False}
        >>> "freeze_bias" in pg.patching.patcher_names()
        True
    """
    return list(_patchers)


def allow_repeated_patcher_registration(allow: bool = True) -> None:
    """Sets whether a name may be registered again (the default; the last one wins)."""
    _settings.allow_repeated = allow
