"""One function per kind of annotation: what `list[X]`, `X | Y`, `Literal[...]` stand for. The table is `BY_ORIGIN`.

Each gets the annotation, its arguments, and the scope that converts what is inside.
"""

from __future__ import annotations

import collections.abc
import copy
import dataclasses
import inspect
import sys
import types
import typing
from collections.abc import Callable as Function
from typing import Any

from polygraft.missing import MISSING_VALUE
from polygraft.typing.any_spec import Any as AnySpec
from polygraft.typing.callable_spec import Callable
from polygraft.typing.constraints import description, metadata, narrowed
from polygraft.typing.dict_spec import Dict
from polygraft.typing.field import Field
from polygraft.typing.keys import StrKey
from polygraft.typing.list_spec import List
from polygraft.typing.object_spec import Object, Type
from polygraft.typing.primitives import Bool, Enum, Float, Int, Str
from polygraft.typing.tuple_spec import Tuple
from polygraft.typing.union import Union
from polygraft.typing.value_spec import ValueSpec


@dataclasses.dataclass(frozen=True, slots=True)
class Scope:
    """Where an annotation stands.

    Attributes:
        convert: Converts an annotation.
        module: Where names are looked up; None for the caller's module.
        owner: The class whose body it is in: what `Self` means.
        entered: The aliases and typed dicts being converted, which may refer to themselves.
    """

    convert: Function[[Any, Scope], ValueSpec]
    module: types.ModuleType | None = None
    owner: type[Any] | None = None
    entered: tuple[Any, ...] = ()

    def spec(self, annotation: Any) -> ValueSpec:
        """The spec of an annotation that stands inside."""
        return self.convert(annotation, self)

    def within(self, what: Any, module: types.ModuleType | None = None) -> Scope:
        """The scope inside the definition of `what`."""
        entered = (*self.entered, what)
        return dataclasses.replace(self, module=module or self.module, entered=entered)


Args = tuple[Any, ...]


def list_row(annotation: Any, args: Args, scope: Scope) -> ValueSpec:
    """`list[X]`."""
    return List(scope.spec(args[0]) if args else AnySpec())


def _tuple(annotation: Any, args: Args, scope: Scope) -> ValueSpec:
    if not args:
        bare = annotation is tuple or annotation is FORMS.Tuple
        return Tuple(AnySpec()) if bare else Tuple(AnySpec(), size=0)
    if ... in args:
        if len(args) != 2 or args[1] is not ...:
            raise TypeError(
                f"Tuple with ellipsis should have exact 2 type arguments. Encountered: {annotation}."
            )
        return Tuple(scope.spec(args[0]))
    unpacked = [a for a in args if is_unpacked(a)]
    if unpacked:  # `tuple[int, *tuple[str, ...]]`: elements of several kinds, at least as many as are not unpacked
        return Tuple(AnySpec(), min_size=len(args) - len(unpacked))
    return Tuple([scope.spec(a) for a in args])


def is_unpacked(annotation: Any) -> bool:
    """True for `*X` and `Unpack[X]`."""
    return (
        getattr(typing.get_origin(annotation), "_name", None) == "Unpack"
        or typing.get_origin(annotation) is typing.Unpack
        or getattr(annotation, "__unpacked__", False) is True
    )


def _sequence(annotation: Any, args: Args, scope: Scope) -> ValueSpec:
    element = scope.spec(args[0]) if args else AnySpec()
    return Union([List(element), Tuple(copy.deepcopy(element))])


def dict_row(annotation: Any, args: Args, scope: Scope) -> ValueSpec:
    """`dict[str, X]`."""
    if not args or all(isinstance(a, typing.TypeVar) for a in args):
        return Dict()
    if not isinstance(scope.spec(args[0]), Str):
        raise TypeError("Dict type field with non-string key is not supported.")
    return Dict([Field(StrKey(), scope.spec(args[1]))])


def _callable(annotation: Any, args: Args, scope: Scope) -> ValueSpec:
    if not args:
        return Callable()
    given, returns = args[:-1] if len(args) != 2 else args[0], args[-1]
    if isinstance(given, tuple | list):
        specs: list[ValueSpec] | None = [scope.spec(a) for a in typing.cast("list[Any]", given)]
    elif (
        given is ...
        or isinstance(given, typing.ParamSpec)
        or typing.get_origin(given) is typing.Concatenate
    ):
        specs = None
    else:
        specs = [scope.spec(given)]
    return Callable(specs, returns=result_spec(returns, scope))


def result_spec(returns: Any, scope: Scope) -> ValueSpec:
    """The spec of what a function returns; any if it does not return."""
    if returns is None or returns is type(None):
        return Object(type(None))
    if returns is Any or returns in (typing.Never, typing.NoReturn):
        return AnySpec(annotation=returns)
    return scope.spec(returns)


def _type(annotation: Any, args: Args, scope: Scope) -> ValueSpec:
    if not args:
        return Type(Any)
    t = args[0]
    if t is FORMS.Self and scope.owner is not None:
        return Type(scope.owner)
    if isinstance(t, str | typing.ForwardRef):
        spec = scope.spec(t)
        return Type(spec.reference if isinstance(spec, Object) else spec.value_type)
    if isinstance(t, typing.TypeVar):
        t = t.__bound__ or Any
        return _type(annotation, (t,), scope)
    if typing.get_origin(t) in UNIONS:
        return Union([_type(annotation, (a,), scope) for a in typing.get_args(t)])
    return Type(t)


