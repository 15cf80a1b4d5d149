"""Declared constraints: forbidden combinations of decisions, honoured by every generator."""

import copy
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import polygraft as pg
from polygraft import geno

E = pg.evolution


def different(a, b):
    return a != b


@pytest.fixture
def space():
    return pg.Dict(
        optimizer=pg.oneof(["sgd", "adam"], name="optimizer"),
        rate=pg.floatv(0.0, 1.0, name="rate"),
        net=pg.oneof([pg.Dict(k=pg.oneof([1, 2], name="k")), "none"], name="net"),
    )


def slow_adam(optimizer, rate):
    return optimizer != "adam" or rate < 0.1


def allowed(program):
    return slow_adam(program.optimizer, program.rate) and (
        program.net == "none" or program.net.k == 2
    )


@pytest.fixture
def constrained(space):
    return pg.constrained(
        space,
        pg.constraint("optimizer", "rate", slow_adam),
        pg.constraint("k", lambda k: k in (2, None), label="only_2"),
        lambda program: program.rate > 0.01,
    )


def algorithms(seed):
    uniform, top = E.mutators.Uniform(), E.selectors.Top(2)
    yield pg.geno.Random(seed)
    yield pg.geno.Deduping(pg.geno.Random(seed))
    yield E.regularized_evolution(population_size=10, tournament_size=5, seed=seed)
    yield E.hill_climb(batch_size=2, seed=seed)
    yield E.nsga2(population_size=10, seed=seed)
    yield E.neat(population_size=10, seed=seed)
    init = (pg.geno.Random(seed), 10)
    for recombinator in (
        E.recombinators.Uniform(),
        E.recombinators.Sample(lambda parents: [1.0, 2.0]),
        E.recombinators.Average(),
        E.recombinators.KPoint(1),
    ):
        yield E.Evolution(top >> recombinator >> uniform, init, seed=seed)
        yield E.Evolution(E.selectors.Random(2) >> recombinator, init, seed=seed)


@pytest.mark.parametrize("i", range(14))
def test_every_generator_keeps_to_the_constraints(constrained, i):
    algorithm = list(algorithms(seed=1))[i]
    count = 0
    metrics = ["high", "low"] if algorithm.multi_objective else None
    for program, feedback in pg.sample(constrained, algorithm, 60, metrics_to_optimize=metrics):
        assert allowed(program)
        assert program.rate > 0.01
        reward = program.rate + (program.net == "none")
        feedback((reward, -reward) if algorithm.multi_objective else reward)
        count += 1
    assert count == 60


def test_custom_operations_need_not_know(constrained):
    draw = E.Lambda(
        lambda population: [
            pg.DNA([r.randrange(2), r.random(), 1]) for r in [random.Random(len(population))]
        ]
    )
    algorithm = E.Evolution(
        draw + (E.selectors.Last(1) >> E.mutators.Uniform()), (pg.geno.Random(1), 5), seed=1
    )
    for program, feedback in pg.sample(constrained, algorithm, 40):
        assert allowed(program)
        feedback(program.rate)


@given(st.integers(0, 2**32))
def test_same_seed_same_programs(seed):
    space = pg.constrained(pg.List([pg.intv(1, 9), pg.intv(1, 9)]), lambda x: x[0] < x[1])
    first = list(pg.random_sample(space, 5, seed=seed))
    assert first == list(pg.random_sample(space, 5, seed=seed))
    assert all(a < b for a, b in first)


def test_allowed_draws_are_those_of_the_free_space():
    free = pg.List([pg.intv(1, 9), pg.intv(1, 9)])
    drawn = [x for x in pg.random_sample(free, 200, seed=1) if x[0] < x[1]]
    space = pg.constrained(free, lambda x: x[0] < x[1])
    assert list(pg.random_sample(space, len(drawn), seed=1)) == drawn


def test_sweeping_gives_exactly_what_is_allowed():
    values = range(4)
    free = pg.Dict({f"x{i}": pg.oneof(values, name=f"x{i}") for i in range(3)})
    space = pg.constrained(
        free, pg.constraint("x0", "x1", different), pg.forbid(x2=3), lambda p: p.x0 < 3
    )
    expected = [p for p in pg.iter(free) if p.x0 != p.x1 and p.x2 != 3 and p.x0 < 3]
    assert list(pg.iter(space)) == expected


def test_sweeping_jumps_over_what_begins_alike():
    calls = 0

    def equal(a, b):
        nonlocal calls
        calls += 1
        return a == b

    space = pg.Dict({f"x{i}": pg.oneof(range(5), name=f"x{i}") for i in range(40)})
    space = pg.constrained(space, pg.constraint("x0", "x1", equal), pg.forbid(x0=0))
    assert next(pg.iter(space)).x0 == 1
    assert calls < 20


