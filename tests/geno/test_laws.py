"""Laws that hold for every space and every genotype."""

from __future__ import annotations

import copy
import json
import pickle
import random
from itertools import islice, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.geno.spaces import genotypes, spaces

from polygraft.geno import DNA, Random, Space, Sweeping, constant, floatv, manyof, oneof


@given(genotypes())
def test_numbers_give_the_genotype_back(case: tuple[Space, DNA]) -> None:
    space, dna = case
    again = DNA.from_numbers(dna.to_numbers(), space)
    assert again == dna
    assert again.to_numbers() == dna.to_numbers()


@given(genotypes())
def test_tree_and_flat_form_agree(case: tuple[Space, DNA]) -> None:
    space, dna = case
    written = DNA(dna.to_json(type_info=False))
    assert written == dna
    assert hash(written) == hash(dna)
    assert repr(written) == repr(dna)
    space.validate(written)
    written.use_spec(space)
    assert [n.spec for n in _nodes(written)] == [n.spec for n in _nodes(dna)]


def _nodes(dna: DNA) -> list[DNA]:
    return [dna, *(n for c in dna.children for n in _nodes(c))]


@given(genotypes(), genotypes())
def test_hash_agrees_with_equality(a: tuple[Space, DNA], b: tuple[Space, DNA]) -> None:
    x, y = a[1], DNA(b[1].to_json(type_info=False))
    assert (x == y) == (x.to_json(type_info=False) == y.to_json(type_info=False))
    assert x != y or hash(x) == hash(y)


KEY_OPTIONS = list(
    product(("id", "name_or_id", "dna_spec"), ("subchoice", "parent", "both"), (False, True))
)


@pytest.mark.parametrize("value_type", ["value", "dna", "choice", "literal", "choice_and_literal"])
@given(case=genotypes())
def test_dict_gives_the_genotype_back(value_type: str, case: tuple[Space, DNA]) -> None:
    space, dna = case
    for key_type, multi_choice_key, inactive in KEY_OPTIONS:
        described = dna.to_dict(key_type, value_type, multi_choice_key, inactive)
        kept = copy.deepcopy({str(k): str(v) for k, v in described.items()})
        again = DNA.from_dict(described, space, use_ints_as_literals=value_type == "literal")
        assert again == dna
        assert {str(k): str(v) for k, v in described.items()} == kept


@given(spaces(infinite=False))
def test_enumeration_yields_every_genotype_once_in_order(space: Space) -> None:
    size = space.space_size
    found = list(islice(space.iter_dna(), 300))
    assert len(found) == min(size, 300)
    assert len(set(found)) == len(found)
    assert [d.numbers for d in found] == sorted(d.numbers for d in found)
    for dna in found[:30]:
        space.validate(DNA(dna.to_json(type_info=False)))
    if 0 < size <= 300:
        assert found[-1].next_dna() is None
        assert found[0] == space.first_dna()


@given(genotypes())
def test_copies_are_equal_and_independent(case: tuple[Space, DNA]) -> None:
    _, dna = case
    for made in (dna.clone(), copy.copy(dna), copy.deepcopy(dna)):
        assert made == dna
        assert made.spec is dna.spec
        made.value = 5
        assert made != dna or dna.value == 5
    loaded = DNA.from_json(json.loads(json.dumps(dna.to_json())))
    assert loaded == dna
    assert loaded.spec is None
    assert DNA.from_json(json.loads(json.dumps(dna.to_json(compact=False)))) == dna
    assert pickle.loads(pickle.dumps(dna)) == dna


@given(spaces())
def test_specs_survive_clone_json_and_pickle(space: Space) -> None:
    assert space.clone().sym_eq(space)
    assert space.clone().sym_hash() == space.sym_hash()
    assert str(pickle.loads(pickle.dumps(space))) == str(space)
    loaded = Space.from_json(json.loads(json.dumps(space.to_json())))
    assert loaded.sym_eq(space)
    assert loaded.decision_ids == space.decision_ids


