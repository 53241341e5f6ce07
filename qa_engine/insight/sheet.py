"""A report as plain tables: one shape for the page, the PDF and the spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text or numbers under a title; `note` says what was counted and how. `links`: the page that a cell, by row and
    column, opens; files leave them out."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | int | None, ...], ...]
    note: str = ""
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report. `kind` is morning, weekly or monthly."""

    kind: str
    title: str
    period: str
    tables: tuple[Table, ...]
