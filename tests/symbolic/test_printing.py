"""Printed forms of nodes: the forms of the specification's tables, all options, depth."""

from typing import Any

import pytest

import polygraft.typing as pg_typing
from polygraft.formatting import BracketType, format, repr_format, str_format
from polygraft.symbolic.compare import TooDeepError
from polygraft.symbolic.containers import Dict, List
from polygraft.symbolic.object_ import Object, members
from polygraft.symbolic.printing import format_node, pg_format
from polygraft.symbolic.wrapping import symbolize


class A(Object):
    x: Any
    y: Any = None


class C(Object):
    x: int
    s: str = "q"


class Empty(Object):
    pass


@members(
    [
        ("a", pg_typing.Int(), "Doc of a\nmore"),
        ("b", pg_typing.Int(2), "Doc of b"),
        ("c", pg_typing.Any(None)),
    ]
)
class V(Object):
    pass


@members([("x", pg_typing.Int()), ("f", pg_typing.Int().freeze(3))])
class Frozen(Object):
    pass


class Text:
    def __str__(self):
        return "ST\nR"

    def __repr__(self):
        return "RE\nPR"


@symbolize
class Layer:
    """A wrapped class with a method that happens to be called `format`."""

    def __init__(self, units, *more, rate=0.1, **options):
        pass

    def format(self, disk):
        return f"formatted {disk}"


NESTED = Dict({"x": 1, 3: [1, {}]})

COMPACT = [
    (lambda: A(1), "A(x=1, y=None)"),
    (lambda: A(A([])), "A(x=A(x=[], y=None), y=None)"),
    (lambda: Empty(), "Empty()"),
    (lambda: Dict(), "{}"),
    (lambda: NESTED, "{x=1, [3]=[0: 1, 1: {}]}"),
    (lambda: Dict({"a.b": 1, "a b": 2, "": 4}), "{a.b=1, a b=2, =4}"),
    (lambda: A({"q": (1, [2])}), "A(x={q=(1, [2])}, y=None)"),
    (lambda: A({"a": (1, A(1))}), "A(x={a=(1, A(x=1, y=None))}, y=None)"),
    (lambda: A((1,), ()), "A(x=(1,), y=())"),
    (lambda: A.partial(), "A(x=MISSING_VALUE, y=None)"),
    (lambda: A(Text(), {"a": Text()}), "A(x=RE\nPR, y={a=RE\nPR})"),
    (lambda: A(len, int), "A(x=<built-in function len>, y=<class 'int'>)"),
    (lambda: Frozen(1), "Frozen(x=1)"),
    (lambda: Layer(1, 2, k=3), "Layer(units=1, more=[0: 2], rate=0.1, k=3)"),
    (lambda: A(Layer(1)), "A(x=Layer(units=1, more=[], rate=0.1), y=None)"),
    (lambda: A(1.5e-7, b"z"), "A(x=1.5e-07, y=b'z')"),
]


@pytest.mark.parametrize(("make", "text"), COMPACT)
def test_repr(make, text):
    assert repr(make()) == text
    assert format(make(), compact=True) == text


MULTI_LINE = [
    (lambda: A(1, "a"), "A(\n  x = 1,\n  y = 'a'\n)"),
    (lambda: Empty(), "Empty()"),
    (lambda: A(Empty(), []), "A(\n  x = Empty(),\n  y = []\n)"),
    (lambda: List([]), "[]"),
    (lambda: NESTED, "{\n  x = 1,\n  [3] = [\n    0 : 1,\n    1 : {}\n  ]\n}"),
    (lambda: List([1, {}]), "[\n  0 : 1,\n  1 : {}\n]"),
    (lambda: C.partial(), "C(\n  x = MISSING_VALUE(Int()),\n  s = 'q'\n)"),
    (
        lambda: A({"a": (1, A(1))}),
        "A(\n  x = {\n    a = (1, A(\n        x = 1,\n        y = None\n      ))\n  },\n  y = None\n)",
    ),
    (lambda: A(Text()), "A(\n  x = ST\nR,\n  y = None\n)"),
    (
        lambda: A(("a" * 50, "b" * 50)),
        f"A(\n  x = (\n    '{'a' * 50}',\n    '{'b' * 50}'\n  ),\n  y = None\n)",
    ),
    (lambda: A((1, 2), {3}), "A(\n  x = (1, 2),\n  y = {3}\n)"),
    (lambda: A("a\nb"), "A(\n  x = 'a\\nb',\n  y = None\n)"),
    (lambda: V(1), "V(\n  a = 1,\n  b = 2,\n  c = None\n)"),
    (lambda: Frozen(1), "Frozen(\n  x = 1\n)"),
    (
        lambda: Layer(Layer(1)),
        "Layer(\n  units = Layer(\n    units = 1,\n    more = [],\n    rate = 0.1\n  ),\n"
        "  more = [],\n  rate = 0.1\n)",
    ),
]


