"""Copies and pickles: of objects with their state, of deferred ones, of classes; also in another process."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import pickle
import subprocess
import sys
import textwrap
from typing import Any

import cloudpickle
import pytest

from polygraft.symbolic import clone, eq, rebind
from polygraft.symbolic.wrapping import args, is_realized, symbolize


@symbolize
class Model:
    built = 0

    def __init__(self, layers, name="m"):
        type(self).built += 1
        self.layers, self.name, self.steps = layers, name, 0
        self.me = self


@symbolize
class Layer:
    def __init__(self, units):
        self.units = units
        self.weights = [units]


class PlainLayer:
    def __init__(self, units):
        self.units = units


SymbolicLayer = symbolize(PlainLayer)


@symbolize
class WithState:
    def __init__(self, x):
        self.x, self.cache = x, object()

    def __getstate__(self):
        return {"x": self.x, "note": "saved"}

    def __setstate__(self, state):
        self.__dict__.update(state, restored=True)


@symbolize
class WithReduce:
    def __init__(self, x):
        self.x = x

    def __reduce__(self):
        return type(self), (self.x,), {"extra": 1}


@symbolize
class WithCopy:
    def __init__(self, x):
        self.x = x

    def __copy__(self):
        new = type(self)(self.x)
        new.copied = True
        return new

    def __deepcopy__(self, memo):
        new = type(self)(copy.deepcopy(self.x, memo))
        new.copied = True
        return new


@symbolize
class WithNew:
    def __new__(cls, x):
        self = super().__new__(cls)
        self.new = True
        return self

    def __init__(self, x):
        self.x = x

    def __getnewargs__(self):
        return (self.x,)


@symbolize
@dataclasses.dataclass(frozen=True, slots=True)
class Point:
    x: Any
    y: int = 2


@symbolize
class Slotted:
    __slots__ = ("x", "z")

    def __init__(self, x):
        self.x = x


@symbolize
class Stack(list):
    def __init__(self, items=(), limit=10):
        super().__init__(items)
        self.limit = limit


@symbolize
class Day(datetime.date):
    pass


@symbolize
class Failure(Exception):
    def __init__(self, message, code=1):
        super().__init__(message)
        self.code = code


WAYS = {
    "pickle": lambda x: pickle.loads(pickle.dumps(x)),
    "pickle2": lambda x: pickle.loads(pickle.dumps(x, 2)),
    "python pickle": lambda x: pickle._loads(pickle._dumps(x)),
    "deepcopy": copy.deepcopy,
    "cloudpickle": lambda x: cloudpickle.loads(cloudpickle.dumps(x)),
}


@pytest.mark.parametrize("way", WAYS)
def test_runtime_state_and_arguments_travel(way):
    layer = Layer(3)
    m = Model([layer, layer], name="n")
    m.steps, layer.weights[0] = 7, 99
    before = Model.built
    n = WAYS[way](m)
    assert Model.built == before and type(n) is Model and is_realized(n)
    assert (n.steps, n.name, n.me is n) == (7, "n", True)
    assert eq(n, m) and n.sym_parent is None
    a, b = n.layers
    assert a is b and a is not layer and a.weights == [99]
    assert args(n).layers[0] is a and a.sym_parent is args(n).layers
    assert rebind(n, name="k").name == "k" and m.name == "n"
    assert n.layers[0] is a and n.steps == 0


@pytest.mark.parametrize("way", WAYS)
def test_deferred_objects_travel_deferred(way):
    m = clone(Model([Layer(3)]))
    n = WAYS[way](m)
    assert not is_realized(m) and not is_realized(n) and eq(n, m)
    assert n.layers[0].units == 3 and not is_realized(m)


@pytest.mark.parametrize("way", WAYS)
def test_the_users_own_protocols_are_used(way):
    x = WAYS[way](WithState(1))
    assert vars(x) == {"x": 1, "note": "saved", "restored": True} and args(x).x == 1
    y = WAYS[way](WithReduce(2))
    assert vars(y) == {"x": 2, "extra": 1} and args(y).x == 2
    z = WAYS[way](WithNew(3))
    assert vars(z) == {"x": 3, "new": True} and args(z).x == 3
    d = WAYS[way](clone(WithReduce(2)))
    assert not is_realized(d) and d.x == 2 and not hasattr(d, "extra")


@pytest.mark.parametrize("way", WAYS)
def test_slots_and_c_layouts(way):
    p = WAYS[way](Point([1]))
    assert (p.x, p.y) == ([1], 2) and args(p).given() == {"x": [1]}
    s = Slotted(1)
    s.z = 5
    t = WAYS[way](s)
    assert (t.x, t.z) == (1, 5) and args(t).x == 1
    stack = Stack([1, 2], limit=3)
    stack.append(9)
    u = WAYS[way](stack)
    assert (
        u == [1, 2, 9]
        and u.limit == 3
        and type(u) is Stack
        and args(u).given() == {"items": [1, 2], "limit": 3}
    )
    d = WAYS[way](Day(2020, 1, day=5))
    assert (
        d == datetime.date(2020, 1, 5)
        and type(d) is Day
        and args(d).given() == {"args": [2020, 1], "day": 5}
    )
    e = WAYS[way](Failure("no", code=3))
    assert (e.code, e.args, args(e).code) == (3, ("no",), 3)


def test_copy_shares_children_and_has_arguments_of_its_own():
    layer = Layer(3)
    m = Model([layer])
    m.steps = 4
    n = copy.copy(m)
    assert n.steps == 4 and n.layers is m.layers and args(n).layers[0] is layer
    rebind(n, name="other")
    assert args(m).name == "m"
    c = copy.copy(clone(m))
    assert not is_realized(c) and eq(c, m)


def test_own_copy_methods_are_used_for_objects_that_exist():
    x = WithCopy([1])
    assert copy.copy(x).copied and copy.deepcopy(x).copied
    c = clone(x)
    assert (
        not is_realized(copy.copy(c)) and not is_realized(copy.deepcopy(c)) and not is_realized(c)
    )
    assert copy.copy(c).x == [1]


@pytest.mark.parametrize("way", WAYS)
def test_classes_travel(way):
    assert WAYS[way](Model) is Model
    assert WAYS[way](SymbolicLayer) is SymbolicLayer and SymbolicLayer is not PlainLayer
    assert WAYS[way](PlainLayer) is PlainLayer


SCRIPT = """
    import cloudpickle, pickle, sys
    from polygraft import typing as t
    from polygraft.symbolic import clone, rebind
    from polygraft.symbolic.wrapping import args, is_realized, symbolize

    class Base:
        def __init__(self, x):
            self.x = x

    @symbolize([('x', t.Float(min_value=0))])
    class Local(Base):
        def twice(self):
            return self.x * 2

    @symbolize
    class Slotted:
        __slots__ = ("x",)
        def __init__(self, x):
            self.x = x

    def work(cls, x, deferred, s):
        assert type(x) is cls and is_realized(x) and x.extra == 1
        assert not is_realized(deferred)
        assert deferred.twice() == 14.0 and isinstance(deferred, cls)
        assert s.x == 5 and args(s).x == 5
        try:
            cls(-1)
        except ValueError as e:
            return repr(cls), repr(x), str(e)

    if __name__ == "__main__":
        x = Local(3)
        x.extra = 1
        d = rebind(clone(x), x=7)
        import pathlib
        pathlib.Path(sys.argv[1]).write_bytes(cloudpickle.dumps((work, Local, x, d, Slotted(5))))
"""


def test_classes_of_a_notebook_travel_to_another_process(tmp_path):
    script, data = tmp_path / "script.py", tmp_path / "data"
    script.write_text(textwrap.dedent(SCRIPT))
    subprocess.run([sys.executable, str(script), str(data)], check=True)
    load = f"import pickle; f, *a = pickle.load(open({str(data)!r}, 'rb')); print(*f(*a), sep='|')"
    out = subprocess.run(
        [sys.executable, "-c", load], check=True, capture_output=True, text=True
    ).stdout
    assert out.strip() == (
        "Symbolic[<class '__main__.Local'>]|Local(x=3.0)|Value -1.0 is out of range (min=0, max=None). (path=x)"
    )


def test_a_class_made_anew_by_cloudpickle_is_the_wrapper_that_there_is():
    layer = SymbolicLayer(3)
    assert type(cloudpickle.loads(cloudpickle.dumps(layer))) is SymbolicLayer
    assert symbolize(PlainLayer) is SymbolicLayer
    assert type(pickle.loads(pickle.dumps(layer))) is SymbolicLayer
