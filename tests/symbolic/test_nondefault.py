"""What a program says beyond its defaults, and which values stand below a node."""

from __future__ import annotations

from typing import Any

import polygraft as pg

Option = pg.symbolic.DescendantQueryOption


class A(pg.Object):
    x: Any
    y: Any = None


class D(pg.Object):
    a: A = A(1)
    items: list[int] = [1]
    d: dict[str, int] = {"p": 1}
    e: Any = None


def test_only_what_differs_is_told():
    assert A(1).non_default_values() == {"x": 1} and A(1, 2).sym_nondefault() == {"x": 1, "y": 2}
    assert A([1, pg.Dict(z=2)]).sym_nondefault() == {"x[0]": 1, "x[1].z": 2}
    assert A(A(1)).sym_nondefault() == {"x": A(1)}
    assert D().sym_nondefault() == {}
    assert D(A(1, 2)).sym_nondefault() == {"a.y": 2}
    assert D(A(2)).sym_nondefault(flatten=False) == {"a": {"x": 2}}
    assert D(items=[1, 2]).sym_nondefault() == {"items[0]": 1, "items[1]": 2}
    assert D(items=[1, 2]).sym_nondefault(flatten=False) == {"items": [1, 2]}
    assert D(d={"p": 2, "q": 3}).sym_nondefault() == {"d.p": 2, "d.q": 3}
    assert D(d={}).sym_nondefault() == {"d": {}} and D(e=[A(1)]).sym_nondefault() == {"e[0]": A(1)}
    assert pg.Dict(a=1, b=[A(1), 2]).sym_nondefault() == {"a": 1, "b[0].x": 1, "b[1]": 2}
    assert pg.Dict(a=D()).sym_nondefault() == {}


def test_answers_follow_silent_edits():
    d = D()
    d.rebind({"a.y": 5}, skip_notification=True)
    assert d.sym_nondefault() == {"a.y": 5}


def test_wrapped_classes_have_the_defaults_of_their_signature():
    @pg.symbolize
    class W:
        def __init__(self, a, b=2):
            pass

    assert pg.symbolic.Symbolic.sym_nondefault(W(1)) == {"a": 1}
    assert pg.Dict(w=W(1, 3)).sym_nondefault() == {"w.a": 1, "w.b": 3}


def test_descendants():
    a = A(A(A(1)), [1, A(2)])
    is_a = lambda v: isinstance(v, A)  # noqa: E731
    assert a.sym_descendants(is_a) == [A(A(1)), A(1), A(2)]
    assert a.sym_descendants(is_a, include_self=True)[0] is a
    assert a.sym_descendants(is_a, Option.IMMEDIATE) == [A(A(1)), A(2)]
    assert a.sym_descendants(is_a, Option.IMMEDIATE, include_self=True) == [a]
    assert a.sym_descendants(is_a, Option.LEAF) == [A(1), A(2)]
    assert a.sym_descendants(is_a, Option.LEAF, include_self=True) == [A(1), A(2)]
    assert A([1, {"z": 2}]).sym_descendants() == [[1, {"z": 2}], 1, {"z": 2}, 2, None]
    assert A(1).accessor_writable is False and pg.Dict().accessor_writable is True
    assert A(1).set_accessor_writable().accessor_writable is True
    assert pg.List(accessor_writable=False).accessor_writable is False
