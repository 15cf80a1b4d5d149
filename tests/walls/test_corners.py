"""Corners of Python that a wrapped class must not notice: other class builders, `__new__`, protocols."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import copy
import dataclasses
import functools
import inspect
import io
import os
import pydoc
import sys
import threading
import typing
import weakref
from typing import Any
from unittest import mock

import pytest

from polygraft.symbolic import Dict, clone, deferring, eq, rebind
from polygraft.symbolic.compare import TooDeepError
from polygraft.symbolic.wrapping import args, is_realized, realize, reset, symbolize


# -- other class builders --------------------------------------------------------------------------
def test_attrs_classes():
    attr = pytest.importorskip("attr")

    @attr.s(auto_attribs=True)
    class Plain:
        x: int
        y: int = 2

    @attr.define
    class Slotted:
        x: int
        y: list = attr.Factory(list)

    @attr.frozen
    class Frozen:
        x: int
        y: int = 2

    for cls in (Plain, Slotted, Frozen):
        S = symbolize(cls)
        s = S(1)
        c = clone(s)
        assert c == s and attr.asdict(clone(s)) == attr.asdict(s)
        assert rebind(c, x=5).x == 5 and attr.evolve(clone(s), x=3).x == 3
        assert attr.fields(type(clone(s))) == attr.fields(cls)


def test_pydantic_classes():
    pydantic = pytest.importorskip("pydantic")

    class Model(pydantic.BaseModel):
        x: int
        y: int = 2

    S = symbolize(Model)
    s = S(x="3")
    assert s.x == 3 and args(s).x == "3" and inspect.signature(S) == inspect.signature(Model)
    c = rebind(clone(s), x=7)
    assert c.model_dump() == {"x": 7, "y": 2}
    assert copy.deepcopy(s) == s
    with pytest.raises(pydantic.ValidationError):
        S(x="no")


def test_dataclasses_with_init_only_and_keyword_only_fields():
    @dataclasses.dataclass(kw_only=True)
    class Data:
        x: int
        offset: dataclasses.InitVar[int] = 3
        z: int = dataclasses.field(init=False)

        def __post_init__(self, offset):
            self.z = self.x + offset

    S = symbolize(Data)
    assert rebind(clone(S(x=1)), offset=10).z == 11
    assert dataclasses.replace(clone(S(x=1)), x=5, offset=1).z == 6
    assert dataclasses.asdict(clone(S(x=1))) == {"x": 1, "z": 4}
    assert dataclasses.is_dataclass(clone(S(x=1)))


# -- making instances ------------------------------------------------------------------------------
def test_constructors_that_make_more_of_their_class():
    class InInit:
        def __init__(self, x, depth=2):
            self.x = x
            self.sub = type(self)(x, depth - 1) if depth else None

    class InNew:
        def __new__(cls, x, depth=2):
            sub = cls(x, depth - 1) if depth else None
            self = super().__new__(cls)
            self.sub = sub
            return self

        def __init__(self, x, depth=2):
            self.x = x

    for cls in (InInit, InNew):
        S = symbolize(cls)
        c = clone(S(1))
        assert c.sub.sub.x == 1 and type(c.sub) is S and c.sub is not c
        assert rebind(c, x=2).sub.x == 2


def test_new_that_returns_something_else():
    class Five:
        def __new__(cls, x):
            return 5

    class Shape:
        def __new__(cls, kind):
            return super().__new__(Round if kind == "round" else cls)

        def __init__(self, kind):
            self.kind = kind

    class Round(Shape):
        pass

    assert symbolize(Five)(1) == 5
    S = symbolize(Shape)
    assert type(S("round")) is Round and type(S("square")) is S
    assert S("round").kind == "round" and clone(S("square")).kind == "square"


def test_singletons():
    class Only:
        one: typing.Any = None

        def __new__(cls, *a):
            if cls.one is None:
                cls.one = super().__new__(cls)
            return cls.one

        def __init__(self, x):
            self.x = x

    S = symbolize(Only)
    a, b = S(1), S(2)
    assert a is b and args(a).x == 2


def test_class_attributes_written_in_init():
    class Counted:
        n = 0

        def __init__(self, x):
            type(self).n += 1

    S = symbolize(Counted)
    realize(clone(S(1)))
    assert S.n == 2 and Counted.n == 0


def test_sentinel_defaults():
    nothing = object()

    class Picky:
        def __init__(self, x=nothing):
            self.given = x is not nothing

    S = symbolize(Picky)
    assert not clone(S()).given and eq(S(), clone(S()))
    assert clone(S(1)).given


def test_keyword_names_of_all_kinds():
    class Any_:
        def __init__(self, **kw):
            self.kw = kw

    names = dict.fromkeys(("cls", "args", "kwargs", "ops", "info", "x", "memo", "key"), 1)
    assert clone(symbolize(Any_)(**names)).kw == names


# -- layouts ---------------------------------------------------------------------------------------
def test_slots_of_all_kinds():
    class WithDict:
        __slots__ = ("__dict__", "a")

        def __init__(self, x):
            self.a = self.b = x

    class Mangled:
        __slots__ = ("__a",)

        def __init__(self, x):
            self.__a = x

        @property
        def a(self):
            return self.__a

    for cls in (WithDict, Mangled):
        c = clone(symbolize(cls)(1))
        assert c.a == 1 and rebind(c, x=2).a == 2
        assert weakref.ref(c)() is c


def test_c_classes():
    assert symbolize(io.StringIO)("abc").read() == "abc"
    with clone(symbolize(contextlib.ExitStack)()):
        pass
    thread = clone(symbolize(threading.Thread)(target=lambda: None))
    thread.start()
    thread.join()

    Pair = collections.namedtuple("Pair", "a b", defaults=[2])
    S = symbolize(Pair)
    assert S(1)._replace(a=5) == (5, 2) and repr(S(1)) == "Pair(a=1, b=2)"
    tree = clone(Dict(p=S(1)))
    assert rebind(tree, {"p.a": 7}).p == (7, 2) and type(tree.p) is S


def test_views_of_numpy_subclasses_have_no_record():
    np = pytest.importorskip("numpy")

    class Grid(np.ndarray):
        pass

    S = symbolize(Grid)
    grid = S((2, 3))
    assert clone(grid).shape == (2, 3)
    assert grid[0].shape == (3,)


# -- attributes and protocols ----------------------------------------------------------------------
def test_attributes_of_all_kinds():
    class A:
        def __init__(self, x):
            self.x, self.__hidden = x, x

        @functools.cached_property
        def y(self):
            return self.x + 1

        @property
        def z(self):
            return self.__hidden

        @z.setter
        def z(self, v):
            self.__hidden = v

        @classmethod
        def make(cls, x):
            return cls(x)

        def add(self, a, b):
            return self.x + a + b

        add_one = functools.partialmethod(add, 1)

    S = symbolize(A)
    c = clone(S(1))
    assert c.y == 2 and rebind(c, x=5).y == 6 and c.z == 5
    assert type(S.make(1)) is S and type(clone(S(1)).make(3)) is S
    d = clone(S(1))
    d.z = 9
    assert d.z == 9 and clone(S(1)).add_one(2) == 4
    e = clone(S(1))
    with mock.patch.object(e, "add", return_value=5):
        assert e.add(1, 2) == 5
    assert e.add(1, 2) == 4
    assert "clone" not in pydoc.render_doc(S) and inspect.getmembers(clone(S(1)))[-1] == ("z", 1)


def test_more_protocols():
    class A:
        __match_args__ = ("x",)

        def __init__(self, x):
            self.x = x

        def __reversed__(self):
            return iter([9])

        def __fspath__(self):
            return "/tmp"

        def __bytes__(self):
            return b"x"

        def __round__(self, n=0):
            return 3

        def __divmod__(self, other):
            return (1, other)

        def __matmul__(self, other):
            return "left"

        def __rmatmul__(self, other):
            return "right"

        def __invert__(self):
            return "inverted"

        def __instancecheck__(self, x):
            return True

        def __get__(self, instance, owner):
            return self if instance is None else self.x

    S = symbolize(A)

    def new():
        return clone(S(4))

    assert list(reversed(new())) == [9] and os.fspath(new()) == "/tmp" and bytes(new()) == b"x"
    assert round(new(), 1) == 3 and divmod(new(), 2) == (1, 2) and ~new() == "inverted"
    assert new() @ 2 == "left" and 2 @ new() == "right" and isinstance(3, new())

    class Holder:
        attribute = new()

    assert Holder().attribute == 4
    match new():
        case A(v):
            assert v == 4
        case _:
            pytest.fail("no match")


def test_asynchronous_protocols():
    class A:
        def __init__(self, x):
            self.x = x

        async def __aenter__(self):
            return self.x

        async def __aexit__(self, *e):
            pass

        def __await__(self):
            yield from asyncio.sleep(0).__await__()
            return self.x

        def __aiter__(self):
            return self

        async def __anext__(self):
            raise StopAsyncIteration

    S = symbolize(A)

    async def main():
        async with clone(S(1)) as x:
            assert x == 1
        assert await clone(S(2)) == 2
        async for _ in clone(S(3)):
            pytest.fail("not empty")

    asyncio.run(main())


def test_eq_without_hash_stays_unhashable():
    class A:
        def __init__(self, x):
            self.x = x

        def __eq__(self, other):
            return self.x == other.x

    S = symbolize(A)
    c = clone(S(1))
    with pytest.raises(TypeError, match="unhashable"):
        hash(c)
    assert c == S(1)


def test_protocol_classes_accept_deferred_objects():
    @typing.runtime_checkable
    class Goes(typing.Protocol):
        def go(self): ...

    class Explicit(Goes):
        def __init__(self, x):
            self.x = x

        def go(self):
            return self.x

    class Implicit:
        def __init__(self, x):
            self.x = x

        def go(self):
            return self.x

    for cls in (Explicit, Implicit):
        c = clone(symbolize(cls)(1))
        assert isinstance(c, Goes) and c.go() == 1


def test_subclasses_with_other_bases():
    class A:
        def __init__(self, x):
            self.x = x

    class Both(symbolize(A), collections.abc.Sized):
        def __len__(self):
            return self.x

    assert len(clone(Both(3))) == 3


# -- depth -----------------------------------------------------------------------------------------
def test_ten_thousand_levels():
    class Node:
        def __init__(self, x, child=None):
            self.x, self.child = x, child

    S = symbolize(Node)
    with deferring():
        x = S(0)
        for i in range(10_000):
            x = S(i, x)
    assert not is_realized(x) and x.child.child.x == 9997
    assert rebind(reset(x), x=5).x == 5
    try:
        assert clone(x).x == 5
    except TooDeepError as e:
        assert "too deep to be cloned" in str(e)


def test_numpy_arrays_of_a_subclass() -> None:
    np = pytest.importorskip("numpy")

    class Signal(np.ndarray):
        def __new__(cls, values: Any, rate: float = 1.0) -> Any:
            self = np.asarray(values, dtype=float).view(cls)
            self.rate = rate
            return self

        def __array_finalize__(self, source: Any) -> None:
            self.rate = getattr(source, "rate", None)

    tree = Dict(s=symbolize(Signal)([1, 2], rate=2.0))
    assert tree.s.rate == 2.0
    assert float((tree.s * 2).sum()) == 6.0
    changed = tree.clone().rebind({"s.rate": 3.0})
    assert changed.s.rate == 3.0
    assert tree.s.rate == 2.0


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`class Box[T]` came with Python 3.12")
def test_classes_with_type_parameters() -> None:
    names: dict[str, Any] = {}
    exec("class Box[T]:\n  def __init__(self, x: T): self.x = x", names)
    wrapper = symbolize(names["Box"])
    x = wrapper[int](3)
    assert rebind(clone(x), x=4).x == 4
    assert wrapper.__parameters__ == names["Box"].__parameters__


def test_a_pickled_class_shows_no_more_than_the_plain_one():
    class Plain:
        def __init__(self, x):
            self.x = x

    wrapped = symbolize(Plain)
    object.__getstate__(wrapped(1))
    assert set(dir(wrapped(1))) == set(dir(Plain(1))) and set(dir(wrapped)) == set(dir(Plain))
