"""What is seen of a program inside a constructor is what a new construction makes, whatever was edited, and how."""

from __future__ import annotations

import copy
import pickle
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

import polygraft as pg


@pg.symbolize
class Layer:
    def __init__(self, width, bias=True):
        self.width, self.bias = width, bias


@pg.symbolize
class Act:
    def __init__(self, slope=0):
        self.slope = slope


@pg.symbolize
class Other:
    def __init__(self, x=1):
        self.x = x


@pg.symbolize
class Stack:
    def __init__(self, *parts):
        self.parts = list(parts)


@pg.symbolize
class Holder:
    def __init__(self, one=None, more=None):
        self.one, self.more = one, more


class Plain:
    def __init__(self, plan):
        build(self, plan)


def build(x: Any, plan: Any) -> None:
    """Makes, in the constructor of `x`, what a plan says; what one part makes does not depend on the others."""
    for i, (kind, arg) in enumerate(plan):
        if kind == "layer":
            made = Layer(arg)
        elif kind == "loose":
            Layer(arg)
            continue
        elif kind == "stack":
            made = Stack(*[Layer(w) for w in arg], Act())
        elif kind == "list":
            made = [Layer(w) for w in arg]
        elif kind == "dict":
            made = {"k": Act(arg), "n": [Layer(arg)]}
        elif kind == "holder":
            made = Holder([Layer(arg), (Act(2), Layer(3))], {"q": Stack(Layer(arg))})
        elif kind == "tied":
            tied = Layer(arg)
            made = [Stack(tied, Stack(tied)), Holder(tied)]
        elif kind == "kept":
            x.kept = Layer(arg)
            made = Stack(x.kept, Act(1))
        elif kind == "given":
            made = Holder(getattr(x, "part", None), 1)
        else:
            made = Plain(arg) if kind == "plain" else Root(arg, tag=i)
        setattr(x, f"{kind}{i}", made)


@pg.symbolize
class Root:
    def __init__(self, plan, tag=0, part=None):
        self.part, self.tag = part, tag
        build(self, plan)


def tied() -> Any:
    return Root((("tied", 1),))


def view(x: Any) -> dict[str, Any]:
    """Everything that is seen in a program: path → value, or the name of its class."""
    found = pg.query(x, inner=True, enter_selected=True, where=lambda v: True)
    shown = {
        str(k): v if isinstance(v, int | str | None) else type(v).__name__.lower()
        for k, v in found.items()
    }
    return {k: v for k, v in shown.items() if "plan" not in k.split("@")[0] and ".plan" not in k}


def built(x: Any) -> Any:
    """Everything that exists at run time below `x`, with what is shared, as plain data."""
    numbers: dict[int, str] = {}

    def plain(v: Any) -> Any:
        if isinstance(v, int | str | None):
            return v
        if isinstance(v, list | tuple):
            return [plain(c) for c in v]
        if isinstance(v, dict):
            return {k: plain(c) for k, c in v.items()}
        if id(v) in numbers:
            return numbers[id(v)]
        numbers[id(v)] = f"#{len(numbers)}"
        return type(v).__name__, {k: plain(c) for k, c in vars(v).items() if k != "plan"}

    return plain(pg.realize(x))


def assert_is_what_is_built(x: Any) -> None:
    anew = pg.realize(pg.from_json(pg.to_json(x)))
    expected = view(anew)
    assert view(pg.realize(pg.clone(x))) == expected
    assert view(pg.clone(x)) == expected
    assert view(x) == expected
    assert built(anew) == built(pg.clone(x))
    assert pg.eq(anew, x) and not pg.diff(anew, x)


# -- the law -------------------------------------------------------------------------------------
widths = st.integers(1, 9)
simple = st.one_of(
    st.tuples(
        st.sampled_from(["layer", "loose", "dict", "holder", "tied", "kept", "given"]), widths
    ),
    st.tuples(st.sampled_from(["stack", "list"]), st.lists(widths, max_size=2).map(tuple)),
)
plans = st.recursive(
    st.lists(simple, max_size=3).map(tuple),
    lambda below: st.lists(
        st.one_of(simple, st.tuples(st.sampled_from(["plain", "root"]), below)), max_size=3
    ).map(tuple),
    max_leaves=6,
)
REPLACEMENTS = {
    "act": Other,
    "layer": lambda: Layer(30),
    "stack": lambda: Stack(Layer(31), Other()),
    "text": lambda: "relu",
    "number": lambda: 5,
    "list": lambda: [Layer(32), (Act(),)],
    "tuple": lambda: (Layer(34), Act()),
}


