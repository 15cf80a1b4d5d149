"""`List`, `Tuple` and `Dict`. Each expression beside the text of its result or error."""

# ruff: noqa: E501

import pytest
from tests.typing.support import outcome

CASES = [
    (
        "T.List(T.Int(), min_size=2).apply(['a'])",
        "TypeError: Expect <class 'int'> but encountered <class 'str'>: a. (path=[0])",
    ),
    (
        "T.Tuple([int,int]).apply(('a',))",
        "ValueError: Length of input tuple (1) does not match the length of spec (2). Input: ('a',), Spec: Tuple([Int(), Int()]) (path=)",
    ),
    (
        "T.Tuple([int,str]).apply((1,), root_path='x')",
        "ValueError: Length of input tuple (1) does not match the length of spec (2). Input: (1,), Spec: Tuple([Int(), Str()]) (path=x)",
    ),
    (
        "T.Tuple(int, max_size=2).apply((1,2,3), root_path='x')",
        "ValueError: Length of tuple (1, 2, 3) is greater than max size (2). (path=x)",
    ),
    (
        "T.Tuple(int, min_size=2).apply((1,), root_path='x')",
        "ValueError: Length of tuple (1,) is less than min size (2). (path=x)",
    ),
    (
        "T.List(int, size=1, min_size=2)",
        'ValueError: Either "size" or "min_size"/"max_size" pair can be specified. Encountered: size=1, min_size=2, max_size=None.',
    ),
    (
        "T.List(int, min_size=-1)",
        'ValueError: "min_size" of List must be no less than 0. Encountered: -1.',
    ),
    (
        "T.List(int, min_size=10, max_size=5)",
        'ValueError: "max_size" of List must be no less than "min_size". Encountered: min_size=10, max_size=5',
    ),
    ("T.List(1)", "TypeError: Cannot convert 1 to `pg.typing.ValueSpec` with auto typing."),
    (
        "T.List(int, min_size=2).apply([1], root_path='x')",
        "ValueError: Length of list [1] is less than min size (2). (path=x)",
    ),
    (
        "T.List(int, max_size=1).apply([1,2])",
        "ValueError: Length of list [1, 2] is greater than max size (1). (path=)",
    ),
    (
        "T.List(int, min_size=0).extend(T.List(int, min_size=1))",
        "TypeError: ListKey(min_value=0, max_value=None) cannot extend ListKey(min_value=1, max_value=None): min_value is smaller.",
    ),
    ("T.List(int).extend(T.List(int, max_size=1))", "List(Int(), max_size=1)"),
    (
        "T.List(int, max_size=3).extend(T.List(int, max_size=1))",
        "TypeError: ListKey(min_value=0, max_value=3) cannot extend ListKey(min_value=0, max_value=1): max_value is greater.",
    ),
    ("T.List(int).extend(T.List(str))", "TypeError: Int() cannot extend Str(): incompatible type."),
    ("T.List(int).annotation", "typing.List[int]"),
    ("T.List('A1').annotation", "typing.List[ForwardRef('A1')]"),
    ("T.List(T.Float()).apply([1,2.0])", "[1.0, 2.0]"),
    ("T.Tuple([])", "ValueError: Argument 'element_values' must be a non-empty list."),
    (
        "T.Tuple([int], size=2)",
        'ValueError: "size", "min_size" and "max_size" are not applicable for fixed-length Tuple with elements: [<class \'int\'>]',
    ),
    ("T.Tuple(int, size=2) == T.Tuple([int, int])", "True"),
    (
        "T.Tuple([int]).extend(T.Tuple([int,int]))",
        "TypeError: Tuple([Int()]) cannot extend Tuple([Int(), Int()]): unmatched number of elements.",
    ),
    (
        "T.Tuple([int]).extend(T.Tuple(int, min_size=2))",
        "TypeError: Tuple([Int()]) cannot extend Tuple(Int(), min_size=2) as it has less elements than required.",
    ),
    (
        "T.Tuple([int,int]).extend(T.Tuple(int, max_size=1))",
        "TypeError: Tuple([Int(), Int()]) cannot extend Tuple(Int(), max_size=1) as it has more elements than required.",
    ),
    (
        "T.Tuple(int).extend(T.Tuple([int,int]))",
        "TypeError: Tuple(Int()) cannot extend Tuple([Int(), Int()]): a variable length tuple cannot extend a fixed length tuple.",
    ),
    (
        "T.Tuple(int, min_size=1).extend(T.Tuple(int, min_size=2))",
        "TypeError: Tuple(Int(), min_size=1) cannot extend Tuple(Int(), min_size=2) as it has smaller min size.",
    ),
    (
        "T.Tuple(int, max_size=3).extend(T.Tuple(int, max_size=2))",
        "TypeError: Tuple(Int(), max_size=3) cannot extend Tuple(Int(), max_size=2) as it has greater max size.",
    ),
    (
        "T.Tuple([int,str],(1,'a')).noneable()",
        "Tuple([Int(), Str()], default=(1, 'a'), noneable=True)",
    ),
    ("T.Tuple(int, min_size=1, max_size=3)", "Tuple(Int(), min_size=1, max_size=3)"),
    ("T.Tuple[int]", "Tuple([Int()])"),
    ("T.Tuple[int, ...]", "Tuple(Int())"),
    ("T.Tuple([int,str]).annotation", "typing.Tuple[int, str]"),
    ("T.Tuple(int).annotation", "typing.Tuple[int, ...]"),
    ("T.Tuple([int,int]).is_compatible(T.Tuple(int))", "False"),
    ("T.Tuple(int).is_compatible(T.Tuple([int,int]))", "True"),
    ("T.Dict({'a': int}).default", "{'a': MISSING_VALUE}"),
    ("T.Dict(int).default", "{}"),
    ("T.Dict().has_default", "False"),
    (
        "T.Dict({'a':int}).apply({'b':1}, root_path='p.q')",
        "KeyError: Keys ['b'] are not allowed in Schema. (parent='p.q')",
    ),
    (
        "T.Dict({'a':int}).apply({'b':1})",
        "KeyError: Keys ['b'] are not allowed in Schema. (parent='')",
    ),
    (
        "T.Dict({'a':int}).apply({})",
        "ValueError: Required value is not specified. (Path='a', ValueSpec=Int())",
    ),
    (
        "T.Dict({'a':int}).apply({'a':'x'})",
        "TypeError: Expect <class 'int'> but encountered <class 'str'>: x. (path=a)",
    ),
    ("T.Dict({'x': T.Int(default=1)}).noneable().noneable(False).default", "{'x': 1}"),
    ("T.Dict().noneable().noneable(False).has_default", "False"),
    ("T.Dict().freeze()", "ValueError: Cannot freeze Dict() without a default value."),
    (
        "T.Dict([('a', T.Int())]).noneable()",
        "Dict(fields=[Field(key=a, value=Int())], noneable=True)",
    ),
    ("T.Dict[str, int]", "Dict(fields=[Field(key=StrKey(), value=Int())])"),
    (
        "T.Dict[{'x': int, 'y': (str, 'doc')}]",
        "Dict(fields=[Field(key=x, value=Int()), Field(key=y, value=Str(), description='doc')])",
    ),
    (
        "T.Dict[str]",
        "TypeError: `pg.typing.Dict` accepts 1 dict type argument as the schema, or 2 type arguments as the key type and value type. Encountered: (<class 'str'>,).",
    ),
    ("T.Dict([('a',1)], default={'a':2}).default", "{'a': 2}"),
    ("T.List(int)([1])", "[1]"),
    (
        "str(T.List(T.Int(min_value=0), [1], max_size=4))",
        "'List(\\n  Int(\\n    min=0\\n  ),\\n  max_size=4,\\n  default=[1]\\n)'",
    ),
    (
        "str(T.Dict([('a', int)]))",
        "'Dict(\\n  fields=[Field(\\n      key=a,\\n      value=Int()\\n    )]\\n)'",
    ),
]


@pytest.mark.parametrize(("expression", "expected"), CASES)
def test_outcome(expression, expected):
    assert outcome(expression) == expected
