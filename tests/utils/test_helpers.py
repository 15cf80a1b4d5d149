"""The small helpers of `pg.utils`: errors, docstrings, times, colours, values of threads."""

import inspect
import threading

import pytest

import polygraft as pg
from polygraft import utils


# -- errors ----------------------------------------------------------------------------------------
def raised(errors, error, **kwargs):
    with pg.catch_errors(errors, **kwargs) as caught:
        raise error
    return caught.error


@pytest.mark.parametrize(
    ("errors", "caught"),
    [
        (ValueError, True),
        (Exception, True),
        (KeyError, False),
        ((ValueError, KeyError), True),
        ([KeyError, (ValueError, "an error")], True),
        ((ValueError, "an error"), True),
        ((ValueError, "^an error"), False),
        ((ValueError, "^ValueError: this"), True),
        ((ValueError, "other"), False),
        ([(ValueError, "other"), ValueError], True),
    ],
)
def test_catch_errors(errors, caught):
    error = ValueError("this is an error")
    assert pg.match_error(error, errors) is caught
    if caught:
        seen = []
        assert raised(errors, error, error_handler=seen.append) is error and seen == [error]
    else:
        with pytest.raises(ValueError, match="this is an error"):
            raised(errors, error)


def test_nothing_to_catch():
    with pg.catch_errors(ValueError) as caught:
        pass
    assert caught.error is None


def test_match_error_takes_a_table():
    error = ValueError("no good")
    assert pg.match_error(error, {KeyError: ["x"], ValueError: ["never", "no .*"]})
    assert not pg.match_error(error, {ValueError: ["never"]})


def test_what_is_no_specification_of_errors():
    with pytest.raises(TypeError, match=r"non-except types: <class 'str'>\."):
        raised(str if False else (str, "x"), ValueError())
    for bad in ([(ValueError, 1)], [(ValueError, "a", "b")], 5, ["x"]):
        with pytest.raises(TypeError, match="Each error specification should be either an"):
            raised(bad, ValueError())


def test_error_info():
    try:
        try:
            1 / 0
        except ZeroDivisionError as e:
            raise ValueError("no good") from e
    except ValueError as e:
        error = e
    info = pg.ErrorInfo.from_exception(error)
    assert (info.tag, info.description) == ("ValueError.ZeroDivisionError", "no good")
    assert "1 / 0" in info.stacktrace and info.stacktrace.endswith("ValueError: no good\n")
    assert pg.eq(pg.from_json(pg.to_json(info)), info)
    theirs = {**pg.to_json(info), "_type": "pyglove.core.utils.error_utils.ErrorInfo"}
    assert pg.eq(pg.from_json(theirs), info)
    assert utils.ErrorInfo is pg.ErrorInfo
    error.__cause__ = error
    assert pg.ErrorInfo.from_exception(error).tag == "ValueError"


# -- docstrings ------------------------------------------------------------------------------------
GOOGLE = """Short.

Long one.

Args:
  a: first arg
    continued here.
  b (int): second. Defaults to 3.
  c: an
    indented

    para.
  *args: Others.

Returns:
  int: something
    more.

Raises:
  KeyError: if worse
    and worse.

Examples:
  f(1)
    == 2
"""


def test_google_docstring():
    doc = pg.DocStr.parse(GOOGLE)
    assert doc.style is utils.DocStrStyle.GOOGLE
    assert doc.description == "Short.\n\nLong one."
    assert doc.args["a"].description == "first arg\ncontinued here."
    b = doc.args["b"]
    assert (b.name, b.type_name, b.default, b.is_optional) == ("b", "int", "3", False)
    assert doc.args["c"].description == "an\nindented\n\npara."
    assert doc.returns.description == "something\nmore."
    assert doc.raises == [utils.DocStrRaises("if worse\nand worse.", "KeyError")]
    assert doc.examples[0].description.startswith("f(1)\n")

    def f(a, *args):
        pass

    a, args = inspect.signature(f).parameters.values()
    assert doc.parameter(a) is doc.args["a"] and doc.parameter(args) is doc.args["*args"]


def test_other_docstrings():
    doc = pg.DocStr.parse("Just text\nsecond line.")
    assert doc.style is utils.DocStrStyle.REST and not doc.blank_after_short_description
    assert doc.description == "Just text\nsecond line."
    doc = pg.DocStr.parse("Args:\n  x: an x")
    assert (doc.short_description, doc.long_description, doc.description) == (None, None, None)
    doc = pg.DocStr.parse("S.\n\n:param x: the x\n:returns: r\n:raises ValueError: e")
    assert doc.style is utils.DocStrStyle.REST
    assert (doc.args["x"].description, doc.returns.description) == ("the x", "r")
    assert doc.raises[0].type_name == "ValueError"
    doc = pg.DocStr.parse("S.\n\nParameters\n----------\nx : int\n    the x")
    assert doc.style is utils.DocStrStyle.NUMPYDOC
    assert (doc.args["x"].type_name, doc.args["x"].is_optional) == ("int", False)
    doc = pg.DocStr.parse("")
    assert (doc.style, doc.description, doc.args) == (utils.DocStrStyle.REST, None, {})
    assert pg.docstr(lambda: 1) is None
    assert pg.docstr(pg.docstr).short_description.startswith("The docstring")


