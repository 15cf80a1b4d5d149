"""Laws of containers under any sequence of operations, against the builtins as the model.

Whatever is done to a tree of dicts, lists and objects: its content is that of plain Python, every node knows its parent
and key, what left the tree is free, clones do not see it, and a failed operation changes nothing.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import polygraft as pg
from polygraft.symbolic.node import OPS


class Box(pg.Object):
    x: Any = None


leaves = st.integers(0, 3)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        | inner.map(lambda v: ("box", v))
    ),
    max_leaves=5,
)
indices = st.integers(-4, 4)
slices = st.builds(slice, st.none() | indices, st.none() | indices)
steps = st.builds(
    slice, st.none() | indices, st.none() | indices, st.sampled_from([-2, -1, 1, 2, 3])
)


def made(v: Any) -> Any:
    """The value with boxes in place of the pairs that stand for them."""
    if isinstance(v, tuple):
        return Box(made(v[1]))
    if isinstance(v, list):
        return [made(e) for e in v]
    return {k: made(e) for k, e in v.items()} if isinstance(v, dict) else v


def plain(v: Any) -> Any:
    """A tree as the data that it was made of."""
    if isinstance(v, Box):
        return ("box", plain(v.x))
    if isinstance(v, list):
        return [plain(e) for e in v]
    return {k: plain(e) for k, e in v.items()} if isinstance(v, dict) else v


LIST_OPERATIONS = st.one_of(
    st.tuples(st.just("set"), indices, values),
    st.tuples(st.just("del"), indices),
    st.tuples(st.just("set"), slices | steps, st.lists(values, max_size=3)),
    st.tuples(st.just("del"), slices | steps),
    st.tuples(st.just("append"), values),
    st.tuples(st.just("insert"), indices, values),
    st.tuples(st.just("extend"), st.lists(values, max_size=3)),
    st.tuples(st.just("pop"), indices),
    st.tuples(st.just("remove"), leaves),
    st.tuples(st.just("reverse")),
    st.tuples(st.just("sort")),
    st.tuples(st.just("clear")),
    st.tuples(st.just("+="), st.lists(values, max_size=2)),
    st.tuples(st.just("*="), st.integers(0, 2)),
    st.tuples(st.just("move"), indices, indices),
    st.tuples(st.just("swap"), indices, indices),
)
DICT_OPERATIONS = st.one_of(
    st.tuples(st.just("set"), st.sampled_from("abc"), values),
    st.tuples(st.just("del"), st.sampled_from("abc")),
    st.tuples(st.just("pop"), st.sampled_from("abc")),
    st.tuples(st.just("popitem")),
    st.tuples(st.just("setdefault"), st.sampled_from("abc"), values),
    st.tuples(st.just("update"), st.dictionaries(st.sampled_from("abc"), values, max_size=3)),
    st.tuples(st.just("|="), st.dictionaries(st.sampled_from("abc"), values, max_size=3)),
    st.tuples(st.just("clear")),
)


def do(x: Any, op: tuple[Any, ...], convert: Any) -> Any:
    """Does one operation; the model gets plain data, the tree what is made of it. Names of methods are called."""
    name, *arguments = op
    if name == "set":
        x[arguments[0]] = convert(arguments[1])
    elif name == "del":
        del x[arguments[0]]
    elif name == "+=":
        x += convert(arguments[0])
    elif name == "*=":
        x *= arguments[0]
    elif name == "|=":
        x |= convert(arguments[0])
    elif name == "move":
        x.insert(arguments[1], x.pop(arguments[0]))
    elif name == "swap":
        x[arguments[0]], x[arguments[1]] = x[arguments[1]], x[arguments[0]]
    elif name == "sort":
        x.sort(key=lambda v: repr(plain(v)))
    elif name in ("insert", "pop", "remove"):
        return getattr(x, name)(*arguments[:-1], *map(convert, arguments[-1:]))
    else:
        return getattr(x, name)(*map(convert, arguments))
    return None


def check(root: Any) -> None:
    """Parents, keys and paths are right at every node."""
    assert root.sym_parent is None and root.sym_path == ""
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        assert id(node) not in seen  # one place each
        seen.add(id(node))
        for key, child in OPS[type(node)].items(node):
            if OPS[type(child)].symbolic:
                assert child.sym_parent is node and OPS[type(child)].link(child).key == key
                assert child.sym_path.query(root) is child and child.sym_root is root
                stack.append(child)


def nodes_of(x: Any) -> list[Any]:
    return list(pg.query(x, where=lambda v: True, enter_selected=True).values())


@settings(max_examples=150)
@given(st.lists(values, max_size=4), st.lists(LIST_OPERATIONS, max_size=6))
def test_lists(content, operations):
    tree, model = pg.List(made(content)), copy.deepcopy(content)
    run(tree, model, operations)


@settings(max_examples=150)
@given(
    st.dictionaries(st.sampled_from("abc"), values, max_size=3),
    st.lists(DICT_OPERATIONS, max_size=6),
)
def test_dicts(content, operations):
    tree, model = pg.Dict(made(content)), copy.deepcopy(content)
    run(tree, model, operations)


def run(tree: Any, model: Any, operations: list[Any]) -> None:
    told: list[int] = []
    root = pg.Dict(inner=Box(tree), onchange_callback=lambda updates: told.append(len(updates)))
    tree = root.inner.x
    for op in operations:
        before, children, events = (
            copy.deepcopy(model),
            list(OPS[type(tree)].items(tree)),
            len(told),
        )
        clone = root.clone()
        try:
            expected = do(model, op, copy.deepcopy)
        except (IndexError, KeyError, ValueError) as e:
            with pytest.raises(type(e)):
                do(tree, op, made)
            if op[0] not in ("move", "swap"):
                assert plain(tree) == before
            model = plain(tree)
        else:
            result = do(tree, op, made)
            if op[0] == "popitem":
                assert (result[0], plain(result[1])) == expected
            else:
                assert plain(result) == plain(expected)
            if op[0] not in ("move", "swap"):  # one event for one operation
                assert len(told) <= events + 1
                assert len(told) > events or plain(tree) == before
        assert plain(tree) == model
        check(root)
        check(clone)
        assert plain(clone.inner.x) == before  # it does not see the operation
        inside = {id(v) for _, v in OPS[type(tree)].items(tree)}
        for _, child in children:
            if OPS[type(child)].symbolic and id(child) not in inside:
                assert child.sym_parent is None and child.sym_path == ""
                check(child)


@settings(max_examples=100)
@given(st.lists(values, max_size=4), st.lists(LIST_OPERATIONS, min_size=1, max_size=5))
def test_transactions_take_everything_back(content, operations):
    root = pg.Dict(inner=Box(pg.List(made(content))))
    tree = root.inner.x
    before, children = plain(root), list(tree)
    with pytest.raises(RuntimeError), pg.transaction():
        for op in operations:
            try:
                do(tree, op, made)
            except (IndexError, KeyError, ValueError):
                pass
            check(root)
        raise RuntimeError
    assert plain(root) == before
    assert all(a is b for a, b in zip(tree, children, strict=True))
    check(root)


@given(st.lists(values, min_size=1, max_size=4), st.data())
def test_slices_tell_what_was_put_in_and_taken_out(content, data):
    updates: list[Any] = []
    tree = pg.List(made(content), onchange_callback=updates.append)
    index = data.draw(slices)
    new = data.draw(st.lists(values, max_size=3))
    start, _, _ = index.indices(len(content))
    old = tree[index]
    tree[index] = made(new)
    told = updates[0] if updates else {}
    assert {u.path.key for u in told.values()} <= set(range(start, start + max(len(new), len(old))))
    put_in = {u.path.key: u.new_value for u in told.values() if u.new_value != pg.MISSING_VALUE}
    assert all(tree[k] is v for k, v in put_in.items())
    gone = [u.old_value for u in told.values() if u.new_value == pg.MISSING_VALUE]
    assert len(gone) == max(0, len(old) - len(new))


@given(values, values)
def test_clones_are_independent(one, other):
    a = pg.Dict(v=made(one), w=[made(other)])
    b = a.clone()
    assert pg.eq(a, b) and pg.hash(a) == pg.hash(b)
    mine = {id(v) for v in nodes_of(a) if OPS[type(v)].symbolic}
    assert not mine & {id(v) for v in nodes_of(b) if OPS[type(v)].symbolic}
    before = plain(a)
    for node in nodes_of(b):
        if isinstance(node, Box):
            node.rebind(x=99)
        elif isinstance(node, pg.List):
            node.append(99)
        elif isinstance(node, pg.Dict):
            node.new = 99
    assert plain(a) == before
    check(a)
    check(b)
