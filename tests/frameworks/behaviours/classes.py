"""Any class: the kinds of classes that Python knows, none of which was written for a symbolic library."""

from __future__ import annotations

import abc
import asyncio
import copy
import dataclasses
import datetime
import enum
import functools
import gc
import inspect
import os
import pickle
import subprocess
import sys
import textwrap
import threading
import types
import typing
import weakref
from collections.abc import Callable
from typing import Any

from tests.frameworks.behaviours.registry import behaviour

ANY = "any class"
T = typing.TypeVar("T")


def edited(x: Any, /, **changes: Any) -> Any:
    """A clone of `x` with other arguments."""
    return x.clone().rebind(**changes)


def argument(x: Any, name: str) -> Any:
    """What `x` was called with."""
    return getattr(x.sym_init_args, name)


def error_of(f: Callable[..., Any], *args: Any, **kwargs: Any) -> BaseException:
    """What a call raises."""
    try:
        f(*args, **kwargs)
    except Exception as e:
        return e
    raise AssertionError(f"{f} raised nothing")


# -- parameters ------------------------------------------------------------------------------------
@behaviour(ANY, "`**kwargs` are recorded and can be edited")
def keywords(pg: Any) -> None:
    class Call:
        def __init__(self, x: int, **options: Any):
            self.x, self.options = x, options

    x = pg.symbolize(Call)(1, rate=0.1)
    assert type(x.options) is dict and x.options == {"rate": 0.1}
    assert edited(x, rate=0.5).options == {"rate": 0.5}
    assert edited(x, momentum=0.9).options == {"rate": 0.1, "momentum": 0.9}


@behaviour(ANY, "`*args` are recorded and can be edited")
def varargs(pg: Any) -> None:
    class Chain:
        def __init__(self, first: int, *rest: int):
            self.all = (first, *rest)

    x = pg.symbolize(Chain)(1, 2, 3)
    assert x.all == (1, 2, 3)
    assert x.clone().all == (1, 2, 3)
    assert edited(x, rest=[7]).all == (1, 7)


@behaviour(ANY, "positional-only parameters are recorded and can be edited")
def positional_only(pg: Any) -> None:
    class Point:
        def __init__(self, x: int, y: int = 2, /, z: int = 3):
            self.at = (x, y, z)

    x = pg.symbolize(Point)(1, z=5)
    assert x.at == (1, 2, 5)
    assert edited(x, x=9).at == (9, 2, 5)


@behaviour(ANY, "the first parameter need not be called `self`")
def other_self(pg: Any) -> None:
    class Plain:
        def __init__(this, self: int):
            this.value = self

    x = pg.symbolize(Plain)(1)
    assert (x.value, edited(x, self=2).value) == (1, 2)


@behaviour(
    ANY, "an argument that was not given stays not given: a sentinel default survives cloning"
)
def sentinel(pg: Any) -> None:
    missing = object()

    class Optional:
        def __init__(self, x: int, y: Any = missing):
            self.given = y is not missing

    x = pg.symbolize(Optional)(1)
    assert (x.given, x.clone().given, x.clone(deep=True).given) == (False, False, False)
    assert edited(x, y=None).given


@behaviour(ANY, "lists and dicts reach `__init__` as plain lists and dicts, also after an edit")
def plain_containers(pg: Any) -> None:
    class Net:
        def __init__(self, widths: Any, options: Any):
            self.types = (type(widths), type(options), type(options["deep"]))

    x = pg.symbolize(Net)([1, 2], {"deep": [1]})
    expected = (list, dict, list)
    assert x.types == expected
    assert x.clone().types == expected
    assert x.clone().rebind({"widths[0]": 5}).types == expected


@behaviour(ANY, "wrong arguments give the error that the plain class would")
def wrong_arguments(pg: Any) -> None:
    class Layer:
        def __init__(self, units: int):
            pass

    error = error_of(pg.symbolize(Layer))
    assert isinstance(error, TypeError)
    assert "missing 1 required" in str(error) and "'units'" in str(error)
    assert isinstance(error_of(pg.symbolize(Layer), 1, 2), TypeError)


