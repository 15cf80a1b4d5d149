"""Templates: where placeholders are found, what decoding makes, and what encoding refuses."""

import pickle
import threading
from typing import Any

import pytest

import polygraft as pg
from polygraft import typing as T
from polygraft.geno import DNA
from polygraft.hyper import (
    HyperPrimitive,
    ObjectTemplate,
    dna_spec,
    floatv,
    manyof,
    oneof,
    template,
)
from polygraft.missing import MISSING_VALUE
from polygraft.paths import KeyPath
from polygraft.symbolic import Dict, List, Object, eq
from polygraft.symbolic.places import path_of


class A(Object):
    x: Any
    y: float = 0.0


class Sum(Object):
    left: int
    right: int
    seen: Any = None

    def _on_bound(self):
        if isinstance(self.left, int) and isinstance(self.right, int):
            self.total = self.left + self.right


def message(fn, *args):
    with pytest.raises(ValueError) as caught:
        fn(*args)
    return str(caught.value)


# -- where placeholders are found ---------------------------------------------------------------
def test_spec_of_nested_containers_and_tuples():
    value = Dict(
        a=oneof([1, 2]),
        b=[A(floatv(0, 1)), (3, oneof("ab"))],
        **{"c.d": manyof(2, [oneof([1, 2]), 3], name="m")},
    )
    t = template(value)
    assert [str(path) for path, _ in t.hyper_primitives] == ["a", "b[0].x", "b[1][1]", "[c.d]"]
    assert str(t.dna_spec()) == "\n".join(
        [
            "Space({",
            "  0 = 'a': Choices(num_choices=1, [",
            "    (0): 1",
            "    (1): 2",
            "  ])",
            "  1 = 'b[0].x': Float(min_value=0.0, max_value=1.0)",
            "  2 = 'b[1][1]': Choices(num_choices=1, [",
            "    (0): 'a'",
            "    (1): 'b'",
            "  ])",
            "  3 = '[c.d]': Choices(num_choices=2, [",
            "    (0): Space({",
            "      0 = '': Choices(num_choices=1, [",
            "        (0): 1",
            "        (1): 2",
            "      ])",
            "    })",
            "    (1): 3",
            "  ],   name='m')",
            "})",
        ]
    )


def test_plain_containers_at_the_root():
    t = template({"a": oneof([1, 2]), "b": [3]})
    assert t.decode(DNA(1)) == {"a": 2, "b": [3]}
    assert dna_spec([oneof([0, 1])] * 3).space_size == 8
    assert template((1, oneof([2, 3]))).decode(DNA(0)) == (1, 2)


def test_literals_of_candidates():
    class Plain:
        pass

    def function():
        pass

    values = [1, 1.5, True, "a", None, A(1), Dict(a=1), [1, 2], int, Plain(), function, "y" * 200,
              Dict(a=1, b=A(2, 0.5))]  # fmt: skip
    literals = dna_spec(oneof(values)).elements[0].literal_values
    assert literals == [
        1, 1.5, True, "'a'", "None", "A(x=1)", "{a=1}", "[0: 1, 1: 2]", "<class 'int'>", "Plain(...)",
        "<function test_literals_of_candidates.<locals>.function>", "'" + "y" * 116 + "...", "{a=1, b=A(x=2, y=0.5)}",
    ]  # fmt: skip


def test_a_template_in_a_program_is_refused():
    with pytest.raises(TypeError, match=r"cannot be a part of another one"):
        template(Dict(a=template(oneof([1, 2]))))


# -- decoding -----------------------------------------------------------------------------------
def test_decoding_fills_all_kinds_of_nodes():
    value = Dict(
        a=A(oneof([1, Dict(z=2)])), t=(oneof([A(5), 6]),), m=manyof(2, [1, [2], oneof([3, 4])])
    )
    spec = dna_spec(value)
    decoded = template(value).decode(
        DNA.from_dict({"a.x": 1, "t[0]": 0, "m[0]": 1, "m[1]": 2, "m[1][=2/3]": 0}, spec)
    )
    assert decoded == {"a": A(Dict(z=2)), "t": (A(5),), "m": [[2], 3]}
    assert isinstance(decoded.m, List) and isinstance(decoded.m[0], List)
    assert path_of(decoded.m[0]) == "m[0]"
    assert path_of(decoded.t[0]) == "t[0]"
    assert path_of(decoded.a.x) == "a.x"


def test_hooks_see_final_values_only():
    decoded = template(Dict(s=Sum(oneof([1, 2]), oneof([3, 4])))).decode(DNA([1, 0]))
    assert decoded.s.total == 5


