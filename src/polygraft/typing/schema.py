"""`Schema`: the fields of a symbolic class, a dict or a function, in order."""

from __future__ import annotations

import copy
import types
import typing
from collections.abc import Callable, ItemsView, Iterable, KeysView, Sequence, ValuesView
from typing import Any

from polygraft.errors import SpecTypeError, SpecValueError, UnknownKeyError
from polygraft.formatting import BracketType, kvlist_str
from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.typing.convertible import Convertible
from polygraft.typing.field import Field, create_field
from polygraft.typing.keys import KeySpec
from polygraft.typing.value_spec import LATE, SAFE_TYPES, ChildTransform, child_path


class Schema(Convertible):
    """An ordered mapping of key specs to fields.

    Args:
        fields: The fields; of two with the same key the last one counts.
        name: The name, usually that of the class.
        base_schema_list: Schemas that this one extends.
        description: For documentation.
        allow_nonconst_keys: Whether fields may describe families of keys.
        metadata: Anything that the library's user wants to keep with the schema.
        for_cls: The class whose schema this is: the origin of its own fields.

    Example:
        >>> from polygraft.typing import Int
        >>> Schema([Field("a", Int(1))]).apply({})
        {'a': 1}
    """

    def __init__(
        self,
        fields: list[Field],
        name: str | None = None,
        base_schema_list: list[Schema] | None = None,
        description: str | None = None,
        *,
        allow_nonconst_keys: bool = False,
        metadata: dict[str, Any] | None = None,
        for_cls: type[Any] | None = None,
    ):
        if not isinstance(fields, list):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"Argument 'fields' must be a list. Encountered: {fields}.")
        self._name = name
        self._description = description
        self._allow_nonconst_keys = allow_nonconst_keys
        self._metadata: dict[str, Any] = metadata or {}
        self._fields: dict[KeySpec, Field] = {f.key: f for f in fields}
        if for_cls is not None:
            for f in fields:
                if f.origin is None:
                    f.set_origin(for_cls)
        if base_schema_list:
            self.extend(Schema.merge(base_schema_list))
        if not allow_nonconst_keys:
            for key in self._fields:
                if not key.is_const:
                    raise SpecValueError(
                        f"NonConstKey is not allowed in schema. Encountered '{key}'."
                    )

    # -- reading ---------------------------------------------------------------------------------------------------
    @property
    def fields(self) -> dict[KeySpec, Field]:
        """Key spec → field, in order."""
        return self._fields

    @property
    def name(self) -> str | None:
        """The name."""
        return self._name

    def set_name(self, name: str) -> None:
        """Sets the name."""
        self._name = name

    @property
    def description(self) -> str | None:
        """The documentation."""
        return self._description

    def set_description(self, description: str | None) -> None:
        """Sets the documentation."""
        self._description = description

    @property
    def metadata(self) -> dict[str, Any]:
        """What the user keeps with the schema."""
        return self._metadata

    @property
    def allow_nonconst_keys(self) -> bool:
        """True if fields may describe families of keys."""
        return self._allow_nonconst_keys

    @property
    def dynamic_field(self) -> Field | None:
        """The first field that describes a family of keys."""
        return next((f for k, f in self._fields.items() if not k.is_const), None)

    def __getitem__(self, key: str | KeySpec) -> Field:
        return self._fields[typing.cast("KeySpec", key)]  # a constant key is found by its text

    def __contains__(self, key: object) -> bool:
        return key in self._fields

    def get(self, key: str | KeySpec, default: Any = None) -> Any:
        """Returns the field with exactly this key, or `default`."""
        return self._fields.get(typing.cast("KeySpec", key), default)

    def keys(self) -> KeysView[KeySpec]:
        """The key specs."""
        return self._fields.keys()

    def values(self) -> ValuesView[Field]:
        """The fields."""
        return self._fields.values()

    def items(self) -> ItemsView[KeySpec, Field]:
        """The (key spec, field) pairs."""
        return self._fields.items()

    def get_field(self, key: Any) -> Field | None:
        """Returns the field that describes `key`: the one with that very key, else the first that matches."""
        field: Field | None = self._fields.get(key)
        if field is None and self._allow_nonconst_keys:
            for spec, candidate in self._fields.items():
                if not spec.is_const and spec.match(key):
                    return candidate
        return field

    def resolve(self, keys: Iterable[str]) -> tuple[dict[KeySpec, list[str]], list[str]]:
        """Sorts keys by the field that describes them.

        Returns:
            All key specs, in order, with their keys; and the keys that no field describes.
        """
        matched: dict[KeySpec, list[str]] = {k: [] for k in self._fields}
        families = [k for k in self._fields if not k.is_const]
        unmatched: list[str] = []
        for key in keys:
            found = matched.get(typing.cast("KeySpec", key))
            if found is None:
                family = next((k for k in families if k.match(key)), None)
                found = unmatched if family is None else matched[family]
            found.append(key)
        return matched, unmatched

    # -- validation ------------------------------------------------------------------------------------------------
    def apply(
        self,
        dict_obj: dict[str, Any],
        allow_partial: bool = False,
        child_transform: ChildTransform | None = None,
        root_path: Any = None,
    ) -> dict[str, Any]:
        """Validates a dict and completes it with defaults, in place.

        Args:
            dict_obj: The dict.
            allow_partial: Whether required keys may be missing.
            child_transform: See `ValueSpec.apply`.
            root_path: Where the dict stands.

        Returns:
            The same dict.

        Raises:
            KeyError: Keys that no field describes.
        """
        matched, unmatched = self.resolve(dict_obj)
        if unmatched:
            raise UnknownKeyError(
                f"Keys {unmatched} are not allowed in Schema. (parent='{root_path}')",
                path=root_path,
                value=unmatched,
            )
        for key_spec, keys in matched.items():
            field = self._fields[key_spec]
            spec = field.value
            if key_spec.is_const and not keys:
                keys = [str(key_spec)]
            for key in keys:
                value = dict_obj.get(key, MISSING_VALUE)
                if child_transform is None and spec.fits(value):
                    continue
                old = value
                if is_missing(value):
                    value = fresh_default(spec.default)
                value = field.apply(
                    value, allow_partial, child_transform, child_path(root_path, key)
                )
                if key not in dict_obj or old is not value:
                    dict_obj[key] = value
        return dict_obj

    def validate(
        self, dict_obj: dict[str, Any], allow_partial: bool = False, root_path: Any = None
    ) -> None:
        """Validates a dict without changing it."""
        self.apply(copy.deepcopy(dict_obj), allow_partial=allow_partial, root_path=root_path)

    # -- relations -------------------------------------------------------------------------------------------------
    def extend(self, base: Schema) -> Schema:
        """Takes over the fields of a base schema, before its own ones; returns self.

        Raises:
            TypeError: An own field accepts values that the base's does not.
        """
        fields: dict[KeySpec, Field] = {}
        for key, base_field in base.fields.items():
            own = self._fields.get(key)
            if own is None:
                if not key.is_const and not self._allow_nonconst_keys:
                    raise SpecValueError(
                        _base_hint(
                            f"Non-const key {key} is not allowed to be added to the schema.",
                            base,
                            key,
                        )
                    )
                fields[key] = copy_field(base_field)
            else:
                own = copy_field(own)  # its spec may be shared with another class
                try:
                    own.extend(base_field)
                except (SpecTypeError, SpecValueError) as e:
                    e.args = (_base_hint(e.args[0], base, key), *e.args[1:])
                    raise
                fields[key] = own
        for key, own in self._fields.items():
            fields.setdefault(key, own)
        self._fields = fields
        self._metadata = _merged(base.metadata, self._metadata)
        return self

    @classmethod
    def merge(
        cls, schema_list: Sequence[Schema], name: str | None = None, description: str | None = None
    ) -> Schema:
        """Returns the union of the fields: the first schema wins, unless a later field comes from a subclass."""
        fields: dict[KeySpec, Field] = {}
        dynamic: Field | None = None
        for schema in schema_list:
            for key, field in schema.fields.items():
                if not key.is_const:
                    dynamic = dynamic or field
                elif key not in fields or _overrides(field, fields[key]):
                    fields[key] = field
        merged = [*fields.values()] if dynamic is None else [*fields.values(), dynamic]
        return cls(merged, name=name, description=description, allow_nonconst_keys=True)

    def is_compatible(self, other: Schema) -> bool:
        """True if both have the same keys and every value that `other` accepts is accepted here."""
        if not isinstance(other, Schema):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"Argument 'other' should be a Schema object. Encountered {other}.")
        return self._fields.keys() == other._fields.keys() and all(
            f.value.is_compatible(other._fields[k].value) for k, f in self._fields.items()
        )

    # -- JSON Schema -----------------------------------------------------------------------------------------------
    def to_json_schema(self, **kwargs: Any) -> dict[str, Any]:
        """Returns the JSON Schema of the dicts, see `polygraft.typing.to_json_schema`."""
        return LATE.to_json_schema(self, **kwargs)

    @classmethod
    def from_json_schema(
        cls,
        json_schema: dict[str, Any],
        class_fn: Callable[[str, Schema], Any] | None = None,
        add_json_schema_as_metadata: bool = False,
    ) -> Schema:
        """Returns the schema that a JSON Schema describes, see `polygraft.typing.schema_from_json_schema`."""
        return LATE.schema_from_json_schema(json_schema, class_fn, add_json_schema_as_metadata)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Schema) and self._fields == other._fields)

    def __hash__(self) -> int:
        return hash(Schema)

    def format(
        self,
        compact: bool = False,
        verbose: bool = True,
        root_indent: int = 0,
        *,
        cls_name: str | None = None,
        bracket_type: BracketType = BracketType.ROUND,
        fields_only: bool = False,
        **kwargs: Any,
    ) -> str:
        """Returns `Schema(name=..., fields=[...], ...)`."""
        items: list[tuple[str, Any, Any]] = [
            ("name", self._name, None),
            ("description", self._description, None),
            ("fields", list(self._fields.values()), []),
            ("allow_nonconst_keys", self._allow_nonconst_keys, True),
            ("metadata", self._metadata, {}),
        ]
        label = cls_name or "Schema"
        return kvlist_str(
            items, compact, verbose, root_indent, label=label, bracket_type=bracket_type, **kwargs
        )


