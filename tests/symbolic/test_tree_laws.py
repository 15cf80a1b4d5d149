"""Laws that hold whatever is done to trees: a state machine that builds, edits, moves, clones, saves and fails.

The trees hold every kind of node: objects with and without typed fields, with derived state, with hooks of place;
dicts, lists, tuples; functors; wrapped classes; references; missing values. Its invariants are checked after each step.
"""

# ruff: noqa: E501

from __future__ import annotations

import copy
import operator
import pickle
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import polygraft as pg
from polygraft.symbolic.node import OPS, Kind
from polygraft.symbolic.walking import walk


class Pair(pg.Object):
    x: Any = None
    y: Any = None


class Typed(pg.Object):
    n: pg.typing.Int(min_value=0) = 0  # pyright: ignore
    items: list[int] = [1]
    pair: Pair | None = None


class Derived(pg.Object):
    """Holds state that follows from its arguments, and refuses some of them."""

    x: Any = 0

    def _on_bound(self):
        super()._on_bound()
        if isinstance(self.x, str) and self.x == "refused":
            raise RuntimeError("refused")
        self.seen = pg.format(self.x, compact=True)


class Placed(pg.Object):
    """Knows its place from what it is told."""

    x: Any = None

    def _on_init(self):
        self.told_path, self.told_parent = "", None
        super()._on_init()

    def _on_path_change(self, old_path, new_path):
        assert str(old_path) == self.told_path
        self.told_path = str(new_path)

    def _on_parent_change(self, old_parent, new_parent):
        assert old_parent is self.told_parent
        self.told_parent = new_parent


@pg.functor
def call(a, b=1, *rest):
    return a


@pg.symbolize
class Wrapped:
    def __init__(self, p, q=None):
        if p == "refused":
            raise RuntimeError("refused")
        self.built_of = shown(p), shown(q)


def shown(x: Any) -> str:
    """A value as text, the same whether a constructor was given it or a node holds it."""
    if isinstance(x, pg.Ref):
        return shown(x.value)
    if isinstance(x, (dict, list, tuple)):
        items = [f"{k}: {shown(v)}" for k, v in OPS[type(x)].items(x)]
        return f"{len(items)} of {items}"
    return pg.format(x, compact=True)


SHARED = Pair("shared")  # what references point to

scalars = st.sampled_from([0, 1, 2, -1, 1.5, "a", "b", None, True])
#: Descriptions of trees: they can be made several times.
plans = st.recursive(
    scalars | st.just("ref"),
    lambda p: st.one_of(
        st.tuples(st.just("dict"), st.dictionaries(st.sampled_from(["a", "b", "k.l", 3]), p, max_size=3)),
        st.tuples(st.just("list"), st.lists(p, max_size=3)),
        st.tuples(st.just("tuple"), st.lists(p, max_size=2)),
        st.tuples(st.sampled_from(["pair", "derived", "placed", "call", "wrapped", "partial"]), p, p),
        st.tuples(st.just("typed"), st.integers(0, 3), st.lists(st.integers(0, 2), max_size=2)),
    ),
    max_leaves=6,
)  # fmt: skip


def made(plan: Any) -> Any:
    if plan == "ref":
        return pg.Ref(SHARED)
    if not isinstance(plan, tuple):
        return plan
    kind, *arguments = plan
    if kind == "dict":
        return pg.Dict({k: made(v) for k, v in arguments[0].items()})
    if kind in ("list", "tuple"):
        items = [made(v) for v in arguments[0]]
        return pg.List(items) if kind == "list" else tuple(items)
    if kind == "typed":
        return Typed(arguments[0], arguments[1])
    x, y = map(made, arguments)
    return {
        "pair": lambda: Pair(x, y), "derived": lambda: Derived(x), "placed": lambda: Placed(x), "call": lambda: call(x, y),
        "wrapped": lambda: Wrapped(x, y), "partial": lambda: pg.Dict(p=Wrapped.partial(q=x)),
    }[kind]()  # fmt: skip


