"""Integers as decision points."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polygraft.geno import DNA, Float, Int, Space, intv, oneof
from polygraft.geno import Random as RandomGenerator
from polygraft.geno.numbers import conforms


@st.composite
def integers(draw, location=""):
    low = draw(st.integers(1, 20))
    return intv(
        low,
        low + draw(st.integers(0, 30)),
        draw(st.integers(1, 7)),
        draw(st.sampled_from([None, "linear", "log", "rlog"])),
        location=location,
    )


@given(integers("a"), integers("b"))
def test_enumeration_is_that_of_the_ranges_and_the_size_is_exact(a, b):
    spec = Space([a, b])
    expected = [
        [x, y]
        for x in range(a.min_value, a.max_value + 1, a.step)
        for y in range(b.min_value, b.max_value + 1, b.step)
    ]
    assert [d.to_numbers() for d in spec.iter_dna()] == expected
    assert spec.space_size == len(expected)


@given(integers(), st.integers(0, 2**32))
def test_draws_are_possible_values_and_take_one_number_of_the_generator(spec, seed):
    r = random.Random(seed)
    for _ in range(5):
        assert spec.random_dna(r).value in spec.values
    assert spec.random_dna(random.Random(seed)) == spec.random_dna(random.Random(seed))


@given(integers("a"), st.integers(0, 2**32))
def test_forms_of_a_genotype_agree(spec, seed):
    dna = spec.random_dna(random.Random(seed))
    assert DNA.from_numbers(dna.to_numbers(), spec) == dna
    assert DNA.from_dict(dna.to_dict(), spec) == dna
    assert DNA.from_json(dna.to_json()).use_spec(spec) == dna
    assert dna.to_dict() == {"a": dna.value}
    assert Int.from_json(spec.to_json()).sym_eq(spec)
    assert spec.clone().sym_eq(spec)
    assert spec.clone().sym_hash() == spec.sym_hash()


@given(integers(), st.floats(-10, 100))
def test_nearest_is_nearest(spec, x):
    assert abs(spec.nearest(x) - x) == min(abs(v - x) for v in spec.values)


def test_log_scale_makes_octaves_equally_likely():
    spec = intv(1, 2**10 - 1, scale="log")
    r = random.Random(1)
    octaves = Counter(spec.random_dna(r).value.bit_length() for _ in range(20_000))
    assert set(octaves) == set(range(1, 11))
    assert all(1700 < count < 2300 for count in octaves.values())


def test_rlog_scale_is_log_scale_from_the_other_end():
    log, rlog = intv(1, 9, 2, "log"), intv(1, 9, 2, "rlog")
    for seed in range(50):
        a, b = log.random_dna(random.Random(seed)).value, rlog.random_dna(random.Random(seed)).value
        assert a + b == 10


def test_large_ranges_cost_nothing():
    spec = intv(-(10**30), 10**30)
    assert spec.space_size == 2 * 10**30 + 1
    assert spec.nearest(0.4) == 0
    assert spec.next_dna(DNA(5)) == DNA(6)
    assert spec.random_dna(random.Random(1)).value in spec.values


def test_last_value_is_the_last_step_below_the_maximum():
    spec = intv(0, 10, step=4)
    assert (spec.min_value, spec.max_value, list(spec.values)) == (0, 10, [0, 4, 8])
    assert spec.next_dna(DNA(8)) is None


def test_text():
    spec = intv(8, 64, 8, "log", hints="h", location="x", name="units")
    assert repr(spec) == (
        "Int(id='x', name='units', min_value=8, max_value=64, step=8, scale='log', hints='h')"
    )
    assert repr(Space([intv(1, 2, location="x")])) == (
        "Space({\n  0 = 'x': Int(min_value=1, max_value=2)\n})"
    )


def test_kind():
    spec = intv(1, 2)
    assert spec.is_numerical
    assert not spec.is_categorical
    assert not spec.is_custom_decision_point
    assert not isinstance(spec, Float)
    assert len(spec) == 1


@pytest.mark.parametrize(
    ("args", "error", "words"),
    [
        ((2, 1), ValueError, "'min_value' (2) is greater than 'max_value' (1)."),
        ((1.0, 2), TypeError, "(path=min_value)"),
        ((1, True), TypeError, "(path=max_value)"),
        ((1, 2, 0), ValueError, "Value 0 is out of range (min=1, max=None). (path=step)"),
        ((0, 2, 1, "log"), ValueError, "'min_value' must be positive when `scale` is 'log'"),
        ((-1, 2, 1, "rlog"), ValueError, "'min_value' must be positive when `scale` is 'rlog'"),
        ((1, 2, 1, "exp"), ValueError, "Value 'exp' is not in candidate list"),
    ],
)
def test_bad_arguments(args, error, words):
    with pytest.raises(error) as e:
        intv(*args)
    assert words in str(e.value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "DNA value should be no less than 1. Encountered 0"),
        (11, "DNA value should be no greater than 10. Encountered 11"),
        (3, "DNA value should be one of range(1, 11, 3). Encountered 3"),
        (True, "Expect int value. Encountered: True"),
        (1.0, "Expect int value. Encountered: 1.0"),
        (None, "Expect int value. Encountered: None"),
    ],
)
def test_bad_genotypes(value, words):
    spec = Space([intv(1, 10, 3, location="a.b"), oneof([Space()], location="c")])
    dna = DNA([value, 0])
    with pytest.raises(ValueError, match=r"Location: a\.b") as e:
        spec.validate(dna)
    assert words in str(e.value)
    with pytest.raises(ValueError) as e:
        dna.use_spec(spec)
    assert words in str(e.value)
    assert dna.spec is None
    assert value is None or not conforms(spec.plan, (value, 0))


def test_from_fn():
    spec = Space([intv(1, 10, location="a"), intv(1, 10, location="b")])
    assert DNA.from_fn(spec, lambda point: 2) == DNA([2, 2])
    with pytest.raises(ValueError, match=r"Expect int value. Encountered: 0.5, Location: a\."):
        DNA.from_fn(spec, lambda point: 0.5)
    with pytest.raises(ValueError, match="no greater than 10"):
        DNA.from_fn(spec, lambda point: 11)


def test_seeded_runs_of_other_spaces_do_not_move():
    generator = RandomGenerator(seed=1)
    generator.setup(Space([intv(0, 9, location="a"), oneof([Space()] * 10, location="b")]))
    choices = RandomGenerator(seed=1)
    choices.setup(Space([oneof([Space()] * 10, location=x) for x in "ab"]))
    assert [generator.propose() for _ in range(5)] == [choices.propose() for _ in range(5)]
