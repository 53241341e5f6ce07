"""Sums over stored calls and agents' time, by agent, team, day or campaign.

What adds up is read once, in cells of day x agent x team x campaign; distinct leads are counted for each grouping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, and_, case, func, literal
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from models.dial import AgentTimeRow, DialRow
from qa_engine.kpi.sums import Sums

EFFECTIVE_S = 30  # a call of less has not come to the matter
NOBODY = ""  # calls without an agent, team or campaign are a group of their own, so that groups add up to the total


class By(StrEnum):
    """How figures are grouped."""

    TOTAL = "total"
    AGENT = "agent"
    TEAM = "team"
    DAY = "day"
    CAMPAIGN = "campaign"


_COLUMNS = {By.DAY: "day", By.AGENT: "agent_id", By.TEAM: "team_id", By.CAMPAIGN: "campaign"}
GROUPINGS = tuple(_COLUMNS)


@dataclass(frozen=True, slots=True)
class Period:
    """Which calls: days in the tenant's zone, both included; None = open. `source` None = all. `since`: those that
    began at this instant or later."""

    first: date | None = None
    last: date | None = None
    source: str | None = None
    since: datetime | None = None


EVERYTHING = Period()


KeyedTable: TypeAlias = type[DialRow] | type[AgentTimeRow]


def _where(table: KeyedTable, period: Period) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if period.source is not None:
        conditions.append(col(table.source) == period.source)
    if period.first is not None:
        conditions.append(col(table.day) >= period.first)
    if period.last is not None:
        conditions.append(col(table.day) <= period.last)
    if period.since is not None:
        conditions.append(col(table.started_at) >= period.since)
    return conditions


def _sum(condition: ColumnElement[bool], amount: Any = 1) -> ColumnElement[int]:
    """NULL where no row fulfils the condition: that tells 0 from unknown."""
    return func.sum(case((condition, amount)))


def _share(known: ColumnElement[bool], said: ColumnElement[bool], amount: Any = 1) -> ColumnElement[int]:
    """The sum over those known and said; 0 where some are known and none said, NULL where none is known."""
    return func.sum(case((and_(known, said), amount), (known, 0)))


_OUT = col(DialRow.outbound).is_(True)
_CONTACT = col(DialRow.contact).is_(True)
_CONTACT_KNOWN = and_(_OUT, col(DialRow.contact).is_not(None))
_SALE_KNOWN = and_(_OUT, col(DialRow.sale).is_not(None))


def _call_columns() -> dict[str, ColumnElement[int]]:
    connected, abandoned = col(DialRow.connected).is_(True), col(DialRow.abandoned).is_(True)
    connect_known = and_(_OUT, col(DialRow.connected).is_not(None))
    abandon_known = and_(_OUT, col(DialRow.abandoned).is_not(None))
    talk_known = and_(_OUT, col(DialRow.talk_s).is_not(None))
    wrap_known = and_(talk_known, col(DialRow.acw_s).is_not(None))
    hold_s = func.coalesce(col(DialRow.hold_s), 0)
    return {
        "dials": func.coalesce(_sum(_OUT), 0),
        "connects": _share(connect_known, connected),
        "connects_of": _sum(connect_known),
        "contacts": _share(_CONTACT_KNOWN, _CONTACT),
        "sales": _share(_SALE_KNOWN, col(DialRow.sale).is_(True)),
        "abandoned": _share(abandon_known, abandoned),
        "abandoned_of": _share(abandon_known, connected | abandoned),
        "sale_contacts_of": _share(_SALE_KNOWN, _CONTACT),
        "sale_dials_of": _sum(_SALE_KNOWN),
        "sale_connects_of": _share(_SALE_KNOWN, connected),
        "handled": _share(talk_known, connected),
        "handled_talk_s": _share(talk_known, connected, col(DialRow.talk_s)),
        "handle_calls": _share(wrap_known, connected),
        "handle_s": _share(wrap_known, connected, col(DialRow.talk_s) + hold_s + col(DialRow.acw_s)),
        "talk_s": _share(talk_known, connected, col(DialRow.talk_s)),
        "hold_s": _sum(and_(_OUT, col(DialRow.hold_s).is_not(None)), col(DialRow.hold_s)),
        "acw_s": _sum(and_(_OUT, col(DialRow.acw_s).is_not(None)), col(DialRow.acw_s)),
        "effective": _share(talk_known, and_(connected, col(DialRow.talk_s) >= EFFECTIVE_S)),
        "effective_of": _share(talk_known, connected),
        "lead_dials": _sum(and_(_OUT, col(DialRow.lead).is_not(None))),
    }


def _time_columns() -> dict[str, ColumnElement[int]]:
    talk_s, dispo_s, dead_s = col(AgentTimeRow.talk_s), col(AgentTimeRow.dispo_s), col(AgentTimeRow.dead_s)
    talked = talk_s > 0
    return {
        "handled": func.sum(case((talked, 1), else_=0)),
        "handled_talk_s": func.sum(case((talked, talk_s - dead_s), else_=0)),
        "handle_calls": func.sum(case((talked, 1), else_=0)),
        "handle_s": func.sum(case((talked, talk_s + dispo_s), else_=0)),
        "talk_s": func.sum(talk_s - dead_s),
        "acw_s": func.sum(dispo_s + dead_s),
        "wait_s": func.sum(col(AgentTimeRow.wait_s)),
        "pause_s": func.sum(col(AgentTimeRow.pause_s)),
        "busy_s": func.sum(talk_s + dispo_s),
        "logged_s": func.sum(talk_s + dispo_s + col(AgentTimeRow.wait_s)),
        "present_s": func.sum(talk_s + dispo_s + col(AgentTimeRow.wait_s) + col(AgentTimeRow.pause_s)),
        "timed_calls": func.sum(case((talked, 1), else_=0)),
    }


def _text(key: object) -> str:
    return NOBODY if key is None else str(key)


def _amounts(names: Iterable[str], values: Sequence[Any]) -> Sums:
    return Sums(
        **{name: None if value is None else int(value) for name, value in zip(names, values, strict=True)}
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """What adds up of one source x day x agent x team x campaign; "" = none."""

    source: str
    keys: Mapping[By, str]
    sums: Sums


def _cells(opened: Session, table: KeyedTable, columns: Mapping[str, Any], period: Period) -> list[Cell]:
    keys = [getattr(table, name) for name in ("source", *_COLUMNS.values())]
    query = select_columns(*keys, *columns.values()).where(*_where(table, period)).group_by(*keys)
    return [
        Cell(
            row[0],
            {by: _text(key) for by, key in zip(_COLUMNS, row[1 : len(keys)], strict=True)},
            _amounts(columns, row[len(keys) :]),
        )
        for row in opened.execute(query)
    ]


def dial_cells(opened: Session, period: Period) -> list[Cell]:
    """Of calls as dialers wrote them."""
    return _cells(opened, DialRow, _call_columns(), period)


def time_cells(opened: Session, period: Period) -> list[Cell]:
    """Of agents' time as dialers wrote it."""
    return _cells(opened, AgentTimeRow, _time_columns(), period)


