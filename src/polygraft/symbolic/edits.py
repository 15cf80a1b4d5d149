"""Edits: how trees change. All of a call's edits happen, or none.

`rebind` turns its argument into (path, value) pairs and stores them one after another, each validated just before it is
stored; every store leaves a note in an undo log. If anything raises (a spec, a rule, a hook), the log is
played backwards and hooks that had already run are run again on the old values. After success each changed node and each
node above it is told once, deepest first; a wrapped object drops its runtime state when it is told.

The cost of an edit is that of walking its path and telling the ancestors, whatever the size of the tree.
"""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, TypeVar, cast

from polygraft.errors import PathNotFoundError, UnknownKeyError, WritePermissionError, did_you_mean
from polygraft.formatting import Formattable, kvlist_str
from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.paths import KeyPath
from polygraft.symbolic.flags import FLAGS, deferring
from polygraft.symbolic.node import ABSTRACT, OPS, SAFE_TYPES, SEALED, Kind, NodeOps, mark
from polygraft.symbolic.places import (
    ancestors,
    child_path,
    keys_up,
    path_of,
    rebuild_tuple,
    refuse_cycle,
    rekey,
)
from polygraft.symbolic.traversal import refuse_endless
from polygraft.typing import Field

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True)
class Insertion:
    """As a value in `rebind`: insert before that index of a list instead of replacing."""

    value: Any


@dataclasses.dataclass(frozen=True, slots=True)
class Edit:
    """One change: store `value` at `path` (`MISSING_VALUE` removes, `Insertion` inserts)."""

    path: KeyPath
    value: Any


class FieldUpdate(Formattable):
    """What `_on_change` is told of one changed child.

    Attributes:
        path: Absolute path of the child.
        target: The node that holds it.
        field: Its field, or None.
        old_value: `MISSING_VALUE` for an insertion.
        new_value: `MISSING_VALUE` for a deletion.
    """

    __slots__ = ("field", "new_value", "old_value", "path", "target")

    def __init__(
        self, path: KeyPath, target: Any, field: Field | None, old_value: Any, new_value: Any
    ):
        self.path = path
        self.target = target
        self.field = field
        self.old_value = old_value
        self.new_value = new_value

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, FieldUpdate)
            and self.path == other.path
            and self.target is other.target
            and self.field is other.field
            and self.old_value == other.old_value
            and self.new_value == other.new_value
        )

    __hash__ = None  # type: ignore[assignment]

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        return kvlist_str(
            [
                ("parent_path", path_of(self.target), None),
                ("path", self.path, None),
                ("old_value", self.old_value, MISSING_VALUE),
                ("new_value", self.new_value, MISSING_VALUE),
            ],
            compact=compact,
            verbose=verbose,
            root_indent=root_indent,
            label="FieldUpdate",
            **kwargs,
        )


# -- the transaction -------------------------------------------------------------------------------------------------------
class Transaction:
    """An undo log, and the nodes whose hooks have run while it was open."""

    __slots__ = ("told", "undo")

    def __init__(self, undo: list[Any]) -> None:
        self.undo = undo
        self.told: list[Any] = []

    def roll_back(self) -> None:
        """Puts every value back, last first, and runs the hooks that had run again on the old values."""
        for step in reversed(self.undo):
            if callable(step):
                step()
            else:
                _unstore(*step)
        told, self.told = self.told, []
        self.undo = []
        for node in told:
            ops = OPS[type(node)]
            if ops.hooks and not ops.shared:
                with contextlib.suppress(Exception):
                    ops.changed(node, {}, [])


_OPEN: ContextVar[Transaction | None] = ContextVar("polygraft_transaction", default=None)


@contextlib.contextmanager
def transaction() -> Iterator[None]:
    """All edits made inside the block happen, or, if it is left by an exception, none of them.

    Nested blocks join the outermost one.
    """
    if _OPEN.get() is not None:
        yield
        return
    txn = Transaction([])
    token = _OPEN.set(txn)
    try:
        yield
    except BaseException:
        txn.roll_back()
        raise
    finally:
        _OPEN.reset(token)


