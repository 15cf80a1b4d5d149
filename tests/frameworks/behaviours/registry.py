"""The behaviours that real frameworks must keep, as plain functions: they run under this library and under PyGlove.

A behaviour takes the library (`pg`), asserts what must hold, and returns None ("works") or a sentence that says why
the thing is refused ("a stated reason"), after having seen the refusal. It imports neither library by name, so that
the table in `docs/frameworks.md` can show both results side by side. What it needs of the framework it imports itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Check = Callable[[Any], "str | None"]


@dataclass(frozen=True)
class Behaviour:
    """One row of the table.

    Attributes:
        framework: `Keras`, `PyTorch`, `Flax`, `scikit-learn` or `any class`.
        title: What the user does and may expect; the text of the row.
        check: The function.
        peer: False if PyGlove has no such thing at all: the row then says so without trying.
        slow: True if it takes more than about five seconds.
    """

    framework: str
    title: str
    check: Check
    peer: bool = True
    slow: bool = False


BEHAVIOURS: list[Behaviour] = []


def behaviour(
    framework: str, title: str, *, peer: bool = True, slow: bool = False
) -> Callable[[Check], Check]:
    """Registers a function as a row of the table."""

    def register(check: Check) -> Check:
        BEHAVIOURS.append(Behaviour(framework, title, check, peer, slow))
        return check

    return register
