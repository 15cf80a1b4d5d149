"""Programs inside constructors: calls of wrapped classes that a wrapped `__init__` makes."""

from __future__ import annotations

import copy
import pickle
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import polygraft as pg

made: list[Any] = []


@pg.symbolize
class Layer:
    def __init__(self, width, bias=True):
        made.append(("Layer", width))
        self.width, self.bias = width, bias


@pg.symbolize
class Relu:
    def __init__(self, slope=0.0):
        self.slope = slope


@pg.symbolize
class Gelu:
    pass


@pg.symbolize
class Stack:
    def __init__(self, *parts):
        self.parts = list(parts)


class Plain:
    """Not symbolic: its attributes belong to the program of whoever makes it."""

    def __init__(self, width):
        self.inside = Layer(width)


@pg.symbolize
class Block:
    def __init__(self, width):
        self.a = Layer(width)
        self.act = Relu()


@pg.symbolize
class Net:
    def __init__(self, width=4, depth=2):
        made.append(("Net", width))
        Layer(1000)  # kept nowhere
        self.first = Layer(width)
        self.act = Relu()
        self.body = Stack(Layer(width * 2), Relu(0.5))
        self.blocks = [Block(width + i) for i in range(depth)]
        self.plain = Plain(width)
        self.by_name = {"out": Layer(7)}
        self.last = Layer(self.first.width + 1)


NAMES = [
    "@first",
    "@act",
    "@body",
    "@last",
    "@blocks/0",
    "@blocks/1",
    "@plain/inside",
    "@by_name/out",
    "@0",
]


def inner_names(net):
    found = pg.query(net, r"@[^.]*$", inner=True, enter_selected=True)
    return sorted(p for p in found if "." not in p and p)


def widths(net):
    return {
        str(p): v.sym_init_args.width
        for p, v in pg.query(net, where=lambda v: isinstance(v, Layer), inner=True).items()
    }


def test_calls_are_named_by_attribute_place_or_order():
    net = Net(3)
    assert inner_names(net) == sorted(NAMES)
    assert widths(net) == {
        "@first": 3,
        "@last": 4,
        "@body.parts[0]": 6,
        "@blocks/0.@a": 3,
        "@blocks/1.@a": 4,
        "@plain/inside": 3,
        "@by_name/out": 7,
        "@0": 1000,
    }
    assert net.first.sym_path == "@first" and net.first.sym_parent is net
    assert net.blocks[1].a.sym_path == "@blocks/1.@a"
    assert net.body.parts[0].sym_path == "@body.parts[0]"


def test_program_itself_stays_its_arguments():
    net = Net(3)
    assert repr(net) == "Net(width=3, depth=2)"
    assert pg.query(net, where=lambda v: isinstance(v, Layer)) == {}
    assert pg.to_json(net) == pg.to_json(pg.clone(net))
    assert pg.eq(net, Net(3)) and pg.hash(net) == pg.hash(Net(3))


def test_print_shows_what_is_inside_on_request():
    block = Block(2)
    assert block.format(compact=True, inner=True) == (
        "Block(width=2, @a=Layer(width=2, bias=True), @act=Relu(slope=0.0))"
    )
    assert pg.format(block, compact=True, inner=True) == block.format(compact=True, inner=True)
    assert repr(block) == "Block(width=2)"


def test_path_overrides_an_argument():
    net = Net(3)
    pg.patch(net, {"@first.width": 50})
    assert repr(net) == "Net(width=3, depth=2, @first={width=50})"
    assert net.first.width == 50 and net.first.bias is True
    assert net.last.width == 51, "what follows in the constructor sees the override"
    pg.patch(net, {"width": 5})
    assert net.first.width == 50 and net.plain.inside.width == 5


def test_override_survives_clone_file_pickle_and_deepcopy(tmp_path):
    net = pg.patch(Net(3), {"@first.width": 50, "@act": Gelu(), "@blocks/1.@a.bias": False})
    path = str(tmp_path / "net.json")
    pg.save(net, path)
    for other in (
        pg.clone(net),
        pg.load(path),
        pickle.loads(pickle.dumps(net)),
        copy.deepcopy(net),
    ):
        assert pg.eq(other, net) and not pg.diff(other, net)
        assert other.first.width == 50 and isinstance(other.act, Gelu)
        assert other.blocks[1].a.bias is False and other.blocks[0].a.bias is True
        assert inner_names(other) == inner_names(net)


def test_realized_copies_know_what_is_inside():
    net = pg.realize(pg.patch(Net(3), {"@first.width": 50}))
    for other in (pickle.loads(pickle.dumps(net)), copy.deepcopy(net)):
        made.clear()
        assert widths(other)["@first"] == 50 and made == []
        assert other.first.sym_parent is other
        pg.patch(other, {"@first.width": 8})
        assert other.first.width == 8 and net.first.width == 50


