"""The board answers, narrows, and leads to calls and formulas."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from api.pages.languages import messages
from qa_engine.kpi.registry import BY_ID, NO_SOURCE_YET


@pytest.mark.parametrize("query", ["", "?team=%E4%BF%9D", "?lang=en", "?agent=x"])
def test_an_empty_board_still_answers(service, query: str) -> None:
    page = service.http.get(f"/board{query}")
    assert page.status_code == 200, page.text
    assert "/metrics#connect_rate" in page.text
    assert page.text.count("callqa import") == 2


def test_the_board_of_scored_calls(filled) -> None:
    scores = [
        call["score"]
        for call in filled.http.get("/api/v1/calls").json()["calls"]
        if call["score"] is not None
    ]
    page = filled.http.get("/board?from=2026-11-01&to=2026-11-30")
    tile = BeautifulSoup(page.text, "html.parser").select_one('.tile:has(a[href="/metrics#qa_score"])')
    assert tile.select_one(".tile-count").text == f"{sum(scores) / len(scores):.1f}"
    assert f"n = {len(scores)}" in tile.text
    assert "样本不足" in tile.text


def test_a_backward_range_is_refused(filled) -> None:
    assert filled.http.get("/board?from=2026-01-02&to=2026-01-01").status_code == 422


def test_every_metric_is_in_the_catalogue(service) -> None:
    page = BeautifulSoup(service.http.get("/metrics").text, "html.parser")
    rows = {row["id"]: row.text for row in page.select("tbody tr")}
    assert set(rows) == set(BY_ID)
    assert {name for name, text in rows.items() if "还没有数据来源" in text} == NO_SOURCE_YET


def test_every_unit_has_its_name(service) -> None:
    assert {f"unit.{metric.unit}" for metric in BY_ID.values()} <= set(messages())
