"""Figures, progress, health."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import FILLED, Service
from tests.api.test_uploads import post


def summary(service: Service, **wanted: Any) -> dict[str, Any]:
    reply = service.http.get("/api/v1/summary", params=wanted)
    assert reply.status_code == 200, reply.text
    document: dict[str, Any] = reply.json()
    return document


def test_the_summary_agrees_with_the_calls(filled: Service) -> None:
    calls = filled.http.get("/api/v1/calls").json()["calls"]
    scores = [call["score"] for call in calls if call["score"] is not None]
    total = summary(filled, first_day="2026-11-01", last_day="2026-11-30")["total"]
    assert (total["evaluated"], total["scored"]) == (len(FILLED), len(scores))
    assert total["mean_score"] == round(sum(scores) / len(scores), 2)
    assert total["passed"] == sum(call["result"] == "pass" for call in calls)
    assert total["auto_fails"] == sum(call["result"] == "auto_fail" for call in calls)


def test_parts_of_the_summary_add_up(filled: Service) -> None:
    whole = summary(filled, first_day="2026-11-01", last_day="2026-11-30")
    for parts in (whole["agents"], whole["days"]):
        assert sum(part["evaluated"] for part in parts) == whole["total"]["evaluated"]
    one = summary(filled, first_day="2026-11-01", last_day="2026-11-30", agent="A1")
    assert one["total"] == {key: value for key, value in whole["agents"][1].items() if key != "agent_id"}
    assert (
        summary(filled, first_day="2026-11-02", last_day="2026-11-02", campaign="ins")["total"]["scored"] == 1
    )


def test_no_calls_have_no_mean(filled: Service) -> None:
    assert summary(filled, rubric="another")["total"]["mean_score"] is None
    assert summary(filled, first_day="2001-01-01", last_day="2001-01-31")["total"]["scored"] == 0


@pytest.mark.parametrize(
    "wanted",
    [
        {"first_day": "2026-11-30", "last_day": "2026-11-01"},
        {"first_day": "1999-01-01", "last_day": "2026-11-01"},
    ],
)
def test_a_range_that_makes_no_sense_is_an_error(filled: Service, wanted: dict[str, str]) -> None:
    reply = filled.http.get("/api/v1/summary", params=wanted)
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, "bad_range")


@pytest.mark.parametrize("wanted", [{"last_day": "0001-01-01"}, {"first_day": "9999-12-31"}])
def test_the_ends_of_the_calendar_are_days_too(filled: Service, wanted: dict[str, str]) -> None:
    assert summary(filled, **wanted)["total"]["scored"] == 0


def test_progress_counts_calls(service: Service) -> None:
    post(service)
    waiting = service.http.get("/api/v1/jobs").json()
    assert (waiting["total"], waiting["waiting"], waiting["states"]) == (1, 1, {"received": 1})


def test_progress_of_a_finished_batch(filled: Service) -> None:
    done = filled.http.get("/api/v1/jobs").json()
    assert (done["total"], done["done"], done["states"]) == (len(FILLED), len(FILLED), {"done": len(FILLED)})


def test_health(service: Service) -> None:
    assert service.http.get("/healthz").json()["status"] == "ok"
    assert service.http.get("/readyz").json()["status"] == "ready"
