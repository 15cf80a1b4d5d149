"""Types of nested data, the bare idea of a functor, and the check that an override was meant."""

from __future__ import annotations

import abc
import typing
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
#: A value, or lists and dicts of such values.
Nestable: TypeAlias = typing.Union[T, "list[Nestable[T]]", "dict[Any, Nestable[T]]"]
#: What JSON can hold.
JSONValueType: TypeAlias = "int | float | bool | str | list[Any] | dict[str, Any] | None"


class Functor(abc.ABC):
    """An object that is called like a function."""

    @abc.abstractmethod
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Does what the functor is for."""


def ensure_explicit_method_override(
    method: Callable[..., Any], error_message: str | None = None
) -> None:
    """Checks that an override of a managed method is marked by `pg.explicit_method_override`.

    Raises:
        TypeError: It is not.
    """
    if not getattr(method, "__pg_explicit_override__", False):
        raise TypeError(
            error_message
            or f"{method} is a PyGlove managed method. If you do need to override it, please decorate the method with "
            "`@pg.explicit_method_override`."
        )
