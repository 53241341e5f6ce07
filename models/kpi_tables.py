"""The tables of roll-ups: cells, and what boards read most, summed once more."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import BigInteger, Column, Date, Index, Integer, SmallInteger, String, Table
from sqlmodel import SQLModel

from models.dial_kpi import DIAL_FIELDS, TIME_FIELDS
from qa_engine.kpi.sums import LEAD_FIELDS, Sums

AMOUNTS = tuple(one.name for one in fields(Sums) if one.name not in LEAD_FIELDS)
HOUR_AMOUNTS = tuple(name for name in AMOUNTS if name in DIAL_FIELDS or name in TIME_FIELDS)
"""What is known by the hour: all that dialers write. Scores, orders and tickets are counted by days."""


def _amounts() -> list[Column[int]]:
    return [Column(name, BigInteger, nullable=True) for name in AMOUNTS]


kpi_cell = Table(
    "kpi_cell",
    SQLModel.metadata,
    Column("kind", String(20), primary_key=True),
    Column("source", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("agent_id", String(100), primary_key=True),
    Column("team_id", String(100), primary_key=True),
    Column("campaign", String(200), primary_key=True),
    *_amounts(),
    Index("ix_kpi_cell_day", "day"),
    Index("ix_kpi_cell_agent_id_day", "agent_id", "day"),
)
kpi_summary = Table(
    "kpi_summary",
    SQLModel.metadata,
    Column("grain", String(10), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("team_id", String(100), primary_key=True),
    Column("agent_id", String(100), primary_key=True),
    Column("campaign", String(200), primary_key=True),
    Column("source", String(64), primary_key=True),
    *_amounts(),
    Index("ix_kpi_summary_team", "grain", "team_id", "day"),
    Index("ix_kpi_summary_agent", "grain", "agent_id", "day"),
)
"""The cells without their kind: of grain `team` without agents too, of grain `agent` without campaigns; "" stands in
for what is left out. A year of a company by team is one row in a hundred of its cells."""

kpi_hour = Table(
    "kpi_hour",
    SQLModel.metadata,
    Column("grain", String(10), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("hour", SmallInteger, primary_key=True, autoincrement=False),
    Column("team_id", String(100), primary_key=True),
    Column("agent_id", String(100), primary_key=True),
    Column("campaign", String(200), primary_key=True),
    Column("source", String(64), primary_key=True),
    Column("kind", String(20), primary_key=True),
    *(Column(name, Integer, nullable=True) for name in HOUR_AMOUNTS),
    Index("ix_kpi_hour_team", "grain", "team_id", "day"),
    Index("ix_kpi_hour_agent", "grain", "agent_id", "day"),
)
"""The cells of dialers by the hour of the tenant's clock, at the grains of `models.kpi_grains`; -1 = hour not known."""
kpi_bucket = Table(
    "kpi_bucket",
    SQLModel.metadata,
    Column("grain", String(10), primary_key=True),
    Column("field", String(20), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("team_id", String(100), primary_key=True),
    Column("agent_id", String(100), primary_key=True),
    Column("campaign", String(200), primary_key=True),
    Column("source", String(64), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("n", Integer, nullable=False),
    Index("ix_kpi_bucket_team", "grain", "team_id", "field", "day"),
    Index("ix_kpi_bucket_agent", "grain", "agent_id", "field", "day"),
)
"""Sketches of amounts (`qa_engine.kpi.sketch`), one row a bucket, so that they merge by adding `n`."""
kpi_pending = Table(
    "kpi_pending",
    SQLModel.metadata,
    Column("kind", String(20), primary_key=True),
    Column("source", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
)
"""Days whose cells are older than a roll-up that came with a later version; `models.kpi_catch_up` makes them anew."""
