"""The agents' skill index by segment, for the dialer that routes: as JSON and as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from api.deps import ReadDep, ServicesDep
from api.documents.figures_file import MEDIA, Ending, table_answer
from api.routes.parameters import Day
from api.routes.summary import MAX_DAYS, BadRange
from models.clock import today_of
from models.kpi_cell import last_day
from models.scopes import scope_names
from models.skill_index import FORMAT, METRIC, skills, skills_document, skills_table

router = APIRouter(prefix="/skills", tags=["overview"])
DAYS = 60
EXAMPLE = {
    "format": FORMAT,
    "metric": METRIC,
    "from": "2026-11-01",
    "to": "2026-11-30",
    "skills": [
        {
            "segment": "ins-2026",
            "agent": "A001",
            "sales": 30,
            "contacts": 200,
            "raw": 0.15,
            "value": 0.142,
            "low": 0.105,
            "high": 0.187,
            "weight": 0.7,
            "index": 118.3,
        }
    ],
}


@dataclass(frozen=True, slots=True)
class Span:
    """Which days, both included."""

    first: date
    last: date


def asked(
    services: ServicesDep,
    opened: ReadDep,
    first: Annotated[
        Day | None,
        Query(alias="from", description="起始日,缺省为 60 天 · First day; 60 days", examples=["2026-11-01"]),
    ] = None,
    last: Annotated[
        Day | None,
        Query(alias="to", description="结束日,含;缺省为有数据的最后一天 · Last day", examples=["2026-11-30"]),
    ] = None,
) -> Span:
    """Raises `BadRange`."""
    today = today_of(services.settings)
    end = last or last_day(opened, today) or today
    start = first or end - timedelta(days=DAYS - 1)
    if start > end or (end - start).days >= MAX_DAYS:
        raise BadRange(f"日期范围 {start} 到 {end} 不可用", hint=f"起始日不能晚于结束日,最多 {MAX_DAYS} 天")
    return Span(start, end)


SpanDep = Annotated[Span, Depends(asked)]


@router.get("", responses={200: {"content": {"application/json": {"example": EXAMPLE}}}})
def skill_index(opened: ReadDep, span: SpanDep) -> dict[str, Any]:
    """每位坐席在每个项目的转化率:向项目平均收缩的估计和 95% 区间,供外呼系统分配名单。

    Conversion of each agent in each campaign, drawn to the campaign's agents, with its 95 % interval.
    """
    found = skills(opened, first=span.first, last=span.last)
    return skills_document(found, first=span.first, last=span.last)


@router.get(
    ".{ending}", response_class=Response, responses={200: {"content": {kind: {} for kind in MEDIA.values()}}}
)
def skill_file(
    opened: ReadDep,
    span: SpanDep,
    ending: Annotated[Ending, Path(description="csv 或 xlsx · csv or xlsx", examples=["csv"])],
) -> Response:
    """同样的估计,每位坐席每个项目一行。

    The same, one agent and campaign a row.
    """
    found = skills(opened, first=span.first, last=span.last)
    table = skills_table(found, scope_names(opened), first=span.first, last=span.last)
    return table_answer(table, ending, period=f"{span.first}-{span.last}")
