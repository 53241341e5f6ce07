"""A report as plain tables: one shape for the page, the PDF and the spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text or numbers under a title; `note` says what was counted and how."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | int | None, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report. `kind` is morning, weekly or monthly."""

    kind: str
    title: str
    period: str
    tables: tuple[Table, ...]