def fresh_default(value: Any) -> Any:
    """A copy of a default, so that no two owners share a mutable one."""
    return value if type(value) in SAFE_TYPES else copy.deepcopy(value)


def copy_field(field: Field) -> Field:
    """A field whose spec may be changed without changing the original; defaults are shared."""
    memo: dict[int, Any] = {}
    default = field.value.default
    memo[id(default)] = default
    return copy.deepcopy(field, memo)


def _base_hint(message: str, base: Schema, key: KeySpec) -> str:
    path = key if key.is_const else f"[{key}]"
    hint = f"path={path}" if base.name is None else f"base={base.name!r}, path={path}"
    return f"{message} ({hint})"


def _overrides(field: Field, other: Field) -> bool:
    return (
        field.origin is not None
        and other.origin is not None
        and issubclass(field.origin, other.origin)
    )


def _merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Deep merge of dicts; `own` wins."""
    out = dict(base)
    for k, v in own.items():
        old = out.get(k)
        if isinstance(old, dict) and isinstance(v, dict):
            out[k] = _merged(typing.cast("dict[str, Any]", old), typing.cast("dict[str, Any]", v))
        else:
            out[k] = v
    return out


def create_schema(
    fields: Any,
    name: str | None = None,
    base_schema_list: list[Schema] | None = None,
    allow_nonconst_keys: bool = False,
    metadata: dict[str, Any] | None = None,
    description: str | None = None,
    for_cls: type[Any] | None = None,
    parent_module: types.ModuleType | None = None,
) -> Schema:
    """Returns the schema that definitions describe.

    Args:
        fields: A list of fields or tuples `(key, value[, description[, metadata]])`; or a dict of key →
            value or `(value[, description[, metadata]])`.
        name, base_schema_list, allow_nonconst_keys, metadata, description, for_cls: See `Schema`.
        parent_module: Where names are looked up.

    Raises:
        TypeError: The definitions are malformed.

    Example:
        >>> create_schema({"a": (1, "doc")})["a"]
        Field(key=a, value=Int(default=1), description='doc')
    """
    if isinstance(fields, dict):
        definitions = [_definition(k, v) for k, v in typing.cast("dict[Any, Any]", fields).items()]
    elif isinstance(fields, list):
        definitions = typing.cast("list[Any]", fields)
    else:
        raise TypeError(
            "Schema definition should be a dict of field names to their definitions, a list of `pg.typing.Field` "
            "objects or a list of tuples in format (key, value, description, metadata). "
            f"Encountered: {fields}."
        )
    if metadata is not None and not isinstance(metadata, dict):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"Metadata of schema should be a dict. Encountered: {metadata}.")
    return Schema(
        [create_field(d, parent_module=parent_module) for d in definitions],
        name,
        base_schema_list,
        description,
        allow_nonconst_keys=allow_nonconst_keys,
        metadata=metadata,
        for_cls=for_cls,
    )


def _definition(key: Any, value: Any) -> Any:
    if isinstance(value, Field):
        return value
    if isinstance(value, tuple | list):
        return (key, *typing.cast("Sequence[Any]", value))
    return (key, value)