def test_sweeping_a_grid_of_floats():
    space = pg.Dict(x=pg.floatv(0.0, 1.0, name="x"), y=pg.floatv(0.0, 1.0, name="y"))
    space = pg.constrained(space, pg.constraint("x", "y", lambda x, y: x + y == 1.0))
    found = [(p.x, p.y) for p in pg.iter(space, algorithm=pg.geno.Sweeping(num_points=3))]
    assert found == [(0.0, 1.0), (0.5, 0.5), (1.0, 0.0)]


@st.composite
def conditional(draw):
    """A space with conditional and multiple choices, all of them named."""
    names = iter("abcdefghijklmnop")

    def choice(depth):
        candidates = [
            choice(depth - 1) if depth and draw(st.booleans()) else i
            for i in range(draw(st.integers(1, 3)))
        ]
        name = next(names)
        if draw(st.booleans()):
            return pg.manyof(
                2, candidates, distinct=len(candidates) > 1, sorted=draw(st.booleans()), name=name
            )
        return pg.oneof(candidates, name=name)

    return pg.List([choice(1) for _ in range(draw(st.integers(1, 3)))])


@given(conditional(), st.data())
def test_jumps_lose_nothing(space, data):
    """Constraints by names allow what they allow when every program is looked at."""
    spec = pg.dna_spec(space)
    names = data.draw(
        st.lists(st.sampled_from(sorted(spec.named_decision_points)), min_size=1, max_size=3)
    )
    salt = data.draw(st.integers(0, 100))

    def some(*values):
        return hash((salt, str(values))) % 3 > 0

    constrained = pg.dna_spec(pg.constrained(space, pg.constraint(*names, some)))
    rule = constrained.plan.rule
    dnas = list(spec.iter_dna())
    expected = [d for d in dnas if rule.refusal(constrained.plan, d.numbers) is None]
    if not expected:
        with pytest.raises(pg.InfeasibleError):
            constrained.first_dna()
        return
    assert list(constrained.iter_dna()) == expected
    assert constrained.random_dna(random.Random(1)) in expected


def test_functions_see_what_choices_stand_for():
    seen = []

    def note(*values):
        seen.append(values)
        return True

    space = pg.Dict(
        a=pg.oneof(["x", pg.Dict(b=pg.intv(1, 2, name="b"))], name="a"),
        m=pg.manyof(2, ["u", "v", "w"], name="m"),
    )
    t = pg.constrained(space, pg.constraint("a", "b", "m", "m[0]", note))
    spec = pg.dna_spec(t)
    seen.clear()
    pg.DNA([(1, 2), [2, 0]], spec=spec)
    pg.DNA([0, [0, 1]], spec=spec)
    assert seen == [({"b": 2}, 2, ["w", "u"], "w"), ("x", None, ["u", "v"], "u")]


def test_forbidden_decisions_are_refused_everywhere(constrained):
    spec = pg.dna_spec(constrained)
    bad = pg.DNA([1, 0.5, 1])
    words = (
        r"The decisions \[1, 0.5, 1\] are forbidden by constraint 'slow_adam\(optimizer, rate\)'."
    )
    program = pg.Dict(optimizer="adam", rate=0.5, net="none")
    for refuse in (
        lambda: spec.validate(bad),
        lambda: bad.use_spec(spec),
        lambda: pg.DNA.from_numbers([1, 0.5, 1], spec),
        lambda: pg.DNA.from_dict({"optimizer": 1, "rate": 0.5, "net": 1}, spec),
        lambda: constrained.decode(bad),
        lambda: constrained.encode(program),
        lambda: pg.materialize(constrained, {"optimizer": 1, "rate": 0.5, "net": 1}),
        lambda: spec.next_dna(bad),
    ):
        with pytest.raises(pg.InfeasibleError, match=words):
            refuse()
    assert bad.spec is None
    assert constrained.try_encode(program) == (False, None)


def test_genotype_of_the_free_space_is_looked_at(space, constrained):
    bound = pg.DNA([1, 0.5, 1], spec=pg.dna_spec(space))
    pg.template(space).decode(bound)
    with pytest.raises(pg.InfeasibleError):
        constrained.decode(bound)


def test_nothing_feasible_says_which_constraint_refused_most(space):
    space = pg.constrained(
        space,
        pg.constraint("rate", lambda rate: rate > 0.5, label="fast"),
        lambda program: False,
        max_tries=100,
    )
    with pytest.raises(pg.InfeasibleError) as e:
        next(pg.random_sample(space, seed=1))
    assert e.value.tries == 100
    assert sum(e.value.refusals.values()) == 100
    assert set(e.value.refusals) == {"fast", "<lambda>"}
    assert "found in 100 tries, of which '<lambda>' refused" in str(e.value)
    assert "'fast' refused" in str(e.value)


