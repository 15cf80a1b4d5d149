"""Differences: printed forms, modes, collapsing, flattening, laws."""

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from tests.symbolic.test_traversal import at, node_trees, plain_trees

from polygraft.paths import KeyPath
from polygraft.symbolic.abstract import is_pure_symbolic
from polygraft.symbolic.compare import TooDeepError, eq, hash_
from polygraft.symbolic.containers import Dict, List
from polygraft.symbolic.copying import clone
from polygraft.symbolic.diffing import Diff, diff
from polygraft.symbolic.object_ import Object
from polygraft.symbolic.ref import Ref
from polygraft.symbolic.wrapping import symbolize


class A(Object):
    x: Any
    y: Any = None


class B(Object):
    x: Any
    z: Any = 1


class S(A):
    pass


class Careless(Object):
    """Two of these are equal if their names are."""

    name: str
    note: Any = None

    def sym_eq(self, other):
        return isinstance(other, Careless) and self.name == other.name


@symbolize
class Layer:
    """A wrapped class whose equality must not be asked, and which must not be built by a diff."""

    built = 0

    def __init__(self, units, *more, rate=0.1, **options):
        Layer.built += 1

    def __eq__(self, other):
        raise AssertionError("A diff is no run-time use.")

    __hash__ = None


# -- Diff --------------------------------------------------------------------------------------------------------------
def test_a_diff_tells_whether_there_is_a_difference():
    assert not Diff()
    assert not Diff(1, 1)
    assert Diff(1, 2)
    assert Diff(1)
    assert not Diff(A, A, {"x": Diff(1, 1)})
    assert Diff(A, A, {"x": Diff(1, 2)})
    assert Diff(A, B, {"x": Diff(1, 1)})


def test_value_of_both_sides():
    assert Diff(1, 1).value == 1
    with pytest.raises(
        ValueError,
        match=r"^'value' cannot be accessed when 'left' and 'right' are not the same\. Left=1, Right=2\.$",
    ):
        Diff(1, 2).value


def test_sides_of_a_branch_are_types():
    with pytest.raises(
        ValueError, match=r"^'left' must be a type when 'children' is specified\. Encountered: 1\.$"
    ):
        Diff(1, A, {"x": Diff(1, 2)})
    with pytest.raises(ValueError, match="'right' must be a type"):
        Diff(A, 1, {"x": Diff(1, 2)})


def test_printed_forms_of_diffs():
    assert repr(Diff.MISSING) == "MISSING"
    assert repr(Diff()) == "No diff"
    assert repr(Diff(A(1), A(1))) == "A(x=1, y=None)"
    assert repr(Diff(1)) == "Diff(left=1, right=MISSING)"
    assert (
        str(Diff(A(1), 2)) == "Diff(\n  left = A(\n    x = 1,\n    y = None\n  ),\n  right = 2\n)"
    )
    assert repr(Diff(A, B, {"x": Diff(1, 2)})) == "A|B(x=Diff(left=1, right=2))"
    assert repr(Diff(list, list, {"0": Diff(1, 2)})) == "[0=Diff(left=1, right=2)]"
    assert repr(Diff(list, dict, {"0": Diff(1, 2)})) == "list|dict(0=Diff(left=1, right=2))"
    assert (
        str(A(Diff(1, 2))) == "A(\n  x = Diff(\n    left = 1,\n    right = 2\n  ),\n  y = None\n)"
    )


def test_equality_of_diffs():
    assert Diff() == Diff()
    assert Diff(1, 2) == Diff(1, 2)
    assert Diff(1, 2) != Diff(2, 1)
    assert Diff(1, 1) == 1
    assert Diff(1, 1) == Diff(1, 1)
    assert Diff(1, 2) != 1
    assert eq(1, Diff(1, 1))
    assert hash(Diff(1, 1)) == hash(1)
    assert hash(Diff(1, 2)) == hash_(Diff(1, 2))
    children = {"x": Diff(1, 2)}
    assert Diff(A, A, children) == Diff(A, A, dict(children))
    assert Diff.MISSING != MISSING_LOOKALIKE


MISSING_LOOKALIKE = type(Diff.MISSING)()


def test_diffs_are_placeholders_and_can_be_copied():
    d = diff(A(1), A(2))
    assert is_pure_symbolic(A(d))
    assert copy.deepcopy(d) == d
    assert pickle.loads(pickle.dumps(Diff())).left is Diff.MISSING


