"""Walking, querying and containment: order, paths, parents, error texts, depth."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polygraft.paths import KeyPath
from polygraft.symbolic.containers import Dict, List
from polygraft.symbolic.copying import clone
from polygraft.symbolic.node import OPS
from polygraft.symbolic.object_ import Object
from polygraft.symbolic.traversal import (
    TraverseAction,
    contains,
    leaves,
    query,
    traverse,
    values,
    walk,
)
from polygraft.symbolic.wrapping import symbolize


class A(Object):
    x: Any
    y: Any = None


class Chosen:
    """A callable object that selects one value."""

    def __init__(self, value):
        self.value = value

    def __call__(self, value):
        return value == self.value


scalars = st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab.[]", max_size=3)
plain_trees = st.recursive(
    scalars,
    lambda t: (
        st.lists(t, max_size=3)
        | st.dictionaries(st.text("ab.[ ", min_size=1, max_size=3), t, max_size=3)
        | st.lists(t, max_size=2).map(tuple)
    ),
    max_leaves=12,
)
node_trees = st.recursive(
    scalars,
    lambda t: (
        st.lists(t, max_size=3).map(List)
        | st.dictionaries(st.sampled_from("abc"), t, max_size=3).map(Dict)
        | st.builds(A, t, t)
        | st.lists(t, max_size=2).map(tuple)
    ),
    max_leaves=12,
)


def at(x, keys):
    """The raw value at `keys`."""
    for key in keys:
        x = OPS[type(x)].get(x, key)
    return x


# -- walk --------------------------------------------------------------------------------------------------------------
def test_walk_goes_in_pre_order_with_keys_and_parents():
    inner = A(1)
    tree = A([inner, (2, [3])], {"b": 4})
    found = [(keys, parent) for keys, _, parent in walk(tree)]
    assert [keys for keys, _ in found] == [
        (),
        ("x",),
        ("x", 0),
        ("x", 0, "x"),
        ("x", 0, "y"),
        ("x", 1),
        ("x", 1, 0),
        ("x", 1, 1),
        ("x", 1, 1, 0),
        ("y",),
        ("y", "b"),
    ]
    parents = dict(found)
    assert parents[()] is None
    assert parents["x",] is tree
    assert parents["x", 0] is tree.x
    assert parents["x", 0, "x"] is tree.x[0]
    assert parents["x", 1, 0] is tree.x, "a tuple is nobody's parent"
    assert parents["x", 1, 1, 0] is tree.x[1][1]


@given(plain_trees | node_trees)
def test_walked_keys_lead_to_their_values(tree):
    for keys, value, _ in walk(tree):
        assert at(tree, keys) is value


@given(plain_trees | node_trees)
def test_walk_values_and_traverse_agree(tree):
    seen = []
    traverse(tree, lambda path, value, parent: seen.append((tuple(path.keys), value, parent)))
    walked = list(walk(tree))
    assert [s[0] for s in seen] == [w[0] for w in walked]
    assert all(a is b and p is q for (_, a, p), (_, b, q) in zip(seen, walked, strict=True))
    assert all(a is w[1] for a, w in zip(values(tree), walked, strict=True))


def test_leaves_leaves_out_containers():
    assert [(str(p), v) for p, v in leaves(A([1, (2,)], {}))] == [("x[0]", 1), ("x[1][0]", 2)]


# -- traverse ----------------------------------------------------------------------------------------------------------
def visits(tree, *, pre=None, post=None):
    """(result, pre-order paths, post-order paths); `pre` and `post` map paths to actions."""
    before, after = [], []

    def enter(path, value, parent):
        before.append(str(path))
        return (pre or {}).get(str(path))

    def leave(path, value, parent):
        after.append(str(path))
        return (post or {}).get(str(path))

    return traverse(tree, enter, leave), before, after


def test_traverse_visits_before_and_after():
    assert visits(A(A(1))) == (
        True,
        ["", "x", "x.x", "x.y", "y"],
        ["x.x", "x.y", "x", "y", ""],
    )


def test_stop_in_pre_order_leaves_what_was_visited():
    assert visits(A(A(A(1))), pre={"x.x": TraverseAction.STOP}) == (
        False,
        ["", "x", "x.x"],
        ["x.x", "x", ""],
    )


def test_stop_in_post_order_leaves_what_was_entered():
    result, _, after = visits(A(A(A(1))), post={"x.x": TraverseAction.STOP})
    assert not result
    assert after == ["x.x.x", "x.x.y", "x.x", "x", ""]
    assert visits(A(1), post={"": TraverseAction.STOP})[0] is False
    assert visits(A(1), post={"x": TraverseAction.STOP})[2] == ["x", ""]


def test_continue_skips_what_is_below():
    assert visits(A(A(A(1))), pre={"x": TraverseAction.CONTINUE}) == (
        True,
        ["", "x", "y"],
        ["x", "y", ""],
    )


def test_traverse_starts_from_the_given_root_path_and_parent():
    seen = []
    traverse(
        [1], lambda p, v, parent: seen.append((str(p), v, parent)), root_path="r.q", parent="P"
    )
    assert seen == [("r.q", [1], "P"), ("r.q[0]", 1, [1])]


def test_traverse_without_visitors():
    assert traverse(A(1)) is True


# -- query -------------------------------------------------------------------------------------------------------------
def test_query_by_path_matches_from_the_start():
    assert query(A(A(1, 2)), ".*x") == {"x": A(1, 2)}
    assert list(query(A(A(1, 2)), "x", enter_selected=True)) == ["x", "x.x", "x.y"]


def test_frequent_patterns_mean_what_the_regular_expression_says():
    tree = {"a": {"rate": 1, "x\nrate": 2}, "rate\n": 3, "b": 4}
    for pattern in (".*rate", "(?:.*rate)", ".*a|b", ".*e$"):
        expected = [p for p in query(tree, "", enter_selected=True) if re.match(pattern, p)]
        assert list(query(tree, pattern, enter_selected=True)) == expected


def test_query_by_value():
    assert query(A(A(1, 2)), where=lambda v: v == 1) == {"x.x": 1}
    assert list(query(A(A(1)), where=lambda v: isinstance(v, A), enter_selected=True)) == ["", "x"]
    assert list(query(A(A(1)), where=lambda v: isinstance(v, A))) == [""]


def test_query_by_value_and_path():
    assert query({"a": [1, 2], "b": 2}, "a", where=lambda v: v == 2) == {"a[1]": 2}


def test_query_by_value_and_parent():
    assert query(A([1], {"a": 1}), where=lambda v, p: isinstance(p, list)) == {"x[0]": 1}
    assert query([1, A((1,))], where=lambda v, p: v == 1 and isinstance(p, A)) == {"[1].x[0]": 1}


def test_query_without_conditions_gives_the_root():
    tree = [1]
    assert query(tree) == {"": tree}


def test_custom_selector():
    assert query([A(2)], custom_selector=lambda k, v: v == 2) == {"[0].x": 2}
    assert query([A(2)], custom_selector=lambda k, v, p: isinstance(p, A)) == {
        "[0].x": 2,
        "[0].y": None,
    }
    assert query([A(2)], custom_selector=lambda *args: bool(args[0]) and args[0].key == "x") == {
        "[0].x": 2
    }


def test_conditions_may_be_builtins_methods_and_callable_objects():
    assert query([1, 2], where=[2].__contains__) == {"[1]": 2}
    assert query([1, 2], where=Chosen(2)) == {"[1]": 2}
    assert query([1, 0], where=bool) == {"": [1, 0]}
    assert query([1, 2], where=lambda *args: args[0] == 2 and args[1] == [1, 2]) == {"[1]": 2}


def test_conditions_of_wrong_arity_are_refused():
    with pytest.raises(
        TypeError,
        match=r"^Where function '.*<lambda>' should accept 1 or 2 arguments: "
        r"\(value, \[parent\]\)\. Encountered: \[\]\.$",
    ):
        query([1], where=lambda: True)
    with pytest.raises(TypeError, match=r"Encountered: \['a', 'b', 'c'\]\.$"):
        query([1], where=lambda a, b, c: True)
    with pytest.raises(
        TypeError,
        match=r"^Custom selector '.*<lambda>' should accept 2 or 3 arguments\. "
        r"\(key_path, value, \[parent\]\)\. Encountered: \[\]$",
    ):
        query([1], custom_selector=lambda: True)
    with pytest.raises(
        ValueError,
        match=r"^'path_regex' and 'where' must be None when 'custom_selector' is provided\.$",
    ):
        query([1], "x", custom_selector=lambda k, v: True)


def test_odd_keys_are_bracketed():
    tree = {"a.b": {"c": 1, 3: 2, "": 4}}
    expected = {"[a.b].c": 1, "[a.b][3]": 2, "[a.b].": 4}
    assert query(tree, where=lambda v: isinstance(v, int)) == expected
    assert query(tree, "", where=lambda v: isinstance(v, int)) == expected


@given(plain_trees | node_trees)
def test_both_ways_of_querying_give_the_same_paths(tree):
    by_value = query(tree, where=lambda v: v is None, enter_selected=True)
    by_path = query(tree, "", where=lambda v: v is None, enter_selected=True)
    assert list(by_value) == list(by_path)


@given(node_trees)
def test_query_paths_resolve_to_their_nodes(content):
    tree = A(content)
    for path, node in query(
        tree, where=lambda v: isinstance(v, (A, Dict, List)), enter_selected=True
    ).items():
        assert at(tree, KeyPath.parse(path).keys) is node
        assert node.sym_path == path


# -- contains ----------------------------------------------------------------------------------------------------------
def test_contains_by_value_and_by_type():
    tree = A([1, (2, {"a": "z"})])
    assert contains(tree, 2)
    assert contains(tree, None)
    assert contains(tree, tree)
    assert contains(tree, type=str)
    assert contains(tree, type=(bytes, str))
    assert not contains(tree, 3)
    assert not contains(tree, type=bytes)
    assert not contains(A(1, 2), None)


@symbolize
class Layer:
    built = 0

    def __init__(self, units):
        Layer.built += 1

    def __eq__(self, other):
        raise AssertionError("A search is no run-time use.")

    __hash__ = None


def test_looking_for_values_builds_nothing():
    tree = clone(A(Layer(1), (Layer(2),)))
    built = Layer.built
    assert list(query(tree, where=lambda v: isinstance(v, Layer))) == ["x", "y[0]"]
    assert contains(tree, 2)
    assert contains(tree, Layer(2))
    assert not contains(tree, Layer(3))
    assert Layer.built == built + 2


# -- depth -------------------------------------------------------------------------------------------------------------
def test_ten_thousand_levels_are_walked():
    tree: Any = 1
    for _ in range(10_000):
        tree = Dict(a=tree)
    assert sum(1 for _ in walk(tree)) == 10_001
    (path,) = query(tree, where=lambda v: v == 1)
    assert path.count("a") == 10_000
    assert contains(tree, 1)
    assert traverse(tree, None, lambda *_: None)


@pytest.mark.parametrize(
    "operation",
    [
        lambda x: max(len(keys) for keys, _, _ in walk(x)),
        lambda x: traverse(x),
        lambda x: query(x, "y"),
        lambda x: contains(x, 1),
        lambda x: query(x, where=lambda v: v == 1),
    ],
)
def test_a_list_that_contains_itself_is_refused(operation):
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(ValueError, match="a list or dict contains itself"):
        operation(endless)
