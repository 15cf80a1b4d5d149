"""`pg.ContextualObject`: objects whose attributes may come from the objects around them, or from the context.

Where an attribute of such an object comes from, first that applies: an `override` of the object; a
`contextual_override` with `override_attrs`; the object's own value; for contextual attributes then the contextual
objects that contain it, nearest first; a `contextual_override`; the attribute's default.

These classes have a `__getattribute__`, which costs; classes that do not derive from this one pay nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any, ClassVar, cast

from polygraft.formatting import format as format_value
from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.symbolic.compare import printed_by_class
from polygraft.symbolic.inferred import ValueFromParentChain
from polygraft.symbolic.object_ import Object, explicit_method_override
from polygraft.symbolic.object_ops import ObjectOps
from polygraft.symbolic.overrides import OVERRIDES, ContextualOverride, as_overrides, merged
from polygraft.symbolic.printing import format_node

#: id of an object → (the object, what is overridden in it)
_Own = Mapping[int, tuple[Any, dict[str, ContextualOverride]]]
_OWN: ContextVar[_Own] = ContextVar("polygraft_own_overrides", default={})  # noqa: B039 # never written to
_get = object.__getattribute__


class ContextualObject(Object):
    """An object whose attributes may be overridden by the context, and taken from the objects around it.

    Example:
        >>> import polygraft as pg
        >>> class Layer(pg.ContextualObject):
        ...     units: int
        ...     rate: float = pg.contextual_attribute(default=0.5)
        >>> class Model(pg.ContextualObject):
        ...     rate: float
        ...     layer: Layer
        >>> Layer(8).rate, Model(0.1, Layer(8)).layer.rate
        (0.5, 0.1)
        >>> layer = Layer(8)
        >>> with layer.override(units=16):
        ...     layer.units
        16
    """

    def __getattribute__(self, name: str) -> Any:
        own = _OWN.get()
        if own:
            found = own.get(id(self))
            if found is not None and name in found[1] and _has(self, name):
                return found[1][name].value
        active = OVERRIDES.get()
        if active and name in active:
            override = active[name]
            if override.override_attrs and type(self).__pg_class__.admits(name):
                return override.value
        return _get(self, name)

    def override(self, **variables: Any) -> _Override:
        """A scope, in this thread, in which attributes of this object have other values.

        Any attribute can be overridden: fields, methods, class attributes.
        """
        return _Override(self, variables)

    @printed_by_class
    def format(
        self, compact: bool = False, verbose: bool = False, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """The printed form, with inferred values where they are known."""
        kwargs.setdefault("use_inferred", True)
        return format_node(self, compact, verbose, root_indent, **kwargs)


class _Override:
    """The scope of `ContextualObject.override`."""

    __slots__ = ("_given", "_object", "_tokens")

    def __init__(self, x: Any, variables: dict[str, Any]):
        self._object = x
        self._given = as_overrides(variables)
        self._tokens: list[Token[_Own]] = []

    def __enter__(self) -> dict[str, ContextualOverride]:
        own = _OWN.get()
        _, outer = own.get(id(self._object), (None, {}))
        active = merged(outer, self._given)
        self._tokens.append(_OWN.set({**own, id(self._object): (self._object, active)}))
        return active

    def __exit__(self, *error: object) -> None:
        _OWN.reset(self._tokens.pop())


def _has(x: Any, name: str) -> bool:
    cls = cast("Any", type(x))
    return cls.__pg_class__.admits(name) or any(name in c.__dict__ for c in cls.__mro__)


class ContextualAttributeOps(ObjectOps):
    """Without a default it is complete all the same."""

    lenient = True


class ContextualAttribute(ValueFromParentChain):
    """What `contextual_attribute` makes.

    Attributes:
        type: The type of the value, for readers.
        default: What is read where nothing around gives a value; missing if there is no default.
    """

    _pg_ops: ClassVar[Any] = ContextualAttributeOps

    if TYPE_CHECKING:  # without a default of its own, `default` is missing where it was not given
        type: Any
        default: Any
    else:
        type: Any = None
        default: Any

    @explicit_method_override
    def __init__(self, type: Any = None, default: Any = MISSING_VALUE, **kwargs: Any):
        values: dict[str, Any] = {**kwargs, "type": type, "default": default, "allow_partial": True}
        super().__init__(**values)

    def value_from(self, parent: Any, **kwargs: Any) -> Any:
        """The value of a contextual object around; at last that of the context, or the default."""
        key = self.inference_key
        if isinstance(parent, ContextualObject):
            return getattr(parent, key, MISSING_VALUE)
        if parent is None:
            override = OVERRIDES.get().get(key)
            return self.default if override is None else override.value
        return MISSING_VALUE

    @printed_by_class
    def format(
        self, compact: bool = False, verbose: bool = False, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """The printed form; a missing default stands in brackets."""
        texts = [
            "(MISSING_VALUE)"
            if is_missing(v)
            else format_value(v, compact, verbose, root_indent + 1, **kwargs)
            for v in (self.type, self.default)
        ]
        if compact:
            return f"ContextualAttribute(type={texts[0]}, default={texts[1]})"
        pad = "\n" + "  " * root_indent
        return f"ContextualAttribute({pad}  type = {texts[0]},{pad}  default = {texts[1]}{pad})"


def contextual_attribute(type: Any = None, default: Any = MISSING_VALUE) -> Any:
    """The default of a field that takes its value from the contextual objects around: see `pg.ContextualObject`.

    Args:
        type: The type of the value, for readers.
        default: What is read where nothing around gives a value.
    """
    return ContextualAttribute(type, default)
