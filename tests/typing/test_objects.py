"""`Object`, `Type` and forward references. Each expression beside the text of its result or error."""

# ruff: noqa: E501

import pytest
from tests.typing.support import outcome

CASES = [
    ("T.Object(None)", 'TypeError: "cls" for Object spec cannot be None.'),
    ("T.Object(1)", 'TypeError: "cls" for Object spec should be a type or str. Encountered: 1.'),
    ("T.Object(object)", "TypeError: <class 'object'> is too general for Object spec."),
    (
        "T.Object(A).apply(1)",
        "TypeError: Expect <class 'tests.typing.support.A'> but encountered <class 'int'>: 1. (path=)",
    ),
    ("T.Object(A).apply(B()) is not None", "True"),
    ("T.Object(A)", "Object(A)"),
    ("T.Object(G[int])", "Object(G)"),
    ("T.Object(G[int]).apply(GI()) is not None", "True"),
    ("T.Object(P).apply(A()) is not None", "True"),
    (
        "T.Object(P).apply(1)",
        "TypeError: Expect <class 'tests.typing.support.P'> but encountered <class 'int'>: 1. (path=)",
    ),
    ("T.Object('Nope')", "Object(Nope)"),
    ("T.Object('Abs.Inner')", "Object(Inner)"),
    ("T.Object('Nope').cls", "TypeError: 'Nope' does not exist in module 'tests.typing.support'"),
    ("T.Object('Nope').apply(1)", "1"),
    ("T.Object('A').cls", "<class 'tests.typing.support.A'>"),
    (
        "T.Object(datetime.datetime).apply(0)",
        "datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)",
    ),
    (
        "T.Object(A).extend(T.Object(B))",
        "TypeError: Object(A) cannot extend Object(B): incompatible class.",
    ),
    ("T.Object(B).extend(T.Object(A))", "Object(B)"),
    ("T.Object('A0').extend(T.Object('B0')) == T.Object('A0')", "True"),
    ("T.Object(C).extend(T.Callable([T.Any()]))", "Object(C)"),
    (
        "T.Object(C).extend(T.Callable([T.Any()]*3))",
        "TypeError: Object(C) cannot extend Callable(args=[Any(), Any(), Any()]): incompatible type.",
    ),
    ("T.Object[A]", "Object(A)"),
    (
        "T.Object[A,B]",
        "TypeError: `pg.typing.Object` requires 1 type argument. Encountered: (<class 'tests.typing.support.A'>, <class 'tests.typing.support.B'>)",
    ),
    ("T.Type(1)", "TypeError: 1 is not a type."),
    ("T.Type(int)", "Type(<class 'int'>)"),
    ("T.Type('Nope')", "Type('Nope')"),
    (
        "T.Type(A).apply(1)",
        "TypeError: Expect <class 'type'> but encountered <class 'int'>: 1. (path=)",
    ),
    (
        "T.Type(A).apply(C, root_path='x')",
        "ValueError: <class 'tests.typing.support.C'> is not a subclass of <class 'tests.typing.support.A'> (path=x)",
    ),
    ("T.Type(A).apply(B)", "<class 'tests.typing.support.B'>"),
    ("T.Type(A).annotation", "typing.Type[tests.typing.support.A]"),
    ("T.Type('Nope').annotation", "typing.Type[ForwardRef('Nope')]"),
    (
        "T.Type(A).extend(T.Type(B))",
        "TypeError: Type(<class 'tests.typing.support.A'>) cannot extend Type(<class 'tests.typing.support.B'>): incompatible type.",
    ),
    ("T.ForwardRef(typing, 'Foo').cls", "TypeError: 'Foo' does not exist in module 'typing'"),
    ("T.ForwardRef(typing, 'A.B')", "ForwardRef(module='typing', name='A.B')"),
]


@pytest.mark.parametrize(("expression", "expected"), CASES)
def test_outcome(expression, expected):
    assert outcome(expression) == expected
