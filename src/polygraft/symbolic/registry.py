"""Names of types in files: type name → class, and back.

Only classes in this table can be named by a file that is loaded without trust. Classes enter it when they are made
symbolic. The table maps a name to the class registered last (so that a notebook cell can be run again).
"""

from __future__ import annotations

import re
import sys
import weakref
from collections.abc import Iterable, Iterator
from typing import Any

from polygraft.symbolic.flags import PROCESS
from polygraft.symbolic.services import load_registrars

#: Names that a package of the library registers when it is imported.
_OWN_PREFIXES = ("polygraft.", "pyglove.", "hyper.", "geno.")

_classes: dict[str, type] = {}
_names: dict[type, str] = {}
_repeated: weakref.WeakSet[type] = weakref.WeakSet()


def register(cls: type, name: str, aliases: Iterable[str] = ()) -> None:
    """Registers `cls` to be written as `name`, and to be read under `name` and `aliases`.

    Raises:
        KeyError: Another class has one of the names, and that is not allowed (`allow_repeated_class_registration`).
    """
    aliases = list(aliases)
    if not PROCESS.repeated_class_registration:
        for key in (name, *aliases):
            if _classes.get(key, cls) is not cls:
                raise KeyError(
                    f"Type {key!r} has already been registered with class {_classes[key].__name__}."
                )
    _names[cls] = name
    _classes[name] = cls
    for alias in aliases:
        _classes[alias] = cls


def register_new(cls: type, name: str) -> None:
    """Registers a class that has just been created: by its statement alone it may take the place of another one.

    Where repeated registration is not allowed, declaring more of it (`refuse_repeated`) is an error then.
    """
    if not PROCESS.repeated_class_registration and _classes.get(name, cls) is not cls:
        _repeated.add(cls)
    _names[cls] = name
    _classes[name] = cls


def refuse_repeated(cls: type) -> None:
    """Raises `KeyError` if the class took the place of another one where that was not allowed."""
    if cls in _repeated and not PROCESS.repeated_class_registration:
        raise KeyError(
            f"Type {_names[cls]!r} has already been registered with class {cls.__name__}."
        )


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


# -- public names ----------------------------------------------------------------------------------
_PRIVATE = frozenset({"src", "internal", "impl"})


def is_private(module: str) -> bool:
    """True if a part of the module's path says that it is not for users."""
    return any(
        (part.startswith("_") and part != "__main__") or part in _PRIVATE
        for part in module.split(".")
    )


def public_name(symbol: Any) -> str | None:
    """The shortest public path, among the modules loaded, that exposes a class or function; None if it has no other.

    For a symbol of a private module (`keras.src…`, `optax._src…`) any path in the same top package counts; for others
    only those of the packages around it, which exist to be imported from (`torch.nn` for `torch.nn.modules.linear`).
    """
    module, name = symbol.__module__, symbol.__name__
    if symbol.__qualname__ != name or not module:
        return None
    if not is_private(module):
        parts = module.split(".")
        around = (".".join(parts[:i]) for i in range(1, len(parts)))
        return next((f"{path}.{name}" for path in around if _exposes(path, name, symbol)), None)
    paths = _public_modules(module.partition(".")[0])
    return next((f"{path}.{name}" for path in paths if _exposes(path, name, symbol)), None)


#: Package → (what was loaded at the time, its public modules, shortest path first). Going through all modules for each
#: class would take most of the time of making one symbolic.
_scans: dict[str, tuple[tuple[int, str], list[str]]] = {}


def _public_modules(top: str) -> list[str]:
    modules = list(sys.modules)  # at once: other threads import
    loaded = len(modules), modules[-1]
    scan = _scans.get(top)
    if scan is None or scan[0] != loaded:
        prefix = top + "."
        found = [p for p in modules if p == top or p.startswith(prefix)]
        public = sorted(
            (p for p in found if not is_private(p)), key=lambda p: (p.count("."), len(p))
        )
        scan = _scans[top] = loaded, public
    return scan[1]


def _exposes(path: str, name: str, symbol: Any) -> bool:
    return getattr(sys.modules.get(path), "__dict__", {}).get(name) is symbol
