"""What orders and tickets add to the figures: cells of their own, by the day on which each thing happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, func, true
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from models.crm import CRM_TABLES, CrmTable, CrmTicketRow, OrderRow
from models.dial_kpi import NOBODY, By, Cell, Counted, Period
from qa_engine.crm.records import OrderStatus, TicketKind, TicketStatus
from qa_engine.kpi.sums import Sums

_WON = and_(col(OrderRow.status) == OrderStatus.WON.value, col(OrderRow.amount_c).is_not(None))
_CYCLE = col(OrderRow.cycle_days).is_not(None)
_COMPLAINT = and_(
    col(CrmTicketRow.kind) == TicketKind.COMPLAINT.value,
    col(CrmTicketRow.status).is_distinct_from(TicketStatus.CANCELLED.value),
)
_JUDGED = col(CrmTicketRow.first_contact).is_not(None)
# Where a table was imported, 0 is known: every row of it is.
ORDER_FIELDS: Mapping[str, Counted] = {
    "orders": Counted(true(), _WON),
    "order_value_c": Counted(true(), _WON, col(OrderRow.amount_c)),
    "cycle_days": Counted(true(), _CYCLE, col(OrderRow.cycle_days)),
    "cycle_orders": Counted(true(), _CYCLE),
}
OPENED_FIELDS: Mapping[str, Counted] = {"complaints": Counted(true(), _COMPLAINT)}
CLOSED_FIELDS: Mapping[str, Counted] = {
    "closed": Counted(true(), _JUDGED),
    "first_contact": Counted(true(), col(CrmTicketRow.first_contact).is_(True)),
}


def _cells(
    opened: Session, table: CrmTable, day: Any, counted: Mapping[str, Counted], period: Period
) -> list[Cell]:
    keys: list[Any] = [table.source, day, table.agent_id, table.team_id, table.campaign]
    columns = [one.total for one in counted.values()]
    query = select_columns(*keys, *columns).where(col(day).is_not(None)).group_by(*keys)
    if period.first is not None:
        query = query.where(col(day) >= period.first)
    if period.last is not None:
        query = query.where(col(day) <= period.last)
    if period.source is not None:
        query = query.where(col(table.source) == period.source)
    return [
        Cell(
            source,
            {
                By.DAY: str(on),
                By.AGENT: agent or NOBODY,
                By.TEAM: team or NOBODY,
                By.CAMPAIGN: campaign or NOBODY,
            },
            Sums(**{name: int(value) for name, value in zip(counted, values, strict=True)}),
        )
        for source, on, agent, team, campaign, *values in opened.execute(query)
    ]


def covered(opened: Session, table: CrmTable, source: str | None = None) -> Mapping[str, tuple[date, date]]:
    """The first and last day of each source."""
    query = select_columns(col(table.source), func.min(table.day), func.max(table.day)).group_by(
        col(table.source)
    )
    if source is not None:
        query = query.where(col(table.source) == source)
    return {name: (first, last) for name, first, last in opened.execute(query)}


def _quiet(
    opened: Session, table: CrmTable, names: Mapping[str, object], period: Period, cells: list[Cell]
) -> Iterator[Cell]:
    """Days between the first and the last of a source on which nothing happened: 0 is known there, and told."""
    told = {(cell.source, cell.keys[By.DAY]) for cell in cells}
    for source, (begins, ends) in covered(opened, table, period.source).items():
        day, last = max(begins, period.first or begins), min(ends, period.last or ends)
        while day <= last:
            if (source, str(day)) not in told:
                keys = {By.DAY: str(day), By.AGENT: NOBODY, By.TEAM: NOBODY, By.CAMPAIGN: NOBODY}
                yield Cell(source, keys, Sums(**dict.fromkeys(names, 0)))
            day += timedelta(days=1)


def order_cells(opened: Session, period: Period) -> list[Cell]:
    """Won orders on the day of their closing."""
    cells = _cells(opened, OrderRow, OrderRow.day, ORDER_FIELDS, period)
    return [*cells, *_quiet(opened, OrderRow, ORDER_FIELDS, period, cells)]


def complaint_cells(opened: Session, period: Period) -> list[Cell]:
    """Complaints on the day of their opening."""
    cells = _cells(opened, CrmTicketRow, CrmTicketRow.day, OPENED_FIELDS, period)
    return [*cells, *_quiet(opened, CrmTicketRow, OPENED_FIELDS, period, cells)]


def closing_cells(opened: Session, period: Period) -> list[Cell]:
    """Tickets that can be judged, on the day of their closing."""
    return _cells(opened, CrmTicketRow, CrmTicketRow.closed_day, CLOSED_FIELDS, period)


CRM_CELLS = {"orders": ("order",), "tickets": ("complaint", "closing")}
"""The kinds of cells that each table fills."""
assert CRM_CELLS.keys() == CRM_TABLES.keys()
