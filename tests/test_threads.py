"""Threads that work on trees of their own and read a shared one never disturb each other.

Each thread makes classes, functors and wrapped classes, builds, clones, rebinds, patches, saves, loads and searches,
under flags of its own, and reads one program that all share. What it sees is what one thread alone sees.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

import polygraft as pg

THREADS = 8


class Leaf(pg.Object):
    x: int
    name: str = "leaf"


class Tree(pg.Object):
    leaves: list[Leaf]
    table: dict[str, Any] = {}
    rate: float = 0.1


@pg.functor
def threads_power(base: float, exponent: int = 2) -> float:
    return base**exponent


class Plain:
    def __init__(self, width: int, scale: float = 1.0):
        self.width, self.scale, self.area = width, scale, width * scale


Wrapped = pg.symbolize(Plain)


@pg.patcher([("by", pg.typing.Int(min_value=1))])
def threads_shift(tree: Any, by: int) -> Any:
    return lambda k, v: v + by if k and k.key == "x" else v


def tree(n: int) -> Tree:
    table = {"call": threads_power(2.0), "wrapped": Wrapped(n), "deep": {"list": [1, {"a": n}]}}
    return Tree([Leaf(i, f"leaf{i}") for i in range(n)], table)


@pytest.fixture(params=[None, 1e-6], ids=["usual", "switching often"])
def switching(request):
    usual = sys.getswitchinterval()
    sys.setswitchinterval(request.param or usual)
    yield
    sys.setswitchinterval(usual)


def run_all(works: list[Callable[[], Any]], timeout: float = 120) -> list[Any]:
    """Starts all at the same moment; returns what they return, raises what they raise."""
    start = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)
    errors: list[BaseException] = []

    def run(i: int) -> None:
        try:
            start.wait()
            results[i] = works[i]()
        except BaseException as e:
            errors.append(e)

    threads = [threading.Thread(target=run, args=(i,), daemon=True) for i in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    if errors:
        raise errors[0]
    return results


def classes(seed: int, turn: int) -> tuple[Any, Any, Any]:
    """Classes of this thread's own; their names are the same in all threads."""

    class Mine(pg.Object):
        auto_register = False
        value: int = seed
        inner: Leaf | None = None

        def _on_bound(self):
            self.doubled = self.value * 2

    @pg.members([("extra", pg.typing.Int(min_value=turn, default=turn))])
    class Derived(Mine):
        auto_register = False

    class Thing:
        def __init__(self, a: int, b: int = turn):
            self.total = a + b

    return Mine, Derived, pg.symbolize(Thing)


def own_work(seed: int, folder: Any, turns: int) -> list[Any]:
    """What one thread does; a function of its arguments."""
    seen: list[Any] = []
    for turn in range(turns):
        Mine, Derived, Thing = classes(seed, turn)
        m = Derived(inner=Leaf(seed))
        seen.append((m.doubled, m.extra, m.rebind(value=seed + 1).doubled, Thing(seed).total))
        seen.append(Mine(3, Leaf(1)) == pg.clone(Mine(3, Leaf(1))))

        x = tree(5 + seed % 3)
        y = pg.clone(x, deep=True)
        x.rebind({"leaves[0].x": seed, "rate": seed / 10})
        pg.patch(x, [threads_shift(by=seed + 1), "threads_shift?1", {"table.deep.list[0]": turn}])
        with pytest.raises(TypeError):
            x.rebind({"leaves[1].x": 1, "rate": "no number"})
        path = folder / f"{seed}.json"
        pg.save(x, str(path))
        back = pg.load(str(path))
        seen.append((pg.eq(x, back), pg.hash(x) == pg.hash(back), pg.eq(x, y), x.leaves[1].x))
        seen.append((x.table.wrapped.area, back.table.wrapped.area, x.table.call(exponent=3)))
        seen.append((sorted(pg.query(x, r".*name")), pg.format(x, compact=True)))
        seen.append(str(pg.diff(x, y)))
        space = Tree([Leaf(pg.oneof([1, 2, 3])), Leaf(pg.oneof([4, 5]))], rate=pg.floatv(0.1, 1.0))
        seen.append([pg.format(e, compact=True) for e in pg.random_sample(space, 3, seed=seed)])
        with pg.allow_partial(), pg.as_sealed(seed % 2 == 0):
            partial = Leaf(name="p")
            seen.append((pg.is_partial(partial), partial.is_sealed))
        with pytest.raises(TypeError):
            Leaf(name="p")
    return seen


def read_shared(shared: Tree, expected: Callable[[Any], Any], turns: int) -> None:
    alone = expected(shared)
    for _ in range(turns):
        assert expected(shared) == alone


def views(x: Tree) -> list[Any]:
    """All ways to read a program."""
    return [
        pg.format(x, compact=True),
        str(x),
        pg.hash(x),
        pg.to_json_str(x),
        list(pg.query(x, where=lambda v: isinstance(v, int))),
        pg.eq(x, pg.clone(x)),
        [leaf.sym_path.path for leaf in x.leaves],
        x.table.wrapped.area,
        x.table.call(3.0, override_args=True),
        pg.contains(x, type=Leaf),
    ]


