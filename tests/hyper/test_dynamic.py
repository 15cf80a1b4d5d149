"""Define-by-run."""

import random
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

import polygraft as pg
from polygraft.hyper import DynamicEvaluationContext as Context
from polygraft.hyper import dynamic_evaluate, trace


def runs(fn, **kwargs):
    context = trace(fn, **kwargs)
    out = []
    for dna in context.dna_spec.iter_dna():
        with context.apply(dna):
            out.append(fn())
    return out


# -- dynamic_evaluate ------------------------------------------------------------------------------
def test_building_a_placeholder_gives_a_value():
    log = []
    with dynamic_evaluate(lambda p: 5, yield_value="y", exit_fn=lambda: log.append("exit")) as y:
        assert y == "y"
        assert pg.oneof([1, 2]) == 5
        assert pg.Dict(x=pg.floatv(0.0, 1.0)) == {"x": 5}
        assert (
            pg.from_json_str('{"_type": "hyper.OneOf", "num_choices": 1, "candidates": [1]}') == 5
        )
        with dynamic_evaluate(None):
            assert isinstance(pg.oneof([1]), pg.hyper.OneOf)
        assert pg.oneof([1, 2]) == 5
    assert log == ["exit"]
    assert isinstance(pg.oneof([1]), pg.hyper.OneOf)


def test_copies_are_no_new_placeholders():
    p = pg.Dict(x=pg.oneof([1, 2]))
    with dynamic_evaluate(lambda p: 5):
        assert isinstance(pg.clone(p).x, pg.hyper.OneOf)
        assert pg.template(p).decode(pg.DNA(1)) == {"x": 2}


def test_exit_function_is_for_normal_exits():
    log = []
    with pytest.raises(KeyError), dynamic_evaluate(lambda p: 5, exit_fn=lambda: log.append(1)):
        raise KeyError
    assert log == []
    assert isinstance(pg.oneof([1]), pg.hyper.OneOf)


def test_bad_functions():
    with (
        pytest.raises(
            ValueError,
            match=r"'evaluate_fn' must be either None or a callable object. Encountered: 1.",
        ),
        dynamic_evaluate(1),
    ):
        pass
    with (
        pytest.raises(ValueError, match=r"'exit_fn' must be a callable object. Encountered: 1."),
        dynamic_evaluate(None, exit_fn=1),
    ):
        pass


# -- collect and apply -----------------------------------------------------------------------------
def test_first_values():
    context = Context()
    with context.collect() as found:
        assert pg.oneof([1, 2]) == 1
        assert pg.manyof(2, [1, 2, 3], name="m") == [1, 2]
        assert pg.manyof(2, [1, 2, 3], distinct=False) == [1, 1]
        assert pg.floatv(0.5, 1.0) == 0.5
        assert pg.intv(3, 9) == 3
    assert list(found) == ["decision_0", "m", "decision_1", "decision_2", "decision_3"]
    assert type(found) is dict
    assert found == context.hyper_dict
    assert context.dna_spec.decision_ids == list(found)


def test_branches_are_conditional():
    def fn():
        return (
            pg.oneof([lambda: (pg.oneof([1, 2]), pg.oneof([3, 4])), 3, lambda: 7]),
            pg.oneof("ab"),
        )

    assert runs(fn) == [
        (x, y) for x in ((1, 3), (1, 4), (2, 3), (2, 4), 3, 7) for y in "ab"
    ]  # fmt: skip
    assert trace(fn).dna_spec.space_size == 12
    assert repr(trace(fn).dna_spec[0].candidates[0]) == (
        "Space({\n  0 = 'decision_1': Choices(num_choices=1, [\n    (0): 1\n    (1): 2\n  ])\n"
        "  1 = 'decision_2': Choices(num_choices=1, [\n    (0): 3\n    (1): 4\n  ])\n})"
    )


def test_choices_of_several():
    def fn():
        return pg.manyof(2, [lambda: pg.oneof([1, 2]), 3, 4])

    found = runs(fn)
    assert [list(x) for x in found[:4]] == [[1, 3], [1, 4], [2, 3], [2, 4]]
    assert all(isinstance(x, pg.List) for x in found)
    assert runs(lambda: pg.manyof(1, [5, 6])) == [[5], [6]]


