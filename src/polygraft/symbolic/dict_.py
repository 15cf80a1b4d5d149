"""`pg.Dict`: a real dict that is a node.

Values live in the dict itself; a key that is missing is looked up as an attribute's name too. With a value spec the keys are
those of its schema, in its order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from polygraft import typing as pg_typing
from polygraft.errors import UnknownKeyError, WritePermissionError, did_you_mean
from polygraft.missing import MISSING_VALUE
from polygraft.paths import KeyPath
from polygraft.symbolic import edits
from polygraft.symbolic.base import Symbolic
from polygraft.symbolic.compare import eq_mappings, hash_items_unordered
from polygraft.symbolic.fields import is_missing, stored_form
from polygraft.symbolic.flags import FLAGS
from polygraft.symbolic.node import (
    NOT_WRITABLE,
    OPS,
    PARTIAL,
    ROOT,
    SAFE_TYPES,
    SEALED,
    Kind,
    Link,
    NodeOps,
    add_resolver,
)
from polygraft.symbolic.places import attach_single, child_path, detach_single, path_of
from polygraft.typing import CustomTyping, Field

_set_item = dict.__setitem__
_RAISE: Any = object()


class Dict(dict[Any, Any], Symbolic, CustomTyping):
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
    _sym: Link
    _sym_spec: pg_typing.Dict | None
    _sym_callback: Callable[..., Any] | None

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
        dict.__init__(self)
        flags = (PARTIAL if allow_partial else 0) | (0 if accessor_writable else NOT_WRITABLE)
        _set_link(self, Link(None, None, flags) if flags else ROOT)
        _set_spec(self, None)
        _set_callback(self, onchange_callback)
        if root_path is not None:
            self.sym_setpath(root_path)
        items: dict[Any, Any] = {}
        if dict_obj is not None:
            if isinstance(dict_obj, dict):
                source = cast("dict[Any, Any]", dict_obj)
                items.update(
                    OPS[type(source)].items(source)
                    if OPS[type(source)].container
                    else source.items()
                )
            else:
                items.update(dict_obj)
        items.update(kwargs)
        for key in items:
            _check_key(self, key)
        _fill(self, items)
        if value_spec is not None:
            if not isinstance(value_spec, pg_typing.Dict):
                raise TypeError(
                    f"Argument 'value_spec' must be a `pg.typing.Dict` object. Encountered {value_spec!r}"
                )
            self.use_value_spec(value_spec, allow_partial)
        if sealed:
            self.seal()

    @classmethod
    def partial(
        cls,
        dict_obj: Any = None,
        value_spec: Any = None,
        *,
        onchange_callback: Callable[..., Any] | None = None,
        **kwargs: Any,
    ) -> Dict:
        """A dict in which required values may be missing."""
        return cls(
            dict_obj,
            value_spec=value_spec,
            onchange_callback=onchange_callback,
            allow_partial=True,
            **kwargs,
        )

    # -- the spec --------------------------------------------------------------------------------------------------
    @property
    def value_spec(self) -> pg_typing.Dict | None:
        """The spec that the content satisfies, or None."""
        return self._sym_spec

    def use_value_spec(self, value_spec: Any, allow_partial: bool = False) -> Dict:
        """Validates and completes the content in place; `None` lets go of the spec.

        Raises:
            RuntimeError: Another spec is in force.
            KeyError, TypeError, ValueError: The content does not satisfy the spec (nothing is changed then).
        """
        if value_spec is None:
            _set_spec(self, None)
            self.set_accessor_writable(True)
            return self
        if not isinstance(value_spec, pg_typing.Dict):
            raise ValueError(
                "Value spec for list must be a `pg.typing.Dict` object. "
                f"Encountered: {value_spec!r} (path={path_of(self)})"
            )
        if self._sym_spec is not None and self._sym_spec != value_spec:
            raise RuntimeError(
                f"Dict is already bound with a different value spec: {self._sym_spec}. "
                f"New value spec: {value_spec}. (path={path_of(self)})"
            )
        _bind(self, value_spec, allow_partial, lambda: path_of(self))
        return self

    def custom_apply(
        self,
        path: Any,
        value_spec: Any,
        allow_partial: bool = False,
        child_transform: Callable[..., Any] | None = None,
    ) -> tuple[bool, Any]:
        """Adopts the spec of the field that this dict is put into."""
        spec = value_spec
        if isinstance(spec, pg_typing.Union):
            spec = next((c for c in spec.candidates if isinstance(c, pg_typing.Dict)), None)
            if spec is None:
                return (True, self)
        if isinstance(spec, pg_typing.Any):
            return (False, self)
        if not isinstance(spec, pg_typing.Dict):
            return (True, self)
        if self._sym_spec is None:
            _bind(
                self,
                spec,
                allow_partial,
                lambda: KeyPath.from_value(path if path is not None else KeyPath()),
            )
        elif not spec.is_compatible(self._sym_spec):
            raise ValueError(
                f"Dict (spec={self._sym_spec!r}) cannot be assigned to an incompatible field (spec={spec!r}). (path={path})"
            )
        return (False, self)

    # -- reading ---------------------------------------------------------------------------------------------------
    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__" or name == "_sym":
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(
                f"Attribute {name!r} does not exist in {type(self)!r}.{did_you_mean(name, [str(k) for k in self])}"
            ) from None

    # -- writing ---------------------------------------------------------------------------------------------------
    def __setattr__(self, name: str, value: Any) -> None:
        if name[:1] == "_":
            object.__setattr__(self, name, value)
        else:
            self[name] = value

    def __delattr__(self, name: str) -> None:
        if name[:1] == "_":
            object.__delattr__(self, name)
        else:
            del self[name]

    def __setitem__(self, key: Any, value: Any) -> None:
        _check_writable(self, "modify field of")
        _check_key(self, key)
        _check_admitted(self, key)
        edits.write(self, key, value)

    def __delitem__(self, key: Any) -> None:
        _check_writable(self, "del item from")
        if key not in self:
            raise KeyError(f"Key does not exist in Dict: {key!r}. (path={path_of(self)})")
        edits.write(self, key, MISSING_VALUE)

    def pop(self, key: Any, default: Any = _RAISE) -> Any:  # type: ignore[override]
        """Removes a key (resets a field to its default) and returns its value."""
        if _is_sealed(self):
            raise WritePermissionError("Cannot pop item from a sealed Dict.")
        if key not in self:
            if default is _RAISE:
                raise KeyError(key)
            return default
        value = self[key]
        edits.write(self, key, MISSING_VALUE)
        return value

    def popitem(self) -> tuple[Any, Any]:
        """Removes and returns the item inserted last."""
        if self._sym_spec is not None:
            raise ValueError("'popitem' cannot be performed on a Dict with value spec.")
        if not self:
            raise KeyError("popitem(): dictionary is empty")
        key = next(reversed(self))
        return key, self.pop(key)

    def clear(self) -> None:
        """Removes all items (with a spec: resets them to their defaults), as one change."""
        if _is_sealed(self):
            raise WritePermissionError("Cannot clear a sealed Dict.")
        with edits.Batch() as b:
            for key in list(self):
                b.store(self, key, MISSING_VALUE)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Stores `default` if there is no value; returns the stored value."""
        if key not in self or is_missing(self[key]):
            self[key] = default
        return self[key]

    def update(self, other: Any = None, /, **kwargs: Any) -> None:  # type: ignore[override]
        """One `rebind` with all pairs: string keys are paths, `MISSING_VALUE` removes."""
        pairs: dict[Any, Any] = {}
        if other is not None:
            pairs.update(other)
        pairs.update(kwargs)
        edits.rebind(self, pairs, raise_on_no_change=False)

    def __or__(self, other: Any) -> Dict:
        return Dict({**self, **other}) if isinstance(other, Mapping) else NotImplemented

    def __ror__(self, other: Any) -> Dict:
        return Dict({**other, **self}) if isinstance(other, Mapping) else NotImplemented

    def __ior__(self, other: Any) -> Dict:  # type: ignore[override,misc]
        with edits.Batch() as b:
            for key, value in dict(other).items():
                _check_key(self, key)
                _check_admitted(self, key)
                b.store(self, key, value)
        return self

    # -- copies ----------------------------------------------------------------------------------------------------
    def copy(self) -> Dict:
        """A shallow clone."""
        return OPS[type(self)].clone(self, {}, False)

    def __copy__(self) -> Dict:
        return OPS[type(self)].clone(self, {}, False)

    def __deepcopy__(self, memo: dict[int, Any]) -> Dict:
        return OPS[type(self)].clone(self, memo, True)

    def __reduce_ex__(self, protocol: Any) -> Any:
        flags = self._sym.flags & (SEALED | PARTIAL | NOT_WRITABLE)
        return (_restore, (type(self), dict(self), flags, self._sym_callback))

    def __eq__(self, other: object) -> bool:
        return dict.__eq__(self, other)  # type: ignore[arg-type]

    def __ne__(self, other: object) -> bool:
        return dict.__ne__(self, other)  # type: ignore[arg-type]

    def __hash__(self) -> int:  # type: ignore[override]
        return OPS[type(self)].hash(self)

    __str__ = Symbolic.__str__
    __repr__ = Symbolic.__repr__


