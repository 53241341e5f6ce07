"""The ranking, the what-if and the closing of a month."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.api.conftest import Service
from tests.models.scored import add_months

PAGE = "/scorecards?month=2026-10"
HTML = {"Accept": "text/html"}


@pytest.fixture
def scored(service: Service, tmp_path: Path) -> Service:
    add_months(service.settings, tmp_path / "csv")
    return service


def seen(service: Service, path: str) -> BeautifulSoup:
    reply = service.http.get(path, headers=HTML)
    assert reply.status_code == 200, reply.text[:400]
    return BeautifulSoup(reply.text, "html.parser")


def test_without_weights_the_page_says_the_command(service: Service) -> None:
    assert "callqa scorecard schedule" in seen(service, "/scorecards").select_one(".notice").text


def test_a_month_without_calls_says_how_to_import(scored: Service) -> None:
    assert "callqa import" in seen(scored, "/scorecards?month=2026-01").select_one(".notice").text


def test_the_ranking_shows_n_intervals_and_ties(scored: Service) -> None:
    page = seen(scored, PAGE)
    rows = page.select(".ranking tbody tr")
    assert [row.select("td")[1].find("a").text for row in rows] == ["坐席1", "坐席2", "坐席3"]
    assert rows[0].select_one("td").text.strip() == "1"
    assert "与下一名分不出高下" in rows[1].text
    assert rows[1].select_one("b").text == "2–3"
    assert "±" in rows[0].text
    assert "n=440" in rows[0].text
    assert "实测 60.0%" in rows[0].text
    assert page.select_one(
        '.ranking a[href="/figures/connect_rate?agent=1001&from=2026-10-01&to=2026-10-31"]'
    )


def test_a_what_if_is_shown_and_not_stored(scored: Service) -> None:
    page = seen(scored, f"{PAGE}&w.connect_rate=100&w.dials=0")
    assert len(page.select(".moves tbody tr")) == 3
    assert page.select_one('input[name="w.dials"]')["value"] == "0"
    after = seen(scored, PAGE)
    assert not after.select(".moves")
    assert after.select_one('input[name="w.dials"]')["value"] == "50"


@pytest.mark.parametrize(("query", "said"), [("w.dials=90", "1.4"), ("w.dials=x", "数字")])
def test_a_wrong_weight_is_said_beside_the_form(scored: Service, query: str, said: str) -> None:
    page = seen(scored, f"{PAGE}&{query}")
    assert said in page.select_one("#weights .is-bad").text
    assert not page.select(".moves")


def test_a_month_is_closed_once_and_only_when_confirmed(scored: Service) -> None:
    url = "/scorecards/2026-10/close"
    assert scored.http.post(url, data={"by": "王经理"}, headers=HTML).status_code == 422
    assert scored.http.post(url, data={"by": " ", "sure": "true"}, headers=HTML).status_code == 422
    assert "未结算" in seen(scored, PAGE).select_one(".page-head").text
    done = scored.http.post(url, data={"by": "王经理", "sure": "true"}, headers=HTML)
    assert "王经理" in BeautifulSoup(done.text, "html.parser").select_one(".is-closed").text
    assert scored.http.post(url, data={"by": "王经理", "sure": "true"}, headers=HTML).status_code == 409
    assert not seen(scored, PAGE).select('form[action$="/close"]')
