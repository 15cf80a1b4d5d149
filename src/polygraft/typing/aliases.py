"""`Sequence[X]` and `Optional[X]`: shorthands for other specs, and the protocol of `X[...]`."""

from __future__ import annotations

import copy
from typing import Any

from polygraft.typing.list_spec import List
from polygraft.typing.tuple_spec import Tuple
from polygraft.typing.union import Union
from polygraft.typing.value_spec import as_args, shown_to_checkers, spec_of, wrong_arg_count


class GenericMeta(type):
    """The metaclass of what can be subscripted without being a spec."""

    def __getitem__(cls, args: Any) -> Any:
        return shown_to_checkers(cls.with_type_args(as_args(args)))  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType]


class Generic(metaclass=GenericMeta):
    """What can be subscripted: `X[args]` is `X.with_type_args(args)`."""

    @classmethod
    def with_type_args(cls, type_args: tuple[Any, ...]) -> Any:
        """Returns what `X[type_args]` stands for."""
        raise NotImplementedError


class GenericTypeAlias(Generic):
    """A shorthand for other specs; it has no instances."""

    def __init__(self, *args: Any, **kwargs: Any):
        raise TypeError(f"Generic type alias {type(self).__name__} cannot be instantiated.")


class Sequence(GenericTypeAlias):
    """`Sequence[X]`: a list or a tuple of X."""

    @classmethod
    def with_type_args(cls, type_args: tuple[Any, ...]) -> Any:
        """Returns a union of a list and a tuple."""
        if len(type_args) != 1:
            raise wrong_arg_count("Sequence", "1 type argument", type_args)
        element = spec_of(type_args[0])
        return Union([List(element), Tuple(copy.deepcopy(element))])


class Optional(GenericTypeAlias):
    """`Optional[X]`: X or None; None is the default unless X has one."""

    @classmethod
    def with_type_args(cls, type_args: tuple[Any, ...]) -> Any:
        """Returns the spec of X, noneable."""
        if len(type_args) != 1:
            raise wrong_arg_count("Optional", "1 type argument", type_args)
        return spec_of(type_args[0]).noneable()
