"""Laws of decoding and encoding, over random programs."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.hyper.strategies import programs

from polygraft.geno import DNA
from polygraft.hyper import HyperValue, dna_spec, template
from polygraft.symbolic import clone, eq, is_deterministic

seeds = st.integers(0, 2**32)


@given(programs, seeds)
def test_decoded_program_has_no_placeholder_and_encodes_to_what_decodes_to_it(program, seed):
    t = template(program)
    dna = t.dna_spec().random_dna(random.Random(seed))
    value = t.decode(dna)
    assert is_deterministic(value)
    again = t.encode(value)
    assert again.spec is None
    assert eq(t.decode(again), value)


@given(programs, seeds)
def test_decoding_never_changes_the_template_and_shares_no_node_with_it(program, seed):
    before = clone(program, deep=True)
    t = template(program)
    spec = t.dna_spec()
    r = random.Random(seed)
    first = spec.random_dna(r)
    value = t.decode(first)
    t.decode(spec.random_dna(r))
    assert eq(program, before)
    assert eq(t.decode(first), value)


@given(programs, seeds)
def test_bound_unbound_and_hand_made_genotypes_decode_alike(program, seed):
    spec = dna_spec(program)
    dna = spec.random_dna(random.Random(seed))
    value = template(program).decode(dna)
    by_hand = DNA(dna.to_json(type_info=False))
    assert eq(template(program).decode(by_hand), value)
    assert eq(template(program).decode(DNA.from_numbers(dna.to_numbers(), spec)), value)


@given(programs)
def test_specs_of_equal_programs_are_equal(program):
    assert dna_spec(program).sym_eq(dna_spec(clone(program)))


@settings(max_examples=50)
@given(programs, seeds)
def test_placeholders_show_their_part_of_the_genotype(program, seed):
    t = template(program)
    if t.is_constant:
        return
    dna = t.dna_spec().random_dna(random.Random(seed))
    t.set_dna(dna)
    value = t()
    assert t() is value
    assert t.dna is dna
    placeholders = [p for _, p in t.hyper_primitives]
    assert all(isinstance(p, HyperValue) for p in placeholders)
    parts = [dna] if len(placeholders) == 1 else list(dna.children)
    assert [p.dna for p in placeholders] == parts
