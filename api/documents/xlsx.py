"""A report as a spreadsheet: a sheet a table, numbers as numbers."""

from __future__ import annotations

from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from qa_engine.insight.sheet import Sheet

WIDTH = 24
FORMULA_STARTS = ("=", "+", "-", "@")


def xlsx(sheet: Sheet) -> bytes:
    """The workbook."""
    book = Workbook()
    book.remove(book.active)
    for table in sheet.tables:
        page = book.create_sheet(table.title.replace(":", " ")[:31])
        page.append([f"{sheet.title} {sheet.period}"])
        page.append([table.note])
        page.append(list(table.columns))
        for row in table.rows:
            page.append(
                [ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell for cell in row]
            )
        for cells in page.iter_rows():
            for cell in cells:  # a name that begins like a formula stays a name
                if isinstance(cell.value, str) and cell.value.startswith(FORMULA_STARTS):
                    cell.data_type = "s"
        for cell in page[3]:
            cell.font = Font(bold=True)
            page.column_dimensions[cell.column_letter].width = WIDTH
    made = BytesIO()
    book.save(made)
    return made.getvalue()
