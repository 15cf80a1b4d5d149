"""Programs inside constructors: what a wrapped class calls in its `__init__`.

    class Net(nn.Module):
        def __init__(self, width):
            self.conv1 = nn.Conv2d(1, width, 3)      # an inner call, at '@conv1'
            self.body = nn.Sequential(nn.ReLU())     # '@body', and '@body/args/0' below it

When a constructor is done, the calls of wrapped classes that it made are named: by the attribute under which the
result is found; by the place in the arguments of another call; else by the order of calls (`'@3'`). A name with `@` is
a key like that of an argument: an argument `'@conv1'` of `Net` is an *override* of that call, either a `pg.Dict` of
arguments to change, or a program that takes the place of the result. So overrides are cloned, compared, searched and
saved as all arguments are.

The names are the truth; the order of calls is only a guess of where a name will be made: see `overriding.py`, which
runs constructors with overrides, and `absorbing.py`, which makes overrides of edits.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator
from typing import Any

from polygraft.missing import MISSING_VALUE
from polygraft.symbolic.node import OPS, SAFE_TYPES, Kind
from polygraft.symbolic.wrapping import attributes, state
from polygraft.symbolic.wrapping.record import Record, make_first

_KEY = "inner"
_ATTEMPTS = 4
_SAFE = SAFE_TYPES.issuperset


class Edits:
    """What one edit has done to what a constructor has made.

    Attributes:
        replaced: Id of a result → (the result, what takes its place wherever it stands).
        copied: (call, argument) pairs: its override holds a copy of the argument.
    """

    __slots__ = ("copied", "replaced")

    def __init__(self) -> None:
        self.replaced: dict[int, tuple[Any, Any]] = {}
        self.copied: list[tuple[Any, Any]] = []


class Inner:
    """The calls that a constructor has made.

    Attributes:
        calls: What they returned, in order; None for what is no wrapped object.
        names: Their names.
        consumed: Numbers of those whose results are arguments of other calls: they are seen there.
        edits: What an edit has done to results and arguments, until `settle` has brought all in line.
    """

    __slots__ = ("_by_id", "_by_name", "calls", "consumed", "edits", "names")

    def __init__(self, calls: list[Any], names: list[str], consumed: frozenset[int]):
        self.calls = calls
        self.names = names
        self.consumed = consumed
        self.edits = Edits()
        self._by_id: dict[int, list[int]] | None = None
        self._by_name: dict[str, int] | None = None

    def __reduce__(self) -> Any:
        return Inner, (self.calls, self.names, self.consumed)

    def copy(self) -> Inner:
        """The same calls, to be edited apart."""
        return Inner(list(self.calls), self.names, self.consumed)

    def index(self, name: Any) -> int | None:
        """The number of the call of that name."""
        if self._by_name is None:
            self._by_name = {n: i for i, n in enumerate(self.names)}
        return self._by_name.get(name)

    def at(self, name: str) -> Any:
        """The wrapped object that the call of that name returned, or `MISSING_VALUE`."""
        number = self.index(name)
        found = None if number is None else self.calls[number]
        return MISSING_VALUE if found is None else found

    def number(self, node: Any) -> int | None:
        """The number of the first call that returned `node`."""
        if node is None:
            return None
        if self._by_id is None:
            self._by_id = {}
            for i, c in enumerate(self.calls):
                self._by_id.setdefault(id(c), []).append(i)
        numbers = self._by_id.get(id(node))
        return numbers[0] if numbers else None

    def exchange(self, number: int, new: Any, undo: list[Any]) -> None:
        """Puts `new` in the place of a result."""
        old = self.calls[number]
        self._set(number, new)
        self.edits.replaced[id(old)] = old, new
        undo.append(lambda: self._set(number, old))

    def _set(self, number: int, new: Any) -> None:
        if self._by_id is not None:
            self._by_id[id(self.calls[number])].remove(number)
            insort(self._by_id.setdefault(id(new), []), number)
        self.calls[number] = new

    def rename(self, names: list[str], consumed: frozenset[int]) -> None:
        """Gives the calls other names."""
        self.names, self.consumed, self._by_name = names, consumed, None


def inner_of(rec: Record) -> Inner | None:
    """The inner calls of an object, if it has any."""
    return rec.aside.get(_KEY) if rec.aside else None


def split(args: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments as recorded → (those of the constructor, overrides)."""
    overrides = {k: v for k, v in args.items() if k[:1] == "@"}
    return ({k: v for k, v in args.items() if k not in overrides} if overrides else args), overrides


