"""Laws of edits, merges and dry runs, on generated programs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.patching.programs import any_values, nets, programs, scalars

import polygraft as pg
from polygraft.symbolic.node import OPS
from polygraft.symbolic.traversal import walk

few = settings(max_examples=30)


def places_are_consistent(root):
    """Each node's path leads to it; an object at several places has the path of one."""
    for _, node, _ in walk(root):
        if OPS[type(node)].symbolic:
            found = root
            for key in node.sym_path.keys:
                found = OPS[type(found)].get(found, key)
            if found is not node or node.sym_root is not root:
                return False
    return True


def as_text(x):
    return pg.format(x, compact=True)


pairs = st.tuples(nets(), nets()) | st.tuples(programs, programs)
any_pairs = st.tuples(nets(any_values), nets(any_values))


@few
@given(pairs | any_pairs)
def test_edits_turn_one_program_into_the_other(pair):
    a, b = pair
    before = as_text(a), as_text(b)
    edits = pg.edits(a, b)
    assert (as_text(a), as_text(b)) == before
    result = pg.patch(pg.clone(a), edits)
    assert pg.eq(result, b)
    assert bool(edits) != pg.eq(a, b)
    if OPS[type(result)].symbolic:
        assert places_are_consistent(result)
    assert pg.eq(pg.patch(pg.clone(a), edits), b), "edits can be applied again"


@few
@given(pairs)
def test_a_diff_is_a_rule(pair):
    a, b = pair
    assert pg.eq(pg.patch(pg.clone(a), pg.diff(a, b)), b)


@few
@given(pairs)
def test_edits_go_through_json(pair):
    edits = pg.edits(*pair)
    again = pg.from_json_str(pg.to_json_str(edits), allow_partial=True)
    assert again == edits
    assert pg.eq(pg.patch(pg.clone(pair[0]), again), pair[1])


@few
@given(st.lists(st.integers(0, 3), max_size=8), st.lists(st.integers(0, 3), max_size=8))
def test_edit_scripts_of_lists_are_minimal(a, b):
    """As few edits as Levenshtein's distance says, worked out here by its definition."""
    distance = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(distance[j - 1] + (x != y), distance[j] + 1, row[-1] + 1))
        distance = row
    for kind in (pg.List, tuple):
        left, right = pg.Dict(x=kind(a)), pg.Dict(x=kind(b))
        edits = pg.edits(left, right)
        assert len(edits) == distance[-1]
        assert pg.eq(pg.patch(left, edits), right)


# -- merge -----------------------------------------------------------------------------------------
@few
@given(pairs)
def test_merging_with_one_side_gives_that_side(pair):
    base, x = pair
    before = as_text(base), as_text(x)
    assert pg.eq(pg.merge(base, x, base), x)
    assert pg.eq(pg.merge(base, base, x), x)
    assert pg.eq(pg.merge(base, x, x), x)
    assert (as_text(base), as_text(x)) == before


@few
@given(st.tuples(nets(), nets(), nets()))
def test_without_conflicts_the_sides_may_change_places(three):
    base, ours, theirs = three
    try:
        merged = pg.merge(base, ours, theirs)
    except pg.MergeConflictError as e:
        with pytest.raises(pg.MergeConflictError) as other:
            pg.merge(base, theirs, ours)
        assert {c.path for c in e.conflicts} == {c.path for c in other.value.conflicts}
        swapped = {c.path: (c.theirs, c.ours) for c in other.value.conflicts if not c.inserted}
        for c in e.conflicts:
            if not c.inserted:
                assert pg.eq((c.ours, c.theirs), swapped[c.path])
    else:
        assert pg.eq(merged, pg.merge(base, theirs, ours))


trees = st.recursive(
    scalars,
    lambda t: st.dictionaries(st.sampled_from("abcd"), t, min_size=1, max_size=4).map(pg.Dict),
).filter(lambda t: isinstance(t, pg.Dict))


@few
@given(trees, trees, st.data())
def test_any_two_parts_of_the_edits_add_up(base, x, data):
    edits = pg.edits(base, x)
    chosen = data.draw(st.lists(st.booleans(), min_size=len(edits), max_size=len(edits)))
    parts = [
        pg.patch(
            pg.clone(base),
            pg.Edits(e for e, c in zip(edits, chosen, strict=True) if c is side),
        )
        for side in (True, False)
    ]
    assert pg.eq(pg.merge(base, *parts), x)


@few
@given(st.tuples(nets(), nets(), nets()))
def test_conflicts_can_be_resolved(three):
    base, ours, theirs = three
    seen = []

    def ask(conflict):
        seen.append(conflict)
        return conflict.theirs

    try:
        asked = pg.merge(base, ours, theirs, on_conflict=ask)
        assert pg.eq(asked, pg.merge(base, ours, theirs, on_conflict="theirs"))
        assert pg.eq(
            pg.merge(base, ours, theirs, on_conflict="ours"),
            pg.merge(base, theirs, ours, on_conflict="theirs"),
        )
    except (TypeError, ValueError) as e:
        assert not isinstance(e, pg.MergeConflictError)
        raise


# -- dry runs and transactions ---------------------------------------------------------------------
RULES = [
    lambda k, v: v + 1 if type(v) is int and v < 3 else v,
    lambda k, v: pg.MISSING_VALUE if k and v == "a" and isinstance(k.key, int) else v,
    lambda k, v, p: {"new": 1} if isinstance(p, pg.List) and v == 2 else v,
    {"body": [1, 2]},
    {"layers[0]": pg.Insertion("first"), "layers[9]": "last"},
    {"table.zz": pg.Dict(q=1), "pair": ((1,), 2)},
    {"": pg.Dict(all=1)},
]


def fresh_values(rule):
    """A dict rule with values of its own: patching may store the very value."""
    return {k: pg.clone(v) if pg.symbolic.is_node(v) else v for k, v in rule.items()}


@few
@given(nets(), st.lists(st.sampled_from(RULES), min_size=1, max_size=3))
def test_a_dry_run_says_what_the_patch_does(program, rules):
    before = as_text(program)

    def rule():
        fresh = [fresh_values(r) if isinstance(r, dict) else r for r in rules]
        return fresh[0] if len(fresh) == 1 else fresh

    def outcome(call):
        try:
            return call()
        except (TypeError, ValueError, KeyError) as e:
            return type(e)

    edits = outcome(lambda: pg.patch(program, rule(), dry_run=True))
    assert as_text(program) == before
    assert places_are_consistent(program)
    patched = outcome(lambda: pg.patch(pg.clone(program), rule()))
    if isinstance(edits, type) or isinstance(patched, type):
        assert edits is patched
        return
    assert pg.eq(pg.patch(pg.clone(program), edits), patched)
    assert pg.eq(pg.patch(program, rule()), patched)


@few
@given(nets(), nets())
def test_failing_edits_leave_everything_untouched(a, b):
    before = as_text(a)
    edits = pg.Edits([*pg.edits(a, b), pg.Edit("nowhere.x", 1)])
    with pytest.raises(KeyError):
        pg.patch(a, edits)
    assert as_text(a) == before
    assert places_are_consistent(a)
