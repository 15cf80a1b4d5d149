"""What `pg.patch(…, keep_weights=True)` carries over, and the report of it.

An edit of a trained model drops the run-time state of parts that nobody edited, since a framework ties them to the
edited ones. Where the caller asks for it, what such a part has learned (`Adapter.learned`) is saved before the state
goes, and the adapter gives it back (`saved`, `tell_kept`) when the part is built again. It belongs to the program that
learned it: a part that has been edited in the meantime gets nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from polygraft.paths import KeyPath
from polygraft.symbolic.node import INNER, OPS, Kind
from polygraft.symbolic.walking import walk
from polygraft.symbolic.wrapping.construction import realize

_SAVED, _KEPT = "saved weights", "kept weights"


@dataclass(frozen=True, slots=True)
class KeptWeights:
    """What `kept_weights` returns.

    Attributes:
        kept: Paths, from the object that was asked for, of the parts whose weights the last edit carried over.
        fresh: Paths of the other parts that have weights. (A Keras layer that has not seen an input has none yet.)
    """

    kept: tuple[str, ...]
    fresh: tuple[str, ...]


def kept_weights(x: Any) -> KeptWeights:
    """Tells which parts of a model kept their weights in the last `pg.patch(…, keep_weights=True)`.

    Builds what is deferred. A part is a symbolized object that has weights of its own; one that stands at several
    places is named once.

    Args:
        x: A symbolic model, or an experiment that contains one.

    Example:
        >>> import polygraft as pg
        >>> pg.kept_weights(pg.Dict(rate=0.1))
        KeptWeights(kept=(), fresh=())
    """
    kept: list[str] = []
    fresh: list[str] = []
    seen: set[int] = set()
    realize(x)
    for keys, value, _ in walk(x, INNER):
        ops: Any = OPS[type(value)]
        if ops.kind is not Kind.WRAPPED or ops.adapter is None or id(value) in seen:
            continue
        seen.add(id(value))
        if ops.adapter.holds_weights(value):
            where = kept if _asides(value).get(_KEPT) else fresh
            where.append(str(KeyPath.of(keys)))
    return KeptWeights(tuple(kept), tuple(fresh))


# -- notes -----------------------------------------------------------------------------------------
def save(x: Any, value: Any, undo: list[Any]) -> None:
    """Notes what `x`, which nobody edited and whose state has gone, had learned: the `value` of its adapter."""
    ops: Any = OPS[type(x)]
    _put(x, _SAVED, (ops.clone(x, {}, False), value), undo)


def saved(x: Any) -> Any:
    """Hands out, once, what was saved for `x`; None if nothing was, or `x` has become another program since."""
    program, value = _asides(x).pop(_SAVED, (None, None))
    ops: Any = OPS[type(x)]
    return value if program is not None and ops.eq(x, program) else None


def tell_kept(x: Any) -> Any:
    """Notes that `x` has its weights back, or has never lost them; returns what takes the note back."""
    undo: list[Any] = []
    _put(x, _KEPT, True, undo)
    return undo[0]


def forget(x: Any, undo: list[Any]) -> None:
    """The state of `x` is about to go: what was noted of it is over."""
    aside = OPS[type(x)].own_link(x).aside
    for key in (_SAVED, _KEPT):
        if aside and key in aside:
            _put(x, key, None, undo)
            aside.pop(key)


def _asides(x: Any) -> dict[str, Any]:
    link = OPS[type(x)].own_link(x)
    if link.aside is None:
        link.aside = {}
    return link.aside


def _put(x: Any, key: str, value: Any, undo: list[Any]) -> None:
    aside = _asides(x)
    before = aside.get(key)

    def restore() -> None:
        if before is None:
            aside.pop(key, None)
        else:
            aside[key] = before

    aside[key] = value
    undo.append(restore)
