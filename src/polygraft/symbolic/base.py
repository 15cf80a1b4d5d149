"""What the four kinds of node have in common: thin conveniences over the library's free functions.

Nothing in the library relies on these methods: a class may define fields and methods of the same names, and those win.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any, Self, cast

from polygraft.errors import PathNotFoundError
from polygraft.formatting import Formattable
from polygraft.formatting import print as print_formatted
from polygraft.missing import MISSING_VALUE, MaybePartial, is_missing
from polygraft.paths import KeyPath
from polygraft.symbolic import abstract, compare, copying, places, rebinding, traversal
from polygraft.symbolic.abstract import NonDeterministic as NonDeterministic
from polygraft.symbolic.abstract import PureSymbolic as PureSymbolic
from polygraft.symbolic.abstract import is_abstract as is_abstract
from polygraft.symbolic.abstract import is_deterministic as is_deterministic
from polygraft.symbolic.abstract import is_partial as is_partial
from polygraft.symbolic.abstract import is_pure_symbolic as is_pure_symbolic
from polygraft.symbolic.annotations import Condition, PlaceFunction
from polygraft.symbolic.inferential import is_inferential
from polygraft.symbolic.node import ABSTRACT, NOT_WRITABLE, OPS, PARTIAL, SEALED, WRITABLE
from polygraft.symbolic.nondefault import nondefault
from polygraft.symbolic.origin import Origin, origin_of, set_origin
from polygraft.symbolic.printing import format_node, pg_format
from polygraft.symbolic.services import service
from polygraft.symbolic.walking import DescendantQueryOption, descendants
from polygraft.typing import Field

_RAISE: Any = object()


class Symbolic(Formattable, MaybePartial):
    """The contract common to all nodes. See the free functions for what each operation does."""

    __slots__ = ()
    __str_format_kwargs__ = {"compact": False, "verbose": False}
    __repr_format_kwargs__ = {"compact": True}

    # -- place -------------------------------------------------------------------------------------
    @property
    def sym_parent(self) -> Any:
        """The node that contains this one, or None."""
        return places.parent_of(self)

    def sym_setparent(self, parent: Any) -> None:
        """Cuts the node from its parent (`None`), or notes a parent without storing the node there."""
        ops = OPS[type(self)]
        link = ops.link(self)
        if parent is None:
            if link.parent is not None:
                ops.detach(self, link.parent, link.key)
        else:
            ops.own_link(self).parent = parent

    @property
    def sym_path(self) -> KeyPath:
        """The path from the root of the tree."""
        return places.path_of(self)

    def sym_setpath(self, path: Any) -> None:
        """Re-roots: makes `path` the path of this node, if it is a root."""
        places.set_root_path(self, KeyPath.from_value(path))

    @property
    def sym_root(self) -> Any:
        """The topmost node of the tree."""
        return places.root_of(self)

    def sym_ancestor(self, where: Callable[[Any], bool] | None = None) -> Any:
        """The nearest node above that satisfies `where`, or None."""
        return next((a for a in places.ancestors(self) if where is None or where(a)), None)

    @property
    def sym_field(self) -> Field | None:
        """The field of the parent that describes this node, or None."""
        link = OPS[type(self)].link(self)
        if link.parent is None:
            return None
        return OPS[type(link.parent)].shown_field(link.parent, link.key)

    def sym_attr_field(self, key: Any) -> Field | None:
        """The field that describes the child at `key`, or None."""
        return OPS[type(self)].shown_field(self, key)

    def sym_descendants(
        self,
        where: Callable[[Any], bool] | None = None,
        option: DescendantQueryOption = DescendantQueryOption.ALL,
        include_self: bool = False,
    ) -> list[Any]:
        """The values below that satisfy `where`, leaves included, in pre-order: see `DescendantQueryOption`."""
        return descendants(self, where, option, include_self)

    # -- children ----------------------------------------------------------------------------------
    def sym_hasattr(self, key: Any) -> bool:
        """True if there is a direct child at `key`."""
        return OPS[type(self)].get(self, key, _RAISE) is not _RAISE

    def sym_getattr(self, key: Any, default: Any = _RAISE) -> Any:
        """The raw direct child at `key`.

        Raises:
            AttributeError: There is none, and no default was given.
        """
        value = OPS[type(self)].get(self, key, _RAISE)
        if value is not _RAISE:
            return value
        if default is not _RAISE:
            return default
        raise AttributeError(
            f"{OPS[type(self)].type!r} object has no symbolic attribute {key!r}. (path={places.path_of(self)})"
        )

    def sym_inferred(self, key: Any, default: Any = _RAISE, **kwargs: Any) -> Any:
        """The direct child at `key` as it is read: what a reference or an inferred value stands for.

        Args:
            key: The key.
            default: What is returned if there is no such child, or its value can't be told.
            **kwargs: Passed on to `infer`.

        Raises:
            AttributeError: There is none, and no default was given.
        """
        try:
            value = Symbolic.sym_getattr(self, key)
            if not is_inferential(value):
                return value
            return cast("Any", type(value)).infer(value, **kwargs)
        except Exception:
            if default is _RAISE:
                raise
            return default

    def sym_inferrable(self, key: Any, **kwargs: Any) -> bool:
        """True if there is a child at `key` whose value can be told."""
        return not is_missing(Symbolic.sym_inferred(self, key, MISSING_VALUE, **kwargs))

    def sym_has(self, path: Any) -> bool:
        """True if `path` exists below this node."""
        return KeyPath.from_value(path).exists(self)

    def sym_get(self, path: Any, default: Any = _RAISE, use_inferred: bool = False) -> Any:
        """The raw value at `path`; with `use_inferred`, the value as it is read.

        Raises:
            KeyError: It does not exist, and no default was given.
        """
        try:
            return KeyPath.from_value(path).query(self, use_inferred)
        except PathNotFoundError:
            if default is _RAISE:
                raise
            return default

    def sym_keys(self) -> Iterator[Any]:
        """The keys of the children."""
        return (k for k, _ in OPS[type(self)].items(self))

    def sym_values(self) -> Iterator[Any]:
        """The raw children."""
        return (v for _, v in OPS[type(self)].items(self))

    def sym_items(self) -> Iterator[tuple[Any, Any]]:
        """The (key, raw child) pairs."""
        return iter(OPS[type(self)].items(self))

    # -- state -------------------------------------------------------------------------------------
    def __pg_is_partial__(self) -> bool:
        ops = OPS[type(self)]
        if not ops.shared and not ops.link(self).flags & ABSTRACT:
            return False
        return abstract.is_partial(self)

    @property
    def is_partial(self) -> bool:
        """True if a required value below is missing."""
        return abstract.is_partial(self)

    @property
    def sym_partial(self) -> bool:
        """True if a required value below is missing."""
        return abstract.is_partial(self)

    @property
    def sym_puresymbolic(self) -> bool:
        """True if there is a placeholder below."""
        return abstract.is_pure_symbolic(self)

    @property
    def sym_abstract(self) -> bool:
        """True if there is a placeholder or a missing value below."""
        return abstract.is_abstract(self)

    @property
    def is_pure_symbolic(self) -> bool:
        """True if there is a placeholder below."""
        return abstract.is_pure_symbolic(self)

    @property
    def is_abstract(self) -> bool:
        """True if there is a placeholder or a missing value below."""
        return abstract.is_abstract(self)

    @property
    def is_deterministic(self) -> bool:
        """True if nothing below has still to be decided."""
        return abstract.is_deterministic(self)

    def sym_missing(self, flatten: bool = True) -> dict[Any, Any]:
        """The missing values below: path → typed missing value (nested by key with `flatten=False`)."""
        return abstract.missing(self, flatten)

    missing_values = sym_missing

    def sym_nondefault(self, flatten: bool = True) -> dict[Any, Any]:
        """The values below that differ from their field's default: path → value (nested by key without `flatten`)."""
        return nondefault(self, flatten)

    non_default_values = sym_nondefault

    @property
    def sym_sealed(self) -> bool:
        """True if the node refuses changes."""
        return bool(OPS[type(self)].link(self).flags & SEALED)

    @property
    def is_sealed(self) -> bool:
        """True if the node refuses changes."""
        return bool(OPS[type(self)].link(self).flags & SEALED)

    def sym_seal(self, is_seal: bool = True) -> Self:
        """Seals or unseals this node only."""
        _set_flags(self, *((SEALED, 0) if is_seal else (0, SEALED)))
        return self

    def seal(self, sealed: bool = True) -> Self:
        """Seals or unseals this node and all nodes below."""
        for _, v, _ in traversal.walk(self):
            if OPS[type(v)].symbolic:
                _set_flags(v, *((SEALED, 0) if sealed else (0, SEALED)))
        return self

    @property
    def allow_partial(self) -> bool:
        """True if required values may be missing in this node."""
        return bool(OPS[type(self)].link(self).flags & PARTIAL)

    @property
    def accessor_writable(self) -> bool:
        """True if this node may be written to by attribute and item (whatever the scope says)."""
        flags = OPS[type(self)].link(self).flags
        if flags & (WRITABLE | NOT_WRITABLE):
            return bool(flags & WRITABLE)
        return getattr(type(self), "allow_symbolic_assignment", True)

    def set_accessor_writable(self, writable: bool = True) -> Self:
        """Allows or forbids writing by attribute and item."""
        _set_flags(self, *((WRITABLE, NOT_WRITABLE) if writable else (NOT_WRITABLE, WRITABLE)))
        return self

    # -- origin ------------------------------------------------------------------------------------
    @property
    def sym_origin(self) -> Origin | None:
        """Where the node comes from, if that was noted: see `pg.track_origin`."""
        return origin_of(self)

    def sym_setorigin(
        self,
        source: Any,
        tag: str,
        stacktrace: bool | None = None,
        stacklimit: int | None = None,
        stacktop: int = -1,
    ) -> None:
        """Notes where the node comes from: see `pg.Origin`.

        Raises:
            ValueError: Another source is noted already.
        """
        known = origin_of(self)
        if known is not None and known.source is not None and known.source is not source:
            raise ValueError(
                f"Cannot set the origin with a different source value. "
                f"Origin source: {known.source!r}, New source: {source!r}."
            )
        set_origin(self, Origin(source, tag, stacktrace, stacklimit, stacktop - 1))

    # -- operations --------------------------------------------------------------------------------
    #: Changes values below, in place, all or none.
    rebind = rebinding.rebind
    sym_rebind = rebind

    def clone(self, deep: bool = False, memo: Any = None, override: Any = None) -> Self:
        """A copy of the program: see `pg.clone`."""
        return copying.clone(self, deep, memo, override)

    sym_clone = clone

    def sym_eq(self, other: Any) -> bool:
        """Symbolic equality: see `pg.eq`."""
        return OPS[type(self)].eq(self, other)

    def sym_ne(self, other: Any) -> bool:
        """The negation of `sym_eq`."""
        return not OPS[type(self)].eq(self, other)

    def sym_lt(self, other: Any) -> bool:
        """Symbolic order: see `pg.lt`."""
        return compare.lt(self, other)

    def sym_gt(self, other: Any) -> bool:
        """Symbolic order: see `pg.gt`."""
        return compare.gt(self, other)

    def sym_hash(self) -> int:
        """Symbolic hash: see `pg.hash`."""
        return OPS[type(self)].hash(self)

    def sym_contains(self, value: Any = None, type: Any = None) -> bool:
        """True if `value`, or an instance of `type`, is found here or below."""
        return traversal.contains(self, value, type)

    def inspect(
        self,
        path_regex: str | None = None,
        where: Condition | None = None,
        custom_selector: PlaceFunction | None = None,
        file: Any = None,
        **kwargs: Any,
    ) -> None:
        """Prints the node, or what a query finds in it."""
        selects = path_regex is not None or where is not None or custom_selector is not None
        found = (
            traversal.query(self, path_regex, where, False, custom_selector) if selects else self
        )
        kwargs.setdefault("verbose", False)
        print_formatted(found, file=file or sys.stdout, **kwargs)

    # -- formats and files -------------------------------------------------------------------------
    def __pg_format__(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        return pg_format(self, compact, verbose, root_indent, **kwargs)

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """The printed form: see `pg.format`."""
        return format_node(self, compact, verbose, root_indent, **kwargs)

    def to_json(self, **kwargs: Any) -> Any:
        """JSON-compatible data: see `pg.to_json`."""
        return service("to_json")(self, **kwargs)

    sym_jsonify = to_json

    def to_json_str(self, json_indent: int | None = None, **kwargs: Any) -> str:
        """JSON text: see `pg.to_json_str`."""
        return service("to_json_str")(self, json_indent=json_indent, **kwargs)

    def save(self, path: Any, *args: Any, **kwargs: Any) -> Any:
        """Saves to a file: see `pg.save`."""
        return service("save")(self, path, *args, **kwargs)

    @classmethod
    def load(cls, path: Any, *args: Any, **kwargs: Any) -> Self:
        """Loads from a file and checks the type: see `pg.load`.

        Raises:
            TypeError: The file holds a value of another type.
        """
        value = service("load")(path, *args, **kwargs)
        if not isinstance(value, cls):
            raise TypeError(f"Value is not of type {cls!r}: {value!r}.")
        return value


def _set_flags(x: Any, on: int, off: int) -> None:
    """Sets the bits `on` and clears the bits `off` of the node's own flags."""
    ops = OPS[type(x)]
    flags = ops.link(x).flags
    wanted = (flags | on) & ~off
    if wanted != flags:  # else a root without flags keeps the shared link
        ops.own_link(x).flags = wanted
