from pathlib import Path

import pytest
from tests.evolution import differential

import polygraft as pg

EXPECTED = Path(__file__).with_name("pyglove-0.4.5.txt").read_text().splitlines()
GIVEN = dict(line.split(": ") for line in differential.lines(pg))


@pytest.mark.parametrize("line", EXPECTED, ids=lambda line: line.partition(":")[0])
def test_seeded_runs_are_those_of_pyglove(line):
    name, expected = line.split(": ")
    assert GIVEN[name] == expected