class Programs(RuleBasedStateMachine):
    """Random edits of random programs; some of them fail, after the program has been used in between."""

    top: Any

    @initialize(
        plan=plans, part=st.booleans(), how=st.sampled_from(["new", "clone", "json", "tree"])
    )
    def start(self, plan, part, how):
        x = Root(plan, part=Layer(5) if part else None)
        if how == "clone":
            x = pg.clone(x)
        elif how == "json":
            x = pg.from_json(pg.to_json(x))
        self.top = pg.Dict(a=x) if how == "tree" else x

    def edit(self, change: Any, fails: bool, used: bool) -> bool:
        """Makes a change, or tries; True if it stays."""
        if not fails:
            pg.patch(self.top, change, inner=True)
            return True
        before, program = view(self.top), repr(self.top)
        exists = built(pg.clone(self.top))

        def fail(k: Any, v: Any) -> Any:
            if used:
                built(self.top)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            pg.patch(self.top, [change, fail], inner=True)
        assert repr(self.top) == program and view(self.top) == before
        assert built(pg.clone(self.top)) == exists
        return False

    def places(self, *classes: str) -> list[str]:
        return [k for k, v in view(self.top).items() if v in classes and "@" in k]

    def fields(self) -> list[str]:
        ends = (".width", ".slope", ".bias", ".tag", ".x")
        return [k for k in view(self.top) if k.endswith(ends) or k == "tag"]

    @rule(d=st.data(), n=st.integers(1, 3), fails=st.booleans(), used=st.booleans())
    def set_arguments(self, d, n, fails, used):
        paths = self.fields()
        if paths:
            value = d.draw(st.integers(10, 20))
            edits = {d.draw(st.sampled_from(paths)): value for _ in range(n)}
            if self.edit(edits, fails, used):
                after = view(self.top)
                assert all(after[p] == value for p in edits)

    @rule(
        d=st.data(),
        what=st.sampled_from(sorted(REPLACEMENTS)),
        fails=st.booleans(),
        used=st.booleans(),
    )
    def replace(self, d, what, fails, used):
        if paths := self.places("layer", "act", "stack", "other"):
            self.edit({d.draw(st.sampled_from(paths)): REPLACEMENTS[what]()}, fails, used)

    @rule(d=st.data(), inserts=st.booleans(), fails=st.booleans(), used=st.booleans())
    def change_list(self, d, inserts, fails, used):
        paths = [k for k in view(self.top) if k.endswith((".parts[0]", ".parts[1]", ".one[1]"))]
        if paths:
            new = pg.Insertion(Layer(40)) if inserts else pg.MISSING_VALUE
            self.edit({d.draw(st.sampled_from(paths)): new}, fails, used)

    @rule(fails=st.booleans(), used=st.booleans())
    def add_to_all(self, fails, used):
        before = view(self.top)
        if self.edit(lambda k, v: v + 100 if k and k.key == "width" else v, fails, used):
            after = view(self.top)
            assert all(
                after[k] == (v + 100 if k.endswith("width") else v) for k, v in before.items()
            )

    @rule(fails=st.booleans(), used=st.booleans())
    def replace_all(self, fails, used):
        if self.edit(lambda k, v: Other(7) if isinstance(v, Act) else v, fails, used):
            assert not self.places("act")

    @rule(d=st.data())
    def edit_object(self, d):
        pg.realize(self.top)
        found = pg.query(
            self.top, inner=True, enter_selected=True, where=lambda v: isinstance(v, Layer)
        )
        if found:
            pg.rebind(d.draw(st.sampled_from(list(found.values()))), width=55)

    @rule(how=st.sampled_from(["realize", "clone", "json", "pickle", "deepcopy", "reset"]))
    def go_on_with(self, how):
        program = repr(self.top)
        ways: dict[str, Any] = {
            "realize": pg.realize,
            "clone": pg.clone,
            "json": lambda x: pg.from_json(pg.to_json(x)),
            "pickle": lambda x: pickle.loads(pickle.dumps(x)),
            "deepcopy": copy.deepcopy,
            "reset": pg.reset,
        }
        self.top = ways[how](self.top)
        assert repr(self.top) == program

    @invariant()
    def what_is_seen_is_what_is_built(self):
        if hasattr(self, "top"):
            assert_is_what_is_built(self.top)