@behaviour(ANY, "an exception of `__init__` comes through as it was raised")
def own_exception(pg: Any) -> None:
    raised = RuntimeError("no")

    class Fails:
        def __init__(self, x: int):
            if x < 0:
                raise raised

    cls = pg.symbolize(Fails)
    assert error_of(cls, -1) is raised
    assert error_of(lambda: edited(cls(1), x=-1).anything) is raised


@behaviour(ANY, "name, module, documentation and signature are those of the plain class")
def looks(pg: Any) -> None:
    class Plain:
        """What it does."""

        def __init__(self, a: int, *b: int, c: str = "c", **d: float):
            pass

    cls = pg.symbolize(Plain)
    assert inspect.signature(cls) == inspect.signature(Plain)
    assert (cls.__name__, cls.__module__) == ("Plain", __name__)
    assert cls.__doc__ == "What it does."
    assert issubclass(cls, Plain)


@behaviour(ANY, "`vars(x)` holds what the class put there and nothing else")
def variables(pg: Any) -> None:
    class Plain:
        def __init__(self, x: int):
            self.x = x

    assert vars(pg.symbolize(Plain)(1)) == {"x": 1}


@behaviour(ANY, "a class without `__init__` works, and refuses arguments")
def bare(pg: Any) -> None:
    class Bare:
        pass

    cls = pg.symbolize(Bare)
    assert isinstance(cls().clone(), Bare)
    assert isinstance(error_of(cls, 1), TypeError)


# -- layouts ---------------------------------------------------------------------------------------
@behaviour(ANY, "a class with slots")
def slots(pg: Any) -> None:
    class Slots:
        __slots__ = ("x",)

        def __init__(self, x: int):
            self.x = x

    x = pg.symbolize(Slots)(1)
    assert (x.x, x.clone().x, edited(x, x=2).x) == (1, 1, 2)


@behaviour(ANY, "a class with slots and `__weakref__`")
def slots_with_weakref(pg: Any) -> None:
    class Slots:
        __slots__ = ("__weakref__", "x")

        def __init__(self, x: int):
            self.x = x

    x = pg.symbolize(Slots)(1)
    assert weakref.ref(x)() is x
    assert edited(x, x=2).x == 2


@behaviour(
    ANY, "a dataclass: `default_factory` makes a new value for each object, `__post_init__` runs"
)
def dataclass(pg: Any) -> None:
    @dataclasses.dataclass
    class Data:
        x: int
        items: list[int] = dataclasses.field(default_factory=list)
        double: int = 0

        def __post_init__(self) -> None:
            self.double = 2 * self.x

    x = pg.symbolize(Data)(1)
    y = edited(x, x=4)
    assert (x.items, y.items, x.double, y.double) == ([], [], 2, 8)
    assert x.items is not x.clone().items
    assert type(y.items) is list


@behaviour(ANY, "a frozen dataclass")
def frozen(pg: Any) -> None:
    @dataclasses.dataclass(frozen=True)
    class Point:
        x: int
        y: int = 2

    x = pg.symbolize(Point)(1)
    assert (edited(x, x=5).x, x.y) == (5, 2)
    assert x == pg.symbolize(Point)(1)
    assert isinstance(error_of(setattr, x, "x", 3), dataclasses.FrozenInstanceError)


@behaviour(ANY, "a frozen dataclass with slots")
def frozen_slotted(pg: Any) -> None:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Point:
        x: int
        y: int = 2

    x = pg.symbolize(Point)(1)
    assert (edited(x, x=5).x, x.clone().y) == (5, 2)


@behaviour(ANY, "a subclass of `list`, edited in its place")
def c_list(pg: Any) -> None:
    class Stack(list):  # type: ignore[type-arg]
        def __init__(self, n: int):
            super().__init__(range(n))

    tree = pg.Dict(a=pg.symbolize(Stack)(2))
    assert list(tree.a) == [0, 1]
    assert list(tree.clone().rebind({"a.n": 3}).a) == [0, 1, 2]