def _unstore(ops: NodeOps, target: Any, key: Any, old: Any, new: Any) -> None:
    ops.put(target, key, old)
    if type(new) not in SAFE_TYPES:
        OPS[type(new)].detach(new, target, key)
    if type(old) not in SAFE_TYPES:
        OPS[type(old)].attach(old, target, key)


#: (target, its ops, key, old value, new value)
Change = tuple[Any, NodeOps, Any, Any, Any]


# -- storing ---------------------------------------------------------------------------------------------------------------
class Batch:
    """The stores of one operation: undone together, told together. A context manager.

    Args:
        notify: Whether hooks run; None takes the scope's setting.
        top: If given, nodes above it are not told.
    """

    __slots__ = ("changes", "notify", "outer", "top", "undo")

    def __init__(self, notify: bool | None = None, top: Any = None):
        self.outer = outer = _OPEN.get()
        self.undo: list[Any] = [] if outer is None else outer.undo
        self.notify = notify
        self.top = top
        self.changes: list[Change] = []

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, error: Any, value: Any, traceback: Any) -> None:
        if error is None:
            if self.changes and (heard := _audience(self.changes, self.top)):
                self._tell(heard)
        elif self.outer is None:
            Transaction(self.undo).roll_back()

    def _tell(self, heard: list[Any]) -> None:
        """Tells nodes, deepest first, what has changed; undoes everything if a hook raises."""
        txn = Transaction(self.undo) if self.outer is None else self.outer
        notify = FLAGS.get().notify if self.notify is None else self.notify
        try:
            for node in heard:
                ops = OPS[type(node)]
                if not (notify or ops.shared):
                    continue
                updates = _updates_for(node, self.changes) if ops.wants_updates(node) else {}
                if not ops.shared:
                    txn.told.append(node)
                ops.changed(node, updates, txn.undo)
        except BaseException:
            if self.outer is None:
                txn.roll_back()
            raise

    def store(self, target: Any, key: Any, value: Any) -> None:
        """Validates `value`, stores it at `key` of the node `target`, and notes how to undo that."""
        ops = OPS[type(target)]
        old = ops.stored(target, key)
        if value is old and old is not MISSING_VALUE:
            return
        new = ops.check(target, key, value)
        if new is old:
            return
        new_is_leaf, old_is_leaf = type(new) in SAFE_TYPES, type(old) in SAFE_TYPES
        if not new_is_leaf:
            _refuse_cycles(new, target, key)
        # The old value leaves first: the new one may hold nodes of it (a rebuilt tuple).
        if not old_is_leaf:
            OPS[type(old)].detach(old, target, key)
        if not new_is_leaf:
            try:
                new = OPS[type(new)].attach(new, target, key)
            except BaseException:
                OPS[type(old)].attach(old, target, key)
                raise
        ops.put(target, key, new)
        if new is MISSING_VALUE:
            mark(target, ABSTRACT)
        self.undo.append((ops, target, key, old, new))
        self.changes.append((target, ops, key, old, new))

    def insert(self, target: list[Any], index: int, value: Any) -> None:
        """Inserts before `index` of a `List`."""
        ops = OPS[type(target)]
        n = list.__len__(target)
        index = max(0, index + n) if index < 0 else min(index, n)
        new = ops.check(target, index, value)
        _refuse_cycles(new, target, index)
        list.insert(target, index, new)
        attached = OPS[type(new)].attach(new, target, index)
        if attached is not new:
            list.__setitem__(target, index, attached)
            new = attached
        renumber(target, index + 1)
        self.undo.append(lambda: _uninsert(target, index))
        self.changes.append((target, ops, index, MISSING_VALUE, new))

    def delete(self, target: list[Any], index: int) -> None:
        """Removes the element at `index` of a `List`."""
        ops = OPS[type(target)]
        n = list.__len__(target)
        index = index + n if index < 0 else index
        if not 0 <= index < n:
            return
        old = list.pop(target, index)
        OPS[type(old)].detach(old, target, index)
        renumber(target, index)
        self.undo.append(lambda: _undelete(target, index, old))
        self.changes.append((target, ops, index, old, MISSING_VALUE))

    def replace_all(self, target: list[Any], items: list[Any], update_key: Any = None) -> None:
        """Replaces the whole content of a `List` by values that have been checked."""
        ops = OPS[type(target)]
        before = list(list.__iter__(target))
        keep = {id(v) for v in items}
        for i, v in enumerate(before):
            if id(v) not in keep:
                OPS[type(v)].detach(v, target, i)
        kept_before = {id(v) for v in before}
        list.clear(target)
        for i, v in enumerate(items):
            list.append(target, v)
            if id(v) in kept_before:
                kept_before.discard(id(v))
                rekey(v, target, i)
            else:
                list.__setitem__(target, i, OPS[type(v)].attach(v, target, i))

        def restore() -> None:
            for i, v in enumerate(list.__iter__(target)):
                OPS[type(v)].detach(v, target, i)
            list.__init__(target, before)
            for i, v in enumerate(before):
                OPS[type(v)].attach(v, target, i)
                rekey(v, target, i)

        self.undo.append(restore)
        after = list(list.__iter__(target))
        for i in range(max(len(before), len(after))):
            old = before[i] if i < len(before) else MISSING_VALUE
            new = after[i] if i < len(after) else MISSING_VALUE
            if old is not new:
                self.changes.append((target, ops, i, old, new))


