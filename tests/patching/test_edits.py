"""Edits as data: what they are, how they print, what files may say, how they are found and applied."""

import copy
import json
import pickle
import random
from typing import Any

import pytest
from tests.patching.programs import Layer, Net, Opaque, Other, deferred, scaled

import polygraft as pg
from polygraft.errors import DeserializationError
from polygraft.patching.alignment import align
from polygraft.symbolic.wrapping import is_realized


@pg.symbolize
class Embedding:
    def __init__(self, size, sub=None):
        self.size = size


@pg.symbolize
class Block:
    """A class that makes parts in its constructor."""

    def __init__(self, depth=1):
        self.first = Embedding(8)
        self.second = Embedding(16)


class Counting(pg.Object):
    x: pg.typing.Int(max_value=9) = 1  # type: ignore[valid-type]
    items: pg.typing.List(pg.typing.Int(), max_size=3) = []  # type: ignore[valid-type]
    bound = 0

    def _on_bound(self):
        super()._on_bound()
        Counting.bound += 1


# -- the value -------------------------------------------------------------------------------------
def test_edits_print_one_line_each():
    edits = pg.Edits(
        {"lr": 0.1, "layers[1]": pg.Insertion(Layer(2)), "old": pg.MISSING_VALUE, "[a.b]": "x"}
    )
    assert repr(edits) == (
        "Edits(lr=0.1, +layers[1]=Layer(units=2, name=None, extra=None), -old, [a.b]='x')"
    )
    assert str(edits) == (
        "Edits(\n  lr = 0.1,\n  + layers[1] = Layer(\n    units = 2,\n    name = None,\n    extra = None\n  ),\n"
        "  - old,\n  [a.b] = 'x'\n)"
    )
    assert repr(pg.Edits()) == str(pg.Edits()) == "Edits()"
    assert repr(pg.edits(pg.Dict(), 3)) == "Edits($=3)"


def test_edits_are_values():
    edits = pg.Edits(
        [pg.Edit("a", 1), pg.Edit("l[0]", pg.Insertion([2])), ("l[1]", pg.MISSING_VALUE)]
    )
    assert [e.op for e in edits] == ["set", "insert", "remove"]
    assert [str(p) for p in edits.paths] == ["a", "l[0]", "l[1]"]
    assert edits[0] == pg.Edit("a", 1) and edits[1:] == pg.Edits(list(edits)[1:])
    assert edits[1].new == [2] and edits[1].path == "l[0]"
    assert edits == pg.Edits(reversed(list(edits))), "the order of different places means nothing"
    assert hash(edits) == hash(pg.Edits(reversed(list(edits))))
    assert edits != pg.Edits(list(edits)[:2]) and edits != 3 and pg.Edit("a", 1) != pg.Edit("a", 2)
    a, b = pg.Edit("l[0]", pg.Insertion(1)), pg.Edit("l[0]", pg.Insertion(2))
    assert pg.Edits([a, b]) != pg.Edits([b, a]), "at one place, the order is that in the list"
    assert pg.patch(pg.Dict(l=[0]), pg.Edits([a, b])) == {"l": [1, 2, 0]}
    for again in (copy.copy(edits), copy.deepcopy(edits), pickle.loads(pickle.dumps(edits))):
        assert again == edits and isinstance(again, pg.Edits)


@pytest.mark.parametrize(
    ("pairs", "text"),
    [
        ([("a", 1), ("a", 2)], r"Two edits concern the same path\. \(path=a\)"),
        ([("a.b", 1), ("a", 2)], r"a\.b is inside of a, which is replaced"),
        ([("a", pg.MISSING_VALUE), ("a.b[0]", pg.Insertion(1))], r"inside of a, which is removed"),
        ([("", 1), ("a", 2)], r"a is inside of \$, which is replaced"),
    ],
)
def test_edits_may_not_overlap(pairs, text):
    with pytest.raises(ValueError, match=text):
        pg.Edits(pairs)


