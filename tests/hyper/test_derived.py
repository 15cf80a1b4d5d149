"""Values that follow from others."""

import pytest

import polygraft as pg
from polygraft.hyper import ObjectTemplate, ValueReference, reference


class Sum(pg.hyper.DerivedValue):
    def derive(self, *referenced):
        return sum(referenced)


def programs(space):
    return list(pg.iter(space))


def test_follow_from_decisions():
    space = pg.Dict(a=pg.oneof([1, 2]), b=reference("a"), c=pg.Dict(d=reference("a")))
    assert programs(space) == [{"a": v, "b": v, "c": {"d": v}} for v in (1, 2)]
    assert programs(pg.Dict(a=pg.oneof([1, 2]), b=3, c=Sum(["a", "b"]))) == [
        {"a": 1, "b": 3, "c": 4},
        {"a": 2, "b": 3, "c": 5},
    ]
    assert programs(pg.List([pg.oneof([1, 2]), Sum(["[0]"])])) == [[1, 1], [2, 2]]


def test_inside_candidates():
    space = pg.Dict(a=pg.oneof([1, 2]), c=pg.oneof([Sum(["a", "a"]), pg.Dict(z=Sum(["a"]))]))
    expected = [{"a": v, "c": c} for v in (1, 2) for c in (2 * v, {"z": v})]
    assert programs(space) == expected
    t = pg.template(space)
    for program in expected:
        assert t.decode(t.encode(program)) == program


def test_in_typed_fields():
    class Layer(pg.Object):
        units: int
        twice: int

    space = Layer(pg.intv(1, 2), Sum(["units", "units"]))
    assert programs(space) == [Layer(1, 2), Layer(2, 4)]


def test_constant_template_is_computed_on_a_copy():
    value = pg.Dict(a=1, b=reference("a"))
    assert pg.template(value).decode(pg.DNA(None)) == {"a": 1, "b": 1}
    assert isinstance(value.b, ValueReference)


def test_object_template_alone_leaves_them():
    program = ObjectTemplate(pg.Dict(a=pg.oneof([1, 2]), b=reference("a"))).decode(pg.DNA(0))
    assert isinstance(program.b, ValueReference)


def test_encoding_checks_them():
    t = pg.template(pg.Dict(a=pg.oneof([1, 2]), b=reference("a")))
    assert t.encode(pg.Dict(a=1, b=1)) == pg.DNA(0)
    with pytest.raises(ValueError) as e:
        t.encode(pg.Dict(a=1, b=2))
    assert str(e.value) == (
        "Unmatched derived value between template and input. (Path='b', "
        "Template=ValueReference(reference_paths=[0: a]), ComputedValue=1, Input=2)"
    )
    with pytest.raises(ValueError, match=r"Value is missing from input. Path='b'"):
        t.encode(pg.Dict(a=1))


def test_resolving_goes_upwards_from_the_parent():
    d = pg.Dict(a=1, c=pg.Dict(a=2, d=reference("a")), e=pg.Dict(d=reference("a")))
    assert d.c.d.resolve() == [(d.c, "c.a")]
    assert d.e.d.resolve("a") == (d, "a")
    assert d.e.d.resolve(["a", "c.a"]) == [(d, "a"), (d, "c.a")]
    assert (d.c.d(), d.e.d()) == (2, 1)


def test_a_referenced_node_is_copied():
    d = pg.Dict(a=[1], b=reference("a"))
    assert d.b() == [1]
    assert d.b() is not d.a


def test_errors():
    d = pg.Dict(a=1, b=reference("zz"), c=pg.Dict(d=reference("a"), e=reference("d")))
    for act, words in (
        (d.b, "Cannot resolve 'zz': parent not found."),
        (reference("a").resolve, "Cannot resolve 'a': parent not found."),
        (lambda: d.c.d.resolve(1), "Argument 'reference_path_or_paths' must be None, a string, KeyPath object,"),
        (d.c.e, "Derived value (path=c.d) should not reference derived values. Encountered: ValueReference("),
        (lambda: ValueReference([]), "Argument 'reference_paths' should have exact 1 item. Encountered: []"),
        (lambda: ValueReference(["a", "b"]), "should have exact 1 item"),
    ):  # fmt: skip
        with pytest.raises(ValueError) as e:
            act()
        assert words in str(e.value)


def test_is_no_placeholder():
    d = pg.Dict(a=1, b=reference("a"))
    assert pg.is_deterministic(d)
    assert pg.dna_spec(d).is_constant


def test_json():
    d = pg.Dict(a=1, b=reference("a.b"))
    assert pg.eq(pg.from_json_str(pg.to_json_str(d)), d)
    theirs = '{"_type": "pyglove.core.hyper.derived.ValueReference", "reference_paths": ["a.b"]}'
    assert pg.eq(pg.from_json_str(theirs), d.b)


def test_constraints_see_derived_values():
    space = pg.Dict(a=pg.oneof([1, 2]), c=Sum(["a", "a"]))
    assert programs(pg.constrained(space, lambda p: p.c > 2)) == [{"a": 2, "c": 4}]
