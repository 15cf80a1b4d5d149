"""Programs over symbolic values: lists of statements, as text that both libraries understand."""

# ruff: noqa: E501

import dataclasses

from hypothesis import strategies as st


def pick(*texts):
    return st.sampled_from(texts)


LEAVES = (
    "0",
    "1",
    "2",
    "-1",
    "7",
    "1.5",
    "True",
    "None",
    "'a'",
    "'b'",
    "'s'",
    "''",
    "(1, 2)",
    "()",
)
KEYS = ("'a'", "'b'", "'x'", "'k.l'", "3")


@dataclasses.dataclass(frozen=True)
class Tree:
    """A tree as source text, and its places.

    Attributes:
        text: The expression that makes it.
        places: (path as text, expression suffix, kind) of each value in it; the first is the tree itself.
    """

    text: str
    places: tuple[tuple[str, str, str], ...]


def leaf(text):
    return Tree(text, (("", "", "leaf"),))


def _node(text, kind, children):
    """A node with children (step in paths, step in expressions, tree)."""
    places = [("", "", kind)]
    for step, access, tree in children:
        places += [
            (step + p if p[:1] in ("[", ".", "") else f"{step}.{p}", access + e, k)
            for p, e, k in tree.places
        ]
    return Tree(text, tuple(places))


def _dict(pairs, wrap):
    body = "{" + ", ".join(f"{k}: {t.text}" for k, t in pairs) + "}"
    steps = {"'k.l'": "[k.l]", "3": "[3]"}
    children = [(steps.get(k, k.strip("'")), f"[{k}]", t) for k, t in pairs]
    return _node(f"{wrap}({body})" if wrap else body, "dict", children)


def _list(trees, wrap):
    body = "[" + ", ".join(t.text for t in trees) + "]"
    return _node(
        f"{wrap}({body})" if wrap else body,
        "list",
        [(f"[{i}]", f"[{i}]", t) for i, t in enumerate(trees)],
    )


def _object(cls, fields):
    text = f"{cls}({', '.join(f'{k}={t.text}' for k, t in fields)})"
    return _node(text, "object", [(k, f".{k}", t) for k, t in fields])


def dicts(children, wrap=("",)):
    pairs = st.lists(st.tuples(pick(*KEYS), children), max_size=3, unique_by=lambda p: p[0])
    return st.builds(_dict, pairs, pick(*wrap))


def lists(children, wrap=("",)):
    return st.builds(_list, st.lists(children, max_size=3), pick(*wrap))


def objects(children, *classes):
    def one(cls):
        names = {
            "S": "xyz",
            "Place": "x",
            "Ident": "x",
            "Shut": "x",
            "Pure": "x",
            "Undecided": "x",
        }.get(cls, "xy")
        first = st.tuples(st.just("x"), children)
        rest = st.lists(st.tuples(pick(*names), children), max_size=1)
        return st.tuples(first, rest).map(
            lambda p: _object(cls, list({**dict([p[0]]), **dict(p[1])}.items()))
        )

    return pick(*classes).flatmap(one)


INTS = st.integers(0, 9).map(str)
leaves = pick(*LEAVES).map(leaf)


def _optional(strategy):
    return st.one_of(st.just(None), strategy)


def _typed(cls, **fields):
    """Objects with typed fields; some are left out."""

    def build(values):
        return _object(cls, [(k, t) for k, t in values.items() if t is not None])

    return st.fixed_dictionaries(fields).map(build)


int_leaves = INTS.map(leaf)
numbers = _typed(
    "I", i=int_leaves, s=_optional(pick("'s'", "'t'").map(leaf)), f=_optional(pick("None", "1.5", "2").map(leaf)),
    l=_optional(lists(int_leaves)),
)  # fmt: skip
pairs_of = objects(leaves, "A", "S")
typed = st.one_of(
    numbers,
    _typed("N", a=_optional(pairs_of), t=_optional(numbers), u=_optional(st.one_of(int_leaves, leaf_a := st.just(leaf("'a'")), pairs_of)),
           e=_optional(pick("'p'", "1", "None").map(leaf))),
    _typed("M", d=st.just(_dict([("'p'", leaf("1"))], "")) | st.just(_dict([("'vx'", leaf("3")), ("'p'", leaf("0"))], "")),
           m=_optional(st.lists(pick("0", "1", "5").map(leaf), min_size=1, max_size=3).map(lambda ts: _list(ts, "")))),
)  # fmt: skip
trees = st.recursive(
    leaves,
    lambda t: st.one_of(
        dicts(t), lists(t), objects(t, "A", "S", "A", "Hook", "Change", "Place", "Ident")
    ),
    max_leaves=5,
)
roots = st.one_of(
    dicts(trees, ("pg.Dict",)),
    lists(trees, ("pg.List",)),
    objects(trees, "A", "S", "Hook", "Change"),
    st.builds(lambda t, w: _node(f"pg.Dict({{'a': {t.text}}}{w})", "dict", [("a", "['a']", t)]),
              trees, pick(", onchange_callback=told('d')", "")),
    st.builds(lambda ts, w: _node(f"pg.List([{', '.join(t.text for t in ts)}]{w})", "list",
              [(f"[{i}]", f"[{i}]", t) for i, t in enumerate(ts)]),
              st.lists(trees, max_size=3), pick(", onchange_callback=told('l')")),
)  # fmt: skip
quiet = st.recursive(
    leaves, lambda t: st.one_of(dicts(t), lists(t), objects(t, "A", "S", "A")), max_leaves=5
)
quiet_roots = st.one_of(
    dicts(quiet, ("pg.Dict",)), lists(quiet, ("pg.List",)), objects(quiet, "A", "S"), typed
)


