"""`pg.Object`: declaring fields, constructing, errors, attributes, inheritance, hooks."""

from __future__ import annotations

import abc
import copy
import inspect
import pickle
from typing import Any, ClassVar, Final

import pytest

from polygraft import typing as T
from polygraft.errors import CycleError, WritePermissionError
from polygraft.missing import MISSING_VALUE
from polygraft.symbolic import (
    Dict,
    List,
    Object,
    allow_partial,
    explicit_method_override,
    is_partial,
    members,
    use_init_args,
)


class A(Object):
    x: Any
    y: Any = None


class Typed(Object):
    n: int
    f: float = 1.0
    s: str = "a"


class Holder(Object):
    a: A
    ls: list[int] = [1]
    d: dict[str, int] = {}


def test_prints_as_specified():
    assert repr(A(1)) == "A(x=1, y=None)"
    assert repr(A(A([]))) == "A(x=A(x=[], y=None), y=None)"
    assert str(A(1)) == "A(\n  x = 1,\n  y = None\n)"
    assert repr(A({"q": (1, [2])})) == "A(x={q=(1, [2])}, y=None)"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Typed(), "Typed.__init__() missing 1 required argument: 'n'."),
        (lambda: A(z=1), "A.__init__() got unexpected keyword argument: 'z'"),
        (lambda: A(1, 2, 3), "A.__init__() takes 2 positional arguments but 3 were given."),
        (
            lambda: A(1, allow_partial="no"),
            "Expect bool type for argument 'allow_partial' in symbolic.Object.__init__ but encountered no.",
        ),
        (lambda: Typed("x"), "Expect <class 'int'> but encountered <class 'str'>: x. (path=n)"),
        (
            lambda: Holder(A(1), ls=[1, "x"]),
            "Expect <class 'int'> but encountered <class 'str'>: x. (path=ls[1])",
        ),
    ],
)
def test_construction_errors(call, message):
    with pytest.raises(TypeError) as e:
        call()
    assert str(e.value).startswith(message)


def test_unknown_argument_suggests_the_near_name():
    class Net(Object):
        learning_rate: float

    with pytest.raises(TypeError, match="Did you mean 'learning_rate'"):
        Net(learning_rte=1.0)


def test_values_are_converted_and_defaults_are_fresh():
    assert Typed(1, 2).f == 2.0 and type(Typed(1, 2).f) is float
    one, two = Holder(A(1)), Holder(A(1))
    assert type(one.ls) is List and type(one.d) is Dict
    one.ls.append(5)
    assert one.ls == [1, 5] and two.ls == [1] and Holder(A(1)).ls == [1]


def test_failed_construction_leaves_arguments_free():
    child = A(1)
    with pytest.raises(TypeError):
        Holder(child, ls="no")
    assert child.sym_parent is None
    h = Holder(child)
    assert h.a is child and child.sym_parent is h

    class Fails(Object):
        a: A

        def _on_bound(self):
            raise RuntimeError("no")

    other = A(2)
    with pytest.raises(RuntimeError):
        Fails(other)
    assert other.sym_parent is None


def test_second_attachment_copies():
    a = A(1)
    first, second = A(a), A(a)
    assert first.x is a and second.x is not a and second.x == a
    both = A(a2 := A(2), a2)
    assert both.x is a2 and both.y is not a2


def test_paths_and_parents():
    a = A(A([A(1)]))
    inner = a.x.x[0]
    assert inner.sym_path == "x.x[0]" and inner.sym_root is a
    assert inner.sym_parent is a.x.x and inner.sym_parent.sym_parent is a.x
    t = A((1, A(5)))
    assert t.x[1].sym_parent is t and t.x[1].sym_path == "x[1]"


def test_attributes_are_native_and_guarded():
    a = A(1)
    assert vars(a) == {"x": 1, "y": None}
    with pytest.raises(WritePermissionError, match="Cannot set attribute of"):
        a.x = 2
    a.note = 1
    a._private = 2
    with pytest.raises(AttributeError):
        a.zz
    a.set_accessor_writable(True).x = 3
    assert a.x == 3
    assert not hasattr(A, "__get") and repr(A.x).startswith("<field x")


def test_users_names_win():
    class Mine(Object):
        format: int
        path: str = "p"
        rebind: int = 3

        def clone(self):
            return "mine"

        def save(self):
            return "saved"

    m = Mine(1)
    assert (m.format, m.path, m.rebind, m.clone(), m.save()) == (1, "p", 3, "mine", "saved")
    assert repr(m) == "Mine(format=1, path='p', rebind=3)"
    from polygraft.symbolic import clone, eq, rebind

    assert eq(clone(m), m) and rebind(m, {"format": 5}).format == 5


def test_method_named_as_inherited_field_wins_for_reading():
    class Base(Object):
        x: Any = 1

    class Sub(Base):
        def x(self):
            return "method"

    assert Sub().x() == "method" and Sub().sym_init_args["x"] == 1


