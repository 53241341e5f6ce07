"""Agents, teams, and who was in which team when."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field, Session, SQLModel, col, select

from models import columns as _columns  # noqa: F401 (names of constraints)
from qa_engine.calls import CallFacts


class TeamRow(SQLModel, table=True):
    """A team. `name` is empty where only the id is known; `lead` owns the team's alerts, "" = nobody yet."""

    __tablename__ = "team"
    id: str = Field(primary_key=True, max_length=100)
    name: str = Field(default="", max_length=200)
    lead: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})


class AgentRow(SQLModel, table=True):
    """A telesales agent, under the dialer's own id."""

    __tablename__ = "agent"
    id: str = Field(primary_key=True, max_length=100)
    name: str = Field(default="", max_length=200)


class MembershipRow(SQLModel, table=True):
    """The agent's team from this day on, until the next row of the same agent."""

    __tablename__ = "membership"
    agent_id: str = Field(primary_key=True, foreign_key="agent.id", max_length=100)
    since: date = Field(primary_key=True)
    team_id: str = Field(foreign_key="team.id", index=True, max_length=100)


def team_on(session: Session, agent_id: str, day: date) -> str | None:
    """The team of an agent on a day; before the first known day, the first known team."""
    rows = session.exec(
        select(MembershipRow).where(MembershipRow.agent_id == agent_id).order_by(col(MembershipRow.since))
    ).all()
    known = [row for row in rows if row.since <= day] or list(rows[:1])
    return known[-1].team_id if known else None


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
    if facts.team_id is not None and team_on(session, facts.agent_id, day) != facts.team_id:
        session.merge(MembershipRow(agent_id=facts.agent_id, since=day, team_id=facts.team_id))
        session.flush()
