"""`pg.patch`, patchers, URIs and patterns."""

from __future__ import annotations

from typing import Any, Optional

import pytest

from polygraft import typing as T
from polygraft.patching import (
    Patcher,
    allow_repeated_patcher_registration,
    from_uri,
    parse_uri,
    patch,
    patch_on_key,
    patch_on_member,
    patch_on_path,
    patch_on_type,
    patch_on_value,
    patcher,
    patcher_names,
)
from polygraft.patching.uri import parse_args
from polygraft.serialization import from_json, to_json
from polygraft.symbolic import Dict, List, Object, clone, eq
from polygraft.symbolic.wrapping import is_realized, symbolize


class Opt(Object):
    lr: T.Float(min_value=0.0)  # type: ignore[valid-type]
    name: str = "sgd"


class Exp(Object):
    opt: Opt
    epochs: int = 1
    extra: Any = None


@patcher([("lr", T.Float(min_value=0.0))])
def patched_lr(target, lr):
    return {"lr": lr}


@patcher([("lr", T.Float(min_value=0.0))])
def deep_lr(target, lr):
    def rule(k, v, p):
        return lr if k and k.key == "lr" else v

    return rule


@patcher(auto_typing=True)
def pp(t, a: int, b: bool = False, c: str = "x", d: list[float] = [], e: Optional[int] = None):  # noqa: B006, UP045
    return {"a": (a, b, c, d, e)}


@patcher([("e", T.Enum("a", ["a", "b"]))], name="with_enum")
def enumerated(t, untyped=None, e="a"):
    return {}


# -- rules -----------------------------------------------------------------------------------------
def test_a_chain_of_rules_sees_what_came_before():
    d = Dict(lr=1.0)
    result = patch(d, ["patched_lr?lr=0.5", {"z": 3}, lambda k, v: v + 1 if v == 3 else v])
    assert result is d
    assert repr(d) == "{lr=0.5, z=4}"


def test_all_kinds_of_rules():
    exp = Exp(Opt(0.1))
    assert patch(exp, {"opt.lr": 0.02, "epochs": 2}) is exp
    assert repr(exp) == "Exp(opt=Opt(lr=0.02, name='sgd'), epochs=2, extra=None)"
    assert patch(exp, deep_lr(lr=0.03)).opt.lr == 0.03
    assert (
        patch(
            exp, lambda k, v, p: v.upper() if isinstance(p, Opt) and isinstance(v, str) else v
        ).opt.name
        == "SGD"
    )
    assert patch(exp, []) is exp
    assert patch(exp, {}) is exp


def test_the_whole_value_can_be_replaced():
    new = Dict(b=1)
    assert patch(Dict(a=1), {"": new}) is new
    assert patch(5, {"": 3}) == 3
    assert patch(Dict(a=1), [{"": Dict(b=1)}, {"b": 2}]) == Dict(b=2)
    rule = Dict({"": Dict(c=1)})
    assert patch(Dict(a=1), rule) == {"c": 1}
    assert rule[""].sym_parent is rule


@pytest.mark.parametrize("rule", [5, [5], None, [[{"a": 1}]], int, [{"a": 2}, object()]])
def test_what_is_no_rule_is_refused_before_anything_is_applied(rule):
    d = Dict(a=1)
    with pytest.raises(
        TypeError,
        match=r"should be a dict of path to values, a rebind function, a patcher \(object or string\), "
        "or a list of their mixtures",
    ):
        patch(d, rule)
    assert d == {"a": 1}


def test_a_patcher_class_is_no_rule():
    with pytest.raises(TypeError, match=r"Call it first: patched_lr\(\.\.\.\)"):
        patch(Dict(lr=1.0), patched_lr)


def test_only_nodes_can_be_patched():
    with pytest.raises(TypeError, match=r"must be a symbolic type. Encountered: 5."):
        patch(5, lambda k, v: v)
    with pytest.raises(TypeError, match=r"must be a symbolic type. Encountered: 5."):
        patch(Dict(), [{"": 5}, {"a": 1}])
    with pytest.raises(
        TypeError,
        match=r"The 1st argument of 'patched_lr' must be a symbolic type\. Encountered: 5\.",
    ):
        patched_lr(lr=0.1).patch(5)


