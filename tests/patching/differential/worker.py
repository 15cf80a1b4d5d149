"""Evaluates expressions over patchers and patches and tells what comes of them, in polygraft or in PyGlove.

Run as a program (`python worker.py pyglove`), it reads one expression (a JSON string) per line and answers each with
one line: the text of the result, or of the error. It imports nothing but the library it is asked about.
"""

import builtins
import importlib
import json
import re
import sys
import typing


def names(library):
    """The namespace in which expressions are evaluated."""
    pg = importlib.import_module(library)

    class A(pg.Object):
        x: int = 1
        y: typing.Any = None

    class B(pg.Object):
        z: int = 1

    T = pg.typing

    @pg.patcher([("t", T.Object(A)), ("n", T.Int(min_value=0))], name="diff_typed")
    def typed(t, n):
        return {"x": n}

    @pg.patcher(
        [
            ("a", T.Int()), ("b", T.Bool(False)), ("c", T.Str("x")), ("d", T.List(T.Float())),
            ("e", T.Int().noneable()), ("f", T.Enum("p", ["p", "q"])), ("g", T.Any(0)),
            ("h", T.List(T.Enum("u", ["u", "v"]))),
        ],
        name="diff_all",
    )  # fmt: skip
    def every(t, a, b=False, c="x", d=[], e=None, f="p", g=0, h=[]):  # noqa: B006
        return {"y": (a, b, c, list(d), e, f, g, list(h))}

    @pg.patcher([("args", T.List(T.Int()))], name="diff_varargs")
    def varargs(t, *args):
        return {"y": list(args)}

    @pg.patcher(name="diff_five")
    def five(t):
        return 5

    @pg.patcher(name="diff_no_validator")
    def no_validator(t):
        return {"x": 5}, 5

    @pg.patcher(name="diff_refuses")
    def refuses(t):
        def check(v):
            raise ValueError(f"refused: {v!r}")

        return {"x": 5}, check

    @pg.patcher(name="diff_nested")
    def nested(t):
        return ["diff_typed?7", {"y": 2}]

    def two(t, a):
        return {}

    def tree():
        return pg.Dict(a=1, b=pg.Dict(ab=2, l=[1, A(3)], s="a"))

    def decorate(args, fn=two):
        return pg.patcher(args, name="diff_decorated")(fn).__name__

    def parsed(uri):
        module = pg.patching if library == "polygraft" else pg.patching.rule_based
        return module.parse_uri(uri)

    return {**locals(), "from_uri": pg.patching.from_uri}


def outcome(expression, namespace):
    """What comes of an expression: the text of its value, or of its error."""
    try:
        return f"{eval(expression, dict(namespace))!r}"
    except Exception as e:
        kind = next(
            c
            for c in type(e).__mro__
            if c.__module__ == "builtins" and hasattr(builtins, c.__name__)
        )
        text = e.args[0] if isinstance(e, KeyError) and e.args else str(e)
        return re.sub(r"0x[0-9a-f]+", "0x", f"{kind.__name__}: {text}").replace(
            "pyglove", "polygraft"
        )


def main(library):
    namespace = names(library)
    for line in sys.stdin:
        print(json.dumps(outcome(json.loads(line), namespace)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
