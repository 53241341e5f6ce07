"""Best hours to call: the board, its files, the rows behind and the API tell the same numbers."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from statistics import median

import pytest
from bs4 import BeautifulSoup

from tests.api.conftest import Service
from tests.models.dialer import Dialer

SPAN = "from=2026-11-01&to=2026-11-30"
HEAD = "id,started_at,agent_id,team_id,status,connected,talk_s\n"


def lines(hour: int, dials: int, connects: int, agent: str = "a") -> str:
    return "".join(
        f"{hour}-{n},2026-11-02 {hour:02d}:{n % 60:02d}:00,{agent},t,x,{int(n < connects)},{30 + n}\n"
        for n in range(dials)
    )


@pytest.fixture
def loaded(service: Service, tmp_path: Path) -> Service:
    dialer = Dialer(service.settings, tmp_path / "csv", "csv")
    dialer.write("calls.csv", HEAD + lines(9, 60, 6) + lines(10, 60, 40) + lines(11, 5, 5, "b"))
    dialer.load()
    return service


def board(service: Service, query: str = SPAN) -> BeautifulSoup:
    answer = service.http.get(f"/board?{query}")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def test_an_hour_stands_out_only_where_its_interval_says_so(loaded: Service) -> None:
    page = board(loaded)
    found = {
        row.th.text: (row.td.a.text, row.select("td")[-1].text.strip())
        for row in page.select(".board-part tbody tr")
    }
    assert found == {
        "09:00–10:00": ("60", "低于整体"),
        "10:00–11:00": ("60", "高于整体"),
        "11:00–12:00": ("5", "样本不足"),
    }
    assert len(page.select(".chart-hours .bar")) == 3


def test_each_hour_opens_its_rows(loaded: Service) -> None:
    link = next(
        one["href"]
        for one in board(loaded).select(".board-part tbody a")
        if "connect_rate" in one["href"] and "hour=10" in one["href"]
    )
    page = BeautifulSoup(loaded.http.get(link).text, "html.parser")
    assert page.select_one(".tile-count").text == "66.7%"
    assert "40" in page.select_one(".figure-sides [aria-current]").text
    assert all(row.td.text.split()[1].startswith("10:") for row in page.select("tbody tr"))
    assert "hour" not in page.select_one(".page-head a")["href"]
    refused = loaded.http.get(f"/figures/qa_score?{SPAN}&hour=10")
    assert refused.status_code == 422
    assert "没有按时段的数" in refused.text


def test_without_dials_the_hours_say_what_to_do(service: Service) -> None:
    texts = [part.text for part in board(service).select(".board-part")]
    assert any("callqa import" in text for text in texts)


def test_the_file_and_the_api_have_the_boards_hours_and_medians(loaded: Service) -> None:
    rows = list(
        csv.DictReader(io.StringIO(loaded.http.get(f"/board.csv?{SPAN}").content.decode("utf-8-sig")))
    )
    dials = {
        row["key"]: row["value"] for row in rows if row["grouping"] == "hour" and row["metric"] == "dials"
    }
    assert dials == {"09": "60", "10": "60", "11": "5"}
    body = loaded.http.get(f"/api/v1/figures?by=hour&metric=dials&{SPAN}").json()
    assert {one["key"]: one["value"] for one in body["figures"]} == {"09": 60, "10": 60, "11": 5}
    by_hour = loaded.http.get("/api/v1/kpi?by=hour").json()["by_hour"]
    assert {key: one["connects"] for key, one in by_hour.items()} == {"09": 6, "10": 40, "11": 5}
    (found,) = loaded.http.get(f"/api/v1/figures?metric=talk_time_median_s&{SPAN}").json()["figures"]
    (row,) = (one for one in rows if (one["grouping"], one["metric"]) == ("total", "talk_time_median_s"))
    exact = median([*range(30, 36), *range(30, 70), *range(30, 35)])
    assert (float(row["value"]), int(row["n"])) == (found["value"], found["n"]) == (found["value"], 51)
    assert (found["relative_error"], found["value"]) == (0.02, pytest.approx(exact, rel=0.02))


def test_a_median_opens_the_calls_that_it_ranks(loaded: Service) -> None:
    page = BeautifulSoup(loaded.http.get(f"/figures/talk_time_median_s?{SPAN}&agent=b").text, "html.parser")
    assert page.select_one(".tile-count").text == "32.0"
    assert len(page.select("tbody tr")) == 5
    assert "参与排序的数值" in page.text


@pytest.mark.parametrize(
    "query", ["metric=nothing", "metric=", "by=hour&metric=qa_score", "from=2026-11-03&to=2026-11-01"]
)
def test_what_there_is_not_is_refused_with_a_way_on(loaded: Service, query: str) -> None:
    answer = loaded.http.get(f"/api/v1/figures?{query}")
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["hint"]
