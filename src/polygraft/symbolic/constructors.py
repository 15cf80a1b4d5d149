"""Functors made from classes: some arguments of a constructor now, the others at the call, which makes an object.

What a program holds where the rest of the arguments exists at run time only: an optimizer before there are parameters,
a scheduler before there is an optimizer. The class itself is called as a user would call it: with the arguments that
were given and no others, and with plain lists and dicts. What is given at the call passes untouched.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any, ClassVar

from polygraft import typing as pg_typing
from polygraft.errors import AbstractValueError
from polygraft.symbolic import registry
from polygraft.symbolic.functors import SPECIFIED, Functor, FunctorOps, derive
from polygraft.symbolic.node import OPS
from polygraft.symbolic.places import keys_up
from polygraft.symbolic.wrapping.construction import (
    INCOMPLETE,
    abstract_paths,
    runtime_value,
    survey,
)


class ConstructorOps(FunctorOps):
    """Files get the arguments that were given: defaults are the class's business, and need not be writable."""

    def written_items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        specified = getattr(x, SPECIFIED)
        return ((k, v) for k, v in self.given_items(x) if k in specified)


class Constructor(Functor):
    """Base of the functors made from classes."""

    _pg_ops: ClassVar[Any] = ConstructorOps

    #: The names that only a position can give.
    _pg_positional_only: ClassVar[tuple[str, ...]] = ()

    def _pg_checked(self, key: str, value: Any) -> Any:
        spec = type(self).__pg_class__.slots[key].field.value
        return value if type(spec) is pg_typing.Any else super()._pg_checked(key, value)

    def _pg_call_function(self, function: Any, values: dict[str, Any], more: dict[str, Any]) -> Any:
        info, ops = type(self).__pg_class__, OPS[type(self)]
        specified = getattr(self, SPECIFIED)
        bound = {k: v for k, v in ops.given_items(self) if k in specified}
        self._pg_refuse_abstract(bound)
        given = {k: runtime_value(v) for k, v in bound.items()} | values | more
        self._pg_refuse_missing(
            [n for n in info.positional if n not in given and not info.slots[n].has_default]
        )
        extra = list(given.pop(info.varargs, ())) if info.varargs else []
        first = info.positional if extra else type(self)._pg_positional_only
        positional = _leading(first, given, dict(ops.items(self)), bool(extra))
        return function(*positional, *extra, **given)

    def _pg_refuse_abstract(self, bound: dict[str, Any]) -> None:
        """Raises for placeholders and missing values among the bound arguments."""
        names = [k for k, v in bound.items() if survey([v]) & INCOMPLETE]
        if names:
            here = keys_up(self)
            paths = [p for n in names for p in abstract_paths(bound[n], (*here, n))]
            raise AbstractValueError(
                f"{self._pg_id()} cannot be called while its arguments hold placeholders or missing values: "
                f"{', '.join(repr(str(p)) for p in paths)}. Give them values first (`rebind`, `patch`, or a search).",
                value=self,
                paths=paths,
            )


def _leading(
    names: Any, given: dict[str, Any], shown: dict[str, Any], all_of_them: bool
) -> list[Any]:
    """Takes the arguments out of `given` that go by position: `names`, up to the last one that was given."""
    last = (
        len(names)
        if all_of_them
        else max((i + 1 for i, n in enumerate(names) if n in given), default=0)
    )
    return [given.pop(n) if n in given else shown[n] for n in names[:last]]


def class_of_class(
    cls: type,
    args: Any = None,
    returns: Any = None,
    base_class: type[Functor] | None = None,
    *,
    auto_doc: bool = False,
    auto_typing: bool = False,
    serialization_key: str | None = None,
    additional_keys: list[str] | None = None,
    add_to_registry: bool = False,
) -> type[Functor]:
    """Makes a functor class from a class: see `functor_class`."""
    base = base_class or Constructor
    bases = (base,) if issubclass(base, Constructor) else (base, Constructor)
    made = derive(cls, args, returns, bases, auto_doc, auto_typing)
    made._pg_positional_only = tuple(
        p.name
        for p in inspect.signature(cls).parameters.values()
        if p.kind is inspect.Parameter.POSITIONAL_ONLY
    )
    if add_to_registry:
        registry.register(made, serialization_key or _name_in_files(cls), additional_keys or ())
    return made


def _name_in_files(cls: type) -> str:
    """That of the class with parentheses, which no class can have: the class itself may be symbolic as well."""
    return f"{registry.name_of(cls) or registry.public_name(cls) or registry.default_name(cls)}()"
