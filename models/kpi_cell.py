"""Roll-ups: what adds up, by source x day x agent x team x campaign, so that boards never scan calls.

The cells of a day are always made anew from all its rows: twice, late or out of order gives the same numbers. Distinct
leads are not here, because they do not add up; they are counted from the dial rows, exactly."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models.access.narrow import narrowed
from models.agent import in_region
from models.call import CallRow, CallState
from models.call_figures import note_call, quality_cells
from models.crm_cells import closing_cells, complaint_cells, order_cells
from models.database import lock_names
from models.dial import AgentTimeRow, DialRow
from models.dial_kpi import NOBODY, By, Cell, Period, dial_cells, hour_key, time_cells
from models.kpi_hour import UNKNOWN_HOUR, roll_up_hours
from models.kpi_sketch import roll_up_sketches
from models.kpi_summary import narrowest, summarise, summarise_agent, summarise_all, teams_of_day
from models.kpi_tables import AMOUNTS, kpi_cell, kpi_pending
from qa_engine.kpi.sums import sums_of

KEYS = {By.DAY: "day", By.AGENT: "agent_id", By.TEAM: "team_id", By.CAMPAIGN: "campaign"}
STORED_KEYS = {**KEYS, By.HOUR: "hour"}

CELL_SOURCES: Mapping[str, Callable[[Session, Period], list[Cell]]] = {
    "dial": dial_cells,
    "time": time_cells,
    "quality": quality_cells,
    "order": order_cells,
    "complaint": complaint_cells,
    "closing": closing_cells,
}
"""What cells are made of. A new one is a function of the same form, entered here: it fills its own fields of `Sums`,
leaves `dials` at 0, and calls `roll_up_days` with its name where its rows change."""


def roll_up_days(opened: Session, kind: str, source: str, days: Collection[date]) -> None:
    """Makes the cells of these days anew, their hours and sketches, and what is summed of them. The lock makes two writers
    of one day take turns."""
    for day in sorted(set(days)):
        lock_names(opened, f"kpi:{kind}:{source}:{day}")
        opened.execute(
            delete(kpi_cell).where(
                kpi_cell.c.kind == kind, kpi_cell.c.source == source, kpi_cell.c.day == day
            )
        )
        _store(opened, kind, CELL_SOURCES[kind](opened, Period(day, day, source)))
    summarise(opened, source, set(days))
    for day in sorted(set(days)):
        roll_up_hours(opened, kind, source, day)
        roll_up_sketches(opened, kind, source, day)


def roll_up_call(opened: Session, call: CallRow) -> None:
    """Brings the figures of an ended call, and the cells of its agent's day, up to date."""
    agent_id = call.agent_id or NOBODY
    lock_names(opened, f"kpi:quality:{call.source}:{call.day}:{agent_id}")
    note_call(opened, call.id)
    teams = teams_of_day(opened, call.source, call.day, agent_id)
    opened.execute(
        delete(kpi_cell).where(
            kpi_cell.c.kind == "quality",
            kpi_cell.c.source == call.source,
            kpi_cell.c.day == call.day,
            kpi_cell.c.agent_id == agent_id,
        )
    )
    period = Period(call.day, call.day, call.source)
    _store(opened, "quality", quality_cells(opened, period, agent_id=agent_id))
    teams |= teams_of_day(opened, call.source, call.day, agent_id)
    summarise_agent(opened, call.source, call.day, agent_id, teams)
    roll_up_sketches(opened, "quality", call.source, call.day, agent_id=agent_id, teams=teams)


def rebuild(opened: Session) -> int:
    """Makes every cell anew; returns how many there are."""
    lock_names(opened, "kpi:rebuild")
    opened.execute(delete(kpi_cell))
    opened.execute(delete(kpi_pending))
    ended = select(CallRow.id).where(col(CallRow.state) == CallState.DONE.value)
    for call_id in opened.exec(ended).all():
        note_call(opened, call_id)
    made = 0
    for kind, read in CELL_SOURCES.items():
        cells = read(opened, Period())
        _store(opened, kind, cells)
        roll_up_hours(opened, kind)
        roll_up_sketches(opened, kind)
        made += len(cells)
    summarise_all(opened)
    return made


def _store(opened: Session, kind: str, cells: Sequence[Cell]) -> None:
    rows: list[dict[str, Any]] = [
        {
            "kind": kind,
            "source": cell.source,
            **{name: cell.keys[by] for by, name in KEYS.items() if by is not By.DAY},
            "day": date.fromisoformat(cell.keys[By.DAY]),
            **{name: getattr(cell.sums, name) for name in AMOUNTS},
        }
        for cell in cells
    ]
    if rows:
        opened.connection().execute(insert(kpi_cell), rows)


def days_of(opened: Session, source: str) -> set[date]:
    """All days on which a dialer's source has calls or agents' time."""
    return {
        day
        for table in (DialRow, AgentTimeRow)
        for day in opened.scalars(
            select_columns(col(table.day)).where(col(table.source) == source).distinct()
        )
    }


def rolled_days(opened: Session, kind: str, source: str) -> set[date]:
    """The days that have cells of this kind and source."""
    cell = kpi_cell.c
    return set(
        opened.scalars(select_columns(cell.day).where(cell.kind == kind, cell.source == source).distinct())
    )


def last_day(opened: Session, today: date) -> date | None:
    """The last day up to today of which there are figures: data often ends before today does."""
    found = opened.scalar(select_columns(func.max(kpi_cell.c.day)).where(kpi_cell.c.day <= today))
    return found if isinstance(found, date) else None


def stored_cells(
    opened: Session,
    groupings: Collection[By],
    period: Period,
    where: Mapping[By, str] | None = None,
    names: Sequence[str] = AMOUNTS,
) -> list[Cell]:
    """Cells added up in the database by source and these groupings; `where` narrows to one agent, team, region, campaign or
    hour, `names` to the fields of `Sums` that are needed. By hours only what dialers write is known."""
    wanted = {By.TEAM if by is By.REGION else by: None for by in groupings}  # regions are made of teams
    asked = {By.TEAM if by is By.REGION else by for by in (*wanted, *(where or {}))}
    table, read = narrowest(asked)
    column = table.c
    names = [name for name in names if name in column]
    keyed = {by: column[STORED_KEYS[by]] for by in wanted if by in STORED_KEYS}
    conditions = [_is(column, by, key) for by, key in (where or {}).items()]
    if read is not None:
        conditions.append(read)
    if period.first is not None:
        conditions.append(column.day >= period.first)
    if period.last is not None:
        conditions.append(column.day <= period.last)
    if period.source is not None:
        conditions.append(column.source == period.source)
    columns = (column.source, *keyed.values())
    query = (
        narrowed(
            select_columns(*columns, *(func.sum(column[name]) for name in names)),
            column.team_id,
            column.agent_id,
        )
        .where(and_(True, *conditions))
        .group_by(*columns)
    )
    made = sums_of(names)
    return [
        Cell(
            row[0],
            {
                by: hour_key(key) if by is By.HOUR else str(key)
                for by, key in zip(keyed, row[1 : len(columns)], strict=True)
            },
            made(row[len(columns) :]),
        )
        for row in opened.execute(query)
    ]


def _is(column: Any, by: By, key: str) -> ColumnElement[bool]:
    if by is By.REGION:
        return in_region(column.team_id, key)
    if by is By.HOUR:
        return column.hour == (int(key) if key else UNKNOWN_HOUR)  # type: ignore[no-any-return]
    return column[KEYS[by]] == key  # type: ignore[no-any-return]
