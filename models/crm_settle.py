"""Whose work an order or ticket is, how long a deal took, and whether the first contact solved a ticket.

What the row itself says counts. What it leaves open comes from the call that it names, else from the last call of its customer
that an agent handled in the `WINDOW` before. It is settled anew where late calls, orders or tickets may change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models.call import CallRow
from models.crm import CRM_TABLES, CrmTable, CrmTicketRow, OrderRow
from models.database import lock_names, reading, session
from models.dial import DialRow, dial_sources
from models.dial_store import TeamBook
from qa_engine.crm.contacts import RECONTACT, Event, first_contact
from qa_engine.crm.records import OrderStatus, TicketStatus
from qa_engine.dialer.records import Notice

WINDOW = timedelta(days=30)
"""A call longer ago is not taken for the one that led to an order or ticket: the usual month of a telesales campaign."""
CHUNK = 500


@dataclass(frozen=True, slots=True)
class _Call:
    """A call of a customer. `handled`: an agent talked in it."""

    source: str
    key: str
    at: datetime
    agent_id: str | None
    team_id: str | None
    campaign: str | None
    outbound: bool
    handled: bool


@dataclass(slots=True)
class Settled:
    """What changed: the days whose figures are to be made anew; odd rows among those asked about."""

    days: set[date] = field(default_factory=set)
    warnings: Counter[str] = field(default_factory=Counter)


class _Calls:
    """The calls that a chunk of rows may rest on: by name, and by customer."""

    def __init__(self, opened: Session, rows: Sequence[OrderRow | CrmTicketRow]) -> None:
        sources = dial_sources(opened)
        self._named: dict[str, _Call] = {}
        self._of: dict[str, dict[tuple[str, str], _Call]] = {}
        names = {row.call for row in rows if row.call}
        ids = {one for row in rows for one in (row.lead, row.number) if one}
        in_sources = col(DialRow.source).in_(sources)
        if names:
            self._name_heard(opened, names)
            for dial in opened.exec(select(DialRow).where(in_sources, col(DialRow.key).in_(names))):
                self._named[dial.key] = _call(dial)
        if ids:
            for column in (col(DialRow.lead), col(DialRow.number)):
                for dial in opened.exec(select(DialRow).where(in_sources, column.in_(ids))):
                    for one in (dial.lead, dial.number):
                        if one is not None:
                            self._of.setdefault(one, {})[dial.source, dial.key] = _call(dial)

    def _name_heard(self, opened: Session, names: set[str]) -> None:
        """Calls that CallQA has a recording of, by the ids that they were handed in with or got."""
        heard = or_(col(CallRow.external_id).in_(names), col(CallRow.id).in_(names))
        for call in opened.exec(select(CallRow).where(heard)):
            found = _Call(
                call.source,
                call.external_id or call.id,
                call.started_at or call.created_at,
                call.agent_id,
                call.team_id,
                call.campaign,
                call.direction != "inbound",
                True,
            )
            self._named |= {name: found for name in (call.external_id, call.id) if name in names}

    def named(self, row: OrderRow | CrmTicketRow) -> _Call | None:
        return self._named.get(row.call) if row.call else None

    def of(self, row: OrderRow | CrmTicketRow) -> Sequence[_Call]:
        """All calls of the row's customer, the earliest first."""
        found: dict[tuple[str, str], _Call] = {}
        for one in (row.lead, row.number):
            found |= self._of.get(one, {}) if one else {}
        return sorted(found.values(), key=lambda call: (call.at, call.source, call.key))


def _call(dial: DialRow) -> _Call:
    return _Call(
        dial.source,
        dial.key,
        dial.started_at,
        dial.agent_id,
        dial.team_id,
        dial.campaign,
        dial.outbound,
        bool(dial.connected) and dial.agent_id is not None,
    )


def _credit(row: OrderRow | CrmTicketRow, call: _Call | None, people: TeamBook) -> None:
    """Agent, team and campaign of a row; the team is that at the time."""
    agent_id = row.said_agent_id or (call.agent_id if call else None)
    same = call is not None and call.agent_id == agent_id
    team_id = row.said_team_id or (call.team_id if call and same else None)
    row.agent_id = agent_id
    row.team_id = team_id or (people.team_on(agent_id, row.day) if agent_id else None)
    row.campaign = row.said_campaign or (call.campaign if call else None)
    row.dial_source, row.dial_key = (call.source, call.key) if call else (None, None)


def _led_by(row: OrderRow | CrmTicketRow, calls: _Calls, at: datetime) -> _Call | None:
    named = calls.named(row)
    if named is not None:
        return named
    recent = [call for call in calls.of(row) if call.handled and at - WINDOW <= call.at <= at]
    return recent[-1] if recent else None


def _settle_order(row: OrderRow, calls: _Calls, people: TeamBook, zone: ZoneInfo) -> None:
    at = row.closed_at or row.created_at
    _credit(row, _led_by(row, calls, at), people)
    row.cycle_days = None
    if row.status == OrderStatus.WON and row.closed_at is not None:
        dials = [call.at for call in calls.of(row) if call.outbound and call.at <= row.closed_at]
        if dials:
            row.cycle_days = (row.day - min(dials).astimezone(zone).date()).days


