"""The loops without trials, and `materialize`."""

import itertools

import pytest

from polygraft.geno import DNA, DNAGenerator, Random, Sweeping
from polygraft.hyper import floatv, iterate, manyof, materialize, oneof, random_sample
from polygraft.symbolic import Dict

SPACE = Dict(x=oneof([1, 2]), y=oneof("ab"))


class Learner(DNAGenerator):
    def _setup(self):
        self.rewards = []

    def _propose(self):
        return self.dna_spec.first_dna()

    def _feedback(self, dna, reward):
        self.rewards.append((dna, reward))


def test_sweeping_is_the_default_and_the_last_decision_varies_fastest():
    assert list(iterate(SPACE)) == [{"x": x, "y": y} for x in (1, 2) for y in "ab"]
    assert len(list(iterate(SPACE, 3))) == 3


def test_learners_get_a_report():
    learner = Learner()
    reports = []
    for i, (example, report) in enumerate(iterate(SPACE, 2, learner)):
        assert example == {"x": 1, "y": "a"}
        reports.append(report)
        report(i)
    assert learner.rewards == [(DNA([0, 0]), 0), (DNA([0, 0]), 1)]
    assert reports[0].dna == DNA([0, 0])
    example, report = next(iterate(SPACE, force_feedback=True))
    report(1.0)


def test_an_algorithm_goes_on_in_an_equal_space_and_refuses_another():
    sweeping = Sweeping()
    assert list(iterate(SPACE, 3, sweeping)) == list(iterate(SPACE, 3))
    assert list(iterate(Dict(x=oneof([1, 2]), y=oneof("ab")), None, sweeping)) == [
        {"x": 2, "y": "b"}
    ]
    with pytest.raises(
        ValueError, match=r"Sweeping\(\) has been set up with a different DNASpec. Existing: Space"
    ):
        next(iterate(oneof([1, 2]), None, sweeping))


def test_constants_are_refused_when_the_loop_begins():
    loop = iterate("foo")
    with pytest.raises(ValueError, match=r"'hyper_value' is a constant value: 'foo'."):
        next(loop)
    with pytest.raises(ValueError, match=r"is a constant value"):
        next(iterate(SPACE, where=lambda p: False))


def test_random_sample():
    assert list(random_sample(oneof([0, 1]), 3, seed=123)) == [0, 1, 0]
    endless = random_sample(Dict(f=floatv(0, 1)), seed=1)
    assert len({e.f for e in itertools.islice(endless, 5)}) == 5
    assert list(random_sample(SPACE, 4, seed=7)) == list(iterate(SPACE, 4, Random(7)))


def test_materialize():
    value = Dict(a=manyof(2, [1, 2, 3], name="q"), b=oneof([Dict(c=oneof(["u", "v"])), 5]))
    assert materialize(value, DNA([[0, 2], 1])) == {"a": [1, 3], "b": 5}
    assert materialize(value, {"q": [0, 2], "b": "0/2", "b[=0/2].c": "'v'"}) == {
        "a": [1, 3],
        "b": {"c": "v"},
    }
    with pytest.raises(
        TypeError,
        match=r"'parameters' must be a DNA or a dict of string to DNA values. Encountered: 1.",
    ):
        materialize(value, 1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"Value for 'b' is not found in the dictionary"):
        materialize(value, {"q": [0, 1]})