def test_clone_and_rule_construct_nothing():
    net = Net(3)
    made.clear()
    copied = pg.clone(net)
    pg.patch(copied, lambda k, v: v * 2 if k and k.key == "width" else v, inner=True)
    assert made == []
    assert widths(copied)["@blocks/1.@a"] == 8 and widths(copied)["@0"] == 2000
    assert copied.first.width == 6 and copied.body.parts[0].width == 12
    assert [b.a.width for b in copied.blocks] == [6, 8]
    assert net.first.width == 3


def test_rule_replaces_by_class_everywhere():
    net = Net(3)
    pg.patch(net, lambda k, v: Gelu() if isinstance(v, Relu) else v, inner=True)
    assert isinstance(net.act, Gelu) and isinstance(net.body.parts[1], Gelu)
    assert all(isinstance(b.act, Gelu) for b in net.blocks)
    assert repr(net) == (
        "Net(width=3, depth=2, @act=Gelu(), @body/parts/1=Gelu(), "
        "@blocks/0={@act=Gelu()}, @blocks/1={@act=Gelu()})"
    )
    assert pg.query(net, where=lambda v: isinstance(v, Relu), inner=True) == {}


def test_plain_value_takes_the_place_of_a_result():
    net = pg.patch(Net(3), {"@act": "relu", "@body.parts[1]": len})
    assert net.act == "relu" and net.body.parts[1] is len
    assert "@act='relu'" in net.format(compact=True, inner=True)
    assert pg.clone(net).act == "relu"


def test_edit_of_an_inner_object_is_an_edit_of_the_program():
    net = Net(3)
    pg.rebind(net.blocks[1].a, width=77)
    assert repr(net) == "Net(width=3, depth=2, @blocks/1={@a={width=77}})"
    assert net.blocks[1].a.width == 77
    pg.rebind(net.body, parts=[Layer(1)])
    assert [p.width for p in net.body.parts] == [1]


def test_names_are_found_again_when_the_constructor_makes_more():
    net = pg.patch(Net(3), {"@last.width": 9, "@blocks/1.@act": Gelu()})
    assert net.last.width == 9
    pg.patch(net, {"depth": 5})
    assert net.last.width == 9 and isinstance(net.blocks[1].act, Gelu)
    assert [type(b.act) for b in net.blocks].count(Gelu) == 1


def test_override_of_what_is_no_longer_made_is_an_error_that_says_so():
    net = pg.patch(Net(3), {"@blocks/1.@a.width": 9})
    pg.patch(net, {"depth": 1})
    with pytest.raises(pg.ConstructionError, match=r"makes nothing at '@blocks/1'.*MISSING_VALUE"):
        net.first
    pg.patch(net, {"@blocks/1": pg.MISSING_VALUE})
    assert len(net.blocks) == 1


def test_unknown_name_is_refused_at_once_where_it_is_known():
    net = Net(3)
    with pytest.raises(KeyError, match=r"'@frist' is not allowed.*@first"):
        pg.patch(net, {"@frist": Gelu()})
    with pytest.raises(KeyError, match="@frist"):
        pg.patch(net, {"@frist.width": 3})
    with pytest.raises(KeyError, match="wdth"):
        pg.patch(net, {"@first.wdth": 3})
    assert repr(net) == "Net(width=3, depth=2)" and pg.query(net, ".*width") == {"width": 3}


def test_deferred_program_takes_overrides_before_it_has_run():
    net = pg.from_json(pg.to_json(Net(3)))
    made.clear()
    pg.patch(net, {"@first.width": 50})
    pg.patch(net, {"@first.bias": False, "@blocks/0.@a.width": 60})
    assert made == []
    assert (
        repr(net)
        == "Net(width=3, depth=2, @first={width=50, bias=False}, @blocks/0={@a={width=60}})"
    )
    assert (net.first.width, net.first.bias, net.blocks[0].a.width) == (50, False, 60)
    with pytest.raises(KeyError, match="give the whole argument"):
        pg.patch(pg.from_json(pg.to_json(Net(3))), {"@body.parts[0]": 1})


def test_wrong_argument_in_an_override_names_the_override():
    net = pg.patch(pg.from_json(pg.to_json(Net(3))), {"@first.wdth": 50})
    with pytest.raises(
        TypeError, match=r"unexpected keyword argument 'wdth' from the override '@first'.*width"
    ):
        net.first


def test_removing_an_override_brings_the_call_back():
    net = pg.patch(Net(3), {"@act": Gelu()})
    pg.patch(net, {"@act": pg.MISSING_VALUE})
    assert isinstance(net.act, Relu) and repr(net) == "Net(width=3, depth=2)"


