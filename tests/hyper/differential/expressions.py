"""Hypothesis strategies for expressions that make spaces, genotypes and programs."""

from hypothesis import strategies as st

DEPTH = 2


def call(function, /, *args, **kwargs):
    """The text of a call; arguments that are None are left out."""
    given = [f"{k}={v}" for k, v in kwargs.items() if v is not None]
    return f"{function}({', '.join([*args, *given])})"


def maybe(strategy, share=3):
    """A strategy's text, or None more often than not."""
    return st.integers(0, share).flatmap(lambda i: strategy if i == 0 else st.none())


HINTS = st.sampled_from(["'h'", "1", "{'x': 1}", "[1, 2]"])
LITERALS = st.sampled_from(["abc", "p q", "0/2 (z)", "1/3", "", "7", "é\n"])
LOCATIONS = st.sampled_from(["a", "b.c", "d[0]", "", "e"])


@st.composite
def points(draw, depth, location, path):
    """One decision point."""
    name = draw(maybe(st.sampled_from([f"n{path}", f"n{path}", "dup"])))
    common = {
        "location": repr(location),
        "name": None if name is None else repr(name),
        "hints": draw(maybe(HINTS, 6)),
    }
    kind = draw(st.integers(0, 9))
    if kind == 0:
        low = draw(st.sampled_from([-1.0, 0.0, 0.5, 1]))
        scale = draw(maybe(st.sampled_from(["'linear'", "'log'", "'rlog'"])))
        return call(
            "G.floatv", str(low), str(low + draw(st.sampled_from([0, 1.5]))), scale=scale, **common
        )
    if kind == 1:
        functions = draw(st.sampled_from([["next_word", "random_word"], [], []]))
        return call("G.custom", "'Word'", *functions, **common)
    n = draw(st.integers(1, 3))
    candidates = [
        draw(spaces(depth - 1, f"{path}_{i}")) if depth and draw(st.booleans()) else "G.constant()"
        for i in range(n)
    ]
    literals = draw(
        maybe(
            st.lists(
                st.one_of(LITERALS.map(repr), st.sampled_from(["1", "0.5"])), min_size=n, max_size=n
            ),
            2,
        )
    )
    literals = None if literals is None else f"[{', '.join(literals)}]"
    if draw(st.booleans()):
        return call("G.oneof", f"[{', '.join(candidates)}]", literal_values=literals, **common)
    k = draw(st.integers(1, 3 if draw(st.integers(0, 5)) == 0 else min(2, n)))
    return call(
        "G.manyof", str(k), f"[{', '.join(candidates)}]", distinct=draw(st.sampled_from([None, "False"])),
        sorted=draw(st.sampled_from([None, "True"])), literal_values=literals, **common,
    )  # fmt: skip


@st.composite
def spaces(draw, depth=DEPTH, path=""):
    """A space."""
    elements = [
        draw(
            points(
                depth,
                f"x{i}"
                if depth < DEPTH
                else draw(st.sampled_from([f"x{i}", f"y.z{i}", f"w[{i}]"])),
                f"{path}{i}",
            )
        )
        for i in range(draw(st.integers(0, 2)))
    ]
    location = repr(draw(LOCATIONS)) if path == "" and draw(st.integers(0, 4)) == 0 else None
    return call("G.Space", f"[{', '.join(elements)}]", location=location)


SPECS = st.one_of(spaces(), points(DEPTH, "root.a", "r"))


def nested_values(depth=3):
    scalars = st.one_of(
        st.integers(-1, 3).map(str), st.sampled_from(["0.0", "0.5", "1.0", "'u'", "None", "2"])
    )
    return st.recursive(
        scalars,
        lambda children: st.one_of(
            st.lists(children, max_size=3).map(lambda v: f"[{', '.join(v)}]"),
            st.lists(children, min_size=2, max_size=3).map(lambda v: f"({', '.join(v)})"),
        ),
        max_leaves=5,
    )


