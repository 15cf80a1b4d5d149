"""`pg.Dict`: a real dict that is a node.

Values live in the dict itself; a name that is no attribute is looked up as a key. With a value spec the keys are those
of its schema, in its order. `dict_ops.py` is how the tree operations see it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any, Self, cast

from polygraft import typing as pg_typing
from polygraft.errors import UnknownKeyError, WritePermissionError, did_you_mean
from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.paths import KeyPath
from polygraft.symbolic import edits
from polygraft.symbolic.annotations import K, V
from polygraft.symbolic.base import Symbolic
from polygraft.symbolic.container_base import (
    KEPT,
    Container,
    is_protected,
    is_sealed,
    restore,
    slot_setters,
)
from polygraft.symbolic.fields import stored_form
from polygraft.symbolic.flags import FLAGS, TRACKING
from polygraft.symbolic.node import (
    NOT_WRITABLE,
    OPS,
    PARTIAL,
    ROOT,
    SAFE_TYPES,
    Kind,
    Link,
    plain_dict,
)
from polygraft.symbolic.origin import note_made
from polygraft.symbolic.places import path_of
from polygraft.symbolic.rebinding import rebind
from polygraft.typing import Schema

_set_item = plain_dict.__setitem__
_RAISE: Any = object()


class Dict(dict[K, V], Container):
    """A dict whose content is part of a program: printed, compared, cloned, queried and changed by rules.

    Args:
        dict_obj: A mapping, or pairs; copied.
        value_spec: A `pg.typing.Dict` that its content must satisfy.
        onchange_callback: Called with the updates after each change below.
        allow_partial: Whether required values may be missing.
        accessor_writable: Whether `d[k] = v` and `d.k = v` are allowed (`rebind` always is).
        sealed: Whether changes are refused.
        root_path: The path of this dict, if it is the root of a tree.
        **kwargs: More items.

    Raises:
        KeyError: A key is neither str nor int, or not allowed by the spec.
        TypeError, ValueError: A value does not satisfy the spec.

    Example:
        >>> import polygraft as pg
        >>> d = pg.Dict(x=1, y=pg.Dict(z=[1, {}]))
        >>> d
        {x=1, y={z=[0: 1, 1: {}]}}
        >>> d.y.z[0]
        1
    """

    __slots__ = ("__dict__", "__weakref__", "_sym", "_sym_callback", "_sym_spec")
    _pg_spec_type = pg_typing.Dict
    _sym_spec: pg_typing.Dict | None

    def __init__(
        self,
        dict_obj: Any = None,
        *,
        value_spec: Any = None,
        onchange_callback: Callable[..., Any] | None = None,
        allow_partial: bool = False,
        accessor_writable: bool = True,
        sealed: bool = False,
        root_path: Any = None,
        **kwargs: Any,
    ):
        plain_dict.__init__(self)
        flags = (PARTIAL if allow_partial else 0) | (0 if accessor_writable else NOT_WRITABLE)
        _set_link(self, Link(None, None, flags) if flags else ROOT)
        _set_spec(self, None)
        _set_callback(self, onchange_callback)
        if root_path is not None:
            Symbolic.sym_setpath(self, root_path)
        items: dict[Any, Any] = {} if dict_obj is None else raw_items(dict_obj)
        items.update(kwargs)
        for key in items:
            _check_key(self, key)
        _fill(self, items)
        if value_spec is not None:
            if not isinstance(value_spec, pg_typing.Dict):
                raise TypeError(
                    f"Argument 'value_spec' must be a `pg.typing.Dict` object. Encountered {value_spec!r}"
                )
            Container.use_value_spec(self, value_spec, allow_partial)
        if sealed:
            Symbolic.seal(self)
        if TRACKING.scopes:
            note_made(self)

    @classmethod
    def partial(
        cls,
        dict_obj: Any = None,
        value_spec: Any = None,
        *,
        onchange_callback: Callable[..., Any] | None = None,
        **kwargs: Any,
    ) -> Self:
        """A dict in which required values may be missing."""
        return cls(
            dict_obj,
            value_spec=value_spec,
            onchange_callback=onchange_callback,
            allow_partial=True,
            **kwargs,
        )

    # -- the spec ----------------------------------------------------------------------------------
    @property
    def value_spec(self) -> pg_typing.Dict | None:
        """The spec that the content satisfies, or None."""
        return self._sym_spec

    def _pg_bind(self, spec: pg_typing.Dict, partial: bool, path: Callable[[], KeyPath]) -> None:
        ops = OPS[type(self)]
        schema = spec.schema
        if schema is not None:
            scope = FLAGS.get().partial
            partial = partial or bool(ops.link(self).flags & PARTIAL) if scope is None else scope
            old = dict(plain_dict.items(self))
            new = _completed(old, schema, partial, path)
            plain_dict.clear(self)
            for key, value in new.items():  # in the order of the schema
                before = old.get(key, MISSING_VALUE)
                if value is not before:
                    OPS[type(before)].detach(before, self, key)
                    value = OPS[type(value)].attach(value, self, key)
                _set_item(self, key, value)
        _set_spec(self, spec)
        if partial:
            ops.own_link(self).flags |= PARTIAL

    # -- reading -----------------------------------------------------------------------------------
    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__" or name == "_sym":
            raise AttributeError(name)
        try:
            return self[cast("Any", name)]
        except KeyError as e:
            if plain_dict.__contains__(self, name) and isinstance(e.__cause__, AttributeError):
                raise e.__cause__ from None  # a value that cannot be inferred
            # Of a large dict not all keys are compared: `hasattr` comes here too.
            hint = did_you_mean(name, [str(k) for k in itertools.islice(self, 100)])
            raise AttributeError(
                f"Attribute {name!r} does not exist in {type(self)!r}.{hint}"
            ) from None

    # -- writing -----------------------------------------------------------------------------------
    def __setattr__(self, name: str, value: Any) -> None:
        if name[:1] == "_":
            object.__setattr__(self, name, value)
        else:
            self[cast("Any", name)] = value

    def __delattr__(self, name: str) -> None:
        if name[:1] == "_":
            object.__delattr__(self, name)
        else:
            del self[cast("Any", name)]

    def __setitem__(self, key: K, value: V) -> None:
        _check_writable(self, "modify field of")
        _check_key(self, key)
        _check_admitted(self, key)
        edits.write(self, key, value)

    def __delitem__(self, key: K) -> None:
        _check_writable(self, "del item from")
        if key not in self:
            raise KeyError(f"Key does not exist in Dict: {key!r}. (path={path_of(self)})")
        edits.write(self, key, MISSING_VALUE)

    def pop(self, key: K, default: Any = _RAISE) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Removes a key (resets a field to its default) and returns its value."""
        if key not in self:
            if default is _RAISE:
                raise KeyError(key)
            return default
        if is_sealed(self):
            raise WritePermissionError("Cannot pop item from a sealed Dict.")
        value = self[key]
        edits.write(self, key, MISSING_VALUE)
        return value

    def popitem(self) -> tuple[K, V]:
        """Removes and returns the item inserted last."""
        if self._sym_spec is not None:
            raise ValueError("'popitem' cannot be performed on a Dict with value spec.")
        if not self:
            raise KeyError("popitem(): dictionary is empty")
        key = next(reversed(self))
        return key, self.pop(key)

    def clear(self) -> None:
        """Removes all items (with a spec: resets them to their defaults), as one change."""
        if is_sealed(self):
            raise WritePermissionError("Cannot clear a sealed Dict.")
        with edits.Batch() as b:
            for key in list(self):
                b.store(self, key, MISSING_VALUE)

    def setdefault(self, key: K, default: Any = None) -> Any:
        """Stores `default` if there is no value; returns the stored value."""
        if key not in self or is_missing(self[key]):
            self[key] = default
        return self.get(key, default)  # a missing value is not stored

    def update(self, other: Any = None, /, **kwargs: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """One `rebind` with all pairs: string keys are paths, `MISSING_VALUE` removes."""
        pairs: dict[Any, Any] = {}
        if other is not None:
            pairs.update(raw_items(other))
        pairs.update(kwargs)
        rebind(self, pairs, raise_on_no_change=False)

    def __or__(self, other: Any) -> Dict[Any, Any]:
        return (
            Dict({**raw_items(self), **raw_items(other)})
            if isinstance(other, Mapping)
            else NotImplemented
        )

    def __ror__(self, other: Any) -> Dict[Any, Any]:
        return (
            Dict({**raw_items(other), **raw_items(self)})
            if isinstance(other, Mapping)
            else NotImplemented
        )

    def __ior__(self, other: Any) -> Self:
        _check_writable(self, "modify field of")
        with edits.Batch() as b:
            for key, value in raw_items(other).items():
                _check_key(self, key)
                _check_admitted(self, key)
                b.store(self, key, value)
        return self

    # -- copies ------------------------------------------------------------------------------------
    def copy(self) -> Self:
        """A shallow clone."""
        return cast("Self", Symbolic.clone(self))

    def __reduce_ex__(self, protocol: Any) -> Any:
        flags = OPS[type(self)].link(self).flags & KEPT
        return (
            restore,
            (OPS[type(self)].type, dict(plain_dict.items(self)), flags, self._sym_callback),
        )

    def __eq__(self, other: object) -> bool:
        return plain_dict.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return plain_dict.__ne__(self, other)

    def __hash__(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        return OPS[type(self)].hash(self)

    __str__ = Symbolic.__str__
    __repr__ = Symbolic.__repr__


_set_link, _set_spec, _set_callback = slot_setters(Dict)


def raw_items(source: Any) -> dict[Any, Any]:
    """The pairs of a mapping, or an iterable of pairs, as a plain dict; raw values of a node."""
    if type(source) is plain_dict:
        return plain_dict.copy(source)
    ops = OPS[type(source)]
    return dict(ops.items(source)) if ops.kind in _DICTS else dict(source)


_DICTS = (Kind.DICT, Kind.PLAIN_DICT)


def _fill(d: Dict, items: dict[Any, Any]) -> None:
    """Stores converted and attached values; nothing is validated."""
    plain_dict.update(d, items)  # copies the table as a whole; keys keep their places
    for key, value in items.items():
        if type(value) not in SAFE_TYPES:
            if is_missing(value):
                plain_dict.__delitem__(d, key)
                continue
            value = OPS[type(value)].convert(value)
            _set_item(d, key, OPS[type(value)].attach(value, d, key))


def _check_key(d: Dict, key: Any) -> None:
    if not isinstance(key, (str, int)):
        raise KeyError(f"Key must be string or int type. Encountered {key!r}. (path={path_of(d)})")


def _check_admitted(d: Dict, key: Any) -> None:
    if d.value_spec is not None and not OPS[type(d)].admits(d, key):
        path = path_of(d)
        hint = did_you_mean(str(key), [str(k) for k in d])
        raise UnknownKeyError(
            f"Key {key!r} is not allowed for {type(d)!r}. (path={path}){hint}", path=path, value=key
        )


def _check_writable(d: Dict, action: str) -> None:
    """Raises if `d` may not be written to by attribute and item; `action` is "modify …" or "del …"."""
    deletes = action.startswith("del")
    if is_sealed(d):
        suffix = "" if deletes else f" (path={path_of(d)})"
        raise WritePermissionError(f"Cannot {action} a sealed Dict.{suffix}")
    if is_protected(d):
        raise WritePermissionError(
            f"Cannot {'del' if deletes else 'modify'} Dict field by attribute or key while accessor_writable is set to "
            f"False. Use 'rebind' method instead. (path={path_of(d)})"
        )


def _completed(
    items: dict[Any, Any], schema: Schema, partial: bool, path: Callable[[], KeyPath]
) -> dict[Any, Any]:
    """The items as they are stored under `schema`: validated, completed by defaults, in its order.

    Raises:
        KeyError: A key is not allowed.
        TypeError, ValueError: A value is missing or not acceptable.
    """
    matched, unmatched = schema.resolve(list(items))
    if unmatched:
        hint = did_you_mean(str(unmatched[0]), list(map(str, schema.fields)))
        raise UnknownKeyError(
            f"Keys {unmatched!r} are not allowed in Schema. (parent='{path()}'){hint}",
            path=path(),
            value=unmatched,
        )
    out: dict[Any, Any] = {}
    for key_spec, keys in matched.items():
        field = schema[key_spec]
        for key in [str(key_spec)] if key_spec.is_const else keys:
            value = items.get(key, MISSING_VALUE)
            out[key] = stored_form(field, value, partial, lambda key=key: path() + KeyPath(key))
    return out
