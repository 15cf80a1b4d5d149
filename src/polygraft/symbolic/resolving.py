"""How reading gives what inferential values stand for, at no cost for nodes without any.

A node that holds one is of a *resolving* subclass of its class, which is made once per class, looks like it
(`x.__class__`, name, `isinstance`) and resolves what is read. For an `Object` the raw value leaves the instance's
attributes and is kept aside, in its link: the normal lookup misses then, and `__getattr__` of the resolving class
resolves. A `Dict` or `List` keeps raw values where they are, and its resolving class has other methods for reading.

Invariant: an `Object` is of its resolving class exactly while it has values kept aside. (A container that has lost its
last one stays of its resolving class: that is slower, and no different.)
"""

from __future__ import annotations

import copy
from collections.abc import Callable, ItemsView, Iterator, ValuesView
from typing import Any, cast

from polygraft.missing import MISSING_VALUE
from polygraft.symbolic.class_info import ClassInfo, Compiled
from polygraft.symbolic.compare import same
from polygraft.symbolic.compile import KEPT, dynamic_names
from polygraft.symbolic.inferential import inferred, is_inferential
from polygraft.symbolic.node import OPS, ROOT, SAFE_TYPES, Link, plain_dict, plain_list
from polygraft.symbolic.object_base import after_construction, overrides, set_link
from polygraft.symbolic.once import MAKING

#: Changes the class of an instance, past any `__class__` that its class defines.
set_class: Callable[[Any, type], None] = vars(object)["__class__"].__set__
_set = object.__setattr__
_get = object.__getattribute__


class _Silent:
    """First base of resolving classes: keeps `__init_subclass__` of the user's classes from running."""

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        pass


def _subclass(cls: Any, body: dict[str, Any]) -> Any:
    """A subclass that passes for `cls`, made without running any of the user's code."""
    namespace = {
        **body,
        "__slots__": (),
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
        "__class__": property(lambda self: cls),
    }
    make: Any = type.__new__
    return make(type(cls), cls.__name__, (_Silent, cls), namespace)


# -- objects ---------------------------------------------------------------------------------------
def aside_of(x: Any) -> dict[str, Any]:
    """The raw inferential values of an object, by field."""
    aside = _get(x, "_sym").aside
    return aside.get("inferred", {}) if aside else {}


def keep_aside(x: Any, key: str, storage: str, value: Any) -> None:
    """Stores the inferential `value` as the child `key` of the object `x`, which becomes one of its resolving class."""
    ops = OPS[type(x)]
    link = ops.own_link(x)
    aside = link.aside = link.aside or {}
    aside.setdefault("inferred", {})[key] = value
    if storage in _attributes(x):
        object.__delattr__(x, storage)
    if type(x) is ops.type:
        set_class(x, resolving_class(ops.type))


def let_go(x: Any, key: str) -> None:
    """Forgets what is kept aside for `key`; with the last value, `x` becomes one of its own class again."""
    values = aside_of(x)
    if key in values:
        del values[key]
        if not values:
            ops = OPS[type(x)]
            del cast("Any", ops.link(x).aside)["inferred"]
            set_class(x, ops.type)


def _attributes(x: Any) -> dict[str, Any]:
    return _get(x, "__dict__")


def resolving_class(cls: Any) -> Any:
    """The resolving class of an `Object` class."""
    info: ClassInfo = cls.__pg_class__
    if info.resolving is None:
        with MAKING:
            if info.resolving is None:
                info.resolving = _resolving_object_class(cls, info)
    return info.resolving


def _resolving_object_class(cls: Any, info: ClassInfo) -> Any:
    own_getattr: Any = next(
        (c.__dict__["__getattr__"] for c in cls.__mro__ if "__getattr__" in c.__dict__), None
    )

    def __getattr__(self: Any, name: str) -> Any:
        values = aside_of(self)
        if name in values:
            return inferred(values[name])
        if own_getattr is not None:
            return own_getattr(self, name)
        return cls.__getattribute__(self, name)  # once more, for the error of its own

    resolving = _subclass(cls, {"__getattr__": __getattr__})
    view = copy.copy(info)
    view.compiled = _general_functions(cls, view, resolving)
    type.__setattr__(resolving, "__pg_class__", view)
    base: Any = type(OPS[cls])
    OPS[resolving] = type(base.__name__, (_ResolvingOps, base), {})(cls, view)
    return resolving