@pytest.mark.parametrize("run", [pg.iter, pg.random_sample])
def test_nothing_feasible_in_a_small_space_is_known_for_sure(run):
    space = pg.constrained(pg.Dict(a=pg.oneof("ab"), b=pg.oneof("ab")), lambda p: False)
    with pytest.raises(pg.InfeasibleError, match="The constraints forbid every point of the space"):
        next(run(space))


def test_rare_point_is_found_by_random_draws_too():
    space = pg.List([pg.oneof(range(10))] * 4)
    space = pg.constrained(space, lambda x: list(x) == [0, 3, 4, 5], max_tries=2000)
    assert next(pg.random_sample(space, seed=1)) == [0, 3, 4, 5]


def test_what_is_allowed_may_be_several_mutations_away():
    space = pg.constrained(pg.List([pg.intv(0, 4), pg.intv(0, 4)]), lambda x: x[0] == x[1])
    spec = pg.dna_spec(space)
    mutator = E.mutators.Uniform(seed=1)
    dna, seen = spec.first_dna(), set()
    for _ in range(60):
        (dna,) = mutator([dna])
        seen.add(tuple(dna.numbers))
    assert len(seen) > 2
    assert all(a == b for a, b in seen)


def test_isolated_point_mutates_to_itself():
    space = pg.constrained(pg.List([pg.intv(0, 99), pg.intv(0, 99)]), lambda x: list(x) == [0, 0])
    dna = pg.dna_spec(space).first_dna()
    assert E.mutators.Uniform(seed=1)([dna]) == [dna]


def test_recombination_without_an_allowed_child_gives_the_parents():
    space = pg.constrained(pg.List([pg.oneof("ab"), pg.oneof("ab")]), lambda x: x[0] == x[1])
    spec = pg.dna_spec(space)
    parents = [pg.DNA([0, 0], spec=spec), pg.DNA([1, 1], spec=spec)]
    children = E.recombinators.KPoint(1, seed=1)(parents)
    assert children == parents
    assert all(c is not p for c, p in zip(children, parents, strict=True))


def test_reproduction_that_never_gives_an_allowed_child_ends_with_an_error(constrained):
    bad = E.Lambda(lambda population: [pg.DNA([1, 0.5, 1])])
    algorithm = E.Evolution(bad, (pg.geno.Random(1), 2), seed=1)
    with pytest.raises(pg.InfeasibleError, match="Reproduction gave no child"):
        for program, feedback in pg.sample(constrained, algorithm, 10):
            feedback(program.rate)


def test_size_is_unknown_and_bounded():
    spec = pg.dna_spec(pg.constrained(pg.List([pg.oneof("ab")] * 3), lambda x: x[0] == "a"))
    assert (spec.space_size, spec.max_space_size) == (-1, 8)


def test_printed_with_the_space():
    t = pg.constrained(pg.Dict(a=pg.oneof([1], name="a")), pg.forbid(a=2))
    assert repr(pg.dna_spec(t)).endswith("\n}, constraints=[forbid(a=2)])")
    assert repr(t).endswith(", constraints=[forbid(a=2)])")


def test_spaces_differ_by_their_constraints():
    free = pg.Dict(a=pg.oneof([1, 2], name="a"))
    one, two, other = (pg.dna_spec(pg.constrained(free, pg.forbid(a=v))) for v in (2, 2, 1))
    assert one.sym_eq(two)
    assert one.sym_hash() == two.sym_hash()
    assert one.sym_ne(other)
    assert one.sym_ne(pg.dna_spec(free))
    algorithm = pg.geno.Random(1)
    algorithm.setup(one)
    with pytest.raises(ValueError, match="has been set up with a different DNASpec"):
        next(pg.iter(free, algorithm=algorithm))


def test_constraints_are_compared_by_what_they_do():
    free = pg.Dict(a=pg.oneof([1, 2], name="a"))
    limits = [2, 2, 3]
    programs = [pg.dna_spec(pg.constrained(free, lambda p, n=n: p.a < n)) for n in limits]
    named = [
        pg.dna_spec(pg.constrained(free, pg.constraint("a", lambda a, n=n: a < n))) for n in limits
    ]
    for same, equal, other in (programs, named):
        assert same.sym_eq(equal)
        assert same.sym_ne(other)
    t = pg.constrained(free, lambda p: p.a == 1)
    with pytest.raises(pg.InfeasibleError):
        t.decode(pg.DNA(1, spec=pg.dna_spec(pg.constrained(free, lambda p: p.a == 2))))


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda spec: spec.clone()])
def test_copies_of_specs_keep_constraints(constrained, copied):
    spec = copied(pg.dna_spec(constrained))
    assert len(spec.constraints) == 3
    with pytest.raises(pg.InfeasibleError):
        spec.validate(pg.DNA([1, 0.5, 1]))


