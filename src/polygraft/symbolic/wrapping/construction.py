"""Building a deferred object: children first, on the same Python object, seen by nobody before it
is done.

While an object is being built it is of the class `B` (see `deferred.py`), under a lock of its own;
it becomes one of the wrapped class last. If its `__init__` raises, it is emptied and deferred
again, with its arguments.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from polygraft.errors import AbstractValueError, ConstructionError
from polygraft.paths import KeyPath
from polygraft.symbolic.flags import FLAGS, scope
from polygraft.symbolic.inferential import inferred
from polygraft.symbolic.node import OPS, SAFE_TYPES, Kind
from polygraft.symbolic.places import ancestors, keys_up, rebuild_tuple
from polygraft.symbolic.wrapping import heirs, inner, overriding, scopes, state
from polygraft.symbolic.wrapping.base import pending
from polygraft.symbolic.wrapping.frames import within
from polygraft.symbolic.wrapping.interception import current, redirecting
from polygraft.symbolic.wrapping.record import dict_items, list_items

T = TypeVar("T")

_SAFE = SAFE_TYPES.issuperset

#: Seconds that a thread waits for another one which is building an object it needs. A backstop: it
#: turns a deadlock between an `__init__` and threads that it waits for into an error.
LOCK_TIMEOUT = 300.0

#: Exceptions that mean something else to `hasattr`, `for`, `in` and `__getattr__`, which run
#: constructors late.
_SWALLOWED = (AttributeError, StopIteration, StopAsyncIteration, LookupError)


class Build:
    """The construction of one object.

    Attributes:
        lock: Held while building.
        thread: The thread that builds; 0 if none does.
    """

    __slots__ = ("lock", "thread")

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.thread = 0


_making = threading.Lock()


def _build_of(record: Any) -> Build:
    if record.build is None:
        with _making:
            if record.build is None:
                record.build = Build()
    return record.build


# -- public ----------------------------------------------------------------------------------------
def realize(x: T) -> T:
    """Constructs every deferred object in the tree of `x` now, children first; returns `x`.

    Raises:
        AbstractValueError: A placeholder or a missing value is in the way.
        Exception: What a constructor raises, with a note that names the object's path.

    Example:
        >>> import polygraft as pg
        >>> @pg.symbolize
        ... class Point:
        ...     def __init__(self, x):
        ...         print("built")
        >>> p = pg.clone(Point(1))
        built
        >>> p is pg.realize(p)
        built
        True
    """
    for node in list(_deferred_below(x, through_realized=True)):
        realize_node(node)
    return x


def reset(x: T) -> T:
    """Drops the runtime state of the wrapped objects in the tree of `x` and above it; they are
    built again at next use.

    Example:
        >>> import polygraft as pg
        >>> @pg.symbolize
        ... class Counter:
        ...     def __init__(self, start):
        ...         self.n = start
        >>> c = Counter(1)
        >>> c.n = 5
        >>> pg.reset(c).n
        1
    """
    undo: list[Any] = []
    for node in [*_wrapped_below(x), *(ancestors(x) if OPS[type(x)].symbolic else ())]:
        ops: Any = OPS[type(node)]
        if ops.kind is Kind.WRAPPED and ops.deferrable:
            ops.changed(node, {}, undo)
    return x


def is_realized(x: Any) -> bool:
    """True if `x` exists at run time (everything but a deferred object does)."""
    ops: Any = OPS[type(x)]
    return ops.kind is not Kind.WRAPPED or not ops.is_deferred(x)


# -- walking ---------------------------------------------------------------------------------------
def _deferred_below(x: Any, through_realized: bool) -> Iterator[Any]:
    """Deferred objects in the tree of `x`, each once, children before parents; not by recursion."""
    seen: set[int] = set()
    stack: list[tuple[Any, bool]] = [(x, False)]
    while stack:
        v, done = stack.pop()
        if done:
            yield v
            continue
        if type(v) in SAFE_TYPES:
            continue
        ops: Any = OPS[type(v)]
        if not ops.container:
            continue
        if ops.kind is Kind.WRAPPED:
            if id(v) in seen:
                continue
            seen.add(id(v))
            if ops.is_deferred(v):
                stack.append((v, True))
            elif not through_realized:
                continue
            stack.extend(
                (c, False)
                for c in reversed(list(ops.record(v).args.values()))
                if type(c) not in SAFE_TYPES
            )
        else:
            stack.extend(
                (c, False) for _, c in reversed(list(ops.items(v))) if type(c) not in SAFE_TYPES
            )


def _wrapped_below(x: Any) -> Iterator[Any]:
    seen: set[int] = set()
    stack = [x]
    while stack:
        v = stack.pop()
        ops: Any = OPS[type(v)]
        if not ops.container or id(v) in seen:
            continue
        seen.add(id(v))
        if ops.kind is Kind.WRAPPED:
            yield v
        stack.extend(c for _, c in ops.items(v) if type(c) not in SAFE_TYPES)


#: What `survey` finds among values: placeholders or missing values; deferred objects; lists and dicts that are nodes.
#: values to be inferred.
INCOMPLETE, DEFERRED, CONTAINERS, INFERRED = 1, 2, 4, 8


def survey(values: Iterable[Any]) -> int:
    """What is among or below `values`, as bits. Objects that exist at run time are not looked into."""
    found = 0
    stack = [v for v in values if type(v) not in SAFE_TYPES]
    while stack:
        v = stack.pop()
        ops: Any = OPS[type(v)]
        if ops.inferential:
            found |= INFERRED
        if not ops.container:
            if ops.abstract:
                found |= INCOMPLETE
            continue
        kind = ops.kind
        if kind is Kind.WRAPPED:
            if not ops.is_deferred(v):
                continue
            found |= DEFERRED
        elif kind is Kind.LIST or kind is Kind.DICT:
            found |= CONTAINERS
        elif ops.abstract:
            found |= INCOMPLETE
        children = ops.given_items(v) if ops.lenient else ops.items(v)
        stack.extend(c for _, c in children if type(c) not in SAFE_TYPES)
    return found


def can_infer(values: Iterable[Any]) -> bool:
    """True if the inferential values among and below `values` can all be told where they stand now."""
    stack = list(values)
    while stack:
        v = stack.pop()
        ops: Any = OPS[type(v)]
        if ops.inferential:
            try:
                inferred(v)
            except AttributeError:
                return False
        elif ops.container and ops.kind in _RUNTIME_CONTAINERS:
            stack.extend(c for _, c in ops.items(v))
    return True


_RUNTIME_CONTAINERS = (Kind.LIST, Kind.DICT, Kind.TUPLE, Kind.PLAIN_LIST, Kind.PLAIN_DICT)


def abstract_paths(x: Any, keys: tuple[Any, ...]) -> list[KeyPath]:
    """The paths of the placeholders and missing values in the tree of `x`, which stands at `keys`."""
    found: list[KeyPath] = []
    stack: list[tuple[Any, tuple[Any, ...]]] = [(x, keys)]
    while stack:
        v, keys = stack.pop()
        ops: Any = OPS[type(v)]
        if ops.abstract:
            found.append(KeyPath.of(keys))
        elif ops.container:
            children = ops.given_items(v) if ops.lenient else ops.items(v)
            stack.extend((c, (*keys, k)) for k, c in reversed(list(children)))
    return found


# -- one object ------------------------------------------------------------------------------------
def runtime_value(v: Any) -> Any:
    """What a plain `__init__` receives for a recorded argument: plain lists and dicts; wrapped objects that exist."""
    if type(v) in SAFE_TYPES:
        return v
    ops: Any = OPS[type(v)]
    kind = ops.kind
    if kind is Kind.LIST:
        return [runtime_value(c) for c in list_items(v)]
    if kind is Kind.DICT:
        return {k: runtime_value(c) for k, c in dict_items(v)}
    if kind is Kind.TUPLE:
        return rebuild_tuple(v, [runtime_value(c) for c in v])
    if kind is Kind.PLAIN_LIST:
        return runtime_items(v)
    if kind is Kind.PLAIN_DICT:
        new = {k: runtime_value(c) for k, c in v.items()}
        if all(new[k] is c for k, c in v.items()):
            return v
        return new if type(v) is dict else type(v)(new)
    if kind is Kind.WRAPPED and ops.is_deferred(v):
        for node in list(_deferred_below(v, through_realized=False)):
            realize_node(node)
    elif ops.inferential:
        return _inferred_value(v)
    return v


def _inferred_value(v: Any) -> Any:
    """What an inferential argument stands for, itself. An `AttributeError` would be swallowed on the way."""
    try:
        value = inferred(v)
        return runtime_value(value) if OPS[type(value)].kind is Kind.WRAPPED else value
    except AttributeError as e:
        raise AbstractValueError(
            f"A constructor needs a value that cannot be inferred where it stands: {e}", value=v
        ) from e


def runtime_items(values: list[Any]) -> list[Any]:
    """The items of a plain list, each as `__init__` receives it; the list itself if nothing differs."""
    new = [runtime_value(v) for v in values]
    return values if all(a is b for a, b in zip(values, new, strict=True)) else new


def realize_node(x: Any) -> None:
    """Makes sure that `x` exists at run time, building it and what it needs if it has to be."""
    ops: Any = OPS[type(x)]
    record = ops.record(x)
    build = _build_of(record)
    if not build.lock.acquire(timeout=LOCK_TIMEOUT):
        raise ConstructionError(
            f"Gave up after {LOCK_TIMEOUT:g} seconds of waiting for another thread to construct "
            f"{record.info.cls.__qualname__}: does its `__init__` wait for a thread that uses it? (path={_path(x)})",
            path=_path(x),
            value=x,
        )
    try:
        if ops.is_deferred(x):
            _refuse_abstract(x, record)
            if not _SAFE(map(type, record.args.values())):
                for node in list(_deferred_below(x, through_realized=False)):
                    if node is not x:
                        realize_node(node)
            if ops.is_deferred(x):
                _build(x, ops, record, build)
    finally:
        build.lock.release()


def _path(x: Any) -> KeyPath:
    return KeyPath.of(keys_up(x))


def _refuse_abstract(x: Any, record: Any) -> None:
    """Raises for an object that holds placeholders or missing values, naming them all."""
    info, args = record.info, record.args
    if all(n in args for n in info.required) and (
        _SAFE(map(type, args.values())) or not survey(args.values()) & INCOMPLETE
    ):
        return
    paths = abstract_paths(x, keys_up(x))
    names = ", ".join(f"'{p}'" for p in paths)
    raise AbstractValueError(
        f"{info.cls.__qualname__} cannot be used at run time while it holds placeholders or missing values: {names}. "
        f"Give them values first (`rebind`, `patch`, or a search). (path={_path(x)})",
        path=_path(x),
        value=x,
        paths=paths,
    )


def _build(x: Any, ops: Any, record: Any, build: Build) -> None:
    info = record.info
    args, overrides = inner.split(record.args)
    positional, named = info.arguments({k: runtime_value(v) for k, v in args.items()})
    own: Any = OPS[info.cls]
    inner.forget(record, x)
    build.thread = threading.get_ident()
    state.set_class(x, own.building)
    try:
        if FLAGS.get().defer:
            with scope(defer=False):
                _run(x, own, record, positional, named, overrides)
        else:
            _run(x, own, record, positional, named, overrides)
        if own.adapter is not None:
            own.adapter.built(x)
        if own.bound is not None:
            own.bound(x)
    except BaseException as e:
        _abandon(x, own)
        _explain(e, x, info)
        raise
    else:
        if type(x) is own.building_type:
            state.set_class(x, info.cls)
    finally:
        build.thread = 0


def _run(
    x: Any,
    ops: Any,
    record: Any,
    positional: list[Any],
    named: dict[str, Any],
    overrides: dict[str, Any],
) -> None:
    """Runs the construction on `x`, under its overrides, and keeps what it calls."""
    redirections = scopes.redirections_of(ops)
    if redirections is not None and not redirections.keys() <= current().keys():
        with redirecting(redirections):
            return _run(x, ops, record, positional, named, overrides)
    if not overrides:
        calls: list[Any] = []
        within(calls, _construct, x, ops, positional, named)
        if calls:
            scopes.remember(ops)
            inner.note(record, x, calls)
            heirs.inherit(record)
        return None

    def construct() -> Any:
        if tried:
            state.empty(x, ops.info)
            state.set_class(x, ops.building)
        tried.append(True)
        _construct(x, ops, positional, named)
        return x

    tried: list[bool] = []
    _, calls, names = overriding.overriding(ops.info, overrides, x, construct)
    scopes.remember(ops)
    inner.note(record, x, calls, names)
    heirs.inherit(record)
    return None


def _construct(x: Any, ops: Any, positional: list[Any], named: dict[str, Any]) -> None:
    """Runs the class's own construction on `x`."""
    if not ops.renewable:
        result = ops.info.cls.__init__(x, *positional, **named)
        if result is not None:
            raise TypeError(f"__init__() should return None, not {type(result).__name__!r}")
        return
    before = pending.cls, pending.object
    pending.cls, pending.object = ops.info.cls, x
    try:
        made = ops.make_renewing(*positional, **named)
    finally:
        pending.cls, pending.object = before
    if made is x:
        return
    if not isinstance(made, ops.info.cls):
        raise ConstructionError(
            f"{ops.info.cls.__qualname__}.__new__ returned an object of another type, "
            f"{type(made).__qualname__}: such a class cannot be built late. (path={_path(x)})",
            path=_path(x),
            value=made,
        )
    state.empty(x, ops.info)
    state.move(made, x, ops.info)
    state.set_class(x, type(made))


def _abandon(x: Any, ops: Any) -> None:
    state.set_class(x, ops.deferred)
    state.empty(x, ops.info)


def _explain(e: BaseException, x: Any, info: Any) -> None:
    """Adds the path to the exception; those that Python would swallow are chained instead."""
    path = _path(x)
    where = f"at path '{path}'" if path else "at the root of the tree"
    if isinstance(e, _SWALLOWED):
        raise ConstructionError(
            f"{info.cls.__qualname__}.__init__ failed {where}: {type(e).__name__}: {e}",
            path=path,
            value=x,
        ) from e
    e.add_note(f"Raised while constructing {info.cls.__qualname__} {where}.")
