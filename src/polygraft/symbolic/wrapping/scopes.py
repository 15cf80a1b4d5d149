"""Which calls inside the constructors of a class make symbolic objects, although the code names plain classes.

`pg.symbolize(Net, inner=torch.nn)` says it for good. A class that was constructed inside
`with pg.wrap_module(torch.nn):` remembers it for late constructions: those of its clones and after edits.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from types import ModuleType
from typing import Any, cast

from polygraft.symbolic.wrapping.choice import classes_of
from polygraft.symbolic.wrapping.hooks import is_hookable
from polygraft.symbolic.wrapping.interception import Later, Table, current, table_of
from polygraft.symbolic.wrapping.meta import wrapper_of
from polygraft.symbolic.wrapping.record import type_of


def portable(inner: Any) -> tuple[Any, ...]:
    """What `inner` says, in a form that can be pickled: modules by name.

    Args:
        inner: A module, a `WrappedModule`, a class, or several of those.

    Raises:
        TypeError: It is none of them.
    """
    if isinstance(inner, ModuleType):
        return (inner.__name__,)
    if isinstance(inner, type) or hasattr(type_of(inner), "_pg_contents"):
        return (inner,)
    if not isinstance(inner, (list, tuple, set, frozenset)):
        raise TypeError(
            f"`inner` takes modules and classes whose calls in the constructor are to be symbolic, such as "
            f"`inner=torch.nn`. Encountered: {inner!r}."
        )
    return tuple(p for item in cast("Iterable[Any]", inner) for p in portable(item))


def table_for(inner: tuple[Any, ...]) -> Table:
    """The redirections for what `portable` gave."""
    table = Table()
    for item in inner:
        if isinstance(item, str):
            classes = classes_of(importlib.import_module(item), None).values()
            table.update(table_of({c: _LATER for c in classes if is_hookable(c)}))
        elif isinstance(item, type):
            table.update(table_of({item: _LATER}))
        else:
            table.update(cast("Table", item._pg_contents.table()))
    return table


def redirections_of(ops: Any) -> Any:
    """The redirections for late constructions of a class, or None."""
    if ops.redirections is None and ops.inside:
        ops.redirections = table_for(ops.inside)
    return ops.redirections


def remember(ops: Any) -> None:
    """Notes the redirections in force with a class whose constructor has made use of them."""
    table = current()
    if table and (ops.redirections is None or not table.keys() <= ops.redirections.keys()):
        known: Table = ops.redirections or Table()
        ops.redirections = Table(known | table)


def _wrapper_or_none(cls: Any) -> Any:
    try:
        return wrapper_of(cls)
    except TypeError:
        return None


_LATER = Later(_wrapper_or_none)