def test_candidates_built_eagerly_are_decisions_of_their_own():
    def fn():
        return pg.oneof([pg.oneof([8, 9]), 2])

    assert runs(fn) == [8, 2, 9, 2]
    assert list(trace(fn).hyper_dict) == ["decision_0", "decision_1"]


def test_functions_with_parameters_are_plain_candidates():
    def fn():
        return pg.oneof([lambda x: x, dict])

    assert [f.__name__ for f in runs(fn)] == ["<lambda>", "dict"]


def test_the_same_name_is_the_same_decision():
    def fn():
        return (pg.oneof([1, 2], name="a"), pg.oneof([1, 2], name="a"), pg.oneof([5, 6]))

    assert runs(fn) == [(1, 1, 5), (1, 1, 6), (2, 2, 5), (2, 2, 6)]


def test_a_branch_that_is_taken_twice_decides_twice():
    def fn():
        a = lambda: pg.oneof([1, 2], name="x")  # noqa: E731
        return pg.manyof(2, [a, 3], name="m", distinct=False)

    expected = [[1, 1], [1, 2], [1, 3], [2, 1], [2, 2], [2, 3], [3, 1], [3, 2], [3, 3]]
    assert runs(fn) == expected
    assert runs(fn, require_hyper_name=True) == expected


def test_values_are_copies_of_candidates():
    def fn():
        return pg.oneof([pg.Dict(a=1), [1]])

    for value in runs(fn):
        assert value.sym_parent is None


def test_objects_of_the_users_classes():
    class Layer(pg.Object):
        units: int

    assert runs(lambda: Layer(pg.oneof([1, 2]))) == [Layer(1), Layer(2)]


@pytest.mark.parametrize(
    ("decisions", "words"),
    [
        ([1, 0.5, 0], "No decision is provided for ManyOf("),
        ([7, 0.5, 0, 1], "Expect int-type decision in range [0, 3) for choice 0 of OneOf("),
        ([1, 1, 0, 1], "Expect float-type decision for Float("),
        ([1, 0.5, 0, 1, 3], "Found extra decision values that are not used: [3]"),
        (5, "`decisions` should be a DNA or a list of numbers."),
        ((1, 0.5, 0, 1), "`decisions` should be a DNA or a list of numbers."),
    ],
)
def test_decisions_that_do_not_fit(decisions, words):
    def fn():
        return (pg.oneof([1, 2, 3], name="a"), pg.floatv(0.0, 1.0), pg.manyof(2, [1, 2, 3]))

    context = trace(fn)
    with pytest.raises(ValueError) as e, context.apply(decisions):
        fn()
    assert words in str(e.value)
    with context.apply([1, 0.5, 0, 2]):
        assert fn() == (2, 0.5, [1, 3])


def test_error_of_the_body_comes_first():
    context = trace(lambda: pg.oneof([1, 2]))
    with pytest.raises(KeyError), context.apply([1, 7]):
        raise KeyError


def test_by_name_in_any_order_any_number_of_times():
    def fn():
        return (
            pg.oneof([1, 2, 3], name="a"),
            pg.manyof(2, [1, 2, 3], name="m"),
            pg.oneof([lambda: pg.floatv(0.0, 1.0, name="f"), 1], name="o"),
        )

    def other_order():
        o = pg.oneof([lambda: pg.floatv(0.0, 1.0, name="f"), 1], name="o")
        a = pg.oneof([1, 2, 3], name="a")
        return o, a, pg.manyof(2, [1, 2, 3], name="m"), pg.oneof([1, 2, 3], name="a")

    context = trace(fn, require_hyper_name=True)
    for decisions, expected in (
        ([2, 0, 1, 0, 0.25], (0.25, 3, [1, 2], 3)),
        ([2, 0, 1, 1], (1, 3, [1, 2], 3)),
        (pg.DNA([2, [0, 1], 1]), (1, 3, [1, 2], 3)),
    ):
        with context.apply(decisions):
            assert other_order() == expected


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: pg.oneof([1], name="zz"), "is not defined during search space inspection (pg.hyper.DynamicEv"),
        (lambda: pg.oneof([1]), "'name' must be specified for hyper primitive"),
        (lambda: pg.oneof([1, 2], name="a"), "Found extra decision values that are not used. {'b': 1}"),
    ],
)  # fmt: skip
def test_names_that_do_not_fit(build, words):
    context = trace(
        lambda: (pg.oneof([1, 2], name="a"), pg.oneof([1, 2], name="b")), require_hyper_name=True
    )
    with pytest.raises(ValueError) as e, context.apply([0, 1]):
        build()
    assert words in str(e.value)


