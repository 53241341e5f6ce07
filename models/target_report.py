"""Targets in reports: what each agent should dial today, and what was reached of the targets of a month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import ceil

from sqlmodel import Session

from models.agent import all_teams, names_of
from models.target import TargetRow, targets_within, work_calendar
from models.target_figures import FUNNEL_METRICS, actual, funnel_stages, standings
from qa_engine.errors import CallQAError
from qa_engine.insight.sheet import Table
from qa_engine.kpi.bands import Colour
from qa_engine.kpi.registry import BY_ID
from qa_engine.targets.path import path_card
from qa_engine.targets.target import Scope

DIALS = "dials"
_SCOPES = {Scope.COMPANY: "公司", Scope.REGION: "区域", Scope.TEAM: "团队", Scope.AGENT: "坐席"}
_LIGHTS = {
    Colour.GREEN: "绿:达到", Colour.YELLOW: "黄:略低", Colour.RED: "红:低 20 % 以上", Colour.UNKNOWN: "未知",
}  # fmt: skip


def dials_asked(session: Session, day: date) -> Mapping[str, int]:
    """Agent → dials of the day, from the agent's own targets: what is left over the working days that are left, sales,
    contacts and connects worked back by the agent's rates. The most of several; agents without any are left out, and
    so is a day off."""
    calendar = work_calendar(session)
    if calendar.worth(day) <= 0:
        return {}
    found: dict[str, int] = {}
    metrics = (DIALS, *FUNNEL_METRICS)
    for row in targets_within(session, first=day, last=day, scope=Scope.AGENT, metrics=metrics):
        dials = _dials(session, row, day)
        if dials is not None:
            found[row.scope_id] = max(dials, found.get(row.scope_id, 0))
    return found


def _dials(session: Session, row: TargetRow, day: date) -> int | None:
    target, calendar = row.target, work_calendar(session)
    so_far = actual(session, target, today=date.fromordinal(day.toordinal() - 1)) or 0.0
    if row.metric == DIALS:
        days = calendar.days(day, row.ends)
        return ceil(max(row.value - so_far, 0.0) / days * calendar.worth(day)) if days > 0 else None
    try:
        card = path_card(target, so_far, funnel_stages(session, target, before=day), calendar, today=day)
    except CallQAError:  # no calls yet to take rates from
        return None
    return card.dials if card else None


def target_table(session: Session, first: date, last: date) -> Table:
    """Attainment of every target that runs in the range, pro rata to its last day; the company first, then down."""
    rows = [row for scope in Scope for row in targets_within(session, first=first, last=last, scope=scope)]
    names = {
        **dict(all_teams(session)),
        **names_of(session, [row.scope_id for row in rows if row.scope == Scope.AGENT]),
    }
    return Table(
        "目标达成",
        ("范围", "指标", "起止", "目标", "应达", "实际", "达成率", "状态", "负责人"),
        tuple(
            (
                f"{_SCOPES[Scope(one.row.scope)]} {names.get(one.row.scope_id, one.row.scope_id)}".strip(),
                BY_ID[one.row.metric].name_zh,
                f"{one.row.starts} 至 {one.row.ends}",
                _written(one.row, one.row.value),
                _written(one.row, one.reached.due),
                _written(one.row, one.reached.actual),
                "–" if one.reached.rate is None else f"{one.reached.rate:.0%}",
                _LIGHTS[one.light],
                one.row.owner,
            )
            for one in standings(session, rows, today=last)
        ),
        f"次数按工作日折算到 {last},比率每天按全值;已撤回的目标不计。",
    )


def _written(row: TargetRow, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2%}" if BY_ID[row.metric].unit == "比率" else f"{value:,.1f}".removesuffix(".0")