def renumber(target: list[Any], start: int) -> None:
    """Gives the children of a `List` from `start` on their new keys."""
    for i in range(start, list.__len__(target)):
        v = list.__getitem__(target, i)
        if type(v) not in SAFE_TYPES:
            rekey(v, target, i)


def _uninsert(target: list[Any], index: int) -> None:
    v = list.pop(target, index)
    OPS[type(v)].detach(v, target, index)
    renumber(target, index)


def _undelete(target: list[Any], index: int, old: Any) -> None:
    list.insert(target, index, old)
    OPS[type(old)].attach(old, target, index)
    renumber(target, index + 1)


def _refuse_cycles(value: Any, target: Any, key: Any) -> None:
    """Raises if `value`, or a node in it (if it is a tuple), is `target` or stands above it."""
    ops = OPS[type(value)]
    if ops.symbolic:
        refuse_cycle(value, target, key)
    elif ops.container:
        for _, v in ops.items(value):
            _refuse_cycles(v, target, key)


def write(target: Any, key: Any, value: Any) -> None:
    """Stores one value and tells the tree: what `d[k] = v` and `x.field = v` do."""
    with Batch() as b:
        b.store(target, key, value)


# -- telling -----------------------------------------------------------------------------------------------------------------
def _audience(changes: list[Change], top: Any) -> list[Any]:
    """The nodes that have to be told, deepest first."""
    heard: list[Any] = []
    if len(changes) == 1 and top is None:
        node = changes[0][0]
        while node is not None:
            ops = OPS[type(node)]
            if ops.shared:
                break
            if ops.hooks and ops.listens(node):
                heard.append(node)
            node = ops.link(node).parent
        else:
            return heard
        heard.clear()
    seen: set[int] = set()
    chains = 0
    for target, *_ in changes:
        if id(target) in seen:
            continue
        chains += 1
        front = [target]
        while front:
            node = front.pop()
            while node is not None and id(node) not in seen:
                seen.add(id(node))
                ops = OPS[type(node)]
                if ops.hooks and ops.listens(node):
                    heard.append(node)
                if ops.shared:
                    chains += 1
                    front.extend(p for p, _ in ops.parents(node))
                    break
                node = ops.link(node).parent
    if top is not None:
        heard = [
            n
            for n in heard
            if n is top or OPS[type(n)].shared or any(a is top for a in ancestors(n))
        ]
    if chains > 1 and len(heard) > 1:
        heard.sort(key=path_of, reverse=True)
    return heard


