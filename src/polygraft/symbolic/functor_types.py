"""What type checkers and editors see of functor classes; nothing here exists at run time.

A functor class made from `def f(a: int, b: str = "")` is called like `f`, or with some of the arguments only. Python
has no types for "some of them", so overloads say it: all arguments as `f` takes them (what editors show); one to three
by position, each of its type; any by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

from polygraft.symbolic.functors import Functor
from polygraft.symbolic.object_ import ObjectMeta

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


class FunctorClass(ObjectMeta, Generic[P, R]):
    """The type of functor classes made from functions with the parameters P that return R."""

    @overload
    def __call__(cls, *args: P.args, **kwargs: P.kwargs) -> Functor[R]: ...
    @overload
    def __call__(cls: FunctorClass[Concatenate[A, Q], R], a: A, /, **kwargs: Any) -> Functor[R]: ...
    @overload
    def __call__(
        cls: FunctorClass[Concatenate[A, B, Q], R], a: A, b: B, /, **kwargs: Any
    ) -> Functor[R]: ...
    @overload
    def __call__(
        cls: FunctorClass[Concatenate[A, B, C, Q], R], a: A, b: B, c: C, /, **kwargs: Any
    ) -> Functor[R]: ...
    @overload
    def __call__(cls, **kwargs: Any) -> Functor[R]: ...
    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    # Those methods of `Functor` that are called on the class.
    def partial(cls, *args: Any, **kwargs: Any) -> Functor[R]:
        raise NotImplementedError

    def from_json(cls, json_value: Any, **kwargs: Any) -> Functor[R]:
        raise NotImplementedError

    def load(cls, path: Any, **kwargs: Any) -> Functor[R]:
        raise NotImplementedError

    def update_schema(cls, fields: Any, extend: bool = True, **kwargs: Any) -> None:
        raise NotImplementedError

    def register_for_deserialization(
        cls, serialization_key: str | None = None, additional_keys: list[str] | None = None
    ) -> None:
        raise NotImplementedError


class FunctorDecorator(Protocol):
    """`pg.functor` with its options given."""

    def __call__(self, func: Callable[P, R], /) -> FunctorClass[P, R]: ...