def test_values_are_stored_as_the_field_converts_them():
    decoded = template(A(1, oneof([1, 2]))).decode(DNA(1))
    assert type(decoded.y) is float
    assert repr(decoded) == "A(x=1, y=2.0)"


def test_typed_dicts_and_lists_stay_typed():
    inner = T.Dict([("p", T.Float()), ("q", T.Int(default=7))])
    spec = T.Dict([("x", T.Float()), ("y", inner), ("l", T.List(T.Float()))])
    value = Dict(
        x=oneof([1, 2]),
        y=oneof([Dict(p=1), Dict(p=oneof([3, 4]))]),
        l=manyof(2, [1, 2, 3]),
        value_spec=spec,
    )
    t = template(value)
    decoded = t.decode(DNA([1, (1, 0), [2, 0]]))
    assert repr(decoded) == "{x=2.0, y={p=3.0, q=7}, l=[0: 3.0, 1: 1.0]}"
    assert t.encode(decoded) == DNA([1, (1, 0), [2, 0]])
    for path in ("x", "y.p", "l[0]"):
        with pytest.raises(TypeError):
            decoded.rebind({path: "a"})


def test_a_root_choice_gives_a_copy_of_the_candidate():
    value = oneof([Dict(a=1), 2])
    decoded = template(value).decode(DNA(0))
    decoded.a = 5
    assert value.candidates[0].a == 1
    many = template(manyof(1, [1, 2])).decode(DNA(1))
    assert many == [2] and type(many) is list


def test_a_constant_template_gives_its_value():
    value = Dict(a=1)
    t = template(value)
    assert t.is_constant and t.decode(DNA(None)) is value
    assert str(t.dna_spec()) == "Space()"


def test_mutable_leaves_are_copied_and_others_shared():
    class Box:
        pass

    box, lock = Box(), threading.Lock()
    t = template(Dict(x=oneof([box, 1]), box=box, same=[box], lock=lock, type=Box))
    decoded = t.decode(DNA(0))
    assert decoded.x is box  # A candidate stands for itself.
    assert decoded.box is not box and isinstance(decoded.box, Box)
    assert decoded.same[0] is decoded.box
    assert decoded.lock is lock and decoded.type is Box


def test_a_sealed_program_decodes_to_a_sealed_one():
    value = Dict(a=oneof([1, 2])).seal()
    decoded = template(value).decode(DNA(1))
    assert decoded == {"a": 2} and decoded.is_sealed


def test_calling_sets_the_parts_of_the_placeholders():
    value = Dict(a=oneof([1, Dict(x=floatv(0, 1))]), b=oneof([3, 4]))
    t = template(value)
    assert message(t) == "'set_dna' should be called to set a DNA before '__call__'."
    t.set_dna(DNA([(1, 0.5), 1]))
    assert t() == {"a": {"x": 0.5}, "b": 4}
    assert value.a.dna == DNA((1, 0.5)) and value.b.dna == DNA(1)
    assert value.a.candidates[1].x.dna == DNA(0.5)


@pytest.mark.parametrize(
    ("dna", "expected"),
    [
        ([0, 1, 2], "Did you forget to specify values for conditional choices?\n"
         "Expect integer for OneOf. Encountered: DNA(None). (path=a.candidates[0].x)"),
        ([(0, 5), [0, 1], 0.5], "Choice out of range. Value: 5, Candidates: 2. (path=a.candidates[0].x)"),
        ([(0, -1), [0, 1], 0.5], "Choice out of range. Value: -1, Candidates: 2. (path=a.candidates[0].x)"),
        ([(1, 1), [(0, 1), 1], 0.3], "Encountered extra DNA value to decode: DNA(1) (path=a)"),
        ([0.1, [1, 2], 0.3], "Did you forget to specify values for conditional choices?\n"
         "Expect integer for OneOf. Encountered: DNA(0.1). (path=a)"),
        ([1, 1, 0.3], "Number of DNA child values does not match the number of choices. Child values: [], Choices: 2. (path=b)"),
        ([1, [(0, 1), (0, 1)], 0.3], "DNA child values should be distinct. Encountered: [0, 0]. (path=b)"),
        ([1, [(0, 1), 7], 0.3], "Choice out of range. Value: 7, Candidates: 3. (path=b[1])"),
        ([1, [(0, 1), 0.7], 0.3], "Choice value should be int. Encountered: 0.7. (path=b[1])"),
        ([1, [(0, 5), 1], 0.5], "Choice out of range. Value: 5, Candidates: 2. (path=b.candidates[0])"),
        ([1, [1, 2], 1], "Expect float value. Encountered: 1. (path=f)"),
        ([1, [1, 2], -2.0], "DNA value should be no less than 0.0. Encountered -2.0. (path=f)"),
        ([1, [1, 2], 2.0], "DNA value should be no greater than 1.0. Encountered 2.0. (path=f)"),
    ],
)  # fmt: skip
# ruff: noqa: E501 -- one case, one line
def test_genotypes_that_do_not_fit(dna, expected):
    t = template(
        Dict(
            a=oneof([Dict(x=oneof([1, 2])), 1]), b=manyof(2, [oneof([3, 4]), 5, 6]), f=floatv(0, 1)
        )
    )
    assert message(t.decode, DNA(dna)) == expected