@pytest.mark.parametrize(("make", "text"), MULTI_LINE)
def test_str(make, text):
    assert str(make()) == text
    assert format(make(), verbose=False) == text


def test_missing_values_show_what_is_expected():
    assert str(A.partial()).startswith("A(\n  x = MISSING_VALUE(Any(")


def test_repr_of_a_bare_list_is_that_of_the_builtin():
    assert repr(List([1, Dict(a=1), A(1), [2]])) == "[1, {a=1}, A(x=1, y=None), [2]]"


VERBOSE_V = "V(\n  # Doc of a\n  # more\n  a = 1,\n  # Doc of b\n  b = 2,\n  c = None\n)"

OPTIONS = [
    (V(1), {"verbose": True}, VERBOSE_V),
    (
        A(V(1)),
        {"verbose": True},
        "A(\n  x = " + VERBOSE_V.replace("\n", "\n  ") + ",\n  y = None\n)",
    ),
    (
        V(1),
        {"verbose": True, "extra_blankline_for_field_docstr": True},
        VERBOSE_V.replace(",\n  # Doc of b", ",\n\n  # Doc of b"),
    ),
    (V(1), {"verbose": True, "compact": True}, "V(a=1, b=2, c=None)"),
    (V(1), {"hide_default_values": True, "compact": True}, "V(a=1)"),
    (A(1, [V(1, 2)]), {"hide_default_values": True, "compact": True}, "A(x=1, y=[0: V(a=1)])"),
    (Dict(a=1), {"hide_default_values": True, "compact": True}, "{a=1}"),
    (V(1), {"hide_default_values": True, "verbose": False}, "V(\n  a = 1\n)"),
    (Layer(1), {"hide_default_values": True, "compact": True}, "Layer(units=1)"),
    (
        Layer(1, 2, rate=3),
        {"hide_default_values": True},
        "Layer(\n  units = 1,\n  more = [\n    0 : 2\n  ],\n  rate = 3\n)",
    ),
    (A.partial(), {"hide_missing_values": True, "compact": True}, "A(y=None)"),
    (Frozen(1), {"hide_frozen": False, "compact": True}, "Frozen(x=1, f=3)"),
    (NESTED, {"python_format": True, "compact": True}, "{'x': 1, 3: [1, {}]}"),
    (
        NESTED,
        {"python_format": True},
        "{\n  'x': 1,\n  3: [\n    1,\n    {}\n  ]\n}",
    ),
    (A({"q": [1]}), {"python_format": True, "compact": True}, "A(x={'q': [1]}, y=None)"),
    (
        A(1, {"a": [1]}),
        {"python_format": True},
        "A(\n  x=1,\n  y={\n    'a': [\n      1\n    ]\n  }\n)",
    ),
    (
        Dict(x=1, y=Dict(z=[1])),
        {"python_format": True, "key_as_attribute": True, "compact": True},
        "{x=1, y={'z': [1]}}",
    ),
    (A(A(1), 2), {"include_keys": {"x"}, "compact": True}, "A(x=A(x=1, y=None))"),
    (A(A(1), 2), {"exclude_keys": {"x"}, "compact": True}, "A(y=2)"),
    (V(1), {"include_keys": ["zz"]}, "V()"),
    (Dict(a=1), {"include_keys": ["zz"]}, "{}"),
    (List([A(1)]), {"exclude_keys": {"x"}, "compact": True}, "[0: A(y=None)]"),
    (Dict(a=[A(1)]), {"exclude_keys": {"x"}, "compact": True}, "{a=[0: A(x=1, y=None)]}"),
    (Dict(x=[1]), {"cls_name": "Foo", "compact": True}, "Foo{x=[0: 1]}"),
    (List([1, [2]]), {"cls_name": "Foo", "compact": True}, "Foo[0: 1, 1: [0: 2]]"),
    (A(1), {"cls_name": "Foo", "compact": True}, "Foo(x=1, y=None)"),
    (Dict(x={"y": 1}), {"bracket_type": BracketType.ROUND, "compact": True}, "(x={y=1})"),
    (List([1, [2]]), {"bracket_type": BracketType.ROUND, "compact": True}, "(0: 1, 1: [0: 2])"),
    (A(1), {"root_indent": 1}, "A(\n    x = 1,\n    y = None\n  )"),
    (A("a" * 9), {"max_str_len": 5, "compact": True}, "A(x='aaaaa...', y=None)"),
    (
        A((1, 2, 3)),
        {"list_wrap_threshold": 4},
        "A(\n  x = (\n    1,\n    2,\n    3\n  ),\n  y = None\n)",
    ),
    (A(object()), {"strip_object_id": True, "compact": True}, "A(x=object(...), y=None)"),
    (
        A(1, [1, {"a": 2}]),
        {"compact": True, "custom_format": lambda v, i: f"INT{i}" if isinstance(v, int) else None},
        "A(x=INT1, y=[0: INT2, 1: {a=INT3}])",
    ),
]


