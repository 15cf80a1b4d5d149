"""Every behaviour of the table works with this library, or is refused for a reason that it states.

Here they run with what is installed, Keras on the backend of `KERAS_BACKEND`; `scripts/frameworks-table` runs
them in every environment and beside PyGlove.
"""

from typing import Any

import pytest
from tests.frameworks.runner import NEEDS, all_modules, load

import polygraft as pg


def parameters() -> list[Any]:
    found: list[Any] = []
    for b in load(all_modules()):
        marks = [pytest.mark.frameworks] if NEEDS[b.framework] else []
        marks += [pytest.mark.slow] if b.slow else []
        found.append(pytest.param(b, marks=marks, id=f"{b.framework}: {b.title}"))
    return found


@pytest.mark.parametrize("behaviour", parameters())
def test_behaviour_works_or_is_refused_for_a_reason(behaviour: Any) -> None:
    for name in NEEDS[behaviour.framework]:
        pytest.importorskip(name)
    stated = behaviour.check(pg)
    assert stated is None or stated.strip().endswith(".")
