"""Annotations and the specs they stand for. Each expression beside the text of its result or error."""

import typing

import pytest
from tests.typing.support import outcome

from polygraft import typing as T

CASES = [
    ("FA(bool)", "Bool()"),
    ("FA(str)", "Str()"),
    ("FA(typing.Any)", "Any(annotation=typing.Any)"),
    ("FA(list)", "List(Any())"),
    ("FA(typing.List[int])", "List(Int())"),
    ("FA(list[int])", "List(Int())"),
    ("FA(tuple)", "Tuple(Any())"),
    ("FA(typing.Tuple)", "Tuple(Any())"),
    ("FA(tuple[()])", "Tuple([])"),
    ("FA(tuple[int, ...])", "Tuple(Int())"),
    ("FA(tuple[int, str])", "Tuple([Int(), Str()])"),
    (
        "FA(tuple[int, str, ...])",
        "TypeError: Tuple with ellipsis should have exact 2 type arguments. Encountered: tuple[int, str, ...].",
    ),
    ("FA(typing.Sequence)", "Union([List(Any()), Tuple(Any())])"),
    ("FA(typing.Sequence[int])", "Union([List(Int()), Tuple(Int())])"),
    ("FA(typing.Literal['a', 1, None])", "Enum(values=['a', 1, None])"),
    ("FA(typing.Literal['a'])", "Enum(values=['a'])"),
    ("FA(dict)", "Dict()"),
    ("FA(typing.Dict[str, int])", "Dict(fields=[Field(key=StrKey(), value=Int())])"),
    ("FA(dict[int, int])", "TypeError: Dict type field with non-string key is not supported."),
    ("FA(typing.Mapping[str, int])", "Dict(fields=[Field(key=StrKey(), value=Int())])"),
    ("FA(typing.Callable)", "Callable()"),
    (
        "FA(typing.Callable[[int, str], None])",
        "Callable(args=[Int(), Str()], returns=Object(NoneType))",
    ),
    ("FA(typing.Callable[..., int])", "Callable(returns=Int())"),
    (
        "FA(typing.Callable[[int], typing.Any])",
        "Callable(args=[Int()], returns=Any(annotation=typing.Any))",
    ),
    ("FA(type)", "Type(typing.Any)"),
    ("FA(type[int])", "Type(<class 'int'>)"),
    ("FA(typing.Type['A'])", "Type(<class 'tests.typing.support.A'>)"),
    ("FA(typing.Optional[int])", "Int(noneable=True)"),
    ("FA(int | None)", "Int(noneable=True)"),
    (
        "FA(typing.Union[int, str, None])",
        "Union([Int(noneable=True), Str(noneable=True)], noneable=True)",
    ),
    ("FA(int | str)", "Union([Int(), Str()])"),
    ("FA(list[int] | list[str])", "Union([List(Int()), List(Str())])"),
    ("FA(typing.Final[int])", "Int(frozen=True)"),
    ("FA(typing.Final)", "Any(frozen=True)"),
    ("FA(typing.Final[int]).apply(1)", "1"),
    ("FA(typing.Final[int]).set_default(1)", "Int(default=1, frozen=True)"),
    (
        "FA(typing.Final[int]).set_default(1).apply(2)",
        "ValueError: Frozen field is not assignable. "
        "(Path='', ValueSpec=Int(default=1, frozen=True), AssignedValue=2)",
    ),
    ("FA(typing.Final[T.Int(1)])", "Int(default=1, frozen=True)"),
    ("FA(T.ValueSpec)", "Object(ValueSpec)"),
    ("FA(T.Int)", "Object(Int)"),
    ("FA(A)", "Object(A)"),
    ("FA(G[int])", "Object(G)"),
    ("FA(P)", "Object(P)"),
    ("FA(None)", "Object(NoneType)"),
    ("FA(object)", "Any()"),
    ("FA(1)", "TypeError: Cannot convert 1 to `pg.typing.ValueSpec` with auto typing."),
    ("FA([1])", "TypeError: Cannot convert [1] to `pg.typing.ValueSpec` with auto typing."),
    ("FA(typing.Set[int])", "Object(Set)"),
    ("FA(typing.Iterable)", "Object(Iterable)"),
    ("FA(typing.Annotated[int, 'doc'])", "Int()"),
    ("FA(typing.ClassVar[int])", "Int()"),
    ("FA(typing.NewType('N', int))", "Int()"),
    ("FA(typing.TypeVar('V'))", "Any()"),
    ("FA(typing.TypeVar('V', bound=int))", "Int()"),
    ("FA(typing.TypeVar('V', int, str))", "Union([Int(), Str()])"),
    ("FA(typing.TypedDict('TD', {'a': int}))", "Dict(fields=[Field(key=a, value=Int())])"),
    ("FA('A')", "Object(A)"),
    ("FA('list[A]')", "List(Object(A))"),
    ("FA('list[\"A\"]')", "List(Object(A))"),
    ("FA('int')", "Int()"),
    ("FA('Unknown')", "Object(Unknown)"),
    ("FA('Unknown | None')", "Object(Unknown, noneable=True)"),
    ("FA('typing.Literal[\"a\\']\"]')", 'Enum(values=["a\']"])'),
    ("FA('tuple[()]')", "Tuple([])"),
    ("FA('typing.Annotated[int, \"doc\"]')", "Int()"),
    ("FA('T.Int(min_value=1)')", "Int(min=1)"),
    ("FA('T.List[int]')", "List(Int())"),
    ("FA('A.Inner')", "Object(Inner)"),
    ("FA('typing.Foo')", "TypeError: 'typing.Foo' does not exist."),
    ("FA(typing.ForwardRef('A'))", "Object(A)"),
    ("FA(typing.Optional['A'])", "Object(A, noneable=True)"),
]


@pytest.mark.parametrize(("expression", "expected"), CASES)
def test_outcome(expression, expected):
    assert outcome(expression) == expected


def test_specs_show_as_annotations_while_a_program_pretends_to_be_a_type_checker(monkeypatch):
    monkeypatch.setattr(typing, "TYPE_CHECKING", True)
    assert T.List[int] == typing.List[int]  # noqa: UP006
    assert T.Annotated[str, "x"] is str
    assert T.Optional[int] == typing.Optional[int]  # noqa: UP045
    assert T.Sequence[int] == typing.Union[typing.List[int], typing.Tuple[int, ...]]  # noqa: UP006, UP007
