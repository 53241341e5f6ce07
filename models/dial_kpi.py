"""Sums over stored calls and agents' time, by agent, team, day or campaign.

What adds up is read once, in cells of day x agent x team x campaign; distinct leads are counted for each grouping."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, literal_column, true
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.agent import TeamRow, regions
from models.dial import AgentTimeRow, DialReferenceRow, DialRow
from qa_engine.kpi.sums import CRM_FIELDS, Sums, add_up

EFFECTIVE_S = 30  # a call of less has not come to the matter
NOBODY = ""  # calls without an agent, team or campaign are a group of their own, so that groups add up to the total


class By(StrEnum):
    """How figures are grouped."""

    TOTAL = "total"
    AGENT = "agent"
    TEAM = "team"
    DAY = "day"
    CAMPAIGN = "campaign"
    REGION = "region"
    HOUR = "hour"


_COLUMNS = {By.DAY: "day", By.AGENT: "agent_id", By.TEAM: "team_id", By.CAMPAIGN: "campaign"}
GROUPINGS = tuple(_COLUMNS)
"""Those of `callqa.kpi/1` where none is asked for; regions and hours are there for who asks."""


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


@dataclass(frozen=True, slots=True)
class Counted:
    """How a field of `Sums` comes from rows: over those `known`, an `amount` of each that is `said`. Without `said` all
    that are known count, and none of them means unknown; with it the sum is 0 where some are known and none said."""

    known: ColumnElement[bool]
    said: ColumnElement[bool] | None = None
    amount: Any = 1

    @property
    def total(self) -> ColumnElement[int]:
        """The sum; NULL where nothing is known."""
        if self.said is None:
            return func.sum(case((self.known, self.amount)))
        return func.sum(case((and_(self.known, self.said), self.amount), (self.known, 0)))

    @property
    def rows(self) -> ColumnElement[bool]:
        """Which rows the field counts."""
        return self.known if self.said is None else and_(self.known, self.said)


_OUT = col(DialRow.outbound).is_(True)
_CONNECTED, _ABANDONED = col(DialRow.connected).is_(True), col(DialRow.abandoned).is_(True)
_CONTACT = col(DialRow.contact).is_(True)
_CONNECT_KNOWN = and_(_OUT, col(DialRow.connected).is_not(None))
_ABANDON_KNOWN = and_(_OUT, col(DialRow.abandoned).is_not(None))
_CONTACT_KNOWN = and_(_OUT, col(DialRow.contact).is_not(None))
_SALE_KNOWN = and_(_OUT, col(DialRow.sale).is_not(None))
_TALK_KNOWN = and_(_OUT, col(DialRow.talk_s).is_not(None))
_WRAP_KNOWN = and_(_TALK_KNOWN, col(DialRow.acw_s).is_not(None))
_EFFECTIVE = and_(_CONNECTED, col(DialRow.talk_s) >= EFFECTIVE_S)
_RIGHT_KNOWN = and_(_OUT, col(DialRow.right_party).is_not(None))
_INTENT_KNOWN = and_(_TALK_KNOWN, col(DialRow.intent).is_not(None))
_HANDLE_S = col(DialRow.talk_s) + func.coalesce(col(DialRow.hold_s), 0) + col(DialRow.acw_s)

DIAL_FIELDS: Mapping[str, Counted] = {
    "dials": Counted(_OUT),
    "connects": Counted(_CONNECT_KNOWN, _CONNECTED),
    "connects_of": Counted(_CONNECT_KNOWN),
    "contacts": Counted(_CONTACT_KNOWN, _CONTACT),
    "sales": Counted(_SALE_KNOWN, col(DialRow.sale).is_(True)),
    "abandoned": Counted(_ABANDON_KNOWN, _ABANDONED),
    "abandoned_of": Counted(_ABANDON_KNOWN, _CONNECTED | _ABANDONED),
    "sale_contacts_of": Counted(_SALE_KNOWN, _CONTACT),
    "sale_dials_of": Counted(_SALE_KNOWN),
    "sale_connects_of": Counted(_SALE_KNOWN, _CONNECTED),
    "handled": Counted(_TALK_KNOWN, _CONNECTED),
    "handled_talk_s": Counted(_TALK_KNOWN, _CONNECTED, col(DialRow.talk_s)),
    "handle_calls": Counted(_WRAP_KNOWN, _CONNECTED),
    "handle_s": Counted(_WRAP_KNOWN, _CONNECTED, _HANDLE_S),
    "talk_s": Counted(_TALK_KNOWN, _CONNECTED, col(DialRow.talk_s)),
    "hold_s": Counted(and_(_OUT, col(DialRow.hold_s).is_not(None)), amount=col(DialRow.hold_s)),
    "acw_s": Counted(and_(_OUT, col(DialRow.acw_s).is_not(None)), amount=col(DialRow.acw_s)),
    "effective": Counted(_TALK_KNOWN, _EFFECTIVE),
    "effective_of": Counted(_TALK_KNOWN, _CONNECTED),
    "right_party": Counted(_RIGHT_KNOWN, and_(_CONTACT, col(DialRow.right_party).is_(True))),
    "right_party_of": Counted(_RIGHT_KNOWN, _CONTACT),
    "intents": Counted(_INTENT_KNOWN, and_(_EFFECTIVE, col(DialRow.intent).is_(True))),
    "intents_of": Counted(_INTENT_KNOWN, _EFFECTIVE),
    "lead_dials": Counted(and_(_OUT, col(DialRow.lead).is_not(None))),
}
"""Fields of `Sums` that a dialer's calls fill."""

