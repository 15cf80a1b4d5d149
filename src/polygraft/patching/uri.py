"""Patchers as text: `name`, or `name?value&value&argument=value`.

    name     := identifier ( "." identifier )*
    uri      := name [ "?" argument ("&" argument)* ]
    argument := value | identifier "=" value
    value    := text; items of a list are separated by ":"

`%26`, `%3D`, `%3A` and `%25` stand for `&`, `=`, `:` and `%` in a value, as in any URI. Each value is parsed
by the value spec of its parameter: an untyped parameter gets the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from polygraft import typing as pg_typing
from polygraft.errors import UnknownKeyError, did_you_mean
from polygraft.patching.registry import NAME, find_patcher, registered
from polygraft.symbolic.flags import TRACKING
from polygraft.symbolic.node import OPS, SAFE_TYPES

_ARGUMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_BOOLS = {
    "True": True,
    "true": True,
    "yes": True,
    "1": True,
    "False": False,
    "false": False,
    "no": False,
    "0": False,
}


def from_uri(uri: str) -> Any:
    """Returns the patcher that a URI stands for.

    Args:
        uri: `'name'` or `'name?value&argument=value'`.

    Raises:
        KeyError: The patcher is not registered, or does not take an argument.
        ValueError, TypeError: The text is malformed, or a value does not satisfy the spec of its parameter.

    Example:
        >>> import polygraft as pg
        >>> @pg.patcher([("lr", pg.typing.Float(min_value=0.0))])
        ... def change_rate(target, lr):
        ...     return {"lr": lr}
        >>> pg.patching.from_uri("change_rate?0.5").lr
        0.5
    """
    name = uri.partition("?")[0]
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a valid Patcher name.")
    cls = find_patcher(name)
    return cls(**_arguments(uri, cls))


@lru_cache(maxsize=256)
def _arguments(uri: str, cls: Any) -> dict[str, Any]:
    """The arguments that a URI gives; a patcher checks and copies them, so that they may be kept."""
    _, texts, keyword_texts = parse_uri(uri)
    signature = cls.patcher_signature()
    args, kwargs = parse_args(signature, texts, keyword_texts)
    names = _parameter_names(signature)
    for given in names[: len(args)]:
        if given in kwargs:
            raise TypeError(f"{signature.id}() got multiple values for keyword argument {given!r}.")
    return dict(zip(names, args, strict=False)) | kwargs


class BoundRule:
    """What a URI stands for where it is applied at once: the patcher's function with its other arguments.

    Applying it is the same as making the patcher and applying that; it is kept, so that a URI is parsed and checked
    once.
    """

    __slots__ = ("function", "kwargs", "name", "positional")

    def __init__(self, name: str, function: Any, positional: list[Any], kwargs: dict[str, Any]):
        self.name = name
        self.function = function
        self.positional = positional
        self.kwargs = kwargs

    def __call__(self, target: Any) -> Any:
        return self.function(target, *self.positional, **self.kwargs)


def rule_of_uri(uri: str) -> Any:
    """A `BoundRule`, or a patcher where only that will do.

    Raises:
        KeyError, ValueError, TypeError: As for `from_uri`.
    """
    name = uri.partition("?")[0]
    if name not in registered() or TRACKING.scopes:
        return from_uri(uri)
    return _bound(uri, find_patcher(name)) or from_uri(uri)


@lru_cache(maxsize=256)
def _bound(uri: str, cls: Any) -> BoundRule | None:
    """The function and arguments of a URI; None if the function gets values of its own each time, or is checked."""
    signature = cls.patcher_signature()
    patcher = from_uri(uri)
    given = dict(OPS[cls].given_items(patcher))
    target, *parameters = signature.args
    plain = (
        type(target.value_spec) is pg_typing.Any
        and target.value_spec.transform is None
        and (cls._pg_returns is None or type(cls._pg_returns) is pg_typing.Any)
        and signature.varargs is None
        and target.name not in given
        and all(type(v) in SAFE_TYPES for v in given.values())
        and all(a.name in given for a in parameters)
    )
    if not plain:
        return None
    positional = [given.pop(a.name) for a in parameters]
    return BoundRule(cls.__name__, cls.patcher_function(), positional, given)


def parse_uri(uri: str) -> tuple[str, list[str], dict[str, str]]:
    """Splits a URI into the patcher's name, positional texts and keyword texts.

    Raises:
        ValueError: The URI is malformed.

    Example:
        >>> parse_uri("scale?2&a:b&c=x=y")
        ('scale', ['2', 'a:b'], {'c': 'x=y'})
    """
    name, has_arguments, rest = uri.partition("?")
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a valid Patcher name.")
    args: list[str] = []
    kwargs: dict[str, str] = {}
    for part in rest.split("&") if has_arguments else ():
        if "=" in part:
            match = _ARGUMENT.fullmatch(part)
            if match is None:
                raise ValueError(f"Invalid argument specification: {part}.")
            kwargs[match[1]] = match[2]
        elif kwargs:
            raise ValueError(
                f"Positional argument should be provided before keyword arguments. Encountered: {uri!r}."
            )
        else:
            args.append(part)
    return name, args, kwargs


def _parameter_names(signature: Any) -> list[str]:
    """Names of a patcher's positional parameters without the target."""
    return [a.name for a in signature.args[1:]]


