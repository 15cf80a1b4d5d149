"""`ClassWrapper`, the last base of every wrapped class, and the storages it comes in.

Being last, its conveniences (`clone`, `rebind`, `sym_path`, …) give way to everything that the
user's class defines; being non-data descriptors, they give way to what an instance stores under
the same name.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from polygraft.symbolic.abstract import is_abstract
from polygraft.symbolic.base import Symbolic
from polygraft.symbolic.node import OPS
from polygraft.symbolic.wrapping.arguments import Arguments

#: Key of the record in the `__dict__` of instances that can have no slot.
DICT_KEY = "__symbolic_record__"

#: Attribute of a wrapper that keeps its constraints and options, where it has any: it travels with
#: the class when cloudpickle sends it by value.
OPTIONS = "__symbolic_options__"

_OF_METACLASS = frozenset({"_abc_impl", "__abstractmethods__"})
#: Python's pickling leaves it on each class that it has met.
_OF_PICKLING = "__slotnames__"


class Shown:
    """A read-only property that does not stand in the way of an instance attribute of its name."""

    def __init__(self, fget: Callable[[Any], Any]):
        self.fget = fget
        self.__doc__ = fget.__doc__

    def __get__(self, x: Any, cls: type | None = None) -> Any:
        return self if x is None else self.fget(x)


class ClassWrapper(Symbolic):
    """Base of the classes that `pg.symbolize` makes, for `isinstance` and `issubclass`.

    Example:
        >>> import polygraft as pg
        >>> @pg.symbolize
        ... class Point:
        ...     def __init__(self, x):
        ...         self.x = x
        >>> isinstance(Point(1), pg.ClassWrapper)
        True
    """

    __slots__ = ()

    @Shown
    def sym_init_args(self) -> Any:
        """The recorded arguments: see `pg.args`."""
        return Arguments(self)

    @Shown
    def wrapped_cls_initialized(self) -> bool:
        """True if nothing keeps the plain `__init__` from having run by the time anyone looks."""
        return not is_abstract(self)

    @Shown
    def sym_wrapped(self) -> Any:
        """The object itself."""
        return self

    @classmethod
    def partial(cls, *args: Any, **kwargs: Any) -> Any:
        """An instance some of whose required arguments are still missing."""
        ops: Any = OPS[cls]
        return ops.partial(args, kwargs)

    # Hooks that the user's class may define, and call by `super()`.
    def _on_bound(self) -> None:
        """Called after each run of the constructor."""

    def _on_parent_change(self, old_parent: Any, new_parent: Any) -> None:
        """Called when the first of the nodes that hold the object is another one."""

    def _on_path_change(self, old_path: Any, new_path: Any) -> None:
        """Called when the object's path changes, also because a node above moved."""

    def __dir__(self) -> list[str]:
        return visible_names(type(self), object.__dir__(self))

    def __reduce_ex__(self, protocol: Any) -> Any:
        ops: Any = OPS[type(self)]
        return ops.reduce(self, protocol)


def own_hook(cls: type, hook: str) -> Any:
    """The user's function for one of the hooks; None where the class defines none."""
    found: Any = getattr(cls, hook)
    return None if found is getattr(ClassWrapper, hook) else found


for _cls in reversed(Symbolic.__mro__):
    for _name, _value in list(vars(_cls).items()):
        if isinstance(_value, property) and _value.fget is not None:
            setattr(ClassWrapper, _name, Shown(_value.fget))


class SlotBase(ClassWrapper):
    """Storage for classes of plain Python layout: one slot, whose descriptor is kept in this module."""

    __slots__ = ("_sym",)


_slot = vars(SlotBase)["_sym"]
#: Reads and writes the record of an instance of a `SlotBase` class.
read_slot: Callable[[Any], Any] = _slot.__get__
write_slot: Callable[[Any, Any], None] = _slot.__set__
del SlotBase._sym  # type: ignore[attr-defined]
del SlotBase.__slots__  # `copyreg` would copy what is named here


