"""Equality, order and hash: laws, functions, arrays, classes with their own equality, depth."""

import functools
import sys
from typing import Any

import pytest
from hypothesis import given
from tests.symbolic.test_traversal import node_trees, plain_trees

import polygraft as pg
from polygraft.missing import MISSING_VALUE
from polygraft.symbolic.compare import TooDeepError, eq, gt, hash_, lt, ne
from polygraft.symbolic.containers import Dict, List
from polygraft.symbolic.copying import clone
from polygraft.symbolic.object_ import Object
from polygraft.symbolic.traversal import contains


class A(Object):
    x: Any
    y: Any = None


class S(A):
    pass


class Own:
    """No node, but compares itself."""

    def __init__(self, value):
        self.value = value

    def sym_eq(self, other):
        return (other.value if isinstance(other, Own) else other) == self.value

    def sym_hash(self):
        return hash(self.value)


# -- equality ----------------------------------------------------------------------------------------------------------
def test_numbers_are_equal_as_in_python():
    assert eq(1, 1.0)
    assert eq(True, 1)
    assert not eq(MISSING_VALUE, None)
    assert not eq(float("nan"), float("nan"))
    nan = float("nan")
    assert eq(nan, nan)
    assert eq([nan], [nan])


def test_lists_and_tuples():
    assert eq([1, [2]], [1, [2]])
    assert not eq([1], (1,))
    assert not eq([1], [1, 2])
    assert eq(List([1, {"a": 2}]), [1, {"a": 2}])
    assert eq([1, {"a": 2}], List([1, {"a": 2}]))
    assert eq((1, A(2)), (1, A(2)))


def test_dicts_whatever_the_order():
    assert eq({"a": 1, "b": 2}, {"b": 2, "a": 1})
    assert eq({"a": [A(1)]}, Dict(a=[A(1)]))
    assert eq(Dict(a=[A(1)]), {"a": [A(1)]})
    assert not eq({"a": 1}, {"b": 1})
    assert not eq({"a": None}, {})


def test_objects_of_one_class_by_their_arguments():
    assert eq(A(1), A(1, None))
    assert not eq(A(1), A(2))
    assert not eq(A(1), S(1))
    assert ne(A(1), S(1))


def test_classes_that_compare_themselves_on_either_side():
    assert eq(Own(1), Own(1))
    assert eq(Own(1), 1)
    assert eq(1, Own(1))
    assert eq(A(Own(1)), A(Own(1)))
    assert eq(A((Own(1),)), A((Own(1),)))
    assert eq([1], [Own(1)])
    assert not eq(Own(1), Own(2))
    assert eq(Own, Own)
    assert hash_(Own(1)) == hash_(1)


def make_adder(n):
    return lambda x: x + n


def recursive():
    def f(n):
        return f(n - 1)

    return f


def test_functions_are_equal_if_they_do_the_same():
    assert eq(lambda x: x, lambda x: x)
    assert eq(lambda x: x, lambda y: y)
    assert eq(lambda x: [i + 1 for i in x], lambda x: [i + 1 for i in x])
    assert not eq(lambda x: x + 1, lambda x: x + 2)
    assert not eq(lambda x: x, lambda x, y: x)
    assert eq(make_adder(1), make_adder(1))
    assert not eq(make_adder(1), make_adder(2))
    assert not eq(lambda x=1: x, lambda x=2: x)
    assert not eq(lambda *, x=1: x, lambda *, x=2: x)
    assert not eq(lambda x: 1, lambda x: 1.0)
    assert not eq(len, max)
    assert eq(recursive(), recursive())
    assert not eq(lambda x: x, 1)


def test_equal_functions_hash_alike():
    assert hash_(lambda x: x) == hash_(lambda x: x)
    assert hash_(make_adder(1)) == hash_(make_adder(1))
    assert hash_(A(make_adder(1))) == hash_(A(make_adder(1)))


def test_bound_methods_need_the_same_receiver():
    one, other = [Own(1), Own(1)]
    assert eq(one.sym_hash, one.sym_hash)
    assert not eq(one.sym_hash, other.sym_hash)
    assert not eq(one.sym_hash, Own.sym_hash)
    assert hash_(one.sym_hash) == hash_(one.sym_hash)


def test_other_callables_by_identity():
    f = functools.partial(int, base=2)
    assert eq(f, f)


@given(plain_trees | node_trees, plain_trees | node_trees)
def test_equality_is_symmetric_and_its_negation_is_ne(a, b):
    assert eq(a, b) == eq(b, a) == (not ne(a, b))


@given(plain_trees | node_trees)
def test_a_clone_is_equal(tree):
    assert eq(tree, clone(tree))


@given(node_trees)
def test_hash_agrees_with_equality(tree):
    assert hash_(tree) == hash_(clone(tree))


def test_hash_of_dicts_does_not_depend_on_order():
    assert hash_(Dict(a=1, b=2)) == hash_(Dict(b=2, a=1))
    assert hash_(A(1)) == hash_(A(1, None))
    assert hash_(Dict(a=1)) != hash_(Dict(a=2))


