"""Where polygraft answers otherwise on purpose. Each has its reason in docs/design/0013-differences-search-spaces.md."""

# ruff: noqa: E501

import re
from collections.abc import Callable
from typing import NamedTuple


class Difference(NamedTuple):
    """One kind of difference.

    Attributes:
        title: Its heading in the note.
        example: (kind, question, expression) that shows it.
        covers: True if it explains the answers (question, expression, ours, theirs).
        rewrite: (pattern, replacement) that makes both answers alike.
    """

    title: str
    example: tuple[str, str, str]
    covers: Callable[[str, str, str, str], bool] | None = None
    rewrite: tuple[str, str] | None = None


def _without_path(text):
    return re.sub(r"\(path=[^()]*\)", "", text)


def _both(kind, o, t):
    return o.startswith(kind) and t.startswith(kind)


_PERMUTED = "pg.permutate([Pair(pg.permutate([1, 2])), Pair(pg.permutate([1, 2]))])"


DIFFERENCES = [
    # The same answer in other words.
    Difference(
        "Genotypes in messages are short",
        ("wrong", "binding", "(G.oneof([G.constant()]), DNA((0, 1)))"),
        rewrite=(r"(?s)Child values?: \[.*?\n?\](\.|, Spec:)", r"Child values: [...]\1"),
    ),
    Difference(
        "Definitions that clash are told with their slot",
        ("specs", "made", "G.Space([G.floatv(0, 1, location='a', name='n'), G.manyof(2, [G.Space([G.floatv(0, 1, name='n')])], distinct=False, location='b')])"),
        lambda q, e, o, t: all("definitions clash" in text for text in (o, t)),
    ),
    Difference(
        "An only decision below a choice is counted",
        ("wrong", "validation", "(G.oneof([G.Space([G.floatv(0, 1, location='x'), G.floatv(0, 1, location='y')])]), DNA((0, 0.5)))"),
        lambda q, e, o, t: q == "validation" and "child values in DNA (1)" in o and "child values in DNA (" in t,
    ),
    Difference(
        "Errors below a slot name the slot",
        ("misfits", "decoding", "(pg.manyof(2, [0, 1]), DNA([(0, 2), 1]), 1)"),
        lambda q, e, o, t: q == "decoding" and _without_path(o) == _without_path(t),
    ),
    Difference(
        "Which of several errors is told",
        ("wrong", "numbers", "(G.Space([G.floatv(0, 1, location='x'), G.floatv(0, 1, location='y')]), DNA(0))"),
        lambda q, e, o, t: q in ("numbers", "encoding") and _both("ValueError", o, t),
    ),
    # What is refused, and how.
    Difference(
        "Negative choices are refused",
        ("wrong", "validation", "(G.oneof([G.constant()]), DNA(-1))"),
        lambda q, e, o, t: ("-1" in e or "-1" in o) and ("out of range" in o or "no less than" in o),
    ),
    Difference(
        "Tuples of a chain end in a decision",
        ("plain", "made", "DNA((0, None))"),
        lambda q, e, o, t: "The last item of a tuple must be a number" in o,
    ),
    Difference(
        "Floats and custom points have nothing below",
        ("wrong", "binding", "(G.floatv(0, 1), DNA((0.5, 0.5)))"),
        lambda q, e, o, t: ("should have no children" in o or "There is no DNA spec for child DNA values" in o) and "Error" not in t,
    ),
    Difference(
        "Nothing below a decision is nothing",
        ("wrong", "text", "(G.Space([]), DNA((0, [None])))"),
        lambda q, e, o, t: re.search(r", \[(None|\[\])\]\)", e) is not None and ", None)" in t,
    ),
    Difference(
        "Enumeration goes on from what fits",
        ("wrong", "next", "(G.Space([]), DNA(0))"),
        lambda q, e, o, t: q == "next" and "ValueError" in o,
    ),
    Difference(
        "What does not fit is a ValueError",
        ("wrong", "numbers", "(G.oneof([G.constant()]), DNA(0.5))"),
        lambda q, e, o, t: o.startswith("ValueError") and t.startswith("TypeError"),
    ),
    Difference(
        "Encoding has no errors of its own",
        ("misfits", "trying", "(pg.List([0]), DNA(0), pg.Dict({}))"),
        lambda q, e, o, t: q in ("encoding", "trying", "encoded") and re.match("(Type|Key|Attribute)Error", t) is not None,
    ),
    Difference(
        "An empty dict is no list",
        ("misfits", "trying", "(pg.List([]), DNA(0), {})"),
        lambda q, e, o, t: q in ("encoding", "trying") and ("Unmatched list" in o or o == "(False, None)") and "DNA" in t and "{}" in e,
    ),
    Difference(
        "Names are required in branches too",
        ("runs", "named", "(pg, lambda: pg.oneof([lambda: pg.oneof([0, 1]), 2], name='n'))"),
        lambda q, e, o, t: q == "named" and "'name' must be specified" in o,
    ),
    # What is right here.
    Difference(
        "The constant space has no literals",
        ("genotypes", "literal", "(lambda s: (s, s.first_dna()))(G.Space([]))"),
        lambda q, e, o, t: q == "literal" and o == "[]" and t.startswith("AttributeError"),
    ),
    Difference(
        "Names of inactive decisions stand for None",
        ("genotypes", "lookups", "(lambda s: (s, DNA(1, spec=s)))(G.oneof([G.Space([G.floatv(0, 1, name='n')]), G.constant()]))"),
        lambda q, e, o, t: q == "lookups" and "KeyError: " in t and "KeyError: " not in o,
    ),
    Difference(
        "Literals that look like indices are literals",
        ("genotypes", "unreadable forms", "(lambda s: (s, DNA(1, spec=s)))(G.oneof([G.constant(), G.constant()], literal_values=['a', '1/3']))"),
        lambda q, e, o, t: q == "unreadable forms" and re.search(r"literal_values=\[.*\d/\d", e) is not None,
    ),
    Difference(
        "Of equal literals the first counts",
        ("genotypes", "unreadable forms", "(lambda s: (s, DNA(1, spec=s)))(G.oneof([G.constant(), G.constant()], literal_values=['a', 'a']))"),
        lambda q, e, o, t: q == "unreadable forms" and "literal_values" in e and "'value'" not in o + t,
    ),
    Difference(
        "Encoding a choice of several keeps to its constraints",
        ("plain", "", f"(lambda t: t.encode(t.decode(DNA([(1, [1, 0]), (0, [0, 1])]))).children[0].value != t.encode(t.decode(DNA([(1, [1, 0]), (0, [0, 1])]))).children[1].value)(pg.template({_PERMUTED}))"),
        lambda q, e, o, t: q == "encoded" and ("manyof" in e or "permutate" in e) and "DNA" in o and "DNA" in t,
    ),
    Difference(
        "A name within its own branch is another decision",
        ("runs", "numbers", "(pg, lambda: (pg.manyof(1, [0, lambda: (pg.manyof(1, [0, lambda: (pg.manyof(2, [0, 1], name='dup'),)]),)], name='dup'),))"),
        lambda q, e, o, t: q in ("numbers", "runs", "named") and "lambda: (pg" in e and e.count("'dup'") > 1,
    ),
    Difference(
        "A branch that is taken twice decides twice",
        ("runs", "numbers", "(pg, lambda: pg.manyof(2, [0, lambda: pg.oneof([5, 6], name='x')], distinct=False))"),
        lambda q, e, o, t: q in ("numbers", "runs", "named") and "pg.manyof(2, " in e and "lambda: " in e.replace("(pg, lambda: ", "") and "name=" in e,
    ),
    Difference(
        "All slots are listed under a name",
        ("genotypes", "named", "(lambda s: (s, DNA([0, (1, 0)], spec=s)))(G.manyof(2, [G.constant(), G.Space([G.oneof([G.constant()], name='n')])]))"),
        lambda q, e, o, t: q in ("lookups", "named") and re.sub(r"\[(None, )+(DNA\([^][]*\))(, None)*\]", r"\2", o) == t,
    ),
    Difference(
        "Names that clash below a choice alone",
        ("genotypes", "named", "(lambda s: (s, DNA(1, spec=s)))(G.oneof([G.Space([G.manyof(2, [G.constant()] * 2, name='dup')]), G.constant()], name='dup'))"),
        lambda q, e, o, t: q in ("lookups", "named") and e.count("'dup'") > 1,
    ),
    Difference(
        "Genotypes of different shape are different",
        ("plain", "", "DNA((0, 1)) == DNA(0)"),
    ),
    Difference(
        "Dictionaries of decisions are left as they are",
        ("plain", "", "(lambda d, s: (DNA.from_dict(d, s), d))({'y': [0, 1]}, G.manyof(2, [G.constant(), G.constant()], name='y'))"),
    ),
    Difference(
        "Tuples are looked into",
        ("plain", "", "pg.dna_spec(pg.Dict(x=(pg.oneof([1, 2]), 3))).space_size"),
    ),
    Difference(
        "Plain containers are spaces",
        ("plain", "", "list(pg.iter({'a': pg.oneof([1, 2])}))"),
    ),
    Difference(
        "Custom points need no location",
        ("plain", "", "Word().dna_spec()"),
    ),
    Difference(
        "Unknown arguments of placeholders are refused",
        ("plain", "", "repr(pg.manyof(1, [1], foo=2))"),
    ),
    Difference(
        "Sizes of lists are checked",
        ("plain", "", "repr(pg.typing.List(pg.typing.Int(), max_size=1).apply(pg.manyof(2, [1, 2])))"),
    ),
    Difference(
        "Repetitions are told by decisions",
        ("plain", "", "(lambda g: (g.setup(pg.dna_spec(pg.oneof([1, 2]))), len(list(g))))(G.Deduping(G.dna_generator(lambda s: (DNA(0, metadata={'i': i}) for i in range(3)))()))"),
    ),
]  # fmt: skip


def differing(ours, theirs):
    """Yields (question, our answer, their answer) where they differ; if one makes nothing of it, only that."""
    for question in ["made"] if "made" in ours or "made" in theirs else ours:
        a, b = ours.get(question, "made"), theirs.get(question, "made")
        if a != b:
            yield question, a, b


def explained(question, expression, ours, theirs):
    """The title of the difference that covers the answers, or None."""
    titles = []
    for d in DIFFERENCES:
        if d.rewrite is not None:
            before = ours, theirs
            ours, theirs = re.sub(*d.rewrite, ours), re.sub(*d.rewrite, theirs)
            if (ours, theirs) != before:
                titles.append(d.title)
    if ours == theirs:
        return titles[0]
    return next(
        (d.title for d in DIFFERENCES if d.covers and d.covers(question, expression, ours, theirs)),
        None,
    )
