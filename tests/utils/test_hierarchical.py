"""Helpers for nested plain data."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

import polygraft as pg
from polygraft import MISSING_VALUE as MV
from polygraft import utils

KEYS = st.sampled_from(["a", "b", "c"])
TREES = st.recursive(
    st.integers(0, 3) | st.sampled_from(["x", None, (1, [2])]),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(KEYS, v, max_size=3),
    max_leaves=8,
)


def test_traverse():
    seen = []

    def visit(path, value):
        seen.append(str(path))
        return True

    assert utils.traverse({"a": [1, (2,)]}, visit) is True
    assert seen == ["", "a", "a[0]", "a[1]"]
    assert utils.traverse([1, [2]], None, visit) is True
    assert seen[4:] == ["[0]", "[1][0]", "[1]", ""]
    assert utils.traverse([1], lambda p, v: None) is False
    seen.clear()
    assert utils.traverse([[1], 2], visit, lambda p, v: p != "x.y[0][0]", root_path="x.y") is False
    assert seen == ["x.y", "x.y[0]", "x.y[0][0]"]


def test_transform():
    remove = lambda p, v: MV if v == 1 else v  # noqa: E731
    assert utils.transform({"a": 1, "b": [1, "x"]}, remove) == {"b": ["x"]}
    double = lambda p, v: v * 2 if isinstance(v, int) else v  # noqa: E731
    assert utils.transform([1, [2, 3]], double) == [2, [4, 6]]
    value = {"a": [1, {"b": 2}]}
    inner = value["a"]
    assert utils.transform(value, double) is value and value["a"] is inner
    assert value == {"a": [2, {"b": 4}]}
    new = utils.transform(value, remove, inplace=False)
    assert new == value and new is not value and new["a"] is not inner
    paths = []
    utils.transform({"a": [1]}, lambda p, v: paths.append(str(p)) or v, root_path=pg.KeyPath("r"))
    assert paths == ["r.a[0]", "r.a", "r"]


@given(TREES)
def test_transforming_to_the_same_changes_nothing(tree):
    before = copy.deepcopy(tree)
    assert utils.transform(tree, lambda p, v: v) is tree
    assert utils.transform(tree, lambda p, v: v, inplace=False) == tree == before


def test_flatten():
    assert utils.flatten({"a": [1, {"b": 2}], "c": {}, "d.e": 3}) == {
        "a[0]": 1,
        "a[1].b": 2,
        "c": {},
        "d.e": 3,
    }
    assert utils.flatten([[1], 2]) == {"[0][0]": 1, "[1]": 2}
    assert utils.flatten(([1], "q")) == ({"[0]": 1}, "q")
    assert utils.flatten([]) == [] and utils.flatten(5) == 5 and utils.flatten({}) == {}
    assert utils.flatten({"x": {"d.e": 1}}, False) == {"x[d.e]": 1}
    assert utils.flatten({"x": {"d.e": 1}}) == {"x.d.e": 1}


@given(TREES.filter(lambda t: isinstance(t, dict)))
def test_canonicalize_undoes_flatten(tree):
    before = copy.deepcopy(tree)
    flat = utils.flatten(tree, False)
    assert utils.canonicalize(flat) == tree == before


@given(TREES)
def test_canonical_data_stays(tree):
    assert utils.canonicalize(tree) == tree


def test_canonicalize():
    src = {"a.b": 1, "a.c[0]": 2, "a.c[2]": 3}
    assert utils.canonicalize(src) == {"a": {"b": 1, "c": {0: 2, 2: 3}}}
    assert utils.canonicalize(src, False) == {"a": {"b": 1, "c": [2, 3]}}
    assert utils.canonicalize({"a[0]": 1, "a[1]": 2}) == {"a": [1, 2]}
    assert utils.canonicalize({"[a.b].c": 1}) == {"a.b": {"c": 1}}
    assert utils.canonicalize({"a.b": 1, "a": {"c": 2}}) == {"a": {"b": 1, "c": 2}}
    with pytest.raises(KeyError) as caught:
        utils.canonicalize({"a.b": 1, "a.b.c": 2})
    assert caught.value.args[0] == (
        "Path 'a.b' is assigned with conflicting values. Left value: 1, Right value: {'c': 2}"
    )
    with pytest.raises(KeyError) as caught:
        utils.canonicalize({"": 1})
    assert caught.value.args[0] == "Key must not be empty. Encountered: {'': 1}."


def test_merge():
    first = {"a": 1, "b": {"c": 1}}
    assert utils.merge([first, {"b": {"d": 2}}, None, {"a": 3}]) == {"a": 3, "b": {"c": 1, "d": 2}}
    assert first == {"a": 1, "b": {"c": 1}}
    assert utils.merge([[1, 2], {0: 5, 7: 9}]) == [5, 2, 9]
    assert utils.merge([{"a": [0, 1, 2]}, {"a[0]": -1, "a[10]": 3}]) == {"a": [-1, 1, 2, 3]}
    assert utils.merge([{"a": [0]}, {"a": [3]}]) == {"a": [3]}
    assert utils.merge([{"a": 1, "b": 2}, {"b": MV}]) == {"a": 1, "b": 2}
    assert utils.merge([]) is None and utils.merge([None, None]) is None
    with pytest.raises(TypeError, match="value_list should be a list"):
        utils.merge(({"a": 1},))
    with pytest.raises(KeyError) as caught:
        utils.merge([[1], {"x": 1}])
    assert caught.value.args[0] == (
        "Dict must use integers as keys when merging to a list. Encountered: {'x': 1}, Path: ."
    )


def test_merge_fn_sees_both_sides():
    calls = []

    def fn(path, left, right):
        calls.append((str(path), left, right))
        return MV if path == "gone" else left if right == MV else right

    merged = utils.merge([{"a": 1, "gone": 1, "b": {"c": 1}}, {"a": 2, "b": {"d": 5}}], fn)
    assert merged == {"a": 2, "b": {"c": 1, "d": 5}}
    assert calls == [("gone", 1, MV), ("a", 1, 2), ("b.c", 1, MV), ("b.d", MV, 5)]


DICTS = st.recursive(
    st.integers(0, 3) | st.lists(st.integers(0, 3), min_size=1, max_size=2).map(tuple),
    lambda v: st.dictionaries(KEYS, v, max_size=3),
    max_leaves=8,
).filter(lambda v: isinstance(v, dict))


@given(DICTS, DICTS)
def test_merging_twice_is_merging_once(x, y):
    once = utils.merge([x, y])
    assert utils.merge([x, y, y]) == once
    assert utils.merge([x]) == x and utils.merge([{}, x]) == x


def test_merge_tree_is_in_place():
    dest = {"a": 1, "b": {"c": 1}, "l": [1]}
    assert utils.merge_tree(dest, {"b": {"c": MV}, "l": {0: 2}}) is dest
    assert dest == {"a": 1, "b": {}, "l": [2]}
    assert utils.merge_tree({"a": 1}, {"a": 2}, lambda p, x, y: str(p), "r") == {"a": "r.a"}


def test_try_listify():
    listify = utils.try_listify_dict_with_int_keys
    assert listify({0: "a", 2: "b"}) == ({0: "a", 2: "b"}, False)
    assert listify({0: "a", 2: "b"}, True) == (["a", "b"], True)
    assert listify({}) == ({}, False)
    assert listify({1: "b", 0: "a"}) == (["a", "b"], True)
