"""`pg.Object`: classes with typed symbolic fields.

A field's value is an ordinary attribute of the instance, so that reading it costs what it costs on a plain object. To
keep it so, the class has no attribute of that name (where a base has one, a `FieldDescriptor` hides it), and
nothing here touches an instance's `__dict__`. Everything else about a class is compiled once, when it is created: see
`compile.py`.
"""

from __future__ import annotations

import copy
import functools
import inspect
import sys
from abc import ABCMeta, update_abstractmethods
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast, dataclass_transform, get_origin

from polygraft import typing as pg_typing
from polygraft.errors import UnknownKeyError, WritePermissionError, did_you_mean
from polygraft.missing import MISSING_VALUE
from polygraft.paths import KeyPath
from polygraft.symbolic import edits, registry
from polygraft.symbolic.base import Symbolic
from polygraft.symbolic.compare import hash_ as symbolic_hash
from polygraft.symbolic.compile import KEPT, Compiled, Slot, compile_class, signature_of
from polygraft.symbolic.fields import is_missing, stored_form
from polygraft.symbolic.flags import FLAGS
from polygraft.symbolic.node import (
    NOT_WRITABLE,
    OPS,
    PARTIAL,
    ROOT,
    SAFE_TYPES,
    SEALED,
    WATCHED,
    WRITABLE,
    Kind,
    Link,
    NodeOps,
    mark,
)
from polygraft.symbolic.places import (
    attach_single,
    child_path,
    detach_single,
    path_of,
)
from polygraft.symbolic.services import service
from polygraft.typing import Field, Schema

if sys.version_info >= (3, 14):
    import annotationlib

C = TypeVar("C", bound=type)
F = TypeVar("F", bound=Callable[..., Any])


class FieldDescriptor:
    """What `Cls.field` gives. Non-data: the instance's own value is found first."""

    __slots__ = ("field", "name")

    def __init__(self, name: str, field: Field):
        self.name = name
        self.field = field

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        raise AttributeError(
            f"{type(instance).__name__}.{self.name} is not set: was `super().__init__` called? "
            f"({type(instance).__name__!r} object has no attribute {self.name!r})"
        )

    def __repr__(self) -> str:
        return f"<field {self.name}: {self.field.value!r}>"


def explicit_method_override(method: F) -> F:
    """Marks a method as one that knowingly replaces a managed one (`__init__` of a `pg.Object`)."""
    cast("Any", method).__pg_explicit_override__ = True
    return method


@dataclass_transform(kw_only_default=False)
class ObjectMeta(ABCMeta):
    """Compiles a class when it is created."""

    __pg_class__: ClassInfo

    # By inheritance alone, in C: rules ask `isinstance` at every place of a tree.
    __instancecheck__ = type.__instancecheck__
    __subclasscheck__ = type.__subclasscheck__

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any):
        super().__init__(name, bases, namespace)
        if bases and any(isinstance(b, ObjectMeta) for b in bases):
            cast("Any", cls)._pg_build(namespace)

    def __getattr__(cls, name: str) -> Any:
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


class ClassInfo:
    """What is known of an `Object` class.

    Attributes:
        own: Fields declared or changed by the class itself.
        slots: Const fields by name, in order.
        dynamic: The field of any other key, or None.
        schema: All fields.
        init_arg_list: Positional parameters.
        explicit_init: True if `init_arg_list` was given, not derived.
    """

    __slots__ = (
        "compiled",
        "dynamic",
        "explicit_init",
        "init_arg_list",
        "own",
        "positional",
        "schema",
        "slots",
        "varargs",
    )

    def __init__(self, own: dict[Any, Field]):
        self.own = own
        self.slots: dict[str, Slot] = {}
        self.dynamic: Field | None = None
        self.schema: Schema = Schema([])
        self.init_arg_list: list[str] = []
        self.positional: list[str] = []
        self.varargs: str | None = None
        self.explicit_init = False
        self.compiled: Compiled = Compiled()


