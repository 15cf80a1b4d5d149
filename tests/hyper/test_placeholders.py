"""Placeholders as values: printing, equality, arguments, JSON names, typed fields."""

import copy
import pickle
from typing import Any

import pytest

from polygraft import typing as T
from polygraft.geno import DNA
from polygraft.hyper import (
    Float,
    ManyOf,
    OneOf,
    dna_spec,
    floatv,
    manyof,
    oneof,
    permutate,
    template,
)
from polygraft.serialization import from_json_str, to_json_str
from polygraft.symbolic import (
    Dict,
    Object,
    clone,
    eq,
    is_abstract,
    is_deterministic,
    is_pure_symbolic,
)
from polygraft.symbolic.registry import class_of, name_of


class Model(Object):
    width: T.Int(max_value=3)  # type: ignore[valid-type]
    rate: float = 0.1
    label: str | None = None
    layers: list[int] = []
    anything: Any = None


def test_prints():
    assert repr(oneof([1, "a"])) == (
        "OneOf(name=None, hints=None, num_choices=1, candidates=[0: 1, 1: 'a'], "
        "choices_distinct=True, choices_sorted=False, where=None)"
    )
    assert repr(manyof(2, [1, 2], False, True, name="m", hints={"k": 1})) == (
        "ManyOf(name='m', hints={'k': 1}, num_choices=2, candidates=[0: 1, 1: 2], "
        "choices_distinct=False, choices_sorted=True, where=None)"
    ).replace("{'k': 1}", "{k=1}")
    assert (
        repr(floatv(0, 1))
        == "Float(name=None, hints=None, min_value=0.0, max_value=1.0, scale=None)"
    )
    assert (
        oneof([1, 2]).format(compact=True, hide_default_values=True)
        == "OneOf(candidates=[0: 1, 1: 2])"
    )


def test_positional_arguments_of_the_classes():
    assert OneOf([1, 2], "h").hints == "h"
    m = ManyOf(1, [1, 2], False, True, "h")
    assert (m.num_choices, m.choices_distinct, m.choices_sorted, m.hints) == (1, False, True, "h")
    f = Float(0.5, 1.0, "log", "n", "h")
    assert (f.min_value, f.scale, f.name, f.hints) == (0.5, "log", "n", "h")


def test_arguments_of_the_functions():
    with pytest.raises(TypeError, match=r"takes 1 positional argument but 2 were given"):
        oneof([1, 2], "x")  # type: ignore[misc]
    with pytest.raises(TypeError, match=r"foo"):
        manyof(1, [1, 2], foo=1)  # type: ignore[call-arg]
    old = manyof(2, [1, 2], choices_distinct=False, choices_sorted=True)
    assert (old.choices_distinct, old.choices_sorted) == (False, True)
    assert oneof("ab").candidates == ["a", "b"]
    assert permutate([1, 2, 3]).num_choices == 3
    assert isinstance(oneof([{"a": 1}]).candidates[0], Dict)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: manyof(3, [1, 2]), "2 candidates cannot produce 3 distinct choices."),
        (lambda: oneof([]), "0 candidates cannot produce 1 distinct choices."),
        (lambda: floatv(1, 0), "'min_value' (1.0) is greater than 'max_value' (0.0)."),
        (
            lambda: floatv(0, 1, "log"),
            "'min_value' must be positive when `scale` is 'log'. encountered: 0.0.",
        ),
        (
            lambda: floatv(0, 1, "foo"),
            "Value 'foo' is not in candidate list [None, 'linear', 'log', 'rlog']. (path=scale)",
        ),
    ],
)
def test_arguments_that_contradict_each_other(make, message):
    with pytest.raises(ValueError) as error:
        make()
    assert str(error.value) == message


def test_equality_clone_and_determinism():
    a, b = oneof([1, Dict(x=2)], name="n"), oneof([1, Dict(x=2)], name="n")
    assert a == b and hash(a) == hash(b) and eq(a, b)
    assert a != oneof([1, Dict(x=3)], name="n")
    assert clone(a) == a and clone(a) is not a
    assert not is_deterministic(Dict(y=[a]))
    assert is_pure_symbolic(a) and is_abstract(Dict(a=a))
    assert is_deterministic(Dict(y=1))


def test_rebinding_candidates_changes_what_is_decoded():
    a = oneof([1, 2])
    assert a.decode(DNA(1)) == 2
    a.rebind({"candidates[1]": 5})
    assert a.decode(DNA(1)) == 5


def test_json_names_of_pyglove_are_known():
    for cls, name, old in [
        (OneOf, "OneOf", "ChoiceValue"),
        (ManyOf, "ManyOf", "ChoiceList"),
        (Float, "Float", "Float"),
    ]:
        assert name_of(cls) == f"polygraft.hyper.{name}"
        assert class_of(f"hyper.{name}") is cls
        assert class_of(f"pyglove.generators.genetic.{old}") is cls


