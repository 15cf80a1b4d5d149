"""The comparison with hyperparameter containers runs, and its claim holds."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.frameworks
def test_both_ways_give_the_same_program_and_symbolizing_saves_lines() -> None:
    pytest.importorskip("keras")
    pytest.importorskip("jax")
    path = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "hparams_comparison.py"],
        env={**os.environ, "PYTHONPATH": path, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "Both ways lead to the same program: True" in done.stdout
    rows = re.findall(r"^(make|describe|change) .* (\d+) +(\d+)$", done.stdout, re.MULTILINE)
    assert [row[0] for row in rows] == ["make", "describe", "change"]
    containers, symbolic = (sum(int(row[i]) for row in rows) for i in (1, 2))
    assert f"Symbolizing saves {containers - symbolic} of {containers} lines." in done.stdout
    assert containers > 2 * symbolic