# -- edits -----------------------------------------------------------------------------------------
NEW = st.one_of(pick(*LEAVES), trees.map(lambda t: t.text), st.just("MV"))
indices = st.integers(-4, 4).map(str)
slices = st.tuples(
    pick("", "0", "1", "-1", "2", "5"), pick("", "0", "1", "-1", "3"), pick("", "", "", ":2", ":-1")
).map(lambda p: f"{p[0]}:{p[1]}{p[2]}")
new_lists = st.lists(NEW.filter(lambda t: t != "MV"), max_size=3).map(
    lambda ts: "[" + ", ".join(ts) + "]"
)
new_dicts = st.lists(st.tuples(pick(*KEYS), NEW), max_size=2, unique_by=lambda p: p[0]).map(
    lambda ps: "{" + ", ".join(f"{k}: {v}" for k, v in ps) + "}"
)
RULES = pick(
    "lambda k, v: v + 1 if type(v) is int else v",
    "lambda k, v: [v] if v == 'a' else v",
    "lambda k, v: MV if v == 1 else v",
    "lambda k, v, p: str(type(p).__name__) if isinstance(v, str) else v",
    "lambda k, v: A(v.x) if isinstance(v, S) else v",
    "lambda k, v: {} if k and k.key == 'x' else v",
    "lambda k: k",
    "lambda k, v: 1 / 0 if v == 7 else v",
    "lambda k, v: pg.Insertion(5) if v == 2 else v",
)
OPTIONS = pick(
    "",
    "",
    "",
    "",
    ", raise_on_no_change=False",
    ", notify_parents=False",
    ", skip_notification=True",
)

LIST_EDITS = st.one_of(
    NEW.map(lambda v: f"{{}}.append({v})"),
    st.tuples(indices, NEW).map(lambda p: f"{{}}.insert({p[0]}, {p[1]})"),
    st.tuples(indices, NEW).map(lambda p: f"{{}}[{p[0]}] = {p[1]}"),
    st.tuples(slices, new_lists).map(lambda p: f"{{}}[{p[0]}] = {p[1]}"),
    indices.map(lambda i: f"del {{}}[{i}]"),
    new_lists.map(lambda v: f"{{}}.extend({v})"),
    indices.map(lambda i: f"{{}}.pop({i})"),
    pick("{}.pop()", "{}.sort(key=repr)", "{}.reverse()", "{}.clear()", "{}.remove(1)", "{}.remove('a')", "{}.copy()",
         "{}.sort()", "{} * 2", "{}.index(1)", "{}.count(1)", "{} + [1, {{}}]", "1 in {}", "{}[0]", "{}[1:]", "len({})",
         "{}.sort(key=repr, reverse=True)"),
    slices.map(lambda s: f"{{}}[{s}]"),
)  # fmt: skip
DICT_EDITS = st.one_of(
    st.tuples(pick(*KEYS), NEW).map(lambda p: f"{{}}[{p[0]}] = {p[1]}"),
    pick(*KEYS).map(lambda k: f"del {{}}[{k}]"),
    pick(*KEYS).map(lambda k: f"{{}}.pop({k})"),
    st.tuples(pick(*KEYS), NEW).map(lambda p: f"{{}}.pop({p[0]}, {p[1]})"),
    st.tuples(pick(*KEYS), NEW).map(lambda p: f"{{}}.setdefault({p[0]}, {p[1]})"),
    new_dicts.map(lambda v: f"{{}}.update({v})"),
    NEW.map(lambda v: f"{{}}.update(x={v})"),
    NEW.map(lambda v: f"{{}}.b = {v}"),
    pick("del {}.a", "{}.a", "{}.popitem()", "{}.clear()", "{}.copy()", "list({})", "list({}.keys())", "{}.get('a')",
         "list({}.items())", "list({}.values())", "len({})", "'a' in {}", "{}.get('zz', 5)", "{}['zz']", "{}.zz",
         "dict({})", "list(reversed({}))", "{}._p = 1"),
)  # fmt: skip
OBJECT_EDITS = st.one_of(
    st.tuples(pick("x", "y", "x", "z"), NEW).map(lambda p: f"{{}}.rebind({p[0]}={p[1]})"),
    st.tuples(pick("x", "y"), NEW).map(lambda p: f"{{}}.sym_init_args.{p[0]} = {p[1]}"),
    NEW.map(lambda v: f"{{}}.x = {v}"),
    NEW.map(lambda v: f"with pg.allow_writable_accessors(True): {{}}.x = {v}"),
    pick("{}.x", "{}.zz", "del {}.x", "{}.rebind()", "{}.sym_init_args['x']", "{}.sym_getattr('x')", "{}.sym_path",
         "{}.sym_hasattr('y')", "list({}.sym_items())", "{}.sym_parent.__class__", "{}.sym_root", "{}.w = 1",
         "list({}.sym_keys())"),
)  # fmt: skip
LEAF_EDITS = pick("{}.rebind(x=1)", "{}.zz")


def _rebinds(tree):
    """`rebind` of some of the tree's places, or by a rule."""
    paths = [repr(p) for p, _, _ in tree.places[1:]] or ["'a'"]
    more = ["'a'", "'x.y'", "'[5]'", "'[-1]'", "0", "1", "''"]
    path = st.one_of(pick(*paths), pick(*paths), pick(*paths), pick(*more))
    value = st.one_of(NEW, NEW, NEW.filter(lambda v: v != "MV").map(lambda v: f"pg.Insertion({v})"))
    some = st.lists(st.tuples(path, value), min_size=1, max_size=3, unique_by=lambda p: p[0])
    by_path = some.map(lambda ps: "{" + ", ".join(f"{p}: {v}" for p, v in ps) + "}")
    return st.tuples(st.one_of(by_path, by_path, RULES), OPTIONS).map(lambda p: f"{p[0]}{p[1]}")


