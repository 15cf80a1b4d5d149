"""Specs: printed forms, ids, names, errors."""

from __future__ import annotations

import copy

import pytest

from polygraft.errors import WritePermissionError
from polygraft.geno import (
    Choices,
    ConditionalKey,
    CustomDecisionPoint,
    DecisionPoint,
    DNASpec,
    Float,
    Space,
    constant,
    custom,
    floatv,
    manyof,
    oneof,
    space,
)
from polygraft.paths import KeyPath

c = constant


def nested() -> Space:
    return space(
        [
            oneof(
                [
                    c(),
                    space(
                        [
                            manyof(
                                2,
                                [c(), floatv(0.1, 1.0, "log")],
                                sorted=True,
                                name="m",
                                location="b",
                            )
                        ]
                    ),
                ],
                literal_values=["x", "y"],
                hints={"k": 1},
                location="a",
            ),
            floatv(0, 1, hints="h", location="c", name="f"),
            custom("Foo", location="d"),
        ]
    )


def test_prints_the_space_of_one_choice() -> None:
    spec = space([oneof([c(), c()], [8, 16], location="net[0].w")])
    expected = """\
Space({
  0 = 'net[0].w': Choices(num_choices=1, [
    (0): 8
    (1): 16
  ])
})"""
    assert str(spec) == repr(spec) == expected


def test_prints_nested_spaces_with_properties() -> None:
    assert (
        str(nested())
        == """\
Space({
  0 = 'a': Choices(num_choices=1, [
    (0): x
    (1): Space({
      0 = 'b': Choices(num_choices=2, [
        (0): Space()
        (1): Space({
          0 = '': Float(min_value=0.1, max_value=1.0, scale='log')
        })
      ],       name='m',
      sorted=True)
    })
  ],   hints={
    k = 1
  })
  1 = 'c': Float(name='f', min_value=0.0, max_value=1.0, hints='h')
  2 = 'd': CustomDecisionPoint(hyper_type='Foo')
})"""
    )


def test_prints_a_choice_on_its_own() -> None:
    spec = oneof([c()], hints={"x": 1}, location="q", name="nm")
    assert str(spec) == (
        "Choices(num_choices=1, [\n  (0): Space()\n], id='q',\nname='nm',\nhints={\n  x = 1\n})"
    )
    assert str(Space()) == "Space()"
    assert repr(floatv(0, 1, hints=[1, 2])) == (
        "Float(id='', min_value=0.0, max_value=1.0, hints=[0: 1, 1: 2])"
    )


def test_prints_fields() -> None:
    assert (
        space([floatv(0, 1, location="x")], location="root").format(compact=False, verbose=False)
        == """\
Space(
  location = root,
  hints = None,
  elements = [
    0 : Float(
      location = x,
      hints = None,
      name = None,
      min_value = 0.0,
      max_value = 1.0,
      scale = None
    )
  ],
  index = None
)"""
    )
    assert "# Minimum value." in floatv(0, 1).format(compact=False, verbose=True)


def test_ids_follow_the_parent() -> None:
    point = floatv(0, 1, location="b")
    assert point.id == "b"
    choice = oneof([c(), c(), point], location="a")
    assert point.id == "a[=2/3].b"
    root = space([choice, floatv(0, 1, location="z")], location="root")
    assert root.elements[0] is choice
    assert choice.candidates[2].elements[0] is point
    assert point.id == KeyPath.parse("root.a") + ConditionalKey(2, 3) + "b"
    assert point.id == "root.a[=2/3].b"
    assert point.parent_choice is choice
    assert choice.parent_choice is None
    assert point.sym_path == "elements[0].candidates[2].elements[0]"
    assert root["root.a[=2/3].b"] is point
    assert choice[point.id] is point


def test_slots_of_a_multi_choice() -> None:
    spec = oneof(
        [manyof(2, [oneof([c(), c()], location="x"), c()], location="m", name="n"), c()],
        location="a",
    )
    multi = spec.candidates[0].elements[0]
    assert isinstance(multi, Choices)
    assert [str(i) for i in spec.decision_ids] == [
        "a",
        "a[=0/2].m",
        "a[=0/2].m[0][=0/2].x",
        "a[=0/2].m[1][=0/2].x",
    ]
    slot = multi.subchoice(1)
    assert slot is multi.subchoice(1)
    assert slot.is_subchoice
    assert slot.parent_spec is multi
    assert slot.parent_choice is spec
    assert slot.candidates[0].elements[0].parent_choice is slot
    assert spec["n"] == [multi.subchoice(0), slot]
    assert spec["a[=0/2].m"] == [multi.subchoice(0), slot]
    assert spec.get("a[=0/2].m[=0/2].x") is None
    assert spec.named_decision_points == {"n": [multi.subchoice(0), slot]}
    with pytest.raises(ValueError, match="'subchoice' should not be called on a subchoice"):
        slot.subchoice(0)
    assert len(spec) == 1 + 2 * 2


