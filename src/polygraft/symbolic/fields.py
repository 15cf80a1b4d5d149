"""Turning a value into what a field stores: conversion, defaults, validation. Nothing here attaches anything."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from polygraft.missing import MISSING_VALUE, MissingValue, is_missing
from polygraft.paths import KeyPath
from polygraft.symbolic.flags import FLAGS
from polygraft.symbolic.node import OPS, SAFE_TYPES
from polygraft.typing import Field


def fresh(value: Any) -> Any:
    """A copy of a default that shares nothing mutable with it."""
    if type(value) in SAFE_TYPES:
        return value
    ops = OPS[type(value)]
    return ops.convert(ops.clone(value, {}, True)) if ops.container else copy.deepcopy(value)


def stored_form(
    field: Field | None,
    value: Any,
    partial: bool,
    path: Callable[[], KeyPath],
    type_check: bool | None = None,
) -> Any:
    """What is stored for `value`: plain containers converted, missing values completed, the field's spec applied.

    Args:
        field: The field, or None where anything goes.
        value: The value as given; missing asks for the default.
        partial: Whether a required value may stay missing (a typed missing value is stored then).
        path: Called for the path when it is needed.
        type_check: None takes the scope's setting.
    """
    if type(value) not in SAFE_TYPES:
        value = OPS[type(value)].convert(value)
    if field is None:
        return value
    spec = field.value
    if spec.fits(value):
        return value
    if is_missing(value):
        default = spec.default
        if is_missing(default):
            if partial:
                return MissingValue(spec)
            spec.apply(MISSING_VALUE, root_path=path())  # raises
            return MISSING_VALUE
        if spec.frozen:
            return fresh(default)
        value = fresh(default)
    if type_check is None:
        type_check = FLAGS.get().type_check
    if not type_check:
        return value
    value = spec.apply(value, allow_partial=partial, root_path=path())
    return fresh(value) if spec.frozen else value
