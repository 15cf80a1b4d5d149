"""`format`, `Formattable`, the scopes and the small helpers."""

import io
import threading

import pytest

from polygraft import formatting as f


class Point(f.Formattable):
    def __init__(self, x, y=None):
        self.x, self.y = x, y

    def format(self, compact=False, verbose=True, root_indent=0, **kwargs):
        items = [("x", self.x, None), ("y", self.y, None)]
        return f.kvlist_str(items, compact, verbose, root_indent, label="Point", **kwargs)


class Custom:
    def __str__(self):
        return "STR"

    def __repr__(self):
        return "REPR"


LONG = ["a" * 30, "b" * 30, "c" * 30]


@pytest.mark.parametrize(
    ("value", "kwargs", "text"),
    [
        ([1, "a"], {}, "[1, 'a']"),
        ((1, 2), {}, "(1, 2)"),
        ((1,), {}, "(1,)"),
        (LONG, {}, f"[\n  '{'a' * 30}',\n  '{'b' * 30}',\n  '{'c' * 30}'\n]"),
        (LONG, {"compact": True}, repr(LONG)),
        ({"a": 1}, {"compact": True}, "{'a': 1}"),
        ({"a": 1, "b": [1, 2]}, {}, "{\n  'a': 1,\n  'b': [1, 2]\n}"),
        ({"e": {}, "t": ()}, {}, "{\n  'e': {},\n  't': ()\n}"),
        ({"a": 1, "b": 2}, {"exclude_keys": {"a"}}, "{\n  'b': 2\n}"),
        ({"a": 1, "b": {"a": 3}}, {"include_keys": {"b"}, "compact": True}, "{'b': {'a': 3}}"),
        ({"a": 1}, {"exclude_keys": {"a"}}, "{}"),
        ("abcdef", {"max_str_len": 3}, "'abc...'"),
        (b"abcdef", {"max_bytes_len": 2}, "b'ab...'"),
        ([object()], {"strip_object_id": True}, "[object(...)]"),
        (Custom(), {}, "STR"),
        ([Custom()], {}, "[STR]"),
        (Custom(), {"compact": True}, "REPR"),
        ([1], {"markdown": True}, "`[1]`"),
        ({"a": 1}, {"markdown": True}, "```\n{\n  'a': 1\n}\n```"),
        ([Point(1)], {}, "[Point(\n    x=1\n  )]"),
        (Point(Point(1), 2), {"compact": True}, "Point(x=Point(x=1), y=2)"),
        (Point(Point(1), 2), {"compact": True, "exclude_keys": {"y"}}, "Point(x=Point(x=1))"),
    ],
)
def test_format(value, kwargs, text):
    assert f.format(value, **kwargs) == text


def test_custom_format_is_offered_every_child():
    value = {"a": [1, Point(2)]}
    text = f.format(
        value, compact=True, custom_format=lambda v, i: "INT" if isinstance(v, int) else None
    )
    assert text == "{'a': [INT, Point(x=INT)]}"


def test_recursive_values_end():
    value = {}
    value["self"] = value
    assert f.format(value, compact=True) == f"{{'self': <recursive dict at 0x{id(value):x}>}}"


def test_shared_values_are_not_recursive():
    shared = [1]
    assert f.format([shared, shared]) == "[[1], [1]]"


def test_a_member_called_format_is_left_alone():
    class Conv(f.Formattable):
        format = "NHWC"

        def __pg_format__(self, compact=False, verbose=True, root_indent=0, **kwargs):
            return "Conv()"

    assert repr(Conv()) == str(Conv()) == f.format([Conv()])[1:-1] == "Conv()"


def test_a_field_called_format_on_the_instance_is_left_alone():
    p = Point(1)
    p.format = "NHWC"
    assert repr(p) == "Point(x=1)"


def test_scopes_nest_and_end():
    p = Point(1)
    with f.str_format(compact=True, a=1) as outer, f.str_format(a=2) as inner:
        assert outer == {"compact": True, "a": 1}
        assert inner == {"compact": True, "a": 2}
        assert str(p) == "Point(x=1)"
    assert str(p) == "Point(\n  x=1\n)"
    with f.repr_format(compact=False):
        assert repr(p) == "Point(\n  x=1\n)"
    with f.str_format(markdown=True):
        assert str(Point([Point(1)])).count("```") == 2


def test_scopes_do_not_reach_other_threads():
    seen = []
    with f.str_format(compact=True):
        thread = threading.Thread(target=lambda: seen.append(str(Point(1))))
        thread.start()
        thread.join()
    assert seen == ["Point(\n  x=1\n)"]


def test_print():
    out = io.StringIO()
    f.print("a", 1.0, Point(1), file=out, compact=True)
    assert out.getvalue() == "'a' 1.0 Point(x=1)\n"


@pytest.mark.parametrize(
    ("kwargs", "text"),
    [
        ({"label": "L"}, "L(a=1, 3)"),
        ({}, "a=1, 3"),
        ({"label": "L", "compact": False}, "L(\n  a=1,\n  3\n)"),
        ({"compact": False}, "a=1,\n3"),
        ({"label": "L", "compact": False, "root_indent": 1}, "L(\n    a=1,\n    3\n  )"),
        ({"label": "L", "bracket_type": f.BracketType.CURLY}, "L{a=1, 3}"),
    ],
)
def test_kvlist_str(kwargs, text):
    assert f.kvlist_str([("a", 1, None), ("", 3, None), ("b", 2, (1, 2))], **kwargs) == text


def test_kvlist_str_of_nothing():
    assert f.kvlist_str([], compact=False, label="L") == "L()"


def test_helpers():
    assert f.quote_if_str("a") == "'a'" and f.quote_if_str(1) == 1
    assert f.comma_delimited_str([1, "a"]) == "1, 'a'"
    assert (f.auto_plural(1, "box"), f.auto_plural(2, "x"), f.auto_plural(2, "box", "boxes")) == (
        "box",
        "xs",
        "boxes",
    )
    assert f.bracket_chars(f.BracketType.SQUARE) == ("[", "]")
    assert f.RawText("x") == "x" and repr(f.RawText("x")) == "x"
    assert f.maybe_markdown_quote("a", False) == "a"
    assert f.repr_ext("a") == "'a'" and f.str_ext(Point(1), lambda v, i: "P") == "P"


@pytest.mark.parametrize(
    ("text", "snake"),
    [
        ("AIMessage", "ai_message"),
        ("ABC123Meta", "abc123_meta"),
        ("HTTPServerName", "http_server_name"),
        ("A", "a"),
    ],
)
def test_camel_to_snake(text, snake):
    assert f.camel_to_snake(text) == snake