def test_edits_can_be_applied_again_and_share_nothing():
    edits = pg.Edits({"a": pg.Dict(x=[1])})
    one, two = pg.patch(pg.Dict(), edits), pg.patch(pg.Dict(), edits)
    one.a.x.append(2)
    assert two == {"a": {"x": [1]}} and edits[0].new == {"x": [1]}


def test_edits_are_rules_among_others():
    program = Net([Layer(1), Layer(2)])
    edits = pg.Edits({"layers[0]": pg.MISSING_VALUE})
    pg.patch(program, [{"body": 1}, edits, lambda k, v: v + 1 if v == 2 else v])
    assert pg.eq(program, Net([Layer(3)], body=1))


def test_edits_are_checked_like_all_that_is_stored():
    program = Net([Layer(1)])
    with pytest.raises(ValueError, match=r"out of range.*path=layers\[0\]\.units"):
        pg.patch(program, pg.Edits({"body": 2, "layers[0].units": -1}))
    with pytest.raises(KeyError, match=r"Key 'nope' is not allowed"):
        pg.patch(program, pg.Edits({"body": 2, "nope": 1}))
    assert pg.eq(program, Net([Layer(1)]))
    with pytest.raises(TypeError, match=r"must be a symbolic type"):
        pg.patch(3, pg.Edits({"a": 1}))
    program.seal()
    with pytest.raises(pg.WritePermissionError):
        pg.patch(program, pg.Edits({"body": 1}))


# -- files -----------------------------------------------------------------------------------------
def test_edits_in_files_are_plain_data(tmp_path):
    edits = pg.edits(
        pg.Dict(a=1, l=[1, 2], d=pg.Dict({"x.y": 1}), t=(1,)),
        pg.Dict(
            l=[1, 9, 2], d=pg.Dict({"x.y": pg.oneof([1, 2]), 0: scaled(3)}), t=(Layer.partial(),)
        ),
    )
    assert json.loads(pg.to_json_str(edits))["edits"][:2] == [
        {"remove": "a"},
        {"insert": "l[1]", "value": 9},
    ]
    path = str(tmp_path / "edits.json")
    pg.save(edits, path)
    assert pg.load(path) == edits
    assert pg.from_json_str(pg.to_json_str(edits), allow_partial=True) == edits
    assert pg.from_json(pg.to_json({"in": [edits]}), allow_partial=True) == {"in": [edits]}
    with pytest.raises(DeserializationError, match="missing 1 required argument: 'units'"):
        pg.from_json_str(pg.to_json_str(edits))


def test_keys_that_a_text_would_not_give_back_are_written_as_a_list():
    keys = (0, "", "a[", 3)
    edits = pg.Edits([pg.Edit(pg.KeyPath(list(keys)), 1)])
    data = pg.to_json(edits)
    assert data["edits"] == [{"set": [0, "", "a[", 3], "value": 1}]
    assert pg.from_json(data) == edits


def test_values_that_no_file_can_hold_are_refused():
    edits = pg.edits(pg.Dict(), pg.Dict(a=Opaque(1)))
    assert edits[0].new == Opaque(1)
    with pytest.raises(ValueError, match="Opaque"):
        pg.to_json_str(edits)
    with pytest.raises(ValueError, match="neither text nor integer"):
        pg.to_json(pg.Edits([pg.Edit(pg.KeyPath([1.5]), 1)]))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"edits": {}},
        {"edits": [], "more": 1},
        {"edits": [3]},
        {"edits": [{"set": "a"}]},
        {"edits": [{"remove": "a", "value": 1}]},
        {"edits": [{"set": "a", "remove": "a", "value": 1}]},
        {"edits": [{"set": 3, "value": 1}]},
        {"edits": [{"set": [1.5], "value": 1}]},
        {"edits": [{"set": "a[", "value": 1}]},
        {"edits": [{"set": "a", "value": 1}, {"set": "a.b", "value": 1}]},
        {"edits": [{"set": "a", "value": {"_type": "function", "name": "os.system"}}]},
        {"edits": [{"set": "a", "value": {"_type": "no.such.Type"}}]},
    ],
    ids=str,
)
def test_what_is_no_edits_is_one_typed_error(data):
    with pytest.raises(DeserializationError):
        pg.from_json({"_type": "polygraft.Edits", **data})