SCOPES = pick(
    "", "", "", "", "", "", "", "", "", "with pg.notify_on_change(False): ", "with pg.as_sealed(True): ", "with pg.as_sealed(False): ",
    "with pg.allow_writable_accessors(False): ", "with pg.enable_type_check(False): ", "with pg.allow_partial(True): ",
)  # fmt: skip


@st.composite
def statements(draw, variable, tree):
    """A statement that changes the tree of a variable, at a place of the tree as it was in the beginning."""
    if draw(st.integers(0, 9)) < 3:
        return f"{draw(SCOPES)}{variable}.rebind({draw(_rebinds(tree))})"
    nodes = [p for p in tree.places if p[2] != "leaf"] or list(tree.places)
    _, access, kind = draw(pick(*nodes))
    edits = {"list": LIST_EDITS, "dict": DICT_EDITS, "object": OBJECT_EDITS, "leaf": LEAF_EDITS}[
        kind
    ]
    return draw(SCOPES) + draw(edits).replace("{}", variable + access, 1).replace("{{}}", "{}")


@st.composite
def edited(draw, roots=roots, most=5):
    tree = draw(roots)
    return [f"a = {tree.text}", *draw(st.lists(statements("a", tree), min_size=1, max_size=most))]


@st.composite
def moved(draw):
    """Values go from one tree to another, and back."""
    one, other = draw(roots), draw(roots)
    lines = [f"a = {one.text}", f"b = {other.text}"]
    for _ in range(draw(st.integers(1, 3))):
        (x, tree), (y, into) = draw(
            pick((("a", one), ("b", other)), (("b", other), ("a", one)), (("a", one), ("a", one)))
        )
        inner = [p for p in tree.places if p[1]] or list(tree.places)[:0]
        if not inner:
            break
        _, source_access, _ = draw(pick(*inner))
        source = x + source_access
        # Never below itself: PyGlove would make a cycle.
        places = [p for p in into.places if x != y or not p[1].startswith(source_access)]
        path, access, kind = draw(pick(*places))
        target = y + access
        put = {"list": [f"{target}.append({source})", f"{target}.insert(0, {source})", f"{target}[0] = {source}",
                        f"{target}.extend([{source}])"],
               "dict": [f"{target}['b'] = {source}", f"{target}.update(x={source})", f"{target}.setdefault('n', {source})"],
               "object": [f"{target}.rebind(x={source})"], "leaf": [f"{y}.rebind({{{path!r}: {source}}})"]}[kind]  # fmt: skip
        lines.append(draw(pick(*put)))
        lines.append(draw(pick(f"{x}.rebind({draw(_rebinds(tree))})", "a == b", "pg.eq(a, b)")))
    return lines


# -- reading ---------------------------------------------------------------------------------------
FLAG = pick("True", "False")


def _options(**choices):
    """`, name=value` for some of the choices."""
    each = [st.one_of(st.just(""), v.map(lambda t, k=k: f", {k}={t}")) for k, v in choices.items()]
    return st.tuples(*each).map("".join)


FORMATS = _options(
    compact=FLAG, verbose=FLAG, root_indent=pick("0", "1"), python_format=FLAG, hide_default_values=FLAG,
    hide_missing_values=FLAG, hide_frozen=FLAG, use_inferred=FLAG, exclude_keys=pick("{'x'}", "{'a', 'y'}"),
    extra_blankline_for_field_docstr=FLAG, max_str_len=pick("2"),
)  # fmt: skip
all_trees = st.one_of(quiet_roots, typed, objects(quiet, "Open", "Shut", "Fin"), st.just(leaf("1")))
special = pick(
    "Fin(1)", "Open(1, z=2, w=[3])", "Star(1, 2, 3, x=4)", "f(1, 2, 3, k=4)", "f()", "g(1)", "Area(3)", "W(1, 2, r=4, k=5)",
    "V(2)", "A.partial()", "I.partial()", "N(t=I.partial())", "pg.Dict(a=A.partial())", "pg.Dict(r=pg.Ref(A(1)))",
    "Typed(A(1))", "Inf(Inf(1))", "pg.Dict(y=2, a=Inf(1))", "Ctx(Ctx(1), 2)", "Pure(1)", "A(Pure(2))", "A(Undecided(1))",
    "pg.List([pg.Ref(A(2)), 1])", "M({'p': 1})", "M.partial()", "Shut([1])", "A(Fin(2), f(3))", "A(W(p=A(1)))", "W.partial()",
    "pg.Diff(1, 2)", "pg.Dict({'k.l': {'x': 1}, 3: 4})", "A(lambda: 1)", "A(int)", "A((1, [2], A(1)))", "A({'_type': 'symbolic_programs.S', 'x': [1]})", "pg.Dict(a=[{'_type': 'symbolic_programs.I', 'i': 2}])", "A(['__tuple__', 1, [2]])",
    "Ident(1)",
    "A('it\\'s')", "A('two\\nlines')", "A(b'bytes')", "A(1e100)", "A(float('nan'))", "A({})", "A([])", "A(A)", "Place(Place(1))",
).map(leaf)  # fmt: skip
anything = st.one_of(all_trees, special)
READS = st.one_of(
    pick("repr(a)", "str(a)", "pg.format(a)"),
    FORMATS.map(lambda o: f"a.format({o.removeprefix(', ')})"),
    FORMATS.map(lambda o: f"pg.format(a{o})"),
)
VARIANTS = pick("x", "y", "a", "[0]", "i", "d.p", "t.i", "x.x", "zz", "[a][0]")