def test_collecting_what_clashes():
    with pytest.raises(
        ValueError, match="Found different hyper primitives under the same name 'a'"
    ):
        trace(lambda: (pg.oneof([1], name="a"), pg.oneof([2], name="a")))
    with pytest.raises(ValueError, match="'name' must be specified for hyper primitive"):
        trace(lambda: pg.oneof([1]), require_hyper_name=True)


def test_where_partitions_a_program_over_nested_contexts():
    def fn():
        return pg.oneof([1, 2], hints="a"), pg.oneof([3, 4], hints="b"), pg.floatv(0.0, 1.0)

    a, b = Context(where=lambda p: p.hints == "a"), Context(where=lambda p: p.hints != "a")
    with a.collect(), b.collect():
        assert fn() == (1, 3, 0.0)
    assert (len(a.dna_spec.elements), len(b.dna_spec.elements)) == (1, 2)
    with a.apply([1]), b.apply([1, 0.5]):
        assert fn() == (2, 4, 0.5)
    with a.apply([1]):
        values = fn()
    assert values[0] == 2
    assert isinstance(values[1], pg.hyper.OneOf)


def test_only_scopes_of_the_same_kind_take_over():
    a, b = Context(where=lambda p: p.hints == "a"), Context(where=lambda p: p.hints == "b")
    with a.collect():
        pg.oneof([1, 2], hints="a")
    with a.apply([1]):
        with b.collect() as found:
            assert isinstance(pg.oneof([1, 2], hints="a"), pg.hyper.OneOf)
        assert found == {}
        assert pg.oneof([1, 2], hints="a") == 2


def test_external_space():
    spec = pg.dna_spec(pg.Dict(a=pg.oneof([1, 2], name="a")))
    context = Context(dna_spec=spec)
    assert (context.is_external, context.hyper_dict, context.dna_spec) == (True, None, spec)
    with context.apply(pg.DNA(1)):
        assert pg.oneof([5, 6], name="a") == 6
    with (
        pytest.raises(ValueError, match="`collect` cannot be called on a dynamic evaluation"),
        context.collect(),
    ):
        pass


def test_by_hand():
    context = Context()
    choice = pg.oneof([1, 2])
    assert context.add_decision_point(choice) == 1
    assert context.add_decision_point(pg.floatv(0.0, 1.0, name="q")) == 0.0
    assert context.add_decision_point(pg.template(pg.Dict(a=1))) == {"a": 1}
    assert list(context.hyper_dict) == ["decision_0", "q"]
    with context.apply([1, 0.5]):
        assert context.evaluate(choice) == 2
        assert pg.floatv(0.0, 1.0, name="q") == 0.5
    with pytest.raises(
        ValueError, match=r"`evaluate` needs to be called under the `apply` context."
    ):
        context.evaluate(choice)


def test_threads():
    def in_thread(build):
        out = []
        thread = threading.Thread(target=lambda: out.append(build()))
        thread.start()
        thread.join()
        return out[0]

    shared, own = Context(per_thread=False), Context()
    with shared.collect() as found:
        assert in_thread(lambda: pg.oneof([1, 2])) == 1
    assert list(found) == ["decision_0"]
    with own.collect() as found:
        assert isinstance(in_thread(lambda: pg.oneof([1, 2])), pg.hyper.OneOf)
    assert found == {}
    assert (shared.per_thread, own.per_thread) == (False, True)


