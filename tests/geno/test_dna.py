"""Genotypes: construction, binding, look-ups, text, copies."""

from __future__ import annotations

import pickle

import pytest

from polygraft.geno import DNA, Space, constant, custom, floatv, manyof, oneof, space

c = constant
D = DNA


def example() -> Space:
    return space(
        [
            oneof(
                [
                    manyof(2, [custom(), floatv(0, 1, name="z"), c()], name="y", location="b"),
                    c(),
                ],
                literal_values=["big", "small"],
                name="x",
                location="a",
            ),
            floatv(-1, 1, location="d"),
            manyof(2, [c(), c(), c()], literal_values=["p", "q", 0.5], location="e"),
        ]
    )


VALUE = [(0, [(0, "abc"), (1, 0.5)]), -0.5, [0, 2]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "DNA(0)"),
        (0.5, "DNA(0.5)"),
        ("abc", "DNA('abc')"),
        (None, "DNA(None)"),
        ([], "DNA(None)"),
        ([7], "DNA(7)"),
        ([[7]], "DNA(7)"),
        (True, "DNA(True)"),
        ([0, (1, 2), "x"], "DNA([0, (1, 2), 'x'])"),
        ((0, 1), "DNA(0, 1)"),
        ((0, 1, 2), "DNA(0, 1, 2)"),
        ((0, [1, 0.5]), "DNA(0, [1, 0.5])"),
        ([None, 1], "DNA([None, 1])"),
    ],
)
def test_values_and_their_text(value: object, text: str) -> None:
    assert repr(D(value)) == str(D(value)) == text


