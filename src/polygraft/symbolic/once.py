"""What is built at first use is built once, whichever threads ask first: classes have an identity.

One lock for all of it, so that no order of locks can be wrong. It is held while classes are made, never while values
are; what imports modules is called before it is taken, since the interpreter holds locks of its own during an import.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")

#: Held while a class is made that all threads are to share.
MAKING = threading.RLock()


class once_property(Generic[T]):
    """Like `functools.cached_property`, which from Python 3.12 on may run twice in two threads."""

    def __init__(self, make: Callable[[Any], T]):
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> once_property[T]: ...
    @overload
    def __get__(self, instance: Any, owner: type) -> T: ...
    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        values = instance.__dict__
        with MAKING:
            if self._name not in values:
                values[self._name] = self._make(instance)
        return values[self._name]
