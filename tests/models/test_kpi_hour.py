"""Hours of a day add up to its cells, in every zone and at every grain, whatever comes late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, text
from sqlmodel import col, select

from models.access.roles import Access, Role, set_access
from models.database import open_database, reading, session
from models.dial import AgentTimeRow, DialRow
from models.dial_import import run_import
from models.dial_kpi import GROUPINGS, By, Period, kpi_sums
from models.figures import read_figures
from models.kpi_catch_up import catch_up, pending_days
from models.kpi_cell import days_of, rebuild, roll_up_days, stored_cells
from models.kpi_tables import AMOUNTS, HOUR_AMOUNTS, kpi_bucket, kpi_cell, kpi_hour, kpi_pending
from models.settings import Settings
from qa_engine.kpi.sums import Sums
from tests.conftest import make_settings
from tests.models.dialer import Dialer
from tests.models.test_dial_golden import DIALERS, order

ROWS = "id,started_at,agent_id,team_id,campaign,status,connected\n"
OTHERS = [(), (By.TEAM,), (By.AGENT,), (By.CAMPAIGN,), (By.AGENT, By.TEAM, By.CAMPAIGN)]


def table(opened, name) -> set[str]:
    return {repr(row) for row in opened.execute(name.select())}


def added(cells, keys) -> dict[tuple[str, ...], Sums]:
    found: dict[tuple[str, ...], Sums] = {}
    for cell in cells:
        place = cell.source, *(cell.keys[by] for by in keys)
        found[place] = found[place] + cell.sums if place in found else cell.sums
    return found


def hours(settings: Settings, day: date, **scope) -> dict[str, int]:
    engine = open_database(settings.database_url)
    with reading(engine) as opened:
        found = read_figures(opened, ["dials"], first=day, last=day, by=By.HOUR, **scope)
    engine.dispose()
    return {one.key: one.value for one in found}


@pytest.mark.parametrize("dialer", DIALERS)
def test_hours_add_up_to_the_days_cells_in_every_field(
    dialer: str, database_url: str, tmp_path: Path
) -> None:
    settings = make_settings(tmp_path, database_url)
    run_import(settings, order(dialer))
    engine = open_database(database_url)
    with reading(engine) as opened:
        assert len(opened.execute(kpi_hour.select()).all()) > 24
        for others in OTHERS:
            keys = (By.DAY, *others)
            cut = stored_cells(opened, {*keys, By.HOUR}, Period())
            whole = stored_cells(opened, keys, Period(), names=HOUR_AMOUNTS)
            assert added(cut, keys) == added(whole, keys)
        exact = kpi_sums(opened, [By.HOUR])
        rolled = {one.key: one.value for one in read_figures(opened, ["dials"], by=By.HOUR, **DAYS)}
    engine.dispose()
    assert {key: sums.dials for key, sums in exact[By.HOUR].items()} == rolled
    assert "" not in rolled
    for name in AMOUNTS:
        parts = [getattr(sums, name) or 0 for sums in exact[By.HOUR].values()]
        assert sum(parts) == (getattr(exact[By.TOTAL][""], name) or 0), name


DAYS = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}


@pytest.mark.parametrize(
    ("zone", "started", "hour"),
    [
        ("Asia/Shanghai", "2026-11-01 16:30:00", "00"),
        ("Asia/Kolkata", "2026-11-02 03:29:59", "08"),  # + 5:30
        ("Asia/Kolkata", "2026-11-02 03:30:00", "09"),
        ("Asia/Kathmandu", "2026-11-02 03:14:59", "08"),  # + 5:45
        ("Asia/Kathmandu", "2026-11-02 03:15:00", "09"),
        ("Europe/Berlin", "2026-10-25 00:30:00", "02"),  # autumn repeats two o'clock …
        ("Europe/Berlin", "2026-10-25 01:30:00", "02"),  # … and it is one hour
        ("Europe/Berlin", "2026-03-29 01:00:00", "03"),  # spring has none
    ],
)
def test_hours_are_those_of_the_tenants_clock(zone: str, started: str, hour: str, tmp_path: Path) -> None:
    settings = make_settings(tmp_path, f"sqlite:///{tmp_path / 'q.sqlite3'}", timezone=zone)
    dialer = Dialer(settings, tmp_path / "csv", "csv")
    dialer.write("one.csv", f"{ROWS}1,{started},a,t,c,x,1\n")
    dialer.load(zone="UTC")
    assert list(dialer.kpi(By.HOUR)) == [hour]
    engine = open_database(settings.database_url)
    with session(engine) as opened:  # as an earlier version left it
        before = table(opened, kpi_hour), table(opened, kpi_bucket)
        opened.execute(text("UPDATE dial SET hour = NULL"))
        for one in (kpi_hour, kpi_bucket):
            opened.execute(delete(one))
        day = opened.scalars(kpi_cell.select().with_only_columns(kpi_cell.c.day)).one()
        opened.execute(insert(kpi_pending), [{"kind": "dial", "source": "csv", "day": day}])
    assert catch_up(engine, settings.zone) == 1
    with reading(engine) as opened:
        assert (table(opened, kpi_hour), table(opened, kpi_bucket)) == before
        assert pending_days(opened) == 0
    engine.dispose()


def test_late_repeated_and_moved_rows_leave_what_one_import_would(database_url: str, tmp_path: Path) -> None:
    settings = make_settings(tmp_path, database_url)
    dialer = Dialer(settings, tmp_path / "csv", "csv")
    dialer.write("one.csv", f"{ROWS}1,2026-11-02 09:00:00,a,t,c,x,1\n")
    dialer.load()
    dialer.write("two.csv", f"{ROWS}2,2026-11-02 09:59:00,a,u,c,x,0\n3,2026-11-02 10:00:00,b,t,c,x,1\n")
    dialer.load()
    dialer.load()
    day = date(2026, 11, 2)
    assert hours(settings, day) == {"09": 2, "10": 1}
    assert hours(settings, day, where={By.TEAM: "t"}) == {"09": 1, "10": 1}
    assert hours(settings, day, where={By.AGENT: "a", By.CAMPAIGN: "c"}) == {"09": 2}
    engine = open_database(database_url)
    with session(engine) as opened:
        before = table(opened, kpi_hour), table(opened, kpi_bucket)
        rebuild(opened)
        assert (table(opened, kpi_hour), table(opened, kpi_bucket)) == before
        opened.execute(delete(DialRow).where(col(DialRow.key) == "3"))
        roll_up_days(opened, "dial", "csv", [day])
    engine.dispose()
    assert hours(settings, day) == {"09": 2}


@pytest.fixture
def asking() -> Iterator[None]:
    yield
    set_access(None)


@pytest.mark.usefixtures("asking")
def test_an_agent_and_a_lead_see_the_hours_of_their_own(database_url: str, tmp_path: Path) -> None:
    settings = make_settings(tmp_path, database_url)
    dialer = Dialer(settings, tmp_path / "csv", "csv")
    dialer.write("one.csv", f"{ROWS}1,2026-11-02 09:00:00,a,t,c,x,1\n2,2026-11-02 10:00:00,b,u,c,x,1\n")
    dialer.load()
    day = date(2026, 11, 2)
    set_access(Access(1, "a", "a", Role.AGENT, agent_id="a"))
    assert hours(settings, day) == {"09": 1}
    set_access(Access(2, "l", "l", Role.TEAM_LEAD, teams=("u",)))
    assert hours(settings, day) == {"10": 1}


def test_every_day_of_agents_time_has_hours(database_url: str, tmp_path: Path) -> None:
    settings = make_settings(tmp_path, database_url)
    run_import(settings, order("vicidial"))
    engine = open_database(database_url)
    with reading(engine) as opened:
        times = set(opened.scalars(kpi_hour.select().with_only_columns(kpi_hour.c.day)))
        assert times == days_of(opened, "vicidial")
        assert all(row.hour is not None for row in opened.exec(select(AgentTimeRow)))
    engine.dispose()
    assert GROUPINGS == (By.DAY, By.AGENT, By.TEAM, By.CAMPAIGN)  # what `callqa kpi` prints unasked
