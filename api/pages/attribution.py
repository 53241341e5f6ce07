"""Why a rate changed: the question, the parts as a waterfall, and the rows behind each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.deps import ReadDep, Services, ServicesDep
from api.documents.figures_file import Ending, table_answer
from api.pages.languages import Words
from api.pages.rendering import render, words_of
from api.pages.views.attribution import attribution_table, part_lines, question_query
from api.pages.views.waterfall import points_text, waterfall
from api.routes.parameters import Day, Text
from models.alert_rules import load_rules
from models.attribution import BEFORE_DAYS, RATES, Question, Span, cells_of, check, document
from models.clock import today_of
from models.kpi_cell import last_day
from models.scopes import scope_id, scope_names
from models.settings import Settings
from qa_engine.errors import BadInput, CallQAError
from qa_engine.insight.attribution import NotEnough, attribute
from qa_engine.insight.cells import Cell
from qa_engine.kpi.registry import BY_ID

router = APIRouter(include_in_schema=False)
WEEK = 7
MOST_DAYS = 366


def question(  # noqa: PLR0917 (query parameters)
    services: ServicesDep,
    opened: ReadDep,
    metric: Text = "connect_rate",
    first: Annotated[Day | None, Query(alias="from")] = None,
    last: Annotated[Day | None, Query(alias="to")] = None,
    before_from: Day | None = None,
    before_to: Day | None = None,
    team: Text = "",
    agent: Text = "",
    campaign: Text = "",
) -> Question:
    """What is asked: unless told otherwise, the last seven days with figures against the four weeks before them. Raises
    `BadInput` for a metric that cannot be taken apart and for periods that cannot be compared."""
    last = last or last_day(opened, today_of(services.settings)) or today_of(services.settings)
    first = first or last - timedelta(days=WEEK - 1)
    before_to = before_to or first - timedelta(days=1)
    before_from = before_from or before_to - timedelta(days=BEFORE_DAYS - 1)
    for start, end in ((before_from, before_to), (first, last)):
        if not timedelta(0) <= end - start < timedelta(MOST_DAYS):
            raise BadInput(
                f"日期范围 {start} 到 {end} 不可用", hint=f"起始日不能晚于结束日,最多 {MOST_DAYS} 天"
            )
    names = scope_names(opened)
    typed = {"team": team, "agent": agent, "campaign": campaign}
    by_name = {by.value: known for by, known in names.items()}
    scope = {name: scope_id(by_name[name], key.strip()) or None for name, key in typed.items() if key.strip()}
    wanted = Question(metric, Span(before_from, before_to), Span(first, last), **scope)
    check(wanted)
    return wanted


QuestionDep = Annotated[Question, Depends(question)]


def _answer(services: Services, opened: Session, asked: Question) -> tuple[dict[str, Any], list[Cell]]:
    cells = cells_of(opened, asked, services.settings.zone, _holidays(services.settings))
    return document(attribute(cells), asked), cells


def _holidays(settings: Settings) -> frozenset[date]:
    """Of the alert rules; a broken file takes none of the page away."""
    try:
        return load_rules(settings).holidays
    except CallQAError:
        return frozenset()


@router.get("/attribution")
def attribution_page(
    request: Request, services: ServicesDep, opened: ReadDep, asked: QuestionDep, answer: bool = False
) -> HTMLResponse:
    """One question. The page comes at once and asks for its answer by itself: over millions of calls that takes seconds.
    Where there are too few calls the answer says so and the form stays."""
    query = question_query(asked)
    names = {by.value: known for by, known in scope_names(opened).items()}
    shown: dict[str, Any] = {
        "view": None,
        "query": query,
        "names": names,
        "rates": [BY_ID[name] for name in RATES],
        "metric": BY_ID[asked.metric],
        "file": f"/attribution.csv?{urlencode(query)}",
        "answer_url": f"/attribution?{urlencode({**query, 'answer': 'true'})}",
    }
    if answer:
        shown |= _shown_answer(services, opened, asked, names, words_of(request))
    return render(request, "alerts/attribution.html", nav="alerts", **shown)


def _shown_answer(
    services: Services, opened: Session, asked: Question, names: Mapping[str, Mapping[str, str]], words: Words
) -> dict[str, Any]:
    try:
        found, cells = _answer(services, opened, asked)
    except NotEnough as error:
        refused = {"refused": error.message, "hint": error.hint}
        return {"view": waterfall(refused, words), "hint": error.hint}
    return {
        "view": waterfall(found, words),
        "change": points_text(found["change"]),
        "largest": next(part for part in found["parts"] if part["part"] == found["largest"]),
        "lines": part_lines(found, asked, cells, names, words),
        "days": min(len({cell.day for cell in cells if cell.after is on}) for on in (False, True)),
    }


@router.get("/attribution.csv")
def attribution_file(
    request: Request, services: ServicesDep, opened: ReadDep, asked: QuestionDep
) -> Response:
    """The parts as CSV. Raises `NotEnough`."""
    found, _ = _answer(services, opened, asked)
    period = f"{asked.metric}-{asked.after.first}-{asked.after.last}"
    return table_answer(attribution_table(found, words_of(request)), Ending.CSV, period=period)
