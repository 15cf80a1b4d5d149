"""Spaces over objects of wrapped classes: deferred results, sharing, and the print of a model's filters."""

import random

import pytest

from polygraft.geno import DNA, Random
from polygraft.hyper import dna_spec, floatv, iterate, manyof, oneof, template
from polygraft.symbolic import Dict, eq, is_abstract, rebind
from polygraft.symbolic.wrapping import is_realized, symbolize


class Counted:
    built: list[str] = []


@symbolize
class Conv:
    def __init__(self, filters, kernel=(3, 3), name=None):
        Counted.built.append("Conv")
        self.filters = filters
        self.kernel = kernel
        self.name = name


@symbolize
class Emb:
    def __init__(self, size):
        Counted.built.append("Emb")
        self.size = size


@symbolize
class Head:
    def __init__(self, emb, rate=0.1):
        Counted.built.append("Head")
        self.emb = emb
        self.rate = rate


@symbolize
class Model:
    def __init__(self, *layers, **more):
        Counted.built.append("Model")
        self.layers = layers
        self.more = more


@pytest.fixture(autouse=True)
def built():
    Counted.built = []
    return Counted.built


def raw(x, *keys):
    from polygraft.symbolic.node import OPS

    for key in keys:
        x = OPS[type(x)].get(x, key)
    return x


def test_space_of_a_model_whose_filters_a_rule_has_opened():
    model = Dict(layers=[Conv(16), Conv(32, (5, 5))])

    def rule(path, value):
        return oneof([value // 2, value, value * 2]) if str(path).endswith("filters") else value

    rebind(model, rule)
    assert str(dna_spec(model)) == "\n".join(
        [
            "Space({",
            "  0 = 'layers[0].filters': Choices(num_choices=1, [",
            "    (0): 8",
            "    (1): 16",
            "    (2): 32",
            "  ])",
            "  1 = 'layers[1].filters': Choices(num_choices=1, [",
            "    (0): 16",
            "    (1): 32",
            "    (2): 64",
            "  ])",
            "})",
        ]
    )


def test_decoded_objects_are_deferred_and_build_with_final_values(built):
    value = Dict(c=Conv(oneof([1, 2]), (oneof([3, 5]), 3)))
    assert is_abstract(value)
    decoded = template(value).decode(DNA([1, 1]))
    assert built == []
    assert not is_realized(decoded.c)
    assert decoded.c.filters == 2 and decoded.c.kernel == (5, 3)
    assert built == ["Conv"]
    assert is_abstract(value)


def test_constant_parts_and_candidates_are_copied_deferred(built):
    conv, other = Conv(1), Conv(2)
    value = Dict(a=conv, b=oneof([other, None]), c=floatv(0, 1))
    built.clear()
    decoded = template(value).decode(DNA([0, 0.5]))
    assert built == []
    assert decoded.a is not conv and decoded.b is not other
    assert (decoded.a.filters, decoded.b.filters) == (1, 2)


def test_a_tied_object_with_a_placeholder_is_one_decision_and_one_object():
    emb = Emb(oneof([4, 8]))
    value = Dict(enc=Head(emb), dec=Head(emb), same=[emb])
    t = template(value)
    assert t.dna_spec().decision_ids == ["enc.emb.size"]
    decoded = t.decode(DNA(1))
    assert decoded.enc.emb is decoded.dec.emb is decoded.same[0]
    assert decoded.enc.emb.size == 8
    assert t.encode(decoded) == DNA(1)


def test_what_ties_the_program_and_a_candidate_stays_tied():
    emb = Emb(3)
    value = Dict(enc=Head(emb), dec=oneof([Head(emb), None]))
    decoded = template(value).decode(DNA(0))
    assert decoded.dec.emb is decoded.enc.emb
    assert decoded.dec.emb is not emb


def test_a_candidate_taken_twice_gives_two_objects():
    value = Dict(layers=manyof(2, [Conv(oneof([1, 2])), Emb(1)], distinct=False))
    decoded = template(value).decode(DNA([(0, 0), (0, 1)]))
    first, second = decoded.layers
    assert first is not second
    assert (first.filters, second.filters) == (1, 2)


def test_arguments_that_were_not_given_stay_not_given():
    decoded = template(Dict(c=Conv(oneof([1, 2])))).decode(DNA(0))
    from polygraft.symbolic.node import OPS

    assert dict(OPS[type(decoded.c)].given_items(decoded.c)) == {"filters": 1}


def test_variable_arguments():
    value = Model(oneof([Conv(1), Emb(2)]), Conv(3), extra=oneof([7, 8]))
    spec = dna_spec(value)
    assert len(spec.elements) == 2
    decoded = template(value).decode(DNA([1, 1]))
    assert decoded.layers[0].size == 2 and decoded.layers[1].filters == 3
    assert decoded.more == {"extra": 8}


def test_encoding_wrapped_objects():
    value = Dict(c=Conv(oneof([1, Emb(oneof([5, 6]))])), l=manyof(2, [Conv(1), Emb(2)]))
    spec = dna_spec(value)
    r = random.Random(1)
    for _ in range(10):
        dna = spec.random_dna(r)
        decoded = template(value).decode(dna)
        assert template(value).encode(decoded) == dna
    assert template(value).try_encode(Dict(c=Emb(1), l=[Conv(1), Emb(2)])) == (False, None)


def test_sweeping_over_wrapped_objects_builds_nothing(built):
    value = Dict(a=Conv(oneof([1, 2])), b=Head(Emb(oneof([1, 2]))))
    examples = list(iterate(value, 8, Random(1)))
    assert built == []
    assert any(not eq(e, examples[0]) for e in examples)
