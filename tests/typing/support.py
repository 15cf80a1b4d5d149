"""What an expression over specs gives: the text of its result, or of its error."""

import builtins
import collections.abc
import datetime
import typing

from polygraft import typing as T
from polygraft.paths import KeyPath

M = T.MISSING_VALUE
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


class Ref(T.CustomTyping):
    """Stands for a value and checks that against the spec."""

    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return f"Ref({self.value!r})"

    def custom_apply(self, path, value_spec, allow_partial=False, child_transform=None):
        return False, value_spec.apply(self.value, root_path=path)


def one_arg(a): ...


def annotated(annotation):
    return T.ValueSpec.from_annotation(annotation, auto_typing=True)


NAMES = {
    "A": A,
    "B": B,
    "C": C,
    "FA": annotated,
    "G": G,
    "GI": GI,
    "KeyPath": KeyPath,
    "M": M,
    "P": P,
    "Ref": Ref,
    "T": T,
    "collections": collections,
    "datetime": datetime,
    "one_arg": one_arg,
    "typing": typing,
}


def outcome(expression):
    """The repr of the result, or `BuiltinError: message`."""
    try:
        return repr(eval(expression, dict(NAMES)))
    except Exception as e:
        kind = next(c for c in type(e).__mro__ if hasattr(builtins, c.__name__))
        return f"{kind.__name__}: {e.args[0] if e.args else ''}"