class Object(Symbolic, metaclass=ObjectMeta):
    """Base of classes whose arguments form a program: typed, printed, compared, cloned, changed by rules.

    Fields are declared by annotations (or by `@pg.members`); the constructor follows from them. Derived state
    belongs into `_on_bound`, which runs after construction and after every change below.

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

    __slots__ = ("__dict__", "__weakref__", "_sym")
    if TYPE_CHECKING:  # a property, since an annotation would be a field to a type checker

        @property
        def _sym(self) -> Link: ...


    #: Whether fields may be assigned to (`x.field = v`).
    allow_symbolic_assignment: ClassVar[bool] = False
    #: Whether instances may change at all; otherwise they are made sealed.
    allow_symbolic_mutation: ClassVar[bool] = True
    #: Whether `==` and `hash` are symbolic.
    use_symbolic_comparison: ClassVar[bool] = True
    #: Whether annotations declare fields.
    infer_symbolic_fields_from_annotations: ClassVar[bool] = True
    #: Whether the class may be named by files.
    auto_register: ClassVar[bool] = True
    _pg_ops: ClassVar[Any] = None

    def __init__(self, /, *args: Any, **kwargs: Any) -> None:
        # Reached by `super().__init__` of a class that overrides its constructor; others have a generated one.
        _general_init(type(self).__pg_class__)(self, *args, **kwargs)

    def __init_subclass__(cls, user_cls: type | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)

    # -- class building ------------------------------------------------------------------------------------------------
    @classmethod
    def _pg_build(cls, namespace: dict[str, Any]) -> None:
        _check_init_override(cls, namespace)
        info = ClassInfo(_own_fields(cls, namespace))
        cls.__pg_class__ = info
        _finish_class(cls, info)

    @classmethod
    def update_schema(
        cls,
        fields: Any,
        extend: bool = True,
        *,
        init_arg_list: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Adds fields to the class (or replaces its own ones with `extend=False`) and compiles it anew."""
        info = cls.__pg_class__
        own = dict(info.own) if extend else {}
        inherited = _inherited_fields(cls)
        for field in _as_fields(fields):
            base = own.get(_key(field)) or inherited.get(_key(field))
            if base is not None:
                field.extend(base)
            own[_key(field)] = field
        fresh_info = ClassInfo(own)
        if init_arg_list is None and metadata:
            init_arg_list = metadata.get("init_arg_list")
        if init_arg_list is not None:
            fresh_info.init_arg_list = list(init_arg_list)
            fresh_info.explicit_init = True
        cls.__pg_class__ = fresh_info
        _finish_class(cls, fresh_info)

    @classmethod
    def register_for_deserialization(
        cls, serialization_key: str | None = None, additional_keys: list[str] | None = None
    ) -> None:
        """Makes the class known to files under a name of its own and further ones."""
        name = serialization_key or registry.default_name(cls)
        registry.register(cls, name, [registry.default_name(cls), *(additional_keys or [])])

    @classmethod
    def partial(cls: type[T], *args: Any, **kwargs: Any) -> T:
        """An instance whose required arguments may be missing."""
        return cls(*args, allow_partial=True, **kwargs)

    @classmethod
    def from_json(cls, json_value: Any, **kwargs: Any) -> Any:
        """An instance from its JSON data: see `pg.from_json`."""
        return service("from_json")({"_type": registry.name_of(cls), **json_value}, **kwargs)

    def format(
        self, compact: bool = False, verbose: bool = False, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """The printed form: see `pg.format`."""
        return Symbolic.format(self, compact, verbose, root_indent, **kwargs)

    # -- hooks -----------------------------------------------------------------------------------------------------------
    def _on_init(self) -> None:
        """Called at the end of construction."""
        self._on_bound()

    def _on_bound(self) -> None:
        """Called after construction and after every change below: compute derived state here."""

    def _on_change(self, field_updates: dict[KeyPath, edits.FieldUpdate]) -> None:
        """Called after every change below, with what changed by relative path."""
        self._on_bound()

    def _on_parent_change(self, old_parent: Any, new_parent: Any) -> None:
        """Called when the node gets or loses its parent."""

    def _on_path_change(self, old_path: KeyPath, new_path: KeyPath) -> None:
        """Called when the node's path changes, also because a node above moved."""

    # -- attributes --------------------------------------------------------------------------------------------------------
    def __setattr__(self, name: str, value: Any) -> None:
        info = type(self).__pg_class__
        if name not in info.slots and not (
            name[:1] != "_" and info.dynamic is not None and info.schema.get_field(name) is not None
        ):
            object.__setattr__(self, name, value)
            return
        _check_assignable(self, name)
        edits.write(self, name, value)

    def __delattr__(self, name: str) -> None:
        if name in type(self).__pg_class__.slots:
            raise AttributeError(
                f"Field {name!r} cannot be deleted; rebind it to `pg.MISSING_VALUE` to reset it."
            )
        object.__delattr__(self, name)

    @property
    def sym_init_args(self) -> ArgsView:
        """The arguments, live: reading gives raw values, writing is a change of the object."""
        return ArgsView(self)

    # -- comparison ----------------------------------------------------------------------------------------------------------
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

    # -- copies ----------------------------------------------------------------------------------------------------------------
    def __copy__(self: T) -> T:
        return OPS[type(self)].clone(self, {}, False)

    def __deepcopy__(self: T, memo: dict[int, Any]) -> T:
        return OPS[type(self)].clone(self, memo, True)

    def __reduce_ex__(self, protocol: Any) -> Any:
        ops = OPS[type(self)]
        return (_restore, (type(self), dict(ops.given_items(self)), ops.link(self).flags & KEPT))


T = TypeVar("T", bound=Object)
_set = object.__setattr__
_set_link = cast("Any", Object.__dict__["_sym"]).__set__


class ArgsView:
    """The arguments of a node as a mapping with attribute access; live in both directions."""

    __slots__ = ("_node",)
    _node: Any

    def __init__(self, node: Any):
        object.__setattr__(self, "_node", node)

    def __getattr__(self, name: str) -> Any:
        value = OPS[type(self._node)].get(self._node, name, _ABSENT)
        if value is _ABSENT:
            hint = did_you_mean(name, [str(k) for k in self])
            raise AttributeError(
                f"{OPS[type(self._node)].type.__name__!r} has no argument {name!r}.{hint}"
            )
        return value

    def __getitem__(self, key: Any) -> Any:
        value = OPS[type(self._node)].get(self._node, key, _ABSENT)
        if value is _ABSENT:
            raise KeyError(key)
        return value

    def get(self, key: Any, default: Any = None) -> Any:
        """The argument, or `default`."""
        return OPS[type(self._node)].get(self._node, key, default)

    def __setattr__(self, name: str, value: Any) -> None:
        edits.rebind(self._node, {KeyPath(name): value})

    def __setitem__(self, key: Any, value: Any) -> None:
        edits.rebind(self._node, {KeyPath(key): value})

    def keys(self) -> list[Any]:
        """Names of the arguments."""
        return [k for k, _ in OPS[type(self._node)].items(self._node)]

    def values(self) -> list[Any]:
        """Raw values of the arguments."""
        return [v for _, v in OPS[type(self._node)].items(self._node)]

    def items(self) -> list[tuple[Any, Any]]:
        """(name, raw value) pairs."""
        return list(OPS[type(self._node)].items(self._node))

    def __iter__(self) -> Any:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def __contains__(self, key: Any) -> bool:
        return OPS[type(self._node)].get(self._node, key, _ABSENT) is not _ABSENT

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (dict, ArgsView)) and dict(self.items()) == dict(other.items())  # type: ignore[arg-type]

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{k}={v!r}" for k, v in self.items()) + "}"


