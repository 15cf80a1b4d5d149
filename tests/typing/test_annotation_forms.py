"""Annotations of newer and rarer forms: aliases, `Annotated`, typed dicts, `Self`, unpacking, text."""

import copy
import math
import pickle
import sys
import textwrap
import types
import typing

import annotated_types as at
import pytest
import typing_extensions as te
from tests.typing.support import A

import polygraft as pg
from polygraft import typing as T

X = typing.TypeVar("X")


def spec_of(annotation, module=None):
    return T.ValueSpec.from_annotation(annotation, auto_typing=True, parent_module=module)


def module_from(source, name="forms_of_annotations"):
    """A module with this source, as a file of a user's would be."""
    module = types.ModuleType(name)
    sys.modules[name] = module
    exec(compile(textwrap.dedent(source), f"{name}.py", "exec", dont_inherit=True), module.__dict__)
    return module


# -- aliases -----------------------------------------------------------------------------------------------------------
Size = te.TypeAliasType("Size", int | None)
Pairs = te.TypeAliasType("Pairs", list[tuple[str, X]], type_params=(X,))
Tree = te.TypeAliasType("Tree", "int | list[Tree]")


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (Size, "Int(noneable=True)"),
        (list[Size], "List(Int(noneable=True))"),
        (Pairs[int], "List(Tuple([Str(), Int()]))"),
        (Pairs, "List(Tuple([Str(), Any()]))"),
    ],
)
def test_aliases_are_what_they_stand_for(annotation, text):
    assert repr(spec_of(annotation)) == text


