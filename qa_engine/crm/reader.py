"""Rows of orders and tickets → records. Every row becomes one or is rejected with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import cast

from qa_engine.crm.cells import customer, hundredths, times
from qa_engine.crm.mapping import CrmMap
from qa_engine.crm.records import Order, OrderStatus, Ticket, TicketKind, TicketStatus
from qa_engine.crm.words import ORDER_STATUS, TICKET_KIND, TICKET_STATUS, meaning
from qa_engine.dialer.reader import Cells, Context, TableKind
from qa_engine.dialer.records import Notice, Reason, Rejected
from qa_engine.dialer.tables import BadTable, names
from qa_engine.errors import Where

NEEDED = MappingProxyType({"orders": ("created_at", "closed_at"), "tickets": ("opened_at",)})
"""One of these columns must be there, beside the key."""


def _key(row: Cells) -> str:
    if not row["key"]:
        raise Rejected(Reason.MISSING_KEY)
    return row["key"][:200]


def _people(row: Cells) -> tuple[str | None, str | None, str | None, str | None, str | None]:
    """(agent, name, team, campaign, call) as the row says them; a name alone is the agent's id, as in dials."""
    return (
        (row["agent_id"] or row["agent_name"])[:100] or None,
        row["agent_name"][:200] or None,
        row["team_id"][:100] or None,
        row["campaign"][:200] or None,
        row["call"][:200] or None,
    )


def _after(begun: datetime, end: datetime | None) -> datetime | None:
    """An end that is not before the beginning; one of the same day written without its clock is the beginning itself.
    Raises `Rejected` bad_time."""
    if end is None or end >= begun:
        return end
    if begun - end >= timedelta(days=1):
        raise Rejected(Reason.BAD_TIME)
    return begun


class _Reader:
    """Parses rows under one mapping."""

    def __init__(self, mapping: CrmMap) -> None:
        self._mapping = mapping

    def _digest(self, row: Cells, context: Context, *meant: object) -> str:
        """The content of a row, and what it means: a better mapping makes another version of it."""
        return context.fingerprint(*(row[name] for name in self._mapping.vocabulary.fields), *meant)

    def order(self, row: Cells, context: Context) -> Order:
        """One order. Raises `Rejected`."""
        key = _key(row)
        created_at, closed_at, updated_at = (
            self._mapping.time(row[name], context.zone) for name in ("created_at", "closed_at", "updated_at")
        )
        begun = created_at or closed_at
        if begun is None:
            raise Rejected(Reason.BAD_TIME)
        closed_at = _after(begun, closed_at)
        amount_c = hundredths(row["amount"])
        lead, number = customer(row, context)
        given = cast("Mapping[str, OrderStatus]", self._mapping.statuses)
        status = meaning(row["status"], given, ORDER_STATUS)
        notices = [] if status else [Notice.UNKNOWN_STATUS]
        if status is OrderStatus.WON:
            notices += [] if amount_c is not None else [Notice.MISSING_AMOUNT]
            notices += [] if closed_at is not None else [Notice.MISSING_CLOSED_AT]
        digest = self._digest(row, context, status)
        moments = (begun, closed_at, updated_at)
        said = _people(row)
        return Order(key, digest, *moments, status, amount_c, lead, number, *said, tuple(notices))

    def ticket(self, row: Cells, context: Context) -> Ticket:
        """One ticket. Raises `Rejected`."""
        key = _key(row)
        opened_at, closed_at, updated_at, reopened_at = (
            self._mapping.time(row[name], context.zone)
            for name in ("opened_at", "closed_at", "updated_at", "reopened_at")
        )
        if opened_at is None:
            raise Rejected(Reason.BAD_TIME)
        closed_at, reopened_at = _after(opened_at, closed_at), _after(opened_at, reopened_at)
        lead, number = customer(row, context)
        statuses = cast("Mapping[str, TicketStatus]", self._mapping.statuses)
        kinds = cast("Mapping[str, TicketKind]", self._mapping.kinds)
        status = meaning(row["status"], statuses, TICKET_STATUS)
        notices = [] if status or not row["status"] else [Notice.UNKNOWN_STATUS]
        if not row["status"]:
            status = TicketStatus.CLOSED if closed_at else TicketStatus.OPEN
        kind = meaning(row["kind"], kinds, TICKET_KIND)
        notices += [] if kind else [Notice.UNKNOWN_KIND]
        if status is TicketStatus.CLOSED and closed_at is None:
            notices.append(Notice.MISSING_CLOSED_AT)
        digest = self._digest(row, context, status, kind)
        moments = (opened_at, closed_at, updated_at, reopened_at)
        said = _people(row)
        reopened = times(row["reopened"])
        return Ticket(key, digest, *moments, reopened, status, kind, lead, number, *said, tuple(notices))


def crm_table_kind(table: str, first: Sequence[str], mapping: CrmMap, *, name: str, file: str) -> TableKind:
    """How to read a table of `orders` or `tickets` whose first row is `first`.

    Raises `BadTable` where the columns of the mapping, the key, or every time are missing."""
    header = names(first)
    aliases = mapping.aliases(header, file=file)
    fields = set(aliases.values())
    needed = NEEDED[table]
    missing = [] if "key" in fields else ["key"]
    missing += [] if fields & set(needed) else [needed[0]]
    if missing:
        raise BadTable(
            f"没有认出这些列:{'、'.join(missing)};表的列:{'、'.join(header)[:300]}",
            hint="请用 --mapping 指出各是哪一列,例子见 docs/crm.md",
            where=Where(file, 1),
        )
    reader = _Reader(mapping)
    parse = reader.order if table == "orders" else reader.ticket
    return TableKind(
        name, mapping.vocabulary.fields, parse, frozenset(), MappingProxyType(aliases), key="key"
    )