def _others(opened: Session, rows: Sequence[CrmTicketRow]) -> Mapping[str, list[tuple[str, str, datetime]]]:
    """(source, key, opening) of tickets by customer's id or number."""
    ids = {one for row in rows for one in (row.lead, row.number) if one}
    found: dict[str, list[tuple[str, str, datetime]]] = {}
    for column in (CrmTicketRow.lead, CrmTicketRow.number):
        query = select_columns(
            col(column),
            col(CrmTicketRow.source),
            col(CrmTicketRow.key),
            col(CrmTicketRow.opened_at),
        ).where(col(column).in_(ids), col(CrmTicketRow.status).is_distinct_from(TicketStatus.CANCELLED.value))
        for one, source, key, opened_at in opened.execute(query):
            found.setdefault(one, []).append((source, key, opened_at))
    return found


def _settle_ticket(
    row: CrmTicketRow,
    calls: _Calls,
    people: TeamBook,
    others: Mapping[str, list[tuple[str, str, datetime]]],
    horizon: datetime,
) -> None:
    _credit(row, _led_by(row, calls, row.opened_at), people)
    row.first_contact = None
    known = [one for one in (row.lead, row.number) if one]
    if row.status != TicketStatus.CLOSED or row.closed_at is None or not known:
        return
    events = [Event(call.at) for call in calls.of(row) if not call.outbound]
    events += [
        Event(at)
        for one in known
        for source, key, at in others.get(one, ())
        if (source, key) != (row.source, row.key)
    ]
    again = None if row.reopened_at else row.reopened
    if row.reopened_at is not None:
        events.append(Event(row.reopened_at))
    row.first_contact = first_contact(
        row.opened_at, row.closed_at, events, reopened=again or 0, seen_until=horizon
    )


def _horizon(opened: Session, source: str) -> datetime | None:
    """The newest moment that the tickets of a source tell of."""
    columns = [
        CrmTicketRow.opened_at,
        CrmTicketRow.closed_at,
        CrmTicketRow.updated_at,
        CrmTicketRow.reopened_at,
    ]
    newest = [
        opened.scalar(
            select_columns(col(column))
            .where(col(CrmTicketRow.source) == source, col(column).is_not(None))
            .order_by(col(column).desc())
            .limit(1)
        )
        for column in columns
    ]
    return max((one for one in newest if one is not None), default=None)


def _changeable(table: CrmTable, since: date) -> Any:
    """Rows that what happened on a day or later may change."""
    if table is OrderRow:
        return col(OrderRow.day) >= since
    return or_(
        col(CrmTicketRow.day) >= since,
        col(CrmTicketRow.closed_day) >= since - RECONTACT,
        col(CrmTicketRow.closed_day).is_not(None) & col(CrmTicketRow.first_contact).is_(None),
    )


def settle(
    engine: Engine,
    table: str,
    source: str,
    *,
    since: date,
    zone: ZoneInfo,
    touched: Iterable[str] = (),
    calls_in: Engine | None = None,
) -> Settled:
    """Settles the rows of a source that events from `since` on may change. Warns of those in `touched` that name no known
    call or have no agent. `calls_in`: the database of calls, where it is another (a dry run)."""
    kind = CRM_TABLES[table]
    asked = set(touched)
    found = Settled()
    with reading(engine) as opened:
        keys = sorted(
            opened.scalars(
                select_columns(col(kind.key)).where(col(kind.source) == source, _changeable(kind, since))
            )
        )
        horizon = _horizon(opened, source)
    for start in range(0, len(keys), CHUNK):
        with session(engine) as opened, reading(calls_in or engine) as lookup:
            lock_names(opened, f"import:{source}")
            wanted = col(kind.source) == source, col(kind.key).in_(keys[start : start + CHUNK])
            rows: Sequence[Any] = opened.exec(select(kind).where(*wanted).order_by(col(kind.key))).all()
            calls, people = _Calls(lookup, rows), TeamBook(lookup)
            others = {} if kind is OrderRow else _others(opened, rows)
            for row in rows:
                if isinstance(row, OrderRow):
                    _settle_order(row, calls, people, zone)
                elif horizon is not None:
                    _settle_ticket(row, calls, people, others, horizon)
                if opened.is_modified(row):
                    closed_day = row.closed_day if isinstance(row, CrmTicketRow) else None
                    found.days |= {day for day in (row.day, closed_day) if day is not None}
                if row.key in asked:
                    _warn(found, row, calls)
    return found


def _warn(found: Settled, row: OrderRow | CrmTicketRow, calls: _Calls) -> None:
    if row.call and calls.named(row) is None:
        found.warnings[Notice.UNKNOWN_CALL.value] += 1
    if row.agent_id is None:
        found.warnings[Notice.MISSING_AGENT.value] += 1
