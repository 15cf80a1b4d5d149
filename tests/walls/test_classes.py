"""Kinds of plain classes: the wrapper does what the plain class would: called, cloned, edited, rebuilt."""

from __future__ import annotations

import abc
import collections
import dataclasses
import datetime
import enum
import functools
import inspect
from typing import Any, Generic, NamedTuple, Protocol, TypedDict, TypeVar

import pytest

from polygraft.errors import NotSymbolizableError
from polygraft.symbolic import Object, clone, eq, query, rebind
from polygraft.symbolic.wrapping import ClassWrapper, args, is_realized, realize, reset, symbolize

T = TypeVar("T")


class Plain:
    """Doc of Plain."""

    kind = "plain"

    def __init__(self, x, y=2, *, z=3):
        self.x, self.y, self.z = x, y, z

    def total(self):
        return self.x + self.y + self.z


class PositionalOnly:
    def __init__(self, a, b=2, /, c=3, *rest, d=4, **more):
        self.seen = (a, b, c, rest, d, more)


class OtherSelf:
    def __init__(this, self, cls=1, args=2, kwargs=3):
        this.seen = (self, cls, args, kwargs)


class Slotted:
    __slots__ = ("x", "y")

    def __init__(self, x, y=2):
        self.x, self.y = x, y


class SlottedChild(Slotted):
    __slots__ = ("__weakref__", "z")

    def __init__(self, x, z=3):
        super().__init__(x)
        self.z = z


class NoDict:
    __slots__ = ()

    def __init__(self, x=1):
        pass


@dataclasses.dataclass
class Data:
    x: int
    items: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Frozen:
    x: int
    y: int = 2


@dataclasses.dataclass(slots=True)
class SlottedData:
    x: int
    y: int = 2


@dataclasses.dataclass(frozen=True, slots=True)
class FrozenSlottedData:
    x: int
    y: int = 2


class Meta(type):
    calls: list[str] = []

    def __call__(cls, *args, **kwargs):
        Meta.calls.append(cls.__name__)
        x = super().__call__(*args, **kwargs)
        x.stamped = True
        return x

    @property
    def shout(cls):
        return cls.__name__.upper()


class WithMeta(metaclass=Meta):
    def __init__(self, x):
        self.x = x


class AbstractBase(abc.ABC):
    def __init__(self, x):
        self.x = x

    @abc.abstractmethod
    def go(self): ...


class Concrete(AbstractBase):
    def go(self):
        return self.x


class OwnNew:
    def __new__(cls, x, *more, **kw):
        self = super().__new__(cls)
        self.made_with = x
        return self

    def __init__(self, x, y=2):
        self.x, self.y = x, y


class StubbornNew:
    """Makes its instances without asking its bases."""

    def __new__(cls, x):
        self = object.__new__(cls)
        self.made_with = x
        return self

    def __init__(self, x):
        self.x = x


class OnlyNew:
    def __new__(cls, x, y=2):
        self = super().__new__(cls)
        self.x, self.y = x, y
        return self


class GetAttr:
    def __init__(self, inner):
        self.inner = inner

    def __getattr__(self, name):
        if name == "inner":
            raise AttributeError(name)
        return f"got {name}"


class GetAttribute:
    def __init__(self, x):
        self.x = x

    def __getattribute__(self, name):
        return f"via {name}" if name == "magic" else super().__getattribute__(name)


class Gen(Generic[T]):
    def __init__(self, x: T):
        self.x = x


class Demanding:
    registry: list[tuple[str, str]] = []

    def __init_subclass__(cls, *, tag, **kwargs):
        super().__init_subclass__(**kwargs)
        Demanding.registry.append((cls.__name__, tag))

    def __init__(self, x):
        self.x = x


class OurNames:
    """Methods and attributes with the names of the library's own."""

    path = "a path"

    def __init__(self, clone=1, rebind=2):
        self.saved, self.format, self.is_partial, self.sym_path = [], "png", "mine", "also mine"
        self.args = (clone, rebind)

    def clone(self):
        return "their clone"

    def rebind(self, *a):
        return "their rebind"

    def save(self):
        return "their save"


