"""The general constructor of `Object`s: what generated ones leave to it, and all errors about arguments.

Generated constructors (`compile.py`) come here with control keywords (`allow_partial`, `sealed`, `root_path`), with
unknown or missing arguments, and always for classes with dynamic fields, odd names, or instances that are born sealed.
Invariant: all arguments are validated before the first one is attached, so that a failed construction leaves them as
they were.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from polygraft.errors import did_you_mean
from polygraft.missing import MISSING_VALUE, MissingValue, is_missing
from polygraft.paths import KeyPath
from polygraft.symbolic.base import Symbolic
from polygraft.symbolic.class_info import ClassInfo
from polygraft.symbolic.compile import KEPT
from polygraft.symbolic.fields import stored_form
from polygraft.symbolic.flags import FLAGS
from polygraft.symbolic.node import OPS, PARTIAL, ROOT, SAFE_TYPES, Link
from polygraft.symbolic.object_base import after_construction, set_link
from polygraft.symbolic.resolving import keep_aside

_set = object.__setattr__


def general_init(info: ClassInfo) -> Callable[..., None]:
    """The constructor of classes that have no generated one."""

    def __init__(self: Any, /, *args: Any, **kwargs: Any) -> None:
        values: dict[str, Any] = {}
        for name, value in zip(info.positional, args, strict=False):
            if name in kwargs:
                raise TypeError(
                    f"{type(self).__name__}.__init__() got multiple values for argument {name!r}: "
                    f"{value!r}, {kwargs[name]!r}."
                )
            values[name] = value
        extra = args[len(info.positional) :]
        if info.varargs:
            if extra:
                _refuse_twice(type(self).__name__, info.varargs, list(extra), kwargs)
            if info.varargs not in kwargs:
                values[info.varargs] = list(extra)
            extra = ()
        keywords = {k: v for k, v in kwargs.items() if k not in info.slots}
        values.update((k, v) for k, v in kwargs.items() if k in info.slots)
        construct(info, self, values, extra, keywords)

    return __init__


def construct(
    info: ClassInfo,
    x: Any,
    values: dict[str, Any],
    extra: tuple[Any, ...],
    keywords: dict[str, Any] | None,
) -> None:
    """Makes `x` a node with the given arguments.

    Args:
        info: The fields.
        x: The new object.
        values: Arguments by name.
        extra: Positional arguments that are too many.
        keywords: Control keywords, dynamic fields, frozen fields, and what is unknown.
    """
    keywords = dict(keywords or {})
    partial = keywords.pop("allow_partial", False)
    if not isinstance(partial, bool):
        raise TypeError(
            f"Expect bool type for argument 'allow_partial' in symbolic.Object.__init__ but encountered {partial}."
        )
    sealed = keywords.pop("sealed", None)
    root_path = keywords.pop("root_path", None)
    keywords.pop("explicit_init", None)
    scope = FLAGS.get().partial
    lenient = partial if scope is None else scope
    frozen = {k: keywords.pop(k) for k in list(keywords) if k in info.slots}
    if info.varargs in frozen:  # the extras as one list
        _refuse_twice(type(x).__name__, info.varargs, values.get(info.varargs), frozen)
        values = {**values, info.varargs: frozen.pop(info.varargs)}
    _check_arguments(info, type(x).__name__, values, extra, keywords, lenient)
    const = {
        slot.name: stored_form(
            slot.field,
            values.get(slot.name, frozen.get(slot.name, MISSING_VALUE)),
            lenient,
            lambda n=slot.name: _rooted(root_path, n),
        )
        for slot in info.slots.values()
    }
    more = {
        k: stored_form(info.schema.get_field(k), v, lenient, lambda k=k: _rooted(root_path, k))
        for k, v in keywords.items()
        if not is_missing(v)
    }
    fill(info, x, const, more, PARTIAL if partial else 0, root_path)
    cls = cast("Any", type(x))
    if not cls.allow_symbolic_mutation if sealed is None else sealed:
        Symbolic.seal(x)
    after_construction(x)


def fill(
    info: ClassInfo,
    x: Any,
    const: dict[str, Any],
    more: dict[str, Any],
    flags: int = 0,
    root_path: Any = None,
) -> None:
    """Stores and attaches values that have been checked: those of all const fields, and of dynamic ones."""
    aside: dict[str, Any] = {}
    if root_path is not None:
        aside["root_path"] = KeyPath.from_value(root_path)
    if more:
        aside["dynamic"] = list(more)
    set_link(x, Link(None, None, flags, aside or None) if flags or aside else ROOT)
    lenient = OPS[type(x)].lenient  # an unbound argument leaves nothing to be found missing
    for slot in info.slots.values():
        value = const[slot.name]
        if type(value) not in SAFE_TYPES and not (lenient and isinstance(value, MissingValue)):
            value = OPS[type(value)].attach(value, x, slot.name)
            if OPS[type(value)].inferential:
                keep_aside(x, slot.name, slot.storage, value)
                continue
        _set(x, slot.storage, value)
    for key, value in more.items():
        value = OPS[type(value)].attach(value, x, key)
        if OPS[type(value)].inferential:
            keep_aside(x, key, info.dynamic_storage[key], value)
        else:
            _set(x, info.dynamic_storage[key], value)


def restore(cls: Any, values: dict[str, Any], flags: int) -> Any:
    """An instance from its arguments and flags, whatever constructor the class may define: what `pickle` calls."""
    x = cls.__new__(cls)
    info: ClassInfo = cls.__pg_class__
    keywords = {k: v for k, v in values.items() if k not in info.slots}
    values = {k: v for k, v in values.items() if k in info.slots}
    construct(info, x, values, (), {**keywords, "allow_partial": True})
    ops = OPS[cls]
    if ops.link(x) is not ROOT:
        ops.link(x).flags = (ops.link(x).flags & ~KEPT) | flags
    return x


def _rooted(root_path: Any, name: str) -> KeyPath:
    return KeyPath(name) if root_path is None else KeyPath.from_value(root_path) + KeyPath(name)


def _refuse_twice(name: str, key: str, extra: Any, keywords: dict[str, Any]) -> None:
    """Raises if positional extras and a keyword give the same argument."""
    if extra and key in keywords:
        raise TypeError(
            f"{name}.__init__() got multiple values for argument {key!r}: {extra!r}, {keywords[key]!r}."
        )


# -- errors ----------------------------------------------------------------------------------------
def _check_arguments(
    info: ClassInfo,
    name: str,
    values: dict[str, Any],
    extra: tuple[Any, ...],
    keywords: dict[str, Any],
    lenient: bool,
) -> None:
    """Raises if arguments are unknown, too many, or (unless `lenient`) missing: in this order."""
    unknown = [k for k in keywords if not info.admits(k)]
    if unknown:
        raise TypeError(
            unexpected_keywords(name, unknown, did_you_mean(unknown[0], list(info.slots)))
        )
    if extra:
        if not info.slots:
            raise TypeError(f"{name}() takes no arguments.")
        n = len(info.positional)
        raise TypeError(too_many_arguments(f"{name}.__init__", n, n + len(extra)))
    missing = [
        s.name
        for s in info.slots.values()
        if not s.has_default
        and not s.field.value.frozen
        and is_missing(values.get(s.name, MISSING_VALUE))
    ]
    if missing and not lenient:
        raise TypeError(
            f"{name}.__init__() missing {len(missing)} required argument{'s' if len(missing) != 1 else ''}: "
            f"{', '.join(map(repr, missing))}."
        )


def unexpected_keywords(name: str, keys: list[str], hint: str) -> str:
    """What is said of keyword arguments that a constructor does not take."""
    plural = "argument" if len(keys) == 1 else "arguments"
    end = f".{hint}" if hint else ""
    return f"{name}.__init__() got unexpected keyword {plural}: {', '.join(map(repr, keys))}{end}"


def too_many_arguments(name: str, takes: int, given: int) -> str:
    """What is said of too many positional arguments."""
    return (
        f"{name}() takes {takes} positional argument{'s' if takes != 1 else ''} but {given} "
        f"{'were' if given != 1 else 'was'} given."
    )
