"""`pg.Object`: classes with typed symbolic fields. This file is what users see of them.

A field's value is an ordinary attribute of the instance, so that reading it costs what it costs on a plain object;
nothing here touches an instance's `__dict__`. Everything else about a class is worked out once, when it is created:
`declaring.py` collects its fields, `building.py` makes room for them, `compile.py` generates its functions,
`construct.py` words the errors about arguments, `object_ops.py` is how the tree operations see its instances.
"""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast, dataclass_transform

from polygraft import typing as pg_typing
from polygraft.errors import WritePermissionError
from polygraft.symbolic import edits, registry
from polygraft.symbolic.arguments import Arguments
from polygraft.symbolic.base import Symbolic
from polygraft.symbolic.building import build, is_explicit_override
from polygraft.symbolic.class_info import ClassInfo, FieldDescriptor
from polygraft.symbolic.compile import KEPT
from polygraft.symbolic.construct import general_init, restore
from polygraft.symbolic.declaring import added_fields, declared_fields, key_of, note_keyword_only
from polygraft.symbolic.flags import FLAGS
from polygraft.symbolic.node import NOT_WRITABLE, OPS, SEALED, WRITABLE
from polygraft.symbolic.object_base import ObjectBase
from polygraft.symbolic.object_ops import ObjectOps
from polygraft.symbolic.origin import noting
from polygraft.symbolic.places import path_of
from polygraft.symbolic.services import service
from polygraft.typing import Field, Schema

C = TypeVar("C", bound=type)
F = TypeVar("F", bound=Callable[..., Any])


@noting
@dataclass_transform(kw_only_default=False)
class ObjectMeta(ABCMeta):
    """Compiles a class when it is created, and answers for its fields (`Cls.field`)."""

    __pg_class__: ClassInfo

    # By inheritance alone, in C: rules ask `isinstance` at every place of a tree.
    __instancecheck__ = type.__instancecheck__
    __subclasscheck__ = type.__subclasscheck__

    def __init__(
        cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], /, **kwargs: Any
    ):
        super().__init__(name, bases, namespace)
        if any(isinstance(b, ObjectMeta) for b in bases):
            _refuse_plain_init(namespace)
            note_keyword_only(cls, kwargs.get("kw_only", False))
            declared = declared_fields(cls, namespace) if cls.auto_schema else {}  # type: ignore[attr-defined]
            build(cls, ClassInfo(declared))

    if not TYPE_CHECKING:  # to a type checker every attribute of the class would exist

        def __getattr__(cls, name: str) -> FieldDescriptor:
            info = type.__getattribute__(cls, "__dict__").get("__pg_class__")
            slot = info.slots.get(name) if info is not None else None
            if slot is None:
                raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
            return FieldDescriptor(name, slot.field)

    @property
    def __schema__(cls) -> Schema:
        """The schema of the class."""
        return cls.__pg_class__.schema

    @property
    def __type_name__(cls) -> str:
        """`module.QualName`."""
        return registry.default_name(cls)

    @property
    def __serialization_key__(cls) -> str:
        """The name under which instances are written to files."""
        return registry.name_of(cls) or registry.default_name(cls)

    @property
    def init_arg_list(cls) -> list[str]:
        """Names of the positional parameters; the last one may be `*name`."""
        return list(cls.__pg_class__.init_arg_list)

    @property
    def sym_fields(cls) -> pg_typing.Dict:
        """The value spec of the arguments."""
        return pg_typing.Dict(cls.__pg_class__.schema)