def test_a_candidate_with_a_parent_is_copied() -> None:
    one = c()
    spec = oneof([one, one])
    assert spec.candidates[0] is one
    assert spec.candidates[1] is not one
    assert [s.index for s in spec.candidates] == [0, 1]


def test_names_must_be_unique() -> None:
    with pytest.raises(ValueError) as error:
        space([floatv(0, 1, location="a", name="x"), floatv(0, 1, location="b", name="x")])
    assert str(error.value) == (
        "Found 2 decision point definitions clash on name 'x'. "
        "Definition1=Float(id='b', name='x', min_value=0.0, max_value=1.0), "
        "Definition2=Float(id='a', name='x', min_value=0.0, max_value=1.0)."
    )
    with pytest.raises(
        ValueError, match=r"clash between name a and id a\. Definition1=Float\(id='b'"
    ):
        space([floatv(0, 1, location="a"), floatv(0, 1, location="b", name="a")])
    space([floatv(0, 1, location="a", name="a")])
    space([manyof(2, [c(), floatv(0, 1, name="y")], name="x")])


def test_rebind_refreshes_ids_and_is_undone_on_a_clash() -> None:
    root = space([floatv(0, 1, location="a", name="x"), floatv(0, 1, location="b")])
    second = root[1]
    second.rebind(location="q.r", name="y")
    assert root["q.r"] is second
    assert root["y"] is second
    with pytest.raises(ValueError, match="clash on name"):
        second.rebind(name="x")
    assert second.name == "y"
    assert root["x"] is root[0]


def test_attributes_are_read_only() -> None:
    spec = floatv(0, 1)
    with pytest.raises(WritePermissionError) as error:
        spec.name = "z"  # type: ignore[misc]
    assert str(error.value) == (
        "Cannot set attribute of <class Float> while `Float.allow_symbolic_assignment` is set to "
        "False or under `pg.as_sealed` context. (path=)"
    )
    with pytest.raises(WritePermissionError):
        spec.location = "z"  # type: ignore[misc,assignment]


