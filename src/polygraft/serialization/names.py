"""Names in files: the markers of the layout, and the way from a name to the symbol that it stands for.

Names of classes live in `polygraft.symbolic.registry`; this file adds what a name may mean besides: a plain
builtin type, a word of `typing`, a function that was allowed by name, or, with trust, an importable symbol.
Nothing here imports a module before `Trust` has allowed it.
"""

from __future__ import annotations

import builtins
import difflib
import importlib
import sys
import types
import typing
from contextvars import ContextVar
from typing import Any

from polygraft.errors import UnknownTypeError
from polygraft.serialization import unsafe
from polygraft.serialization.trust import Trust
from polygraft.symbolic import registry

TYPE_NAME_KEY = "_type"
TUPLE_MARKER = "__tuple__"
SYMBOLIC_MARKER = "__symbolic__"
REF_KEY = "__ref__"
ROOT_VALUE_KEY = "__root__"
CONTEXT_KEY = "__context__"
SHARED_KEY = "shared_objects"
INT_KEY = "n_:"

#: Keys that mean something to a reader; a dict that has one as a plain key is written in another form.
RESERVED_KEYS = frozenset({TYPE_NAME_KEY, SYMBOLIC_MARKER, REF_KEY, CONTEXT_KEY})
#: First elements of a list that mean something to a reader.
RESERVED_ITEMS = frozenset({TUPLE_MARKER, SYMBOLIC_MARKER})

_TYPING_WORDS = frozenset(
    [
        "Any",
        "Callable",
        "ClassVar",
        "Dict",
        "Final",
        "FrozenSet",
        "Iterable",
        "Iterator",
        "List",
        "Mapping",
        "MutableMapping",
        "NoReturn",
        "Optional",
        "Sequence",
        "Set",
        "Tuple",
        "Type",
        "Union",
    ]
)
#: Builtin functions that read their arguments and do nothing else: harmless whoever names them.
_PURE_BUILTINS = frozenset(
    [
        "abs",
        "all",
        "any",
        "bool",
        "chr",
        "divmod",
        "hash",
        "len",
        "max",
        "min",
        "ord",
        "pow",
        "repr",
        "round",
        "sorted",
        "sum",
    ]
)

#: Classes by last component of their names, for a scope: innermost first.
SCOPED_TYPES: ContextVar[tuple[dict[str, type], ...]] = ContextVar("polygraft_types", default=())

_allowed: dict[str, Any] = {}
_module_aliases: dict[str, str] = {}


class NotTrusted(Exception):
    """A symbol exists or may exist, but the reader has not been told to believe its module."""


def allow_symbol(symbol: Any, name: str | None = None) -> None:
    """Lets files name `symbol` (a function or class of the program) without trust in its module.

    Args:
        symbol: A function or class at module level.
        name: The name in files; `module.qualname` by default.

    Example:
        >>> import math
        >>> import polygraft as pg
        >>> pg.serialization.allow_symbol(math.sqrt)
        >>> pg.from_json({"_type": "function", "name": "math.sqrt"})(9)
        3.0
    """
    _allowed[name or f"{symbol.__module__}.{symbol.__qualname__}"] = symbol
    if not name and registry.is_private(symbol.__module__):  # it is written under its public name
        _allowed[registry.public_name(symbol) or ""] = symbol


def add_module_alias(module: str, aliases: str | typing.Iterable[str]) -> None:
    """Makes type names that start with an alias also look under `module` (a module that has moved)."""
    for alias in (aliases,) if isinstance(aliases, str) else aliases:
        _module_aliases[alias] = module


def class_of(name: str) -> type | None:
    """The class registered under `name`, under an alias of its module, or under PyGlove's name for it."""
    cls = registry.class_of(name)
    if cls is not None:
        return cls
    for alias, module in _module_aliases.items():
        if name.startswith(alias + "."):
            cls = registry.class_of(module + name[len(alias) :])
            if cls is not None:
                return cls
    return _pyglove_class(name) if name.startswith("pyglove.") else None


def _pyglove_class(name: str) -> type | None:
    """Our class for a type name that PyGlove writes: its own modules are mirrored by last component."""
    last = name.rpartition(".")[2]
    for ours, cls in registry.registered_types():
        if ours.startswith("polygraft.typing."):
            continue  # specs are called like the things that they describe; they have all their names already
        if ours.startswith("polygraft.") and ours.rpartition(".")[2] == last:
            registry.register(cls, registry.name_of(cls) or ours, [name])
            return cls
    return None


