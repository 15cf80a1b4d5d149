"""Which fields a class declares: by annotations, by assigning a new default to an inherited field, by `members`.

Nothing here changes the class. The keys of the dicts are names; dynamic fields stand under their key spec.
"""

from __future__ import annotations

import copy
import inspect
import sys
from collections.abc import Iterable
from dataclasses import KW_ONLY
from types import FunctionType
from typing import Annotated, Any, ClassVar, Final, cast, get_args, get_origin

from polygraft import typing as pg_typing
from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.paths import KeyPath
from polygraft.symbolic.class_info import FieldDescriptor, info_of
from polygraft.symbolic.node import OPS, SAFE_TYPES
from polygraft.typing import Field

if sys.version_info >= (3, 14):
    import annotationlib

Fields = dict[Any, Field]
#: In a class that has none of the fields of its bases.
OWN_FIELDS_ONLY = "_pg_own_fields_only"
#: Names of the fields that a class declares as keyword-only.
KEYWORD_ONLY = "_pg_keyword_only"
_NO_DEFAULTS = (FieldDescriptor, property, classmethod, staticmethod)


def declared_fields(cls: Any, namespace: dict[str, Any]) -> Fields:
    """The fields that the body of a class declares or changes."""
    inherited = inherited_fields(cls)
    own: Fields = {}
    if cls.infer_symbolic_fields_from_annotations:
        cls._begin_annotation_inference()
        found = [
            _from_annotation(cls, name, annotation, namespace)
            for name, annotation in _annotations(cls).items()
        ]
        for field in cls._end_annotation_inference([f for f in found if f is not None]):
            base = inherited.get(key_of(field))
            if base is not None:
                _extend(field, base)
            own[key_of(field)] = field
    for name, value in namespace.items():
        base = inherited.get(name)
        if base is not None and name not in own:
            field = _with_default(cls, base, name, value)
            if field is not None:
                own[name] = field
    return own


def added_fields(cls: type, own: Fields, fields: Any) -> Fields:
    """`own` together with the declarations that `members` got."""
    inherited = inherited_fields(cls)
    out = dict(own)
    for field in _as_fields(fields):
        key = key_of(field)
        base = out.get(key) or inherited.get(key)
        if base is not None:
            _extend(field, base)
        out[key] = field
    return out


def _extend(field: Field, base: Field) -> None:
    """Lets `field` extend that of a base class; the errors name the field."""
    try:
        field.extend(base)
    except (TypeError, ValueError) as e:
        if "(path=" in str(e):
            raise
        raise type(e)(f"{e} (path={field.key})") from e


def inherited_fields(cls: type) -> Fields:
    """Fields of the bases, in order; each resolved as the MRO resolves attributes."""
    names: dict[Any, None] = {}
    if OWN_FIELDS_ONLY in cls.__dict__:
        return {}
    for base in cls.__bases__:
        info = info_of(base)
        if info is not None:
            names.update(dict.fromkeys(info.slots))
            if info.dynamic is not None:
                names[info.dynamic.key] = None
    out: Fields = {}
    for name in names:
        for ancestor in cls.__mro__[1:]:
            info = info_of(ancestor)
            if info is not None and name in info.own:
                out[name] = info.own[name]
                break
    return out


def key_of(field: Field) -> Any:
    """The key under which the dicts of this module hold a field."""
    return str(field.key) if field.key.is_const else field.key


def _annotations(cls: type) -> dict[str, Any]:
    if sys.version_info >= (3, 14):
        return annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF)
    return inspect.get_annotations(cls)


