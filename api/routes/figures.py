"""Any figure over HTTP, of any scope: what the board shows, medians and hours of the day included."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.deps import ReadDep, ServicesDep
from api.routes.parameters import Day, Text
from api.routes.summary import DEFAULT_DAYS, MAX_DAYS, BadRange
from models.clock import today_of
from models.dial_kpi import By
from models.figures import Reading, is_hourly, read_figures
from models.kpi_cell import last_day
from models.quantile_figures import QuantileReading, read_quantiles
from qa_engine.errors import BadInput
from qa_engine.kpi.quantiles import ALL_BY_ID, QUANTILES_BY_ID, Quantile
from qa_engine.kpi.registry import BY_ID, Ratio

router = APIRouter(prefix="/figures", tags=["overview"])
FORMAT = "callqa.figures/1"
DEFAULT_METRICS = "dials,connect_rate,talk_time_median_s"
MOST_METRICS = 30
EXAMPLE = {
    "format": FORMAT,
    "from": "2026-11-01",
    "to": "2026-11-30",
    "by": "hour",
    "figures": [
        {
            "metric": "connect_rate",
            "key": "10",
            "from": "2026-11-01",
            "to": "2026-11-30",
            "value": 0.36,
            "n": 500,
            "num": 180,
            "den": 500,
            "relative_error": None,
            "unit": "比率",
        }
    ],
}


def _wanted(metric: str, by: By) -> list[str]:
    """Raises `BadInput` for a metric that there is not, or not by hours."""
    names = list(dict.fromkeys(name.strip() for name in metric.split(",") if name.strip()))
    strange = [name for name in names if name not in ALL_BY_ID]
    if strange or not 0 < len(names) <= MOST_METRICS:
        raise BadInput(
            f"没有指标 {strange[0][:40]!r}"
            if strange
            else f"指标应为 1–{MOST_METRICS} 个,收到 {len(names)} 个",
            hint="用逗号隔开,编号见 /metrics",
        )
    dayly = [name for name in names if not is_hourly(ALL_BY_ID[name])] if by is By.HOUR else []
    if dayly:
        raise BadInput(
            f"{ALL_BY_ID[dayly[0]].name_zh}没有按时段的数",
            hint="时段只有外呼系统写下的指标,编号见 docs/dialers.md",
        )
    return names


@router.get("", responses={200: {"content": {"application/json": {"example": EXAMPLE}}}})
def figures(  # noqa: PLR0917 (query parameters)
    services: ServicesDep,
    opened: ReadDep,
    metric: Annotated[
        Text,
        Query(description="指标编号,逗号隔开 · Metric ids, comma-separated", examples=["talk_time_median_s"]),
    ] = DEFAULT_METRICS,
    by: Annotated[By, Query(description="分组 · Grouping", examples=["hour"])] = By.TOTAL,
    first: Annotated[
        Day | None,
        Query(alias="from", description="起始日,缺省为 30 天 · First day; 30 days", examples=["2026-11-01"]),
    ] = None,
    last: Annotated[
        Day | None,
        Query(alias="to", description="结束日,含;缺省为有数据的最后一天 · Last day", examples=["2026-11-30"]),
    ] = None,
    team: Annotated[Text, Query(description="只看这个团队 · One team")] = "",
    agent: Annotated[Text, Query(description="只看这位坐席 · One agent")] = "",
    campaign: Annotated[Text, Query(description="只看这个项目 · One campaign")] = "",
    region: Annotated[Text, Query(description="只看这个区域 · One region")] = "",
) -> dict[str, Any]:
    """看板上的任何指标:中位数带误差上限,比率带分子和分母;by=hour 按外呼开始的当地时段。

    Any figure of the board: medians with the error they may have, ratios with numerator and denominator; `by=hour` is
    the local hour of the call's start.
    """
    names = _wanted(metric, by)
    last = last or last_day(opened, today_of(services.settings)) or today_of(services.settings)
    first = first or max(date.fromordinal(max(1, last.toordinal() - DEFAULT_DAYS + 1)), date(2000, 1, 1))
    if not timedelta(0) <= last - first < timedelta(MAX_DAYS):
        raise BadRange(f"日期范围 {first} 到 {last} 不可用", hint=f"起始日不能晚于结束日,最多 {MAX_DAYS} 天")
    typed = {By.TEAM: team, By.AGENT: agent, By.CAMPAIGN: campaign, By.REGION: region}
    scope: dict[str, Any] = {
        "first": first,
        "last": last,
        "where": {one: key for one, key in typed.items() if key},
        "by": By.TOTAL if by is By.DAY else by,
        "daily": by is By.DAY,
    }
    found: list[Reading | QuantileReading] = [
        *read_figures(opened, [name for name in names if name in BY_ID], **scope),
        *read_quantiles(opened, [name for name in names if name in QUANTILES_BY_ID], **scope),
    ]
    return {
        "format": FORMAT,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "by": by.value,
        "figures": [_document(one, by) for one in found],
    }


def _document(one: Reading | QuantileReading, by: By) -> dict[str, Any]:
    figure = one.figure
    ratio = figure if isinstance(figure, Ratio) else None
    return {
        "metric": one.metric,
        "key": one.first.isoformat() if by is By.DAY else one.key,
        "from": one.first.isoformat(),
        "to": one.last.isoformat(),
        "value": one.value,
        "n": one.n,
        "num": None if ratio is None else ratio.num,
        "den": None if ratio is None else ratio.den,
        "relative_error": figure.relative_error if isinstance(figure, Quantile) else None,
        "unit": ALL_BY_ID[one.metric].unit,
    }