# -- diff --------------------------------------------------------------------------------------------------------------
CASES = [
    (A(1), A(1), {}, "No diff"),
    (A(1), 5, {}, "Diff(left=A(x=1, y=None), right=5)"),
    (1, 1, {}, "No diff"),
    (
        {"a": 1, "b": 1},
        {"a": 2, "c": 3},
        {},
        "dict(a=Diff(left=1, right=2), b=Diff(left=1, right=MISSING), c=Diff(left=MISSING, right=3))",
    ),
    (
        A([1, 2, A(3)]),
        A([1, 5, A(4), 6]),
        {},
        "A(x=[1=Diff(left=2, right=5), 2=A(x=Diff(left=3, right=4)), 3=Diff(left=MISSING, right=6)])",
    ),
    (A([1, 2]), A([1, 5]), {"mode": "both"}, "A(x=[0=1, 1=Diff(left=2, right=5)], y=None)"),
    (A(1), B(2), {}, "Diff(left=A(x=1, y=None), right=B(x=2, z=1))"),
    (
        A(1),
        B(2),
        {"collapse": True},
        "A|B(x=Diff(left=1, right=2), y=Diff(left=None, right=MISSING), z=Diff(left=MISSING, right=1))",
    ),
    (
        A(1),
        {"x": 2},
        {"collapse": True},
        "A|dict(x=Diff(left=1, right=2), y=Diff(left=None, right=MISSING))",
    ),
    (A(1), {"x": 1, "y": None}, {"collapse": True}, "A|dict()"),
    (A(1), [1], {"collapse": True}, "Diff(left=A(x=1, y=None), right=[1])"),
    (A(1), S(1), {"collapse": True}, "A|S()"),
    (A(1), A(2), {"collapse": False}, "Diff(left=A(x=1, y=None), right=A(x=2, y=None))"),
    (A(A(1)), A(A(1)), {"collapse": False}, "No diff"),
    (A(1), S(2), {"collapse": lambda left, right: True}, "A|S(x=Diff(left=1, right=2))"),
    (
        A(1),
        A(2),
        {"collapse": lambda left, right: False},
        "Diff(left=A(x=1, y=None), right=A(x=2, y=None))",
    ),
    (Dict(a=1), Dict(a=2), {}, "Dict(a=Diff(left=1, right=2))"),
    (Dict(a=1), {"a": 1}, {}, "No diff"),
    ({"a": 1}, Dict(a=2), {}, "dict|Dict(a=Diff(left=1, right=2))"),
    ([1], List([2]), {}, "[0=Diff(left=1, right=2)]"),
    ({1: 2}, {1: 3}, {}, "dict([1]=Diff(left=2, right=3))"),
    ((1, A(2)), (1, A(3)), {}, "Diff(left=(1, A(x=2, y=None)), right=(1, A(x=3, y=None)))"),
    ((1, A(2)), (1, A(2)), {}, "No diff"),
    (Careless("a", 1), Careless("a", 2), {}, "No diff"),
    (Careless("a", 1), Careless("b", 1), {}, "Careless(name=Diff(left='a', right='b'))"),
    # Modes
    (A(1, 2), A(1, 3), {"mode": "same"}, "A(x=1)"),
    (A(1, [2, 3]), A(1, [2, 4]), {"mode": "same"}, "A(x=1, y=[0=2])"),
    (A(1, [2, 3]), A(0, [2, 4]), {"mode": "same"}, "A(y=[0=2])"),
    (A(1, [2]), A(1, [3]), {"mode": "same"}, "A(x=1)"),
    (A(1, 2), A(1, 2), {"mode": "same"}, "A(x=1, y=2)"),
    (A(1, [{"a": 2}]), A(1, [{"a": 2}]), {"mode": "both"}, "A(x=1, y=[0: {a=2}])"),
    (
        A(1, [{"a": 2}]),
        A(0, [{"a": 2}]),
        {"mode": "both"},
        "A(x=Diff(left=1, right=0), y=[0: {a=2}])",
    ),
    (1, 2, {"mode": "same"}, "Diff(left=1, right=2)"),
]


@pytest.mark.parametrize(
    ("left", "right", "options", "text"), CASES, ids=lambda v: v if isinstance(v, str) else ""
)
def test_printed_differences(left, right, options, text):
    assert repr(diff(left, right, **options)) == text


def test_wrapped_classes_are_compared_by_their_arguments():
    assert repr(diff(Layer(1, 2, 3, k=5), Layer(1, 2, 4, k=6))) == (
        "Layer(more=[1=Diff(left=3, right=4)], k=Diff(left=5, right=6))"
    )
    assert not diff([Layer(1)], [Layer(1, rate=0.1)]), "an argument not given shows its default"
    assert repr(diff(Layer(1, a=1), Layer(1, b=1))) == (
        "Layer(a=Diff(left=1, right=MISSING), b=Diff(left=MISSING, right=1))"
    )


def test_a_diff_builds_nothing():
    left, right = clone(A(Layer(1))), clone(A(Layer(2)))
    built = Layer.built
    assert repr(diff(left, right)) == "A(x=Layer(units=Diff(left=1, right=2)))"
    assert Layer.built == built


