"""Redirecting calls of plain classes: what is redirected, what is not, and what stays as it was."""

from __future__ import annotations

import abc
import collections
import copy
import dataclasses
import datetime
import gc
import inspect
import pickle
import threading
import typing
from typing import Any

import pytest

import polygraft as pg
from polygraft.symbolic.wrapping import interception
from polygraft.symbolic.wrapping.interception import redirecting


def fresh() -> Any:
    class Plain:
        """Doc."""

        log: typing.ClassVar[list[Any]] = []

        def __init__(self, a: Any, b: Any = 2):
            self.log.append((a, b))
            self.a, self.b = a, b

    return Plain


# -- what is redirected ----------------------------------------------------------------------------
def test_calls_make_wrapped_objects_with_a_record_and_one_initialization() -> None:
    cls = fresh()
    wrapper = pg.symbolize(cls)
    alias = cls
    with pg.apply_wrappers([wrapper]):
        x = alias(1, b=3)
    assert type(x) is wrapper
    assert (pg.args(x).a, pg.args(x).b, x.a, x.b) == (1, 3, 1, 3)
    assert cls.log == [(1, 3)]
    assert type(cls(1)) is cls


def test_default_arguments_and_closures_are_reached() -> None:
    cls = fresh()

    def build(layer: Any = cls) -> Any:
        return [layer(i) for i in range(2)] + [cls(2)]

    with pg.apply_wrappers([pg.symbolize(cls)]):
        made = build()
    assert all(isinstance(x, pg.ClassWrapper) for x in made)


def test_subclasses_and_direct_new_pass() -> None:
    cls = fresh()

    class Sub(cls):
        pass

    with pg.apply_wrappers([pg.symbolize(cls)]):
        assert type(Sub(1)) is Sub
        assert type(cls.__new__(cls)) is cls
        assert type(cls.__new__(cls, 1)) is cls
        plain = copy.copy(Sub(1))
        assert type(plain) is Sub
    x = cls(1)
    with pg.apply_wrappers([pg.symbolize(cls)]):
        assert type(copy.copy(x)) is cls
        assert type(copy.deepcopy(x)) is cls
        assert (copy.copy(x).a, copy.deepcopy(x).b) == (1, 2)


class Picklable:
    def __init__(self, a: int):
        self.a = a


class Forgiving:
    def __init__(self, a: int = 0):
        self.a = a


def test_unpickling_inside_a_scope() -> None:
    data = pickle.dumps([Picklable(3), Forgiving(4)])
    with pg.apply_wrappers([pg.symbolize(Picklable), pg.symbolize(Forgiving)]):
        strict, lenient = pickle.loads(data)
    assert type(strict) is Picklable
    assert strict.a == 3
    assert lenient.a == 4
    assert isinstance(lenient, Forgiving)
    assert type(pickle.loads(data)[1]) is Forgiving


def test_an_object_that_python_has_not_initialized_is_whole_at_the_first_touch() -> None:
    cls = fresh()
    wrapper = pg.symbolize(cls)
    with pg.apply_wrappers([wrapper]):
        make = cls.__new__
        x = make(cls, 1)  # not recognisable as a call of `__new__`
        y = make(cls, 2)
    assert x.a == 1
    assert type(x) is wrapper
    y.b = 5
    assert type(y) is wrapper
    assert cls.log == [(1, 2), (2, 2)]


def test_deferred_objects_stay_deferred() -> None:
    cls = fresh()
    wrapper = pg.symbolize(cls)
    with pg.apply_wrappers([wrapper]):
        x = cls(pg.oneof([1, 2]))
    assert cls.log == []
    assert isinstance(x, wrapper)
    assert pg.is_abstract(x)
    y = pg.clone(x).rebind(a=1)
    assert (y.a, y.b) == (1, 2)


def test_wrong_arguments_give_the_error_of_the_class() -> None:
    cls = fresh()
    with pg.apply_wrappers([pg.symbolize(cls)]):
        with pytest.raises(
            TypeError, match=r"__init__\(\) missing 1 required positional argument: 'a'"
        ):
            cls()
        with pytest.raises(TypeError, match=r"unexpected keyword argument 'z'"):
            cls(1, z=1)
    assert cls.log == []


def test_new_of_another_type_is_returned_as_it_is() -> None:
    class Chooser:
        def __new__(cls, kind: str) -> Any:
            return [kind] if kind == "list" else super().__new__(cls)

        def __init__(self, kind: str):
            self.kinds = [*getattr(self, "kinds", ()), kind]

    with pg.apply_wrappers([pg.symbolize(Chooser)]):
        assert Chooser("list") == ["list"]
        x = Chooser("own")
    assert x.kinds == ["own"]
    assert isinstance(x, pg.ClassWrapper)


