"""The same spaces, genotypes and programs, here and in PyGlove 0.4.5: the same answers, but for what the note lists."""

# ruff: noqa: E501

import ast
import pathlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.hyper.differential import worker
from tests.hyper.differential.differences import DIFFERENCES, differing, explained
from tests.hyper.differential.expressions import EXPRESSIONS, GENOTYPES, PROGRAMS, SPECS
from tests.pyglove_process import answering, needs_pyglove

ROOT = pathlib.Path(__file__).parents[3]
OURS = worker.names("polygraft")


@pytest.fixture(scope="module")
def pyglove():
    """Answers one request."""
    with answering(worker.__file__) as answer:
        yield answer


def agree(pyglove, kind, expression):
    ours, theirs = worker.answers([kind, expression], OURS), pyglove([kind, expression])
    for question, a, b in differing(ours, theirs):
        assert explained(question, expression, a, b), (
            f"{kind}, {question}: {expression}\n  {a}\n  {b}"
        )


@needs_pyglove
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@pytest.mark.parametrize("kind", EXPRESSIONS)
def test_answers_agree(kind, pyglove):
    # A genotype has a hundred questions.
    count = 15 if kind == "genotypes" else 40

    @settings(max_examples=count, suppress_health_check=[HealthCheck.too_slow])
    @given(EXPRESSIONS[kind])
    def check(expression):
        agree(pyglove, kind, expression)

    check()


@needs_pyglove
@pytest.mark.parametrize(
    "expression",
    [
        "[*pg.random_sample(pg.oneof([0, 1]), 3, seed=123)]",
        "pg.materialize(pg.Dict(a=pg.manyof(2, [1, 2, 3], name='q')), {'q': [0, 2]})",
        "pg.materialize(pg.Dict(a=pg.oneof([1, 'b'])), {'a': \"'b'\"})",
        "pg.materialize(pg.Dict(a=pg.oneof([1, 'b'])), {'a': '1/2'})",
        "pg.materialize(pg.Dict(a=pg.oneof([1, 'b'])), 1)",
        "next(pg.iter(1))",
        "next(pg.iter(pg.Dict(a=pg.oneof([1, 2])), where=lambda p: False))",
        "DNA([0, 1]) < DNA(0)",
        "sorted([DNA('a'), DNA(1), DNA(None), DNA(0.5), DNA([0, 1])])",
        "DNA(0) < 0",
        "DNA([1, 2], [DNA(1)])",
        "DNA(ValueError())",
        "DNA((1,))",
        "DNA(([1, 2], 3))",
        "(DNA([7]) == DNA(7), DNA([[7]]) == DNA(7), DNA(3, [DNA(None, [DNA(1), DNA(2)])]) == DNA((3, [1, 2])))",
        "(1 in DNA([1, 2]), DNA(1) in DNA([1, 2]))",
        "(1, 2) in DNA([1, 2])",
        "DNA([0, 1])['a']",
        "DNA([0, 1]).to_dict()",
        "DNA(0, spec=G.oneof([G.constant()])).to_dict('foo')",
        "DNA(0, spec=G.oneof([G.constant()])).to_dict(value_type='foo')",
        "DNA(0, spec=G.oneof([G.constant()])).to_dict(multi_choice_key='foo')",
        "DNA(0).use_spec(1)",
        "DNA.from_fn(1, print)",
        "G.oneof([G.constant()] * 2, ['a', 'b']).candidate_index('1/2 (a)')",
        "G.oneof([G.constant()] * 2, ['a', 'b']).candidate_index('2/2')",
        "G.oneof([G.constant()] * 2, ['a', 'b']).candidate_index('c')",
        "G.oneof([G.constant()] * 2, ['a', 'b']).candidate_index(None)",
        "G.oneof([G.constant()] * 2, ['a', 'b']).format_candidate(0, 'foo')",
        "[G.oneof([G.constant()] * 2, ['a', 'b']).format_candidate(1, f) for f in ('choice', 'literal', 'choice_and_literal')]",
        "G.manyof(3, [G.constant()])",
        "G.manyof(0, [G.constant()])",
        "G.oneof([])",
        "G.oneof([G.constant()], ['a', 'b'])",
        "G.floatv(1, 0)",
        "G.floatv(0, 1, 'log')",
        "G.floatv(0, 1, 'foo')",
        "G.custom('A').next_dna()",
        "G.custom().random_dna()",
        "G.floatv(0, 1).next_dna(DNA(0.5))",
        "[G.Random(seed=1), G.Sweeping()]",
        "(lambda g: (g.setup(G.Space([G.oneof([G.constant()] * 5), G.floatv(0, 1)])), [g.propose() for _ in range(3)]))(G.Random(seed=1))",
        "(lambda g: (g.setup(G.manyof(2, [G.constant()] * 3)), list(g)))(G.Sweeping())",
        "(lambda g: (g.setup(G.manyof(2, [G.constant()] * 3)), len(list(g))))(G.Deduping(G.Random(seed=1)))",
        "pg.oneof([])",
        "pg.manyof(3, [1, 2])",
        "pg.floatv(1.0, 0.0)",
        "pg.floatv(0.0, 1.0, 'log')",
        "Layer(pg.oneof([1, 'a']))",
        "Layer(pg.oneof([1, None]))",
        "Layer(1, tags=pg.manyof(2, ['a', 'b']))",
        "Layer(1, tags=pg.manyof(2, ['a', 1]))",
        "Layer(pg.floatv(0.0, 1.0))",
        "pg.typing.Float(min_value=0.5).apply(pg.floatv(0.0, 1.0))",
        "pg.typing.Int().apply(pg.manyof(1, [1]))",
        "pg.Dict(a=pg.oneof([1, 2])).a()",
        "list(pg.iter(Layer(pg.oneof([1, 2]), pg.oneof([0.5, 1.0]))))",
        "list(pg.iter(pg.Dict(a=pg.oneof([1, 2]), b=H.reference('a'))))",
        "pg.Dict(a=1, b=H.reference('a')).b.resolve()",
        "H.ValueReference([])",
        "[pg.evolve(pg.List([1, 2]), lambda l, v, p: 5).mutate(pg.List([1, 2]), random.Random(i)) for i in range(20)]",
        "[(p.mutation_type.value, str(p.location), p.old_value) for p in pg.evolve(pg.List([1]), print).mutation_points_and_weights(pg.Dict(a=pg.List([1, Pair(2)])))[0]]",
    ],
)  # fmt: skip
def test_single_answers_agree(expression, pyglove):
    agree(pyglove, "plain", expression)


