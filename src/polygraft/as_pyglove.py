"""`install_as_pyglove()`: packages that import `pyglove` get this library.

After it the names of PyGlove's modules lead to our modules, the same objects: `pyglove`, `pyglove.core` and
`pyglove.ext` are `polygraft`, and `pyglove.core.symbolic` is `polygraft.symbolic`. A module below a sub-package
(`pyglove.core.symbolic.dict`) is ours of that name where it is public, else the sub-package, which has its names.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

from polygraft.errors import did_you_mean

_ROOTS = ("pyglove", "pyglove.core", "pyglove.ext")
#: Names of PyGlove's sub-packages that are called otherwise here, or are no sub-packages.
_ELSEWHERE = {
    "object_utils": "polygraft.utils",
    "detouring": "polygraft.symbolic.wrapping.detouring",
    "logging": "polygraft.utils.logging",
}
#: Sub-package → the modules that programs import from below it.
_BELOW = {
    "detouring": "class_detour",
    "early_stopping": "base step_wise",
    "evolution": "base hill_climb mutators neat nsga2 recombinators regularized_evolution selectors where",
    "geno": "base categorical custom deduping dna_generator numerical random space sweeping",
    "hyper": (
        "base categorical custom derived dynamic_evaluation evolvable iter numerical object_template"
    ),
    "io": "file_system sequence",
    "mutfun": "base basic_ops",
    "object_utils": "",
    "patching": "object_factory pattern_based rule_based",
    "scalars": "base maths randoms step_wise",
    "symbolic": (
        "base boilerplate class_wrapper compounding contextual_object dict diff error_info flags functor inferred list "
        "object origin pure_symbolic ref symbolize unknown_symbols"
    ),
    "tuning": "backend early_stopping local_backend protocols sample",
    "typing": (
        "annotated annotation_conversion callable_ext callable_signature class_schema custom_typing inspect "
        "json_schema key_specs pytype_support type_conversion typed_missing value_specs"
    ),
    "utils": (
        "common_traits contextual docstr_utils error_utils formatting hierarchical json_conversion missing text_color "
        "thread_local timing value_location"
    ),
}
#: What PyGlove has, we do not, and what to use instead.
_INSTEAD = {
    "coding": "Running generated code is no part of it.",
    "monitoring": "Metrics are no part of it.",
    "views": "Print trees (`print(x)`), or compare them (`pg.diff(x, y)`).",
}


def install_as_pyglove() -> None:
    """Lets packages that import `pyglove` get this library instead, in this process.

    Call it before any of them is imported. Calling it again does nothing.

    Raises:
        RuntimeError: PyGlove itself has been imported already: whoever holds it would mix the two.

    Example:
        >>> import polygraft as pg
        >>> pg.install_as_pyglove()
        >>> import pyglove
        >>> from pyglove.core import symbolic
        >>> pyglove is pg, symbolic is pg.symbolic
        (True, True)
        >>> pg.uninstall_as_pyglove()

    See Also:
        `uninstall_as_pyglove`.
    """
    us = importlib.import_module("polygraft")
    there = sys.modules.get("pyglove")
    if there is us:
        return
    if there is not None:
        raise RuntimeError(
            f"PyGlove has already been imported (from {getattr(there, '__file__', None)}): whoever holds it would mix "
            "it with polygraft. Call `polygraft.install_as_pyglove()` first, before any package that imports pyglove."
        )
    sys.meta_path.insert(0, _FINDER)
    for name in _ROOTS:
        sys.modules[name] = us
    vars(us).update(dict.fromkeys(("core", "ext"), us), logging=_module("pyglove.logging"))


def uninstall_as_pyglove() -> None:
    """Undoes `install_as_pyglove`. Packages that have imported `pyglove` since then keep what they have."""
    us = importlib.import_module("polygraft")
    if _FINDER not in sys.meta_path:
        return
    sys.meta_path.remove(_FINDER)
    for name in [n for n in sys.modules if n == "pyglove" or n.startswith("pyglove.")]:
        del sys.modules[name]
    for name in ("core", "ext", "logging"):
        vars(us).pop(name, None)


def _module(name: str) -> types.ModuleType | None:
    """Our module for a name of PyGlove's, or None."""
    if name in _ROOTS:
        return importlib.import_module("polygraft")
    parts = name.split(".")[1:]
    package, _, below = ".".join(parts[1:] if parts[0] in ("core", "ext") else parts).partition(".")
    ours = _ELSEWHERE.get(package, f"polygraft.{package}")
    if package not in _BELOW and package not in _ELSEWHERE:
        return None
    try:
        module = importlib.import_module(ours)
    except ModuleNotFoundError:
        return None
    if not below:
        return module
    child = getattr(module, below, None)
    if isinstance(child, types.ModuleType) and child.__name__.startswith("polygraft."):
        return child
    return module if below in _BELOW.get(package, "").split() else None


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds our modules under PyGlove's names, and says what there is instead of a name that we do not have."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.startswith("pyglove."):
            if _module(fullname) is None:
                raise ModuleNotFoundError(_absent(fullname), name=fullname)
            return importlib.machinery.ModuleSpec(fullname, self)
        # `from pyglove import x`, where there is no such name, asks for our module of the name.
        ours = fullname.startswith("polygraft.")
        if ours and importlib.machinery.PathFinder.find_spec(fullname, path) is None:
            raise ImportError(_absent(fullname), name=fullname)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        """Puts our module in place of the new, empty one."""
        ours = _module(module.__name__)
        assert ours is not None
        sys.modules[module.__name__] = ours


_FINDER = _Finder()


def _absent(fullname: str) -> str:
    """What to say of a name that we do not have."""
    parent, _, name = fullname.rpartition(".")
    home = sys.modules.get(parent)
    known: Any = dir(home) if home is not None else []
    if parent in _ROOTS:
        known = [*_BELOW, *_ELSEWHERE]
    hint = f" {_INSTEAD[name]}" if name in _INSTEAD else did_you_mean(name, known)
    where = parent.replace("pyglove.core", "polygraft").replace("pyglove", "polygraft")
    return f"polygraft stands in for pyglove here, and {where!r} has no {name!r}.{hint}"
