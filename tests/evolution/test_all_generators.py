"""Laws of every generator: what it proposes follows from space, seed and history, also for operations nobody chose."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.evolution.support import E, M, S, rich_space, total, two

import polygraft as pg

R, W = E.recombinators, E.where
FLAT = pg.dna_spec(pg.List([pg.oneof(range(4))] * 4 + [pg.permutate(range(4))]))
FINITE = pg.dna_spec(pg.List([pg.oneof([pg.oneof([1, 2]), 3]), pg.manyof(2, range(4))]))
FLOATS = pg.dna_spec(pg.Dict(x=pg.floatv(0.1, 1.0, scale="log"), y=pg.oneof([1, pg.floatv(0, 1)])))
RICH = pg.dna_spec(rich_space())


def constrained(space, *constraints):
    return pg.dna_spec(pg.constrained(space, *constraints))


#: Of each space: one with fewer points. Integers are drawn and changed in a way of their own.
CONSTRAINED = {
    FLAT: constrained(
        pg.List([pg.oneof(range(4))] * 3 + [pg.intv(1, 20, step=3), pg.permutate(range(4))]),
        lambda x: sum(x[:3]) > 3,
        lambda x: x[4][0] != 0,
    ),
    FINITE: constrained(
        pg.List([pg.oneof([pg.oneof([1, 2]), 3]), pg.manyof(2, range(4)), pg.intv(1, 3)]),
        lambda x: x[1][0] != x[2],
    ),
    FLOATS: constrained(
        pg.Dict(x=pg.floatv(0.1, 1.0, scale="log"), y=pg.oneof([1, pg.floatv(0, 1)])),
        lambda d: d.x > 0.3 or d.y == 1,
    ),
    RICH: constrained(rich_space(), lambda x: x[4] > -0.5, lambda x: x[3][0] != 1),
}


@pg.geno.dna_generator
def every_third(spec):
    for i, dna in enumerate(spec.iter_dna()):
        if i % 3 == 0:
            yield dna


def weights(inputs):
    return [1.0 + sum(dna.to_numbers()[:1]) for dna in inputs]


def second(reward):
    return reward[0]


def mean(rewards):
    return sum(rewards) / len(rewards)


Dedup = pg.geno.Deduping
GENERATORS = {
    "Random": (lambda s: pg.geno.Random(s), RICH, total),
    "Sweeping": (lambda s: pg.geno.Sweeping(), FINITE, total),
    "Sweeping floats": (lambda s: pg.geno.Sweeping(4), FLOATS, total),
    "dna_generator": (lambda s: every_third(), FINITE, total),
    "Deduping(Random)": (lambda s: Dedup(pg.geno.Random(s)), FINITE, total),
    "Deduping, several": (lambda s: Dedup(pg.geno.Random(s), max_duplicates=2), FINITE, total),
    "Deduping, hash_fn": (
        lambda s: Dedup(pg.geno.Random(s), hash_fn=lambda dna: dna.to_numbers()[0], max_duplicates=9), RICH, total,
    ),
    "Deduping(Sweeping)": (lambda s: Dedup(pg.geno.Sweeping()), FINITE, total),
    "Deduping(dna_generator)": (lambda s: Dedup(every_third()), FINITE, total),
    "Deduping(evolution)": (
        lambda s: Dedup(E.regularized_evolution(population_size=4, tournament_size=2, seed=s)), FLAT, total,
    ),
    "Deduping(evolution) with rewards": (
        lambda s: Dedup(E.hill_climb(batch_size=2, seed=s), auto_reward_fn=mean), FINITE, total,
    ),
    "Deduping(Deduping)": (lambda s: Dedup(Dedup(pg.geno.Random(s), max_duplicates=2)), FINITE, total),
    "regularized": (lambda s: E.regularized_evolution(population_size=6, tournament_size=3, seed=s), RICH, total),
    "hill_climb": (lambda s: E.hill_climb(batch_size=3, init_population_size=4, seed=s), RICH, total),
    "nsga2": (lambda s: E.nsga2(population_size=4, seed=s), RICH, two),
    "neat": (lambda s: E.neat(population_size=8, seed=s), RICH, total),
    "initialized by sweeping": (
        lambda s: E.Evolution(S.Random(2) >> M.Uniform(), (pg.geno.Sweeping(), 5), S.Last(8), seed=s), FINITE, total,
    ),
    "initialized until the end": (
        lambda s: E.Evolution(S.Random(2) >> M.Uniform(), every_third(), S.Last(8), seed=s), FINITE, total,
    ),
    "initialized by evolution": (
        lambda s: E.Evolution(S.Top(2) >> M.Uniform(), (E.hill_climb(), 6), S.Last(8), seed=s), RICH, total,
    ),
    "initialized by deduped evolution": (
        lambda s: E.Evolution(
            S.Top(2) >> M.Uniform(), (Dedup(E.hill_climb(), auto_reward_fn=mean), 6), S.Last(8), seed=s
        ), FINITE, total,
    ),
    "scheduled": (
        lambda s: E.Evolution(
            S.Random(pg.scalars.Uniform(1, 4)) >> M.Uniform().with_prob(pg.scalars.linear(40, 1.0, 0.1)) >> M.Swap(),
            (pg.geno.Random(), 6), S.Last(pg.scalars.StepWise([(10, 4), (10, 8)])), seed=s,
        ), RICH, total,
    ),
}  # fmt: skip
each = pytest.mark.parametrize("name", GENERATORS)


def go_on(generator, reward, count, events=None):
    """Up to `count` further proposals, each rewarded at once."""
    proposals = []
    for _ in range(count):
        try:
            dna = generator.propose()
        except StopIteration:
            break
        if events is not None:
            events.append((pg.to_json_str(dna), None))
        proposals.append(
            (dna.to_numbers(), {k: v for k, v in dna.metadata.items() if k != "reward"})
        )
        value = dna.metadata.get("reward")
        value = reward(dna) if value is None else value
        generator.feedback(dna, value)
        if events is not None:
            events.append((pg.to_json_str(dna), value))
    return proposals


def begun(make, spec, seed):
    random.seed()  # What else has been drawn in this process has no part in it.
    generator = make(seed)
    generator.setup(spec)
    return generator


def check(make, spec, reward, seed, cut, count=30):
    """The same run twice; then again from a point in its history, in each form that a history may have."""
    events = []
    whole = go_on(begun(make, spec, seed), reward, count, events)
    assert go_on(begun(make, spec, seed), reward, count) == whole
    cut = min(cut, len(whole))
    rest = whole[cut:]
    # As `recover` takes it, proposals as they were made.
    generator = begun(make, spec, seed)
    generator.recover(
        [(pg.from_json_str(events[2 * i][0]), events[2 * i + 1][1]) for i in range(cut)]
    )
    assert go_on(generator, reward, count - cut) == rest
    assert generator.num_proposals == generator.num_feedbacks == len(whole)
    # ... proposals with what was noted on them later.
    generator = begun(make, spec, seed)
    history = [(pg.from_json_str(dna), value) for dna, value in events[1 : 2 * cut : 2]]
    generator.recover(history)
    assert go_on(generator, reward, count - cut) == rest
    # As events: proposals one by one, rewards when they came.
    generator = begun(make, spec, seed)
    pending = None
    for text, value in events[: 2 * cut]:
        if value is None:
            pending = pg.from_json_str(text).use_spec(spec)
            generator.recover([(pending, None)])
        else:
            generator.feedback(pending, value)
    assert go_on(generator, reward, count - cut) == rest


@each
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10**6), cut=st.integers(0, 30))
def test_it_is_a_function_of_space_seed_and_history(name, seed, cut):
    make, spec, reward = GENERATORS[name]
    check(make, spec, reward, seed, cut)


@each
@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 10**6), cut=st.integers(0, 20))
def test_also_under_constraints_which_it_keeps(name, seed, cut):
    make, spec, reward = GENERATORS[name]
    spec = CONSTRAINED[spec]
    for numbers, _ in go_on(begun(make, spec, seed), reward, 30):
        spec.validate(pg.DNA.from_numbers(numbers, spec))
    check(make, spec, reward, seed, cut, count=20)


@each
def test_a_seed_given_from_outside_reaches_all_parts(name):
    make, spec, reward = GENERATORS[name]

    def run(seed):
        random.seed()
        generator = make(None)
        generator.use_seed(seed)
        generator.setup(spec)
        return go_on(generator, reward, 30)

    assert run(1) == run(1)
    if "Sweeping" not in name and "dna_generator" not in name:
        assert run(1) != run(2)


# -- operations that nobody chose ---------------------------------------------------------------
SEEDS = st.one_of(st.none(), st.integers(0, 5))
COUNTS = st.one_of(st.integers(1, 4), st.sampled_from([0.3, 1.0]))
LEAVES = st.one_of(
    st.tuples(st.sampled_from(["Random", "Top", "Bottom", "First", "Last"]), COUNTS, SEEDS),
    st.tuples(st.sampled_from(["Sample", "Proportional"]), COUNTS, SEEDS),
    st.tuples(st.sampled_from(["Identity", "Uniform", "Swap", "Leaves"]), st.none(), SEEDS),
    st.tuples(
        st.sampled_from(["R.Uniform", "R.Sample", "R.KPoint", "R.PMX", "R.Order", "R.Cycle", "R.Average"]),
        st.integers(1, 3),
        SEEDS,
    ),
)  # fmt: skip


def grown(children):
    return st.one_of(
        st.tuples(
            st.sampled_from([">>", "+", "|", "&", "-", "^", "**", "*", "if"]), children, children
        ),
        st.tuples(
            st.sampled_from(["[]", "[:]", "~", "prob", "change", "each", "state"]), children, SEEDS
        ),
    )


OPERATIONS = st.recursive(LEAVES, grown, max_leaves=5)


def build(tree):
    kind, a, b = tree
    made = LEAF.get(kind)
    if made is not None:
        return made(a, b)
    left = build(a)
    return UNARY[kind](left, b) if kind in UNARY else BINARY[kind](left, build(b))


def pair(make):
    """A recombinator of two parents, which are drawn."""
    return lambda n, seed: S.Random(2, replacement=True, seed=seed) >> make(n, seed)


LEAF = {
    "Random": lambda n, seed: S.Random(n, seed=seed),
    "Top": lambda n, seed: S.Top(n, key=total),  # Children have no fitness yet.
    "Bottom": lambda n, seed: S.Bottom(n, key=total),
    "First": lambda n, seed: S.First(n),
    "Last": lambda n, seed: S.Last(n),
    "Sample": lambda n, seed: S.Sample(n, weights, seed=seed),
    "Proportional": lambda n, seed: S.Proportional(n, weights),
    "Identity": lambda n, seed: E.Identity(),
    "Uniform": lambda n, seed: S.Last(2) >> M.Uniform(seed=seed),
    "Leaves": lambda n, seed: S.Last(2) >> M.Uniform(where=lambda dna: dna.is_leaf, seed=seed),
    "Swap": lambda n, seed: S.Last(2) >> M.Swap(seed=seed),
    "R.Uniform": lambda n, seed: S.Last(n) >> R.Uniform(where=W.Any(2, seed=seed), seed=seed),
    "R.Sample": lambda n, seed: S.Last(n) >> R.Sample(weights, seed=seed),
    "R.KPoint": pair(lambda n, seed: R.KPoint(n, seed=seed)),
    "R.PMX": pair(lambda n, seed: R.PartiallyMapped(seed=seed)),
    "R.Order": pair(lambda n, seed: R.Order(seed=seed)),
    "R.Cycle": pair(lambda n, seed: R.Cycle(seed=seed)),
    "R.Average": lambda n, seed: S.Last(n) >> R.Average(),
}
UNARY = {
    "[]": lambda op, seed: (op | S.Last(1))[-1],
    "[:]": lambda op, seed: op[:2],
    "~": lambda op, seed: ~op,
    "prob": lambda op, seed: op.with_prob(0.5, seed=seed),
    "change": lambda op, seed: op.until_change(max_attempts=2),
    "each": lambda op, seed: op.for_each(lambda dna: dna),
    "state": lambda op, seed: op.as_global_state("kept") + E.GlobalStateGetter("kept"),
}
BINARY = {
    ">>": lambda a, b: a >> (E.Identity()[:6] >> b).if_true(bool),
    "+": lambda a, b: a + b,
    "|": lambda a, b: a | b,
    "&": lambda a, b: a & b,
    "-": lambda a, b: a - b,
    "^": lambda a, b: a ^ b,
    "**": lambda a, b: (a >> E.Identity()[:4]).if_true(bool) ** 2 + b,
    "*": lambda a, b: a * pg.scalars.StepWise([(15, 1), (15, 2)]) + b,
    "if": lambda a, b: E.Conditional(lambda inputs, step: step % 3 == 0, a, b),
}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    tree=OPERATIONS,
    update=st.sampled_from(["Last", "Top", "Random", "First"]),
    seed=st.integers(0, 10**6),
    cut=st.integers(0, 24),
)
def test_so_are_operations_composed_at_will(tree, update, seed, cut):
    def make(seed):
        return E.Evolution(
            (build(tree)[:3] | S.Last(1)) >> M.Uniform(),
            (pg.geno.Random(), 5),
            E.Lambda(lambda x: x) >> LEAF[update](6, None),
            seed=seed,
        )

    check(make, RICH, total, seed, cut, count=24)


def test_saved_operations_go_on_as_they_would_have():
    """An algorithm written to a file, read, and recovered."""
    make = GENERATORS["regularized"][0]
    events = []
    whole = go_on(begun(make, RICH, 4), total, 30, events)
    again = pg.from_json_str(pg.to_json_str(make(4)))
    again.setup(RICH)
    again.recover([(pg.from_json_str(d), v) for d, v in events[1:24:2]])
    assert go_on(again, total, 18) == whole[12:]