@st.composite
def formatted(draw):
    return [f"a = {draw(anything).text}", *draw(st.lists(READS, min_size=1, max_size=3))]


JSON = st.one_of(
    _options(hide_default_values=FLAG, hide_frozen=FLAG, use_inferred=FLAG, exclude_keys=pick("{'x'}", "{'y'}"),
             exclude_defaults=FLAG).map(lambda o: f"pg.to_json(a{o})"),
    _options(json_indent=pick("2", "None"), hide_default_values=FLAG).map(lambda o: f"pg.to_json_str(a{o})"),
    pick("pg.from_json(pg.to_json(a))", "pg.eq(pg.from_json(pg.to_json(a)), a)", "pg.from_json_str(pg.to_json_str(a))",
         "pg.from_json(pg.to_json(a), allow_partial=True)", "a.to_json()", "pickle.loads(pickle.dumps(a))",
         "pg.from_json(json.loads(json.dumps(pg.to_json(a))))", "type(a).from_json({'x': 1})", "a.sym_jsonify()"),
)  # fmt: skip


@st.composite
def as_json(draw):
    return [f"a = {draw(anything).text}", *draw(st.lists(JSON, min_size=1, max_size=3))]


@st.composite
def varied(draw, kinds=quiet_roots):
    """A tree `a`, and `b`: the same with changes, or another tree."""
    one = draw(kinds)
    lines = [f"a = {one.text}"]
    how = draw(st.integers(0, 3))
    if how == 0:
        return [*lines, f"b = {draw(kinds).text}"]
    lines.append(
        f"b = {draw(pick('pg.clone(a)', 'pg.clone(a, deep=True)', 'copy.copy(a)', 'copy.deepcopy(a)'))}"
    )
    for _ in range(how - 1):
        lines.append(draw(statements("b", one)))
    return lines


DIFFS = _options(
    flatten=FLAG, collapse=pick("True", "False", "'same_type'", "lambda x, y: True", "'zz'"), mode=pick("'diff'", "'same'", "'both'")
)  # fmt: skip


@st.composite
def compared_by_diff(draw):
    return [
        *draw(varied()),
        f"d = pg.diff(a, b{draw(DIFFS)})",
        "str(d)",
        draw(pick("bool(d)", "d.is_leaf", "d.value", "d.left", "pg.diff(b, a)")),
    ]


COMPARISONS = pick(
    "pg.eq(a, b)", "pg.ne(a, b)", "pg.lt(a, b)", "pg.gt(a, b)", "a == b", "a != b", "pg.hash(a) == pg.hash(b)",
    "hash(a) == hash(b)", "a.sym_eq(b)", "pg.lt(b, a)", "pg.eq(b, a)", "a.sym_ne(b)", "pg.hash(a) == hash(a)", "a.sym_lt(b)",
    "b.sym_gt(a)", "pg.eq([a, 1], [b, 1])", "pg.eq((a,), (b,))", "pg.eq({'q': a}, {'q': b})", "pg.lt([a], [b])",
)  # fmt: skip


@st.composite
def compared(draw):
    lines = draw(varied(st.one_of(quiet_roots, anything, leaves)))
    return [*lines, *draw(st.lists(COMPARISONS, min_size=1, max_size=4))]


REGEXES = pick("'x'", "'.*x'", "'.*\\\\[0\\\\]'", "''", "'a.*'", "'.*y$'", "'zz'")
WHERE = pick(
    "lambda v: isinstance(v, int)", "lambda v: isinstance(v, A)", "lambda v, p: isinstance(p, A)", "lambda v: v == 1",
    "lambda: 1", "lambda v: isinstance(v, pg.Symbolic)", "lambda v: isinstance(v, (str, list))",
)  # fmt: skip
QUERIES = st.one_of(
    _options(path_regex=REGEXES, where=WHERE, enter_selected=FLAG).map(lambda o: f"pg.query(a{o})"),
    pick("lambda k, v: isinstance(v, int)", "lambda k, v, p: k == 'x'", "lambda k: 1").map(lambda s: f"pg.query(a, custom_selector={s})"),
    pick("1", "A(1)", "None", "'a'", "[]", "a", "{}", "(1, 2)").map(lambda v: f"pg.contains(a, {v})"),
    pick("int", "A", "(A, str)", "list", "pg.List", "S", "dict").map(lambda t: f"pg.contains(a, type={t})"),
    pick("pg.TraverseAction.STOP", "pg.TraverseAction.CONTINUE", "pg.TraverseAction.ENTER", "None").flatmap(
        lambda r: pick("isinstance(v, A)", "v == 1", "k == 'x'", "isinstance(v, list)").map(
            lambda c: f"visited(a, lambda k, v: {r} if {c} else None)")),
    pick("visited(a)", "visited(a, post=lambda k, v: pg.TraverseAction.STOP if v == 1 else None)",
         "pg.is_partial(a)", "pg.is_abstract(a)", "pg.is_pure_symbolic(a)", "pg.is_deterministic(a)", "a.sym_partial", "a.is_partial",
         "a.missing_values()", "a.sym_missing(flatten=False)", "a.non_default_values()", "a.sym_nondefault(flatten=False)",
         "a.sym_descendants()", "a.sym_descendants(lambda v: isinstance(v, A))", "a.is_deterministic", "a.is_pure_symbolic",
         "a.sym_descendants(lambda v: isinstance(v, A), pg.symbolic.DescendantQueryOption.IMMEDIATE)",
         "a.sym_descendants(lambda v: isinstance(v, A), pg.symbolic.DescendantQueryOption.LEAF, include_self=True)",
         "a.sym_descendants(lambda v: isinstance(v, int), include_self=True)", "a.sym_field", "a.sym_root", "a.sym_abstract",
         "[str(k) for k in a.sym_keys()]", "list(a.sym_values())", "a.sym_attr_field('x')", "a.sym_attr_field(0)", "a.sym_origin",
         "s = io.StringIO(); a.inspect(file=s, compact=True); s.getvalue()", "a.sym_inferrable('x')", "a.sym_puresymbolic",
         "a.allow_partial", "a.accessor_writable", "a.sym_sealed", "a.sym_parent", "a.sym_path", "next(a.sym_items())"),
    VARIANTS.map(lambda p: f"a.sym_has({p!r})"),
    VARIANTS.map(lambda p: f"a.sym_get({p!r})"),
    VARIANTS.map(lambda p: f"a.sym_get({p!r}, 5)"),
    VARIANTS.map(lambda p: f"a.sym_hasattr({p!r})"),
    VARIANTS.map(lambda p: f"a.sym_getattr({p!r}, None)"),
    VARIANTS.map(lambda p: f"a.sym_getattr({p!r})"),
    VARIANTS.map(lambda p: f"a.sym_inferred({p!r}, None)"),
)  # fmt: skip


