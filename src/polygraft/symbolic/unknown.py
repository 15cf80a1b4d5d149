"""Placeholders for what a file names and this process does not know: they keep the data, and are saved as it.

`pg.from_json(..., convert_unknown=True)` makes them. They can be printed, queried, patched and compared like anything
else, and stand in any field; a program that holds one cannot be used at run time.
"""

from __future__ import annotations

from typing import Any, ClassVar

from polygraft.formatting import format as format_value
from polygraft.missing import is_missing
from polygraft.symbolic import registry
from polygraft.symbolic.abstract import PureSymbolic
from polygraft.symbolic.class_info import ClassInfo
from polygraft.symbolic.compare import printed_by_class
from polygraft.symbolic.construct import fill
from polygraft.symbolic.node import OPS
from polygraft.symbolic.object_ import Object, explicit_method_override
from polygraft.symbolic.object_ops import ObjectOps
from polygraft.symbolic.printing import format_node

_NAME = "_pg_type_name"
_set = object.__setattr__


class UnknownSymbol(Object, PureSymbolic):
    """Base of the placeholders for types, functions and methods.

    Attributes:
        name: The name in the file.
        __kwargs__: What else the file says of it.
    """

    auto_register: ClassVar[bool] = False
    #: How the symbol is marked in files.
    _pg_kind: ClassVar[str] = ""

    name: str
    __kwargs__: Any

    @printed_by_class
    def format(
        self, compact: bool = False, verbose: bool = False, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """The printed form: what kind of symbol it is, and its name."""
        return f"<unknown-{self._pg_kind} {self.name}>"


class UnknownType(UnknownSymbol):
    """A type that this process does not know. Calling it makes an `UnknownTypedObject`."""

    _pg_kind = "type"

    args: list[Any] = []

    def __call__(self, **fields: Any) -> UnknownTypedObject:
        """An object of the type."""
        return UnknownTypedObject(self.name, **fields)

    @printed_by_class
    def format(
        self, compact: bool = False, verbose: bool = False, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """The printed form, with type arguments in square brackets."""
        text = f"<unknown-type {self.name}>"
        if not self.args:
            return text
        args = (format_value(a, True, verbose, root_indent, **kwargs) for a in self.args)
        return f"{text}[{', '.join(args)}]"


class UnknownFunction(UnknownSymbol):
    """A function that this process does not know."""

    _pg_kind = "function"


class UnknownMethod(UnknownSymbol):
    """A method that this process does not know."""

    _pg_kind = "method"


class UnknownTypedObjectOps(ObjectOps):
    """The type's name is no field: any name may be that of one."""

    def __init__(self, cls: Any, info: ClassInfo):
        super().__init__(cls, info)
        clone, share, eq = self.clone, self.share, self.eq
        self.clone = lambda x, memo, deep, /: _named(clone(x, memo, deep), x)
        self.share = lambda x, /: _named(share(x), x)
        self.eq = lambda x, y, /: eq(x, y) and getattr(x, _NAME) == getattr(y, _NAME)

    def hash(self, x: Any) -> int:
        return hash((getattr(x, _NAME), super().hash(x)))


class UnknownTypedObject(Object, PureSymbolic):
    """An object of a type that this process does not know.

    Args:
        type_name: The name of the type in the file.
        **fields: Its fields.

    Example:
        >>> import polygraft as pg
        >>> data = {"_type": "their.Model", "layers": [1, {"_type": "their.Layer"}]}
        >>> x = pg.from_json(data, convert_unknown=True)
        >>> x
        <unknown-type their.Model>(layers=[0: 1, 1: <unknown-type their.Layer>()])
        >>> pg.to_json(x.rebind({"layers[0]": 2}))
        {'_type': 'their.Model', 'layers': [2, {'_type': 'their.Layer'}]}
    """

    auto_register: ClassVar[bool] = False
    _pg_ops: ClassVar[Any] = UnknownTypedObjectOps

    __kwargs__: Any

    @explicit_method_override
    def __init__(self, /, *type_name: str, **fields: Any):
        name = type_name[0] if type_name else fields.pop("type_name")
        _fill(self, name, fields)

    @property
    def type_name(self) -> str:
        """The name of the type in the file."""
        return getattr(self, _NAME)

    def __eq__(self, other: object) -> bool:
        return OPS[type(self)].eq(self, other)

    def __hash__(self) -> int:
        return OPS[type(self)].hash(self)

    @printed_by_class
    def format(
        self, compact: bool = False, verbose: bool = False, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """The printed form, with the type's name."""
        kwargs["cls_name"] = f"<unknown-type {getattr(self, _NAME)}>"
        return format_node(self, compact, verbose, root_indent, **kwargs)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (unknown_object, (getattr(self, _NAME), dict(OPS[type(self)].items(self))))


def unknown_object(type_name: str, fields: dict[str, Any]) -> UnknownTypedObject:
    """An `UnknownTypedObject` whose fields may have any names."""
    x = object.__new__(UnknownTypedObject)
    _fill(x, type_name, fields)
    return x


def _fill(x: Any, type_name: str, fields: dict[str, Any]) -> None:
    info: ClassInfo = UnknownTypedObject.__pg_class__
    _set(x, _NAME, type_name)
    given = {k: OPS[type(v)].convert(v) for k, v in fields.items() if not is_missing(v)}
    fill(info, x, {}, given)


def _named(new: Any, x: Any) -> Any:
    _set(new, _NAME, getattr(x, _NAME))
    return new


for _cls, _key in (
    (UnknownType, "unknown_type"),
    (UnknownFunction, "unknown_function"),
    (UnknownMethod, "unknown_method"),
    (UnknownTypedObject, "unknown_object"),
):
    registry.register(_cls, _key)