@behaviour(ANY, "a subclass of `dict`, edited in its place")
def c_dict(pg: Any) -> None:
    class Table(dict):  # type: ignore[type-arg]
        def __init__(self, size: int):
            super().__init__({i: i for i in range(size)})

    tree = pg.Dict(a=pg.symbolize(Table)(1))
    assert dict(tree.a) == {0: 0}
    assert dict(tree.clone().rebind({"a.size": 2}).a) == {0: 0, 1: 1}


@behaviour(ANY, "an exception class: raised, caught and edited")
def c_exception(pg: Any) -> None:
    class Failure(Exception):
        def __init__(self, code: int):
            super().__init__(f"code {code}")

    cls = pg.symbolize(Failure)
    try:
        raise cls(3)
    except Failure as e:
        assert e.args == ("code 3",)
    tree = pg.Dict(e=cls(1)).clone().rebind({"e.code": 2})
    assert tree.e.args == ("code 2",)


@behaviour(ANY, "a subclass of `date`, edited in its place")
def c_date(pg: Any) -> None:
    class Day(datetime.date):
        pass

    tree = pg.Dict(day=pg.symbolize(Day)(2020, 1, 2))
    assert tree.day.isoformat() == "2020-01-02"
    assert isinstance(tree.clone().day, Day)


@behaviour(ANY, "a named tuple, edited in its place")
def named_tuple(pg: Any) -> None:
    class Pair(typing.NamedTuple):
        x: int
        y: int = 2

    tree = pg.Dict(p=pg.symbolize(Pair)(1))
    assert tree.p == (1, 2)
    assert tree.clone().rebind({"p.x": 5}).p == (5, 2)


# -- how classes and instances are made ------------------------------------------------------------
@behaviour(ANY, "a generic class: `Box[int]`, called")
def generic(pg: Any) -> None:
    class Box(typing.Generic[T]):
        def __init__(self, x: T):
            self.x = x

    cls = pg.symbolize(Box)
    x = cls[int](3)
    assert isinstance(x, cls) and x.x == 3
    assert edited(x, x=4).x == 4


@behaviour(ANY, "an abstract class refuses instances, its subclasses work")
def abstract(pg: Any) -> None:
    class Base(abc.ABC):
        def __init__(self, x: int):
            self.x = x

        @abc.abstractmethod
        def go(self) -> int: ...

    class Concrete(Base):
        def go(self) -> int:
            return self.x

    assert "abstract" in str(error_of(pg.symbolize(Base), 1))
    assert edited(pg.symbolize(Concrete)(1), x=2).go() == 2


@behaviour(ANY, "a metaclass with a `__call__` runs once for each object that is constructed")
def metaclass_call(pg: Any) -> None:
    class Meta(type):
        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            x = super().__call__(*args, **kwargs)
            x.stamps = getattr(x, "stamps", 0) + 1
            return x

    class Plain(metaclass=Meta):
        def __init__(self, x: int):
            self.x = x

    x = pg.symbolize(Plain)(1)
    assert x.stamps == 1
    assert (edited(x, x=2).stamps, edited(x, x=2).x) == (1, 2)


@behaviour(ANY, "a metaclass with a `__prepare__`")
def metaclass_prepare(pg: Any) -> None:
    class Names(dict):  # type: ignore[type-arg]
        pass

    class Meta(type):
        @classmethod
        def __prepare__(mcls, name: str, bases: Any, **kwargs: Any) -> Any:
            return Names()

        def __new__(mcls, name: str, bases: Any, namespace: Any, **kwargs: Any) -> Any:
            assert isinstance(namespace, Names)
            return super().__new__(mcls, name, bases, dict(namespace))

    class Plain(metaclass=Meta):
        def __init__(self, x: int):
            self.x = x

    assert edited(pg.symbolize(Plain)(1), x=2).x == 2


@behaviour(ANY, "`__new__` with arguments, also when built again after an edit")
def own_new(pg: Any) -> None:
    class Plain:
        def __new__(cls, x: int) -> Any:
            self = super().__new__(cls)
            self.made = x
            return self

        def __init__(self, x: int):
            self.x = x

    y = edited(pg.symbolize(Plain)(1), x=2)
    assert (y.made, y.x) == (2, 2)