@pytest.mark.parametrize(("node", "options", "text"), OPTIONS)
def test_options(node, options, text):
    assert format_node(node, **{"verbose": False, **options}) == text
    if (
        "cls_name" not in options
        and "bracket_type" not in options
        and "key_as_attribute" not in options
    ):
        assert format(node, **{"verbose": False, **options}) == text


def test_markdown_quotes_the_whole():
    assert format(A(1), compact=True, markdown=True) == "`A(x=1, y=None)`"
    assert format(A(1), markdown=True) == "```\nA(\n  x = 1,\n  y = None\n)\n```"


def test_scopes():
    with str_format(hide_default_values=True):
        assert str(A(1)) == "A(\n  x = 1\n)"
    with repr_format(compact=False):
        assert repr(A(1)) == "A(\n  x = 1,\n  y = None\n)"
    with str_format(verbose=True):
        assert str(V(1)) == VERBOSE_V


class OwnFormat(Object):
    x: Any

    def format(self, compact=False, verbose=False, root_indent=0, **kwargs):
        return f"OWN{root_indent}"


class Unrelated(Object):
    """A user's method that happens to be called `format`."""

    x: Any

    def format(self, disk):
        return f"formatted {disk}"


class OwnRepr(Object):
    x: Any

    def __repr__(self):
        return "OWN"


def test_own_format_is_used_everywhere():
    assert repr(A(OwnFormat(1))) == "A(x=OWN1, y=None)"
    assert str(A([OwnFormat(1)])) == "A(\n  x = [\n    0 : OWN2\n  ],\n  y = None\n)"
    assert pg_format(OwnFormat(1)) == "OWN0"


def test_a_method_that_happens_to_be_called_format_is_left_alone():
    assert repr(A(Unrelated(1))) == "A(x=Unrelated(x=1), y=None)"
    assert repr(Unrelated(1)) == "Unrelated(x=1)"
    assert format(Unrelated(1), compact=True, hide_default_values=True) == "Unrelated(x=1)"


def test_own_repr_is_used_at_the_top_only():
    assert repr(OwnRepr(1)) == "OWN"
    assert repr(A(OwnRepr(1))) == "A(x=OwnRepr(x=1), y=None)"


def test_a_shared_object_is_printed_at_each_place():
    shared = Layer(1)
    assert repr(A(shared, (shared,))) == repr(A(Layer(1), (Layer(1),)))


def test_a_node_that_a_plain_list_leads_back_to():
    plain: list[Any] = []
    tree = A((plain,))
    plain.append(tree)
    assert repr(tree).startswith("A(x=([<recursive A at 0x")
    assert "<recursive " in str(tree)


def test_deep_trees():
    tree: Any = 1
    for _ in range(200):
        tree = A(Dict(a=tree))
    assert repr(tree).count("A(") == 200
    assert str(tree).count("A(") == 200
    for _ in range(10_000):
        tree = Dict(a=tree)
    for render in (str, repr, lambda x: format(x, hide_default_values=True)):
        with pytest.raises(TooDeepError, match="too deep to be printed as a whole"):
            render(tree)
