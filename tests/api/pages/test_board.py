"""The board answers, narrows, and leads to calls and formulas."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("query", ["", "?team=%E4%BF%9D", "?lang=en", "?agent=x"])
def test_an_empty_board_still_answers(service, query: str) -> None:
    page = service.http.get(f"/board{query}")
    assert page.status_code == 200, page.text
    assert "/metrics#connect_rate" in page.text


def test_the_board_of_scored_calls(filled) -> None:
    page = filled.http.get("/board?from=2020-01-01&to=2020-12-31")
    assert page.status_code == 200
    assert filled.http.get("/board?from=2026-01-02&to=2026-01-01").status_code == 422


def test_every_metric_is_in_the_catalogue(service) -> None:
    from qa_engine.kpi.registry import METRICS

    page = service.http.get("/metrics").text
    assert all(f'<tr id="{metric.id}">' in page for metric in METRICS)