@behaviour(ANY, "a singleton whose `__new__` always returns the same object stays one")
def singleton(pg: Any) -> None:
    class Registry:
        instance: Any = None

        def __new__(cls) -> Any:
            if Registry.instance is None:
                Registry.instance = super().__new__(cls)
            return Registry.instance

        def __init__(self) -> None:
            self.ready = True

    cls = pg.symbolize(Registry)
    assert cls() is cls()
    assert cls().ready


@behaviour(
    ANY, "`__init_subclass__` that demands arguments: of subclasses, not of the symbolic class"
)
def init_subclass(pg: Any) -> None:
    class Plugin:
        def __init_subclass__(cls, *, kind: str):
            cls.kind = kind

        def __init__(self, x: int):
            self.x = x

    class Loader(Plugin, kind="loader"):
        pass

    x = pg.symbolize(Loader)(1)
    assert (x.kind, edited(x, x=2).x) == ("loader", 2)


@behaviour(ANY, "symbolizing does not run `__init_subclass__` registries twice under another name")
def subclass_registry(pg: Any) -> None:
    names: list[str] = []

    class Base:
        def __init_subclass__(cls) -> None:
            names.append(cls.__name__)

    class Child(Base):
        def __init__(self, x: int):
            self.x = x

    x = pg.symbolize(Child)(1)
    assert x.clone().x == 1
    assert set(names) == {"Child"}


@behaviour(ANY, "a class method that constructs makes symbolic objects")
def alternative_constructor(pg: Any) -> None:
    class Point:
        def __init__(self, x: int):
            self.x = x

        @classmethod
        def parse(cls, text: str) -> Any:
            return cls(int(text))

    x = pg.symbolize(Point).parse("3")
    assert argument(x, "x") == 3
    assert edited(x, x=4).x == 4


@behaviour(ANY, "a subclass of a symbolic class is symbolic by its own `__init__`")
def subclass(pg: Any) -> None:
    class Base:
        def __init__(self, x: int):
            self.x = x

    base = pg.symbolize(Base)

    class Child(base):  # type: ignore[misc, valid-type]
        def __init__(self, y: int):
            super().__init__(y + 1)
            self.y = y

    x = Child(1)
    assert (x.x, x.y, argument(x, "y")) == (2, 1, 1)
    z = edited(x, y=5)
    assert (z.x, z.y) == (6, 5)


@behaviour(ANY, "cooperative multiple inheritance")
def diamond(pg: Any) -> None:
    class Root:
        def __init__(self, **kwargs: Any):
            assert not kwargs
            self.order = ["root"]

    class Left(Root):
        def __init__(self, left: int, **kwargs: Any):
            super().__init__(**kwargs)
            self.left = left
            self.order.append("left")

    class Right(Root):
        def __init__(self, right: int, **kwargs: Any):
            super().__init__(**kwargs)
            self.right = right
            self.order.append("right")

    class Both(Left, Right):
        pass

    x = pg.symbolize(Both)(1, right=2)
    y = edited(x, right=3)
    assert (y.left, y.right, y.order) == (1, 3, ["root", "right", "left"])


# -- names and attributes --------------------------------------------------------------------------
@behaviour(ANY, "methods called `clone`, `rebind`, `format`, `save` or `path` are the user's")
def own_methods(pg: Any) -> None:
    class Own:
        def __init__(self, x: int):
            self.x = x

        def clone(self) -> str:
            return "own clone"

        def rebind(self) -> str:
            return "own rebind"

        def format(self) -> str:
            return "own format"

        def save(self) -> str:
            return "own save"

        def path(self) -> str:
            return "own path"

    x = pg.symbolize(Own)(1)
    assert x.clone() == "own clone"
    assert (x.rebind(), x.format(), x.save(), x.path()) == tuple(
        f"own {n}" for n in ("rebind", "format", "save", "path")
    )
    y = pg.clone(x)
    assert y.x == 1 and y.clone() == "own clone"
    assert "x=1" in repr(x)


