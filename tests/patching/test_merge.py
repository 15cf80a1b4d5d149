"""Three-way merge: what combines, what conflicts, and what is done about it."""

import pickle

import pytest
from tests.patching.programs import Layer, Net, Other

import polygraft as pg


def merged(base, ours, theirs, **kwargs):
    """The merge, the same for exchanged sides, of programs that stay as they are."""
    texts = [pg.format(x, compact=True) for x in (base, ours, theirs)]
    result = pg.merge(base, ours, theirs, **kwargs)
    assert [pg.format(x, compact=True) for x in (base, ours, theirs)] == texts
    if not kwargs:
        assert pg.eq(result, pg.merge(base, theirs, ours))
    return result


def conflicts_of(base, ours, theirs):
    with pytest.raises(pg.MergeConflictError) as e:
        pg.merge(base, ours, theirs)
    return [str(c) for c in e.value.conflicts]


def variant(base, rule):
    return pg.patch(pg.clone(base), rule)


def net():
    return Net([Layer(1, "a"), Layer(2, "b"), Layer(3, "c")], {"lr": 0.1}, (Layer(4), 5), 6)


def test_changes_of_different_places_add_up():
    base = net()
    ours = variant(base, {"layers[0].units": 7, "table.lr": 0.2, "pair[1]": 8})
    theirs = variant(
        base, {"layers[0].name": "z", "table.momentum": 0.9, "pair[0].units": 9, "body": None}
    )
    assert pg.eq(
        merged(base, ours, theirs),
        Net(
            [Layer(7, "z"), Layer(2, "b"), Layer(3, "c")],
            {"lr": 0.2, "momentum": 0.9}, (Layer(9), 8), None,
        ),
    )  # fmt: skip


def test_lists_are_merged_item_by_item():
    base = net()
    ours = variant(base, {"layers[0]": pg.Insertion(Layer(0)), "layers[1].units": 8})
    theirs = variant(
        base, {"layers[2]": pg.MISSING_VALUE, "layers[9]": "end", "pair[0]": pg.Insertion(1)}
    )
    result = merged(base, ours, theirs)
    assert pg.eq(result.layers, pg.List([Layer(0), Layer(1, "a"), Layer(8, "b"), "end"]))
    assert pg.eq(result.pair, (1, Layer(4), 5))
    assert pg.merge([1, 2, 3], [0, 1, 2, 3], [1, 2, 3, 4]) == [0, 1, 2, 3, 4]
    assert pg.merge((1, {"a": 1}), (1, {"a": 2}), (0, 1, {"a": 1})) == (0, 1, {"a": 2})
    assert pg.merge({"a": 1}, {"a": 1, "b": 2}, {}) == {"b": 2}


def test_what_one_side_removes_and_the_other_does_not_touch_is_removed():
    base = net()
    ours = variant(base, {"layers[1]": pg.MISSING_VALUE})
    theirs = variant(base, {"layers[1]": pg.Insertion("new")})
    assert pg.eq(merged(base, ours, theirs).layers, [Layer(1, "a"), "new", Layer(3, "c")])


def test_equal_changes_are_one():
    base = net()
    rule = {"layers[0].units": 7, "layers[1]": pg.Insertion("x"), "table.lr": pg.MISSING_VALUE}
    ours = variant(base, rule)
    theirs = variant(ours, {"body": 0})
    assert pg.eq(merged(base, ours, theirs), theirs)


def test_conflicts_are_told_by_path():
    base = net()
    ours = variant(base, {"layers[0].units": 7, "table.lr": 0.2, "body": 1, "layers[9]": "x"})
    theirs = variant(
        base,
        {"layers[0].units": 8, "table": {"lr": 3, "k": 1}, "body": Other(1), "layers[9]": Layer(5)},
    )
    assert conflicts_of(base, ours, theirs) == [
        "layers[0].units: base 1, ours 7, theirs 8",
        "layers[3]: insert before it, ours ['x'], theirs [Layer(units=5, name=None, extra=None)]",
        "table.lr: base 0.1, ours 0.2, theirs 3",
        "body: base 6, ours 1, theirs Other(units=1, extra=None)",
    ]


def test_what_is_changed_inside_of_what_is_replaced_is_one_conflict():
    base = pg.Dict(opt=Layer(1, "a", extra=[1]))
    ours = pg.Dict(opt=Layer(2, "b", extra=[1, 2]))
    for theirs, text in (
        (pg.Dict(opt=Other(3)), "Other(units=3, extra=None)"),
        (pg.Dict(), "nothing"),
    ):
        assert conflicts_of(base, ours, theirs) == [
            "opt: base Layer(units=1, name='a', extra=[0: 1]), "
            f"ours Layer(units=2, name='b', extra=[0: 1, 1: 2]), theirs {text}"
        ]
        assert pg.eq(pg.merge(base, ours, theirs, on_conflict="ours"), ours)
        assert pg.eq(pg.merge(base, ours, theirs, on_conflict="theirs"), theirs)
        assert pg.eq(pg.merge(base, theirs, ours, on_conflict="ours"), theirs)


def test_a_program_that_is_replaced_as_a_whole():
    base, ours = pg.Dict(a=1), pg.Dict(a=2)
    assert pg.merge(base, Layer(1), base) == Layer(1)
    assert conflicts_of(base, ours, Layer(1)) == [
        "the whole program: base {a=1}, ours {a=2}, theirs Layer(units=1, name=None, extra=None)"
    ]
    assert pg.merge(base, ours, 5, on_conflict="theirs") == 5


