"""Evaluates expressions over value specs and tells what comes of them, in polygraft or in PyGlove.

Run as a program (`python worker.py pyglove`), it reads one expression (a JSON string) per line and answers each with
one line: the text of the result, or of the error. It imports nothing but the library it is asked about.
"""

import builtins
import collections.abc
import dataclasses
import datetime
import enum
import importlib
import json
import re
import sys
import typing

X = typing.TypeVar("X")


class A: ...


class B(A): ...


class C:
    def __call__(self, a):
        return a


class G(typing.Generic[X]): ...


class GI(G[int]): ...


class P(typing.Protocol):
    def foo(self): ...


class Color(enum.Enum):
    RED = 1
    BLUE = 2


@dataclasses.dataclass
class D:
    x: int
    y: str = "a"


def one_arg(a): ...


def with_types(a: int, b: str = "x", *args, c: float = 1.0, **kw) -> bool:
    """Does it.

    Args:
      a: The first.
      b: The second.
    """


def names(library):
    """What the expressions may refer to."""
    package = importlib.import_module(library)
    T = package.typing

    class Ref(T.CustomTyping):
        def __init__(self, value):
            self.value = value

        def __repr__(self):
            return f"Ref({self.value!r})"

        def custom_apply(self, path, value_spec, allow_partial=False, child_transform=None):
            return False, value_spec.apply(self.value, root_path=path)

    def annotated(annotation):
        return T.ValueSpec.from_annotation(annotation, auto_typing=True)

    def transformed(spec, value):
        """The calls that a child transform gets."""
        calls = []

        def see(path, field, child):
            calls.append((str(path), str(field.key), child))
            return child

        return spec.apply(value, child_transform=see), calls

    Object = package.Object

    class Pt(Object):
        """A point.

        It has two coordinates.
        """

        x: int
        y: T.Annotated[T.Float(min_value=0), "Height."] = 0.0  # noqa: F722

    class Base(Object):
        k: str | None = None

    class Sub(Base):
        n: list[Pt] = []

    class SubSub(Sub):
        m: dict[str, int] = {}

    class Pair(Object):
        a: Pt
        b: Pt | None
        c: T.Dict([("u", int), ("v", T.Str("x"))])

    class Once(Object):
        p: Pt

    class Twice(Object):
        p: Once
        q: Once | int

    class Rec(Object):
        left: T.Object("Rec").noneable()
        v: int = 1

    class Open(Object):
        a: int
        __kwargs__: T.Any()

    globals().update(Rec=Rec)

    class Plain:
        """Not symbolic."""

        def __init__(self, p: Pt, n: int = 1, *args, **kwargs):
            pass

    return {
        "Pt": Pt, "Base": Base, "Sub": Sub, "SubSub": SubSub, "Pair": Pair, "Once": Once, "Twice": Twice, "Rec": Rec,
        "Open": Open, "Plain": Plain,
        "A": A, "B": B, "C": C, "Color": Color, "D": D, "FA": annotated, "G": G, "GI": GI, "KeyPath": package.KeyPath,
        "M": T.MISSING_VALUE, "P": P, "Ref": Ref, "T": T, "collections": collections, "datetime": datetime,
        "json_of": lambda x: x.to_json() if library == "pyglove" else package.to_json(x),
        "again": lambda x: (
            package.from_json(x.to_json())
            if library == "pyglove"
            else package.from_json(package.to_json(x), trusted=True)
        ),
        "one_arg": one_arg, "transformed": transformed, "typing": typing, "with_types": with_types,
    }  # fmt: skip


def outcome(expression, namespace):
    """The repr of the result, or `BuiltinError: message`; without the names of the modules that differ."""
    try:
        text = repr(eval(expression, dict(namespace)))
    except Exception as e:
        kind = next(c for c in type(e).__mro__ if hasattr(builtins, c.__name__))
        text = f"{kind.__name__}: {e.args[0] if e.args else ''}"
    text = re.sub(r"\b(__main__|tests\.typing\.differential\.worker)\.", "", text)
    text = re.sub(r"\b(pyglove|polygraft)\.(\w+\.)*", "", text)
    text = text.replace("names.<locals>.", "").replace("names.", "")
    text = text.replace("default=<_FrozenValuePlaceholder object at 0x", "<placeholder at 0x")
    text = re.sub(r"<placeholder at 0x[0-9a-f]+>, ", "", text)
    text = re.sub(
        r"Expect \(([^()]*)\) but",
        lambda m: f"Expect ({', '.join(sorted(m[1].split(', ')))}) but",
        text,
    )
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def main():
    namespace = names(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(outcome(json.loads(line), namespace)), flush=True)


if __name__ == "__main__":
    main()
