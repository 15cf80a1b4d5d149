"""Runs every Python block of the README and of docs/, and every example in a docstring.

The blocks of one page share a namespace, as a reader would type them one after another. A block
that is followed by a `text` block must print exactly that. `<!-- not run: reason -->` before a
block leaves it out; `<!-- needs: torch -->` leaves out the page where that is not installed.
"""

import contextlib
import doctest
import importlib
import io
import pkgutil
import re
import sys
import types
from dataclasses import dataclass
from pathlib import Path

import pytest

import polygraft
from polygraft.patching import registry

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"] + sorted(
    page for page in (ROOT / "docs").rglob("*.md") if "design" not in page.parts
)
FENCE = re.compile(
    r"(?P<skip><!-- not run: [^\n]*-->\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@pytest.fixture(autouse=True)
def patchers_of_examples_do_not_stay():
    """Names of patchers are global: those of the examples must neither meet nor answer to those of other tests."""
    known = dict(registry._patchers)
    for name, cls in known.items():
        if not cls.__module__.startswith("polygraft."):
            del registry._patchers[name]
    yield
    for name, cls in list(registry._patchers.items()):
        module = sys.modules.get(cls.__module__)
        of_module = getattr(module, cls.__name__, None) is cls and module.__name__[:5] != "page_"
        if known.get(name) is not cls and not of_module:
            del registry._patchers[name]
    for name, cls in known.items():
        registry._patchers.setdefault(name, cls)


#: Module → what its examples import, where the module itself does not.
NEEDED = {"polygraft.integrations.jax": ["optax"], "polygraft.io.remote": ["fsspec"]}


@dataclass
class Block:
    line: int
    code: str
    prints: str | None


def blocks(page: Path) -> list[Block]:
    """Returns the Python blocks of a page that are to be run."""
    text = page.read_text()
    found: list[Block] = []
    end_of_last = -1
    for fence in FENCE.finditer(text):
        if fence["kind"] == "python" and not fence["skip"]:
            line = text.count("\n", 0, fence.start("text"))
            found.append(Block(line, fence["text"], None))
            end_of_last = fence.end()
        elif fence["kind"] == "text" and not text[end_of_last : fence.start()].strip() and found:
            found[-1].prints = fence["text"]
    return found


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)], ids=name_of)
def test_blocks_of_the_page_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = types.ModuleType("page_" + re.sub(r"\W", "_", page.stem))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for needed in re.findall(r"<!-- needs: (\w+) -->", page.read_text()):
        imported_or_skip(needed)
    for block in blocks(page):
        # Empty lines in front make a traceback show the line of the page.
        code = compile("\n" * block.line + block.code, str(page), "exec")
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(code, module.__dict__)
        if block.prints is not None:
            assert out.getvalue() == block.prints, f"{name_of(page)}, line {block.line}"


def test_readme_shows_the_program_and_the_two_commands():
    readme = (ROOT / "README.md").read_text()
    assert blocks(ROOT / "README.md")
    for command in ("./demo", "./test"):
        assert re.search(rf"^{re.escape(command)}\b", readme, re.MULTILINE)
        assert (ROOT / command).exists()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_to_files_resolve(page):
    for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{name_of(page)} links to {target}"


def imported_or_skip(name: str) -> types.ModuleType:
    """Returns the module, or skips the test where something optional is not installed."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as e:
        if e.name is None or e.name.partition(".")[0] == "polygraft":
            raise
        pytest.skip(f"{e.name} is not installed")


def modules() -> list[str]:
    """Returns the modules whose docstrings are run; those of frameworks are skipped where one is missing."""
    found = pkgutil.walk_packages(polygraft.__path__, "polygraft.", lambda _: None)
    return [module.name for module in found if "__main__" not in module.name]


@pytest.mark.parametrize("name", modules())
def test_examples_in_docstrings_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = imported_or_skip(name)
    for needed in NEEDED.get(name, ()):
        imported_or_skip(needed)
    # An example may use what its package exports, and the library as `pg`.
    package = importlib.import_module(name.rpartition(".")[0])
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    globs = {**vars(package), **vars(module), "pg": polygraft}
    runner = doctest.DocTestRunner(optionflags=flags)
    out = io.StringIO()
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, name, globs=globs):
        runner.run(test, out=out.write)
    if runner.failures:
        pytest.fail(out.getvalue(), pytrace=False)