def test_calling_needs_a_genotype():
    a = oneof([1, 2])
    with pytest.raises(
        ValueError, match=r"'set_dna' should be called to set a DNA before '__call__'."
    ):
        a()
    a.set_dna(DNA(1))
    assert a() == 2
    assert a.dna == DNA(1)


def test_leaf_and_templates():
    assert oneof([1, 2]).is_leaf
    nested = oneof([1, oneof([2, 3])])
    assert not nested.is_leaf
    assert [t.is_constant for t in nested.candidate_templates] == [True, False]
    assert floatv(0, 1).is_leaf


def test_saving_and_copying():
    value = Dict(
        a=oneof([1, Dict(b=oneof("xy"))], name="n"), m=manyof(2, [1, 2], hints=3), f=floatv(0, 1)
    )
    assert eq(from_json_str(to_json_str(value)), value)
    assert eq(pickle.loads(pickle.dumps(value)), value)
    assert eq(copy.deepcopy(value), value)
    old = (
        '{"_type": "pyglove.generators.genetic.ChoiceList", "num_choices": 1, "candidates": [1, 2]}'
    )
    assert from_json_str(old) == manyof(1, [1, 2])


# -- typed fields -------------------------------------------------------------------------------
def test_typed_fields_take_placeholders_whose_values_fit():
    m = Model(
        oneof([1, 2]), floatv(0, 1), oneof(["a", None]), manyof(2, [1, 2, 3]), oneof([1, "x"])
    )
    assert isinstance(m.width, OneOf)
    assert m.rate.min_value == 0.0


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: Model(oneof(["a", 1])),
            TypeError,
            "Expect <class 'int'> but encountered <class 'str'>: a. (path=width.candidates[0])",
        ),
        (
            lambda: Model(oneof([1, 5])),
            ValueError,
            "Value 5 is out of range (min=None, max=3). (path=width.candidates[1])",
        ),
        (
            lambda: Model(oneof([1, None])),
            ValueError,
            "Value cannot be None. (Path='width.candidates[1]', ValueSpec=Int(max=3))",
        ),
        (
            lambda: T.Int().apply(manyof(1, [1]), root_path="x"),
            TypeError,
            "Source spec List(\n  Any()\n) is not compatible with destination spec Int(). (path=x)",
        ),
        (
            lambda: T.List(T.Int()).apply(manyof(1, ["a", "b"]), root_path="x"),
            TypeError,
            "Expect <class 'int'> but encountered <class 'str'>: a. (path=x.candidates[0])",
        ),
        (
            lambda: T.Int().apply(floatv(0, 1), root_path="x"),
            TypeError,
            "Source spec Float() is not compatible with destination spec Int(). (path=x)",
        ),
        (
            lambda: T.Float(min_value=0.5).apply(floatv(0, 1)),
            ValueError,
            "Float.min_value (0.0) should be no less than the min value (0.5) of value spec: "
            "Float(\n  min=0.5\n). (path=)",
        ),
        (
            lambda: T.Float(max_value=0.5).apply(floatv(0, 1)),
            ValueError,
            "Float.max_value (1.0) should be no greater than the max value (0.5) of value spec: "
            "Float(\n  max=0.5\n). (path=)",
        ),
    ],
)
def test_typed_fields_refuse_placeholders_whose_values_do_not_fit(make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value) == message


def test_a_list_field_checks_the_number_of_choices():
    with pytest.raises(ValueError, match=r"Number of choices \(3\) is out of the size range"):
        T.List(T.Int(), max_size=2).apply(manyof(3, [1, 2, 3]))


def test_unions_of_lists_and_floats():
    T.Union([T.Int(), T.List(T.Int())]).apply(manyof(1, [1, 2]))
    T.Union([T.Str(), T.Float()]).apply(floatv(0, 1))


def test_the_first_spec_is_remembered():
    a = oneof([1, 2])
    T.Int().apply(a)
    T.Int().apply(a)
    with pytest.raises(
        TypeError,
        match=r"Cannot bind an incompatible value spec Float\(\) to OneOf with bound spec Int\(\). \(path=\)",
    ):
        T.Float().apply(a)


def test_specs_of_placeholders_and_any_take_them_as_they_are():
    a = oneof(["x"])
    assert T.Object(OneOf).apply(a) is a
    assert T.Any().apply(a) is a
    T.Str().apply(a)


@pytest.mark.parametrize("levels", [64, 65, 3000])
def test_choices_within_choices_up_to_a_limit(levels):
    nested = 0
    for _ in range(levels):
        nested = oneof([nested, 1])
    if levels == 64:
        assert len(dna_spec(nested)) == 64
        assert template(nested).decode(DNA(1)) == 1
        return
    with pytest.raises(ValueError, match="at most 64 levels are supported"):
        dna_spec(nested)
