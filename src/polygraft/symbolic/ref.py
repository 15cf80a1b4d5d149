"""`pg.Ref`: a leaf of a tree that points to a value which stands elsewhere, or nowhere.

The target is neither adopted nor copied, and tree operations stop at the reference; reading the child gives the target.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from polygraft import typing as pg_typing
from polygraft.formatting import format as format_value
from polygraft.paths import KeyPath
from polygraft.symbolic.class_info import ClassInfo
from polygraft.symbolic.compare import printed_by_class
from polygraft.symbolic.inferential import Inferential
from polygraft.symbolic.node import OPS, ROOT, Kind
from polygraft.symbolic.object_ import Object, explicit_method_override
from polygraft.symbolic.object_base import set_link
from polygraft.symbolic.object_ops import ObjectOps
from polygraft.symbolic.places import parent_of, root_of
from polygraft.symbolic.rebinding import rebind
from polygraft.symbolic.walking import walk

T = TypeVar("T")
_set = object.__setattr__
_TARGET = "value"
_CONTAINERS = (Kind.LIST, Kind.DICT, Kind.PLAIN_LIST, Kind.PLAIN_DICT)


class RefOps(ObjectOps):
    """References have no children; copies point to the same target; equal are those to the same object."""

    def __init__(self, cls: Any, info: ClassInfo):
        super().__init__(cls, info)
        self.attach = self._attach_reference  # type: ignore[method-assign]
        self.eq = lambda x, y, /: isinstance(y, Ref) and x.value is y.value
        self.clone = lambda x, memo, deep, /: _point(object.__new__(cls), x.value)
        self.share = lambda x, /: _point(object.__new__(cls), x.value)

    def _attach_reference(self, x: Any, parent: Any, key: Any) -> Any:
        target = x.value
        if OPS[type(target)].symbolic and root_of(target) is root_of(parent):
            raise NotImplementedError("Self-referential object is not supported.")
        return self._attach_inferential(x, parent, key)

    def hash(self, x: Any) -> int:
        return hash((Ref, id(x.value)))


if TYPE_CHECKING:

    class _To(Generic[T]):
        """To a type checker a field `x: Ref[A]` takes an `A` (or a reference to one) and reads as `A`."""

        def __get__(self, instance: Any, owner: Any = None) -> T: ...
        def __set__(self, instance: Any, value: T | Ref[T]) -> None: ...

else:

    class _To:
        __slots__ = ()

        def __class_getitem__(cls, args):
            return cls


class Ref(Object, Inferential, _To[T]):
    """A reference: reading the child gives the target, which is not adopted, copied, or changed by tree operations.

    References are made to symbolic values, lists and dicts; any other value comes back as it is. A field annotated
    `pg.Ref[A]` makes references of the objects it gets.

    Args:
        value: The target; that of a reference, if it is one.

    Raises:
        NotImplementedError: The reference is put into the tree that its target stands in.

    Example:
        >>> import polygraft as pg
        >>> shared = pg.Dict(rate=0.1)
        >>> a = pg.Dict(config=pg.Ref(shared))
        >>> a.config is shared, shared.sym_parent
        (True, None)
        >>> a
        {config=Ref({rate=0.1})}
        >>> pg.Ref(1)
        1
    """

    _pg_ops: ClassVar[Any] = RefOps

    if TYPE_CHECKING:

        @property
        def value(self) -> Any:
            """The target."""

    def __new__(cls, value: Any) -> Any:
        if OPS[type(value)].symbolic or OPS[type(value)].kind in _CONTAINERS:
            return object.__new__(cls)
        return value

    @explicit_method_override
    def __init__(self, value: Any):
        _point(self, value.value if isinstance(value, Ref) else value)

    if not TYPE_CHECKING:

        def __class_getitem__(cls, target: Any) -> pg_typing.ValueSpec:
            return pg_typing.ValueSpec.from_annotation(target, auto_typing=True).with_transform(cls)

    def infer(self, **kwargs: Any) -> Any:
        """Returns the target."""
        return self.value

    def custom_apply(
        self, path: Any, value_spec: Any, allow_partial: bool = False, child_transform: Any = None
    ) -> tuple[bool, Any]:
        """Accepts the field if it accepts the target as it is."""
        target, value_spec = self.value, value_spec.skip_user_transform
        if not value_spec.fits(target):
            # A list or dict would take on the field's spec.
            kind = OPS[type(target)].kind
            tried = OPS[type(target)].clone(target, {}, False) if kind in _CONTAINERS else target
            value_spec.apply(tried, allow_partial=allow_partial, root_path=path)
        return (False, self)

    @printed_by_class
    def format(
        self, compact: bool = False, verbose: bool = False, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """`Ref(...)` with the target's form in it."""
        if compact:
            return f"Ref({format_value(self.value, True, verbose, root_indent, **kwargs)})"
        text = format_value(self.value, False, verbose, root_indent + 1, **kwargs)
        pad = "  " * root_indent
        return f"Ref(\n{pad}  value = {text}\n{pad})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ref) and self.value is other.value

    def __hash__(self) -> int:
        return hash((Ref, id(self.value)))

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(f"{self!r} cannot be pickled at the moment.")


def _point(ref: Any, target: Any) -> Any:
    set_link(ref, ROOT)
    _set(ref, _TARGET, target)
    return ref


def maybe_ref(value: Any) -> Any:
    """A reference to `value`, unless `value` can be adopted (it is a node without parent) or needs none (it is a leaf).

    Example:
        >>> import polygraft as pg
        >>> d = pg.Dict(inner=pg.Dict(x=1))
        >>> pg.maybe_ref(d.inner), pg.maybe_ref(d) is d, pg.maybe_ref(1)
        (Ref({x=1}), True, 1)
    """
    if OPS[type(value)].symbolic and parent_of(value) is None:
        return value
    return Ref(value)


def deref(value: Any, recursive: bool = False) -> Any:
    """The target of `value`, if it is a reference; with `recursive`, references below are replaced by theirs, in place.

    Raises:
        ValueError: References lead round in a circle.

    Example:
        >>> import polygraft as pg
        >>> pg.symbolic.deref(pg.Dict(x=pg.Ref(pg.Dict(y=1))), recursive=True)
        {x={y=1}}
    """
    if isinstance(value, Ref):
        value = cast("Any", value).value
    if recursive and OPS[type(value)].symbolic:
        _refuse_circles(value, {})
        while found := {p: ref.value for p, ref in _references(value)}:
            rebind(value, found)
    return value


def _references(x: Any) -> list[tuple[KeyPath, Any]]:
    return [(KeyPath.of(keys), v) for keys, v, _ in walk(x) if isinstance(v, Ref)]


def _refuse_circles(x: Any, seen: dict[int, bool]) -> None:
    """Raises if following references from `x` leads back to where one has been; `seen`: id → whether still there."""
    seen[id(x)] = True
    for path, ref in _references(x):
        if seen.get(id(ref.value)):
            raise ValueError(
                f"References lead round in a circle; they cannot all be replaced. (path={path})"
            )
        if id(ref.value) not in seen:
            _refuse_circles(ref.value, seen)
    seen[id(x)] = False