def _from_annotation(
    cls: type, name: str, annotation: Any, namespace: dict[str, Any]
) -> Field | None:
    """The field that `name: annotation` declares, with the default that stands beside it; None if it declares none."""
    module = sys.modules.get(cls.__module__)
    if name == "__kwargs__":
        return Field.from_annotation(
            pg_typing.StrKey(), annotation, parent_module=module, owner=cls
        )
    if name.startswith("_") or name.isupper():
        return None
    if isinstance(annotation, str):
        annotation = _evaluated(annotation, module)
    if _is_class_variable(annotation):
        return None
    default = namespace.get(name, MISSING_VALUE)
    if annotation is Final and not is_missing(default):
        annotation = Final[
            pg_typing.from_annotation(default, True, True).set_default(MISSING_VALUE)
        ]
    field = Field.from_annotation(name, annotation, parent_module=module, owner=cls)
    field.set_origin(cls)
    is_callable = isinstance(field.value, pg_typing.Callable)
    if is_callable and is_method(cls, default):
        field.value.set_default(default)
        field.value.freeze()
    elif not is_missing(default) and not isinstance(
        default,
        (FieldDescriptor, property) if is_callable else (FieldDescriptor, property, FunctionType),
    ):
        if type(default) not in SAFE_TYPES:
            default = OPS[type(default)].convert(default)
        field.value.set_default(default, root_path=KeyPath(name))
    elif field.value.frozen and is_missing(field.value.default):
        raise TypeError(f"Field {name} is marked as final but has no default value.")
    return field


def _evaluated(text: str, module: Any) -> Any:
    """The annotation that the text in a class body stands for.

    The reader of annotations knows types, and calls that make specs. What else a spec's arguments may be (a lambda, a
    sum) is code of the class's own module, and evaluated there.
    """
    try:
        return pg_typing.annotation_from_str(text, module)
    except SyntaxError as e:
        if module is None or "(" not in text:
            raise
        try:
            return eval(text, cast("dict[str, Any]", vars(module)))
        except Exception:
            raise e from None


def note_keyword_only(cls: Any, everything: bool) -> None:
    """Notes which of the fields that the annotations of a class declare are keyword-only: all, or those after `_`."""
    names: list[str] = []
    for name, annotation in _annotations(cls).items():
        if annotation is KW_ONLY or annotation in ("KW_ONLY", "dataclasses.KW_ONLY"):
            everything = True
        elif everything:
            names.append(name)
    if names:
        setattr(cls, KEYWORD_ONLY, frozenset(names))


def positional_names(cls: type, names: Iterable[str]) -> list[str]:
    """Those of the names that are not keyword-only: the class next in the MRO that declares a field has the say."""
    return [n for n in names if not _is_keyword_only(cls, n)]


def _is_keyword_only(cls: type, name: str) -> bool:
    for c in cls.__mro__:
        if name in c.__dict__.get(KEYWORD_ONLY, ()):
            return True
        if name in _annotations(c):
            return False
    return False


def _is_class_variable(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return annotation is ClassVar or get_origin(annotation) is ClassVar


def _with_default(cls: type, base: Field, name: str, value: Any) -> Field | None:
    """The inherited field with `value` as its default; None if `value` is something else that has its name.

    A method becomes the fixed value of a `Callable` field.
    """
    if isinstance(value, _NO_DEFAULTS):
        return None
    if isinstance(value, FunctionType) and not isinstance(base.value, pg_typing.Callable):
        return None
    spec = copy.copy(base.value)
    if is_method(cls, value):
        spec.set_default(value)
        spec.freeze()
    else:
        spec.set_default(value, root_path=KeyPath(name))
    return Field(name, spec, base.description, dict(base.metadata))


def is_method(cls: type, value: Any) -> bool:
    """True for a function that is a method of the class, not one that stands in its body as a value.

    Values are functions of modules, those defined beside the class, and lambdas without `self`. What else a function
    in a class body can be, such as what a decorator has made, counts as a method.
    """
    if not isinstance(value, FunctionType):
        return False
    where, _, name = value.__qualname__.rpartition(".")
    if name == "<lambda>":
        return value.__code__.co_varnames[:1] == ("self",)
    return where not in ("", cls.__qualname__.rpartition(".")[0])


def _as_fields(fields: Any) -> list[Field]:
    """Copies of the declared fields: declarations may be used for several classes."""
    if isinstance(fields, dict):
        pairs = cast("dict[Any, Any]", fields).items()
        fields = [(k, *v) if isinstance(v, tuple) else (k, v) for k, v in pairs]
    out: list[Field] = []
    for f in cast("Iterable[Any]", fields):
        field = f if isinstance(f, Field) else pg_typing.create_field(f)
        out.append(
            Field(field.key, copy.copy(field.value), field.description, dict(field.metadata))
        )
    return out
