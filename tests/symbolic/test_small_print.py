"""Corners of the symbolic model that generated programs found by comparing with PyGlove."""

from __future__ import annotations

from typing import Any

import pytest

import polygraft as pg


class Pair(pg.Object):
    x: Any
    y: Any = None


class Open(pg.Object):
    x: int = 0
    __kwargs__: Any


class Placed(pg.Object):
    x: Any = None

    def _on_path_change(self, old_path, new_path):
        moves.append((str(old_path), str(new_path)))


class Area(pg.Functor):
    w: int
    h: int = 2

    def _call(self):
        return self.w * self.h


@pg.functor
def call(a, b=1, *rest, c=2, **more):
    return a, b, rest, c, more


@pg.symbolize([("n", pg.typing.Int(min_value=0))])
class Wrapped:
    """Has all kinds of parameters."""

    def __init__(self, n, *rest, r=2, **more):
        self.seen = (n, list(rest), r, dict(more))


moves: list[tuple[str, str]] = []


# -- lists and dicts -------------------------------------------------------------------------------
def test_missing_values_are_not_inserted():
    told: list[Any] = []
    x = pg.List([1], onchange_callback=told.append)
    x.insert(0, pg.MISSING_VALUE)
    x.append(pg.MISSING_VALUE)
    assert x == [1] and not told and not x.is_partial


def test_setdefault_of_a_missing_value_stores_nothing():
    x = pg.Dict(a=1)
    assert x.setdefault("b", pg.MISSING_VALUE) == pg.MISSING_VALUE
    assert x == {"a": 1}


@pytest.mark.parametrize(
    "action", [lambda x: x.pop("0"), lambda x: x.insert("0", 1), lambda x: x * "2"]
)
def test_texts_are_no_indices(action):
    x = pg.List([1, 2])
    with pytest.raises(TypeError, match="'str' object cannot be interpreted as an integer"):
        action(x)
    assert x == [1, 2]


def test_popping_what_a_sealed_dict_does_not_have():
    x = pg.Dict(a=1).seal()
    assert x.pop("b", 5) == 5
    with pytest.raises(KeyError):
        x.pop("b")
    with pytest.raises(pg.WritePermissionError, match="Cannot pop item from a sealed Dict"):
        x.pop("a", 5)


def test_containers_from_json():
    spec = pg.typing.Dict([("x", pg.typing.Int())])
    x = pg.Dict.from_json({"x": 1}, value_spec=spec, root_path="q")
    assert x == {"x": 1} and x.value_spec is spec and x.sym_path == "q"
    assert pg.Dict.from_json({}, value_spec=spec, allow_partial=True).is_partial
    assert pg.List.from_json([1, {"a": 2}])[1].a == 2
    with pytest.raises(TypeError, match=r"\(path=x\)"):
        pg.Dict.from_json({"x": "a"}, value_spec=spec)
    with pytest.raises(TypeError, match="Expect the JSON data of a List"):
        pg.List.from_json({"a": 1})

    class Words(pg.List):
        pass

    words = Words.from_json(["a"])
    assert type(words) is Words and words == ["a"]


# -- rebind ----------------------------------------------------------------------------------------
def test_a_path_spelled_twice_counts_once():
    assert pg.List([1, 2]).rebind({0: 5, "[0]": 6}) == [6, 2]
    assert pg.Dict(a=1).rebind({"a": 2, pg.KeyPath("a"): 3}) == {"a": 3}


def test_inserting_before_an_element_that_is_deleted():
    x = pg.List([Pair(1)])
    x.rebind({"[-1]": pg.Insertion(0), "[0]": pg.MISSING_VALUE})
    assert x == [0]
    x.rebind({"[0]": pg.Insertion("a"), "[-1]": pg.Insertion("b")})
    assert x == ["a", "b", 0]


def test_re_rooting_is_told():
    x = Placed(pg.Dict(q=Placed(2)))
    moves.clear()
    x.sym_setpath(pg.KeyPath("z"))
    assert sorted(moves) == [("", "z"), ("x.q", "z.x.q")]
    x.sym_setpath(pg.KeyPath("z"))
    assert len(moves) == 2 and x.x.q.sym_path == "z.x.q"


# -- functors --------------------------------------------------------------------------------------
def test_calls_without_a_required_argument():
    with pytest.raises(TypeError, match=r"Area\(\) missing 1 required positional argument: 'w'\."):
        Area(h=1)()
    assert Area(h=1)(3) == 3


def test_all_unknown_keywords_are_named():
    with pytest.raises(TypeError, match=r"got unexpected keyword arguments: 'p', 'q'"):
        Area(1, p=1, q=2)


def test_missing_values_are_no_arguments():
    assert call(1)(b=pg.MISSING_VALUE, k=pg.MISSING_VALUE) == (1, 1, (), 2, {})


@pytest.mark.parametrize("unbind", ["delete", "assign", "rebind"])
def test_unbinding(unbind):
    x = call(1, 3)
    for name in ("a", "b"):
        if unbind == "delete":
            delattr(x, name)
        elif unbind == "assign":
            setattr(x, name, pg.MISSING_VALUE)
        else:
            x.rebind({name: pg.MISSING_VALUE})
    assert repr(x) == "call(a=MISSING_VALUE, b=1, rest=[], c=2)"
    assert not x.specified_args and "a" in x.unbound_args
    assert x(7, 8) == (7, 8, (), 2, {})  # nothing is overridden
    x.rebind(b=4)
    assert x.specified_args == {"b"}