_TALK_S, _DISPO_S, _DEAD_S = col(AgentTimeRow.talk_s), col(AgentTimeRow.dispo_s), col(AgentTimeRow.dead_s)
_WAIT_S, _PAUSE_S = col(AgentTimeRow.wait_s), col(AgentTimeRow.pause_s)
_TALKED = _TALK_S > 0
_LOGGED_S = _TALK_S + _DISPO_S + _WAIT_S

TIME_FIELDS: Mapping[str, Counted] = {
    "handled": Counted(true(), _TALKED),
    "handled_talk_s": Counted(true(), _TALKED, _TALK_S - _DEAD_S),
    "handle_calls": Counted(true(), _TALKED),
    "handle_s": Counted(true(), _TALKED, _TALK_S + _DISPO_S),
    "talk_s": Counted(true(), amount=_TALK_S - _DEAD_S),
    "acw_s": Counted(true(), amount=_DISPO_S + _DEAD_S),
    "wait_s": Counted(true(), amount=_WAIT_S),
    "pause_s": Counted(true(), amount=_PAUSE_S),
    "busy_s": Counted(true(), amount=_TALK_S + _DISPO_S),
    "logged_s": Counted(true(), amount=_LOGGED_S),
    "present_s": Counted(true(), amount=_LOGGED_S + _PAUSE_S),
    "timed_calls": Counted(true(), _TALKED),
    "effective": Counted(true(), and_(_TALKED, _TALK_S - _DEAD_S >= EFFECTIVE_S)),
    "effective_of": Counted(true(), _TALKED),
}
"""Fields of `Sums` that agents' time fills."""


def _text(key: object) -> str:
    return NOBODY if key is None else str(key)


def hour_key(hour: int | None) -> str:
    """An hour of the day as the key of a group, `09`; "" where it is not known."""
    return NOBODY if hour is None or hour < 0 else f"{hour:02d}"


def _amounts(names: Iterable[str], values: Sequence[Any]) -> Sums:
    """`dials` is 0, not unknown, where there are none."""
    found = {name: None if value is None else int(value) for name, value in zip(names, values, strict=True)}
    return Sums(**{**found, "dials": found.get("dials") or 0})


@dataclass(frozen=True, slots=True)
class Cell:
    """What adds up of one source x day x agent x team x campaign; "" = none."""

    source: str
    keys: Mapping[By, str]
    sums: Sums


def _cells(
    opened: Session,
    table: KeyedTable,
    counted: Mapping[str, Counted],
    period: Period,
    only: Sequence[ColumnElement[bool]] = (),
    *,
    hourly: bool,
) -> list[Cell]:
    named = {**_COLUMNS, By.HOUR: "hour"} if hourly else _COLUMNS
    keys = [getattr(table, name) for name in ("source", *named.values())]
    columns = [one.total for one in counted.values()]
    query = select_columns(*keys, *columns).where(*only, *_where(table, period)).group_by(*keys)
    return [
        Cell(
            row[0],
            {
                by: hour_key(key) if by is By.HOUR else _text(key)
                for by, key in zip(named, row[1 : len(keys)], strict=True)
            },
            _amounts(counted, row[len(keys) :]),
        )
        for row in opened.execute(query)
    ]


def dial_cells(opened: Session, period: Period, *, hourly: bool = False) -> list[Cell]:
    """Of calls as dialers wrote them; `hourly` keeps the hours of a day apart. Inbound ones count in no figure, and make no
    group of their own."""
    return _cells(opened, DialRow, DIAL_FIELDS, period, (_OUT,), hourly=hourly)


def time_cells(opened: Session, period: Period, *, hourly: bool = False) -> list[Cell]:
    """Of agents' time as dialers wrote it."""
    return _cells(opened, AgentTimeRow, TIME_FIELDS, period, hourly=hourly)


