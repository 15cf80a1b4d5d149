"""The demo goes the whole way, in one command, and leaves its files."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.frameworks
def test_quick_demo_goes_the_whole_way(tmp_path: Path) -> None:
    for module in ("keras", "jax", "sklearn", "rich", "matplotlib"):
        pytest.importorskip(module)
    path = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
    environment = {"PYTHONPATH": path, "KERAS_BACKEND": "jax", "POLYGRAFT_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "polygraft", "demo", "--quick", "--output", tmp_path / "out"],
        env={**os.environ, **environment, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    for line in ("right = 0.003", "right = 100", "right = Cifar100()", "(0): 8", "9/9", "True"):
        assert line in done.stdout, line
    assert "strides" not in done.stdout  # Arguments at their defaults are not shown.
    accuracies = re.findall(r"\b[01]\.\d{3}\b", done.stdout.partition("5. ")[2])
    assert len(accuracies) >= 9
    assert len(set(accuracies)) > 1
    assert max(map(float, accuracies)) > 0.5
    again = re.search(r"([\d.]+) +\(in the search: ([\d.]+)\)", done.stdout)
    assert again and again[1] == again[2]  # What is loaded trains to the same accuracy.
    assert (tmp_path / "out" / "accuracy.png").read_bytes().startswith(b"\x89PNG")
    assert '"_type"' in (tmp_path / "out" / "best_program.json").read_text()
