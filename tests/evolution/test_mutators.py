import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evolution.support import DIGITS, E, M, random_dnas, rich_space
from tests.geno.spaces import spaces

import polygraft as pg

D = pg.DNA
MIXED = pg.dna_spec(
    pg.List(
        [
            pg.oneof(range(5)),
            pg.manyof(3, range(4)),
            pg.floatv(0.0, 1.0),
            pg.oneof([pg.oneof(range(3)), 1]),
        ]
    )
)


def test_seeded_mutations_are_the_published_ones():
    mutate = M.Uniform(seed=1)
    assert [mutate([MIXED.first_dna()])[0] for _ in range(3)] == [
        D([0, [3, 1, 2], 0.0, (0, 0)]),
        D([0, [0, 1, 3], 0.0, (0, 0)]),
        D([0, [0, 1, 2], 0.0, (0, 1)]),
    ]
    spec = pg.dna_spec(pg.manyof(3, range(3), distinct=False, sorted=True))
    assert M.Uniform(seed=3)([D([1, 1, 2], spec=spec)]) == [D([1, 2, 2])]


def test_seeded_swaps_are_the_published_ones():
    spec = pg.dna_spec(pg.manyof(3, range(10), distinct=False))
    swap = M.Swap(seed=1)
    parent = D([1, 8, 9], spec=spec)
    assert swap([parent]) == [D([9, 8, 1])] and swap([parent]) == [D([8, 1, 9])]


def test_the_argument_stays_and_the_child_starts_afresh():
    parent = D([0, [0, 1, 2], 0.0, (0, 0)], spec=MIXED)
    parent.set_metadata("a", 1).set_metadata("b", 2, cloneable=True)
    for mutate in (M.Uniform(seed=1), M.Swap(seed=1)):
        child = mutate([parent])[0]
        assert parent == D([0, [0, 1, 2], 0.0, (0, 0)]) and parent.metadata == {"a": 1, "b": 2}
        assert child.spec is MIXED and child.metadata == {"b": 2}
        assert child is not parent


@given(spaces(), st.integers(0, 1000))
def test_children_are_valid(spec, seed):
    parent = spec.random_dna(random.Random(seed))
    swapped = M.Swap(seed=seed)([parent])[0]
    assert pg.DNA.from_numbers(swapped.to_numbers(), spec) == swapped
    if spec.decision_points:
        child = M.Uniform(seed=seed)([parent])[0]
        assert pg.DNA.from_numbers(child.to_numbers(), spec) == child


@given(st.integers(0, 200))
def test_all_decisions_can_change_and_specs_belong_to_slots(seed):
    parent = random_dnas(rich_space(), 1, seed)[0]
    child = M.Uniform(seed=seed)([parent])[0]
    again = pg.DNA.from_numbers(child.to_numbers(), parent.spec)
    assert child == again
    for dna in (child, M.Swap(seed=seed)([parent])[0]):
        slots = dna.children[3].children
        assert [s.spec for s in slots] == parent.spec.elements[3].choice_specs
        assert sorted(s.value for s in slots) == [0, 1, 2, 3]


def test_where_sees_the_nodes_of_the_tree_root_first():
    parent = D([0, [0, 1, 2], 0.0, (0, 0)], spec=MIXED)
    seen = []
    M.Uniform(where=lambda node: seen.append(node) or True, seed=1)([parent])
    assert seen == [parent, D(0), D([0, 1, 2]), D(0), D(1), D(2), D(0.0), D(0, [D(0)]), D(0)]
    only = M.Uniform(where=lambda node: node.spec is MIXED.elements[2], seed=1)
    assert only([parent]) == [D([0, [0, 1, 2], 0.5692038748222122, (0, 0)])]


def test_immutable():
    with pytest.raises(RuntimeError, match=r"Immutable DNA: DNA\(0\)"):
        M.Uniform()([D(0)])
    with pytest.raises(RuntimeError, match=r"Immutable DNA: DNA\(0\)"):
        M.Uniform(where=lambda node: False)([D(0, spec=DIGITS)])
    mutate = M.Uniform(seed=1)
    mutate._immutable_root = True
    with pytest.raises(RuntimeError):
        mutate([D(0, spec=DIGITS)])
    assert M.Swap()([D(0, spec=DIGITS)]) == [D(0)]
    assert M.Swap()([D([0, 1])]) == [D([0, 1])]  # Not bound: nothing to be swapped.


def test_swap_finds_multi_choices_below_a_candidate():
    spec = pg.dna_spec(pg.List([pg.oneof([pg.permutate([1, 2, 3]), 4])]))
    child = M.Swap(seed=1)([D((0, [0, 1, 2]), spec=spec)])[0]
    assert child.value == 0 and sorted(c.value for c in child.children) == [0, 1, 2]
    assert child != D((0, [0, 1, 2]))


def test_swap_leaves_sorted_choices_alone():
    spec = pg.dna_spec(pg.List([pg.manyof(2, range(4), sorted=True), pg.oneof([1, 2])]))
    assert M.Swap(seed=1)([D([[0, 1], 0], spec=spec)]) == [D([[0, 1], 0])]


def test_sub_decisions_move_with_their_slot():
    spec = pg.dna_spec(pg.permutate([pg.oneof([1, 2]), 3]))
    child = M.Swap(seed=1)([D([(0, 1), 1], spec=spec)])[0]
    assert child == D([1, (0, 1)])


def test_unseeded_mutators_draw_from_the_random_module():
    random.seed(5)
    first = M.Uniform()([D(0, spec=DIGITS)])
    random.seed(5)
    assert M.Uniform()([D(0, spec=DIGITS)]) == first


def test_names_of_the_package():
    assert E.mutators is M and issubclass(M.Uniform, E.Mutator)
