import re

import pytest
from tests.evolution.support import DIGITS, E, M, S, population

import polygraft as pg

D = pg.DNA


def values(items):
    return [item.value for item in items]


def shown(x):
    """The name of a case: the same in each process, which an address is not."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(x))


@pytest.mark.parametrize(
    "op, expected",
    [
        (S.Random(3, seed=1) >> S.Top(1), [4]),
        (S.Top(1) | S.First(3), [9, 0, 1, 2]),
        (S.Top(6) & S.First(6), [5, 4]),
        (S.Top(5) - S.First(6), [9, 8, 7, 6]),
        (S.Top(6) ^ S.Last(5), [4]),
        (S.Top(5) + S.Last(3), [9, 8, 7, 6, 5, 7, 8, 9]),
        (S.Top(1) >> M.Uniform(seed=1) * 3, [9, 4, 7]),
        (S.Top(1) >> M.Uniform(seed=1) ** 3, [7]),
        (~S.Top(5), [0, 1, 2, 3, 4]),
        (-S.Top(5), [0, 1, 2, 3, 4]),
        (S.Random(5, seed=1)[:2], [2, 1]),
        (S.Random(5, seed=1)[1], [1]),
        (S.Top(3)[lambda step: step], [9]),
        (S.Top(2) * (lambda step: 1), [9, 8]),
        (E.Identity()[-1], [9]),
        (S.Top(1) & (S.Top(1) + S.Top(1)), [9]),
        ((S.Top(1) + S.Top(1)) & S.Top(2), [9]),
        (E.Lambda(lambda inputs: inputs[:1]) * 2, [0, 0]),
        (S.Top(2) >> (lambda inputs: inputs[:1]), [9]),
        ((lambda inputs: inputs[:3]) >> S.Top(1), [2]),
        (S.Top(2).with_prob(1.0), [9, 8]),
        (S.Top(2).if_true(lambda inputs: len(inputs) > 3), [9, 8]),
        (S.Top(2).if_false(lambda inputs, step: step > 0), [9, 8]),
        (S.Top(2).for_each(lambda item: [item]).flatten(), [9, 8]),
        (S.Top(2).for_each(E.Lambda(lambda item: [item, item])).flatten(1), [9, 9, 8, 8]),
        (E.Choice([(S.Top(3), 1.0), (S.Top(1), 1.0)], limit=0), list(range(10))),
        (E.Choice([(S.Top(3), 1.0), (S.Top(1), 1.0)], limit=lambda step: 1), [9, 8, 7]),
        (E.Choice([(S.Top(3), 1.0), (S.Last(1), lambda step: 1.0)]), [7]),
        (S.Top(1).until_change(), [9]),
        (E.Identity().until_change(max_attempts=3), list(range(10))),
    ],
    ids=shown,
)
def test_algebra(op, expected):
    inputs = population()
    before = list(inputs)
    assert values(op(inputs)) == expected
    assert inputs == before and all(a is b for a, b in zip(inputs, before, strict=True))


def test_sets_go_by_identity():
    a, b = D(1), D(1)
    both = E.Lambda(lambda _: [a, b]) | E.Lambda(lambda _: [a])
    assert [id(x) for x in both([])] == [id(a), id(b)]


def test_none_as_an_operand():
    op = S.Top(1)
    for joined in (
        None >> op, op >> None, op + None, None + op, op | None, None | op, op & None, None & op,
        op ^ None, None ^ op, op - None,
    ):  # fmt: skip
        assert joined is op
    assert (None - op) == E.Inversion(op)


def test_choice_stops_at_its_limit():
    op = E.Choice([(S.Random(1, seed=1), 0.5), (S.Top(1), 1.0)], limit=1, seed=1)
    assert all(len(op(population())) == 1 for _ in range(5))


def test_chance_gives_the_input_itself_back():
    inputs = population()
    assert S.Top(1).with_prob(0.0)(inputs) is inputs
    assert S.Top(1).if_true(lambda _: False)(inputs) is inputs
    assert E.Identity()(inputs) is inputs


def test_flatten():
    nested = [[1], 2, [[3], [4]], (5, 6)]
    assert E.Flatten()(nested) == [1, 2, 3, 4, (5, 6)]
    assert E.Flatten(max_level=1)(nested) == [1, 2, [3], [4], (5, 6)]


def test_global_state():
    state = pg.geno.AttributeDict()
    inputs = population()
    op = S.Top(2) >> (E.GlobalStateSetter("t") + E.Identity())
    assert values(op(inputs, state)) == [9, 8]
    assert values(state.t) == [9, 8]
    assert values(E.Identity().global_state("t")(inputs, state)) == [9, 8]
    assert E.Identity().set_global_state("foo", 1)([1, 2, 3], state) == [1, 2, 3]
    assert state.foo == 1
    assert S.Top(1).as_global_state("best")(inputs, state) == []
    assert values(state.best) == [9]
    assert E.GlobalStateGetter("bar", default=[1])([]) == [1]
    with pytest.raises(KeyError):
        E.GlobalStateGetter("bar")([])


def test_hooks_take_the_keywords_they_name():
    seen = []

    class None_(E.Operation):
        def call(self, inputs):
            seen.append(())
            return inputs

    class Step(E.Operation):
        def call(self, inputs, step):
            seen.append((step,))
            return inputs

    class State(E.Operation):
        def call(self, inputs, *, global_state):
            seen.append((global_state,))
            return inputs

    class Both(E.Operation):
        def call(self, inputs, **kwargs):
            seen.append((kwargs["global_state"], kwargs["step"]))
            return inputs

    class Inherits(Both):
        pass

    (None_() >> Step() >> State() >> Both() >> Inherits())([], "state", 3)
    assert seen == [(), (3,), ("state",), ("state", 3), ("state", 3)]


def test_callables_and_functors_take_the_keywords_they_name():
    @pg.functor
    def at_step(inputs, step, scale=1):
        return [*inputs, step * scale]

    assert (E.Identity() >> at_step(scale=2))([], step=4) == [8]
    assert (E.Identity() >> (lambda inputs, global_state, step: [global_state, step]))(
        [], 0, 1
    ) == [0, 1]
    compatible = E.base.make_operation_compatible(lambda inputs: inputs)
    assert compatible([1], global_state=0, step=3) == [1]
    assert E.base.make_operation_compatible(None) is None
    op = S.Top(1)
    assert E.base.make_operation_compatible(op) is op
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'other'"):
        (E.Identity() >> (lambda inputs, other: inputs))([])


def test_element_types():
    class Copies(E.DNAOperation):
        def call(self, inputs):
            return [x.value for x in inputs]

    with pytest.raises(
        TypeError,
        match=r"The input is expected to be a list of .* but 1 is encountered at position 0.",
    ):
        Copies()([1])
    with pytest.raises(
        TypeError,
        match=r"The output is expected to be a list of .* but 2 is encountered at position 0.",
    ):
        Copies()([D(2)])


def test_interfaces():
    class Twins(E.Mutator):
        def mutate(self, dna):
            return [dna.clone(), dna.clone()]

    class Reversed(E.Mutator):
        def mutate_list(self, dna_list, step):
            return list(reversed(dna_list))

    class Pairs(E.Recombinator):
        NUM_PARENTS = 2

        def recombine(self, parents):
            return parents

    assert Twins()([D(1), D(2)]) == [D(1), D(1), D(2), D(2)]
    assert Reversed()([D(1), D(2)]) == [D(2), D(1)]
    with pytest.raises(
        ValueError,
        match=r"Pairs supports recombination on exact 2 parents. Encountered: \[DNA\(0\)\].",
    ):
        Pairs()([D(0)])
    with pytest.raises(NotImplementedError):
        E.Mutator()([D(0)])
    with pytest.raises(NotImplementedError):
        E.Operation()([])
    with pytest.raises(TypeError, match="abstract"):
        E.Selector()
    with pytest.raises(TypeError):
        list(E.Identity())


def test_operations_are_values():
    op = (S.Random(5, seed=1) >> S.Top(0.5) >> M.Uniform().with_prob(0.5) * 2)[1] | S.Last(
        pg.scalars.linear(10, 5, 1).floor()
    )
    assert S.Top(2) == S.Top(2) and S.Top(2) != S.Top(3)
    assert pg.clone(op) == op and pg.from_json_str(pg.to_json_str(op)) == op
    assert repr(S.Top(2)) == "Top(n=2, key=None, cluster=False)"
    assert (
        repr(S.Top(2) >> M.Uniform())
        == "Pipeline(ops=[0: Top(n=2, key=None, cluster=False), 1: Uniform(where=None, seed=None)])"
    )
    assert (
        repr(S.Top(1)[:1])
        == "Slice(op=Top(n=1, key=None, cluster=False), index=slice(None, 1, None))"
    )
    assert (
        repr(S.Top(1).with_prob(0.5))
        == "Choice(ops=[0: (Top(n=1, key=None, cluster=False), 0.5)], limit=None, seed=None)"
    )
    assert repr(~S.First(1)) == "Inversion(op=First(n=1))"


def test_names_in_files():
    text = pg.to_json_str(S.Top(1) >> M.Uniform())
    assert (
        '"polygraft.evolution.Pipeline"' in text and '"polygraft.evolution.selectors.Top"' in text
    )
    theirs = text.replace(
        "polygraft.evolution.Pipeline", "pyglove.ext.evolution.base.Pipeline"
    ).replace("polygraft.evolution", "pyglove.ext.evolution")
    assert pg.from_json_str(theirs) == S.Top(1) >> M.Uniform()


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: S.Top(-1), ValueError, "Value -1 is out of range (min=0, max=None). (path=n)"),
        (lambda: S.Top(1.5), ValueError, "Value 1.5 is out of range (min=0.0, max=1.0). (path=n)"),
        (lambda: E.Union([]), ValueError, "Length of list [] is less than min size (1). (path=ops)"),
        (lambda: E.Pipeline([S.First(1)]), ValueError, "[First(n=1)] is less than min size (2). (path=ops)"),
        (lambda: S.Top(1).with_prob(1.5), ValueError, "Value 1.5 is out of range (min=0.0, max=1.0). (path=ops[0][1])"),
        (lambda: S.Top(1) >> 1, TypeError, "Value is not callable: 1. (path=ops[1])"),
        (lambda: E.Evolution(1), TypeError, "Value is not callable: 1. (path=reproduction)"),
        (lambda: E.Evolution(S.Top(1), 3), TypeError, "but encountered <class 'int'>: 3. (path=population_init)"),
        (lambda: 2 * S.Top(1), TypeError, "unsupported operand"),
        (lambda: S.Top(1)([D(1)]), KeyError, "reward"),
        (lambda: S.Random(1, replacement=True)([]), IndexError, "empty"),
    ],
)  # fmt: skip
def test_errors(make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert message in str(caught.value)


ITEMS = list(range(10))


def equal(inputs):
    return [1.0] * len(inputs)


@pytest.mark.parametrize(
    "selector, expected",
    [
        (S.Random(2, seed=1), [2, 1]),
        (S.Random(seed=1), [2, 1, 4, 0, 3, 5, 7, 9, 8, 6]),
        (S.Random(5, replacement=True, seed=1), [2, 9, 1, 4, 1]),
        (S.Random(20, seed=1), [2, 1, 4, 0, 3, 5, 7, 9, 8, 6]),
        (S.Sample(5, equal, seed=1), [1, 8, 7, 2, 4]),
        (S.Proportional(5, equal), [5, 6, 7, 8, 9]),
        (S.Top(0.001), [9]),
        (S.Top(1.0), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
        (S.Bottom(2), [0, 1]),
        (S.Bottom(3, key=lambda x: -(x // 4)), [8, 9, 4]),
        (S.Top(2, key=lambda x: x // 4), [8, 9]),
        (S.Top(2, key=lambda x: x // 4, cluster=True), [8, 9, 4, 5, 6, 7]),
        (S.Top(1, cluster=True), [9]),
        (S.First(0.25), [0, 1, 2]),
        (S.Last(2), [8, 9]),
        (S.Last(0), []),
        (S.Last(), ITEMS),
        (S.First(lambda step: step + 1), [0]),
        (S.Last(lambda step: 0.5), [5, 6, 7, 8, 9]),
    ],
    ids=shown,
)
def test_selectors(selector, expected):
    assert pg.clone(selector)(ITEMS) == expected


def test_draws_continue_over_calls():
    selector = S.Random(lambda step: 1 if step == 0 else 2, seed=1)
    assert [selector(ITEMS, step=step) for step in (0, 1)] == [[2], [9, 1]]
    assert S.Random()([]) == []


@pytest.mark.parametrize(
    "weights, n, counts",
    [
        ((0.314, 0.288, 0.052), 5, [3, 2, 0]),
        ((0.109, 0.506, 0.297), 5, [0, 3, 2]),
        ((0.11, 0.26, 0, 0, 1.2), 5, [0, 1, 0, 0, 4]),
        ((0.13, 0.23, 0, 0, 0.26), 1, [0, 0, 0, 0, 1]),
    ],
)
def test_proportional_counts(weights, n, counts):
    assert S.Proportional(weights=equal)._partition(list(weights), n) == counts
    with pytest.raises(ZeroDivisionError):
        S.Proportional(weights=equal)._partition([0.0, 0.0], 1)


def test_filters_of_decision_points():
    W = E.where
    points = pg.dna_spec(pg.List([pg.oneof([1, 2])] * 5)).decision_points
    assert W.ALL(points) is points
    assert W.Any(seed=1)(points) == [points[1]]
    assert W.Any(4, seed=2)(points) == [points[i] for i in (0, 1, 3, 4)]
    assert W.Any(5)(points) is points
    assert W.Lambda(lambda points, step: points[:step])(points, step=2) == points[:2]
    assert [repr(f) for f in (W.ALL, W.ANY)] == ["All()", "Any(k=1, seed=None)"]
    assert DIGITS.decision_points == W.ALL(DIGITS.decision_points)


@pytest.mark.parametrize(
    "index", [2, -1, slice(2), slice(1, 5, 2), slice(None, None, -1)], ids=repr
)
def test_slices_are_saved(index):
    op = E.Identity()[index]
    again = pg.from_json_str(pg.to_json_str(op))
    assert pg.eq(again, op) and again(list(range(6))) == op(list(range(6)))
