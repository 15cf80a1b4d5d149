"""Missing values: one untyped singleton, typed ones beside it."""

import copy
import pickle

from polygraft import typing as T
from polygraft.formatting import format
from polygraft.missing import MISSING_VALUE, MaybePartial, MissingValue, is_missing


def test_untyped_one_is_a_singleton():
    assert MissingValue() is MISSING_VALUE
    assert copy.copy(MISSING_VALUE) is MISSING_VALUE
    assert copy.deepcopy([MISSING_VALUE])[0] is MISSING_VALUE
    assert pickle.loads(pickle.dumps(MISSING_VALUE)) is MISSING_VALUE
    assert bool(MISSING_VALUE)


def test_equality_and_hash():
    a, b, c = MissingValue(T.Int()), MissingValue(T.Int()), MissingValue(T.Str())
    assert a == MISSING_VALUE == a
    assert a == b
    assert a != c
    assert a != 1
    assert hash(a) == hash(c) == hash(MISSING_VALUE)


def test_typed_ones_keep_their_spec():
    spec = T.Int(min_value=1)
    value = MissingValue(spec)
    assert copy.deepcopy(value).value_spec is spec
    assert pickle.loads(pickle.dumps(value)) == value
    assert is_missing(value) and not is_missing(None)


def test_text():
    value = MissingValue(T.Int())
    assert str(MISSING_VALUE) == repr(MISSING_VALUE) == repr(value) == "MISSING_VALUE"
    assert str(value) == format(value) == "MISSING_VALUE(Int())"
    assert format(value, compact=True) == "MISSING_VALUE"


def test_partial_objects_are_asked_through_their_type():
    class Thing(MaybePartial):
        is_partial = "mine"

        def missing_values(self, flatten=True):
            return {"a": MISSING_VALUE}

    assert Thing().is_partial == "mine"
    assert Thing.__pg_is_partial__(Thing())
