"""Edits: rebind, rules, atomicity, transactions, tuples, cost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polygraft import typing as T
from polygraft.missing import MISSING_VALUE
from polygraft.symbolic import (
    Dict,
    Insertion,
    List,
    Object,
    clone,
    eq,
    is_abstract,
    is_partial,
    rebind,
    transaction,
)
from polygraft.symbolic.node import OPS
from polygraft.symbolic.traversal import walk
from polygraft.symbolic.wrapping import symbolize


class A(Object):
    x: Any
    y: Any = None


class Typed(Object):
    n: T.Int(min_value=0)  # type: ignore[valid-type]
    child: Any = None


def places_are_consistent(root: Any) -> bool:
    for keys, node, _ in walk(root):
        if OPS[type(node)].symbolic and (
            node.sym_path.keys != list(keys) or node.sym_root is not root
        ):
            return False
    return True


def test_rebind_forms():
    d = Dict(a=Dict(b=1, c=2), n=3)
    assert repr(
        d.rebind({"a.b": "u", "a.c": MISSING_VALUE, "a.z": 9, "k": 0, "gone": MISSING_VALUE})
    ) == ("{a={b='u', z=9}, n=3, k=0}")
    assert (
        repr(List([1, {"q": 2}]).rebind(lambda k, v: v * 10 if isinstance(v, int) else v))
        == "[10, {q=20}]"
    )
    assert Dict(x=1).rebind({"x": 2}, x=3).x == 3


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: A(1).rebind(lambda: 1), TypeError, "should accept 2 or 3 arguments"),
        (
            lambda: A(1).rebind(1),
            ValueError,
            "Argument 'path_value_pairs' should be a dict. Encountered 1 (path=)",
        ),
        (lambda: A(1).rebind({}), ValueError, "There are no values to rebind. (path=)"),
        (lambda: A(1).rebind({"": 1}), KeyError, "Root key '$' cannot be used in Dict.rebind"),
        (
            lambda: A(1).rebind({"x.y": 1}),
            KeyError,
            "Cannot rebind key 'y': 1 is not a symbolic type. (path='x')",
        ),
        (
            lambda: Dict(x=1).rebind({"y.z": 1}),
            KeyError,
            "Path y.z does not exist: key 'y' is absent from innermost value {x=1}.",
        ),
        (lambda: A(1).rebind(z=1), KeyError, "Key 'z' is not allowed for"),
        (
            lambda: Typed(1).rebind(n=-1),
            ValueError,
            "Value -1 is out of range (min=0, max=None). (path=n)",
        ),
        (lambda: A([Typed(1)]).rebind({"x[0].n": "s"}), TypeError, "(path=x[0].n)"),
        (lambda: List([1]).rebind({"a": 1}), KeyError, "is not an index of a List"),
    ],
)
def test_rebind_errors(call, error, text):
    with pytest.raises(error) as e:
        call()
    assert text in str(e.value)


def test_missing_path_suggests():
    with pytest.raises(KeyError, match="Did you mean 'learning_rate'"):
        Dict(opt=Dict(learning_rate=1)).rebind({"opt.learning_rte.x": 1})


def test_failed_rebind_leaves_tree_unchanged():
    kept = A(5)
    root = A([Typed(1), kept], Dict(a=1))
    before = clone(root)
    with pytest.raises(ValueError):
        root.rebind({"x[1]": A(6), "y.a": 2, "y.new": [1], "x[2]": 9, "x[0].n": -1})
    assert eq(root, before) and root.x[1] is kept and places_are_consistent(root)


def test_failing_hook_rolls_back_and_hooks_see_old_values():
    class Sum(Object):
        a: int
        b: int = 0

        def _on_bound(self):
            if self.a + self.b > 10:
                raise RuntimeError("too much")
            self.total = self.a + self.b

    class Outer(Object):
        s: Sum
        other: Sum

        def _on_bound(self):
            self.all = self.s.total + self.other.total

    o = Outer(Sum(1), Sum(2))
    with pytest.raises(RuntimeError):
        o.rebind({"s.a": 5, "other.a": 50})
    assert (o.s.a, o.s.total, o.other.a, o.other.total, o.all) == (1, 1, 2, 2, 3)


def test_rule_that_raises_names_itself_and_the_path():
    def rule(k, v):
        if k == "y.a":
            raise RuntimeError("mine")
        return v

    root = A(1, Dict(a=1))
    with pytest.raises(RuntimeError, match="mine") as e:
        root.rebind(rule)
    assert any("y.a" in n and "rule" in n for n in e.value.__notes__)


def test_rule_is_run_on_the_original_before_anything_changes():
    seen = []

    def rule(k, v, p):
        seen.append((str(k), p is None))
        return v + 1 if isinstance(v, int) else v

    root = A(1, Dict(a=2))
    root.rebind(rule)
    assert seen == [("", True), ("x", False), ("y", False), ("y.a", False)] and root.y.a == 3


def test_rules_do_not_enter_what_they_replace():
    root = A(A(A(1)))
    count = 0

    def rule(k, v):
        nonlocal count
        if k and isinstance(v, A):
            count += 1
            return A("new")
        return v

    root.rebind(rule)
    assert count == 1 and root.x.x == "new"


def test_tuples_are_entered_and_rebuilt():
    inner = A(1)
    root = A(("s", inner), (1, (2, 3)))
    root.rebind({"x[1].x": 5})
    assert root.x[1] is inner and inner.x == 5
    root.rebind({"y[1][0]": 9, "x[0]": "t"})
    assert root.y == (1, (9, 3)) and root.x == ("t", inner) and inner.sym_parent is root
    root.rebind(lambda k, v: v * 10 if isinstance(v, int) else v)
    assert root.y == (10, (90, 30)) and root.x[1].x == 50
    with pytest.raises(KeyError):
        root.rebind({"y[7]": 1})
    replaced = A(2)
    root.rebind({"x[1]": replaced})
    assert inner.sym_parent is None and replaced.sym_path == "x[1]"


def test_transaction_spans_operations():
    d = Dict(a=1, l=[1, 2], n=Dict(x=A(1)))
    before = clone(d)
    with pytest.raises(ZeroDivisionError), transaction():
        d.a = 2
        d.l.append(3)
        d.rebind({"n.x.x": 7})
        del d.n
        d.l.reverse()
        d.l.pop(0)
        1 / 0
    assert eq(d, before) and places_are_consistent(d)
    with transaction():
        d.a = 2
    assert d.a == 2


def test_detached_values_can_be_adopted_elsewhere():
    a = A(1)
    d = Dict(p=a)
    d.p = 2
    assert a.sym_parent is None and Dict(q=a).q is a


def test_notify_parents_false():
    calls = []

    class N(Object):
        name: str
        v: Any = None

        def _on_bound(self):
            calls.append(self.name)

    root = N("root", N("mid", N("leaf")))
    calls.clear()
    root.v.rebind({"v.v": 1}, notify_parents=False)
    assert calls == ["leaf", "mid"]
    calls.clear()
    root.rebind({"v.v.v": 2}, skip_notification=True)
    assert calls == [] and root.v.v.v == 2


values = (
    st.integers(-3, 3)
    | st.text(max_size=2)
    | st.builds(lambda v: A(v), st.integers(0, 2))
    | st.just(MISSING_VALUE)
)
trees = st.recursive(
    st.integers(0, 5) | st.text(max_size=2),
    lambda c: (
        st.lists(c, max_size=3).map(List)
        | st.dictionaries(st.sampled_from("abc"), c, max_size=3).map(Dict)
        | st.tuples(c, c)
        | st.builds(A, c, c)
    ),
    max_leaves=12,
)


@given(trees, st.data())
def test_any_sequence_of_edits_keeps_places_and_is_atomic(tree, data):
    root = Dict(r=tree, t=Typed(0))
    for _ in range(data.draw(st.integers(1, 4))):
        paths = [k for k, _, _ in walk(root) if k] or [("new",)]
        chosen = data.draw(st.lists(st.sampled_from(paths), min_size=1, max_size=3, unique=True))
        from polygraft.paths import KeyPath

        pairs = {KeyPath.of(k): data.draw(values) for k in chosen}
        bad = data.draw(st.booleans())
        if bad:
            pairs[KeyPath(["t", "zz"])] = 1
        before = clone(root)
        try:
            rebind(root, pairs)
        except (KeyError, ValueError, TypeError, IndexError):
            assert eq(root, before)
        else:
            assert not bad
        assert places_are_consistent(root)


def test_editing_one_leaf_costs_the_same_in_any_tree():
    """Counts calls, not seconds: the walk up must not touch siblings."""
    import gc
    import sys

    def calls(width: int) -> int:
        root = Dict(rows=[Dict(v=i) for i in range(width)])
        count = 0

        def profile(frame, event, arg):
            nonlocal count
            count += event == "call"

        root.rebind({"rows[3].v": -1})
        gc.disable()  # Hypothesis and JAX have callbacks of the collector, which would be counted.
        sys.setprofile(profile)
        try:
            root.rebind({"rows[3].v": -2})
        finally:
            sys.setprofile(None)
            gc.enable()
        return count

    assert calls(10_000) == calls(10)


def test_failed_batch_in_a_transaction_takes_back_its_own_part():
    x, y = A(1), A(2)
    with transaction():
        y.rebind(x=3)
        with pytest.raises(KeyError):
            x.rebind({"x": 5, "nope": 1})
        assert x == A(1)
    assert (x, y) == (A(1), A(3))


def test_failed_rebind_keeps_the_order_of_keys():
    d = Dict(a=1, b=2, c=3)
    with pytest.raises(KeyError):
        d.rebind({"a": MISSING_VALUE, "z": 4, "b": MISSING_VALUE, "no.where": 1})
    assert list(d.items()) == [("a", 1), ("b", 2), ("c", 3)]


def test_clearing_a_large_dict_is_linear_and_can_be_undone():
    d = Dict({f"k{i}": i for i in range(20_000)})
    with pytest.raises(RuntimeError), transaction():
        d.clear()
        assert not d
        raise RuntimeError
    assert list(d.values()) == list(range(20_000))


def test_inserting_an_element_before_itself_copies_it():
    xs = List([A(1), (A(2),)])
    xs.insert(0, xs[0])
    xs.insert(2, xs[2])
    assert xs[0] == xs[1] and xs[0] is not xs[1] and xs[2][0] is not xs[3][0]
    assert places_are_consistent(xs)


class RefusesParents(Object):
    x: int = 1

    def _on_parent_change(self, old_parent, new_parent):
        if new_parent is not None:
            raise RuntimeError("no parents")


@pytest.mark.parametrize(
    "change",
    [
        lambda xs: xs.insert(0, RefusesParents()),
        lambda xs: xs.extend([3, RefusesParents()]),
        lambda xs: xs.__setitem__(slice(0, 1), [5, RefusesParents()]),
        lambda xs: xs.rebind({1: RefusesParents()}),
    ],
)
def test_value_that_cannot_be_attached_leaves_the_list_unchanged(change):
    xs = List([A(1), A(2)])
    first = xs[0]
    with pytest.raises(RuntimeError, match="no parents"):
        change(xs)
    assert xs == List([A(1), A(2)]) and xs[0] is first and places_are_consistent(xs)


def test_hooks_never_find_the_old_state_of_a_shared_object():
    class Table:
        def __init__(self, rows):
            self.rows = [0] * rows

    Table = symbolize(Table)

    class Owner(Object):
        table: Any

        def _on_bound(self):
            self.size = len(self.table.rows)

    table = Table(5)
    root = Dict(a=Owner(table), b=Owner(table))
    root.rebind({"a.table.rows": 7})
    assert root.a.size == root.b.size == 7


def test_arrays_beside_missing_values_are_asked_nothing():
    class Array:
        """Compares elementwise, as arrays do."""

        def __eq__(self, other):
            raise ValueError("The truth value of an array is ambiguous.")

        __hash__ = None

    partial = A.partial(y=Array())
    assert (
        is_partial(partial)
        and is_abstract(Dict(p=partial))
        and list(partial.sym_missing()) == ["x"]
    )


# -- structure: indices mean the list, or tuple, before the call -----------------------------------
@pytest.mark.parametrize("kind", [List, tuple], ids=["list", "tuple"])
def test_indices_of_lists_and_tuples_mean_those_before_the_call(kind):
    d = Dict(x=kind([0, 1, 2, 3]))
    d.rebind(
        {"x[0]": MISSING_VALUE, "x[1]": Insertion("a"), "x[2]": MISSING_VALUE, "x[3]": "three"}
    )
    assert eq(d.x, kind(["a", 1, "three"]))
    d.rebind({"x[3]": Insertion("end")})
    assert eq(d.x, kind(["a", 1, "three", "end"]))
    d.rebind(lambda k, v: MISSING_VALUE if isinstance(v, str) else v)
    assert eq(d.x, kind([1]))


def test_structure_inside_of_tuples_changes_deepest_first():
    d = Dict(x=((1, 2), [3, {"k": 4}], 5))
    inner = d.x
    d.rebind(
        {
            "x[0]": Insertion(0),
            "x[0][0]": MISSING_VALUE,
            "x[1][0]": Insertion("new"),
            "x[1][1].k": MISSING_VALUE,
            "x[1][2]": Insertion("end"),
        }
    )
    assert eq(d.x, (0, (2,), ["new", 3, {}, "end"], 5))
    assert eq(inner, ((1, 2), [3, {"k": 4}], 5))


def test_a_tuple_of_fixed_length_may_lose_and_gain_in_one_call():
    class Pair(Object):
        x: T.Tuple([T.Int(), T.Int()])  # type: ignore[valid-type]

    pair = Pair((1, 2))
    pair.rebind({"x[0]": MISSING_VALUE, "x[2]": Insertion(3)})
    assert pair.x == (2, 3)
    with pytest.raises(ValueError, match="length"):
        pair.rebind({"x[0]": MISSING_VALUE})
    assert pair.x == (2, 3)


def test_shared_nodes_are_told_before_those_above_them_whatever_the_order_of_changes():
    """Each drops its state once; a hook of a node above finds none of the old state."""

    @symbolize
    class Unit:
        def __init__(self, n, part=None):
            self.n = n

    class Top(Object):
        units: Any

        def _on_change(self, updates):
            self.sums = [u.n for u in self.units]

    shared = Unit(1)
    top = Top([Unit(2, part=Unit(3, part=shared)), shared, Unit(4)])
    for order in (("units[0].part.part.n", "units[2].n"), ("units[2].n", "units[0].part.part.n")):
        n = top.units[1].n
        top.rebind(dict.fromkeys(order, n + 1))
        assert top.sums == [2, n + 1, n + 1]
    top.rebind({"units[0].n": 7, "units[0].part.n": 8})
    assert top.sums[0] == 7
