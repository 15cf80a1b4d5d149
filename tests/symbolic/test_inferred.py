"""Values worked out when they are read: from the nodes above, from the context, by users' classes."""

from __future__ import annotations

import pickle
import threading
import weakref
from typing import Any

import pytest

import polygraft as pg
from polygraft.symbolic import ValueFromParentChain as FromAbove


class A(pg.Object):
    x: Any
    y: int = FromAbove()


class Number(pg.InferredValue):
    n: int = 3

    def infer(self):
        return self.n


class PlainNumber(pg.symbolic.Inferential):
    """An inferential leaf."""

    def infer(self):
        return 8


def test_looked_up_above_the_holder():
    assert pg.Dict(y=4, a=A(1)).a.y == 4
    assert pg.Dict(y=4, z=pg.Dict(a=[A(1)])).z.a[0].y == 4
    assert pg.Dict(y=4, z=pg.Dict(y=5, a=A(1))).z.a.y == 5
    assert pg.Dict(y=4, a=pg.Dict(y=FromAbove())).a.y == 4
    assert pg.List([5, pg.List([FromAbove()])])[1][0] == 5
    chain = pg.Dict(y=4, a=pg.Dict(y=FromAbove(), b=A(1)))
    assert chain.a.b.y == 4
    chain.y = 6
    assert chain.a.b.y == 6 and chain.clone().a.b.y == 6


def test_what_cannot_be_told():
    message = r"`y` is not found under its context \(along its symbolic parent chain\)\. \(path=y\)"
    a = A(1)
    with pytest.raises(AttributeError, match=message):
        a.y
    assert not hasattr(a, "y") and a.sym_inferred("y", 9) == 9 and not a.sym_inferrable("y")
    d = pg.Dict(y=FromAbove())
    with pytest.raises(AttributeError, match=message):
        d.y
    with pytest.raises(KeyError):
        d["y"]
    assert d.get("y", 3) == 3 and d.sym_inferred("y", None) is None
    with pytest.raises(AttributeError):
        pg.List([FromAbove()])[0]
    with pytest.raises(AttributeError):
        FromAbove().infer()


def test_default_makes_a_field_optional_and_complete():
    a = A(1)
    assert repr(a) == "A(x=1, y=ValueFromParentChain())" and not a.is_partial
    assert a == A(1) and hash(a) == hash(A(1)) and a != A(1, 3)
    assert pg.from_json(a.to_json()) == a
    assert pg.Dict(y=2, a=a).to_json(use_inferred=True)["a"]["y"] == 2
    assert A(1, 3).y == 3 and A(1).rebind(y=3).y == 3 and type(A(1, 3)) is A


def test_inferred_values_are_nodes():
    a = A(1, Number(5))
    assert a.y == 5 and pg.query(a, where=lambda v: v == 5) == {"y.n": 5}
    assert a.rebind({"y.n": 9}).y == 9 and a.sym_getattr("y").sym_path == "y"
    assert pickle.loads(pickle.dumps(a)).y == 9
    items = pg.List([Number(3), 1])
    items.append(Number(4))
    assert sum(items) == 8 and sorted(items) == [1, 3, 4] and items.index(Number(3)) == 0
    assert items[:2] == [3, 1] and [*(items + [1])] == [3, 1, 4, 1]
    assert pickle.loads(pickle.dumps(items))[0] == 3
    items.sort(key=lambda v: 0)
    items.reverse()
    assert [*items] == [4, 1, 3] and items.pop() == 3 and items.sym_getattr(0).n == 4
    d = pg.Dict(a=Number(1), b=2)
    assert (d | {"c": 3}).sym_getattr("a") == Number(1) and dict(d) == {"a": 1, "b": 2}
    assert d.pop("a") == 1 and dict(d) == {"b": 2}
    assert pg.Dict(pg.Dict(a=Number(1))).sym_getattr("a") == Number(1)


def test_leaves_that_infer():
    d = pg.Dict(a=PlainNumber(), b=A(PlainNumber()))
    assert d.a == 8 and d.b.x == 8 and isinstance(d.b.sym_getattr("x"), PlainNumber)
    assert A(1, PlainNumber()).y == 8


def test_key_and_source_can_be_redirected():
    class Renamed(FromAbove):
        key: str

        @property
        def inference_key(self):
            return self.key

    assert pg.Dict(q=8, k=pg.Dict(e=Renamed("q"))).k.e == 8
    seen = []

    class Watching(FromAbove):
        def value_from(self, parent, **kwargs):
            seen.append(type(parent).__name__)
            return pg.MISSING_VALUE if parent is not None else 7

    assert pg.Dict(k=pg.Dict(j=pg.Dict(e=Watching()))).k.j.e == 7
    assert seen == ["Dict", "Dict", "NoneType"]


def test_functions_and_classes_get_values():
    @pg.functor
    def add(u, y=1):
        return u + y

    assert add(1, Number(5))() == 6
    assert pg.Dict(y=10, k=pg.Dict(f=add(1, FromAbove()))).k.f() == 11

    class Sum(pg.Functor):
        u: int
        y: int = FromAbove()

        def _call(self):
            return self.u + self.y

    tree = pg.Dict(y=10, k=pg.Dict(f=Sum()))
    assert tree.k.f(u=3) == 13 and tree.k.f(u=4) == 14