# -- times -----------------------------------------------------------------------------------------
def test_timeit():
    with pg.timeit("n") as t:
        with pg.timeit("c") as c:
            pass
        with pg.timeit("c"):
            with pg.timeit(""), pg.timeit("d"):
                pass
            assert not t.has_ended and t.elapse > 0
    status = t.status()
    assert list(status) == ["n", "n.c", "n.c.d"]
    assert [x.name for x in t.children] == ["c", "c"]
    assert status["n.c"].elapse == sum(x.elapse for x in t.children)
    assert t.has_ended and not t.has_error and not t.end() and t.end_time >= t.start_time
    assert c.elapse == c.elapse <= t.elapse
    assert pg.utils.TimeIt("x").elapse == 0


def test_timeit_keeps_errors():
    with pytest.raises(KeyError), pg.timeit("n") as t, pg.timeit("c"):
        raise KeyError("x")
    status = t.status()
    assert status["n"].error.tag == status["n.c"].error.tag == "KeyError" and t.has_error
    again = pg.from_json(pg.to_json(status))
    assert again == status
    summary = utils.TimeIt.StatusSummary()
    assert not summary
    summary.aggregate(t)
    summary.aggregate(status)
    assert summary.breakdown["n.c"].num_failed == 2
    assert summary.breakdown["n.c"].error_tags == {"KeyError": 2}
    assert pg.from_json(pg.to_json(summary)) == summary


def test_status():
    status = utils.TimeIt.Status("x", 1.0)
    data = pg.to_json(status)
    assert data.pop("_type").endswith(".TimeIt.Status") and data == {"name": "x", "elapse": 1.0}
    assert status.merge(utils.TimeIt.Status("x", 2.0, False)).elapse == 3.0
    with pytest.raises(AssertionError):
        status.merge(utils.TimeIt.Status("y"))


# -- texts -----------------------------------------------------------------------------------------
def test_colors():
    assert pg.colored("x") == "x"
    assert pg.decolor("\x1b[1m\x1b[31mred\x1b[0m text") == "red text"
    assert pg.decolor(pg.colored("x", "red", "blue", ["bold"])) == "x"
    assert utils.colored_block("a {{b}} c", "{{", "}}") == "a {{b}} c"
    assert utils.colored_block("a {{b c", "{{", "}}", "red") == "a {{b c"
    assert (
        pg.decolor(utils.colored_block("a {{b}} c {{d}}", "{{", "}}", "red")) == "a {{b}} c {{d}}"
    )


def test_colors_with_termcolor(monkeypatch):
    pytest.importorskip("termcolor")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert pg.colored("x", "red") == "\x1b[31mx\x1b[0m"
    text = utils.colored_block("\x1b[34ma {{b}} c", "{{", "}}", "red")
    assert text == "\x1b[34ma \x1b[31m{{b}}\x1b[0m\x1b[34m c"


# -- values of threads -----------------------------------------------------------------------------
def test_values_of_threads():
    key = "of this test"
    with pytest.raises(ValueError, match=f"Key '{key}' does not exist in thread-local storage."):
        utils.thread_local_get(key)
    assert utils.thread_local_get(key, 1) == 1 and not utils.thread_local_has(key)
    with pytest.raises(ValueError, match="does not exist"):
        utils.thread_local_decrement(key)
    assert utils.thread_local_increment(key) == 1
    assert utils.thread_local_increment(key) == 2
    assert utils.thread_local_decrement(key) == 1
    seen = []
    thread = threading.Thread(target=lambda: seen.append(utils.thread_local_has(key)))
    thread.start()
    thread.join()
    assert seen == [False]
    with utils.thread_local_value_scope(key, 5, 0):
        assert utils.thread_local_get(key) == 5
    assert utils.thread_local_get(key) == 1
    with pytest.raises(TypeError, match="is not a list: 1"):
        utils.thread_local_pop(key)
    utils.thread_local_del(key)
    with pytest.raises(AttributeError):
        utils.thread_local_del(key)


def test_stacks_of_threads():
    key = "stack of this test"
    with pytest.raises(ValueError, match="does not exist in thread-local storage or is empty"):
        utils.thread_local_peek(key)
    with pytest.raises(ValueError, match="does not exist in thread-local storage"):
        utils.thread_local_pop(key)
    assert utils.thread_local_peek(key, 1) == utils.thread_local_pop(key, 1) == 1
    utils.thread_local_push(key, 2)
    utils.thread_local_push(key, 3)
    assert utils.thread_local_peek(key) == utils.thread_local_pop(key) == 3
    assert utils.thread_local_pop(key) == 2
    with pytest.raises(IndexError, match="pop from empty list"):
        utils.thread_local_pop(key)
    assert utils.thread_local_pop(key, None) is None


# -- the rest --------------------------------------------------------------------------------------
def test_overrides_must_be_meant():
    def f():
        pass

    with pytest.raises(TypeError, match=r"is a PyGlove managed method"):
        utils.ensure_explicit_method_override(f)
    with pytest.raises(TypeError, match="my words"):
        utils.ensure_explicit_method_override(f, "my words")
    utils.ensure_explicit_method_override(pg.explicit_method_override(f))


def test_plain_data_stays_plain():
    value = utils.from_json({"x": [1, {"y": ["__tuple__", 1]}]})
    assert type(value) is dict and type(value["x"]) is list and value["x"][1]["y"] == (1,)
    assert utils.to_json is pg.to_json and pg.object_utils is pg.utils