# -- all or nothing --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rule", "error", "text"),
    [
        ({"opt.lr": 0.5, "epochs": "x"}, TypeError, "(path=epochs)"),
        (
            [{"opt.lr": 0.5}, {"opt.lr": -0.5}],
            ValueError,
            "Value -0.5 is out of range (min=0.0, max=None). (path=opt.lr)",
        ),
        ([{"opt.lr": 0.5}, {"nope.a": 1}], KeyError, "Path nope.a does not exist"),
        ([{"opt.lr": 0.5}, {"nope": 1}], KeyError, "Key 'nope' is not allowed"),
        (
            [{"opt.lr": 0.5}, lambda k, v: 1 / 0 if k == "epochs" else v],
            ZeroDivisionError,
            "division",
        ),
        (
            lambda k, v: -1.0 if k == "opt.lr" else 7 if k == "epochs" else v,
            ValueError,
            "out of range",
        ),
        ([{"opt.lr": 0.5}, "patched_lr?0.1"], KeyError, "'lr' is not allowed"),
        ([{"opt.lr": 0.5}, {"": Dict(x=1)}, {"x.y": 1}], KeyError, "Cannot rebind key 'y'"),
        ([{"opt.name": "a"}, "nope"], KeyError, "Patcher 'nope' is not registered."),
    ],
)
def test_a_rule_that_fails_leaves_no_trace(rule, error, text):
    exp = Exp(Opt(0.1), extra=[1, {"a": 2}])
    before = clone(exp)
    opt = exp.opt
    with pytest.raises(error) as e:
        patch(exp, rule)
    assert text in str(e.value)
    assert eq(exp, before)
    assert exp.opt is opt
    assert str(exp.extra[1].sym_path) == "extra[1]"


def test_hooks_run_again_on_the_old_values():
    class Watching(Object):
        x: int
        y: int = 0

        def _on_bound(self):
            self.sum = self.x + self.y

    w = Watching(1)

    def refuse(value):
        assert value.sum == 5
        raise RuntimeError("no")

    @patcher()
    def raise_x(target):
        return {"x": 5}, refuse

    with pytest.raises(RuntimeError, match="no"):
        patch(w, raise_x())
    assert (w.x, w.sum) == (1, 1)


def test_an_exception_of_a_rule_is_kept_and_located():
    def broken(k, v):
        if k == "a.b":
            raise ZeroDivisionError("mine")
        return v

    with pytest.raises(ZeroDivisionError, match="mine") as e:
        patch(Dict(a=Dict(b=1)), broken)
    assert e.value.args == ("mine",)
    notes = " ".join(e.value.__notes__)
    assert "broken" in notes
    assert "a.b" in notes


def test_an_exception_of_a_patcher_and_its_validator_is_kept_and_named():
    @patcher()
    def explosive(target):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError) as e:
        patch(Dict(a=1), "explosive")
    assert any("explosive" in n for n in e.value.__notes__)


# -- validators ------------------------------------------------------------------------------------
def test_validators_run_on_the_final_value_in_order():
    seen: list[Any] = []

    @patcher([("a", T.Int())])
    def first(target, a):
        return {"a": a}, lambda v: seen.append(("first", v.a))

    @patcher()
    def second(target):
        return {"b": 1}, lambda v: seen.append(("second", v.a))

    patch(Dict(a=0), ["first?1", second(), {"a": 3}])
    assert seen == [("first", 3), ("second", 3)]
    first(a=1).validate(Dict())
    assert len(seen) == 2


def test_validator_must_be_callable():
    @patcher()
    def val(target):
        return {"a": 2}, 5

    d = Dict(a=1)
    with pytest.raises(
        TypeError,
        match=r"The validator returned from patcher 'val' is not callable\. Encountered: 5\.",
    ):
        patch(d, "val")
    assert d.a == 1


def test_validator_that_refuses_undoes_all():
    def refuse(value):
        raise ValueError("not so")

    @patcher()
    def unwanted(target):
        return {"a": 2}, refuse

    d = Dict(a=1)
    with pytest.raises(ValueError, match="not so"):
        patch(d, [{"a": 5}, unwanted()])
    assert d.a == 1


def test_patchers_may_return_patchers():
    @patcher()
    def outer(target):
        return ["patched_lr?0.5", {"n": 1}]

    assert patch(Dict(lr=1.0), outer()) == {"lr": 0.5, "n": 1}


# -- patchers as values ----------------------------------------------------------------------------
def test_patchers_are_typed_values():
    p = patched_lr(lr=0.03)
    assert repr(p) == "patched_lr(target=MISSING_VALUE, lr=0.03)"
    assert isinstance(p, Patcher)
    assert p(Dict()) == {"lr": 0.03}
    assert eq(p, patched_lr(lr=0.03))
    assert to_json(p)["lr"] == 0.03
    assert eq(from_json(to_json(p)), p)
    with pytest.raises(
        ValueError, match=r"Value -1.0 is out of range \(min=0.0, max=None\)\. \(path=lr\)"
    ):
        patched_lr(lr=-1.0)
    with pytest.raises(
        TypeError, match=r"patched_lr\(\) missing 1 required positional argument: 'lr'\."
    ):
        patch(Dict(lr=1.0), "patched_lr")


