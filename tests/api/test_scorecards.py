"""Scorecards over HTTP: ranking, one agent, what-if, and a closed month."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.database import open_database, session
from models.scorecard import close_month
from tests.api.conftest import Service
from tests.models.dialer import Dialer
from tests.models.scored import MONTH, add_months


@pytest.fixture
def scored(service: Service, tmp_path: Path) -> Service:
    add_months(service.settings, tmp_path / "csv")
    return service


def test_a_month_by_hand(scored: Service) -> None:
    """October has 22 working days: 440 dials each, over 400 for 100 points. Connect rates are 0.6, 0.3 and 0.25."""
    month = scored.http.get("/api/v1/scorecards?month=2026-10").json()
    assert (month["first"], month["until"], month["closed_by"]) == ("2026-10-01", "2026-10-31", None)
    assert month["period"]["measures"][0] == {
        "metric": "connect_rate", "weight": 0.5, "points": [[0.0, 0.0], [1.0, 100.0]],
    }  # fmt: skip
    cards = month["cards"]
    assert [(card["key"], card["name"], card["team"], card["rank"]["place"]) for card in cards] == [
        ("1001", "坐席1", "T1", 1),
        ("1002", "坐席2", "T1", 2),
        ("1003", "坐席3", "T2", 3),
    ]
    rate = cards[0]["parts"][0]
    assert (rate["value"], rate["n"]) == (0.6, 440)
    assert rate["low"] < rate["drawn"][0] < 0.6 < rate["high"]
    assert cards[0]["score"] == pytest.approx(0.5 * 100 * rate["drawn"][0] + 0.5 * 100)
    assert month["ranked_by"] == cards[0]["rank"]["by"] == "drawn"


def test_a_team_and_one_agent(scored: Service) -> None:
    team = scored.http.get("/api/v1/scorecards?month=2026-10&team=T1").json()["cards"]
    assert [(card["key"], card["rank"]["of"]) for card in team] == [("1001", 2), ("1002", 2)]
    (card,) = scored.http.get("/api/v1/scorecards/1002?month=2026-10").json()["cards"]
    assert (card["key"], card["rank"]["of"]) == ("1002", 3)
    missing = scored.http.get("/api/v1/scorecards/nobody?month=2026-10")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")


def test_a_what_if_moves_scores_and_stores_nothing(scored: Service) -> None:
    before = scored.http.get("/api/v1/scorecards?month=2026-10").json()
    weights = {"connect_rate": 1, "dials": 0}
    moves = scored.http.post(
        "/api/v1/scorecards/preview", json={"month": "2026-10", "weights": weights}
    ).json()
    drawn = {card["key"]: card["parts"][0]["drawn"][0] for card in before["cards"]}
    assert {move["key"]: move["new"] for move in moves} == {
        key: pytest.approx(100 * value) for key, value in drawn.items()
    }
    assert scored.http.get("/api/v1/scorecards?month=2026-10").json() == before
    wrong = scored.http.post(
        "/api/v1/scorecards/preview", json={"month": "2026-10", "weights": {"dials": 0.9}}
    )
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "bad_schedule")
    assert "1.4" in wrong.json()["error"]["message"]


def test_without_weights_it_says_what_to_do(service: Service) -> None:
    reply = service.http.get("/api/v1/scorecards")
    assert reply.status_code == 404
    assert "callqa scorecard schedule" in reply.json()["error"]["hint"]


def test_a_closed_month_answers_the_same_after_an_import(scored: Service, tmp_path: Path) -> None:
    engine = open_database(scored.settings.database_url)
    with session(engine) as opened:
        close_month(opened, MONTH, by="王经理", today=MONTH.replace(month=12))
    engine.dispose()
    before = scored.http.get("/api/v1/scorecards?month=2026-10").json()
    assert before["closed_by"] == "王经理"
    late = tmp_path / "late"
    late.mkdir()
    (late / "late.csv").write_text(
        "id,started_at,agent_id,status,connected\nlate,2026-10-06 09:00:00,1003,接通,1\n", "utf-8"
    )
    assert scored.http.get("/api/v1/scorecards/drift?month=2026-10").json() == []
    Dialer(scored.settings, late, "csv").load()
    assert scored.http.get("/api/v1/scorecards?month=2026-10").json() == before
    drift = scored.http.get("/api/v1/scorecards/drift?month=2026-10").json()
    assert {one["key"] for one in drift if one["metric"] == "dials"} == {"1003"}
