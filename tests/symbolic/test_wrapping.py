"""`symbolize` and `wrap`: forms, constraints, options, arguments, names."""

from __future__ import annotations

import copy
import inspect
import subprocess
import sys
from typing import Any

import pytest

from polygraft import typing as t
from polygraft.errors import PathNotFoundError, WritePermissionError
from polygraft.missing import MISSING_VALUE
from polygraft.symbolic import (
    Dict,
    Functor,
    List,
    Symbolic,
    allow_partial,
    as_sealed,
    clone,
    enable_type_check,
    eq,
    hash,
    query,
    rebind,
    registry,
    traverse,
)
from polygraft.symbolic.wrapping import ClassWrapper, args, is_realized, symbolize, wrap


@symbolize
class W:
    def __init__(self, p, *q, r=2, **s):
        self.v = (p, q, r, s)


@symbolize([("rate", t.Float(min_value=0)), ("name", t.Str(), "A name.")])
class Optimizer:
    def __init__(self, rate, name="sgd", other=None):
        self.rate, self.name, self.other = rate, name, other


# -- forms -----------------------------------------------------------------------------------------
def test_forms():
    class A:
        pass

    class B:
        def __init__(self, x):
            self.x = x

    assert isinstance(symbolize(A)(), A)
    S = symbolize([("x", t.Int())])(B)
    assert symbolize(B) is S and symbolize()(B) is S
    assert symbolize(dict) is Dict and symbolize(list) is List
    assert issubclass(symbolize(lambda x: x), Functor)
    with pytest.raises(
        ValueError, match="Constraints are not supported in symbolic <class 'dict'>"
    ):
        symbolize(dict, [("x", t.Int())])
    with pytest.raises(
        TypeError, match=r"Class wrapper can only be created from classes. Encountered: 'a'."
    ):
        wrap("a")


def test_new_constraints_are_applied_in_place():
    class A:
        def __init__(self, x=1):
            self.x = x

    S = symbolize(A)
    assert S("any").x == "any"
    assert symbolize(A, [("x", t.Int())]) is S
    with pytest.raises(TypeError, match=r"\(path=x\)"):
        S("any")


def test_recorded_arguments_print_as_specified():
    assert repr(W(1, 2, 3, r=4, k=5)) == "W(p=1, q=[0: 2, 1: 3], r=4, k=5)"
    assert W(1, 2, 3, r=4, k=5).v == (1, (2, 3), 4, {"k": 5})
    assert str(W(1)) == "W(\n  p = 1,\n  q = [],\n  r = 2\n)"


def test_edits_of_varargs_and_keywords():
    assert rebind(W(1), {"q": [9]}).v == (1, (9,), 2, {})
    assert rebind(W(1, 2), {"q[0]": 8}).v == (1, (8,), 2, {})
    assert rebind(W(1), z=3).v == (1, (), 2, {"z": 3})
    assert rebind(W(1, 2, z=3), {"q": MISSING_VALUE, "z": MISSING_VALUE}).v == (1, (), 2, {})


def test_equality_and_hash():
    assert W(1) != W(1) and eq(W(1), W(1)) and hash(W(1)) == hash(W(1, r=2))
    assert eq(W(1), W(1, r=2)) and not eq(W(1), W(2)) and not eq(W(1), W(1, k=2))
    assert eq(W([1, {"a": 2}]), W([1, {"a": 2}])) and not eq(W(1), 1)

    class V:
        def __init__(self, x):
            pass

    V = wrap(V, eq=True)
    assert V(1) == V(1) and V(1) != V(2) and len({V(1), V(1)}) == 1
    assert clone(V(1)) == V(1)


def test_partial():
    p = W.partial()
    assert not p.wrapped_cls_initialized and p.is_partial
    assert p.rebind(p=1).wrapped_cls_initialized and p.v == (1, (), 2, {})
    assert is_realized(W.partial(1))
    with allow_partial():
        assert W().is_partial
    assert repr(W.partial()) == "W(p=MISSING_VALUE, q=[], r=2)"
    assert eq(clone(W.partial()), W.partial())


def test_the_class_tells_what_it_wraps():
    assert W.sym_wrapped_cls.__name__ == "W" and not issubclass(W.sym_wrapped_cls, Symbolic)
    assert repr(W) == f"Symbolic[{W.sym_wrapped_cls!r}]"
    assert issubclass(W, ClassWrapper) and W(1).sym_wrapped.v[0] == 1
    assert type(W(1)).sym_wrapped_cls is W.sym_wrapped_cls

    class Sub(W):
        pass

    assert Sub.sym_wrapped_cls is None and registry.name_of(Sub).endswith("Sub")


