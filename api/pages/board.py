"""The board: figures of a period for the company, a team or an agent, and the catalogue of metrics behind them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.deps import ReadDep, ServicesDep
from api.pages.rendering import render
from api.pages.views.board import shown
from api.pages.views.charts import day_line, funnel, pareto
from api.routes.parameters import Text
from models.clock import today_in
from models.dial_kpi import By
from models.figures import read_figures
from models.queries import objection_counts
from qa_engine.errors import BadInput
from qa_engine.kpi.registry import BY_ID, METRICS, NO_SOURCE_YET

router = APIRouter(include_in_schema=False)
TILES = (
    *("dials", "connect_rate", "effective_talk_rate", "conversion_connects", "aht", "occupancy"),
    *("qa_score", "critical_accuracy_compliance", "objection_resolved_rate"),
)
FUNNEL = ("dials", "connects", "contacts", "sales")
DEFAULT_DAYS, MAX_DAYS = 30, 366


@router.get("/board")
def board(  # noqa: PLR0917 (query parameters)
    request: Request,
    services: ServicesDep,
    opened: ReadDep,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    team: Text = "",
    agent: Text = "",
    campaign: Text = "",
) -> HTMLResponse:
    """Company → team → agent. Raises `BadInput` for a range that ends before it begins or is too long."""
    last = last or today_in(services.settings.zone)
    first = first or last - timedelta(days=DEFAULT_DAYS - 1)
    if not timedelta(0) <= last - first < timedelta(MAX_DAYS):
        raise BadInput(f"日期范围 {first} 到 {last} 不可用", hint=f"起始日不能晚于结束日,最多 {MAX_DAYS} 天")
    chosen = {"team": team, "agent": agent, "campaign": campaign}
    where = {By(name): key for name, key in chosen.items() if key}
    query = {"from": first.isoformat(), "to": last.isoformat(), **{k: v for k, v in chosen.items() if v}}
    whole = {
        one.metric: one
        for one in read_figures(opened, {*TILES, *FUNNEL}, where=where, first=first, last=last)
    }
    below = By.AGENT if team or agent else By.TEAM
    groups: dict[str, dict[str, object]] = {}
    for one in read_figures(opened, TILES, by=below, where=where, first=first, last=last):
        groups.setdefault(one.key, {})[one.metric] = shown(one)
    days = read_figures(opened, ["connect_rate"], daily=True, where=where, first=first, last=last)
    kinds = objection_counts(opened, agent or None, team or None, campaign or None, first=first, last=last)
    calls = f"/?{urlencode(query)}"
    return render(
        request,
        "board/board.html",
        nav="board",
        query=query,
        calls=calls,
        tiles=[(BY_ID[name], shown(whole[name])) for name in TILES if name in whole],
        columns=[BY_ID[name] for name in TILES],
        groups=groups,
        below=below.value,
        group_url=lambda key: f"/board?{urlencode({**query, below.value: key})}",
        line=day_line([(one.first, one.value) for one in days], percent=True),
        funnel=funnel(
            [
                (name, int(one.value) if (one := whole[name]).value is not None else None, calls)
                for name in FUNNEL
            ]
        ),
        metrics=BY_ID,
        pareto=pareto([(kind, n, f"{calls}&{urlencode({'objection': kind})}") for kind, n in kinds]),
    )


@router.get("/metrics")
def metrics(request: Request) -> HTMLResponse:
    """Every metric with its definition."""
    return render(request, "board/metrics.html", nav="board", metrics=METRICS, no_source=NO_SOURCE_YET)
