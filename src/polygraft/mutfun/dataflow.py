"""Which definition a reference may see: one walk over the lines of a function, in the order in which they run.

`Flow` keeps, per name, the definitions that may be the latest one (`reaching`). In straight code there is one; after
an `if`, there are those of its branches, or of what stood before it. Code describes itself to the walk
(`Code.trace(flow)`): it refers, defines, branches, loops; this file knows no classes.

A function that is called sees the variables of its caller, so a call may need more than its arguments:
`needed_by_calls`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, cast

#: Name → the definitions that may be the latest, in the order of the code.
Env = dict[str, list[Any]]


class Named(Protocol):
    """What a definition and a reference have in common."""

    @property
    def name(self) -> str: ...


class Flow:
    """What one walk finds.

    Args:
        known: Names that are defined before the walk begins.
        inner: Whether the bodies of functions that are defined are entered.

    Attributes:
        references: All references, in the order of the text.
        definitions: All definitions, in the order in which they take effect.
        unknown: Names that are referred to and cannot have been defined by then.
        reaching: Id of a reference → the definitions that it may see; none if the name is not known there.
        calls: Id of a call → the definitions of all names, as they are at the call.
        unset: Names that are referred to where they may not have been defined.
    """

    def __init__(self, known: Iterable[str] = (), inner: bool = False):
        self.inner = inner
        self.references: list[Any] = []
        self._definitions: dict[int, Any] = {}
        self.unknown: set[str] = set()
        self.reaching: dict[int, list[Any]] = {}
        self.calls: dict[int, Env] = {}
        self.unset: set[str] = set()
        self._env: Env = {name: [] for name in known}
        self._sure = set(self._env)  # names that are defined on every way to here

    @property
    def definitions(self) -> list[Any]:
        """See the class."""
        return list(self._definitions.values())

    # -- told by the code --------------------------------------------------------------------------
    def visit(self, value: Any) -> None:
        """Enters code, also code in lists, tuples and dicts; anything else is a constant."""
        cls = cast(Any, type(value))
        trace = getattr(cls, "trace", None)
        if trace is not None:
            trace(value, self)
        elif isinstance(value, dict):
            self.branch(cast("dict[Any, Any]", value).values(), ())
        elif isinstance(value, (list, tuple)):  # what holds it decides whether it is evaluated
            self.branch(cast("Iterable[Any]", value), ())

    def visit_all(self, values: Iterable[Any]) -> None:
        """Enters one after the other."""
        for value in values:
            self.visit(value)

    def refer(self, reference: Named, called: bool = False) -> None:
        """The value of a name is asked for."""
        key = id(reference)
        if key not in self.reaching:
            self.references.append(reference)
            if reference.name not in self._env:
                self.unknown.add(reference.name)
        seen = self.reaching.setdefault(key, [])
        _add(seen, self._env.get(reference.name, ()))
        if reference.name not in self._sure:
            self.unset.add(reference.name)
        if called:
            known = self.calls.setdefault(key, {})
            for name, found in self._env.items():
                _add(known.setdefault(name, []), found)

    def define(self, definition: Named) -> None:
        """A name gets a value."""
        self._definitions.setdefault(id(definition), definition)
        self._env[definition.name] = [definition]
        self._sure.add(definition.name)

    def branch(self, *ways: Iterable[Any]) -> None:
        """Exactly one of the ways is taken."""
        before, sure = self._env, self._sure
        ends: list[tuple[Env, set[str]]] = []
        for way in ways:
            self._env, self._sure = _copy(before), set(sure)
            self.visit_all(way)
            ends.append((self._env, self._sure))
        self._env = {}
        for env, _ in ends:
            for name, found in env.items():
                _add(self._env.setdefault(name, []), found)
        self._sure = set[str].intersection(*(names for _, names in ends))

    def scope(self, names: Iterable[str], body: Iterable[Any]) -> None:
        """A function is defined that knows `names` besides what is known here."""
        before, sure = self._env, self._sure
        self._env = _copy(before) | {name: [] for name in names}
        self._sure = sure | set(names)
        self.visit_all(body)
        self._env, self._sure = before, sure

    def loop(self, condition: Any, body: Iterable[Any]) -> None:
        """The condition is asked, and the body runs any number of times, each followed by the condition."""
        self.visit(condition)
        once = [*body, condition]
        # The second round sees what the first one defined.
        self.branch(once, ())
        self.branch(once, ())


def _copy(env: Env) -> Env:
    return {name: [*found] for name, found in env.items()}


def _add(target: list[Any], found: Iterable[Any]) -> None:
    """Appends what is not there; code is compared by identity."""
    for item in found:
        if not any(item is known for known in target):
            target.append(item)


def closure(start: Iterable[Any], more: Callable[[Any], Iterable[Any]]) -> dict[int, Any]:
    """Returns what can be reached from `start`, itself included, by id."""
    found: dict[int, Any] = {}
    todo = list(start)
    while todo:
        item = todo.pop()
        if id(item) not in found:
            found[id(item)] = item
            todo += more(item)
    return found


def needed_by_calls(flow: Flow, functions: Iterable[Any], free: Callable[[Any], set[str]]) -> None:
    """Adds to what reaches each call the definitions that the called function may look up at its caller.

    Args:
        flow: A finished walk; changed.
        functions: The functions that may be called in it.
        free: The names that a function refers to and may not define.
    """
    names = set[str]().union(*(free(function) for function in functions))
    for call, env in flow.calls.items():
        for name in names:
            _add(flow.reaching[call], env.get(name, ()))
