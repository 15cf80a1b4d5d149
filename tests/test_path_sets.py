"""`KeyPathSet`: a set of paths, and the laws of sets."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polygraft import KeyPath, KeyPathSet


class Kind:
    def __eq__(self, other):
        return isinstance(other, Kind)

    __hash__ = None

    def __str__(self):
        return "kind"


KEYS = st.sampled_from(["a", "b", "x.y", "", 0, 1, True, 1.0, None])
PATHS = st.lists(KEYS, max_size=3).map(lambda keys: KeyPath.of(tuple(keys)))
SETS = st.lists(PATHS, max_size=8)


@given(SETS, SETS)
def test_operations_are_those_of_sets(p, q):
    s, t = KeyPathSet(p), KeyPathSet(q)
    a, b = set(p), set(q)
    assert set(s) == a and len(s) == len(a) and bool(s) == bool(a)
    assert set(s.union(t)) == set(s + t) == a | b
    assert set(s.intersection(t)) == a & b
    assert set(s.difference(t)) == a - b
    assert (s == t) == (a == b)
    assert set(s) == a and set(t) == b  # nothing has changed
    for name, expected in [
        ("update", a | b),
        ("intersection_update", a & b),
        ("difference_update", a - b),
    ]:
        u = s.copy()
        getattr(u, name)(t)
        assert set(u) == expected and u == KeyPathSet(expected)


# Without keys that are equal and print differently: `is_relative_to` looks at keys alone.
PLAIN = st.lists(st.sampled_from(["a", "b", "x.y", "", 0, None]), max_size=3).map(
    lambda keys: KeyPath.of(tuple(keys))
)


@given(st.lists(PLAIN, max_size=8), PLAIN)
def test_one_path(p, path):
    s, a = KeyPathSet(p), set(p)
    assert (path in s) == (path in a)
    assert s.has_prefix(path) == (any(x.is_relative_to(path) for x in a) or not path.keys)
    below = s.subtree(path)
    assert (below is None) == (not any(x.is_relative_to(path) for x in a) and bool(path.keys))
    if below is not None:
        assert set(below) == {x - path for x in a if x.is_relative_to(path)}
    assert s.add(path) == (path not in a)
    assert path in s and s.add(path) is False
    assert s.remove(path) is True and s.remove(path) is False
    assert s == KeyPathSet(a - {path})


@given(SETS, PATHS)
def test_rebasing(p, path):
    s = KeyPathSet(p)
    moved = path + s
    assert set(moved) == {path + x for x in p} and set(s) == set(p)
    s.rebase(path)
    assert s == moved


@given(SETS)
def test_intermediate_paths(p):
    above = {KeyPath.of(tuple(x.keys[:i])) for x in p for i in range(len(x) + 1)}
    assert set(KeyPathSet(p, include_intermediate=True)) == above


@given(SETS)
def test_copies_and_text(p):
    s = KeyPathSet(p)
    for t in (s.copy(), copy.copy(s), copy.deepcopy(s), pickle.loads(pickle.dumps(s))):
        assert t == s and list(t) == list(s)
        t.add("new.path")
        assert "new.path" not in s
    assert repr(s) == (f"KeyPathSet([{', '.join(map(str, s))}])" if s else "KeyPathSet()")


@given(st.lists(st.tuples(st.sampled_from(["add", "remove", "below"]), PATHS), max_size=20))
def test_any_sequence_of_changes(changes):
    s, a = KeyPathSet(), set()
    for kind, path in changes:
        if kind == "add":
            s.add(path)
            a.add(path)
        elif kind == "remove":
            assert s.remove(path) == (path in a)
            a.discard(path)
        elif (below := s.subtree(path)) is not None:
            below.add("q")
            a.add(path + "q")
    assert set(s) == a and bool(s) == bool(a) and s == KeyPathSet(a)


def test_order_and_printed_forms():
    s = KeyPathSet(["", "a.b.c", 1, "a.b", "a"])
    assert [str(p) for p in s] == ["", "a.b.c", "a.b", "a", "[1]"]
    s = KeyPathSet(["a.b"])
    assert str(s) == "KeyPathSet(\n  [a.b]\n)"
    assert repr(s) == s.format() == s.format(compact=True) == "KeyPathSet([a.b])"
    assert repr(KeyPathSet(["a.b", "x[0]"])) == "KeyPathSet([a.b, x[0]])"
    assert repr(KeyPathSet()) == "KeyPathSet()"


def test_a_subtree_shares_with_the_whole():
    s = KeyPathSet(["a"])
    t = s.subtree("a")
    assert t.add("z") and [str(p) for p in s] == ["a", "a.z"] and "" in t
    assert s.subtree("") is s and s.subtree("q") is None
    t.clear()
    assert not s and s == KeyPathSet()
    s.clear()
    assert not s


def test_from_value():
    s = KeyPathSet(["a"])
    assert KeyPathSet.from_value(s) is s
    for value in (["a"], {"a"}, ("a",), [KeyPath("a")]):
        assert KeyPathSet.from_value(value) == s
    assert "" in KeyPathSet.from_value(["a"], include_intermediate=True)
    with pytest.raises(
        ValueError,
        match=r"Cannot convert 5 to KeyPathSet. Expected a list, set, tuple, or KeyPathSet.",
    ):
        KeyPathSet.from_value(5)
    assert s != ["a"]
    with pytest.raises(TypeError):
        hash(s)


def test_keys_of_all_kinds():
    s = KeyPathSet([KeyPath([Kind(), 0])])
    assert KeyPath([Kind(), 0]) in s and KeyPath(["kind", 0]) not in s
    assert next(iter(s)).keys[1] == 0


def test_deep_paths():
    deep = KeyPath.of(("a",) * 10_000)
    s, t = KeyPathSet([deep]), KeyPathSet([deep])
    assert s == t.copy() and deep in s
    assert s.union(t) == s and not s.difference(t)
    assert s.remove(deep) and not s