_ABSENT: Any = object()


# -- declaring fields --------------------------------------------------------------------------------------------------------
def _key(field: Field) -> Any:
    return str(field.key) if field.key.is_const else field.key


def _as_fields(fields: Any) -> list[Field]:
    if isinstance(fields, dict):
        pairs = cast("dict[Any, Any]", fields).items()
        fields = [(k, *v) if isinstance(v, tuple) else (k, v) for k, v in pairs]
    out: list[Field] = []
    for f in cast("Iterable[Any]", fields):
        field = f if isinstance(f, Field) else pg_typing.create_field(f)
        out.append(copy.copy(field))
        out[-1] = Field(field.key, copy.copy(field.value), field.description, dict(field.metadata))
    return out


def _inherited_fields(cls: type) -> dict[Any, Field]:
    """Fields of the bases, in order; each resolved as the MRO resolves attributes."""
    names: dict[Any, None] = {}
    for base in cls.__bases__:
        if isinstance(base, ObjectMeta) and "__pg_class__" in base.__dict__:
            info = base.__pg_class__
            names.update(dict.fromkeys(info.slots))
            if info.dynamic is not None:
                names[info.dynamic.key] = None
    out: dict[Any, Field] = {}
    for name in names:
        for ancestor in cls.__mro__[1:]:
            info = ancestor.__dict__.get("__pg_class__")
            if info is not None and name in info.own:
                out[name] = info.own[name]
                break
    return out


