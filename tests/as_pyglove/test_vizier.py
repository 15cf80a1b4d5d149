"""Google Vizier, which imports pyglove, on this library: its own tests, and a search on its service.

The environment is `.envs/vizier` (see `scripts/framework-environment`), or that of the Python that
POLYGRAFT_VIZIER_PYTHON names.
"""

import json
import os
import pathlib
import subprocess

import pytest

PYTHON = pathlib.Path(
    os.environ.get("POLYGRAFT_VIZIER_PYTHON")
    or pathlib.Path(__file__).parents[2] / ".envs" / "vizier" / "bin" / "python"
)
pytestmark = [
    pytest.mark.skipif(not PYTHON.exists(), reason="needs Vizier's environment"),
    pytest.mark.vizier,
]
SOURCE = pathlib.Path(__file__).parents[2] / "src"


def worker(*arguments):
    file = pathlib.Path(__file__).with_name("vizier_worker.py")
    done = subprocess.run(
        [str(PYTHON), str(file), *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_its_own_tests_pass():
    modules = ["converters_test", "pythia_test", "e2e_test", "oss_vizier_test"]
    answers = worker("tests", *[f"vizier._src.pyglove.{m}" for m in modules])
    assert len(answers) == 30
    bad = {test.rpartition(".")[2]: error for test, error in answers.items() if error}
    # It runs Vizier's default algorithm, which needs TensorFlow Probability: with PyGlove it fails here as well.
    assert "tensorflow_probability" in bad.pop("testSample")
    assert bad.pop("testSampleWithSearchAlgorithmStopIteration").startswith("skipped")
    assert bad == {}


def test_a_search_runs_on_its_service():
    answer = worker("search")
    assert answer["backend"] == "oss_vizier" and answer["same modules"]
    assert answer["trials"] == 12 and answer["recorded"] == answer["rewards"]
    assert answer["best"] == max(answer["rewards"])
    assert answer["best program"].startswith("{\n  layers = [\n    0 : Layer(\n      units = ")
