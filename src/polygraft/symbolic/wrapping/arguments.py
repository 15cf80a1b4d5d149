"""`pg.args(x)`: the recorded arguments of a wrapped object, read and written without building it."""

from __future__ import annotations

from typing import Any

from polygraft.symbolic.arguments import Arguments as Arguments
from polygraft.symbolic.node import OPS


def args(x: Any) -> Arguments:
    """A view of the recorded arguments of `x`; reading it never builds the object.

    Raises:
        TypeError: `x` is no node.
    """
    if not OPS[type(x)].symbolic:
        raise TypeError(f"Only symbolic values have arguments. Encountered: {x!r}.")
    return Arguments(x)
