"""Placeholders that users define."""

import random

import pytest

import polygraft as pg


class Words(pg.hyper.CustomHyper):
    """Comma-separated words."""

    separator: str = ","

    def custom_decode(self, dna):
        return dna.value.split(self.separator)


class Full(Words):
    def custom_encode(self, value):
        return pg.DNA(self.separator.join(value))

    def next_dna(self, dna=None):
        return pg.DNA("a") if dna is None else pg.DNA("b") if dna.value == "a" else None

    def random_dna(self, random_generator, previous_dna=None):
        last = "" if previous_dna is None else previous_dna.value
        return pg.DNA(last + random_generator.choice("xyz"))


def test_decodes_and_encodes_in_a_program():
    t = pg.template(pg.Dict(x=[Full(separator="-")], y=pg.oneof([1, Full()])))
    program = t.decode(pg.DNA(["a-b", (1, "c,d")]))
    assert program == {"x": [["a", "b"]], "y": ["c", "d"]}
    assert t.encode(program) == pg.DNA(["a-b", (1, "c,d")])


def test_spec():
    spec = pg.dna_spec(pg.Dict(x=Full(name="n", hints=3)))
    assert repr(spec) == (
        "Space({\n  0 = 'x': CustomDecisionPoint(hyper_type='Full', name='n', hints=3)\n})"
    )
    assert repr(Words().dna_spec()) == "CustomDecisionPoint(id='', hyper_type='Words')"


def test_sweeping_and_random():
    space = pg.Dict(x=Full(), y=pg.oneof([1, 2]))
    assert [(p.x, p.y) for p in pg.iter(space)] == [
        (["a"], 1), (["a"], 2), (["b"], 1), (["b"], 2),
    ]  # fmt: skip
    dna = pg.random_dna(pg.dna_spec(pg.Dict(x=Full())), random.Random(1))
    assert dna.value in "xyz"


def test_mutation_sees_the_previous_genome():
    dna = pg.DNA("x", spec=pg.dna_spec(pg.Dict(x=Full())))
    (child,) = pg.evolution.mutators.Uniform(seed=1)([dna])
    assert len(child.value) == 2
    assert child.value.startswith("x")


@pytest.mark.parametrize(
    ("act", "error", "words"),
    [
        (lambda w: w.decode(pg.DNA(1)), ValueError, "expects string type DNA. Encountered DNA(1)."),
        (lambda w: pg.template(pg.Dict(x=w)).decode(pg.DNA(1)), ValueError, "expects string type"),
        (lambda w: w.encode(["a"]), NotImplementedError, "'custom_encode' is not supported by 'Words'."),
        (lambda w: w.next_dna(), NotImplementedError, "`next_dna` is not implemented in f<class"),
        (lambda w: w.random_dna(random), NotImplementedError, "`random_dna` is not implemented in <class"),
        (lambda w: w.first_dna(), NotImplementedError, "must implement method `next_dna` to be used in dynamic"),
        (lambda w: next(pg.iter(pg.Dict(x=w))), NotImplementedError, "`next_dna` is not implemented"),
        (lambda w: next(pg.random_sample(pg.Dict(x=w))), NotImplementedError, "`random_dna` is not implemented"),
    ],
)  # fmt: skip
def test_what_is_not_implemented_says_so(act, error, words):
    with pytest.raises(error) as e:
        act(Words())
    assert words in str(e.value)


def test_decoding_must_be_implemented():
    class Nothing(pg.hyper.CustomHyper):
        pass

    with pytest.raises(TypeError, match="custom_decode"):
        Nothing()


def test_any_field_takes_it():
    class Layer(pg.Object):
        units: int

    space = Layer(Full())
    assert pg.template(space).decode(pg.DNA("a")).units == ["a"]


def test_constraints_see_what_it_decodes_to():
    space = pg.Dict(x=Full(name="x"))
    t = pg.constrained(space, pg.constraint("x", lambda words: words != ["a"]))
    assert list(pg.iter(t)) == [{"x": ["b"]}]
