"""`KeyPath`: text form, arithmetic, look-up and order."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polygraft.errors import PathNotFoundError
from polygraft.paths import KeyPath, StrKey, message_on_path

NAMES = st.text(
    st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=6
).filter(lambda s: _balanced(s))
INDICES = st.integers(-5, 50)
PATHS = st.lists(NAMES | INDICES, max_size=5).map(KeyPath)
NAME_PATHS = st.lists(st.sampled_from(["a", "b", "aa", "z"]), max_size=4).map(KeyPath)


def _balanced(s: str) -> bool:
    depth = 0
    for c in s:
        depth += (c == "[") - (c == "]")
        if depth < 0:
            return False
    return depth == 0


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", []),
        ("a.b", ["a", "b"]),
        ("a[0].b", ["a", 0, "b"]),
        ("[-1]", [-1]),
        ("a[]", ["a", ""]),
        ("a.0", ["a", "0"]),
        ("a[b]", ["a", "b"]),
        ("a..b", ["a", "b"]),
        ("a.", ["a"]),
        (".a", ["a"]),
        ("a[x[0]].b[y.z].c", ["a", "x[0]", "b", "y.z", "c"]),
    ],
)
def test_parse(text, keys):
    assert KeyPath.parse(text).keys == keys


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (5, "'path_str' must be a string type. Encountered: 5"),
        ("[0", "KeyPath parse failed: unmatched open bracket at position 0: '[0'"),
        ("0]", "KeyPath parse failed: unmatched close bracket at position 1:'0]'"),
    ],
)
def test_parse_refuses(text, message):
    with pytest.raises(ValueError) as e:
        KeyPath.parse(text)
    assert str(e.value) == message


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (["a", 0, "b.c"], "a[0][b.c]"),
        ("a.b", "[a.b]"),
        ([1.5], "[1.5]"),
        ([None], "[None]"),
        ([""], ""),
        ([], ""),
    ],
)
def test_text(keys, text):
    path = KeyPath(keys)
    assert path.path == str(path) == repr(path) == text


def test_marked_keys_print_as_names():
    class Marked(StrKey):
        def __str__(self):
            return "K!"

    assert KeyPath(["a", Marked(), 1]).path == "a.K![1]"


def test_path_str_can_drop_brackets():
    assert KeyPath(["a", "x.y", "b"]).path_str(False) == "a.x.y.b"


@given(PATHS)
def test_text_reads_back(path):
    assert KeyPath.parse(path.path) == path


@given(PATHS)
def test_hash_and_equality_follow_the_text(path):
    assert path == path.path
    assert hash(path) == hash(path.path)
    assert {path.path: 1}[path] == 1


@given(PATHS, PATHS)
def test_sum_and_difference(a, b):
    assert (a + b) - a == b
    assert (a + b).is_relative_to(a)
    assert (a + b).depth == a.depth + b.depth


@given(PATHS, PATHS)
def test_order_is_antisymmetric(a, b):
    assert (a < b) + (a == b) + (b < a) == 1
    assert (a <= b) == (not b < a)


@given(NAME_PATHS, NAME_PATHS, NAME_PATHS)
def test_order_is_transitive(a, b, c):
    if a <= b <= c:
        assert a <= c


@given(PATHS)
def test_copies(path):
    assert copy.copy(path) is path
    assert copy.deepcopy(path) is path
    assert pickle.loads(pickle.dumps(path)) == path


def test_equal_keys_that_print_differently_are_different():
    assert KeyPath(1) != KeyPath(True)
    assert KeyPath(0) != 0


def test_indices_order_by_number_and_names_by_text():
    assert KeyPath.parse("a[2]") < KeyPath.parse("a[10]")
    assert not KeyPath("a[2]") < KeyPath("a[10]")
    assert KeyPath("a") < KeyPath(["a", 0])
    with pytest.raises(
        TypeError, match=r"Comparison is not supported between instances of 'KeyPath' and 'int'\."
    ):
        assert KeyPath("a") < 1


def test_parts():
    path = KeyPath.parse("a.b[0]")
    assert (path.key, path.parent, path.depth, len(path), path.is_root, bool(path)) == (
        0,
        "a.b",
        3,
        3,
        False,
        True,
    )
    root = KeyPath()
    assert root.is_root and not root
    with pytest.raises(KeyError, match=r"Key of root KeyPath does not exist\."):
        root.key
    with pytest.raises(KeyError, match=r"Parent of a root KeyPath does not exist\."):
        root.parent


def test_from_value():
    path = KeyPath("a")
    assert KeyPath.from_value(path) is path
    assert KeyPath.from_value("a[0]").keys == ["a", 0]
    assert KeyPath.from_value(1).keys == [1]
    with pytest.raises(ValueError, match=r"1.5 is not a valid KeyPath equivalence."):
        KeyPath.from_value(1.5)


def test_add():
    path = KeyPath("a")
    assert path + None is path
    assert (path + "b[0]").keys == ["a", "b", 0]
    assert (path + 1.0).path == "a[1.0]"
    assert path + "" == "a"
    assert KeyPath.parse("x", KeyPath("p")) == "p.x"


@pytest.mark.parametrize(
    ("left", "right", "error", "message"),
    [
        (
            "a",
            "a.b",
            ValueError,
            "KeyPath subtraction failed: left path a is an ancestor of right path a.b.",
        ),
        (
            "x",
            "a",
            ValueError,
            "KeyPath subtraction failed: left path x and right path a are in different subtree.",
        ),
        ("a", 1.5, TypeError, "Cannot subtract KeyPath(a) by 1.5."),
    ],
)
def test_subtract_refuses(left, right, error, message):
    with pytest.raises(error) as e:
        KeyPath.parse(left) - right
    assert str(e.value) == message


def test_query():
    src = {"a": [1, {"b": (2, 3)}], 0: "x"}
    assert KeyPath.parse("a[1].b[-1]").query(src) == 3
    assert KeyPath.parse("[0]").query(src) == "x"
    assert KeyPath().query(src) is src
    assert KeyPath.parse("a[5]").get(src, 7) == 7
    assert KeyPath.parse("a[0]").exists(src)
    assert not KeyPath.parse("a.b").exists(src)


@pytest.mark.parametrize(
    ("path", "src", "message"),
    [
        (
            "x.b",
            {"x": {"c": 1}},
            "Path x.b does not exist: key 'b' is absent from innermost value {'c': 1}.",
        ),
        (
            "x.b",
            {"x": 1},
            "Cannot query sub-key 'b' of object (1): '__getitem__' does not exist. (path=x)",
        ),
        ("x[3]", {"x": [1]}, "Path x[3] does not exist: key 3 is absent from innermost value [1]."),
        ("x.b", {"x": "s"}, "Path x.b does not exist: key 'b' is absent from innermost value 's'."),
    ],
)
def test_query_says_where_the_way_ends(path, src, message):
    with pytest.raises(KeyError) as e:
        KeyPath.parse(path).query(src)
    assert e.value.args == (message,)
    assert isinstance(e.value, PathNotFoundError) and e.value.path == path


def test_query_needs_the_protocol():
    class Bare:
        def __getitem__(self, key):
            return 1

    with pytest.raises(KeyError, match="'__contains__' does not exist"):
        KeyPath.parse("f").query(Bare())
    with pytest.raises(KeyError, match="'__len__' does not exist"):
        KeyPath.parse("[0]").query(Bare())


def test_message_on_path():
    assert message_on_path("m", None) == "m"
    assert message_on_path("m", KeyPath()) == "m (path=)"
