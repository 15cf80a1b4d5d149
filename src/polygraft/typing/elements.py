"""What is inside collections that have no spec of their own: sets, deques, mappings with any keys, iterables.

Elements are checked, never replaced; an iterator, which could be read once only, is left alone.
"""

from __future__ import annotations

import collections
import collections.abc
import typing
from typing import Any

from polygraft.typing.value_spec import ValueSpec, child_path, spec_of

_ITERABLES: frozenset[Any] = frozenset(
    {
        set,
        frozenset,
        collections.deque,
        collections.abc.Iterable,
        collections.abc.Collection,
        collections.abc.Container,
        collections.abc.Reversible,
        collections.abc.Set,
        collections.abc.MutableSet,
        collections.abc.MutableSequence,
    }
)
_MAPPINGS: frozenset[Any] = frozenset(
    {
        dict,
        collections.OrderedDict,
        collections.defaultdict,
        collections.ChainMap,
        collections.abc.Mapping,
        collections.abc.MutableMapping,
    }
)


def element_specs(cls: Any) -> tuple[ValueSpec, ...]:
    """The spec of the elements of `set[X]`; those of keys and values of `OrderedDict[K, V]`; else nothing.

    Example:
        >>> element_specs(set[int]), element_specs(set), element_specs(int)
        ((Int(),), (), ())
    """
    origin: Any = typing.get_origin(cls)
    args = typing.get_args(cls)
    if (origin in _ITERABLES and len(args) == 1) or (origin in _MAPPINGS and len(args) == 2):
        try:
            return tuple(spec_of(a) for a in args)
        except TypeError:  # there is no spec for it: what is inside is not looked at
            return ()
    return ()


def check_elements(
    specs: tuple[ValueSpec, ...], value: Any, allow_partial: bool, path: Any
) -> None:
    """Raises if an element is not accepted."""
    if len(specs) == 1:
        if isinstance(value, collections.abc.Collection):
            for element in typing.cast("collections.abc.Collection[Any]", value):
                specs[0].apply(element, allow_partial, root_path=path)
        return
    key_spec, value_spec = specs
    for key, element in value.items():
        key_spec.apply(key, allow_partial, root_path=path)
        value_spec.apply(element, allow_partial, root_path=child_path(path, key))
