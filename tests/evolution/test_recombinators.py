import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evolution.support import DIGITS, E, random_dnas, rich_space
from tests.geno.spaces import spaces

import polygraft as pg

R, W, D = E.recombinators, E.where, pg.DNA

PLAIN = pg.dna_spec(
    pg.List([pg.oneof(range(10)), pg.floatv(0.0, 1.0), pg.manyof(2, range(10), distinct=False)])
)
PARENTS = [
    D([1, 0.2, [1, 2]], spec=PLAIN),
    D([3, 0.5, [4, 5]], spec=PLAIN),
    D([2, 0.6, [3, 3]], spec=PLAIN),
]
FIVE = pg.dna_spec(pg.permutate(range(5)))
PERMUTATIONS = [D([0, 1, 2, 4, 3], spec=FIVE), D([1, 2, 3, 4, 0], spec=FIVE)]


def test_published_point_wise_children():
    assert R.Uniform(seed=1)(PARENTS) == [D([1, 0.6, [3, 3]])]
    mean = 0.4333333333333333
    assert R.Average()(PARENTS) == [
        D([1, mean, [1, 2]]), D([3, mean, [4, 5]]), D([2, mean, [3, 3]])
    ]  # fmt: skip
    weighted = R.WeightedAverage(lambda parents: [1.0, 0.0, 1.0])(PARENTS)
    assert [dna.children[1].value for dna in weighted] == [0.4, 0.4, 0.4]


def test_published_segments():
    recombine = R.KPoint(1, seed=1)
    assert recombine(PARENTS[:2]) == [D([1, 0.5, [4, 5]]), D([3, 0.2, [1, 2]])]
    assert recombine(PARENTS[:2]) == [D([1, 0.2, [1, 5]]), D([3, 0.5, [4, 2]])]
    everywhere = R.KPoint(9)(PARENTS[:2])
    assert everywhere == [D([1, 0.5, [1, 5]]), D([3, 0.2, [4, 2]])]
    assert R.Segmented(lambda points: [len(points) - 1])(PARENTS[:2]) == [
        D([1, 0.2, [1, 5]]), D([3, 0.5, [4, 2]])
    ]  # fmt: skip


@pytest.mark.parametrize(
    "recombine, children",
    [
        (R.PartiallyMapped(seed=1), [[0, 2, 3, 4, 1], [1, 0, 2, 4, 3]]),
        (R.Order(seed=1), [[1, 2, 4, 3, 0], [0, 2, 3, 4, 1]]),
        (R.Cycle(seed=1), [[1, 2, 3, 4, 0], [0, 1, 2, 4, 3]]),
    ],
)
def test_published_permutations(recombine, children):
    found = [dna.to_numbers() for dna in recombine(PERMUTATIONS)]
    assert sorted(found) == sorted(children)


def test_published_crossovers():
    cross = R.PartiallyMapped().partially_mapped_crossover
    assert cross([[0, 1, 2, 3, 4], [4, 3, 2, 1, 0]], 1, 3) == [[0, 3, 2, 1, 4], [4, 1, 2, 3, 0]]
    cross = R.Order().order_crossover
    assert cross([[0, 1, 2, 3, 4], [4, 3, 2, 1, 0]], 1, 3) == [[1, 3, 2, 4, 0], [3, 1, 2, 0, 4]]
    assert cross([[3, 4, 8, 2, 7, 1, 6, 5], [4, 2, 5, 1, 6, 8, 3, 7]], 3, 6) == [
        [4, 2, 7, 1, 6, 8, 5, 3],
        [5, 6, 8, 2, 7, 1, 3, 4],
    ]
    cross = R.Cycle(seed=4).cycle_crossover
    assert cross([[1, 2, 3, 4, 5, 6, 7, 8], [8, 5, 2, 1, 3, 6, 4, 7]]) == [
        [1, 5, 2, 4, 3, 6, 7, 8],
        [8, 2, 3, 1, 5, 6, 4, 7],
    ]


def test_merge_sees_what_is_active_on_the_chosen_branch():
    inner = [pg.oneof([1, 2]), pg.floatv(0.0, 1.0), 3]
    spec = pg.dna_spec(
        pg.List([pg.manyof(2, inner, distinct=False), pg.oneof([pg.oneof([1, 2]), 4])])
    )
    parents = [
        D([[(0, 0), (0, 0)], 1], spec=spec),
        D([[(0, 1), (1, 0.5)], 1], spec=spec),
        D([[(0, 1), 2], (0, 1)], spec=spec),
    ]
    seen = []

    class First(R.PointWise):
        def merge(self, decision_point, parent_decisions, step):
            seen.append((str(decision_point.id), parent_decisions, step))
            return next(d for d in parent_decisions if d is not None)

    assert First()(parents, step=4) == [parents[0]]
    assert seen == [
        ("[0]", [[0, 0], [0, 1], [0, 2]], 4),
        ("[0][0][=0/3]", [0, 1, 1], 4),
        ("[0][1][=0/3]", [0, None, None], 4),
        ("[1]", [1, 1, 0], 4),
    ]


