"""Roll-ups: what adds up, by source x day x agent x team x campaign, so that boards never scan calls.

The cells of a day are always made anew from all its rows: twice, late or out of order gives the same numbers. Distinct
leads are not here, because they do not add up; they are counted from the dial rows, exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Column, Date, Index, String, Table, and_, delete, func, insert
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, col, select

from models.call import CallRow, CallState
from models.call_figures import note_call, quality_cells
from models.database import lock_names
from models.dial import AgentTimeRow, DialRow
from models.dial_kpi import NOBODY, By, Cell, Period, dial_cells, time_cells
from qa_engine.kpi.sums import LEAD_FIELDS, Sums

AMOUNTS = tuple(one.name for one in fields(Sums) if one.name not in LEAD_FIELDS)
KEYS = {By.DAY: "day", By.AGENT: "agent_id", By.TEAM: "team_id", By.CAMPAIGN: "campaign"}

CELL_SOURCES: Mapping[str, Callable[[Session, Period], list[Cell]]] = {
    "dial": dial_cells,
    "time": time_cells,
    "quality": quality_cells,
}
"""What cells are made of. A new one (orders and tickets of the CRM) is a function of the same form, entered here: it
fills its own fields of `Sums`, leaves `dials` at 0, and calls `roll_up_days` with its name where its rows change."""

kpi_cell = Table(
    "kpi_cell",
    SQLModel.metadata,
    Column("kind", String(20), primary_key=True),
    Column("source", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("agent_id", String(100), primary_key=True),
    Column("team_id", String(100), primary_key=True),
    Column("campaign", String(200), primary_key=True),
    *(Column(name, BigInteger, nullable=True) for name in AMOUNTS),
    Index("ix_kpi_cell_day", "day"),
    Index("ix_kpi_cell_agent_id_day", "agent_id", "day"),
)


def roll_up_days(opened: Session, kind: str, source: str, days: Iterable[date]) -> None:
    """Makes the cells of these days anew. The lock makes two writers of one day take turns."""
    for day in sorted(set(days)):
        lock_names(opened, f"kpi:{kind}:{source}:{day}")
        opened.execute(
            delete(kpi_cell).where(
                kpi_cell.c.kind == kind, kpi_cell.c.source == source, kpi_cell.c.day == day
            )
        )
        _store(opened, kind, CELL_SOURCES[kind](opened, Period(day, day, source)))


def roll_up_call(opened: Session, call: CallRow) -> None:
    """Brings the figures of an ended call, and the cells of its agent's day, up to date."""
    agent_id = call.agent_id or NOBODY
    lock_names(opened, f"kpi:quality:{call.source}:{call.day}:{agent_id}")
    note_call(opened, call.id)
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


def rebuild(opened: Session) -> int:
    """Makes every cell anew; returns how many there are."""
    lock_names(opened, "kpi:rebuild")
    opened.execute(delete(kpi_cell))
    ended = select(CallRow.id).where(col(CallRow.state) == CallState.DONE.value)
    for call_id in opened.exec(ended).all():
        note_call(opened, call_id)
    made = 0
    for kind, read in CELL_SOURCES.items():
        cells = read(opened, Period())
        _store(opened, kind, cells)
        made += len(cells)
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


def stored_cells(
    opened: Session,
    groupings: Iterable[By],
    period: Period,
    where: Mapping[By, str] | None = None,
    names: Sequence[str] = AMOUNTS,
) -> list[Cell]:
    """Cells added up in the database by source and these groupings; `where` narrows to one agent, team or campaign,
    `names` to the fields of `Sums` that are needed."""
    keyed = {by: kpi_cell.c[KEYS[by]] for by in groupings if by in KEYS}
    conditions = [kpi_cell.c[KEYS[by]] == key for by, key in (where or {}).items()]
    if period.first is not None:
        conditions.append(kpi_cell.c.day >= period.first)
    if period.last is not None:
        conditions.append(kpi_cell.c.day <= period.last)
    if period.source is not None:
        conditions.append(kpi_cell.c.source == period.source)
    columns = (kpi_cell.c.source, *keyed.values())
    query = (
        select_columns(*columns, *(func.sum(kpi_cell.c[name]) for name in names))
        .where(and_(True, *conditions))
        .group_by(*columns)
    )
    return [
        Cell(
            row[0],
            {by: str(key) for by, key in zip(keyed, row[1 : len(columns)], strict=True)},
            Sums(
                **{
                    name: None if value is None else int(value)
                    for name, value in zip(names, row[len(columns) :], strict=True)
                }
            ),
        )
        for row in opened.execute(query)
    ]
