"""Helpers, converters and custom typing. Each expression beside the text of its result or error."""

# ruff: noqa: E501

import pytest
from tests.typing.support import outcome

CASES = [
    ("T.get_type(1)", "TypeError: 1 is not a type."),
    ("T.get_type_args(GI, G)", "(<class 'int'>,)"),
    ("T.is_subclass(GI, G[int])", "True"),
    ("T.is_subclass(list, list[int])", "False"),
    ("T.is_subclass(int, P)", "False"),
    ("T.is_subclass(A, P)", "True"),
    (
        "T.register_converter(1, int, int)",
        "TypeError: Argument 'src' and 'dest' must be a type or tuple of types.",
    ),
    ("T.annotation_from_str('str | int')", "str | int"),
    ("T.annotation_from_str('list[int]')", "list[int]"),
    ("T.annotation_from_str('typing.Foo', typing)", "ForwardRef('typing.Foo', module='typing')"),
    ("T.annotation_from_str('Literal[\"a\", 1]', typing)", "typing.Literal['a', 1]"),
    (
        "T.Int().apply(Ref('a'), root_path='x')",
        "TypeError: Expect <class 'int'> but encountered <class 'str'>: a. (path=x)",
    ),
    ("T.Int().apply(Ref(1))", "1"),
    ("T.Any().apply(Ref(1))", "1"),
    (
        "T.Int().freeze(1).apply(Ref(1))",
        "ValueError: Frozen field is not assignable. (Path='', ValueSpec=Int(default=1, frozen=True), AssignedValue=Ref(1))",
    ),
    ("T.List(T.Float()).apply([Ref(1), 2])", "[1.0, 2.0]"),
    (
        "T.Union([int, str]).apply(Ref(1.5))",
        "TypeError: Expect (<class 'int'>, <class 'str'>) but encountered <class 'float'>: 1.5. (path=)",
    ),
    ("T.Dict({'a': T.Float()}).apply({'a': Ref(1)})", "{'a': 1.0}"),
    ("T.List(int, transform=list).apply((1, 2))", "[1, 2]"),
    (
        "T.Field.from_annotation('a', typing.Annotated[int, 'doc', dict(a=1)])",
        "Field(key=a, value=Int(), description='doc', metadata={'a': 1})",
    ),
    (
        "T.Field.from_annotation('a', T.Annotated[int, 'doc', dict(a=1)])",
        "Field(key=a, value=Int(), description='doc', metadata={'a': 1})",
    ),
    (
        "T.Annotated[int, 1]",
        "TypeError: The second type argument (`docstring`) must be a str. Encountered: 1",
    ),
    (
        "T.Annotated[int, 'a', 1]",
        "TypeError: The third type argument (`metadata`) must be a dict with str keys. Encountered: 1",
    ),
    ("T.get_converter(str, KeyPath)('a.b')", "a.b"),
    ("T.get_converter(str, int)", "None"),
    (
        "T.Schema.merge([T.create_schema([('a', int), ('b', str)]), T.create_schema([('a', str), ('c', str)])])",
        "Schema(fields=[Field(key=a, value=Int()), Field(key=b, value=Str()), Field(key=c, value=Str())])",
    ),
]


@pytest.mark.parametrize(("expression", "expected"), CASES)
def test_outcome(expression, expected):
    assert outcome(expression) == expected
