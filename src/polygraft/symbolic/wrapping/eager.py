"""Wrapped classes with C layouts (`list`, `Exception`, named tuples): always constructed, replaced when edited."""

from __future__ import annotations

import copy
from typing import Any

from polygraft.symbolic.node import OPS, SAFE_TYPES, Steps
from polygraft.symbolic.places import keys_up, rebuild_tuple
from polygraft.symbolic.wrapping import calls, record
from polygraft.symbolic.wrapping.construction import runtime_value
from polygraft.symbolic.wrapping.frames import within


def clone(ops: Any, x: Any, rec: Any, memo: dict[int, Any], deep: bool) -> Any:
    """A new object from copies of the arguments."""
    args: dict[str, Any] = {}
    for name, value in rec.args.items():
        if type(value) not in SAFE_TYPES:
            child = OPS[type(value)]
            value = (
                child.clone(value, memo, deep)
                if child.container
                else copy.deepcopy(value, memo)
                if deep
                else value
            )
        args[name] = value
    new = memo[id(x)] = _make(rec.info, args)
    own: Any = OPS[type(new)]
    own.record(new).flags = rec.flags
    return new


def _make(info: Any, args: dict[str, Any]) -> Any:
    """Constructs with recorded arguments, which are the new object's own."""
    ops: Any = OPS[info.cls]
    positional, named = info.arguments({k: runtime_value(v) for k, v in args.items()})
    return calls.record_call(ops, within([], ops.make, *positional, **named), args, 0)


def replace(ops: Any, x: Any, rec: Any, undo: list[Any]) -> None:
    """Puts an object made from the edited arguments of `x` in all its places.

    Raises:
        TypeError: `x` has no place: whoever holds it would keep the old one.
    """
    parents = list(record.places(rec, x))
    if not parents:
        raise TypeError(
            f"{rec.info.cls.__qualname__} keeps its values in C and cannot be changed in place. Make a new one, "
            f"`pg.clone(x, override=...)`, or edit it as part of a tree. (path={keys_up(x)!r})"
        )
    new = _make(rec.info, dict(rec.args))
    for parent, key in parents:
        _put(parent, key, new)
        OPS[type(new)].attach(new, parent, key)
        ops.detach(x, parent, key)

    def restore() -> None:
        for parent, key in parents:
            _put(parent, key, x)
            OPS[type(new)].detach(new, parent, key)
            ops.attach(x, parent, key)
        for name, value in rec.args.items():
            OPS[type(value)].attach(value, x, name)

    undo.append(restore)


def _put(parent: Any, key: Any, value: Any) -> None:
    ops = OPS[type(parent)]
    if type(key) is Steps:
        ops.put(parent, key[0], _within(ops.get(parent, key[0]), key[1:], value))
    else:
        ops.put(parent, key, value)


def _within(container: Any, steps: tuple[Any, ...], value: Any) -> Any:
    """A copy of the tuple (of tuples) with the place at `steps` replaced."""
    if not steps:
        return value
    items = list(container)
    items[steps[0]] = _within(items[steps[0]], steps[1:], value)
    return rebuild_tuple(container, items)
