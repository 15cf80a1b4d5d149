"""Classes that write and read themselves: `JSONConvertible`, or, without a base, `register_json_type`."""

from __future__ import annotations

import abc
import contextlib
import inspect
from collections.abc import Callable, Generator, Iterable
from typing import Any, ClassVar, TypeVar

from polygraft.serialization import decode, encode, names, readers, writers
from polygraft.serialization.reader import DECODERS, Reader, add_decoder_finder
from polygraft.serialization.writer import ENCODERS, Writer, add_encoder_finder
from polygraft.symbolic import registry
from polygraft.symbolic.compare import eq
from polygraft.symbolic.node import OPS

C = TypeVar("C", bound=type)
_registered: set[type] = set()


def register_json_type(name: str, cls: C, aliases: Iterable[str] = ()) -> C:
    """Lets instances of `cls` be written and read through its own methods.

    Args:
        name: The name of the class in files.
        cls: A class with a method `to_json(self, **kwargs)` that returns a dict, and a class method
            `from_json(cls, json_value, **kwargs)` that takes such a dict (without `_type`).
        aliases: Further names under which it is read.

    Returns:
        `cls`.

    Example:
        >>> import polygraft as pg
        >>> class Celsius:
        ...     def __init__(self, degrees):
        ...         self.degrees = degrees
        ...
        ...     def to_json(self, **kwargs):
        ...         return {"degrees": self.degrees}
        ...
        ...     @classmethod
        ...     def from_json(cls, json_value, **kwargs):
        ...         return cls(json_value["degrees"])
        >>> _ = pg.serialization.register_json_type("example.Celsius", Celsius)
        >>> pg.to_json(Celsius(3))
        {'_type': 'example.Celsius', 'degrees': 3}
        >>> pg.from_json({"_type": "example.Celsius", "degrees": 4}).degrees
        4
    """
    registry.register(cls, name, aliases)
    _registered.add(cls)
    ENCODERS.pop(cls, None)
    DECODERS.pop(cls, None)
    return cls