@pytest.mark.parametrize("cls", [DNASpec, DecisionPoint])
def test_abstract_classes(cls: type) -> None:
    with pytest.raises(TypeError, match="Can't instantiate abstract class"):
        cls()


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: manyof(3, [c()]),
            ValueError,
            "There are not enough candidates (1) to make 3 distinct choices.",
        ),
        (
            lambda: oneof([c(), c()], ["a"]),
            ValueError,
            "The length of 'candidates' (2) should be equal to the length of 'literal_values' (1).",
        ),
        (
            lambda: Choices(0, [c()]),
            ValueError,
            "Value 0 is out of range (min=1, max=None). (path=num_choices)",
        ),
        (
            lambda: oneof([]),
            ValueError,
            "Length of list [] is less than min size (1). (path=candidates)",
        ),
        (
            lambda: floatv(1, 0),
            ValueError,
            "Argument 'min_value' (1.0) should be no greater than 'max_value' (0.0).",
        ),
        (
            lambda: floatv(0, 1, "log"),
            ValueError,
            "'min_value' must be positive when `scale` is 'log'. encountered: 0.0.",
        ),
        (
            lambda: floatv(0, 1, "foo"),
            ValueError,
            "Value 'foo' is not in candidate list [None, 'linear', 'log', 'rlog']. (path=scale)",
        ),
        (
            lambda: floatv("a", 1),
            TypeError,
            "Expect <class 'float'> but encountered <class 'str'>: a. (path=min_value)",
        ),  # type: ignore[arg-type]
    ],
)
def test_construction_errors(make: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as info:
        make()  # type: ignore[operator]
    assert str(info.value) == message


def test_elements_must_be_decision_points() -> None:
    with pytest.raises(
        TypeError,
        match=r"Expect <class '.*DecisionPoint'> but .*: Space\(\)\. \(path=elements\[0\]\)",
    ):
        Space([c()])  # type: ignore[list-item]


def test_multi_choice_cannot_be_a_slot() -> None:
    with pytest.raises(ValueError, match="Multi-choice spec cannot be a subchoice"):
        Choices(2, [c(), c()], subchoice_index=0)


def test_literals() -> None:
    spec = oneof([c()] * 4, ["abc", "1/4 (d\ne)", 7, 0.5], location="q")
    assert spec.literal_values == ["abc", "d\ne", 7, 0.5]
    assert spec.format_candidate(0) == "0/4 (abc)"
    assert spec.format_candidate(2, "literal") == 7
    assert spec.format_candidate(2, "choice") == "2/4"
    assert [spec.candidate_index(v) for v in ("abc", 7, 0.5, "1/4", "0/4 (abc)", "2/4 (7)")] == [
        0,
        2,
        3,
        1,
        0,
        2,
    ]
    for value, message in [
        ("zz", "with literal value 'zz'."),
        (0, "with literal value 0."),
        ("4/4", "Candidate index out of range at choice 'q'. Index=4, Number of candidates=4."),
        ("1/3", "Number of candidates (3) for Choice 'q' does not match with DNASpec (4)."),
        (
            "0/4 (No)",
            "The literal value from the input ('No') does not match with the literal value ('abc') "
            "from the chosen candidate (index=0).",
        ),
        (
            None,
            "The value for Choice 'q' should be either an integer, a float or a string. Encountered: None.",
        ),
    ]:
        with pytest.raises(ValueError) as error:
            spec.candidate_index(value)  # type: ignore[arg-type]
        assert str(error.value).endswith(message)
    plain = oneof([c(), c()])
    assert plain.format_candidate(0) == "0/2"
    with pytest.raises(ValueError, match="does not match with the literal value"):
        plain.candidate_index("0/2 (x)")
    with pytest.raises(ValueError, match="`display_format` must be either"):
        plain.format_candidate(0, "foo")


def test_kinds() -> None:
    for spec in (Space(), oneof([c()]), floatv(0, 1), custom()):
        kinds = [
            spec.is_space,
            spec.is_categorical,
            spec.is_numerical,
            spec.is_custom_decision_point,
        ]
        assert kinds.count(True) == 1
        assert not spec.is_subchoice


def test_equality_is_identity_and_values_compare_symbolically() -> None:
    a, b = nested(), nested()
    assert a != b
    assert len({a, b}) == 2
    assert a.sym_eq(b)
    assert a.sym_hash() == b.sym_hash()
    b[1].rebind(hints="other")
    assert a.sym_ne(b)
    fn = custom("T", lambda dna: None)
    assert fn.sym_eq(custom("T"))


def test_userdata_stays_behind() -> None:
    spec = floatv(0, 1)
    spec.set_userdata("a", 1)
    assert spec.userdata.a == 1
    assert spec.clone().userdata == {}
    assert copy.deepcopy(spec).userdata == {}


def test_json() -> None:
    assert floatv(0.0, 1.0, location="x").to_json() == {
        "_type": "pyglove.generators.geno.Float",
        "location": "x",
        "hints": None,
        "name": None,
        "min_value": 0.0,
        "max_value": 1.0,
        "scale": None,
    }
    loaded = Float.from_json(
        {"_type": "geno.Float", "min_value": 0.0, "max_value": 1.0, "userdata": {}}
    )
    assert loaded.sym_eq(floatv(0, 1))
    assert "next_dna_fn" not in CustomDecisionPoint().to_json()


def test_fixed_draws() -> None:
    import random

    assert oneof([c()] * 3).random_dna(random.Random(1)).value == 0
    assert manyof(2, [c()] * 3).random_dna(random.Random(1)).to_numbers() == [0, 2]
    assert floatv(0, 1).random_dna(random.Random(1)).value == 0.13436424411240122


def test_enumeration_errors() -> None:
    spec = oneof([c(), c()], location="q")
    from polygraft.geno import DNA

    with pytest.raises(
        ValueError, match=r"Choice value \(5\) is out of range \(\[0, 2\]\)\. DNASpec: Choices"
    ):
        spec.next_dna(DNA(5))
    with pytest.raises(ValueError, match=r"Expect 2 choices but encountered 3 sub-DNA"):
        manyof(2, [c()] * 4).next_dna(DNA([0, 1, 2]))
    with pytest.raises(NotImplementedError, match="`next_dna` is not supported on `Float` yet"):
        floatv(0, 1).next_dna(DNA(0.0))
    with pytest.raises(
        NotImplementedError, match="`random_dna` is not supported on 'CustomDecisionPoint'"
    ):
        custom().random_dna()
    with pytest.raises(NotImplementedError, match="`next_dna` is not supported on 'MyType'"):
        custom("MyType").first_dna()


def test_multi_choice_order() -> None:
    spec = manyof(2, [c()] * 3, distinct=False, sorted=True)
    assert [d.to_numbers() for d in spec.iter_dna()] == [
        [0, 0],
        [0, 1],
        [0, 2],
        [1, 1],
        [1, 2],
        [2, 2],
    ]
    weighted = manyof(2, [oneof([c()] * 2), oneof([c()] * 3), c()])
    assert weighted.space_size == 22


def test_custom_points_see_the_previous_genotype() -> None:
    import random

    from polygraft.geno import DNA

    seen: list[object] = []

    def draw(r: object, previous: DNA | None) -> DNA:
        seen.append(None if previous is None else previous.value)
        return DNA("new")

    spec = space(
        [
            oneof([custom(random_dna_fn=draw), c()], location="a"),
            custom(random_dna_fn=draw, location="b"),
        ]
    )
    r = random.Random(0)
    spec.random_dna(r, previous_dna=DNA([(0, "p"), "q"], spec=spec))
    assert seen in ([("p"), "q"], ["q"])