def test_an_alias_may_contain_itself():
    spec = spec_of(Tree)
    assert spec.apply([1, [2]]) == [1, [2]]
    with pytest.raises(TypeError):
        spec.apply("a")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type X = ...` came with Python 3.12")
def test_type_statements():
    module = module_from(
        """
        type Size = int | None
        type Pairs[X] = list[tuple[str, X]]
        """
    )
    assert repr(spec_of(module.Size)) == "Int(noneable=True)"
    assert repr(spec_of(module.Pairs[int])) == "List(Tuple([Str(), Int()]))"


# -- what stands beside a type -----------------------------------------------------------------------------------------
def annotated(t, *extras):
    return typing.Annotated[(t, *extras)]


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (annotated(int, at.Ge(0)), "Int(min=0)"),
        (annotated(int, at.Gt(0), at.Lt(10)), "Int(min=1, max=9)"),
        (annotated(int, at.Gt(0.5), at.Le(2.5)), "Int(min=1, max=2)"),
        (annotated(float, at.Interval(ge=0, le=1)), "Float(min=0, max=1)"),
        (annotated(int | None, at.Ge(0)), "Int(min=0, noneable=True)"),
        (annotated(int | str, at.Ge(0)), "Union([Int(min=0), Str()])"),
        (annotated(list[int], at.Len(1, 2)), "List(Int(), min_size=1, max_size=2)"),
        (annotated(list[int], at.MinLen(1)), "List(Int(), min_size=1)"),
        (annotated(tuple[int, ...], at.MaxLen(2)), "Tuple(Int(), max_size=2)"),
        (list[annotated(int, at.Ge(0))], "List(Int(min=0))"),
        (annotated(annotated(int, at.Ge(0)), at.Le(5)), "Int(min=0, max=5)"),
        (annotated(int, T.Int(min_value=1)), "Int(min=1)"),
        (annotated(int, T.Int(5, min_value=1), at.Le(9)), "Int(default=5, min=1, max=9)"),
        (annotated(A, T.Any(annotation=A)), "TypeError"),
        (annotated(typing.Any, T.Int()), "Int()"),
        (annotated(str, T.Int()), "TypeError"),
        (annotated(int, at.MultipleOf(2), "text"), "Int(checks=[MultipleOf(multiple_of=2)])"),
        (annotated(str, at.Predicate(str.islower)), "Str(checks=[Predicate(str.islower)])"),
        (annotated(int, object(), at.Unit("m"), "text"), "Int()"),
    ],
)
def test_annotated(annotation, text):
    try:
        assert repr(spec_of(annotation)) == text
    except TypeError as e:
        assert text == type(e).__bases__[-1].__name__


def test_strict_bounds_of_floats():
    spec = spec_of(annotated(float, at.Gt(0), at.Lt(1)))
    assert spec.apply(0.5) == 0.5
    assert spec.apply(math.nextafter(0, 1)) > 0
    for value in (0.0, 1.0):
        with pytest.raises(ValueError, match="out of range"):
            spec.apply(value)


def test_lengths_of_strings():
    spec = spec_of(annotated(str, at.Len(1, 3)))
    assert spec.apply("a\nb") == "a\nb"
    for value in ("", "abcd", "abc\n"):
        with pytest.raises(ValueError, match="does not match"):
            spec.apply(value)


def test_specs_in_annotations_are_not_changed():
    spec = T.Int(min_value=1)
    spec_of(annotated(int, spec, at.Le(5)))
    assert repr(spec) == "Int(min=1)"


def test_fields_of_classes():
    class Opt(pg.Object):
        rate: typing.Annotated[float, "Step.", {"unit": "1"}, at.Gt(0)] = 0.1
        steps: typing.Annotated[int, te.Doc("How many."), T.Int(min_value=1)] = 1

    assert Opt.__schema__["rate"].description == "Step."
    assert Opt.__schema__["rate"].metadata == {"unit": "1"}
    assert Opt.__schema__["steps"].description == "How many."
    with pytest.raises(
        ValueError, match=r"Value 0 is out of range \(min=1, max=None\). \(path=steps\)"
    ):
        Opt(steps=0)
    with pytest.raises(ValueError, match="path=rate"):
        Opt(rate=0.0)


# -- typed dicts -------------------------------------------------------------------------------------------------------
class Base(typing.TypedDict):
    name: str
    size: typing.NotRequired[int]


class Sub(Base, total=False):
    next: "Sub"
    kind: te.Required[te.ReadOnly[str]]
    count: typing.Annotated[int, "How many.", at.Ge(0)]


def test_keys_of_typed_dicts():
    spec = spec_of(Sub)
    assert spec.apply({"name": "a", "kind": "b"}) == {"name": "a", "kind": "b"}
    assert spec.apply({"name": "a", "kind": "b", "size": 1, "count": 0})["size"] == 1


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ({"name": "a"}, "kind"),
        ({"name": "a", "kind": "b", "size": "x"}, "size"),
        ({"name": "a", "kind": "b", "count": -1}, "count"),
        ({"name": "a", "kind": "b", "sizes": 1}, "sizes"),
        ({"name": "a", "kind": "b", "next": 1}, "next"),
    ],
)
def test_wrong_typed_dicts(value, error):
    with pytest.raises((TypeError, ValueError, KeyError), match=error):
        spec_of(Sub).apply(value)


def test_typed_dicts_of_the_backport():
    class Point(te.TypedDict):
        x: int

    assert repr(spec_of(Point)) == "Dict(fields=[Field(key=x, value=Int())])"


def test_generic_typed_dicts():
    class Box(typing.TypedDict, typing.Generic[X]):
        item: X

    assert spec_of(Box[int]).apply({"item": "anything"}) == {"item": "anything"}


# -- names -------------------------------------------------------------------------------------------------------------
def test_self_is_the_class_of_the_body():
    class Node(pg.Object):
        next: typing.Optional[typing.Self] = None  # noqa: UP045
        children: list[typing.Self] = []
        kind: type[typing.Self] | None = None

    class Special(Node): ...

    assert Node(next=Node(), children=[Special()], kind=Special).next == Node()
    with pytest.raises(TypeError, match=r"path=next"):
        Node(next=1)
    with pytest.raises(TypeError, match=r"path=children\[0\]"):
        Node(children=[1])


def test_self_elsewhere_is_anything():
    assert repr(spec_of(typing.Self)) == "Any(annotation=typing.Self)"


def test_text_under_the_future_import():
    module = module_from(
        """
        from __future__ import annotations
        import typing as t
        from typing import ClassVar as CV
        import polygraft as pg

        class Node(pg.Object):
            next: Node | None = None
            kinds: t.ClassVar[int] = 1
            others: CV[list[str]] = []
            final: t.Final[int] = 3
            more: t.Annotated[list["Node"], "Doc."] = []
            me: list[t.Self] = []
            size: pg.typing.Int(min_value=1) = 1
        """
    )
    Node = module.Node
    assert list(map(str, Node.__schema__.keys())) == ["next", "final", "more", "me", "size"]
    assert Node.__schema__["more"].description == "Doc."
    assert Node(next=Node(), more=[Node()], me=[Node()]).final == 3
    for wrong in ({"next": 1}, {"more": [1]}, {"me": [1]}):
        with pytest.raises(TypeError, match="Expect"):
            Node(**wrong)
    with pytest.raises(ValueError, match="out of range"):
        Node(size=0)


def test_final_without_a_type_takes_that_of_its_value():
    class Fixed(pg.Object):
        size: typing.Final = 3

    assert repr(Fixed.__schema__["size"].value) == "Int(default=3, frozen=True)"
    assert Fixed().size == 3


def test_class_variables_within_annotated_are_no_fields():
    class Plain(pg.Object):
        x: int
        y: typing.Annotated[typing.ClassVar[int], "doc"] = 1

    assert list(map(str, Plain.__schema__.keys())) == ["x"]


def test_new_types_and_type_variables():
    UserId = typing.NewType("UserId", int)
    Bound = typing.TypeVar("Bound", bound=A)
    assert repr(spec_of(list[UserId])) == "List(Int())"
    assert repr(spec_of(list[Bound])) == "List(Object(A))"
    assert repr(spec_of(type[Bound])) == f"Type({A!r})"
    assert repr(spec_of(typing.AnyStr)) == "Union([Object(bytes), Str()])"


# -- protocols ---------------------------------------------------------------------------------------------------------
class Loss(typing.Protocol[X]):
    def __call__(self, x: X) -> float: ...


class Sized(typing.Protocol):
    def size(self) -> int: ...


def test_protocols_take_any_object_of_users():
    assert spec_of(Sized).apply(a := A()) is a
    with pytest.raises(TypeError):
        spec_of(Sized).apply(1)


def test_functions_satisfy_protocols_that_are_called():
    assert spec_of(Loss[int]).apply(math.sqrt) is math.sqrt
    assert spec_of(Loss).apply(f := lambda x: x) is f
    assert spec_of(Loss | int).apply(f) is f


# -- collections -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("annotation", "good", "bad"),
    [
        (set[int], {1}, {"a"}),
        (frozenset[str], frozenset("a"), frozenset({1})),
        (typing.Iterable[int], [1], ["a"]),
        (typing.Collection[int], (1,), ("a",)),
        (typing.MutableMapping[int, str], {1: "a"}, {1: 1}),
        (typing.MutableMapping[int, str], {1: "a"}, {"a": "a"}),
        (typing.Set[int], {1}, [1]),  # noqa: UP006
    ],
)
def test_elements_of_collections_are_checked(annotation, good, bad):
    assert spec_of(annotation).apply(good) is good
    with pytest.raises(TypeError, match="Expect"):
        spec_of(annotation).apply(bad, root_path="x")


def test_iterators_are_not_used_up():
    values = iter([1, 2])
    assert spec_of(typing.Iterable[str]).apply(values) is values
    assert list(values) == [1, 2]


def test_unpacked_tuples():
    assert repr(spec_of(tuple[int, *tuple[str, ...]])) == "Tuple(Any(), min_size=1)"


# -- signatures --------------------------------------------------------------------------------------------------------
def test_functions_that_do_not_return():
    def stop(code: int) -> typing.NoReturn: ...

    assert repr(T.signature(stop).return_value) == "Any(annotation=typing.NoReturn)"
    assert (
        repr(spec_of(typing.Callable[[int], typing.Never]).return_value)
        == "Any(annotation=typing.Never)"
    )


def test_keywords_of_a_typed_dict():
    def f(**kwargs: typing.Unpack[Base]): ...

    sig = T.signature(f)
    assert sig.get_value_spec("size") == T.Any(annotation=typing.Unpack[Base])


def test_guards_are_booleans():
    def is_int(x: object) -> typing.TypeGuard[int]: ...

    assert repr(T.signature(is_int).return_value) == "Bool()"


def test_text_aliases_may_contain_themselves():
    m = module_from(
        """
        from __future__ import annotations
        import polygraft as pg
        from typing import TypeAlias
        Json: TypeAlias = "int | list[Json] | dict[str, Json]"
        Name: TypeAlias = "str"

        class Tree(pg.Object):
            content: Json
            name: Name | int = 1
        """
    )
    fields = m.Tree.__schema__.fields
    assert fields["name"].value == T.Union([T.Str(), T.Int()], default=1)
    assert m.Tree([1, {"a": [2]}], "n").content[1].a == [2]
    with pytest.raises(TypeError, match=r"Expect .* but encountered"):
        m.Tree("x")


def test_a_result_that_no_spec_can_say_is_not_checked():
    def f() -> dict[int, str]: ...

    assert T.signature(f).return_value == T.Any(annotation=dict[int, str])


def even(x):
    return x % 2 == 0


def test_predicates_and_multiples_are_checked_last():
    class Checked(pg.Object):
        a: typing.Annotated[int, at.Ge(1), at.MultipleOf(3)] = 3
        b: typing.Annotated[float, at.MultipleOf(0.1)] = 0.3
        c: typing.Annotated[list[typing.Annotated[str, at.Predicate(str.islower)]], at.Len(0, 2)]
        d: typing.Annotated[int, at.Not(even)] = 1
        e: at.IsFinite[float] = 1.0

    x = Checked(c=["a"])
    assert x.rebind(a=6, b=1, d=5, e=2).b == 1.0 and pg.clone(x) == x
    for change, error in [
        ({"a": 4}, r"Value 4 does not satisfy MultipleOf\(multiple_of=3\)\. \(path=a\)"),
        ({"a": 0}, "out of range"),
        ({"a": "a"}, "Expect <class 'int'>"),
        ({"b": 0.25}, "MultipleOf"),
        ({"c[0]": "A"}, r"does not satisfy Predicate\(str.islower\)\. \(path=c\[0\]\)"),
        ({"d": 4}, r"Not\(even\)"),
        ({"e": math.inf}, r"Predicate\(isfinite\)"),
    ]:
        with pytest.raises((TypeError, ValueError), match=error):
            x.rebind(change)
        with pytest.raises((TypeError, ValueError), match=error):
            Checked(**{"c": ["a"], **{k[0]: [v] if "[" in k else v for k, v in change.items()}})
    with pytest.raises(ValueError, match="does not satisfy"):

        class Wrong(pg.Object):
            a: typing.Annotated[int, at.MultipleOf(3)] = 4

    class Narrower(Checked):
        a: int = 9

    with pytest.raises(ValueError, match="MultipleOf"):
        Narrower(4, c=[])
    assert Checked(pg.oneof([3, 6]), c=[]).a is not None
    with pytest.raises(ValueError, match=r"MultipleOf.*\(path=a.candidates\[1\]\)"):
        Checked(pg.oneof([3, 4]), c=[])
    spec = Checked.__schema__["a"].value
    assert spec == copy.deepcopy(spec) == pickle.loads(pickle.dumps(spec)) != T.Int(3, min_value=1)
    assert spec.is_compatible(spec) and not spec.is_compatible(T.Int(min_value=1))
    assert T.Int().is_compatible(spec) and spec.to_json_schema()["multipleOf"] == 3


def test_text_of_specs_may_be_code():
    m = module_from(
        """
        from __future__ import annotations
        import annotated_types as at
        import polygraft as pg
        from typing import Annotated
        NAMES = ["a", "b"]
        SIZE = 2

        class Written(pg.Object):
            a: pg.typing.Int(min_value=1)
            b: pg.typing.Str(regex="a.*").noneable()
            c: pg.typing.Enum("a", [*NAMES, "c"])
            d: pg.typing.List(pg.typing.Int(max_value=SIZE * 10), size=SIZE)
            e: Annotated[int, at.Predicate(lambda v: v > 0)] = 1
            f: pg.typing.Float(min_value=-1.5) | None = None
        """
    )
    values = {k: repr(f.value) for k, f in m.Written.__schema__.fields.items()}
    assert values["b"] == "Str(default=None, regex='a.*', noneable=True)"
    assert values["c"] == "Enum(default='a', values=['a', 'b', 'c'])"
    assert values["d"] == "List(Int(max=20), min_size=2, max_size=2)"
    assert values["f"] == "Float(default=None, min=-1.5, noneable=True)"
    with pytest.raises(ValueError, match="does not satisfy"):
        m.Written(1, None, "c", [1, 2], 0)
