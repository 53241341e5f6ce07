"""The call list: what it shows of each call, and that every filter and number leads to its calls."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup, Tag
from starlette.testclient import TestClient

from tests.api.pages.conftest import Page
from tests.api.pages.product import HOSTILE, Product


def rows(page: BeautifulSoup) -> list[Tag]:
    return page.select("table.calls tbody tr")


def names(page: BeautifulSoup) -> set[str]:
    return {row.select_one("td .line").get_text() for row in rows(page)}


def row(page: BeautifulSoup, product: Product, name: str) -> str:
    found = page.select_one(f'tr[data-call="{product.ids[name]}"]')
    assert found is not None
    return found.get_text(" ", strip=True)


def test_every_call_is_a_row_that_links_to_its_page(page: Page, product: Product) -> None:
    listed = page("/")
    links = {link["href"] for link in listed.select("a.call-link")}
    assert links == {f"/calls/{call_id}" for call_id in product.ids.values()}


def test_a_scored_call_shows_who_what_and_how_it_went(page: Page, product: Product) -> None:
    text = row(page("/"), product, "wealth-002")
    for shown in (
        "2026-11-03 10:15",
        "赵鹏",
        "A003 · T1",
        "wealth-2026",
        "0:54",
        "一票否决",
        "不得承诺保本保收益",
    ):
        assert shown in text


def test_the_score_comes_with_a_bar_and_its_pass_mark(page: Page, product: Product) -> None:
    bar = page("/").select_one(f'tr[data-call="{product.ids["ins-001"]}"] svg.score-bar')
    assert bar is not None
    assert bar.select_one(".bar-value") is not None
    assert bar.select_one(".bar-mark")["d"] == "M80.0 0v14"


def test_results_are_told_by_icon_and_word(page: Page) -> None:
    for result in page("/").select("td .result"):
        assert result.select_one("svg path") is not None
        assert result.select_one(".word").get_text()


def test_objections_are_named_with_their_outcome(page: Page, product: Product) -> None:
    assert "投诉" in row(page("/"), product, "tel-003")


def test_the_demo_model_is_named_in_the_row_and_explained_above(page: Page, product: Product) -> None:
    listed = page("/")
    assert "演示模型" in row(listed, product, "ins-001")
    assert "演示模型" not in row(listed, product, "tel-003")
    notice = listed.select_one("#demo-notice").get_text()
    assert "2 通通话" in notice
    assert "CALLQA_WHISPER_MODEL" in notice


def test_a_failed_call_says_why(page: Page, product: Product) -> None:
    text = row(page("/"), product, "broken")
    assert "处理失败" in text
    assert "no-model" in text


def test_a_waiting_call_shows_its_state_and_the_banner_counts_it(page: Page, product: Product) -> None:
    listed = page("/")
    assert "排队中" in row(listed, product, "edu-001")
    banner = listed.select_one("#progress")
    assert "正在处理 1 通" in banner.get_text()
    assert banner["hx-get"] == "/progress?ended=5"


def test_the_banner_tells_the_list_when_calls_have_ended(client: TestClient) -> None:
    assert client.get("/progress?ended=5").headers.get("HX-Trigger") is None
    assert client.get("/progress?ended=4").headers["HX-Trigger"] == "calls-changed"


FILTERS = [
    ("agent=A003", {"wealth-002"}),
    ("team=T1", {"ins-001", "wealth-002"}),
    ("campaign=tel-2026", {"tel-003"}),
    ("result=auto_fail", {"wealth-002"}),
    ("state=failed", {"broken"}),
    ("state=working", {"edu-001"}),  # stands for every state in which work is to come
    ("objection=complaint", {"tel-003"}),
    ("item=compliance.no_guaranteed_return&verdict=fail", {"wealth-002"}),
    ("from=2026-11-02&to=2026-11-02", {"ins-001"}),
    ("min=80", {"ins-001"}),
    ("text=ins-0", {"ins-001"}),
    ("text=%E8%B5%B5%E9%B9%8F", {"wealth-002"}),  # 赵鹏
    ("team=T1&result=auto_fail", {"wealth-002"}),  # all filters must hold
    ("agent=nobody", set()),
]


@pytest.mark.parametrize(("query", "expected"), FILTERS)
def test_a_filter_leaves_its_calls(page: Page, query: str, expected: set[str]) -> None:
    assert names(page(f"/?{query}")) == expected


@pytest.mark.parametrize(
    "query",
    [
        "from=yesterday",
        "min=much",
        "max=nan",
        "page=x",
        "page=-1",
        "sort=up",
        "state=",
        "unknown=1",
        "min=1e9",
    ],
)
def test_what_cannot_be_read_is_left_out(page: Page, product: Product, query: str) -> None:
    assert len(rows(page(f"/?{query}"))) == len(product.ids)


def test_a_filter_that_is_set_can_be_taken_off(page: Page) -> None:
    listed = page("/?team=T1&result=auto_fail")
    chosen = {link.get_text(strip=True): link["href"] for link in listed.select(".chosen a.tag")}
    assert chosen == {"团队：T1": "/?result=auto_fail", "结果：一票否决": "/?team=T1"}


def test_every_tile_links_to_as_many_calls_as_it_counts(page: Page) -> None:
    tiles = page("/").select("a.tile")
    counted = {
        tile.select_one(".tile-name").get_text(): int(tile.select_one(".tile-count").get_text())
        for tile in tiles
    }
    assert counted["全部通话"] == 6
    assert counted["一票否决"] == 1
    for tile in tiles:
        assert len(rows(page(tile["href"]))) == int(tile.select_one(".tile-count").get_text())


def test_tiles_keep_the_other_filters(page: Page) -> None:
    tiles = {tile.select_one(".tile-name").get_text(): tile for tile in page("/?team=T1").select("a.tile")}
    assert tiles["全部通话"].select_one(".tile-count").get_text() == "2"
    assert tiles["一票否决"]["href"] == "/?team=T1&result=auto_fail"


def test_headings_sort_and_say_how_it_is_sorted(page: Page, product: Product) -> None:
    listed = page("/?sort=score_low")
    heading = listed.select_one("th[aria-sort]")
    assert heading["aria-sort"] == "ascending"
    assert heading.select_one("a")["href"] == "/?sort=score_high"
    assert rows(listed)[0]["data-call"] == product.ids["wealth-002"]


def test_hostile_names_are_text(page: Page) -> None:
    listed = page("/")
    assert HOSTILE in listed.get_text()
    assert listed.select("td script, td img") == []
    assert [option for option in listed.select("select[name=agent] option") if HOSTILE in option.get_text()]


def test_an_empty_installation_says_how_to_begin(empty_client: TestClient) -> None:
    listed = BeautifulSoup(empty_client.get("/").text, "html.parser")
    assert "还没有通话" in listed.get_text()
    assert "callqa ingest" in listed.select_one("pre").get_text()
    assert listed.select_one("#progress").get("hx-get") is None


def test_no_match_offers_to_clear_the_filters(page: Page) -> None:
    listed = page("/?agent=nobody")
    assert "没有符合条件的通话" in listed.get_text()
    assert listed.select_one(".state-page a.button")["href"] == "/"


def test_the_address_that_people_guess_leads_to_the_list(client: TestClient) -> None:
    reply = client.get("/calls", follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (308, "/")


def test_a_list_filtered_by_an_item_leads_to_that_item(page: Page) -> None:
    link = page("/?item=compliance.no_guaranteed_return&verdict=fail").select_one(".call-link")["href"]
    address, _, anchor = link.partition("#")
    assert page(address).find(id=anchor)["data-id"] == "compliance.no_guaranteed_return"
