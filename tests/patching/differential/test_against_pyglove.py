"""Patchers, URIs and patches here and in PyGlove 0.4.5: the same answers, but for what note 0008 lists."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.patching.differential import worker
from tests.pyglove_process import answering, needs_pyglove

from polygraft.patching import registry


@pytest.fixture(scope="module")
def ours():
    known = dict(registry._patchers)
    registry.allow_repeated_patcher_registration(True)
    yield worker.names("polygraft")
    registry.allow_repeated_patcher_registration(None)
    registry._patchers.clear()
    registry._patchers.update(known)


@pytest.fixture(scope="module")
def pyglove():
    """Answers one expression."""
    with answering(worker.__file__) as answer:
        yield answer


def plain(text):
    """An answer of ours without what is deliberately more than PyGlove's."""
    text = text.replace(f"{worker.__name__}.", "__main__.")
    text = re.sub(r" Did you mean .*\?$", "", text, flags=re.DOTALL)
    text = re.sub(r"(?<=rebind\. Encountered ).*(?= \(path=\))", "", text, flags=re.DOTALL)
    return text


EXPRESSIONS = [
    *(f"pg.patch(A(), {rule})" for rule in (
        "typed(n=3)", "'diff_typed?3'", "typed()", "typed(n=-1)", "nested()", "'diff_nested'", "five()",
        "no_validator()",
        "refuses()", "[refuses(), {'x': 6}]", "[]", "{}", "[{'x': 2}, {'y': 3}]", "[{'x': 2}, 5]", "5", "[[{'x': 1}]]",
        "{'': B()}", "[{'': B(2)}, {'z': 3}]", "{'': B(), 'x': 1}", "{'x': 'a'}", "{'q': 1}", "{'x.z': 1}",
        "lambda k, v: v + 1 if isinstance(v, int) else v", "lambda k, v, p: 9 if p and k.key == 'y' else v",
        "'diff_varargs?1&2'", "'diff_varargs'", "'diff_nope'", "'1bad'", "''",
    )),
    "pg.patch(B(), typed(n=3))", "pg.patch(5, {'a': 1}) if pg.__name__ == 'other' else 0", "typed(n=3).patch(5)",
    "repr(typed(n=3))", "str(typed(n=3))", "typed(A(), 3)", "pg.eq(typed(n=1), typed(n=1))", "typed(n=1) == typed(n=2)",
    "typed(n=1)(A())", "typed(n=1).validate(A())", "pg.clone(typed(n=1))", "typed(n=1).rebind(n=2)",
    *(f"decorate([('a', {spec})])" for spec in (
        "T.Dict()", "T.Union([int, str])", "T.Object(A)", "T.Tuple([T.Int()])", "T.List(T.List(T.Int()))",
        "T.List(T.Enum('a', ['a', 'b']))", "T.Enum(1, [1, 2])", "T.Int()", "T.Str().noneable()", "T.Any()",
    )),
    *(f"decorate([('t', {spec})])" for spec in (
        "T.Int()", "T.Str()", "T.Dict()", "T.List(T.Int())", "T.Callable()", "T.Object(A)", "T.Any()",
        "T.Tuple(T.Int())", "T.Object(A).noneable()",
    )),
    "decorate([], lambda t, **kw: {})",
    *(f"pg.{call}" for call in (
        "patch_on_key(tree(), 'a', 3)", "patch_on_key(tree(), 'a$', 3)", "patch_on_key(tree(), '0', 3)",
        "patch_on_key(tree(), 'zzz', 3)", "patch_on_key(tree(), 'a$')", "patch_on_key(tree(), 'a', 1, lambda v: v)",
        "patch_on_path(tree(), 'b.*', 3)", "patch_on_path(tree(), '.*', 3)", "patch_on_path(tree(), r'.*l\\[1\\]', 3)",
        "patch_on_value(tree(), 1, value_fn=lambda v: v + 1)", "patch_on_value(tree(), tree(), 3)",
        "patch_on_value(tree(), A(3), None)", "patch_on_type(tree(), int, value_fn=lambda v: v + 1)",
        "patch_on_type(tree(), (A, str), None)", "patch_on_type(tree(), pg.Dict, 1)",
        "patch_on_member(tree(), A, 'x', value_fn=lambda v: v * 2)", "patch_on_member(tree(), pg.Dict, 'ab', 9)",
        "patch_on_member(tree(), A, 'x', 'bad')", "patch_on_key(tree(), 'a', 3, skip_notification=True)",
    )),
    *(f"parsed({uri!r})" for uri in (
        "foo", "foo?", "foo?1&a:b&c", "foo?a=b=c", "foo?a=1&2", "foo?a-b=1", "1foo?1", "",
    )),
    *(f"pg.ObjectFactory({arguments})()" for arguments in (
        "A, A(2)", "A, lambda: A(2), {'x': 3}", "A, lambda: A(2), ['diff_typed?4', {'y': 1}], {'x': 5}",
        "A, lambda: A(y=pg.Dict(q=pg.Dict(r=1))), params_override={'y': {'q': {'r': 2}}}",
        "A, lambda: A(y=pg.Dict(q=pg.Dict(r=[1, 2]))), params_override={'y.q': {'r': [5, 6, 7]}}",
        "A, lambda: A(), params_override='{\"x\": 7}'", "A, lambda: A(), params_override='5'", "A, B()", "A, 5",
    )),
    "pg.ObjectFactory(A, A(2))", "pg.ObjectFactory(A, A(2))(patches={'x': 9})",
    "pg.patching.from_maybe_serialized('{\"a\": 1}', dict)", "pg.patching.from_maybe_serialized('5', dict)",
    "pg.patching.from_maybe_serialized({'x': 1})",
]  # fmt: skip


@needs_pyglove
@pytest.mark.parametrize("case", range(len(EXPRESSIONS)))
def test_answers_agree(case, ours, pyglove):
    expression = EXPRESSIONS[case]
    assert plain(worker.outcome(expression, ours)) == pyglove(expression), expression


#: Texts of arguments: without `%`, which begins an escape here, and a quote alone, which is an error here.
COMMON = [
    "1",
    "0",
    "-3",
    "1.5",
    "true",
    "no",
    "None",
    "none",
    '"none"',
    '"a',
    'a"',
    '""',
    "p",
    "q",
    "u:v",
    "x",
]
texts = (st.sampled_from(["", "x y", *COMMON]) | st.text('ab1:" .-', max_size=4)).filter(
    lambda text: text != '"'
)
names_of_arguments = st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h", "zz", "a-b", ""])
uris = st.builds(
    lambda positional, named: "diff_all" + ("?" if positional or named else "") + "&".join(
        [*positional, *(f"{k}={v}" for k, v in named)]
    ),
    st.lists(texts, max_size=4),
    st.lists(st.tuples(names_of_arguments, texts), max_size=3),
)  # fmt: skip


@needs_pyglove
def test_uris_mean_the_same(ours, pyglove):
    @settings(max_examples=200)
    @given(uris)
    def agree(uri):
        for expression in (f"parsed({uri!r})", f"pg.patch(A(), {uri!r})"):
            assert plain(worker.outcome(expression, ours)) == pyglove(expression), expression

    agree()
