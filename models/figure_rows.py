"""The rows behind a figure: which calls, stretches of agents' time or scored calls a field of `Sums` counts, and with how
much each. They come from the same conditions as the figure itself, so that their amounts add up to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, exists, false, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from models.agent import in_region
from models.call import CallRow
from models.call_figures import QUALITY_COUNTS, CallFiguresRow
from models.crm import CrmTicketRow, OrderRow
from models.crm_cells import CLOSED_FIELDS, OPENED_FIELDS, ORDER_FIELDS
from models.dial import AgentTimeRow, DialReferenceRow, DialRow
from models.dial_kpi import DIAL_FIELDS, TIME_FIELDS, By, Counted, Period
from models.dial_links import assured_calls
from qa_engine.kpi.sums import LEAD_FIELDS

_LEAD = col(DialRow.lead).is_not(None)
_LISTED = exists().where(
    col(DialReferenceRow.kind) == "lead",
    col(DialReferenceRow.source) == col(DialRow.source),
    col(DialReferenceRow.ref) == col(DialRow.lead),
)
_LEADS: Mapping[str, Counted] = {
    "leads_dialled": Counted(DIAL_FIELDS["lead_dials"].known),
    "leads_contacted": Counted(_LEAD, DIAL_FIELDS["contacts"].rows),
    "contact_leads_of": Counted(_LEAD, DIAL_FIELDS["contacts"].known),
    "sale_leads_of": Counted(_LEAD, DIAL_FIELDS["sales"].known),
    "listed_dialled": Counted(DIAL_FIELDS["lead_dials"].known, _LISTED),
}


_MEASURES: Mapping[str, ColumnElement[bool]] = {
    "score_c": col(CallFiguresRow.evaluations) > 0,
    "response_ms": col(CallFiguresRow.response_ms).is_not(None),
    "shift_c": col(CallFiguresRow.shift_c).is_not(None),
}
"""What has a size, not a number of cases: a score of 0 counts towards the mean like any other."""


def _of_quality(name: str) -> Counted:
    if name in QUALITY_COUNTS:
        return Counted(getattr(CallFiguresRow, QUALITY_COUNTS[name]).is_not(None))
    amount = getattr(CallFiguresRow, name)
    if name in _MEASURES:
        return Counted(_MEASURES[name], amount=amount)
    return Counted(amount.is_not(None), amount != 0, amount)


_QUALITY = {
    name: _of_quality(name) for name in (*CallFiguresRow.model_fields, *QUALITY_COUNTS) if name != "call_id"
}


@dataclass(frozen=True, slots=True)
class Origin:
    """A table whose rows fill figures. `shown` are its columns that a reader sees; `call` names the scored call of a
    row: itself, or a dialer's key that leads to it. `day` and `at` are the columns that a figure goes by, where they are
    not `day` and `started_at`; `call_source` names the dialer of `call`, where it is not the row's own source."""

    table: Any
    fields: Mapping[str, Counted]
    shown: tuple[str, ...]
    call: Any
    at: str = "started_at"
    day: str = "day"
    call_source: str = "source"


