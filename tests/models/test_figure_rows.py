"""The rows behind a figure add up to it, whoever asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.call import CallRow
from models.call_figures import CallFiguresRow
from models.database import open_database, reading, session
from models.dial_import import run_import
from models.dial_kpi import GROUPINGS, By, Period, kpi_sums
from models.figure_rows import ORIGINS, figure_rows, kinds_of
from models.kpi_cell import AMOUNTS, CELL_SOURCES, roll_up_call
from qa_engine.kpi.sums import LEAD_FIELDS
from tests.conftest import make_settings
from tests.models.builders import add_call
from tests.models.test_dial_golden import DIALERS, order

FIELDS = {field for origin in ORIGINS.values() for field in origin.fields}


@pytest.mark.parametrize("dialer", DIALERS)
def test_amounts_of_rows_add_up_to_the_figure(dialer: str, database_url: str, tmp_path: Path) -> None:
    settings = make_settings(tmp_path, database_url)
    run_import(settings, order(dialer))
    engine = open_database(database_url)
    with reading(engine) as opened:
        exact = kpi_sums(opened, GROUPINGS)
        for field in sorted(FIELDS):
            found = [figure_rows(opened, kind, field, Period(), size=1_000) for kind in kinds_of(field)]
            whole = getattr(exact[By.TOTAL][""], field)
            assert sum(one.total for one in found) == (whole or 0), field
            for one in found:
                assert len(one.rows) == one.count
                if field not in LEAD_FIELDS:
                    assert sum(row.amount for row in one.rows) == one.total
        for by in (By.AGENT, By.TEAM, By.CAMPAIGN):
            for key, sums in exact[by].items():
                rows = figure_rows(opened, "dial", "connects", Period(), where={by: key})
                assert rows.total == (sums.connects or 0), (by, key)
    engine.dispose()


def test_pages_are_newest_first_and_hold_every_row_once(database_url: str, tmp_path: Path) -> None:
    settings = make_settings(tmp_path, database_url)
    run_import(settings, order(DIALERS[0]))
    engine = open_database(database_url)
    with reading(engine) as opened:
        whole = figure_rows(opened, "dial", "dials", Period(), size=1_000)
        pages = [figure_rows(opened, "dial", "dials", Period(), size=7, page=page) for page in (1, 2, 3)]
    engine.dispose()
    assert [row for page in pages for row in page.rows] == list(whole.rows[:21])
    times = [row.started_at for row in whole.rows]
    assert times == sorted(times, reverse=True)


def test_scored_calls_lie_behind_the_mean_score(engine: Engine) -> None:
    calls = [add_call(engine, agent_id=None, team_id=None, state="done") for _ in range(3)]
    with session(engine) as opened:
        for call_id, score_c in zip(calls, (9_000, 7_150, 0), strict=True):
            roll_up_call(opened, opened.get_one(CallRow, call_id))
            row = opened.get_one(CallFiguresRow, call_id)
            row.evaluations, row.score_c = 1, score_c
    with reading(engine) as opened:
        points = figure_rows(opened, "quality", "score_c", Period())
        counted = figure_rows(opened, "quality", "evaluations", Period())
    assert sorted((row.call_id, row.amount) for row in points.rows) == sorted(
        zip(calls, (9_000, 7_150, 0), strict=True)  # a score of nothing is a score
    )
    assert (points.total, counted.total) == (16_150, 3)


def test_a_kind_that_does_not_fill_the_field_is_refused(engine: Engine) -> None:
    with reading(engine) as opened, pytest.raises(KeyError):
        figure_rows(opened, "dial", "score_c", Period())


def test_every_kind_of_cell_opens_its_rows() -> None:
    assert set(ORIGINS) == set(CELL_SOURCES)
    assert {field for field in AMOUNTS if kinds_of(field)} | LEAD_FIELDS - {"listed_leads"} == FIELDS
