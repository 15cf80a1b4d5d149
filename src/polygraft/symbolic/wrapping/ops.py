"""What the tree operations do with wrapped objects: `WrappedOps`, one for each wrapped class and
each subclass of one.

A deferred object is of another class, which equals the wrapped one and so finds the same
operations in `OPS`.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterable
from typing import Any, cast

from polygraft.errors import AbstractValueError
from polygraft.missing import MISSING_VALUE, MissingValue
from polygraft.paths import KeyPath
from polygraft.symbolic.compare import eq_mappings, hash_items_unordered
from polygraft.symbolic.compare import same as same_values
from polygraft.symbolic.fields import stored_form
from polygraft.symbolic.flags import FLAGS
from polygraft.symbolic.node import (
    ABSTRACT,
    KNOWN,
    NOT_WRITABLE,
    OPS,
    PARTIAL,
    ROOT,
    SAFE_TYPES,
    SEALED,
    WATCHED,
    WITHOUT_INNER,
    WRITABLE,
    Kind,
    Link,
    NodeOps,
    add_resolver,
    is_inner_name,
    mark,
)
from polygraft.symbolic.once import once_property
from polygraft.symbolic.places import announce_attached, announce_moved, child_path, path_of
from polygraft.symbolic.wrapping import (
    absorbing,
    calls,
    defaults,
    eager,
    heirs,
    inner,
    kept,
    pickling,
    record,
    schema,
    state,
)
from polygraft.symbolic.wrapping.adapters import adapter_of
from polygraft.symbolic.wrapping.base import (
    ClassWrapper,
    DictBase,
    RenewableOwnSlotBase,
    RenewableSlotBase,
    SlotBase,
    own_hook,
    pending,
    read_slot,
    write_slot,
)
from polygraft.symbolic.wrapping.construction import realize_node
from polygraft.symbolic.wrapping.deferred import building_class, deferred_class
from polygraft.symbolic.wrapping.interception import Table
from polygraft.symbolic.wrapping.meta import WrapperMeta, is_c_layout, own_slot
from polygraft.symbolic.wrapping.options import fields_of
from polygraft.symbolic.wrapping.record import WATCHERS, Record
from polygraft.symbolic.wrapping.signature import ClassInfo
from polygraft.typing import Field

_KEPT_FLAGS = SEALED | PARTIAL | WRITABLE | NOT_WRITABLE | ABSTRACT | KNOWN


class WrappedOps(NodeOps):
    """Operations on the instances of one wrapped class.

    Attributes:
        wrapped: True.
        record: Reads the record of an instance; `AttributeError` for an object that a framework
            made past the constructor.
        set_record: Writes it.
        make: Calls the plain class.
        deferrable: False for C layouts, which exist from the start and are replaced when edited.
        renewable: True if a `__new__` or a metaclass takes part in construction.
        deferred_type: The class of deferred instances; None until one is needed.
        redirections: What the constructor's calls are redirected to when it runs late, if anything.
        inside: The modules or classes whose calls in the constructor are always redirected (`inner=...`), if any.
        adapter: What the framework of the class needs, if it needs anything.
    """

    kind = Kind.WRAPPED
    symbolic = True
    container = True
    shared = True
    hooks = True
    wrapped = True

    call = calls.call
    partial = calls.partial

    def __init__(self, cls: Any):
        super().__init__(cls)
        self.record: Callable[[Any], Record] = read_slot
        self.set_record: Callable[[Any, Record], None] = write_slot
        if issubclass(cls, DictBase):
            self.record = record.read_key
            self.set_record = record.write_key
        elif not issubclass(cls, SlotBase):
            slot = own_slot(cls)
            self.record, self.set_record = slot.__get__, slot.__set__
        self.deferrable = not is_c_layout(cls)
        if not self.deferrable:
            pickling.register_eager(cls)
        self.renewable = issubclass(cls, (RenewableSlotBase, RenewableOwnSlotBase))
        meta: Any = WrapperMeta
        self.make: Callable[..., Any] = cast("Any", super(meta, cls)).__call__
        self.make_renewing: Callable[..., Any] = self.make
        if self.renewable:
            self.make = _not_renewing(self.make, cls)
        self.deferred_type: Any = None
        self.building_type: Any = None
        self.adapter = adapter_of(cls)
        bases = [b for b in cls.__mro__[1:] if type(b) is not type and isinstance(b, WrapperMeta)]
        self.redirections: Table | None = next(
            (o.redirections for b in bases if (o := cast("Any", OPS[b])).redirections), None
        )
        self.inside: Any = next(
            (o.inside for b in bases if (o := cast("Any", OPS[b])).inside), None
        )
        self.watches_path = own_hook(cls, "_on_path_change") is not None
        self.watches_parent = own_hook(cls, "_on_parent_change") is not None
        #: The user's `_on_bound`, if there is one.
        self.bound = own_hook(cls, "_on_bound")
        if self.bound is not None:
            self.call = functools.partial(calls.call_and_tell, self)  # type: ignore[method-assign]
        if self.inside:
            self.look_inside(self.inside)

    @once_property
    def info(self) -> ClassInfo:
        """The class, compiled at first use."""
        info = ClassInfo(self.type, *fields_of(self.type))
        if self.adapter is not None:
            self.adapter.described(info)
        return info

    def look_inside(self, inner: tuple[Any, ...]) -> None:
        """Makes calls of the classes in `inner` symbolic in all constructors of the class."""
        self.inside = inner
        if self.bound is None:
            self.call = functools.partial(calls.call_redirected, self)  # type: ignore[method-assign]

    @property
    def is_abstract_class(self) -> bool:
        """True if instances can't be made: the plain class says so at once, also where construction is deferred."""
        return bool(getattr(self.type, "__abstractmethods__", None))

    # -- classes of deferred objects ---------------------------------------------------------------
    @once_property
    def deferred(self) -> Any:
        """The class of deferred instances."""
        self.deferred_type = deferred_class(self.type, realize_node, _DEFERRED_METHODS)
        if self.adapter is not None:
            self.adapter.deferring(self.type, self.deferred_type)
        return self.deferred_type

    @once_property
    def building(self) -> Any:
        """The class of instances under construction."""
        self.building_type = building_class(self.type, realize_node, self.record)
        return self.building_type

    def is_deferred(self, x: Any) -> bool:
        """True if `x` is not constructed. Also for objects of a class derived at run time (parametrized modules)."""
        return type(x) is self.deferred_type

    def record_or_none(self, x: Any) -> Record | None:
        """The record of `x`, if it has one."""
        try:
            return self.record(x)
        except AttributeError:
            return None

    def called_type(self, x: Any) -> type:
        rec = self.record_or_none(x)
        return self.type if rec is None else rec.info.cls

    # -- place -------------------------------------------------------------------------------------
    def link(self, x: Any) -> Link:
        try:
            rec = self.record(x)
        except AttributeError:
            return ROOT
        if rec.more is not None:
            record.tidy(rec, x)
        return rec

    def own_link(self, x: Any) -> Link:
        link = self.link(x)
        if link is ROOT:
            link = Record(self.info, {})
            self.set_record(x, link)
        return link

    def set_link(self, x: Any, link: Link) -> None:
        rec = self.own_link(x)
        rec.parent, rec.key, rec.flags, rec.aside = link.parent, link.key, link.flags, link.aside

    def parents(self, x: Any) -> tuple[tuple[Any, Any], ...]:
        rec = self.record_or_none(x)
        return () if rec is None else tuple(record.places(rec, x))

    def attach(self, x: Any, parent: Any, key: Any) -> Any:
        try:
            rec = self.record(x)
        except AttributeError:
            return x
        if rec.parent is None:
            rec.parent, rec.key = parent, key
            if rec.aside:
                rec.aside.pop("root_path", None)
            if self.watches_path:
                rec.flags |= WATCHED
            if rec.flags & WATCHED or self.watches_parent:
                announce_attached(x)
        else:
            record.add_parent(rec, parent, key)
            if rec.flags & WATCHED:
                mark(parent, WATCHED)
        if rec.flags & ABSTRACT:
            mark(parent, ABSTRACT)
        return x

    def detach(self, x: Any, parent: Any, key: Any) -> None:
        rec = self.record_or_none(x)
        if rec is None:
            return
        if not rec.flags & WATCHED and not self.watches_parent:
            record.remove_parent(rec, parent, key)
            return
        first = rec.parent
        old = KeyPath() if first is None else child_path(first, rec.key)
        record.remove_parent(rec, parent, key)
        self._tell_place(x, rec, first, old)

    def rekey(self, x: Any, parent: Any, key: Any) -> None:
        rec = self.record_or_none(x)
        if rec is None or not rec.flags & WATCHED or rec.parent is not parent:
            self.attach(x, parent, key)
            return
        old = child_path(parent, rec.key)
        self.attach(x, parent, key)
        record.tidy(rec, x)
        self._tell_place(x, rec, parent, old)

    def _tell_place(self, x: Any, rec: Record, old_parent: Any, old_path: KeyPath) -> None:
        """Tells `x`, and the nodes below that want to know, that its first place is another one."""
        if self.watches_parent and rec.parent is not old_parent:
            cast("Any", type(x))._on_parent_change(x, old_parent, rec.parent)
        if rec.flags & WATCHED and (new := path_of(x)) != old_path:
            announce_moved(x, old_path, new)

    # -- children ----------------------------------------------------------------------------------
    def items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        try:
            rec = self.record(x)
        except AttributeError:
            return []
        args, info = rec.args, rec.info
        if not info.node_defaults and info.varargs is None:
            return (info.defaults | args).items()
        if info.node_defaults and not info.node_defaults <= args.keys():
            defaults.show(rec, x)
        shown = defaults.shown(rec)
        out: list[tuple[Any, Any]] = []
        for name, default in info.defaults.items():
            if name in args:
                out.append((name, args[name]))
            elif name == info.varargs:
                out.append((name, []))
            else:
                out.append((name, shown.get(name, default)))
        out.extend((name, value) for name, value in args.items() if name not in info.defaults)
        return out

    def with_inner(self) -> NodeOps:
        view = copy.copy(self)
        view.items = self.inner_items  # type: ignore[method-assign]
        return view

    def inner_items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        """Like `items`, with what the constructor has made in place of the overrides; constructs `x` if need be."""
        if not self.is_known(x):
            try:
                realize_node(x)
            except AbstractValueError:
                return self.items(x)
        rec = self.record_or_none(x)
        found = None if rec is None else inner.inner_of(rec)
        if found is None:
            return self.items(x)
        own = [(k, v) for k, v in self.items(x) if not is_inner_name(k)]
        return [*own, *inner.shown(rec, found)] if rec is not None else own

    def is_known(self, x: Any) -> bool:
        """True if it is known what the constructor of `x` calls."""
        return not self.is_deferred(x) or bool(self.record(x).flags & KNOWN)

    def expand(self, x: Any) -> None:
        rec = self.record_or_none(x)
        found = None if rec is None else inner.inner_of(rec)
        if rec is not None and found is not None:
            args, _ = inner.split(rec.args)
            rec.args = {**args, **dict(inner.shown(rec, found))}

    def given_items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        rec = self.record_or_none(x)
        if rec is None:
            return ()
        args, info = rec.args, rec.info
        out = [(name, args[name]) for name in info.defaults if name in args]
        if len(out) < len(args):
            out.extend((name, value) for name, value in args.items() if name not in info.defaults)
        return out

    def get(self, x: Any, key: Any, default: Any = MISSING_VALUE) -> Any:
        rec = self.record_or_none(x)
        if rec is None:
            return default
        if rec.aside and is_inner_name(key):
            found = inner.inner_of(rec)
            value = MISSING_VALUE if found is None else found.at(key)
            if value is not MISSING_VALUE:
                return value
        if key in rec.args:
            return rec.args[key]
        if key is None:
            return default
        if key == rec.info.varargs:
            return []
        if key in rec.info.node_defaults:
            defaults.show(rec, x)
            return defaults.shown(rec)[key]
        value: Any = rec.info.defaults.get(key, default)
        return value

    def stored(self, x: Any, key: Any) -> Any:
        rec = self.record_or_none(x)
        return MISSING_VALUE if rec is None else rec.args.get(key, MISSING_VALUE)

    def field(self, x: Any, key: Any) -> Field | None:
        rec = self.record_or_none(x)
        return None if rec is None else rec.info.field(key)

    def shown_field(self, x: Any, key: Any) -> Field | None:
        rec = self.record_or_none(x)
        if rec is None or is_inner_name(key) or not rec.info.admits(key):
            return None
        return schema.field_of(rec.info, key)

    # -- writing -----------------------------------------------------------------------------------
    def admits(self, x: Any, key: Any) -> bool:
        rec = self.record_or_none(x)
        if rec is None:
            return False
        if is_inner_name(key):
            return self.deferrable and self.admits_override(x, rec, key)
        return rec.info.admits(key)

    def admits_override(self, x: Any, rec: Record, name: str) -> bool:
        """True unless it is known that the constructor makes no call of that name."""
        found = inner.inner_of(rec)
        if name in rec.args or not self.is_known(x):
            return True
        return found is not None and found.index(name) is not None

    def check(self, x: Any, key: Any, value: Any) -> Any:
        if value is MISSING_VALUE or isinstance(value, MissingValue):
            return MISSING_VALUE
        field = self.field(x, key)
        if field is None:
            return value if type(value) in SAFE_TYPES else calls.recorded(value)
        return stored_form(field, value, True, lambda: child_path(x, key))

    def put(self, x: Any, key: Any, value: Any) -> None:
        args = self.record(x).args
        if value is MISSING_VALUE:
            args.pop(key, None)
        else:
            args[key] = value

    def memory(self, x: Any) -> Callable[[], Any]:
        order = list(self.record(x).args)

        def reorder() -> None:
            args = self.record(x).args
            args.update({k: args.pop(k) for k in order if k in args})

        return reorder

    # -- life --------------------------------------------------------------------------------------
    def clone(self, x: Any, memo: dict[int, Any] | None, deep: bool) -> Any:
        if memo is None:
            memo = {}
        known = memo.get(id(x))
        if known is not None:
            return known
        try:
            rec = self.record(x)
        except AttributeError:  # made past the constructor: a value like any other
            return copy.deepcopy(x, memo) if deep else x
        if not self.deferrable:
            return eager.clone(self, x, rec, memo, deep)
        aside = None if self.adapter is None else self.adapter.cloning(x)
        info = rec.info
        ops: Any = self if info.cls is self.type else OPS[info.cls]
        new = object.__new__(ops.deferred)
        memo[id(x)] = new
        args: dict[str, Any] = {}
        flags = rec.flags & _KEPT_FLAGS
        if type(x) is not ops.deferred_type:
            flags |= KNOWN
        copied = Record(info, args, flags)
        ops.set_record(new, copied)
        if aside:
            copied.aside = aside
        for name, value in rec.args.items():
            if type(value) not in SAFE_TYPES:
                child = OPS[type(value)]
                if child.container:
                    value = child.clone(value, memo, deep)
                    value = OPS[type(value)].attach(value, new, name)
                elif deep:
                    value = copy.deepcopy(value, memo)
            args[name] = value
        if rec.aside:
            self.clone_inner(rec, new, copied, memo, deep)
        return new

    def clone_inner(
        self, rec: Record, new: Any, copied: Record, memo: dict[int, Any], deep: bool
    ) -> None:
        """Gives a clone what the constructor of the original has made, as programs."""
        if WITHOUT_INNER in memo:
            copied.flags &= ~KNOWN
            return
        found = inner.copied(rec, memo, deep)
        if found is not None and copied.flags & KNOWN:
            inner.keep(copied, new, found)

    def share(self, x: Any) -> Any:
        return x

    def changed(self, x: Any, updates: dict[Any, Any], undo: list[Any]) -> None:
        rec = self.record_or_none(x)
        if rec is None:
            return
        if not rec.aside and type(x) is self.deferred_type and rec.info.cls is self.type:
            # A program, of whose construction nothing is kept: nearly all that rules and searches edit.
            undo.append(_Redrop(self, x, rec))
            rec.flags &= ~KNOWN
            return
        if rec.aside:
            defaults.keep_changed(rec, undo)
            for watch in rec.aside.get(WATCHERS, ()):
                watch(x, undo)
        if not self.deferrable:
            eager.replace(self, x, rec, undo)
            return
        if rec.aside or rec.flags & KNOWN:
            self.mind_inner(x, rec, bool(updates), undo)
        ops: Any = self if rec.info.cls is self.type else OPS[rec.info.cls]
        made = inner.inner_of(rec)
        if type(x) is ops.deferred_type:
            undo.append(lambda: _drop(ops, x, rec, made))
            return
        if self.adapter is not None:
            self._adapt(x, undo)
        taken = state.take(x, self.info)
        _drop(ops, x, rec, made)

        def restore() -> None:
            inner.reinstate(rec, x, made)
            state.put_back(x, self.info, taken)

        undo.append(restore)

    def wants_updates(self, x: Any) -> bool:
        link = self.link(x)
        return link.aside is not None and "inner" in link.aside

    def absorbed(self, x: Any, updates: dict[Any, Any], undo: list[Any]) -> dict[Any, Any]:
        return updates if absorbing.absorb(self.record(x), x, updates, undo) else {}

    def mind_inner(self, x: Any, rec: Record, known: bool, undo: list[Any]) -> None:
        """Keeps or forgets what the constructor of `x` has made, after an edit."""
        before = rec.flags
        heirs.leave(rec, not self.is_deferred(x), FLAGS.get().keep_weights, undo)
        found = inner.inner_of(rec)
        if known and found is not None:
            rec.flags |= KNOWN
            absorbing.settle(rec, x, found, undo)
        else:
            rec.flags &= ~KNOWN
            restore = inner.forget(rec, x)
            if restore is not None:
                undo.append(restore)
        if before != rec.flags:
            undo.append(lambda: setattr(rec, "flags", before))

    def _adapt(self, x: Any, undo: list[Any]) -> None:
        """Does what the framework needs before the state of `x` goes."""
        adapter: Any = self.adapter
        kept.forget(x, undo)
        tied = list(adapter.tied(x))
        adapter.dropping(x, undo)
        keep = FLAGS.get().keep_weights
        for node in tied:
            other: Any = OPS[type(node)]
            if node is x or other.kind is not Kind.WRAPPED or other.is_deferred(node):
                continue
            learned = other.adapter.learned(node) if keep and other.adapter is not None else None
            other.changed(node, {}, undo)
            if learned is not None:
                kept.save(node, learned, undo)

    # -- comparison --------------------------------------------------------------------------------
    def eq(self, x: Any, y: Any) -> bool:
        if x is y:
            return True
        mine = self.record_or_none(x)
        other: Any = OPS[type(y)]
        if mine is None or other.kind is not Kind.WRAPPED:
            return False
        theirs = other.record_or_none(y)
        if theirs is None or theirs.info.cls is not mine.info.cls:
            return False
        a, b = mine.args, theirs.args
        if a.keys() == b.keys():
            return eq_mappings(a, b)
        left, right = dict(self.items(x)), dict(other.items(y))
        return left.keys() == right.keys() and all(
            v is right[k] or same_values(v, right[k]) for k, v in left.items()
        )

    def hash(self, x: Any) -> int:
        rec = self.record_or_none(x)
        if rec is None:
            return object.__hash__(x)
        return hash_items_unordered(((k, _hashable(v)) for k, v in self.items(x)), rec.info.cls)

    def reduce(self, x: Any, protocol: Any) -> Any:
        """What pickling and copying need of an object that exists."""
        return pickling.reduce_object(self, x, protocol)