def test_resetting_an_argument_that_has_its_default_can_be_undone():
    x = call(1, 1)
    with pytest.raises(RuntimeError), pg.transaction():
        del x.b
        assert x.specified_args == {"a"}
        raise RuntimeError
    assert x.specified_args == {"a", "b"}


def test_unbound_arguments_are_not_missing():
    assert call().missing_values() == {} and pg.Dict(f=Area()).missing_values() == {}
    assert call().sym_missing(flatten=False) == {}
    assert list(pg.Dict(f=call(Pair.partial())).missing_values()) == ["f.a.x"]


# -- wrapped classes -------------------------------------------------------------------------------
def test_wrapped_classes_have_a_schema():
    assert Wrapped.init_arg_list == ["n", "*rest"]
    fields = Wrapped.__schema__.fields
    assert [str(k) for k in fields] == ["n", "rest", "r", "StrKey()"]
    assert fields["n"].value == pg.typing.Int(min_value=0)
    assert fields["r"].value == pg.typing.Any(default=2)
    assert Wrapped.__schema__.description == "Has all kinds of parameters."
    assert Wrapped.__serialization_key__.endswith("Wrapped")
    x = Wrapped(1, k=2)
    assert x.sym_attr_field("r").origin is Wrapped
    assert x.sym_attr_field("k").value == pg.typing.Any()
    assert pg.Dict(w=Wrapped(1)).w.sym_field is None
    assert not {"init_arg_list", "sym_fields", "__schema__"} & set(dir(Wrapped))


def test_what_the_user_calls_so_is_the_users():
    class Own:
        init_arg_list = "mine"
        __schema__ = "mine"

    symbolic = pg.symbolize(Own)
    assert symbolic.init_arg_list == symbolic.__schema__ == "mine"


def test_edits_of_extras_that_were_not_given():
    x = Wrapped(1)
    assert "rest" not in x.non_default_values()
    assert x.rebind({"rest[0]": 9}).seen == (1, [9], 2, {})
    assert Wrapped(1).rebind({"rest[3]": 9, "rest[0]": pg.Insertion(8)}).seen[1] == [8, 9]
    assert Wrapped(1).rebind({"rest[0]": pg.MISSING_VALUE}).seen[1] == []


# -- classes ---------------------------------------------------------------------------------------
def test_fields_say_which_class_declared_them():
    @pg.members([("m", pg.typing.Int(1))])
    class Sub(Open):
        x = 5

    origins = {str(k): f.origin for k, f in Sub.__schema__.fields.items()}
    assert origins == {"x": Sub, "StrKey()": Open, "m": Sub}
    assert Sub.__schema__.allow_nonconst_keys


def test_objects_that_hold_inferred_values_know_their_class():
    class Inferring(pg.Object):
        x: Any = 0
        y: Any = pg.symbolic.ValueFromParentChain()

    assert type(Inferring(1)).from_json({"x": 2}).x == 2


def test_calls_pass_plain_values_as_they_are():
    @pg.functor([("a", pg.typing.List(pg.typing.Int())), (pg.typing.StrKey(), pg.typing.Int())])
    def types(a, *b, **c):
        return type(a), [type(x) for x in b]

    assert types()([1], {}) == (list, [dict])
    assert types([1], {})() == (pg.List, [pg.Dict])
    with pytest.raises(TypeError, match=r"\(path=a\[0\]\)"):
        types()(["a"])
    with pytest.raises(TypeError, match=r"\(path=k\)"):
        types()([1], k="a")


# -- JSON data in place of values ------------------------------------------------------------------
NAME = f"{__name__}.Pair"


def test_data_of_registered_classes_stands_for_objects():
    data = {"_type": NAME, "x": {"_type": NAME, "x": 1}}
    expected = Pair(Pair(1))
    assert pg.eq(Pair(data), Pair(expected)) and type(Pair(data).x) is Pair
    assert pg.eq(pg.Dict(a=[data]).a[0], expected)
    x = pg.Dict(a=1)
    x.a = data
    x.rebind(b=data)
    assert pg.eq(x.a, expected) and pg.eq(x.b, expected)
    assert x.a.sym_path == "a" and x.a.x.sym_parent is x.a
    assert data["x"] == {"_type": NAME, "x": 1}  # unchanged


def test_data_of_types_and_tuples():
    assert Pair({"_type": "type", "name": "builtins.int"}).x is int
    assert Pair(["__tuple__", 1, [2]]).x == (1, [2])
    assert pg.Dict(a=["__tuple__"]).a == ["__tuple__"]


def test_data_never_imports_and_stays_data_where_its_type_is_unknown():
    import sys

    for name in ("wave.Wave_read", "no_such_module.X", 1, None, ""):
        data = {"_type": name, "x": 1}
        assert pg.Dict(a=data).a == data and Pair([data]).x[0] == data
    assert pg.Dict(a={"_type": "type", "name": "wave.Wave_read"}).a["name"] == "wave.Wave_read"
    assert "wave" not in sys.modules
    assert pg.Dict({"_type": NAME, "x": 1}) == {
        "_type": NAME,
        "x": 1,
    }  # a root is what it is called


def test_data_of_other_fields_is_refused():
    with pytest.raises(ValueError, match="unexpected keyword argument: 'zz'"):
        Pair({"_type": NAME, "zz": 1})
