"""Data that does not stand for a program: one typed error each, with the place."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polygraft import typing as T
from polygraft.errors import DeserializationError, MalformedFileError, NestingError
from polygraft.serialization import (
    FieldMismatchError,
    SerializationError,
    from_json,
    from_json_str,
    to_json,
    to_json_str,
)
from polygraft.symbolic import Dict, List, Object


class A(Object):
    x: T.Int(min_value=0)  # type: ignore[valid-type]
    child: Any = None


KEY = f"{__name__}.A"


def a(**fields: Any) -> dict[str, Any]:
    return {"_type": KEY, **fields}


def test_missing_field():
    with pytest.raises(FieldMismatchError) as e:
        from_json({"models": [a(x=1), a(x=1, child=a())]})
    assert str(e.value) == "A.__init__() missing 1 required argument: 'x'. (path=models[1].child)"
    assert e.value.path == "models[1].child"
    assert isinstance(e.value, TypeError)
    assert repr(from_json(a(child=a()), allow_partial=True)) == (
        "A(x=MISSING_VALUE, child=A(x=MISSING_VALUE, child=None))"
    )


def test_extra_field():
    for partial in (False, True):
        with pytest.raises(FieldMismatchError) as e:
            from_json([a(x=1, chid=2)], allow_partial=partial)
        assert str(e.value) == (
            "A.__init__() got unexpected keyword argument: 'chid'. Did you mean 'child'? (path=[0])"
        )


def test_value_that_its_field_does_not_accept():
    with pytest.raises(
        ValueError, match=r"Value -1 is out of range \(min=0, max=None\)\. \(path=m\.child\.x\)"
    ):
        from_json({"m": a(x=1, child=a(x=-1))})
    with pytest.raises(TypeError, match=r"\(path=r\.child\.x\)"):
        from_json(a(x=1, child=a(x="s")), root_path="r")


def test_a_users_exception_is_kept():
    class Refusing(Object):
        x: int

        def _on_bound(self):
            raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine") as e:
        from_json({"k": [{"_type": Refusing.__type_name__, "x": 1}]})
    assert e.value.args == ("mine",)
    assert any("(path=k[0])" in n for n in e.value.__notes__)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        ("  \n", "it is empty"),
        ("{", "truncated"),
        ('{"a": [1, 2', "truncated"),
        ('{"a": "bc', "truncated"),
        ('{"a": 1,', "truncated"),
        ("hello", "not JSON"),
        ("{'a': 1}", "not JSON"),
        ('{"a": 1} x', "not JSON"),
        ("<html>", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        ("[" + "1" * 5000 + "]", "number"),
    ],
)
def test_text_that_is_not_json(text, message):
    with pytest.raises(MalformedFileError, match=message):
        from_json_str(text)


def test_text_error_tells_the_place():
    with pytest.raises(MalformedFileError, match="line 2, column 6"):
        from_json_str('{"a": 1,\n "b" 2}')


@given(st.text(max_size=20) | st.binary(max_size=20))
def test_any_text_is_read_or_refused(text):
    try:
        from_json_str(text)
    except DeserializationError:
        pass


# fmt: off
WORDS = [
    "_type", "name", "args", "items", "x", "child", "code", "value",
    "__ref__", "__context__", "__root__", "shared_objects", "__symbolic__",
]
NAMES = [
    KEY, "type", "function", "method", "dict", "list", "tuple", "__tuple__",
    "builtins.int", "builtins.list", "os.system", "x._OpaqueObject",
]
# fmt: on
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(WORDS),
            inner | st.sampled_from(NAMES),
            max_size=4,
        )
    ),
    max_leaves=15,
)  # fmt: skip


@given(json_values, st.booleans())
def test_any_data_is_read_or_refused_with_a_path(data, partial):
    text = json.dumps(data)
    try:
        from_json_str(text, allow_partial=partial)
    except DeserializationError as e:
        assert "(path=" in str(e)
    except (TypeError, ValueError, KeyError) as e:  # a value that its field does not accept
        assert "path" in str(e).lower()
    assert json.dumps(data) == text


# -- depth -----------------------------------------------------------------------------------------
def deep(n: int) -> Any:
    data: Any = 1
    for _ in range(n):
        data = {"x": data}
    return data


@pytest.mark.parametrize("n", [2_000, 100_000])
def test_text_nested_deeper_than_the_stack(n):
    for text in (
        '{"x":' * n + "1" + "}" * n,
        "[" * n + "]" * n,
        f'{{"_type":"{A.__type_name__}","x":1,"child":' * n + "null" + "}" * n,
    ):
        with pytest.raises(NestingError, match="nested too deeply"):
            from_json_str(text)


@pytest.mark.parametrize("n", [600, 2_000, 100_000])
def test_data_nested_deeper_than_the_stack(n):
    limit = sys.getrecursionlimit()
    try:
        value = from_json(deep(n))
    except NestingError as e:
        assert "nested too deeply" in str(e)
        assert "x.x.x" in str(e)
        assert n > limit // 4
    else:
        assert type(value) is Dict


@pytest.mark.parametrize("make", [deep, lambda n: as_objects(n), lambda n: as_lists(n)])
def test_value_nested_deeper_than_the_stack(make):
    value = make(20_000)
    for call in (to_json, to_json_str):
        with pytest.raises(
            NestingError, match=r"nested too deeply .*\(path=[x.child\[\]0]+\.\.\.\)"
        ):
            call(value)


def as_objects(n: int) -> Any:
    value = A(1)
    for _ in range(n):
        value = A(1, value)
    return value


def as_lists(n: int) -> Any:
    value: Any = List([])
    for _ in range(n):
        value = List([value])
    return value


def test_after_a_depth_error_all_is_as_before():
    value = as_objects(20_000)
    with pytest.raises(NestingError):
        to_json(value)
    assert to_json(A(1)) == a(x=1, child=None)
    assert value.child.child.x == 1


def test_numbers_too_long_for_text():
    with pytest.raises(SerializationError, match="digits"):
        to_json_str([10**5000])
