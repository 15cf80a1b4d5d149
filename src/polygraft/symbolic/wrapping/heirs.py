"""What an edit with `keep_weights=True` leaves to the objects that a constructor makes anew.

An edit makes all inner objects of the edited one anew, because its constructor makes them. Those that nobody edited are
kept until then, and whatever comes to stand at the same name and is the same program inherits what they have
learned, as far as the framework's adapter can carry it over.
"""

from __future__ import annotations

from typing import Any

from polygraft.missing import MISSING_VALUE
from polygraft.symbolic.node import OPS, Kind
from polygraft.symbolic.wrapping import inner
from polygraft.symbolic.wrapping.record import Record

_KEY = "heirs"


def made_inside(x: Any) -> list[Any]:
    """The wrapped objects that the constructor of `x` has made."""
    ops: Any = OPS[type(x)]
    rec = ops.record_or_none(x)
    found = None if rec is None else inner.inner_of(rec)
    return [] if found is None else [c for c in found.calls if c is not None]


def leave(rec: Record, exists: bool, keep: bool, undo: list[Any]) -> None:
    """Before the calls of an edited object are forgotten: keeps what they returned, if that is wanted.

    Args:
        rec: The record of the object.
        exists: Whether it is constructed; if not, what an earlier edit left is still there.
        keep: Whether weights are to be kept.
        undo: Takes what takes this back.
    """
    aside: dict[str, Any] = rec.aside if rec.aside is not None else {}
    before = aside.get(_KEY)
    found = inner.inner_of(rec)
    if keep and exists and found is not None:
        aside[_KEY] = dict(zip(found.names, found.calls, strict=True))
    elif not keep or exists:
        aside.pop(_KEY, None)
    if aside.get(_KEY) is not before:
        undo.append(lambda: _restore(aside, before))


def _restore(aside: dict[str, Any], before: Any) -> None:
    if before is None:
        aside.pop(_KEY, None)
    else:
        aside[_KEY] = before


def inherit(rec: Record) -> None:
    """After a late construction: hands what was left to what stands at the same names now."""
    if rec.aside and (left := rec.aside.pop(_KEY, None)):
        _hand_over(left, rec)


def _hand_over(left: dict[str, Any], rec: Record) -> None:
    found = inner.inner_of(rec)
    for name, old in left.items():
        new = MISSING_VALUE if found is None else found.at(name)
        ops: Any = OPS[type(old)]
        own: Any = OPS[type(new)]
        if ops.kind is not Kind.WRAPPED or own.kind is not Kind.WRAPPED or new is old:
            continue
        if ops.is_deferred(old):  # it was edited: perhaps only what is inside it
            aside: dict[str, Any] = ops.record(old).aside or {}
            below = aside.pop(_KEY, None)
            if below and own.type is ops.type:
                _hand_over(below, own.record(new))
        elif own.adapter is not None and own.type is ops.type and ops.eq(old, new):
            own.adapter.inherit(old, new)
