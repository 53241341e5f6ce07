"""A tile turns red after two bad days in a row, and not after one."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from models.database import open_database, reading
from models.tile_lights import tile_lights
from qa_engine.kpi.bands import Colour
from tests.conftest import make_settings
from tests.models.dialer import Dialer

LAST = date(2026, 11, 20)
WEEKS = 13
DIALS = 60


def dialled() -> str:
    """Sixty dials a day, 24 of them connected; three on the last two days."""
    made = ["id,started_at,agent_id,team_id,status,connected"]
    for back in range(7 * WEEKS):
        day = LAST - timedelta(days=back)
        connects = 3 if back < 2 else 24
        made += [f"{day}-{at},{day} 09:{at:02d}:00,A1,T1,接通,{int(at < connects)}" for at in range(DIALS)]
    return "\n".join(made) + "\n"


def test_one_bad_day_is_no_colour_and_two_are_red(tmp_path: Path, database_url: str) -> None:
    dialer = Dialer(make_settings(tmp_path, database_url), tmp_path / "csv", "csv")
    dialer.write("calls.csv", dialled())
    dialer.load()
    engine = open_database(database_url)
    for last, colour in ((LAST - timedelta(days=1), Colour.GREEN), (LAST, Colour.RED)):
        with reading(engine) as opened:
            found = tile_lights(opened, ["connect_rate", "conversion_contacts"], last=last, where={})
        light = found["connect_rate"]
        assert (light.colour, light.day, light.n) == (colour, last, DIALS)
        assert (round(light.value, 3), light.usual) == (0.05, 0.4)
        assert "conversion_contacts" not in found  # of leads: not by the day
    engine.dispose()