def _leads(opened: Session, by: By, period: Period) -> list[tuple[str, str, Sums]]:
    """(source, key, distinct leads) of each group: a lead of two agents counts for both, and once in the total. Leads
    of two sources are different ones."""
    name = _COLUMNS.get(by)
    key = literal(NOBODY) if name is None else getattr(DialRow, name)
    lead = (
        select_columns(
            col(DialRow.source).label("source"),
            key.label("key"),
            func.max(case((and_(_CONTACT_KNOWN, _CONTACT), 1), else_=0)).label("contacted"),
            func.max(case((_CONTACT_KNOWN, 1), else_=0)).label("contact_known"),
            func.max(case((_SALE_KNOWN, 1), else_=0)).label("sale_known"),
        )
        .where(_OUT, col(DialRow.lead).is_not(None), *_where(DialRow, period))
        .group_by(*([] if name is None else [key]), col(DialRow.source), col(DialRow.lead))
        .subquery()
    )
    query = select_columns(
        lead.c.source,
        lead.c.key,
        func.count(),
        func.sum(lead.c.contacted),
        func.sum(lead.c.contact_known),
        func.sum(lead.c.sale_known),
    ).group_by(lead.c.source, lead.c.key)
    names = ("leads_dialled", "leads_contacted", "contact_leads_of", "sale_leads_of")
    return [
        (source, _text(group), replace(_amounts(names, values), dials=None))
        for source, group, *values in opened.execute(query)
    ]


def _known(sums: Sums) -> Sums:
    """Counts of leads are unknown, not 0, where what they count is unknown."""
    return replace(
        sums,
        leads_contacted=None if sums.contacts is None else sums.leads_contacted,
        contact_leads_of=None if sums.contacts is None else sums.contact_leads_of,
        sale_leads_of=None if sums.sales is None else sums.sale_leads_of,
    )


def grouped(
    opened: Session,
    groupings: Iterable[By],
    period: Period,
    cells: Iterable[Cell],
    *,
    with_leads: bool = True,
) -> Mapping[By, Mapping[str, Sums]]:
    """Cells added up by grouping and key, always with `By.TOTAL`, whose one key is "". Counts and seconds of the groups
    of each grouping add up to the total. What a group's own sources can know is 0 where nothing was counted, the rest
    None. Distinct leads do not add up: they are counted from the rows, `with_leads`."""
    wanted = {By.TOTAL, *groupings}
    parts: dict[By, dict[str, dict[str, Sums]]] = {by: {} for by in wanted}

    def add(by: By, key: str, source: str, sums: Sums) -> None:
        sources = parts[by].setdefault(key, {})
        sources[source] = sources.get(source, Sums()) + sums

    for cell in cells:
        for by in wanted:
            add(by, cell.keys.get(by, NOBODY), cell.source, cell.sums)
    for by in wanted if with_leads else ():
        for source, key, leads in _leads(opened, by, period):
            add(by, key, source, leads)
    whole = {source: _known(sums) for source, sums in parts[By.TOTAL].get(NOBODY, {}).items()}
    found = {
        by: {
            key: sum((_known(sums.known_as(whole[source])) for source, sums in sources.items()), Sums())
            for key, sources in sorted(groups.items())
        }
        for by, groups in parts.items()
    }
    found[By.TOTAL].setdefault(NOBODY, Sums())
    return found


def kpi_sums(
    opened: Session, groupings: Iterable[By], period: Period = EVERYTHING
) -> Mapping[By, Mapping[str, Sums]]:
    """Exact sums of dialers' rows by grouping and key."""
    cells = [*dial_cells(opened, period), *time_cells(opened, period)]
    return grouped(opened, groupings, period, cells)