@pytest.mark.parametrize("value", [[1], {}, {"a": 1}])
def test_plain_containers_do_not_hash(value):
    with pytest.raises(TypeError, match=f"unhashable type: '{type(value).__name__}'"):
        hash_(value)


# -- arrays ------------------------------------------------------------------------------------------------------------
def test_arrays_by_dtype_shape_and_content():
    np = pytest.importorskip("numpy")
    a = np.arange(6.0)
    assert eq(a, np.arange(6.0))
    assert eq(A(a), A(np.arange(6.0)))
    assert eq(A((a,)), A((np.arange(6.0),)))
    assert not eq(a, np.arange(6))
    assert not eq(a, a.reshape(2, 3))
    assert not eq(a, a + 1)
    assert not eq(a, [0, 1])
    assert not eq(1, a)
    assert not eq(None, a)
    assert not eq(A((1,)), A((a,)))
    assert contains(A((1, a)), np.arange(6.0))
    assert eq(np.float64(1), 1)
    assert hash_(A(a)) == hash_(A(np.arange(6.0)))
    assert eq(np.zeros((0, 3)), np.zeros((0, 3)))


@pytest.mark.frameworks
def test_tensors_of_frameworks():
    jnp = pytest.importorskip("jax.numpy")
    assert eq(A(jnp.ones(3)), A(jnp.ones(3)))
    assert not eq(jnp.ones(3), jnp.zeros(3))
    assert hash_(jnp.ones(3)) == hash_(jnp.ones(3))
    torch = sys.modules.get("torch") or pytest.importorskip("torch")
    assert eq(A(torch.ones(3)), A(torch.ones(3)))
    assert not eq(torch.ones(3), torch.ones(2))
    assert not eq(torch.ones(3), torch.zeros(3))
    assert not eq(torch.ones(3), jnp.ones(3))


class Table:
    """A table as pandas has them: `==` gives a table."""

    shape = (1, 1)

    def __init__(self, cell):
        self.cell = cell

    def __eq__(self, other):
        raise ValueError("The truth value of a Table is ambiguous.")

    def equals(self, other):
        return self.cell == other.cell


def test_tables_by_equals():
    assert eq(A(Table(1)), A(Table(1)))
    assert not eq(Table(1), Table(2))
    assert not eq(Table(1), 1)
    assert not eq(1, Table(1))
    assert not contains(A(Table(1)), 5)
    assert hash_(Table(1)) == hash_(Table(1))


# -- order -------------------------------------------------------------------------------------------------------------
ORDERED = [
    MISSING_VALUE,
    None,
    False,
    1,
    1.5,
    "a",
    "b",
    [],
    [1, 2],
    [1, 3],
    [2],
    (1,),
    {1},
    {"a": 1},
    {"a": 1, "b": 2},
    {"b": 0},
    A(0),
    A(1),
    S(0),
    b"x",
]


def test_values_of_all_types_have_an_order():
    for i, a in enumerate(ORDERED):
        for j, b in enumerate(ORDERED):
            assert lt(a, b) == (i < j), (a, b)
            assert gt(a, b) == (i > j), (a, b)


def test_order_of_nodes_is_that_of_plain_containers():
    assert lt(List([1]), [2])
    assert lt(Dict(a=1), {"a": 2})
    assert lt({1: 2}, {"a": 1})


def test_values_without_order():
    with pytest.raises(TypeError, match="'<' not supported"):
        lt(object(), object())
    assert not lt(MISSING_VALUE, MISSING_VALUE)
    assert not lt(None, None)


# -- depth -------------------------------------------------------------------------------------------------------------
def deep(levels, leaf):
    tree: Any = leaf
    for _ in range(levels):
        tree = A(Dict(a=List([tree])))
    return tree


def test_deep_trees_are_compared():
    assert eq(deep(4000, 1), deep(4000, 1))
    assert not eq(deep(4000, 1), deep(4000, 2))


def test_deep_trees_are_refused_where_recursion_is_needed():
    with pytest.raises(TooDeepError, match="too deep to be hashed"):
        hash_(deep(4000, 1))
    with pytest.raises(TooDeepError, match="too deep to be ordered"):
        lt(deep(4000, 1), deep(4000, 2))


def test_lists_that_contain_themselves():
    def endless(leaf):
        out: list[Any] = [leaf]
        out.append(out)
        return out

    assert eq(endless(1), endless(1))
    assert not eq(endless(1), endless(2))


def test_plain_containers_below_the_root_are_hashed():
    assert pg.hash(([1, {"a": {2}}], 3)) == pg.hash((pg.List([1, pg.Dict(a={2})]), 3))
    d = pg.Dict(a=([1], {"b": [2]}), s={1, 2})
    assert pg.hash(d) == pg.hash(pg.clone(d)) == pg.hash(pg.Dict(a=([1], {"b": [2]}), s={2, 1}))
    assert pg.hash(pg.Dict(a=([1],))) != pg.hash(pg.Dict(a=([2],)))
    for plain in ([1], {"a": 1}, {1}):
        with pytest.raises(TypeError, match="unhashable type"):
            pg.hash(plain)