def test_a_function_resolves_conflicts():
    base = pg.Dict(lr=1, l=[1], gone=1, kept=1, ok=1)
    ours = pg.Dict(lr=2, l=[1, "x"], kept=2, ok=2, gone=2)
    theirs = pg.Dict(lr=3, l=[1, "y"], gone=3, ok=1)
    seen = {}

    def resolve(c):
        seen[str(c.path)] = c
        if c.inserted:
            return [*c.ours, *c.theirs]
        return {"lr": 5, "gone": pg.MISSING_VALUE, "kept": c.base}[str(c.path)]

    result = pg.merge(base, ours, theirs, on_conflict=resolve)
    assert result == pg.Dict(lr=5, l=[1, "x", "y"], kept=1, ok=2)
    assert seen["kept"].theirs is pg.MISSING_VALUE and not seen["kept"].inserted
    assert seen["l[1]"].base == [] and seen["l[1]"].inserted
    with pytest.raises(
        TypeError, match=r"list of items to insert. Encountered: 'xy'. \(path=l\[1\]\)"
    ):
        pg.merge(base, ours, theirs, on_conflict=lambda c: "xy" if c.inserted else c.ours)
    with pytest.raises(ValueError, match="should be 'ours', 'theirs' or a function"):
        pg.merge(base, ours, theirs, on_conflict="mine")


def test_the_error_of_conflicts():
    with pytest.raises(pg.MergeConflictError) as e:
        pg.merge(pg.Dict(a=1), pg.Dict(a=2), pg.Dict(a=3))
    assert str(e.value) == (
        "Both sides change the same places, differently:\n- a: base 1, ours 2, theirs 3\n"
        "Pass `on_conflict='ours'`, `'theirs'`, or a function of the conflict that returns the value to take."
    )
    again = pickle.loads(pickle.dumps(e.value))
    assert str(again) == str(e.value) and again.conflicts[0].path == "a"
    assert isinstance(e.value, ValueError)


def test_the_sum_is_checked_as_a_whole():
    class Pair(pg.Object):
        items: pg.typing.List(pg.typing.Int(), max_size=2)  # type: ignore[valid-type]

    base = Pair([5])
    with pytest.raises(ValueError, match="greater than max size"):
        pg.merge(base, Pair([4, 5]), Pair([5, 6]))
    assert pg.eq(base, Pair([5]))


def test_seals_stay_and_are_no_obstacle():
    base = pg.Dict(a=1, b=1).seal()
    result = pg.merge(base, pg.Dict(a=2, b=1), pg.Dict(a=1, b=2))
    assert result == {"a": 2, "b": 2} and result.is_sealed and base == {"a": 1, "b": 1}


def test_missing_values_and_placeholders_merge():
    base = pg.Dict(x=Layer.partial(), y=pg.oneof([1, 2]))
    ours = pg.Dict(x=Layer(1), y=pg.oneof([1, 2]))
    theirs = pg.Dict(x=Layer.partial(name="n"), y=pg.oneof([1, 3]))
    assert pg.eq(merged(base, ours, theirs), pg.Dict(x=Layer(1, "n"), y=pg.oneof([1, 3])))


@pg.symbolize
class Shared:
    def __init__(self, size, parts=()):
        self.size = size


def test_a_shared_object_is_merged_as_one():
    shared = Shared(1, pg.List([1, 2]))
    base = pg.Dict(a=shared, b=pg.Dict(c=shared), d=0)
    ours = variant(base, {"a.size": 2, "a.parts[1]": pg.Insertion("x")})
    theirs = variant(base, {"b.c.parts[0]": 5, "d": 1})
    result = merged(base, ours, theirs)
    assert result.a is result.b.c and result.d == 1
    assert pg.eq(result.a, Shared(2, pg.List([5, "x", 2])))
    other = variant(base, {"b.c.size": 3, "b.c.parts[1]": pg.Insertion("y")})
    assert conflicts_of(base, ours, other) == [
        "a.size: base 1, ours 2, theirs 3", "a.parts[1]: insert before it, ours ['x'], theirs ['y']",
    ]  # fmt: skip
    both = pg.merge(
        base, ours, other, on_conflict=lambda c: [*c.ours, *c.theirs] if c.inserted else 4
    )
    assert both.a is both.b.c and pg.eq(both.a, Shared(4, pg.List([1, "x", "y", 2])))


def test_a_change_of_a_shared_object_is_not_lost_where_the_other_side_parts_it():
    shared = Shared(1)
    base = pg.Dict(a=shared, b=pg.Dict(c=shared))
    ours = variant(base, {"a.size": 2})
    theirs = pg.Dict(a=Shared(1), b=pg.Dict(c=Shared(7)))
    assert conflicts_of(base, ours, theirs) == [
        "b.c: base Shared(size=1, parts=()), ours Shared(size=2, parts=()), theirs Shared(size=7, parts=())"
    ]
    assert pg.eq(pg.merge(base, ours, theirs, on_conflict="ours"), ours)
    mixed = pg.merge(base, ours, theirs, on_conflict="theirs")
    assert pg.eq(mixed, pg.Dict(a=Shared(2), b=pg.Dict(c=Shared(7))))