def test_a_bound_target_gives_way():
    p = patched_lr(Dict(lr=7.0), 0.5)
    assert p.patch(Dict(lr=1.0)) == {"lr": 0.5}


def test_parameterless_rule():
    @patcher()
    def set_a(unused):
        return {"a": 1}

    assert patch(Dict(), set_a()) == {"a": 1}


# -- definition errors -----------------------------------------------------------------------------
def no_parameter():
    return {}


def two(t, a):
    return {}


@pytest.mark.parametrize(
    ("args", "function", "text"),
    [
        (
            None,
            no_parameter,
            f"should have at least 1 argument as patching target. (Patcher='{__name__}.no_parameter')",
        ),
        (
            [("t", T.Int())],
            two,
            f"Int() cannot be used for constraining Patcher target. (Patcher='{__name__}.two', Argument='t')\n"
            "Acceptable value spec types are: Any, Callable, Dict, Functor, List, Object.",
        ),
        (
            [("a", T.Dict())],
            two,
            f"Dict() cannot be used for constraining Patcher argument. (Patcher='{__name__}.two', Argument='a')\n"
            "Consider to treat it as string and parse yourself.",
        ),
        ([("a", T.Union([int, str]))], two, "Union([Int(), Str()]) cannot be used for constraining Patcher argument."),
        ([("a", T.List(T.List(T.Int())))], two, "cannot be used for constraining Patcher argument."),
    ],
)  # fmt: skip
def test_what_cannot_be_a_patcher_is_not_registered(args, function, text):
    names = patcher_names()
    with pytest.raises(TypeError) as e:
        patcher(args)(function)
    assert text in str(e.value)
    assert patcher_names() == names


def test_repeated_registration():
    def once(t):
        return {"a": 1}

    patcher(name="only_once")(once)
    patcher(name="only_once")(once)
    allow_repeated_patcher_registration(False)
    try:
        with pytest.raises(KeyError, match=r"Patcher 'only_once' already registered."):
            patcher(name="only_once")(once)
    finally:
        allow_repeated_patcher_registration(None)
    assert "only_once" in patcher_names()


def test_decorator_must_be_called():
    with pytest.raises(TypeError, match=r"@pg\.patcher\(\)"):
        patcher(two)


# -- URIs ------------------------------------------------------------------------------------------
def test_values_are_parsed_by_their_specs():
    d = patch(Dict(), 'pp?1&yes&"None"&0.1:2&none')
    assert repr(d) == "{a=(1, True, 'None', [0: 0.1, 1: 2.0], None)}"
    assert repr(from_uri("patched_lr?0.5")) == "patched_lr(target=MISSING_VALUE, lr=0.5)"
    assert from_uri("with_enum?7&b").untyped == "7"


@pytest.mark.parametrize(
    ("uri", "attribute", "value"),
    [
        ("pp?1&d=", "d", []),
        ("pp?1&d=1:2", "d", [1.0, 2.0]),
        ("pp?1&b=False", "b", False),
        ("pp?1&c=", "c", ""),
        ('pp?1&c="none"', "c", "none"),
        ("pp?1&c=a%26b%3Dc%3Ad%25", "c", "a&b=c:d%"),
        ("pp?1&c=50%", "c", "50%"),
        ("pp?1&c=x=y", "c", "x=y"),
        ("with_enum?e=b", "e", "b"),
    ],
)
def test_accepted_texts(uri, attribute, value):
    assert getattr(from_uri(uri), attribute) == value