def test_new_that_chooses_a_subclass_initializes_once() -> None:
    class Shape:
        def __new__(cls, sides: int) -> Any:
            return super().__new__(Square if sides == 4 else cls)

        def __init__(self, sides: int):
            self.calls = getattr(self, "calls", 0) + 1

    class Square(Shape):
        pass

    with pg.apply_wrappers([pg.symbolize(Shape)]):
        assert Shape(4).calls == 1
        assert type(Shape(4)) is Square
        assert Shape(3).calls == 1


# -- kinds of classes ------------------------------------------------------------------------------
@dataclasses.dataclass
class Data:
    x: int
    y: list[int] = dataclasses.field(default_factory=list)
    posts: int = 0

    def __post_init__(self) -> None:
        self.posts += 1


@dataclasses.dataclass(frozen=True, slots=True)
class Slotted:
    x: int
    y: int = 2


class Slots:
    __slots__ = ("n", "x")

    def __init__(self, x: int):
        self.x = x
        self.n = getattr(self, "n", 0) + 1


class Named(typing.NamedTuple):
    x: int
    y: int = 2


class Items(list[Any]):
    def __init__(self, *items: Any):
        super().__init__([*self, *items])


class Failure(Exception):
    def __init__(self, x: int):
        super().__init__(x)
        self.x = x


class Day(datetime.date):
    pass


class Counting(type):
    calls = 0

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        Counting.calls += 1
        x = super().__call__(*args, **kwargs)
        x.counted = getattr(x, "counted", 0) + 1
        return x


class Counted(metaclass=Counting):
    def __init__(self, x: int):
        self.x = x


class Abstract(abc.ABC):
    def __init__(self, x: int):
        self.x = x

    @abc.abstractmethod
    def f(self) -> None: ...


class Concrete(Abstract):
    def f(self) -> None: ...


G = typing.TypeVar("G")


class Generic(typing.Generic[G]):
    def __init__(self, x: G):
        self.x = x


class Guarded:
    def __init__(self, x: int):
        self.__dict__["x"] = x

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("read-only")

    def __getattr__(self, name: str) -> Any:
        return f"no {name}"


def signature(cls: Any) -> Any:
    try:
        return inspect.signature(cls)
    except ValueError as e:
        return str(e)


@pytest.mark.parametrize(
    ("cls", "args", "check"),
    [
        (Data, (1,), lambda v: v.posts == 1 and v.y == []),
        (Slotted, (1,), lambda v: (v.x, v.y) == (1, 2)),
        (Slots, (1,), lambda v: v.n == 1),
        (Named, (1,), lambda v: v == (1, 2)),
        (Items, (1, 2), lambda v: v == [1, 2]),
        (Failure, (1,), lambda v: v.args == (1,) and v.x == 1),
        (Day, (2020, 1, 2), lambda v: v.isoformat() == "2020-01-02"),
        (Counted, (1,), lambda v: v.counted == 1),
        (Concrete, (1,), lambda v: v.x == 1),
        (Generic, (1,), lambda v: v.x == 1),
        (Guarded, (1,), lambda v: v.x == 1 and v.other == "no other"),
    ],
)
def test_kinds_of_classes(cls: Any, args: Any, check: Any) -> None:
    before, shown = signature(cls), dir(cls)
    wrapper = pg.symbolize(cls)
    with pg.apply_wrappers([wrapper]):
        x = cls(*args)
        assert type(x) is wrapper
        assert check(x)
        assert pg.is_partial(x) is False
        assert check(pg.realize(pg.clone(x)))
    plain = cls(*args)
    assert type(plain) is cls
    assert check(plain)
    assert signature(cls) == before
    assert dir(cls) == shown
    if cls is not Failure:
        with pytest.raises(TypeError):
            cls(*args, 3, 4, 5, 6, z=7)


def test_the_metaclass_runs_once_per_object() -> None:
    Counting.calls = 0
    with pg.apply_wrappers([pg.symbolize(Counted)]):
        Counted(1)
    assert Counting.calls == 1
    Counted(1)
    assert Counting.calls == 2


def test_a_metaclass_that_calls_the_one_above() -> None:
    class Outer(Counting):
        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            return super().__call__(*args, **kwargs)

    class Thing(metaclass=Outer):
        def __init__(self, x: int):
            self.x = x

    with pg.apply_wrappers([pg.symbolize(Thing), pg.symbolize(Counted)]):
        assert isinstance(Thing(1), pg.ClassWrapper)
        assert type(pg.detouring.undetoured_new(Thing, 1)) is Thing
        assert Thing(1).counted == 1


def test_classes_in_c_are_refused() -> None:
    with pytest.raises(TypeError, match="implemented in C"):
        pg.apply_wrappers([pg.symbolize(collections.OrderedDict)])
    with pytest.raises(TypeError, match="stands for no plain class"):
        pg.apply_wrappers([fresh()])
    assert interception.current() == {}


