"""References: read as their target, never entered, adopted or copied."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import polygraft as pg


class A(pg.Object):
    x: Any
    y: Any = None


class Holder(pg.Object):
    a: A
    n: int = 1
    items: list[int] = []


def test_reading_gives_the_target_in_every_kind_of_node():
    a = A(1)
    d = pg.Dict(x=pg.Ref(a), y=2)
    assert d.x is a and d["x"] is a and d.get("x") is a and d.sym_inferred("x") is a
    assert dict(d) == {"x": a, "y": 2} and {**d}["x"] is a and next(iter(d.values())) is a
    assert next(iter(d.items()))[1] is a and len(d.items()) == 2 and ("y", 2) in d.items()
    li = pg.List([pg.Ref(a), 3])
    assert li[0] is a and li[-2] is a and next(iter(li)) is a and li[:1][0] is a
    assert next(reversed(pg.List([pg.Ref(a)]))) is a and type(li[:1]) is list
    assert A(pg.Ref(a)).x is a and Holder(pg.Ref(a)).a is a
    assert a.sym_parent is None


def test_raw_reference_is_what_tree_operations_see():
    a = A(1)
    for node in (pg.Dict(x=pg.Ref(a)), A(pg.Ref(a))):
        assert isinstance(node.sym_getattr("x"), pg.Ref)
        assert node.sym_get("x", use_inferred=True) is a
        assert pg.query(node, where=lambda v: v == 1) == {}
        assert list(pg.query(node, where=lambda v: isinstance(v, pg.Ref))) == ["x"]
        with pytest.raises(KeyError, match=r"Key 'x' is not allowed for <class '.*Ref'>"):
            node.rebind({"x.x": 5})
        assert node.clone().x is a and node.clone(deep=True).x is a
        assert copy.copy(node).x is a and copy.deepcopy(node).x is a


def test_only_nodes_lists_and_dicts_are_referred_to():
    for value in (1, "a", (1, 2), int, None):
        assert pg.Ref(value) is value
    a, plain = A(1), [1]
    assert pg.Ref(pg.Ref(a)).value is a
    assert pg.Ref(plain).value is plain and pg.Dict(x=pg.Ref(plain)).x is plain


def test_prints_as_reference_or_inferred():
    d = pg.Dict(x=pg.Ref(A(1)))
    assert repr(d) == "{x=Ref(A(x=1, y=None))}"
    assert str(d) == ("{\n  x = Ref(\n    value = A(\n      x = 1,\n      y = None\n    )\n  )\n}")
    assert d.format(compact=True, use_inferred=True) == "{x=A(x=1, y=None)}"


def test_equal_references_point_to_the_same_object():
    a = A(1)
    assert pg.Ref(a) == pg.Ref(a) and pg.eq(pg.Ref(a), pg.Ref(a))
    assert pg.Ref(a) != pg.Ref(A(1)) and not pg.eq(pg.Dict(x=pg.Ref(a)), pg.Dict(x=pg.Ref(A(1))))
    assert A(pg.Ref(a)) == A(pg.Ref(a)) and hash(A(pg.Ref(a))) == hash(A(pg.Ref(a)))
    assert A(pg.Ref(a)) != A(a) and A(a) != A(pg.Ref(a)) and pg.Ref(a) != a


def test_field_checks_the_target():
    with pytest.raises(TypeError, match=r"Expect <class '.*\.A'> but encountered.*\(path=a\)"):
        Holder(pg.Ref(pg.Dict()))
    with pytest.raises(ValueError, match="is not fully bound"):
        Holder(pg.Ref(A.partial()))
    plain = [1, 2]
    assert Holder(A(1), items=pg.Ref(plain)).items is plain
    strings = pg.List(["a"])
    with pytest.raises(TypeError, match=r"\(path=items\[0\]\)"):
        Holder(A(1), items=pg.Ref(strings))
    assert strings.value_spec is None
    with pytest.raises(TypeError):
        Holder(A(1), n=pg.Ref(A(1)))


def test_annotated_field_makes_references():
    class Points(pg.Object):
        to: pg.Ref[A]
        more: pg.Ref[A] | None = None

    a = A(1)
    p = Points(a)
    assert p.to is a and a.sym_parent is None and isinstance(p.sym_getattr("to"), pg.Ref)
    assert p.more is None and Points(a, pg.Ref(a)).more is a
    with pytest.raises(TypeError):
        Points(pg.Dict())


def test_own_root_is_refused():
    d = pg.Dict(y=pg.Dict(), z=A(1))
    for target in (d, d.z, d.y):
        with pytest.raises(NotImplementedError, match="Self-referential"):
            d.y.x = pg.Ref(target)
    assert d == {"y": {}, "z": A(1)}


def test_not_pickled():
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(pg.Dict(x=pg.Ref(A(1))))


def test_files_keep_sharing():
    a = A(1)
    d = pg.Dict(x=pg.Ref(a), y=A(pg.Ref(a)), z=pg.List([pg.Ref(a)]))
    back = pg.from_json_str(pg.to_json_str(d))
    assert back.x is back.y.x is back.z[0] and back.x == a
    assert isinstance(back.sym_getattr("x"), pg.Ref)
    once = pg.to_json(pg.Dict(x=pg.Ref(a)))
    assert once == {"x": {"_type": pg.Ref.__type_name__, "value": pg.to_json(a)}}
    inferred = pg.to_json(pg.Dict(x=pg.Ref(a), y=[pg.Ref(A(2))]), use_inferred=True)
    assert inferred == {"x": pg.to_json(a), "y": [pg.to_json(A(2))]}
    old = {"_type": "pyglove.core.symbolic.ref.Ref", "value": {"a": 1}}
    assert pg.from_json(old).value == {"a": 1}
    with pytest.raises(pg.DeserializationError, match="A reference has one argument"):
        pg.from_json({"_type": pg.Ref.__type_name__, "other": 1})


def test_maybe_ref_and_deref():
    d = pg.Dict(q=A(1))
    assert pg.maybe_ref(1) == 1 and pg.maybe_ref(d) is d
    assert isinstance(pg.maybe_ref(d.q), pg.Ref)
    a = A(2)
    assert pg.symbolic.deref(pg.Ref(a)) is a and pg.symbolic.deref(3) == 3
    tree = pg.Dict(x=pg.Ref(a), y=[pg.Ref(A(pg.Ref(A(3))))])
    assert pg.symbolic.deref(tree, recursive=True) is tree
    assert repr(tree) == "{x=A(x=2, y=None), y=[0: A(x=A(x=3, y=None), y=None)]}"
    assert tree.sym_getattr("x") is a and a.sym_parent is tree
    one, other = pg.Dict(), pg.Dict()
    one.x, other.x = pg.Ref(other), pg.Ref(one)
    with pytest.raises(ValueError, match="circle"):
        pg.symbolic.deref(pg.Dict(x=pg.Ref(one)), recursive=True)


def test_object_is_of_its_own_class_again_without_references():
    a = A(pg.Ref(A(1)))
    assert isinstance(a, A) and a.__class__ is A and type(a) is not A
    assert repr(type(a)) == repr(A) and a.y is None
    a.rebind(x=3)
    assert type(a) is A and a.x == 3
    a.rebind(y=pg.Ref(A(5)))
    assert a.y == A(5) and a.x == 3
    with pytest.raises(AttributeError, match="'A' object has no attribute 'zz'"):
        a.zz
    assert not hasattr(a, "zz")


def test_failed_edit_restores_references():
    a = A(1)
    h = Holder(pg.Ref(a))
    with pytest.raises(TypeError):
        h.rebind(a=A(2), n="no")
    assert h.a is a and isinstance(h.sym_getattr("a"), pg.Ref)
    h = Holder(A(2))
    with pytest.raises(TypeError):
        h.rebind(a=pg.Ref(a), n="no")
    assert h.a == A(2) and type(h) is Holder


def test_dynamic_fields_hold_references():
    class Open(pg.Object):
        __kwargs__: Any
        x: int = 1

    a = A(1)
    o = Open(p=pg.Ref(a), q=2)
    assert o.p is a and o.q == 2 and o.clone().p is a and o == Open(p=pg.Ref(a), q=2)
    o.rebind(p=pg.MISSING_VALUE)
    assert not hasattr(o, "p") and repr(o) == "Open(q=2, x=1)"
    o.rebind(r=pg.Ref(a))
    assert o.r is a and list(o.sym_keys()) == ["x", "q", "r"]


def test_user_code_of_classes_still_runs():
    seen = []

    class Base(pg.Object):
        x: Any

        def __init_subclass__(cls, **kwargs):
            seen.append(cls.__name__)
            super().__init_subclass__(**kwargs)

        def __getattr__(self, name):
            if name == "made_up":
                return 7
            raise AttributeError(name)

        def _on_bound(self):
            self.bound = self.x

        @property
        def broken(self):
            raise AttributeError("from inside")

        def keys(self):
            return super().sym_keys()

    class Sub(Base):
        pass

    a = A(1)
    s = Sub(pg.Ref(a))
    assert s.bound is a and s.made_up == 7 and [*s.keys()] == ["x"] and seen == ["Sub"]
    with pytest.raises(AttributeError):
        s.broken
    assert s.clone().bound is a


def test_functors_and_wrapped_classes_get_targets():
    a = A(1)

    @pg.functor
    def f(u, v=1):
        return u

    assert f(pg.Ref(a))() is a and f(pg.Ref(a)).u is a and f()(pg.Ref(a)) is a
    assert f(pg.Ref(a)).clone()() is a

    @pg.symbolize
    class W:
        def __init__(self, p):
            self.p = p

    w = W(pg.Ref(a))
    assert w.p is a and isinstance(pg.args(w).p, pg.Ref) and w.clone().p is a
    assert a.sym_parent is None
    deferred = W(1).clone()
    assert W(pg.Ref(deferred)).p is deferred


@pytest.mark.parametrize("container", [pg.Dict, pg.List])
def test_subclasses_of_containers(container):
    class Own(container):
        pass

    a = A(1)
    own = Own({"x": pg.Ref(a)}) if container is pg.Dict else Own([pg.Ref(a)])
    key = "x" if container is pg.Dict else 0
    assert own[key] is a and own.__class__ is Own and type(own.clone()).__name__ == "Own"
    assert own.clone()[key] is a and own.clone().__class__ is Own


@given(st.lists(st.sampled_from("xyzw"), max_size=8), st.booleans())
def test_any_mix_of_plain_and_referred_values(keys, as_object):
    """Reads, raw values and class agree after any sequence of stores."""

    class Four(pg.Object):
        x: Any = 0
        y: Any = 0
        z: Any = 0
        w: Any = 0

    node = Four() if as_object else pg.Dict(x=0, y=0, z=0, w=0)
    expected: dict[str, Any] = dict.fromkeys("xyzw", 0)
    for i, key in enumerate(keys):
        target = A(i)
        node.rebind({key: pg.Ref(target) if i % 2 else i})
        expected[key] = target if i % 2 else i
        for k, v in expected.items():
            assert getattr(node, k) is v or getattr(node, k) == v == 0
            assert isinstance(node.sym_getattr(k), pg.Ref) == isinstance(v, A)
        clone = node.clone()
        assert pg.eq(clone, node) and all(getattr(clone, k) is v for k, v in expected.items())
    if as_object:
        assert (type(node) is Four) == (not any(isinstance(v, A) for v in expected.values()))
