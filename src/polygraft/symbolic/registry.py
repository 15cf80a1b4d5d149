"""Names of types in files: type name → class, and back.

Only classes in this table can be named by a file that is loaded without trust. Classes enter it when they are made
symbolic. The table maps a name to the class registered last (so that a notebook cell can be run again).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from polygraft.symbolic.services import load_registrars

#: Names that a package of the library registers when it is imported.
_OWN_PREFIXES = ("polygraft.", "pyglove.", "hyper.", "geno.")

_classes: dict[str, type] = {}
_names: dict[type, str] = {}


def register(cls: type, name: str, aliases: Iterable[str] = ()) -> None:
    """Registers `cls` to be written as `name`, and to be read under `name` and `aliases`."""
    _names[cls] = name
    _classes[name] = cls
    for alias in aliases:
        _classes[alias] = cls


def class_of(name: str) -> type | None:
    """The class registered under `name`, or None."""
    cls = _classes.get(name)
    if cls is None and name.startswith(_OWN_PREFIXES):
        load_registrars()
        cls = _classes.get(name)
    return cls


def name_of(cls: type) -> str | None:
    """The name under which `cls` is written, or None if it is not registered."""
    return _names.get(cls)


def registered_types() -> Iterator[tuple[str, type]]:
    """The (name, class) pairs of all classes that files may name."""
    return iter(tuple(_classes.items()))


def default_name(cls: type) -> str:
    """`module.QualName`, without the parts that only say that a class is local."""
    return re.sub(r"<locals>\.", "", f"{cls.__module__}.{cls.__qualname__}")