def test_wrapped_class_waits_for_its_context():
    built = []

    @pg.symbolize
    class W:
        def __init__(self, p, y=None):
            built.append(y)
            self.y = y

    assert W(1, Number(6)).y == 6
    w = W(1, FromAbove())
    assert built == [6]
    with pytest.raises(pg.AbstractValueError, match="is not found under its context"):
        w.y
    d = pg.Dict(y=5, k=pg.Dict(w=w))
    assert d.k.w.y == 5 and built == [6, 5]


def test_value_of_a_wrapped_ancestor_is_its_argument():
    @pg.symbolize
    class Outer:
        def __init__(self, y, inner):
            self.inner = inner

    outer = Outer(4, A(1)).clone()
    assert pg.args(outer).inner.y == 4


# -- contextual objects ----------------------------------------------------------------------------
class Part(pg.ContextualObject):
    x: int = 1
    y: Any = pg.contextual_attribute()
    z: Any = pg.contextual_attribute(default=5)

    def method(self):
        return "own"


class Whole(pg.ContextualObject):
    part: Part
    y: int = 0
    plain = 7


def test_attribute_comes_from_containing_contextual_objects():
    assert Whole(Part(), 9).part.y == 9 and Whole(Part(), 9).part.z == 5
    assert Part(y=3).y == 3 and Whole(Part(y=3), 9).part.y == 3
    with pytest.raises(AttributeError, match="`y` is not found under its context"):
        pg.Dict(y=2, part=Part()).part.y
    assert Whole(Part(), 9).clone().part.y == 9

    class Computed(pg.ContextualObject):
        part: Part
        q: int = 1

        @property
        def y(self):
            return self.q + 1

    c = Computed(Part())
    assert c.part.y == 2 and c.rebind(q=5).part.y == 6


def test_prints_what_is_known():
    text = "ContextualAttribute(type=None, default=(MISSING_VALUE))"
    assert repr(Part()) == f"Part(x=1, y={text}, z=5)"
    assert repr(Whole(Part(), 9)) == "Whole(part=Part(x=1, y=9, z=5), y=9)"
    assert repr(Part().sym_getattr("y")) == text
    assert str(Part().sym_getattr("y")) == (
        "ContextualAttribute(\n  type = None,\n  default = (MISSING_VALUE)\n)"
    )
    assert not Part().is_partial and not pg.is_abstract(Part())
    assert pg.from_json(Whole(Part(), 9).to_json()) == Whole(Part(), 9)


def test_override_of_one_object():
    whole = Whole(Part(), 9)
    with whole.override(y=3):
        assert whole.y == 3 and whole.part.y == 3
        with whole.part.override(y=4):
            assert whole.part.y == 4 and whole.y == 3
    assert whole.y == 9
    part = whole.part
    with part.override(x=33, method=lambda: "other") as active:
        assert part.x == 33 and part.method() == "other" and Part().x == 1
        assert active["x"] == pg.symbolic.ContextualOverride(33)
        assert part.clone().sym_getattr("x") == 1 and part == whole.part
        seen = []
        thread = threading.Thread(target=lambda: seen.append(part.x))
        thread.start()
        thread.join()
        assert seen == [1]
    assert part.x == 1 and part.method() == "own"
    with (
        part.override(nope=1),
        pytest.raises(AttributeError, match="'Part' object has no attribute"),
    ):
        part.nope
    assert weakref.ref(part)() is part


def test_override_of_the_context():
    with pg.contextual_override(y=77):
        assert Part().y == 77 and Whole(Part(), 9).part.y == 9 and Part(y=3).y == 3
    with pg.contextual_override(y=77, x=66, method=1, override_attrs=True):
        assert Part(y=3).y == 77 and Part().x == 66 and Whole(Part(), 9).part.y == 77
        assert Part().method() == "own"
        assert Part(y=3).clone().sym_getattr("y") == 3 and Part(2) == Part(2) != Part(3)
    assert Part(y=3).y == 3


def test_context_scopes_nest():
    with pg.contextual_override(a=1, b=1):
        with pg.contextual_override(cascade=True, b=2) as active:
            assert {k: v.value for k, v in active.items()} == {"a": 1, "b": 2}
            with pg.contextual_override(b=3, a=4):
                assert pg.contextual_value("b") == 2 and pg.contextual_value("a") == 4
        assert pg.symbolic.all_contextual_values() == {"a": 1, "b": 1}
        assert pg.symbolic.get_contextual_override("b").cascade is False
    with pytest.raises(KeyError, match="'f' does not exist in current context"):
        pg.contextual_value("f")
    assert pg.contextual_value("f", 2) == 2 and pg.symbolic.get_contextual_override("f") is None


def test_overrides_reach_other_threads_when_asked_to():
    with pg.contextual_override(f=1):
        carried = pg.with_contextual_override(lambda: pg.contextual_value("f"))
    seen = []
    for fn in (carried, lambda: pg.contextual_value("f", None)):
        thread = threading.Thread(target=lambda fn=fn: seen.append(fn()))
        thread.start()
        thread.join()
    assert seen == [1, None]
