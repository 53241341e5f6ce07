"""The call: one row of truth for each recording or transcript that was handed in."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, Session, SQLModel, select

from models.agent import AgentRow
from models.columns import Json, UtcDateTime, utc_now
from qa_engine.calls import CallFacts, CallId, FactValue
from qa_engine.errors import NotFound

ID_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # no look-alikes: people read ids aloud
ID_LENGTH = 12  # 59 random bits


class CallState(StrEnum):
    """How far a call has come. The last three are ends; `failed` carries code, message and hint."""

    RECEIVED = "received"
    PROBING = "probing"
    TRANSCRIBING = "transcribing"
    ANALYZING = "analyzing"
    SCORING = "scoring"
    DONE = "done"
    NO_CONVERSATION = "no_conversation"
    FAILED = "failed"


class CallRow(SQLModel, table=True):
    """A call. `sha256` covers all that was handed in (audio, and transcript where one came along); `day` is
    its calendar day in the tenant's zone; `talk_s` = agent + customer speech, known after analysis."""

    __tablename__ = "call"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        # without an id of the dialer's, the content is the identity
        Index(
            "uq_call_content",
            "sha256",
            unique=True,
            sqlite_where=text("external_id IS NULL"),
            postgresql_where=text("external_id IS NULL"),
        ),
        Index("ix_call_day_agent_id", "day", "agent_id"),
    )
    id: str = Field(primary_key=True, max_length=32)
    source: str = Field(max_length=64)
    external_id: str | None = Field(default=None, max_length=200)
    sha256: str = Field(max_length=64, index=True)
    agent_id: str | None = Field(default=None, foreign_key="agent.id", max_length=100, index=True)
    team_id: str | None = Field(default=None, foreign_key="team.id", max_length=100, index=True)
    campaign: str | None = Field(default=None, max_length=200, index=True)
    direction: str | None = Field(default=None, max_length=50)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    disposition: str | None = Field(default=None, max_length=200)
    customer_id: str | None = Field(default=None, max_length=200, index=True)
    extra: dict[str, FactValue] = Field(default_factory=dict, sa_type=Json)
    agent_channel: int | None = None
    day: date
    state: str = Field(default=CallState.RECEIVED, max_length=20, index=True)
    error_code: str | None = Field(default=None, max_length=100)
    error_message: str | None = None
    error_hint: str | None = None
    duration_s: float | None = None
    talk_s: float | None = None
    engine_name: str | None = Field(default=None, max_length=100)
    engine_model: str | None = Field(default=None, max_length=300)
    engine_version: str | None = Field(default=None, max_length=100)
    engine_demo: bool = False
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)


def new_call_id() -> CallId:
    """A short opaque id that tells nothing about the call."""
    return CallId("".join(secrets.choice(ID_ALPHABET) for _ in range(ID_LENGTH)))


def get_call(session: Session, call_id: str) -> CallRow:
    """The call. Raises `NotFound`."""
    row = session.get(CallRow, call_id)
    if row is None:
        raise NotFound(f"没有编号为 {call_id[:40]} 的通话", hint="请在通话列表中核对编号")
    return row


def named_calls(session: Session, name: str) -> Sequence[CallRow]:
    """The call with that id, or those that a source knows under it. Raises `NotFound`."""
    row = session.get(CallRow, name)
    rows = [row] if row else session.exec(select(CallRow).where(CallRow.external_id == name)).all()
    if not rows:
        raise NotFound(f"没有编号为 {name[:40]} 的通话", hint="编号可以是通话编号,也可以是拨号系统的编号")
    return rows


def call_facts(session: Session, row: CallRow) -> CallFacts:
    """What dialer and CRM know about the call, as the engine takes it."""
    agent = session.get(AgentRow, row.agent_id) if row.agent_id else None
    return CallFacts(
        agent_id=row.agent_id,
        agent_name=(agent.name or None) if agent else None,
        team_id=row.team_id,
        campaign=row.campaign,
        direction=row.direction,
        started_at=row.started_at,
        disposition=row.disposition,
        customer_id=row.customer_id,
        extra=dict(row.extra),
    )


def set_failed(row: CallRow, *, code: str, message: str, hint: str) -> None:
    """Ends the call with the reason that people will see."""
    row.state = CallState.FAILED
    row.error_code, row.error_message, row.error_hint = code, message, hint


def clear_error(row: CallRow) -> None:
    """Takes the reason off a call that is worked on again."""
    row.error_code = row.error_message = row.error_hint = None
