"""`pg.compound`: a function that makes an object, turned into a class whose instances stand for that object.

An instance is a program with the function's parameters as its fields; the object that the function makes from them,
`decomposed`, is built when it is first needed and dropped after each change. Whatever is asked of the instance that is
neither a parameter nor an attribute of symbolic objects is asked of `decomposed`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any, ClassVar, cast

from polygraft import typing as pg_typing
from polygraft.errors import AbstractValueError
from polygraft.symbolic.abstract import is_abstract
from polygraft.symbolic.building import build
from polygraft.symbolic.class_info import ClassInfo
from polygraft.symbolic.declaring import OWN_FIELDS_ONLY, added_fields
from polygraft.symbolic.inferential import inferred
from polygraft.symbolic.node import OPS, Kind
from polygraft.symbolic.object_ import Object, ObjectMeta
from polygraft.symbolic.object_base import ObjectBase
from polygraft.symbolic.object_ops import ObjectOps
from polygraft.symbolic.places import path_of

_DECOMPOSED = "_pg_decomposed"
_get = object.__getattribute__
_set = object.__setattr__


class Compound(Object):
    """Base of the classes that `pg.compound` makes; in their MRO it stands before the class they pass for."""

    _pg_ops: ClassVar[Any] = ObjectOps
    _pg_factory: ClassVar[Callable[..., Any]]
    _pg_lazy: ClassVar[bool] = True
    use_symbolic_comparison: ClassVar[bool] = True

    def __init_subclass__(cls, user_cls: type | None = None, **kwargs: Any) -> None:
        """Keeps that of the base class from running."""

    @property
    def decomposed(self) -> Any:
        """The object that the function makes from the arguments.

        Raises:
            AbstractValueError: An argument is missing, or a placeholder.
        """
        values = _get(self, "__dict__")
        if _DECOMPOSED not in values:
            _set(self, _DECOMPOSED, _decompose(self))
        made = _get(self, _DECOMPOSED)
        ops = OPS[type(made)]
        if ops.symbolic and ops.kind is not Kind.WRAPPED:
            link, own = ops.own_link(made), OPS[type(self)].link(self)
            if not (link.parent is own.parent and link.key == own.key):
                link.parent, link.key = own.parent, own.key  # where values are inferred from
        return made

    def __getattribute__(self, name: str) -> Any:
        if name[:1] == "_":
            return _get(self, name)
        slot = type(self).__pg_class__.slots.get(name)
        if slot is not None:
            return inferred(OPS[type(self)].get(self, name))
        if name in _OWN:
            return _get(self, name)
        return getattr(_get(self, "decomposed"), name)

    # -- hooks: those of the base class are for the object that is made ----------------------------
    def _on_init(self) -> None:
        self._on_bound()

    def _on_bound(self) -> None:
        _get(self, "__dict__").pop(_DECOMPOSED, None)
        if not type(self)._pg_lazy and not is_abstract(self):
            _set(self, _DECOMPOSED, _decompose(self))

    def _on_change(self, field_updates: Any) -> None:
        self._on_bound()

    _on_parent_change = ObjectBase._on_parent_change
    _on_path_change = ObjectBase._on_path_change

    __eq__ = Object.__eq__
    __ne__ = Object.__ne__
    __hash__ = Object.__hash__
    __setattr__ = Object.__setattr__
    __delattr__ = Object.__delattr__


#: Attributes that are not asked of `decomposed`.
_OWN = frozenset(dir(Compound)) | {"decomposed"}


def _decompose(x: Any) -> Any:
    """Calls the function with the arguments of a compound."""
    cls, ops = cast("Any", type(x)), OPS[type(x)]
    info: ClassInfo = cls.__pg_class__
    if is_abstract(x):
        raise AbstractValueError(
            f"{ops.type.__name__} cannot be used at run time while it holds placeholders or missing values. "
            f"Give them values first (`rebind`, `patch`, or a search). (path={path_of(x)})",
            path=path_of(x),
            value=x,
        )
    given = {k: inferred(v) for k, v in ops.given_items(x)}
    positional = [given.pop(n) for n in info.positional]
    extra = list(given.pop(info.varargs, ())) if info.varargs else []
    return cls._pg_factory(*positional, *extra, **given)


def compound(
    base_class: Any = None,
    args: Any = None,
    *,
    lazy_build: bool = True,
    auto_doc: bool = True,
    auto_typing: bool = True,
    serialization_key: str | None = None,
    additional_keys: list[str] | None = None,
    add_to_registry: bool = True,
) -> Any:
    """Decorator that turns a function into a class whose instances pass for what the function returns.

    Args:
        base_class: The class that instances pass for; None takes the function's return annotation.
        args: Specs of parameters: see `pg.members`.
        lazy_build: Whether the function is called when its result is first needed, not at once.
        auto_doc: Whether descriptions are taken from the docstring.
        auto_typing: Whether types are taken from the annotations.
        serialization_key: Name of the class in files.
        additional_keys: Further names under which files may know it.
        add_to_registry: Whether files may name the class.

    Raises:
        TypeError: What is decorated is no function.
        ValueError: There is no class to pass for.

    Example:
        >>> import polygraft as pg
        >>> class Layer(pg.Object):
        ...     units: int
        ...     rate: float
        >>> @pg.compound
        ... def Wide(factor: int = 2) -> Layer:
        ...     return Layer(64 * factor, rate=0.1)
        >>> wide = Wide()
        >>> wide, wide.units, isinstance(wide, Layer)
        (Wide(factor=2), 128, True)
        >>> wide.rebind(factor=4).units
        256
    """

    def decorate(function: Any) -> Any:
        return compound_class(
            function,
            base,
            args,
            lazy_build=lazy_build,
            auto_doc=auto_doc,
            auto_typing=auto_typing,
            serialization_key=serialization_key,
            additional_keys=additional_keys,
            add_to_registry=add_to_registry,
        )

    base: Any = None
    if isinstance(base_class, FunctionType):
        return decorate(base_class)
    base = base_class
    return decorate


def compound_class(
    factory_fn: Callable[..., Any],
    base_class: type | None = None,
    args: Any = None,
    *,
    lazy_build: bool = True,
    auto_doc: bool = True,
    auto_typing: bool = True,
    serialization_key: str | None = None,
    additional_keys: list[str] | None = None,
    add_to_registry: bool = False,
) -> Any:
    """The class that `compound` makes of a function: see there."""
    if not inspect.isfunction(factory_fn):
        raise TypeError("Decorator `compound` is only applicable to functions.")
    signature = pg_typing.signature(factory_fn, auto_typing=auto_typing, auto_doc=auto_doc)
    signature.annotate(args, None)
    base: Any = base_class or _returned_class(factory_fn)
    if issubclass(base, Compound):
        bases: tuple[Any, ...] = (base,)
    else:
        bases = (Compound,) if base is object else (Compound, _plain(base))
    namespace = {
        "__module__": factory_fn.__module__,
        "__qualname__": factory_fn.__qualname__,
        "__doc__": factory_fn.__doc__,
        "_pg_factory": staticmethod(factory_fn),
        "_pg_lazy": lazy_build,
        OWN_FIELDS_ONLY: True,
        "infer_symbolic_fields_from_annotations": False,
        "auto_register": False,
    }
    cls: Any = ObjectMeta(factory_fn.__name__, bases, namespace)
    schema = signature.to_schema()
    info = ClassInfo(added_fields(cls, {}, list(schema.fields.values())))
    info.init_arg_list, info.explicit_init = list(schema.metadata["init_arg_list"]), True
    build(cls, info)
    type.__setattr__(cls, "__abstractmethods__", frozenset[str]())
    if add_to_registry:
        type.__setattr__(cls, "auto_register", True)
        cls.register_for_deserialization(serialization_key, additional_keys)
    return cls


def _returned_class(function: Callable[..., Any]) -> type:
    """The class that the return annotation names."""
    try:
        cls: Any = inspect.get_annotations(function, eval_str=True).get("return")
    except NameError:  # a name that the function's module will have
        returned = pg_typing.signature(function, auto_typing=True).return_value
        cls = None if returned is None else cast("Any", returned).value_type
    if not isinstance(cls, type) or cls is object:
        raise ValueError(
            "Cannot inference the base class from return value annotation. Please either add an annotation for the "
            "return value or provide the value for the `base_class` argument."
        )
    return cls


def _plain(base: type) -> type:
    """`base`; for a wrapped class the class of the user's, whose layout leaves room for the fields of an `Object`."""
    if OPS[base].kind is not Kind.WRAPPED:
        return base
    return next(c for c in base.__mro__ if OPS[c].kind is not Kind.WRAPPED)
