"""Clones: equal, independent, sharing leaves; deep clones; overrides."""

from typing import Any

import pytest
from hypothesis import given
from tests.symbolic.test_traversal import node_trees, plain_trees

import polygraft as pg
from polygraft.symbolic.compare import TooDeepError, eq
from polygraft.symbolic.containers import Dict, List
from polygraft.symbolic.copying import clone
from polygraft.symbolic.node import OPS, is_node
from polygraft.symbolic.object_ import Object
from polygraft.symbolic.traversal import values, walk
from polygraft.symbolic.wrapping import symbolize


class A(Object):
    x: Any
    y: Any = None


class Leaf:
    def __init__(self, value=None):
        self.value = value


@symbolize
class Layer:
    built = 0

    def __init__(self, units):
        Layer.built += 1


@given(plain_trees | node_trees)
def test_a_clone_is_equal_and_shares_no_container(tree):
    for deep in (False, True):
        copied = clone(tree, deep=deep)
        assert eq(copied, tree)
        mine = {id(v) for _, v, _ in walk(tree) if OPS[type(v)].container and type(v) is not tuple}
        assert not any(id(v) in mine for _, v, _ in walk(copied) if type(v) is not tuple)


@given(node_trees)
def test_nodes_of_a_clone_know_their_places(content):
    copied = clone(A(content))
    for keys, value, _ in walk(copied):
        if is_node(value):
            assert tuple(value.sym_path.keys) == keys


def test_leaves_are_shared_or_copied():
    leaf = Leaf([1])
    tree = A(leaf, (leaf,))
    assert clone(tree).x is leaf
    assert clone(tree).y[0] is leaf
    copied = clone(tree, deep=True)
    assert copied.x is not leaf
    assert copied.x.value == [1]
    assert copied.x is copied.y[0], "what was one object is one object in the copy"


def test_sharing_is_kept():
    layer = Layer(A(1))
    for tree in (A(layer, [layer]), [layer, (layer,)]):
        for deep in (False, True):
            first, second = (v for v in values(clone(tree, deep=deep)) if isinstance(v, Layer))
            assert first is second
            assert first is not layer


def test_a_clone_builds_nothing():
    tree = A(Layer(1))
    built = Layer.built
    clone(tree)
    clone([tree], deep=True)
    assert Layer.built == built


def test_override():
    assert repr(clone(A(1), override={"y": 3})) == "A(x=1, y=3)"
    original = Dict(x=[1])
    assert repr(clone(original, deep=True, override={"x[0]": 2})) == "{x=[0: 2]}"
    assert original.x[0] == 1
    with pytest.raises(KeyError, match="Key 'z' is not allowed"):
        clone(A(1), override={"z": 1})


def test_values_that_are_no_nodes():
    leaf = Leaf([1])
    assert clone(1) == 1
    plain = [A(1), (A(2), leaf), {"a": [leaf]}]
    copied = clone(plain)
    assert eq(copied[0], plain[0])
    assert copied[0] is not plain[0]
    assert copied[1][0] is not plain[1][0]
    assert copied[1][1] is not leaf
    assert copied[1][1].value is leaf.value
    assert clone(plain, deep=True)[2]["a"][0].value is not leaf.value
    endless: list[Any] = []
    endless.append(endless)
    copied = clone(endless)
    assert copied[0] is copied


def test_arguments_that_do_not_go_together():
    with pytest.raises(AssertionError, match="deep clone"):
        clone(A(1), memo={})
    with pytest.raises(AssertionError, match="`override` can only be given for symbolic values"):
        clone([1], override={"[0]": 1})


def test_subclasses_and_flags_are_kept():
    class MyList(List):
        pass

    assert type(clone(MyList([1]))) is MyList
    assert clone(Dict(a=1).seal()).is_sealed
    assert clone(List([1]).seal()).is_sealed


def test_trees_too_deep_are_refused():
    tree: Any = 1
    for _ in range(10_000):
        tree = Dict(a=tree)
    with pytest.raises(TooDeepError, match="too deep to be cloned"):
        clone(tree)


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize(
    "make",
    [
        lambda inner: Dict(a=inner),
        lambda inner: List([1, Dict(a=inner)]),
        lambda inner: Dict(a=List([A(inner)])),
        lambda inner: A(Dict(a=inner)),
        lambda inner: Dict(t=(inner,)),
    ],
    ids=["dict", "list", "list in dict", "dict in object", "tuple"],
)
def test_clones_know_that_they_are_incomplete(make, deep):
    """Whatever stands between the root and the object that misses a value, or holds a placeholder."""
    for inner in (A.partial(), A(pg.oneof([1, 2]))):
        x = make(inner)
        again = x.clone(deep=deep)
        assert pg.is_abstract(x) and pg.is_abstract(again) and again.clone().is_abstract
        assert again.is_partial == x.is_partial and again.is_pure_symbolic == x.is_pure_symbolic
        assert list(again.missing_values()) == list(x.missing_values())
