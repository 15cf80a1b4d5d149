"""`pg.detour`: another class, or a function, in place of a class."""

from __future__ import annotations

import datetime
import threading
from typing import Any

import pytest

import polygraft as pg


class A:
    def __init__(self, x: int = 0):
        self.x = x
        self.inits = getattr(self, "inits", 0) + 1


class B:
    def __init__(self, x: int = 0):
        self.x = x + 100


class C:
    def __init__(self, x: int = 0):
        self.x = x + 200


class SubA(A):
    pass


def test_a_class_takes_the_place_of_another_with_the_same_arguments() -> None:
    with pg.detour([(A, B)]) as mappings:
        assert mappings == {A: B}
        assert pg.detouring.current_mappings() == {A: B}
        made = A(1)
        assert type(made) is B
        assert made.x == 101
        assert type(A(x=2)) is B
        assert type(SubA(1)) is SubA
    assert pg.detouring.current_mappings() == {}
    assert type(A(1)) is A


def test_a_function_is_told_the_class_and_meets_the_real_one() -> None:
    def make(cls: type, x: int = 0) -> Any:
        assert cls is A
        return ["made", type(A(x)), x]

    with pg.detour([(A, make)]):
        assert A(3) == ["made", A, 3]
    assert type(A(3)) is A


def test_python_initializes_what_a_function_returns_if_it_is_an_instance_of_the_source() -> None:
    with pg.detour([(A, lambda cls, x: A(x + 1))]):
        made = A(3)
    assert (made.x, made.inits) == (3, 2)


def test_a_wrapped_object_from_a_function_keeps_its_arguments() -> None:
    class Plain:
        def __init__(self, x: int):
            self.x = x

    wrapper = pg.symbolize(Plain)
    with pg.detour([(Plain, lambda cls, x: wrapper(x + 1))]):
        made = Plain(3)
    assert (made.x, pg.args(made).x) == (4, 4)


def test_a_subclass_is_initialized_once() -> None:
    with pg.detour([(A, SubA)]):
        made = A(1)
    assert type(made) is SubA
    assert made.inits == 1


def test_swapping_is_one_step() -> None:
    with pg.detour([(A, B), (B, A)]):
        assert type(A()) is B
        assert type(B()) is A


def test_no_chain_within_a_list_but_functions_meet_the_others() -> None:
    with pg.detour([(A, B), (B, C)]):
        assert type(A()) is B
    with pg.detour([(A, B), (C, lambda cls, *args: A(*args))]):
        assert type(C()) is B


def test_nested_scopes() -> None:
    with pg.detour([(B, C)]), pg.detour([(A, B)]) as mappings:
        assert mappings == {A: C, B: C}
        assert type(A()) is C
    with pg.detour([(A, B), (C, A)]), pg.detour([(A, C), (B, C)]) as mappings:
        assert mappings == {A: B, B: A, C: A}
        assert (type(A()), type(B()), type(C())) == (B, A, A)


def test_a_new_that_returns_something_else_is_respected() -> None:
    class Odd:
        def __new__(cls, x: int) -> Any:
            return f"odd {x}"

    with pg.detour([(A, Odd)]):
        assert A(1) == "odd 1"


def test_custom_new_in_multiple_inheritance_runs_once() -> None:
    calls: list[str] = []

    class Base:
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            calls.append("Base")
            return super().__new__(cls)

    class Other:
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            calls.append("Other")
            return super().__new__(cls, *args, **kwargs)

    class Both(Other, Base):
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            calls.append("Both")
            return super().__new__(cls, *args, **kwargs)

        def __init__(self, x: int):
            calls.append("init")
            self.x = x

    with pg.detour([(A, Both)]):
        assert A(1).x == 1
    assert calls == ["Both", "Other", "Base", "init"]
    calls.clear()
    with pg.detour([(Both, A), (Other, A), (Base, A)]):
        assert type(Both(1)) is A
        assert type(Base()) is A
        assert calls == []
    assert Both(1).x == 1
    assert calls == ["Both", "Other", "Base", "init"]


def test_undetoured_new() -> None:
    with pg.detour([(A, B)]):
        real = pg.detouring.undetoured_new(A, 5)
        assert (type(real), real.x, real.inits) == (A, 5, 1)
        assert type(A()) is B
        assert type(pg.detouring.undetoured_new(C)) is C
    assert type(pg.detouring.undetoured_new(A)) is A


def test_undetoured_new_that_fails_leaves_no_trace() -> None:
    with pg.detour([(A, B)]):
        with pytest.raises(TypeError):
            pg.detouring.undetoured_new(A, 1, 2, 3)
        assert type(A()) is B


def test_wrapped_classes_and_objects_as_sources() -> None:
    class Plain:
        def __init__(self, x: int):
            self.x = x

    class Fields(pg.Object):
        x: int

    wrapper = pg.symbolize(Plain)
    with pg.detour([(wrapper, A), (Fields, B)]):
        assert type(wrapper(1)) is A
        assert type(Fields(1)) is B
        assert type(Plain(1)) is Plain
    assert type(wrapper(1)) is wrapper
    assert Fields(1) == Fields(x=1)
    assert pg.clone(Fields(1)).x == 1
    assert wrapper.partial().sym_init_args


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ((1, A), "Detour source 1 is not a class."),
        ((A, 1), "Detour destination 1 is not a class or a function."),
        ((datetime.date, A), "implemented in C"),
        ((int, A), "implemented in C"),
    ],
)
def test_wrong_mappings_are_refused_and_nothing_is_redirected(mapping: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message), pg.detour([(A, B), mapping]):
        pass
    assert pg.detouring.current_mappings() == {}
    assert type(A()) is A


def test_errors_leave_the_scope() -> None:
    with pytest.raises(ZeroDivisionError), pg.detour([(A, B)]):
        raise ZeroDivisionError
    assert type(A()) is A


def test_threads_have_their_own_scopes() -> None:
    seen: dict[str, Any] = {}
    barrier = threading.Barrier(2, timeout=10)

    def run(name: str, scope: Any) -> None:
        with scope:
            barrier.wait()
            seen[name] = type(A())
            barrier.wait()

    threads = [
        threading.Thread(target=run, args=("b", pg.detour([(A, B)]))),
        threading.Thread(target=run, args=("c", pg.detour([(A, C)]))),
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert seen == {"b": B, "c": C}
    assert type(A()) is A
