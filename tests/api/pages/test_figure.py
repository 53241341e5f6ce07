"""A figure opens what it counts: the same number on the board, in its rows and in the calls behind them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup

from models.dial_import import run_import
from qa_engine.kpi.registry import METRICS
from tests.models.test_dial_golden import order

NOVEMBER = "from=2026-11-01&to=2026-11-30"


def parsed(service, address: str) -> BeautifulSoup:
    answer = service.http.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text[:500]
    return BeautifulSoup(answer.text, "html.parser")


def test_every_number_on_the_board_leads_to_its_rows(service) -> None:
    run_import(service.settings, order("vicidial"))
    board = parsed(service, f"/board?{NOVEMBER}")
    for number in board.select("a.tile-count"):
        shown, link = number.text, number["href"]
        assert urlsplit(link).path.startswith("/figures/")
        assert parsed(service, link).select_one(".tile-count").text == shown
    (dials,) = (one for one in board.select("a.tile-count") if one["href"].startswith("/figures/dials?"))
    rows = parsed(service, dials["href"])
    assert dials.text in rows.select_one("p.muted").text
    assert len(rows.select("tbody tr")) == 50
    second = parsed(service, rows.select(".paging a")[-1]["href"])
    first_rows, second_rows = (page.select("tbody tr") for page in (rows, second))
    assert {str(row) for row in first_rows}.isdisjoint({str(row) for row in second_rows})
    cell = board.select_one("tbody td:nth-of-type(2) a")
    assert parsed(service, cell["href"]).select_one(".tile-count").text == cell.text


def test_numerator_and_denominator_open_each(service) -> None:
    run_import(service.settings, order("vicidial"))
    page = parsed(service, f"/figures/connect_rate?{NOVEMBER}&agent=1001")
    sides = list(page.select(".figure-sides a"))[:2]
    for link in sides:
        part = link.text.split()[-1]
        found = parsed(service, link["href"])
        assert f"共 {part} 条" in found.select_one("p.muted").text
        assert {row.select("td")[1].text.split()[-1] for row in found.select("tbody tr")} == {"1001"}


@pytest.mark.parametrize("metric", [metric.id for metric in METRICS])
def test_every_metric_opens_with_and_without_data(service, filled, metric: str) -> None:
    assert "没有计入" in parsed(service, f"/figures/{metric}").text
    assert metric in parsed(filled, f"/figures/{metric}?{NOVEMBER}&side=den&page=9&kind=x").text


def test_a_score_opens_the_calls_that_were_scored(filled) -> None:
    page = parsed(filled, f"/figures/qa_score?{NOVEMBER}&side=den")
    found = {link["href"].removeprefix("/calls/") for link in page.select("tbody a")}
    scored = {
        call["id"] for call in filled.http.get("/api/v1/calls").json()["calls"] if call["score"] is not None
    }
    assert found == scored


def test_an_unknown_metric_says_where_to_look(service) -> None:
    answer = service.http.get("/figures/nothing")
    assert answer.status_code == 404
    assert "/metrics" in answer.text