# -- comparing -------------------------------------------------------------------------------------
def edits_of(a: Any, b: Any) -> str:
    edits = pg.edits(pg.Dict(x=a), pg.Dict(x=b))
    assert pg.eq(pg.patch(pg.Dict(x=pg.clone(a)), edits), pg.Dict(x=b))
    return repr(edits)


CASES = [
    ([1, 2, 3], [1, 9, 2, 3], "Edits(+x[1]=9)"),
    ([1, 2, 3], [1, 3], "Edits(-x[1])"),
    ([1, 2, 3], [3, 1, 2], "Edits(+x[0]=3, -x[2])"),
    ([], [1, 2], "Edits(+x[0]=1, +x[0]=2)"),
    ((1, 2), (1, 2, 3), "Edits(+x[2]=3)"),
    ([Layer(1), Layer(2)], [Layer(7), Layer(1), Layer(2)], None),
    ([Layer(1), Other(2)], [Other(3)], "Edits(-x[0], x[1].units=3)"),
    ([Layer(1, "a"), Layer(2, "b")], [Layer(3, "b")], "Edits(-x[0], x[1].units=3)"),
    ([[1, 2], [3, 4]], [[1, 2, 5], [3, 4]], "Edits(+x[0][2]=5)"),
    (Layer(1), Other(1), "Edits(x=Other(units=1, extra=None))"),
    (Layer(1), Layer(2), "Edits(x.units=2)"),
    (Layer(1), Layer.partial(), "Edits(-x.units)"),
    (Layer.partial(), Layer(2), "Edits(x.units=2)"),
    (scaled(1), scaled(factor=2), "Edits(-x.x, x.factor=2)"),
    (scaled(1, 2, 3), scaled(1, 2), "Edits(-x.rest[0])"),
    (pg.oneof([1, 2]), pg.oneof([1, 3]), "Edits(x.candidates[1]=3)"),
    (deferred(1, p=2), deferred(1, 5, q=3), None),
    ({"a": 1}, {"b": 1}, "Edits(-x.a, x.b=1)"),
    ({}, {"@b": {"c": 1, 0: 2}}, "Edits(x.@b={c=1, [0]=2})"),
    (Opaque(1), Opaque(1), "Edits()"),
    (float("nan"), 1.0, "Edits(x=1.0)"),
]  # fmt: skip


@pytest.mark.parametrize("case", range(len(CASES)))
def test_edits_are_what_has_changed(case):
    a, b, text = CASES[case]
    found = edits_of(a, b)
    assert text is None or found == text


def test_an_insertion_does_not_rewrite_what_follows():
    layers = [Layer(n % 7, extra=[n]) for n in range(3000)]
    old = pg.List(map(pg.clone, layers))
    new = pg.List(map(pg.clone, [*layers[:5], Layer(99), *layers[5:1500], *layers[1501:]]))
    new[2900].rebind(units=50)
    edits = pg.edits(old, new)
    assert [(e.op, str(e.path)) for e in edits] == [
        ("insert", "[5]"), ("remove", "[1500]"), ("set", "[2900].units"),
    ]  # fmt: skip
    assert pg.eq(pg.patch(old, edits), new)


@pytest.mark.parametrize("n", [50, 200, 5000])
def test_long_lists_with_many_changes_are_aligned_by_what_is_unique(n):
    old = list(range(n))
    new = [x for x in old if x % 7] + ["end"]
    steps = align(old, new, lambda a, b: 0.0)
    assert [i for i, _, equal in steps if equal] == [x for x in old if x % 7]
    assert [s[0] for s in steps if s[0] is not None] == old
    assert [s[1] for s in steps if s[1] is not None] == list(range(len(new)))


