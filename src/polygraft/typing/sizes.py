"""Sizes of lists and tuples: how they are given and how they are checked."""

from __future__ import annotations

import typing
from typing import Any

from polygraft.errors import SpecValueError
from polygraft.missing import MISSING_VALUE
from polygraft.typing.field import Field


def read_sizes(
    min_size: int | None, max_size: int | None, size: int | None
) -> tuple[int, int | None, bool]:
    """The smallest and the largest size, and whether the smallest was given."""
    if size is not None:
        if min_size is not None or max_size is not None:
            raise SpecValueError(
                'Either "size" or "min_size"/"max_size" pair can be specified. '
                f"Encountered: size={size}, min_size={min_size}, max_size={max_size}."
            )
        min_size = max_size = size
    low = min_size or 0
    if low < 0:
        raise SpecValueError(f'"min_size" of List must be no less than 0. Encountered: {low}.')
    if max_size is not None and max_size < low:
        raise SpecValueError(
            f'"max_size" of List must be no less than "min_size". Encountered: min_size={low}, max_size={max_size}'
        )
    return low, max_size, min_size is not None


def check_length(kind: str, value: Any, low: int, high: int | None, path: Any) -> None:
    """Raises if a list or tuple is too short or too long."""
    n = len(value)
    if n < low:
        reason = f"less than min size ({low})"
    elif high is not None and n > high:
        reason = f"greater than max size ({high})"
    else:
        return
    raise SpecValueError(
        f"Length of {kind} {value} is {reason}. (path={'' if path is None else path})",
        path=path,
        value=value,
    )


def element_annotation(field: Field) -> Any:
    """The annotation of an element, for use within another."""
    annotation = field.annotation
    return typing.Any if annotation is MISSING_VALUE else annotation
