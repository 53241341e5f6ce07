"""What stored figures say of a target: history by week, what was reached, the rates of its funnel, the level below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from models.access.roles import current_access
from models.agent import regions, teams_on
from models.dial_kpi import By
from models.figures import Reading, read_figures
from models.target import TargetRow, targets_on, work_calendar
from qa_engine.kpi.bands import Colour
from qa_engine.kpi.registry import BY_ID, Figure, Ratio
from qa_engine.kpi.sums import LEAD_FIELDS
from qa_engine.targets.attainment import Attainment, attainment, light
from qa_engine.targets.funnel import Stage
from qa_engine.targets.target import BadTarget, Scope, Target

WEEKS = 12
_GROUPS = {
    Scope.COMPANY: By.TOTAL, Scope.REGION: By.TEAM, Scope.TEAM: By.TEAM, Scope.AGENT: By.AGENT,
}  # fmt: skip
# Deals are made of contacts, contacts of connects, connects of dials: (name, metric, of which metric).
FUNNEL = (("接通", "connects", "dials"), ("有效接触", "contacts", "connects"), ("成交", "sales", "contacts"))
FUNNEL_METRICS = tuple(metric for _, metric, _ in FUNNEL)


def scope_readings(
    session: Session, scope: Scope, metrics: Iterable[str], *, first: date, last: date, daily: bool = False
) -> Sequence[Reading]:
    """Readings of everything of a scope; those of a region are its teams' added up, None for metrics of distinct leads."""
    if last < first:
        return ()
    found = read_figures(session, metrics, first=first, last=last, by=_GROUPS[scope], daily=daily)
    return _of_regions(found, regions(session)) if scope is Scope.REGION else found


def _of_regions(found: Sequence[Reading], of_team: Mapping[str, str]) -> list[Reading]:
    parts: dict[tuple[str, str, date, date], list[Figure]] = defaultdict(list)
    for one in found:
        if one.key in of_team:
            parts[one.metric, of_team[one.key], one.first, one.last].append(one.figure)
    return [Reading(*place, _added(place[0], figures)) for place, figures in parts.items()]


def _added(metric: str, figures: Sequence[Figure]) -> Figure:
    known = [one for one in figures if one is not None]
    if not known or {BY_ID[metric].numerator, BY_ID[metric].denominator} & LEAD_FIELDS:
        return None
    ratios = [one for one in known if isinstance(one, Ratio)]
    if ratios:
        return Ratio(sum(one.num for one in ratios), sum(one.den for one in ratios), ratios[0].factor)
    return sum(one for one in known if not isinstance(one, Ratio))


def _readings(
    session: Session, target: Target, metrics: Sequence[str], *, first: date, last: date, daily: bool = False
) -> Sequence[Reading]:
    found = scope_readings(session, target.scope, metrics, first=first, last=last, daily=daily)
    return [one for one in found if one.key == target.scope_id]


def actual(session: Session, target: Target, *, today: date) -> float | None:
    """What was reached from the first day to today; None where it is unknown."""
    last = min(today, target.last)
    values = [one.value for one in _readings(session, target, [target.metric], first=target.first, last=last)]
    return values[0] if values else None


def reached_by(session: Session, target: Target, ends: Sequence[date], *, today: date) -> list[float | None]:
    """What was reached from the first day to each of these days, rising; None for days to come and where it is unknown."""
    last = min(today, target.last)
    days = _readings(session, target, [target.metric], first=target.first, last=last, daily=True)
    found: list[float | None] = []
    for end in ends:
        figure = _added(target.metric, [one.figure for one in days if one.first <= min(end, last)])
        value = figure.value if isinstance(figure, Ratio) else figure
        is_to_come = bool(found) and end > last <= ends[len(found) - 1]
        found.append(None if is_to_come else value)
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """A stored target with how far along it is."""

    row: TargetRow
    reached: Attainment

    @property
    def light(self) -> Colour:
        return light(self.reached)


def standings(session: Session, rows: Sequence[TargetRow], *, today: date) -> list[Standing]:
    """All of them, in their order; targets of one scope and days are read together."""
    calendar = work_calendar(session)
    same: dict[tuple[Scope, date, date], set[str]] = defaultdict(set)
    for row in rows:
        same[Scope(row.scope), row.starts, row.ends].add(row.metric)
    values = {
        (scope, first, last, one.metric, one.key): one.value
        for (scope, first, last), metrics in same.items()
        for one in scope_readings(session, scope, sorted(metrics), first=first, last=min(today, last))
    }
    return [
        Standing(
            row,
            attainment(
                row.target,
                values.get((Scope(row.scope), row.starts, row.ends, row.metric, row.scope_id)),
                calendar,
                today=today,
            ),
        )
        for row in rows
    ]


def behind(session: Session, *, today: date) -> list[Standing]:
    """Targets of today that are below their path. Those of the company and of regions are left out for who sees a part of
    them: their own figures are no measure of the whole."""
    access = current_access()
    rows = [
        row
        for row in targets_on(session, today)
        if access is None or not access.is_limited or row.scope in {Scope.TEAM, Scope.AGENT}
    ]
    return [one for one in standings(session, rows, today=today) if one.light in {Colour.YELLOW, Colour.RED}]


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


def levels_below(session: Session, scope: Scope) -> tuple[Scope, ...]:
    """To which scopes a target can be split, the usual one first; a company with regions to them or to teams."""
    if scope is Scope.COMPANY:
        return (Scope.REGION, Scope.TEAM) if regions(session) else (Scope.TEAM,)
    return {Scope.REGION: (Scope.TEAM,), Scope.TEAM: (Scope.AGENT,)}.get(scope, ())


def next_level(
    session: Session, target: Target, *, before: date, weeks: int = WEEKS, to: Scope | None = None
) -> tuple[Scope, list[tuple[str, float]]]:
    """The level below with each member's history of the metric over the weeks before: regions or teams of the company,
    teams of a region, agents of a team by their team of that day. Raises `BadTarget`."""
    possible = levels_below(session, target.scope)
    below = to or next(iter(possible), None)
    if below is None or below not in possible:
        raise BadTarget(
            f"{target.scope.value} 级目标不能拆分到 {below.value if below else '下级'}",
            hint="顺序为公司、区域、团队、个人;个人目标不再拆分",
        )
    first, last = before - timedelta(weeks=weeks), before - timedelta(days=1)
    found = {
        one.key: float(one.value or 0)
        for one in scope_readings(session, below, [target.metric], first=first, last=last)
        if one.key
    }
    of_team = regions(session)
    if below is Scope.REGION:
        teams = scope_readings(session, Scope.TEAM, [target.metric], first=first, last=last)
        stray = sorted(one.key for one in teams if one.key and one.key not in of_team)
        if stray:
            raise BadTarget(
                f"团队 {'、'.join(stray)} 没有区域,拆分到区域会漏掉它们",
                hint="callqa target region 团队 区域,或直接拆分到团队",
            )
    if below is Scope.TEAM and target.scope is Scope.REGION:
        found = {key: value for key, value in found.items() if of_team.get(key) == target.scope_id}
    if below is Scope.AGENT:
        team = teams_on(session, target.first)
        found = {key: value for key, value in found.items() if team.get(key) == target.scope_id}
    return below, list(found.items())