def test_failed_edit_leaves_everything_as_it_was():
    net = Net(3)
    first, act = net.first, net.act

    def fail(k, v):
        return "no" if k == "" else v

    with pytest.raises(ZeroDivisionError):
        pg.patch(net, [{"@first.width": 9, "@act": Gelu()}, lambda k, v: 1 // 0])
    assert net.first is first and net.act is act and repr(net) == "Net(width=3, depth=2)"
    assert first.width == 3 and inner_names(net) == sorted(NAMES)
    assert first.sym_parent is net
    pg.patch(net, {"@first.width": 9})
    assert net.first.width == 9


def test_search_space_inside_a_constructor():
    net = Net(3)
    space = pg.patch(
        pg.clone(net),
        lambda k, v: pg.oneof([Relu(), Gelu()]) if isinstance(v, Relu) and len(k) == 1 else v,
        inner=True,
    )
    pg.patch(space, {"@first.width": pg.oneof([10, 20, 30])})
    assert [str(d.id) for d in pg.dna_spec(space).decision_points] == ["@act", "@first.width"]
    with pytest.raises(pg.AbstractValueError, match="@act"):
        space.first
    seen = set()
    for candidate, feedback in pg.sample(space, pg.geno.Sweeping()):
        seen.add((type(candidate.act).__name__, candidate.first.width))
        feedback(0.0)
    assert seen == {(a, w) for a in ("Relu", "Gelu") for w in (10, 20, 30)}


def test_diff_shows_overrides_and_what_follows_from_them():
    net = Net(3)
    other = pg.patch(pg.clone(net), {"@first.width": 9})
    assert set(pg.diff(net, other, flatten=True)) == {"@first"}
    assert set(pg.diff(net, pg.realize(other), flatten=True, inner=True)) == {
        "@first.width",
        "@last.width",
    }


def test_arguments_of_the_outer_object_keep_their_place():
    @pg.symbolize
    class Holder:
        def __init__(self, layer):
            self.mine = layer
            self.stack = Stack(layer, Relu())

    layer = Layer(3)
    holder = Holder(layer)
    assert layer.sym_path == "layer"
    pg.patch(holder, {"layer.width": 4})
    assert holder.mine.width == 4 and holder.mine is holder.stack.parts[0]
    assert repr(holder) == "Holder(layer=Layer(width=4, bias=True))"
    copied = pg.clone(holder)
    assert copied.mine is copied.stack.parts[0] is copied.sym_init_args.layer


def test_error_in_an_inner_constructor_is_the_users_own():
    @pg.symbolize
    class Failing:
        def __init__(self, n):
            self.x = Layer(1)
            raise OSError("no")

    with pytest.raises(OSError, match="no"):
        Failing(1)
    Layer(2)
    assert inner_names(Block(1)) == ["@a", "@act"]


def test_threads_do_not_see_each_others_constructors():
    found: list[Any] = []

    def work():
        for _ in range(50):
            found.append(tuple(inner_names(Net(2))))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert set(found) == {tuple(sorted(NAMES))} and len(found) == 200


def test_subclass_of_a_wrapped_class_records_what_all_its_constructors_make():
    class Sub(Net):
        def __init__(self, extra):
            super().__init__(2, 1)
            self.extra = Layer(extra)

    sub = Sub(5)
    assert "@extra" in inner_names(sub) and "@first" in inner_names(sub)
    pg.patch(sub, {"@extra.width": 6, "@first.width": 1})
    assert (sub.extra.width, sub.first.width, sub.last.width) == (6, 1, 2)


def test_slots_and_frozen_dataclasses_are_looked_into():
    @pg.symbolize
    class Slotted:
        __slots__ = ("layer",)

        def __init__(self):
            self.layer = Layer(1)

    assert inner_names(Slotted()) == ["@layer"]
    x = pg.patch(Slotted(), {"@layer.width": 3})
    assert x.layer.width == 3


def test_overrides_are_given_by_keyword_too():
    net = Net(3, **{"@first": {"width": 50}, "@act": Gelu()})
    assert net.first.width == 50 and isinstance(net.act, Gelu)
    assert repr(net) == "Net(width=3, depth=2, @first={width=50}, @act=Gelu())"

    @pg.symbolize
    class Free:
        def __init__(self, **options):
            self.options = options
            self.layer = Layer(1)

    free = Free(a=1, **{"@layer": {"width": 2}})
    assert free.options == {"a": 1} and free.layer.width == 2
    assert pg.clone(free).layer.width == 2 and repr(free) == "Free(a=1, @layer={width=2})"
    with pytest.raises(pg.ConstructionError, match=r"makes nothing at '@other'.*'@layer'"):
        Free(**{"@other": {}})


# -- laws ----------------------------------------------------------------------------------------
class Tree:
    """A plain object whose constructor builds what a description says: layers, plain objects, symbolic blocks."""

    def __init__(self, plan):
        for i, item in enumerate(plan):
            if isinstance(item, int):
                setattr(self, f"layer{i}", Layer(item))
            elif isinstance(item, tuple):
                setattr(self, f"stack{i}", Stack(*[Layer(w) for w in item]))
            else:
                setattr(self, f"block{i}", (Tree if len(item) % 2 else Root)(item))


Root = pg.symbolize(Tree)

plans = st.recursive(
    st.lists(st.one_of(st.integers(1, 9), st.tuples(st.integers(1, 9))), max_size=3),
    lambda below: st.lists(st.one_of(st.integers(1, 9), below), max_size=3),
    max_leaves=8,
)


def built(tree):
    """All widths that exist at run time, by place."""
    out: dict[str, int] = {}
    for name, value in vars(tree).items():
        if name.startswith("layer"):
            out[name] = value.width
        elif name.startswith("stack"):
            out.update({f"{name}.{i}": p.width for i, p in enumerate(value.parts)})
        else:
            out.update({f"{name}.{k}": w for k, w in built(value).items()})
    return out


def double(k, v):
    return v * 2 if k and k.key == "width" else v


@given(plans)
def test_rule_reaches_every_call_and_what_is_seen_is_what_is_built(plan):
    tree = Root(plan)
    before = built(tree)
    assert sorted(widths(tree).values()) == sorted(before.values())
    changed = pg.patch(pg.clone(tree), double, inner=True)
    seen = widths(changed)
    assert built(changed) == {k: 2 * w for k, w in before.items()}
    assert seen == widths(changed) and sorted(seen.values()) == sorted(built(changed).values())
    assert built(tree) == before, "the original is as it was"
    for copied in (pg.clone(changed), pg.from_json(pg.to_json(changed)), copy.deepcopy(changed)):
        assert pg.eq(copied, changed) and built(copied) == built(changed)


@given(plans)
def test_failed_rule_changes_nothing_inside(plan):
    tree = Root(plan)
    before, program = built(tree), repr(tree)
    with pytest.raises(ZeroDivisionError):
        pg.patch(tree, [double, lambda k, v: 1 // 0], inner=True)
    assert built(tree) == before and repr(tree) == program
    assert sorted(widths(tree).values()) == sorted(before.values())


@given(plans)
def test_edits_of_what_is_inside_lead_there_and_back(plan):
    tree = Root(plan)
    before = built(tree)
    changed = pg.patch(pg.clone(tree), double, inner=True)
    edits = pg.edits(tree, changed)
    dry = pg.patch(tree, double, inner=True, dry_run=True)
    known = [pg.clone(tree), Root(plan)]
    loaded = pg.from_json(pg.to_json(tree))  # places deep inside are not known before it is built
    for made, bases in ((edits, [*map(pg.clone, known), loaded]), (dry, known)):
        for base in bases:
            patched = pg.patch(base, made)
            assert pg.eq(patched, changed) and built(patched) == built(changed)
    back = pg.patch(pg.clone(changed), pg.edits(changed, tree))
    assert pg.eq(back, tree) and built(back) == before == built(tree)


# -- constructors that hand themselves on ----------------------------------------------------------
@pg.symbolize
class Part:
    def __init__(self, owner, width=1):
        self.owner, self.width = owner, width


@pg.symbolize
class Assembly:
    def __init__(self, owner=None):
        self.layer = Layer(2)
        self.own = Part(self)
        self.behind = Stack(Part([self]))
        self.above = Part(owner)


@pg.symbolize
class Machine:
    def __init__(self):
        self.assembly = Assembly(self)


@pytest.mark.parametrize("make", [Assembly, lambda: pg.clone(Assembly())])
def test_what_refers_back_to_the_object_that_makes_it_is_no_part_of_its_program(make):
    x = make()
    assert x.own.owner is x and x.behind.parts[0].owner[0] is x
    assert pg.query(x, ".*width", inner=True) == {"@layer.width": 2, "@above.width": 1}
    y = pg.patch(pg.clone(x), lambda k, v: 3 if v == 2 else v, inner=True)
    assert y.layer.width == 3 and y.own.owner is y
    assert pg.diff(x, y, inner=True) and pg.eq(pg.clone(x), x)
    assert "width = 3" in pg.format(y, inner=True)


def test_references_back_over_several_constructors():
    x = Machine()
    assert x.assembly.above.owner is x
    assert pg.query(x, ".*width", inner=True) == {}
    assert pg.clone(x).assembly.above.owner is not x
    # The layer is a part of the assembly, which refers to the machine.
    assert pg.query(x.assembly.layer, "width") == {"width": 2}
