"""Functors: binding, calling, what they remember, classes with a constructor of their own."""

from __future__ import annotations

import copy
import json
import pickle
import textwrap
from typing import Any, ClassVar

import pytest

from polygraft.errors import AbstractValueError
from polygraft.hyper import oneof
from polygraft.serialization import from_json, to_json
from polygraft.symbolic import (
    Dict,
    Functor,
    Object,
    as_functor,
    clone,
    eq,
    explicit_method_override,
    functor,
    registry,
    transaction,
)
from polygraft.symbolic.wrapping import symbolize
from polygraft.typing import Int


@functor
def add(a, b=1):
    """Adds."""
    return a + b


@functor([("x", int), ("y", int)], auto_typing=True)
def typed(x, y: int = 2, *rest, **more):
    return (x, y, rest, more)


class Scale(Functor):
    x: float
    factor: float = 2.0

    def _call(self):
        return self.x * self.factor


class Fixed(Functor):
    x: int
    y: int = 3

    @explicit_method_override
    def __init__(self, x):
        super().__init__(x, y=10)

    def _call(self):
        return self.x + self.y


def test_arguments_are_bound_and_completed_at_the_call():
    f = add(1)
    assert f() == 2 and f(b=4) == 5 and add()(2, 3) == 5
    assert repr(f) == "add(a=1, b=1)"
    assert (f.specified_args, f.bound_args, add().unbound_args) == ({"a"}, {"a", "b"}, {"a"})
    assert add(1, 1).default_args == {"b"} and add(1, 2).non_default_args == {"a", "b"}
    assert issubclass(add, Functor) and add.__doc__ == "Adds." and not add.is_subclassed_functor()


def test_call_errors():
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'a'"):
        add()()
    with pytest.raises(TypeError, match="takes 2 positional arguments but 3 were given"):
        add()(1, 2, 3)
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'bb'\. Did you mean 'b'"):
        add(1)(bb=2)
    with pytest.raises(TypeError, match="unexpected keyword argument: 'c'"):
        add(c=1)
    with pytest.raises(TypeError, match="got new value for argument 'a'"):
        add(1)(a=2)
    assert add(1)(a=2, override_args=True) == 3
    assert add(1, ignore_extra_args=True)(c=2) == 2


def test_typed_parameters():
    assert typed(1)() == (1, 2, (), {})
    assert typed(1, 2, 3, 4, k=5)() == (1, 2, (3, 4), {"k": 5})
    with pytest.raises(TypeError):
        typed("x")
    with pytest.raises(TypeError):
        typed()("x")


def test_functors_as_classes():
    assert Scale(2)() == 4 and Scale(factor=3)(x=2.0) == 6 and Scale.is_subclassed_functor()
    s = Scale(1.0)
    s.x = 2
    assert s() == 4.0
    with pytest.raises(NotImplementedError, match="must implement `_call`"):
        type("Empty", (Functor,), {})()()


def test_functors_remember_which_arguments_were_given():
    f = add(1)
    for g in (clone(f), copy.copy(f), pickle.loads(pickle.dumps(f))):
        assert eq(g, f) and g.specified_args == {"a"} and g(b=4) == 5
    f.rebind(b=7)
    assert f.specified_args == {"a", "b"}
    with pytest.raises(TypeError, match="got new value"):
        f(b=4)


def test_undone_edits_are_forgotten_by_functors():
    f = add(1)
    with pytest.raises(RuntimeError), transaction():
        f.rebind(b=3)
        raise RuntimeError
    assert f.specified_args == {"a"} and f(b=5) == 6


def test_overriding_init_needs_a_mark():
    with pytest.raises(TypeError, match="managed method"):

        class Plain(Functor):
            x: int

            def __init__(self, x):
                super().__init__(x)


def test_functors_with_a_constructor_of_their_own_copy_and_pickle():
    f = Fixed(1)
    for g in (f, clone(f), copy.deepcopy(f), pickle.loads(pickle.dumps(f))):
        assert g() == 11 and eq(g, f)


def test_functions_as_values():
    class Holder(Object):
        fn: Any

    h = Holder(as_functor(lambda x: x + 1))
    assert h.fn(1) == 2 and h.fn.sym_parent is h


# -- functors of classes ---------------------------------------------------------------------------
class Stepper:
    """Steps."""

    made: ClassVar[list[Any]] = []

    def __init__(self, params, rate=0.1, /, *more, decay=dict, options=None):
        self.params, self.rate, self.more, self.decay, self.options = (
            params,
            rate,
            more,
            decay,
            options,
        )
        Stepper.made.append(self)


def test_functor_of_a_class_constructs_when_it_is_called():
    Steps, before = functor(Stepper), len(Stepper.made)
    f = Steps(rate=0.5, options={"a": [1]})
    assert len(Stepper.made) == before and f.unbound_args == {"params"}
    assert repr(f).startswith("Stepper(params=MISSING_VALUE, rate=0.5, more=[]")
    s = f([1, 2])
    assert type(s) is Stepper and (s.params, s.rate, s.more, s.decay) == ([1, 2], 0.5, (), dict)
    assert type(s.options) is dict and type(s.options["a"]) is list
    f.rebind(rate=0.25)
    assert f([]).rate == 0.25 and s.rate == 0.5
    assert (Steps()([], 1, 2, 3).more, Steps()([], decay=int).decay) == ((2, 3), int)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'params'"):
        f()
    with pytest.raises(TypeError, match="got new value for argument 'rate'"):
        f([], rate=1.0)


def test_what_is_given_to_a_call_of_a_functor_of_a_class_passes_untouched():
    items = [1, {"a": 2}]
    assert functor(Stepper)()(items).params is items


def test_a_class_has_one_functor_class_with_a_name_of_its_own():
    Steps, Plain = functor(Stepper), symbolize(Stepper)
    assert functor(Stepper) is Steps and Steps is not Plain
    assert registry.name_of(Steps) == registry.name_of(Plain) + "()"
    f = Steps(rate=2)
    for g in (clone(f), pickle.loads(pickle.dumps(f)), from_json(to_json(f))):
        assert type(g) is Steps and eq(g, f) and g.specified_args == {"rate"}
    assert to_json(f) == {"_type": registry.name_of(Steps), "rate": 2}  # `decay` has no JSON


def test_functor_of_a_class_refuses_placeholders_with_their_paths():
    d = Dict(steps=functor(Stepper)(rate=oneof([1, 2])))
    with pytest.raises(AbstractValueError, match=r"'steps\.rate'"):
        d.steps([])


def test_functor_of_a_class_as_a_decorator_and_with_specs():
    @functor([("x", Int(min_value=1))])
    class Point:
        def __init__(self, x, y=2):
            self.x, self.y = x, y

    assert Point(y=3)(1).y == 3
    with pytest.raises(ValueError, match="out of range"):
        Point(0)
    with pytest.raises(ValueError, match="out of range"):
        Point()(0)
    with pytest.raises(TypeError, match="is not a function"):
        functor(len)


def test_functor_of_a_function_of_another_module_pickles_and_has_its_public_name():
    f = functor(textwrap.dedent)("  a")
    g = pickle.loads(pickle.dumps(f))
    assert type(g) is type(f) and eq(f, g) and g() == "a"
    assert to_json(functor(json.decoder.JSONDecoder)(strict=False)) == {
        "_type": "json.JSONDecoder()",
        "strict": False,
    }