def test_long_lists_of_few_different_items_are_aligned_by_runs():
    drawn = random.Random(1)
    old = [drawn.randrange(3) for _ in range(4000)]
    new = [x for x in old if drawn.random() > 0.1]
    edits = pg.edits(pg.List(old), pg.List(new))
    assert len(edits) <= 1.3 * (len(old) - len(new))
    assert pg.patch(pg.List(old), edits) == new


def test_without_anything_unique_items_stand_side_by_side():
    old, new = [0, 1] * 2000, [1, 1, 0] * 1000
    steps = align(old, new, lambda a, b: 0.0)
    assert [s[0] for s in steps if s[0] is not None] == list(range(4000))
    assert [s[1] for s in steps if s[1] is not None] == list(range(3000))
    assert all(old[i] == new[j] for i, j, equal in steps if equal)


def test_untouched_parts_stay_the_same_objects():
    old = Net([Layer(1), Layer(2), Layer(3)], pair=(Layer(4), Layer(5)))
    parts = [old.layers[0], old.layers[2], old.pair[1]]
    new = pg.clone(old)
    new.rebind({"layers[1]": pg.MISSING_VALUE, "pair[0]": pg.Insertion(0), "pair[1].units": 9})
    pg.patch(old, pg.edits(old, new))
    assert pg.eq(old, new)
    assert [old.layers[0], old.layers[1], old.pair[2]] == parts
    assert old.layers[0] is parts[0] and old.layers[1] is parts[1] and old.pair[2] is parts[2]


def test_edits_build_nothing():
    old, new = pg.clone(Embedding(1)), pg.clone(Embedding(2, sub=Embedding(3)))
    assert repr(pg.edits(old, new)) == "Edits(size=2, sub=Embedding(size=3, sub=None))"
    pg.patch(old, pg.edits(old, new))
    assert not is_realized(old) and not is_realized(new) and not is_realized(pg.args(old).sub)


def tied(a, b):
    return pg.Dict(enc=a, dec=pg.Dict(emb=b))


def test_a_shared_object_is_edited_once():
    emb = Embedding(pg.List([1, 2]))
    old = tied(emb, emb)
    new = pg.clone(old)
    pg.patch(new, {"enc.size[1]": pg.Insertion(7)})
    edits = pg.edits(old, new)
    assert repr(edits) == "Edits(+enc.size[1]=7)"
    patched = pg.patch(pg.clone(old), edits)
    assert pg.eq(patched, new) and patched.enc is patched.dec.emb


def test_a_shared_object_that_parts_is_replaced_where_it_differs():
    emb = Embedding(1)
    old = tied(emb, emb)
    new = tied(Embedding(1), Embedding(2))
    assert repr(pg.edits(old, new)) == "Edits(dec.emb=Embedding(size=2, sub=None))"
    assert pg.eq(pg.patch(old, pg.edits(old, new)), new)


def test_what_edits_bring_keeps_its_sharing():
    emb = Embedding(7)
    edits = pg.edits(tied(1, 2), tied(emb, emb))
    for e in (edits, pg.from_json_str(pg.to_json_str(edits))):
        patched = pg.patch(tied(1, 2), e)
        assert patched.enc is patched.dec.emb is not emb


def test_overrides_of_what_constructors_make_are_edits():
    old = pg.clone(Block())
    new = pg.patch(pg.clone(old), {"@first.size": 3}, inner=True)
    edits = pg.edits(old, new)
    assert pg.from_json_str(pg.to_json_str(edits)) == edits
    patched = pg.patch(pg.clone(old), edits)
    assert pg.eq(patched, new) and patched.first.size == 3
    assert pg.eq(pg.patch(patched, pg.edits(new, old)), old) and patched.first.size == 8
    assert repr(pg.edits(old, new, inner=True)) == "Edits(@first.size=3)"