@pytest.mark.slow
@pytest.mark.usefixtures("switching")
def test_threads_do_not_disturb_each_other(tmp_path):
    turns = 4
    (tmp_path / "alone").mkdir()
    alone = [own_work(seed, tmp_path / "alone", turns) for seed in range(THREADS)]
    shared = tree(6)

    def work(seed: int) -> Any:
        read_shared(shared, views, 2)
        seen = own_work(seed, tmp_path, turns)
        read_shared(shared, views, 2)
        return seen

    assert run_all([lambda s=s: work(s) for s in range(THREADS)]) == alone


@pytest.mark.usefixtures("switching")
def test_a_deferred_object_is_constructed_once_for_all_threads():
    made: list[int] = []

    class Counted:
        def __init__(self, width: int):
            made.append(width)
            self.parts = [width] * 3

    Symbolic = pg.symbolize(Counted)
    for _ in range(20):
        deferred = pg.Dict(a=pg.clone(Symbolic(3)))
        made.clear()
        seen = run_all([lambda d=deferred: d.a.parts for _ in range(THREADS)])
        assert made == [3] and all(s is seen[0] for s in seen)


def first_uses() -> list[Callable[[], Any]]:
    """Uses of new classes; each makes something that the next one is to find."""

    class Fresh(pg.Object):
        auto_register = False
        x: Any
        y: list[int] = []

    class Wrappable:
        def __init__(self, x: Any = 1):
            self.x = x

    def function(x: Any = 1) -> Any:
        return x

    target = Leaf(7)
    return [
        lambda: pg.symbolize(Wrappable),
        lambda: pg.symbolize(function),
        lambda: pg.functor(Wrappable),
        lambda: type(pg.clone(pg.symbolize(Wrappable)())),
        lambda: type(Fresh(pg.Ref(target))),
        lambda: type(pg.Dict(x=pg.Ref(target))),
        lambda: pg.format(Fresh(1), compact=True),
        lambda: pg.signature(Fresh),
        lambda: pg.eq(Fresh([1]), Fresh([1])),
    ]


@pytest.mark.usefixtures("switching")
@pytest.mark.parametrize("use", range(9))
def test_what_is_built_at_first_use_is_built_once_for_all_threads(use):
    for _ in range(20):
        seen = run_all([first_uses()[use]] * THREADS)
        assert all(s is seen[0] or (s == seen[0] and not isinstance(s, type)) for s in seen)


@pytest.mark.usefixtures("switching")
def test_a_genotype_unfolds_once_for_all_threads():
    spec = pg.dna_spec(pg.Dict(a=pg.oneof([1, pg.oneof([2, 3])]), b=pg.manyof(2, [1, 2, 3])))
    for _ in range(20):
        dna = pg.random_dna(spec)
        seen = run_all([lambda d=dna: (d.children, d.children[1].children)] * THREADS)
        assert all(a is seen[0][0] and b is seen[0][1] for a, b in seen)
        run_all([lambda d=dna, i=i: d.set_metadata(f"k{i}", i) for i in range(THREADS)])
        run_all([lambda d=dna, i=i: d.set_userdata(f"k{i}", i) for i in range(THREADS)])
        assert len(dna.metadata) == len(dna.userdata) == THREADS


FLAGS: list[tuple[Any, Callable[[], Any], Any]] = [
    (lambda: pg.allow_partial(), lambda: pg.is_partial(Leaf()), True),
    (lambda: pg.as_sealed(), lambda: Leaf(1).rebind(x=2).x, pg.WritePermissionError),
    (lambda: pg.enable_type_check(False), lambda: Leaf("text").x, "text"),  # type: ignore
    (lambda: pg.auto_call_functors(), lambda: threads_power(3.0), 9.0),
    (lambda: pg.allow_writable_accessors(True), lambda: write(Leaf(1)), 2),
    (lambda: pg.typing.preset_args({"z": 5}), lambda: with_preset(), 5),
    (lambda: pg.str_format(compact=True), lambda: str(Leaf(1)), "Leaf(x=1, name='leaf')"),
    (lambda: pg.contextual_override(depth=4), lambda: pg.contextual_value("depth"), 4),
    (lambda: pg.track_origin(), lambda: pg.clone(Leaf(1)).sym_origin is not None, True),
]


def write(leaf: Leaf) -> int:
    leaf.x = 2
    return leaf.x


@pg.typing.enable_preset_args()
def with_preset(z: int = pg.typing.PresetArgValue(default=1)) -> int:  # type: ignore
    return z


@pytest.mark.usefixtures("switching")
@pytest.mark.parametrize(("flag", "probe", "inside"), FLAGS, ids=map(str, range(len(FLAGS))))
def test_a_flag_is_seen_by_its_own_thread_only(flag, probe, inside):
    def outcome() -> Any:
        try:
            return probe()
        except Exception as e:
            return type(e)

    outside = outcome()
    assert outside != inside
    entered, checked = threading.Barrier(THREADS), threading.Barrier(THREADS)

    def work(uses: bool) -> list[Any]:
        seen = []
        for _ in range(20):
            if uses:
                with flag():
                    entered.wait()
                    seen.append(outcome())
                    checked.wait()
            else:
                entered.wait()
                seen.append(outcome())
                checked.wait()
            seen.append(outcome())
        return seen

    works = [lambda uses=i % 2 == 0: work(uses) for i in range(THREADS)]
    for i, seen in enumerate(run_all(works)):
        assert seen == [inside if i % 2 == 0 else outside, outside] * 20