@given(spaces(), st.integers(0, 10**6), st.integers(0, 5))
def test_random_replays_history(space: Space, seed: int, done: int) -> None:
    whole = Random(seed)
    whole.setup(space)
    proposals = [whole.propose() for _ in range(8)]
    resumed = Random(seed)
    resumed.setup(space)
    resumed.recover([(d, None) for d in proposals[:done]])
    assert resumed.num_proposals == done
    assert [resumed.propose() for _ in range(8 - done)] == proposals[done:]


@given(spaces(infinite=False), st.integers(1, 4))
def test_sweeping_replays_history(space: Space, done: int) -> None:
    whole = Sweeping()
    whole.setup(space)
    proposals = list(islice(whole, 20))
    resumed = Sweeping()
    resumed.setup(space)
    resumed.recover([(d, None) for d in proposals[:done]])
    assert list(islice(resumed, max(20 - done, 0))) == proposals[done:]


@given(st.integers(1, 5000), st.integers(0, 10**9))
def test_inline_draw_is_the_draw_of_sample(n: int, seed: int) -> None:
    ours, plain = random.Random(seed), random.Random(seed)
    dna = oneof([constant()] * n).random_dna(ours) if n < 50 else None
    if dna is None:
        from polygraft.geno.draw import (
            _index_in_line,  # The same line, without building n candidates.
        )

        index = _index_in_line(ours)(n)
    else:
        index = dna.value
    assert index == plain.sample(list(range(n)), 1)[0]
    assert ours.getstate() == plain.getstate()


class _Counting(random.Random):
    """A generator of another type, for which the public methods are called."""


@given(spaces(), st.integers(0, 10**6))
def test_any_generator_gives_the_same_draws(space: Space, seed: int) -> None:
    assert space.random_dna(_Counting(seed)) == space.random_dna(random.Random(seed))


@pytest.mark.parametrize("distinct", [True, False])
@pytest.mark.parametrize("in_order", [True, False])
def test_size_counts_conditional_spaces(distinct: bool, in_order: bool) -> None:
    candidates = [oneof([constant()] * 2), oneof([constant()] * 3), constant()]
    spec = manyof(2, candidates, distinct, in_order)
    assert spec.space_size == len(list(spec.iter_dna()))


def test_sizes_of_large_choices_take_no_time() -> None:
    from math import comb

    assert manyof(11, [constant()] * 22, sorted=True).space_size == comb(22, 11)
    assert manyof(200, [constant()] * 400, distinct=False, sorted=True).space_size == comb(599, 200)


def test_long_spaces_need_no_recursion() -> None:
    space = Space([oneof([constant()] * 3, location=f"x{i}") for i in range(1500)])
    mixed = Space([oneof([constant(), floatv(0.0, 1.0)], location=f"x{i}") for i in range(1500)])
    for spec in (space, mixed):
        dna = spec.random_dna(random.Random(1))
        assert DNA.from_dict(dna.to_dict(), spec) == dna
        assert DNA(dna.to_json(type_info=False)).use_spec(spec) == dna
        assert str(spec)
    assert space.next_dna(space.first_dna()).numbers[-1] == 1  # type: ignore[union-attr]


def test_depth_is_refused_with_a_clear_error() -> None:
    spec = oneof([constant()])
    with pytest.raises(ValueError, match="nested too deeply"):
        for _ in range(2000):
            spec = oneof([spec])
    spec = spec.clone()
    dna = spec.random_dna(random.Random(1))
    assert DNA.from_dict(spec.random_dna(random.Random(1)).to_dict(), spec) == dna
    assert spec.clone().sym_eq(spec)
    assert pickle.loads(pickle.dumps(spec)).sym_eq(spec)
    assert copy.deepcopy(dna) == dna
    assert pickle.loads(pickle.dumps(DNA(dna.to_json(type_info=False)))) == dna
    assert dna.format(verbose=False)
    value: object = 0
    for _ in range(5000):
        value = [1, value]
    with pytest.raises(ValueError, match="nested too deeply"):
        DNA(value)
    with pytest.raises(ValueError, match="nested too deeply"):
        DNA(tuple(range(5000)))
