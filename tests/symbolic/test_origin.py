"""Where nodes come from, and the scopes and settings around it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import polygraft as pg


class A(pg.Object):
    x: Any
    y: Any = None


@pg.symbolize
class W:
    def __init__(self, p):
        self.p = p


@pg.functor
def make(a):
    return A(a)


def tags(*nodes):
    return [None if n.sym_origin is None else n.sym_origin.tag for n in nodes]


def test_nothing_is_noted_by_default():
    assert tags(A(1), A(1).clone(), pg.Dict(), W(1)) == [None] * 4
    assert "__call__" not in vars(pg.symbolic.ObjectMeta)


def test_tags():
    with pg.track_origin():
        a, d, w = A(A(1), [1, {}]), pg.Dict(q=1), W(1)
        made = [a, a.x, a.y, a.y[1], d, w]
        copies = [a.clone(), d.copy(), w.clone(), pg.clone(a, deep=True)]
        f = make(3)
        result = f()
        with pg.track_origin(False):
            assert tags(A(1), a.clone()) == [None, None]
    assert tags(*made, f, result) == ["__init__"] * 7 + ["return"]
    assert tags(*copies) == ["clone", "clone", "clone", "deepclone"]
    assert copies[0].sym_origin.source is a and copies[0].x.sym_origin.source is a.x
    assert result.sym_origin.source is f
    assert "__call__" not in vars(pg.symbolic.ObjectMeta) and tags(A(1)) == [None]


def test_files(tmp_path):
    path = str(tmp_path / "a.json")
    pg.save(A(A(1)), path)
    with pg.track_origin():
        loaded = pg.load(path)
    assert loaded.sym_origin == pg.Origin(path, "load") and loaded.x.sym_origin.tag == "__init__"


def test_chain_and_history():
    with pg.track_origin():
        a = A(1)
        b = a.clone()
        c = b.clone(deep=True)
    origin = c.sym_origin
    assert [o.tag for o in origin.chain()] == ["deepclone", "clone", "__init__"]
    assert [o.tag for o in origin.history()] == ["__init__", "clone", "deepclone"]
    assert origin.root is a.sym_origin and origin.chain("clone") == [b.sym_origin]
    assert origin.history(lambda o: o.source is not None) == [b.sym_origin, origin]


def test_stack_shows_the_users_frames():
    with pg.track_origin():
        a = A(1)
    assert a.sym_origin.stack[-1].filename == __file__
    assert a.sym_origin.stack[-1].name == "test_stack_shows_the_users_frames"
    assert "a = A(1)" in a.sym_origin.stacktrace and len(a.sym_origin.stack) <= 10
    assert pg.symbolic.get_origin_stacktrace_limit() == 10
    pg.set_origin_stacktrace_limit(2)
    try:
        assert len(pg.Origin(None, "x", stacktrace=True).stack) == 2
    finally:
        pg.set_origin_stacktrace_limit(10)
    assert len(pg.Origin(None, "x", stacktrace=True, stacklimit=3).stack) == 3
    assert pg.Origin(None, "x").stack is None and pg.Origin(None, "x").stacktrace is None


def test_set_by_hand():
    a, d = A(1), pg.Dict(q=1)
    a.sym_setorigin(None, "builder")
    a.sym_setorigin(d, "mine", stacktrace=True)
    assert a.sym_origin.source is d and a.sym_origin.stack[-1].name == "test_set_by_hand"
    a.sym_setorigin(d, "again")
    with pytest.raises(ValueError, match="Cannot set the origin with a different source value"):
        a.sym_setorigin(pg.List(), "mine")
    with pytest.raises(ValueError, match=r"`tag` must be a string\. Encountered: 2"):
        pg.Origin(None, 2)


def test_prints():
    d = pg.Dict(a=1)
    assert repr(pg.Origin(None, "__init__")) == "Origin(tag='__init__')"
    assert repr(pg.Origin("/path", "load")) == "Origin(tag='load', source='/path')"
    assert repr(pg.Origin(d, "b")) == f"Origin(tag='b', source={{a=1}} at 0x{id(d):x})"
    assert str(pg.Origin(None, "x")) == "Origin(\n  tag='x'\n)"
    assert pg.Origin(d, "b") == pg.Origin(d, "b") != pg.Origin(pg.Dict(a=1), "b")


def test_other_threads_are_not_tracked():
    seen = []
    with pg.track_origin():
        thread = threading.Thread(target=lambda: seen.append(tags(A(1), pg.Dict(), A(1).clone())))
        thread.start()
        thread.join()
    assert seen == [[None, None, None]]


def test_readers_tell_the_scope():
    S = pg.symbolic
    readers = {
        pg.notify_on_change: (S.is_change_notification_enabled, True),
        pg.enable_type_check: (S.is_type_check_enabled, True),
        pg.track_origin: (S.is_tracking_origin, False),
        pg.auto_call_functors: (S.should_call_functors_during_init, None),
        pg.allow_writable_accessors: (S.is_under_accessor_writable_scope, None),
        pg.as_sealed: (S.is_under_sealed_scope, None),
        pg.allow_partial: (S.is_under_partial_scope, None),
    }
    for scope, (read, default) in readers.items():
        assert read() is default
        with scope(True):
            assert read() is True
            with scope(False):
                assert read() is False
            assert read() is True
        assert read() is default


def test_functors_called_when_made():
    with pg.auto_call_functors():
        assert make(1) == A(1) and A(make(2)) == A(A(2))
        with pytest.raises(
            TypeError, match=r"make\(\) missing 1 required positional argument: 'a'"
        ):
            make()
    assert isinstance(make(1), pg.Functor)


def test_names_in_files_may_be_protected():
    @pg.members([("x", int)], serialization_key="test_origin.Kept")
    class First(pg.Object):
        pass

    assert pg.symbolic.is_repeated_class_registration_allowed()
    pg.allow_repeated_class_registration(False)
    try:
        message = "Type 'test_origin.Kept' has already been registered with class First"
        with pytest.raises(KeyError, match=message):
            A.register_for_deserialization("test_origin.Kept")
        with pytest.raises(KeyError, match=message):
            A.register_for_deserialization("test_origin.New", ["test_origin.Kept"])
        First.register_for_deserialization("test_origin.Kept")
    finally:
        pg.allow_repeated_class_registration()
    assert isinstance(pg.from_json({"_type": "test_origin.Kept", "x": 1}), First)


def test_descriptions_may_be_demanded():
    assert pg.symbolic.is_empty_field_description_allowed()
    pg.allow_empty_field_description(False)
    try:
        with pytest.raises(ValueError, match=r"Field description must not be empty \(path=x\)\."):

            class Bad(pg.Object):
                x: int

        with pytest.raises(ValueError, match=r"\(path=y\.q\)"):

            @pg.members([("y", pg.typing.Dict([("q", int)]), "Described.")])
            class Inner(pg.Object):
                pass

        @pg.members([("y", pg.typing.Dict([("q", int, "Too.")]), "Described.")])
        class Good(pg.Object):
            pass
    finally:
        pg.allow_empty_field_description()
    assert Good(y={"q": 1}).y.q == 1