@behaviour(
    ANY, "arguments and attributes called `clone`, `format`, `path` or `sym_path` are the user's"
)
def own_attributes(pg: Any) -> None:
    class Own:
        def __init__(self, clone: int, format: str, path: str, sym_path: int):
            self.clone, self.format, self.path, self.sym_path = clone, format, path, sym_path

    x = pg.symbolize(Own)(1, "png", "/tmp", 4)
    y = pg.clone(x)
    for v in (x, y):
        assert (v.clone, v.format, v.path, v.sym_path) == (1, "png", "/tmp", 4)


@behaviour(ANY, "a property called like one of the library's is the user's")
def own_properties(pg: Any) -> None:
    class Own:
        def __init__(self, x: int):
            self._x = x

        @property
        def sym_parent(self) -> str:
            return f"mine {self._x}"

        @property
        def is_partial(self) -> str:
            return "mine too"

    x = pg.symbolize(Own)(1)
    assert (x.sym_parent, x.is_partial) == ("mine 1", "mine too")
    assert pg.Dict(a=x).clone().rebind({"a.x": 2}).a.sym_parent == "mine 2"


@behaviour(ANY, "`__getattr__`")
def getattr_(pg: Any) -> None:
    class Proxy:
        def __init__(self, target: str):
            self.target = target

        def __getattr__(self, name: str) -> str:
            if name.startswith("_"):
                raise AttributeError(name)
            return f"{self.target}.{name}"

    x = pg.symbolize(Proxy)("a")
    assert x.length == "a.length"
    assert edited(x, target="b").width == "b.width"
    assert not hasattr(x, "_hidden")


@behaviour(ANY, "`__getattribute__`")
def getattribute(pg: Any) -> None:
    class Counting:
        reads: typing.ClassVar[list[str]] = []

        def __init__(self, x: int):
            self.x = x

        def __getattribute__(self, name: str) -> Any:
            if name == "x":
                Counting.reads.append(name)
            return object.__getattribute__(self, name)

    x = pg.symbolize(Counting)(1)
    assert x.x == 1 and edited(x, x=2).x == 2
    assert Counting.reads == ["x", "x"]


@behaviour(ANY, "`__setattr__` that forbids changes")
def setattr_(pg: Any) -> None:
    class Locked:
        def __init__(self, x: int):
            self.__dict__["x"] = x

        def __setattr__(self, name: str, value: Any) -> None:
            raise AttributeError("locked")

    x = pg.symbolize(Locked)(1)
    assert edited(x, x=2).x == 2
    assert str(error_of(setattr, x, "x", 3)) == "locked"


@behaviour(ANY, "`functools.cached_property` is computed anew after an edit")
def cached(pg: Any) -> None:
    class Square:
        def __init__(self, side: int):
            self.side = side

        @functools.cached_property
        def area(self) -> int:
            return self.side**2

    x = pg.symbolize(Square)(2)
    assert x.area == 4
    x.rebind(side=3)
    assert x.area == 9


@behaviour(ANY, "descriptors with `__set_name__`, and property setters")
def descriptors(pg: Any) -> None:
    class Positive:
        def __set_name__(self, owner: type, name: str) -> None:
            self.name = f"_{name}"

        def __get__(self, x: Any, owner: Any = None) -> Any:
            return self if x is None else getattr(x, self.name)

        def __set__(self, x: Any, value: int) -> None:
            if value < 0:
                raise ValueError("negative")
            setattr(x, self.name, value)

    class Plain:
        width = Positive()

        def __init__(self, width: int):
            self.width = width

        @property
        def double(self) -> int:
            return 2 * self.width

        @double.setter
        def double(self, value: int) -> None:
            self.width = value // 2

    x = pg.symbolize(Plain)(1)
    x.double = 10
    assert (x.width, argument(x, "width")) == (5, 1)
    assert str(error_of(setattr, x, "width", -1)) == "negative"
    assert edited(x, width=3).double == 6


@behaviour(ANY, "what the user sets on an object is gone after an edit, which builds it anew")
def state(pg: Any) -> None:
    class Model:
        def __init__(self, width: int):
            self.weights = [0] * width

    x = pg.symbolize(Model)(1)
    x.weights[0] = 5
    x.trained = True
    x.rebind(width=2)
    assert x.weights == [0, 0]
    assert not hasattr(x, "trained")