class NoInit:
    def hello(self):
        return "hello"


def twice(init):
    @functools.wraps(init)
    def wrapper(self, *args, **kwargs):
        init(self, *args, **kwargs)
        self.decorated = True

    return wrapper


class Decorated:
    @twice
    def __init__(self, x, y=2):
        self.x, self.y = x, y


class InstanceDunders:
    def __init__(self, x):
        self.x = x

    def __len__(self):
        return self.x

    def __iter__(self):
        return iter(range(self.x))

    def __getitem__(self, i):
        return self.x * i

    def __setitem__(self, i, v):
        self.x = v

    def __contains__(self, v):
        return v == self.x

    def __call__(self, y):
        return self.x + y

    def __enter__(self):
        return self.x

    def __exit__(self, *e):
        return True

    def __add__(self, other):
        return self.x + other

    def __radd__(self, other):
        return other + self.x

    def __iadd__(self, other):
        self.x += other
        return self

    def __bool__(self):
        return self.x > 1

    def __lt__(self, other):
        return self.x < other

    def __int__(self):
        return self.x

    def __index__(self):
        return self.x

    def __format__(self, spec):
        return f"<{self.x}{spec}>"

    def __next__(self):
        raise StopIteration

    def __eq__(self, other):
        return isinstance(other, InstanceDunders) and self.x == other.x

    def __hash__(self):
        return hash(self.x)


def vars_of(x: Any) -> Any:
    return (
        vars(x)
        if hasattr(x, "__dict__")
        else {
            n: getattr(x, n)
            for c in type(x).__mro__
            for n in getattr(c, "__slots__", ())
            if not n.startswith("_")
        }
    )


CASES = [
    (Plain, (1,), {"z": 5}, {"x": 7}),
    (PositionalOnly, (1, 2), {"d": 5, "e": 6}, {"a": 7}),
    (PositionalOnly, (1, 2, 3, 4, 5), {}, {"rest": [8]}),
    (OtherSelf, (), {"self": 1, "cls": 5, "args": 6, "kwargs": 7}, {"self": 9}),
    (Slotted, (1,), {}, {"y": 7}),
    (SlottedChild, (1,), {"z": 4}, {"z": 7}),
    (NoDict, (1,), {}, {"x": 7}),
    (Data, (1,), {}, {"items": [1, 2]}),
    (Frozen, (1,), {}, {"y": 7}),
    (SlottedData, (1,), {}, {"y": 7}),
    (FrozenSlottedData, (1,), {}, {"y": 7}),
    (WithMeta, (1,), {}, {"x": 7}),
    (Concrete, (1,), {}, {"x": 7}),
    (OwnNew, (1,), {"y": 5}, {"y": 7}),
    (StubbornNew, (1,), {}, {"x": 7}),
    (OnlyNew, (1,), {"y": 5}, {"y": 7}),
    (GetAttr, (1,), {}, {"inner": 7}),
    (GetAttribute, (1,), {}, {"x": 7}),
    (Gen, (1,), {}, {"x": 7}),
    (Demanding, (1,), {}, {"x": 7}),
    (OurNames, (1,), {}, {"clone": 7}),
    (Decorated, (1,), {}, {"y": 7}),
    (InstanceDunders, (1,), {}, {"x": 7}),
]


