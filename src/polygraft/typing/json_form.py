"""What of a spec, field, schema or key is written to JSON: the arguments that make an equal one.

How values become JSON is the business of the `serialization` package, which stands above this one and calls `provide`
when it is imported.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import Any

from polygraft.missing import MISSING_VALUE
from polygraft.typing.any_spec import Any as AnySpec
from polygraft.typing.callable_spec import Callable as CallableSpec
from polygraft.typing.callable_spec import Functor
from polygraft.typing.convertible import Converters
from polygraft.typing.dict_spec import Dict
from polygraft.typing.field import Field
from polygraft.typing.forward_ref import ForwardRef
from polygraft.typing.keys import ConstStrKey, ListKey, StrKey, TupleKey
from polygraft.typing.list_spec import List
from polygraft.typing.object_spec import Object, Type
from polygraft.typing.primitives import Bool, Enum, Float, Int, Number, Str
from polygraft.typing.schema import Schema
from polygraft.typing.tuple_spec import Tuple
from polygraft.typing.union import Union

#: (argument, value, the value with which it is left out)
_Items = list[tuple[str, Any, Any]]

_ALWAYS: Any = object()


def constructor_arguments(x: Any) -> dict[str, Any]:
    """Returns the arguments of the constructor that make `x` again; those at their default are left out.

    Example:
        >>> constructor_arguments(Int(1, max_value=2))
        {'default': 1, 'max_value': 2}
    """
    items = ARGUMENTS[type(x)](x)
    return {
        name: value
        for name, value, hidden in items
        if value is not hidden and not (type(value) is type(hidden) and value == hidden)
    }


def provide(
    write: Callable[..., Any],
    read: Callable[..., Any],
    type_name: Callable[[Any], str | None],
) -> None:
    """Tells this package how values become JSON and back."""
    Converters.to_json = write
    Converters.from_json = read
    Converters.type_name = type_name


def _to_json(x: Any, **kwargs: Any) -> Any:
    importlib.import_module("polygraft.serialization")  # which calls `provide`
    return Converters.to_json(x, **kwargs)


def _from_json(json_value: Any, **kwargs: Any) -> Any:
    importlib.import_module("polygraft.serialization")
    return Converters.from_json(json_value, **kwargs)


def _type_name(cls: Any) -> str | None:
    importlib.import_module("polygraft.serialization")
    return Converters.type_name(cls)


provide(_to_json, _from_json, _type_name)


# -- the arguments of each class ---------------------------------------------------------------------------------------
def _default(spec: Any) -> tuple[str, Any, Any]:
    return ("default", spec.default, MISSING_VALUE)


def _flags(spec: Any) -> _Items:
    return [("is_noneable", spec.is_noneable, False), ("frozen", spec.frozen, False)]


def _transform(spec: Any) -> tuple[str, Any, Any]:
    return ("transform", spec.transform, None)


def _pattern(x: Any) -> str | None:
    return None if x.regex is None else x.regex.pattern


def _bool(spec: Any) -> _Items:
    return [_default(spec), *_flags(spec)]


def _str(spec: Any) -> _Items:
    return [_default(spec), ("regex", _pattern(spec), None), *_flags(spec)]


def _int(spec: Any) -> _Items:
    bounds = [("min_value", spec.min_value, None), ("max_value", spec.max_value, None)]
    return [_default(spec), *bounds, *_flags(spec)]


def _number(spec: Any) -> _Items:
    return [("value_type", spec.value_type, _ALWAYS), *_int(spec)]


def _enum(spec: Any) -> _Items:
    return [_default(spec), ("values", spec.values, _ALWAYS), ("frozen", spec.frozen, False)]


def _sizes(spec: Any) -> _Items:
    return [("min_size", spec.min_size, _ALWAYS), ("max_size", spec.max_size, None)]


def _list(spec: Any) -> _Items:
    element = ("element_value", spec.element.value, _ALWAYS)
    return [element, _default(spec), *_sizes(spec), _transform(spec), *_flags(spec)]


def _tuple(spec: Any) -> _Items:
    rest = [_transform(spec), *_flags(spec)]
    specs = [e.value for e in spec.elements]
    if not spec.fixed_length:
        return [("element_values", specs[0], _ALWAYS), _default(spec), *_sizes(spec), *rest]
    if specs:
        return [("element_values", specs, _ALWAYS), _default(spec), *rest]
    return [("element_values", AnySpec(), _ALWAYS), _default(spec), ("size", 0, _ALWAYS), *rest]


def _dict(spec: Any) -> _Items:
    schema = spec.schema
    generated = MISSING_VALUE if schema is None else schema.apply({}, allow_partial=True)
    default = MISSING_VALUE if spec.default == generated else spec.default
    return [
        ("schema", schema, None),
        _transform(spec),
        *_flags(spec),
        ("default", default, MISSING_VALUE),
    ]


def _object(spec: Any) -> _Items:
    return [("t", spec.cls, _ALWAYS), _default(spec), _transform(spec), *_flags(spec)]


def _type(spec: Any) -> _Items:
    t = spec.reference
    if isinstance(t, ForwardRef):
        t = t.qualname
    return [("t", t, _ALWAYS), _default(spec), *_flags(spec)]


def _functor(spec: Any) -> _Items:
    return [
        ("args", spec.args, []),
        ("kw", spec.kw, []),
        ("returns", spec.return_value, None),
        _default(spec),
        _transform(spec),
        *_flags(spec),
    ]


def _callable(spec: Any) -> _Items:
    items = _functor(spec)
    items.insert(5, ("callable_type", spec.value_type, None))
    return items


def _union(spec: Any) -> _Items:
    return [("candidates", spec.candidates, _ALWAYS), _default(spec), *_flags(spec)]


def _any(spec: Any) -> _Items:
    return [
        _default(spec),
        ("annotation", spec.annotation, MISSING_VALUE),
        _transform(spec),
        ("frozen", spec.frozen, False),
    ]


def _field(field: Any) -> _Items:
    return [
        ("key_spec", field.key, _ALWAYS),
        ("value_spec", field.value, _ALWAYS),
        ("description", field.description, None),
        ("metadata", field.metadata, {}),
    ]


def _schema(schema: Any) -> _Items:
    return [
        ("fields", list(schema.values()), _ALWAYS),
        ("name", schema.name, None),
        ("description", schema.description, None),
        ("allow_nonconst_keys", schema.allow_nonconst_keys, False),
        ("metadata", schema.metadata, {}),
    ]


def _const_key(key: Any) -> _Items:
    return [("text", key.text, _ALWAYS)]


def _str_key(key: Any) -> _Items:
    return [("regex", _pattern(key), None)]


def _list_key(key: Any) -> _Items:
    return [("min_value", key.min_value, _ALWAYS), ("max_value", key.max_value, None)]


def _tuple_key(key: Any) -> _Items:
    return [("index", key.index, None)]


#: Class → its arguments as (name, value, the value that is left out).
ARGUMENTS: dict[type, Callable[[Any], Iterable[tuple[str, Any, Any]]]] = {
    Bool: _bool,
    Str: _str,
    Number: _number,
    Int: _int,
    Float: _int,
    Enum: _enum,
    List: _list,
    Tuple: _tuple,
    Dict: _dict,
    Object: _object,
    Type: _type,
    CallableSpec: _callable,
    Functor: _functor,
    Union: _union,
    AnySpec: _any,
    Field: _field,
    Schema: _schema,
    ConstStrKey: _const_key,
    StrKey: _str_key,
    ListKey: _list_key,
    TupleKey: _tuple_key,
}