def _own_fields(cls: Any, namespace: dict[str, Any]) -> dict[Any, Field]:
    inherited = _inherited_fields(cls)
    own: dict[Any, Field] = {}
    if cls.infer_symbolic_fields_from_annotations:
        for name, annotation in _annotations(cls).items():
            field = _field_from_annotation(cls, name, annotation, namespace)
            if field is None:
                continue
            base = inherited.get(_key(field))
            if base is not None:
                field.extend(base)
            own[_key(field)] = field
    for name, value in namespace.items():
        base = inherited.get(name)
        if (
            base is None
            or name in own
            or isinstance(value, (FieldDescriptor, property, classmethod, staticmethod))
        ):
            continue
        if isinstance(value, FunctionType) and not isinstance(base.value, pg_typing.Callable):
            continue
        spec = copy.copy(base.value)
        if isinstance(value, FunctionType):
            spec.set_default(value)
            spec.freeze()
        else:
            spec.set_default(value, root_path=KeyPath(name))
        own[name] = Field(name, spec, base.description, dict(base.metadata))
    return own


def _annotations(cls: type) -> dict[str, Any]:
    if sys.version_info >= (3, 14):
        return annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF)
    return dict(cls.__dict__.get("__annotations__", {}))


def _field_from_annotation(
    cls: type, name: str, annotation: Any, namespace: dict[str, Any]
) -> Field | None:
    module = sys.modules.get(cls.__module__)
    if name == "__kwargs__":
        return Field.from_annotation(pg_typing.StrKey(), annotation, parent_module=module)
    if name.startswith("_") or name.isupper():
        return None
    if annotation is ClassVar or get_origin(annotation) is ClassVar:
        return None
    if isinstance(annotation, str) and annotation.replace("typing.", "").startswith("ClassVar"):
        return None
    field = Field.from_annotation(name, annotation, parent_module=module)
    field.set_origin(cls)
    default = namespace.get(name, MISSING_VALUE)
    if isinstance(default, FunctionType) and isinstance(field.value, pg_typing.Callable):
        field.value.set_default(default)
        field.value.freeze()
    elif not is_missing(default) and not isinstance(
        default, (FieldDescriptor, property, FunctionType)
    ):
        if type(default) not in SAFE_TYPES:
            default = OPS[type(default)].convert(default)
        field.value.set_default(default, root_path=KeyPath(name))
    elif field.value.frozen and is_missing(field.value.default):
        raise TypeError(f"Field {name} is marked as final but has no default value.")
    return field


def _check_init_override(cls: type, namespace: dict[str, Any]) -> None:
    init = namespace.get("__init__")
    if init is not None and not getattr(init, "__pg_explicit_override__", False):
        raise TypeError(
            "`pg.Object.__init__` is a polygraft managed method. For setting up the class initialization logic, please "
            "override `_on_bound()` or `_on_init()`. If you do have a need to override `__init__` and know the "
            "implications, please decorate your overridden method with `@pg.explicit_method_override`."
        )


