"""Laws of comparison, hashing and scopes: equality is an equivalence that hashes respect, order is a total preorder."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import polygraft as pg
from polygraft.symbolic import (
    get_origin_stacktrace_limit,
    is_change_notification_enabled,
    is_tracking_origin,
    is_type_check_enabled,
    is_under_accessor_writable_scope,
    is_under_partial_scope,
    is_under_sealed_scope,
    should_call_functors_during_init,
)

np = pytest.importorskip("numpy")


class Pair(pg.Object):
    x: Any = None
    y: Any = None


class Sub(Pair):
    pass


@pg.symbolize
class Wrapped:
    def __init__(self, p, q=1):
        pass


@pg.functor
def call(a, b=1):
    return a


arrays = st.sampled_from(
    [np.zeros(2), np.zeros(2, int), np.ones(2), np.zeros((2, 1)), np.zeros(())]
)
scalars = st.sampled_from(
    [None, True, False, 0, 1, 2, 1.0, 1.5, "", "a", "b", (), pg.MISSING_VALUE]
)
KEYS = st.sampled_from(["a", "b", 3])


def containers(v):
    return st.one_of(
        st.dictionaries(KEYS, v, max_size=2),
        st.dictionaries(KEYS, v, max_size=2).map(pg.Dict),
        st.lists(v, max_size=2),
        st.lists(v, max_size=2).map(pg.List),
        st.tuples(v, v),
        st.builds(Pair, v, v),
        st.builds(Sub, v),
        st.builds(Wrapped, v),
        st.builds(Wrapped, v, v),
        st.builds(call, v),
    )


#: Few different values, so that many are equal.
values = st.recursive(scalars, containers, max_leaves=4)
with_arrays = st.recursive(scalars | arrays, containers, max_leaves=4)
ordered = st.recursive(
    scalars,
    lambda v: st.one_of(
        st.dictionaries(KEYS, v, max_size=2).map(pg.Dict),
        st.lists(v, max_size=2),
        st.lists(v, max_size=2).map(pg.List),
        st.tuples(v, v),
        st.builds(Pair, v, v),
        st.builds(Sub, v),
    ),
    max_leaves=4,
)


@settings(max_examples=300)
@given(with_arrays, with_arrays, with_arrays)
def test_equality_is_an_equivalence(a, b, c):
    assert pg.eq(a, a) and pg.eq(a, pg.clone(a, deep=True))
    assert pg.eq(a, b) == pg.eq(b, a) == (not pg.ne(a, b))
    if pg.eq(a, b) and pg.eq(b, c):
        assert pg.eq(a, c)


def hashed(x):
    """The symbolic hash; None where a value can't be hashed: plain lists and dicts, bare arrays."""
    try:
        return pg.hash(x)
    except TypeError:
        return None


@settings(max_examples=300)
@given(with_arrays, with_arrays)
def test_equal_values_hash_alike(a, b):
    copy = pg.clone(a, deep=True)
    assert hashed(a) == hashed(copy)
    if pg.eq(a, b) and None not in (hashed(a), hashed(b)):
        assert hashed(a) == hashed(b)


@given(values.filter(lambda v: isinstance(v, (pg.Object, pg.Dict, pg.List))), values)
def test_python_operators_agree_with_hashes(a, b):
    assert (a != b) is not (a == b)
    if a == b and isinstance(b, (pg.Object, pg.Dict, pg.List)) and hashed(a) is not None:
        assert hash(a) == hash(b)
        assert b in {a}


@settings(max_examples=400)
@given(ordered, ordered, ordered)
def test_order_is_a_total_preorder(a, b, c):
    assert not pg.lt(a, a) and not pg.gt(a, a)
    assert pg.gt(a, b) == pg.lt(b, a)
    assert not (pg.lt(a, b) and pg.lt(b, a))
    if pg.eq(a, b):
        assert not pg.lt(a, b) and not pg.gt(a, b)
    if pg.lt(a, b) and pg.lt(b, c):
        assert pg.lt(a, c)
    # Neither smaller nor greater is transitive, too: sorting is well defined.
    if not pg.lt(a, b) and not pg.lt(b, a) and not pg.lt(b, c) and not pg.lt(c, b):
        assert not pg.lt(a, c) and not pg.lt(c, a)


# -- scopes ----------------------------------------------------------------------------------------
SCOPES = {
    pg.notify_on_change: (is_change_notification_enabled, [True, False], True),
    pg.enable_type_check: (is_type_check_enabled, [True, False], True),
    pg.track_origin: (is_tracking_origin, [True, False], False),
    pg.auto_call_functors: (should_call_functors_during_init, [True, False], None),
    pg.allow_writable_accessors: (is_under_accessor_writable_scope, [True, False, None], None),
    pg.as_sealed: (is_under_sealed_scope, [True, False, None], None),
    pg.allow_partial: (is_under_partial_scope, [True, False, None], None),
}
entered = st.lists(
    st.sampled_from(list(SCOPES)).flatmap(
        lambda scope: st.tuples(st.just(scope), st.sampled_from(SCOPES[scope][1]), st.booleans())
    ),
    max_size=6,
)


def settings_here():
    return {scope.__name__: read() for scope, (read, _, _) in SCOPES.items()}


DEFAULTS = {scope.__name__: default for scope, (_, _, default) in SCOPES.items()}


@given(entered)
def test_scopes_nest_and_are_left_as_they_were_entered(scopes):
    """Each may be left by an exception; a thread that starts inside has the defaults."""
    expected = [settings_here()]
    assert expected == [DEFAULTS]
    with contextlib.ExitStack() as stack:
        for scope, value, fails in scopes:
            if fails:
                with pytest.raises(InterruptedError), scope(value):
                    raise InterruptedError
                assert settings_here() == expected[-1]
            stack.enter_context(scope(value))
            expected.append({**expected[-1], scope.__name__: value})
            assert settings_here() == expected[-1]
        if scopes:
            seen: list[Any] = []
            thread = threading.Thread(target=lambda: seen.append(settings_here()))
            thread.start()
            thread.join()
            assert seen == [DEFAULTS]
        for _ in scopes:
            assert settings_here() == expected.pop()
            stack._exit_callbacks.pop()[1](None, None, None)
    assert settings_here() == DEFAULTS


@given(st.sampled_from(list(SCOPES)), st.booleans())
def test_objects_keep_their_own_flags(scope, value):
    assume(scope is not pg.auto_call_functors)
    x = pg.Dict(a=1, sealed=True)
    y = Pair(1).set_accessor_writable()
    with scope(value):
        assert x.sym_sealed and y.accessor_writable and not x.allow_partial
    assert x.sym_sealed and y.accessor_writable and not x.allow_partial


def test_limits_hold_for_the_process():
    limit = get_origin_stacktrace_limit()
    try:
        pg.set_origin_stacktrace_limit(3)
        assert get_origin_stacktrace_limit() == 3
    finally:
        pg.set_origin_stacktrace_limit(limit)


def test_an_array_of_one_number_is_no_list_of_it():
    zero = np.zeros(())
    for other in ([0.0], (0.0,), [], (None, np.zeros(2)), {}, pg.List([0.0])):
        assert not pg.eq(zero, other) and not pg.eq(other, zero)
    assert pg.eq(zero, 0.0) and pg.eq(0.0, zero) and not pg.eq(zero, "a") and not pg.eq(None, zero)