class _ConvertibleMeta(abc.ABCMeta):
    """Counts nodes as convertible, too, without being their base."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return super().__instancecheck__(instance) or (
            cls is JSONConvertible and OPS[type(instance)].symbolic
        )


class JSONConvertible(metaclass=_ConvertibleMeta):
    """A class whose instances say themselves how they are written.

    Subclasses register under `__serialization_key__`, or `module.qualname`, when they are created.

    Example:
        >>> import polygraft as pg
        >>> class Interval(pg.JSONConvertible):
        ...     def __init__(self, low, high):
        ...         self.low, self.high = low, high
        ...
        ...     def to_json(self, **kwargs):
        ...         return self.to_json_dict({"low": self.low, "high": self.high}, **kwargs)
        >>> again = pg.from_json_str(pg.to_json_str(Interval(1, 2)))
        >>> again.low, again.high
        (1, 2)
    """

    TYPE_NAME_KEY: ClassVar[str] = names.TYPE_NAME_KEY
    TUPLE_MARKER: ClassVar[str] = names.TUPLE_MARKER
    SYMBOLIC_MARKER: ClassVar[str] = names.SYMBOLIC_MARKER
    REF_KEY: ClassVar[str] = names.REF_KEY
    ROOT_VALUE_KEY: ClassVar[str] = names.ROOT_VALUE_KEY
    CONTEXT_KEY: ClassVar[str] = names.CONTEXT_KEY

    #: Whether subclasses register when they are created.
    auto_register: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # Whether a class is abstract is known to ABCMeta only after this hook; an abstract class in
        # the table does no harm: it cannot be instantiated.
        if cls.auto_register:
            registry.register(
                cls, cls.__dict__.get("__serialization_key__") or registry.default_name(cls)
            )

    @abc.abstractmethod
    def to_json(self, *, context: Writer | None = None, **kwargs: Any) -> Any:
        """Returns JSON-compatible data; nested values through `pg.to_json(value, context=context, **kwargs)`."""

    @classmethod
    def from_json(cls, json_value: Any, *, context: Reader | None = None, **kwargs: Any) -> Any:
        """Returns an instance; by default the entries are read and passed to the constructor."""
        return cls(
            **{
                k: decode.from_json(v, context=context, **kwargs)
                for k, v in json_value.items()
                if k != names.TYPE_NAME_KEY
            }
        )

    @classmethod
    def to_json_dict(
        cls,
        fields: dict[str, Any],
        *,
        exclude_default: bool = False,
        exclude_keys: Iterable[str] | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Returns `{"_type": ..., name: JSON}` for the fields.

        Args:
            fields: Name → value; name → (value, default) with `exclude_default`.
            exclude_default: Whether fields that equal their default are left out.
            exclude_keys: Names to be left out.
            **kwargs: What `to_json` was called with.
        """
        skip = frozenset(exclude_keys or ())
        kept = {k: v for k, v in fields.items() if k not in skip}
        if exclude_default:
            kept = {k: v for k, (v, default) in kept.items() if not eq(v, default)}
        return {
            names.TYPE_NAME_KEY: writers.type_name(cls),
            **{k: encode.to_json(v, **kwargs) for k, v in kept.items()},
        }

    @classmethod
    def register(cls, type_name: str, subclass: type, override_existing: bool = False) -> None:  # type: ignore[override]
        """Registers a class under a name.

        Raises:
            KeyError: The name is taken by another class.
        """
        known = registry.class_of(type_name)
        if known is not None and known is not subclass and not override_existing:
            raise KeyError(
                f"Type {type_name!r} has already been registered with class {known.__name__}."
            )
        register_json_type(type_name, subclass)

    @classmethod
    def is_registered(cls, type_name: str) -> bool:
        """True if a class is registered under the name."""
        return registry.class_of(type_name) is not None

    @classmethod
    def class_from_typename(cls, type_name: str) -> type | None:
        """The class registered under the name, or None."""
        return names.class_of(type_name)

    @classmethod
    def registered_types(cls) -> Iterable[tuple[str, type]]:
        """All (name, class) pairs."""
        return registry.registered_types()

    @classmethod
    def add_module_alias(cls, module: str, aliases: str | list[str]) -> None:
        """Makes names that start with an alias also look under `module`."""
        names.add_module_alias(module, aliases)

    @classmethod
    def load_types_for_deserialization(
        cls, *types: type
    ) -> contextlib.AbstractContextManager[dict[str, type]]:
        """Inside the scope, a type name that is not registered leads to the given class of the same last component."""
        return _types_in_scope(types)


@contextlib.contextmanager
def _types_in_scope(types: tuple[type, ...]) -> Generator[dict[str, type]]:
    table = {t.__name__: t for t in types}
    token = names.SCOPED_TYPES.set((table, *names.SCOPED_TYPES.get()))
    try:
        yield {k: v for t in reversed(names.SCOPED_TYPES.get()) for k, v in t.items()}
    finally:
        names.SCOPED_TYPES.reset(token)


def registered_types() -> Iterable[tuple[str, type]]:
    """All (name, class) pairs that files may name."""
    return registry.registered_types()


def _writes_itself(cls: type) -> bool:
    return cls in _registered or (JSONConvertible in cls.__mro__ and not OPS[cls].symbolic)


def _find_encoder(cls: type) -> Callable[[Any, Writer], Any] | None:
    return writers.method_writer(cls, "to_json") if _writes_itself(cls) else None


def _find_decoder(cls: type) -> Callable[[type, dict[str, Any], Reader], Any] | None:
    if not _writes_itself(cls):
        return None
    if inspect.isabstract(cls) or not hasattr(cls, "from_json"):
        return None
    return readers.method_reader


add_encoder_finder(_find_encoder)
add_decoder_finder(_find_decoder)
