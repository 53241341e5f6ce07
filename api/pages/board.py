"""The board: figures of a period for the company, a team or an agent, and the catalogue of metrics behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.deps import ReadDep, ServicesDep
from api.documents.figures_file import Ending, table_answer
from api.pages.needs import needs_view
from api.pages.rendering import render, words_of
from api.pages.saved_views import chips_of, remember_view
from api.pages.views.board import completion, shown
from api.pages.views.board_parts import COMPLAINTS, complaints_view, light_views
from api.pages.views.charts import day_line, funnel, pareto
from api.pages.views.hours import HOUR_METRICS, by_hour, hour_chart, hour_rows
from api.routes.parameters import Text
from models.access.roles import Right, current_access
from models.attribution import RATES
from models.clock import today_of
from models.columns import utc_now
from models.dial_kpi import By
from models.figure_rows import kinds_of
from models.figure_table import catalogue_table, reading_table
from models.figures import Reading, is_hourly, read_figures
from models.import_source import list_sources
from models.kpi_catch_up import pending_days
from models.kpi_cell import last_day
from models.pull_plan import known_schedule
from models.quantile_figures import QuantileReading, read_quantiles
from models.queries import objection_counts
from models.saved_view import ViewPage
from models.scopes import scope_id, scope_names
from models.settings import Settings
from models.tile_lights import tile_lights
from qa_engine.dialer.freshness import WORST_FIRST
from qa_engine.errors import BadInput
from qa_engine.kpi.quantiles import ALL_METRICS, QUANTILE_METRICS, QUANTILES_BY_ID
from qa_engine.kpi.registry import BY_ID, METRICS

router = APIRouter(include_in_schema=False)
TILES = (
    *("dials", "connect_rate", "effective_talk_rate", "conversion_connects", "aht", "occupancy"),
    *("qa_score", "critical_accuracy_compliance", "objection_resolved_rate"),
    *("sales_value", "complaint_rate", "first_call_resolution"),
)
CONVERSIONS = ("conversion_dials", "conversion_connects", "conversion_contacts")
FUNNEL = ("dials", "connects", "contacts", "sales")
DEFAULT_DAYS, MAX_DAYS = 30, 366


@dataclass(frozen=True, slots=True)
class Asked:
    """What a board is asked for: days, scope by its ids, the same as a query, and the groups one level below. `names` of
    all ids."""

    first: date
    last: date
    where: Mapping[By, str]
    query: Mapping[str, str]
    below: By
    names: Mapping[By, Mapping[str, str]]

    def read(
        self, opened: Session, metrics: Iterable[str], *, by: By = By.TOTAL, daily: bool = False
    ) -> Sequence[Reading]:
        """These metrics over the days and the scope."""
        return read_figures(
            opened, metrics, first=self.first, last=self.last, where=self.where, by=by, daily=daily
        )

    def ranked(
        self, opened: Session, metrics: Iterable[str], *, by: By = By.TOTAL, daily: bool = False
    ) -> Sequence[QuantileReading]:
        """The same of medians and 90th percentiles."""
        return read_quantiles(
            opened, metrics, first=self.first, last=self.last, where=self.where, by=by, daily=daily
        )


def asked(  # noqa: PLR0917 (query parameters)
    services: ServicesDep,
    opened: ReadDep,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    team: Text = "",
    agent: Text = "",
    campaign: Text = "",
    region: Text = "",
) -> Asked:
    """Raises `BadInput` for a range that ends before it begins or is too long."""
    today = today_of(services.settings)
    last = last or last_day(opened, today) or today
    first = first or last - timedelta(days=DEFAULT_DAYS - 1)
    if not timedelta(0) <= last - first < timedelta(MAX_DAYS):
        raise BadInput(f"日期范围 {first} 到 {last} 不可用", hint=f"起始日不能晚于结束日,最多 {MAX_DAYS} 天")
    names = scope_names(opened)
    typed = {By.TEAM: team, By.AGENT: agent, By.CAMPAIGN: campaign, By.REGION: region}
    where = {by: scope_id(names[by], key.strip()) for by, key in typed.items() if key.strip()}
    chosen = {by.value: key for by, key in where.items()}
    query = {"from": first.isoformat(), "to": last.isoformat(), **chosen}
    return Asked(first, last, where, query, _below(where, has_regions=bool(names[By.REGION])), names)


AskedDep = Annotated[Asked, Depends(asked)]


@router.get("/board")
def board(request: Request, services: ServicesDep, opened: ReadDep, scope: AskedDep) -> HTMLResponse:
    """Company → region, where people files name them → team → agent."""
    query, where, names, below = scope.query, scope.where, scope.names, scope.below
    access, words = current_access(), words_of(request)
    whole = {one.metric: one for one in scope.read(opened, {*TILES, *FUNNEL, *CONVERSIONS})}
    groups: dict[str, dict[str, object]] = {}
    below_it = scope.read(opened, TILES, by=below)
    busy = {
        one.key for one in below_it if one.value
    }  # days without an order are told of under no name at all
    for one in below_it:
        if one.key or one.key in busy:
            groups.setdefault(one.key, {})[one.metric] = shown(one)
    days = scope.read(opened, ["connect_rate"], daily=True)
    hours = by_hour(scope.read(opened, HOUR_METRICS, by=By.HOUR))
    kinds = objection_counts(
        opened,
        where.get(By.AGENT),
        where.get(By.TEAM),
        where.get(By.CAMPAIGN),
        first=scope.first,
        last=scope.last,
        region=where.get(By.REGION),
    )
    calls = f"/?{urlencode(query)}"
    filters = urlencode(query)
    answer = render(
        request,
        "board/board.html",
        saved=chips_of(request, opened, ViewPage.BOARD, filters),
        saved_query=filters,
        nav="board",
        tab="board",
        needs=needs_view(request, opened, services.settings, words),
        lights=light_views(tile_lights(opened, TILES, last=scope.last, where=where)),
        complaints=complaints_view(
            scope.read(opened, [COMPLAINTS], by=By.CAMPAIGN), query, none=words("board.none")
        ),
        freshness=_freshness(opened, services.settings),
        may_import=access is None or access.may(Right.UPLOAD),
        query=query,
        names={by.value: known for by, known in names.items()},
        calls=calls,
        file_url=lambda ending: f"/board.{ending}?{urlencode(query)}",
        tiles=[(BY_ID[name], shown(whole[name])) for name in TILES if name in whole],
        columns=[BY_ID[name] for name in TILES],
        groups=groups,
        below=below.value,
        opened=lambda metric, **scope: f"/figures/{metric}?{urlencode({**query, **scope})}",
        whole_url=f"/board?{urlencode({'from': query['from'], 'to': query['to']})}",
        group_url=lambda key: f"/board?{urlencode({**query, below.value: key})}",
        line=day_line([(one.first, one.value) for one in days], percent=True),
        hour_chart=hour_chart(
            hours,
            whole["connect_rate"],
            lambda metric, hour: f"/figures/{metric}?{urlencode({**query, 'hour': hour})}",
        ),
        hour_rows=hour_rows(hours, whole["connect_rate"]),
        hour_columns=[BY_ID[name] for name in HOUR_METRICS],
        waiting=pending_days(opened),
        quantiles=[
            (QUANTILES_BY_ID[one.metric], shown(one)) for one in scope.ranked(opened, QUANTILES_BY_ID)
        ],
        funnel=funnel(
            [
                (
                    name,
                    int(one.value) if (one := whole[name]).value is not None else None,
                    f"/figures/{name}?{urlencode(query)}",
                )
                for name in FUNNEL
            ]
        ),
        conversions=[(BY_ID[name], shown(whole[name])) for name in CONVERSIONS],
        metrics=BY_ID,
        why_url=lambda name: _why_url(scope, name),
        resolved={kind: completion(n, done) for kind, n, done in kinds},
        pareto=pareto([(kind, n, f"{calls}&{urlencode({'objection': kind})}") for kind, n, _ in kinds]),
    )
    remember_view(answer, ViewPage.BOARD, filters)
    return answer


def _why_url(scope: Asked, metric: str) -> str:
    """Why a rate changed, of the board's days and scope; "" for figures that cannot be taken apart."""
    if metric not in RATES or By.REGION in scope.where:
        return ""
    return f"/attribution?{urlencode({'metric': metric, **scope.query})}"


