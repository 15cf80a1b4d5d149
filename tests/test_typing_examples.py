"""Type checkers see in a user's program what is true of it: `typing_examples/good.py` and `bad.py`."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent / "typing_examples"
SOURCES = Path(__file__).parents[1] / "src"


def needs(module: str) -> pytest.MarkDecorator:
    missing = importlib.util.find_spec(module) is None
    return pytest.mark.skipif(missing, reason=f"{module} is not installed")


def pyright(path: Path, mode: str, tmp_path: Path) -> dict[int, str]:
    """Line → message of what pyright reports of a file."""
    config = {
        "extraPaths": [str(SOURCES)],
        "typeCheckingMode": mode,
        # Overrides of hooks may be left without annotations; strict mode has a rule against just that.
        "reportMissingParameterType": "none",
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config))
    shutil.copy(path, tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
        + ["--project", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)["generalDiagnostics"]
    return {
        d["range"]["start"]["line"] + 1: d["message"] for d in found if d["severity"] == "error"
    }


def mypy(path: Path, tmp_path: Path) -> dict[int, str]:
    """Line → message of what mypy reports of a file."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--follow-imports=silent", "--config-file="]
        + ["--cache-dir", str(tmp_path), "--no-error-summary", str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={"MYPYPATH": str(SOURCES), "PATH": ""},
    )
    found = (re.match(r".*?:(\d+): error: (.*)", line) for line in done.stdout.splitlines())
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return {int(m[1]): m[2] for m in found if m}


def check(path: Path, reported: dict[int, str]) -> None:
    lines = path.read_text().splitlines()
    expected = {i for i, line in enumerate(lines, 1) if line.endswith("# E")}
    surplus = {i: message for i, message in reported.items() if i not in expected}
    assert not surplus
    assert not {i: lines[i - 1] for i in expected - reported.keys()}


@needs("pyright")
@pytest.mark.slow
@pytest.mark.parametrize("mode", ["basic", "strict"])
@pytest.mark.parametrize("name", ["good.py", "bad.py"])
def test_pyright_sees_what_is_true(name, mode, tmp_path):
    check(EXAMPLES / name, pyright(EXAMPLES / name, mode, tmp_path))


@needs("mypy")
@pytest.mark.slow
@pytest.mark.parametrize("name", ["good.py", "bad.py"])
def test_mypy_sees_what_is_true(name, tmp_path):
    check(EXAMPLES / name, mypy(EXAMPLES / name, tmp_path))