# -- constraints -----------------------------------------------------------------------------------
def test_constraints_hold_at_construction_and_in_edits():
    for wrong, error, text in [
        ({"rate": -1.0}, ValueError, r"Value -1.0 is out of range (min=0, max=None). (path=rate)"),
        ({"rate": "x"}, TypeError, "(path=rate)"),
        ({"rate": 1.0, "name": 3}, TypeError, "(path=name)"),
    ]:
        with pytest.raises(error) as info:
            Optimizer(**wrong)
        assert text in str(info.value)
        o = Dict(o=Optimizer(0.5))
        with pytest.raises(error) as info:
            rebind(o, {f"o.{k}": v for k, v in wrong.items()})
        assert text.replace("(path=", "(path=o.") in str(info.value)
        assert o.o.rate == 0.5
    with enable_type_check(False):
        assert Optimizer(-1.0).rate == -1.0


def test_constraints_convert_what_init_receives():
    o = Optimizer(1)
    assert type(o.rate) is float and type(args(o).rate) is float
    assert type(rebind(o, rate=2).rate) is float
    assert (
        str(o.sym_attr_field("rate").value) == "Float(min=0)"
        or o.sym_attr_field("rate") is not None
    )


def test_defaults_from_constraints():
    class A:
        def __init__(self, x, y):
            self.x, self.y = x, y

    S = symbolize(A, [("x", t.Int(default=3)), ("y", t.List(t.Int(), default=[1]))])
    a = S()
    assert (a.x, a.y) == (3, [1]) and args(a).given() == {}
    assert (S(y=[2]).x, clone(S(5)).x) == (3, 5)
    assert S().y is not S().y


def test_wrong_constraints_are_refused_when_declared():
    class N:
        def __init__(self, x=1):
            pass

    class Nothing:
        pass

    with pytest.raises(KeyError, match=r"N: found extra symbolic argument 'z'\."):
        symbolize(N, [("z", t.Int())])
    with pytest.raises(TypeError, match="x"):
        symbolize(N, [("x", t.Str())])
    with pytest.raises(ValueError, match="takes no argument while non-empty `args` is provided"):
        symbolize(Nothing, [("x", t.Int())])

    class K:
        def __init__(self, **kw):
            self.kw = kw

    S = symbolize(K, [("z", t.Int()), (t.StrKey(), t.Str())])
    assert S(z=1, other="a").kw == {"z": 1, "other": "a"}
    with pytest.raises(TypeError, match="path=other"):
        S(other=1)


def test_default_none_makes_a_constraint_noneable():
    class A:
        def __init__(self, x=None):
            self.x = x

    assert symbolize(A, [("x", t.Int())])().x is None
    assert symbolize(A)(None).x is None


# -- options ---------------------------------------------------------------------------------------
def test_options():
    class A:
        """Doc."""

        def __init__(self, x=1):
            self.x = x

        def __repr__(self):
            return "own"

        def hello(self):
            return "hello"

    class B(A):
        pass

    S = wrap(
        A, class_name="Renamed", module_name="elsewhere", override={"hello": lambda self: "bye"}
    )
    assert (S.__name__, S.__module__, S.__doc__, repr(S()), S().hello()) == (
        "Renamed", "elsewhere", "Doc.", "Renamed(x=1)", "bye",
    )  # fmt: skip
    T = wrap(B, repr=False, serialization_key="b.B", additional_keys=["old.B"])
    assert repr(T()) == "own" and registry.name_of(T) == "b.B" and registry.class_of("old.B") is T
    assert repr(clone(T())) == "B(x=1)"


# -- tree operations -------------------------------------------------------------------------------
def test_walks_show_arguments():
    tree = W(W(1), (W(2), 3), k={"a": W(4)})
    assert list(query(tree, "p")) == ["p"]
    assert query(tree, r".*\.p") == {"p.p": 1, "q[0][0].p": 2, "k.a.p": 4}
    assert query(tree, where=lambda v: v == 4) == {"k.a.p": 4}
    paths: list[str] = []
    traverse(tree, lambda k, v, p: paths.append(str(k)) or True)
    assert paths[:5] == ["", "p", "p.p", "p.q", "p.r"]


