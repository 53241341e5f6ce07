"""A report as PDF (reportlab; STSong-Light is one of the reader's own fonts for Chinese, so none is shipped)."""

from __future__ import annotations

from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import KeepInFrame, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from qa_engine.insight.sheet import Sheet, Table

FONT = "STSong-Light"
MARGIN = 15 * mm


def _style(name: str, size: int) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=FONT, fontSize=size, leading=size * 1.5, wordWrap="CJK")


def pdf(sheet: Sheet) -> bytes:
    """The document, A4 across."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    made = BytesIO()
    document = SimpleDocTemplate(
        made, pagesize=landscape(A4), title=sheet.title, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN,
        bottomMargin=MARGIN,
    )  # fmt: skip
    head, body = _style("head", 16), _style("body", 9)
    story = [Paragraph(escape(f"{sheet.title} {sheet.period}"), head), Spacer(1, 4 * mm)]
    for table in sheet.tables:
        story += [
            Paragraph(escape(table.title), _style("title", 12)),
            _grid(table, document.width, body),
            Paragraph(escape(table.note), body),
            Spacer(1, 6 * mm),
        ]
    document.build(story)
    return made.getvalue()


def one_page(sheet: Sheet) -> bytes:
    """The document on a single upright A4 page: what would not fit is written smaller."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    made = BytesIO()
    document = SimpleDocTemplate(
        made, pagesize=A4, title=f"{sheet.title} {sheet.period}", leftMargin=MARGIN, rightMargin=MARGIN,
        topMargin=MARGIN, bottomMargin=MARGIN,
    )  # fmt: skip
    width = document.width - 12  # a frame keeps 6 points free on each side
    head, body, small = _style("head", 16), _style("body", 8), _style("note", 7)
    story = [Paragraph(escape(sheet.title), head), Paragraph(escape(sheet.period), body), Spacer(1, 3 * mm)]
    for table in sheet.tables:
        story += [Paragraph(escape(table.title), _style("title", 10)), _grid(table, width, body)]
        story += [Paragraph(escape(table.note), small)] if table.note else []
        story.append(Spacer(1, 3 * mm))
    document.build([KeepInFrame(width, document.height - 12, story, mode="shrink")])
    return made.getvalue()


def _grid(table: Table, width: float, style: ParagraphStyle) -> Grid:
    rows = [table.columns, *(table.rows or (("–",) * len(table.columns),))]
    cells = [[Paragraph(escape(_text(cell)), style) for cell in row] for row in rows]
    lines = [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.lightgrey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    return Grid(cells, colWidths=[width / len(table.columns)] * len(table.columns), repeatRows=1, style=lines)


def _text(cell: str | float | None) -> str:
    return "–" if cell is None else str(cell)
