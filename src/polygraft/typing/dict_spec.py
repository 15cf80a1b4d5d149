"""`Dict`: the spec of dicts, with or without a schema."""

from __future__ import annotations

import copy
import typing
from collections.abc import Callable
from typing import Any, TypeVar

from polygraft.missing import MISSING_VALUE
from polygraft.typing.field import Field
from polygraft.typing.forward_ref import ForwardRef
from polygraft.typing.keys import StrKey
from polygraft.typing.schema import Schema, create_schema, fresh_default
from polygraft.typing.value_spec import (
    ChildTransform,
    ValueSpec,
    key_path,
    spec_of,
)

Transform = Callable[[Any], Any]
DictSelf = TypeVar("DictSelf", bound="Dict")


class Dict(ValueSpec):
    """A dict.

    Args:
        schema: A `Schema`, definitions of fields (see `create_schema`), a spec or annotation for the values of any
            string key, or None for any dict.
        default: The default; with a schema it is made from the fields' defaults.
        transform: Applied to values before the type check.
        is_noneable: Whether None is accepted.
        frozen: Whether no value but the default is accepted.

    Example:
        >>> Dict({"a": int}).default
        {'a': MISSING_VALUE}
    """

    _accepts = dict

    def __init__(
        self,
        schema: Any = None,
        default: Any = MISSING_VALUE,
        transform: Transform | None = None,
        is_noneable: bool = False,
        frozen: bool = False,
    ):
        if schema is not None and not isinstance(schema, Schema):
            if not isinstance(schema, list | dict):
                schema = [Field(StrKey(), spec_of(schema))]
            schema = create_schema(schema, allow_nonconst_keys=True)
        self._schema: Schema | None = schema
        super().__init__(default, transform, is_noneable, False)
        if not self.has_default:
            self.set_default(MISSING_VALUE)
        self._frozen = frozen

    @property
    def schema(self) -> Schema | None:
        """The schema, if there is one."""
        return self._schema

    @property
    def forward_refs(self) -> set[ForwardRef]:
        """The classes that the fields' specs name."""
        if self._schema is None:
            return set()
        return {ref for f in self._schema.values() for ref in f.value.forward_refs}

    def set_default(
        self: DictSelf, default: Any, use_default_apply: bool = True, root_path: Any = None
    ) -> DictSelf:
        """Sets the default; `MISSING_VALUE` makes it from the fields' defaults."""
        super().set_default(default, use_default_apply, root_path)
        if not self.has_default and self._schema is not None:
            self._default = self._schema.apply({}, allow_partial=True)
            self._changed()
        return self

    def noneable(
        self: DictSelf, is_noneable: bool = True, use_none_as_default: bool = True
    ) -> DictSelf:
        """Accepts None, which becomes the default, or no longer."""
        self._noneable = is_noneable
        if is_noneable:
            if use_none_as_default:
                self._default = None
        elif self._default is None:
            self.set_default(MISSING_VALUE)
        self._changed()
        return self

    def fits(self, value: Any) -> bool:
        return (
            self._schema is None
            and type(value) is dict
            and not self._frozen
            and self._transform is None
        )

    def _apply_children(
        self, value: Any, allow_partial: bool, child_transform: ChildTransform | None, path: Any
    ) -> Any:
        if self._schema is None:
            return value
        return self._schema.apply(value, allow_partial, child_transform, key_path(path))

    def _is_compatible(self, other: Any) -> bool:
        if self._schema is None:
            return True
        return other.schema is not None and self._schema.is_compatible(other.schema)

    def _extend(self, base: Any) -> None:
        if base.schema is None:
            return
        if self._schema is None:
            self._schema = copy.deepcopy(base.schema)
            if not self.has_default:
                self._default = fresh_default(base.default)
        else:
            generated = self._default == self._schema.apply({}, allow_partial=True)
            self._schema.extend(base.schema)
            if generated:
                self.set_default(MISSING_VALUE)
            elif self._default is not None:
                self.set_default(self._default)

    def _eq(self, other: Any) -> bool:
        return self._schema == other.schema

    def _annotation(self) -> Any:
        return typing.Dict[str, typing.Any]  # noqa: UP006

    def _items(self) -> list[tuple[str, Any, Any]]:
        fields = None if self._schema is None else list(self._schema.values())
        return [("fields", fields, None), *self._flag_items()]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.apply(dict(*args, **kwargs))

    @classmethod
    def with_type_args(cls, args: tuple[Any, ...]) -> Any:
        """`Dict[str, int]`, `Dict[{'x': int}]`."""
        if len(args) == 1 and isinstance(args[0], dict):
            return cls(args[0])
        if len(args) == 2:
            return cls([Field(StrKey(), spec_of(args[1]))]) if args[0] is str else cls()
        raise TypeError(
            "`pg.typing.Dict` accepts 1 dict type argument as the schema, or 2 type arguments as the key type and "
            f"value type. Encountered: {args!r}."
        )