def test_what_is_seen_is_what_is_built_after_any_edits():
    run_state_machine_as_test(
        Programs,
        settings=settings(
            max_examples=60,
            stateful_step_count=6,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


# -- found by it, or by hand ---------------------------------------------------------------------
def test_edits_of_a_part_and_inside_it_in_one_call_both_hold():
    x = Root((("root", (("layer", 3),)),))
    part = "@root0"
    pg.patch(x, {f"{part}.@layer0.width": 7})
    pg.patch(x, {f"{part}.@layer0.width": 5, f"{part}.tag": 9})
    assert (x.root0.layer0.width, x.root0.tag) == (5, 9)
    pg.patch(x, {f"{part}.tag": 8, f"{part}.@layer0.width": 6})
    assert (x.root0.layer0.width, x.root0.tag) == (6, 8)


def test_hook_that_uses_a_program_in_a_failing_edit_leaves_no_trace():
    used = []

    class Experiment(pg.Object):
        net: Any

        def _on_bound(self):
            super()._on_bound()
            used.append(self.net.layer0.width)

    e = Experiment(Root((("layer", 3),)))
    pg.patch(e, {"net.@layer0.width": 4})
    with pytest.raises(ZeroDivisionError):
        pg.patch(e, [{"net.@layer0.width": 60}, lambda k, v: 1 // 0])
    assert used[:2] == [3, 4] and 60 in used
    assert view(e)["net.@layer0.width"] == 4 and e.net.layer0.width == 4


def test_changed_list_is_a_copy_that_can_be_edited_on():
    x = Root((("stack", (1, 2)),))
    pg.patch(x, {"@stack0.parts[1]": pg.Insertion(Layer(50))})
    pg.patch(x, {"@stack0.parts[0].width": 8, "@stack0.parts[2]": Other()})
    assert [type(p).__name__ for p in x.stack0.parts] == ["Layer", "Layer", "Other", "Act"]
    assert x.stack0.parts[0].width == 8
    assert not [n for n, _ in x.sym_init_args.items() if "/" in n]


def test_replaced_result_is_replaced_wherever_it_stands():
    x = pg.patch(tied(), {"@tied0/0.parts[0]": Layer(9)})
    stack, holder = x.tied0
    assert stack.parts[0] is stack.parts[1].parts[0] is holder.one
    assert {v for k, v in view(pg.clone(x)).items() if k.endswith("width")} == {9}
    y = pg.patch(tied(), lambda k, v: Other() if isinstance(v, Layer) else v, inner=True)
    stack, holder = y.tied0
    assert isinstance(holder.one, Other) and stack.parts[0] is holder.one


def test_item_of_a_tuple_is_replaced_by_itself():
    x = pg.patch(Root((("holder", 1),)), {"@holder0.one[1][0]": Other()})
    assert repr(x).endswith("@holder0/one/1/0=Other(x=1))")
    assert isinstance(x.holder0.one[1][0], Other) and "@1" not in view(x)


def test_list_in_place_of_a_result_is_edited_on():
    x = pg.patch(Root((("holder", 1),)), {"@holder0.one[0]": [Layer(2), Act()]})
    pg.patch(x, {"@holder0.one[0][0].width": 3, "@holder0.one[0][1]": Other()})
    assert repr(x).endswith("@holder0/one/0=[0: Layer(width=3, bias=True), 1: Other(x=1)])")
    assert x.holder0.one[0][0].width == 3 and isinstance(x.holder0.one[0][1], Other)


def test_tuple_in_place_of_a_result_is_edited_on():
    x = pg.patch(Root((("dict", 1),)), {"@dict0/k": (Layer(2), Act())})
    pg.patch(x, {"@dict0/k[1]": Other(), "@dict0/k[0].width": 3})
    assert x.dict0["k"][0].width == 3 and isinstance(x.dict0["k"][1], Other)
    y = pg.patch(tied(), {"@tied0/0.parts[0]": (Layer(2), Act())})
    pg.patch(y, {"@tied0/0.parts[0][1]": Other()})
    assert_is_what_is_built(y)
    pg.patch(y, {"@tied0/0.parts[0][0]": pg.Insertion(Act())})
    assert [type(v).__name__ for v in y.tied0[0].parts[0]] == ["Act", "Layer", "Other"]
    assert_is_what_is_built(y)


def test_plain_value_in_place_of_a_result_is_seen_before_it_is_built():
    x = pg.patch(Root((("layer", 1),)), {"@layer0": "none"})
    assert view(x)["@layer0"] == "none" and x.layer0 == "none"


def test_overrides_that_take_the_names_from_each_other_hold_in_any_order_of_runs():
    x = pg.patch(tied(), {"@tied0/0.parts[1].parts": [Other()], "@tied0/0.parts[0].width": 4})
    text = pg.to_json(x)
    for _ in range(2):
        y = pg.from_json(text)
        assert y.tied0[0].parts[0].width == 4 and isinstance(y.tied0[0].parts[1].parts[0], Other)
        pg.realize(tied())  # what the class made last is only a guess


def test_edit_below_another_tree_is_told_by_the_way_from_each():
    net = Root((("root", (("layer", 3),)),))
    other = Root((("stack", ()),), part=net.root0)
    pg.rebind(net.root0.layer0, width=8)
    assert net.root0.layer0.width == 8 and other.part.layer0.width == 8
    assert_is_what_is_built(net)
    assert "@stack0" not in repr(other) and other.stack0.parts[0].slope == 0


def test_rule_over_many_inner_objects_is_linear():
    @pg.symbolize
    class Many:
        def __init__(self, n):
            self.parts = [Root((("layer", 1),)) for _ in range(n)]

    def calls_of_patch(n: int) -> int:
        x = Many(n)
        count = 0

        def counted(frame: Any, event: str, arg: Any) -> None:
            nonlocal count
            count += event == "call"

        sys.setprofile(counted)
        try:
            pg.patch(x, lambda k, v: v + 1 if k and k.key == "width" else v, inner=True)
        finally:
            sys.setprofile(None)
        assert len([k for k, _ in x.sym_init_args.items() if k.startswith("@parts")]) == n
        return count

    calls_of_patch(2)
    assert calls_of_patch(80) < 2.5 * calls_of_patch(40)


def test_object_that_several_calls_return_is_seen_once():
    made: dict[str, Any] = {}

    @pg.symbolize
    class Only:
        def __new__(cls, *args, **kwargs):
            return made.setdefault("it", super().__new__(cls))

        def __init__(self, x=1):
            self.x = x

    @pg.symbolize
    class User:
        def __init__(self):
            self.a, self.b = Only(), Only()

    x = User()
    assert x.a is x.b and pg.query(x, ".*x", inner=True) == {"@a.x": 1}


def test_constructor_that_goes_on_after_a_failed_call_keeps_its_names():
    @pg.symbolize
    class Failing:
        def __init__(self):
            raise ValueError

    @pg.symbolize
    class Careful:
        def __init__(self):
            try:
                self.a = Failing()
            except ValueError:
                self.a = Layer(1)
            self.b = Layer(2)

    x = pg.patch(Careful(), {"@a.width": 3, "@b.width": 4})
    assert (x.a.width, x.b.width) == (3, 4)


def test_keys_that_look_alike_are_told_apart():
    @pg.symbolize
    class Named:
        def __init__(self):
            self.d = {
                3: Layer(1),
                "3": Layer(2),
                "e": {"f": Layer(3)},
                "e/f": Layer(4),
                "a.b[0]": Layer(5),
            }

    x = Named()
    paths = list(pg.query(x, where=lambda v: isinstance(v, Layer), inner=True))
    assert len(paths) == 5
    for path in paths:
        pg.patch(x, {f"{path}.width": x.d[3].width + 9})
    assert sorted(
        v.width for v in (x.d[3], x.d["3"], x.d["e"]["f"], x.d["e/f"], x.d["a.b[0]"])
    ) == [
        10,
        19,
        19,
        19,
        19,
    ]


def test_sealed_program_refuses_edits_of_what_its_constructor_makes():
    x = Root((("layer", 1),))
    x.seal()
    with pytest.raises(pg.WritePermissionError, match=r"'@layer0\.width'.*sealed Root"):
        pg.rebind(x.layer0, width=2)
    assert x.layer0.width == 1 and "@" not in repr(x)
    with pg.as_sealed(False):
        pg.rebind(x.layer0, width=2)
    assert x.layer0.width == 2


def test_args_show_overrides_as_they_are_recorded():
    x = pg.patch(Root((("layer", 1), ("layer", 2))), {"@layer0.width": 5})
    assert pg.eq(pg.args(x)["@layer0"], pg.Dict(width=5)) and "@layer0" in pg.args(x)
    assert "@layer1" not in pg.args(x) and pg.args(x).get("@layer1") is None
    pg.args(x)["@layer1"] = Other()
    assert isinstance(x.layer1, Other)


def test_shallow_copy_is_edited_apart():
    x = Root((("layer", 1), ("layer", 2)))
    y = copy.copy(x)
    assert y.layer0 is x.layer0
    pg.patch(y, {"@layer0": Layer(5)})
    assert (x.layer0.width, y.layer0.width) == (1, 5) and "@" not in repr(x)
    assert_is_what_is_built(x)
    assert_is_what_is_built(y)
