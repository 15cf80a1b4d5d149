"""Type checkers see in users' programs what is true of them: `typing_examples/right` and `typing_examples/wrong`.

The right programs are accepted, and run. In the wrong ones the checkers report the marked lines and no others; a mark
names what each of the two reports there: `# E: reportCallIssue | call-arg`, or `-` where one has nothing to say.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent / "typing_examples"
SOURCES = Path(__file__).parents[1] / "src"
RIGHT = sorted((EXAMPLES / "right").glob("*.py"))
WRONG = sorted((EXAMPLES / "wrong").glob("*.py"))
MARK = re.compile(r"# E: (\S+) \| (\S+)$")

#: (file, line) → the rules that are broken there.
Report = dict[tuple[str, int], set[str]]


def needs(module: str) -> pytest.MarkDecorator:
    missing = importlib.util.find_spec(module) is None
    return pytest.mark.skipif(missing, reason=f"{module} is not installed")


def place(path: str) -> str:
    return "/".join(Path(path).parts[-2:])


def pyright(mode: str, tmp_path: Path) -> Report:
    config = {
        "extraPaths": [str(SOURCES)],
        "typeCheckingMode": mode,
        # Overrides of hooks may be left without annotations; strict mode has a rule against just that.
        "reportMissingParameterType": "none",
        "reportIncompatibleVariableOverride": "error",
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config))
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
        + ["--project", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    answer = json.loads(done.stdout)
    assert answer["summary"]["filesAnalyzed"] == len(RIGHT) + len(WRONG)
    report: Report = defaultdict(set)
    for d in answer["generalDiagnostics"]:
        if d["severity"] == "error":
            report[place(d["file"]), d["range"]["start"]["line"] + 1].add(d.get("rule", "syntax"))
    return report


def mypy(tmp_path: Path) -> Report:
    report: Report = defaultdict(set)
    for files in RIGHT, WRONG:  # programs of the same name
        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--follow-imports=silent", "--config-file="]
            + ["--cache-dir", str(tmp_path), "--no-error-summary", *map(str, files)],
            capture_output=True,
            text=True,
            check=False,
            env={"MYPYPATH": str(SOURCES), "PATH": ""},
        )
        assert done.returncode in (0, 1), done.stdout + done.stderr
        for line in done.stdout.splitlines():
            found = re.match(r"(.*?):(\d+): error: .* \[(\S+)\]$", line)
            if found:
                report[place(found[1]), int(found[2])].add(found[3])
    return report


def marked(checker: int) -> Report:
    report: Report = {}
    for path in WRONG:
        for i, line in enumerate(path.read_text().splitlines(), 1):
            found = MARK.search(line)
            assert found or "# E" not in line, (path.name, line)
            if found and found[checker] != "-":
                report[place(str(path)), i] = set(found[checker].split(","))
    return report


@needs("pyright")
@pytest.mark.slow
@pytest.mark.parametrize("mode", ["basic", "strict"])
def test_pyright_sees_what_is_true(mode, tmp_path):
    expected, found = marked(1), pyright(mode, tmp_path)
    for line in expected:  # strict mode adds that it does not know the type of what is wrong
        found[line] = {rule for rule in found[line] if not rule.startswith("reportUnknown")}
    assert found == expected


@needs("mypy")
@pytest.mark.slow
def test_mypy_sees_what_is_true(tmp_path):
    assert mypy(tmp_path) == marked(2)


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_what_is_right_runs(path, tmp_path):
    env = {**os.environ, "PYTHONPATH": str(SOURCES)}
    done = subprocess.run(
        [sys.executable, str(path)],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