def test_threads_run_with_decisions_of_their_own():
    def fn():
        return [pg.oneof(range(100), name=f"x{i}") for i in range(20)]

    context = trace(fn)
    decisions = [[random.Random(seed).randrange(100) for _ in range(20)] for seed in range(4)]
    out = {}

    def work(i):
        for _ in range(20):
            with context.apply(decisions[i]):
                out.setdefault(i, []).append(fn())

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert out == {i: [decisions[i]] * 20 for i in range(4)}


@pytest.mark.parametrize("outer", [True, False])
def test_kinds_do_not_mix(outer):
    a, b = Context(per_thread=outer), Context(per_thread=not outer)
    with (
        pytest.raises(ValueError, match="must be either all per-thread or all process-wise"),
        a.collect(),
        b.collect(),
    ):
        pass


def test_constant_function():
    context = trace(lambda: 1)
    assert context.dna_spec.is_constant
    with context.apply([]):
        pass
    with pytest.raises(ValueError, match="'hyper_value' is a constant value"):
        next(pg.iter(context))


def test_custom_placeholders():
    class Letter(pg.hyper.CustomHyper):
        def custom_decode(self, dna):
            return dna.value.upper()

        def next_dna(self, dna=None):
            return pg.DNA("a") if dna is None else None

    context = trace(Letter)
    with context.apply(["x"]):
        assert Letter() == "X"
    with (
        pytest.raises(ValueError, match="Expect string-type decision for Letter"),
        context.apply([1]),
    ):
        Letter()


def test_loops():
    def fn():
        return pg.oneof([1, 2]) + pg.intv(0, 10, 10)

    context = trace(fn)
    examples = list(pg.iter(context))  # Bound one by one, however late they are used.
    out = []
    for example in examples:
        with example():
            out.append(fn())
    assert out == [1, 11, 2, 12]
    best = 0
    for example, feedback in pg.sample(context, pg.geno.Random(1), 10):
        with example():
            feedback(float(fn()))
        best = max(best, feedback.get_trial().final_measurement.reward)
    assert best == 12.0


@st.composite
def functions(draw, depth=2):
    """Programs by running: a function that builds placeholders, branches among them."""
    kinds = st.sampled_from(["one", "many", "int", "constant"])
    parts = []
    for _ in range(draw(st.integers(1, 2))):
        kind = draw(kinds)
        if kind == "int":
            parts.append(lambda: pg.intv(1, 2))
        elif kind == "constant":
            parts.append(lambda: 0)
        else:
            candidates = [
                draw(functions(depth - 1)) if depth and draw(st.booleans()) else i
                for i in range(draw(st.integers(1, 3)))
            ]
            if kind == "one":
                parts.append(lambda c=candidates: pg.oneof(c))
            else:
                k = draw(st.integers(1, min(2, len(candidates))))
                parts.append(lambda c=candidates, k=k: pg.manyof(k, c))
    return lambda: [part() for part in parts]


@given(functions(), st.integers(0, 1000))
def test_every_genotype_of_the_space_runs_the_function(fn, seed):
    context = trace(fn)
    spec = context.dna_spec
    for dna in (spec.first_dna(), spec.random_dna(random.Random(seed))):
        with context.apply(dna):
            first = fn()
        with context.apply(dna.to_numbers()):
            assert fn() == first
    with context.collect():
        collected = fn()
    with context.apply(spec.first_dna()):
        assert fn() == collected


def test_constraints():
    def fn():
        return pg.oneof([1, 2], name="a"), pg.oneof(
            [lambda: pg.oneof([3, 4], name="c"), 5], name="b"
        )

    context = trace(fn, constraints=[pg.constraint("a", "c", lambda a, c: c is None or a + c < 5)])
    out = []
    for example in pg.iter(context):
        with example():
            out.append(fn())
    assert out == [(1, 3), (1, 5), (2, 5)]
    with pytest.raises(TypeError, match="are an argument of the context"):
        pg.constrained(context, pg.forbid(a=1))