def _updates_for(node: Any, changes: list[Change]) -> dict[KeyPath, FieldUpdate]:
    depth = len(keys_up(node))
    updates: dict[KeyPath, FieldUpdate] = {}
    for target, ops, key, old, new in changes:
        if target is node or any(a is node for a in ancestors(target)):
            path = child_path(target, key)
            updates[KeyPath.of(tuple(path.keys)[depth:])] = FieldUpdate(
                path, target, ops.field(target, key), old, new
            )
    return updates


# -- rebind ------------------------------------------------------------------------------------------------------------------
@lru_cache(maxsize=4096)
def _parsed(path: str) -> tuple[Any, ...]:
    return tuple(KeyPath.parse(path).keys)


def _keys_of(path: Any) -> tuple[Any, ...]:
    if type(path) is str:
        return _parsed(path)
    return tuple(KeyPath.from_value(path).keys)


def rebind(
    x: T,
    /,
    path_value_pairs: Any = None,
    *,
    raise_on_no_change: bool = True,
    notify_parents: bool = True,
    skip_notification: bool | None = None,
    **kwargs: Any,
) -> T:
    """Changes values in the tree of `x`, in place; all of them, or none if anything raises.

    Args:
        x: A node.
        path_value_pairs: A dict of path → value, or a rule `(path, value) -> value` or `(path, value, parent) -> value`
            which is called for every place of the tree; returning the identical object leaves a place as it is.
            `MISSING_VALUE` removes a value (or resets it to its default); `Insertion(v)` inserts into a list.
        raise_on_no_change: Whether an empty set of changes is an error.
        notify_parents: Whether nodes above `x` are told.
        skip_notification: True to run no hooks; None takes the scope's setting.
        **kwargs: More pairs; they win.

    Returns:
        `x` itself.

    Raises:
        KeyError: A path does not exist, or a key is not allowed there.
        TypeError, ValueError: A value is not acceptable for its field.
        WritePermissionError: A node to be changed is sealed.

    Example:
        >>> import polygraft as pg
        >>> pg.Dict(a=pg.Dict(b=1), n=3).rebind({"a.b": "u", "k": 0})
        {a={b='u'}, n=3, k=0}
    """
    ops = OPS[type(x)]
    if not ops.symbolic:
        raise TypeError(f"Only symbolic values can be rebound. Encountered: {x!r}.")
    pairs = _as_pairs(x, path_value_pairs)
    if kwargs:
        merged = {p[0]: p for p in pairs}
        merged.update(
            (keys, (keys, None, (), v)) for keys, v in ((_keys_of(k), v) for k, v in kwargs.items())
        )
        pairs = list(merged.values())
    if not pairs:
        if raise_on_no_change:
            raise ValueError(f"There are no values to rebind. (path={path_of(x)})")
        return x
    sealed = FLAGS.get().sealed
    if (ops.link(x).flags & SEALED if sealed is None else sealed) and ops.kind in _ARGUMENT_KINDS:
        raise WritePermissionError(f"Cannot rebind a sealed {ops.type.__name__}.")
    with Batch(
        None if skip_notification is None else not skip_notification, None if notify_parents else x
    ) as b:
        _store_pairs(b, x, pairs, sealed)
    return x


_ARGUMENT_KINDS = (Kind.OBJECT, Kind.WRAPPED)

#: (keys from the root of the call, node that holds the place or None if it has still to be found, steps from there, value)
Pair = tuple[tuple[Any, ...], Any, tuple[Any, ...], Any]


def _as_pairs(x: Any, pairs: Any) -> list[Pair]:
    if type(pairs) is dict:
        return [(_keys_of(k), None, (), v) for k, v in pairs.items()]
    if pairs is None:
        return []
    if isinstance(pairs, Mapping):
        ops = OPS[type(pairs)]
        items = ops.items(pairs) if ops.symbolic else cast("Mapping[Any, Any]", pairs).items()
        return [(_keys_of(k), None, (), v) for k, v in items]
    if callable(pairs):
        return _run_rule(x, pairs)
    raise ValueError(
        f"Argument 'path_value_pairs' should be a dict. Encountered {pairs!r} (path={path_of(x)})"
    )