# -- finishing a class ---------------------------------------------------------------------------------------------------------
def _finish_class(cls: Any, info: ClassInfo) -> None:
    fields = _inherited_fields(cls)
    same_as_base = set(info.own) <= set(fields) and all(
        info.own[k].value.frozen == fields[k].value.frozen for k in info.own
    )
    fields.update(info.own)
    dynamic = [f for f in fields.values() if not f.key.is_const]
    info.dynamic = dynamic[0] if dynamic else None
    const = [f for f in fields.values() if f.key.is_const]
    env: dict[str, Any] = {}
    for i, field in enumerate(const):
        name = str(field.key)
        if _is_field_shadowed(cls, name):
            storage = f"({name})"
        else:
            storage = name
            if name in cls.__dict__:
                type.__delattr__(cls, name)
            if any(name in ancestor.__dict__ for ancestor in cls.__mro__):
                type.__setattr__(cls, name, FieldDescriptor(name, field))
        info.slots[name] = Slot(name, storage, field, i, env)
    if not info.explicit_init:
        base_info = next(
            (b.__pg_class__ for b in cls.__bases__ if "__pg_class__" in getattr(b, "__dict__", {})),
            None,
        )
        if base_info is not None and base_info.explicit_init and same_as_base:
            info.init_arg_list, info.explicit_init = list(base_info.init_arg_list), True
        else:
            info.init_arg_list = [s.name for s in info.slots.values() if not s.field.value.frozen]
    _read_init_arg_list(info)
    doc = cls.__dict__.get("__doc__")
    info.schema = Schema(
        [*const, *dynamic[:1]],
        name=registry.default_name(cls),
        description=inspect.cleandoc(doc) if doc else None,
        allow_nonconst_keys=bool(dynamic),
        metadata={"init_arg_list": list(info.init_arg_list)},
    )
    _compile(cls, info, env)
    OPS[cls] = cls._pg_ops(cls, info)
    if cls.auto_register:
        key = cls.__dict__.get("_pg_serialization_key") or registry.default_name(cls)
        registry.register(cls, key)
    update_abstractmethods(cls)


def _is_field_shadowed(cls: Any, name: str) -> bool:
    """True if the user has a method or property of the field's name (the library's own ones do not count)."""
    for ancestor in cls.__mro__:
        if ancestor in _OWN_CLASSES:
            return False
        if name in ancestor.__dict__:
            value = ancestor.__dict__[name]
            if isinstance(value, (FunctionType, property, classmethod, staticmethod)):
                return not getattr(value, "__isabstractmethod__", False)
            if isinstance(value, FieldDescriptor):
                return False
    return False


def _read_init_arg_list(info: ClassInfo) -> None:
    info.positional = list(info.init_arg_list)
    info.varargs = None
    if info.positional and info.positional[-1].startswith("*"):
        info.varargs = info.positional.pop()[1:]
    for name in [*info.positional, *([info.varargs] if info.varargs else [])]:
        if name not in info.slots:
            raise TypeError(
                f"Argument {name!r} from `init_arg_list` is not defined as a symbolic field. "
                f"init_arg_list={info.init_arg_list!r}."
            )
    if info.varargs and not isinstance(info.slots[info.varargs].field.value, pg_typing.List):
        raise TypeError(
            f"Variable positional argument {info.varargs!r} should be declared with `pg.typing.List(...)`. "
            f"Encountered {info.slots[info.varargs].field.value!r}."
        )


def _compile(cls: Any, info: ClassInfo, env: dict[str, Any]) -> None:
    slots = list(info.slots.values())
    has_hooks = (
        cls._on_init is not Object._on_init
        or cls._on_bound is not Object._on_bound
        or cls._on_path_change is not Object._on_path_change
    )

    def check(index: int) -> Callable[[Any], Any]:
        field, name = slots[index].field, slots[index].name

        def checked(value: Any) -> Any:
            return stored_form(field, value, FLAGS.get().partial or False, lambda: KeyPath(name))

        return checked

    def adopt(x: Any) -> None:
        for slot in slots:
            value = getattr(x, slot.storage)
            if type(value) not in SAFE_TYPES:
                attached = OPS[type(value)].attach(value, x, slot.name)
                if attached is not value:
                    _set(x, slot.storage, attached)

    def construct(
        self: Any, values: dict[str, Any], extra: tuple[Any, ...], keywords: dict[str, Any] | None
    ) -> None:
        _construct(cls, info, self, values, extra, keywords or {})

    info.compiled = compile_class(
        cls,
        slots,
        positional=info.positional,
        varargs=info.varargs,
        dynamic=info.dynamic is not None,
        set_link=_set_link,
        construct=construct,
        check=check,
        adopt=adopt,
        finish=_finish if has_hooks else None,
        born_sealed=not cls.allow_symbolic_mutation,
        env=env,
    )
    overriding = [
        c
        for c in cls.__mro__
        if getattr(c.__dict__.get("__init__"), "__pg_explicit_override__", False)
    ]
    if overriding and cls not in overriding:
        return
    if overriding:
        for ancestor in cls.__mro__[1:]:
            if getattr(ancestor.__dict__.get("__init__"), "__pg_generated__", False):
                _guard_init(ancestor)
        return
    init: Any = info.compiled.init or _general_init(info)
    init.__pg_generated__ = True
    signature = signature_of(slots, info.positional, info.varargs, info.dynamic)
    first = inspect.Parameter(
        "self",
        inspect.Parameter.POSITIONAL_ONLY
        if "self" in info.slots
        else inspect.Parameter.POSITIONAL_OR_KEYWORD,
    )
    if "self" not in info.slots:
        init.__signature__ = signature.replace(parameters=[first, *signature.parameters.values()])
    type.__setattr__(cls, "__init__", init)


