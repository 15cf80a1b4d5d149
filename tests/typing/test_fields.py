"""Fields, schemas and keys. Each expression beside the text of its result or error."""

# ruff: noqa: E501

import pytest
from tests.typing.support import outcome

CASES = [
    (
        "T.Field('a', T.Int(1), 'doc', {'m':1}, A)",
        "Field(key=a, value=Int(default=1), description='doc', metadata={'m': 1}, origin=<class 'tests.typing.support.A'>)",
    ),
    ("T.Field('a', T.Int(), metadata=1)", "ValueError: metadata must be a dict."),
    (
        "T.create_field(['a',1])",
        "TypeError: Field definition should be tuples with 2 to 4 elements. Encountered: ['a', 1].",
    ),
    (
        "T.create_field((1,1))",
        "TypeError: The 1st element of field definition should be of <class 'str'> or KeySpec. Encountered: 1.",
    ),
    (
        "T.create_field(('a',1,2))",
        "TypeError: Description (the 3rd element) of field definition should be text type. Encountered: 2",
    ),
    (
        "T.create_field(('a',1,'',2))",
        "TypeError: Metadata (the 4th element) of field definition should be a dict of objects. Encountered: 2",
    ),
    ("T.create_field(('a','int'))", "Field(key=a, value=Str(default='int'))"),
    ("T.create_field(('a',[1,2]))", "Field(key=a, value=List(Int(), default=[1, 2]))"),
    ("T.create_field(('a',()))", "ValueError: Argument 'element_values' must be a non-empty list."),
    (
        "T.create_field(('a',(1,'x')))",
        "Field(key=a, value=Tuple([Int(), Str()], default=(1, 'x')))",
    ),
    ("T.create_field(('a',None))", "Field(key=a, value=Any(default=None))"),
    ("T.create_field(('a',int))", "Field(key=a, value=Int())"),
    ("T.create_field(('a',one_arg)) is not None", "True"),
    ("T.create_field(('a',A)) ", "Field(key=a, value=Object(A))"),
    ("T.create_field(('a',{'a':1})).value.default", "{'a': 1}"),
    (
        "T.create_schema(1)",
        "TypeError: Schema definition should be a dict of field names to their definitions, a list of `pg.typing.Field` objects or a list of tuples in format (key, value, description, metadata). Encountered: 1.",
    ),
    (
        "T.create_schema([], metadata=1)",
        "TypeError: Metadata of schema should be a dict. Encountered: 1.",
    ),
    (
        "T.create_schema([(T.StrKey(), int)])",
        "ValueError: NonConstKey is not allowed in schema. Encountered 'StrKey()'.",
    ),
    (
        "T.create_schema([('a',int),(T.StrKey('foo.*'), int), ('b', int)], allow_nonconst_keys=True).resolve(['b','foo1','zz','foo2'])",
        "({a: [], StrKey(regex='foo.*'): ['foo1', 'foo2'], b: ['b']}, ['zz'])",
    ),
    (
        "T.create_schema([('a',str)]).extend(T.create_schema([('a',int)], name='bb'))",
        "TypeError: Str() cannot extend Int(): incompatible type. (base='bb', path=a)",
    ),
    (
        "T.create_schema([('a',T.Dict([('x', str)]))]).extend(T.create_schema([('a',T.Dict([('x', int)]))], name='bb'))",
        "TypeError: Str() cannot extend Int(): incompatible type. (path=x) (base='bb', path=a)",
    ),
    (
        "T.create_schema([('a',str)]).extend(T.create_schema([(T.StrKey(),int)], name='dyn', allow_nonconst_keys=True))",
        "ValueError: Non-const key StrKey() is not allowed to be added to the schema. (base='dyn', path=[StrKey()])",
    ),
    ("T.Schema({})", "TypeError: Argument 'fields' must be a list. Encountered: {}."),
    (
        "T.create_schema([('a',int)]).is_compatible(1)",
        "TypeError: Argument 'other' should be a Schema object. Encountered 1.",
    ),
    ("T.StrKey('foo.*')", "StrKey(regex='foo.*')"),
    ("T.ListKey()", "ListKey(min_value=0, max_value=None)"),
    ("T.ConstStrKey('a.b')", "KeyError: '.' cannot be used in key. Encountered: 'a.b'."),
    (
        "T.ConstStrKey('a').extend(T.ConstStrKey('b'))",
        "KeyError: a cannot extend b for keys are different.",
    ),
    (
        "str(T.Field('a', T.Int(1), 'doc', {'m': 1}))",
        "\"Field(\\n  key=a,\\n  value=Int(\\n    default=1\\n  ),\\n  description='doc',\\n  metadata={\\n    'm': 1\\n  }\\n)\"",
    ),
    (
        "T.create_schema([('a',int)]).apply({'q':1})",
        "KeyError: Keys ['q'] are not allowed in Schema. (parent='None')",
    ),
    (
        "T.create_schema([('a',int)]).apply({'q':1}, root_path='')",
        "KeyError: Keys ['q'] are not allowed in Schema. (parent='')",
    ),
]


@pytest.mark.parametrize(("expression", "expected"), CASES)
def test_outcome(expression, expected):
    assert outcome(expression) == expected