@st.composite
def queried(draw):
    return [f"a = {draw(anything).text}", *draw(st.lists(QUERIES, min_size=1, max_size=3))]


# -- copies and gates ------------------------------------------------------------------------------
GATES = pick(
    "a.seal()", "a.seal(False)", "a.sym_seal()", "a.sym_seal(False)", "a.set_accessor_writable(False)",
    "a.set_accessor_writable()", "a.sym_setparent(None)", "a.sym_setpath(KeyPath.parse('q.r'))",
)  # fmt: skip


@st.composite
def guarded(draw):
    tree = draw(st.one_of(roots, quiet_roots, objects(quiet, "Assign", "Shut")))
    lines = [f"a = {tree.text}", draw(GATES)]
    for _ in range(draw(st.integers(1, 4))):
        lines.append(draw(st.one_of(statements("a", tree), statements("a", tree), GATES)))
    return lines


@st.composite
def cloned(draw):
    tree = draw(st.one_of(roots, typed, special))
    paths = [repr(p) for p, _, _ in tree.places[1:]] or ["'x'"]
    override = st.lists(
        st.tuples(pick(*paths, "'zz.y'", "'x'"), NEW), max_size=2, unique_by=lambda p: p[0]
    ).map(lambda ps: "{" + ", ".join(f"{k}: {v}" for k, v in ps) + "}")
    how = st.one_of(
        pick("a.clone()", "a.clone(deep=True)", "copy.copy(a)", "copy.deepcopy(a)", "pg.clone(a)", "a.sym_clone()",
             "pickle.loads(pickle.dumps(a))", "a.copy()", "pg.clone([a, 1])", "pg.clone({'q': a}, deep=True)",
             "pg.clone((a, a))", "a.clone(memo={})"),
        override.map(lambda o: f"a.clone(override={o})"),
        override.map(lambda o: f"pg.clone(a, deep=True, override={o})"),
    )  # fmt: skip
    lines = [f"a = {tree.text}"]
    if draw(st.booleans()):
        lines.append(draw(GATES))
    lines.append(f"b = {draw(how)}")
    lines += draw(
        st.lists(
            st.one_of(statements("b", tree), statements("a", tree), pick("pg.eq(a, b)", "a == b")),
            max_size=2,
        )
    )
    return lines


# -- typed fields, missing values --------------------------------------------------------------------
WILD = st.one_of(
    pick(*LEAVES),
    quiet.map(lambda t: t.text),
    typed.map(lambda t: t.text),
    st.just("MV"),
    special.map(lambda t: t.text),
)
FIELDS = {
    "I": "isfl", "N": "atue", "M": "dmk", "Fin": "xk", "Open": "xqw", "Star": "xyz", "A": "xy", "Typed": "rq", "Assign": "xn",
    "g": "ab", "f": "abcq", "Area": "wh", "V": "nt",
}  # fmt: skip


@st.composite
def checked(draw):
    """Values of all kinds for typed fields."""
    cls = draw(pick(*FIELDS))
    fields = FIELDS[cls]
    keywords = draw(st.lists(st.tuples(pick(*fields), WILD), max_size=3, unique_by=lambda p: p[0]))
    positional = draw(st.one_of(st.just([]), st.lists(WILD, max_size=3)))
    call = draw(pick(cls, cls, cls, f"{cls}.partial"))
    arguments = ", ".join([*positional, *(f"{k}={v}" for k, v in keywords)])
    lines = [f"a = {draw(pick('', '', f'{cls}.partial() if 0 else '))}{call}({arguments})"]
    good = draw(typed)
    if draw(st.booleans()):
        lines = [f"a = {good.text}"]
        fields = FIELDS[good.text[0]]
    for _ in range(draw(st.integers(0, 3))):
        path = draw(
            st.one_of(
                pick(*fields),
                pick(
                    "t.i",
                    "a.x",
                    "d.p",
                    "d.vx",
                    "d.zz",
                    "m[0]",
                    "l[1]",
                    "k.w",
                    "k.r",
                    "u.x",
                    "k.w[0]",
                ),
            )
        )
        lines.append(draw(st.one_of(
            WILD.map(lambda v, p=path: f"a.rebind({{{p!r}: {v}}})"),
            st.just("a.missing_values()"), st.just("a.sym_nondefault()"), st.just("a.sym_partial"), st.just("repr(a)"),
            st.just("str(a)"), st.just("pg.to_json(a)"), st.just("a.clone()"),
        )))  # fmt: skip
    return lines