# -- after a construction --------------------------------------------------------------------------
def note(rec: Record, x: Any, calls: list[Any], named: Named | None = None) -> None:
    """Keeps the calls that the constructor of `x` has made; those that stand on their own become its children."""
    names, consumed = named or names_of(x, calls)
    rec.info.inner_names = names
    apart: set[int] = set()
    met: set[int] = set()
    nodes: list[Any] = []
    for c in calls:
        ops: Any = OPS[type(c)]
        if ops.kind is not Kind.WRAPPED or id(c) in met or _leads_to(x, c, ops, apart):
            c = None  # of an object that several calls return, the first is the one to be seen
        met.add(id(c))
        nodes.append(c)
    keep(rec, x, Inner(nodes, names, consumed))


def _leads_to(x: Any, c: Any, ops: Any, apart: set[int]) -> bool:
    """True if `x` stands below `c`, which then can't stand below `x`: `self.part = Part(self)`.

    Args:
        x: What was constructed.
        c: What a call in its constructor has returned.
        ops: Those of `c`.
        apart: Ids of nodes below which `x` is known not to stand; completed here.
    """
    record: Record | None = ops.record_or_none(c)
    if record is not None and record.aside is None and _SAFE(map(type, record.args.values())):
        return False
    stack = [c]
    met: set[int] = set()
    while stack:
        v = stack.pop()
        if v is x:
            return True
        if type(v) in SAFE_TYPES or id(v) in apart or id(v) in met:
            continue
        ops = OPS[type(v)]
        if not ops.container:
            continue
        met.add(id(v))
        stack.extend(child for _, child in ops.given_items(v))
        made = inner_of(record) if (record := _record(v, ops)) is not None else None
        if made is not None:
            stack.extend(made.calls)
    apart |= met
    return False


def _record(v: Any, ops: Any) -> Record | None:
    return ops.record_or_none(v) if ops.kind is Kind.WRAPPED else None


def prefer_as_parent(x: Any, calls: list[Any]) -> None:
    """Makes `x` the first parent of its arguments, where a call inside its constructor has got them before."""
    inside = {id(c) for c in calls}
    stack: list[tuple[Any, Any]] = [(x, OPS[type(x)])]
    while stack:
        v, ops = stack.pop()
        for _, child in ops.given_items(v):
            if type(child) in SAFE_TYPES:
                continue
            below: Any = OPS[type(child)]
            if below.kind is Kind.WRAPPED:
                rec = below.record_or_none(child)
                if rec is not None and rec.more and _stands_in(rec.parent, inside):
                    make_first(rec, child, x)
            elif below.container:
                stack.append((child, below))


def _stands_in(node: Any, inside: set[int]) -> bool:
    while node is not None and id(node) not in inside:
        node = OPS[type(node)].link(node).parent
    return node is not None


def keep(rec: Record, x: Any, inner: Inner) -> None:
    """Makes `inner` the calls of `x`, which becomes a parent of what they returned."""
    if rec.aside is None:
        rec.aside = {}
    rec.aside[_KEY] = inner
    for name, c in own_calls(inner):
        if rec.args.get(name) is not c:
            OPS[type(c)].attach(c, x, name)


def forget(rec: Record, x: Any) -> Callable[[], None] | None:
    """Parts `x` from the calls of its last construction; returns what takes that back, if there were any."""
    inner = inner_of(rec)
    if inner is None:
        return None
    aside: dict[str, Any] = rec.aside or {}
    del aside[_KEY]
    for name, c in own_calls(inner):
        if rec.args.get(name) is not c:
            OPS[type(c)].detach(c, x, name)
    return lambda: keep(rec, x, inner)


def reinstate(rec: Record, x: Any, inner: Inner | None) -> None:
    """Makes `inner` the calls of `x` again, which may have been constructed since."""
    if inner_of(rec) is not inner:
        forget(rec, x)
        if inner is not None:
            keep(rec, x, inner)


def copied(rec: Record, memo: dict[int, Any], deep: bool) -> Inner | None:
    """The calls of an object for a clone of it: programs, which are not constructed."""
    inner = inner_of(rec)
    if inner is None:
        return None
    calls: list[Any] = []
    for c in inner.calls:
        ops = OPS[type(c)]
        calls.append(ops.clone(c, memo, deep) if ops.kind is Kind.WRAPPED else None)
    return Inner(calls, inner.names, inner.consumed)


def own_calls(inner: Inner) -> Iterator[tuple[str, Any]]:
    """(name, result) of the calls that stand on their own: their results are no arguments of another call."""
    for i, c in enumerate(inner.calls):
        if OPS[type(c)].kind is Kind.WRAPPED and i not in inner.consumed:
            yield inner.names[i], c