@behaviour(ANY, "`__eq__` and `__hash__` of the class are the user's")
def equality(pg: Any) -> None:
    class Modulo:
        def __init__(self, n: int):
            self.n = n

        def __eq__(self, other: Any) -> bool:
            return self.n % 10 == other.n % 10

        def __hash__(self) -> int:
            return self.n % 10

    cls = pg.symbolize(Modulo)
    assert cls(3) == cls(13) and hash(cls(13)) == 3
    assert not pg.eq(cls(3), cls(13)) and pg.eq(cls(3), cls(3).clone())
    assert cls(3).clone() == cls(13).clone()


# -- protocols -------------------------------------------------------------------------------------
@behaviour(ANY, "a context manager, used straight after cloning")
def context_manager(pg: Any) -> None:
    class Scope:
        def __init__(self, name: str):
            self.name, self.log = name, list[str]()

        def __enter__(self) -> Any:
            self.log.append(f"in {self.name}")
            return self

        def __exit__(self, *error: Any) -> None:
            self.log.append("out")

    with edited(pg.symbolize(Scope)("a"), name="b") as x:
        pass
    assert x.log == ["in b", "out"]


@behaviour(ANY, "an iterator, used straight after cloning")
def iterator(pg: Any) -> None:
    class Countdown:
        def __init__(self, n: int):
            self.n = n

        def __iter__(self) -> Any:
            return self

        def __next__(self) -> int:
            if not self.n:
                raise StopIteration
            self.n -= 1
            return self.n

    x = pg.symbolize(Countdown)(3)
    assert list(x) == [2, 1, 0] and list(x) == []
    assert list(x.clone()) == [2, 1, 0]
    assert next(edited(x, n=5)) == 4


@behaviour(ANY, "a method that is a generator, used straight after cloning")
def generator(pg: Any) -> None:
    class Batches:
        def __init__(self, n: int):
            self.n = n

        def __iter__(self) -> Any:
            yield from range(self.n)

        def pairs(self) -> Any:
            for i in range(self.n):
                yield (i, i)

    x = edited(pg.symbolize(Batches)(1), n=2)
    assert list(x) == [0, 1]
    assert list(x.clone().pairs()) == [(0, 0), (1, 1)]


@behaviour(ANY, "a callable, a container and operators, used straight after cloning")
def operators(pg: Any) -> None:
    class Vector:
        def __init__(self, *items: int):
            self.items = items

        def __call__(self, x: int) -> int:
            return sum(self.items) * x

        def __len__(self) -> int:
            return len(self.items)

        def __getitem__(self, i: int) -> int:
            return self.items[i]

        def __contains__(self, i: object) -> bool:
            return i in self.items

        def __add__(self, other: Any) -> tuple[int, ...]:
            return (*self.items, *other.items)

        def __bool__(self) -> bool:
            return any(self.items)

    x = pg.symbolize(Vector)(1, 2)
    assert x.clone()(10) == 30
    assert len(x.clone()) == 2
    assert x.clone()[1] == 2
    assert 2 in x.clone()
    assert x.clone() + x.clone() == (1, 2, 1, 2)
    assert bool(x.clone()) and not pg.symbolize(Vector)(0).clone()


@behaviour(
    ANY, "an awaitable, an asynchronous iterator and context manager, used straight after cloning"
)
def asynchronous(pg: Any) -> None:
    class Job:
        def __init__(self, n: int):
            self.n = n

        def __await__(self) -> Any:
            yield from asyncio.sleep(0).__await__()
            return self.n

        async def __aenter__(self) -> int:
            return self.n + 1

        async def __aexit__(self, *error: Any) -> None: ...

        async def __aiter__(self) -> Any:
            for i in range(self.n):
                yield i

    async def main(x: Any) -> Any:
        async with x.clone() as entered:
            pass
        return await x.clone(), entered, [i async for i in x.clone()]

    assert asyncio.run(main(edited(pg.symbolize(Job)(1), n=2))) == (2, 3, [0, 1])


