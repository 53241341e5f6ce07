"""An agent's page: lines of weeks with the team's level, items that cost points, objections with completion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from api.pages.views.board import completion, figure_text
from api.pages.views.charts import DayLine, day_line
from models.agent_sheet import AgentSheet
from models.figures import Reading
from qa_engine.kpi.registry import BY_ID, Metric

UNIT_RATE = "比率"


@dataclass(frozen=True, slots=True)
class WeeksView:
    """One metric over weeks: the line, the team's level as text, and the latest known week with its n and its board."""

    metric: Metric
    line: DayLine
    level: str
    latest: str
    n: str
    href: str


@dataclass(frozen=True, slots=True)
class LossView:
    """An item; shares and interval in percent. `href` opens the calls that failed it."""

    item_id: str
    title: str
    n: int
    lost: float
    low: float | None
    high: float | None
    others: float | None
    points: float
    href: str


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """A kind of objection; `done` with its interval."""

    kind: str
    n: int
    done: str
    href: str


def week_views(
    sheet: AgentSheet, metrics: Sequence[str], marks: Mapping[str, Sequence[tuple[date, str]]]
) -> list[WeeksView]:
    """The metrics that have any value, in their order; `marks` are days by metric on which something changed."""
    level = {one.metric: one.value for one in sheet.team_level}
    views = []
    for name in metrics:
        weeks = [one for one in sheet.weeks if one.metric == name]
        view = _weeks(BY_ID[name], weeks, level.get(name), sheet.agent_id, marks.get(name, ()))
        if view:
            views.append(view)
    return views


def _weeks(
    metric: Metric,
    weeks: Sequence[Reading],
    level: float | None,
    agent_id: str,
    marks: Sequence[tuple[date, str]],
) -> WeeksView | None:
    known = [one for one in weeks if one.value is not None]
    shown = level if metric.denominator else None  # a team's count is no level for one of its members
    line = day_line(
        [(one.first, one.value) for one in weeks],
        percent=metric.unit == UNIT_RATE,
        level=shown,
        marks=marks,
    )
    if line is None:
        return None
    latest = known[-1]
    return WeeksView(
        metric,
        line,
        figure_text(metric, shown) if shown is not None else "",
        figure_text(metric, latest.value),
        f"{latest.n:,}" if metric.denominator and latest.n is not None else "",
        _board(agent_id, latest),
    )


def _board(agent_id: str, week: Reading) -> str:
    days = {"from": week.first.isoformat(), "to": week.last.isoformat()}
    return f"/board?{urlencode({'agent': agent_id, **days})}"


def loss_views(sheet: AgentSheet, titles: Mapping[str, str], calls: str, rubric: str) -> list[LossView]:
    """Items by points lost. `calls` is the address of the agent's calls of the range."""
    return [
        LossView(
            one.item_id,
            titles.get(one.item_id, one.item_id),
            one.n,
            one.lost * 100,
            None if one.low is None else one.low * 100,
            None if one.high is None else one.high * 100,
            None if one.others is None else one.others * 100,
            one.points,
            f"{calls}&{urlencode({'rubric': rubric, 'item': one.item_id, 'verdict': 'fail'})}",
        )
        for one in sheet.lost
    ]


def objection_views(sheet: AgentSheet, calls: str) -> list[ObjectionView]:
    """Kinds from the most frequent on."""
    return [
        ObjectionView(kind, n, completion(n, done), f"{calls}&{urlencode({'objection': kind})}")
        for kind, n, done in sorted(sheet.objections, key=lambda one: (-one[1], one[0]))
    ]
