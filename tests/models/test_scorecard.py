"""Schedules, closed months and targets in the database."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.access.roles import Access, Role, set_access
from models.agent import note_people
from models.database import open_database, reading, session
from models.scorecard import (
    MonthClosed,
    Unnamed,
    approve_schedule,
    approved_schedule,
    close_month,
    month_drift,
    preview,
    save_schedule,
)
from models.scorecard_board import preview_weights, score_board
from qa_engine.calls import CallFacts
from qa_engine.errors import BadInput, NotFound
from qa_engine.scorecards.schedule import BadSchedule
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
        board = score_board(opened, MONTH, today=LATER)
    assert [(card.key, card.score) for card in board.cards] == [
        ("a", pytest.approx(45)),
        ("b", pytest.approx(32.5)),
    ]
    assert board.kept is None


def test_a_closed_month_stays_and_shows_what_changed(loaded: Engine, dialer: Dialer) -> None:
    with session(loaded) as opened:
        close_month(opened, MONTH, by="王经理", today=LATER)
        assert month_drift(opened, MONTH, today=LATER) == []
    dialer.write("b.csv", "id,started_at,agent_id,status,connected\n" + calls("b", 10, 10, at=100))
    dialer.load()
    with session(loaded) as opened:
        board = score_board(opened, MONTH, today=LATER)
        changed = month_drift(opened, MONTH, today=LATER)
        assert board.kept is not None
        assert [card.score for card in board.cards] == [pytest.approx(45), pytest.approx(32.5)]
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


def test_a_closed_month_keeps_raw_and_drawn_figures_and_its_ranks(dialer: Dialer, loaded: Engine) -> None:
    """Weights that are approved later, and calls that come later, leave figures, ranks and weights as they were."""
    head = "id,started_at,agent_id,status,connected\n"
    dialer.write("c.csv", head + calls("c", 40, 30) + calls("d", 30, 3))
    dialer.load()
    with session(loaded) as opened:
        before = score_board(opened, MONTH, today=LATER)
        close_month(opened, MONTH, by="王经理", today=LATER)
    other = TEXT.replace("[[0, 0], [1, 100]]", "[[0, 100], [1, 0]]").replace("telesales", "reversed")
    dialer.write("d.csv", head + calls("d", 30, 30, at=200))
    dialer.load()
    with session(loaded) as opened:
        save_schedule(opened, other)
        approve_schedule(opened, "reversed", 1, by="王经理")
    with reading(loaded) as opened:
        after = score_board(opened, MONTH, today=LATER)
        document = after.kept.cards[0] if after.kept else {}
    assert (after.cards, after.ranks, after.period) == (before.cards, before.ranks, before.period)
    assert [after.ranks[key].place for key in "cabd"] == [1, 2, 3, 4]
    raw, drawn = document["parts"][0]["value"], document["parts"][0]["drawn"][0]
    assert (document["key"], raw, document["rank"]["by"]) == ("a", 0.5, "drawn")
    assert drawn not in {None, raw}


def test_other_weights_by_metric(loaded: Engine) -> None:
    with reading(loaded) as opened:
        moves = preview_weights(opened, MONTH, {"connect_rate": 0.9, "dials": 0.1}, today=LATER)
        assert [(move.key, move.change) for move in moves] == [
            ("a", pytest.approx(4)),
            ("b", pytest.approx(-6)),
        ]
        alone = preview_weights(opened, MONTH, {"connect_rate": 1, "dials": 0}, today=LATER)
        assert [move.new.score for move in alone] == [pytest.approx(50), pytest.approx(25)]
        for wrong in ({"connect_rate": 0.9}, {"aht": 0.2}):
            with pytest.raises(BadSchedule):
                preview_weights(opened, MONTH, wrong, today=LATER)


def test_a_team_is_ranked_among_its_own(loaded: Engine) -> None:
    with session(loaded) as opened:
        for agent, team in (("a", "T1"), ("b", "T2")):
            note_people(opened, CallFacts(agent_id=agent, team_id=team), MONTH)
        board = score_board(opened, MONTH, today=LATER, team="T2")
    assert [(card.key, board.ranks[card.key].of) for card in board.cards] == [("b", 1)]


@pytest.mark.parametrize(
    ("access", "seen"),
    [
        (Access(1, "a", "", Role.AGENT, agent_id="a"), ["a"]),
        (Access(2, "lead", "", Role.TEAM_LEAD, teams=("T2",)), ["b"]),
    ],
)
@pytest.mark.parametrize("closed", [False, True])
def test_who_sees_only_the_own_sees_the_same_score_and_rank(
    dialer: Dialer, loaded: Engine, access: Access, seen: list[str], *, closed: bool
) -> None:
    """Three agents are drawn to each other: read alone, a figure would come out otherwise."""
    head = "id,started_at,agent_id,team_id,status,connected\n"
    rows = [calls("c", 40, 30), calls("a", 1, 0, at=500), calls("b", 1, 0, at=600)]
    teams = {"a": "T1", "b": "T2", "c": "T3"}
    text = "".join(rows)
    for agent, team in teams.items():
        text = text.replace(f",{agent},x,", f",{agent},{team},x,")
    dialer.write("t.csv", head + text)
    dialer.load()
    with session(loaded) as opened:
        if closed:
            close_month(opened, MONTH, by="王经理", today=LATER)
        everything = score_board(opened, MONTH, today=LATER)
    set_access(access)
    try:
        with reading(loaded) as opened:
            own = score_board(opened, MONTH, today=LATER)
            moves = preview_weights(opened, MONTH, {"connect_rate": 0.9, "dials": 0.1}, today=LATER)
            drift = month_drift(opened, MONTH, today=LATER) if closed else []
    finally:
        set_access(None)
    assert [card.key for card in own.cards] == [move.key for move in moves] == seen
    assert own.cards == tuple(card for card in everything.cards if card.key in seen)
    assert own.ranks[seen[0]] == everything.ranks[seen[0]]
    assert drift == []