#: Names of types in files: ours, and those that PyGlove reads.
NAMES = {
    "polygraft.geno.DNA": "pyglove.core.geno.base.DNA",
    "polygraft.hyper.OneOf": "hyper.OneOf",
    "polygraft.hyper.ManyOf": "hyper.ManyOf",
    "polygraft.hyper.Float": "hyper.Float",
}
FILES = st.one_of(
    SPECS.filter(lambda e: "next_word" not in e),
    GENOTYPES.filter(lambda e: "random_word" in e or "custom" not in e).map(lambda e: f"{e}[1]"),
    PROGRAMS.filter(lambda e: "Word" not in e and "Pair" not in e and "int" not in e),
)


@needs_pyglove
@pytest.mark.parametrize("direction", ["theirs here", "ours there"])
def test_files_of_one_are_read_by_the_other(direction, pyglove):
    """JSON of programs with placeholders, of specs and of genotypes, names of types aside."""

    def ours(request):
        return worker.answers(request, OURS)

    write, read = (pyglove, ours) if direction == "theirs here" else (ours, pyglove)

    @settings(
        max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
    )
    @given(FILES)
    def check(expression):
        written = write(["written", expression])
        if "made" in written:  # It cannot be made.
            assert written["made"].startswith("ValueError")
            return
        text = bytes.fromhex(ast.literal_eval(written["file"])).decode()
        for name, other in NAMES.items() if direction == "ours there" else ():
            text = text.replace(f'"{name}"', f'"{other}"')
        assert read(["read", repr(text)])["text"] == written["text"]

    check()


def test_every_difference_is_in_the_note():
    note = (ROOT / "docs" / "design" / "0013-differences-search-spaces.md").read_text()
    for difference in DIFFERENCES:
        assert f"**{difference.title}.**" in note


@needs_pyglove
@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda d: d.title)
def test_every_difference_is_still_real(difference, pyglove):
    kind, question, expression = difference.example
    ours, theirs = worker.answers([kind, expression], OURS), pyglove([kind, expression])
    found = {q: (a, b) for q, a, b in differing(ours, theirs)}
    if kind == "plain":
        assert found
        return
    a, b = found[question]
    assert "NameError" not in a + b
    assert explained(question, expression, a, b) == difference.title
