"""Messages to send: written in the transaction that makes them necessary, sent at least once, each with its id."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import Json, UtcDateTime, from_now, utc_now
from models.job_lease import backoff_s

CLAIM_S = 120.0
"""A message in the hands of a sender that died is sent again after so long."""
MAX_ATTEMPTS = 12
"""With the pauses of `backoff_s` about an hour and a half."""


class Sending(StrEnum):
    """How far a message is. `failed`: attempts used up, or refused for good."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class OutboxRow(SQLModel, table=True):
    """One message to one channel. `id` goes out with it. `error` never holds an address: those carry secrets."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_not_before", "state", "not_before"),)
    id: str = Field(primary_key=True, max_length=100)
    channel: str = Field(max_length=20)
    document: dict[str, Any] = Field(sa_type=Json)
    alert_id: int | None = None
    state: str = Field(default=Sending.WAITING.value, max_length=20)
    attempts: int = 0
    not_before: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    token: str | None = Field(default=None, max_length=32)
    error: str = Field(default="", max_length=300)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message in hand."""

    id: str
    channel: str
    document: dict[str, Any]
    token: str
    attempt: int


def put_message(
    opened: Session, *, message_id: str, channel: str, document: dict[str, Any], alert_id: int | None
) -> None:
    """Adds a message; one with a known id is already there."""
    if opened.get(OutboxRow, message_id) is None:
        opened.add(OutboxRow(id=message_id, channel=channel, document=document, alert_id=alert_id))
        opened.flush()


def is_waiting(opened: Session) -> bool:
    """Whether any message is due; asked before a write transaction is opened."""
    due = select(OutboxRow.id).where(
        OutboxRow.state == Sending.WAITING.value, col(OutboxRow.not_before) <= from_now()
    )
    return opened.exec(due.limit(1)).first() is not None


def take_message(opened: Session) -> Outgoing | None:
    """The next due message, counted as tried before it is sent; nobody else gets it for `CLAIM_S`."""
    due = (col(OutboxRow.state) == Sending.WAITING.value, col(OutboxRow.not_before) <= from_now())
    pick = (
        select(OutboxRow.id)
        .where(*due)
        .order_by(col(OutboxRow.not_before), col(OutboxRow.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    token = secrets.token_hex(16)
    row = opened.execute(
        update(OutboxRow)
        .where(col(OutboxRow.id) == pick.scalar_subquery(), *due)
        .values(token=token, attempts=col(OutboxRow.attempts) + 1, not_before=from_now(CLAIM_S))
        .returning(
            col(OutboxRow.id), col(OutboxRow.channel), col(OutboxRow.document), col(OutboxRow.attempts)
        )
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if row is None else Outgoing(row[0], row[1], row[2], token, row[3])


def _end(opened: Session, held: Outgoing, **values: object) -> bool:
    found = opened.execute(
        update(OutboxRow)
        .where(col(OutboxRow.id) == held.id, col(OutboxRow.token) == held.token)
        .values(token=None, **values)
        .returning(col(OutboxRow.id))
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return found is not None


def sent(opened: Session, held: Outgoing) -> bool:
    """Marks a message as delivered. False: another sender has it by now (it goes out twice, with the same id)."""
    return _end(opened, held, state=Sending.SENT.value, sent_at=from_now(), error="")


def not_sent(opened: Session, held: Outgoing, error: str, *, permanent: bool) -> bool:
    """Puts a message back for later, or gives it up. Returns whether it was given up."""
    ended = permanent or held.attempt >= MAX_ATTEMPTS
    pause_s = backoff_s(held.attempt, jitter=random.uniform(0.5, 1.5))  # noqa: S311 (spreads retries)
    state = Sending.FAILED if ended else Sending.WAITING
    _end(opened, held, state=state.value, not_before=from_now(pause_s), error=error[:300])
    return ended