SPECS = pick(
    "T.Dict([('a', T.Int(min_value=0)), ('b', T.Str('b'))])", "T.Dict([('x', T.Any()), (T.StrKey('k.*'), T.Int())])",
    "T.Dict([(T.StrKey('[ab]'), T.Any()), ('x', T.Int(1))])", "T.Dict([('a', T.Dict([('b', int), ('c', 1)]))])",
    "T.Dict([('a', T.Object(A)), ('x', T.List(int, default=[]))])", "T.Dict()",
)  # fmt: skip
LIST_SPECS = pick(
    "T.List(T.Int())", "T.List(T.Int(min_value=0), max_size=2)", "T.List(T.Any(), min_size=1)", "T.List(T.Dict([('a', 1)]))",
    "T.List(T.Object(A), size=1)", "T.List(T.Union([int, str]))", "T.List(T.List(int))",
)  # fmt: skip


@st.composite
def bound(draw):
    """Containers with value specs, their operations."""
    if draw(st.booleans()):
        tree = draw(dicts(quiet))
        make = draw(pick("pg.Dict(%s, value_spec=%s)", "pg.Dict.partial(%s, %s)", "pg.Dict(%s).use_value_spec(%s)",
                         "pg.Dict(%s, value_spec=%s, onchange_callback=told('d'))"))  # fmt: skip
        made = make % (tree.text, draw(SPECS))
    else:
        tree = draw(st.one_of(lists(quiet), lists(int_leaves)))
        make = draw(pick("pg.List(%s, value_spec=%s)", "pg.List(%s).use_value_spec(%s)",
                         "pg.List(%s, value_spec=%s, onchange_callback=told('l'))"))  # fmt: skip
        made = make % (tree.text, draw(LIST_SPECS))
    lines = [f"a = {made}"]
    for _ in range(draw(st.integers(1, 4))):
        lines.append(draw(st.one_of(statements("a", tree), statements("a", tree), pick("a.value_spec", "a.use_value_spec(None)", "a.clone()",
            "a.missing_values()", "a.sym_nondefault()", "str(a)", "a.max_size", "a.sym_attr_field('a')"))))  # fmt: skip
    return lines


# -- references, inference, functors, classes ----------------------------------------------------------
@st.composite
def referring(draw):
    target = draw(
        pick(
            "A(1)",
            "pg.Dict(a=1)",
            "[1, 2]",
            "{'a': 1}",
            "1",
            "pg.List([A(1)])",
            "pg.Ref(A(1))",
            "Hook(1)",
        )
    )
    root = draw(pick(
        "pg.Dict(x=pg.Ref(t), z=1)", "pg.List([pg.Ref(t), 2])", "A(pg.Ref(t))", "A(A(pg.Ref(t)))", "Typed(t)", "Typed(pg.Ref(t), t)",
        "N(a=pg.Ref(t))", "pg.Dict(a=pg.List([pg.Ref(t)]))", "A(pg.maybe_ref(t))", "Hook(pg.Ref(t))", "I(pg.Ref(t))",
        "pg.Dict(y=t, a=Inf(2))", "Inf(Inf(Inf(1)), t)", "pg.List([5, pg.List([pg.symbolic.ValueFromParentChain()])])",
        "pg.Dict(v=pg.symbolic.ValueFromParentChain(), z=t)", "pg.Dict(v=1, a=pg.Dict(v=pg.symbolic.ValueFromParentChain()))",
        "Ctx(Ctx(1), t)", "Ctx(A(Ctx(1)), y=t)",
    ))  # fmt: skip
    reads = pick(
        "a.x", "a.x.x", "a[0]", "a['x'] is t", "a.x is t", "a.sym_getattr('x')", "a.sym_getattr(0)", "repr(a)", "str(a)", "a == a.clone()",
        "a.clone()", "copy.deepcopy(a)", "pg.to_json(a)", "pg.to_json(a, use_inferred=True)", "a.format(compact=True, use_inferred=True)",
        "pg.eq(a, a.clone(deep=True))", "a.rebind(x=3)", "a.rebind({'x.x': 5})", "t.rebind(x=5)", "a.x = t", "a.rebind({'[0]': t})",
        "list(a.items())", "list(a.values())", "list(a)", "a.get('x')", "pickle.dumps(a) and 1", "pg.symbolic.deref(a)",
        "pg.symbolic.deref(a, recursive=True)", "pg.query(a, '.*')", "visited(a)", "a.sym_get('x', use_inferred=True)",
        "a.sym_inferred('x')", "a.sym_inferred('y', 3)", "a.sym_inferrable('y')", "a.a.y", "a.y", "a.a", "a.x.y", "a.v", "a.a.v",
        "a[1][0]", "a.sym_missing()", "a.is_partial", "pg.contains(a, 1)", "a.x.x.y", "a.z", "a.a.z", "a.rebind(y=9)",
        "with pg.contextual_override(y=3): log.append(repr(a.y))", "with a.override(x=5): log.append(repr(a.x))",
        "with pg.contextual_override(x=4, override_attrs=True): log.append(repr(a.x))", "a.rebind(z=8)", "hash(a) == hash(a.clone())",
        "pg.diff(a, a.clone())", "a.rebind(lambda k, v: v + 1 if type(v) is int else v)", "a.pop('x')", "a.v = 3",
        "a.clone(override={'x': 5})", "pg.Dict(y=6, q=a).q.y", "a.x.rebind(x=8)", "a.a[0]", "a.append(pg.Ref(t))", "a.q is t", "a.r is t",
    )  # fmt: skip
    return [f"t = {target}", f"a = {root}", *draw(st.lists(reads, min_size=1, max_size=4))]


