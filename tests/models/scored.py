"""Dialled months of a small centre with approved weights, for scorecards, targets and their pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from models.database import open_database, session
from models.scorecard import approve_schedule, save_schedule
from models.settings import Settings
from tests.models.dialer import Dialer

WEIGHTS = """\
schedule: telesales
title: 月度成绩
periods:
  - name: 全年
    from: 2026-01-01
    to: 2026-12-31
    measures:
      - {metric: connect_rate, weight: 0.5, points: [[0, 0], [1, 100]]}
      - {metric: dials, weight: 0.5, points: [[0, 0], [400, 100]]}
"""
MONTH = date(2026, 10, 1)
AGENTS: Mapping[str, tuple[str, int]] = {"1001": ("T1", 12), "1002": ("T1", 6), "1003": ("T2", 5)}
"""Team and connects of each day's 20 dials; half of the connects are contacts, one of them a sale."""
DIALS = 20


def rows(first: date, last: date) -> str:
    """A row for every dial of the working days."""
    made = ["id,started_at,agent_id,agent_name,team_id,status,connected"]
    day = first
    while day <= last:
        for agent, (team, connects) in AGENTS.items() if day.isoweekday() <= 5 else ():
            for at in range(DIALS):
                status = (
                    "成交"
                    if at == 0
                    else "有效接触"
                    if at < connects // 2
                    else "接通"
                    if at < connects
                    else "未接通"
                )
                made.append(
                    f"{day}-{agent}-{at},{day} 09:{at:02d}:00,{agent},坐席{agent[-1]},{team},{status},{int(at < connects)}"
                )
        day += timedelta(days=1)
    return "\n".join(made) + "\n"


def add_months(
    settings: Settings, folder: Path, *, first: date = date(2026, 8, 3), last: date = date(2026, 10, 30)
) -> None:
    """Imports the calls and approves the weights."""
    dialer = Dialer(settings, folder, "csv")
    dialer.write("calls.csv", rows(first, last))
    dialer.load()
    engine = open_database(settings.database_url)
    with session(engine) as opened:
        save_schedule(opened, WEIGHTS)
        approve_schedule(opened, "telesales", 1, by="王经理")
    engine.dispose()
