"""`pg.Dict` and `pg.List`: protocol of the builtins, validation, events, places."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polygraft import typing as T
from polygraft.errors import WritePermissionError
from polygraft.missing import MISSING_VALUE
from polygraft.symbolic import Dict, Insertion, List, Object, notify_on_change


class A(Object):
    x: Any
    y: Any = None


def test_dict_prints():
    d = Dict(x=1, y=Dict(z=[1, {}]))
    assert repr(d) == "{x=1, y={z=[0: 1, 1: {}]}}"
    assert (
        str(Dict({"x": 1, 3: [1, {}]})) == "{\n  x = 1,\n  [3] = [\n    0 : 1,\n    1 : {}\n  ]\n}"
    )
    assert repr(List([1, Dict(a=1)])) == "[1, {a=1}]"


def test_dict_attribute_access():
    d = Dict(x=1)
    d.y = {"z": 2}
    assert type(d.y) is Dict and d.y.z == 2 and d.y.sym_path == "y"
    d._private = 5
    assert "_private" not in d and d._private == 5
    del d.y
    assert d == {"x": 1}
    with pytest.raises(AttributeError, match="Attribute 'zz' does not exist"):
        d.zz
    with pytest.raises(KeyError):
        d["zz"]
    assert Dict(keys=1)["keys"] == 1 and callable(Dict(keys=1).keys)


def test_dict_rejects_odd_keys():
    with pytest.raises(KeyError, match=r"Key must be string or int type\. Encountered 1\.5"):
        Dict({1.5: 1})


SPEC = T.Dict([("b", 2), ("a", int), (T.StrKey("x.*"), int)])


def test_dict_with_spec():
    d = Dict(a=1, x1=3, value_spec=SPEC)
    assert repr(d) == "{b=2, a=1, x1=3}"
    d.b = 5
    del d["b"]
    assert d.b == 2
    with pytest.raises(TypeError, match=r"\(path=a\)"):
        d.a = "s"
    with pytest.raises(KeyError, match="Key 'c' is not allowed for"):
        d["c"] = 1
    with pytest.raises(ValueError, match="Required value is not specified"):
        del d["a"]
    assert repr(d) == "{b=2, a=1, x1=3}"
    with pytest.raises(KeyError, match=r"Keys \['zz'\] are not allowed in Schema"):
        Dict(a=1, zz=2, value_spec=SPEC)
    with pytest.raises(ValueError, match="Required value is not specified"):
        Dict(value_spec=SPEC)
    assert Dict.partial(value_spec=SPEC).is_partial


def test_failed_binding_changes_nothing():
    d = Dict(b="no", a=1)
    with pytest.raises(TypeError):
        d.use_value_spec(SPEC)
    assert d == {"b": "no", "a": 1} and d.value_spec is None


def test_dict_protocol():
    d = Dict(a=1, b=2)
    assert d.pop("a") == 1 and d.pop("zz", 5) == 5 and list(d) == ["b"]
    assert d.setdefault("c", {"k": 1}) is d.c and d.popitem()[0] == "c"
    assert (d | {"q": 1}) == {"b": 2, "q": 1} and type(d | {"q": 1}) is Dict
    d |= {"w": [1]}
    assert type(d.w) is List
    d.update({"w[0]": 7})
    assert d.w == [7]
    d.clear()
    assert d == {} and len(d) == 0


def test_containers_copy_and_pickle():
    d = Dict(a=[A(1)], b=Dict(c=2))
    for c in (copy.copy(d), copy.deepcopy(d), pickle.loads(pickle.dumps(d)), d.copy()):
        assert c == d and type(c.a) is List and c.a is not d.a and c.b.sym_parent is c

    class Sub(Dict):
        pass

    assert type(Sub(a=1).clone()) is Sub


def test_hash_ignores_order():
    assert Dict(a=1, b=2) == Dict(b=2, a=1) and hash(Dict(a=1, b=2)) == hash(Dict(b=2, a=1))


def test_sealed_and_not_writable():
    d = Dict(a=1, sealed=True)
    for act in (lambda: d.__setitem__("a", 2), lambda: d.pop("a"), d.clear, lambda: d.rebind(a=2)):
        with pytest.raises(WritePermissionError):
            act()
    w = Dict(a=1, accessor_writable=False)
    with pytest.raises(WritePermissionError, match="accessor_writable"):
        w.a = 2
    assert w.rebind(a=2) == {"a": 2}
    s = List([1], sealed=True)
    for act in (
        lambda: s.append(1),
        lambda: s.__setitem__(0, 1),
        s.clear,
        s.sort,
        s.reverse,
        lambda: s.extend([1]),
    ):
        with pytest.raises(WritePermissionError):
            act()


def test_callbacks_get_one_batch():
    seen = []
    d = Dict(
        a=Dict(b=1),
        l=[1, 2],
        onchange_callback=lambda u: seen.append({str(k): v.new_value for k, v in u.items()}),
    )
    d.rebind({"a.b": 2, "l[0]": 5})
    d.a.b = 3
    d.l.extend([7, 8])
    with notify_on_change(False):
        d.a.b = 4
    assert seen == [{"a.b": 2, "l[0]": 5}, {"a.b": 3}, {"l[2]": 7, "l[3]": 8}]


def test_list_rebind_indices_refer_to_the_original():
    assert List([1, 2, 3]).rebind({1: Insertion(9), 7: 8}) == [1, 9, 2, 3, 8]
    xs = List(["a", 2, {}, []]).rebind(
        {
            0: "b",
            "[1]": MISSING_VALUE,
            "[2]": Insertion(100),
            "[3]": Insertion(200),
            "[2].x": True,
            "[3][0]": 300,
        }
    )
    assert xs == ["b", 100, {"x": True}, 200, [300]]
    assert Dict(l=[1, 2, 3]).rebind({"l[0]": Insertion(0), "l[1]": MISSING_VALUE}) == {
        "l": [0, 1, 3]
    }
    assert List([1, 2, 3]).rebind({-1: 7}) == [1, 2, 7]


def test_list_writing():
    xs = List([0, 1, 2])
    xs[::-2] = [4, 6]
    assert xs == [6, 1, 4]
    del xs[0:2]
    xs += [{}]
    assert type(xs[1]) is Dict and xs[1].sym_path == "[1]"
    xs.insert(0, A(1))
    assert xs[0].sym_path == "[0]" and xs[2].sym_path == "[2]"
    xs.reverse()
    assert xs[0].sym_path == "[0]" and xs[2].sym_path == "[2]"
    popped = xs.pop()
    assert popped.sym_parent is None and popped.sym_path == ""
    with pytest.raises(IndexError, match=r"list assignment index out of range\. Length=2, index=3"):
        xs[3] = 1
    with pytest.raises(
        TypeError, match=r"list assignment index must be an integer\. Encountered 'a'"
    ):
        xs["a"] = 1


def test_list_with_spec():
    xs = List([1, 2], value_spec=T.List(int, min_size=1, max_size=3))
    xs.append(3)
    with pytest.raises(ValueError, match="List reached its max size 3"):
        xs.append(4)
    with pytest.raises(TypeError, match=r"\(path=\[0\]\)"):
        xs[0] = "s"
    with pytest.raises(ValueError, match="Cannot extend List"):
        xs.extend([1])
    with pytest.raises(ValueError, match="List cannot be cleared: min size is 1"):
        xs.clear()
    with pytest.raises(ValueError, match="min size"):
        xs.rebind({0: MISSING_VALUE, 1: MISSING_VALUE, 2: MISSING_VALUE})
    assert xs == [1, 2, 3]


def test_wrong_specs():
    with pytest.raises(
        TypeError, match=r"must be a `pg\.typing\.Dict` object\. Encountered Int\(\)"
    ):
        Dict(value_spec=T.Int())
    with pytest.raises(
        TypeError, match=r"must be a `pg\.typing\.List` object\. Encountered Int\(\)"
    ):
        List(value_spec=T.Int())


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda c: (
        st.lists(c, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=3), c, max_size=4)
    ),
    max_leaves=20,
)


@given(plain)
def test_converted_trees_equal_their_source_and_know_their_places(value):
    d = Dict(v=value)
    assert d == {"v": value}
    from polygraft.paths import KeyPath
    from polygraft.symbolic.node import OPS
    from polygraft.symbolic.traversal import walk

    for keys, node, _ in walk(d):
        if OPS[type(node)].symbolic:
            assert node.sym_path == KeyPath.of(keys)
            assert type(node) in (Dict, List)


def apply_list_operation(x, op, i, v, w):
    match op:
        case "append":
            x.append(v)
        case "insert":
            x.insert(i, v)
        case "pop":
            x.pop(i)
        case "set":
            x[i] = v
        case "slice":
            x[i : i + 2] = w
        case "del":
            del x[i]
        case "sort":
            x.sort()
        case "reverse":
            x.reverse()
        case "extend":
            x.extend(w)


@given(st.lists(st.integers(), max_size=6), st.data())
def test_list_behaves_as_list(items, data):
    xs, p = List(items), list(items)
    for _ in range(4):
        op = data.draw(
            st.sampled_from(
                ["append", "insert", "pop", "set", "slice", "del", "sort", "reverse", "extend"]
            )
        )
        i, v = data.draw(st.integers(-6, 6)), data.draw(st.integers())
        w = data.draw(st.lists(st.integers(), max_size=3))

        outcomes = []
        for x in (xs, p):
            try:
                apply_list_operation(x, op, i, v, w)
                outcomes.append(None)
            except IndexError:
                outcomes.append(IndexError)
        assert outcomes[0] is outcomes[1] and list(xs) == p


def test_operators_in_place_respect_sealing():
    d, xs = Dict(a=1, sealed=True), List([1], sealed=True)
    with pytest.raises(WritePermissionError, match="sealed Dict"):
        d |= {"a": 2}
    with pytest.raises(WritePermissionError, match="sealed List"):
        xs *= 2
    with pytest.raises(WritePermissionError, match="sealed List"):
        xs += [2]
    assert (d, xs) == ({"a": 1}, [1])


def test_subclasses_are_kept_by_copies():
    class Config(Dict):
        pass

    class Layers(List):
        pass

    c, xs = Config(a=1), Layers([1])
    assert type(c.copy()) is type(copy.deepcopy(c)) is Config and c.copy() == c
    assert type(xs.copy()) is type(copy.copy(xs)) is Layers and xs.copy() == xs