def _run_rule(x: Any, rule: Callable[..., Any]) -> list[Pair]:
    """Calls the rule on every place (before anything changes) and collects what it wants changed.

    A place that the rule replaces is not entered.
    """
    takes_parent = _rule_arity(rule) == 3
    make = KeyPath.of
    pairs: list[Pair] = []
    keys = keys_up(x)
    with deferring():
        try:
            new = rule(make(keys), x, None) if takes_parent else rule(make(keys), x)
            if new is not x:
                return [((), x, (), new)]  # refused with the message for the root
            # A frame: children to visit, their container's keys, the parent shown to the rule, the node that
            # holds them, and the steps from that node to the container.
            stack: list[Any] = [(iter(OPS[type(x)].items(x)), keys, x, x, ())]
            while stack:
                items, prefix, parent, node, steps = stack[-1]
                for key, value in items:
                    keys = (*prefix, key)
                    new = (
                        rule(make(keys), value, parent) if takes_parent else rule(make(keys), value)
                    )
                    if new is not value:
                        pairs.append((keys, node, (*steps, key), new))
                        continue
                    t = type(value)
                    if t in SAFE_TYPES or not (ops := OPS[t]).container:
                        continue
                    refuse_endless(len(stack), keys)
                    children = iter(ops.items(value))
                    if ops.symbolic:
                        stack.append((children, keys, value, value, ()))
                    else:
                        inner = parent if ops.kind is Kind.TUPLE else value
                        stack.append((children, keys, inner, node, (*steps, key)))
                    break
                else:
                    stack.pop()
        except Exception as e:
            e.add_note(f"Raised by rule {_name_of(rule)} at path '{make(keys)}'.")
            raise
    return pairs


def _name_of(rule: Any) -> str:
    return (
        f"{getattr(rule, '__module__', '?')}.{getattr(rule, '__qualname__', type(rule).__name__)}"
    )


def _rule_arity(rule: Callable[..., Any]) -> int:
    code = getattr(rule, "__code__", None)
    if (
        code is not None
        and not code.co_flags & 0x0C
        and not inspect.ismethod(rule)
        and code.co_argcount in (2, 3)
    ):
        return int(code.co_argcount)
    parameters = [
        p
        for p in inspect.signature(rule).parameters.values()
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.VAR_POSITIONAL)
    ]
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return 3
    if len(parameters) not in (2, 3):
        raise TypeError(
            f"Rebinder function {_name_of(rule)!r} should accept 2 or 3 arguments (key_path, value, [parent]). "
            f"Encountered: {[p.name for p in parameters]}."
        )
    return len(parameters)


def _store_pairs(b: Batch, x: Any, pairs: list[Pair], scope_sealed: bool | None) -> None:
    """Stores the pairs in order; structural changes of lists come last, from the end.

    So indices of a list refer to the list as it was before the call.
    """
    structural: list[tuple[Any, int, Any]] = []
    appends: list[tuple[Any, Any]] = []
    for keys, target, steps, value in pairs:
        if not keys:
            raise KeyError(
                f"Root key '$' cannot be used in {'List' if OPS[type(x)].kind is Kind.LIST else 'Dict'}.rebind. "
                f"Encountered {value!r} (path={path_of(x)})"
            )
        if target is None:
            target, steps = _resolve(x, keys)
        ops = OPS[type(target)]
        key = steps[0]
        if ops.link(target).flags & SEALED if scope_sealed is None else scope_sealed:
            raise WritePermissionError(
                f"Cannot rebind key {key!r} of sealed {ops.type.__name__}: {target!r}. (path='{path_of(target)}')"
            )
        if len(steps) > 1:
            b.store(target, key, _replaced(ops.get(target, key), steps[1:], value, target, (key,)))
        elif ops.kind is Kind.LIST:
            index = _index(target, key)
            if isinstance(value, Insertion):
                structural.append((target, index, value.value))
            elif is_missing(value):
                structural.append((target, index, MISSING_VALUE))
            elif index >= list.__len__(target):
                appends.append((target, value))
            else:
                b.store(target, index, value)
        else:
            if not ops.admits(target, key):
                raise _not_allowed(ops, target, key)
            b.store(target, key, value)
    if structural or appends:
        _restructure(b, structural, appends)


