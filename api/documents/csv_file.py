"""A table as CSV that Excel opens as it is meant."""

from __future__ import annotations

import csv
from io import StringIO

from qa_engine.insight.sheet import Table

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet may take for a formula: a customer's or an agent's name must not run anything. After OWASP, CSV
Injection."""


def csv_bytes(table: Table) -> bytes:
    """UTF-8 with the mark by which Excel knows it; numbers in full, unknown ones empty. Text that begins like a formula
    has an apostrophe before it."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(table.columns)
    writer.writerows([_safe(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _safe(cell: str | float | None) -> str | float | None:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