# -- what hooked classes keep ----------------------------------------------------------------------
def test_a_class_without_init_still_refuses_arguments() -> None:
    class Bare:
        pass

    class Sub(Bare):
        def __init__(self, q: int):
            super().__init__()
            self.q = q

    class News(Bare):
        def __new__(cls, *args: Any) -> Any:
            return super().__new__(cls)

    class Lax(Bare):
        def __new__(cls, *args: Any) -> Any:
            return super().__new__(cls, *args)

    with pg.apply_wrappers([pg.symbolize(Bare)]):
        assert isinstance(Bare(), pg.ClassWrapper)
        with pytest.raises(TypeError, match=r"Bare\(\) takes no arguments|__init__\(\) takes"):
            Bare(1)
    with pytest.raises(TypeError, match=r"Bare\(\) takes no arguments"):
        Bare(1)
    assert str(inspect.signature(Bare)) == "()"
    assert str(inspect.signature(pg.symbolize(Bare))) == "()"
    assert str(inspect.signature(Sub)) == "(q: 'int')"
    assert str(inspect.signature(pg.symbolize(Sub))) == "(q: 'int')"
    assert Sub(1).q == 1
    assert type(News(1)) is News
    assert type(Lax()) is Lax
    with pytest.raises(TypeError, match="exactly one argument"):
        Lax(1)
    with pytest.raises(TypeError):
        Sub()


def test_multiple_inheritance_reaches_the_next_new() -> None:
    class Left:
        def __init__(self, x: int):
            self.x = x

    class Right:
        def __new__(cls, *args: Any) -> Any:
            self = super().__new__(cls)
            self.made = args
            return self

    with pg.apply_wrappers([pg.symbolize(Left)]):
        Left(1)

    class Both(Left, Right):
        pass

    assert Both(3).made == (3,)
    assert Both(3).x == 3


def test_hooked_before_symbolized() -> None:
    class Late:
        def __init__(self, x: int):
            self.x = x

    class Other:
        def __init__(self, x: int):
            self.x = x

    with pg.detour([(Late, Other)]):
        assert type(Late(1)) is Other
    wrapper = pg.symbolize(Late)
    x = pg.clone(wrapper(1)).rebind(x=2)
    assert x.x == 2
    assert copy.copy(x).x == 2
    with pg.apply_wrappers([wrapper]):
        assert type(Late(4)) is wrapper


# -- scopes ----------------------------------------------------------------------------------------
def test_scopes_end_with_an_exception_and_nest() -> None:
    cls, other = fresh(), fresh()
    first, second = pg.symbolize(cls), pg.symbolize(other)
    with pytest.raises(ZeroDivisionError), pg.apply_wrappers([first]):
        with pg.apply_wrappers([second]):
            assert type(cls(1)) is first
            assert type(other(1)) is second
        assert type(other(1)) is other
        raise ZeroDivisionError
    assert type(cls(1)) is cls
    assert interception.current() == {}


def test_an_error_of_the_class_comes_through() -> None:
    class Fails:
        def __init__(self, x: int):
            raise RuntimeError(f"no {x}")

    with pg.apply_wrappers([pg.symbolize(Fails)]), pytest.raises(RuntimeError, match="no 3"):
        Fails(3)
    with pytest.raises(RuntimeError, match="no 4"):
        Fails(4)


def test_other_threads_are_not_concerned() -> None:
    cls = fresh()
    seen: list[Any] = []
    inside, done = threading.Event(), threading.Event()

    def other() -> None:
        inside.wait(10)
        seen.append(type(cls(1)))
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with pg.apply_wrappers([pg.symbolize(cls)]):
        inside.set()
        assert done.wait(10)
        assert type(cls(1)) is pg.symbolize(cls)
    thread.join()
    assert seen == [cls]


def test_one_scope_object_can_be_entered_again_and_by_several_threads() -> None:
    cls = fresh()
    scope = redirecting({cls: pg.symbolize(cls)})
    with scope, scope:
        assert isinstance(cls(1), pg.ClassWrapper)
        with scope as table:
            assert table == interception.current()
    assert type(cls(1)) is cls
    results: list[Any] = []

    def run() -> None:
        for _ in range(50):
            with scope:
                results.append(isinstance(cls(1), pg.ClassWrapper))
            results.append(type(cls(1)) is cls)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(results) == 400
    assert all(results)


def test_redirections_in_force_can_be_entered_later() -> None:
    cls = fresh()
    with pg.apply_wrappers([pg.symbolize(cls)]):
        table = interception.current()
    with redirecting(table):
        assert isinstance(cls(1), pg.ClassWrapper)


def test_apply_wrappers_to_all_and_where() -> None:
    cls, other = fresh(), fresh()
    first, second = pg.symbolize(cls), pg.symbolize(other)
    with pg.apply_wrappers():
        assert (type(cls(1)), type(other(1))) == (first, second)
    with pg.apply_wrappers(where=lambda w: w is second):
        assert (type(cls(1)), type(other(1))) == (cls, second)


def test_instances_are_not_kept_alive() -> None:
    class Big:
        def __init__(self, x: int):
            self.x = x

    with pg.apply_wrappers([pg.symbolize(Big)]):
        import weakref

        ref = weakref.ref(Big(1))
    gc.collect()
    assert ref() is None