_set_link = cast("Any", Dict.__dict__["_sym"]).__set__
_set_spec = cast("Any", Dict.__dict__["_sym_spec"]).__set__
_set_callback = cast("Any", Dict.__dict__["_sym_callback"]).__set__


def _fill(d: Dict, items: Mapping[Any, Any]) -> None:
    """Stores converted and attached values; nothing is validated."""
    for key, value in items.items():
        if type(value) not in SAFE_TYPES:
            if is_missing(value):
                continue
            ops = OPS[type(value)]
            value = OPS[type(c := ops.convert(value))].attach(c, d, key)
        _set_item(d, key, value)


def _restore(cls: type[Dict], items: dict[Any, Any], flags: int, callback: Any) -> Dict:
    d = cls(items, onchange_callback=callback)
    if flags:
        OPS[type(d)].own_link(d).flags |= flags
    return d


def _check_key(d: Dict, key: Any) -> None:
    if not isinstance(key, (str, int)):
        raise KeyError(f"Key must be string or int type. Encountered {key!r}. (path={path_of(d)})")


def _check_admitted(d: Dict, key: Any) -> None:
    if d._sym_spec is not None and not OPS[type(d)].admits(d, key):
        path = path_of(d)
        hint = did_you_mean(str(key), [str(k) for k in d])
        raise UnknownKeyError(
            f"Key {key!r} is not allowed for {type(d)!r}. (path={path}){hint}", path=path, value=key
        )


