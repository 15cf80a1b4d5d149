"""Hooks of wrapped classes, and of nodes below wrapped objects: what is told, when, and in which order."""

from __future__ import annotations

import pytest

import polygraft as pg


class Watching:
    """Defines the hooks that `pg.Object`s have."""

    def __init__(self, p=None):
        self.v = p

    def _on_bound(self):
        super()._on_bound()
        self.doubled = self.v * 2
        events.append(f"bound {self.v}")

    def _on_path_change(self, old_path, new_path):
        super()._on_path_change(old_path, new_path)
        events.append(f"path {old_path} -> {new_path}")

    def _on_parent_change(self, old_parent, new_parent):
        super()._on_parent_change(old_parent, new_parent)
        events.append(f"parent {type(old_parent).__name__} -> {type(new_parent).__name__}")


events: list[str] = []


def told(action):
    events.clear()
    action()
    return list(events)


def test_hooks_of_wrapped_classes():
    w = pg.symbolize(Watching)(1)
    assert events == ["bound 1"] and w.doubled == 2
    d = pg.Dict()
    assert told(lambda: d.rebind(a=w)) == ["path  -> a", "parent NoneType -> Dict"]
    x = pg.List([0])
    assert told(lambda: x.append(d)) == ["path a -> [1].a"]
    assert told(lambda: x.pop(0)) == ["path [1].a -> [0].a"]
    assert told(lambda: w.rebind(p=3)) == []  # it is built when it is used
    assert told(lambda: w.doubled) == ["bound 3"] and w.doubled == 6
    assert told(lambda: d.pop("a")) == ["parent Dict -> NoneType", "path [0].a -> "]


def test_a_shared_object_is_told_of_its_first_place_only():
    w = pg.symbolize(Watching)(1)
    one, two = pg.Dict(a=w), pg.Dict()
    assert told(lambda: two.rebind(b=w)) == []
    assert told(lambda: pg.List([two])) == []
    assert told(lambda: one.pop("a")) == ["parent Dict -> Dict", "path a -> [0].b"]
    assert w.sym_path == "[0].b"


def test_hooks_of_nodes_below_wrapped_objects():
    class Placed(pg.Object):
        def _on_path_change(self, old_path, new_path):
            events.append(f"{old_path} -> {new_path}")

    @pg.symbolize
    class Holder:
        def __init__(self, p):
            pass

    w = Holder([Placed()])
    x = pg.List([w, 1])
    assert told(lambda: x.insert(0, 5)) == ["[0].p[0] -> [1].p[0]"]
    assert told(lambda: pg.Dict(q=x)) == ["[1].p[0] -> q[1].p[0]"]
    assert told(lambda: x.pop(1)) == ["q[1].p[0] -> p[0]"]


def test_a_hook_that_fails_is_the_constructors_failure():
    @pg.symbolize
    class Picky:
        def __init__(self, p):
            self.p = p

        def _on_bound(self):
            if self.p < 0:
                raise ValueError("negative")

    with pytest.raises(ValueError, match="negative"):
        Picky(-1)
    w = Picky(1).rebind(p=-1)
    for _ in range(2):
        with pytest.raises(ValueError, match="negative"):
            w.p
    assert w.rebind(p=2).p == 2


def test_hooks_do_not_show():
    @pg.symbolize
    class Plain:
        def __init__(self, p=1):
            pass

    assert not [name for name in dir(Plain()) if name.startswith("_on_")]