CALLS = st.one_of(
    st.tuples(
        st.lists(pick("1", "2", "'s'", "A(1)", "MV", "[1]"), max_size=3),
        st.lists(st.tuples(pick("a", "b", "c", "q", "w", "h"), pick("1", "3", "'s'", "MV")), max_size=2, unique_by=lambda p: p[0]),
        pick("", "", "", "override_args=True", "ignore_extra_args=True"),
    ).map(lambda p: ", ".join([*p[0], *(f"{k}={v}" for k, v in p[1]), *([p[2]] if p[2] else [])]))
)  # fmt: skip


@st.composite
def called(draw):
    cls = draw(pick("f", "f", "f", "g", "Area"))
    lines = [f"a = {cls}({draw(CALLS)})"]
    steps = st.one_of(
        CALLS.map(lambda c: f"a({c})"),
        CALLS.map(lambda c: f"a({c})"),
        pick("sorted(a.specified_args)", "sorted(a.default_args)", "sorted(a.bound_args)", "sorted(a.unbound_args)", "a.is_fully_bound",
             "sorted(a.non_default_args)", "a.a = 4", "del a.a", "a.b = MV", "a.rebind(a=MV)", "a.rebind(b=5)", "a.clone()", "a.is_partial",
             "pg.to_json(a)", "pg.from_json(pg.to_json(a))", "a == a.clone()", "repr(a)", "str(a)", "a.a", "a.zz = 1", "a.missing_values()",
             "pg.Dict(f=a).missing_values()", "a.format(compact=True, hide_default_values=True)", "a.rebind({'args[0]': 8})", "a.args",
             "a.sym_nondefault()", "b = a.clone(); b()", "type(a).init_arg_list", "type(a).__signature__.args", "list(a.sym_keys())",
             "a.sym_init_args.b = 6", "with pg.auto_call_functors(): log.append(repr(type(a)(1, 's')))", "a.w = 4", "a.h",
             "pg.eq(f(1), f(1, 1))", "f(1) == f(1, 1)", "pickle.loads(pickle.dumps(a))", "type(a).partial(1)", "a.sym_abstract"),
    )  # fmt: skip
    return [*lines, *draw(st.lists(steps, min_size=1, max_size=4))]


@st.composite
def wrapped(draw):
    root = draw(pick(
        "W(1, 2, 3, r=4, k=5)", "W(1)", "W(p=A(1), r=[1])", "W.partial()", "W(W(1), k=W(2))", "V(2)", "V(n=1, t='u')", "V.partial()",
        "pg.Dict(w=W(1))", "pg.List([V(1), W(2)])", "A(W({'q': 1}))", "W(Pure(1))", "W(pg.Ref(A(1)))", "V(-1)", "V('s')", "W()", "V(1, 2, 3)",
        "W(1, zz=2)", "V(1, zz=2)", "V(1, n=2)",
    ))  # fmt: skip
    reads = pick(
        "a", "str(a)", "a.v", "a.rebind(p=3)", "a.rebind(n=3)", "a.rebind(n=-3)", "a.rebind({'q[0]': 9})", "a.rebind({'q': [7, 8]})",
        "a.rebind(z=3)", "a.rebind(r=MV)", "a.clone()", "a.clone().v", "a == a.clone()", "pg.eq(a, a.clone())", "pg.to_json(a)",
        "pg.from_json(pg.to_json(a))", "a.sym_init_args.p", "a.sym_init_args", "a.w.v", "a[0].v", "a.w.rebind(p=2)", "a.rebind({'w.p': 4}).w.v",
        "a.missing_values()", "a.is_partial", "a.sym_nondefault()", "pg.query(a, '.*')", "a.p", "a.wrapped_cls_initialized", "a.x.v",
        "isinstance(a, pg.ClassWrapper)", "W.sym_wrapped_cls.__name__", "inspect.signature(W)", "inspect.signature(V)", "repr(W)", "V.init_arg_list",
        "a.sym_partial", "pg.is_abstract(a)", "a.rebind(p=MV)", "hash(a) == hash(a.clone())", "pg.hash(a) == pg.hash(a.clone())", "a.v = 9", "a.rebind(t='x').v",
        "pg.diff(a, a.clone())", "pg.lt(a, a.clone())", "list(a.sym_keys())", "W.__name__, W.__qualname__, W.__module__, V.__doc__", "visited(a)",
        "a.rebind(lambda k, v: v + 1 if type(v) is int else v)", "a.x.rebind(p=5)", "a.sym_path", "a.clone(deep=True)", "a.clone(override={'p': 5}).v",
        "a.rebind(p=W(3)).v[0].v", "a.format(compact=True, hide_default_values=True)", "a.sym_attr_field('n')", "V.__schema__.get_field('n')",
        "pg.symbolize(W) is W", "a.seal()", "a.rebind()", "a.rebind(zz=1)",
    )  # fmt: skip
    return [f"a = {root}", *draw(st.lists(reads, min_size=1, max_size=4))]


