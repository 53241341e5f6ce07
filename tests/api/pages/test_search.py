"""The search page: what it shows, what it never shows, and what it says where it finds nothing."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from starlette.testclient import TestClient

from api.pages.languages import messages
from api.pages.shortcuts import EVERYWHERE, SEARCH_PAGE
from tests.api.pages.conftest import Page
from tests.api.pages.product import Product

SCRIPT = Path(__file__).parents[3] / "api/web/src/search.ts"


def asked(query: str, **values: str) -> str:
    return f"/search?{urlencode({'q': query, **values})}"


@pytest.mark.parametrize("language", ["zh-CN", "zh-TW", "en"])
def test_hits_are_marked_and_lead_to_their_second(page: Page, product: Product, language: str) -> None:
    shown = page(asked("保险"), language=language)
    (call,) = shown.select(".found-call")
    assert call["data-call"] == product.ids["ins-001"]
    assert {mark.get_text() for mark in call.select("mark")} == {"保险"}
    hit = call.select_one(".hit-open")
    play = call.select_one("[data-play]")
    assert hit is not None
    assert play is not None
    assert hit["href"] == f"/calls/{call['data-call']}?at={float(str(play['data-play'])):.2f}"


def test_a_call_has_three_hits_and_a_way_to_all(page: Page) -> None:
    call = page(asked("的")).select(".found-call")[0]
    assert len(call.select(".hit")) == 3
    more = call.select_one("a.all-hits")
    assert more is not None
    every = page(str(more["href"]))
    assert len(every.select(".found-call")) == 1
    assert len(every.select(".hit")) > 3


def test_what_is_masked_is_neither_found_nor_shown(page: Page, client: TestClient) -> None:
    shown = page(asked("我是安心"))
    assert "▇▇▇" in shown.select_one(".hit-text").get_text()  # type: ignore[union-attr]
    assert not page(asked("李晓梅")).select(".found-call")
    number = page(asked("13800001234"))
    assert not number.select(".found-call")
    assert number.select_one(".notice") is not None
    assert "李晓梅" not in client.get(f"/search.csv?q={quote('我是安心')}").text.replace(",李晓梅,", ",")


def test_nothing_found_says_what_to_try(page: Page) -> None:
    nothing = page(asked('"量子" 客户:力学', campaign="ins-2026"))
    tries = [str(link["href"]) for link in nothing.select(".state-page .actions a")]
    assert asked('"量子" 客户:力学') in tries
    assert asked("量子 力学", campaign="ins-2026") in tries
    alike = page(asked("保鲜"))
    assert [mark["class"] for mark in alike.select("mark")] == [["is-sound"]]
    assert not page(asked("保鲜", sound="0")).select(".found-call")


@pytest.mark.parametrize(
    "query",
    ['"没关上', "-只有排除", "字" * 300, "坐席:客户:x", "team:x", "\0", "%%%", "\ud7ff", "' OR 1 --"],
)
def test_a_query_that_cannot_be_read_is_answered(page: Page, client: TestClient, query: str) -> None:
    page(asked(query))
    assert client.get("/api/v1/search", params={"q": query}).status_code in {200, 422}
    assert client.get("/search.csv", params={"q": query}).status_code in {200, 422}


def test_the_export_holds_every_hit(client: TestClient) -> None:
    reply = client.get("/search.csv", params={"q": "的"})
    rows = list(csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig"))))
    assert len(rows) > 10
    assert all("的" in row["text"] for row in rows)


def test_the_service_answers_the_same(client: TestClient, product: Product) -> None:
    body = client.get("/api/v1/search", params={"q": "保险 -量子", "campaign": "ins-2026"}).json()
    (found,) = body["calls"]
    assert body["total"] == body["exact"] == 1
    assert found["call"]["id"] == product.ids["ins-001"]
    line = found["lines"][0]
    assert line["text"] == "".join(piece["text"] for piece in line["pieces"])
    assert line["play_s"] == pytest.approx(max(0, line["start_s"] - 2), abs=0.002)


def test_the_list_has_the_filters_too(page: Page) -> None:
    every = len(page("/").select("table.calls tbody tr"))
    moods = [len(page(f"/?mood={mood}").select("table.calls tbody tr")) for mood in ("upset", "ended_well")]
    assert all(number < every for number in moods)
    assert sum(moods) > 0
    assert not page("/?min_silence=100").select("table.calls tbody tr")


def test_every_key_of_the_page_is_bound_and_explained() -> None:
    source = SCRIPT.read_text("utf-8")
    bound = source[source.index("bindShortcuts(table") :]
    actions = set(re.findall(r"^    (\w+): ", bound, re.MULTILINE))
    elsewhere = {shortcut.action for shortcut in EVERYWHERE} | {"open_hit"}  # Enter opens what has the focus
    assert actions | elsewhere == {shortcut.action for shortcut in SEARCH_PAGE}
    assert all(f"keys.{action}" in messages() for action in actions | {"open_hit"})
