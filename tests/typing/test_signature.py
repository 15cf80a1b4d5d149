"""Signatures of functions and classes, and the schemas made from them."""

import copy
import dataclasses
import functools
import inspect
import typing

import pytest

import polygraft as pg
from polygraft import typing as T
from polygraft.missing import MISSING_VALUE
from polygraft.paths import KeyPath


def full(a: int, b: str = "x", *args, c: typing.Optional[int] = None, **kw) -> float:  # noqa: UP045
    """Doc.

    More.

    Args:
      a: The a
        arg.
      b: The b.
      *args: Rest.
      **kw: Keywords.

    Returns:
      x
    """


def plain(x, y=1):
    return x + y


class Thing:
    """A class."""

    def __init__(self, x: int, *, y: str = "a"): ...

    def method(self, q): ...

    def __call__(self, r: int): ...


@dataclasses.dataclass
class Data:
    a: int
    b: list = dataclasses.field(default_factory=list)


def test_functions():
    sig = T.signature(full)
    assert sig.arg_names == ["a", "b", "c"]
    assert [a.value_spec for a in sig.named_args] == [
        T.Int(),
        T.Str("x"),
        T.Int(None, is_noneable=True),
    ]
    assert [a.description for a in sig.named_args] == ["The a\narg.", "The b.", None]
    assert sig.description == "Doc."
    assert (sig.varargs.description, sig.varkw.description) == ("Rest.", "Keywords.")
    assert sig.get_value_spec("zz") == T.Any() and sig.return_value == T.Float()
    assert sig.id == f"{__name__}.full" and sig.callable_type is T.CallableType.FUNCTION
    assert copy.deepcopy(sig) == sig != T.signature(plain)


def test_without_auto_typing_annotations_are_only_shown():
    assert T.signature(full, auto_typing=False).args[0].value_spec == T.Any(annotation=int)
    assert repr(T.signature(plain)).startswith(
        f"Signature('{__name__}.plain', args=[Argument(name='x', "
    )


def test_classes_methods_and_callable_objects():
    assert T.signature(Thing).arg_names == ["x", "y"]
    assert T.signature(Thing(1).method).arg_names == ["q"]
    assert T.signature(Thing.method).arg_names == ["self", "q"]
    assert T.signature(Thing(1)).arg_names == ["r"]
    assert T.signature(functools.partial(plain, 1)).arg_names == ["y"]
    assert T.signature(bytes).id == "builtins.bytes" and T.signature(bytes).has_wildcard_args
    assert T.signature(KeyPath).get_value_spec("parent").cls is KeyPath
    with pytest.raises(TypeError, match=r"1 is not callable\."):
        T.signature(1)


def test_defaults_that_contradict_the_annotation():
    def f(a: int = None): ...  # noqa: RUF013

    assert T.signature(f).args[0].value_spec == T.Int(None, is_noneable=True)
    assert T.signature(Data).args[1].value_spec.has_default


def test_schema():
    assert T.schema(full).metadata == {
        "init_arg_list": ["a", "b", "*args"],
        "varargs_name": "args",
        "varkw_name": "kw",
        "returns": T.Float(),
    }
    back = T.Signature.from_schema(T.schema(full), "m", "f")
    assert back.arg_names == ["self", "a", "b", "c"] and back.varkw.name == "kw"


def test_annotate():
    sig = T.signature(plain).annotate([("y", T.Int(min_value=1)), ("x", T.Str(), "doc")], T.Float())
    assert sig.args[1].value_spec == T.Int(1, min_value=1)
    assert sig.args[0].description == "doc" and sig.return_value == T.Float()
    extra = T.signature(full).annotate({"new": int, "kw": float})
    assert extra.get_value_spec("new") == T.Int() and extra.get_value_spec("other") == T.Float()


