"""What stored figures say of a target: history by week, what was reached, the rates of its funnel, the level below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from sqlmodel import Session

from models.agent import team_on
from models.dial_kpi import By
from models.figures import Reading, read_figures
from models.target import work_calendar
from qa_engine.kpi.registry import BY_ID, Ratio
from qa_engine.targets.funnel import Stage
from qa_engine.targets.target import BadTarget, Scope, Target

WEEKS = 12
_GROUPS = {Scope.COMPANY: By.TOTAL, Scope.TEAM: By.TEAM, Scope.AGENT: By.AGENT}
# Deals are made of contacts, contacts of connects, connects of dials: (name, metric, of which metric).
FUNNEL = (("接通", "connects", "dials"), ("有效接触", "contacts", "connects"), ("成交", "sales", "contacts"))
FUNNEL_METRICS = tuple(metric for _, metric, _ in FUNNEL)


def _readings(
    session: Session, target: Target, metrics: Sequence[str], *, first: date, last: date, daily: bool = False
) -> Sequence[Reading]:
    by = _GROUPS.get(target.scope)
    if by is None or last < first:
        return ()
    found = read_figures(session, metrics, first=first, last=last, by=by, daily=daily)
    return [one for one in found if one.key == target.scope_id]


def actual(session: Session, target: Target, *, today: date) -> float | None:
    """What was reached from the first day to today; None where it is unknown."""
    last = min(today, target.last)
    values = [one.value for one in _readings(session, target, [target.metric], first=target.first, last=last)]
    return values[0] if values else None


def weekly_history(session: Session, target: Target, *, before: date, weeks: int = WEEKS) -> list[float]:
    """The whole weeks (Monday to Sunday) before a day, oldest first: counts per working day, rates as they are. Weeks
    without a working day, and those before the first known one, are left out."""
    monday = before - timedelta(days=before.isoweekday() - 1)
    start = monday - timedelta(weeks=weeks)
    calendar = work_calendar(session)
    metric = BY_ID[target.metric]
    sums: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    last = monday - timedelta(days=1)
    for one in _readings(session, target, [target.metric], first=start, last=last, daily=True):
        week = sums[(one.first - start).days // 7]
        if isinstance(one.figure, Ratio):
            week[0] += one.figure.num * metric.factor
            week[1] += one.figure.den
        elif one.figure is not None:
            week[0] += one.figure
    known = [at for at, (num, den) in sums.items() if num or den]
    found = []
    for at in range(min(known, default=weeks), weeks):
        monday_of = start + timedelta(weeks=at)
        num, den = sums[at]
        under = calendar.days(monday_of, monday_of + timedelta(days=6)) if metric.denominator is None else den
        if under > 0:
            found.append(num / under)
    return found


def funnel_stages(session: Session, target: Target, *, before: date, weeks: int = WEEKS) -> list[Stage]:
    """The stages from dials to the target's metric, from the days before. Raises `BadTarget` for other metrics."""
    if target.metric not in FUNNEL_METRICS:
        names = "、".join(BY_ID[name].name_zh for name in FUNNEL_METRICS)
        raise BadTarget(f"{BY_ID[target.metric].name_zh}不在外呼漏斗中", hint=f"可倒推的指标:{names}")
    first, last = before - timedelta(weeks=weeks), before - timedelta(days=1)
    wanted = ("dials", *FUNNEL_METRICS)
    values = {one.metric: one.value for one in _readings(session, target, wanted, first=first, last=last)}
    upto = FUNNEL_METRICS.index(target.metric) + 1
    return [
        Stage(name, round(values.get(metric) or 0), round(values.get(of) or 0))
        for name, metric, of in FUNNEL[:upto]
    ]


def next_level(
    session: Session, target: Target, *, before: date, weeks: int = WEEKS
) -> tuple[Scope, list[tuple[str, float]]]:
    """The level below with each member's history of the metric over the weeks before: teams of the company, agents of a
    team by their team of that day. Raises `BadTarget`."""
    below = {Scope.COMPANY: Scope.TEAM, Scope.TEAM: Scope.AGENT}.get(target.scope)
    if below is None:
        raise BadTarget(f"{target.scope.value} 级目标之下没有可拆分的级别", hint="可拆分公司和团队的目标")
    first, last = before - timedelta(weeks=weeks), before - timedelta(days=1)
    found = read_figures(session, [target.metric], first=first, last=last, by=_GROUPS[below])
    members = [
        (one.key, float(one.value or 0))
        for one in found
        if one.key and (below is Scope.TEAM or team_on(session, one.key, target.first) == target.scope_id)
    ]
    return below, members
