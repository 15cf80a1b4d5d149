"""Expressions over paths, sets of paths, nested data and texts, as text that both libraries understand."""

from hypothesis import strategies as st


def _pick(*texts):
    return st.sampled_from(texts)


KEY = _pick("'a'", "'b'", "'a.b'", "'[0]'", "''", "0", "1", "2", "-1")
PATH_TEXT = st.lists(
    _pick("a", "b", ".", "[0]", "[1]", "[x.y]", "[", "]", "[]", ".b", "[-1]"), max_size=4
).map(lambda parts: repr("".join(parts)))
GOOD_PATH = _pick(
    "''", "'a'", "'b'", "'a.b'", "'a[0]'", "'a[1].c'", "'a.b.c'", "'[x.y]'", "'[0]'", "0", "1",
    "KP(['a', 'x.y'])", "K('a[10]')",
)  # fmt: skip
PATHS = st.lists(GOOD_PATH, max_size=4).map(lambda p: f"[{', '.join(p)}]")
LEAF = _pick("0", "1", "2.5", "'x'", "None", "True", "(1, 2)", "()", "b'ab'")


def _nested(leaf, keys):
    return st.recursive(
        leaf,
        lambda v: (
            st.lists(v, max_size=3).map(lambda x: f"[{', '.join(x)}]")
            | st.dictionaries(keys, v, max_size=3).map(
                lambda d: "{" + ", ".join(f"{k}: {x}" for k, x in d.items()) + "}"
            )
        ),
        max_leaves=6,
    )


DATA = _nested(LEAF, KEY)
DICT = DATA.filter(lambda t: t.startswith("{"))
PLAIN_DICT = _nested(LEAF, _pick("'a'", "'b'", "'c'")).filter(lambda t: t.startswith("{"))
WITH_MISSING = _nested(_pick("0", "'x'", "MV"), _pick("'a'", "'b'", "'a.b'", "0")).filter(
    lambda t: t.startswith("{")
)
PRINTED = _nested(
    LEAF | _pick("P(1)", "P(2, [1, {'q': 3}])", "Text()", f"'{'long ' * 12}'", "pg.Dict(a=[1])", "K('a.b')", "MV"),
    _pick("'a'", "'b'", "1"),
)  # fmt: skip
OPTIONS = st.lists(
    _pick(
        "compact=True", "verbose=False", "root_indent=1", "list_wrap_threshold=20", "markdown=True", "max_str_len=3",
        "max_bytes_len=1", "exclude_keys={'a'}", "include_keys={'b', 'x'}", "hide_default_values=True",
        "python_format=True", "strip_object_id=True",
        "custom_format=lambda v, i: 'INT' if type(v) is int else None",
    ),
    max_size=3, unique_by=lambda o: o.partition("=")[0],
).map(lambda o: "".join(f", {x}" for x in o))  # fmt: skip


def _format(template, *parts):
    return st.tuples(*parts).map(lambda values: template.format(*values))


PROGRAMS = {
    "paths": st.one_of(
        _format("(K({}).keys, K({}).path)", PATH_TEXT, PATH_TEXT),
        _format("KP.from_value({}) + {}", GOOD_PATH, GOOD_PATH),
        _format("KP.from_value({}) - {}", GOOD_PATH, GOOD_PATH),
        _format("KP.from_value({0}) < KP.from_value({1}), KP.from_value({0}) == {1}", GOOD_PATH, GOOD_PATH),
        _format("KP.from_value({}).is_relative_to({})", GOOD_PATH, GOOD_PATH),
        _format("KP.from_value({0}).exists({1}), KP.from_value({0}).get({1}, 'no')", GOOD_PATH, DATA),
        _format("KP.from_value({}).query({})", GOOD_PATH, DATA),
        _format("[KP({0}).path, KP({0}).path_str(False), KP({0}).depth, KP({0}).is_root]",
                st.lists(KEY, max_size=3).map(lambda k: f"[{', '.join(k)}]")),
        _format("u.message_on_path('m', {})", _pick("None", "K('a')", "KP()")),
    ),
    "sets": st.one_of(
        _format("[str(p) for p in S({})]", PATHS),
        _format("[str(p) for p in S({}, include_intermediate=True)]", PATHS),
        _format("{} in S({})", GOOD_PATH, PATHS),
        _format("S({}).has_prefix({})", PATHS, GOOD_PATH),
        _format("S({}).subtree({})", PATHS, GOOD_PATH),
        _format("S({}) == S({})", PATHS, PATHS),
        _format("sorted(map(str, S({}).{}(S({}))))", PATHS,
                _pick("union", "difference", "intersection", "__add__"), PATHS),
        _format("changed({}, '{}', {})", PATHS, _pick("add", "remove", "rebase"), GOOD_PATH),
        _format("changed({}, '{}', S({}))", PATHS,
                _pick("update", "difference_update", "intersection_update"), PATHS),
        _format("(repr(S({0})), str(S({0})), S({0}).format())", PATHS),
        _format("K({}) + S({})", _pick("'a.b'", "''", "'[0]'"), PATHS),
    ),
    "data": st.one_of(
        _format("u.flatten({}{})", DATA, _pick("", ", False")),
        _format("u.canonicalize({}{})", DATA, _pick("", ", False")),
        _format("u.canonicalize(u.flatten({}, False))", PLAIN_DICT),
        _format("u.merge([{}, {}])", DICT, DICT),
        _format("u.merge([{}, None, {}, {}])", PLAIN_DICT, PLAIN_DICT, PLAIN_DICT),
        _format("u.merge([{}, {}])", WITH_MISSING, WITH_MISSING),
        _format("record(lambda f: u.merge([{}, {}], f))", PLAIN_DICT, PLAIN_DICT),
        _format("u.merge_tree({}, {})", PLAIN_DICT, WITH_MISSING),
        _format("record(lambda f: u.transform({}, f))", DATA),
        _format("u.transform({}, lambda p, v: MV if v == 1 else v, inplace={})", DATA, _pick("True", "False")),
        _format("record(lambda f: u.traverse({}, lambda p, v: f(p, v) is not None, lambda p, v: v != 2.5))", DATA),
        _format("u.try_listify_dict_with_int_keys({}{})",
                st.dictionaries(_pick("0", "1", "2", "'a'"), LEAF, max_size=3).map(
                    lambda d: "{" + ", ".join(f"{k}: {v}" for k, v in d.items()) + "}"),
                _pick("", ", True")),
        _format("u.is_partial({})", WITH_MISSING),
    ),
    "texts": st.one_of(
        _format("pg.format({}{})", PRINTED, OPTIONS),
        _format("(repr(P(1, {0})), str(P(1, {0})))", PRINTED),
        _format("u.kvlist_str([('a', {}, None), ('', {}, 3), ('c', 1, 1)], label={}, compact={})", PRINTED, LEAF,
                _pick("None", "'L'"), _pick("True", "False")),
        _format("u.comma_delimited_str([{}, {}])", LEAF, LEAF),
        _format("u.quote_if_str({})", LEAF),
        _format("u.auto_plural({}, 'tree')", _pick("0", "1", "2")),
        _format("u.camel_to_snake('{}')", _pick("AIMessage", "ABC123Meta", "HTTPServerName", "A", "simple")),
        _format("u.maybe_markdown_quote({})", _pick("'a'", "'a\\nb'")),
    ),
}  # fmt: skip
