"""Orders and tickets as the CRM told of them last, and whose work they are.

Telephone numbers are not kept: `number` is their pseudonym, the same as that of a dial to it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeAlias

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class _CrmRow(SQLModel):
    """What orders and tickets share. `said_*` and `call` are the row's own words; `agent_id`, `team_id`, `campaign` whose
    it is, by `models.crm_settle`; `dial_source` and `dial_key` the call that this rests on. `replaced` holds the digests
    of earlier versions, with a space between."""

    source: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=200)
    digest: str = Field(max_length=16)
    replaced: str = Field(default="", sa_type=Text)
    updated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    status: str | None = Field(default=None, max_length=20)
    lead: str | None = Field(default=None, max_length=200)
    number: str | None = Field(default=None, max_length=24)
    said_agent_id: str | None = Field(default=None, max_length=100)
    said_team_id: str | None = Field(default=None, max_length=100)
    said_campaign: str | None = Field(default=None, max_length=200)
    call: str | None = Field(default=None, max_length=200)
    day: date
    agent_id: str | None = Field(default=None, max_length=100)
    team_id: str | None = Field(default=None, max_length=100)
    campaign: str | None = Field(default=None, max_length=200)
    dial_source: str | None = Field(default=None, max_length=64)
    dial_key: str | None = Field(default=None, max_length=200)


class OrderRow(_CrmRow, table=True):
    """One order; see `qa_engine.crm.records.Order`. `day` is that of its closing, else of its creation, in the tenant's
    zone; `cycle_days` the days from the customer's first dial to the closing."""

    __tablename__ = "crm_order"
    __table_args__ = (Index("ix_crm_order_source_day", "source", "day"), Index("ix_crm_order_day", "day"))
    created_at: datetime = Field(sa_type=UtcDateTime)
    amount_c: int | None = Field(default=None, sa_type=BigInteger)
    cycle_days: int | None = None


class CrmTicketRow(_CrmRow, table=True):
    """One ticket; see `qa_engine.crm.records.Ticket`. `day` is that of its opening, `closed_day` of its closing.
    `first_contact`: whether the first contact solved it; None = not closed, not yet to be told, or customer unknown."""

    __tablename__ = "crm_ticket"
    __table_args__ = (
        Index("ix_crm_ticket_source_day", "source", "day"),
        Index("ix_crm_ticket_source_closed_day", "source", "closed_day"),
        Index("ix_crm_ticket_lead", "lead"),
        Index("ix_crm_ticket_number", "number"),
        Index("ix_crm_ticket_call", "call"),
    )
    opened_at: datetime = Field(sa_type=UtcDateTime)
    reopened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reopened: int | None = None
    kind: str | None = Field(default=None, max_length=20)
    closed_day: date | None = None
    first_contact: bool | None = None


CrmTable: TypeAlias = type[OrderRow] | type[CrmTicketRow]
CRM_TABLES: dict[str, CrmTable] = {"orders": OrderRow, "tickets": CrmTicketRow}