class _ResolvingOps:
    """Stands before the operations of a class: children are looked for aside first."""

    def get(self, x: Any, key: Any, default: Any = MISSING_VALUE) -> Any:
        values = aside_of(x)
        return values[key] if key in values else cast("Any", super()).get(x, key, default)

    stored = get


def _general_functions(cls: Any, info: ClassInfo, resolving: Any) -> Compiled:
    """What `compile_class` generates for `cls`, for instances of its resolving class."""
    finish = overrides(cls, "_on_init", "_on_bound", "_on_path_change")
    storage = {s.name: s.storage for s in info.slots.values()}
    more_storage = info.dynamic_storage

    def items(x: Any) -> tuple[tuple[str, Any], ...]:
        values = aside_of(x)
        names = [*storage, *dynamic_names(_get(x, "_sym"))]
        return tuple(
            (
                n,
                values[n]
                if n in values
                else _get(x, storage[n] if n in storage else more_storage[n]),
            )
            for n in names
        )

    def rebuilt(x: Any, child: Callable[[Any, Any, str], Any]) -> Any:
        new = object.__new__(cls)
        link: Link = _get(x, "_sym")
        flags, more = link.flags & KEPT, dynamic_names(link)
        aside = {"dynamic": list(more)} if more else None
        set_link(new, Link(None, None, flags, aside) if flags or aside else ROOT)
        for name, value in items(x):
            if type(value) not in SAFE_TYPES:
                value = child(value, new, name)
            attribute = storage[name] if name in storage else more_storage[name]
            if is_inferential(value):
                keep_aside(new, name, attribute, value)
            else:
                _set(new, attribute, value)
        if finish:
            after_construction(new)
        return new

    def clone(x: Any, memo: Any, deep: bool) -> Any:
        return rebuilt(x, lambda v, new, k: OPS[type(v)].clone_into(v, memo, deep, new, k))

    def share(x: Any) -> Any:
        def child(v: Any, new: Any, k: str) -> Any:
            v = OPS[type(v)].share(v)
            return OPS[type(v)].attach(v, new, k)

        return rebuilt(x, child)

    def eq(x: Any, y: Any) -> bool:
        if x is y:
            return True
        if type(y) is not resolving:  # then it holds none, or others than `x`
            return False
        left, right = dict(items(x)), dict(items(y))
        return left.keys() == right.keys() and all(same(v, right[k]) for k, v in left.items())

    out = Compiled()
    out.init, out.clone_into = info.compiled.init, None
    out.clone, out.share, out.eq, out.items = clone, share, eq, items
    return out


# -- containers ------------------------------------------------------------------------------------
def resolving_dict(cls: Any) -> Any:
    """The resolving class of `Dict` or a subclass of it."""

    def __getitem__(self: Any, key: Any) -> Any:
        value = cls.__getitem__(self, key)
        try:
            return inferred(value)
        except AttributeError as e:
            if not is_inferential(value):
                raise
            raise KeyError(key) from e

    def get(self: Any, key: Any, default: Any = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return default

    def __iter__(self: Any) -> Iterator[Any]:
        return plain_dict.__iter__(self)

    def values(self: Any) -> Any:
        return _InferredValues(self)

    def items(self: Any) -> Any:
        return _InferredItems(self)

    return _subclass(
        cls,
        {
            "__getitem__": __getitem__,
            # Its being there keeps `dict(d)` and `{**d}` from taking raw values.
            "__iter__": __iter__,
            "get": get,
            "values": values,
            "items": items,
        },
    )


class _InferredItems(ItemsView[Any, Any]):
    """The items of a resolving dict, as they are read."""

    __slots__ = ()
    _mapping: Any

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        return ((k, inferred(v)) for k, v in plain_dict.items(self._mapping))


class _InferredValues(ValuesView[Any]):
    """The values of a resolving dict, as they are read."""

    __slots__ = ()
    _mapping: Any

    def __iter__(self) -> Iterator[Any]:
        return (inferred(v) for v in plain_dict.values(self._mapping))


def resolving_list(cls: Any) -> Any:
    """The resolving class of `List` or a subclass of it."""

    def __getitem__(self: Any, index: Any) -> Any:
        value = cls.__getitem__(self, index)
        return [inferred(v) for v in value] if isinstance(index, slice) else inferred(value)

    def __iter__(self: Any) -> Iterator[Any]:
        return map(inferred, plain_list.__iter__(self))

    def __reversed__(self: Any) -> Iterator[Any]:
        return map(inferred, plain_list.__reversed__(self))

    return _subclass(
        cls, {"__getitem__": __getitem__, "__iter__": __iter__, "__reversed__": __reversed__}
    )