def _is_sealed(d: Any) -> bool:
    scope = FLAGS.get().sealed
    return bool(d._sym.flags & SEALED) if scope is None else scope


def _check_writable(d: Dict, action: str) -> None:
    flags = FLAGS.get()
    if d._sym.flags & SEALED if flags.sealed is None else flags.sealed:
        suffix = "" if action.startswith("del") else f" (path={path_of(d)})"
        raise WritePermissionError(f"Cannot {action} a sealed Dict.{suffix}")
    if d._sym.flags & NOT_WRITABLE if flags.writable is None else not flags.writable:
        verb = "del" if action.startswith("del") else "modify"
        raise WritePermissionError(
            f"Cannot {verb} Dict field by attribute or key while accessor_writable is set to False. "
            f"Use 'rebind' method instead. (path={path_of(d)})"
        )


def _bind(d: Dict, spec: pg_typing.Dict, partial: bool, path: Callable[[], KeyPath]) -> None:
    """Puts `spec` in force: all values are checked first, then written in the order of the schema."""
    schema = spec.schema
    if schema is not None:
        matched, unmatched = schema.resolve(list(dict.keys(d)))
        if unmatched:
            hint = did_you_mean(str(unmatched[0]), [str(k) for k in schema.keys()])
            raise UnknownKeyError(
                f"Keys {unmatched!r} are not allowed in Schema. (parent='{path()}'){hint}",
                path=path(),
                value=unmatched,
            )
        scope = FLAGS.get().partial
        partial = partial or bool(d._sym.flags & PARTIAL) if scope is None else scope
        new: dict[Any, Any] = {}
        for key_spec, keys in matched.items():
            field = schema[key_spec]
            for key in [str(key_spec)] if key_spec.is_const else keys:
                value = dict.get(d, key, MISSING_VALUE)
                new[key] = stored_form(field, value, partial, lambda key=key: path() + KeyPath(key))
        old = dict(dict.items(d))
        dict.clear(d)
        for key, value in new.items():
            before = old.get(key, MISSING_VALUE)
            if value is not before:
                if type(before) not in SAFE_TYPES:
                    OPS[type(before)].detach(before, d, key)
                value = OPS[type(value)].attach(value, d, key)
            _set_item(d, key, value)
    _set_spec(d, spec)
    if partial:
        OPS[type(d)].own_link(d).flags |= PARTIAL


def _empty_like(x: Any) -> Any:
    """An empty root with the class, flags, spec and callback of `x`."""
    cls = type(x)
    new = cls.__new__(cls)
    flags = x._sym.flags & (SEALED | PARTIAL | NOT_WRITABLE)
    _set_link(new, Link(None, None, flags) if flags else ROOT)
    _set_spec(new, x._sym_spec)
    _set_callback(new, x._sym_callback)
    return new