def _guard_init(ancestor: Any) -> None:
    """Lets a generated constructor be called by `super().__init__` for instances of an overriding subclass."""
    fast = ancestor.__dict__["__init__"]
    if hasattr(fast, "__wrapped__"):
        return

    def __init__(self: Any, /, *args: Any, **kwargs: Any) -> None:
        (fast if type(self) is ancestor else Object.__init__)(self, *args, **kwargs)

    functools.update_wrapper(__init__, fast)
    type.__setattr__(ancestor, "__init__", __init__)


def _general_init(info: ClassInfo) -> Callable[..., None]:
    """The constructor of classes with dynamic fields, odd names, or sealed instances."""

    def __init__(self: Any, /, *args: Any, **kwargs: Any) -> None:
        cls = type(self)
        values: dict[str, Any] = {}
        for name, value in zip(info.positional, args, strict=False):
            if name in kwargs:
                raise TypeError(
                    f"{cls.__name__}.__init__() got multiple values for argument {name!r}: {value!r}, {kwargs[name]!r}."
                )
            values[name] = value
        extra = args[len(info.positional) :]
        if info.varargs:
            if extra or info.varargs not in kwargs:
                values[info.varargs] = list(extra)
            extra = ()
        keywords = {k: v for k, v in kwargs.items() if k not in info.slots}
        values.update((k, v) for k, v in kwargs.items() if k in info.slots)
        _construct(cls, info, self, values, extra, keywords)

    return __init__


def _construct(
    cls: Any,
    info: ClassInfo,
    self: Any,
    values: dict[str, Any],
    extra: tuple[Any, ...],
    keywords: dict[str, Any],
) -> None:
    """The general constructor: control keywords, partial objects, and the wording of errors."""
    keywords = dict(keywords)
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
    name = type(self).__name__
    frozen = {k: keywords.pop(k) for k in list(keywords) if k in info.slots}
    _check_arguments(info, name, values, extra, keywords, lenient)
    checked: dict[str, Any] = {}
    for slot in info.slots.values():
        value = values.get(slot.name, frozen.get(slot.name, MISSING_VALUE))
        checked[slot.name] = stored_form(
            slot.field, value, lenient, lambda n=slot.name: _rooted(root_path, n)
        )
    more = {
        k: stored_form(info.schema.get_field(k), v, lenient, lambda k=k: _rooted(root_path, k))
        for k, v in keywords.items()
        if not is_missing(v)
    }
    flags = PARTIAL if partial else 0
    aside: dict[str, Any] = {}
    if root_path is not None:
        aside["root_path"] = KeyPath.from_value(root_path)
    if more:
        aside["dynamic"] = list(more)
    _set_link(self, Link(None, None, flags, aside or None) if flags or aside else ROOT)
    for slot in info.slots.values():
        value = checked[slot.name]
        _set(self, slot.storage, OPS[type(value)].attach(value, self, slot.name))
    for key, value in more.items():
        _set(self, key, OPS[type(value)].attach(value, self, key))
    if sealed if sealed is not None else not cls.allow_symbolic_mutation:
        self.seal()
    _finish(self)


def _rooted(root_path: Any, name: str) -> KeyPath:
    return KeyPath(name) if root_path is None else KeyPath.from_value(root_path) + KeyPath(name)


