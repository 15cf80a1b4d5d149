"""How the demo looks in a terminal: prose, code and what it prints, a bar, a table."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from polygraft.cli.sweep import Sweep

T = TypeVar("T")


class Narrator:
    """Tells the story: numbered headings, plain words, code, and what the code prints."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._steps = 0

    def heading(self, title: str) -> None:
        """Begin the next step."""
        self._steps += 1
        self._console.print()
        self._console.rule(Text(f"{self._steps}. {title}"), align="left")

    def say(self, words: str) -> None:
        """Print a paragraph; line breaks in `words` mean nothing."""
        self._console.print(Text(" ".join(words.split())))

    def code(self, source: str) -> None:
        """Print Python code, indented."""
        text = Syntax(source.strip(), "python", background_color="default", word_wrap=True)
        self._console.print(Padding(text, (1, 4), expand=False))

    def result(self, value: object) -> None:
        """Print what some code gives, indented."""
        self._console.print(Padding(Text(str(value), style="cyan"), (0, 0, 1, 4), expand=False))

    def track(self, items: Iterable[T], total: int, what: str) -> Iterator[T]:
        """Yield the items, with a progress bar below."""
        columns = (
            TextColumn(what),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            yield from progress.track(items, total=total)

    def table(self, sweep: Sweep) -> None:
        """Print the accuracies: a row for each first size, a column for each second one."""
        self.say(f"Accuracy, by {sweep.names[0]} (rows) and {sweep.names[1]} (columns):")
        table = Table()
        table.add_column("")
        for second in sweep.columns:
            table.add_column(str(second), justify="left")
        for first in sweep.rows:
            cells = [self._cell(sweep, (first, second)) for second in sweep.columns]
            table.add_row(str(first), *cells)
        self._console.print(Padding(table, (1, 4), expand=False))

    def _cell(self, sweep: Sweep, sizes: tuple[int, int]) -> Text:
        accuracy = f"{sweep.accuracies[sizes]:.3f}"
        return Text(f"{accuracy} best", "bold green") if sizes == sweep.best else Text(accuracy)