class OwnSlotBase(ClassWrapper):
    """For classes whose layout has no room for another base's slot: the wrapper gets a hidden slot of its own."""

    __slots__ = ()


class DictBase(ClassWrapper):
    """For C layouts of variable size: the record is kept in the instance's `__dict__`."""

    __slots__ = ()


# -- building on a given object --------------------------------------------------------------------
class Pending(threading.local):
    """The object that the next `__new__` of a class is to hand back, in this thread."""

    cls: Any = None
    object: Any = None


pending = Pending()


def _new_or_pending(cls: Any, /, *args: Any, **kwargs: Any) -> Any:
    if pending.object is not None and pending.cls is cls:
        x, pending.object = pending.object, None
        return x
    if not issubclass(cls, ClassWrapper):  # a plain subclass that the user's `__new__` chose
        return object.__new__(cls)
    following = _after_new(cls)
    return object.__new__(cls) if following is object.__new__ else following(cls, *args, **kwargs)


def _after_new(cls: type) -> Any:
    """The `__new__` that comes after ours."""
    found = [base.__new__ for base in cls.__mro__ if "__new__" in vars(base)]
    return found[found.index(_new_or_pending) + 1]


class RenewableSlotBase(SlotBase):
    """`SlotBase` for classes with a `__new__` or a constructing metaclass: hands back the object being rebuilt."""

    __slots__ = ()
    __new__: Any = _new_or_pending


class RenewableOwnSlotBase(OwnSlotBase):
    """`OwnSlotBase`, likewise."""

    __slots__ = ()
    __new__: Any = _new_or_pending


for _cls in (ClassWrapper, OwnSlotBase, DictBase, RenewableSlotBase, RenewableOwnSlotBase):
    del _cls.__slots__

#: The classes that end the bases of a wrapper (and of nothing else).
STORAGES: frozenset[type] = frozenset(
    {SlotBase, OwnSlotBase, DictBase, RenewableSlotBase, RenewableOwnSlotBase}
)
LIBRARY: frozenset[type] = frozenset({*STORAGES, *ClassWrapper.__mro__}) - {object}


#: What `interception.py` has put as `__new__` into classes that had none, and which counts as none.
PASSING: set[Any] = set()


def is_own_new(cls: type) -> bool:
    """True if the class, or one of its bases other than ours, defines `__new__`."""
    new: Any = cls.__new__
    if new in PASSING:
        found = (base.__new__ for base in cls.__mro__ if "__new__" in vars(base))
        new = next(n for n in found if n not in PASSING)
    return new not in (object.__new__, _new_or_pending)


def is_wrapper(cls: type) -> bool:
    """True for what `symbolize` made of a class; False for subclasses of that and for all else."""
    return bool(cls.__bases__) and cls.__bases__[-1] in STORAGES


def wrapped_class(cls: type) -> Any:
    """The plain class behind a wrapper; None for other classes."""
    if not is_wrapper(cls):
        return None
    return cls.__bases__[-2]


_LIBRARY_NAMES: frozenset[str] = frozenset(
    name
    for cls in LIBRARY
    for name in vars(cls)
    if name not in vars(object) and name not in ("__weakref__", "__dict__")
)


def library_names(cls: type) -> frozenset[str]:
    """Names which instances of `cls` have from the library and not from the user's classes."""
    mro = [vars(base) for base in cls.__mro__ if base not in LIBRARY and base is not object]
    return frozenset(name for name in _LIBRARY_NAMES if not any(name in names for names in mro))


def visible_names(cls: type, names: Any) -> list[str]:
    """`names` without those that only the library brought."""
    hidden = library_names(cls) | {DICT_KEY, OPTIONS}
    users: list[type] = [base for base in cls.__mro__ if not issubclass(base, ClassWrapper)]
    if not any("_abc_impl" in vars(base) for base in users):
        hidden |= _OF_METACLASS
    if not any(_OF_PICKLING in vars(base) for base in users):
        hidden |= {_OF_PICKLING}
    return [name for name in names if name not in hidden]
