"""Runs programs over symbolic values and tells what comes of each statement, in polygraft or in PyGlove.

A program is a list of statements. What a statement comes to is three texts: its result or error; the hooks that it ran;
and the trees that the program's variables hold after it, with every place at which a path or a parent is wrong.

Run as a program (`python worker.py pyglove`), it reads one program (a JSON list) per line and answers each with one
line. It imports nothing but the library it is asked about.
"""

import builtins
import copy
import importlib
import inspect
import io
import json
import os
import pickle
import re
import signal
import sys
import types
import typing

#: The module that the classes of programs belong to.
MODULE = "symbolic_programs"


def names(library):
    """What programs may refer to: the library, classes of many kinds, and the log that hooks write to."""
    pg = importlib.import_module(library)
    log = []
    space = {
        "pg": pg, "T": pg.typing, "MV": pg.MISSING_VALUE, "KeyPath": pg.KeyPath, "typing": typing, "copy": copy,
        "pickle": pickle, "inspect": inspect, "io": io, "log": log, "told": told(log), "__name__": MODULE, "tree": tree,
        "json": json, "visited": visited(pg), "Final": typing.Final, "Literal": typing.Literal,
    }  # fmt: skip
    module = types.ModuleType(MODULE)
    # Annotations given as text are looked up in the module of the class.
    sys.modules[MODULE] = module
    exec(CLASSES, space)
    module.__dict__.update(space)
    return space


def told(log):
    """Makes callbacks that log under a name what they are told."""

    def named(name):
        return lambda updates: log.append(f"{name} {shown_updates(updates)}")

    return named


def visited(pg):
    """What `traverse` calls, with which arguments."""

    def visit(x, pre=lambda k, v: None, post=lambda k, v: None):
        seen = []

        def before(path, value, parent):
            seen.append(f"> {path}: {type(value).__name__} in {type(parent).__name__}")
            return pre(path, value)

        def after(path, value, parent):
            seen.append(f"< {path}: {type(value).__name__} in {type(parent).__name__}")
            return post(path, value)

        return pg.traverse(x, before, after), seen

    return visit


def shown_updates(updates):
    return "{" + ", ".join(f"{k}: {u!r} of {u.field}" for k, u in updates.items()) + "}"


CLASSES = '''
class A(pg.Object):
    """A pair."""
    x: typing.Any
    y: typing.Any = None

class S(A):
    z: int = 1

class I(pg.Object):
    """Numbers and texts."""
    i: typing.Annotated[int, "A number."]
    s: str = "s"
    f: float | None = None
    l: list[int] = [1]

class N(pg.Object):
    """Typed nodes."""
    a: A | None = None
    t: I = I(1)
    u: typing.Union[int, str, A] = 0
    e: Literal["p", 1, None] = 1

@pg.members([
    ("d", T.Dict([("p", T.Int(min_value=0)), ("q", T.Str("q")), (T.StrKey("v.*"), T.Int())]), "A dict."),
    ("m", T.List(T.Int(max_value=5), min_size=1, max_size=3, default=[1, 2])),
    ("k", T.Dict([("r", 1), ("w", T.List(T.Object(A), default=[]))])),
])
class M(pg.Object):
    pass

class Hook(pg.Object):
    x: typing.Any = 0
    y: typing.Any = None

    def _on_bound(self):
        super()._on_bound()
        log.append(f"bound {self.sym_path}: {self!r}")

class Change(pg.Object):
    x: typing.Any = 0
    y: typing.Any = None

    def _on_change(self, updates):
        log.append(f"change {self.sym_path}: {updates!r}")
        super()._on_change(updates)

class Place(pg.Object):
    x: typing.Any = 0

    def _on_path_change(self, old, new):
        super()._on_path_change(old, new)
        log.append(f"path {old} -> {new}")

    def _on_parent_change(self, old, new):
        super()._on_parent_change(old, new)
        log.append(f"parent {type(old).__name__} -> {type(new).__name__}")

class Open(pg.Object):
    x: int = 0
    __kwargs__: typing.Any

class Assign(pg.Object):
    allow_symbolic_assignment = True
    x: typing.Any = 0
    n: int = 1

class Shut(pg.Object):
    allow_symbolic_mutation = False
    x: typing.Any = 0

class Ident(pg.Object):
    use_symbolic_comparison = False
    x: typing.Any = 0

class Fin(pg.Object):
    x: int
    k: Final[int] = 3

class Ctx(pg.ContextualObject):
    x: typing.Any = 0
    y: typing.Any = pg.contextual_attribute()
    z: typing.Any = pg.contextual_attribute(default=7)

class Inf(pg.Object):
    x: typing.Any = 0
    y: typing.Any = pg.symbolic.ValueFromParentChain()

class Typed(pg.Object):
    r: pg.Ref[A]
    q: typing.Any = None

@pg.use_init_args(["y", "*z"])
class Star(pg.Object):
    x: int = 0
    y: int = 1
    z: list[int] = []

@pg.functor
def f(a, b=1, *args, c=2, **kw):
    return [a, b, list(args), c, dict(kw)]

@pg.functor([("a", T.Int(min_value=0)), ("b", T.Str("s"))], returns=T.Str())
def g(a, b="s"):
    return b * a

class Area(pg.Functor):
    w: int
    h: int = 2

    def _call(self) -> int:
        return self.w * self.h

@pg.symbolize
class W:
    def __init__(self, p, *q, r=2, **s):
        self.v = (p, list(q), r, dict(s))

@pg.symbolize([("n", T.Int(min_value=0)), ("t", T.Str("t"))], eq=True)
class V:
    """Constrained."""
    def __init__(self, n, t="t"):
        self.v = t * n

class Pure(pg.Object, pg.PureSymbolic):
    x: typing.Any = 0

class Undecided(pg.Object, pg.symbolic.NonDeterministic):
    x: typing.Any = 0
'''


