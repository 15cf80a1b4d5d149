"""The notebook's cells print what the founding notebook printed (`expected/NN.txt`).

Exactly, but for three things that the installed Keras and the machine decide: training
logs and accuracies, memory addresses, and the argument lists of Keras classes. Where a
print holds such a list, its structure is compared.

The cells run in a Jupyter kernel, or, where none is installed, one after the other in a process.
Keras's backend is that of `KERAS_BACKEND`: `KERAS_BACKEND=torch <python> -m pytest tests/examples/test_notebook.py`.
"""

import importlib
import importlib.util
import inspect
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")

ROOT = Path(__file__).parents[2]
EXPECTED = Path(__file__).with_name("expected")
CELLS = tuple(str(n) for n in range(1, 25))

SWEEP = "19"
WITH_KERAS_ARGUMENTS = {"3", "5", "8", SWEEP}
"""Cells whose prints hold whole argument lists of Keras classes."""

RENAMED = {("LeakyReLU", "alpha"): "negative_slope"}
CHANGED_DEFAULTS = {("SparseCategoricalCrossentropy", "reduction"), ("Adam", "name")}
"""What Keras 3 calls otherwise, and where it has another default than Keras 2."""

BEST_FILTERS = re.compile(r"(?<=filters = )\d+")
"""In the best program of the sweep; which one that is, training decides."""

TRAINING_LOG = re.compile(r"Epoch \d+/\d+$|\s*\d+/\d+ .*(step|epoch)|Downloading data|No download")
VARYING = (
    (re.compile(r"^[01]\.\d+(e-\d+)?$"), "<accuracy>"),
    (re.compile(r"(?<=accuracy=)[\d.]+"), "<accuracy>"),
    (re.compile(r"^(\d+ DNA\(.*\)) [\d.]+$"), r"\1 <accuracy>"),
    (re.compile(r"0x[0-9a-f]+"), "0x<address>"),
)


def test_notebook_has_all_founding_cells_in_order() -> None:
    titles = [c.title for c in _builder().read_cells() if not c.is_markdown]
    assert titles == ["setup", *CELLS]


@pytest.mark.slow
@pytest.mark.frameworks
def test_notebook_prints_as_founding_notebook(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # One test, because the cells build on each other; it tells of every cell that differs.
    for module in ("keras", os.environ["KERAS_BACKEND"], "sklearn"):
        pytest.importorskip(module)
    monkeypatch.setenv("POLYGRAFT_OFFLINE", "1")
    sources = str(ROOT / "src")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([sources, *_inherited_path()]))
    kernel = all(importlib.util.find_spec(m) for m in ("nbformat", "nbclient", "ipykernel"))
    printed = _printed_in_kernel() if kernel else _printed_in_process(tmp_path)
    differences: list[AssertionError] = []
    for title in CELLS:
        try:
            text, errors = printed[title]
            assert errors == ""  # Nothing may go to standard error.
            text, expected = _steady(text), _expected(title)
            if title == SWEEP:
                text, expected = (BEST_FILTERS.sub("<best>", t) for t in (text, expected))
            if title in WITH_KERAS_ARGUMENTS:
                assert_same_structure(parse(text), parse(expected), whole="Diff(" not in text)
            else:
                assert text == expected
        except AssertionError as difference:
            difference.add_note(f"in cell {title}")
            differences.append(difference)
    if differences:
        raise ExceptionGroup("prints differ from the founding notebook", differences)


def test_structure_comparison_sees_what_differs() -> None:
    pytest.importorskip("keras")
    relu = ["x = ReLU(", "max_value = None,", "negative_slope = 0.0,", "threshold = 0.0", ")"]
    text = "\n".join(["A(", *relu, ")"])
    good = parse(text)
    assert good.arguments == {"x": "ReLU"}
    assert good.children["x"].class_name == "ReLU"
    assert_same_structure(good, good)
    for bad in (
        text.replace("0.0", "0.1"),
        text.replace("ReLU", "Dense"),
        text.replace("threshold", "treshold"),
        text.replace("x = R", "y = R"),
    ):
        with pytest.raises(AssertionError):
            assert_same_structure(parse(bad), good)


def test_cells_run_in_a_process_as_in_a_kernel(tmp_path: Path) -> None:
    cells = [("1", "import polygraft as pg\nx = pg.Dict(a=1)\nprint(x)\nx.a"), ("2", "x.a = 2\nx")]
    assert _run_in_process(tmp_path, cells) == {
        "1": ("{\n  a = 1\n}\n1\n", ""),
        "2": ("{a=2}\n", ""),
    }


def _printed_in_kernel() -> dict[str, tuple[str, str]]:
    """Title of a cell → what it shows, and what it writes to standard error."""
    builder = _builder()
    notebook = builder.tidy(builder.execute(builder.to_notebook(builder.read_cells())))
    return {c.metadata["title"]: _outputs(c) for c in notebook.cells if "title" in c.metadata}