@pytest.mark.parametrize(
    ("function", "args", "returns", "error", "message"),
    [
        (
            plain,
            [("y", T.Int(min_value=2))],
            None,
            ValueError,
            "Value 1 is out of range (min=2, max=None). (path=y)",
        ),
        (
            plain,
            [("y", T.Int(2))],
            None,
            ValueError,
            "The annotated default value (2) of symbolic argument 'y' is not equal to the default value (1) specified "
            "from the function signature.",
        ),
        (
            plain,
            [("z", int)],
            None,
            KeyError,
            f"{__name__}.plain: found extra symbolic argument 'z'.",
        ),
        (plain, None, T.Float(1), ValueError, "return value spec should not have default value."),
        (
            full,
            [("args", T.Int())],
            None,
            ValueError,
            "Variable positional argument 'args' should have a value of `pg.typing.List` type. Encountered: Int().",
        ),
        (
            full,
            [("kw", int), (T.StrKey(), int)],
            None,
            KeyError,
            f"{__name__}.full: multiple StrKey found in override args.",
        ),
    ],
)
def test_annotate_refuses(function, args, returns, error, message):
    with pytest.raises(error) as e:
        T.signature(function).annotate(args, returns)
    assert e.value.args[0] == message


@pytest.mark.parametrize("function", [full, plain])
def test_make_function_keeps_the_signature(function):
    made = T.signature(function).make_function(["return None"])
    assert inspect.signature(made) == inspect.signature(function)
    assert (made.__name__, made.__module__) == (function.__name__, __name__)


def test_make_function_fills_gaps_after_defaults():
    def f(a=1, *, b): ...

    sig = T.signature(f)
    sig.args.append(T.Argument("c", T.Argument.Kind.POSITIONAL_OR_KEYWORD, T.Int()))
    made = sig.make_function(["return c"])
    assert made(b=1) is MISSING_VALUE


def test_a_spec_may_annotate_several_functions():
    rate = T.Float(min_value=0)

    def f(rate=0.1): ...

    def g(rate=0.2): ...

    assert T.signature(f).annotate({"rate": rate}).args[0].value_spec.default == 0.1
    assert T.signature(g).annotate({"rate": rate}).args[0].value_spec.default == 0.2
    assert not rate.has_default


def test_defaults_that_the_function_does_not_have():
    def f(x): ...

    with pytest.raises(
        ValueError, match=r"annotated default value \(1\) of symbolic argument 'x' is not equal"
    ):
        T.signature(f).annotate({"x": 1})
    assert (
        repr(T.signature(f).annotate({"x": T.Int(1).noneable()}).args[0].value_spec)
        == "Int(noneable=True)"
    )


@pytest.mark.parametrize(
    "doc",
    [
        "Doc.\n\nParameters\n----------\nx : int\n    The x.\n    More.\ny\n    The y.\n\nReturns\n-------\nint\n",
        "Doc.\n\n@param x: The x.\n    More.\n@type x: int\n@param y: The y.\n@return: z\n",
        "Doc.\n\n:param x: The x.\n    More.\n:type x: int\n:param y: The y.\n:returns: z\n",
        "Doc.\n\nArgs:\n  x: The x.\n    More.\n  y (str): The y.\n\nReturns:\n  z\n",
    ],
)  # fmt: skip
def test_docstrings_of_four_styles(doc):
    def f(x, y): ...

    f.__doc__ = doc
    sig = T.signature(f)
    assert [a.description for a in sig.args] == ["The x.\nMore.", "The y."]
    assert sig.description == "Doc."


def test_functors_and_their_classes_have_the_signature_of_the_function():
    @pg.functor([("a", T.Int())], returns=T.Int())
    def f(a, b=1, *args, **kw):
        return a

    assert T.signature(f) == T.signature(f(1))
    assert T.signature(f).arg_names == ["a", "b"]
    assert f.__schema__.metadata["varkw_name"] == "kw"
    assert T.Callable([int], returns=int).apply(g := f(b=2)) is g
    with pytest.raises(
        TypeError,
        match=r"positional argument 0 is not compatible\. Expected: Int\(\), Actual: Str\(\)",
    ):
        T.Callable([str]).apply(f())
    with pytest.raises(TypeError, match="Value spec for return value is not compatible"):
        T.Callable(returns=str).apply(f())


def test_functors_with_a_method_have_the_signature_of_their_fields():
    class Scale(pg.Functor):
        x: float
        factor: float = 2.0

        def _call(self):
            return self.x * self.factor

    assert repr(T.signature(Scale()).get_value_spec("factor")) == "Float(default=2.0)"
    assert T.Callable([float]).apply(s := Scale()) is s
