"""The worked examples of search run, and their pages show what they print."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
HERE = ROOT / "examples" / "search"
DOCS = ROOT / "docs" / "examples"


def load(path):
    """A module by its file, without putting its folder on the path of modules."""
    spec = importlib.util.spec_from_file_location(f"searched_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


pages = load(HERE / "pages.py")


def run(code, *folders):
    """Runs Python code in a fresh process that sees the examples; returns what it prints."""
    path = [str(HERE), *(str(HERE / folder) for folder in folders), str(ROOT / "src")]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}\n{code}"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", pages.PROGRAMS)
def test_the_page_shows_what_the_program_prints(name):
    page = pages.page_of(name).read_text(encoding="utf-8")
    shown = pages.OUTPUT.findall(page)
    assert len(shown) == 1 and shown[0].strip()
    # Where a search has changed on purpose: python examples/search/pages.py NAME
    assert pages.output_of(name) == shown[0]
    assert f"]({name}.svg)" in page


@pytest.mark.parametrize("name", pages.PROGRAMS)
def test_the_picture_is_a_picture(name):
    file = DOCS / f"{name}.svg"
    assert file.stat().st_size < 200_000
    root = ElementTree.parse(file).getroot()
    assert root.tag.endswith("svg") and int(root.get("width")) >= 600
    points = [
        tuple(map(float, point.split(",")))
        for shape in root.iter()
        for point in shape.get("points", "").split()
    ]
    assert len(points) > 20
    assert all(
        0 <= x <= int(root.get("width")) and 0 <= y <= int(root.get("height")) for x, y in points
    )


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.stem)
def test_excerpts_stand_in_the_program(page):
    text = page.read_text(encoding="utf-8")
    excerpts = re.findall(r"<!-- not run: from (\S+) -->\n```python\n(.*?)^```$", text, re.M | re.S)
    assert text.count("<!-- not run:") == len(excerpts)
    for file, excerpt in excerpts:
        assert excerpt in (ROOT / file).read_text(encoding="utf-8"), f"{file} has not:\n{excerpt}"


def test_the_index_lists_all_pages():
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    others = {page.name for page in DOCS.glob("*.md")} - {"README.md"}
    assert set(re.findall(r"\]\((\w+\.md)\)", index)) == others
    assert {f"{name}.md" for name in pages.PROGRAMS} <= others


def test_the_published_lengths_come_out():
    shown = pages.page_of("salesman").read_text(encoding="utf-8")
    assert "1167.4112697950" in shown and "724.7975187776" in shown


def test_the_table_has_every_distinct_cell():
    told = run(
        """
import itertools
from cells import *
names = distinct()
assert set(names) == set(table()) and len(names) == 2559
descriptions = [
    canonical(operations, edges)
    for operations in itertools.product(OPERATIONS, repeat=3)
    for edges in itertools.product([False, True], repeat=len(PAIRS))
]
assert len(descriptions) == 27648 and sum(name is not None for name in descriptions) == 22707
for name in names:
    operations, pairs = graph(name)
    number = len(operations) + 1
    assert all(a < b <= number for a, b in pairs)
    # A name describes the cell that it names.
    last = {number: VERTICES - 1}
    edges = {(last.get(a, a), last.get(b, b)) for a, b in pairs}
    assert canonical([*operations, *["conv1x1"] * 3][:3], [pair in edges for pair in PAIRS]) == name
assert all(0.05 < row.valid < 0.95 and 0.05 < row.test < 0.95 for row in table().values())
print("all there")
""",
        "cells",
    )
    assert told == "all there\n"


@pytest.mark.frameworks
def test_a_cell_trains_to_what_the_table_says():
    for needed in ("torch", "sklearn"):
        pytest.importorskip(needed)
    told = run(
        """
import torch
from make_table import digits, row
from cells import table
torch.set_num_threads(1)
data = digits()
for name in (":01", "conv3x3-conv3x3-maxpool3x3:01-04-12-23-34"):
    valid = [int(n) / 400 for n in row(name, data)[1].split()]
    print(abs(sum(valid) / len(valid) - table()[name].valid))
""",
        "cells",
    )
    # Sums of floats differ between machines, and a few of 400 digits with them.
    assert all(float(line) < 0.04 for line in told.split())


def test_the_flows_differ_by_a_few_lines():
    page = pages.page_of("flows").read_text(encoding="utf-8")
    counts = re.findall(r"^from \w+ to \w+: (\d+) lines away, (\d+) lines in$", page, re.M)
    assert len(counts) == 3
    assert all(int(away) <= 5 and int(put) <= 6 for away, put in counts)
    told = run(
        "from compare import *\nprint(changed(joint, separate), changed(joint, joint))", "flows"
    )
    assert told == f"({counts[0][0]}, {counts[0][1]}) (0, 0)\n"
