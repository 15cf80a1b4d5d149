"""`pg.ObjectFactory`: a program made from a base, rules and parameters, as a value.

It is what a configuration file or a command line describes. Each call starts from the base anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar, cast, overload

from polygraft.patching.patch import patch
from polygraft.paths import KeyPath
from polygraft.serialization import from_json_str, load
from polygraft.symbolic.copying import clone
from polygraft.symbolic.functor_classes import functor
from polygraft.symbolic.node import OPS, Kind
from polygraft.symbolic.rebinding import rebind

T = TypeVar("T")

_MAPPINGS = frozenset({Kind.DICT, Kind.PLAIN_DICT})
_CONTAINERS = _MAPPINGS | {Kind.LIST, Kind.PLAIN_LIST}


@functor(serialization_key="polygraft.ObjectFactory")
def ObjectFactory(  # it is a class afterwards
    value_type: Any, base_value: Any, patches: Any = None, params_override: Any = None
) -> Any:
    """A functor: each call returns a new program.

    The base is cloned, made or loaded, then patched, then parameters are set.

    Args:
        value_type: The class that the program must be an instance of.
        base_value: A program, a function without arguments that returns one, or the path of a file.
        patches: Rules: see `pg.patch`. None for none.
        params_override: Path → value, also as nested dicts; or JSON text of that, or the path of a `.json` file.

    Raises:
        TypeError: The base is none of these, or of another class; or the parameters are no dict.

    Example:
        >>> import polygraft as pg
        >>> class Net(pg.Object):
        ...     units: int = 8
        ...     head: pg.Dict = pg.Dict(classes=10)
        >>> factory = pg.ObjectFactory(Net, Net(), {"units": 16}, '{"head": {"classes": 100}}')
        >>> factory()
        Net(units=16, head={classes=100})
        >>> factory(params_override={"head.classes": 5}, override_args=True)
        Net(units=16, head={classes=5})
    """
    value = _base(value_type, base_value)
    if patches is not None:
        value = patch(value, patches)
    if params_override is not None:
        params = cast("dict[Any, Any]", from_maybe_serialized(params_override, dict))
        value = rebind(value, dict(_flat(params, ())), raise_on_no_change=False)
    return value


def _base(value_type: Any, base_value: Any) -> Any:
    if isinstance(base_value, value_type):
        return clone(base_value)
    value = base_value
    if callable(base_value):
        value = base_value()
    elif isinstance(base_value, str):
        value = load(base_value)
    if not isinstance(value, value_type):
        raise TypeError(
            f"{base_value!r} is neither an instance of {value_type!r}, nor a factory or a path of JSON file that "
            f"produces an instance of {value_type!r}."
        )
    return value


def _flat(value: Any, keys: tuple[Any, ...]) -> Iterator[tuple[KeyPath, Any]]:
    """(path, leaf) pairs of nested dicts and lists; keys of dicts are paths."""
    ops = OPS[type(value)]
    items = list(ops.items(value)) if ops.kind in _CONTAINERS else []
    if not items:
        yield KeyPath.of(keys), value
    for key, child in items:
        parsed = KeyPath.parse(key).keys if isinstance(key, str) else [key]
        yield from _flat(child, (*keys, *parsed))


@overload
def from_maybe_serialized(source: Any, value_type: type[T]) -> T: ...
@overload
def from_maybe_serialized(source: Any, value_type: None = None) -> Any: ...
def from_maybe_serialized(source: Any, value_type: Any = None) -> Any:
    """Returns a value that is given as itself, as JSON text, or as the path of a `.json` file.

    Args:
        source: The value, text or path.
        value_type: What it must be an instance of.

    Raises:
        TypeError: It is not.
        DeserializationError: The text or file is no JSON of a value.

    Example:
        >>> import polygraft as pg
        >>> pg.patching.from_maybe_serialized('{"a": [1]}', dict)
        {a=[0: 1]}
        >>> pg.patching.from_maybe_serialized(3)
        3
    """
    value: Any = source
    if isinstance(source, str):
        value = load(source) if source.endswith(".json") else from_json_str(source)
    if value_type is not None and not isinstance(value, value_type):
        raise TypeError(f"Loaded value {value!r} is not an instance of {value_type!r}.")
    return value
