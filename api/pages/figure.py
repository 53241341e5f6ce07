"""A figure opened: its formula, and the calls that its numerator and its denominator count."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.deps import ReadDep, ServicesDep
from api.pages.figures import local_time
from api.pages.rendering import render
from api.pages.views.board import shown
from api.routes.parameters import Day, Page, Text
from models.agent import all_teams, names_of
from models.clock import today_of
from models.dial_kpi import By, Period, hour_key
from models.figure_rows import Rows, figure_rows, kinds_of
from models.figures import is_hourly, read_figures
from models.kpi_cell import last_day
from models.quantile_figures import read_quantiles
from qa_engine.errors import BadInput, NotFound
from qa_engine.kpi.quantiles import ALL_BY_ID, QUANTILES_BY_ID
from qa_engine.kpi.registry import Ratio
from qa_engine.kpi.sums import LEAD_FIELDS

router = APIRouter(include_in_schema=False)
PAGE_SIZE = 50


class Side(StrEnum):
    """Which part of a ratio."""

    NUM = "num"
    DEN = "den"


@router.get("/figures/{metric}")
def figure(  # noqa: PLR0917 (query parameters)
    request: Request,
    services: ServicesDep,
    opened: ReadDep,
    metric: Text,
    first: Annotated[Day | None, Query(alias="from")] = None,
    last: Annotated[Day | None, Query(alias="to")] = None,
    team: Text = "",
    agent: Text = "",
    campaign: Text = "",
    region: Text = "",
    hour: Annotated[int | None, Query(ge=0, le=23)] = None,
    side: Side = Side.NUM,
    kind: Text = "",
    page: Page = 1,
) -> HTMLResponse:
    """The rows behind one figure of a period and a scope. Raises `NotFound` for a metric that there is not."""
    if metric not in ALL_BY_ID:
        raise NotFound(f"没有指标 {metric!r}", hint="指标编号见 /metrics")
    meant = ALL_BY_ID[metric]
    if hour is not None and not is_hourly(meant):
        raise BadInput(f"{meant.name_zh}没有按时段的数", hint="去掉地址中的 hour,或从看板的时段表打开")
    if first and last and first > last:
        raise BadInput(f"日期范围 {first} 到 {last} 不可用", hint="起始日不能晚于结束日")
    today = today_of(services.settings)
    last = last or last_day(opened, today) or today
    first = first or last.replace(day=1)
    chosen = {"team": team, "agent": agent, "campaign": campaign, "region": region}
    board = {"from": first.isoformat(), "to": last.isoformat(), **{k: v for k, v in chosen.items() if v}}
    chosen["hour"] = "" if hour is None else hour_key(hour)
    where = {By(name): key for name, key in chosen.items() if key}
    query = {"from": first.isoformat(), "to": last.isoformat(), **{k: v for k, v in chosen.items() if v}}
    fields = {Side.NUM: meant.numerator, **({Side.DEN: meant.denominator} if meant.denominator else {})}
    side = side if side in fields else Side.NUM
    field = fields[side]
    period = Period(first, last)
    kinds = kinds_of(field)
    found: dict[str, Rows] = {
        one: figure_rows(
            opened, one, field, period, where=where, page=page if one == kind else 1, size=PAGE_SIZE
        )
        for one in kinds
    }
    filled = [one for one in kinds if found[one].count]
    kind = kind if kind in filled else next(iter(filled), "")
    read = read_quantiles if metric in QUANTILES_BY_ID else read_figures
    (reading,) = read(opened, [metric], where=where, first=first, last=last)
    here = {**query, "side": side.value, "kind": kind}
    return render(
        request,
        "board/figure.html",
        nav="board",
        metric=meant,
        shown=shown(reading),
        sides=list(fields),
        ranked=metric in QUANTILES_BY_ID,
        ratio=reading.figure if isinstance(reading.figure, Ratio) else None,
        side=side,
        kinds={one: found[one].count for one in filled},
        kind=kind,
        rows=found[kind] if kind else None,
        weighed=bool(kind) and any(row.amount != 1 for row in found[kind].rows),
        agents=names_of(opened, {row.agent_id for row in found[kind].rows if row.agent_id} if kind else ()),
        teams=dict(all_teams(opened)),
        leads=field in LEAD_FIELDS,
        query=query,
        time=lambda moment: local_time(moment, services.settings.zone),
        page=page,
        pages=-(-found[kind].count // PAGE_SIZE) if kind else 0,
        url=lambda **change: f"/figures/{metric}?{urlencode({**here, **change})}",
        board=f"/board?{urlencode(board)}",
    )
