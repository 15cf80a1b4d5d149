"""`Callable` and `Functor`. Each expression beside the text of its result or error."""

# ruff: noqa: E501

import pytest
from tests.typing.support import outcome

CASES = [
    ("T.Callable(1)", "TypeError: 'args' should be a list of ValueSpec objects. Encountered: 1."),
    (
        "T.Callable([], 'a')",
        "TypeError: 'kw' should be a list of (name, value_spec) tuples. Encountered: 'a'.",
    ),
    ("T.Callable().apply(1, root_path='x')", "TypeError: Value is not callable: 1. (path=x)"),
    (
        "T.Callable([int,int]).apply(one_arg)",
        "TypeError: tests.typing.support.one_arg only take 1 positional arguments, while 2 is required by Callable(args=[Int(), Int()]). (path=)",
    ),
    ("T.Callable([int]).apply(one_arg) is one_arg", "True"),
    (
        "T.Callable([int],[('a',float)],bool)",
        "Callable(args=[Int()], kw=[('a', Float())], returns=Bool())",
    ),
    ("T.Callable([int,bool],returns=int).annotation", "typing.Callable[[int, bool], int]"),
    ("T.Callable([],[('a',int)],returns=int).annotation", "typing.Callable[..., int]"),
    ("T.Callable().annotation", "typing.Callable[[], NoneType]"),
    ("T.Callable[[int, str], None]", "Callable(args=[Int(), Str()], returns=Object(NoneType))"),
    ("T.Callable[..., int]", "Callable(returns=Int())"),
    (
        "T.Callable[int]",
        "TypeError: `pg.typing.Callable` requires 2 type arguments. Encountered: (<class 'int'>,)",
    ),
    (
        "T.Callable([int]).extend(T.Callable([str], returns=int))",
        "Callable(args=[Int()], returns=Int())",
    ),
    ("T.Functor()", "Functor()"),
]


@pytest.mark.parametrize(("expression", "expected"), CASES)
def test_outcome(expression, expected):
    assert outcome(expression) == expected