def test_a_branch_without_merged_decisions_keeps_those_of_a_parent_on_it():
    spec = pg.dna_spec(
        pg.List([pg.oneof([pg.oneof([1, 2, 3]), pg.oneof([4, 5])]), pg.oneof([1, 2])])
    )
    parents = [D([(0, 2), 0], spec=spec), D([(1, 1), 1], spec=spec)]

    class Second(R.PointWise):
        def merge(self, decision_point, parent_decisions):
            return parent_decisions[1]

    assert Second(where=lambda points: points[:1])(parents) == [D([(1, 1), 0]), D([(1, 1), 1])]


def test_own_filters_and_applicable_points():
    class Floats(R.Uniform):
        def applicable_decision_points(self, dna_spec, step):
            return [p for p in super().applicable_decision_points(dna_spec) if p.is_numerical]

    assert Floats(seed=1)(PARENTS[:1]) == PARENTS[:1]
    nothing = R.Uniform(where=lambda points: [])
    assert nothing(PARENTS) == PARENTS


def test_no_permutation_gives_the_parents_themselves():
    parents = PARENTS[:2]
    assert R.PartiallyMapped()(parents) is parents


def test_parents():
    for recombine in (R.Uniform(), R.Average()):
        assert recombine([]) == []
    for recombine in (R.KPoint(1), R.PartiallyMapped()):
        with pytest.raises(ValueError, match="supports recombination on exact 2 parents"):
            recombine(PARENTS)
    with pytest.raises(ValueError, match="must be bound to one spec"):
        R.Uniform()([D(1), D(2)])
    with pytest.raises(ValueError, match="must be bound to one spec"):
        R.KPoint(1)([D(1, spec=DIGITS), PARENTS[0]])
    with pytest.raises(
        ValueError, match=r"Value 0 is out of range \(min=1, max=None\). \(path=k\)"
    ):
        R.KPoint(0)


def test_printed_forms_and_files():
    assert repr(R.KPoint(2)) == "KPoint(k=2, seed=None)"
    assert repr(R.PartiallyMapped(seed=2)) == "PartiallyMapped(where=Any(k=1, seed=2), seed=2)"
    assert repr(R.Cycle(where=W.Any(2, seed=7), seed=2)) == "Cycle(where=Any(k=2, seed=2), seed=2)"
    assert repr(R.Uniform()) == "Uniform(where=All(), seed=None)"
    weights = R.Sample(lambda parents: [1.0] * len(parents))
    assert repr(weights).startswith("Sample(where=All(), weights=<function")
    for op in (R.KPoint(2), R.PartiallyMapped(seed=2), R.Average()):
        assert pg.clone(op) == op == pg.from_json_str(pg.to_json_str(op))
    with pytest.raises(TypeError, match="builtin_function_or_method"):
        R.Uniform(where=len)
    with pytest.raises(ValueError, match="Value cannot be None"):
        R.Uniform(where=None)


ALL_OF_TWO = [
    R.Uniform(seed=1),
    R.Sample(lambda parents: [float(i + 1) for i in range(len(parents))], seed=1),
    R.Average(),
    R.KPoint(1, seed=1),
    R.KPoint(3, seed=1),
    R.PartiallyMapped(seed=1),
    R.Order(where=W.ALL, seed=1),
    R.Cycle(where=W.ALL, seed=1),
    R.Uniform(where=W.Any(2, seed=1), seed=1),
]


def check(spec, parents):
    for recombine in ALL_OF_TWO:
        children = recombine(parents)
        assert children
        for child in children:
            assert pg.DNA.from_numbers(child.to_numbers(), spec) == child
            assert child.spec is spec.plan.spec
        assert len({child.numbers for child in children}) <= len(children)


@given(spaces(), st.integers(0, 10**6))
def test_children_are_valid(spec, seed):
    r = random.Random(seed)
    check(spec, [spec.random_dna(r), spec.random_dna(r)])


@given(st.integers(0, 10**6))
def test_children_are_valid_in_a_nested_space(seed):
    spec = pg.dna_spec(rich_space())
    check(spec, random_dnas(spec, 2, seed))


@given(st.permutations(range(7)), st.permutations(range(7)), st.integers(0, 100))
def test_crossovers_of_permutations_are_permutations(a, b, seed):
    spec = pg.dna_spec(pg.permutate(range(7)))
    parents = [D(list(a), spec=spec), D(list(b), spec=spec)]
    for recombine in (R.PartiallyMapped(seed=seed), R.Order(seed=seed), R.Cycle(seed=seed)):
        for child in recombine(parents):
            assert sorted(child.to_numbers()) == list(range(7))


@given(st.permutations(range(6)), st.permutations(range(6)), st.integers(0, 100))
def test_each_place_of_a_cycle_crossover_comes_from_a_parent(a, b, seed):
    for child in R.Cycle(seed=seed).cycle_crossover([list(a), list(b)]):
        assert all(x in (y, z) for x, y, z in zip(child, a, b, strict=True))


def test_sub_decisions_move_with_their_candidate():
    spec = pg.dna_spec(pg.permutate([pg.oneof([1, 2, 3]), 4, 5]))
    parents = [D([(0, 2), 1, 2], spec=spec), D([2, 1, (0, 1)], spec=spec)]
    for child in R.Order(seed=1)(parents):
        assert sorted(c.value for c in child.children) == [0, 1, 2]
        below = next(c for c in child.children if c.value == 0).children[0].value
        assert below in (1, 2)
