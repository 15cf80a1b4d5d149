"""Runs the cells of a notebook script as a kernel would, without one: `python run_cells.py CELLS OUTPUT`.

`CELLS` is a JSON file with a list of `[title, source]`; `OUTPUT` gets a list of `[title, stdout, stderr]`, where the
value of a cell's last expression is shown after what the cell prints. It needs nothing but Python, so that the notebook
can be checked wherever Keras is, on each of its backends.
"""

import ast
import contextlib
import io
import json
import linecache
import pprint
import sys
import types
from typing import Any


def run(title: str, source: str, namespace: dict[str, Any]) -> tuple[str, str]:
    """Executes one cell; returns what it has written to standard output and to standard error."""
    name = f"<cell {title}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    body = ast.parse(source, name)
    last = body.body[-1] if body.body else None
    shown = ast.Expression(body.body.pop().value) if isinstance(last, ast.Expr) else None  # type: ignore[attr-defined]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        exec(compile(body, name, "exec"), namespace)
        if shown is not None:
            value = eval(compile(shown, name, "eval"), namespace)
            if value is not None:
                print(pprint.pformat(value, width=79, sort_dicts=False))
    return out.getvalue(), err.getvalue()


def main(cells: str, output: str) -> None:
    """Runs all cells in a module of their own, which passes for the main one."""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    with open(cells, encoding="utf-8") as file:
        sources = json.load(file)
    printed = [(title, *run(title, source, module.__dict__)) for title, source in sources]
    with open(output, "w", encoding="utf-8") as file:
        json.dump(printed, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