class Trees(RuleBasedStateMachine):
    """Several trees at a time, between which nodes move."""

    roots: list[Any]

    @initialize(plans=st.lists(plans, min_size=2, max_size=3))
    def begin(self, plans):
        self.roots = [pg.Dict(r=made(p), typed=Typed(1)) for p in plans]

    # -- finding places ----------------------------------------------------------------------------
    def node(self, n, kinds=None):
        """A node of the trees, chosen by a number; None if there is none of the kinds."""
        found = [
            v for root in self.roots for _, v, _ in walk(root)
            if OPS[type(v)].symbolic and (kinds is None or OPS[type(v)].kind in kinds)
        ]  # fmt: skip
        return found[n % len(found)] if found else None

    def paths(self, root):
        return [pg.KeyPath.of(keys) for keys, _, _ in walk(root) if keys]

    def attempt(self, action):
        """Does something that may fail: if it does, nothing has changed."""
        before = [snapshot(root) for root in self.roots]
        try:
            action()
        except (KeyError, ValueError, TypeError, IndexError, RuntimeError, AttributeError):
            assert [snapshot(root) for root in self.roots] == before

    # -- edits -------------------------------------------------------------------------------------
    @rule(r=st.integers(0), picks=st.lists(st.tuples(st.integers(0), plans, st.sampled_from(["put", "remove", "insert"])), min_size=1, max_size=3))  # fmt: skip
    def rebind_places(self, r, picks):
        root = self.roots[r % len(self.roots)]
        paths = self.paths(root)
        pairs = {}
        for n, plan, how in picks:
            path = paths[n % len(paths)]
            value = made(plan)
            if how == "remove":
                value = pg.MISSING_VALUE
            elif how == "insert" and OPS[type(path_value(root, path.keys[:-1]))].kind is Kind.LIST:
                value = pg.Insertion(value)
            if path != "typed":  # which other steps need
                pairs[path] = value
        self.attempt(lambda: pg.rebind(root, pairs))

    @rule(
        r=st.integers(0),
        plan=plans,
        bad=st.sampled_from(["typed.n", "typed.zz", "r.x", "typed.items[0]"]),
    )
    def rebind_with_a_mistake(self, r, plan, bad):
        """What comes before the mistake is taken back."""
        root = self.roots[r % len(self.roots)]
        wrong = {"typed.n": -5, "typed.zz": 1, "r.x": "refused", "typed.items[0]": "text"}[bad]
        self.attempt(
            lambda: pg.rebind(root, {"new": made(plan), "typed.pair": Pair(1), bad: wrong})
        )

    @rule(r=st.integers(0), which=st.sampled_from([0, 1, "a"]), plan=plans)
    def rebind_by_rule(self, r, which, plan):
        root = self.roots[r % len(self.roots)]

        def replace(path, value):
            return made(plan) if path and type(value) is type(which) and value == which else value

        self.attempt(lambda: pg.rebind(root, replace, raise_on_no_change=False))

    @rule(n=st.integers(0), index=st.integers(-3, 3), plan=plans, how=st.sampled_from(
        ["append", "insert", "set", "del", "pop", "extend", "reverse", "sort", "clear", "slice", "+=", "*="]))  # fmt: skip
    def change_a_list(self, n, index, plan, how):
        x = self.node(n, (Kind.LIST,))
        if x is None:
            return
        actions = {
            "append": lambda: x.append(made(plan)), "insert": lambda: x.insert(index, made(plan)),
            "set": lambda: operator.setitem(x, index, made(plan)), "del": lambda: operator.delitem(x, index),
            "pop": lambda: x.pop(index), "extend": lambda: x.extend([made(plan), 1]), "reverse": x.reverse,
            "sort": lambda: x.sort(key=lambda v: pg.format(v, compact=True)), "clear": x.clear,
            "slice": lambda: operator.setitem(x, slice(index, None), [made(plan)]),
            "+=": lambda: operator.iadd(x, [made(plan)]), "*=": lambda: operator.imul(x, 2 if len(x) < 4 else 0),
        }  # fmt: skip
        self.attempt(actions[how])

    @rule(n=st.integers(0), key=st.sampled_from(["a", "b", "k.l", 3, "n"]), plan=plans, how=st.sampled_from(
        ["set", "del", "pop", "popitem", "clear", "update", "|=", "setdefault"]))  # fmt: skip
    def change_a_dict(self, n, key, plan, how):
        x = self.node(n, (Kind.DICT,))
        if x is None or x.sym_parent is None:  # the root keeps what other steps need
            return
        actions = {
            "set": lambda: operator.setitem(x, key, made(plan)), "del": lambda: operator.delitem(x, key),
            "pop": lambda: x.pop(key), "popitem": x.popitem, "clear": x.clear, "setdefault": lambda: x.setdefault(key, made(plan)),
            "update": lambda: x.update({key: made(plan)} if isinstance(key, int) else {pg.KeyPath(key): made(plan)}),
            "|=": lambda: operator.ior(x, {key: made(plan)}),
        }  # fmt: skip
        self.attempt(actions[how])

    @rule(n=st.integers(0), m=st.integers(0), key=st.sampled_from(["a", "b"]))
    def move_between_trees(self, n, m, key):
        """A node that stands somewhere is copied, or shared if it is wrapped; one that was cut off is adopted."""
        x, target = self.node(n), self.node(m, (Kind.DICT,))
        if x.sym_parent is None:
            return
        self.attempt(lambda: operator.setitem(target, key, x))

    @rule(n=st.integers(0), m=st.integers(0))
    def cut_off_and_plant(self, n, m):
        x = self.node(n)
        if type(x.sym_parent) is not pg.Dict or OPS[type(x)].shared or x.sym_path == "typed":
            return
        key, old = x.sym_path.key, x.sym_parent
        if old.get(key) is not x:  # in a tuple
            return
        del old[key]
        assert x.sym_parent is None and x.sym_path == ""
        target = self.node(m, (Kind.DICT,))
        target["planted"] = x
        assert x.sym_parent is target and target["planted"] is x

    @rule(r=st.integers(0), plan=plans)
    def transaction_that_is_left_by_an_error(self, r, plan):
        root = self.roots[r % len(self.roots)]
        before = snapshot(root)
        try:
            with pg.transaction():
                root.rebind({"r": made(plan)})
                root.rebind({"typed.n": 3, "extra": [1, made(plan)]})
                root.typed.items.append(2)
                root.pop("extra")
                raise InterruptedError
        except InterruptedError:
            pass
        assert snapshot(root) == before

    # -- copies ------------------------------------------------------------------------------------
    @rule(r=st.integers(0), how=st.sampled_from(["clone", "deep", "copy", "deepcopy"]))
    def clone_one(self, r, how):
        root = self.roots[r % len(self.roots)]
        new = {
            "clone": pg.clone,
            "deep": lambda x: pg.clone(x, deep=True),
            "copy": copy.copy,
            "deepcopy": copy.deepcopy,
        }[how](root)
        assert_equal(new, root)
        mine = {
            id(v) for _, v, _ in walk(root) if OPS[type(v)].symbolic and not isinstance(v, pg.Ref)
        }
        assert not any(id(v) in mine for _, v, _ in walk(new))
        self.roots[r % len(self.roots)] = new

    @rule(r=st.integers(0))
    def save_and_load_one(self, r):
        root = self.roots[r % len(self.roots)]
        again = pg.from_json_str(pg.to_json_str(root), allow_partial=True)
        if has_references(root):
            assert pg.to_json(again) == pg.to_json(
                root
            )  # references are equal if they lead to the same object
        else:
            assert_equal(again, root)
        check(again)

    @precondition(lambda self: not has_references(self.roots[0]))
    @rule()
    def pickle_the_first(self):
        assert_equal(pickle.loads(pickle.dumps(self.roots[0])), self.roots[0])

    # -- what always holds -------------------------------------------------------------------------
    @invariant()
    def places_are_right(self):
        for root in getattr(self, "roots", ()):
            check(root)

    @invariant()
    def answers_follow_the_tree(self):
        for root in getattr(self, "roots", ()):
            missing = {
                pg.KeyPath.of(k).path
                for k, v, p in walk(root)
                if v == pg.MISSING_VALUE and not is_functor(p)
            }
            assert root.missing_values().keys() == missing
            assert root.is_partial == bool(missing) == pg.is_abstract(root)
            assert pg.diff(root, root.clone()) == pg.Diff()


