"""The page that says why a rate changed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from api.app import create_app
from api.pages.languages import Language, messages
from models.database import open_database, session
from models.settings import Settings
from tests.models.call_days import put_day, put_team

LAST = date(2026, 11, 13)
QUERY = "metric=connect_rate&from=2026-11-07&to=2026-11-13"


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """Five weeks; in the last A2 falls from 20 % to 5 %, the two others stay."""
    engine = open_database(settings.database_url)
    with session(engine) as opened:
        put_team(opened, "T1", "王主管")
        for back in range(35):
            for agent in ("A1", "A2", "A3"):
                connects = 2 if back < 7 and agent == "A2" else 8
                put_day(opened, LAST - timedelta(days=back), dials=40, connects=connects, agent=agent)
    engine.dispose()
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened_client:
        opened_client.headers.update({"Accept": "text/html", "Accept-Language": "zh-CN"})
        yield opened_client


def page(client: TestClient, path: str, status: int = 200) -> BeautifulSoup:
    """A page; one that asks for its answer by itself, with the answer."""
    answer = client.get(path)
    waiting = BeautifulSoup(answer.text, "html.parser").select_one("[hx-trigger=load]")
    if waiting:
        answer = client.get(waiting["hx-get"])
    assert answer.status_code == status, answer.text[:500]
    return BeautifulSoup(answer.text, "html.parser")


def test_who_changed_is_a_finding_and_opens_the_calls(client) -> None:
    shown = page(client, f"/attribution?{QUERY}&team=T1")
    cells = [cell.get_text(strip=True) for cell in shown.find(id="people_behaviour").find_all("td")]
    assert cells[0] == "-5.00"
    assert cells[3] == "可靠"
    assert len(shown.select("table.waterfall tbody tr")) == 9  # both ends and seven parts
    opened = shown.select_one("details[open]")
    (row,) = (row for row in opened.find_all("tr") if row.th and "A2" in row.th.get_text())
    before, after = (link["href"] for link in row.find_all("a"))
    assert "20.0%" in row.get_text()
    assert "5.0%" in row.get_text()
    assert "n = 280" in row.get_text()
    assert "from=2026-10-10" in before
    calls = page(client, after)  # the rows behind: as many as n says
    assert "280" in calls.get_text()
    for link in shown.select("details a[href]"):
        assert client.get(link["href"]).status_code == 200, link["href"]


def test_too_few_calls_keep_the_form_and_say_so(client) -> None:
    shown = page(client, "/attribution?metric=connect_rate&from=2026-11-13&to=2026-11-13")
    assert "样本不足" in shown.select_one(".notice").get_text()
    assert shown.select_one("input[name=before_from]")["value"] == "2026-10-16"
    assert not shown.select("table.waterfall")


def test_what_cannot_be_asked_is_refused(client) -> None:
    assert "归因" in page(client, "/attribution?metric=aht", 422).get_text()
    assert page(client, "/attribution?from=2026-11-13&to=2026-11-01", 422)
    assert page(client, f"/attribution?{QUERY}&before_from=2026-11-01&before_to=2026-11-10", 422)


def test_the_page_comes_before_its_answer(client) -> None:
    shown = BeautifulSoup(client.get(f"/attribution?{QUERY}").text, "html.parser")
    assert shown.select_one("#answer[aria-busy=true]")
    assert not shown.select("table.waterfall")


def test_the_file_adds_up(client) -> None:
    answer = client.get(f"/attribution.csv?{QUERY}")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][0] == "因素"
    change, parts = float(rows[3][1]), [float(row[1]) for row in rows[4:]]
    assert len(parts) == 7
    assert sum(parts) == pytest.approx(change)
    assert float(rows[2][1]) - float(rows[1][1]) == pytest.approx(change)


def test_the_page_speaks_english_and_is_found(client) -> None:
    client.headers["Accept-Language"] = "en"
    assert "Why a rate changed" in page(client, f"/attribution?{QUERY}").h1.get_text()
    assert page(client, "/alerts").select('a[href="/attribution"]')
    board = page(client, "/board?from=2026-11-07&to=2026-11-13&team=T1")
    (link,) = board.select('a[href^="/attribution?metric=connect_rate"]')
    assert page(client, link["href"]).find(id="people_behaviour")
    assert all(set(row) == set(Language) for key, row in messages().items() if key.startswith("attribution."))
