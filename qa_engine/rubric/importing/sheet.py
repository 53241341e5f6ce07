"""A table as it was read: cells that know where they stand, whatever the file was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa_engine.errors import BadInput, Where

MAX_ROWS = 5_000
MAX_COLUMNS = 60
MAX_CELL_CHARS = 4_000


class BadForm(BadInput):
    """A table from which no rubric can be made: it names sheet, row, what was found and what was expected."""

    code = "bad_form"


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` without surrounding space; `row` and `column` (1-based) of the upper left cell where cells are merged."""

    text: str
    row: int
    column: int

    @property
    def name(self) -> str:
        """As spreadsheets name it: F7."""
        return f"{column_name(self.column)}{self.row}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of equal width; `rows[0]` is row 1. `file` is the file's name, `name` the sheet's (None in a CSV file)."""

    file: str
    name: str | None
    rows: tuple[tuple[Cell, ...], ...]

    def where(self, row: int | None = None) -> Where:
        """Place of a row in this file."""
        return Where(f"{self.file}[{self.name}]" if self.name else self.file, row=row)


def column_name(number: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def sheet_of(
    texts: Sequence[Sequence[str]],
    *,
    file: str,
    name: str | None = None,
    merged: Iterable[tuple[int, int, int, int]] = (),
) -> Sheet:
    """A sheet of plain texts. `merged` are (first row, first column, last row, last column), 1-based: every cell of
    such a block gets the text and the place of its upper left one. Raises `BadForm` beyond the limits."""
    used = [row[: _width(row)] for row in texts]
    while used and not used[-1]:
        used.pop()
    if not used:
        raise BadForm(
            "表格是空的", hint="请检查工作表;用 --sheet 指定另一张", where=Where(_place(file, name))
        )
    width = max(len(row) for row in used)
    if len(used) > MAX_ROWS or width > MAX_COLUMNS:
        found = f"表格有 {len(used):,} 行、{width} 列,最多 {MAX_ROWS:,} 行、{MAX_COLUMNS} 列"
        raise BadForm(found, hint="质检表通常几十行;请只保留评分表本身", where=Where(_place(file, name)))
    rows = [
        [Cell(_clean(row[c]) if c < len(row) else "", r + 1, c + 1) for c in range(width)]
        for r, row in enumerate(used)
    ]
    for top, left, bottom, right in merged:
        if top > len(rows) or left > width:
            continue
        origin = rows[top - 1][left - 1]
        for r in range(top - 1, min(bottom, len(rows))):
            for c in range(left - 1, min(right, width)):
                rows[r][c] = origin
    return Sheet(file, name, tuple(tuple(row) for row in rows))


def _place(file: str, name: str | None) -> str:
    return f"{file}[{name}]" if name else file


def _width(row: Sequence[str]) -> int:
    return max((index + 1 for index, text in enumerate(row) if text.strip()), default=0)


def _clean(text: str) -> str:
    """Readable text: line breaks as one kind, no control characters, no endless cell."""
    lines = text[:MAX_CELL_CHARS].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = ("".join(c for c in line if c.isprintable() or c == "\t").strip() for line in lines)
    return "\n".join(line for line in kept if line)
