"""Roll-ups that are finer than a day's cell: the same rows at three grains, and which of them answers a question."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import Table, delete, func, insert, literal
from sqlalchemy import select as select_columns
from sqlmodel import Session

from models.access.roles import Role, current_access
from models.dial_kpi import NOBODY, By


class KpiGrain(StrEnum):
    """How much is kept apart beside campaigns: nothing, teams, or agents and their teams."""

    COMPANY = "company"
    TEAM = "team"
    AGENT = "agent"


LEFT_OUT: Mapping[KpiGrain, frozenset[str]] = MappingProxyType(
    {
        KpiGrain.COMPANY: frozenset({"team_id", "agent_id"}),
        KpiGrain.TEAM: frozenset({"agent_id"}),
        KpiGrain.AGENT: frozenset(),
    }
)
"""Columns that are "" at a grain."""


def coarsest(asked: Collection[By]) -> KpiGrain:
    """The smallest grain that has these groupings apart. What an agent or a team lead may see is known by agents and
    teams alone."""
    access = current_access()
    role = access.role if access is not None and access.is_limited else None
    if By.AGENT in asked or role is Role.AGENT:
        return KpiGrain.AGENT
    return KpiGrain.TEAM if {By.TEAM, By.REGION} & {*asked} or role is not None else KpiGrain.COMPANY


def coarsen(
    opened: Session,
    table: Table,
    of: Mapping[str, Any],
    amounts: Sequence[str],
    *,
    teams: Collection[str] | None = None,
) -> None:
    """Makes the rows of teams and of the company anew from those of agents. `of` narrows by columns, such as one day;
    `teams` to the teams that have changed."""
    connection, column = opened.connection(), table.c
    keys = [one.name for one in table.primary_key if one.name != "grain"]
    for grain, finer in ((KpiGrain.TEAM, KpiGrain.AGENT), (KpiGrain.COMPANY, KpiGrain.TEAM)):
        narrow = [column[name] == value for name, value in of.items()]
        if grain is KpiGrain.TEAM and teams is not None:
            narrow.append(column.team_id.in_(sorted(teams)))
        connection.execute(delete(table).where(column.grain == grain.value, *narrow))
        kept = [name for name in keys if name not in LEFT_OUT[grain]]
        made = (
            select_columns(
                literal(grain.value).label("grain"),
                *(column[name] if name in kept else literal(NOBODY).label(name) for name in keys),
                *(func.sum(column[name]) for name in amounts),
            )
            .where(column.grain == finer.value, *narrow)
            .group_by(*(column[name] for name in kept))
        )
        connection.execute(insert(table).from_select(["grain", *keys, *amounts], made))