@behaviour(ANY, "weak references outlive an edit, and do not keep the object")
def weak_references(pg: Any) -> None:
    class Plain:
        def __init__(self, x: int):
            self.x = x

    x = pg.symbolize(Plain)(1)
    ref = weakref.ref(x)
    x.rebind(x=2)
    assert ref() is x and ref().x == 2
    del x
    gc.collect()
    assert ref() is None


# -- copies, pickles, threads ----------------------------------------------------------------------
@behaviour(
    ANY, "`copy.copy` and `copy.deepcopy` copy the object with its state, `clone` the program"
)
def copies(pg: Any) -> None:
    class Model:
        def __init__(self, width: int):
            self.weights = [0] * width

    x = pg.symbolize(Model)(2)
    x.weights[0] = 5
    assert copy.copy(x).weights is x.weights
    deep = copy.deepcopy(x)
    assert deep.weights == [5, 0] and deep.weights is not x.weights
    assert x.clone().weights == [0, 0]


class Kept:
    """Stands in this module, where pickles find it."""

    def __init__(self, width: int):
        self.weights = [0] * width


@behaviour(ANY, "pickling keeps the arguments and the state")
def pickles(pg: Any) -> None:
    x = pg.symbolize(Kept)(2)
    x.weights[0] = 5
    y = pickle.loads(pickle.dumps(x))
    assert y.weights == [5, 0]
    assert argument(y, "width") == 2
    assert edited(y, width=1).weights == [0]


@behaviour(ANY, "classes of `__main__` go to another process by cloudpickle")
def main_classes(pg: Any) -> None:
    sends = f"""
        import sys, cloudpickle, {pg.__name__} as pg

        class Layer:
            def __init__(self, units):
                self.units = units
                self.trained = False

        Layer = pg.symbolize(Layer)
        x = Layer(3)
        x.trained = True
        sys.stdout.buffer.write(cloudpickle.dumps((x, Layer)))
    """
    reads = """
        import sys, pickle
        x, cls = pickle.loads(sys.stdin.buffer.read())
        assert (x.units, x.trained, x.sym_init_args.units) == (3, True, 3)
        assert isinstance(x, cls) and x.clone().rebind(units=4).units == 4 and cls(5).units == 5
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    data = b""
    for code in (sends, reads):
        command = [sys.executable, "-c", textwrap.dedent(code)]
        done = subprocess.run(command, input=data, capture_output=True, env=environment)
        assert not done.returncode, done.stderr.decode().strip().splitlines()[-1]
        data = done.stdout


@behaviour(ANY, "eight threads that use one fresh clone at once construct it once")
def threads(pg: Any) -> None:
    class Model:
        made = 0

        def __init__(self, width: int):
            Model.made += 1
            gate.wait(0.05)
            self.width = width

    gate = threading.Event()
    x = pg.symbolize(Model)(1)
    Model.made = 0
    y = edited(x, width=7)
    start = threading.Barrier(8)
    seen: list[Any] = []

    def use() -> None:
        start.wait(10)
        try:
            seen.append(y.width)
        except Exception as e:
            seen.append(e)

    pool = [threading.Thread(target=use) for _ in range(8)]
    for t in pool:
        t.start()
    for t in pool:
        t.join(20)
    assert seen == [7] * 8
    assert Model.made == 1


@behaviour(ANY, "a clone that is only edited, printed, compared and queried runs no constructor")
def lazily(pg: Any) -> None:
    class Model:
        made = 0

        def __init__(self, width: int):
            Model.made += 1
            self.width = width

        def __del__(self) -> None:
            self.width  # fails if it was never constructed

    x = pg.symbolize(Model)(1)
    Model.made = 0
    y = edited(x, width=2)
    assert "width=2" in repr(y) and not pg.eq(x, y)
    assert list(pg.query(y, ".*width").values()) == [2]
    assert Model.made == 0
    assert y.width == 2
    assert Model.made == 1


# -- whole modules, and code of others -------------------------------------------------------------
SOURCE = """
class Dense:
    def __init__(self, units, bias=True):
        self.units, self.bias = units, bias

class Drop:
    def __init__(self, rate=0.5):
        self.rate = rate

def net(dense=Dense):
    return [dense(3), Drop(), Wide(4)]

