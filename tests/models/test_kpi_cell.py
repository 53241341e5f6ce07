"""Roll-ups say what the rows say, whatever came late, twice or out of order."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.agent import AgentRow, TeamRow
from models.call import CallRow
from models.call_figures import QUALITY_COUNTS, CallFiguresRow
from models.database import open_database, reading, session
from models.dial_import import run_import
from models.dial_kpi import DIAL_FIELDS, GROUPINGS, TIME_FIELDS, By, Period, grouped, kpi_sums
from models.evaluation import save_evaluation
from models.figures import Grain, read_figures
from models.kpi_cell import AMOUNTS, rebuild, roll_up_call, stored_cells
from models.settings import Settings
from qa_engine.kpi.registry import METRICS
from qa_engine.kpi.sums import CRM_FIELDS, LEAD_FIELDS
from tests.conftest import make_settings
from tests.models.builders import SHA, add_call, evaluation
from tests.models.dialer import Dialer
from tests.models.test_dial_golden import DIALERS, order

DAY = date(2026, 11, 2)
ROWS = "id,started_at,agent_id,team_id,status,connected\n"


@pytest.mark.parametrize("dialer", DIALERS)
def test_cells_say_what_rows_say_and_groups_add_up(dialer: str, database_url: str, tmp_path: Path) -> None:
    settings = make_settings(tmp_path, database_url)
    run_import(settings, order(dialer))
    engine = open_database(database_url)
    with reading(engine) as opened:
        exact = kpi_sums(opened, GROUPINGS)
        rolled = {
            by: grouped(opened, (by,), Period(), stored_cells(opened, (by,), Period()))[by]
            for by in (By.TOTAL, *GROUPINGS)
        }
    engine.dispose()
    assert rolled == exact
    total = exact[By.TOTAL][""]
    for by in GROUPINGS:
        for name in AMOUNTS:
            parts = [getattr(sums, name) for sums in rolled[by].values()]
            assert sum(part or 0 for part in parts) == (getattr(total, name) or 0), (by, name)


def figure(settings: Settings, day: date = DAY) -> float | None:
    engine = open_database(settings.database_url)
    with reading(engine) as opened:
        (reading_,) = read_figures(opened, ["dials"], first=day, last=day)
    engine.dispose()
    return reading_.value


def test_late_rows_reach_their_day(settings: Settings, tmp_path: Path) -> None:
    dialer = Dialer(settings, tmp_path / "csv", "csv")
    dialer.write("one.csv", ROWS + "1,2026-11-02 09:00:00,a,t,x,1\n")
    dialer.load()
    dialer.write("two.csv", ROWS + "2,2026-11-02 10:00:00,a,t,x,1\n3,2026-11-03 10:00:00,a,t,x,1\n")
    dialer.load()
    dialer.load()
    assert (figure(settings), figure(settings, date(2026, 11, 3))) == (2, 1)


def test_midnight_is_the_tenants(settings: Settings, tmp_path: Path) -> None:
    """16:30 UTC is half past midnight in Shanghai."""
    dialer = Dialer(settings, tmp_path / "csv", "csv")
    dialer.write("one.csv", ROWS + "1,2026-11-01 16:30:00,a,t,x,1\n2,2026-11-02 15:59:59,a,t,x,1\n")
    dialer.load(zone="UTC")
    assert figure(settings) == 2


def test_rebuilding_changes_no_figure(settings: Settings, tmp_path: Path) -> None:
    dialer = Dialer(settings, tmp_path / "csv", "csv")
    dialer.write("one.csv", ROWS + "1,2026-11-02 09:00:00,a,t,x,1\n")
    dialer.load()
    engine = open_database(settings.database_url)
    with session(engine) as opened:
        assert rebuild(opened) == 1
    engine.dispose()
    assert figure(settings) == 1


def test_weeks_and_one_team(settings: Settings, tmp_path: Path) -> None:
    dialer = Dialer(settings, tmp_path / "csv", "csv")
    dialer.write(
        "one.csv",
        ROWS
        + "1,2026-11-02 09:00:00,a,t,x,1\n2,2026-11-08 09:00:00,b,u,x,1\n3,2026-11-09 09:00:00,a,t,x,1\n",
    )
    dialer.load()
    engine = open_database(settings.database_url)
    with reading(engine) as opened:
        span = {"first": DAY, "last": date(2026, 11, 10)}
        weeks = read_figures(opened, ["dials"], grain=Grain.WEEK, **span)
        team = read_figures(opened, ["dials"], where={By.TEAM: "t"}, **span)
    engine.dispose()
    assert [(one.first.day, one.last.day, one.value) for one in weeks] == [(2, 8, 2), (9, 10, 1)]
    assert [one.value for one in team] == [2]


def test_scores_of_calls_become_the_mean_of_their_cell(engine: Engine) -> None:
    with session(engine) as opened:
        opened.add_all((AgentRow(id="A1"), TeamRow(id="T1")))
    for score in (90.0, 71.5, None):
        call_id = add_call(engine, agent_id="A1", team_id="T1", state="done")
        with session(engine) as opened:
            save_evaluation(
                opened,
                evaluation(call_id, score=score),
                input_sha=SHA,
                document={"critical": {"compliance_critical": {"items": 1, "failed": [], "unknown": []}}},
            )
            roll_up_call(opened, opened.get_one(CallRow, call_id))
            roll_up_call(opened, opened.get_one(CallRow, call_id))
    with reading(engine) as opened:
        found = read_figures(
            opened,
            ["qa_score", "critical_accuracy_compliance", "critical_accuracy_business", "response_time_s"],
            by=By.TEAM,
            first=DAY,
            last=DAY,
        )
    assert [(one.key, one.value, one.n) for one in found] == [
        ("T1", 80.75, 2),
        ("T1", 1.0, 3),
        ("T1", None, 0),
        ("T1", None, None),
    ]


def test_something_fills_every_metric() -> None:
    filled = {*DIAL_FIELDS, *TIME_FIELDS, *CallFiguresRow.model_fields, *QUALITY_COUNTS, *LEAD_FIELDS}
    needed = {name for one in METRICS for name in (one.numerator, one.denominator) if name}
    assert needed <= filled | CRM_FIELDS
