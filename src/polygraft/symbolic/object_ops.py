"""What the tree operations know of `Object` classes: one `ObjectOps` per class, made when the class is built."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from polygraft.errors import UnknownKeyError
from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.symbolic.base import Symbolic
from polygraft.symbolic.class_info import ClassInfo
from polygraft.symbolic.compare import hash_ as symbolic_hash
from polygraft.symbolic.compile import dynamic_names
from polygraft.symbolic.fields import stored_form
from polygraft.symbolic.flags import FLAGS
from polygraft.symbolic.node import OPS, PARTIAL, SAFE_TYPES, Kind, Link, NodeOps
from polygraft.symbolic.object_base import overrides, set_link
from polygraft.symbolic.places import attach_single, child_path, detach_single, path_of
from polygraft.symbolic.resolving import keep_aside, let_go
from polygraft.typing import Field

_set = object.__setattr__


class ObjectOps(NodeOps):
    """Operations on the instances of one `Object` class. The compiled functions stand in as methods."""

    kind = Kind.OBJECT
    symbolic = True
    container = True

    def __init__(self, cls: Any, info: ClassInfo):
        super().__init__(cls)
        self.info = info
        self.items = info.compiled.items
        if cls.sym_eq is Symbolic.sym_eq:
            self.eq = info.compiled.eq
        self.clone = info.compiled.clone
        self.share = info.compiled.share
        self.hooks = overrides(cls, "_on_change", "_on_bound")
        self.tells_updates = overrides(cls, "_on_change")
        self.watches_path = overrides(cls, "_on_path_change")
        self.watches_parent = overrides(cls, "_on_parent_change")
        self.storage = {s.name: s.storage for s in info.slots.values()}
        plain = cls.__getattribute__ is object.__getattribute__
        self.read: Callable[[Any, str], Any] = getattr if plain else object.__getattribute__
        if info.dynamic_at is not None:
            self.printed_items = self._in_order_of_schema
        if self.inferential:
            self.attach = self._attach_inferential  # type: ignore[method-assign]

    def link(self, x: Any) -> Link:
        return x._sym

    def set_link(self, x: Any, link: Link) -> None:
        set_link(x, link)

    def attach(self, x: Any, parent: Any, key: Any) -> Any:
        return attach_single(self, x, parent, key)

    def _attach_inferential(self, x: Any, parent: Any, key: Any) -> Any:
        OPS[type(parent)].resolve_reads(parent)
        return attach_single(self, x, parent, key)

    def detach(self, x: Any, parent: Any, key: Any) -> None:
        detach_single(self, x, parent, key)

    def _in_order_of_schema(self, x: Any) -> list[tuple[Any, Any]]:
        """The items, those of the dynamic field where it was declared."""
        items, n, at = list(self.items(x)), len(self.storage), self.info.dynamic_at
        return items[:at] + items[n:] + items[at:n]

    # -- children ----------------------------------------------------------------------------------
    def given_items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        return ((k, v) for k, v in self.items(x) if type(v) in SAFE_TYPES or not is_missing(v))

    def get(self, x: Any, key: Any, default: Any = MISSING_VALUE) -> Any:
        storage = self.storage.get(key)
        if storage is not None:
            return self.read(x, storage)
        if self.info.dynamic is not None and key in dynamic_names(x._sym):
            return self.read(x, self.info.dynamic_storage[key])
        return default

    stored = get  # what is there was given

    def field(self, x: Any, key: Any) -> Field | None:
        slot = self.info.slots.get(key)
        if slot is not None:
            return slot.field
        return self.info.schema.get_field(key) if isinstance(key, str) else None

    # -- writing -----------------------------------------------------------------------------------
    def admits(self, x: Any, key: Any) -> bool:
        return key in self.storage or self.info.admits(key)

    def check(self, x: Any, key: Any, value: Any) -> Any:
        slot = self.info.slots.get(key)
        if slot is None:
            field = self.info.schema.get_field(key)
            if field is None:
                path = path_of(x)
                raise UnknownKeyError(
                    f"Key {key!r} is not allowed for {self.type!r}. (path={path})",
                    path=path,
                    value=key,
                )
            if is_missing(value):
                return MISSING_VALUE
        elif slot.fits(value):
            return value
        else:
            field = slot.field
        scope = FLAGS.get().partial
        partial = bool(x._sym.flags & PARTIAL) if scope is None else scope
        return stored_form(field, value, partial, lambda: child_path(x, key))

    def put(self, x: Any, key: Any, value: Any) -> None:
        storage = self.storage.get(key)
        if type(x) is not self.type:
            let_go(x, key)
        if type(value) not in SAFE_TYPES and OPS[type(value)].inferential:
            self._note_dynamic(x, key, storage)
            keep_aside(x, key, storage or self.info.dynamic_storage[key], value)
            return
        if storage is not None:
            _set(x, storage, value)
            return
        if value is MISSING_VALUE:
            names = dynamic_names(self.link(x))
            if key in names:
                names.remove(key)
                attribute = self.info.dynamic_storage[key]
                if attribute in object.__getattribute__(x, "__dict__"):
                    object.__delattr__(x, attribute)
        else:
            self._note_dynamic(x, key, storage)
            _set(x, self.info.dynamic_storage[key], value)

    def _note_dynamic(self, x: Any, key: Any, storage: str | None) -> None:
        """Notes that there is a value at `key`, which no slot is for."""
        if storage is None:
            link = self.own_link(x)
            aside = link.aside = link.aside or {}
            names = aside.setdefault("dynamic", [])
            if key not in names:
                names.append(key)

    # -- events and comparison ---------------------------------------------------------------------
    def wants_updates(self, x: Any) -> bool:
        return self.tells_updates

    def changed(self, x: Any, updates: dict[Any, Any], undo: list[Any]) -> None:
        cast("Any", type(x))._on_change(x, updates)

    def eq(self, x: Any, y: Any, /) -> bool:
        compare: Callable[[Any, Any], Any] = cast("Any", self.type).sym_eq
        return bool(compare(x, y))

    def hash(self, x: Any) -> int:
        return hash((self.type, *((k, symbolic_hash(v)) for k, v in self.given_items(x))))