def _check_arguments(
    info: ClassInfo,
    name: str,
    values: dict[str, Any],
    extra: tuple[Any, ...],
    keywords: dict[str, Any],
    lenient: bool,
) -> None:
    unknown = [k for k in keywords if info.dynamic is None or info.schema.get_field(k) is None]
    if unknown:
        plural = "argument" if len(unknown) == 1 else "arguments"
        hint = did_you_mean(unknown[0], list(info.slots))
        raise TypeError(
            f"{name}.__init__() got unexpected keyword {plural}: {', '.join(map(repr, unknown))}"
            + (f".{hint}" if hint else "")
        )
    if extra:
        if not info.slots:
            raise TypeError(f"{name}() takes no arguments.")
        n, given = len(info.positional), len(info.positional) + len(extra)
        raise TypeError(
            f"{name}.__init__() takes {n} positional argument{'s' if n != 1 else ''} but {given} "
            f"{'were' if given != 1 else 'was'} given."
        )
    if not lenient:
        missing = [
            s.name
            for s in info.slots.values()
            if not s.has_default
            and not s.field.value.frozen
            and is_missing(values.get(s.name, MISSING_VALUE))
        ]
        if missing:
            raise TypeError(
                f"{name}.__init__() missing {len(missing)} required argument{'s' if len(missing) != 1 else ''}: "
                f"{', '.join(map(repr, missing))}."
            )


def _finish(x: Any) -> None:
    cls = type(x)
    if cls._on_path_change is not Object._on_path_change:
        mark(x, WATCHED)
    try:
        cls._on_init(x)
    except BaseException:
        for key, value in OPS[cls].items(x):  # the arguments are as free as they were before
            OPS[type(value)].detach(value, x, key)
        raise


def _restore(cls: Any, values: dict[str, Any], flags: int) -> Any:
    x = cls.__new__(cls)
    info = cls.__pg_class__
    keywords = {k: v for k, v in values.items() if k not in info.slots}
    values = {k: v for k, v in values.items() if k in info.slots}
    _construct(cls, info, x, values, (), {**keywords, "allow_partial": True})
    ops = OPS[type(x)]
    if ops.link(x) is not ROOT:
        ops.link(x).flags = (ops.link(x).flags & ~KEPT) | flags
    return x


def _check_assignable(x: Any, name: str) -> None:
    link, scope = x._sym, FLAGS.get()
    if link.flags & SEALED if scope.sealed is None else scope.sealed:
        raise WritePermissionError(
            f"Cannot set attribute {name!r}: object is sealed. (path={path_of(x)})"
        )
    if scope.writable is not None:
        allowed = scope.writable
    elif link.flags & (WRITABLE | NOT_WRITABLE):
        allowed = bool(link.flags & WRITABLE)
    else:
        allowed = type(x).allow_symbolic_assignment
    if not allowed:
        cls = type(x)
        raise WritePermissionError(
            f"Cannot set attribute of {cls!r} while `{cls.__name__}.allow_symbolic_assignment` is set to False "
            f"or under `pg.as_sealed` context. (path={path_of(x)})"
        )


