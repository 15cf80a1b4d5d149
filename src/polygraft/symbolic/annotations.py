"""Types that several files annotate with: type variables with defaults, and the functions that users pass.

A default (PEP 696) makes `pg.List` without brackets `pg.List[Any]` to a type checker. Checkers alone see them, so that
importing the library need not import `typing_extensions`.

The types of functions list what a lambda may take, so that checkers know what its parameters are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from polygraft.paths import KeyPath

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    K = TypeVar("K", default=Any)
    V = TypeVar("V", default=Any)
    E = TypeVar("E", default=Any)
    R_co = TypeVar("R_co", default=Any, covariant=True)
else:
    from typing import TypeVar

    K = TypeVar("K")  # the keys of a dict
    V = TypeVar("V")  # its values
    E = TypeVar("E")  # the elements of a list
    R_co = TypeVar("R_co", covariant=True)  # what a functor returns

#: A function of a place, `(path, value)` or `(path, value, parent)`: a rule, or a selector.
PlaceFunction: TypeAlias = Callable[[KeyPath, Any], Any] | Callable[[KeyPath, Any, Any], Any]

#: A condition on a value, or on a value and its parent.
Condition: TypeAlias = Callable[[Any], Any] | Callable[[Any, Any], Any]

#: A lambda of up to three parameters.
Lambda: TypeAlias = (
    Callable[[], Any]
    | Callable[[Any], Any]
    | Callable[[Any, Any], Any]
    | Callable[[Any, Any, Any], Any]
)