@pytest.mark.parametrize(
    ("uri", "error", "text"),
    [
        ("nope", KeyError, "Patcher 'nope' is not registered."),
        (
            "patchd_lr",
            KeyError,
            "Patcher 'patchd_lr' is not registered. Did you mean 'patched_lr'?",
        ),
        ("1bad", ValueError, "'1bad' is not a valid Patcher name."),
        ("", ValueError, "'' is not a valid Patcher name."),
        ("pp?a-b=1", ValueError, "Invalid argument specification: a-b=1."),
        (
            "pp?a=1&2",
            ValueError,
            "Positional argument should be provided before keyword arguments. Encountered: 'pp?a=1&2'.",
        ),
        (
            "patched_lr?1&2",
            KeyError,
            f"Too many positional arguments are provided. (Patcher={__name__}.patched_lr)\\n"
            "Expected: ['lr'], Received: ['1', '2'].",
        ),
        (
            "patched_lr?zz=1",
            KeyError,
            f"Unexpected argument 'zz'. (Patcher='{__name__}.patched_lr')\\nAcceptable argument names: ['lr'].",
        ),
        ("pp?aa=1", KeyError, "Did you mean 'a'?"),
        ("patched_lr?1&lr=2", TypeError, "got multiple values for keyword argument 'lr'."),
        (
            "patched_lr?-1",
            ValueError,
            f"Value -1.0 is out of range (min=0.0, max=None). (path={__name__}.patched_lr.lr)",
        ),
        (
            "patched_lr?abc",
            ValueError,
            f"Cannot convert 'abc' to float. (Patcher='{__name__}.patched_lr', Argument='lr')",
        ),
        ("patched_lr?", ValueError, "Cannot convert '' to float."),
        ("patched_lr?None", ValueError, "None"),
        ("pp?a", ValueError, f"Cannot convert 'a' to int. (Patcher='{__name__}.pp', Argument='a')"),
        (
            "pp?1&a",
            ValueError,
            f"Cannot convert 'a' to bool. (Patcher='{__name__}.pp', Argument='b')",
        ),
        (
            "pp?1&d=1:a",
            ValueError,
            f"Cannot convert 'a' to float. (Patcher='{__name__}.pp', Argument='d[1]')",
        ),
        (
            'pp?1&c="a',
            ValueError,
            f"Unmatched quote for string value: '\"a'. (Patcher='{__name__}.pp', Argument='c')",
        ),
        ("with_enum?e=c", ValueError, "c"),
    ],
)
def test_refused_texts(uri, error, text):
    with pytest.raises(error) as e:
        from_uri(uri)
    assert text in str(e.value)


def test_parse_uri():
    assert parse_uri("foo") == ("foo", [], {})
    assert parse_uri("foo?") == ("foo", [""], {})
    assert parse_uri("foo?1&a:b&c") == ("foo", ["1", "a:b", "c"], {})
    assert parse_uri("foo?1&a=b=c") == ("foo", ["1"], {"a": "b=c"})
    signature = pp.patcher_signature()
    assert parse_args(signature, ["1"], {"b": "yes"}) == ([1], {"b": True})


# -- patterns --------------------------------------------------------------------------------------
def test_patch_on_key():
    assert patch_on_key(Dict(a=1, b=Dict(ab=2)), "a", 3) == Dict(a=3, b=Dict(ab=3))
    assert patch_on_key(Dict(a=1, b=Dict(ab=2)), "a$", 3) == Dict(a=3, b=Dict(ab=2))
    assert patch_on_key(List([1, 2]), "1", 0) == List([1, 0])
    assert patch_on_key(Dict(a=1), "a") == Dict(a=None)


def test_patch_on_path_value_type_member():
    assert patch_on_path(Dict(a=1, b=Dict(a=2)), r"b\.a", value_fn=lambda v: v * 5) == Dict(
        a=1, b=Dict(a=10)
    )
    assert patch_on_value(Dict(a=1, b=[1]), 1, value_fn=lambda v: v + 1) == Dict(a=2, b=[2])
    assert patch_on_type(Dict(a=1, b="x"), (str, float), "y") == Dict(a=1, b="y")
    exp = Exp(Opt(0.1), extra=Dict(lr=1))
    patch_on_member(exp, Opt, "lr", 0.5)
    assert (exp.opt.lr, exp.extra.lr) == (0.5, 1)


def test_patterns_that_match_nothing_or_the_root():
    d = Dict(a=1)
    assert patch_on_value(d, 7, 8) is d
    for call in (lambda: patch_on_path(d, ".*", 3), lambda: patch_on_value(d, Dict(a=1), 3)):
        with pytest.raises(KeyError, match="Root key"):
            call()
    with pytest.raises(ValueError, match=r"Either `value` or `value_fn` should be specified."):
        patch_on_key(d, "a", 1, value_fn=lambda v: v)
    assert d == Dict(a=1)


def test_patterns_on_arrays():
    np = pytest.importorskip("numpy")
    d = Dict(a=np.zeros(3), b=1)
    patch_on_value(d, 1, 2)
    assert d.b == 2
    patch_on_value(d, np.zeros(3), 5)
    assert d.a == 5


# -- wrapped classes -------------------------------------------------------------------------------
built: list[str] = []


@symbolize
class Layer:
    def __init__(self, units, act="relu"):
        if units == 13:
            raise OSError("unlucky")
        built.append(f"Layer({units})")
        self.units = units


@symbolize
class Model:
    def __init__(self, *layers):
        built.append("Model")
        self.layers = list(layers)


