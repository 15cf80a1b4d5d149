"""Expressions over value specs, as text that both libraries understand."""

from hypothesis import strategies as st


def _call(name, required=(), **options):
    """`T.Name(required, option=value, ...)` with some of the options."""
    parts = [st.just(r) if isinstance(r, str) else r for r in required]
    chosen = [
        st.one_of(st.just(""), st.just(""), value.map(lambda v, k=k: f"{k}={v}"))
        for k, value in options.items()
    ]
    return st.tuples(*parts, *chosen).map(
        lambda texts: f"T.{name}({', '.join(t for t in texts if t)})"
    )


def _list(items, **sizes):
    return st.lists(items, **sizes).map(lambda texts: f"[{', '.join(texts)}]")


def _pick(*texts):
    return st.sampled_from(texts)


FLAG = _pick("True", "False")
LEAVES = _pick(
    "None", "True", "False", "0", "1", "-1", "7", "0.0", "2.5", "-1.5", "''", "'a'", "'ab'", "'b'", "M", "A", "B",
    "int", "one_arg", "with_types", "{}", "[]", "()", "Color.RED",
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda v: (
        _list(v, max_size=3)
        | st.tuples(v, v).map(lambda p: f"({p[0]}, {p[1]})")
        | v.map(lambda x: f"({x},)")
        | st.dictionaries(_pick("'a'", "'b'", "'c'"), v, max_size=2).map(
            lambda d: "{" + ", ".join(f"{k}: {x}" for k, x in d.items()) + "}"
        )
        | v.map(lambda x: f"Ref({x})")
    ),
    max_leaves=4,
)
NUMBERS = _pick("0", "1", "2", "-1", "1.5")
INTS = _pick("0", "1", "2", "3")

CLASSES = _pick("A", "B", "G[int]", "GI", "P", "Color", "datetime.datetime", "'Unknown'")

SIMPLE = st.one_of(
    _call("Bool", default=FLAG, is_noneable=FLAG),
    _call("Str", default=_pick("'a'", "'b'", "1"), regex=_pick("'a.*'", "'b'"), is_noneable=FLAG),
    _call("Int", default=INTS, min_value=INTS, max_value=INTS, is_noneable=FLAG),
    _call("Float", default=NUMBERS, min_value=NUMBERS, max_value=NUMBERS, is_noneable=FLAG),
    _call(
        "Enum",
        [_pick("M", "'a'", "1", "None"), _list(_pick("'a'", "'b'", "1", "2", "True", "None", "2.5"), max_size=3)],
        frozen=FLAG,
    ),
    _call("Any", default=LEAVES, annotation=_pick("int", "'x'")),
    _call("Object", [CLASSES], is_noneable=FLAG),
    _call("Type", [_pick("A", "B", "int", "typing.Any")], is_noneable=FLAG),
)  # fmt: skip


def _class_of(text):
    return text.partition("(")[0]


def _containers(s):
    fields = _list(
        st.tuples(_pick("'a'", "'b'", "T.StrKey('c.*')"), s, _pick("", ", 'doc'", ", 'doc', {'m': 1}")).map(
            lambda f: f"({f[0]}, {f[1]}{f[2]})"
        ),
        min_size=1,
        max_size=3,
    )  # fmt: skip
    sizes = {"min_size": _pick("0", "1"), "max_size": _pick("1", "2")}
    pairs = _list(st.tuples(_pick("'a'", "'b'"), s).map(lambda p: f"({p[0]}, {p[1]})"), max_size=1)
    return st.one_of(
        _call("List", [s], default=_list(LEAVES, max_size=2), is_noneable=FLAG, **sizes),
        _call("Tuple", [s], is_noneable=FLAG, **sizes),
        _call("Tuple", [_list(s, max_size=3)], default=VALUES, is_noneable=FLAG),
        _call("Dict", [fields], is_noneable=FLAG),
        _call("Dict", [s], is_noneable=FLAG),
        _call("Dict", is_noneable=FLAG),
        # Candidates of one class are refused there and accepted here.
        _call(
            "Union",
            [_list(s, min_size=2, max_size=3, unique_by=_class_of)],
            default=LEAVES,
            is_noneable=FLAG,
        ),
        _call("Callable", [_list(s, max_size=2)], kw=pairs, returns=s),
    )


