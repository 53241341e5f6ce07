"""Loads what an attribution needs: calls of two periods in cells of day, hour, agent and campaign."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, extract, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from models.database import is_postgresql
from models.dial import DialRow
from models.rollup import RollupDayRow
from models.target import days_off
from qa_engine.errors import BadInput
from qa_engine.insight.attribution import Attribution, attribute
from qa_engine.insight.cells import Cell

FORMAT = "callqa.attribution/1"
BEFORE_DAYS = 28
"""Whole weeks, so that every weekday is known from before."""
ENOUGH_DIALS = 30
"""Calls of an hour from which its share of connects or of line faults is taken as measured."""
FAULTS = (
    "FAILED",
    "CONGESTION",
    "CHANUNAVAIL",
    "ERROR",
    "NORMAL_TEMPORARY_FAILURE",
    "NETWORK_OUT_OF_ORDER",
    "SYSTEM",
)
"""Results of dialers that speak of the line, not of the customer."""
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
HOLIDAY = "节假日"

_OUT = col(DialRow.outbound).is_(True)
_CONNECTED = col(DialRow.connected).is_(True)
_ABANDONED = col(DialRow.abandoned).is_(True)
_SALE = col(DialRow.sale).is_(True)
_SALE_KNOWN = and_(_OUT, col(DialRow.sale).is_not(None))
# metric → (what counts, of what): the same conditions as in the sums of `models.dial_kpi`
RATES: Mapping[str, tuple[ColumnElement[bool], ColumnElement[bool]]] = {
    "connect_rate": (_CONNECTED, and_(_OUT, col(DialRow.connected).is_not(None))),
    "conversion_contacts": (_SALE, and_(_SALE_KNOWN, col(DialRow.contact).is_(True))),
    "conversion_connects": (_SALE, and_(_SALE_KNOWN, _CONNECTED)),
    "conversion_dials": (_SALE, _SALE_KNOWN),
    "abandon_rate": (_ABANDONED, and_(_OUT, col(DialRow.abandoned).is_not(None), _CONNECTED | _ABANDONED)),
}


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Question:
    """Which rate changed, from when to when, for whom; `agent`, `team`, `campaign` None = all."""

    metric: str
    before: Span
    after: Span
    team: str | None = None
    agent: str | None = None
    campaign: str | None = None


def usual_question(metric: str, after: Span, *, scope: str, key: str) -> Question:
    """The days of an alert against the four weeks before them, for its group. Raises `BadInput` where the calendar has no
    four weeks before them."""
    if after.first <= date.min + timedelta(days=BEFORE_DAYS):
        raise BadInput(f"日期太早:{after.first}", hint="请给有话务数据的日期,例如 2026-11-02")
    before = Span(after.first - timedelta(days=BEFORE_DAYS), after.first - timedelta(days=1))
    group = {scope: key} if scope in {"team", "agent", "campaign"} else {}
    return Question(metric, before, after, **group)


def explain(
    opened: Session, asked: Question, zone: ZoneInfo, holidays: frozenset[date] = frozenset()
) -> Attribution:
    """The attribution of a change; days off are `holidays` and those of the work calendar. Raises `BadInput` for a metric
    that is no rate over calls, `NotEnough`."""
    return attribute(cells_of(opened, asked, zone, holidays))


def check(asked: Question) -> None:
    """Raises `BadInput` for a metric that is no rate over calls and for periods that overlap."""
    if asked.metric not in RATES:
        raise BadInput(f"指标 {asked.metric[:40]} 不支持归因", hint=f"可用:{'、'.join(RATES)}")
    if asked.before.last >= asked.after.first:
        raise BadInput("两个时期重叠", hint="前期应在后期开始之前结束")


def cells_of(
    opened: Session, asked: Question, zone: ZoneInfo, holidays: frozenset[date] = frozenset()
) -> list[Cell]:
    """The calls of both periods in cells, as `explain` takes them. Raises `BadInput` like it."""
    check(asked)
    return _cells(opened, asked, zone, holidays | days_off(opened))


def _cells(opened: Session, asked: Question, zone: ZoneInfo, holidays: frozenset[date]) -> list[Cell]:
    counts, of = RATES[asked.metric]
    started = col(DialRow.started_at)
    hour = extract("hour", func.timezone("UTC", started) if is_postgresql(opened) else started)
    keys = (col(DialRow.day), col(DialRow.agent_id), col(DialRow.campaign), hour)
    status = func.upper(col(DialRow.status))
    query = (
        select_columns(
            *keys,
            func.sum(case((and_(of, counts), 1), else_=0)),
            func.sum(case((of, 1), else_=0)),
            func.sum(case((_CONNECTED, 1), else_=0)),
            func.sum(case((status.in_(FAULTS), 1), else_=0)),
            func.count(),
        )
        .where(_OUT, col(DialRow.day) >= asked.before.first, col(DialRow.day) <= asked.after.last)
        .group_by(*keys)
    )
    for column, value in (
        (DialRow.team_id, asked.team),
        (DialRow.agent_id, asked.agent),
        (DialRow.campaign, asked.campaign),
    ):
        if value is not None:
            query = query.where(func.coalesce(col(column), "") == value)
    rows = [
        (day, agent or "", campaign or "", _local(day, int(utc), zone), *map(int, counted))
        for day, agent, campaign, utc, *counted in opened.execute(query)
        if day <= asked.before.last or day >= asked.after.first
    ]
    tools = _line_figures(rows, asked.metric)
    silence = _dead_air(opened, asked)
    return [
        Cell(
            day=day.isoformat(),
            after=day >= asked.after.first,
            num=num,
            den=den,
            agent=agent,
            slot=f"{at:02d}",
            customers=campaign,
            environment=HOLIDAY if day in holidays else WEEKDAYS[day.weekday()],
            tools={**tools[day, at], "dead_air": silence.get(day)},
        )
        for day, agent, campaign, at, num, den, *_ in rows
        if den
    ]


def _local(day: date, utc_hour: int, zone: ZoneInfo) -> int:
    offset = datetime.combine(day, time(12), zone).utcoffset() or timedelta()
    return int(utc_hour + offset.total_seconds() // 3600) % 24


def _line_figures(
    rows: list[tuple[Any, ...]], metric: str
) -> dict[tuple[date, int], dict[str, float | None]]:
    """Shares of connects and of line faults for each hour of each day. A rate never explains itself."""
    sums: dict[tuple[date, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for day, _, _, at, _, _, connects, faults, dials in rows:
        for place, amount in enumerate((connects, faults, dials)):
            sums[day, at][place] += amount
    found: dict[tuple[date, int], dict[str, float | None]] = {}
    for hour, (connects, faults, dials) in sums.items():
        enough = dials >= ENOUGH_DIALS
        found[hour] = {"line_faults": faults / dials if enough else None}
        if metric != "connect_rate":
            found[hour]["connect_share"] = connects / dials if enough else None
    return found


def _dead_air(opened: Session, asked: Question) -> dict[date, float]:
    """Share of recorded time in which nobody spoke, by day, of the calls that were transcribed."""
    rows = opened.execute(
        select_columns(
            col(RollupDayRow.day), func.sum(col(RollupDayRow.duration_s)), func.sum(col(RollupDayRow.talk_s))
        )
        .where(col(RollupDayRow.day) >= asked.before.first, col(RollupDayRow.day) <= asked.after.last)
        .group_by(col(RollupDayRow.day))
    )
    return {day: max(0.0, 1 - talk_s / duration_s) for day, duration_s, talk_s in rows if duration_s}


def document(found: Attribution, asked: Question) -> dict[str, Any]:
    """`callqa.attribution/1`: the parts add up to the change; `value` is 0 where a part is not told (`state` few or imprecise), its
    `estimate` is among the unexplained. An interval is null where there were too few days."""
    return {
        "format": FORMAT,
        "metric": asked.metric,
        "periods": {
            name: {"from": span.first.isoformat(), "to": span.last.isoformat()}
            for name, span in (("before", asked.before), ("after", asked.after))
        },
        "before": {"value": found.before, "n": found.n_before},
        "after": {"value": found.after, "n": found.n_after},
        "change": found.change,
        "parts": [
            {
                "part": one.part.value,
                "value": one.value,
                "low": _number(one.low),
                "high": _number(one.high),
                "estimate": one.estimate,
                "n": one.n,
                "state": one.state.value,
            }
            for one in found.parts
        ],
        "largest": found.largest.part.value,
        "agents": [{"agent": agent, "value": value} for agent, value in found.agents[:10]],
        "tools": list(found.measured_tools),
    }


def _number(value: float) -> float | None:
    return None if value != value else value  # noqa: PLR0124 (NaN)