def _freshness(opened: Session, settings: Settings) -> str | None:
    """The worst of the scheduled sources; None where nothing is scheduled."""
    schedule, _ = known_schedule(settings)
    found = (
        {one.freshness for one in list_sources(opened, schedule, now=utc_now()) if one.interval_s}
        if schedule
        else set()
    )
    return next((one.value for one in WORST_FIRST if one in found), None)


def _below(where: Mapping[By, str], *, has_regions: bool) -> By:
    """What the table under the tiles splits by."""
    if By.TEAM in where or By.AGENT in where:
        return By.AGENT
    return By.REGION if has_regions and By.REGION not in where else By.TEAM


@router.get("/board.{ending}")
def board_file(opened: ReadDep, scope: AskedDep, ending: Ending) -> Response:
    """All figures of what the board shows, and of each of its days: numerators, denominators and formulas with them."""
    metrics = [metric.id for metric in METRICS]
    hourly = [metric.id for metric in METRICS if is_hourly(metric)]
    ranked = [metric.id for metric in QUANTILE_METRICS]
    readings: list[tuple[By, Reading | QuantileReading]] = [
        *((By.TOTAL, one) for one in scope.read(opened, metrics)),
        *((scope.below, one) for one in scope.read(opened, metrics, by=scope.below)),
        *((By.DAY, one) for one in scope.read(opened, metrics, daily=True)),
        *((By.HOUR, one) for one in scope.read(opened, hourly, by=By.HOUR)),
        *((By.TOTAL, one) for one in scope.ranked(opened, ranked)),
        *((scope.below, one) for one in scope.ranked(opened, ranked, by=scope.below)),
        *((By.DAY, one) for one in scope.ranked(opened, ranked, daily=True)),
    ]
    return table_answer(reading_table(readings, scope.names), ending, period=f"{scope.first}-{scope.last}")


@router.get("/metrics.{ending}")
def metrics_file(ending: Ending) -> Response:
    """The catalogue."""
    return table_answer(catalogue_table(), ending)


@router.get("/metrics")
def metrics(request: Request) -> HTMLResponse:
    """Every metric with its definition."""
    return render(request, "board/metrics.html", nav="board", metrics=ALL_METRICS, kinds_of=kinds_of)
