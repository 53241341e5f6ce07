"""What the demonstration sets up: figures of sixty days, targets that add up, an alert for the bad line; twice adds nothing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import select

from api.cli.demo_centre import TODAY, import_dials, import_people_and_days, judge_days, set_up
from fixtures.operations.attempts import attempts
from fixtures.operations.centre import LAST, LEADS, MOVED, REGIONS
from models.agent import regions, team_on
from models.alert import AlertRow
from models.database import open_database, reading
from models.dial import DialRecordingRow, DialRow
from models.figures import read_figures
from models.import_run import ImportRunRow
from models.kpi_cell import kpi_cell, last_day
from models.migrations import upgrade
from models.settings import load_settings
from models.skill_index import skills
from models.target import TargetRow, work_calendar
from qa_engine.targets.target import Scope

CALLS = Path(__file__).parents[3] / "fixtures" / "calls"


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    settings = load_settings(
        database_url=f"sqlite:///{tmp_path_factory.mktemp('centre')}/c.sqlite3", today=TODAY
    )
    upgrade(settings.database_url)
    import_people_and_days(settings)
    dials = list(attempts(CALLS))
    new = import_dials(settings, "demo", dials)
    engine = open_database(settings.database_url)
    set_up(engine)
    judge_days(settings, engine)
    yield settings, engine, new, dials
    engine.dispose()


def count(engine, table) -> int:
    with reading(engine) as opened:
        return opened.scalar(select_columns(func.count()).select_from(table))


def test_figures_reach_to_the_last_sample_call(centre) -> None:
    _, engine, new, _ = centre
    with reading(engine) as opened:
        assert last_day(opened, TODAY) == LAST
        (dials,) = read_figures(opened, ["dials"], first=LAST.replace(month=9), last=LAST)
        occupied = read_figures(opened, ["occupancy"], first=LAST, last=LAST)[0].value
    assert new > 30_000
    assert dials.value == new
    assert 0.3 < occupied < 0.9


def test_every_recording_has_its_dial(centre) -> None:
    _, engine, _, _ = centre
    with reading(engine) as opened:
        assert opened.exec(select(DialRecordingRow).where(DialRecordingRow.dial_key == None)).all() == []  # noqa: E711


def test_the_quarters_sales_are_split_down_to_agents(centre) -> None:
    _, engine, _, _ = centre
    with reading(engine) as opened:
        rows = opened.exec(select(TargetRow).where(TargetRow.metric == "sales")).all()
    values = {scope: sum(row.value for row in rows if row.scope == scope) for scope in Scope}
    assert {values[scope] for scope in Scope} == {900}


def test_people_and_days_come_from_files(centre) -> None:
    _, engine, _, _ = centre
    with reading(engine) as opened:
        assert {kind for (kind,) in opened.execute(select_columns(ImportRunRow.kind))} >= {
            "people",
            "calendar",
        }
        assert set(regions(opened).values()) == set(REGIONS.values())
        agent, since, before, _ = MOVED
        assert team_on(opened, agent, since - timedelta(days=1)) == before != team_on(opened, agent, since)
        assert work_calendar(opened).days(date(2026, 10, 1), date(2026, 10, 12)) == 4


def test_the_bad_line_raises_an_alert(centre) -> None:
    _, engine, _, _ = centre
    with reading(engine) as opened:
        found = opened.exec(select(AlertRow).where(AlertRow.rule == "connect-rate-three-days")).all()
    assert [one.scope_key for one in found] == ["T3"]
    assert [one.owner for one in found] == [LEADS["T3"]]


def test_a_second_time_adds_nothing(centre) -> None:
    settings, engine, _, dials = centre
    tables = (DialRow, TargetRow, AlertRow, kpi_cell)
    before = [count(engine, table) for table in tables]
    assert import_dials(settings, "demo", dials) == 0
    set_up(engine)
    judge_days(settings, engine)
    assert [count(engine, table) for table in tables] == before


def test_the_skill_index_draws_each_agent_to_the_campaign(centre) -> None:
    _, engine, _, dials = centre
    first = LAST - timedelta(days=59)
    with reading(engine) as opened:
        found = skills(opened, first=first, last=LAST)
    served = {
        (dial.campaign, dial.agent.id) for dial in dials if dial.status in {"SALE", "CALLBACK", "REFUSED"}
    }
    assert {(one.segment, one.agent) for one in found} >= served
    sold = sum(dial.status == "SALE" for dial in dials)
    assert sum(one.sales for one in found) == sold
    for segment in {one.segment for one in found}:
        own = [one for one in found if one.segment == segment]
        mean = sum(one.sales for one in own) / sum(one.contacts for one in own)
        assert [one.value for one in own] == sorted((one.value for one in own), reverse=True)
        for one in own:
            assert one.low <= one.value <= one.high
            if len(own) > 2:
                assert min(one.raw, mean) - 1e-9 <= one.value <= max(one.raw, mean) + 1e-9
                assert one.weight < 1
