"""Reports: as a page, a PDF and a spreadsheet, all of one sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.deps import ReadDep, Services, ServicesDep
from api.pages.languages import Language, Words, full_width
from api.pages.rendering import render
from api.pages.rubric_shelf import RubricShelf
from api.routes.parameters import Day
from models.clock import today_of
from models.reports import Kind, make_report
from models.studio.forms import forms_in
from qa_engine.insight.sheet import Sheet, Table

router = APIRouter(prefix="/reports", include_in_schema=False)


def build(services: Services, opened: Session, kind: Kind, day: date | None) -> Sheet:
    """The report of the centre's first form."""
    settings = services.settings
    rubric = next(iter(settings.rubric_ids), "")
    words = Words(Language.HANS)
    sheet = make_report(
        opened,
        kind,
        day=day or today_of(settings),
        rubric=rubric,
        titles=RubricShelf(forms_in(opened, settings)).item_titles(rubric),
        reason_name=lambda kind: words.get(f"objection.{kind}", kind),
    )
    return replace(sheet, tables=tuple(_in_print(table) for table in sheet.tables))


def _in_print(table: Table) -> Table:
    """Its Chinese with Chinese punctuation, in the files as on the page."""
    return replace(
        table,
        title=full_width(table.title),
        columns=tuple(full_width(column) for column in table.columns),
        rows=tuple(
            tuple(full_width(cell) if isinstance(cell, str) else cell for cell in row) for row in table.rows
        ),
        note=full_width(table.note),
    )


@router.get("")
def report_page(
    request: Request,
    services: ServicesDep,
    opened: ReadDep,
    kind: Kind = Kind.MORNING,
    day: Day | None = None,
) -> HTMLResponse:
    """One report, that prints as it is shown."""
    sheet = build(services, opened, kind, day)
    shown = day or today_of(services.settings)
    return render(
        request, "reports/report.html", nav="coaching", sheet=sheet, kind=kind, kinds=tuple(Kind), day=shown
    )


@router.get("/{kind}.pdf")
def report_pdf(services: ServicesDep, opened: ReadDep, kind: Kind, day: Day | None = None) -> Response:
    """The same as PDF."""
    from api.documents.pdf import pdf  # noqa: PLC0415 (reportlab is slow to load)

    return _file(pdf(build(services, opened, kind, day)), f"{kind}.pdf", "application/pdf")


@router.get("/{kind}.xlsx")
def report_xlsx(services: ServicesDep, opened: ReadDep, kind: Kind, day: Day | None = None) -> Response:
    """The same as a spreadsheet."""
    from api.documents.xlsx import xlsx  # noqa: PLC0415

    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(xlsx(build(services, opened, kind, day)), f"{kind}.xlsx", media)


def _file(content: bytes, name: str, media: str) -> Response:
    return Response(
        content, media_type=media, headers={"Content-Disposition": f'attachment; filename="callqa-{name}"'}
    )
