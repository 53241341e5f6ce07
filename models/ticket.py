"""Root-cause tickets: what an alert turns into until its cause is dealt with and the effect is seen."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Field, Session, SQLModel, select

from models.alert import MAX_TEXT, AlertRow, Did, note_event
from models.columns import BigId, Json, UtcDateTime
from models.database import lock_names
from qa_engine.errors import BadInput, NotFound

MAX_DAYS_DUE = 366


class TicketState(StrEnum):
    """待归因 → 处理中 → 待验证 → 已关闭."""

    NEW = "new"
    ACTING = "acting"
    VERIFYING = "verifying"
    DONE = "done"


class Action(StrEnum):
    """What kind of thing is done about it."""

    SCRIPT = "script"
    SCHEDULE = "schedule"
    TRAINING = "training"
    LIST = "list"
    SYSTEM = "system"
    OTHER = "other"


class TicketRow(SQLModel, table=True):
    """One ticket an alert. `attribution` is `callqa.attribution/1`, for single calls `callqa.call-causes/1`, or
    `{"refused": …}` with why there is none.
    `verification` links to where the effect is judged."""

    __tablename__ = "ticket"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    alert_id: int = Field(foreign_key="alert.id", ondelete="CASCADE", unique=True, sa_type=BigId)
    created_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(default=TicketState.NEW.value, max_length=20)
    attribution: dict[str, Any] = Field(sa_type=Json)
    cause: str = Field(default="", max_length=MAX_TEXT)
    action: str = Field(default="", max_length=20)
    plan: str = Field(default="", max_length=MAX_TEXT)
    owner: str = Field(default="", max_length=200)
    due: date | None = None
    verification: str = Field(default="", max_length=500)


def open_ticket(opened: Session, alert: AlertRow, attribution: dict[str, Any], now: datetime) -> TicketRow:
    """The ticket of a new alert, owned by the alert's owner."""
    assert alert.id is not None
    ticket = TicketRow(alert_id=alert.id, created_at=now, attribution=attribution, owner=alert.owner)
    opened.add(ticket)
    opened.flush()
    return ticket


def ticket_of(opened: Session, alert_id: int) -> TicketRow | None:
    """The ticket of an alert; None of one about single calls from before these had any."""
    return opened.exec(select(TicketRow).where(TicketRow.alert_id == alert_id)).one_or_none()


def change_ticket(
    opened: Session, alert_id: int, changes: dict[str, Any], *, by: str, now: datetime
) -> TicketRow:
    """Sets fields of a ticket and notes who did. Work needs an action, an owner and a date; closing a cause.
    Raises `NotFound`, `BadInput`."""
    if not by.strip():
        raise BadInput("请写上姓名", hint="处理记录要写明是谁做的")
    lock_names(opened, f"ticket:{alert_id}")
    ticket = ticket_of(opened, alert_id)
    if ticket is None:
        raise NotFound(f"预警 {alert_id} 没有归因工单", hint="较早的单通预警没有工单")
    before = ticket.state
    for name, value in changes.items():
        setattr(ticket, name, value)
    _check(ticket)
    opened.add(ticket)
    alert = opened.get_one(AlertRow, alert_id)
    note_event(opened, alert, Did.TICKET, now, by=by, note=f"{before} → {ticket.state}")
    return ticket


def _check(ticket: TicketRow) -> None:
    if ticket.verification and not ticket.verification.startswith(("/", "http://", "https://")):
        raise BadInput("验证链接应以 / 或 http 开头", hint="请粘贴辅导结论页面的地址")
    if ticket.state == TicketState.NEW:
        return
    missing = [
        name
        for name, value in (("措施类型", ticket.action), ("负责人", ticket.owner), ("期限", ticket.due))
        if not value
    ]
    if ticket.state == TicketState.DONE and not ticket.cause.strip():
        missing.append("原因")
    if missing:
        raise BadInput(f"还缺:{'、'.join(missing)}", hint="进入处理前要写明做什么、谁来做、何时做完")