def tree(x, path=None, parent=None):
    """A value with the class of each node; `!path`, `!parent` where these are wrong; `~` sealed, `?` partial."""
    if not hasattr(type(x), "sym_items") or x.__class__.__name__ == "Diff":
        # A default that is shown is a plain list here, and a node there.
        return (
            f"List({', '.join(f'{i}={tree(v)}' for i, v in enumerate(x))})"
            if type(x) is list
            else repr(x)
        )
    marks = ""
    if parent is not None:
        marks += "" if x.sym_parent is parent else "!parent"
        marks += "" if x.sym_path == path else f"!path {x.sym_path}"
    marks += ("~" if x.sym_sealed else "") + ("?" if x.sym_partial else "")
    if x.__class__.__name__ == "Ref":
        return f"Ref{marks}({x.value!r})"
    path = x.sym_path
    children = ", ".join(f"{k}={tree(v, type(path)(k, path), x)}" for k, v in x.sym_items())
    return f"{x.__class__.__name__}{marks}({children})"


def outcome(program, names):
    """For each statement: its result or error, the hooks that ran, the variables after it."""
    space = dict(names)
    space["log"].clear()
    answers = []
    for statement in program:
        text = evaluated(statement, space)
        hooks = "; ".join(space["log"])
        space["log"].clear()
        variables = {k: space[k] for k in space.keys() - names.keys() if k != "__builtins__"}
        state = "; ".join(f"{k} = {state_of(v)}" for k, v in sorted(variables.items()))
        answers.append([plain(text), plain(hooks), plain(state)])
    return answers


def state_of(value):
    try:
        return tree(value, None, None) if not isinstance(value, type) else "a class"
    except Exception as e:
        return f"{type(e).__name__}: {e}"


def evaluated(statement, space):
    try:
        try:
            code = compile(statement, "<statement>", "eval")
        except SyntaxError:
            exec(statement, space)
            return ""
        return repr(eval(code, space))
    except Exception as e:
        known = next(c for c in type(e).__mro__ if hasattr(builtins, c.__name__))
        kind = "WritePermissionError" if "WritePermission" in type(e).__name__ else known.__name__
        return f"{kind}: {e.args[0] if e.args else ''}"


def plain(text):
    """The text without what differs between any two runs, or any two libraries."""
    text = text.replace(f"{MODULE}.", "")
    text = re.sub(r"\b(pyglove|polygraft)\.(\w+\.)*", "", text)
    text = re.sub(
        r"Expect \(([^()]*)\) but",
        lambda m: f"Expect ({', '.join(sorted(m[1].split(', ')))}) but",
        text,
    )
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def main():
    space = names(sys.argv[1])
    for line in sys.stdin:
        # Each program in a process of its own: PyGlove's classes keep traces of what was done to their defaults.
        child = os.fork()
        if not child:
            signal.alarm(30)  # a cycle would be followed for ever
            print(json.dumps(outcome(json.loads(line), space)), flush=True)
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            print(json.dumps([["the process ended", "", ""]]), flush=True)


if __name__ == "__main__":
    main()
