"""Generators: protocol, the built-in ones, determinism."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from polygraft.geno import (
    DNA,
    Deduping,
    DNAGenerator,
    DNASpec,
    Random,
    Space,
    Sweeping,
    constant,
    dna_generator,
    floatv,
    manyof,
    oneof,
)


def choices(n: int) -> DNASpec:
    return oneof([constant()] * n)


class Learner(DNAGenerator):
    """Notes what it is told."""

    def _setup(self) -> None:
        self.told: list[Any] = []
        self._next = 0

    def _propose(self) -> DNA:
        self._next += 1
        return DNA(self._next % 3)

    def _feedback(self, dna: DNA, reward: Any) -> None:
        self.told.append((dna.value, reward))


def test_seeded_draws_are_fixed() -> None:
    generator = Random(seed=1)
    generator.setup(Space([oneof([constant()] * 5, location="x"), floatv(0, 1, location="y")]))
    assert [generator.propose() for _ in range(3)] == [
        DNA([1, 0.5692038748222122]),
        DNA([0, 0.2550690257394217]),
        DNA([3, 0.7609624449125756]),
    ]
    assert repr(generator) == "Random(seed=1)"
    assert repr(Random()) == "Random(seed=None)"


def test_unseeded_random_records_its_seed() -> None:
    generator = Random()
    assert generator.effective_seed is None
    random.seed(0)
    generator.setup(choices(1000))
    proposals = [generator.propose() for _ in range(5)]
    again = Random(generator.effective_seed)
    again.setup(choices(1000))
    assert [again.propose() for _ in range(5)] == proposals
    random.seed(0)
    generator.setup(choices(1000))
    assert [generator.propose() for _ in range(5)] == proposals


def test_sweeping_ends() -> None:
    generator = Sweeping()
    generator.setup(manyof(2, [constant()] * 3))
    assert [d.to_numbers() for d in generator] == [[0, 1], [0, 2], [1, 0], [1, 2], [2, 0], [2, 1]]
    assert generator.num_proposals == 6
    with pytest.raises(StopIteration):
        generator.propose()
    assert repr(generator) == "Sweeping()"


def test_an_exhausted_generator_stays_exhausted() -> None:
    @dna_generator
    def two(spec: DNASpec) -> Iterator[DNA]:
        yield from (DNA(0), DNA(1))

    generators = (Sweeping(), two(), Deduping(Sweeping()), Deduping(Random(1)))
    for generator in generators:
        generator.setup(choices(2))
        assert sorted(d.value for d in generator) == [0, 1]  # type: ignore[type-var]
        for _ in range(2):
            with pytest.raises(StopIteration):
                generator.propose()
        assert generator.num_proposals == 2
        generator.setup(choices(2))
        assert len(list(generator)) == 2


def test_counters_and_rewards() -> None:
    generator = Learner()
    assert generator.dna_spec is None
    with pytest.raises(AttributeError):
        generator.num_proposals
    generator.setup(choices(3))
    assert generator.needs_feedback
    assert not Random().needs_feedback
    dna = generator.propose()
    generator.feedback(dna, 1.0)
    generator.feedback(dna, (2.0,))
    assert generator.told == [(1, 1.0), (1, 2.0)]
    with pytest.raises(
        ValueError, match=r"is single objective, but the reward .* contains multiple objectives"
    ):
        generator.feedback(dna, (1.0, 2.0))
    generator.recover([(DNA(0), 0.5), (DNA(1), None)])
    assert (generator.num_proposals, generator.num_feedbacks) == (3, 3)


def test_callbacks_report_their_own_genotype() -> None:
    generator = Learner()
    generator.setup(choices(3))
    stream = iter(generator)
    pairs = [next(stream) for _ in range(3)]
    for i, (_, report) in enumerate(pairs):
        report(float(i))
    assert generator.told == [(1, 0.0), (2, 1.0), (0, 2.0)]


def test_base_class_proposes_nothing() -> None:
    generator = DNAGenerator()
    generator.setup(choices(2))
    with pytest.raises(NotImplementedError):
        generator.propose()


def test_decorated_functions() -> None:
    @dna_generator
    def three(spec: DNASpec) -> Iterator[DNA]:
        yield DNA(0)
        yield DNA(1)
        raise RuntimeError("broken")

    generator = three()
    generator.setup(choices(3))
    assert [generator.propose(), generator.propose()] == [DNA(0), DNA(1)]
    with pytest.raises(RuntimeError, match="broken"):
        generator.propose()
    with pytest.raises(ValueError, match="Error happened earlier: broken"):
        generator.propose()
    assert isinstance(three.partial(), DNAGenerator)  # type: ignore[attr-defined]


def test_deduping() -> None:
    generator = Deduping(Random(seed=1))
    generator.setup(choices(4))
    proposals = list(generator)
    assert sorted(d.value for d in proposals) == [0, 1, 2, 3]
    assert all("dedup_key" in d.metadata for d in proposals)
    with pytest.raises(
        TypeError,
        match=r"Expect <class '.*DNAGenerator'> but encountered <class 'int'>: 1\. \(path=generator\)",
    ):
        Deduping(1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="out of range"):
        Deduping(Random(), max_duplicates=0)


def test_deduping_answers_repetitions_from_earlier_rewards() -> None:
    generator = Deduping(Learner(), auto_reward_fn=lambda rewards: sum(rewards) / len(rewards))
    generator.setup(choices(3))
    for _ in range(3):
        dna = generator.propose()
        assert "reward" not in dna.metadata
        generator.feedback(dna, float(dna.value))  # type: ignore[arg-type]
    assert generator.propose().metadata.reward == 1.0
    assert len(generator.generator.told) == 3  # type: ignore[attr-defined]


def test_generators_are_values() -> None:
    generator = Deduping(Random(3), max_duplicates=2)
    again = Deduping.from_json(generator.to_json())
    assert again.sym_eq(generator)
    assert again.sym_hash() == generator.sym_hash()
    assert generator.clone().sym_eq(generator)
    assert repr(Deduping(Random(3))) == (
        "Deduping(generator=Random(seed=3), hash_fn=None, auto_reward_fn=None, "
        "max_duplicates=1, max_proposal_attempts=100)"
    )


def test_a_seed_from_outside_is_used_only_without_an_own_one() -> None:
    spec = oneof([constant()] * 100)

    def first(generator: Random) -> DNA:
        generator.use_seed("a")
        generator.setup(spec)
        return generator.propose()

    assert first(Random()) == first(Random()) != first(Random(seed=2))
    wrapped = Deduping(Random())
    wrapped.use_seed("a")
    wrapped.setup(spec)
    assert wrapped.propose() == first(Random())


def test_sweeping_over_floats_by_a_grid() -> None:
    space = Space(
        [
            oneof([constant(), floatv(1, 100, scale="log")], location="x"),
            floatv(1, 100, scale="rlog", location="y"),
            floatv(2, 2, location="z"),
        ]
    )
    generator = Sweeping(num_points=3)
    generator.setup(space)
    proposals = list(generator)
    ends = [[y, 2.0] for y in (1.0, 91.0, 100.0)]
    assert [d.to_numbers() for d in proposals] == [
        *([0, *end] for end in ends),
        *([1, x, *end] for x in (1.0, 10.0, 100.0) for end in ends),
    ]
    for dna in proposals:
        space.validate(dna)
    generator.setup(space)
    generator.recover([(dna, 1.0) for dna in proposals[:5]])
    assert list(generator) == proposals[5:]
    assert repr(generator) == "Sweeping(num_points=3)"
    assert Sweeping.from_json(generator.to_json()).sym_eq(generator)
    assert not Sweeping().sym_eq(generator)
    with pytest.raises(ValueError, match="num_points"):
        Sweeping(num_points=0)
    plain = Sweeping()
    plain.setup(space)
    plain.propose()
    with pytest.raises(NotImplementedError):
        plain.propose()