@pytest.mark.parametrize(
    ("cls", "a", "kw", "edit"), CASES, ids=[f"{c[0].__name__}-{i}" for i, c in enumerate(CASES)]
)
def test_wrapped_class_is_like_the_plain_one(cls, a, kw, edit):
    W = symbolize(cls)
    assert (W.__name__, W.__qualname__, W.__module__, W.__doc__) == (
        cls.__name__,
        cls.__qualname__,
        cls.__module__,
        cls.__doc__,
    )
    assert inspect.signature(W) == inspect.signature(cls)
    assert symbolize(cls) is W and symbolize(W) is W
    plain, x = cls(*a, **kw), W(*a, **kw)
    assert type(x) is W and isinstance(x, cls) and isinstance(x, ClassWrapper)
    assert is_realized(x)
    assert vars_of(x) == vars_of(plain)
    assert hasattr(x, "__dict__") == hasattr(plain, "__dict__")
    assert set(dir(x)) - {"__weakref__"} <= set(dir(plain)) | {"__repr__"}

    # A clone exists only when used, and is what the plain class would make.
    c = clone(x)
    assert (
        not is_realized(c)
        and c.__class__ is W
        and isinstance(c, cls)
        and type(c) == W  # noqa: E721  # it is not W, but equals it
        and hash(type(c)) == hash(W)
    )
    assert eq(c, x) and repr(c) == repr(x) and not is_realized(c)
    assert realize(c) is c
    assert type(c) is W and vars_of(c) == vars_of(plain)

    # An edit drops the state; the object is built again at next use.
    rebind(c, edit)
    assert not is_realized(c)
    realize(c)
    key, value = next(iter(edit.items()))
    assert args(c)[key] == value
    positional, named = W_arguments(W, {**dict(args(x).given()), **edit})
    assert vars_of(c) == vars_of(cls(*positional, **named))
    assert is_realized(x) and vars_of(x) == vars_of(plain)
    assert not is_realized(reset(c))
    realize(c)
    assert vars_of(c) == vars_of(cls(*positional, **named))


def W_arguments(W: Any, values: dict[str, Any]) -> Any:
    from polygraft.symbolic.node import OPS

    return OPS[W].info.arguments(
        {k: list(v) if isinstance(v, list) else v for k, v in values.items()}
    )  # type: ignore[attr-defined]


def test_arguments_that_were_not_given_stay_not_given():
    W = symbolize(Plain)
    x = W(1)
    assert args(x).given() == {"x": 1}
    assert dict(args(x)) == {"x": 1, "y": 2, "z": 3}
    rebind(x, y=5)
    assert args(x).given() == {"x": 1, "y": 5}
    del args(x).y
    assert args(x).given() == {"x": 1} and x.y == 2


def test_default_factories_make_a_new_value_for_each_object():
    W = symbolize(Data)
    x, y = W(1), clone(W(1))
    x.items.append(1)
    assert y.items == [] and vars(W(2)) == {"x": 2, "items": []}


def test_init_receives_plain_containers_and_at_once_the_users_own():
    seen = []

    class Layers:
        def __init__(self, layers, options):
            seen.append((layers, options))

    W = symbolize(Layers)
    layers, options = [1, [2]], {"a": [3]}
    x = W(layers, options)
    assert seen[0][0] is layers and seen[0][1] is options
    realize(clone(x))
    assert seen[1] == (layers, options)
    assert type(seen[1][0]) is list and type(seen[1][0][1]) is list and type(seen[1][1]) is dict
    W(args(x).layers, options)
    assert type(seen[2][0]) is list


def test_dicts_that_no_node_can_be_stay_as_they_are():
    W = symbolize(Plain)
    weights = {("a", 1): 2}
    x = W(weights)
    assert x.x is weights
    assert args(x).x == weights


def test_subclasses_have_the_arguments_of_their_own_init():
    W = symbolize(Plain)

    class Sub(W):
        def __init__(self, n):
            super().__init__(n, y=n)
            self.n = n

    class Same(W):
        pass

    s = Sub(4)
    assert repr(s) == "Sub(n=4)" and s.total() == 11
    assert rebind(clone(s), n=5).total() == 13
    assert repr(Same(1)) == "Same(x=1, y=2, z=3)" and not eq(Same(1), W(1))
    assert repr(Sub) == f"<class '{Sub.__module__}.{Sub.__qualname__}'>"
    assert repr(W) == f"Symbolic[{Plain!r}]"


def test_cooperative_bases():
    class A:
        def __init__(self, a, **kw):
            super().__init__(**kw)
            self.a = a

    class B:
        def __init__(self, b, **kw):
            super().__init__(**kw)
            self.b = b

    class AB(symbolize(A), symbolize(B)):
        def __init__(self, a, b):
            super().__init__(a=a, b=b)

    x = rebind(clone(AB(1, 2)), b=5)
    assert (x.a, x.b) == (1, 5)