ORIGINS: Mapping[str, Origin] = MappingProxyType(
    {
        "dial": Origin(
            DialRow,
            {**DIAL_FIELDS, **_LEADS},
            ("status", "connected", "contact", "sale", "duration_s", "talk_s", "hold_s", "acw_s"),
            DialRow.key,
        ),
        "time": Origin(
            AgentTimeRow,
            TIME_FIELDS,
            ("talk_s", "dead_s", "dispo_s", "wait_s", "pause_s"),
            AgentTimeRow.dial_key,
        ),
        "quality": Origin(CallRow, _QUALITY, (), CallRow.id),
        "order": Origin(
            *(OrderRow, ORDER_FIELDS, ("key", "status", "amount_c", "cycle_days"), OrderRow.dial_key),
            at="created_at",
            call_source="dial_source",
        ),
        "complaint": Origin(
            *(CrmTicketRow, OPENED_FIELDS, ("key", "kind", "status"), CrmTicketRow.dial_key),
            at="opened_at",
            call_source="dial_source",
        ),
        "closing": Origin(
            *(CrmTicketRow, CLOSED_FIELDS, ("key", "kind", "first_contact"), CrmTicketRow.dial_key),
            at="closed_at",
            day="closed_day",
            call_source="dial_source",
        ),
    }
)
"""By kind of cell, as in `models.kpi_cell.CELL_SOURCES`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: when and whose, the columns its `Origin` shows, how much of the field it makes up, and the id of its
    scored call where there is one."""

    started_at: datetime | None
    agent_id: str | None
    team_id: str | None
    campaign: str | None
    values: Mapping[str, Any]
    amount: int
    call_id: str | None


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of rows, newest first, of `count` in all, whose amounts add up to `total`; for distinct leads `total` is
    the number of different ones."""

    shown: tuple[str, ...]
    rows: Sequence[Row]
    count: int
    total: int


def kinds_of(field: str) -> tuple[str, ...]:
    """Which kinds of rows can fill a field of `Sums`."""
    return tuple(kind for kind, origin in ORIGINS.items() if field in origin.fields)


def _conditions(
    origin: Origin, counted: Counted, period: Period, where: Mapping[By, str]
) -> list[ColumnElement[bool]]:
    table = origin.table
    named = {By.AGENT: table.agent_id, By.TEAM: table.team_id, By.CAMPAIGN: table.campaign}
    found: list[ColumnElement[bool]] = [counted.rows]
    for by, key in where.items():
        if by is By.HOUR:
            hour = getattr(table, "hour", None)  # of a row without hours nothing is in one
            found.append(false() if hour is None else hour.is_not_distinct_from(int(key) if key else None))
        elif by is By.REGION:
            found.append(in_region(named[By.TEAM], key))
        else:
            found.append(named[by].is_not_distinct_from(key or None))
    if period.first is not None:
        found.append(getattr(table, origin.day) >= period.first)
    if period.last is not None:
        found.append(getattr(table, origin.day) <= period.last)
    if period.source is not None:
        found.append(table.source == period.source)
    if table is CallRow:
        found.append(col(CallFiguresRow.call_id) == col(CallRow.id))
    return found


def figure_rows(
    opened: Session,
    kind: str,
    field: str,
    period: Period,
    *,
    where: Mapping[By, str] | None = None,
    page: int = 1,
    size: int = 50,
) -> Rows:
    """The rows of one kind behind a field of `Sums`, narrowed as the figure was; a key of "" stands for none.
    Raises `KeyError` for a kind or field that there is not."""
    origin = ORIGINS[kind]
    counted, table = origin.fields[field], origin.table
    conditions = _conditions(origin, counted, period, where or {})
    amount: Any = func.count(func.distinct(table.lead)) if field in LEAD_FIELDS else func.sum(counted.amount)
    count, total = opened.execute(select_columns(func.count(), amount).where(*conditions)).one()
    columns = [getattr(table, name) for name in origin.shown]
    at = col(getattr(table, origin.at))
    query = (
        select_columns(
            *(getattr(table, origin.call_source), at, table.agent_id, table.team_id, table.campaign),
            *(origin.call, counted.amount, *columns),
        )
        .where(*conditions)
        .order_by(at.desc(), table.id if table is CallRow else table.key)
        .offset((page - 1) * size)
        .limit(size)
    )
    found = opened.execute(query).all()
    calls = _scored(opened, kind, found)
    return Rows(
        origin.shown,
        [
            Row(
                *(started, agent, team, campaign, dict(zip(origin.shown, values, strict=True)), part),
                calls.get((source, key)),
            )
            for source, started, agent, team, campaign, key, part, *values in found
        ],
        count,
        int(total or 0),
    )


def _scored(opened: Session, kind: str, found: Sequence[Any]) -> dict[tuple[str, str | None], str]:
    if kind == "quality":
        return {(row[0], row[5]): row[5] for row in found}
    keys: dict[str, set[str]] = {}
    for row in found:
        if row[0] is not None and row[5] is not None:
            keys.setdefault(row[0], set()).add(row[5])
    return {
        (source, key): call_id
        for source, names in keys.items()
        for key, call_id in assured_calls(opened, source, names).items()
    }