def _union(annotation: Any, args: Args, scope: Scope) -> ValueSpec:
    specs: list[ValueSpec] = []
    for a in args:
        if a is None or a is type(None):
            continue
        spec = scope.spec(a)
        if spec not in specs or not any(type(s) is type(spec) for s in specs):
            specs.append(spec)
    out = specs[0] if len(specs) == 1 else Union(specs)
    noneable = any(a is None or a is type(None) for a in args)
    return out.noneable(use_none_as_default=False) if noneable else out


def _literal(annotation: Any, args: Args, scope: Scope) -> ValueSpec:
    return Enum(MISSING_VALUE, list(args))


def _final(annotation: Any, args: Args, scope: Scope) -> ValueSpec:
    spec = copy.copy(scope.spec(args[0])) if args else AnySpec()
    if spec.has_default and not isinstance(spec, Dict):
        return spec.freeze()
    return spec.freeze_later()


def _annotated(annotation: Any, args: Args, scope: Scope) -> ValueSpec:
    return narrowed(scope.spec(args[0]), args[1:])


def _inner(annotation: Any, args: Args, scope: Scope) -> ValueSpec:
    return scope.spec(args[0]) if args else AnySpec()


def _self(annotation: Any, args: Args, scope: Scope) -> ValueSpec:
    return AnySpec(annotation=FORMS.Self) if scope.owner is None else Object(scope.owner)


def _truth(annotation: Any, args: Args, scope: Scope) -> ValueSpec:
    return Bool()


def type_var(var: typing.TypeVar, scope: Scope) -> ValueSpec:
    """Its bound, one of its constraints, or anything."""
    if var.__bound__ is not None:
        return scope.spec(var.__bound__)
    if var.__constraints__:
        return scope.spec(typing.Union[var.__constraints__])  # noqa: UP007
    return AnySpec()


def is_typed_dict(x: Any) -> bool:
    """True for a `TypedDict` of `typing` or `typing_extensions`."""
    return hasattr(x, "__required_keys__") and isinstance(x, type)


def typed_dict(cls: Any, scope: Scope) -> ValueSpec:
    """A dict with the keys of a `TypedDict`; those that are not required may be absent, and then stay so."""
    if cls in scope.entered:
        return Dict()  # it contains itself: the inner one is not looked into
    scope = scope.within(cls, sys.modules.get(cls.__module__))
    fields: list[Field] = []
    for name, hint in _hints(cls).items():
        key = name if name in cls.__required_keys__ else StrKey(f"{name}\\Z")
        beside = _beside(hint)
        fields.append(Field(key, scope.spec(hint), description(beside), metadata(beside)))
    return Dict(fields)


def _beside(hint: Any) -> Args:
    """What stands beside the type in `Required[Annotated[X, ...]]`."""
    while hint is not None and typing.get_origin(hint) is not typing.Annotated:
        args = typing.get_args(hint)
        hint = args[0] if args and _special(hint) in BY_NAME else None
    return typing.get_args(hint)[1:]


def _special(annotation: Any) -> str:
    return str(getattr(typing.get_origin(annotation), "_name", ""))


def _hints(cls: Any) -> dict[str, Any]:
    try:
        return typing.get_type_hints(cls, include_extras=True)
    except NameError:  # a name that does not exist yet: looked up when a value comes
        bases = reversed(cls.__mro__)
        return {k: v for base in bases for k, v in inspect.get_annotations(base).items()}


def is_alias(x: Any) -> bool:
    """True for what a `type X = ...` statement makes."""
    return type(x).__name__ == "TypeAliasType"


def alias(x: Any, args: Args, scope: Scope) -> ValueSpec:
    """What a `type` statement stands for."""
    if x in scope.entered:
        return AnySpec(annotation=x)  # it contains itself: not looked into again
    value = x.__value__
    if args and isinstance(getattr(value, "__parameters__", None), tuple) and value.__parameters__:
        value = value[args]
    return scope.within(x, sys.modules.get(x.__module__)).spec(value)


UNIONS = (typing.Union, types.UnionType)
#: As `typing` itself, without the types that checkers give its special forms.
FORMS: Any = typing

SIMPLE: dict[Any, Function[[], ValueSpec]] = {
    bool: Bool,
    int: Int,
    float: Float,
    str: Str,
    object: AnySpec,
    Any: lambda: AnySpec(annotation=Any),
    AnySpec: lambda: AnySpec(annotation=AnySpec),
    typing.LiteralString: Str,
}

Row = Function[[Any, Args, Scope], ValueSpec]

BY_ORIGIN: dict[Any, Row] = {
    list: list_row,
    tuple: _tuple,
    collections.abc.Sequence: _sequence,
    dict: dict_row,
    collections.abc.Mapping: dict_row,
    typing.cast(Any, collections.abc.Callable): _callable,
    type: _type,
    typing.Union: _union,
    types.UnionType: _union,
    typing.Literal: _literal,
    typing.Final: _final,
    typing.Annotated: _annotated,
    typing.ClassVar: _inner,
    FORMS.Self: _self,
}

#: Classes of other packages whose `X[...]` is more than an object of the class, as `pg.List[int]`.
BY_CLASS: dict[type, Row] = {}


def means(cls: type, row: Row) -> None:
    """Says what `cls[...]` stands for: a function of (annotation, type arguments, scope)."""
    BY_CLASS[cls] = row


#: Special forms that `typing_extensions` has before `typing` has them are known by their names.
BY_NAME: dict[str, Row] = {
    "Required": _inner,
    "NotRequired": _inner,
    "ReadOnly": _inner,
    "TypeGuard": _truth,
    "TypeIs": _truth,
    "Self": _self,
}
