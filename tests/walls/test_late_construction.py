"""Constructors that run late: errors, placeholders, threads, transactions, sharing."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import pytest

from polygraft.errors import AbstractValueError, ConstructionError
from polygraft.missing import MISSING_VALUE
from polygraft.symbolic import (
    Dict,
    List,
    Object,
    PureSymbolic,
    clone,
    deferring,
    eq,
    is_abstract,
    query,
    rebind,
    transaction,
)
from polygraft.symbolic.node import OPS
from polygraft.symbolic.wrapping import args, construction, is_realized, realize, reset, symbolize


class Choice(PureSymbolic):
    pass


def make() -> Any:
    built: list[Any] = []

    class Node:
        def __init__(self, value, child=None):
            if value == "bad":
                raise ValueError("a bad value")
            if isinstance(value, type) and issubclass(value, Exception):
                raise value("from init")
            built.append(value)
            self.value, self.child = value, child

        def __getattr__(self, name):
            if name.startswith("virtual"):
                return name
            raise AttributeError(name)

    return symbolize(Node), built


# -- errors ----------------------------------------------------------------------------------------
def test_failed_construction_keeps_the_users_exception_with_the_path_and_can_be_repaired():
    Node, _built = make()
    tree = clone(Node(1, [Node(2)]))
    rebind(tree, {"child[0].value": "bad"})
    with pytest.raises(ValueError, match="a bad value") as info:
        tree.value
    assert info.value.__notes__ == [
        "Raised while constructing make.<locals>.Node at path 'child[0]'."
    ]
    assert not is_realized(tree) and not is_realized(args(tree).child[0])
    with pytest.raises(ValueError, match="a bad value"):
        realize(tree)
    rebind(tree, {"child[0].value": 3})
    assert tree.child[0].value == 3


@pytest.mark.parametrize("kind", [AttributeError, StopIteration, KeyError, IndexError])
def test_exceptions_that_protocols_swallow_are_chained(kind):
    Node, _ = make()
    x = clone(Node(1))
    rebind(x, value=kind)
    for use in (
        lambda: x.value,
        lambda: hasattr(x, "value"),
        lambda: x.virtual,
        lambda: getattr(x, "value", None),
    ):
        with pytest.raises(ConstructionError, match="from init") as info:
            use()
        assert type(info.value.__cause__) is kind
    assert not is_realized(x)


def test_failing_init_leaves_nothing_behind():
    class Half:
        def __init__(self, x):
            self.before = x
            if x > 1:
                raise RuntimeError

    x = symbolize(Half)(1)
    rebind(x, x=2)
    with pytest.raises(RuntimeError):
        x.before
    assert object.__getattribute__(x, "__dict__") == {}
    rebind(x, x=0)
    assert x.before == 0


def test_at_once_the_exception_is_the_users_own():
    Node, _ = make()
    with pytest.raises(AttributeError) as info:
        Node(AttributeError)
    assert not hasattr(info.value, "__notes__")


def test_wrong_calls_are_told_as_python_tells_them():
    Node, built = make()
    for call, text in [
        (
            lambda: Node(),
            r"make.<locals>.Node.__init__\(\) missing 1 required positional argument: 'value'",
        ),
        (lambda: Node(1, 2, 3), r"takes from 2 to 3 positional arguments but 4 were given"),
        (lambda: Node(1, value=2), r"got multiple values for argument 'value'"),
        (
            lambda: Node(valeu=1),
            r"got an unexpected keyword argument 'valeu'. Did you mean 'value'\?",
        ),
        (lambda: Node(1, zzz=1), r"got an unexpected keyword argument 'zzz'"),
    ]:
        with pytest.raises(TypeError, match=text):
            call()
        with deferring(), pytest.raises(TypeError, match=text):
            call()
    assert built == []


# -- abstract --------------------------------------------------------------------------------------
def test_placeholders_and_missing_values_keep_an_object_from_being_used():
    Node, built = make()
    x = Node(Choice(), [Node.partial()])
    assert built == [] and is_abstract(x) and not is_realized(x)
    with pytest.raises(AbstractValueError, match=r"'value', 'child\[0\].value'") as info:
        x.value
    assert [str(p) for p in info.value.paths] == ["value", "child[0].value"]
    rebind(x, {"value": 1, "child[0].value": 2})
    assert x.value == 1 and x.child[0].value == 2
    rebind(x, value=MISSING_VALUE)
    assert is_abstract(x)


def test_deferring_scope_records_only():
    Node, built = make()
    with deferring():
        x = Node(1, Node(2))
    assert built == [] and x.child.value == 2 and built == [2, 1]


# -- edits and state -------------------------------------------------------------------------------
def test_edit_rebuilds_the_node_and_its_ancestors_only():
    Node, built = make()
    tree = Node(1, [Node(2), Node(3)])
    left, right = tree.child
    left.extra = right.extra = tree.extra = True
    built.clear()
    rebind(tree, {"child[0].value": 5})
    assert built == []
    assert tree.value == 1 and built == [5, 1]
    assert tree.child == [left, right]
    assert not hasattr(left, "extra") and not hasattr(tree, "extra") and right.extra


def test_failed_transaction_restores_runtime_state():
    Node, built = make()
    tree = Dict(a=Node(1, Node(2)))
    tree.a.extra = "state"
    state = vars(tree.a)
    built.clear()
    with pytest.raises(RuntimeError), transaction():
        rebind(tree, {"a.child.value": 5})
        assert tree.a.child.value == 5
        raise RuntimeError
    assert vars(tree.a) is state and tree.a.extra == "state" and tree.a.child.value == 2
    assert built == [5, 1] or built == [5]
    c = clone(tree)
    with pytest.raises(RuntimeError), transaction():
        rebind(c, {"a.value": 7})
        realize(c)
        raise RuntimeError
    assert c.a.value == 1


def test_reset_drops_state_below_and_above():
    Node, built = make()
    tree = Node(1, Node(2, Node(3)))
    built.clear()
    reset(tree.child)
    assert tree.value == 1 and built == [3, 2, 1]


def test_class_changed_at_run_time_is_restored():
    Node, _ = make()
    x = Node(1)

    class Special(Node):
        pass

    x.__class__ = Special
    rebind(x, value=2)
    assert x.value == 2 and type(x) is Node


def test_init_may_change_the_class_of_the_object_to_another_wrapped_one():
    class Lazy:
        becomes: Any = None

        def __init__(self, x):
            self.__class__ = self.becomes
            self.x = x

    class Ready(Lazy):
        pass

    Lazy.becomes = symbolize(Ready)
    c = clone(symbolize(Lazy)(1))
    assert repr(c) == "Lazy(x=1)" and c.x == 1 and type(c) is Lazy.becomes
    assert rebind(c, x=2).x == 2


# -- sharing ---------------------------------------------------------------------------------------
def test_shared_objects_stay_shared():
    Node, built = make()
    shared = Node("s")
    tree = Node(1, [Node(2, shared), {"k": (Node(3, shared),)}])
    assert args(tree).child[0].sym_init_args.child is shared
    assert str(shared.sym_path) == "child[0].child"
    assert [str(p) for p in query(tree, where=lambda v: v is shared)] == [
        "child[0].child",
        "child[1].k[0].child",
    ]
    c = clone(tree)
    built.clear()
    a, b = c.child[0].child, c.child[1]["k"][0].child
    assert a is b and a is not shared and built == ["s", 2, 3, 1]
    rebind(a, value="t")
    assert not is_realized(c)
    assert c.child[1]["k"][0].child.value == "t"
    assert eq(clone(c), c) and not eq(c, tree)


def test_sharing_across_containers_in_one_clone():
    Node, _ = make()
    x = Node(1)
    for tree in (Dict(a=x, b=Dict(c=x)), List([x, [x]])):
        values = list(
            query(
                clone(tree), where=lambda v: hasattr(type(v), "partial") and OPS[type(v)].shared
            ).values()
        )
        assert len(values) == 2 and values[0] is values[1] and values[0] is not x


def test_parents_of_a_shared_object():
    Node, _ = make()
    x = Node(1)
    first, second = Dict(a=x), List([0, x])
    parents = OPS[type(x)].parents
    assert [(p is first, k) for p, k in parents(x)] == [(True, "a"), (False, 1)]
    second.insert(0, 5)
    assert [k for _, k in parents(x)] == ["a", 2]
    first.pop("a")
    assert [(p is second, k) for p, k in parents(x)] == [(True, 2)]
    assert str(x.sym_path) == "[2]"
    second.pop(2)
    assert parents(x) == () and x.sym_parent is None


def test_later_parents_are_not_kept_alive():
    Node, _ = make()
    x, first = Node(1), Dict()
    first.x = x
    second = Node(2, x)
    ref = weakref.ref(second)
    del second
    gc.collect()
    assert ref() is None and len(OPS[type(x)].parents(x)) == 1


def test_same_object_twice_in_a_list_that_moves():
    Node, _ = make()
    x = Node(1)
    nodes = List([x, x])
    nodes.insert(0, 1)
    assert sorted(k for _, k in OPS[type(x)].parents(x)) == [1, 2]
    assert nodes[1] is nodes[2] is x


def test_default_arguments_that_are_nodes_are_not_changed_by_edits():
    Node, _ = make()

    class Holder:
        def __init__(self, node=Node("default")):
            self.node = node

    H = symbolize(Holder)
    x, y = H(), H()
    assert str(x) == str(y) and args(x).given() == {}
    rebind(x, {"node.value": "mine"})
    assert x.node.value == "mine" and y.node.value == H().node.value == "default"
    assert args(y).given() == {} and list(args(x).given()) == ["node"]
    with pytest.raises(ValueError, match="a bad value"), transaction():
        rebind(y, {"node.value": "bad"})
        realize(y)
    assert args(y).node.value == "default" and args(y).given() == {}


def test_objects_hold_wrapped_nodes():
    Node, _built = make()

    class Program(Object):
        node: Any
        n: int = 1

    p = Program(Node(1))
    c = clone(p)
    assert not is_realized(c.node)
    rebind(c, {"node.value": 4})
    assert c.node.value == 4 and p.node.value == 1
    with pytest.raises(ValueError, match="below itself"):
        rebind(p.node, child=p.node)


def test_objects_made_past_the_constructor_are_leaves():
    Node, _ = make()
    x = object.__new__(Node)
    x.__dict__.update(value=1, child=None)
    assert x.value == 1 and list(OPS[Node].items(x)) == []
    tree = Dict(a=x)
    assert clone(tree).a is x
    assert eq(tree, Dict(a=x))


# -- threads ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("attempt", range(30))
def test_eight_threads_build_an_object_once_and_see_it_whole(attempt):
    built: list[int] = []

    class Slow:
        def __init__(self, x, child=None):
            built.append(x)
            self.a = x
            for _ in range(50):
                threading.Event().wait(0.00001)
            self.z = x

        def __len__(self):
            return self.z

    W = symbolize(Slow)
    tree = clone(W(1, W(2)))
    built.clear()
    barrier, errors = threading.Barrier(8), []

    def use():
        barrier.wait()
        try:
            for _ in range(5):
                assert tree.z == tree.a == 1 and len(tree) == 1
                assert args(tree).child.z == 2
        except BaseException as e:
            errors.append(e)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert errors == [] and sorted(built) == [1, 2]


def test_other_threads_wait_for_an_object_under_construction():
    started, go, seen = threading.Event(), threading.Event(), []

    class Slow:
        def __init__(self, x):
            self.first = x
            if x == 2:
                started.set()
                go.wait(10)
            self.second = x

        def __call__(self):
            return self.second

    x = symbolize(Slow)(1)
    rebind(x, x=2)
    builder = threading.Thread(target=realize, args=(x,))
    builder.start()
    started.wait(10)
    readers = [
        threading.Thread(target=lambda: seen.append(x.second)),
        threading.Thread(target=lambda: seen.append(x())),
        threading.Thread(target=lambda: (setattr(x, "third", 2), seen.append(x.third))),
    ]
    for t in readers:
        t.start()
    assert seen == [] and repr(x) == "Slow(x=2)"
    go.set()
    for t in [builder, *readers]:
        t.join()
    assert seen == [2, 2, 2]


def test_deadlock_becomes_an_error(monkeypatch):
    monkeypatch.setattr(construction, "LOCK_TIMEOUT", 0.05)
    errors = []

    class Waits:
        def __init__(self, x):
            self.x = x
            if x == 2:
                t = threading.Thread(target=self.use)
                t.start()
                t.join()

        def use(self):
            try:
                self.x
            except ConstructionError as e:
                errors.append(e)

    x = symbolize(Waits)(1)
    rebind(x, x=2)
    assert x.x == 2
    assert "waiting for another thread" in str(errors[0])


def test_deep_chain_of_deferred_objects_is_built_without_recursion():
    Node, built = make()
    with deferring():
        x = Node(0)
        for i in range(3000):
            x = Node(i, x)
    assert x.value == 2999 and len(built) == 3001