def _hashable(v: Any) -> Any:
    """Defaults that are plain lists and dicts are hashed like the nodes they would be stored as."""
    return calls.recorded(v) if type(v) in (list, dict) else v


def _drop(ops: Any, x: Any, rec: Record, made: inner.Inner | None) -> None:
    """Makes `x` deferred, whatever it was; `made` is what is known of its constructor."""
    inner.reinstate(rec, x, made)
    if not ops.is_deferred(x):
        current: Any = OPS[type(x)]  # not `ops` if the class was changed at run time
        state.empty(x, current.info)
        state.set_class(x, ops.deferred)


class _Redrop:
    """Undoes an edit of a deferred object: it may have been constructed since, and is to be deferred again."""

    __slots__ = ("flags", "ops", "rec", "x")

    def __init__(self, ops: Any, x: Any, rec: Record) -> None:
        self.ops = ops
        self.x = x
        self.rec = rec
        self.flags = rec.flags

    def __call__(self) -> None:
        _drop(self.ops, self.x, self.rec, None)
        self.rec.flags = self.flags


def _not_renewing(make: Callable[..., Any], cls: Any) -> Callable[..., Any]:
    """Calls a class with a `__new__` of its own, as Python would call the plain class.

    Keeps an object that is waiting for its `__new__` from being taken by another one, made meanwhile. Initializes an
    instance of a plain subclass, which `__new__` may choose: Python does not, as it is none of the wrapper.
    """
    plain = next(base for base in cls.__mro__ if not issubclass(base, ClassWrapper))

    def call(*args: Any, **kwargs: Any) -> Any:
        waiting, pending.object = pending.object, None
        try:
            x = make(*args, **kwargs)
        finally:
            pending.object = waiting
        if isinstance(x, plain) and not isinstance(x, cls) and not isinstance(x, ClassWrapper):
            x.__init__(*args, **kwargs)
        return x

    return call


_DEFERRED_METHODS = {
    "__reduce_ex__": pickling.reduce_deferred,
    "__setstate__": pickling.set_state,
    "__copy__": pickling.copy_deferred,
    "__deepcopy__": pickling.deepcopy_deferred,
}


def _resolve(cls: type) -> NodeOps | None:
    return (
        WrappedOps(cls) if issubclass(cls, ClassWrapper) and isinstance(cls, WrapperMeta) else None
    )


add_resolver(_resolve)
