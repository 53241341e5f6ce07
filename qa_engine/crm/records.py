"""What a CRM says, in plain values: orders, and tickets of complaints and service."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from qa_engine.dialer.records import Notice
from qa_engine.values import value


class OrderStatus(StrEnum):
    """Where an order stands. `WON` alone is a sale; a refunded order was one and is none any more."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class TicketStatus(StrEnum):
    """Where a ticket stands; a cancelled one was opened by mistake and counts nowhere."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class TicketKind(StrEnum):
    """What a ticket is about."""

    COMPLAINT = "complaint"
    SERVICE = "service"
    INQUIRY = "inquiry"
    FEEDBACK = "feedback"
    OTHER = "other"


@value
class Order:
    """One order as it stood in one export. `key` is unique in its source, `digest` tells versions apart; times are UTC;
    `amount_c` is hundredths of the currency. `lead` is the id of the customer or lead, `number` the pseudonym of the
    telephone number, the same as of a dial to it; `call` the key of the call that the order names."""

    key: str
    digest: str
    created_at: datetime
    closed_at: datetime | None
    updated_at: datetime | None
    status: OrderStatus | None
    amount_c: int | None
    lead: str | None
    number: str | None
    agent_id: str | None
    agent_name: str | None
    team_id: str | None
    campaign: str | None
    call: str | None
    notices: tuple[Notice, ...] = ()


@value
class Ticket:
    """One ticket as it stood in one export; fields as of `Order`. `reopened` how often it was opened again, `reopened_at`
    when last; None = not said."""

    key: str
    digest: str
    opened_at: datetime
    closed_at: datetime | None
    updated_at: datetime | None
    reopened_at: datetime | None
    reopened: int | None
    status: TicketStatus | None
    kind: TicketKind | None
    lead: str | None
    number: str | None
    agent_id: str | None
    agent_name: str | None
    team_id: str | None
    campaign: str | None
    call: str | None
    notices: tuple[Notice, ...] = ()


CrmRecord: TypeAlias = Order | Ticket