def test_constraints_add_up(space):
    once = pg.constrained(space, pg.forbid(optimizer="adam"))
    twice = pg.constrained(once, lambda program: program.rate < 0.5)
    assert [c.label for c in twice.constraints] == ["forbid(optimizer='adam')", "<lambda>"]
    for program in pg.random_sample(twice, 20, seed=1):
        assert program.optimizer == "sgd"
        assert program.rate < 0.5


def test_where_keeps_constraints():
    space = pg.Dict(a=pg.oneof([1, 2], name="a"), b=pg.oneof([1, 2], hints="later"))
    t = pg.constrained(space, pg.forbid(a=1))
    found = [p.a for p in pg.iter(t, where=lambda p: p.hints is None)]
    assert found == [2]


def _on_a_candidate(space):
    one = geno.Space([geno.floatv(0, 1)], constraints=[pg.forbid({"": 1.0})])
    return geno.oneof([one])


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (
            lambda s: pg.constrained(s, pg.forbid(zz=1)),
            ValueError,
            "names 'zz', which is neither the name nor the id of a decision. There are: ",
        ),
        (
            lambda s: pg.constrained(s, 1),
            TypeError,
            "A constraint must be callable. Encountered: 1.",
        ),
        (lambda s: pg.constraint(lambda: True), ValueError, "must name at least one"),
        (
            lambda s: pg.constrained(s, lambda p: True, max_tries=0),
            ValueError,
            "(path=max_tries)",
        ),
        (_on_a_candidate, ValueError, "Constraints are declared on the whole space"),
    ],
)
def test_bad_declarations(space, make, error, words):
    with pytest.raises(error) as e:
        make(space)
    assert words in str(e.value)


def test_error_of_the_users_function_is_kept_and_says_where():
    space = pg.constrained(
        pg.Dict(a=pg.oneof([0, 1], name="a")), pg.constraint("a", lambda a: 1 / a)
    )
    with pytest.raises(ZeroDivisionError) as e:
        next(pg.iter(space))
    assert "In constraint '<lambda>(a)', called with (0,)" in e.value.__notes__[0]


def test_renaming_a_decision_that_a_constraint_names_is_refused():
    spec = pg.dna_spec(pg.constrained(pg.Dict(x=pg.oneof([0, 1], name="a")), pg.forbid(a=1)))
    with pytest.raises(ValueError, match="names 'a'"):
        spec["a"].rebind(name="b")
    assert spec["a"].name == "a"
    assert list(spec.iter_dna()) == [pg.DNA(0)]


def test_decorator():
    @pg.constraint("a", "b")
    def ordered(a, b):
        return a < b

    space = pg.Dict(a=pg.intv(1, 3, name="a"), b=pg.intv(1, 3, name="b"))
    programs = [(p.a, p.b) for p in pg.iter(pg.constrained(space, ordered))]
    assert programs == [(1, 2), (1, 3), (2, 3)]
    assert ordered.label == "ordered(a, b)"


@pytest.mark.parametrize("kind", ["random", "evolution", "sweeping"])
def test_resumed_search_goes_on_as_the_uninterrupted_one(kind):
    free = pg.List([pg.intv(0, 9), pg.intv(0, 9)])
    spec = pg.dna_spec(pg.constrained(free, lambda x: x[0] + x[1] > 5))

    def begun():
        algorithm = {
            "random": lambda: pg.geno.Random(3),
            "evolution": lambda: E.regularized_evolution(None, 6, 3, seed=3),
            "sweeping": pg.geno.Sweeping,
        }[kind]()
        algorithm.setup(spec)
        return algorithm

    def run(algorithm, count):
        done = []
        for _ in range(count):
            dna = algorithm.propose()
            algorithm.feedback(dna, float(sum(dna.numbers)))
            done.append((dna, float(sum(dna.numbers))))
        return done

    whole = run(begun(), 30)
    resumed = begun()
    resumed.recover(run(begun(), 17))
    assert [d for d, _ in run(resumed, 13)] == [d for d, _ in whole[17:]]


def test_no_bias_among_allowed_points():
    space = pg.constrained(pg.List([pg.intv(0, 2), pg.intv(0, 2)]), lambda x: x[0] != x[1])
    counts = Counter(tuple(x) for x in pg.random_sample(space, 3000, seed=1))
    assert len(counts) == 6
    assert all(400 < n < 600 for n in counts.values())
