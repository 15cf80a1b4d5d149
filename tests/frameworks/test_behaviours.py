"""Every behaviour of the table works with this library, or is refused for a reason that it states.

Here they run with what is installed, Keras on the backend of `KERAS_BACKEND`; `scripts/frameworks-table` runs
them in every environment and beside PyGlove. Each framework has a process of its own, as in the table: PyTorch's
loaders fork, which a process where JAX has computed does not survive for sure.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.frameworks.runner import NEEDS, Worker, all_modules, load


def parameters() -> list[Any]:
    found: list[Any] = []
    for b in load(all_modules()):
        marks = [pytest.mark.frameworks] if NEEDS[b.framework] else []
        marks += [pytest.mark.slow] if b.slow else []
        found.append(pytest.param(b, marks=marks, id=f"{b.framework}: {b.title}"))
    return found


@pytest.fixture(scope="module")
def workers() -> Iterator[dict[str, Worker]]:
    workers: dict[str, Worker] = {}
    yield workers
    for worker in workers.values():
        worker.close()


@pytest.mark.parametrize("behaviour", parameters())
def test_behaviour_works_or_is_refused_for_a_reason(
    behaviour: Any, workers: dict[str, Worker]
) -> None:
    framework = behaviour.framework
    for name in NEEDS[framework]:
        pytest.importorskip(name)
    if framework not in workers:
        workers[framework] = Worker("polygraft", all_modules(), framework, quiet=False)
    worker = workers[framework]
    kind, reason = worker.run(worker.number_of(framework, behaviour.title), behaviour.slow)
    if worker.lost:
        del workers[framework]
    assert kind in ("works", "stated"), f"{kind}: {reason}"
    assert kind == "works" or reason.strip().endswith(".")