def has_references(root: Any) -> bool:
    return any(isinstance(v, pg.Ref) for _, v, _ in walk(root))


def is_functor(x: Any) -> bool:
    return isinstance(x, pg.Functor)


def snapshot(root: Any) -> list[Any]:
    """Everything there is to see of a tree: the identity of nodes, leaves, places, seals, order, what is derived."""
    out: list[Any] = []
    for keys, v, parent in walk(root):
        ops = OPS[type(v)]
        if not ops.symbolic:
            out.append((keys, type(v), None if ops.container else v, id(parent)))
            continue
        # Which place of a shared object counts as its first one may change.
        place = (
            None if is_below_shared(root, pg.KeyPath.of(keys)) else (v.sym_path, id(v.sym_parent))
        )
        derived = v.seen if isinstance(v, Derived) else None
        bound = sorted(v.specified_args) if is_functor(v) else None
        out.append((keys, id(v), ops.type, place, v.sym_sealed, derived, bound))
    return out


def check(root: Any) -> None:
    """Each node stands where it says, once; what it was told of its place and its arguments is true."""
    assert root.sym_parent is None and root.sym_path == "" and root.sym_root is root
    found: dict[int, tuple[Any, list[pg.KeyPath]]] = {}
    for keys, v, _ in walk(root):
        if OPS[type(v)].symbolic:
            found.setdefault(id(v), (v, []))[1].append(pg.KeyPath.of(keys))
    for v, paths in found.values():
        shares = [path for path in paths if is_below_shared(root, path)]
        assert len(paths) == 1 or len(shares) == len(
            paths
        )  # one place each, but for what is shared
        if shares and v.sym_root is not root:
            continue  # its first place is in another tree
        assert v.sym_path in paths and v.sym_root is root
        keys = v.sym_path.keys
        if keys:
            above = [path_value(root, keys[:i]) for i in range(len(keys))]
            assert (
                v.sym_parent is [n for n in above if OPS[type(n)].symbolic][-1]
            )  # tuples left out
        if isinstance(v, Placed):
            assert v.told_path == v.sym_path and v.told_parent is v.sym_parent
        if isinstance(v, Derived):
            assert v.seen == pg.format(v.x, compact=True)
        if isinstance(v, Wrapped) and not pg.is_abstract(v):
            assert v.built_of == (shown(pg.args(v).p), shown(pg.args(v).q))


def is_below_shared(root: Any, path: pg.KeyPath) -> bool:
    """True if a wrapped object, which may have several places, stands at the path or above it."""
    above = (path_value(root, path.keys[:i]) for i in range(len(path.keys) + 1))
    return any(OPS[type(x)].shared for x in above)


def path_value(root: Any, keys: Any) -> Any:
    for key in keys:
        root = OPS[type(root)].get(root, key)
    return root


def assert_equal(a: Any, b: Any) -> None:
    assert pg.eq(a, b) and pg.eq(b, a) and not pg.ne(a, b)
    assert pg.hash(a) == pg.hash(b)
    assert not pg.lt(a, b) and not pg.gt(a, b)
    assert pg.format(a) == pg.format(b)


def test_trees_keep_their_laws():
    run_state_machine_as_test(
        Trees, settings=settings(max_examples=60, stateful_step_count=12, deadline=None)
    )
