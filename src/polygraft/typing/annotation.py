"""From annotations to value specs. The table is `_BY_ORIGIN`; `from_annotation` is the way in."""

from __future__ import annotations

import collections.abc
import copy
import dataclasses
import inspect
import sys
import types
import typing
from typing import Any

from polygraft.missing import MISSING_VALUE
from polygraft.typing.annotated import Annotated
from polygraft.typing.annotation_text import annotation_from_str
from polygraft.typing.any_spec import Any as AnySpec
from polygraft.typing.callable_spec import Callable
from polygraft.typing.custom import FunctorTrait
from polygraft.typing.dict_spec import Dict
from polygraft.typing.field import Field
from polygraft.typing.forward_ref import ForwardRef, calling_module
from polygraft.typing.keys import StrKey
from polygraft.typing.list_spec import List
from polygraft.typing.object_spec import Object, Type
from polygraft.typing.primitives import Bool, Enum, Float, Int, Str
from polygraft.typing.schema import Schema
from polygraft.typing.tuple_spec import Tuple
from polygraft.typing.union import Union
from polygraft.typing.value_spec import LATE, ValueSpec

_Module = types.ModuleType | None
_EMPTY: Any = inspect.Parameter.empty


def from_annotation(
    annotation: Any,
    auto_typing: bool = False,
    accept_value_as_annotation: bool = False,
    parent_module: _Module = None,
) -> ValueSpec:
    """Returns the spec that an annotation stands for.

    Args:
        annotation: The annotation, a spec, or a text.
        auto_typing: Whether it is checked at run time; else it is only shown.
        accept_value_as_annotation: Whether plain values are taken as defaults.
        parent_module: Where names are looked up.

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
    return _convert(annotation, parent_module) if auto_typing else AnySpec(annotation=annotation)


def _convert(annotation: Any, module: _Module) -> ValueSpec:
    """The spec for an annotation that is to be checked."""
    if isinstance(annotation, ValueSpec):
        return annotation
    if annotation is None:
        return Object(type(None))
    if isinstance(annotation, str):
        return _convert_text(annotation, module)
    simple = _look_up(_SIMPLE, annotation)
    if simple is not None:
        return simple()
    origin: Any = typing.get_origin(annotation)
    handler = _look_up(_BY_ORIGIN, annotation if origin is None else origin)
    if handler is not None:
        return handler(annotation, typing.get_args(annotation), module)
    if isinstance(annotation, typing.ForwardRef):
        return _convert_forward_ref(annotation, module)
    if isinstance(annotation, ForwardRef):
        return Object(annotation)
    if isinstance(annotation, typing.NewType):
        return _convert(annotation.__supertype__, module)
    if isinstance(annotation, typing.TypeVar):
        return _convert_type_var(annotation, module)
    if isinstance(annotation, Annotated):
        return annotation.value_spec
    if isinstance(annotation, dataclasses.InitVar):
        return _convert(typing.cast(Any, annotation).type, module)
    if typing.is_typeddict(annotation):
        return _convert_typed_dict(annotation)
    if isinstance(annotation, type) or isinstance(origin, type):
        return Object(annotation)
    if getattr(annotation, "__no_type_check__", False) is True:
        return Object(annotation)
    raise TypeError(f"Cannot convert {annotation!r} to `pg.typing.ValueSpec` with auto typing.")


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
    )


def _from_value(value: Any) -> ValueSpec:
    """The spec of which a plain value is the default."""
    t = typing.cast(Any, type(value))
    if t in _PLAIN:
        return _PLAIN[t](value)
    if t is dict:
        return Dict(default=value)
    if t is list:
        return List(_element_spec(value[0]) if value else AnySpec(), default=value)
    if t is tuple:
        return Tuple([_element_spec(v) for v in value], default=value)
    if isinstance(value, types.FunctionType | FunctorTrait):
        return Callable(default=value)
    return Object(t, default=value)


def _element_spec(value: Any) -> ValueSpec:
    """The spec of values like this one, without a default."""
    spec = from_annotation(value, True, True)
    return spec.set_default(MISSING_VALUE)


_PLAIN: dict[type, typing.Callable[[Any], ValueSpec]] = {
    bool: Bool,
    int: Int,
    float: Float,
    str: Str,
}


# -- one function per row of the table ---------------------------------------------------------------------------------


def _convert_text(text: str, module: _Module) -> ValueSpec:
    module = module or calling_module()
    return _convert(annotation_from_str(text, module), module)


def _convert_forward_ref(ref: typing.ForwardRef, module: _Module) -> ValueSpec:
    named: Any = ref.__forward_module__
    if isinstance(named, str):
        named = sys.modules.get(named)
    module = typing.cast(types.ModuleType, named or module or calling_module())
    annotation = annotation_from_str(ref.__forward_arg__, module)
    if isinstance(annotation, typing.ForwardRef):
        return Object(ForwardRef(module, annotation.__forward_arg__))
    return _convert(annotation, module)


def _convert_type_var(var: typing.TypeVar, module: _Module) -> ValueSpec:
    if var.__bound__ is not None:
        return _convert(var.__bound__, module)
    if var.__constraints__:
        return _convert(typing.Union[var.__constraints__], module)  # noqa: UP007
    return AnySpec()


def _convert_typed_dict(annotation: Any) -> ValueSpec:
    """Keys that are not required may be given as None."""
    fields: list[Field] = []
    for key, hint in typing.get_type_hints(annotation).items():
        spec = _convert(hint, sys.modules.get(annotation.__module__))
        fields.append(Field(key, spec if key in annotation.__required_keys__ else spec.noneable()))
    return Dict(
        Schema(
            fields,
            name=f"{annotation.__module__}.{annotation.__qualname__}",
            allow_nonconst_keys=True,
        )
    )


def _list(annotation: Any, args: tuple[Any, ...], module: _Module) -> ValueSpec:
    return List(_convert(args[0], module) if args else AnySpec())


def _tuple(annotation: Any, args: tuple[Any, ...], module: _Module) -> ValueSpec:
    if not args:
        return (
            Tuple(AnySpec())
            if annotation is tuple or annotation is _FORMS.Tuple
            else Tuple(AnySpec(), size=0)
        )
    if args == ((),):  # `typing.Tuple[()]` before Python 3.11
        return Tuple(AnySpec(), size=0)
    if ... in args:
        if len(args) != 2 or args[1] is not ...:
            raise TypeError(
                f"Tuple with ellipsis should have exact 2 type arguments. Encountered: {annotation}."
            )
        return Tuple(_convert(args[0], module))
    return Tuple([_convert(a, module) for a in args])


def _sequence(annotation: Any, args: tuple[Any, ...], module: _Module) -> ValueSpec:
    element = _convert(args[0], module) if args else AnySpec()
    return Union([List(element), Tuple(copy.deepcopy(element))])


def _dict(annotation: Any, args: tuple[Any, ...], module: _Module) -> ValueSpec:
    if not args or all(isinstance(a, typing.TypeVar) for a in args):
        return Dict()
    if args[0] is not str and args[0] != "str":
        raise TypeError("Dict type field with non-string key is not supported.")
    return Dict([Field(StrKey(), _convert(args[1], module))])


def _callable(annotation: Any, args: tuple[Any, ...], module: _Module) -> ValueSpec:
    if not args:
        return Callable()
    given, returns = args[:-1] if len(args) != 2 else args[0], args[-1]
    if isinstance(given, tuple | list):
        specs: list[ValueSpec] | None = [
            _convert(a, module) for a in typing.cast("list[Any]", given)
        ]
    elif (
        given is ...
        or isinstance(given, typing.ParamSpec)
        or typing.get_origin(given) is typing.Concatenate
    ):
        specs = None
    else:
        specs = [_convert(given, module)]
    if returns is None or returns is type(None):
        result: ValueSpec = Object(type(None))
    else:
        result = AnySpec(annotation=Any) if returns is Any else _convert(returns, module)
    return Callable(specs, returns=result)


def _type(annotation: Any, args: tuple[Any, ...], module: _Module) -> ValueSpec:
    if not args:
        return Type(Any)
    t = args[0]
    if isinstance(t, str | typing.ForwardRef):
        spec = _convert(t, module)
        return Type(spec._cls) if isinstance(spec, Object) else Type(spec.value_type)  # pyright: ignore[reportPrivateUsage]
    if isinstance(t, typing.TypeVar):
        t = t.__bound__ or Any
    return (
        Union([Type(a) for a in typing.get_args(t)]) if typing.get_origin(t) in _UNIONS else Type(t)
    )


def _union(annotation: Any, args: tuple[Any, ...], module: _Module) -> ValueSpec:
    specs: list[ValueSpec] = []
    for a in args:
        if a is None or a is type(None):
            continue
        spec = _convert(a, module)
        if spec not in specs or not any(type(s) is type(spec) for s in specs):
            specs.append(spec)
    out = specs[0] if len(specs) == 1 else Union(specs)
    noneable = any(a is None or a is type(None) for a in args)
    return out.noneable(use_none_as_default=False) if noneable else out


def _literal(annotation: Any, args: tuple[Any, ...], module: _Module) -> ValueSpec:
    return Enum(MISSING_VALUE, list(args))


def _final(annotation: Any, args: tuple[Any, ...], module: _Module) -> ValueSpec:
    spec = copy.copy(_convert(args[0], module)) if args else AnySpec()
    if spec.has_default and not isinstance(spec, Dict):
        return spec.freeze()
    return spec.freeze_later()


def _inner(annotation: Any, args: tuple[Any, ...], module: _Module) -> ValueSpec:
    return _convert(args[0], module) if args else AnySpec()


_UNIONS = (typing.Union, types.UnionType)
# As `typing` itself, without the types that checkers give its special forms.
_FORMS: Any = typing
_SPECIAL: tuple[Any, ...] = (
    Any,
    _FORMS.List,
    _FORMS.Tuple,
    _FORMS.Dict,
    _FORMS.Type,
    _FORMS.Callable,
    _FORMS.Sequence,
    _FORMS.Mapping,
    _FORMS.Final,
    _FORMS.ClassVar,
    _FORMS.Self,
    _FORMS.Never,
    _FORMS.NoReturn,
    _FORMS.LiteralString,
)

_SIMPLE: dict[Any, typing.Callable[[], ValueSpec]] = {
    bool: Bool,
    int: Int,
    float: Float,
    str: Str,
    object: AnySpec,
    Any: lambda: AnySpec(annotation=Any),
    AnySpec: lambda: AnySpec(annotation=AnySpec),
    _FORMS.Self: lambda: AnySpec(annotation=_FORMS.Self),
    typing.LiteralString: Str,
}

_BY_ORIGIN: dict[Any, typing.Callable[[Any, tuple[Any, ...], _Module], ValueSpec]] = {
    list: _list,
    tuple: _tuple,
    collections.abc.Sequence: _sequence,
    dict: _dict,
    collections.abc.Mapping: _dict,
    typing.cast(Any, collections.abc.Callable): _callable,
    type: _type,
    typing.Union: _union,
    types.UnionType: _union,
    typing.Literal: _literal,
    typing.Final: _final,
    typing.Annotated: _inner,
    typing.ClassVar: _inner,
    typing.Required: _inner,
    typing.NotRequired: _inner,
}

LATE.from_annotation = from_annotation