class DictOps(NodeOps):
    """Operations on `pg.Dict` and its subclasses."""

    kind = Kind.DICT
    symbolic = True
    container = True
    hooks = True

    def link(self, x: Any) -> Link:
        return x._sym

    def set_link(self, x: Any, link: Link) -> None:
        _set_link(x, link)

    def attach(self, x: Any, parent: Any, key: Any) -> Any:
        return attach_single(self, x, parent, key)

    def detach(self, x: Any, parent: Any, key: Any) -> None:
        detach_single(self, x, parent, key)

    def items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        return dict.items(x)

    def given_items(self, x: Any) -> Iterator[tuple[Any, Any]]:
        return ((k, v) for k, v in dict.items(x) if type(v) in SAFE_TYPES or not is_missing(v))

    def get(self, x: Any, key: Any, default: Any = MISSING_VALUE) -> Any:
        return dict.get(x, key, default)

    def stored(self, x: Any, key: Any) -> Any:
        return dict.get(x, key, MISSING_VALUE)

    def field(self, x: Any, key: Any) -> Field | None:
        spec = x._sym_spec
        return None if spec is None or spec.schema is None else spec.schema.get_field(key)

    def admits(self, x: Any, key: Any) -> bool:
        spec = x._sym_spec
        if not isinstance(key, (str, int)):
            return False
        return spec is None or spec.schema is None or spec.schema.get_field(key) is not None

    def check(self, x: Any, key: Any, value: Any) -> Any:
        spec = x._sym_spec
        if spec is None or spec.schema is None:
            if type(value) in SAFE_TYPES:
                return value
            return MISSING_VALUE if is_missing(value) else OPS[type(value)].convert(value)
        field = spec.schema.get_field(key)
        if is_missing(value) and not field.key.is_const:
            return MISSING_VALUE
        scope = FLAGS.get().partial
        partial = bool(x._sym.flags & PARTIAL) if scope is None else scope
        return stored_form(field, value, partial, lambda: child_path(x, key))

    def put(self, x: Any, key: Any, value: Any) -> None:
        if value is MISSING_VALUE:
            dict.pop(x, key, None)
        else:
            _set_item(x, key, value)

    def clone(self, x: Any, memo: dict[int, Any] | None, deep: bool) -> Any:
        new = _empty_like(x)
        for key, value in dict.items(x):
            if type(value) not in SAFE_TYPES:
                value = OPS[type(value)].clone(value, memo, deep)
                value = OPS[type(value)].attach(value, new, key)
            _set_item(new, key, value)
        return new

    def share(self, x: Any) -> Any:
        new = _empty_like(x)
        for key, value in dict.items(x):
            value = OPS[type(value)].share(value)
            _set_item(new, key, OPS[type(value)].attach(value, new, key))
        return new

    def listens(self, x: Any) -> bool:
        return x._sym_callback is not None

    def wants_updates(self, x: Any) -> bool:
        return True

    def changed(self, x: Any, updates: dict[Any, Any], undo: list[Any]) -> None:
        if updates:
            x._sym_callback(updates)

    def eq(self, x: Any, y: Any) -> bool:
        return isinstance(y, dict) and eq_mappings(x, cast("dict[Any, Any]", y))

    def hash(self, x: Any) -> int:
        return hash_items_unordered(self.given_items(x), "Dict")


class PlainDictOps(NodeOps):
    """Plain dicts: looked into; stored by nodes as `pg.Dict`."""

    kind = Kind.PLAIN_DICT
    container = True

    def items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        return dict.items(x)

    def get(self, x: Any, key: Any, default: Any = MISSING_VALUE) -> Any:
        return dict.get(x, key, default)

    def stored(self, x: Any, key: Any) -> Any:
        return dict.get(x, key, MISSING_VALUE)

    def clone(self, x: Any, memo: dict[int, Any] | None, deep: bool) -> Any:
        return {k: OPS[type(v)].clone(v, memo, deep) for k, v in x.items()}

    def share(self, x: Any) -> Any:
        return {k: OPS[type(v)].share(v) for k, v in x.items()}

    def convert(self, x: Any) -> Any:
        return Dict(x)

    def eq(self, x: Any, y: Any) -> bool:
        return isinstance(y, dict) and eq_mappings(x, cast("dict[Any, Any]", y))


def _resolve(type_: type) -> NodeOps | None:
    return DictOps(type_) if issubclass(type_, Dict) else None


OPS[Dict] = DictOps(Dict)
OPS[dict] = PlainDictOps(dict)
add_resolver(_resolve)
