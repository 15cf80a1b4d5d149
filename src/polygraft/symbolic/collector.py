"""Large trees are copied, read and written while the garbage collector rests.

CPython's collector walks over all objects there are each time their number has grown by a quarter: making a tree of a
million objects takes several times as long per object as making one of a thousand, plain objects included. What makes a
whole tree in one go leaves nothing that could be freed meanwhile, so the collector rests until it is done. A
collection that has become due happens right then, so that dropped trees do not pile up.

Resting is a setting of the process: if the program has switched the collector off, it stays off; a thread that switches
it off while another one makes a tree may find it switched on.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any


def resting(make: Callable[..., Any], *args: Any) -> Any:
    """Calls `make` while the collector rests."""
    if not gc.isenabled():
        return make(*args)
    gc.disable()
    try:
        return make(*args)
    finally:
        gc.enable()
        # Any object that is tracked: if a collection is due, it happens now. A loop may make nothing else.
        _: set[int] = set()
