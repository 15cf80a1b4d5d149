"""Tells what a program is and does, in polygraft or in PyGlove.

Run as a program (`python worker.py pyglove`), it reads one program (a JSON string that makes it from `m`) per line and
answers each with one line. It imports nothing but the library it is asked about.
"""

import importlib
import json
import sys


def outcome(call, *args, **kwargs):
    try:
        return repr(call(*args, **kwargs))
    except Exception as e:
        return [type(e).__name__, str(e)]


def names(line):
    return sorted(line.input_vars(transitive=True))


def definitions(line, **kwargs):
    return [str(d.sym_path) for d in line.input_defs(**kwargs)]


def description(pg, text):
    m = pg.mutfun
    program = eval(text, {"m": m})
    if not isinstance(program, m.Function):
        return [str(program), repr(program), outcome(lambda: program.evaluate({"x": 2, "y": -3}))]
    lines = [
        [
            str(line),
            sorted(line.input_vars()),
            outcome(names, line),
            sorted(line.output_vars()),
            sorted(line.seen_vars()),
            outcome(definitions, line, transitive=False),
            outcome(definitions, line),
            [str(r.sym_path) for r in line.output_refs(transitive=False)],
            [str(r.sym_path) for r in line.output_refs()],
            line.line_number(),
            len(list(line.preceding_lines())),
        ]
        for line in program.body
    ]
    values = [outcome(program, x, y) for x, y in [(0, 0), (2, -3), (5, 1)]]
    told = [str(program), repr(program), lines, values, outcome(program.compile)]
    program.prune()
    return [*told, str(program)]


def main():
    pg = importlib.import_module(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(description(pg, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
