"""Make `notebook.ipynb` of `notebook.py`, and run it: `python examples/build_notebook.py`.

The script is the source, the notebook is made from it and never edited by hand. The
steps are functions, so that the tests run the same cells in the same way:
`read_cells` → `to_notebook` → `execute` → `tidy`.
"""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

try:
    import nbformat
    from nbclient import NotebookClient
except ImportError:  # `read_cells` and `screen_text` need neither.
    pass

SCRIPT = Path(__file__).with_name("notebook.py")
MARKER = re.compile(r"^# %% ?(.*)\n", re.MULTILINE)
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the script: its title (`[markdown]`, `setup` or a number) and text."""

    title: str
    text: str

    @property
    def is_markdown(self) -> bool:
        return self.title == "[markdown]"


def read_cells(script: Path = SCRIPT) -> list[Cell]:
    """Return the cells of a `# %%` script; what precedes the first marker is no cell."""
    parts = MARKER.split(script.read_text(encoding="utf-8"))[1:]
    return [
        Cell(title.strip(), _uncomment(text) if "[markdown]" in title else text.strip())
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    ]


def to_notebook(cells: list[Cell]) -> Any:
    """Return the cells as a notebook without outputs."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    for number, cell in enumerate(cells):
        make = nbformat.v4.new_markdown_cell if cell.is_markdown else nbformat.v4.new_code_cell
        metadata = {} if cell.is_markdown else {"title": cell.title}
        notebook.cells.append(make(cell.text, metadata=metadata, id=f"cell-{number:02}"))
    return notebook


def execute(notebook: Any, timeout: int = 600) -> Any:
    """Run all cells in a fresh kernel, in an empty folder that is removed afterwards.

    Args:
        notebook: What `to_notebook` returns; its outputs are filled in.
        timeout: Seconds that one cell may take.

    Raises:
        nbclient.exceptions.CellExecutionError: A cell raised.
    """
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        client = NotebookClient(notebook, timeout=timeout, record_timing=False, resources=resources)
        client.execute()
    return notebook


def tidy(notebook: Any) -> Any:
    """Leave of each cell's printing what a terminal would finally show."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = list(_joined(cell.outputs))
    notebook.metadata.pop("language_info", None)  # Names the exact Python: mere noise.
    return notebook


def screen_text(text: str) -> str:
    """Apply carriage returns and backspaces as a terminal does; drop colours.

    Example:
        >>> screen_text("1/2" + "\\b" * 3 + "2/2")
        '2/2'
    """
    return "\n".join(_screen_line(line) for line in ANSI.sub("", text).split("\n"))


def _screen_line(line: str) -> str:
    shown: list[str] = []
    cursor = 0
    for char in line:
        if char == "\r":
            cursor = 0
        elif char == "\b":
            cursor = max(0, cursor - 1)
        else:
            shown[cursor : cursor + 1] = char
            cursor += 1
    return "".join(shown).rstrip()


def _joined(outputs: list[Any]) -> Iterator[Any]:
    """Outputs with all that went to one stream in one piece, streams first."""
    streams: dict[str, str] = {}
    for output in outputs:
        if output.output_type == "stream":
            streams[output.name] = streams.get(output.name, "") + output.text
    for name, text in streams.items():
        yield nbformat.v4.new_output("stream", name=name, text=screen_text(text))
    yield from (output for output in outputs if output.output_type != "stream")


def _uncomment(text: str) -> str:
    return "\n".join(line.removeprefix("#").removeprefix(" ") for line in text.strip().split("\n"))


def main() -> None:
    notebook = tidy(execute(to_notebook(read_cells())))
    nbformat.write(notebook, SCRIPT.with_suffix(".ipynb"))


if __name__ == "__main__":
    main()
