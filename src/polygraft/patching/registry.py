"""Patchers by name: what `@pg.patcher` fills and URIs look up.

Rules are shared by name, so a name means one rule: another function's patcher under a taken name is refused. The same
definition executed again (a notebook cell, a reloaded module, a script that is imported as a module too) takes the
place of its former self. A name may carry a namespace, `team.change_lr`, and is then always written with it: what a
URI means does not depend on which modules happen to be imported.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from polygraft.errors import UnknownKeyError, did_you_mean

#: A name with its namespaces.
NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


@dataclasses.dataclass
class _Settings:
    """Whether a taken name may be registered again; None allows it to the same definition only."""

    allow_repeated: bool | None = None


_patchers: dict[str, type[Any]] = {}
_settings = _Settings()


def register_patcher(name: str, cls: type[Any], fn: Any, replace: bool = False) -> None:
    """Registers the patcher class that was made of a function.

    Raises:
        KeyError: The name is taken by another definition, and is not to be replaced.
    """
    refuse_taken(name, fn, replace)
    _patchers[name] = cls


def refuse_taken(name: str, fn: Any, replace: bool = False) -> None:
    """Raises `KeyError` if the name is taken and may not be taken by a patcher of `fn`."""
    known = _patchers.get(name)
    if known is None or replace or _settings.allow_repeated is True:
        return
    if _settings.allow_repeated is False:
        raise KeyError(f"Patcher {name!r} already registered.")
    before: Any = known.patcher_function()
    if not _same_definition(before, fn):
        raise KeyError(
            f"Patcher {name!r} is already registered by {_described(before)}; {_described(fn)} needs another name. "
            f"Give it a namespace, as in `@pg.patcher(name='my_team.{name.rpartition('.')[2]}')`, or, to have it in "
            f"place of the first, `@pg.patcher(..., replace=True)`."
        )


def _same_definition(before: Any, fn: Any) -> bool:
    """True if two functions come from one `def`, executed twice."""
    if before.__qualname__ != fn.__qualname__:
        return False
    if before.__module__ == fn.__module__:
        return True
    # One file under two names: a script that is imported, too. Cells and texts have no file ('<...>').
    a, b = getattr(before, "__code__", None), getattr(fn, "__code__", None)
    return (
        a is not None
        and b is not None
        and a.co_filename == b.co_filename
        and a.co_firstlineno == b.co_firstlineno
        and not a.co_filename.startswith("<")
    )


def _described(fn: Any) -> str:
    code = getattr(fn, "__code__", None)
    where = f" ({code.co_filename}:{code.co_firstlineno})" if code is not None else ""
    return f"`{fn.__module__}.{fn.__qualname__}`{where}"


def find_patcher(name: str) -> type[Any]:
    """The patcher class of a name, which is given in full.

    Raises:
        KeyError: There is none.
    """
    try:
        return _patchers[name]
    except KeyError:
        raise UnknownKeyError(
            f"Patcher {name!r} is not registered.{_hint(name)}", value=name
        ) from None


def registered() -> Mapping[str, type[Any]]:
    """Name → patcher class."""
    return _patchers


def _hint(name: str) -> str:
    """Names that were meant, maybe: the same one of a namespace, or a similar one."""
    last = name.rpartition(".")[2]
    elsewhere = [repr(known) for known in _patchers if known.rpartition(".")[2] == last]
    if elsewhere:
        return f" Did you mean {' or '.join(elsewhere)}?"
    return did_you_mean(name, _patchers)


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


def allow_repeated_patcher_registration(allow: bool | None = True) -> None:
    """Sets whether a name may be registered again, everywhere.

    Args:
        allow: True lets any patcher take a name (the last one wins), False none. None, as it is from the start, lets
            the same definition be executed again, and refuses another one.
    """
    _settings.allow_repeated = allow
