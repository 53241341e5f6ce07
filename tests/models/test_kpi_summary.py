"""Summaries answer what the cells would, whatever changes, and whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete

from models import kpi_cell as cells
from models.access.roles import Access, Role, set_access
from models.agent import AgentRow, TeamRow
from models.call import CallRow
from models.database import open_database, reading, session
from models.dial_import import run_import
from models.dial_kpi import By, Period
from models.evaluation import save_evaluation
from models.kpi_cell import rebuild, roll_up_call, stored_cells
from models.kpi_summary import narrowest
from models.kpi_tables import kpi_cell, kpi_summary
from tests.conftest import make_settings
from tests.models.builders import SHA, add_call, evaluation
from tests.models.test_dial_golden import order

DAY = date(2026, 11, 2)
QUESTIONS = [by for n in range(4) for by in combinations((By.DAY, By.AGENT, By.TEAM, By.CAMPAIGN), n)]


def told(opened, groupings, where=None) -> set[str]:
    return {repr(cell) for cell in stored_cells(opened, groupings, Period(), where)}


def agree(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether every question has the answer that the cells give."""
    with reading(engine) as opened:
        for groupings in QUESTIONS:
            for where in (None, {By.TEAM: "T1"}, {By.AGENT: "A1"}):
                found = told(opened, groupings, where)
                with monkeypatch.context() as patch:
                    patch.setattr(cells, "narrowest", lambda _asked: (kpi_cell, None))
                    if found != told(opened, groupings, where):
                        return False
    return True


@pytest.fixture
def scored(engine: Engine) -> str:
    with session(engine) as opened:
        opened.add_all((AgentRow(id="A1"), AgentRow(id="A2"), TeamRow(id="T1"), TeamRow(id="T2")))
    ids = []
    for agent, team, campaign in (("A1", "T1", "c"), ("A1", "T1", "d"), ("A2", "T1", "c")):
        call_id = add_call(engine, agent_id=agent, team_id=team, campaign=campaign, state="done")
        with session(engine) as opened:
            save_evaluation(opened, evaluation(call_id, score=80.0), input_sha=SHA, document={})
            roll_up_call(opened, opened.get_one(CallRow, call_id))
        ids.append(call_id)
    return ids[0]


def test_summaries_of_an_import(database_url: str, tmp_path: Path, monkeypatch) -> None:
    settings = make_settings(tmp_path, database_url)
    run_import(settings, order("vicidial"))
    run_import(settings, order("csv"))
    engine = open_database(database_url)
    assert agree(engine, monkeypatch)
    with session(engine) as opened:
        opened.execute(delete(kpi_summary))
    assert not agree(engine, monkeypatch)
    with session(engine) as opened:
        rebuild(opened)
    assert agree(engine, monkeypatch)
    engine.dispose()


def test_a_call_that_changes_team_leaves_its_old_one(engine: Engine, scored: str, monkeypatch) -> None:
    assert agree(engine, monkeypatch)
    with session(engine) as opened:
        call = opened.get_one(CallRow, scored)
        call.team_id = "T2"
        opened.add(call)
        opened.flush()
        roll_up_call(opened, call)
    assert agree(engine, monkeypatch)
    with reading(engine) as opened:
        found = stored_cells(opened, (By.TEAM,), Period(), names=["evaluations"])
    assert {cell.keys[By.TEAM]: cell.sums.evaluations for cell in found} == {"T1": 2, "T2": 1}


@pytest.fixture
def asking() -> Iterator[None]:
    yield
    set_access(None)


@pytest.mark.usefixtures("asking", "scored")
def test_an_agent_and_a_lead_see_their_own(engine: Engine, monkeypatch) -> None:
    set_access(Access(1, "a", "a", Role.AGENT, agent_id="A2"))
    with reading(engine) as opened:
        assert [
            cell.sums.evaluations for cell in stored_cells(opened, (), Period(), names=["evaluations"])
        ] == [1]
    assert agree(engine, monkeypatch)
    set_access(Access(2, "l", "l", Role.TEAM_LEAD, teams=("T2",)))
    with reading(engine) as opened:
        assert stored_cells(opened, (), Period(), names=["evaluations"]) == []


def test_the_smallest_table_is_asked() -> None:
    assert narrowest({By.TEAM, By.CAMPAIGN, By.DAY})[0] is kpi_summary
    assert narrowest({By.AGENT, By.TEAM})[0] is kpi_summary
    assert narrowest({By.AGENT, By.CAMPAIGN})[0] is kpi_cell
