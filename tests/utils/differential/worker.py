"""Evaluates expressions over helpers (paths, nested data, texts) and tells what comes of them, in polygraft or PyGlove.

Run as a program (`python worker.py pyglove`), it reads one expression (a JSON string) per line and answers each with
one line. It imports nothing but the library it is asked about.
"""

import builtins
import importlib
import json
import re
import sys
import typing


def names(library):
    """What expressions may use."""
    package = importlib.import_module(library)
    Object = package.Object

    class P(Object):
        x: int
        y: typing.Any = None

    class Text:
        def __str__(self):
            return "STR"

        def __repr__(self):
            return "REPR"

    def record(fn):
        """What a visitor has been called with, and the result."""
        calls = []

        def visit(path, *values):
            calls.append((str(path), *map(repr, values)))
            return values[-1] if len(values) == 1 else values[1]

        return fn(visit), calls

    def changed(paths, method, *args):
        """A set of paths after a call, with what the call returned."""
        s = package.KeyPathSet(paths)
        result = getattr(s, method)(*args)
        return result, [str(p) for p in s], bool(s)

    return {
        "P": P, "Text": Text, "pg": package, "u": package.utils, "K": package.KeyPath.parse, "KP": package.KeyPath,
        "S": package.KeyPathSet, "MV": package.MISSING_VALUE, "record": record, "changed": changed,
    }  # fmt: skip


def outcome(expression, namespace):
    """The repr of the result, or `BuiltinError: message`; without the names of the modules that differ."""
    try:
        text = repr(eval(expression, dict(namespace)))
    except Exception as e:
        kind = next(c for c in type(e).__mro__ if hasattr(builtins, c.__name__))
        text = f"{kind.__name__}: {e.args[0] if e.args else ''}"
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def main():
    namespace = names(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(outcome(json.loads(line), namespace)), flush=True)


if __name__ == "__main__":
    main()
