"""Which of the library's names a class may store on its instances: a deferred object must not answer for them."""

from __future__ import annotations

import dis
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

from polygraft.symbolic.wrapping.base import LIBRARY, library_names


def stored_names(cls: type) -> frozenset[str]:
    """Names of the library that code of the user's classes may set on `self`: annotated, or stored in a method."""
    names = library_names(cls)
    found: set[str] = set()
    for base in cls.__mro__:
        if base in LIBRARY or base is object:
            continue
        found.update(n for n in vars(base).get("__annotations__", ()) if n in names)
        for value in vars(base).values():
            for code in _codes(value):
                suspects = names.intersection(code.co_names)
                if suspects:
                    found.update(
                        i.argval
                        for i in dis.get_instructions(code)
                        if i.opname == "STORE_ATTR" and i.argval in suspects
                    )
    return frozenset(found)


def _codes(value: Any) -> Iterator[CodeType]:
    """The code of a method and of the functions inside it, also behind decorators."""
    value = getattr(value, "__func__", value)
    while type(value) is FunctionType:
        stack = [value.__code__]
        while stack:
            code = stack.pop()
            yield code
            stack.extend(c for c in code.co_consts if type(c) is CodeType)
        value = getattr(value, "__wrapped__", None)
