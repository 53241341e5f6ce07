"""Medians of groups come from the same amounts as the rows behind them, within the error that they state."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, delete

from models.agent import AgentRow, TeamRow
from models.analysis import AnalysisRow
from models.call import CallRow
from models.database import open_database, reading, session
from models.dial_import import run_import
from models.dial_kpi import By, Period
from models.figure_rows import figure_rows, kinds_of
from models.kpi_cell import rebuild, roll_up_call
from models.kpi_sketch import stored_sketches
from models.kpi_tables import kpi_bucket
from models.quantile_figures import read_quantiles
from qa_engine.kpi.quantiles import QUANTILE_METRICS, SKETCHED
from qa_engine.kpi.sketch import RELATIVE_ERROR
from tests.conftest import make_settings
from tests.models.builders import SHA, add_call
from tests.models.test_dial_golden import DIALERS, order

DAYS = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
DAY = date(2026, 11, 2)


@pytest.mark.parametrize("dialer", DIALERS)
def test_medians_are_those_of_the_rows_and_groups_merge_to_the_whole(
    dialer: str, database_url: str, tmp_path: Path
) -> None:
    settings = make_settings(tmp_path, database_url)
    run_import(settings, order(dialer))
    engine = open_database(database_url)
    wanted = [metric for metric in QUANTILE_METRICS if metric.numerator == "handled_talk_s"]
    with reading(engine) as opened:
        for by in (By.TOTAL, By.TEAM, By.AGENT, By.CAMPAIGN):
            for one in read_quantiles(opened, [metric.id for metric in wanted], by=by, **DAYS):
                (share,) = (metric.share for metric in wanted if metric.id == one.metric)
                where = {} if by is By.TOTAL else {by: one.key}
                amounts = [
                    row.amount
                    for kind in kinds_of("handled")
                    for row in figure_rows(
                        opened, kind, "handled_talk_s", Period(), where=where, size=1_000
                    ).rows
                ]
                assert one.n == len(amounts)
                assert one.value == pytest.approx(np.quantile(amounts, share), rel=RELATIVE_ERROR)
        for field in SKETCHED:
            (whole,) = stored_sketches(opened, [field], By.TOTAL, Period()).values() or [{}]
            for by in (By.TEAM, By.AGENT, By.CAMPAIGN, By.REGION):
                parts = stored_sketches(opened, [field], by, Period()).values()
                assert sum((Counter(part) for part in parts), Counter()) == whole
            days = stored_sketches(opened, [field], By.TOTAL, Period(), daily=True).values()
            assert sum((Counter(part) for part in days), Counter()) == whole
    engine.dispose()


def respond(engine: Engine, call_id: str, seconds: float) -> None:
    with session(engine) as opened:
        opened.merge(
            AnalysisRow(
                call_id=call_id,
                transcript_sha256=SHA,
                document={"signals": {"response_time_s": seconds}, "speakers": {}},
            )
        )
        opened.flush()
        roll_up_call(opened, opened.get_one(CallRow, call_id))


def told(engine: Engine, **scope) -> tuple[float | None, int]:
    with reading(engine) as opened:
        (one,) = read_quantiles(opened, ["response_time_median_s"], first=DAY, last=DAY, **scope)
    return one.value, one.n


def test_a_call_that_is_heard_again_or_moves_team_is_counted_once(engine: Engine) -> None:
    with session(engine) as opened:
        opened.add_all((AgentRow(id="A1"), AgentRow(id="A2"), TeamRow(id="T1"), TeamRow(id="T2")))
    ids = [
        add_call(engine, agent_id=agent, team_id="T1", campaign="c", state="done")
        for agent in ("A1", "A1", "A2")
    ]
    for call_id, seconds in zip(ids, (1.0, 2.0, 9.0), strict=True):
        respond(engine, call_id, seconds)
    assert told(engine) == (pytest.approx(2.0, rel=RELATIVE_ERROR), 3)
    respond(engine, ids[0], 5.0)
    assert told(engine) == (pytest.approx(5.0, rel=RELATIVE_ERROR), 3)
    with session(engine) as opened:
        call = opened.get_one(CallRow, ids[0])
        call.team_id = "T2"
        opened.add(call)
        opened.flush()
        roll_up_call(opened, call)
    assert told(engine, where={By.TEAM: "T2"}) == (pytest.approx(5.0, rel=RELATIVE_ERROR), 1)
    assert told(engine, where={By.TEAM: "T1"})[1] == 2
    assert told(engine)[1] == 3
    with session(engine) as opened:
        before = {repr(row) for row in opened.execute(kpi_bucket.select())}
        opened.execute(delete(kpi_bucket))
    assert told(engine) == (None, 0)
    with session(engine) as opened:
        rebuild(opened)
        assert {repr(row) for row in opened.execute(kpi_bucket.select())} == before
