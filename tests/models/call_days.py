"""Days of calls as a dialer would have left them, by the hundred."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session

from models.agent import TeamRow
from models.dial import DialRow
from models.kpi_cell import roll_up_days

NOON_UTC = time(4)  # noon in Shanghai


def put_day(
    opened: Session,
    day: date,
    *,
    dials: int,
    connects: int,
    sales: int = 0,
    agent: str = "A1",
    team: str = "T1",
    campaign: str = "c",
    at: time = NOON_UTC,
    status: str = "x",
) -> None:
    """`dials` calls of one agent, the first `connects` of them connected and contacts, the first `sales` sold."""
    started = datetime.combine(day, at, UTC)
    opened.add_all(
        DialRow(
            source="t",
            key=f"{day}-{team}-{agent}-{campaign}-{at:%H}-{number}",
            digest="x",
            started_at=started + timedelta(seconds=number % 3000),
            day=day,
            agent_id=agent,
            team_id=team,
            campaign=campaign,
            status=status,
            outbound=True,
            connected=number < connects,
            contact=number < connects,
            sale=number < sales,
            abandoned=False,
            talk_s=60 if number < connects else 0,
        )
        for number in range(dials)
    )
    opened.flush()
    roll_up_days(opened, "dial", "t", [day])


def put_team(opened: Session, team: str, lead: str) -> None:
    opened.add(TeamRow(id=team, lead=lead))
    opened.flush()
