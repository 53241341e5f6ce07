"""What dialers wrote, row by row: calls, legs, holds, agents' time, recordings, meanings of dispositions.

Every table has the key (source, key) and a `digest` of the row's content, so that an import can be repeated. Telephone
numbers are not kept: `lead` is the list's id, or a pseudonym keyed with the secret of this installation."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import Index, LargeBinary, SmallInteger, func, select, text, true
from sqlmodel import Field, Session, SQLModel, col

from models.columns import UtcDateTime


class DialRow(SQLModel, table=True):
    """One call as a whole; see `qa_engine.dialer.records.Dial`. `day` is that of its start in the tenant's zone;
    `team_id` the team at the time of the call, `team_given` by the dialer itself: it stays whatever a people file says;
    `number` the number's pseudonym where `lead` is another id; `hour` that of the start in the same zone, None = not
    known yet."""

    __tablename__ = "dial"
    __table_args__ = (
        Index("ix_dial_source_day", "source", "day"),
        Index("ix_dial_source_lead", "source", "lead", "started_at"),
        Index(
            "ix_dial_source_number",
            "source",
            "number",
            sqlite_where=text("number IS NOT NULL"),
            postgresql_where=text("number IS NOT NULL"),
        ),
    )
    source: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=200)
    digest: str = Field(max_length=16)
    started_at: datetime = Field(sa_type=UtcDateTime)
    day: date
    hour: int | None = Field(default=None, sa_type=SmallInteger)
    duration_s: int | None = None
    agent_id: str | None = Field(default=None, max_length=100)
    team_id: str | None = Field(default=None, max_length=100)
    team_given: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    campaign: str | None = Field(default=None, max_length=200)
    lead: str | None = Field(default=None, max_length=200)
    status: str | None = Field(default=None, max_length=100)
    outbound: bool = True
    connected: bool | None = None
    contact: bool | None = None
    sale: bool | None = None
    right_party: bool | None = None
    intent: bool | None = None
    abandoned: bool | None = None
    number: str | None = Field(default=None, max_length=24)
    talk_s: int | None = None
    hold_s: int | None = None
    acw_s: int | None = None


class DialLegRow(SQLModel, table=True):
    """One CDR row of a dialer that writes several a call; `call` joins them, `peer` names the other leg."""

    __tablename__ = "dial_leg"
    __table_args__ = (
        Index("ix_dial_leg_source_call", "source", "call"),
        Index("ix_dial_leg_source_peer", "source", "peer"),
    )
    source: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=200)
    digest: str = Field(max_length=16)
    call: str = Field(max_length=200)
    peer: str | None = Field(default=None, max_length=200)
    sequence: int = 0
    started_at: datetime = Field(sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    duration_s: int
    bill_s: int
    agent_id: str | None = Field(default=None, max_length=100)
    campaign: str | None = Field(default=None, max_length=200)
    lead: str | None = Field(default=None, max_length=200)
    status: str = Field(max_length=100)
    outbound: bool
    connected: bool
    second: bool | None = None


class DialHoldRow(SQLModel, table=True):
    """One channel event; `begins` True = put on hold, False = taken back, None = anything else."""

    __tablename__ = "dial_hold"
    __table_args__ = (Index("ix_dial_hold_source_call", "source", "call"),)
    source: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=200)
    digest: str = Field(max_length=16)
    call: str = Field(max_length=200)
    channel: str = Field(max_length=200)
    at: datetime = Field(sa_type=UtcDateTime)
    begins: bool | None = None


class AgentTimeRow(SQLModel, table=True):
    """What an agent did around one call, seconds; `talk_s` contains `dead_s`."""

    __tablename__ = "agent_time"
    __table_args__ = (Index("ix_agent_time_source_day", "source", "day"),)
    source: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=200)
    digest: str = Field(max_length=16)
    started_at: datetime = Field(sa_type=UtcDateTime)
    day: date
    hour: int | None = Field(default=None, sa_type=SmallInteger)
    agent_id: str = Field(max_length=100)
    team_id: str | None = Field(default=None, max_length=100)
    team_given: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    campaign: str | None = Field(default=None, max_length=200)
    dial_key: str | None = Field(default=None, max_length=200)
    pause_s: int = 0
    wait_s: int = 0
    talk_s: int = 0
    dispo_s: int = 0
    dead_s: int = 0


class DialRecordingRow(SQLModel, table=True):
    """A recording that the dialer knows of. `named_key` is the call that the dialer names; `dial_key` the stored call
    that it belongs to, by that name or by lead and time."""

    __tablename__ = "dial_recording"
    __table_args__ = (Index("ix_dial_recording_source_dial_key", "source", "dial_key"),)
    source: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=200)
    digest: str = Field(max_length=16)
    started_at: datetime = Field(sa_type=UtcDateTime)
    duration_s: int | None = None
    named_key: str | None = Field(default=None, max_length=200)
    lead: str | None = Field(default=None, max_length=200)
    agent_id: str | None = Field(default=None, max_length=100)
    filename: str | None = Field(default=None, max_length=300)
    dial_key: str | None = Field(default=None, max_length=200)


class DialStatusRow(SQLModel, table=True):
    """What a disposition means; `campaign` empty = everywhere."""

    __tablename__ = "dial_status"
    source: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=310)
    digest: str = Field(max_length=16)
    campaign: str = Field(max_length=200)
    status: str = Field(max_length=100)
    name: str = Field(default="", max_length=200)
    connected: bool
    contact: bool
    sale: bool


class DialPersonRow(SQLModel, table=True):
    """A user of the dialer: the roster by which an agent is known or unknown."""

    __tablename__ = "dial_person"
    source: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=200)
    digest: str = Field(max_length=16)
    agent_id: str = Field(max_length=200)
    name: str = Field(default="", max_length=200)
    team_id: str | None = Field(default=None, max_length=100)


class DialTeamRow(SQLModel, table=True):
    """A user group of the dialer."""

    __tablename__ = "dial_team"
    source: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=200)
    digest: str = Field(max_length=16)
    team_id: str = Field(max_length=100)
    name: str = Field(default="", max_length=200)


class DialReferenceRow(SQLModel, table=True):
    """A campaign, a list, or a lead of a list: what there is to dial."""

    __tablename__ = "dial_reference"
    __table_args__ = (Index("ix_dial_reference_source_kind", "source", "kind", "parent"),)
    source: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=200)
    digest: str = Field(max_length=16)
    kind: str = Field(max_length=20)
    ref: str = Field(max_length=150)
    name: str = Field(default="", max_length=200)
    parent: str | None = Field(default=None, max_length=150)


class DialSecretRow(SQLModel, table=True):
    """The key of pseudonyms, made once."""

    __tablename__ = "dial_secret"
    id: int = Field(primary_key=True)
    secret: bytes = Field(sa_type=LargeBinary)


def dial_secret(session: Session) -> bytes:
    """The installation's key of pseudonyms; made on first use."""
    row = session.get(DialSecretRow, 1)
    if row is None:
        row = DialSecretRow(id=1, secret=secrets.token_bytes(32))
        session.add(row)
        session.flush()
    return row.secret


def dial_sources(session: Session) -> list[str]:
    """The sources that have calls of a dialer: from one to the next by the key, since the calls themselves are too many to
    read."""
    found: list[str] = []
    after = ""
    while source := session.scalar(select(func.min(DialRow.source)).where(col(DialRow.source) > after)):
        found.append(source)
        after = source
    return found
