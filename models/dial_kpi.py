"""Sums over stored calls and agents' time, by agent, team, day or campaign."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, distinct, func, literal
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from models.dial import AgentTimeRow, DialRow
from qa_engine.kpi.sums import Sums

NOBODY = ""  # calls without an agent, team or campaign are a group of their own, so that groups add up to the total


class By(StrEnum):
    """How figures are grouped."""

    TOTAL = "total"
    AGENT = "agent"
    TEAM = "team"
    DAY = "day"
    CAMPAIGN = "campaign"


_COLUMNS = {By.AGENT: "agent_id", By.TEAM: "team_id", By.DAY: "day", By.CAMPAIGN: "campaign"}


@dataclass(frozen=True, slots=True)
class Period:
    """Which calls: days in the tenant's zone, both included; None = open. `source` None = all."""

    first: date | None = None
    last: date | None = None
    source: str | None = None


def _where(table: type[DialRow | AgentTimeRow], period: Period) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if period.source is not None:
        conditions.append(col(table.source) == period.source)
    if period.first is not None:
        conditions.append(col(table.day) >= period.first)
    if period.last is not None:
        conditions.append(col(table.day) <= period.last)
    return conditions


def _sum(condition: ColumnElement[bool], amount: Any = 1) -> ColumnElement[int]:
    """NULL where no row fulfils the condition: that tells 0 from unknown."""
    return func.sum(case((condition, amount)))


def _yes(known: ColumnElement[bool], said: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((and_(known, said), 1), (known, 0)))


def _call_columns() -> dict[str, ColumnElement[int]]:
    out = col(DialRow.outbound).is_(True)
    connected, contact = col(DialRow.connected).is_(True), col(DialRow.contact).is_(True)
    contact_known = and_(out, col(DialRow.contact).is_not(None))
    sale_known = and_(out, col(DialRow.sale).is_not(None))
    abandon_known = and_(out, col(DialRow.abandoned).is_not(None))
    abandoned = col(DialRow.abandoned).is_(True)
    talked = and_(out, connected, col(DialRow.talk_s).is_not(None))
    wrapped = and_(talked, col(DialRow.acw_s).is_not(None))
    lead = case((col(DialRow.lead).is_not(None), col(DialRow.source) + literal(":") + col(DialRow.lead)))
    hold_s = func.coalesce(col(DialRow.hold_s), 0)

    def leads(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(distinct(case((condition, lead))))

    return {
        "dials": func.coalesce(_sum(out), 0),
        "connects": _yes(and_(out, col(DialRow.connected).is_not(None)), connected),
        "connects_of": _sum(and_(out, col(DialRow.connected).is_not(None))),
        "contacts": _yes(contact_known, contact),
        "sales": _yes(sale_known, col(DialRow.sale).is_(True)),
        "abandoned": _yes(abandon_known, abandoned),
        "abandoned_of": _yes(abandon_known, connected | abandoned),
        "leads_dialled": leads(out),
        "leads_contacted": leads(and_(contact_known, contact)),
        "contact_leads_of": leads(contact_known),
        "sale_contacts_of": _yes(sale_known, contact),
        "sale_dials_of": _sum(sale_known),
        "sale_leads_of": leads(sale_known),
        "sale_connects_of": _yes(sale_known, connected),
        "handled": _yes(and_(out, col(DialRow.talk_s).is_not(None)), talked),
        "handled_talk_s": func.sum(
            case((talked, col(DialRow.talk_s)), (and_(out, col(DialRow.talk_s).is_not(None)), 0))
        ),
        "handle_calls": _yes(
            and_(out, col(DialRow.acw_s).is_not(None), col(DialRow.talk_s).is_not(None)), wrapped
        ),
        "handle_s": _sum(wrapped, col(DialRow.talk_s) + hold_s + col(DialRow.acw_s)),
        "talk_s": func.sum(
            case((talked, col(DialRow.talk_s)), (and_(out, col(DialRow.talk_s).is_not(None)), 0))
        ),
        "hold_s": _sum(and_(out, col(DialRow.hold_s).is_not(None)), col(DialRow.hold_s)),
        "acw_s": _sum(and_(out, col(DialRow.acw_s).is_not(None)), col(DialRow.acw_s)),
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
    }


def _grouped(opened: Session, table: type[DialRow | AgentTimeRow], by: By, period: Period) -> dict[str, Sums]:
    columns = _call_columns() if table is DialRow else _time_columns()
    labelled = [value.label(name) for name, value in columns.items()]
    name = _COLUMNS.get(by)
    key = literal("") if name is None else getattr(table, name)
    query = select_columns(key.label("key"), *labelled).where(*_where(table, period))
    if name is not None:
        query = query.group_by(key)
    found: dict[str, Sums] = {}
    for row in opened.execute(query):
        group, *values = row
        amounts = {
            one: None if value is None else int(value) for one, value in zip(columns, values, strict=True)
        }
        found[NOBODY if group is None else str(group)] = _checked(Sums(**amounts))
    return found


def _checked(sums: Sums) -> Sums:
    """Distinct counts are 0 where nothing is known; here they become unknown."""
    return replace(
        sums,
        leads_dialled=sums.leads_dialled if sums.leads_dialled or not sums.dials else None,
        leads_contacted=None if sums.contacts is None else sums.leads_contacted,
        contact_leads_of=None if sums.contacts is None else sums.contact_leads_of or None,
        sale_leads_of=None if sums.sales is None else sums.sale_leads_of or None,
    )


def kpi_sums(opened: Session, by: By, period: Period) -> dict[str, Sums]:
    """Sums by key; `By.TOTAL` has the one key "". Counts and seconds of the groups add up to the total."""
    calls, times = _grouped(opened, DialRow, by, period), _grouped(opened, AgentTimeRow, by, period)
    whole = kpi_sums(opened, By.TOTAL, period)[NOBODY] if by is not By.TOTAL else Sums()
    return {
        key: (calls.get(key, Sums()) + times.get(key, Sums())).known_as(whole)
        for key in sorted(calls.keys() | times.keys())
    }
