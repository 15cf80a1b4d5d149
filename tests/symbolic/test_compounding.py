"""Functions turned into classes whose instances stand for what the function makes; classes with fixed arguments."""

from __future__ import annotations

import abc
import inspect
import pickle
from typing import Any

import pytest

import polygraft as pg
from polygraft import typing as T

LOG: list[str] = []


class Foo(pg.Object):
    x: int
    y: int = 1

    def hello(self):
        return (self.x, self.y)

    def _on_bound(self):
        self.z = self.x + self.y
        LOG.append("foo")


@pg.compound
def make(a: int, b: int = 2) -> Foo:
    """Makes a foo.

    Args:
        a: The a.
        b: The b.
    """
    LOG.append("make")
    return Foo(a * 10, b)


def test_instance_is_a_program_of_the_functions_parameters():
    m = make(1)
    assert repr(m) == "make(a=1, b=2)" and isinstance(m, Foo) and issubclass(make, Foo)
    assert str(inspect.signature(make)) == "(a: int, b: int = 2)"
    assert make.__schema__.get_field("a").description == "The a."
    assert make(1) == make(1) != make(2) and make(1) != Foo(10, 2)
    assert hash(make(1)) == hash(make(1)) and pg.eq(m.clone(), m)
    assert m.to_json()["a"] == 1 and pg.from_json(m.to_json()) == m
    assert pickle.loads(pickle.dumps(m)) == m
    with pytest.raises(TypeError, match=r"\(path=a\)"):
        make("a")
    with pytest.raises(TypeError, match="missing 1 required argument: 'a'"):
        make()
    assert pg.query(pg.Dict(f=m), where=lambda v: v == 1) == {"f.a": 1}


def test_built_when_needed_and_again_after_a_change():
    LOG.clear()
    m = make(1)
    assert LOG == [] and m.a == 1 and LOG == []
    assert m.hello() == (10, 2) and m.z == 12 and m.x == 10 and LOG == ["make", "foo"]
    assert m.decomposed == Foo(10, 2) and m.decomposed is m.decomposed
    LOG.clear()
    m.rebind(a=5)
    assert LOG == [] and m.x == 50 and LOG == ["make", "foo"]
    with pytest.raises(AttributeError, match="'Foo' object has no attribute 'zz'"):
        m.zz
    partial = make.partial()
    with pytest.raises(pg.AbstractValueError):
        partial.x
    LOG.clear()
    pg.compound_class(lambda a: Foo(a), Foo, lazy_build=False)(1)
    assert LOG == ["foo"]


def test_parameter_hides_the_attribute_of_the_base_class():
    @pg.compound
    def scaled(x: int) -> Foo:
        return Foo(x * 100)

    @pg.compound
    def greeting(hello: int) -> Foo:
        return Foo(hello)

    assert scaled(3).x == 3 and scaled(3).decomposed.x == 300 and scaled(3).hello() == (300, 1)
    assert greeting(4).hello == 4 and greeting(4).x == 4


def test_specs_of_parameters_and_base_class_by_hand():
    @pg.compound(Foo, [("a", T.Int(min_value=0), "The a.")])
    def positive(a):
        return Foo(a)

    assert positive(1).x == 1
    with pytest.raises(ValueError, match=r"out of range.*\(path=a\)"):
        positive(-1)
    with pytest.raises(ValueError, match="Cannot inference the base class"):
        pg.compound(lambda a: Foo(a))
    with pytest.raises(TypeError, match="only applicable to functions"):
        pg.compound_class(Foo)


def test_plain_wrapped_and_abstract_base_classes():
    class Plain:
        def __init__(self, q):
            self.q = q

        def hi(self):
            return self.q

    class Base(pg.Object):
        @abc.abstractmethod
        def m(self): ...

    class Concrete(Base):
        v: int

        def m(self):
            return self.v

    plain = pg.compound_class(lambda a: Plain(a), Plain)
    assert plain(3).hi() == 3 and isinstance(plain(3), Plain)
    wrapper = pg.symbolize(Plain)
    wrapped = pg.compound_class(lambda a: wrapper(a), wrapper)
    assert wrapped(3).hi() == 3 and isinstance(wrapped(3), Plain)
    assert pg.compound_class(lambda v: Concrete(v), Base)(3).m() == 3