def _restructure(
    b: Batch, structural: list[tuple[Any, int, Any]], appends: list[tuple[Any, Any]]
) -> None:
    for target, index, value in sorted(structural, key=lambda e: e[1], reverse=True):
        if value is MISSING_VALUE:
            b.delete(target, index)
        else:
            b.insert(target, index, value)
    for target, value in appends:
        b.insert(target, list.__len__(target), value)
    for target, *_ in (*structural, *appends):
        OPS[type(target)].check_length(target)


def _index(target: Any, key: Any) -> int:
    """A list index, counted from the start."""
    if not isinstance(key, int):
        raise KeyError(f"Key {key!r} is not an index of a List. (path={path_of(target)})")
    n = list.__len__(target)
    if key < -n:
        raise IndexError(
            f"List index {key} is out of range: the list has {n} elements. (path={path_of(target)})"
        )
    return key + n if key < 0 else key


def _not_allowed(ops: NodeOps, target: Any, key: Any) -> UnknownKeyError:
    path = path_of(target)
    hint = did_you_mean(str(key), [str(k) for k, _ in ops.items(target)])
    return UnknownKeyError(
        f"Key {key!r} is not allowed for {ops.type!r}. (path={path}){hint}", path=path, value=key
    )


def _resolve(x: Any, keys: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """The innermost node on the way to `keys`, and the steps that remain from there (at least one)."""
    node, start, value, ops = x, 0, x, OPS[type(x)]
    for i in range(len(keys) - 1):
        child = ops.get(value, keys[i], _ABSENT)
        if child is _ABSENT:
            if not ops.container:
                raise _not_symbolic(x, keys, i, value)
            raise _no_such_path(x, keys, i, value)
        value, ops = child, OPS[type(child)]
        if ops.symbolic:
            node, start = value, i + 1
    if not ops.container:
        raise _not_symbolic(x, keys, len(keys) - 1, value)
    return node, keys[start:]


_ABSENT: Any = object()


def _no_such_path(x: Any, keys: tuple[Any, ...], i: int, value: Any) -> PathNotFoundError:
    path = KeyPath.of((*keys_up(x), *keys))
    names = [str(k) for k, _ in OPS[type(value)].items(value)]
    return PathNotFoundError(
        f"Path {path} does not exist: key {keys[i]!r} is absent from innermost value {value!r}."
        f"{did_you_mean(str(keys[i]), names)}",
        path=path,
        value=value,
    )


def _not_symbolic(x: Any, keys: tuple[Any, ...], i: int, value: Any) -> PathNotFoundError:
    path = KeyPath.of((*keys_up(x), *keys[:i]))
    return PathNotFoundError(
        f"Cannot rebind key {keys[i]!r}: {value!r} is not a symbolic type. (path='{path}')",
        path=path,
        value=value,
    )


def _replaced(
    value: Any, steps: tuple[Any, ...], new: Any, target: Any, done: tuple[Any, ...]
) -> Any:
    """`value` (a tuple, or a plain container inside one) with the place at `steps` replaced: rebuilt, not changed."""
    ops = OPS[type(value)]
    key, rest = steps[0], steps[1:]
    child = ops.get(value, key, _ABSENT) if ops.container else _ABSENT
    if child is _ABSENT and (ops.kind is not Kind.PLAIN_DICT or rest):
        raise _no_such_path(target, (*done, *steps), len(done), value)
    if rest:
        new = _replaced(child, rest, new, target, (*done, key))
    if ops.kind is Kind.TUPLE:
        items = list(value)
        key = key % len(items) if isinstance(key, int) and key < 0 else key
        if new is MISSING_VALUE:
            del items[key]
            return type(value)(items)
        items[key] = new
        return rebuild_tuple(value, items)
    copy = value.copy()
    if new is MISSING_VALUE:
        del copy[key]
    else:
        copy[key] = new
    return copy
