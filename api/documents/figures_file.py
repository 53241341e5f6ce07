"""Figures to take away: one table as CSV or as a spreadsheet."""

from __future__ import annotations

from enum import StrEnum

from fastapi import Response

from qa_engine.insight.sheet import Sheet, Table


class Ending(StrEnum):
    """Which file."""

    CSV = "csv"
    XLSX = "xlsx"


MEDIA = {
    Ending.CSV: "text/csv; charset=utf-8",
    Ending.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def table_bytes(table: Table, ending: Ending, *, period: str = "") -> bytes:
    """The content of the file."""
    if ending is Ending.CSV:
        from api.documents.csv_file import csv_bytes  # noqa: PLC0415 (the one that is asked for)

        return csv_bytes(table)
    from api.documents.xlsx import xlsx  # noqa: PLC0415 (openpyxl is slow to load)

    return xlsx(Sheet(table.title, "CallQA", period, (table,)))


def table_answer(table: Table, ending: Ending, *, period: str = "") -> Response:
    """The file as a download."""
    name = "-".join(part for part in ("callqa", table.title, period.replace(" ", "-")) if part)
    return Response(
        table_bytes(table, ending, period=period),
        media_type=MEDIA[ending],
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{ending}"',
            "Cache-Control": "no-store",
        },
    )