def _leads(opened: Session, by: By, period: Period) -> list[tuple[str, str, Sums]]:
    """(source, key, distinct leads) of each group: a lead of two agents counts for both, and once in the total. Leads
    of two sources are different ones."""
    name = "hour" if by is By.HOUR else _COLUMNS.get(by)
    key: Any = literal(NOBODY) if name is None else getattr(DialRow, name)
    if by is By.REGION:
        key = func.coalesce(col(TeamRow.region), literal_column("''"))
    lead = (
        select_columns(
            col(DialRow.source).label("source"),
            key.label("key"),
            func.max(case((and_(_CONTACT_KNOWN, _CONTACT), 1), else_=0)).label("contacted"),
            func.max(case((_CONTACT_KNOWN, 1), else_=0)).label("contact_known"),
            func.max(case((_SALE_KNOWN, 1), else_=0)).label("sale_known"),
        )
        .select_from(DialRow)
        .outerjoin(TeamRow, col(TeamRow.id) == col(DialRow.team_id))
        .where(_OUT, col(DialRow.lead).is_not(None), *_where(DialRow, period))
        .group_by(*([] if by is By.TOTAL else [key]), col(DialRow.source), col(DialRow.lead))
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
        (
            source,
            hour_key(group) if by is By.HOUR else _text(group),
            replace(_amounts(names, values), dials=None),
        )
        for source, group, *values in opened.execute(query)
    ]


def _lists(opened: Session, by: By, period: Period) -> list[tuple[str, str, Sums]]:
    """(source, key, leads that stand in lists and those of them that were dialled), for the whole and for campaigns."""
    lead: Any = aliased(DialReferenceRow)
    of: Any = aliased(DialReferenceRow)
    key: Any = literal(NOBODY) if by is By.TOTAL else func.coalesce(of.parent, literal_column("''"))
    dialled = exists().where(
        _OUT,
        col(DialRow.source) == lead.source,
        col(DialRow.lead) == lead.ref,
        *_where(DialRow, replace(period, source=None)),
    )
    query = (
        select_columns(lead.source, key, func.count(), func.sum(case((dialled, 1), else_=0)))
        .outerjoin(of, and_(of.source == lead.source, of.kind == "list", of.ref == lead.parent))
        .where(lead.kind == "lead", *([] if period.source is None else [lead.source == period.source]))
        .group_by(lead.source, *([] if by is By.TOTAL else [key]))
    )
    names = ("listed_leads", "listed_dialled")
    return [
        (source, _text(group), replace(_amounts(names, values), dials=None))
        for source, group, *values in opened.execute(query)
    ]


def _known(sums: Sums) -> Sums:
    """Counts of leads are unknown, not 0, where what they count is unknown."""
    if sums.leads_contacted is None and sums.contact_leads_of is None and sums.sale_leads_of is None:
        return sums
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
    with_lists: bool = False,
    crm: Sums | None = None,
) -> Mapping[By, Mapping[str, Sums]]:
    """Cells added up by grouping and key, always with `By.TOTAL`, whose one key is "". Counts and seconds of the groups
    of each grouping add up to the total. What a group's own sources can know is 0 where nothing was counted, the rest
    None. Distinct leads do not add up: they are counted from the rows, `with_leads`, and
    those of lists `with_lists`. A CRM tells of the whole company: what
    `crm` knows (the total, by default) is 0 in a group that it does not name."""
    wanted = {By.TOTAL, *groupings}
    parts: dict[By, dict[str, dict[str, list[Sums]]]] = {by: {} for by in wanted}

    def add(by: By, key: str, source: str, sums: Sums) -> None:
        parts[by].setdefault(key, {}).setdefault(source, []).append(sums)

    of_team = regions(opened) if By.REGION in wanted else {}
    for cell in cells:
        for by in wanted:
            key = (
                of_team.get(cell.keys.get(By.TEAM, NOBODY), NOBODY)
                if by is By.REGION
                else cell.keys.get(by, NOBODY)
            )
            add(by, key, cell.source, cell.sums)
    for by in wanted if with_leads else ():
        for source, key, leads in _leads(opened, by, period):
            add(by, key, source, leads)
    for by in wanted & {By.TOTAL, By.CAMPAIGN} if with_lists else ():
        for source, key, leads in _lists(opened, by, period):
            add(by, key, source, leads)
    whole = {source: _known(add_up(sums)) for source, sums in parts[By.TOTAL].get(NOBODY, {}).items()}
    known = {source: sums.known() for source, sums in whole.items()}
    found: dict[By, dict[str, Sums]] = {
        by: {
            key: add_up([_known(add_up(sums).with_zeros(known[source])) for source, sums in sources.items()])
            for key, sources in sorted(groups.items())
        }
        for by, groups in parts.items()
        if by is not By.TOTAL
    }
    found[By.TOTAL] = {NOBODY: add_up([*whole.values()])}
    told = (crm or found[By.TOTAL][NOBODY]).only(CRM_FIELDS).known()
    for by in wanted - {By.DAY}:  # a day that no CRM tells of is unknown
        found[by] = {key: sums.with_zeros(told) for key, sums in found[by].items()}
    return found


def kpi_sums(
    opened: Session, groupings: Collection[By], period: Period = EVERYTHING
) -> Mapping[By, Mapping[str, Sums]]:
    """Exact sums of dialers' rows by grouping and key."""
    hourly = By.HOUR in {*groupings}
    cells = [*dial_cells(opened, period, hourly=hourly), *time_cells(opened, period, hourly=hourly)]
    return grouped(opened, groupings, period, cells)