class Object(ObjectBase, metaclass=ObjectMeta):
    """Base of classes whose arguments form a program: typed, printed, compared, cloned, changed by rules.

    Fields are declared by annotations (or by `@pg.members`); the constructor follows from them. Derived state
    belongs into `_on_bound`, which runs after construction and after every change below.

    As in dataclasses, `class X(pg.Object, kw_only=True)` makes the fields that the class declares keyword-only, and
    `_: dataclasses.KW_ONLY` those after it.

    Raises:
        TypeError, ValueError: An argument is missing, unknown, or not acceptable for its field.

    Example:
        >>> import polygraft as pg
        >>> class Point(pg.Object):
        ...     x: int
        ...     y: int = 0
        >>> p = Point(1)
        >>> p.rebind(y=2)
        Point(x=1, y=2)
        >>> p == Point(1, 2)
        True
    """

    __slots__ = ("__dict__", "__weakref__")

    #: Whether fields are attributes of instances; otherwise they are read by `sym_init_args` and `sym_getattr` only.
    allow_symbolic_attribute: ClassVar[bool] = True
    #: Whether fields may be assigned to (`x.field = v`).
    allow_symbolic_assignment: ClassVar[bool] = False
    #: Whether instances may change at all; otherwise they are made sealed.
    allow_symbolic_mutation: ClassVar[bool] = True
    #: Whether `==` and `hash` are symbolic.
    use_symbolic_comparison: ClassVar[bool] = True
    #: Whether annotations declare fields.
    infer_symbolic_fields_from_annotations: ClassVar[bool] = True
    #: Whether the body of a class declares fields at all; otherwise `pg.members` and `update_schema` do.
    auto_schema: ClassVar[bool] = True
    #: Whether the class may be named by files.
    auto_register: ClassVar[bool] = True
    #: What makes the operations of a class: `(cls, info) -> NodeOps`.
    _pg_ops: ClassVar[Any] = ObjectOps

    def __init__(self, /, *args: Any, **kwargs: Any) -> None:
        # Reached by `super().__init__` of a class that overrides its constructor; others have a generated one.
        general_init(type(self).__pg_class__)(self, *args, **kwargs)

    def __init_subclass__(
        cls, user_cls: type | None = None, kw_only: bool = False, **kwargs: Any
    ) -> None:
        super().__init_subclass__(**kwargs)

    # -- the class ---------------------------------------------------------------------------------
    @classmethod
    def update_schema(
        cls,
        fields: Any,
        extend: bool = True,
        *,
        init_arg_list: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Adds fields to the class (or replaces its own ones with `extend=False`) and compiles it anew.

        Args:
            fields: See `pg.members`.
            extend: Whether the fields that the class has declared so far remain.
            init_arg_list: Positional parameters; None takes them from `metadata`, or derives them.
            metadata: Kept in the schema; may hold `init_arg_list`.
        """
        own = cls.__pg_class__.own if extend else {}
        info = ClassInfo(added_fields(cls, own, fields))
        info.metadata = {**(cls.__pg_class__.metadata if extend else {}), **(metadata or {})}
        named = info.metadata.pop("init_arg_list", None)
        if init_arg_list is None:
            init_arg_list = named
        if init_arg_list is not None:
            info.init_arg_list, info.explicit_init = list(init_arg_list), True
        build(cls, info)

    @classmethod
    def apply_schema(cls, schema: Schema | None = None) -> None:
        """Compiles the class anew for `schema`; for its own, if its `metadata['init_arg_list']` has been changed."""
        schema = cls.__pg_class__.schema if schema is None else schema
        fields = {key_of(f): f for f in schema.fields.values()}
        info = ClassInfo(cls.__pg_class__.own if schema is cls.__pg_class__.schema else fields)
        info.metadata = {k: v for k, v in schema.metadata.items() if k != "init_arg_list"}
        info.init_arg_list = list(schema.metadata.get("init_arg_list", fields))
        info.explicit_init = True
        build(cls, info)

    @classmethod
    def _begin_annotation_inference(cls) -> None:
        """Called before the annotations of a class become fields: to be overridden."""

    @classmethod
    def _end_annotation_inference(cls, fields: list[Field]) -> list[Field]:
        """Called with the fields that the annotations of a class declare: what is returned, is declared."""
        return fields

    @classmethod
    def register_for_deserialization(
        cls, serialization_key: str | None = None, additional_keys: list[str] | None = None
    ) -> None:
        """Makes the class known to files under a name of its own and further ones."""
        own = registry.default_name(cls)
        registry.register(cls, serialization_key or own, [own, *(additional_keys or [])])

    @classmethod
    def partial(cls, *args: Any, **kwargs: Any) -> Self:
        """An instance whose required arguments may be missing.

        Example:
            >>> import polygraft as pg
            >>> class Point(pg.Object):
            ...     x: int
            ...     y: int
            >>> Point.partial(y=1).rebind(x=0)
            Point(x=0, y=1)
        """
        return cast("Any", cls)(*args, allow_partial=True, **kwargs)

    @classmethod
    def from_json(cls, json_value: Any, **kwargs: Any) -> Self:
        """An instance from its JSON data, with or without the entry `_type`: see `pg.from_json`.

        Raises:
            TypeError: The data is no dict or names another type, or the class has no name in files.
        """
        written: Any = OPS[cls].type  # `cls` may be that of instances which resolve values
        name = registry.name_of(written)
        if name is None:
            raise TypeError(
                f"{cls!r} has no name in files. Call `{cls.__name__}.register_for_deserialization()` first."
            )
        if not isinstance(json_value, dict):
            raise TypeError(
                f"Expect the JSON object of a {cls.__name__}. Encountered: {json_value!r}."
            )
        data: dict[str, Any] = {"_type": name, **cast("dict[str, Any]", json_value)}
        given = data["_type"]
        named = registry.class_of(given) if isinstance(given, str) else cls
        if named is not None and not issubclass(named, written):
            raise TypeError(f"The data is of type {given!r}, not {name!r}.")
        return service("from_json")(data, **kwargs)

    def format(
        self, compact: bool = False, verbose: bool = False, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """The printed form: see `pg.format`."""
        return Symbolic.format(self, compact, verbose, root_indent, **kwargs)

    if not TYPE_CHECKING:  # checkers would take them for those of the class

        @property
        def __schema__(self) -> Schema:
            """The schema of the class."""
            return OPS[type(self)].type.__schema__

        @property
        def __serialization_key__(self) -> str:
            """The name under which the object is written to files."""
            return OPS[type(self)].type.__serialization_key__

    # -- attributes --------------------------------------------------------------------------------
    def __setattr__(self, name: str, value: Any) -> None:
        info = type(self).__pg_class__
        if not type(self).allow_symbolic_attribute:
            object.__setattr__(self, name, value)
        elif name in info.slots or (
            info.dynamic is not None and name[:1] != "_" and info.admits(name)
        ):
            _check_assignable(self, name)
            edits.write(self, name, value)
        else:
            object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        if name in type(self).__pg_class__.slots:
            raise AttributeError(
                f"Field {name!r} cannot be deleted; rebind it to `pg.MISSING_VALUE` to reset it."
            )
        object.__delattr__(self, name)

    @property
    def sym_init_args(self) -> Arguments:
        """The arguments, live: reading gives raw values, writing is a change of the object."""
        return Arguments(self)

    # -- comparison --------------------------------------------------------------------------------
    def __eq__(self, other: object) -> bool:
        if type(self).use_symbolic_comparison:
            return type(self).__pg_class__.compiled.eq(self, other)
        return self is other

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        if type(self).use_symbolic_comparison:
            return OPS[type(self)].hash(self)
        return object.__hash__(self)

    # -- copies ------------------------------------------------------------------------------------
    def __copy__(self) -> Self:
        return cast("Self", Symbolic.clone(self))

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return cast("Self", Symbolic.clone(self, True, memo))

    def __reduce_ex__(self, protocol: Any) -> Any:
        ops = OPS[type(self)]
        return (restore, (ops.type, dict(ops.given_items(self)), ops.link(self).flags & KEPT))


Object.__pg_class__ = ClassInfo({})


def explicit_method_override(method: F) -> F:
    """Marks a method as one that knowingly replaces a managed one (`__init__` of a `pg.Object`).

    Example:
        >>> import polygraft as pg
        >>> class Square(pg.Object):
        ...     width: int
        ...     height: int
        ...
        ...     @pg.explicit_method_override
        ...     def __init__(self, size):
        ...         super().__init__(size, size)
        >>> Square(2)
        Square(width=2, height=2)
    """
    cast("Any", method).__pg_explicit_override__ = True
    return method


def _refuse_plain_init(namespace: dict[str, Any]) -> None:
    init = namespace.get("__init__")
    if init is not None and not is_explicit_override(init):
        raise TypeError(
            "`pg.Object.__init__` is a polygraft managed method. For setting up the class initialization logic, please "
            "override `_on_bound()` or `_on_init()`. If you do have a need to override `__init__` and know the "
            "implications, please decorate your overridden method with `@pg.explicit_method_override`."
        )


def _check_assignable(x: Any, name: str) -> None:
    cls = cast("Any", type(x))
    link, scope = OPS[cls].link(x), FLAGS.get()
    if link.flags & SEALED if scope.sealed is None else scope.sealed:
        raise WritePermissionError(
            f"Cannot set attribute {name!r}: object is sealed. (path={path_of(x)})"
        )
    if scope.writable is not None:
        allowed = scope.writable
    elif link.flags & (WRITABLE | NOT_WRITABLE):
        allowed = bool(link.flags & WRITABLE)
    else:
        allowed = cls.allow_symbolic_assignment
    if not allowed:
        raise WritePermissionError(
            f"Cannot set attribute of <class {cls.__name__}> while `{cls.__name__}.allow_symbolic_assignment` is set "
            f"to False or under `pg.as_sealed` context. (path={path_of(x)})"
        )


def members(
    fields: Any,
    metadata: dict[str, Any] | None = None,
    init_arg_list: list[str] | None = None,
    serialization_key: str | None = None,
    additional_keys: list[str] | None = None,
    add_to_registry: bool = True,
) -> Callable[[C], C]:
    """Class decorator that declares fields of a `pg.Object` by value specs.

    Of a class that is no `pg.Object` (a `pg.DNAGenerator`) it makes a subclass of the same name that is one.

    Args:
        fields: Field tuples `(key, value_spec[, description[, metadata]])`, `Field`s, or a dict key → spec.
        metadata: Kept in the schema.
        init_arg_list: Positional parameters; those in `metadata` by default.
        serialization_key: Name of the class in files.
        additional_keys: Further names under which files may know it.
        add_to_registry: Whether files may name the class.

    Example:
        >>> import polygraft as pg
        >>> @pg.members([("rate", pg.typing.Float(min_value=0.0))])
        ... class Optimizer(pg.Object):
        ...     pass
        >>> Optimizer(1)
        Optimizer(rate=1.0)
    """

    def decorate(cls: C) -> C:
        target = cast("Any", cls if isinstance(cls, ObjectMeta) else _object_class(cls))
        if add_to_registry:
            registry.refuse_repeated(target)
        names = init_arg_list or (metadata or {}).get("init_arg_list")
        target.update_schema(fields, init_arg_list=names, metadata=metadata)
        if add_to_registry and (serialization_key or additional_keys):
            target.register_for_deserialization(serialization_key, additional_keys)
        return target

    return decorate


def _object_class(cls: type) -> type:
    """A subclass of a class that is a `pg.Object`, in its place."""
    body = {k: getattr(cls, k) for k in ("__module__", "__qualname__", "__doc__")}
    return ObjectMeta(cls.__name__, (cls, Object), body)


def use_init_args(init_arg_list: list[str]) -> Callable[[C], C]:
    """Class decorator that sets the positional parameters of a `pg.Object`; the last one may be `*name`.

    Example:
        >>> import polygraft as pg
        >>> @pg.use_init_args(["name", "*sizes"])
        ... class Net(pg.Object):
        ...     sizes: list[int]
        ...     name: str
        >>> Net("mlp", 8, 4)
        Net(sizes=[0: 8, 1: 4], name='mlp')
    """
    return members([], init_arg_list=init_arg_list)