@pytest.mark.parametrize("state", ["constructed", "known", "unknown"])
def test_new_overrides_are_edits_of_arguments_in_every_state(state):
    base = {
        "constructed": Block,
        "known": lambda: pg.clone(Block()),
        "unknown": lambda: pg.from_json(pg.to_json(Block())),
    }[state]
    rule = {"@first.size": 3, "@first.sub": pg.List([1]), "@second.size": 4}
    new = pg.patch(base(), rule, inner=True)
    edits = pg.edits(base(), new)
    assert {str(p) for p in edits.paths} == set(rule)
    patched = pg.patch(base(), edits)
    assert pg.eq(patched, new) and (patched.first.size, patched.second.size) == (3, 4)
    ours, theirs = ({"@first.size": 3}, {"@first.sub": pg.List([1]), "@second.size": 4})
    merged = pg.merge(base(), *(pg.patch(base(), r, inner=True) for r in (ours, theirs)))
    assert pg.eq(merged, new) and merged.first.size == 3


def test_references_are_leaves():
    target, other = Layer(1), Layer(1)
    old, new = pg.Dict(a=pg.Ref(target)), pg.Dict(a=pg.Ref(other))
    edits = pg.edits(old, new)
    assert len(edits) == 1 and pg.patch(old, edits).a is other
    assert not pg.edits(new, pg.clone(new))


def test_trees_deeper_than_the_stack_are_refused():
    def chain(leaf):
        root = pg.Dict(v=leaf)
        for _ in range(5000):
            root = pg.Dict(v=root)
        return root

    with pytest.raises(RecursionError, match="too deep"):
        pg.edits(chain(1), chain(2))


# -- differences as rules --------------------------------------------------------------------------
def test_a_difference_is_a_rule():
    old, new = Net([Layer(1), 2], body=(1,)), Net([Layer(2)], {"a": 1}, body=(2,))
    diff = pg.diff(old, new)
    assert pg.eq(pg.patch(pg.clone(old), diff), new)
    assert pg.eq(pg.patch(pg.clone(old), [diff, {"body": 3}]).body, 3)
    assert pg.eq(pg.patch(pg.clone(old), pg.diff(old, new, mode="both")), new)
    assert pg.eq(pg.patch(old, pg.diff(old, old)), old)
    assert pg.patch(old, pg.diff(old, 5)) == 5


def test_a_difference_that_does_not_hold_the_new_value_is_no_rule():
    old, new = pg.Dict(a=Layer(1)), pg.Dict(a=Other(1))
    diff = pg.diff(old, new, collapse=True)
    with pytest.raises(ValueError, match=r"use `pg.edits\(a, b\)`.*path=a"):
        pg.patch(old, diff)
    assert pg.eq(old, pg.Dict(a=Layer(1)))


# -- dry runs --------------------------------------------------------------------------------------
def test_a_dry_run_changes_nothing_and_runs_no_hook():
    program = Counting(1, [1, 2])
    updates = []
    holder = pg.Dict(p=program, onchange_callback=updates.append)
    bound = Counting.bound
    for rule in (
        {"x": 2, "items[0]": pg.MISSING_VALUE},
        lambda k, v: 2 if v == 1 and k.key == "x" else v,
        pg.Edits({"x": 2}),
    ):
        if not isinstance(rule, pg.Edits):
            assert "x=2" in repr(pg.patch(program, rule, dry_run=True))
            assert Counting.bound == bound and updates == []
    assert holder.p is program and program.sym_path == "p"
    assert pg.eq(program, Counting(1, [1, 2]))


REFUSED = [
    ({"x": "a"}, TypeError, r"Expect <class 'int'> but encountered <class 'str'>: a. \(path=p.x\)"),
    ({"x": 10}, ValueError, r"out of range .*path=p.x"),
    ({"y": 1}, KeyError, "Key 'y' is not allowed"),
    ({"x.z": 1}, KeyError, "not a symbolic type"),
    ({"items[0]": pg.Insertion(3), "items[2]": 5}, ValueError, r"\[3, 1, 2, 5\] is greater than max size"),
    ({"items[0]": pg.Insertion("s")}, TypeError, "path=p.items"),
    (lambda k, v: 1 / 0, ZeroDivisionError, "division"),
    ({"": 3}, None, ""),
    (5, TypeError, "Patching rule 5"),
    ([{"x": 2}, {"x": "a"}], TypeError, "Expect <class 'int'>"),
    ("no_such_rule", KeyError, "not registered"),
]  # fmt: skip


