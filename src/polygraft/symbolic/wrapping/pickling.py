"""Copies and pickles of wrapped objects carry the record beside what the plain class would carry.

The object is made first and filled after (so that cycles work): meanwhile it is of its class's
deferred class, whose `__setstate__` is ours; the user's own runs after it. A deferred object is
pickled deferred. A class that defines its own `__reduce__` is left to it: it usually calls the
class again, and so gets a record.
"""

from __future__ import annotations

import copy
import copyreg
from typing import Any, cast

from polygraft.symbolic.node import KNOWN, OPS, SAFE_TYPES, Kind
from polygraft.symbolic.places import rebuild_tuple
from polygraft.symbolic.wrapping import calls, inner, state
from polygraft.symbolic.wrapping.record import Record, dict_items, list_items, type_of


def reduce_object(ops: Any, x: Any, protocol: Any) -> Any:
    """`__reduce_ex__` of an object that exists."""
    rec = ops.record_or_none(x)
    if type(x).__reduce__ is not object.__reduce__:
        how = x.__reduce__()
        return how if ops.adapter is None else ops.adapter.reducing(x, how)
    if not ops.deferrable:
        return object.__reduce_ex__(x, max(int(protocol), 2))
    args, kwargs = _new_arguments(x)
    arguments = None if rec is None else _arguments(rec)
    made = None if rec is None else inner.inner_of(rec)
    return _restore, (type(x), False, args, kwargs), (arguments, x.__getstate__(), made)


def _new_arguments(x: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    cls = type_of(x)
    if hasattr(cls, "__getnewargs_ex__"):
        args, kwargs = x.__getnewargs_ex__()
        return args, kwargs
    return (x.__getnewargs__() if hasattr(cls, "__getnewargs__") else ()), {}


def reduce_deferred(x: Any, protocol: Any) -> Any:
    """`__reduce_ex__` of a deferred object."""
    ops: Any = OPS[type(x)]
    rec = ops.record(x)
    made = inner.inner_of(rec) if rec.flags & KNOWN else None
    return _restore, (rec.info.cls, True, (), {}), (_arguments(rec), None, made)


def _arguments(rec: Record) -> tuple[type, dict[str, Any], int]:
    """Class, arguments and flags. Lists and dicts are plain: copying a `pg.List` would clone the programs in it."""
    return rec.info.cls, {k: plain_form(v) for k, v in rec.args.items()}, rec.flags & ~KNOWN


def plain_form(v: Any) -> Any:
    """`v` with plain lists and dicts in place of nodes."""
    if type(v) in SAFE_TYPES:
        return v
    kind = OPS[type(v)].kind
    if kind is Kind.LIST:
        return [plain_form(c) for c in list_items(v)]
    if kind is Kind.DICT:
        return {k: plain_form(c) for k, c in dict_items(v)}
    if kind is Kind.TUPLE:
        return rebuild_tuple(v, [plain_form(c) for c in v])
    return v


def _restore(cls: Any, deferred: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """An object whose state comes later."""
    ops: Any = OPS[cls]
    x = (
        object.__new__(ops.deferred)
        if deferred or cls.__new__ is object.__new__
        else cls.__new__(cls, *args, **kwargs)
    )
    rec = Record(ops.info, {})
    rec.build = "deferred" if deferred else "restored"
    state.set_class(x, ops.deferred)
    ops.set_record(x, rec)
    return x


def set_state(x: Any, given: Any) -> None:
    """`__setstate__` of what `_restore` has made."""
    ops: Any = OPS[type(x)]
    deferred = ops.record(x).build == "deferred"
    arguments, plain_state, made = given
    if arguments is not None:
        cls, args, flags = arguments
        own: Any = OPS[cls]
        rec = Record(own.info, {}, flags if made is None else flags | KNOWN)
        calls.adopt(ops, x, rec, args)
        if made is not None:
            inner.keep(rec, x, made.copy())  # `copy.copy` hands over that of the original
    else:
        ops.record(x).build = None
    if deferred:
        return
    state.set_class(x, ops.type)
    own = getattr(ops.type, "__setstate__", None)
    if own is not None:
        own(x, plain_state)
    elif plain_state is not None:
        two = isinstance(plain_state, tuple) and len(plain_state) == 2  # pyright: ignore[reportUnknownArgumentType]
        attributes, slots = cast("tuple[Any, Any]", plain_state if two else (plain_state, None))
        if attributes:
            x.__dict__.update(attributes)
        more: dict[str, Any] = slots or {}
        for name, value in more.items():
            object.__setattr__(x, name, value)


def copy_deferred(x: Any) -> Any:
    """`copy.copy` of a deferred object, where the user's class has its own for objects that exist."""
    ops: Any = OPS[type(x)]
    rec = ops.record(x)
    return calls.defer(OPS[rec.info.cls], _arguments(rec)[1], rec.flags & ~KNOWN)


def deepcopy_deferred(x: Any, memo: dict[int, Any]) -> Any:
    """`copy.deepcopy` of a deferred object, likewise."""
    ops: Any = OPS[type(x)]
    rec = ops.record(x)
    new = object.__new__(OPS[rec.info.cls].deferred)  # type: ignore[attr-defined]
    memo[id(x)] = new
    return calls.adopt(
        ops, new, Record(rec.info, {}, rec.flags & ~KNOWN), copy.deepcopy(_arguments(rec)[1], memo)
    )


def copy_record(x: Any, new: Any, memo: dict[int, Any]) -> None:
    """Gives `new`, which a `__deepcopy__` of the user's has made of `x` past the constructor, the record of `x`."""
    ops: Any = OPS[type(x)]
    rec = ops.record_or_none(x)
    if rec is not None and OPS[type(new)] is ops and ops.record_or_none(new) is None:
        args = copy.deepcopy(_arguments(rec)[1], memo)
        calls.adopt(ops, new, Record(rec.info, {}, rec.flags), args)


# -- C layouts: pickled in their own way, with the record on top -----------------------------------
def reduce_eager(x: Any) -> Any:
    """Registered with `copyreg` for each wrapped class of C layout."""
    ops: Any = OPS[type(x)]
    rec = ops.record_or_none(x)
    cls = type_of(x)
    how = cls.__reduce_ex__(x, 4)
    if rec is None or type(how) is str:
        return how
    make, args, *rest = how
    if rest and type(rest[0]) is dict:
        rest[0] = {k: v for k, v in dict_items(rest[0]) if not isinstance(v, Record)}
    return (_restore_eager, (make, args, *_arguments(rec)), *rest)


def _restore_eager(
    make: Any, args: tuple[Any, ...], cls: Any, given: dict[str, Any], flags: int
) -> Any:
    x = _without_record(make, args)
    return calls.record_call(OPS[cls], x, given, flags)


def _without_record(make: Any, args: tuple[Any, ...]) -> Any:
    if isinstance(make, type) and getattr(OPS[make], "wrapped", False):
        return OPS[make].make(*args)  # type: ignore[attr-defined]
    return make(*args)


def register_eager(cls: Any) -> None:
    """Makes pickling and copying carry the record of instances of `cls`, whatever `__reduce__` it has."""
    copyreg.pickle(cls, reduce_eager)