FIELD_TYPES = (
    ("int", ("1", "0", "'bad'")), ("str", ("'s'",)), ("float", ("1.0", "2")), ("bool", ("True",)), ("typing.Any", ("None", "A(1)", "[]")),
    ("int | None", ("None", "3")), ("list[int]", ("[]", "[1, 2]")), ("dict[str, int]", ("{}", "{'a': 1}")), ("A", ("A(1)",)),
    ("A | None", ("None",)), ("Literal['p', 'q']", ("'p'", "'z'")), ("typing.Annotated[int, 'Doc.']", ("4",)), ("tuple[int, str]", ("(1, 'a')",)),
    ("typing.Union[int, str]", ("'u'",)), ("typing.Callable[[int], int]", ("None",)), ("Final[int]", ("3", "5")), ("type[A]", ("A", "S")),
    ("T.Int(min_value=0)", ("2", "-2")), ("T.Enum('a', ['a', 'b'])", ()), ("T.Dict([('p', 1), ('q', int)])", ()), ("list[A]", ("[]",)),
    ("typing.ClassVar[int]", ("1",)), ("T.Str(regex='s.*')", ("'s'",)),
)  # fmt: skip
field_lines = st.tuples(pick("p", "q", "r", "_s", "UP"), pick(*FIELD_TYPES), st.booleans()).flatmap(
    lambda f: (
        st.just(f"{f[0]}: {f[1][0]}")
        if not f[1][1] or not f[2]
        else pick(*f[1][1]).map(lambda d: f"{f[0]}: {f[1][0]} = {d}")
    )
)
body_lines = st.one_of(
    field_lines, field_lines, field_lines, field_lines,
    pick("p = 5", "allow_symbolic_assignment = True", "use_symbolic_comparison = False", "allow_symbolic_mutation = False",
         "__kwargs__: int", "@property\n    def p(self): return 'property'", "def q(self, n=1): return n"),
)  # fmt: skip


@st.composite
def defined(draw):
    """Classes of all kinds, what they say of themselves, their instances."""
    body = draw(
        st.lists(
            body_lines,
            min_size=1,
            max_size=3,
            unique_by=lambda line: line.split(":")[0].split("=")[0],
        )
    )
    decorator = draw(pick("", "", "", "@pg.members([('m', T.Int(2), 'An m.'), ('n', T.Str())])\n", "@pg.use_init_args(['q', 'p'])\n",
                          "@pg.members([(T.StrKey('v.*'), T.Int())])\n"))  # fmt: skip
    base = draw(pick("pg.Object", "pg.Object", "A", "I", "S", "Fin", "Open"))
    lines = [f"{decorator}class P({base}):\n    " + "\n    ".join(body)]
    name = "P"
    if draw(st.booleans()):
        more = draw(
            st.lists(
                body_lines, max_size=2, unique_by=lambda line: line.split(":")[0].split("=")[0]
            )
        ) or ["pass"]
        lines.append(
            f"class Q({draw(pick('P', 'P', 'P, A', 'A, P', 'P, I'))}):\n    " + "\n    ".join(more)
        )
        name = "Q"
    about = pick(
        "inspect.signature({c})", "{c}.init_arg_list", "[str(k) for k in {c}.__schema__.keys()]", "{c}.__schema__", "list({c}.__schema__.items())",
        "{c}.sym_fields", "{c}.__type_name__", "{c}.__serialization_key__", "{c}.__schema__.description", "str({c}.__schema__)",
        "{c}.__schema__.metadata", "{c}.__schema__.name", "list({c}.partial().sym_items())", "{c}.partial().missing_values()",
    )  # fmt: skip
    value = pick("1", "0", "'s'", "None", "[1]", "A(1)", "2.5", "MV", "'p'", "{'q': 3}")
    arguments = st.tuples(
        st.lists(value, max_size=3),
        st.lists(st.tuples(pick(*"pqrxymnz"), value), max_size=2, unique_by=lambda p: p[0]),
    ).map(lambda p: ", ".join([*p[0], *(f"{k}={v}" for k, v in p[1])]))
    made = st.one_of(
        arguments.map(lambda a: f"{{c}}({a})"), arguments.map(lambda a: f"{{c}}.partial({a})")
    )
    steps = st.one_of(
        about, made.map(lambda m: f"a = {m}"), made, made.map(lambda m: f"str({m})"),
        arguments.map(lambda a: f"pg.to_json({{c}}.partial({a}))"), arguments.map(lambda a: f"{{c}}.partial({a}).clone()"),
        st.tuples(arguments, pick(*"pqrm"), value).map(lambda p: f"{{c}}.partial({p[0]}).rebind({p[1]}={p[2]})"),
        st.tuples(arguments, pick(*"pqrm")).map(lambda p: f"{{c}}.partial({p[0]}).{p[1]}"),
    )  # fmt: skip
    return [
        *lines,
        *(s.replace("{c}", name) for s in draw(st.lists(steps, min_size=1, max_size=4))),
    ]


PROGRAMS = {
    "edits": edited(),
    "moves": moved(),
    "formats": formatted(),
    "json": as_json(),
    "diffs": compared_by_diff(),
    "comparisons": compared(),
    "queries": queried(),
    "gates": guarded(),
    "clones": cloned(),
    "typed fields": checked(),
    "bound containers": bound(),
    "references": referring(),
    "functors": called(),
    "wrapped classes": wrapped(),
    "definitions": defined(),
}
