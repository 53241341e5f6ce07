"""Keeps the summaries of cells up to date, and says which one answers a question."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, func, insert, literal
from sqlalchemy import select as select_columns
from sqlmodel import Session

from models.access.roles import Role, current_access
from models.database import lock_names
from models.dial_kpi import NOBODY, By
from models.kpi_grains import coarsest
from models.kpi_tables import AMOUNTS, kpi_cell, kpi_hour, kpi_summary


class SummaryGrain(StrEnum):
    """What is left in a summary."""

    TEAM = "team"
    AGENT = "agent"


LEFT_OUT: Mapping[SummaryGrain, str] = MappingProxyType(
    {SummaryGrain.TEAM: "agent_id", SummaryGrain.AGENT: "campaign"}
)
_KEYS = ("day", "team_id", "agent_id", "campaign", "source")


def narrowest(asked: Collection[By]) -> tuple[Table, ColumnElement[bool] | None]:
    """The smallest table that still has these groupings apart, and the condition under which it is read. What an agent
    may see is known by agents alone."""
    if By.HOUR in asked:
        return kpi_hour, kpi_hour.c.grain == coarsest(asked).value
    access = current_access()
    by_agent = By.AGENT in asked or (access is not None and access.role is Role.AGENT)
    if not by_agent:
        return kpi_summary, kpi_summary.c.grain == SummaryGrain.TEAM.value
    if By.CAMPAIGN not in asked:
        return kpi_summary, kpi_summary.c.grain == SummaryGrain.AGENT.value
    return kpi_cell, None


def summarise(opened: Session, source: str, days: Collection[date]) -> None:
    """Makes the summaries of these days anew. One writer of a source at a time: each sees what the other has put into
    the cells."""
    lock_names(opened, f"kpi:summary:{source}")
    for day in sorted(days):
        _replace(opened, {"source": source, "day": day}, list(SummaryGrain))


def summarise_agent(opened: Session, source: str, day: date, agent_id: str, teams: Collection[str]) -> None:
    """The same for one agent's day, and the teams that it counts or counted for."""
    lock_names(opened, f"kpi:summary:{source}")
    of_day: dict[str, Any] = {"source": source, "day": day}
    _replace(opened, of_day | {"agent_id": agent_id}, [SummaryGrain.AGENT])
    for team_id in sorted(teams):
        _replace(opened, of_day | {"team_id": team_id}, [SummaryGrain.TEAM])


def teams_of_day(opened: Session, source: str, day: date, agent_id: str) -> set[str]:
    """Teams for which an agent has cells on a day."""
    cell = kpi_cell.c
    return set(
        opened.scalars(
            select_columns(cell.team_id)
            .where(cell.source == source, cell.day == day, cell.agent_id == agent_id)
            .distinct()
        )
    )


def summarise_all(opened: Session) -> None:
    """Every summary anew."""
    _replace(opened, {}, list(SummaryGrain))


def _replace(opened: Session, of: Mapping[str, Any], grains: Collection[SummaryGrain]) -> None:
    connection = opened.connection()
    for grain in grains:
        connection.execute(
            delete(kpi_summary).where(
                kpi_summary.c.grain == grain.value,
                *(kpi_summary.c[name] == value for name, value in of.items()),
            )
        )
        kept = [name for name in _KEYS if name != LEFT_OUT[grain]]
        keys = [literal(NOBODY).label(name) if name not in kept else kpi_cell.c[name] for name in _KEYS]
        sums = (
            select_columns(
                literal(grain.value).label("grain"), *keys, *(func.sum(kpi_cell.c[name]) for name in AMOUNTS)
            )
            .where(and_(True, *(kpi_cell.c[name] == value for name, value in of.items())))
            .group_by(*(kpi_cell.c[name] for name in kept))
        )
        connection.execute(insert(kpi_summary).from_select(["grain", *_KEYS, *AMOUNTS], sums))
