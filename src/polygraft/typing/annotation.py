"""From annotations to value specs: `from_annotation` is the way in; the table is in `annotation_rows.py`."""

from __future__ import annotations

import dataclasses
import inspect
import sys
import types
import typing
from typing import Any

from polygraft.typing import annotation_rows as rows
from polygraft.typing import constraints
from polygraft.typing.annotated import Annotated
from polygraft.typing.annotation_rows import FORMS, Scope
from polygraft.typing.annotation_text import annotation_from_str
from polygraft.typing.any_spec import Any as AnySpec
from polygraft.typing.callable_spec import Callable
from polygraft.typing.custom import FunctorTrait
from polygraft.typing.dict_spec import Dict
from polygraft.typing.forward_ref import ForwardRef, calling_module
from polygraft.typing.list_spec import List
from polygraft.typing.object_spec import Object
from polygraft.typing.primitives import Bool, Float, Int, Str
from polygraft.typing.tuple_spec import Tuple
from polygraft.typing.value_spec import LATE, ValueSpec

_EMPTY: Any = inspect.Parameter.empty


def from_annotation(
    annotation: Any,
    auto_typing: bool = False,
    accept_value_as_annotation: bool = False,
    parent_module: types.ModuleType | None = None,
    owner: type[Any] | None = None,
) -> ValueSpec:
    """Returns the spec that an annotation stands for.

    Args:
        annotation: The annotation, a spec, or a text.
        auto_typing: Whether it is checked at run time; else it is only shown.
        accept_value_as_annotation: Whether plain values are taken as defaults.
        parent_module: Where names are looked up.
        owner: The class in whose body it stands: what `Self` means there.

    Raises:
        TypeError: There is no spec for it.

    Example:
        >>> from_annotation(list[int], auto_typing=True)
        List(Int())
    """
    if isinstance(annotation, ValueSpec):
        return annotation
    if annotation is _EMPTY:
        return AnySpec()
    if accept_value_as_annotation:
        if annotation is None:
            return AnySpec(default=None)
        if not _is_annotation(annotation):
            return _from_value(annotation)
    if annotation is None:
        return Object(type(None))
    if not auto_typing:
        return AnySpec(annotation=annotation)
    return _convert(annotation, Scope(_convert, parent_module, owner))


def _convert(annotation: Any, scope: Scope) -> ValueSpec:
    """The spec for an annotation that is to be checked."""
    if isinstance(annotation, ValueSpec):
        return annotation
    if annotation is None:
        return Object(type(None))
    if isinstance(annotation, str):
        return _convert_text(annotation, scope)
    simple = _look_up(rows.SIMPLE, annotation)
    if simple is not None:
        return simple()
    origin: Any = typing.get_origin(annotation)
    form = annotation if origin is None else origin
    row = _look_up(rows.BY_ORIGIN, form) or rows.BY_NAME.get(_special_name(form))
    if row is None and origin is not None:
        row = _look_up(rows.BY_CLASS, origin)
    if row is not None:
        return row(annotation, typing.get_args(annotation), scope)
    if rows.is_alias(form):
        return rows.alias(form, typing.get_args(annotation), scope)
    if rows.is_typed_dict(form):
        return rows.typed_dict(form, scope)
    if isinstance(annotation, typing.ForwardRef):
        return _convert_forward_ref(annotation, scope)
    if isinstance(annotation, ForwardRef):
        return Object(annotation)
    if isinstance(annotation, typing.NewType):
        return scope.spec(annotation.__supertype__)
    if isinstance(annotation, typing.TypeVar):
        return rows.type_var(annotation, scope)
    if isinstance(annotation, Annotated):
        return annotation.value_spec
    if isinstance(annotation, dataclasses.InitVar):
        return scope.spec(typing.cast(Any, annotation).type)
    if isinstance(annotation, type) or isinstance(origin, type):
        return Object(annotation)
    if getattr(annotation, "__no_type_check__", False) is True:
        return Object(annotation)
    raise TypeError(f"Cannot convert {annotation!r} to `pg.typing.ValueSpec` with auto typing.")


def _special_name(form: Any) -> str:
    """The name of a special form such as `Required`; an empty text for a class."""
    return "" if isinstance(form, type) else str(getattr(form, "_name", ""))


def _look_up(table: dict[Any, Any], key: Any) -> Any:
    try:
        return table.get(key)
    except TypeError:  # not hashable, so not in the table
        return None


def _is_annotation(x: Any) -> bool:
    return (
        isinstance(
            x,
            type
            | types.GenericAlias
            | types.UnionType
            | typing.TypeVar
            | typing.NewType
            | typing.ForwardRef
            | ForwardRef
            | Annotated,
        )
        or typing.get_origin(x) is not None
        or any(x is special for special in _SPECIAL)
        or rows.is_alias(x)
    )


def _from_value(value: Any) -> ValueSpec:
    """The spec of which a plain value is the default."""
    t = typing.cast(Any, type(value))
    if t in _PLAIN:
        return _PLAIN[t](value)
    return _spec_like(value).set_default(value)


def _spec_like(value: Any) -> ValueSpec:
    """The spec of values like this one, without a default."""
    if value is None:
        return AnySpec()
    if _is_annotation(value):
        return from_annotation(value, True)
    t = typing.cast(Any, type(value))
    if t in _PLAIN:
        return _PLAIN[t]()
    if t is dict:
        return Dict()
    if t is list:
        return List(_spec_like(value[0]) if value else AnySpec())
    if t is tuple:
        return Tuple([_spec_like(v) for v in value])
    if isinstance(value, types.FunctionType | FunctorTrait):
        return Callable()
    return Object(t)


_PLAIN: dict[type, typing.Callable[..., ValueSpec]] = {
    bool: Bool,
    int: Int,
    float: Float,
    str: Str,
}


def _convert_text(text: str, scope: Scope) -> ValueSpec:
    module = scope.module or calling_module()
    if (module, text) in scope.entered:
        return AnySpec()  # an alias that contains itself: not looked into again
    return scope.within((module, text), module).spec(annotation_from_str(text, module))


def _convert_forward_ref(ref: typing.ForwardRef, scope: Scope) -> ValueSpec:
    named: Any = ref.__forward_module__
    if isinstance(named, str):
        named = sys.modules.get(named)
    module = typing.cast(types.ModuleType, named or scope.module or calling_module())
    text = ref.__forward_arg__
    annotation = annotation_from_str(text, module)
    if isinstance(annotation, typing.ForwardRef) and annotation.__forward_arg__ == text:
        return Object(ForwardRef(module, text))
    if (module, text) in scope.entered and not isinstance(annotation, type):
        return AnySpec()
    return scope.within((module, text), module).spec(annotation)


_SPECIAL: tuple[Any, ...] = (
    Any,
    FORMS.List,
    FORMS.Tuple,
    FORMS.Dict,
    FORMS.Type,
    FORMS.Callable,
    FORMS.Sequence,
    FORMS.Mapping,
    FORMS.Final,
    FORMS.ClassVar,
    FORMS.Self,
    FORMS.Never,
    FORMS.NoReturn,
    FORMS.LiteralString,
)

LATE.from_annotation = from_annotation
LATE.description = constraints.description
LATE.metadata = constraints.metadata
