"""Schedules, closed months and targets in the database."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import open_database, reading, session
from models.scorecard import (
    MonthClosed,
    Unnamed,
    approve_schedule,
    approved_schedule,
    close_month,
    month_cards,
    month_drift,
    preview,
    save_schedule,
)
from qa_engine.errors import BadInput, NotFound
from qa_engine.scorecards.schedule_yaml import parse_schedule
from tests.models.dialer import Dialer

TEXT = """\
schedule: telesales
title: 月度成绩
periods:
  - name: 全年
    from: 2026-01-01
    to: 2026-12-31
    measures:
      - {metric: connect_rate, weight: 0.5, points: [[0, 0], [1, 100]]}
      - {metric: dials, weight: 0.5, points: [[0, 0], [100, 100]]}
"""
MONTH, LATER = date(2026, 11, 1), date(2026, 12, 2)


def calls(agent: str, n: int, connected: int, *, at: int = 0) -> str:
    rows = (
        f"{agent}-{at + i},2026-11-{2 + i % 5:02d} 09:00:00,{agent},x,{int(i < connected)}" for i in range(n)
    )
    return "\n".join(rows) + "\n"


@pytest.fixture
def dialer(settings, tmp_path: Path) -> Dialer:
    made = Dialer(settings, tmp_path / "csv", "csv")
    made.write("a.csv", "id,started_at,agent_id,status,connected\n" + calls("a", 40, 20) + calls("b", 40, 10))
    made.load()
    return made


@pytest.fixture
def loaded(dialer: Dialer) -> Engine:
    engine = open_database(dialer.settings.database_url)
    with session(engine) as opened:
        save_schedule(opened, TEXT)
        approve_schedule(opened, "telesales", 1, by="王经理")
    return engine


def test_the_same_text_is_the_same_version(engine: Engine) -> None:
    with session(engine) as opened:
        assert save_schedule(opened, TEXT).version == 1
        assert save_schedule(opened, TEXT).version == 1
        assert save_schedule(opened, TEXT.replace("全年", "整年")).version == 2


def test_a_draft_does_not_score_and_approval_needs_a_name(engine: Engine) -> None:
    with session(engine) as opened:
        save_schedule(opened, TEXT)
        with pytest.raises(NotFound, match="还没有批准"):
            approved_schedule(opened)
        with pytest.raises(Unnamed):
            approve_schedule(opened, "telesales", 1, by=" ")


def test_the_cards_of_a_month_by_hand(loaded: Engine) -> None:
    """Two agents are too few to shrink: 0.5·50 + 0.5·40 = 45 and 0.5·25 + 0.5·40 = 32.5."""
    with reading(loaded) as opened:
        cards, kept = month_cards(opened, MONTH, today=LATER)
    assert [(card.key, card.score) for card in cards] == [
        ("a", pytest.approx(45)),
        ("b", pytest.approx(32.5)),
    ]
    assert kept is None


def test_a_closed_month_stays_and_shows_what_changed(loaded: Engine, dialer: Dialer) -> None:
    with session(loaded) as opened:
        close_month(opened, MONTH, by="王经理", today=LATER)
        assert month_drift(opened, MONTH, today=LATER) == []
    dialer.write("b.csv", "id,started_at,agent_id,status,connected\n" + calls("b", 10, 10, at=100))
    dialer.load()
    with session(loaded) as opened:
        cards, kept = month_cards(opened, MONTH, today=LATER)
        changed = month_drift(opened, MONTH, today=LATER)
        assert kept is not None
        assert [card.score for card in cards] == [pytest.approx(45), pytest.approx(32.5)]
        assert [(one.key, one.metric, one.kept, one.now) for one in changed] == [
            ("b", None, pytest.approx(32.5), pytest.approx(45)),
            ("b", "connect_rate", 0.25, 0.4),
            ("b", "dials", 40, 50),
        ]
        with pytest.raises(MonthClosed):
            close_month(opened, MONTH, by="王经理", today=LATER)


def test_a_month_that_is_not_over_cannot_be_closed(loaded: Engine) -> None:
    with session(loaded) as opened, pytest.raises(BadInput, match="还没有结束"):
        close_month(opened, MONTH, by="王经理", today=date(2026, 11, 30))


def test_a_preview_changes_nothing(loaded: Engine) -> None:
    heavier = TEXT.replace("connect_rate, weight: 0.5", "connect_rate, weight: 0.9")
    draft = parse_schedule(heavier.replace("dials, weight: 0.5", "dials, weight: 0.1"))
    with reading(loaded) as opened:
        moves = preview(opened, draft, MONTH, today=LATER)
        assert [(move.key, move.change) for move in moves] == [
            ("a", pytest.approx(4)),
            ("b", pytest.approx(-6)),
        ]
        assert approved_schedule(opened)[0].version == 1
