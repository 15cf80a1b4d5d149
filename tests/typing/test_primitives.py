"""Plain values and `Any`. Each expression beside the text of its result or error."""

# ruff: noqa: E501

import pytest
from tests.typing.support import T, outcome

CASES = [
    ("T.Int(5, max_value=3)", "ValueError: Value 5 is out of range (min=None, max=3). (path=)"),
    ("T.Float(1).default", "1.0"),
    ("T.Bool(None)", "ValueError: Value cannot be None. (Path='', ValueSpec=Bool())"),
    ("T.Bool(is_noneable=True)", "Bool(noneable=True)"),
    ("T.Int(1).noneable()", "Int(default=1, noneable=True)"),
    ("T.Bool().freeze()", "ValueError: Cannot freeze Bool() without a default value."),
    (
        "T.Int(1).freeze().apply(2)",
        "ValueError: Frozen field is not assignable. (Path='', ValueSpec=Int(default=1, frozen=True), AssignedValue=2)",
    ),
    ("T.Int(1).freeze().apply(1)", "1"),
    (
        "T.Int(1).freeze().set_default(2)",
        "ValueError: Frozen field is not assignable. (Path='', ValueSpec=Int(default=1, frozen=True), AssignedValue=2)",
    ),
    ("T.Bool() | None", "Bool(default=None, noneable=True)"),
    ("T.Int() | str", "Union([Int(), Str()])"),
    ("T.Bool()|T.Str()|T.Int()", "Union([Union([Bool(), Str()]), Int()])"),
    ("T.Int().apply(M)", "ValueError: Required value is not specified. (Path='', ValueSpec=Int())"),
    ("T.Int().apply(M, allow_partial=True)", "MISSING_VALUE"),
    ("T.Int().apply(None)", "ValueError: Value cannot be None. (Path='', ValueSpec=Int())"),
    (
        "T.Int().apply('a', root_path='x.y[1]')",
        "TypeError: Expect <class 'int'> but encountered <class 'str'>: a. (path=x.y[1])",
    ),
    ("T.Int().apply(True)", "True"),
    ("T.Float().apply(True)", "1.0"),
    (
        "T.Int().apply(1.0)",
        "TypeError: Expect <class 'int'> but encountered <class 'float'>: 1.0. (path=)",
    ),
    (
        "T.Str(regex='a.*').apply('b')",
        "ValueError: String 'b' does not match regular expression 'a.*'. (path=)",
    ),
    (
        "T.Int(min_value=3, max_value=1)",
        'ValueError: "max_value" must be equal or greater than "min_value". Encountered: min_value=3, max_value=1.',
    ),
    (
        "T.Int(min_value=0).extend(T.Int(min_value=1))",
        "TypeError: Int(min=0) cannot extend Int(min=1): min_value is smaller.",
    ),
    (
        "T.Int(max_value=2).extend(T.Int(max_value=1))",
        "TypeError: Int(max=2) cannot extend Int(max=1): max_value is larger.",
    ),
    (
        "T.Int(max_value=0).extend(T.Int(min_value=1))",
        "TypeError: Int(max=0) cannot extend Int(min=1): min_value (1) is greater than max_value (0) after extension.",
    ),
    ("T.Int().extend(T.Int(5, min_value=1))", "Int(min=1)"),
    (
        "T.Int().extend(T.Int(5).freeze())",
        "TypeError: Int() cannot extend a frozen value spec: Int(default=5, frozen=True)",
    ),
    ("T.Int().extend(T.Str())", "TypeError: Int() cannot extend Str(): incompatible type."),
    (
        "T.Int().noneable().extend(T.Int())",
        "TypeError: Int(default=None, noneable=True) cannot extend Int(): None is not allowed in base spec.",
    ),
    (
        "T.Int().extend(T.Union([T.Bool(), T.Str()]))",
        "TypeError: Int() cannot extend Union([Bool(), Str()]): no compatible type found in Union.",
    ),
    ("T.Int(1).extend(T.Union([T.Int(), T.Str()]))", "Int(default=1)"),
    ("T.Int(max_value=3).extend(T.Union([T.Int(), T.Str()]))", "Int(max=3)"),
    ("T.Any().extend(T.Int())", "TypeError: Any() cannot extend Int(): incompatible type."),
    ("T.Int().extend(T.Any())", "Int()"),
    ("T.Enum('a',['a']).extend(T.Str())", "Enum(default='a', values=['a'])"),
    (
        "T.Enum('a',['a', 1]).extend(T.Str())",
        "TypeError: Enum(default='a', values=['a', 1]) cannot extend Str(): 1 is not an acceptable value.",
    ),
    (
        "T.Enum('a',['a','b']).extend(T.Enum('a',['a','c']))",
        "TypeError: Enum(default='a', values=['a', 'b']) cannot extend Enum(default='a', values=['a', 'c']): 'b' is not an acceptable value.",
    ),
    (
        "T.Bool().freeze(True).extend(T.Enum(2,[2,True]))",
        "Enum(default=True, values=[2, True], frozen=True)",
    ),
    (
        "T.Str('x').freeze().extend(T.Enum('a',['a','c']))",
        "TypeError: Str(default='x', frozen=True) cannot extend Enum(default='a', values=['a', 'c']) with incompatible frozen value: 'x' ",
    ),
    ("T.Enum('a',('a',))", "ValueError: Values for Enum should be a non-empty list. Found ('a',)."),
    ("T.Enum('a',['b'])", "ValueError: Enum default value 'a' is not in candidate list ['b']."),
    ("T.Enum(M,['b']).apply('c')", "ValueError: Value 'c' is not in candidate list ['b']. (path=)"),
    (
        "T.Enum(M,['b']).apply(1)",
        "TypeError: Expect <class 'str'> but encountered <class 'int'>: 1. (path=)",
    ),
    (
        "T.Enum['a']",
        "TypeError: `pg.typing.Enum` requires at least 2 arguments as the candidate values for the enum Encountered: ('a',)",
    ),
    ("T.Enum['a','b','c'].set_default('b') == T.Enum('b', ['a','b','c'])", "True"),
    ("T.Enum('a',['a']).noneable()", "Enum(default='a', values=['a', None])"),
    ("T.Enum(M,[1,'a']).annotation", "typing.Any"),
    ("T.Enum(M,[1,True]).value_type", "<class 'int'>"),
    ("T.Any(annotation=int)", "Any(annotation=<class 'int'>)"),
    ("T.Any(int)", "Any(default=<class 'int'>)"),
    ("T.Any().apply(None)", "None"),
    ("T.Any().noneable()", "Any(default=None)"),
    ("T.Any().noneable(False).is_noneable", "False"),
    ("T.Any().noneable(False)", "Any()"),
    ("T.Any(annotation=int).noneable().annotation", "<class 'int'>"),
    ("T.Any[int]", "TypeError: type 'Any' is not subscriptable"),
    ("T.Bool[int]", "TypeError: type 'Bool' is not subscriptable"),
    ("T.Int[1,2]", "Int(min=1, max=2)"),
    (
        "T.Int[1]",
        "TypeError: `pg.typing.Int` requires 2 arguments as the min value and the max value for the field. Encountered: (1,)",
    ),
    ("T.Str['a.*']", "Str(regex='a.*')"),
    (
        "T.Str['a','b']",
        "TypeError: `pg.typing.Str` requires 1 argument as the regular expression for matching the str value. Encountered: ('a', 'b').",
    ),
    ("T.Int()('5')", "5"),
    ("T.Str()()", "''"),
    ("T.Int(min_value=3)()", "ValueError: Value 0 is out of range (min=3, max=None). (path=)"),
    ("T.Number(int) == T.Int()", "False"),
    ("T.Number((int,float))", "Number()"),
]


@pytest.mark.parametrize(("expression", "expected"), CASES)
def test_outcome(expression, expected):
    assert outcome(expression) == expected


def test_frozen_without_a_value_accepts_nothing():
    spec = T.Int(frozen=True)
    assert spec.apply(T.MISSING_VALUE) is T.MISSING_VALUE
    with pytest.raises(ValueError, match="Frozen field is not assignable"):
        spec.apply(1)
    with pytest.raises(ValueError, match="Frozen field is not assignable"):
        spec.set_default(1)
