"""Finding values in trees by path, by condition, by content."""

# The type of a value that may be anything counts as unknown.
# pyright: reportUnknownVariableType=false

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

from polygraft.paths import KeyPath
from polygraft.symbolic import compare
from polygraft.symbolic.annotations import Condition, PlaceFunction
from polygraft.symbolic.node import INNER, OPS, SAFE_TYPES, Kind, NodeOps
from polygraft.symbolic.walking import MAX_DEPTH, refuse_endless, values, walk

_TUPLE = Kind.TUPLE
_type_of = type


def query(
    x: Any,
    path_regex: str | None = None,
    where: Condition | None = None,
    enter_selected: bool = False,
    custom_selector: PlaceFunction | None = None,
    *,
    inner: bool = False,
) -> dict[str, Any]:
    """Finds values by path and by a condition.

    Args:
        x: A tree of any kind.
        path_regex: A regular expression that the path must match from its start (`re.match`).
        where: A condition on the value, or on the value and its parent.
        enter_selected: Whether to look below a value that was selected.
        custom_selector: A condition on (path, value) or (path, value, parent), in place of the
            other two.
        inner: Whether to look also at what constructors of wrapped classes have made, which stands at keys with `@`;
            deferred objects of which that is not known are constructed.

    Returns:
        Path → value, in pre-order. Without any condition: `x` itself at the empty path.

    Raises:
        TypeError: A condition does not take the arguments it is called with.
        ValueError: `custom_selector` was given with `path_regex` or `where`.

    Example:
        >>> query({"a": [1, "x"], "b": 2}, where=lambda v: isinstance(v, int))
        {'a[0]': 1, 'b': 2}
        >>> query({"a": {"rate": 1}, "b": {"rate": 2}}, ".*rate")
        {'a.rate': 1, 'b.rate': 2}
    """
    table = INNER if inner else OPS
    if custom_selector is not None:
        if path_regex is not None or where is not None:
            raise ValueError(
                "'path_regex' and 'where' must be None when 'custom_selector' is provided."
            )
        return _select_by_selector(x, custom_selector, enter_selected, table)
    takes_parent = where is not None and _where_arity(where) == 2
    if where is None or takes_parent or path_regex is not None:
        return _select(x, path_regex, where, takes_parent, enter_selected, table)
    return _select_by_value(x, where, enter_selected, table)


def _select_by_value(
    x: Any, where: Any, enter_selected: bool, table: Mapping[type, NodeOps]
) -> dict[str, Any]:
    """The common query: no path is built but those of values found."""
    found: dict[str, Any] = {}
    if where(x):
        found[""] = x
        if not enter_selected:
            return found
    ops = table[type(x)]
    if not ops.container:
        return found
    keys: list[Any] = []
    items = iter(ops.items(x))
    stack: list[Iterator[tuple[Any, Any]]] = []
    while True:
        for key, value in items:
            if where(value):
                found[KeyPath.of((*keys, key)).path] = value
                if not enter_selected:
                    continue
            t = type(value)
            if t not in SAFE_TYPES and (ops := table[t]).container:
                stack.append(items)
                keys.append(key)
                if len(stack) > MAX_DEPTH:
                    refuse_endless(len(stack), keys)
                items = iter(ops.items(value))
                break
        else:
            if not stack:
                return found
            items = stack.pop()
            keys.pop()


def _select(
    x: Any,
    path_regex: str | None,
    where: Callable[..., Any] | None,
    takes_parent: bool,
    enter_selected: bool,
    table: Mapping[type, NodeOps],
) -> dict[str, Any]:
    """A query that looks at paths or parents: each path's text extends the one above."""
    match = None if path_regex is None else _matcher(path_regex)
    found: dict[str, Any] = {}
    steps: dict[str, str] = {}
    stack: list[tuple[Iterator[tuple[Any, Any]], str | None, Any]] = []
    #: Before the root: a walk over it alone.
    items: Iterator[tuple[Any, Any]] = iter((("", x),))
    prefix: str | None = None
    parent: Any = None
    while True:
        for key, value in items:
            t = type(key)
            if prefix is None:
                text = ""
            elif t is str and prefix:
                text = prefix + (steps.get(key) or steps.setdefault(key, step(key)))
            elif t is int:
                text = f"{prefix}[{key}]"
            else:
                text = (prefix + step(key)) if stack[1:] else step(key).removeprefix(".")
            if (match is None or match(text)) and (
                where is None or (where(value, parent) if takes_parent else where(value))
            ):
                found[text] = value
                if not enter_selected:
                    continue
            t = type(value)
            if t not in SAFE_TYPES and (ops := table[t]).container:
                stack.append((items, prefix, parent))
                refuse_endless(len(stack))
                items, prefix = iter(ops.items(value)), text
                if ops.kind is not _TUPLE:
                    parent = value
                break
        else:
            if not stack:
                return found
            items, prefix, parent = stack.pop()


