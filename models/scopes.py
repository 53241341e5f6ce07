"""The scopes that figures can be asked for, with people's names for them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models.agent import AgentRow, TeamRow, regions
from models.dial_kpi import By
from models.kpi_tables import kpi_summary


def scope_names(opened: Session) -> Mapping[By, Mapping[str, str]]:
    """Ids of all teams, agents, campaigns and regions → their names, "" where only the id is known; in order of the ids."""
    of_teams, campaign = kpi_summary.c.grain == "team", kpi_summary.c.campaign
    campaigns = opened.scalars(
        select_columns(campaign).where(of_teams, campaign != "").distinct().order_by(campaign)
    )
    return {
        By.TEAM: {one.id: one.name for one in opened.exec(select(TeamRow).order_by(col(TeamRow.id)))},
        By.AGENT: {one.id: one.name for one in opened.exec(select(AgentRow).order_by(col(AgentRow.id)))},
        By.CAMPAIGN: dict.fromkeys(campaigns, ""),
        By.REGION: dict.fromkeys(sorted(set(regions(opened).values())), ""),
    }


def scope_id(names: Mapping[str, str], asked: str) -> str:
    """The id that was asked for: by itself, or by a name that only one bears; else what was asked."""
    if asked in names:
        return asked
    bearers = [key for key, name in names.items() if name and name == asked]
    return bearers[0] if len(bearers) == 1 else asked
