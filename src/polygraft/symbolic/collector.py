"""Large trees are copied, read and written while the garbage collector rests.

CPython's collector walks over all objects there are each time their number has grown by a quarter: making a tree of a
million objects takes several times as long per object as making one of a thousand, plain objects included. What makes a
whole tree in one go leaves nothing that could be freed meanwhile, so the collector rests until it is done. It is then
caught up once memory has doubled, so that dropped trees do not pile up.

Resting is a setting of the process: if the program has switched the collector off, it stays off; a thread that switches
it off while another one makes a tree may find it switched on.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable
from typing import Any

_MANY = 100_000
_allocated: Callable[[], int] = getattr(sys, "getallocatedblocks", lambda: 0)
_FLOOR = 10_000_000


def resting(make: Callable[..., Any], *args: Any) -> Any:
    """Calls `make` while the collector rests."""
    if not gc.isenabled():
        return make(*args)
    gc.disable()
    try:
        return make(*args)
    finally:
        gc.enable()
        if gc.get_count()[0] > _MANY:
            _catch_up()


class _CatchUp:
    """Collects if memory has doubled since the last time."""

    def __init__(self) -> None:
        self._limit = _FLOOR
        self._busy = threading.Lock()

    def __call__(self) -> None:
        if _allocated() > self._limit and self._busy.acquire(blocking=False):
            try:
                gc.collect()
                self._limit = max(_FLOOR, 2 * _allocated())
            finally:
                self._busy.release()


_catch_up = _CatchUp()