SPECS = st.recursive(SIMPLE, _containers, max_leaves=4)

ANNOTATIONS = st.recursive(
    _pick(
        "int", "str", "bool", "float", "None", "typing.Any", "list", "dict", "tuple", "type", "A", "G[int]", "P",
        "Color", "typing.Callable", "typing.Literal['a', 1]", "typing.Literal[None, 'b']", "'A'", "D",
    ),
    lambda a: (
        st.tuples(_pick("list", "typing.List", "typing.Sequence", "typing.Optional", "typing.Final"), a).map(
            lambda p: f"{p[0]}[{p[1]}]"
        )
        | a.map(lambda x: f"dict[str, {x}]")
        | a.map(lambda x: f"tuple[{x}, ...]")
        | st.tuples(a, a).map(lambda p: f"tuple[{p[0]}, {p[1]}]")
        | st.tuples(a, a).map(lambda p: f"typing.Union[{p[0]}, {p[1]}]")
        | st.tuples(a, a).map(lambda p: f"typing.Callable[[{p[0]}], {p[1]}]")
    ),
    max_leaves=3,
)  # fmt: skip

TYPES = _pick("A", "B", "int", "bool", "G[int]", "G[str]", "GI", "P", "list", "typing.Any")
# Deferred, so that Hypothesis does not print the strategies out.
_FILLERS = {
    "s": st.deferred(lambda: SPECS),
    "v": st.deferred(lambda: VALUES),
    "a": st.deferred(lambda: ANNOTATIONS),
    "t": TYPES,
}

#: What is done; letters stand for a spec, a value, an annotation, a type.
PROGRAMS = {
    "apply": [
        "{s}.apply({v})",
        "{s}.apply({v}, allow_partial=True)",
        "{s}.apply({v}, root_path=KeyPath.parse('x.y'))",
        "transformed({s}, {v})",
    ],
    "builders": [
        "{s}",
        "str({s})",
        "{s}.default",
        "{s}.annotation",
        "{s}.noneable()",
        "{s}.noneable().noneable(False)",
        "{s}.noneable(use_none_as_default=False)",
        "{s}.set_default({v})",
        "{s}.freeze()",
        "{s}.freeze({v}).apply({v})",
        "{s} | {s}",
        "{s} | None",
        "{s}({v})",
        "{s}()",
    ],
    "relations": [
        "{s}.is_compatible({s})",
        "{s}.extend({s})",
        "{s} == {s}",
        "T.Union([{s}, T.Functor()]).get_candidate({s})",
        "T.ensure_value_spec({s}, {s})",
    ],
    "schemas": [
        "T.create_field(('a', {v}))",
        "T.create_field(('a', {a}))",
        "T.create_schema([('a', {s}), ('b', {s})]).apply({{'a': {v}}})",
        "T.create_schema([('a', {s}), ('b', {s})]).apply({{'a': {v}}}, allow_partial=True)",
        "T.create_schema([('a', {s}), ('c', {s})]).extend(T.create_schema([('b', {s}), ('a', {s})], name='bb'))",
        "T.Schema.merge([T.create_schema([('a', {s})]), T.create_schema([('a', {s}), ('b', {s})])])",
        "T.signature(with_types).annotate({{'a': {s}, 'b': {s}}})",
        "T.signature(with_types).annotate({{'args': {s}, 'kw': {s}}}, return_value={s}).to_schema()",
    ],
    "annotations": ["FA({a})", "FA({a}).apply({v})", "FA({a}).annotation"],
    "json": ["json_of({s})", "again({s}) == {s}"],
    "types": ["T.is_subclass({t}, {t})", "T.get_type_args({t}, {t})", "T.get_converter({t}, {t})"],
}


def programs(kind):
    """Expressions of one kind."""

    def fill(template):
        letters = [c for c in ("s", "v", "a", "t") for _ in range(template.count("{" + c + "}"))]
        return st.tuples(*(_FILLERS[c] for c in letters)).map(
            lambda texts: _filled(template, letters, texts)
        )

    return st.sampled_from(PROGRAMS[kind]).flatmap(fill)


def _filled(template, letters, texts):
    for letter, text in zip(letters, texts, strict=True):
        template = template.replace(
            "{" + letter + "}", text.replace("{", "{{").replace("}", "}}"), 1
        )
    return template.format()