def test_rules_construct_nothing():
    model = Model(Layer(1), Layer(2))
    built.clear()
    patch(model, [lambda k, v: Layer(8) if k == "layers[1]" else v, {"layers[0].units": 4}])
    assert built == []
    assert [x.units for x in model.layers] == [4, 8]
    assert built == ["Layer(4)", "Layer(8)", "Model"]


def test_patchers_and_value_functions_construct_nothing():
    @patcher()
    def bigger(target):
        new = Layer(32)
        return {"layers[0]": new}

    model = Model(Layer(1))
    built.clear()
    patch(model, "bigger")
    patch_on_type(model, Layer, value_fn=lambda v: Layer(64))
    assert built == []
    assert repr(model) == "Model(layers=[0: Layer(units=64, act='relu')])"


def test_construction_can_be_part_of_the_transaction():
    model = Model(Layer(1))
    patch(model, {"layers[0].units": 2}, realize=True)
    assert is_realized(model)
    built.clear()
    with pytest.raises(OSError, match="unlucky"):
        patch(model, [{"layers[0].act": "tanh"}, {"layers[0].units": 13}], realize=True)
    assert repr(model) == "Model(layers=[0: Layer(units=2, act='relu')])"
    assert model.layers[0].units == 2
    assert built == []


def test_a_failing_rule_keeps_the_runtime_state():
    model = Model(Layer(1))
    model.weights = [1, 2, 3]
    with pytest.raises(KeyError):
        patch(model, [{"layers[0].units": 5}, {"nope.x": 1}])
    assert model.weights == [1, 2, 3]
    assert model.layers[0].units == 1


# -- URIs that are applied at once are bound once ----------------------------------------------------------------------
def test_a_uri_does_what_its_patcher_does_each_time():
    seen = []

    @patcher([("n", T.Int()), ("tags", T.List(T.Str()))], name="patch_test.bound")
    def bound(target, n, tags=["a"]):  # noqa: B006
        seen.append(tags)
        return {"n": n, "tags": list(tags)}

    for uri, tags in (("patch_test.bound?3", ["a"]), ("patch_test.bound?3&b:c", ["b", "c"])):
        for rule in (uri, from_uri(uri), [uri], [uri, uri]):
            assert eq(patch(Dict(), rule), Dict(n=3, tags=tags))
    assert len({id(tags) for tags in seen}) == len(seen), "a list is the function's own each time"


def test_a_uri_means_the_definition_that_is_registered_now():
    def define(value):
        @patcher([("n", T.Int())], name="patch_test.again")
        def again(target, n):
            return {"x": (value, n)}

    define("old")
    assert patch(Dict(), "patch_test.again?1") == {"x": ("old", 1)}
    define("new")
    assert patch(Dict(), "patch_test.again?1") == {"x": ("new", 1)}


def test_uris_are_checked_like_calls():
    @patcher([("target", T.Object(Opt)), ("lr", T.Float(min_value=0.0))], name="patch_test.typed")
    def typed(target, lr):
        return {"lr": lr}

    assert patch(Opt(0.5), "patch_test.typed?0.1").lr == 0.1
    with pytest.raises(TypeError, match=r"Expect .*Opt"):
        patch(Dict(lr=1.0), "patch_test.typed?0.1")
    for _ in range(2):
        with pytest.raises(ValueError, match="out of range"):
            patch(Opt(0.5), "patch_test.typed?-1")
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'lr'"):
            patch(Opt(0.5), "patch_test.typed")


def test_validators_of_uris_and_patchers_run_in_order():
    order = []

    @patcher([("n", T.Int())], name="patch_test.ordered")
    def ordered(target, n):
        return {"n": n}, lambda result: order.append((n, result.n))

    patch(Dict(), ["patch_test.ordered?1", ordered(n=2), "patch_test.ordered?3"])
    assert order == [(1, 3), (2, 3), (3, 3)]

    @patcher(name="patch_test.refuses")
    def refuses(target):
        def check(result):
            raise ValueError("no")

        return {"n": 9}, check

    d = Dict(n=0)
    with pytest.raises(ValueError, match="no") as e:
        patch(d, ["patch_test.ordered?1", "patch_test.refuses"])
    assert d == {"n": 0}
    assert "Raised by the validator of patcher 'refuses'" in "".join(e.value.__notes__)


def test_a_subclass_may_say_how_it_patches():
    class Twice(deep_lr):  # type: ignore[misc,valid-type]
        def patch(self, value):
            return super().patch(super().patch(value).rebind(seen=True))

    assert patch(Dict(lr=1.0), [Twice(lr=0.5)]) == {"lr": 0.5, "seen": True}
