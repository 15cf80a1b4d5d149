"""What a framework needs beyond the rules of the core: the contract of `polygraft.integrations`.

An adapter is loaded when the first class of its framework is wrapped, so when the framework is there anyway, and never
before. `_HOMES` says in which module the adapters of a framework are; that module calls `provide` when it is imported.
The core knows no framework, and asks an adapter at a few moments only.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

#: Top-level package of a framework → the module with its adapters.
_HOMES = {
    "keras": "polygraft.integrations.keras",
    "torch": "polygraft.integrations.torch",
    "flax": "polygraft.integrations.flax",
    "sklearn": "polygraft.integrations.sklearn",
}


class Adapter:
    """What the instances of a framework's base class need. The methods here do nothing: override what is needed.

    Order of calls: `prepare`, `described` and `deferring` once per class; `recording` whenever an object gets its
    arguments. When an edit puts something else in the place of an object, `replaced`. Whenever an edit is about to take
    the run-time state of an object away, `tied` and `dropping`; and `built` when it has been constructed again. An edit
    that fails plays its `undo` lists backwards.
    """

    def class_options(self, plain: Any) -> dict[str, Any]:
        """Keyword arguments (`class Sub(plain, option=...)`) without which a subclass would differ from `plain`."""
        return {}

    def prepare(self, cls: Any) -> None:
        """A wrapper, or a subclass of one, was made: tell the framework, if it keeps a list of its classes."""

    def described(self, info: Any) -> None:
        """A wrapped class was compiled; `info` is its `ClassInfo`: correct what it says of the arguments here."""

    def deferring(self, cls: Any, deferred: Any) -> None:
        """The class `deferred` of the deferred instances of `cls` was made: register it where exact types count."""

    def recording(self, x: Any, given: dict[str, Any]) -> dict[str, Any]:
        """What to record for the arguments that `x` was called with.

        Args:
            x: The object, or an empty one whose construction is deferred.
            given: Argument name → value, those given. Not to be changed: return another one.
        """
        return given

    def cloning(self, x: Any) -> dict[str, Any] | None:
        """A clone of the program of `x` is about to be made. Raise, with the call that works, if it would be wrong.

        Returns:
            What is to be kept aside with the record of the clone (`Link.aside`), for `built`; None if nothing.
        """

    def reducing(self, x: Any, how: Any) -> Any:
        """How to copy and pickle `x`, whose class has its own `__reduce__`, which says `how`."""
        return how

    def replaced(self, old: Any, new: Any, undo: list[Any]) -> None:
        """An edit has put `new` (anything) in the place of the wrapped object `old`, which may have other places."""

    def tied(self, x: Any) -> Iterable[Any]:
        """Wrapped objects whose run-time state cannot outlive that of `x`, which still exists: they are dropped too."""
        return ()

    def dropping(self, x: Any, undo: list[Any]) -> None:
        """The run-time state of `x` is about to go.

        Args:
            x: A wrapped object that exists at run time.
            undo: Zero-argument callables to run, last first, if the edit fails: append what takes back what you do.
        """

    def built(self, x: Any) -> None:
        """`x` has been constructed late. What this raises counts as an error of the construction."""

    def inherit(self, old: Any, new: Any) -> None:
        """A constructor has made `new` anew where `old`, the same program, was: carry over what that has learned."""

    def learned(self, x: Any) -> Any:
        """What the existing object `x` has learned itself, for `built` to give back (`kept.saved`); None if nothing."""
        return None

    def holds_weights(self, x: Any) -> bool:
        """True if `x`, which exists, has learned values of its own, not only in nodes below it: see `kept.py`."""
        return False


_adapters: dict[type, Adapter] = {}


def provide(base: type, adapter: Adapter) -> None:
    """Makes `adapter` responsible for the wrapped classes that derive from `base`."""
    _adapters[base] = adapter


def adapter_of(cls: type) -> Adapter | None:
    """The adapter of a wrapped class, that of the nearest base; loads the framework's adapters at first need."""
    for top in {base.__module__.partition(".")[0] for base in cls.__mro__}.intersection(_HOMES):
        importlib.import_module(_HOMES[top])
    return next((_adapters[base] for base in cls.__mro__ if base in _adapters), None)


def prepare(cls: type) -> None:
    """Tells the adapter of a new wrapped class of it."""
    adapter = adapter_of(cls)
    if adapter is not None:
        adapter.prepare(cls)