def test_metaclasses_keep_their_meaning():
    W = symbolize(WithMeta)
    Meta.calls.clear()
    x = W(1)
    assert W.shout == "WITHMETA" and x.stamped and Meta.calls == ["WithMeta"]
    c = clone(x)
    assert Meta.calls == ["WithMeta"]
    assert c.stamped and Meta.calls == ["WithMeta"] * 2

    A = symbolize(AbstractBase)
    with pytest.raises(TypeError, match="abstract"):
        A(1)

    class Impl(A):
        def go(self):
            return 2 * self.x

    assert clone(Impl(4)).go() == 8
    A.register(int)
    assert isinstance(3, A) and isinstance(Impl(1), AbstractBase)


def test_generic_classes():
    W = symbolize(Gen)
    x = W[int](3)
    assert x.x == 3 and x.__orig_class__.__args__ == (int,)
    assert clone(x).x == 3


def test_init_subclass_arguments_are_asked_of_subclasses_only():
    W = symbolize(Demanding)
    assert all(name != "Demanding" for name, _ in Demanding.registry)

    class Sub(W, tag="t"):
        pass

    assert Demanding.registry[-1] == ("Sub", "t")
    assert clone(Sub(1)).x == 1


def test_users_names_win():
    W = symbolize(OurNames)
    x = W(5)
    for y in (x, clone(x)):
        assert (
            y.clone() == "their clone" and y.rebind() == "their rebind" and y.save() == "their save"
        )
        assert y.path == "a path"
    for name, value in (
        ("format", "png"),
        ("is_partial", "mine"),
        ("sym_path", "also mine"),
        ("args", (5, 2)),
    ):
        assert getattr(x, name) == value
        assert getattr(clone(x), name) == value
    assert args(clone(x)).clone == 5


def test_conveniences_do_not_build():
    W = symbolize(Plain)
    c = clone(W(1))
    assert c.sym_path == "" and c.sym_parent is None and not c.is_partial
    assert c.clone().sym_eq(c) and c.rebind(y=9) is c
    assert c.sym_init_args.y == 9 and c.sym_hash() == c.clone().sym_hash()
    assert repr(c) == "Plain(x=1, y=9, z=3)"
    assert not is_realized(c)
    assert c.kind == "plain" and is_realized(c)


def test_display_probes_do_not_build():
    c = clone(symbolize(Plain)(1))
    for name in (
        "_repr_html_",
        "_ipython_display_",
        "_ipython_canary_method_should_not_exist_",
        "__rich_repr__",
    ):
        assert not hasattr(c, name)
    assert not is_realized(c)
    with pytest.raises(AttributeError, match="'Plain' object has no attribute 'nothing'"):
        c.nothing
    assert is_realized(c)


def test_identity_hash_and_bool_stay():
    c = clone(symbolize(Plain)(1))
    assert {c: 1}[c] == 1 and c == c and bool(c)
    assert not is_realized(c)


PROTOCOLS = {
    "len": lambda x: len(x),
    "iter": lambda x: list(x),
    "item": lambda x: x[3],
    "set item": lambda x: x.__setitem__(0, 9),
    "in": lambda x: 2 in x,
    "call": lambda x: x(10),
    "with": lambda x: with_(x),
    "add": lambda x: x + 1,
    "radd": lambda x: 1 + x,
    "iadd": lambda x: x.__iadd__(1).x,
    "bool": lambda x: bool(x),
    "lt": lambda x: x < 5,
    "int": lambda x: int(x),
    "index": lambda x: list(range(5))[x],
    "format": lambda x: f"{x:s}",
    "next": lambda x: next(x, "end"),
    "eq": lambda x: x == InstanceDunders(2),
    "hash": lambda x: hash(x),
    "vars": lambda x: vars(x),
    "setattr": lambda x: setattr(x, "x", 4),
    "delattr": lambda x: delattr(x, "x"),
    "dir": lambda x: "x" in dir(x),
}


def with_(x):
    with x as y:
        raise ValueError(y)
    return y


