"""Copies and pickles. Keras makes them through its own files, which know configs; the program goes beside them.

So a copy has the weights that Keras gives it and the very program of the original: what was a node is one again, and
the copy equals the original. Where the program cannot be pickled (a lambda among the arguments, which Keras writes as
code), the copy has the arguments that Keras has found in the file.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import Any

from polygraft.integrations.keras.api import is_wrapped, keras, mapped, record
from polygraft.symbolic.node import OPS
from polygraft.symbolic.wrapping import calls
from polygraft.symbolic.wrapping.pickling import plain_form
from polygraft.symbolic.wrapping.record import Record


@dataclass(frozen=True, slots=True)
class _Part:
    """Stands for one of the layers of the object: the `index`-th in Keras's order."""

    index: int


def reduced(x: Any, how: Any) -> Any:
    """`how`, Keras's reduction of `x`, with the program of `x` beside it."""
    parts = _parts(x)
    index = {id(part): i for i, part in enumerate(parts)}
    try:
        programs = pickle.dumps([_program(part, index) for part in parts])
    except Exception:
        return how
    return _restore, (*how[:2], programs)


def _parts(x: Any) -> list[Any]:
    return x._flatten_layers() if isinstance(x, keras.Layer) else [x]


def _program(x: Any, index: dict[int, int]) -> Any:
    """Class and arguments of `x`, with marks in place of layers; None if it is not symbolic."""
    rec = record(x) if is_wrapped(x) else None
    if rec is None:
        return None
    return rec.info.cls, {k: _marked(plain_form(v), index) for k, v in rec.args.items()}


def _marked(v: Any, index: dict[int, int]) -> Any:
    if id(v) in index:
        return _Part(index[id(v)])
    if isinstance(v, keras.KerasTensor):
        raise TypeError("a graph is no program")
    if is_wrapped(v):
        ops: Any = OPS[type(v)]
        return ops.clone(v, {}, False)
    return mapped(v, lambda item: _marked(item, index))


def _restore(make: Any, args: Any, programs: bytes) -> Any:
    """Has Keras make the copy, and gives it the program."""
    found = pickle.loads(programs)  # first: Keras makes what is symbolic by then
    x = make(*args)
    parts = _parts(x)
    if len(parts) != len(found) or any(
        program is not None and program[0] is not part.__class__
        for part, program in zip(parts, found, strict=True)
    ):
        return x
    records: list[Any] = [program and Record(OPS[program[0]].info, {}) for program in found]  # type: ignore[attr-defined]
    for part, rec in zip(parts, records, strict=True):
        if rec is not None:  # all of them first: giving arguments gives places
            ops: Any = OPS[type(part)]
            rec.aside = ops.own_link(part).aside
            ops.set_record(part, rec)
    for part, rec, program in zip(parts, records, found, strict=True):
        if rec is not None:
            calls.adopt(OPS[type(part)], part, rec, _unmarked(program[1], parts))
    return x


def _unmarked(v: Any, parts: list[Any]) -> Any:
    if isinstance(v, _Part):
        return parts[v.index]
    return mapped(v, lambda item: _unmarked(item, parts))