def test_genotypes_of_the_wrong_length():
    t = template(Dict(a=oneof([1, 2]), b=oneof([1, 2])))
    text = message(t.decode, DNA([0, 1, 1]))
    assert text.startswith(
        "The length of child values (3) is different from the number of hyper primitives (2) in ObjectTemplate. "
        "DNA=DNA([0, 1, 1]), ObjectTemplate=ObjectTemplate(value={a=OneOf("
    )
    assert text.endswith(". (path=)")
    assert (
        message(template(1).decode, DNA(1))
        == "Encountered extra DNA value to decode: DNA(1) (path=)"
    )


def test_sorted_choices_are_checked():
    assert (
        message(template(manyof(2, [1, 2], sorted=True)).decode, DNA([1, 0]))
        == "DNA child values should be sorted. Encountered: [1, 0]. (path=)"
    )


def test_genotypes_of_another_space_are_looked_at():
    other = dna_spec(Dict(a=oneof([1, 2, 3]))).first_dna()
    t = template(Dict(a=oneof([5, 6])))
    assert t.decode(other) == {"a": 5}
    assert message(t.decode, dna_spec(oneof([1, 2, 3])).next_dna(DNA(1))) == (
        "Choice out of range. Value: 2, Candidates: 2. (path=a)"
    )


# -- encoding -----------------------------------------------------------------------------------
@pytest.fixture
def full():
    return template(
        Dict(
            a=oneof([Dict(x=oneof([1, 2])), 1]),
            b=manyof(2, [oneof([3, 4]), 5, 6]),
            f=floatv(0, 1),
            k="s",
            l=[1, A(2)],
        )
    )


OK = {"a": 1, "b": [5, 6], "f": 0.5, "k": "s", "l": [1, A(2)]}


def test_encoding_takes_plain_containers(full):
    assert full.encode(OK) == DNA([1, [1, 2], 0.5])
    assert full.encode({**OK, "a": {"x": 2}}) == DNA([(0, 1), [1, 2], 0.5])
    assert full.encode({**OK, "b": [5, 5]}) == DNA([1, [1, 1], 0.5])
    assert template(oneof([oneof([1, 2]), 1])).encode(1) == DNA((0, 0))


def test_encoding_heeds_distinct_choices_where_it_can():
    assert template(manyof(2, [oneof([1, 2]), 1])).encode([1, 2]) == DNA([1, (0, 1)])
    assert template(manyof(2, [1, 2, 1], sorted=True)).encode([2, 1]) == DNA([1, 2])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"b": 5}, "Cannot encode value: value should be a list type. Encountered: 5. (path=b)"),
        ({"b": [5]}, "Length of input list is different from the number of choices (2). Encountered: [5]. (path=b)"),
        ({"f": 1}, "Value should be float to be encoded for Float(name=None, hints=None, min_value=0.0, max_value=1.0, "
         "scale=None). Encountered 1. (path=f)"),
        ({"f": 2.0}, "Value should be no greater than 1.0. Encountered 2.0. (path=f)"),
        ({"f": -1.0}, "Value should be no less than 0.0. Encountered -1.0. (path=f)"),
        ({"k": "t"}, "Unmatched value between template and input. (Path='k', Template='s', Input='t')"),
        ({"l": [1]}, "Unmatched list between template value and input value. (Path='l', Template=[1, A(x=2, y=0.0)], Input=[1])"),
        ({"l": [1, A(3)]}, "Unmatched value between template and input. (Path='l[1].x', Template=2, Input=3)"),
        ({"l": [1, 5]}, "Unmatched Object type between template and input: (Path='l[1]', Template=A(x=2, y=0.0), Input=5)"),
        ({"z": 1}, "Unmatched value between template and input. (Path='z', Template=MISSING_VALUE, Input=1)"),
        ({"k": MISSING_VALUE}, "Value is missing from input. Path='k'."),
        ({"a": MISSING_VALUE}, "Value is missing from input. Path='a'."),
    ],
)  # fmt: skip
# ruff: noqa: E501 -- one case, one line
def test_values_that_are_not_in_the_space(full, change, expected):
    value = {k: v for k, v in {**OK, **change}.items() if v is not MISSING_VALUE}
    assert message(full.encode, value) == expected
    assert full.try_encode(value) == (False, None)


