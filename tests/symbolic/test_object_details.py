"""Finer points of `pg.Object`: dynamic fields, positional extras, constructors of users, switches, hooks of classes."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

import pytest

import polygraft as pg
from polygraft import typing as T


class K(pg.Object):
    __kwargs__: Any
    x: int


@pg.use_init_args(["y", "*z"])
class U(pg.Object):
    x: int
    y: int
    z: list[int]


def test_dynamic_fields_print_where_they_were_declared():
    assert repr(K(1, z=3)) == "K(z=3, x=1)" and list(K(1, z=3).sym_keys()) == ["x", "z"]
    assert K(1).rebind(q=[1]).format(compact=True, python_format=True) == "K(q=[1], x=1)"

    class Last(pg.Object):
        x: int
        __kwargs__: Any

    assert repr(Last(1, z=3)) == "Last(x=1, z=3)"


def test_positional_extras_may_come_as_one_list():
    assert U(1, 2, 3, x=4) == U(1, z=[2, 3], x=4) == pg.from_json(U(1, 2, 3, x=4).to_json())
    with pytest.raises(TypeError, match=r"multiple values for argument 'z': \[2\], \[5\]"):
        U(1, 2, z=[5], x=4)
    with pytest.raises(TypeError, match=r"multiple values for argument 'z': \[2\], \[5\]"):
        U(1, 2, z=[5], x=4, allow_partial=True)


def test_constructor_that_forgets_ours():
    class Forgetful(pg.Object):
        x: int

        @pg.explicit_method_override
        def __init__(self, a):
            pass

    class Good(pg.Object):
        x: int

        @pg.explicit_method_override
        def __init__(self, a):
            super().__init__(a)

    f = Forgetful(1)
    for use in (lambda: f.x, lambda: repr(f)):
        with pytest.raises(
            ValueError, match=r"Forgetful\.__init__ should call `super\(\)\.__init__`"
        ):
            use()
    g = Good(3)
    assert g.x == 3 and g.rebind(x=4).x == 4 and g.clone() == g


def test_errors_of_extension_name_the_field():
    class Base(pg.Object):
        x: int

    with pytest.raises(
        TypeError, match=r"Str\(\) cannot extend Int\(\): incompatible type\. \(path=x\)"
    ):

        class Bad(Base):
            x: str

    with pytest.raises(TypeError, match=r"\(path=x\)"):

        @pg.members([("x", str)])
        class Bad2(Base):
            pass


def test_metadata_is_kept_in_the_schema():
    @pg.members([("x", int), ("y", 1)], metadata={"init_arg_list": ["y"], "owner": "us"})
    class M(pg.Object):
        pass

    assert M.__schema__.metadata == {"init_arg_list": ["y"], "owner": "us"} and M(2, x=1).y == 2
    M.__schema__.metadata["init_arg_list"] = ["x"]
    M.apply_schema()
    assert M(3).x == 3 and M.init_arg_list == ["x"] and M.__schema__.metadata["owner"] == "us"
    M.apply_schema(T.Schema([T.Field("w", T.Int())], metadata={"init_arg_list": ["w"]}))
    assert repr(M(4)) == "M(w=4)"


def test_hooks_of_annotation_inference():
    seen = []

    class Base(pg.Object):
        @classmethod
        def _begin_annotation_inference(cls):
            seen.append("begin")

        @classmethod
        def _end_annotation_inference(cls, fields):
            seen.append([str(f.key) for f in fields])
            return [f for f in fields if str(f.key) != "dropped"]

    class Sub(Base):
        x: int
        dropped: int

    assert seen == ["begin", [], "begin", ["x", "dropped"]] and Sub.init_arg_list == ["x"]


def test_fields_need_not_be_attributes():
    class Hidden(pg.Object):
        allow_symbolic_attribute = False
        x: int

    h = Hidden(1)
    with pytest.raises(AttributeError, match="no attribute 'x'"):
        h.x
    assert h.sym_init_args.x == 1 and h.sym_getattr("x") == 1 and repr(h) == "Hidden(x=1)"
    h.x = "plain"
    assert h.x == "plain" and h.rebind(x=2).sym_getattr("x") == 2 and h.clone() == h


def test_fixed_containers_belong_to_each_object():
    @pg.members([("xs", T.List(T.Any(), default=[1]).freeze())])
    class Fixed(pg.Object):
        pass

    one, other = Fixed(), Fixed()
    assert one.xs is not other.xs and one.xs.sym_parent is one and one.xs.sym_path == "xs"
    assert Fixed(xs=[1]) == one
    with pytest.raises(ValueError, match="Frozen field is not assignable"):
        Fixed(xs=[2])


def test_keyword_only_fields():
    class Base(pg.Object, kw_only=True):
        a: int = 1
        b: str

    class Derived(Base):
        c: int = 2
        a: int = 3

    class Marked(pg.Object):
        first: int
        _: dataclasses.KW_ONLY
        second: int = 2

    assert str(inspect.signature(Base)) == "(*, a: int = 1, b: str)"
    assert str(inspect.signature(Derived)) == "(a: int = 3, c: int = 2, *, b: str)"
    assert Marked.init_arg_list == ["first"] and Marked(1, second=3).second == 3
    with pytest.raises(TypeError, match="takes 0 positional arguments but 1 was given"):
        Base("b")
    d = Derived(5, b="x")
    assert (d.a, d.b, d.c) == (5, "x", 2)
    assert pg.eq(pg.from_json_str(pg.to_json_str(d)), d) and pg.clone(d) == d
    assert Derived.partial().rebind(b="y").b == "y"


def double(x):
    return 2 * x


def test_functions_in_a_class_body_are_values_unless_they_are_methods():
    def beside(x):
        return 3 * x

    class Holder(pg.Object):
        a: Callable[[int], int] = double
        b: Callable[[int], int] = beside
        c: Callable[[int], int] = lambda x: x
        d: Callable[[int], int]

        def d(self, x):
            return (self, x)

    class Changed(Holder):
        a = beside

        def b(self, x):
            return self.a(x) + 1

    h = Holder()
    assert (h.a(2), h.b(2), h.c(2)) == (4, 6, 2) and h.d(2) == (h, 2)
    assert Holder(a=beside).a(1) == 3 and h.rebind(c=double).c(2) == 4
    assert Changed().a(1) == 3 and Changed().b(1) == 4 and Changed.init_arg_list == ["a", "c"]


def test_symbolic_containers_and_functors_take_type_arguments():
    class Typed(pg.Object):
        items: pg.List[int] = pg.List([1])
        table: pg.Dict[str, float] = pg.Dict()
        call: pg.Functor[int] | None = None

    t = Typed([1, 2], {"a": 1}, pg.as_functor(lambda: 1))
    assert isinstance(t.items, pg.List) and t.table == {"a": 1.0}
    assert Typed.__schema__["items"].value == T.List(T.Int(), default=[1])
    with pytest.raises(TypeError, match=r"Expect <class 'int'> .*\(path=items\[0\]\)"):
        Typed(["a"])
    with pytest.raises(TypeError, match=r"\(path=call\)"):
        Typed(call=len)
    assert pg.List[int]([1]) == [1] and pg.Dict[str, int](a=1) == {"a": 1}


class _Plain:
    def hello(self):
        return f"{type(self).__name__} {self.x}"


def test_members_make_a_symbolic_class_of_a_plain_one():
    @pg.members([("x", pg.typing.Int())], metadata={"init_arg_list": ["x"]})
    class Made(_Plain):
        """Doc."""

    assert Made(1).hello() == "Made 1" and repr(Made(2)) == "Made(x=2)" and Made.__doc__ == "Doc."
    assert issubclass(Made, _Plain) and issubclass(Made, pg.Object)
    assert pg.eq(pg.clone(Made(1)), Made(1))
    with pytest.raises(TypeError):
        Made("a")


def test_a_format_that_hands_everything_on_is_the_printed_form():
    class Base(pg.Object):
        x: int = 1

    class Loud(Base):
        def format(self, *args, **kwargs):
            return super().format(*args, **kwargs).upper()

    class Template(Base):
        def format(self, *args, **kwargs):  # a method of the user's own
            return "hello {}".format(*args)

    assert repr(Loud()) == "LOUD(X=1)" and repr([Loud()]) == "[LOUD(X=1)]"
    assert repr(Template()) == "Template(x=1)" and Template().format("you") == "hello you"


def test_instances_know_the_schema_of_their_class():
    class Known(pg.Object):
        x: Any
        y: int = 1

    target = Known(1)
    assert target.__schema__ is Known.__schema__
    assert target.__serialization_key__ == Known.__serialization_key__
    assert Known(pg.Ref(target)).__schema__ is Known.__schema__


def test_fields_may_be_declared_later():
    class Later(pg.Object):
        auto_schema = False
        ignored: int

    assert list(Later.__schema__.keys()) == []
    Later.update_schema([("x", T.Int())])
    assert Later(1).x == 1 and Later.init_arg_list == ["x"]

    @pg.members([("y", int)])
    class Sub(Later):
        pass

    assert Sub(1, 2).sym_init_args == {"x": 1, "y": 2}


def test_repeated_registration_may_be_forbidden():
    def define(declare):
        class RepeatedClass(pg.Object):
            x: int = 1

        return declare(RepeatedClass)

    first = define(lambda cls: cls)
    key = first.__serialization_key__
    try:
        pg.allow_repeated_class_registration(False)
        second = define(lambda cls: cls)  # the statement alone takes the place of the first one
        assert type(pg.from_json({"_type": key})) is second
        with pytest.raises(KeyError, match="has already been registered with class RepeatedClass"):
            define(pg.members([("y", int)]))

        class OtherClass(pg.Object):
            pass

        with pytest.raises(KeyError, match="has already been registered with class RepeatedClass"):
            OtherClass.register_for_deserialization(key)
    finally:
        pg.allow_repeated_class_registration()
    assert define(pg.members([("y", int)])).init_arg_list == ["x", "y"]