def test_multi_line_form():
    left, right = A([1, A(2)], 0), A([1, A(3)], 1)
    assert str(diff(left, right)) == (
        "A(\n"
        "  x = [\n"
        "    1 = A(\n"
        "      x = Diff(\n"
        "        left = 2,\n"
        "        right = 3\n"
        "      )\n"
        "    )\n"
        "  ],\n"
        "  y = Diff(\n"
        "    left = 0,\n"
        "    right = 1\n"
        "  )\n"
        ")"
    )


def test_formatting_options_reach_the_values():
    d = diff(A(A(1), 2), A(A(1, 5), 3), collapse=lambda left, right: not isinstance(left.x, int))
    assert d.format(compact=True, hide_default_values=True) == (
        "A(x=Diff(left=A(x=1), right=A(x=1, y=5)), y=Diff(left=2, right=3))"
    )


def test_unsupported_options():
    with pytest.raises(ValueError, match=r"^Unsupported `collapse` value: 'zz'$"):
        diff(A(1), B(2), collapse="zz")
    with pytest.raises(ValueError, match=r"^Unsupported `mode` value: 'zz'$"):
        diff(A(1), B(2), mode="zz")


FLAT_CASES = [
    (A(1, A(2, 3)), A(1, A(3, 3)), {}, "{'y.x': Diff(left=2, right=3)}"),
    (A([1, A(2)]), A([1, A(3)]), {}, "{'x[1].x': Diff(left=2, right=3)}"),
    ([1, 2], [1, 3], {}, "{'[1]': Diff(left=2, right=3)}"),
    (
        {"a": {"b": 1}},
        {"a": {"b": 2, "c": 1}},
        {},
        "{'a.b': Diff(left=1, right=2), 'a.c': Diff(left=MISSING, right=1)}",
    ),
    (A(1), A(1), {}, "No diff"),
    (1, 2, {}, "Diff(left=1, right=2)"),
    (
        A(1, A(2, 3)),
        A(1, B(3, 3)),
        {"collapse": True},
        "{'y.x': Diff(left=2, right=3), 'y.y': Diff(left=3, right=MISSING), 'y.z': Diff(left=MISSING, right=3), "
        f"'y._type': Diff(left={A!r}, right={B!r})}}",
    ),
    (
        A(1, A(2, 3)),
        A(1, A(3, 3)),
        {"mode": "both"},
        f"{{'x': 1, 'y.x': Diff(left=2, right=3), 'y.y': 3, 'y._type': {A!r}, '_type': {A!r}}}",
    ),
]


@pytest.mark.parametrize(("left", "right", "options", "text"), FLAT_CASES)
def test_flattened_differences(left, right, options, text):
    assert repr(diff(left, right, flatten=True, **options)) == text


@given(plain_trees | node_trees)
def test_equal_trees_have_no_difference(tree):
    d = diff(tree, clone(tree))
    assert not d
    assert repr(d) == "No diff"
    assert list(d.leaves()) == []


@given(plain_trees | node_trees, plain_trees | node_trees)
def test_a_diff_is_true_if_and_only_if_the_trees_differ(left, right):
    assert bool(diff(left, right)) == (not eq(left, right))


@given(node_trees, node_trees)
def test_flattened_paths_lead_to_the_differing_values(left, right):
    d = diff(A(left), A(right))
    leaves = list(d.leaves())
    for path, leaf in leaves:
        for side, value in ((left, leaf.left), (right, leaf.right)):
            if value is Diff.MISSING:
                assert not path.exists(A(side))
            else:
                assert eq(at(A(side), path.keys), value)
    flat = diff(A(left), A(right), flatten=True)
    assert [KeyPath.parse(k) for k in (flat or {}) if not k.endswith("_type")] == [
        p for p, _ in leaves
    ]


def test_differences_of_a_wide_tree_share_nothing_with_identical_parts():
    shared = List(range(100_000))
    d = diff((shared, 1), (shared, 2))
    assert d.left[0] is shared


def test_trees_too_deep_are_refused():
    left: Any = 1
    right: Any = 2
    for _ in range(10_000):
        left, right = Dict(a=left), Dict(a=right)
    with pytest.raises(TooDeepError, match="too deep to be compared place by place"):
        diff(left, right)


def test_references_to_different_objects_differ():
    one, two = A(1), A(1)
    assert repr(diff(Dict(a=Ref(one)), Dict(a=Ref(two)))) == (
        "Dict(a=Diff(left=Ref(A(x=1, y=None)), right=Ref(A(x=1, y=None))))"
    )
    assert not diff(Dict(a=Ref(one)), Dict(a=Ref(one)))