@pytest.mark.parametrize("case", range(len(REFUSED)))
def test_a_dry_run_raises_what_the_patch_would_raise(case):
    rule, error, text = REFUSED[case]
    program = Counting(1, [1, 2])
    root = pg.Dict(p=program)
    if error is None:
        assert repr(pg.patch(program, rule, dry_run=True)) == "Edits($=3)"
    else:
        with pytest.raises(error, match=text):
            pg.patch(program, rule, dry_run=True)
    assert pg.eq(root, pg.Dict(p=Counting(1, [1, 2])))


def test_paths_of_a_dry_run_begin_at_the_program():
    root = pg.Dict(a=pg.Dict(b=Layer(1)))
    edits = pg.patch(root.a.b, lambda k, v: 2 if str(k) == "a.b.units" else v, dry_run=True)
    assert repr(edits) == "Edits(units=2)"
    several = pg.patch(
        root.a.b,
        [lambda k, v: 2 if str(k) == "a.b.units" else v, lambda k, v: v + 1 if v == 2 else v],
        dry_run=True,
    )
    assert repr(several) == "Edits(units=3)"
    pg.patch(root.a.b, several)
    assert root.a.b.units == 3


def test_a_dry_run_of_one_rule_is_about_the_program_itself():
    program = Net([Layer(1), Layer(1)])
    second = program.layers[1]
    edits = pg.patch(program, lambda k, v: Layer(5) if v is second else v, dry_run=True)
    assert [str(p) for p in edits.paths] == ["layers[1]"]


def test_a_dry_run_leaves_the_values_of_rules_alone():
    value = pg.Dict(n=1)
    rules = [{"body": value}, lambda k, v: v + 1 if v == 1 else v]
    edits = pg.patch(Net(), rules, dry_run=True)
    assert pg.eq(edits[0].new, pg.Dict(n=2))
    assert value == {"n": 1} and value.sym_parent is None
    single = pg.patch(Net(), {"body": value}, dry_run=True)
    assert single[0].new is not value and value.sym_parent is None


def test_a_dry_run_of_what_changes_nothing_is_empty():
    program = Net([Layer(1)])
    assert not pg.patch(program, {"layers[0].units": 1, "body": None}, dry_run=True)
    assert not pg.patch(
        program, lambda k, v: pg.clone(v) if isinstance(v, Layer) else v, dry_run=True
    )


@pg.patcher([("n", pg.typing.Int())])
def edits_test_body(program, n):
    def check(result):
        if result.body > 5:
            raise ValueError("too much")

    return {"body": n}, check


def test_patchers_and_their_validators_in_a_dry_run():
    assert repr(pg.patch(Net(), "edits_test_body?3", dry_run=True)) == "Edits(body=3)"
    patcher = edits_test_body(n=6)
    with pytest.raises(ValueError, match="too much"):
        pg.patch(Net(), patcher, dry_run=True)
    assert repr(pg.patch(Net(), [patcher, {"body": 4}], dry_run=True)) == "Edits(body=4)"


def test_a_dry_run_keeps_runtime_state():
    emb = Embedding(1)
    program = pg.Dict(a=emb)
    state = vars(emb)
    edits = pg.patch(program, [{"a.size": 2}, {"a.sub": emb}], dry_run=True)
    assert is_realized(emb) and vars(emb) is state and emb.size == 1
    assert [p for p, _ in pg.symbolic.node.OPS[Embedding].parents(emb)] == [program]
    assert pg.patch(program, edits).a.size == 2


def test_a_dry_run_inside_of_constructors():
    block = Block()
    rule = {"@first.size": 3}
    edits = pg.patch(block, rule, inner=True, dry_run=True)
    assert block.first.size == 8
    assert pg.patch(pg.clone(block), edits).first.size == 3


def test_a_dry_run_constructs_nothing():
    with pytest.raises(ValueError, match="either `dry_run` or `realize`"):
        pg.patch(pg.Dict(), {"a": 1}, dry_run=True, realize=True)
