"""Agents, teams, and who was in which team when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import Field, Session, SQLModel, col, select

from models import columns as _columns  # noqa: F401 (names of constraints)
from qa_engine.calls import CallFacts
from qa_engine.people.periods import PeoplePeriod, team_at


class TeamRow(SQLModel, table=True):
    """A team. `name` is empty where only the id is known; `lead` owns the team's alerts, "" = nobody yet; `region` is the
    level between the company and the team, "" = none."""

    __tablename__ = "team"
    id: str = Field(primary_key=True, max_length=100)
    name: str = Field(default="", max_length=200)
    lead: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    region: str = Field(default="", max_length=100, sa_column_kwargs={"server_default": ""})


class AgentRow(SQLModel, table=True):
    """A telesales agent, under the dialer's own id."""

    __tablename__ = "agent"
    id: str = Field(primary_key=True, max_length=100)
    name: str = Field(default="", max_length=200)


class MembershipRow(SQLModel, table=True):
    """The agent's team from this day on, until the next row of the same agent: as seen in the dialer's rows and the
    calls' facts. Where a people file says otherwise, it is right."""

    __tablename__ = "membership"
    agent_id: str = Field(primary_key=True, foreign_key="agent.id", max_length=100)
    since: date = Field(primary_key=True)
    team_id: str = Field(foreign_key="team.id", index=True, max_length=100)


class PeoplePeriodRow(SQLModel, table=True):
    """An agent in a team from `first` to `last`, both included, as a people file says; `last` None = still. The periods
    of one agent do not overlap."""

    __tablename__ = "people_period"
    agent_id: str = Field(primary_key=True, foreign_key="agent.id", max_length=100)
    first: date = Field(primary_key=True)
    last: date | None = None
    team_id: str = Field(foreign_key="team.id", index=True, max_length=100)
    role: str = Field(default="", max_length=100)

    @property
    def period(self) -> PeoplePeriod:
        return PeoplePeriod(self.agent_id, self.team_id, self.first, self.last, self.role)


def team_on(session: Session, agent_id: str, day: date) -> str | None:
    """The team of an agent on a day: by the people file, else as seen at work."""
    stated = session.exec(select(PeoplePeriodRow).where(PeoplePeriodRow.agent_id == agent_id)).all()
    return team_at((row.period for row in stated), day) or _seen_on(session, agent_id, day)


def _seen_on(session: Session, agent_id: str, day: date) -> str | None:
    """The team as seen at work; before the first known day, the first known team."""
    rows = session.exec(
        select(MembershipRow).where(MembershipRow.agent_id == agent_id).order_by(col(MembershipRow.since))
    ).all()
    known = [row for row in rows if row.since <= day] or list(rows[:1])
    return known[-1].team_id if known else None


def teams_on(session: Session, day: date) -> dict[str, str]:
    """Everybody's team on a day, by the same rule."""
    found: dict[str, str] = {}
    for row in session.exec(
        select(MembershipRow).order_by(col(MembershipRow.agent_id), col(MembershipRow.since))
    ):
        if row.since <= day or row.agent_id not in found:
            found[row.agent_id] = row.team_id
    return found


def all_teams(session: Session) -> list[tuple[str, str]]:
    """(id, name) of every team; the id where it has no name."""
    return [(row.id, row.name or row.id) for row in session.exec(select(TeamRow).order_by(TeamRow.id))]


def team_name(session: Session, team: str) -> str:
    """What a team is called; its id where it has no name or is not known."""
    row = session.get(TeamRow, team) if team else None
    return row.name or team if row else team


def regions(session: Session) -> dict[str, str]:
    """The region of every team that has one."""
    return {row.id: row.region for row in session.exec(select(TeamRow).where(TeamRow.region != ""))}


def set_region(session: Session, team: str, region: str) -> None:
    """Puts a team into a region, "" takes it out of any."""
    row = session.get(TeamRow, team) or TeamRow(id=team)
    row.region = region.strip()
    session.add(row)
    session.flush()


def names_of(session: Session, agents: Collection[str]) -> dict[str, str]:
    """What agents are called, by id: the name, or the id where there is none."""
    rows = session.exec(select(AgentRow).where(col(AgentRow.id).in_(list(agents))))
    known = {row.id: row.name for row in rows}
    return {agent: known.get(agent) or agent for agent in agents}


def note_people(session: Session, facts: CallFacts, day: date) -> None:
    """Makes the agent and team of a call known, and dates a change of team by the call's day."""
    if facts.team_id is not None and session.get(TeamRow, facts.team_id) is None:
        session.add(TeamRow(id=facts.team_id))
        session.flush()
    if facts.agent_id is None:
        return
    agent = session.get(AgentRow, facts.agent_id)
    if agent is None:
        agent = AgentRow(id=facts.agent_id)
    if facts.agent_name:
        agent.name = facts.agent_name
    session.add(agent)
    session.flush()
    if facts.team_id is not None and _seen_on(session, facts.agent_id, day) != facts.team_id:
        session.merge(MembershipRow(agent_id=facts.agent_id, since=day, team_id=facts.team_id))
        session.flush()


def in_region(team_id: Any, region: str) -> ColumnElement[bool]:
    """Whether a column names a team of a region; "" = of none."""
    of_region = select(TeamRow.id).where(TeamRow.region == region)
    if region:
        return team_id.in_(of_region)  # type: ignore[no-any-return]
    return or_(team_id.is_(None), team_id.not_in(select(TeamRow.id).where(TeamRow.region != "")))
