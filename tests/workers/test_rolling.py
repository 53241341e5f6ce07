"""What an earlier version rolled up is caught up with in the background, from the migration on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from alembic import command
from sqlalchemy import text

from models.database import open_database, reading
from models.dial_kpi import By
from models.figures import read_figures
from models.kpi_catch_up import pending_days
from models.migrations import config, upgrade
from tests.conftest import make_settings
from workers.rolling import RollingThread
from workers.tools import Tools

DAY = date(2026, 11, 2)


def test_days_of_the_version_before_get_their_hours(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    engine = open_database(url)
    with engine.begin() as connection:
        before = config()
        before.attributes["connection"] = connection
        command.upgrade(before, "0014_kpi_summary")
        connection.execute(
            text(
                "INSERT INTO dial (source, key, digest, started_at, day, agent_id, team_id, outbound, connected) "
                "VALUES ('t', '1', 'x', '2026-11-02 01:30:00.000000', '2026-11-02', 'a', 't', 1, 1)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO kpi_cell (kind, source, day, agent_id, team_id, campaign, dials) "
                "VALUES ('dial', 't', '2026-11-02', 'a', 't', '', 1)"
            )
        )
    upgrade(url)
    with reading(engine) as opened:
        assert pending_days(opened) == 1
        assert read_figures(opened, ["dials"], first=DAY, last=DAY, by=By.HOUR) == []
    tools = Tools(make_settings(tmp_path, url))
    RollingThread(tools).tick()
    with reading(engine) as opened:
        (hour,) = read_figures(opened, ["dials"], first=DAY, last=DAY, by=By.HOUR)
        assert (hour.key, hour.value, pending_days(opened)) == ("09", 1, 0)
    engine.dispose()
