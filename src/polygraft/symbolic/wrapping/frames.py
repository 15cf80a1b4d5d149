"""Which constructors are running in this thread.

A call of a wrapped class that is made while the constructor of another one runs belongs to the program of that one: it
is noted in the frame of the innermost running constructor, in order (see `inner.py`). A frame is a plain list of what
the calls returned; a constructor that has overrides to apply gets an `OverridingFrame`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from polygraft.symbolic.node import plain_list


class _Running(threading.local):
    """The frames of the running constructors, innermost last."""

    def __init__(self) -> None:
        self.frames: list[list[Any]] = []


RUNNING = _Running()


class OverridingFrame(plain_list):
    """The frame of a constructor some of whose calls are to be made otherwise.

    Attributes:
        overrides: Name → a `pg.Dict` of arguments to change, or what takes the place of the call's result.
        plan: Number of a call → name of its override.
    """

    __slots__ = ("overrides", "plan")

    def __init__(self, overrides: dict[str, Any], plan: dict[int, str]):
        super().__init__()
        self.overrides = overrides
        self.plan = plan


def within(frame: list[Any], make: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Calls `make`, a constructor whose calls are noted in `frame`."""
    frames = RUNNING.frames
    frames.append(frame)
    try:
        return make(*args, **kwargs)
    finally:
        frames.pop()