def test_containers_that_add_nothing_vanish() -> None:
    assert D((0, 1)) == D(0, [D(1)])
    assert D(3, [D(None, [D(1), D(2)])]) == D((3, [1, 2]))
    inner = D(1, metadata={"a": 1})
    assert D(None, [inner], metadata={"b": 1}).metadata == {"a": 1}


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: D([1, 2], [D(1)]),
            ValueError,
            "'children' ([DNA(1)]) must be None when 'value' ([1, 2]) is compositional.",
        ),
        (
            lambda: D((1,)),
            ValueError,
            "Tuple as conditional choices must have at least 2 items. Encountered (1,).",
        ),
        (
            lambda: D(([1, 2], 3)),
            ValueError,
            "Tuple as conditional choices only allow multiple choices to be used at the last "
            "position. Encountered: ([1, 2], 3)",
        ),
        (
            lambda: D(ValueError()),
            TypeError,
            "Expect (<class 'float'>, <class 'str'>, <class 'int'>) but encountered "
            "<class 'ValueError'>: . (path=value)",
        ),
        (
            lambda: D(0, [1, 2]),
            TypeError,
            "Expect <class 'polygraft.geno.dna.DNA'> but encountered <class 'int'>: 1. (path=children[0])",
        ),
        (
            lambda: D((0, (1, 2))),
            ValueError,
            "The last item of a tuple must be a number, a string or a list. Encountered: (0, (1, 2)).",
        ),
    ],
)
def test_construction_errors(make: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as info:
        make()  # type: ignore[operator]
    assert str(info.value) == message


def test_children_are_adopted_or_copied() -> None:
    child = D(1)
    first = D(0, [child])
    second = D(0, [child])
    assert first.children[0] is child
    assert second.children[0] is not child
    assert child.parent_dna is first
    assert child.root is first


def test_writing_to_the_tree_writes_to_the_genotype() -> None:
    dna = space([oneof([c()] * 3), oneof([c()] * 3)]).first_dna()
    assert hash(dna) == hash(D([0, 0]))
    dna.children[1].value = 2
    assert dna == D([0, 2])
    assert dna.to_numbers() == [0, 2]
    dna.children[0] = D(1)
    assert dna == D([1, 2])
    assert hash(dna) == hash(D([1, 2]))
    dna.children.reverse()
    assert repr(dna) == "DNA([2, 1])"
    dna.rebind({"children[0].value": 0})
    assert dna.to_numbers() == [0, 1]
    assert dna.clone() == dna


def test_binding_gives_each_node_its_spec() -> None:
    spec = example()
    dna = D(VALUE).use_spec(spec)
    choice = spec.elements[0]
    multi = choice.candidates[0].elements[0]  # type: ignore[attr-defined]
    assert dna.spec is spec
    assert dna.children[0].spec is choice
    assert dna.children[0].children[1].spec is multi.subchoice(1)
    assert dna.children[0].multi_choice_spec is multi
    assert dna.children[0].is_multi_choice_container
    assert dna.children[0].children[0].is_subchoice
    assert dna.children[2].spec is spec.elements[2]
    assert dna.children[2].children[1].spec is spec.elements[2].subchoice(1)  # type: ignore[attr-defined]
    flat = DNA.from_numbers(dna.to_numbers(), spec)
    assert flat.children[0].children[1].spec is multi.subchoice(1)
    one = space([oneof([c()])])
    assert one.first_dna().spec is one.elements[0]
    assert one.first_dna(attach_spec=False).spec is None


def test_failed_binding_binds_nothing() -> None:
    dna = D([0, 1, 5])
    with pytest.raises(ValueError):
        dna.use_spec(space([oneof([c()]), oneof([c()] * 2), oneof([c()])]))
    assert dna.spec is None
    assert all(child.spec is None for child in dna)


ONE = oneof([c(), floatv(0, 1), space([oneof([c()] * 2), oneof([c()] * 2)]), manyof(2, [c()] * 3)])


@pytest.mark.parametrize(
    ("spec", "value", "bind_message", "validate_message"),
    [
        (
            space([oneof([c()]), oneof([c()])], location="L"),
            1,
            "DNA value type mismatch. Value: 1, Spec: Space({",
            "Number of child values in DNA (0) does not match the number of elements (2). "
            "Child values: [], Location: L.",
        ),
        (
            c(),
            1,
            "DNA value type mismatch. Value: 1, Spec: Space().",
            "Extra DNA values encountered: DNA(1), Location: .",
        ),
        (
            ONE,
            [0, 1],
            "DNA value type mismatch. Value: None, Spec: Choices(",
            "Expect an integer for a single choice, but encountered a list ([0, 1]). Location: .",
        ),
        (
            ONE,
            4,
            "Value of DNA is out of range according to the DNA spec. Value: 4, Spec: Choices(",
            "Choice out of range. Value: 4, Candidates: 4, Location: .",
        ),
        (
            ONE,
            -1,
            "Value of DNA is out of range according to the DNA spec. Value: -1, Spec: Choices(",
            "Choice out of range. Value: -1, Candidates: 4, Location: .",
        ),
        (
            ONE,
            (0, 1),
            "There is no DNA spec for child DNA values. Child values: [DNA(1)].",
            "Child DNA ([DNA(1)]) provided while there is no child decision point.",
        ),
        (
            ONE,
            1,
            "Encountered more than 1 value.Child value: [], Spec: Float(",
            "No child DNA provided for child space Space({",
        ),
        (
            ONE,
            (2, 0),
            "Number of elements in child templates (2) does not match with the length of children (1) "
            "from DNA: DNA(2, 0), Spec: Space({",
            "Number of child values in DNA (1) does not match the number of elements (2).",
        ),
        (
            ONE,
            (3, 0),
            "Number of choices (2) does not match with the number of child values (len(children)). Spec: ",
            "Number of DNA child values does not match the number of choices. Child values: [], Choices: 2, "
            "Location: .",
        ),
        (
            manyof(2, [c()] * 3, sorted=True, location="L"),
            [1, 0],
            "Child values [1, 0] are not sorted. Spec: ",
            "DNA child values should be sorted. Encountered: [1, 0], Location: L.",
        ),
        (
            manyof(2, [c()] * 3, location="L"),
            [0, 0],
            "Child values [0, 0] are not distinct. Spec: ",
            "DNA child values should be distinct. Encountered: [0, 0], Location: L.",
        ),
        (
            manyof(2, [c()] * 3, location="L"),
            [0, 3],
            "Value of DNA is out of range according to the DNA spec. Value: 3, Spec: ",
            "Choice out of range. Value: 3, Candidates: 3, Location: L[1].",
        ),
        (
            manyof(2, [c()] * 3, location="L"),
            [0, 0.5],
            "DNA value type mismatch. Value: 0.5, Spec: ",
            "Choice value should be int. Encountered: 0.5, Location: L[1].",
        ),
        (
            manyof(2, [c()] * 3, location="L"),
            1,
            "Cannot apply multi-choice DNA spec on value 1: Choices(",
            "Number of DNA child values does not match the number of choices. Child values: [], Choices: 2, "
            "Location: L.",
        ),
        (
            floatv(0, 1, location="L"),
            1,
            "DNA value type mismatch. Value: 1, Spec: Float(",
            "Expect float value. Encountered: 1, Location: L.",
        ),
        (
            floatv(0, 1, location="L"),
            -2.0,
            "DNA value should be no less than 0.0. Encountered -2.0, Spec: ",
            "DNA value should be no less than 0.0. Encountered -2.0, Location: L.",
        ),
        (
            floatv(0, 1, location="L"),
            2.0,
            "DNA value should be no greater than 1.0. Encountered 2.0, Spec: ",
            "DNA value should be no greater than 1.0. Encountered 2.0, Location: L.",
        ),
        (
            custom(location="L"),
            1,
            "DNA value type mismatch, Value: 1, Spec: ",
            "CustomDecisionPoint expects string type DNA. Encountered: DNA(1), Location: L.",
        ),
    ],
)
def test_what_does_not_fit(
    spec: Space, value: object, bind_message: str, validate_message: str
) -> None:
    with pytest.raises(ValueError) as error:
        D(value, spec=spec)
    assert str(error.value).startswith(bind_message)
    with pytest.raises(ValueError) as error:
        spec.validate(D(value))
    assert str(error.value).startswith(validate_message)


def test_lookups() -> None:
    dna = D(VALUE, spec=example())
    assert dna["x"] == D((0, [(0, "abc"), (1, 0.5)]))
    assert dna["y"] == [D((0, "abc")), D((1, 0.5))]
    assert dna["a[=0/2].b[0]"] == D((0, "abc"))
    assert dna["a[=0/2].b[0][=1/3]"] is None
    assert dna["e"] == [D(0), D(2)]
    assert dna["z"] == [None, D(0.5)]
    assert dna[dna.spec.elements[1]] is dna.children[1]
    assert dna[1:] == [D(-0.5), D([0, 2])]
    with pytest.raises(KeyError):
        dna["nope"]
    with pytest.raises(IndexError, match="list index out of range"):
        dna[7]
    assert dna.get("nope", 3) == 3
    other = D([1, -0.5, [0, 2]], spec=example())
    assert other["y"] is None
    assert other.named_decisions == {"x": D(1), "y": None, "z": None}
    assert dna.literal_value == [["0/2 -> 0/3 -> abc", "0/2 -> 1/3 -> 0.5"], "-0.5", ["p", 0.5]]
    with pytest.raises(ValueError, match=r"^DNA\(\[0, 1\]\) is not bound with a DNASpec\.$"):
        D([0, 1])["x"]
    assert 1 in D([1, 2])
    assert D(2) in D([1, 2])
    with pytest.raises(ValueError, match=r"DNA.__contains__ does not accept \(1, 2\)\."):
        (1, 2) in D([1, 2])  # noqa: B015


def test_to_dict() -> None:
    dna = D(VALUE, spec=example())
    assert list(dna.to_dict().items()) == list(
        {
            "a": 0,
            "a[=0/2].b[0]": 0,
            "a[=0/2].b[0][=0/3]": "abc",
            "a[=0/2].b[1]": 1,
            "a[=0/2].b[1][=1/3]": 0.5,
            "d": -0.5,
            "e[0]": 0,
            "e[1]": 2,
        }.items()
    )
    assert dna.to_dict(multi_choice_key="parent") == {
        "a": 0,
        "a[=0/2].b": [0, 1],
        "a[=0/2].b[0][=0/3]": "abc",
        "a[=0/2].b[1][=1/3]": 0.5,
        "d": -0.5,
        "e": [0, 2],
    }
    assert dna.to_dict("name_or_id", "choice_and_literal") == {
        "x": "0/2 (big)",
        "y": ["0/3", "1/3"],
        "a[=0/2].b[0][=0/3]": "abc",
        "z": 0.5,
        "d": -0.5,
        "e[0]": "0/3 (p)",
        "e[1]": "2/3 (0.5)",
    }
    with pytest.raises(ValueError) as error:
        dna.to_dict("foo")
    assert (
        str(error.value)
        == "'key_type' must be either 'id', 'name_or_id' or 'dna_spec'. Encountered: 'foo'."
    )


def test_from_dict_leaves_the_input_alone_and_says_what_is_wrong() -> None:
    spec = example()
    source = {"x": 0, "y": [0, 1], "a[=0/2].b[0][=0/3]": "abc", "z": 0.5, "d": -0.5, "e": [0, 2]}
    assert D.from_dict(source, spec) == D(VALUE)
    assert source["y"] == [0, 1]
    for changes, message in [
        ({"d": None}, "Value for 'd' is not found in the dictionary {"),
        ({"x": 2}, "Candidate index out of range at choice 'x'. Index=2, Number of candidates=2."),
        ({"d": -2.0}, "The decision for 'd' should be no less than -1.0. Encountered -2.0."),
        (
            {"a[=0/2].b[0][=0/3]": 1},
            "The decision for 'a[=0/2].b[0][=0/3]' should be a string. Encountered 1.",
        ),
        ({"e": [0]}, "Expect 2 values for multi-choice 'e'."),
        ({"e": [0, 0]}, "Child values [0, 0] are not distinct."),
        ({"d": 0}, "DNA value type mismatch. Value: 0, Spec: Float("),
    ]:
        with pytest.raises(ValueError) as error:
            D.from_dict({**source, **changes}, spec)
        assert str(error.value).startswith(message)


def test_numbers() -> None:
    assert D(None).to_numbers() == []
    assert D((0, 1, 2)).to_numbers(False) == (0, [1, 2])
    spec = space([oneof([c(), floatv(0, 1)]), oneof([c(), c()], location="q")])
    assert D.from_numbers([1, 0.5, 0], spec) == D([(1, 0.5), 0])
    for values, message in [
        ([1, 0.5], "The input [1, 0.5] is too short for Space({"),
        ([0, 0, 4], "The input [0, 0, 4] is too long for Space({"),
        ([0, 3], "Candidate index out of range at choice 'q'. Index=3, Number of candidates=2."),
        ([1, 7.0, 0], "DNA value should be no greater than 1.0."),
    ]:
        with pytest.raises(ValueError) as error:
            D.from_numbers(values, spec)
        assert str(error.value).startswith(message)


def test_from_fn() -> None:
    spec = example()
    answers = iter([[0], [0, 1], "abc", 0.5, -0.5, [0, 2]])
    dna = D.from_fn(spec, lambda point: next(answers))
    assert dna == D(VALUE)
    assert dna.spec is None
    assert D.from_fn(oneof([floatv(0, 1)]), lambda point: D((0, 0.5))) == D((0, 0.5))
    with pytest.raises(
        TypeError, match=r"Argument 'dna_spec' should be DNASpec type. Encountered 1."
    ):
        D.from_fn(1, lambda point: [0])  # type: ignore[arg-type]
    for answer, message in [
        (
            [0, 1],
            "Number of DNA child values does not match the number of choices. Child values: [0, 1], "
            "Choices: 1, Location: q.",
        ),
        ([0.1], "Choice value should be int. Encountered: 0.1, Location: q[0]."),
        ([2], "Choice out of range. Value: 2, Candidates: 2, Location: q[0]."),
    ]:
        with pytest.raises(ValueError) as error:
            D.from_fn(oneof([c(), c()], location="q"), lambda point, answer=answer: answer)
        assert str(error.value) == message


def test_order() -> None:
    assert D(None) < D(0) < D("a")
    assert D([0, 1]) < D(0)
    assert D(1) == D(1.0) == D(True)
    assert D(0) != 0
    assert D(0) != D((0, 1))
    with pytest.raises(TypeError, match="unorderable types: DNA & <class 'int'>"):
        D(0) < 1  # type: ignore[operator]  # noqa: B015
    with pytest.raises(ValueError) as error:
        D((0, 1)) < D(0)  # noqa: B015
    assert str(error.value) == (
        "The two input DNA have different number of children. (Left=DNA(0, 1), Right=DNA(0))"
    )


def test_long_text_wraps() -> None:
    dna = D([0, (1, [2, 3]), 4])
    assert dna.format(compact=False) == "DNA([0, (1, [2, 3]), 4])"
    assert (
        dna.format(compact=False, list_wrap_threshold=15) == "DNA([\n  0,\n  (1, [2, 3]),\n  4\n])"
    )
    assert (
        D([0, 1]).format(verbose=False)
        == """\
DNA(
  value = None,
  children = [
    0 : DNA(
      value = 0,
      children = [],
      metadata = {}
    ),
    1 : DNA(
      value = 1,
      children = [],
      metadata = {}
    )
  ],
  metadata = {}
)"""
    )
    bound = D(
        [1, 0.25],
        spec=space([oneof([c(), c()], ["x", "y"], location="a"), floatv(0, 1, location="c")]),
    )
    assert bound.format(as_dict=True) == "DNA({\n  'a': '1/2 (y)',\n  'c': 0.25\n})"


def test_json() -> None:
    dna = D([0, (1, 2)], metadata={"a": 1}).set_metadata("b", [1], cloneable=True)
    assert dna.to_json() == {
        "_type": "polygraft.geno.DNA",
        "format": "compact",
        "value": [0, ["__tuple__", 1, 2]],
        "metadata": {"a": 1, "b": [1]},
        "_cloneable_metadata_keys": ["b"],
    }
    assert dna.to_json(type_info=False) == [0, (1, 2)]
    for compact in (True, False):
        loaded = D.from_json(dna.to_json(compact=compact))
        assert loaded.sym_eq(dna)
        assert loaded.clone().metadata == {"b": [1]}


def test_metadata_and_copies() -> None:
    spec = space([oneof([c(), c()]), oneof([c(), c()])])
    dna = D([0, 1], spec=spec)
    dna.set_metadata("kept", 1, cloneable=True).set_metadata("lost", 2)
    dna.set_userdata("kept", 1, cloneable=True).set_userdata("lost", 2)
    dna.children[0].set_metadata("child", 3, cloneable=True)
    copy = dna.clone()
    assert copy.metadata == copy.userdata == {"kept": 1}
    assert copy.children[0].metadata == {"child": 3}
    assert copy.spec is spec
    assert copy.children[1].spec is spec.elements[1]
    loaded = pickle.loads(pickle.dumps(dna))
    assert loaded.spec is None
    assert loaded.metadata == {"kept": 1, "lost": 2}
    assert loaded.userdata == {}
    assert loaded.clone().metadata == {"kept": 1}
    assert dna == D([0, 1])
    assert not dna.sym_eq(D([0, 1]))
    with pytest.raises(KeyError):
        dna.set_metadata("a.b", 1)
    assert dna.metadata.kept == 1
    assert not hasattr(dna.metadata, "other")


def test_tuples_in_metadata_survive_json() -> None:
    dna = DNA(1).set_metadata("reward", (1.0, 2.0)).set_metadata("list", [1, (2,)])
    again = DNA.from_json(dna.to_json())
    assert again.metadata == {"reward": (1.0, 2.0), "list": [1, (2,)]}
