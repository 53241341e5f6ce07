"""Roll-ups by the hour of the tenant's clock: the cells of a day, cut further. Kept at three grains so that a company's
year, a team's and an agent's are each a small range of rows.

The hours of a day add up to its cells, whatever the zone's offset and wherever its clocks change: an hour is a column of
the row, as its day is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete, func, insert, literal
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from models.dial import AgentTimeRow, DialRow
from models.dial_kpi import DIAL_FIELDS, NOBODY, TIME_FIELDS, Counted, KeyedTable
from models.kpi_grains import KpiGrain, coarsen
from models.kpi_tables import HOUR_AMOUNTS, kpi_hour

UNKNOWN_HOUR = -1
"""Of rows that were stored before hours were, until they are rolled up again."""
HOUR_SOURCES: Mapping[str, tuple[KeyedTable, Mapping[str, Counted]]] = MappingProxyType(
    {"dial": (DialRow, DIAL_FIELDS), "time": (AgentTimeRow, TIME_FIELDS)}
)
"""By kind of cell, as in `models.kpi_cell.CELL_SOURCES`."""


def roll_up_hours(opened: Session, kind: str, source: str | None = None, day: date | None = None) -> None:
    """Makes the hours of a day anew from all its rows, of every day and source without them; nothing for kinds that
    have no hours. The caller holds the lock of the day."""
    if kind not in HOUR_SOURCES:
        return
    table, counted = HOUR_SOURCES[kind]
    of: dict[str, Any] = {"kind": kind}
    of |= {} if source is None else {"source": source}
    of |= {} if day is None else {"day": day}
    rows = [getattr(table, name) == value for name, value in of.items() if name != "kind"]
    agents = (kpi_hour.c[name] == value for name, value in of.items())
    connection = opened.connection()
    connection.execute(delete(kpi_hour).where(kpi_hour.c.grain == KpiGrain.AGENT.value, *agents))
    amounts = [name for name in HOUR_AMOUNTS if name in counted]
    keys: dict[str, Any] = {
        "day": col(table.day),
        "hour": func.coalesce(col(table.hour), UNKNOWN_HOUR),
        **{name: func.coalesce(getattr(table, name), NOBODY) for name in ("team_id", "agent_id", "campaign")},
        "source": col(table.source),
    }
    # grouped by the columns themselves: PostgreSQL takes two bound constants for two different expressions
    made = (
        select_columns(
            literal(KpiGrain.AGENT.value).label("grain"),
            literal(kind).label("kind"),
            *(key.label(name) for name, key in keys.items()),
            *(counted[name].total for name in amounts),
        )
        .where(*rows)
        .group_by(*(getattr(table, name) for name in keys))
    )
    connection.execute(insert(kpi_hour).from_select(["grain", "kind", *keys, *amounts], made))
    coarsen(opened, kpi_hour, of, HOUR_AMOUNTS)
