"""Default arguments that are nodes: each object shows copies of its own.

Without that, an edit inside a default (`rebind(x, {'act.slope': 1})`) would change the function's
default for everyone. A copy that was edited becomes a given argument.
"""

from __future__ import annotations

from typing import Any

from polygraft.symbolic.node import OPS
from polygraft.symbolic.wrapping.record import Record

_KEY = "defaults"


def shown(rec: Record) -> dict[str, Any]:
    """Argument name → the copy that is shown."""
    return rec.aside.get(_KEY, {}) if rec.aside else {}


def show(rec: Record, x: Any) -> None:
    """Makes the copies that are missing."""
    aside = rec.aside = rec.aside if rec.aside is not None else {}
    copies: dict[str, Any] = aside.setdefault(_KEY, {})
    for name in rec.info.node_defaults:
        if name not in copies and name not in rec.args:
            default = rec.info.defaults[name]
            node = OPS[type(default)].clone(default, {}, False)
            copies[name] = OPS[type(node)].attach(node, x, name)


def keep_changed(rec: Record, undo: list[Any]) -> None:
    """Turns copies that were edited into given arguments."""
    copies = shown(rec)
    for name, node in list(copies.items()):
        if name in rec.args:
            del copies[name]
        elif not OPS[type(node)].eq(node, rec.info.defaults[name]):
            rec.args[name] = copies.pop(name)
            undo.append(_restorer(rec, copies, name, node))


def _restorer(rec: Record, copies: dict[str, Any], name: str, node: Any) -> Any:
    def restore() -> None:
        rec.args.pop(name, None)
        copies[name] = node

    return restore