def _outputs(cell: Any) -> tuple[str, str]:
    errors = [o.text for o in cell.outputs if o.get("name") == "stderr"]
    texts = [o["text"] if "text" in o else o["data"]["text/plain"] + "\n" for o in cell.outputs]
    return "".join(texts), "".join(errors)


def _printed_in_process(folder: Path) -> dict[str, tuple[str, str]]:
    """The same, without a kernel."""
    builder = _builder()
    cells = [(c.title, c.text) for c in builder.read_cells() if not c.is_markdown]
    printed = _run_in_process(folder, cells)
    return {
        title: (builder.screen_text(text), builder.screen_text(errors))
        for title, (text, errors) in printed.items()
    }


def _run_in_process(folder: Path, cells: list[tuple[str, str]]) -> dict[str, tuple[str, str]]:
    (folder / "cells.json").write_text(json.dumps(cells), encoding="utf-8")
    script = Path(__file__).with_name("run_cells.py")
    command = [sys.executable, str(script), "cells.json", "printed.json"]
    # The images are tiny: on a busy machine PyTorch's threads would only wait for each other.
    environment = {"OMP_NUM_THREADS": "1", **os.environ}
    subprocess.run(command, cwd=folder, check=True, timeout=900, env=environment)
    printed = json.loads((folder / "printed.json").read_text(encoding="utf-8"))
    return {title: (text, errors) for title, text, errors in printed}


def _builder() -> ModuleType:
    path = ROOT / "examples" / "build_notebook.py"
    spec = importlib.util.spec_from_file_location("build_notebook", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # Its dataclass looks itself up there.
    spec.loader.exec_module(module)
    return module


def _inherited_path() -> list[str]:
    return [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p]


def _expected(title: str) -> str:
    path = EXPECTED / f"{int(title):02}.txt"
    return _steady(path.read_text(encoding="utf-8")) if path.exists() else ""


def _steady(text: str) -> str:
    lines = [line for line in text.splitlines() if not TRAINING_LOG.match(line)]
    for pattern, name in VARYING:
        lines = [pattern.sub(name, line) for line in lines]
    return "\n".join(lines)


@dataclass
class Printed:
    """One printed node: its class ('list' for lists), arguments in order, child nodes."""

    class_name: str
    arguments: dict[str, str] = field(default_factory=dict)
    children: "dict[str, Printed]" = field(default_factory=dict)


def parse(text: str) -> Printed:
    """Read the multi-line form of a program or a diff; other lines become arguments."""
    top = Printed("top")
    stack = [top]
    for line in (line.strip().rstrip(",") for line in text.splitlines()):
        if line in (")", "]"):
            stack.pop()
            continue
        key, value = re.fullmatch(r"(?:(\w+) [=:] )?(.*)", line).groups()  # type: ignore[union-attr]
        key = key or f"line {len(stack[-1].arguments)}"
        if value.endswith(("(", "[")):
            child = Printed(value[:-1] or "list")
            stack[-1].children[key] = child
            value = child.class_name
            stack.append(child)
        else:
            child = None
        stack[-2 if child else -1].arguments[key] = value
    assert stack == [top], "unbalanced brackets"
    return next(iter(top.children.values())) if len(top.arguments) == 1 else top


def assert_same_structure(
    got: Printed, expected: Printed, path: str = "", whole: bool = False
) -> None:
    """Same classes at the same paths; same arguments where both Keras versions have them.

    A node that is printed in full (`whole`) shows what the installed class takes.
    """
    assert got.class_name == expected.class_name, path
    assert expected.class_name != "Diff" or list(got.arguments) == ["left", "right"], path
    installed = _parameters(got.class_name)
    if whole and installed:
        assert list(got.arguments) == installed, path
    names = {n: RENAMED.get((got.class_name, n), n) for n in expected.arguments}
    if not installed:
        assert list(got.arguments) == list(names.values()), path
    for old, new in names.items():
        if installed and new not in installed:
            continue
        assert new in got.arguments, f"{path}.{new}"
        if (got.class_name, new) not in CHANGED_DEFAULTS:
            assert got.arguments[new] == expected.arguments[old], f"{path}.{new}"
        if old in expected.children:
            inner = whole or expected.class_name == "Diff"
            assert_same_structure(got.children[new], expected.children[old], f"{path}.{new}", inner)


def _parameters(class_name: str) -> list[str]:
    """The named parameters of the installed Keras class, or none if it isn't Keras's."""
    keras = importlib.import_module("keras")
    for home in (keras.layers, keras.losses, keras.optimizers, keras):
        if inspect.isclass(cls := getattr(home, class_name, None)):
            kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
            # Not that of the class: `Sequential.__new__` hides the parameters.
            parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
            return [p.name for p in parameters if p.kind not in kinds]
    return []