def _matcher(path_regex: str) -> Callable[[str], Any]:
    """Whether a path matches; `.*name`, the most frequent pattern, by looking for the name."""
    match = re.compile(path_regex).match
    name = path_regex[2:]
    if path_regex[:2] != ".*" or not name.isidentifier():
        return match
    return lambda text: name in text and ("\n" not in text or match(text))


def step(key: Any) -> str:
    """What a key adds to the text of a path: `.key`, or `[key]`."""
    text = KeyPath.of((key,)).path
    return text if text[:1] == "[" else f".{text}"


def _select_by_selector(
    x: Any,
    selector: Callable[..., Any],
    enter_selected: bool,
    table: Mapping[type, NodeOps],
) -> dict[str, Any]:
    """A query by a function of path, value and perhaps parent."""
    takes_parent = _selector_arity(selector) == 3
    found: dict[str, Any] = {}
    skipped: int | None = None
    for keys, value, parent in walk(x, table):
        if skipped is not None:
            if len(keys) > skipped:
                continue
            skipped = None
        path = KeyPath.of(keys)
        if selector(path, value, parent) if takes_parent else selector(path, value):
            found[path.path] = value
            if not enter_selected:
                skipped = len(keys)
    return found


def _where_arity(where: Callable[..., Any]) -> int:
    count, accepts_any, shown = positional_arity(where)
    if accepts_any:
        return 2
    if count not in (1, 2):
        raise TypeError(
            f"Where function {name_of_function(where)!r} should accept 1 or 2 arguments: (value, [parent]). "
            f"Encountered: {shown}."
        )
    return count


def _selector_arity(selector: Callable[..., Any]) -> int:
    count, accepts_any, shown = positional_arity(selector)
    if accepts_any:
        return 3
    if count not in (2, 3):
        raise TypeError(
            f"Custom selector {name_of_function(selector)!r} should accept 2 or 3 arguments. "
            f"(key_path, value, [parent]). Encountered: {shown}"
        )
    return count


def name_of_function(fn: Any) -> str:
    """How messages name a user's function: `module.qualname`."""
    module = getattr(fn, "__module__", None) or type(fn).__module__
    return f"{module}.{getattr(fn, '__qualname__', type(fn).__qualname__)}"


def positional_arity(fn: Callable[..., Any]) -> tuple[int, bool, str]:
    """(number of positional parameters, whether it takes any number, how to show the parameters in a message).

    A builtin without signature, and a class, count as functions of one argument.
    """
    if (
        type(fn) is FunctionType
        and not hasattr(fn, "__wrapped__")
        and not hasattr(fn, "__signature__")
    ):
        return _code_arity(fn.__code__)
    if isinstance(fn, type):
        return 1, False, "[]"
    try:
        parameters = inspect.signature(fn).parameters.values()
    except (TypeError, ValueError):
        return 1, False, "[]"
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len(names), any(p.kind is p.VAR_POSITIONAL for p in parameters), _shown(names)


@lru_cache(maxsize=1024)
def _code_arity(code: CodeType) -> tuple[int, bool, str]:
    count = code.co_argcount
    return count, bool(code.co_flags & inspect.CO_VARARGS), _shown(code.co_varnames[:count])


def _shown(names: Iterable[str]) -> str:
    return repr(list(names))


# -- contains --------------------------------------------------------------------------------------
def contains(x: Any, value: Any = None, type: type | tuple[type, ...] | None = None) -> bool:
    """True if `x` or a value below equals `value`, or is an instance of `type`.

    Equality is Python's `==`; that of wrapped objects is their symbolic equality if their class has
    one of its own, and identity else, so that nothing is built.

    Args:
        x: A tree of any kind.
        value: The value to look for; not used if `type` is given.
        type: A class, or several.

    Example:
        >>> contains({"a": [1, (2,)]}, 2), contains({"a": [1]}, type=str)
        (True, False)
    """
    if type is not None:
        return any(isinstance(v, type) for v in values(x))
    if _type_of(value) not in SAFE_TYPES:
        return any(compare.equals(v, value) for v in values(x))
    return any(
        v == value if _type_of(v) in SAFE_TYPES else compare.equals(v, value) for v in values(x)
    )
