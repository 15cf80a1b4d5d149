"""Classes, annotations and functions in files: `{"_type": "type" | "function" | "method", "name": ...}`.

Only what a name can find again is written: lambdas, local classes and bound methods of instances are refused,
since the only way to write them would be code.
"""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Callable
from typing import Any, cast

from polygraft.errors import DeserializationError, UnknownTypeError
from polygraft.serialization import names
from polygraft.serialization.failures import SerializationError
from polygraft.serialization.names import TUPLE_MARKER, TYPE_NAME_KEY, NotTrusted
from polygraft.serialization.trust import Trust
from polygraft.symbolic import registry

_FUNCTION_TYPES = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)


# -- writing ---------------------------------------------------------------------------------------
def encoder_of(cls: type) -> Callable[[Any], Any] | None:
    """The writer of values of type `cls`, if they are symbols."""
    if cls.__module__ == "typing" or issubclass(cls, (type, types.GenericAlias, types.UnionType)):
        return encode_type
    if cls is type(...):
        return encode_type
    if issubclass(cls, _FUNCTION_TYPES):
        return encode_function
    return None


def encode_type(x: Any) -> Any:
    """The JSON form of a class or annotation."""
    if x is None or x is ...:
        return _named("builtins.NoneType" if x is None else "builtins.Ellipsis")
    if x is typing.Any:
        return _named("typing.Any")
    origin = typing.get_origin(x)
    if origin is not None:
        return _encode_annotation(x, origin)
    if not isinstance(x, type):
        return _named(f"typing.{getattr(x, '_name', None) or x}")
    if "<locals>" in x.__qualname__:
        # Also where the class is registered: another process could not know it.
        raise SerializationError(
            f"Cannot convert local class '{x.__module__}.{x.__qualname__}' to JSON.", value=x
        )
    return _named(registry.name_of(x) or f"{x.__module__}.{x.__qualname__}")


def _encode_annotation(x: Any, origin: Any) -> Any:
    if origin is typing.Literal or origin is typing.Annotated:
        name = "Literal" if origin is typing.Literal else "Annotated"
        raise SerializationError(f"Annotation cannot be converted to JSON: typing.{name}.", value=x)
    args = typing.get_args(x)
    if origin is typing.Union or origin is types.UnionType:
        name = "typing.Union"
    elif (
        isinstance(x, types.GenericAlias)
        or not getattr(x, "_name", None)
        or type(x).__module__ != "typing"
    ):
        name = encode_type(origin)["name"]
    else:
        name = f"typing.{x._name}"
    if not args and not isinstance(x, types.GenericAlias):
        return _named(name)
    return {**_named(name), "args": [TUPLE_MARKER, *(_encode_arg(a) for a in args)]}


def _encode_arg(arg: Any) -> Any:
    if isinstance(arg, list):
        return [_encode_arg(a) for a in typing.cast("list[Any]", arg)]
    return encode_type(type(None) if arg is None else arg)


def _named(name: str) -> dict[str, Any]:
    return {TYPE_NAME_KEY: "type", "name": name}


def encode_function(x: Any) -> Any:
    """The JSON form of a function or of a method bound to its class."""
    if isinstance(x, types.MethodType):
        owner = x.__self__
        if not isinstance(owner, type):
            raise SerializationError(
                f"Cannot convert instance method '{x.__module__}.{x.__qualname__}' to JSON.",
                value=x,
            )
        return {
            TYPE_NAME_KEY: "method",
            "name": f"{owner.__module__}.{owner.__qualname__}.{x.__name__}",
        }
    module = getattr(x, "__module__", None)
    owner = getattr(x, "__self__", None)
    if isinstance(x, types.BuiltinFunctionType) and not (
        owner is None or isinstance(owner, types.ModuleType)
    ):
        if not isinstance(owner, type):
            raise SerializationError(f"Cannot convert instance method {x!r} to JSON.", value=x)
        return {
            TYPE_NAME_KEY: "method",
            "name": f"{owner.__module__}.{owner.__qualname__}.{x.__name__}",
        }
    name = f"{module}.{x.__qualname__}"
    if "<locals>" in name or "<lambda>" in name:
        what = "lambda" if "<lambda>" in name else "local function"
        raise SerializationError(
            f"Cannot convert {what} {name!r} to JSON: it has no name by which a reader could find it. "
            f"Define it at module level, or make it a `pg.functor`.{_hint_at_maker(x)}",
            value=x,
        )
    if registry.is_private(module or ""):
        name = registry.public_name(x) or name
    return {TYPE_NAME_KEY: "function", "name": name}


