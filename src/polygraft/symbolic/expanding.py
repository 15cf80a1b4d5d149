"""Copies of programs that show what constructors have made: for printing and comparing, which look at arguments."""

from __future__ import annotations

from typing import TypeVar

from polygraft.symbolic.copying import clone
from polygraft.symbolic.node import INNER, OPS
from polygraft.symbolic.walking import walk

T = TypeVar("T")


def expanded(x: T) -> T:
    """A clone of `x` in which everything that a constructor has made stands as an argument, at its name with `@`.

    Deferred objects of which it is not known what they make are constructed.
    """
    if not OPS[type(x)].container:
        return x
    for _ in walk(x, INNER):
        pass
    new = clone(x)
    for _, node, _ in list(walk(new, INNER)):
        OPS[type(node)].expand(node)
    return new
