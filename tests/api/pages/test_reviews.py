"""The queues and the review on the page of a call, as HTML."""

from __future__ import annotations

import json
from datetime import date

import pytest
from starlette.testclient import TestClient

from api.pages.languages import Language, Words
from api.pages.views.queue import age
from tests.api.pages.conftest import Page
from tests.api.pages.product import HOSTILE, Product


@pytest.fixture(autouse=True)
def _in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    """The calls of the product are of the first days of November 2026."""
    monkeypatch.setattr("api.pages.reviews.today_of", lambda _zone: date(2026, 11, 6))


def test_the_call_page_offers_the_three_verdicts_beside_each_of_the_machines(
    page: Page, product: Product
) -> None:
    shown = page(f"/calls/{product.ids['wealth-002']}")
    items = shown.select("#form .item")
    assert len(items) > 20
    for item in items:
        assert [button["data-verdict"] for button in item.select(".choice")] == ["pass", "fail", "na"]
    block = shown.select_one("#review-data")
    assert block is not None
    data = json.loads(block.text)
    assert set(data["items"]) == {item["data-id"] for item in items}
    assert data["review"]["machine"] == data["review"]["human"]
    assert shown.select_one("#reviewer") is not None  # nobody has signed


def test_a_call_that_nobody_scored_has_no_review(page: Page, product: Product) -> None:
    assert page(f"/calls/{product.ids['edu-001']}").select_one("#review-data") is None


@pytest.mark.parametrize("language", ["zh-CN", "zh-TW", "en"])
def test_the_queues_name_what_waits_and_why(page: Page, language: str) -> None:
    shown = page("/reviews", language=language)
    tiles = [tile.text for tile in shown.select(".queues .tile-count")]
    rows = shown.select("table.calls tbody tr")
    assert len(tiles) == 4
    assert int(tiles[0]) == len(rows) > 0
    assert rows[0].select(".tag")[0]["class"] == ["tag", "why-auto_fail"]
    assert shown.find("script", string=lambda text: bool(text and "alert(" in text)) is None
    assert HOSTILE in shown.text


def test_an_empty_queue_says_so(page: Page) -> None:
    assert page("/reviews?queue=second").select_one(".state-page") is not None
    assert page("/reviews?queue=appeals").select_one(".state-page") is not None
    assert page("/appeals").select_one(".state-page") is not None
    assert page("/reviews?agent=nobody&min_score=&max_score=").select_one(".actions a") is not None


@pytest.mark.parametrize("path", ["/reviews?queue=none", "/reviews?min_score=1000", "/reviews?min_score=x"])
def test_what_is_no_queue_is_refused(page: Page, path: str) -> None:
    page(path, status=422)


@pytest.mark.parametrize(
    ("back", "goes_to"),
    [
        ("/calls/abc?queue=flagged", "/calls/abc?queue=flagged"),
        ("//elsewhere.example", "/reviews"),
        ("/\\elsewhere.example", "/reviews"),
        ("https://elsewhere.example", "/reviews"),
    ],
)
def test_a_name_is_kept_and_leads_back_to_our_own_pages_only(
    client: TestClient, back: str, goes_to: str
) -> None:
    reply = client.post("/reviews/name", data={"name": "李娜", "back": back}, follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, goes_to)
    assert reply.cookies["callqa_actor"]
    client.cookies.clear()


def test_calls_are_taken_under_a_name(client: TestClient) -> None:
    client.cookies.clear()
    assert client.post("/reviews/second/next", follow_redirects=False).status_code == 422


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 分钟"), (3599, "59 分钟"), (3600, "1 小时"), (90_000, "1 天"), (-5, "0 分钟")],
)
def test_age_in_its_largest_unit(seconds: float, said: str) -> None:
    assert age(seconds, Words(Language.HANS)) == said