def parse_args(
    signature: Any, args: Sequence[str], kwargs: dict[str, str]
) -> tuple[list[Any], dict[str, Any]]:
    """Parses the texts of a URI by the value specs of a patcher's parameters.

    Args:
        signature: A `pg.typing.Signature` whose first parameter is the target.
        args, kwargs: Positional and keyword texts.

    Returns:
        Positional and keyword values.

    Raises:
        KeyError: There are too many arguments, or one that the patcher does not take.
        ValueError, TypeError: A text does not stand for a value that the parameter accepts.
    """
    names = _parameter_names(signature)
    specs = {a.name: a.value_spec for a in (*signature.args[1:], *signature.kwonlyargs)}
    if len(args) > len(names):
        raise KeyError(
            f"Too many positional arguments are provided. (Patcher={signature.id})\n"
            f"Expected: {names!r}, Received: {list(args)!r}."
        )
    values = [
        parse_arg(signature.id, name, specs[name], text)
        for name, text in zip(names, args, strict=False)
    ]
    parsed: dict[str, Any] = {}
    for name, text in kwargs.items():
        if name not in specs:
            raise UnknownKeyError(
                f"Unexpected argument {name!r}. (Patcher={signature.id!r})\n"
                f"Acceptable argument names: {list(specs)!r}.{did_you_mean(name, specs)}",
                value=name,
            )
        parsed[name] = parse_arg(signature.id, name, specs[name], text)
    return values, parsed


def parse_arg(patcher_id: str, arg_name: str, value_spec: Any, text: str) -> Any:
    """Parses the text of one argument and validates the value.

    Raises:
        ValueError, TypeError: The text does not stand for a value that the spec accepts.
    """
    value = _convert(
        f"(Patcher={patcher_id!r}, Argument={arg_name!r})", patcher_id, arg_name, value_spec, text
    )
    return value_spec.apply(value, root_path=f"{patcher_id}.{arg_name}")


def _convert(where: str, patcher_id: str, arg_name: str, spec: Any, text: str) -> Any:
    if text in ("None", "none"):
        return None
    if isinstance(spec, pg_typing.List):
        element = spec.element.value
        return parse_list(
            text, lambda i, item: parse_arg(patcher_id, f"{arg_name}[{i}]", element, item)
        )
    if isinstance(spec, (pg_typing.Any, pg_typing.Str)):
        return unquote(_without_quotes(text, where))
    if isinstance(spec, pg_typing.Enum):
        if not all(isinstance(v, str) or v is None for v in spec.values):
            raise ValueError(
                f"{spec!r} cannot be used for Patcher argument. Only Enum of string type can be used. {where}"
            )
        return unquote(text)
    for kind, name, convert in _CONVERTERS:
        if isinstance(spec, kind):
            try:
                return convert(unquote(text))
            except (ValueError, KeyError):
                raise ValueError(f"Cannot convert {text!r} to {name}. {where}") from None
    raise ValueError(
        f"{spec!r} cannot be used for Patcher argument.\n"
        f"Consider to treat this argument as string and parse it yourself. {where}"
    )


_CONVERTERS: tuple[tuple[type, str, Callable[[str], Any]], ...] = (
    (pg_typing.Bool, "bool", _BOOLS.__getitem__),
    (pg_typing.Int, "int", int),
    (pg_typing.Float, "float", float),
)


def _without_quotes(text: str, where: str) -> str:
    if text.startswith('"') != text.endswith('"') or text == '"':
        raise ValueError(f"Unmatched quote for string value: {text!r}. {where}")
    return text[1:-1] if text.startswith('"') else text


def parse_list(text: str, convert_fn: Callable[[int, str], Any]) -> list[Any]:
    """Converts the items of a list in a URI; they are separated by `:`, white space around the list does not count.

    Example:
        >>> parse_list("1:2", lambda i, item: int(item))
        [1, 2]
    """
    text = text.strip()
    return [convert_fn(i, item) for i, item in enumerate(text.split(":"))] if text else []
