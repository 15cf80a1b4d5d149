"""Hypothesis strategies for search spaces, shared by the tests of this folder."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from polygraft.geno import (
    DNA,
    CustomDecisionPoint,
    DecisionPoint,
    Space,
    constant,
    custom,
    floatv,
    manyof,
)

NAMES = st.sampled_from("abc")


def next_word(dna: DNA | None) -> DNA | None:
    """Enumerates two custom genomes."""
    return DNA("u") if dna is None else DNA("v") if dna.value == "u" else None


def random_word(r: Any, previous: DNA | None = None) -> DNA:
    """Draws a custom genome."""
    return DNA(r.choice("uvw"))


def word(location: str) -> CustomDecisionPoint:
    """Returns a custom point that can be drawn and enumerated."""
    return custom("Word", next_word, random_word, location=location)


@st.composite
def points(draw: st.DrawFn, location: str, depth: int, infinite: bool, path: str) -> DecisionPoint:
    """Draws one decision point; `path` makes names unique."""
    if infinite and draw(st.integers(0, 3)) == 0:
        return floatv(0.0, 1.0, location=location) if draw(st.booleans()) else word(location)
    n = draw(st.integers(1, 3))
    candidates = [
        draw(spaces(depth - 1, infinite, f"{path}{i}")) if depth else constant() for i in range(n)
    ]
    distinct = draw(st.booleans())
    k = draw(st.integers(1, min(n, 2) if distinct else 2))
    return manyof(
        k,
        candidates,
        distinct=distinct,
        sorted=draw(st.booleans()),
        literal_values=draw(st.sampled_from([None, [f"literal{i}" for i in range(n)]])),
        location=location,
        name=f"name{path}" if draw(st.booleans()) else None,
    )


@st.composite
def spaces(draw: st.DrawFn, depth: int = 2, infinite: bool = True, path: str = "") -> Space:
    """Draws a space of nested choices, with floats and custom points if `infinite`."""
    width = draw(st.integers(0, 2))
    return Space([draw(points(f"x{i}", depth, infinite, f"{path}_{i}")) for i in range(width)])


@st.composite
def genotypes(draw: st.DrawFn, infinite: bool = True) -> tuple[Space, DNA]:
    """Draws a space and a genotype bound to it."""
    space = draw(spaces(infinite=infinite))
    return space, space.random_dna(random.Random(draw(st.integers(0, 10**6))))
