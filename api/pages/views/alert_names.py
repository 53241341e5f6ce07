"""What an alert is about, as people call it: the names of teams and agents, a call by its time and agent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from api.pages.figures import local_time, masked
from api.pages.languages import Words
from models.agent import all_teams, names_of
from models.alert import AlertRow
from models.call import CallRow
from qa_engine.alerts.rules import Scope


@dataclass(frozen=True, slots=True)
class AlertNames:
    """Names by scope and key; what has none is written by its key."""

    known: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def subject(self, scope: str, key: str, words: Words) -> str:
        """`冯媛 A009`, `信贷组 T3`, `2026-11-13 10:44 赵鹏`; long numbers in a key are hidden."""
        shown, name = masked(key), self.known.get((scope, key), "")
        if scope == Scope.CALL:
            return name or shown
        if name and name != key:
            return f"{name} {shown}"
        return shown or ("" if scope == Scope.TOTAL else words("scope.unknown"))

    def call(self, call_id: str) -> str:
        """A call by its time and agent, or its id where it is gone."""
        return self.known.get((Scope.CALL, call_id)) or call_id


def alert_names(
    opened: Session, alerts: Iterable[AlertRow], zone: ZoneInfo, *, calls: Iterable[str] = ()
) -> AlertNames:
    """The names that lines of these alerts, and of these calls, need; one query a kind."""
    keys: dict[str, set[str]] = {Scope.CALL: set(calls)}
    for alert in alerts:
        keys.setdefault(alert.scope, set()).add(alert.scope_key)
    rows = opened.exec(select(CallRow).where(col(CallRow.id).in_(sorted(keys[Scope.CALL])))).all()
    agents = names_of(opened, {row.agent_id for row in rows if row.agent_id} | keys.get(Scope.AGENT, set()))
    known = {(str(Scope.AGENT), agent): name for agent, name in agents.items()}
    if Scope.TEAM in keys:
        known |= {(str(Scope.TEAM), team): name for team, name in all_teams(opened)}
    for row in rows:
        at = local_time(row.started_at or row.created_at, zone)
        known[str(Scope.CALL), row.id] = f"{at} {agents.get(row.agent_id or '', '')}".strip()
    return AlertNames(known)