def test_arguments_view():
    w = W(1, 2, k=3)
    view = args(w)
    assert (view.p, view["q"], view.r, view.k) == (1, [2], 2, 3)
    assert (
        list(view) == ["p", "q", "r", "k"] and len(view) == 4 and "k" in view and "zz" not in view
    )
    assert view == {"p": 1, "q": [2], "r": 2, "k": 3} and view.given() == {"p": 1, "q": [2], "k": 3}
    view.p = 5
    view["k"] = 6
    del view.q
    assert w.v == (5, (), 2, {"k": 6})
    assert repr(view) == "{p=5, q=[], r=2, k=6}"
    with pytest.raises(AttributeError, match="W has no argument 'zz'"):
        view.zz
    with pytest.raises(KeyError):
        view["zz"]
    with pytest.raises(TypeError, match="Only symbolic values"):
        args(3)

    @symbolize
    class Keys:
        def __init__(self, keys, items=2):
            pass

    assert args(Keys(1)).keys == 1 and args(Keys(1)).items == 2
    assert {**args(W(1))} == {"p": 1, "q": [], "r": 2}


def test_edits_of_what_is_not_there():
    o = Optimizer(0.5)
    with pytest.raises(KeyError, match=r"Key 'rat' is not allowed.*Did you mean 'rate'"):
        rebind(o, rat=1)
    with pytest.raises(PathNotFoundError):
        rebind(o, {"zz.a": 1})
    with as_sealed(), pytest.raises(WritePermissionError):
        rebind(o, rate=1)


def test_sealed_objects():
    o = Optimizer(0.5).seal()
    with pytest.raises(WritePermissionError, match="Cannot rebind a sealed Optimizer"):
        rebind(o, rate=1.0)
    with pytest.raises(WritePermissionError):
        rebind(clone(o), rate=1.0)


def test_attribute_writes_do_not_change_arguments():
    o = Optimizer(0.5)
    o.rate = 9
    assert args(o).rate == 0.5 and rebind(o, name="x").rate == 0.5


def test_deep_clone_copies_leaves():
    leaf = {1, 2}
    w = W(leaf)
    assert args(clone(w)).p is leaf and args(clone(w, deep=True)).p is not leaf
    assert clone(w, override={"r": 7}).v[2] == 7


def test_copies_of_a_class_are_the_class():
    assert copy.copy(W) is W and copy.deepcopy({"a": W})["a"] is W


def test_signature_errors_are_pythons_own():
    assert str(inspect.signature(W)) == "(p, *q, r=2, **s)"
    with pytest.raises(
        TypeError, match=r"W.__init__\(\) missing 1 required positional argument: 'p'"
    ):
        W()
    with pytest.raises(TypeError, match=r"Did you mean 'other'\?"):
        Optimizer(1.0, othr=2)


def test_symbolizing_leaves_the_plain_class_alone():
    class A:
        def __init__(self, x):
            self.x = x

    before = dict(vars(A))
    S = symbolize(A)
    clone(S(1)).x
    assert dict(vars(A)) == before and type(A(1)) is A


def test_a_wrapper_may_be_made_before_its_framework_is_imported():
    code = (
        "import sys; from polygraft.symbolic.wrapping import symbolize; "
        "assert not {'numpy', 'torch', 'keras', 'cloudpickle'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_private_modules_are_written_by_their_public_path(monkeypatch):
    import types

    class Thing:
        def __init__(self, x):
            pass

    private, public = types.ModuleType("lib_x.src.things"), types.ModuleType("lib_x.things")
    Thing.__module__, Thing.__qualname__ = private.__name__, "Thing"
    private.Thing = public.Thing = Thing  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lib_x.src.things", private)
    monkeypatch.setitem(sys.modules, "lib_x.things", public)
    S = symbolize(Thing)
    assert registry.name_of(S) == "lib_x.things.Thing"
    assert registry.class_of("lib_x.src.things.Thing") is S


def test_json_round_trip():
    serialization: Any = pytest.importorskip("polygraft.serialization")
    tree = W(Optimizer(0.5), (W(1), [2]), k=W(3, r=4))
    data = serialization.to_json(tree)
    assert data["p"] == {"_type": f"{__name__}.Optimizer", "rate": 0.5}
    back = serialization.from_json(data)
    assert eq(back, tree) and not is_realized(back)
    assert back.v[0].rate == 0.5
    assert eq(serialization.from_json(serialization.to_json(clone(tree))), tree)