def test_no_candidate_matches(full):
    text = message(full.encode, {**OK, "b": [5, 7]})
    assert text.startswith(
        "Cannot encode value: no candidates matches with the value. Value: 7, Candidates: ["
    )
    assert text.endswith("]. (path=b)")


def test_root_path_is_shown():
    t = template(Dict(d=Dict(x=1, y=oneof([1, 2]))))
    t.root_path = "q.r"
    assert t.root_path == KeyPath.parse("q.r")
    assert message(t.encode, {"d": 4}).startswith(
        "Unmatched dict between template value and input value. (Path='q.r.d'"
    )


def test_try_encode():
    assert template(Dict(a=oneof([1, 2]))).try_encode({"a": 2}) == (True, DNA(1))


# -- filters ------------------------------------------------------------------------------------
def test_where_goes_on_below_refused_placeholders():
    value = Dict(a=oneof([oneof([1, 2], hints="in"), 3], hints="out"), b=oneof([4, 5], hints="in"))
    t = template(value, where=lambda p: p.hints == "in")
    assert t.dna_spec().decision_ids == ["a.candidates[0]", "b"]
    decoded = t.decode(DNA([1, 0]))
    assert decoded == {"a": oneof([2, 3], hints="out"), "b": 4}
    assert t.encode(decoded) == DNA([1, 0])
    assert value.a.candidates[0] == oneof([1, 2], hints="in")


def test_where_holds_inside_selected_choices():
    value = Dict(a=oneof([oneof([1, 2], hints="in"), 3], hints="out"))
    t = template(value, where=lambda p: p.hints == "out")
    spec = t.dna_spec()
    assert spec.elements[0].literal_values == ["OneOf(hints='in', candidates=[0: 1, 1: 2])", 3]
    assert t.decode(DNA(0)) == {"a": oneof([1, 2], hints="in")}
    assert dna_spec(value, lambda p: False).is_constant


def test_where_by_class_and_name():
    value = Dict(a=oneof([1, 2], name="n"), b=floatv(0, 1))
    assert dna_spec(value, lambda p: p.name == "n").decision_ids == ["a"]
    assert dna_spec(
        value, lambda p: isinstance(p, HyperPrimitive) and p.sym_path == "b"
    ).decision_ids == ["b"]


# -- as values ----------------------------------------------------------------------------------
def test_equality_and_text():
    assert template(Dict(a=1)) == ObjectTemplate(Dict(a=1))
    assert template(Dict(a=1)) != template(Dict(a=2))
    assert repr(template(Dict(a=1))) == "ObjectTemplate(value={a=1})"
    assert str(template(Dict(a=1))) == "ObjectTemplate(value={\n  a = 1\n})"
    assert hash(template(Dict(a=1))) == hash(template(Dict(a=1)))


def test_specs_are_new_each_time_and_take_a_location():
    t = template(Dict(a=oneof([1, 2])))
    assert t.dna_spec() is not t.dna_spec()
    assert t.dna_spec("x.y").location == "x.y"
    assert oneof([1, 2]).dna_spec("a.b").id == "a.b"


def test_names_that_clash_are_refused():
    with pytest.raises(ValueError, match=r"Found 2 decision point definitions clash on name 'x'"):
        dna_spec(Dict(a=oneof([1, 2], name="x"), b=oneof([1, 2], name="x")))


def test_decoded_programs_are_independent():
    t = template(Dict(a=Dict(b=[1]), c=oneof([[1], 2])))
    first, second = t.decode(DNA(0)), t.decode(DNA(0))
    first.a.b.append(2)
    first.c.append(3)
    assert eq(second, Dict(a=Dict(b=[1]), c=[1]))


def test_a_template_is_pickled_as_what_it_was_made_of():
    space = pg.constrained(pg.Dict(x=pg.oneof([1, 2, 3]), y=pg.oneof([1, 2])), below_three)
    again = pickle.loads(pickle.dumps(space))
    assert pg.eq(again.value, space.value)
    spec = again.dna_spec()
    assert [again.decode(dna) for dna in spec.iter_dna()] == [
        space.decode(dna) for dna in space.dna_spec().iter_dna()
    ]
    assert again.dna_spec().sym_eq(space.dna_spec())


def below_three(program):
    return program.x * program.y < 3
