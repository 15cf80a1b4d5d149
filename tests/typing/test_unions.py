"""`Union` and its shorthands. Each expression beside the text of its result or error."""

import pytest
from tests.typing.support import outcome

CASES = [
    (
        "T.Union([int])",
        "ValueError: Argument 'candidates' must be a list of at least 2 elements. Encountered [<class 'int'>].",
    ),
    (
        "T.Union([int,int])",
        "ValueError: Found 2 value specs of the same type (<class 'polygraft.typing.primitives.Int'>, <class 'int'>).",
    ),
    (
        "T.Union([T.Callable(), str]).apply(1)",
        "TypeError: 1 does not match any candidate of Union([Callable(), Str()]). (path=)",
    ),
    ("T.Union([T.Callable(), str]).apply('foo')", "'foo'"),
    ("T.Union([float,int]).apply(5)", "5"),
    ("T.Union([float,str]).apply(5)", "5.0"),
    (
        "T.Union([T.Int(max_value=3), T.Float()]).apply(5)",
        "ValueError: Value 5 is out of range (min=None, max=3). (path=)",
    ),
    ("type(T.Union([int,str]).apply(datetime.datetime.now()))", "<class 'int'>"),
    (
        "T.Union([int,str]).noneable()",
        "Union([Int(noneable=True), Str(noneable=True)], default=None, noneable=True)",
    ),
    (
        "T.Union([int,str]).extend(T.Int())",
        "TypeError: Union([Int(), Str()]) cannot extend Int(): incompatible type.",
    ),
    (
        "T.Union([T.Int(),T.Str()]).extend(T.Union([T.Int(), T.Bool()]))",
        "TypeError: Union([Int(), Str()]) cannot extend Union([Int(), Bool()]): incompatible value spec Str().",
    ),
    (
        "T.Union([T.Int(),T.Str()]).extend(T.Union([T.Int(min_value=1), T.Str(), T.Bool()]))",
        "Union([Int(min=1), Str()])",
    ),
    ("T.Union([int,str]).annotation", "typing.Union[int, str]"),
    ("T.Union([int,str]).noneable().annotation", "typing.Union[int, str, NoneType]"),
    (
        "T.Union[int]",
        "TypeError: `pg.typing.Union` requires at least 2 type arguments. Encountered: (<class 'int'>,).",
    ),
    ("T.Union[int,None]", "Int(default=None, noneable=True)"),
    (
        "T.Union[int,str,None]",
        "Union([Int(noneable=True), Str(noneable=True)], default=None, noneable=True)",
    ),
    ("T.Union([int,str]).is_compatible(T.Int(min_value=1))", "True"),
    ("T.Union([T.Int(),T.Float()]).get_candidate(T.Float(min_value=1))", "None"),
    ("T.Union([T.Callable(),T.Object(B)]).get_candidate(T.Object(A))", "Object(B)"),
    ("T.Union([T.Callable(),T.Int()]).get_candidate(T.Any())", "Callable()"),
    (
        "T.Union([int,str,float]).format()",
        "'Union(\\n  [\\n    Int(),\\n    Str(),\\n    Float()\\n  ]\\n)'",
    ),
    ("T.Sequence[int]", "Union([List(Int()), Tuple(Int())])"),
    ("T.Optional[int]", "Int(default=None, noneable=True)"),
    ("T.Optional[T.Int(1)]", "Int(default=1, noneable=True)"),
    (
        "T.Sequence[int, str]",
        "TypeError: `pg.typing.Sequence` requires 1 type argument. Encountered: (<class 'int'>, <class 'str'>).",
    ),
    ("T.Sequence()", "TypeError: Generic type alias Sequence cannot be instantiated."),
    ("T.Union([int,str])()", "TypeError: Union([Int(), Str()]) cannot be instantiated."),
    (
        "T.ensure_value_spec(T.Int(min_value=1), T.Bool())",
        "TypeError: Source spec Bool() is not compatible with destination spec Int(\n  min=1\n).",
    ),
    (
        "T.ensure_value_spec(T.Int(min_value=1), T.Bool(), root_path='x')",
        "TypeError: Source spec Bool() is not compatible with destination spec Int(\n  min=1\n). (path=x)",
    ),
    ("T.ensure_value_spec(T.Any(), T.Bool())", "None"),
    ("T.ensure_value_spec(T.Union([int,str]), T.Int())", "Int()"),
    ("str(T.Union([int,str]))", "'Union(\\n  [Int(), Str()]\\n)'"),
]


@pytest.mark.parametrize(("expression", "expected"), CASES)
def test_outcome(expression, expected):
    assert outcome(expression) == expected
