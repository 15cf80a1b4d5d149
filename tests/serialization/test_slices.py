"""Slices in files."""

import pytest

import polygraft as pg
from polygraft.errors import DeserializationError
from polygraft.serialization import SerializationError


def test_slices_come_back():
    for value in (slice(3), slice(1, None, 2), slice(None)):
        assert pg.from_json_str(pg.to_json_str([value]))[0] == value


def test_bounds_are_integers():
    with pytest.raises(SerializationError, match=r"its bounds are no integers. \(path=a\)"):
        pg.to_json({"a": slice("x")})
    with pytest.raises(DeserializationError, match=r"A 'slice' has integers or null"):
        pg.from_json({"_type": "slice", "start": True})
