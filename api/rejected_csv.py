"""The rows that an import did not store, as a table to correct in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from starlette.responses import Response

from models.import_run import ImportRejectionRow

COLUMNS = ("file", "row", "reason", "column", "found", "expected")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def rejected_csv(run_id: int, rows: Iterable[ImportRejectionRow]) -> Response:
    """UTF-8 with a byte order mark, so that Excel reads Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([safe_cell(str(getattr(row, name))) for name in COLUMNS])
    return Response(
        ("\ufeff" + text.getvalue()).encode(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="rejected-{run_id}.csv"'},
    )
