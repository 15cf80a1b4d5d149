"""Edits: how trees change. All edits of a call happen, or none.

A `Batch` collects the stores of one operation. Each value is validated just before it is stored, and each store leaves
its inverse in an undo log; if anything raises (a spec, a rule, a hook), the log is played backwards, and hooks that
had already run are run again on the old values. `transaction()` makes several batches share one log. After success each
changed node and each node above it is told once, deepest first (`telling.py`).

The cost of an edit is that of walking its path and telling the ancestors, whatever the size of the tree. See
`rebinding.py` for how paths and rules become stores.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable
from contextvars import ContextVar, Token
from typing import Any

from polygraft.missing import MISSING_VALUE
from polygraft.symbolic.flags import FLAGS
from polygraft.symbolic.node import ABSTRACT, OPS, SAFE_TYPES, NodeOps, mark, plain_list
from polygraft.symbolic.places import refuse_cycle, rekey
from polygraft.symbolic.telling import Change, audience, updates_of


@dataclasses.dataclass(frozen=True, slots=True)
class Insertion:
    """As a value in `rebind`: insert before that index of a list instead of replacing."""

    value: Any


def mark_as_insertion(value: Any) -> Insertion:
    """As a value in `rebind`: the same as `Insertion(value)`."""
    return Insertion(value)


# -- transactions ----------------------------------------------------------------------------------
class Transaction:
    """An undo log, and the nodes whose hooks have run while it was open."""

    __slots__ = ("told", "undo")

    def __init__(self, undo: list[Any]) -> None:
        self.undo = undo
        self.told: list[Any] = []

    def roll_back(self, undo_from: int = 0, told_from: int = 0) -> None:
        """Puts values back, last first, and runs the hooks that had run again on the old values.

        Args:
            undo_from: Length of the undo log to go back to.
            told_from: Number of told nodes at that time.
        """
        steps, told = self.undo[undo_from:], self.told[told_from:]
        del self.undo[undo_from:]
        del self.told[told_from:]
        for step in reversed(steps):
            if callable(step):
                step()
            else:
                _unstore(*step)
        for node in told:
            ops = OPS[type(node)]
            if ops.hooks and not ops.shared:
                with contextlib.suppress(Exception):
                    ops.changed(node, {}, [])


#: The transaction that is open here.
_OPEN: ContextVar[Transaction | None] = ContextVar("polygraft_transaction", default=None)


class transaction:
    """All edits made inside the block happen, or, if it is left by an exception, none of them.

    Nested blocks join the outermost one.
    """

    __slots__ = ("_token", "_txn")
    _token: Token[Transaction | None]
    _txn: Transaction | None

    def __enter__(self) -> None:
        self._txn = None
        if _OPEN.get() is None:
            self._txn = Transaction([])
            self._token = _OPEN.set(self._txn)

    def __exit__(self, error: object, value: object, traceback: object) -> None:
        if self._txn is not None:
            try:
                if error is not None:
                    self._txn.roll_back()
            finally:
                _OPEN.reset(self._token)


def _unstore(target: Any, ops: NodeOps, key: Any, old: Any, new: Any) -> None:
    ops.put(target, key, old)
    if type(new) not in SAFE_TYPES:
        OPS[type(new)].detach(new, target, key)
    if type(old) not in SAFE_TYPES:
        OPS[type(old)].attach(old, target, key)


# -- storing ---------------------------------------------------------------------------------------
class Batch:
    """The stores of one operation: undone together, told together. A context manager.

    Within a transaction the undo log is that one's, and a batch that fails takes back its own part of it: whoever
    catches the exception inside the block finds the tree as it was before the failed operation.

    Attributes:
        notify: Whether hooks run; None takes the scope's setting.
        top: If given, nodes above it are not told.
    """

    # Most batches need none of these: they stay on the class.
    notify: bool | None = None
    top: Any = None
    outer: Transaction | None = None
    start = 0
    remembered: set[int] | None = None

    def __init__(self) -> None:
        self.changes: list[Change] = []
        outer = _OPEN.get()
        if outer is None:
            self.undo: list[Any] = []
        else:
            self.outer = outer
            self.undo = outer.undo
            self.start = len(outer.undo)

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, error: Any, value: Any, traceback: Any) -> None:
        if error is not None:
            self.take_back()
        else:
            self.tell()

    def take_back(self) -> None:
        """Undoes what this batch has stored."""
        txn = self.outer or Transaction(self.undo)
        txn.roll_back(self.start, len(txn.told))

    def tell(self) -> None:
        """Tells the tree what has changed; undoes everything if a hook raises."""
        if self.changes and (heard := audience(self.changes, self.top)):
            self._tell(heard)

    def _tell(self, heard: list[Any]) -> None:
        txn = self.outer or Transaction(self.undo)
        told_before = len(txn.told)
        notify = FLAGS.get().notify if self.notify is None else self.notify
        try:
            updates = updates_of(heard, self.changes)
            undo = txn.undo
            if updates:
                for node in heard:
                    if id(node) in updates and (ops := OPS[type(node)]).shared:
                        updates[id(node)] = ops.absorbed(node, updates[id(node)], undo)
            for node in heard:
                ops = OPS[type(node)]
                if not ops.shared:
                    if not notify:
                        continue
                    txn.told.append(node)
                ops.changed(node, updates.get(id(node), {}) if updates else {}, undo)
        except BaseException:
            txn.roll_back(self.start, told_before)
            raise

    def store(self, target: Any, key: Any, value: Any) -> None:
        """Validates `value`, stores it at `key` of the node `target`, and notes how to undo that."""
        ops = OPS[type(target)]
        old = ops.stored(target, key)
        if value is old and old is not MISSING_VALUE:
            return
        new = ops.check(target, key, value)
        if new is old and (new is value or not ops.remembers):
            return
        new_is_leaf, old_is_leaf = type(new) in SAFE_TYPES, type(old) in SAFE_TYPES
        if not new_is_leaf:
            refuse_cycles(new, target, key)
        # The old value leaves first: the new one may hold nodes of it (a rebuilt tuple).
        if not old_is_leaf:
            OPS[type(old)].detach(old, target, key)
        if not new_is_leaf:
            try:
                new = OPS[type(new)].attach(new, target, key)
            except BaseException:
                OPS[type(old)].attach(old, target, key)
                raise
        if new is MISSING_VALUE:
            mark(target, ABSTRACT)
            self._remember(ops, target)
        elif ops.remembers:
            self._remember(ops, target)
        ops.put(target, key, new)
        change = (target, ops, key, old, new)
        self.undo.append(change)
        self.changes.append(change)
        if not old_is_leaf and (adapter := OPS[type(old)].adapter) is not None:
            adapter.replaced(old, new, self.undo)

    def _remember(self, ops: NodeOps, target: Any) -> None:
        """Notes, once per node, what `put` changes besides the child."""
        if self.remembered is None:
            self.remembered = set()
        if id(target) not in self.remembered:
            self.remembered.add(id(target))
            self.undo.append(ops.memory(target))

    def insert(self, target: list[Any], index: int, value: Any) -> None:
        """Inserts before `index` of a `List`."""
        ops = OPS[type(target)]
        n = plain_list.__len__(target)
        index = max(0, index + n) if index < 0 else min(index, n)
        new = ops.check(target, index, value)
        refuse_cycles(new, target, index)
        # Those behind move first: `new` may be the one that stands at `index`, and is then copied.
        plain_list.insert(target, index, new)
        renumber(target, index + 1)
        try:
            new = OPS[type(new)].attach(new, target, index)
        except BaseException:
            plain_list.pop(target, index)
            renumber(target, index)
            raise
        plain_list.__setitem__(target, index, new)
        self.undo.append(lambda: _uninsert(target, index))
        self.changes.append((target, ops, index, MISSING_VALUE, new))

    def delete(self, target: list[Any], index: int) -> None:
        """Removes the element at `index` of a `List`."""
        ops = OPS[type(target)]
        n = plain_list.__len__(target)
        index = index + n if index < 0 else index
        if not 0 <= index < n:
            return
        old = plain_list.pop(target, index)
        OPS[type(old)].detach(old, target, index)
        renumber(target, index)
        self.undo.append(lambda: _undelete(target, index, old))
        self.changes.append((target, ops, index, old, MISSING_VALUE))

    def check_length(self, target: list[Any]) -> None:
        """Raises if a `List` has too few or too many elements after insertions and removals."""
        OPS[type(target)].check_length(target)

    def replace_all(
        self,
        target: list[Any],
        items: list[Any],
        told: dict[int, bool] | None = None,
        gone: Iterable[int] = (),
    ) -> None:
        """Replaces the whole content of a `List` by values that have been checked.

        Args:
            target: The list.
            items: Its new content.
            told: The new indices that are told as changed → whether they were inserted; None tells all that differ.
            gone: The old indices that are told as removed.
        """
        ops = OPS[type(target)]
        before = list(plain_list.__iter__(target))

        def restore() -> None:
            for i, v in enumerate(plain_list.__iter__(target)):
                OPS[type(v)].detach(v, target, i)
            plain_list.__init__(target, before)
            for i, v in enumerate(before):
                OPS[type(v)].attach(v, target, i)
                rekey(v, target, i)

        self.undo.append(restore)
        keep = {id(v) for v in items}
        for i, v in enumerate(before):
            if id(v) not in keep:
                OPS[type(v)].detach(v, target, i)
        stays = {id(v) for v in before}
        plain_list.clear(target)
        for i, v in enumerate(items):
            plain_list.append(target, v)
            if id(v) in stays:
                stays.discard(id(v))  # where it comes again, it is copied
                rekey(v, target, i)
            else:
                plain_list.__setitem__(target, i, OPS[type(v)].attach(v, target, i))
        after = list(plain_list.__iter__(target))
        if told is None:
            n = len(before)
            told, gone = {i: i >= n for i in range(len(after))}, range(len(after), n)
        for i, inserted in told.items():
            old = MISSING_VALUE if inserted else before[i]
            if old is not after[i]:
                self.changes.append((target, ops, i, old, after[i]))
        self.changes.extend((target, ops, i, before[i], MISSING_VALUE) for i in gone)


def renumber(target: list[Any], start: int) -> None:
    """Gives the children of a `List` from `start` on their new keys."""
    for i in range(start, plain_list.__len__(target)):
        v = plain_list.__getitem__(target, i)
        if type(v) not in SAFE_TYPES:
            rekey(v, target, i)


def _uninsert(target: list[Any], index: int) -> None:
    v = plain_list.pop(target, index)
    OPS[type(v)].detach(v, target, index)
    renumber(target, index)


def _undelete(target: list[Any], index: int, old: Any) -> None:
    plain_list.insert(target, index, old)
    OPS[type(old)].attach(old, target, index)
    renumber(target, index + 1)


def refuse_cycles(value: Any, target: Any, key: Any) -> None:
    """Raises if `value`, or a node in it (if it is a tuple), is `target` or stands above it."""
    ops = OPS[type(value)]
    if ops.symbolic:
        refuse_cycle(value, target, key)
    elif ops.container:
        for _, v in ops.items(value):
            refuse_cycles(v, target, key)


def write(target: Any, key: Any, value: Any) -> None:
    """Stores one value and tells the tree: what `d[k] = v` and `x.field = v` do."""
    with Batch() as b:
        b.store(target, key, value)
