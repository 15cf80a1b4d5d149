"""Random programs, for laws and for the comparison with PyGlove."""

from hypothesis import strategies as st

NAMES = ["x", "y", "a", "b", "c"]
OPERATORS = [
    "Add",
    "Substract",
    "Multiply",
    "Divide",
    "FloorDivide",
    "Mod",
    "GreaterThan",
    "LessThan",
    "Equals",
    "NotEquals",
]


def expressions(names, levels=3, calls=()):
    """Expressions over names, as text that makes them: `m` is the module of the language."""
    leaves = st.one_of(
        st.sampled_from(names).map(lambda name: f"m.Var({name!r})"),
        st.integers(-3, 9).map(repr),
    )
    if levels == 0:
        return leaves
    inner = expressions(names, levels - 1, calls)
    kinds = [
        leaves,
        st.tuples(st.sampled_from(OPERATORS), inner, inner).map(
            lambda t: f"m.{t[0]}({t[1]}, {t[2]})"
        ),
        inner.map(lambda text: f"m.Negate({text})"),
        st.tuples(inner, st.integers(0, 2)).map(lambda t: f"m.Power({t[0]}, {t[1]})"),
    ]
    kinds += [
        st.lists(inner, min_size=count, max_size=count).map(
            lambda args, name=name: f"m.FunctionCall({name!r}, [{', '.join(args)}])"
        )
        for name, count in calls
    ]
    return st.one_of(kinds)


@st.composite
def straight_programs(draw, names=("x", "y")):
    """Functions of x and y without branches, in which every name is defined."""
    known, lines = list(names), []
    for _ in range(draw(st.integers(0, 5))):
        value = draw(expressions(known))
        name = draw(st.sampled_from(NAMES))
        lines.append(f"m.Assign({name!r}, {value})")
        known = sorted({*known, name})
    lines.append(f"m.Add({draw(expressions(known))}, {draw(expressions(known))})")
    return f"m.Function('f', [{', '.join(lines)}], args={list(names)!r})"


@st.composite
def blocks(draw, levels=2, calls=()):
    """Lines with branches, functions and calls; names may be undefined."""
    lines = []
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(
            st.sampled_from(["assign", "assign", "nested", "expression", "if", "function", "list"])
        )
        value = draw(expressions(NAMES, 2, calls))
        name = draw(st.sampled_from(NAMES))
        if kind == "assign":
            lines.append(f"m.Assign({name!r}, {value})")
        elif kind == "nested":
            other = draw(st.sampled_from(NAMES))
            lines.append(
                f"m.Add(m.Assign({name!r}, m.Assign({other!r}, {value})), m.Var({other!r}))"
            )
        elif kind == "expression":
            lines.append(f"m.Negate({value})")
        elif kind == "list":
            lines.append(f"m.Assign({name!r}, [{value}])")
        elif levels and kind == "if":
            branches = draw(blocks(levels - 1, calls)), draw(blocks(levels - 1, calls))
            lines.append(f"m.base.If({value}, [{branches[0]}], [{branches[1]}])")
        elif levels and kind == "function":
            args = draw(st.lists(st.sampled_from(NAMES), max_size=2, unique=True))
            function = f"g{len(calls)}"
            body = draw(blocks(levels - 1, calls))
            lines.append(f"m.Function({function!r}, [{body}], args={args!r})")
            calls = (*calls, (function, len(args)))
    return ", ".join(lines)


programs = blocks().map(lambda body: f"m.Function('f', [{body}], args=['x', 'y'])")
