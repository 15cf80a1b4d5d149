"""What `pg.Dict` and `pg.List` share: the spec in force, the callback, copies.

Both are real dicts and lists, so that everything written for those takes them; beside their content they have three
private slots. Their methods reach the content below through `plain_dict` and `plain_list`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self, TypedDict, cast

from polygraft import typing as pg_typing
from polygraft.paths import KeyPath
from polygraft.symbolic.base import Symbolic
from polygraft.symbolic.flags import FLAGS
from polygraft.symbolic.node import NOT_WRITABLE, OPS, PARTIAL, ROOT, SEALED, Link, NodeOps
from polygraft.symbolic.places import attach_single, detach_single, path_of
from polygraft.symbolic.services import service
from polygraft.typing import CustomTyping

#: Flags that copies and pickles keep.
KEPT = SEALED | PARTIAL | NOT_WRITABLE


class ContainerOptions(TypedDict, total=False):
    """The keywords that the constructors of both take; for overloads."""

    value_spec: Any
    onchange_callback: Callable[..., Any] | None
    allow_partial: bool
    accessor_writable: bool
    sealed: bool
    root_path: Any


class Container(Symbolic, CustomTyping):
    """A list or dict that is a node. The slots stand in the subclasses: two bases cannot both bring storage."""

    __slots__ = ()
    _sym: Link
    _sym_spec: Any
    _sym_callback: Callable[[Any], Any] | None
    #: The kind of spec that the content can be bound to.
    _pg_spec_type: ClassVar[type[pg_typing.ValueSpec]]

    def _pg_bind(self, spec: Any, partial: bool, path: Callable[[], KeyPath]) -> None:
        """Puts `spec` in force: all values are checked first, then written."""
        raise NotImplementedError

    @classmethod
    def from_json(cls, json_value: Any, *, value_spec: Any = None, **kwargs: Any) -> Self:
        """A container from its JSON data: see `pg.from_json`.

        Args:
            json_value: A list or dict, as `cls` is one.
            value_spec: What the content must satisfy.
            **kwargs: See `pg.from_json`: `allow_partial`, `root_path`, `trusted`…

        Raises:
            TypeError: The data stands for something else.
        """
        value = service("from_json")(json_value, value_spec=value_spec, **kwargs)
        if isinstance(value, cls):
            return value
        if OPS[type(value)].kind is not OPS[cls].kind:
            raise TypeError(
                f"Expect the JSON data of a {cls.__name__}. Encountered: {json_value!r}."
            )
        return cast("Any", cls)(value, value_spec=value_spec)

    def use_value_spec(self, value_spec: Any, allow_partial: bool = False) -> Self:
        """Validates and completes the content in place; `None` lets go of the spec.

        Raises:
            RuntimeError: Another spec is in force.
            KeyError, TypeError, ValueError: The content does not satisfy the spec (nothing is changed then).
        """
        name = self._pg_spec_type.__name__
        if value_spec is None:
            object.__setattr__(self, "_sym_spec", None)
            Symbolic.set_accessor_writable(self, True)
            return self
        if not isinstance(value_spec, self._pg_spec_type):
            raise ValueError(
                f"Value spec for list must be a `pg.typing.{name}` object. "
                f"Encountered: {value_spec!r} (path={path_of(self)})"
            )
        if self._sym_spec is not None and self._sym_spec != value_spec:
            raise RuntimeError(
                f"{name} is already bound with a different value spec: {self._sym_spec}. "
                f"New value spec: {value_spec}. (path={path_of(self)})"
            )
        self._pg_bind(value_spec, allow_partial, lambda: path_of(self))
        return self

    def custom_apply(
        self,
        path: Any,
        value_spec: Any,
        allow_partial: bool = False,
        child_transform: Callable[..., Any] | None = None,
    ) -> tuple[bool, Any]:
        """Adopts the spec of the field that this container is put into."""
        spec = value_spec
        if isinstance(spec, pg_typing.Union):
            spec = next((c for c in spec.candidates if isinstance(c, self._pg_spec_type)), None)
        if isinstance(spec, pg_typing.Any):
            return (False, self)
        if not isinstance(spec, self._pg_spec_type):
            return (True, self)
        if self._sym_spec is None:
            self._pg_bind(spec, allow_partial, lambda: KeyPath.from_value(path or KeyPath()))
        elif not spec.is_compatible(self._sym_spec):
            raise ValueError(
                f"{self._pg_spec_type.__name__} (spec={self._sym_spec!r}) cannot be assigned to an incompatible field "
                f"(spec={spec!r}). (path={path})"
            )
        return (False, self)

    # -- copies ------------------------------------------------------------------------------------
    def __copy__(self) -> Self:
        return cast("Self", Symbolic.clone(self))

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return cast("Self", Symbolic.clone(self, True, memo))


def slot_setters(cls: Any) -> tuple[Callable[[Any, Any], None], ...]:
    """What stores the link, the spec and the callback of an instance, past any `__setattr__`."""
    return cls._sym.__set__, cls._sym_spec.__set__, cls._sym_callback.__set__


class ContainerOps(NodeOps):
    """The operations that `Dict` and `List` share."""

    symbolic = True
    container = True
    hooks = True

    def __init__(self, type_: Any):
        super().__init__(type_)
        self._new: Callable[[type], Any] = type_.__new__
        self.set_link, self.set_spec, self.set_callback = slot_setters(type_)

    def link(self, x: Any) -> Link:
        return x._sym

    def attach(self, x: Any, parent: Any, key: Any) -> Any:
        return attach_single(self, x, parent, key)

    def detach(self, x: Any, parent: Any, key: Any) -> None:
        detach_single(self, x, parent, key)

    def empty_like(self, x: Any) -> Any:
        """An empty root with the class, flags, spec and callback of `x`."""
        new = self._new(self.type)
        flags = x._sym.flags & KEPT
        self.set_link(new, Link(None, None, flags) if flags else ROOT)
        self.set_spec(new, x._sym_spec)
        self.set_callback(new, x._sym_callback)
        return new

    def partial(self, x: Any) -> bool:
        """Whether required values may be missing in `x`."""
        scope = FLAGS.get().partial
        return bool(x._sym.flags & PARTIAL) if scope is None else scope

    # -- events: only the callback listens ---------------------------------------------------------
    def listens(self, x: Any) -> bool:
        return x._sym_callback is not None

    def wants_updates(self, x: Any) -> bool:
        return True

    def changed(self, x: Any, updates: dict[Any, Any], undo: list[Any]) -> None:
        if updates:
            x._sym_callback(updates)


def is_sealed(x: Container) -> bool:
    """True if changes of `x` are refused: by the scope, or by its own flag."""
    scope = FLAGS.get().sealed
    return bool(OPS[type(x)].link(x).flags & SEALED) if scope is None else scope


def is_protected(x: Container) -> bool:
    """True if writing by attribute and item is refused: by the scope, or by its own flag."""
    scope = FLAGS.get().writable
    return bool(OPS[type(x)].link(x).flags & NOT_WRITABLE) if scope is None else not scope


def restore(cls: Any, content: Any, flags: int, callback: Any) -> Any:
    """A container from what `pickle` kept of it."""
    x = cls(content, onchange_callback=callback)
    if flags:
        OPS[cls].own_link(x).flags |= flags
    return x
