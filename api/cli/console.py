"""The two streams of the command line: results on stdout, everything for people's eyes only on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.panel import Panel
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from qa_engine.errors import CallQAError

PIPE_WIDTH = 160


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    # rich folds to 80 columns where there is no terminal, and would break names and paths apart
    return Console(
        stderr=stderr, width=None if stream.isatty() else PIPE_WIDTH, soft_wrap=not stream.isatty()
    )


def out() -> Console:
    """Results for people: tables and text on stdout."""
    return _console(stderr=False)


def notes() -> Console:
    """Progress, notices and errors on stderr."""
    return _console(stderr=True)


def print_json(document: object, *, pretty: bool = False) -> None:
    """One JSON document on stdout as UTF-8, whatever the terminal's encoding: one line, or indented."""
    print_text(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2 if pretty else None) + "\n")


def print_text(text: str) -> None:
    """Text on stdout as UTF-8, whatever the terminal's encoding, and exactly as it is."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:  # replaced by a text-only stream
        sys.stdout.write(text)
        return
    sys.stdout.flush()
    buffer.write(text.encode("utf-8", "replace"))
    buffer.flush()


def note(text: str, *, style: str = "") -> None:
    """A line on stderr; the text is shown as it is, never read as markup."""
    notes().print(Text(text, style=style))


def show_error(error: CallQAError) -> None:
    """One clear block: place, what was found, what to do next, code."""
    body = Text()
    if error.where is not None:
        body.append(f"{error.where}\n", style="bold")
    body.append(error.message)
    if error.hint:
        body.append("\n→ ", style="bold cyan").append(error.hint)
    panel = Panel(body, title=f"错误 · {error.code}", title_align="left", border_style="red", expand=False)
    notes().print(panel, soft_wrap=False)  # in a box long lines are folded; soft wrapping would cut them off


def progress_bar() -> Progress:
    """A progress display on stderr; counts that are not known yet show as a moving bar."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=notes(),
    )


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str | None = None) -> Table:
    """A table of plain text cells."""
    made = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


def failure_table(failures: Sequence[tuple[str, CallQAError]]) -> Table:
    """What failed in a batch: file, code, reason, next step."""
    rows = [(name, error.code, error.message, error.hint) for name, error in failures]
    return table(("文件", "错误", "原因", "下一步"), rows, title=f"{len(failures)} 个文件没有处理")
