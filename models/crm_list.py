"""Orders and tickets as lists: what a figure of the board is made of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models.call import CallRow
from models.crm import CrmTicketRow, OrderRow
from qa_engine.crm.records import TicketStatus

Row = TypeVar("Row", OrderRow, CrmTicketRow)


@dataclass(frozen=True, slots=True)
class CrmFilter:
    """Which rows: days in the tenant's zone, both included; None = any. `kind` is of tickets; with `closed`, tickets are
    looked for by the day of their closing."""

    first: date | None = None
    last: date | None = None
    agent_id: str | None = None
    team_id: str | None = None
    campaign: str | None = None
    status: str | None = None
    kind: str | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class CrmPage:
    """Some of the rows, the newest first; `calls` gives CallQA's id of the call that a row rests on, where it was heard."""

    rows: Sequence[Any]
    total: int
    calls: dict[tuple[str, str], str]

    def call_of(self, row: OrderRow | CrmTicketRow) -> str | None:
        return self.calls.get((row.dial_source or "", row.dial_key or ""))


def list_crm(opened: Session, table: type[Row], chosen: CrmFilter, *, page: int, size: int) -> CrmPage:
    """A page of orders or tickets."""
    day = col(CrmTicketRow.closed_day) if table is CrmTicketRow and chosen.closed else col(table.day)
    wanted: list[ColumnElement[bool]] = []
    if chosen.first is not None:
        wanted.append(day >= chosen.first)
    if chosen.last is not None:
        wanted.append(day <= chosen.last)
    equal = (
        (col(table.agent_id), chosen.agent_id),
        (col(table.team_id), chosen.team_id),
        (col(table.campaign), chosen.campaign),
        (col(table.status), chosen.status),
    )
    wanted += [column == value for column, value in equal if value]
    if chosen.kind and table is CrmTicketRow:
        wanted.append(col(CrmTicketRow.kind) == chosen.kind)
    total = opened.scalar(select_columns(func.count()).select_from(table).where(*wanted)) or 0
    order = (day.desc(), col(table.source), col(table.key))
    query = select(table).where(*wanted).order_by(*order).offset((page - 1) * size).limit(size)
    rows: Sequence[Any] = opened.exec(query).all()
    return CrmPage(rows, total, _heard(opened, rows))


def ticket_kinds(opened: Session, call: CallRow) -> set[str]:
    """The kinds of the tickets that name a call; cancelled ones say nothing."""
    names = [name for name in (call.id, call.external_id) if name]
    query = select(CrmTicketRow.kind).where(
        col(CrmTicketRow.call).in_(names),
        col(CrmTicketRow.status).is_distinct_from(TicketStatus.CANCELLED.value),
    )
    return {kind for kind in opened.exec(query) if kind}


def calls_with_tickets(opened: Session, source: str, keys: Collection[str]) -> Sequence[tuple[CallRow, date]]:
    """The heard calls that these tickets name, with the day of the ticket."""
    tickets = select_columns(col(CrmTicketRow.call), col(CrmTicketRow.day)).where(
        col(CrmTicketRow.source) == source,
        col(CrmTicketRow.key).in_(keys),
        col(CrmTicketRow.call).is_not(None),
    )
    days = {name: day for name, day in opened.execute(tickets)}  # noqa: C416 (a row is no pair to the type checker)
    named = or_(col(CallRow.external_id).in_(days), col(CallRow.id).in_(days))
    calls = opened.exec(select(CallRow).where(named).order_by(col(CallRow.id))).all()
    return [(call, days.get(call.external_id or "") or days[call.id]) for call in calls]


def _heard(opened: Session, rows: Sequence[OrderRow | CrmTicketRow]) -> dict[tuple[str, str], str]:
    names = {row.dial_key for row in rows if row.dial_key}
    if not names:
        return {}
    heard = opened.exec(select(CallRow).where(col(CallRow.external_id).in_(names))).all()
    return {(call.source, call.external_id or ""): call.id for call in heard}
