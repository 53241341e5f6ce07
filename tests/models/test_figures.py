"""Figures as every door reads them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from models.database import open_database, reading
from models.dial_kpi import By
from models.figures import read_figures
from qa_engine.kpi.registry import Ratio
from tests.models.dialer import Dialer


@pytest.fixture
def loaded(settings, tmp_path: Path):
    dialer = Dialer(settings, tmp_path / "csv", "csv")
    dialer.write(
        "calls.csv",
        "id,started_at,agent_id,status,connected\n"
        "1,2026-11-02 09:00:00,a,x,1\n2,2026-11-02 10:00:00,a,x,0\n3,2026-11-03 09:00:00,b,x,1\n",
    )
    dialer.load()
    engine = open_database(settings.database_url)
    with reading(engine) as opened:
        yield opened
    engine.dispose()


RANGE = {"first": date(2026, 11, 2), "last": date(2026, 11, 4)}


def test_one_reading_a_metric_for_the_whole(loaded) -> None:
    dials, rate = read_figures(loaded, ["dials", "connect_rate"], **RANGE)
    assert (dials.figure, dials.value, dials.n) == (3, 3, 3)
    assert (rate.figure, rate.n) == (Ratio(2, 3), 3)


def test_days_and_groups_apart(loaded) -> None:
    found = read_figures(loaded, ["dials"], by=By.AGENT, daily=True, **RANGE)
    assert {(one.key, one.first.day): one.value for one in found} == {("a", 2): 2, ("b", 3): 1}


def test_an_unknown_metric_is_a_mistake(loaded) -> None:
    with pytest.raises(KeyError):
        read_figures(loaded, ["nothing"], **RANGE)
