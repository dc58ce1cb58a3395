"""What the program tells people: rich in a terminal, plain lines in a log or a pipe."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from bangban.faults import SetupError

PLAIN_WIDTH = 160
"""Columns of tables that nobody looks at in a terminal."""


def make_console(*, stderr: bool = False) -> Console:
    """Make a console; away from a terminal it writes no colours and does not fold lines early."""
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        return Console(stderr=stderr, highlight=False, no_color=True, width=PLAIN_WIDTH)
    return console


@dataclass(frozen=True)
class Teller:
    """Speaks to the operator."""

    console: Console = field(default_factory=make_console)

    def say(self, text: str) -> None:
        """Say a line as it is, without folding it, so that it can be copied."""
        self.console.print(escape(text), soft_wrap=True)

    def title(self, text: str) -> None:
        """Begin a new part."""
        self.console.print()
        self.console.print(f"[bold cyan]{escape(text)}[/]", soft_wrap=True)

    def done(self, what: str, how: str = "") -> None:
        """Tell that a step is done."""
        self.console.print(f"[green]✓[/] {escape(what)}  [dim]{escape(how)}[/]", soft_wrap=True)

    def warn(self, text: str) -> None:
        """Tell what deserves attention."""
        self.console.print(f"[yellow]![/] {escape(text)}", soft_wrap=True)

    def marked(self, mark: str, text: str) -> None:
        """Say a line behind a coloured mark."""
        self.console.print(f"{mark} {escape(text)}", soft_wrap=True)

    def fault(self, error: SetupError) -> None:
        """Tell why the program cannot go on, and what to do."""
        self.console.print(f"[bold red]✗[/] {escape(error.what)}", soft_wrap=True)
        if error.advice:
            self.console.print(escape(error.advice), soft_wrap=True)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show a table."""
        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self.console.print(table)

    @contextmanager
    def progress(self, what: str) -> Iterator["Bars"]:
        """Show how far a long step is: bars in a terminal, one line per finished part elsewhere."""
        bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
            disable=not self.console.is_terminal,
            transient=True,
        )
        if not self.console.is_terminal:
            self.say(f"{what} …")
        with bars:
            yield Bars(self, bars)


@dataclass
class Bars:
    """The bars of one long step, one for each part."""

    teller: Teller
    progress: Progress
    parts: dict[str, TaskID] = field(default_factory=dict)

    def advance(self, part: str, done: int, total: int) -> None:
        """Tell how far a part is."""
        if part not in self.parts:
            self.parts[part] = self.progress.add_task(part, total=total)
        self.progress.update(self.parts[part], completed=done, total=total)
        if done >= total and not self.teller.console.is_terminal:
            self.teller.say(f"  {part}: done")
