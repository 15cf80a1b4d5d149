"""Rules: functions of a place that say what it is to become.

A rule sees the whole tree as it was: it is called on every place before anything changes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from polygraft.paths import KeyPath
from polygraft.symbolic.flags import deferring
from polygraft.symbolic.node import INNER, OPS, SAFE_TYPES, Kind
from polygraft.symbolic.places import keys_up
from polygraft.symbolic.querying import name_of_function
from polygraft.symbolic.walking import MAX_DEPTH, refuse_endless

#: (keys from the root of the call, node that holds the place or None if that has still to be found, steps from there,
#: value)
Pair = tuple[tuple[Any, ...], Any, tuple[Any, ...], Any]


_TUPLE = Kind.TUPLE  # an attribute of an enum class is slow to read


def run_rule(x: Any, rule: Callable[..., Any], inner: bool = False) -> list[Pair]:
    """Calls the rule on every place below the node `x`, and on `x`, and collects what it wants changed.

    A place that the rule replaces is not entered. Wrapped classes that the rule calls are constructed later. With
    `inner`, places that constructors have made are visited too.
    """
    takes_parent = arity(rule) == 3
    make, new_path, path_type = KeyPath.of, object.__new__, KeyPath
    table = INNER if inner else OPS
    keys = keys_up(x)
    pairs: list[Pair] = []
    with deferring():
        try:
            new = rule(make(keys), x, None) if takes_parent else rule(make(keys), x)
            if new is not x:
                return [((), x, (), new)]  # refused with the message for the root
            # A frame: children to visit, their container's keys, the parent shown to the rule, the node that
            # holds them, and the steps from that node to the container.
            stack: list[Any] = [(iter(table[type(x)].items(x)), keys, x, x, ())]
            while stack:
                items, prefix, parent, node, steps = stack[-1]
                for key, value in items:
                    # `KeyPath.of` in line: this is the inner loop of every patch.
                    path = new_path(path_type)
                    path._keys = keys = prefix + (key,)  # noqa: RUF005 # pyright: ignore[reportPrivateUsage]
                    path._path = None  # pyright: ignore[reportPrivateUsage]
                    path.key = key
                    new = rule(path, value, parent) if takes_parent else rule(path, value)
                    if new is not value:
                        pairs.append((keys, node, (*steps, key), new))
                        continue
                    if type(value) in SAFE_TYPES or not (ops := table[type(value)]).container:
                        continue
                    if len(stack) > MAX_DEPTH:
                        refuse_endless(len(stack), keys)
                    children = iter(ops.items(value))
                    if ops.symbolic:
                        stack.append((children, keys, value, value, ()))
                    else:
                        inner = parent if ops.kind is _TUPLE else value
                        stack.append((children, keys, inner, node, (*steps, key)))
                    break
                else:
                    stack.pop()
        except Exception as e:
            e.add_note(f"Raised by rule {name_of_function(rule)} at path '{make(keys)}'.")
            raise
    return pairs


def arity(rule: Callable[..., Any]) -> int:
    """How many arguments the rule takes: 2 or 3."""
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
            f"Rebinder function {name_of_function(rule)!r} should accept 2 or 3 arguments (key_path, value, [parent]). "
            f"Encountered: {[p.name for p in parameters]}."
        )
    return len(parameters)