def shown(rec: Record, inner: Inner) -> list[tuple[str, Any]]:
    """What stands at names with `@` when constructors are looked into."""
    found = list(own_calls(inner))
    for i, name in enumerate(inner.names):
        kind = OPS[type(inner.calls[i])].kind
        if kind is not Kind.WRAPPED and name in rec.args and i not in inner.consumed:
            found.append((name, rec.args[name]))  # a plain value in place of a result
    return found


# -- names -----------------------------------------------------------------------------------------
#: (the names of calls, the numbers of those whose results are arguments of other ones)
Named = tuple[list[str], frozenset[int]]


def names_of(x: Any, calls: list[Any], plan: dict[int, str] | None = None) -> Named:
    """The names of calls: attributes, places in the arguments of other calls, attributes of those, numbers.

    Args:
        x: What was constructed.
        calls: What the calls returned, in order.
        plan: Number → name, for results that cannot be told from others by identity, such as texts.
    """
    numbers: dict[int, int] = {}
    for i, c in enumerate(calls):
        if type(c) not in SAFE_TYPES:
            numbers.setdefault(id(c), i)
    found = attributes.find(_attributes(x), numbers) if numbers else {}
    alike: dict[str, int] = {}  # keys of dicts may look alike: the first one gets the name
    names = {i: f"@{name}" for i, name in found.items() if alike.setdefault(name, i) == i}
    if len(names) == len(calls):
        return [names[i] for i in range(len(calls))], frozenset()
    places, holders = argument_places(calls, numbers)
    places = {n: p for n, p in places.items() if n not in names}
    for i in places:
        names[i] = name_by_place(i, names, places)
    for i in range(len(calls)):
        names.setdefault(i, (plan or {}).get(i) or f"@{i}")
    _name_within(calls, holders, numbers, names)
    within = values_within(calls, names, plan or {})
    return [names[i] for i in range(len(calls))], frozenset(places) | within


def values_within(calls: list[Any], names: dict[int, str], plan: dict[int, str]) -> set[int]:
    """Which overrides that are no wrapped objects were made for arguments of other calls: they are seen there."""
    known = set(names.values())
    return {
        i
        for i, name in plan.items()
        if names.get(i) == name
        and OPS[type(calls[i])].kind is not Kind.WRAPPED
        and any(name[:k] in known for k, c in enumerate(name) if c == "/")
    }


def _name_within(
    calls: list[Any], holders: list[int], numbers: dict[int, int], names: dict[int, str]
) -> None:
    """Names what is still called by its number after the attributes, at run time, of what other calls have made.

    It is in one of those that got plain objects as arguments: a module between symbolic ones.
    """
    left = {id(calls[i]): i for i, n in names.items() if n == f"@{i}" and id(calls[i]) in numbers}
    for i in holders:
        ops: Any = OPS[type(calls[i])]
        if left and names[i] != f"@{i}" and not ops.is_deferred(calls[i]):
            for number, name in attributes.find(_attributes(calls[i]), left).items():
                names[number] = f"{names[i]}/{name}"
                del left[id(calls[number])]


def _attributes(x: Any) -> dict[str, Any]:
    """What `x` has at run time, by name, read past its class's own ways of reading."""
    ops: Any = OPS[type(x)]
    info: Any = ops.info
    _, own, slots = state.take(x, info)
    if not slots:
        return own or {}
    return {**(own or {}), **{d.__name__: v for d, v in zip(info.slots, slots, strict=True)}}


def argument_places(
    calls: list[Any], numbers: dict[int, int]
) -> tuple[dict[int, tuple[int, str]], list[int]]:
    """Which results are arguments of other calls.

    Returns:
        (number of a call → (number of the call that got its result, the place in it), numbers of the calls that got
        plain objects)
    """
    places: dict[int, tuple[int, str]] = {}
    holders: list[int] = []
    for i, c in enumerate(calls):
        ops: Any = OPS[type(c)]
        rec = ops.record_or_none(c) if ops.kind is Kind.WRAPPED else None
        stack = [] if rec is None else [(rec.args.items(), "")]
        while stack:
            items, prefix = stack.pop()
            for key, child in items:
                if type(child) in SAFE_TYPES:
                    continue
                number = numbers.get(id(child))
                below = OPS[type(child)]
                if number is not None:
                    places.setdefault(number, (i, f"{prefix}/{key}"))
                elif not below.container:
                    if holders[-1:] != [i]:
                        holders.append(i)
                elif below.kind is not Kind.WRAPPED:
                    stack.append((below.items(child), f"{prefix}/{key}"))
    return places, holders


def name_by_place(i: int, names: dict[int, str], places: dict[int, tuple[int, str]]) -> str:
    """The name of a call from that of the call it was made for."""
    steps = ""
    while i not in names:
        if i not in places:
            return f"@{i}{steps}"
        i, step = places[i]
        steps = step + steps
    return names[i] + steps
