"""Fields: every way to write a field's type that a checker can read."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Mapping, Sequence
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Literal,
    NewType,
    Protocol,
    Self,
    TypeAlias,
    TypedDict,
    assert_type,
)

import polygraft as pg

UserId = NewType("UserId", int)
Number: TypeAlias = int | float
Positive: TypeAlias = Annotated[float, pg.typing.Float(min_value=0.0)]


class Mode(enum.Enum):
    TRAIN = "train"
    EVAL = "eval"


class Options(TypedDict, total=False):
    seed: int
    tags: list[str]


class Speaks(Protocol):
    def speak(self) -> str: ...


class Dog:
    def speak(self) -> str:
        return "woof"


def square(x: int) -> int:
    return x * x


class Everything(pg.Object):
    """Docstrings and class variables are no fields."""

    COUNT: ClassVar[int] = 0

    number: Number
    user: UserId
    rate: Positive
    width: Annotated[int, pg.typing.Int(min_value=1, max_value=8), "Its width."]
    mode: Mode = Mode.TRAIN
    kind: Literal["a", "b"] = "a"
    options: Options = {}
    pet: Speaks | None = None
    call: Callable[[int], int] = square
    pair: tuple[int, str] = (1, "a")
    many: Sequence[int] = (1, 2)
    table: Mapping[str, float] = {}
    items: pg.List[int] = pg.List([1, 2])
    names: pg.Dict[str, int] = pg.Dict()
    parent: Self | None = None
    fixed: Final[int] = 3
    anything: Any = None
    cls: type[Dog] = Dog


x = Everything(1.5, UserId(1), 0.5, 4, pet=Dog())
assert_type(x.number, int | float)
assert_type(x.user, UserId)
assert_type(x.rate, float)
assert_type(x.width, int)
assert_type(x.mode, Mode)
assert_type(x.kind, Literal["a", "b"])
assert_type(x.options, Options)
assert_type(x.pet, Speaks | None)
assert_type(x.call(2), int)
assert_type(x.pair, tuple[int, str])
assert_type(x.many[0], int)
assert_type(x.table, Mapping[str, float])
assert_type(x.items[0], int)
assert_type(x.names, pg.Dict[str, int])
assert_type(x.parent, Everything | None)
assert_type(x.fixed, int)
assert_type(x.cls, type[Dog])
assert x.call(3) == 9
assert x.fixed == 3


class Layer(pg.Object, kw_only=True):
    """Keyword-only: a field without default may follow one with a default."""

    units: int = 8
    name: str


class Dense(Layer):
    """Fields of its own may be given by position; those that are inherited stay keyword-only."""

    bias: bool = True


class Conv(pg.Object):
    filters: int
    _: dataclasses.KW_ONLY
    stride: int = 1


assert Layer(name="a").units == 8
assert Dense(False, name="b").name == "b"
assert Conv(3, stride=2).stride == 2


class Base(pg.Object):
    size: int = 1
    scale: float = 1.0


class Larger(Base):
    """A subclass gives other defaults, with or without repeating the type."""

    size = 10
    scale: float = 2.0

    @property
    def area(self) -> float:
        return self.size * self.scale


class Dated(Base):
    """State that follows from the fields is no field."""

    def _on_bound(self) -> None:
        super()._on_bound()
        self._area = self.size * self.scale

    @property
    def area(self) -> float:
        return self._area


assert_type(Larger().size, int)
assert_type(Larger(2).area, float)
assert Larger().area == 20.0
assert Dated(3).rebind(scale=2.0).area == 6.0


@pg.members([("size", pg.typing.Int(min_value=0), "How many.")])
class Constrained(pg.Object):
    """`members` narrows what the annotations tell the checker."""

    size: int = 0
    label: str = ""


assert_type(Constrained(1, "x").label, str)
