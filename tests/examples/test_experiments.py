"""Programs that know nothing of the library join it; rules that do not know them change them after training."""

import ast
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = ROOT / "examples" / "experiments"

#: Program → what it needs, and the rules that find nothing to change in it.
PROGRAMS = {
    "torch_lenet": ("torch", {"other_normalisation"}),
    "torch_resnet": ("torch", {"normalise"}),
    "transformer_block": ("torch", {"normalise"}),
    "keras_mlp": ("keras", {"other_normalisation"}),
    "keras_convnet": ("keras", {"normalise"}),
    "keras_text": ("keras", {"other_normalisation"}),
    "flax_mlp": ("flax", {"normalise"}),
    # No dropout in scikit-learn; and its pipeline normalises already.
    "sklearn_pipeline": ("sklearn", {"normalise", "dropout"}),
}


def test_programs_and_rules_do_not_know_each_other():
    classes = set()
    for name in PROGRAMS:
        text = (HERE / f"{name}.py").read_text(encoding="utf-8")
        assert not re.search(r"polygraft|symboli|\bpg\b", text), name
        classes |= {c.name for c in ast.parse(text).body if isinstance(c, ast.ClassDef)}
    assert classes >= {"LeNet", "ResNet", "Transformer", "TextClassifier", "MLP"}
    known = set(re.findall(r"\w+", (HERE / "rules.py").read_text(encoding="utf-8")))
    assert not known & (classes | set(PROGRAMS))


@pytest.mark.frameworks
@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_experiment_goes_the_whole_way(name):
    framework, idle = PROGRAMS[name]
    for package in (framework, "sklearn"):
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    path = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, HERE / "run.py", name],
        env={**os.environ, "PYTHONPATH": path, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        timeout=280,
    )
    # It checks itself that what is loaded equals what was saved, and trains to the same score.
    assert done.returncode == 0, done.stderr[-3000:]
    scores = re.match(
        rf"{name}: accuracy (0\.\d+|1\.0+), and (0\.\d+|1\.0+) with all rules", done.stdout
    )
    assert scores is not None, done.stdout
    assert min(map(float, scores.groups())) > 0.8
    counts = dict(re.findall(r"^    (\w+)\S* +(\d+|no) changes?$", done.stdout, re.MULTILINE))
    assert len(counts) == 7
    assert {rule for rule, count in counts.items() if count == "no"} == idle