def _hint_at_maker(x: Any) -> str:
    """For a function that a function at module level has made: what to write instead of calling that one."""
    maker, inside, _ = x.__qualname__.partition(".<locals>.")
    made_by: Any = getattr(sys.modules.get(x.__module__), maker, None)
    if not inside or type(made_by) is not types.FunctionType:
        return ""
    name = registry.public_name(made_by) or f"{x.__module__}.{maker}"
    return (
        f" It was made by a call of {name!r}: a functor of that function (`pg.symbolize({maker})`), "
        "or of one that calls it, can be saved in its place."
    )


def encode_named(x: Any) -> Any:
    """The JSON form of another callable that stands in a module under its own name (compiled functions, ufuncs).

    None if it does not.
    """
    module, name = getattr(x, "__module__", None), getattr(x, "__qualname__", None)
    name = name or getattr(x, "__name__", None)
    if not callable(x) or type(module) is not str or type(name) is not str:
        return None
    if getattr(sys.modules.get(module), name, None) is not x:
        return None
    public = registry.public_name(x) if getattr(x, "__qualname__", None) else None
    return {TYPE_NAME_KEY: "function", "name": public or f"{module}.{name}"}


# -- reading ---------------------------------------------------------------------------------------
def decode_type(data: dict[str, Any], trust: Trust) -> Any:
    """The class or annotation that a JSON form stands for."""
    found = _resolve("type", _name_in(data), trust, names.find_type)
    if not (isinstance(found, type) or found is ... or _is_annotation(found)):
        raise UnknownTypeError(f"{data['name']!r} is not a type: {found!r}.", value=data)
    args = data.get("args")
    if args is None:
        return found
    if not isinstance(args, list):
        raise DeserializationError(
            f"'args' of a type should be a list. Encountered: {args!r}.", value=data
        )
    decoded = [_decode_arg(a, trust) for a in typing.cast("list[Any]", args) if a != TUPLE_MARKER]
    try:
        if found is typing.Union:
            return cast(Any, typing.Union)[tuple(decoded)]
        return cast(Any, found)[tuple(decoded) if len(decoded) != 1 else decoded[0]]
    except TypeError as e:
        raise DeserializationError(
            f"{data['name']!r} does not take the type arguments {args!r}: {e}", value=data
        ) from e


def _is_annotation(x: Any) -> bool:
    return (
        x is typing.Any
        or typing.get_origin(x) is not None
        or getattr(x, "__module__", None) == "typing"
    )


def _decode_arg(arg: Any, trust: Trust) -> Any:
    if isinstance(arg, list):
        return [_decode_arg(a, trust) for a in typing.cast("list[Any]", arg)]
    if isinstance(arg, dict) and typing.cast("dict[str, Any]", arg).get(TYPE_NAME_KEY) == "type":
        return decode_type(typing.cast("dict[str, Any]", arg), trust)
    raise DeserializationError(
        f"A type argument should be a type. Encountered: {arg!r}.", value=arg
    )


def decode_function(data: dict[str, Any], trust: Trust) -> Any:
    """The function that a JSON form stands for."""
    if "code" in data:
        raise UnknownTypeError(
            f"Function {data.get('name')!r} is stored as marshalled code, which is not loaded. "
            "Define it at module level and save the program again.",
            value=data,
        )
    found = _resolve("function", _name_in(data), trust, names.find_function)
    if not callable(found) or isinstance(found, type):
        raise UnknownTypeError(f"{data['name']!r} is not a function: {found!r}.", value=data)
    return found


def decode_method(data: dict[str, Any], trust: Trust) -> Any:
    """The class method that a JSON form stands for."""
    name = _name_in(data)
    owner, _, method = name.rpartition(".")
    cls = _resolve("method", owner, trust, names.find_type, name)
    found = (
        getattr(cls, method, None) if isinstance(cls, type) and not method.startswith("_") else None
    )
    if not callable(found) or isinstance(found, type) or getattr(found, "__self__", None) is None:
        raise UnknownTypeError(f"Cannot load method {name!r}.", value=data)
    return found


def _name_in(data: dict[str, Any]) -> str:
    name = data.get("name")
    if not isinstance(name, str):
        raise DeserializationError(
            f"A {data[TYPE_NAME_KEY]} should have a string under 'name'. Encountered: {name!r}.",
            value=data,
        )
    return name


def _resolve(
    kind: str, name: str, trust: Trust, find: Callable[[str, Trust], Any], shown: str | None = None
) -> Any:
    shown = shown or name
    try:
        return find(name, trust)
    except NotTrusted as e:
        module = e.args[0]
        raise UnknownTypeError(
            f"Symbol resolution of _type={kind!r} (name={shown!r}) is disabled under trusted=False because "
            f"a file could name any code. Pass trusted=[{module!r}] to believe symbols of that module, or "
            f"trusted=True to opt in for trusted "
            f"input.{names.similar_type_name(name)}",
            value=shown,
        ) from None
    except LookupError:
        raise UnknownTypeError(
            f"Cannot load {kind} {shown!r}.{names.similar_type_name(name)}", value=shown
        ) from None