def test_base_hooks_do_not_run_for_the_compound():
    seen = []

    class Base(pg.Object):
        def __init_subclass__(cls, **kwargs):
            seen.append("subclass")

        def _on_bound(self):
            seen.append("bound")

        def _on_parent_change(self, old, new):
            seen.append("parent")

        def _on_path_change(self, old, new):
            seen.append("path")

    made = pg.compound_class(lambda a: 1, Base)
    pg.Dict(x=made(1))
    assert seen == []


def test_values_are_inferred_from_where_the_compound_stands():
    class Part(pg.Object):
        x: int
        w: int = pg.symbolic.ValueFromParentChain()

    class Whole(pg.Object):
        part: Part
        w: int = 7

    @pg.compound(Part)
    def part(a):
        return Part(a)

    p = part(1)
    whole = Whole(p)
    assert whole.part is p and p.w == 7
    whole.rebind(w=9)
    assert p.w == 9 and pg.Dict(w=3, k=part(1)).k.w == 3


def test_variable_arguments():
    total = pg.compound_class(lambda *xs, **more: Foo(sum(xs) + sum(more.values())), Foo)
    assert total(1, 2, k=3).x == 6 and total(1).rebind(k=4).x == 5


# -- boilerplate classes ---------------------------------------------------------------------------
PARTS = T.Dict([("p", int), ("q", 2)])


class Template(pg.Object):
    a: int
    b: str = "x"
    d: PARTS
    items: list[Any] = []


def test_given_arguments_are_fixed():
    template = Template.partial(b="q", d={"q": 5}, items=[{"f": 1}])
    cls = pg.boilerplate_class("Fixed", template)
    x = cls(1, {"p": 3})
    assert repr(x) == "Fixed(a=1, d={p=3})" and isinstance(x, Template)
    assert x.b == "q" and x.d == {"p": 3, "q": 5} and x.items == [{"f": 1}]
    assert cls.init_arg_list == ["a", "d"] and cls.__module__ == __name__
    assert cls.__schema__.description == "Boilerplate class."
    assert x.to_json() == {"_type": cls.__type_name__, "a": 1, "d": {"p": 3}}
    assert pg.from_json(x.to_json()) == x
    for change in ({"b": "w"}, {"d.q": 2}):
        with pytest.raises(ValueError, match="Frozen field is not assignable"):
            x.rebind(change)
    with pytest.raises(ValueError, match="Frozen field is not assignable"):
        cls(1, {"p": 3, "q": 9})
    assert cls(1, {"p": 3, "q": 5}, b="q") == x
    assert repr(template.b) == "'q'" and repr(Template(1, d={"p": 1})).startswith(
        "Template(a=1, b='x'"
    )


def test_elements_of_fixed_lists_can_be_rebound_in_one_object():
    cls = pg.boilerplate_class("FixedList", Template.partial(items=[{"f": 1}]))
    one, other = cls(1, d={"p": 1}), cls(1, d={"p": 1})
    assert one.items is not other.items and one.items.sym_parent is one
    one.rebind({"items[0].f": 2})
    assert one.items == [{"f": 2}] and other.items == [{"f": 1}]
    assert cls(1, d={"p": 1}).items == [{"f": 1}] and one.clone().items == [{"f": 2}]


def test_everything_fixed():
    cls = pg.boilerplate_class("All", Template(1, d={"p": 1}))
    assert repr(cls()) == "All()" and cls().a == 1 and cls().d == {"p": 1, "q": 2}
    with pytest.raises(TypeError, match="takes 0 positional arguments but 1 was given"):
        cls(2)


def test_names_and_errors():
    cls = pg.boilerplate_class(
        "Named",
        Template.partial(),
        init_arg_list=["d"],
        serialization_key="BB",
        additional_keys=["CC"],
    )
    x = cls({"p": 1}, a=1)
    assert x.to_json()["_type"] == "BB" and isinstance(
        pg.from_json({"_type": "CC", "a": 1, "d": {"p": 2}}), cls
    )
    with pytest.raises(ValueError, match=r"must be an instance of symbolic\.Object subclass"):
        pg.boilerplate_class("B", 1)
    with pytest.raises(TypeError, match=r"Unsupported keyword arguments: \['zz'\]"):
        pg.boilerplate_class("B", Template.partial(), zz=1)