GENOTYPES = st.builds(
    lambda s, seed: f"(lambda s: (s, s.random_dna(random.Random({seed}))))({s})",
    SPECS,
    st.integers(0, 1000),
)
WRONG = st.builds(lambda s, v: f"({s}, DNA({v}))", SPECS, nested_values())


# -- programs --------------------------------------------------------------------------------------
CONSTANTS = st.sampled_from(
    ["0", "1", "'a'", "None", "0.5", "True", "int", "'b\"c'", "[]", "{}", "Pair(1)"]
)


def containers(children):
    return st.one_of(
        st.dictionaries(st.sampled_from(["a", "b", "c.d"]), children, max_size=3).map(
            lambda d: "pg.Dict({" + ", ".join(f"{k!r}: {v}" for k, v in d.items()) + "})"
        ),
        st.lists(children, max_size=3).map(lambda v: f"pg.List([{', '.join(v)}])"),
        st.builds(lambda a, b: f"Pair({a}, {b})", children, children),
    )


@st.composite
def placeholders(draw, children):
    kind = draw(st.integers(0, 7))
    common = {"hints": draw(maybe(st.sampled_from(["'h'", "'g'"]), 3))}
    if kind == 0:
        return call("pg.floatv", "0.0", "1.0", scale=draw(maybe(st.just("'linear'"))), **common)
    if kind == 1:
        return call("Word", **common)
    candidates = draw(st.lists(children, min_size=1, max_size=3))
    text = f"[{', '.join(candidates)}]"
    if kind == 2:
        return call("pg.permutate", text, **common)
    if kind < 5:
        k = min(draw(st.integers(1, 2)), len(candidates))
        return call(
            "pg.manyof", str(k), text, distinct=draw(st.sampled_from([None, "False"])),
            sorted=draw(st.sampled_from([None, "True"])), **common,
        )  # fmt: skip
    return call("pg.oneof", text, **common)


VALUES = st.recursive(
    CONSTANTS,
    lambda children: st.one_of(containers(children), placeholders(children)),
    max_leaves=8,
)
PROGRAMS = st.one_of(containers(VALUES), placeholders(VALUES))
PLAIN_VALUES = st.recursive(CONSTANTS, containers, max_leaves=5)
MISFITS = st.builds(
    lambda v, d, o: f"({v}, DNA({d}), {o})", PROGRAMS, nested_values(), PLAIN_VALUES
)


# -- functions -------------------------------------------------------------------------------------
@st.composite
def bodies(draw, depth=DEPTH, path=""):
    """The value of a function that builds placeholders."""
    parts = []
    for i in range(draw(st.integers(1, 2))):
        name = draw(maybe(st.sampled_from([f"'n{path}{i}'", "'dup'"]), 1))
        kind = draw(st.integers(0, 6))
        if kind == 0:
            parts.append(call("pg.floatv", "0.0", "1.0", name=name))
            continue
        if kind == 1:
            parts.append(call("Word", name=name))
            continue
        candidates = [
            f"lambda: {draw(bodies(depth - 1, f'{path}{i}_{j}'))}"
            if depth and draw(st.integers(0, 2)) == 0
            else str(j)
            for j in range(draw(st.integers(1, 3)))
        ]
        text = f"[{', '.join(candidates)}]"
        if kind < 5:
            parts.append(call("pg.oneof", text, name=name))
        else:
            parts.append(
                call(
                    "pg.manyof", str(draw(st.integers(1, min(2, len(candidates))))), text, name=name
                )
            )
    return f"({', '.join(parts)},)"


RUNS = bodies().map(lambda body: f"(pg, lambda: {body})")

EXPRESSIONS = {
    "specs": SPECS, "genotypes": GENOTYPES, "wrong": WRONG, "programs": PROGRAMS, "misfits": MISFITS, "runs": RUNS,
}  # fmt: skip