@pytest.mark.parametrize("name", PROTOCOLS)
def test_protocols_build(name):
    W = symbolize(InstanceDunders)
    use = PROTOCOLS[name]
    expected, c = InstanceDunders(2), clone(W(2))
    assert use(c) == use(expected)
    assert is_realized(c) and vars(c) == vars(expected)


def test_del_does_not_run_for_what_was_never_built():
    gone = []

    class WithDel:
        def __init__(self, x):
            self.x = x

        def __del__(self):
            gone.append(self.x)

    W = symbolize(WithDel)
    x = W(1)
    c = clone(x)
    del c
    assert gone == []
    del x
    assert gone == [1]


# -- C layouts -------------------------------------------------------------------------------------
class Stack(list):
    def __init__(self, items=(), limit=10):
        super().__init__(items)
        self.limit = limit


class Failure(Exception):
    def __init__(self, message, code=1):
        super().__init__(message)
        self.code = code


class BareFailure(Exception):
    pass


class Day(datetime.date):
    def __new__(cls, year, month=1, day=1):
        return super().__new__(cls, year, month, day)


class Pair(NamedTuple):
    a: int
    b: int = 2


class Celsius(float):
    def __new__(cls, degrees):
        return super().__new__(cls, degrees)


@pytest.mark.parametrize(
    ("cls", "a", "edit", "expected"),
    [
        (Stack, ([1, 2],), {"items": [3]}, [3]),
        (Day, (2020,), {"month": 5}, datetime.date(2020, 5, 1)),
        (Pair, (1,), {"a": 7}, (7, 2)),
        (Celsius, (1.5,), {"degrees": 2.5}, 2.5),
        (collections.OrderedDict, ({"a": 1},), {"args": [{"b": 2}]}, {"b": 2}),
    ],
    ids=lambda v: getattr(v, "__name__", None),
)
def test_c_layouts_are_built_at_once_and_replaced_by_edits(cls, a, edit, expected):
    W = symbolize(cls)
    x = W(*a)
    assert x == cls(*a) and isinstance(x, cls) and type(x) is W
    c = clone(x)
    assert c == x and c is not x and is_realized(c)
    with pytest.raises(TypeError, match="cannot be changed in place"):
        rebind(c, edit)
    assert eq(c, x)
    holder = symbolize(Plain)((1, c))
    key, value = next(iter(edit.items()))
    rebind(holder, {f"x[1].{key}": value})
    assert holder.x[1] == expected and type(holder.x[1]) is W
    assert c == x


def test_exceptions_can_be_symbolic():
    E, B = symbolize(Failure), symbolize(BareFailure)
    with pytest.raises(Failure) as info:
        raise E("no", code=3)
    assert repr(info.value) == "Failure(message='no', code=3)" and info.value.args == ("no",)
    with pytest.raises(BareFailure):
        raise B("no", 4)


# -- refusals --------------------------------------------------------------------------------------
class Color(enum.Enum):
    RED = 1


class Proto(Protocol):
    x: int


class Typed(TypedDict):
    x: int


@pytest.mark.parametrize(
    ("cls", "reason"),
    [
        (Color, "enumeration"),
        (bool, "derive from it"),
        (range, "derive from it"),
        (Typed, "plain dicts"),
        (Proto, "protocol"),
        (Meta, "classes"),
        (object, "no arguments"),
    ],
)
def test_what_cannot_be_wrapped_is_refused_with_the_reason(cls, reason):
    with pytest.raises(NotSymbolizableError, match=reason):
        symbolize(cls)


def test_other_wrong_uses():
    with pytest.raises(TypeError, match="1 cannot be symbolized"):
        symbolize(1)
    with pytest.raises(ValueError, match="Only `constraint` is supported"):
        symbolize(Plain, 1, 2)

    class Own(Object):
        x: int

    with pytest.raises(ValueError, match="already a dataclass-like symbolic class"):
        symbolize(Own)


def test_queries_do_not_build():
    W = symbolize(Plain)
    tree = clone(W([W(1), W(2, y=W(3))]))
    found = query(tree, where=lambda v: isinstance(v, Plain) and args(v).x == 3)
    assert list(found) == ["x[1].y"]
    assert not is_realized(tree) and not is_realized(args(tree).x[0])
