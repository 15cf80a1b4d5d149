"""Classes that another process cannot import: how to send them by value.

A pickle names classes; one of the main script, of a notebook or of a function means nothing elsewhere. cloudpickle
sends plain classes by their namespace. The namespace of an `Object` class holds what was compiled from its fields, so
it is taken apart here instead: what the user wrote, and the fields, from which it is compiled anew there.
"""

from __future__ import annotations

import operator
import sys
from types import FunctionType
from typing import Any, cast

from polygraft.symbolic.building import build
from polygraft.symbolic.class_info import ClassInfo, FieldDescriptor
from polygraft.symbolic.object_ import Object, ObjectMeta

_MADE = frozenset({"__dict__", "__weakref__", "__abstractmethods__", "_abc_impl", "__pg_class__"})
_INFER = "infer_symbolic_fields_from_annotations"


def must_be_sent(cls: Any) -> bool:
    """True for an `Object` class that another process cannot import by its name."""
    if not isinstance(cls, ObjectMeta):
        return False
    module = sys.modules.get(cls.__module__)
    if module is None or cls.__module__ == "__main__":
        return True
    try:
        return operator.attrgetter(cls.__qualname__)(module) is not cls
    except AttributeError:
        return True


def reduce_class(cls: Any) -> Any:
    """What `pickle` needs to make an `Object` class by value, in the form of `__reduce__` with a setter of its own."""
    made_by = cls.__dict__.get("_pg_made_by")
    if made_by is not None:  # A functor class: it follows from its function.
        return made_by
    info: ClassInfo = cls.__pg_class__
    written = {k: v for k, v in cls.__dict__.items() if k not in _MADE and not _is_compiled(v)}
    state = written, info.own, list(info.init_arg_list), info.explicit_init, info.metadata
    meta = cast("Any", type)(cls)
    args = meta, cls.__name__, cls.__bases__, cls.__module__, cls.__qualname__
    return _skeleton, args, state, None, None, _fill


def _is_compiled(value: Any) -> bool:
    if isinstance(value, FieldDescriptor):
        return True
    return isinstance(value, FunctionType) and value.__code__.co_filename.startswith("<polygraft ")


def _skeleton(meta: Any, name: str, bases: tuple[Any, ...], module: str, qualname: str) -> Any:
    """The class without anything in it, so that what is in it may refer to it."""
    return meta(name, bases, {"__module__": module, "__qualname__": qualname, _INFER: False})


def _fill(cls: type[Object], state: tuple[Any, ...]) -> None:
    written, own, init_arg_list, explicit, metadata = state
    type.__delattr__(cls, _INFER)
    for key, value in written.items():
        type.__setattr__(cls, key, value)
    info = ClassInfo(own)
    info.metadata = metadata
    if explicit:
        info.init_arg_list, info.explicit_init = init_arg_list, True
    build(cls, info)