def test_inheritance_order_narrowing_and_mro():
    class P(Object):
        a: int = 1
        b: str = "p"

    class Q(P):
        c: int
        a: int = 5

    assert Q.init_arg_list == ["a", "b", "c"] and repr(Q(c=1)) == "Q(a=5, b='p', c=1)"
    with pytest.raises(TypeError, match="incompatible type"):

        class R(P):
            a: str

    class B1(P):
        a = 2

    class B2(P):
        pass

    class D(B2, B1):
        pass

    assert D().a == 2


def test_annotations_that_are_no_fields():
    class K(Object):
        CONSTANT: int = 1
        _private: int = 2
        shared: ClassVar[int] = 3
        fixed: Final[int] = 4
        x: int = 5

    assert K.init_arg_list == ["x"] and repr(K()) == "K(x=5)" and K().fixed == 4
    with pytest.raises(ValueError, match="Frozen field is not assignable"):
        K(fixed=9)


def test_dynamic_fields():
    class K(Object):
        __kwargs__: Any
        x: int

    k = K(1, z=3)
    assert k.z == 3 and dict(k.sym_items()) == {"x": 1, "z": 3}
    assert k.clone() == k and k.rebind(z=MISSING_VALUE, w=1).sym_init_args.keys() == ["x", "w"]


def test_members_and_init_args():
    @members([("rate", T.Float(min_value=0), "learning rate"), ("name", "adam")])
    class Opt(Object):
        pass

    assert repr(Opt(1)) == "Opt(rate=1.0, name='adam')"
    with pytest.raises(
        ValueError, match=r"Value -1.0 is out of range \(min=0, max=None\). \(path=rate\)"
    ):
        Opt(-1.0)

    @use_init_args(["y", "*z"])
    class U(Object):
        x: int
        y: int
        z: list[int]

    assert repr(U(1, 2, 3, x=4)) == "U(x=4, y=1, z=[0: 2, 1: 3])"
    assert str(inspect.signature(U)) == "(y: int, *z: int, x: int)"


def test_signature_is_the_real_one():
    assert str(inspect.signature(Typed)) == "(n: int, f: float = 1.0, s: str = 'a')"


def test_partial_objects():
    p = A.partial()
    assert (
        repr(p) == "A(x=MISSING_VALUE, y=None)"
        and p.is_partial
        and p.sym_missing() == {"x": MISSING_VALUE}
    )
    p.rebind(x=1)
    assert not is_partial(p)
    with allow_partial():
        assert repr(Holder()) == "Holder(a=MISSING_VALUE, ls=[0: 1], d={})"
    with pytest.raises(ValueError, match="is not fully bound"):
        Holder(A.partial())


def test_hooks_run_once_and_deepest_first():
    calls = []

    class N(Object):
        name: str
        child: Any = None
        v: int = 0

        def _on_bound(self):
            calls.append(self.name)

    root = N("root", N("mid", N("leaf")))
    calls.clear()
    root.rebind({"child.child.v": 1, "v": 2, "child.v": 3})
    assert calls == ["leaf", "mid", "root"]
    calls.clear()
    root.clone()
    assert calls == ["leaf", "mid", "root"]


def test_on_change_gets_relative_updates():
    seen = []

    class N(Object):
        child: Any = None
        v: int = 0

        def _on_change(self, updates):
            seen.append(
                {str(k): (u.old_value, u.new_value, str(u.path)) for k, u in updates.items()}
            )

    root = N(N())
    root.rebind({"child.v": 5})
    assert seen == [{"v": (0, 5, "child.v")}, {"child.v": (0, 5, "child.v")}]


def test_parent_and_path_events():
    events = []

    class E(Object):
        v: Any = None

        def _on_parent_change(self, old, new):
            events.append(("parent", old is None, new is None))

        def _on_path_change(self, old, new):
            events.append(("path", str(old), str(new)))

    e = E()
    d = Dict(p=e)
    assert events == [("path", "", "p"), ("parent", True, False)]
    events.clear()
    Dict(q=d)
    assert events == [("path", "p", "q.p")]
    events.clear()
    d.p = 3
    assert events == [("parent", False, True), ("path", "q.p", "")]


def test_equality_hash_and_copies():
    assert A(1) == A(1) and A(1) != A(2) and hash(A(1)) == hash(A(1)) and A(1) != 1
    a = A([A(1)])
    for c in (copy.copy(a), copy.deepcopy(a), pickle.loads(pickle.dumps(a)), a.clone()):
        assert c == a and c is not a and c.x is not a.x and c.sym_parent is None
    assert pickle.loads(pickle.dumps(Dict(p=a).p)).sym_parent is None

    class Ident(Object):
        use_symbolic_comparison = False
        x: int = 1

    assert Ident() != Ident() and Ident().sym_eq(Ident())


def test_overriding_init_needs_a_mark():
    with pytest.raises(TypeError, match="managed method"):

        class Bad(Object):
            x: int

            def __init__(self):
                pass

    class Good(Object):
        x: int

        @explicit_method_override
        def __init__(self, twice):
            super().__init__(x=twice * 2)

    assert Good(2).x == 4


