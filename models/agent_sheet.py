"""All that is stored about one agent, for the agent's page: weeks, items, objections, targets, plans, alerts, calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from models.access.narrow import whole_group
from models.agent import AgentRow, team_name, team_on
from models.alert import AlertFilter, AlertRow, list_alerts
from models.call_filter import CallFilter
from models.coaching import CoachingPlanRow, list_plans
from models.coaching_cells import item_weights, read_cells
from models.dial_kpi import By
from models.figures import Grain, Reading, read_figures
from models.queries import CallSummary, Sort, list_calls, objection_counts
from models.target import targets_within
from models.target_figures import Standing, standings
from qa_engine.coaching.losses import Loss, losses
from qa_engine.errors import NotFound
from qa_engine.targets.target import Scope

WEEKS = 12
HEARD = 3
MOST_ALERTS = 10


@dataclass(frozen=True, slots=True)
class AgentSheet:
    """`weeks` are the agent's readings a week, `team_level` the team's over all of them; `objections` are (type, raised,
    resolved); `calls` the worst two of the range and the best."""

    agent_id: str
    name: str
    team: str
    team_name: str
    weeks: Sequence[Reading]
    team_level: Sequence[Reading]
    lost: Sequence[Loss]
    objections: Sequence[tuple[str, int, int]]
    targets: Sequence[Standing]
    plans: Sequence[CoachingPlanRow]
    alerts: Sequence[AlertRow]
    calls: Sequence[CallSummary]


def read_sheet(
    session: Session,
    agent_id: str,
    metrics: Sequence[str],
    rubric: str,
    *,
    first: date,
    last: date,
    today: date,
) -> AgentSheet:
    """The sheet of a range of days; the weeks are the twelve that end with it. Raises `NotFound` for nobody."""
    row = session.get(AgentRow, agent_id)
    if row is None:
        raise NotFound(f"没有坐席 {agent_id[:40]}", hint="请检查编号;坐席随话务或录音导入而出现")
    team = team_on(session, agent_id, last) or ""
    start = last - timedelta(days=last.weekday() + 7 * (WEEKS - 1))
    own, whole = {By.AGENT: agent_id}, {By.TEAM: team}
    targets = targets_within(session, first=first, last=last, scope=Scope.AGENT)
    mine = [target for target in targets if target.scope_id == agent_id]
    with whole_group():  # sums over the team and over everybody else, no single colleague's figures
        level = read_figures(session, metrics, first=start, last=last, where=whole) if team else ()
        cells, weights = read_cells(session, rubric, first=first, last=last), item_weights(session, rubric)
    alerts = list_alerts(session, AlertFilter(scope="agent", scope_key=agent_id), size=MOST_ALERTS)[0]
    return AgentSheet(
        agent_id=agent_id,
        name=row.name or agent_id,
        team=team,
        team_name=team_name(session, team),
        weeks=read_figures(session, metrics, first=start, last=last, where=own, grain=Grain.WEEK),
        team_level=level,
        lost=losses(cells, weights, agent_id),
        objections=objection_counts(session, agent_id, None, None, first=first, last=last),
        targets=standings(session, mine, today=today),
        plans=list_plans(session, agent_id=agent_id),
        alerts=alerts,
        calls=_heard(session, agent_id, rubric, first, last),
    )


def _heard(session: Session, agent_id: str, rubric: str, first: date, last: date) -> list[CallSummary]:
    wanted = CallFilter(rubric=rubric, agent_id=agent_id, first_day=first, last_day=last)
    worst = list_calls(session, wanted, size=HEARD, sort=Sort.SCORE_LOW).calls
    best = list_calls(session, wanted, size=1, sort=Sort.SCORE_HIGH).calls
    chosen = (*worst[: HEARD - 1], *best, *worst)  # where all scored alike the best is among the worst
    found = {call.id: call for call in chosen if call.score is not None}
    return list(found.values())[:HEARD]
