"""What is known of one `Object` class: its fields, and how each is stored and checked.

Plain data, made by `building.py`; `compile.py` turns it into the functions that do the work.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable
from typing import Any

from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.symbolic.node import SAFE_TYPES
from polygraft.typing import Field, Schema


class Slot:
    """How one const field of a class is stored and checked.

    Attributes:
        name: The field's name.
        storage: The attribute that holds it (another one where a method of the user has the name).
        field: The field.
        index: Its position among the class's const fields.
        default: What stands in the signature: an immutable default, or `MISSING_VALUE`.
        has_default: True if the field need not be given.
        test: Source of the in-line check of a variable that has the field's name, or None.
        fits: The check as a function.
        raw: True if the class has a `__getattribute__` of its own, which reading has to pass by.
    """

    __slots__ = (
        "default",
        "field",
        "fits",
        "has_default",
        "index",
        "name",
        "raw",
        "storage",
        "test",
    )

    def __init__(
        self,
        name: str,
        storage: str,
        field: Field,
        index: int,
        env: dict[str, Any],
        raw: bool = False,
    ):
        self.name = name
        self.raw = raw
        self.storage = storage
        self.field = field
        self.index = index
        spec = field.value
        self.has_default = not is_missing(spec.default)
        self.default = (
            spec.default if self.has_default and type(spec.default) in SAFE_TYPES else MISSING_VALUE
        )
        self.test = None if spec.frozen else spec.fast_check(name, env)
        self.fits: Callable[[Any], bool] = _never
        if (
            self.test is not None
        ):  # under another name: the field's may be one that the check refers to (`type`)
            self.fits = eval(f"lambda _pg_v: {spec.fast_check('_pg_v', env)}", env)

    def read(self, variable: str) -> str:
        """Source that reads the value from an instance.

        By attribute, never through `__dict__`: once an instance's dict exists, CPython reads its attributes slowly.
        """
        if self.raw:
            return f"_pg_get({variable}, {self.storage!r})"
        if is_identifier(self.storage):
            return f"{variable}.{self.storage}"
        return f"getattr({variable}, {self.storage!r})"


def is_identifier(name: str) -> bool:
    """True if generated source may use `name` as that of a variable or an attribute."""
    return name.isidentifier() and not keyword.iskeyword(name)


def _never(value: Any) -> bool:
    return False


class Compiled:
    """What `compile_class` makes of a class.

    Attributes:
        init: The constructor, or None where the general one has to do.
        clone: `(x, memo, deep)`: see `NodeOps.clone`.
        clone_into: `(x, memo, deep, parent, key)`: see `NodeOps.clone_into`; None if hooks have to run in between.
        share: `(x)`: see `NodeOps.share`.
        eq: `(x, y)`: symbolic equality.
        items: `(x)`: the (key, raw child) pairs.
    """

    __slots__ = ("clone", "clone_into", "eq", "init", "items", "share")
    init: Callable[..., None] | None
    clone: Callable[[Any, Any, bool], Any]
    clone_into: Callable[[Any, Any, bool, Any, Any], Any] | None
    share: Callable[[Any], Any]
    eq: Callable[[Any, Any], bool]
    items: Callable[[Any], tuple[tuple[str, Any], ...]]


class DynamicStorage(dict[str, str]):
    """Key of a dynamic field → the attribute that holds its value: the key, unless the class has such an attribute.

    Keys may come from files: `__class__` or a method's name must not hide what it names.
    """

    _LIMIT = 4096

    def __init__(self, cls: type):
        super().__init__()
        self._cls = cls

    def __missing__(self, key: str) -> str:
        taken = key[:4] == "_pg_" or any(key in c.__dict__ for c in self._cls.__mro__)
        attribute = f"({key})" if taken else key
        if len(self) < self._LIMIT:
            self[key] = attribute
        return attribute


class ClassInfo:
    """What is known of an `Object` class.

    Attributes:
        own: Fields declared or changed by the class itself: by name, dynamic ones by key spec.
        slots: Const fields by name, in order.
        dynamic: The field of any other key, or None.
        dynamic_at: How many fields stand before it, where others stand after it: values are printed in that order.
        dynamic_storage: Where values of such keys are stored.
        schema: All fields.
        init_arg_list: Positional parameters; the last one may be `*name`.
        explicit_init: True if `init_arg_list` was given, not derived.
        metadata: What the user wants kept in the schema.
        positional: `init_arg_list` without `*name`.
        varargs: The field that collects positional extras, or None.
        compiled: The generated functions.
        resolving: The subclass of instances that hold inferential values; None until one is needed.
    """

    __slots__ = (
        "compiled",
        "dynamic",
        "dynamic_at",
        "dynamic_storage",
        "explicit_init",
        "init_arg_list",
        "metadata",
        "own",
        "positional",
        "resolving",
        "schema",
        "slots",
        "varargs",
    )

    def __init__(self, own: dict[Any, Field]):
        self.own = own
        self.slots: dict[str, Slot] = {}
        self.dynamic: Field | None = None
        self.dynamic_storage = DynamicStorage(object)
        self.schema: Schema = Schema([])
        self.init_arg_list: list[str] = []
        self.explicit_init = False
        self.metadata: dict[str, Any] = {}
        self.dynamic_at: int | None = None
        self.positional: list[str] = []
        self.varargs: str | None = None
        self.compiled: Compiled = Compiled()
        self.resolving: Any = None

    def admits(self, key: Any) -> bool:
        """True if there is a field for `key`."""
        return key in self.slots or (
            self.dynamic is not None
            and isinstance(key, str)
            and self.schema.get_field(key) is not None
        )


def info_of(cls: type) -> ClassInfo | None:
    """What is known of `cls` itself (not of a base); None if it is no `Object` class."""
    return cls.__dict__.get("__pg_class__")


class FieldDescriptor:
    """What `Cls.field` gives. Put into a class only to hide an attribute that a base has under the field's name.

    Non-data, so that the instance's own value is found first.
    """

    __slots__ = ("field", "name")

    def __init__(self, name: str, field: Field):
        self.name = name
        self.field = field

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        name = type(instance).__name__
        try:
            object.__getattribute__(instance, "_sym")
        except AttributeError:
            raise ValueError(f"{name}.__init__ should call `super().__init__`.") from None
        raise AttributeError(f"{name!r} object has no attribute {self.name!r}")

    def __repr__(self) -> str:
        return f"<field {self.name}: {self.field.value!r}>"