def test_abstract_members_are_satisfied_by_fields():
    class Base(abc.ABC):
        @property
        @abc.abstractmethod
        def size(self): ...

    class Impl(Object, Base):
        size: int

    assert Impl(3).size == 3

    class Still(Object):
        @abc.abstractmethod
        def run(self): ...

    with pytest.raises(TypeError, match="abstract"):
        Still()


def test_cycle_is_refused_and_nothing_changes():
    a = A(1)
    b = A(a)
    with pytest.raises(CycleError, match=r"path=x\.y"):
        b.rebind({"x.y": b})
    assert repr(b) == "A(x=A(x=1, y=None), y=None)"
    with pytest.raises(CycleError):
        b.rebind({"x.y": (1, b)})


def test_sealed_objects_refuse():
    a = A(A(1)).seal()
    with pytest.raises(WritePermissionError, match="Cannot rebind a sealed A"):
        a.rebind(x=1)
    with pytest.raises(WritePermissionError):
        A(a).rebind({"x.y": 1})
    assert a.clone().is_sealed


def test_traceback_shows_generated_source():
    import traceback

    try:
        Typed("x")
    except TypeError as e:
        text = "".join(traceback.format_exception(e))
    assert "n = _pg_c0(n)" in text


def test_field_names_that_are_no_identifiers_or_keywords():
    @members([("class", int), ("self", T.Int(2))])
    class Odd(Object):
        pass

    o = Odd(**{"class": 1})
    assert repr(o) == "Odd(class=1, self=2)" and o.clone() == o


def test_string_annotations_and_self_reference():
    class Node(Object):
        next: Node | None = None

    assert Node(Node()).next.next is None


def test_fields_may_have_the_names_that_checks_refer_to():
    class Block(Object):
        type: str
        n: int
        len: list[int] = [1]
        isinstance: float = 1.0

    b = Block("conv", 3, [2], 2)
    assert (b.type, b.n, list(b.len), b.isinstance) == ("conv", 3, [2], 2.0)
    assert b.rebind(type="pool", n=4).clone() == Block("pool", 4, [2], 2.0)
    with pytest.raises(TypeError, match=r"\(path=n\)"):
        Block("conv", "3")


def test_objects_with_dynamic_fields_may_have_a_root_path():
    class Open(Object):
        x: int
        __kwargs__: Any

    o = Open(1, root_path="a.b")
    assert o == Open(1) and o.clone() == o and list(o.sym_items()) == [("x", 1)]
    assert o.rebind(z=2).clone() == Open(1, z=2)


class Loaded(Object):
    x: int = 1


class LoadedChild(Loaded):
    y: int = 2


class Unnamed(Object):
    x: int = 1
    auto_register = False


def test_from_json_of_a_class_checks_the_type():
    assert Loaded.from_json({"x": 3}) == Loaded(3)
    assert Loaded.from_json(Loaded(3).to_json()) == Loaded(3)
    assert Loaded.from_json(LoadedChild(3).to_json()) == LoadedChild(3)
    with pytest.raises(TypeError, match=r"The data is of type '.*\.Loaded', not '.*\.LoadedChild'"):
        LoadedChild.from_json(Loaded(3).to_json())
    with pytest.raises(TypeError, match="Expect the JSON object of a Loaded"):
        Loaded.from_json([1])
    with pytest.raises(TypeError, match="has no name in files"):
        Unnamed.from_json({"x": 3})


def test_load_checks_the_type(tmp_path):
    path = str(tmp_path / "x.json")
    Loaded(3).save(path)
    assert Loaded.load(path) == Loaded(3) and Object.load(path) == Loaded(3)
    with pytest.raises(TypeError, match="Value is not of type"):
        LoadedChild.load(path)


def test_arguments_are_a_live_view_in_which_names_of_arguments_win():
    class Table(Object):
        values: list[int]
        get: int = 5
        _hidden = 1

    t = Table([1])
    view = t.sym_init_args
    assert view.get == 5 and view["values"] == [1] and list(view) == ["values", "get"]
    view.get = 6
    view["values"] = [2, 3]
    assert t == Table([2, 3], 6) and view == {"values": [2, 3], "get": 6}
    assert view == Table([2, 3], 6).sym_init_args and view != {"values": [2, 3]}
    assert repr(view) == "{values=[0: 2, 1: 3], get=6}"
    del view.get
    assert t.get == 5
    with pytest.raises(
        AttributeError, match=r"Table has no argument 'gett'\. Did you mean 'get'\?"
    ):
        _ = view.gett
    with pytest.raises(KeyError):
        view["nope"]


def test_classes_have_no_attribute_of_a_fields_name():
    class Plain(Object):
        x: int = 1

    assert "x" not in vars(Plain) and repr(Plain.x) == "<field x: Int(default=1)>"
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        _ = Plain.nope

    class Before:
        x = "class attribute"

    class Hides(Object, Before):
        x: int

    assert Hides(2).x == 2 and repr(Hides.x) == "<field x: Int()>"