def similar_type_name(name: str) -> str:
    """`" Did you mean 'x'?"` for the registered name that ends in the same class name or is close, or `''`."""
    known = [n for n, _ in registry.registered_types()]
    last = name.rpartition(".")[2]
    found = [n for n in known if n.rpartition(".")[2] == last] or difflib.get_close_matches(
        name, known, 1, 0.75
    )
    return f" Did you mean {found[0]!r}?" if found else ""


def find_type(name: str, trust: Trust) -> Any:
    """The class, or word of `typing`, that `name` stands for.

    Raises:
        NotTrusted: The name leads elsewhere than to what may be named without trust.
        LookupError: There is no such symbol.
    """
    module, _, last = name.rpartition(".")
    if module == "builtins":
        if last == "NoneType":
            return type(None)
        if last == "Ellipsis":
            return ...
        found = getattr(builtins, last, None)
        if isinstance(found, type) and found.__module__ == "builtins":  # not `builtins.__loader__`
            return found
    if module == "typing" and last in _TYPING_WORDS:
        return getattr(typing, last)
    cls = class_of(name)
    return (
        cls if cls is not None else _allowed[name] if name in _allowed else find_symbol(name, trust)
    )


def find_function(name: str, trust: Trust) -> Any:
    """The function that `name` stands for; raises like `find_type`."""
    module, _, last = name.rpartition(".")
    if module == "builtins" and last in _PURE_BUILTINS:
        return getattr(builtins, last)
    return _allowed[name] if name in _allowed else find_symbol(name, trust)


def find_symbol(name: str, trust: Trust) -> Any:
    """Imports what `name` stands for, if trust allows its module and the module in which it is really defined.

    Raises:
        NotTrusted: Trust does not reach one of the two modules. Nothing has been imported in the first case.
        LookupError: There is no such symbol.
    """
    parts = name.split(".")
    if not all(parts) or len(parts) < 2:
        raise LookupError(name)
    if not (
        trust.everything or any(trust.allows(".".join(parts[:i])) for i in range(1, len(parts)))
    ):
        raise NotTrusted(parts[0])
    module, rest = _import_longest(parts, trust)
    found: Any = module
    for part in rest:
        # An attribute that is a module would lead out of what was trusted: `my_pkg.os.system`.
        if found is not module and not isinstance(found, type):
            raise LookupError(name)
        try:
            found = getattr(found, part)
        except AttributeError:
            raise LookupError(name) from None
        if isinstance(found, types.ModuleType):
            raise LookupError(name)
    home = getattr(found, "__module__", None)
    if not trust.everything and not (isinstance(home, str) and trust.allows(home)):
        raise NotTrusted(str(home))
    return found


def _import_longest(parts: list[str], trust: Trust) -> tuple[types.ModuleType, list[str]]:
    """The innermost importable module on the way, and the attributes that remain."""
    for end in range(len(parts) - 1, 0, -1):
        name = ".".join(parts[:end])
        if not trust.allows(name):
            break
        module = sys.modules.get(name)
        if module is not None:
            return module, parts[end:]
        try:
            return importlib.import_module(name), parts[end:]
        except ModuleNotFoundError as e:
            # A module that exists but misses a dependency of its own is the user's error to see.
            if e.name is None or not (name == e.name or name.startswith(e.name + ".")):
                raise
    raise LookupError(".".join(parts))


def find_class(name: str, trust: Trust) -> type:
    """The class behind a name: of the scope, registered, or importable if trust reaches it.

    Raises:
        UnknownTypeError: There is no such class, or it is not to be believed.
    """
    last = name.rpartition(".")[2]
    for types_ in SCOPED_TYPES.get():
        if last in types_:
            return types_[last]
    cls = class_of(name)
    if cls is not None:
        return cls
    if name.endswith("._OpaqueObject"):
        return unsafe.OpaqueObject
    try:
        found = find_symbol(name, trust)
    except NotTrusted as e:
        hint = similar_type_name(name)
        raise UnknownTypeError(
            f"Type name {name!r} is not registered with a `pg.JSONConvertible` subclass.{hint} Import the "
            "module that defines "
            f"it and makes it symbolic, or pass trusted=[{e.args[0]!r}] to let the file import from there "
            "(refused under trusted=False).",
            value=name,
        ) from None
    except LookupError:
        hint = similar_type_name(name)
        problem = (
            f"Cannot load class {name!r}."
            if "." in name
            else f"Type name {name!r} is not registered with a `pg.JSONConvertible` subclass."
        )
        raise UnknownTypeError(problem + hint, value=name) from None
    if not isinstance(found, type):
        raise UnknownTypeError(f"Cannot load class {name!r}: {found!r} is not a class.", value=name)
    # Importing the module may have registered the class, or a wrapper of it.
    registered = class_of(name)
    return registered if registered is not None else found