class Wide(Dense):
    pass
"""


def layers() -> Any:
    module = types.ModuleType("layers_of_others")
    exec(SOURCE, module.__dict__)
    return module


@behaviour(ANY, "`wrap_module` makes all classes of a module symbolic")
def whole_module(pg: Any) -> None:
    module = layers()
    wrapped = pg.wrap_module(module, ["Dense", "Drop"])
    assert [w.__name__ for w in wrapped] == ["Dense", "Drop"]
    assert edited(wrapped[0](1), units=2).units == 2
    assert module.Dense(1).units == 1


@behaviour(
    ANY,
    "a wrapped module stands in for the module, each class symbolic at its first use",
    peer=False,
)
def stand_in(pg: Any) -> None:
    module = layers()
    wrapped = pg.wrap_module(module)
    assert repr(wrapped.Dense(3)) == "Dense(units=3, bias=True)"
    assert wrapped.net is module.net
    assert not module.Drop.__subclasses__()


@behaviour(
    ANY, "inside `apply_wrappers`, code that knows nothing of it constructs symbolic objects"
)
def applied(pg: Any) -> None:
    module = layers()
    dense, drop = pg.symbolize(module.Dense), pg.symbolize(module.Drop)
    with pg.apply_wrappers([dense, drop]):
        made = module.net()
    assert [type(x) for x in made] == [dense, drop, module.Wide]
    assert (argument(made[0], "units"), made[1].rate) == (3, 0.5)
    assert type(module.Dense(1)) is module.Dense


@behaviour(
    ANY, "a class whose calls were redirected once is as it was: signature, copies, wrong arguments"
)
def unharmed(pg: Any) -> None:
    class Bare:
        pass

    class Plain:
        def __init__(self, x: int):
            self.x = x

    with pg.apply_wrappers([pg.symbolize(Bare), pg.symbolize(Plain)]):
        pass
    assert str(inspect.signature(Plain)) == "(x: 'int')"
    assert type(copy.deepcopy(Plain(1))) is Plain
    assert "takes no arguments" in str(error_of(Bare, 1))
    assert "missing 1 required positional argument" in str(error_of(Plain))


@behaviour(ANY, "`detour` lets another class or a function take the place of a class")
def detoured(pg: Any) -> None:
    module = layers()
    with pg.detour([(module.Dense, module.Drop), (module.Drop, lambda cls, *args: "drop")]):
        made = module.net()
    assert type(made[0]) is module.Drop and made[0].rate == 3
    assert made[1] == "drop" and type(made[2]) is module.Wide


# -- what is refused -------------------------------------------------------------------------------
def refused(pg: Any, cls: Any) -> str:
    """Symbolizing raises an error that says why; returns the reason."""
    error = error_of(pg.symbolize, cls)
    text = str(error)
    assert isinstance(error, (TypeError, ValueError)), f"{type(error).__name__}: {text}"
    reason = text.rpartition("cannot be symbolized: ")[2]
    return reason[0].upper() + reason[1:].rstrip(".") + "."


@behaviour(ANY, "an enumeration")
def enumeration(pg: Any) -> str:
    class Color(enum.Enum):
        RED = 1

    return refused(pg, Color)


@behaviour(ANY, "`bool` and `range`")
def final_types(pg: Any) -> str:
    refused(pg, range)
    return refused(pg, bool)


@behaviour(ANY, "a `TypedDict`")
def typed_dict(pg: Any) -> str:
    class Options(typing.TypedDict):
        x: int

    return refused(pg, Options)


@behaviour(ANY, "a protocol")
def protocol(pg: Any) -> str:
    class Runs(typing.Protocol):
        def run(self) -> None: ...

    return refused(pg, Runs)


@behaviour(ANY, "a metaclass")
def of_classes(pg: Any) -> str:
    class Meta(type):
        pass

    return refused(pg, Meta)


@behaviour(ANY, "a class that forbids subclasses")
def sealed(pg: Any) -> str:
    class Sealed:
        def __init_subclass__(cls) -> None:
            raise TypeError("Sealed is final")

    reason = refused(pg, Sealed)
    assert "final" in reason
    return reason