# -- operations ------------------------------------------------------------------------------------------------------------------
class ObjectOps(NodeOps):
    """Operations on the instances of one `Object` class."""

    kind = Kind.OBJECT
    symbolic = True
    container = True

    def __init__(self, cls: Any, info: ClassInfo):
        super().__init__(cls)
        self.info = info
        self.items = info.compiled.items  # type: ignore[method-assign]
        if cls.sym_eq is Symbolic.sym_eq:
            self.eq = info.compiled.eq  # type: ignore[method-assign]
        self.clone = info.compiled.clone  # type: ignore[method-assign]
        self.share = info.compiled.share  # type: ignore[method-assign]
        self.hooks = (
            cls._on_change is not Object._on_change or cls._on_bound is not Object._on_bound
        )
        self.tells_updates = cls._on_change is not Object._on_change
        self.watches_path = cls._on_path_change is not Object._on_path_change
        self.watches_parent = cls._on_parent_change is not Object._on_parent_change
        self.storage = {s.name: s.storage for s in info.slots.values()}

    def link(self, x: Any) -> Link:
        return x._sym

    def set_link(self, x: Any, link: Link) -> None:
        _set_link(x, link)

    def attach(self, x: Any, parent: Any, key: Any) -> Any:
        return attach_single(self, x, parent, key)

    def detach(self, x: Any, parent: Any, key: Any) -> None:
        detach_single(self, x, parent, key)

    def given_items(self, x: Any) -> Iterable[tuple[Any, Any]]:
        return ((k, v) for k, v in self.items(x) if type(v) in SAFE_TYPES or not is_missing(v))

    def get(self, x: Any, key: Any, default: Any = MISSING_VALUE) -> Any:
        storage = self.storage.get(key)
        if storage is not None:
            return getattr(x, storage)
        if (
            self.info.dynamic is not None
            and (aside := x._sym.aside)
            and key in aside.get("dynamic", ())
        ):
            return getattr(x, key)
        return default

    def stored(self, x: Any, key: Any) -> Any:
        return self.get(x, key)

    def field(self, x: Any, key: Any) -> Field | None:
        slot = self.info.slots.get(key)
        return (
            slot.field
            if slot is not None
            else self.info.schema.get_field(key)
            if isinstance(key, str)
            else None
        )

    def admits(self, x: Any, key: Any) -> bool:
        return key in self.info.slots or (
            isinstance(key, str)
            and self.info.dynamic is not None
            and self.info.schema.get_field(key) is not None
        )

    def check(self, x: Any, key: Any, value: Any) -> Any:
        slot = self.info.slots.get(key)
        if slot is None:
            field = self.info.schema.get_field(key)
            if field is None:
                raise UnknownKeyError(
                    f"Key {key!r} is not allowed for {self.type!r}. (path={path_of(x)})",
                    path=path_of(x),
                    value=key,
                )
            if is_missing(value):
                return MISSING_VALUE
        elif slot.fits(value):
            return value
        else:
            field = slot.field
        scope = FLAGS.get().partial
        partial = bool(x._sym.flags & PARTIAL) if scope is None else scope
        return stored_form(field, value, partial, lambda: child_path(x, key))

    def put(self, x: Any, key: Any, value: Any) -> None:
        storage = self.storage.get(key)
        if storage is not None:
            _set(x, storage, value)
            return
        link = self.own_link(x)
        aside = link.aside = link.aside or {}
        names = aside.setdefault("dynamic", [])
        if value is MISSING_VALUE:
            if key in names:
                names.remove(key)
                object.__delattr__(x, key)
        else:
            if key not in names:
                names.append(key)
            _set(x, key, value)

    def wants_updates(self, x: Any) -> bool:
        """True if the class overrides `_on_change`."""
        return self.tells_updates

    def changed(self, x: Any, updates: dict[Any, Any], undo: list[Any]) -> None:
        type(x)._on_change(x, updates)

    def eq(self, x: Any, y: Any) -> bool:
        return bool(self.type.sym_eq(x, y))

    def hash(self, x: Any) -> int:
        return hash((self.type, *((k, symbolic_hash(v)) for k, v in self.given_items(x))))


_OWN_CLASSES: frozenset[type] = frozenset({Object, *Object.__mro__})
Object.__pg_class__ = ClassInfo({})
Object._pg_ops = ObjectOps


def members(
    fields: Any,
    metadata: dict[str, Any] | None = None,
    init_arg_list: list[str] | None = None,
    serialization_key: str | None = None,
    additional_keys: list[str] | None = None,
    add_to_registry: bool = True,
) -> Callable[[C], C]:
    """Class decorator that declares fields of a `pg.Object` by value specs.

    Args:
        fields: Field tuples `(key, value_spec[, description[, metadata]])`, `Field`s, or a dict key → spec.
        metadata: Kept in the schema.
        init_arg_list: Positional parameters.
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
        target = cast("Any", cls)
        target.update_schema(fields, init_arg_list=init_arg_list, metadata=metadata)
        if add_to_registry and (serialization_key or additional_keys):
            target.register_for_deserialization(serialization_key, additional_keys)
        return cls

    return decorate


def use_init_args(init_arg_list: list[str]) -> Callable[[C], C]:
    """Class decorator that sets the positional parameters of a `pg.Object`."""
    return members([], init_arg_list=init_arg_list)
