"""The review workbench in a real browser: by key alone, in few seconds of sound, and two people at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from models.database import reading
from models.review import ReviewRow, changes_of, items_of
from qa_engine.calls import CallFacts
from tests.api.pages.product import fill, open_product
from tests.browser.conftest import OpenPage, Site, serve
from tests.browser.long_call import add_long_call
from tests.browser.test_accessibility import faults
from tests.browser.test_main_path import until
from tests.conftest import make_settings

pytestmark = pytest.mark.browser
MOST_LISTENED_S = 40
SAVED = "已保存"
DOUBTFUL = ("opening.permission", "opening.recording_notice")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    """The folder of a product with the sample calls and one of three minutes."""
    folder = tmp_path_factory.mktemp("filled")
    shutil.copyfile(migrated_sqlite, folder / "callqa.sqlite3")
    product = fill(
        open_product(make_settings(folder, f"sqlite:///{folder / 'callqa.sqlite3'}", whisper_model="none"))
    )
    at = datetime(2026, 11, 19, 2, 30, tzinfo=UTC)
    facts = CallFacts("A001", "李晓梅", "T1", "ins-2026", "outbound", at, "SALE", "13800001234")
    add_long_call(product, folder, facts)
    (folder / "ids.json").write_text(json.dumps(product.ids))
    product.engine.dispose()
    return folder


@pytest.fixture
def site(tmp_path: Path, filled: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A product of its own for each test, because reviews change it. Its calls are of November 2026."""
    for module in ("api.routes.reviews", "api.pages.reviews"):
        monkeypatch.setattr(f"{module}.today_of", lambda _zone: date(2026, 11, 20))
    shutil.copytree(filled, tmp_path / "site")
    url = f"sqlite:///{tmp_path / 'site/callqa.sqlite3'}"
    product = open_product(make_settings(tmp_path / "site", url))
    product.ids |= json.loads((filled / "ids.json").read_text())
    yield from serve(product)


Picture = Callable[[Page, str], None]


def press(page: Page, *keys: str) -> int:
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_have_text(SAVED)


def choice(page: Page, item: str, verdict: str) -> str | None:
    return page.locator(f'.human[data-item="{item}"] [data-verdict="{verdict}"]').get_attribute(
        "aria-pressed"
    )


def heard_s(page: Page) -> float:
    """Seconds of the recording that were played."""
    return float(
        page.evaluate(
            """() => {
                const played = document.querySelector('#audio').played;
                return [...Array(played.length).keys()].reduce((sum, at) => sum + played.end(at) - played.start(at), 0);
            }"""
        )
    )


def stored(site: Site) -> dict[str, dict[str, tuple[str | None, str]]]:
    """Call → item → verdict and who gave it."""
    with reading(site.product.engine) as opened:
        rows = opened.exec(select(ReviewRow)).all()
        return {
            row.call_id: {
                name: (item.verdict, item.name) for name, item in items_of(opened, row.id or 0).items()
            }
            for row in rows
        }


def test_two_doubtful_items_of_a_long_call_are_settled_by_key_in_few_seconds(
    open_page: OpenPage, site: Site, picture: Picture
) -> None:
    page = open_page(site.call("long"), person="李娜")
    length = page.evaluate("JSON.parse(document.querySelector('#call-data').textContent).duration")
    assert length >= 180
    keys = 0
    listened = 0.0
    for item in DOUBTFUL:
        keys += press(page, "d")
        expect(page.locator(".item[aria-current]")).to_have_attribute("data-id", item)
        until(page, "!document.querySelector('#audio').paused")
        until(page, "document.querySelector('#audio').paused", within_s=30)  # it stops by itself
        keys += press(page, "1")
    listened = heard_s(page)
    saved(page)
    expect(page.locator("#human-total")).to_have_text("100 合格")  # the interval has closed
    picture(page, "review-settled")
    keys += press(page, "Control+Enter")
    expect(page.locator("#saved")).to_have_text("李娜 已提交")
    assert keys == 5
    assert 1 < listened <= MOST_LISTENED_S, listened
    assert stored(site) == {site.product.ids["long"]: dict.fromkeys(DOUBTFUL, ("pass", "李娜"))}


def test_a_correction_by_key_says_why(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("wealth-002"), person="李娜")
    press(page, "ArrowDown", "1")  # the first item that is not met
    item = page.locator('.item[data-id="compliance.no_guaranteed_return"]')
    saved(page)
    press(page, "Control+Enter")
    expect(page.locator("#told")).to_contain_text("请先选原因")
    press(page, "r", "r", "r", "m")
    page.keyboard.type("引用的是条款")
    press(page, "Enter")
    expect(item.locator('[data-reason="other_meaning"]')).to_have_attribute("aria-pressed", "true")
    saved(page)
    press(page, "Control+Enter")
    expect(page.locator("#saved")).to_have_text("李娜 已提交")
    page.reload()
    expect(item.locator(".note input")).to_have_value("引用的是条款")
    press(page, "ArrowDown", "2")  # closed: nothing changes
    expect(item.locator('[data-verdict="fail"]')).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="重新打开").click()
    expect(page.locator("#reopen")).to_be_hidden()
    press(page, "2")
    expect(item.locator('[data-verdict="fail"]')).to_have_attribute("aria-pressed", "true")


def test_undo_reaches_across_a_reload(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("long"), person="李娜")
    press(page, "d", "1", "2", "2")  # met, not met, taken back
    saved(page)
    page.reload()
    press(page, "Control+z")
    expect(page.locator(f'.human[data-item="{DOUBTFUL[0]}"] [data-verdict="fail"]')).to_have_attribute(
        "aria-pressed", "true"
    )
    press(page, "Control+z")
    expect(page.locator(f'.human[data-item="{DOUBTFUL[0]}"] [data-verdict="pass"]')).to_have_attribute(
        "aria-pressed", "true"
    )
    press(page, "Control+z")
    expect(page.locator("#undo")).to_be_disabled()
    with reading(site.product.engine) as opened:
        (review,) = opened.exec(select(ReviewRow)).all()
        log = changes_of(opened, review.id or 0)
    assert [line.kind for line in log] == ["item"] * 3 + ["undo"] * 3


def test_two_reviewers_on_one_call_lose_nothing(open_page: OpenPage, site: Site, picture: Picture) -> None:
    na = open_page(site.call("long"), person="李娜", meant="409")
    qiang = open_page(site.call("long"), person="王强", meant="409")
    seen = '{"others": ["王强"], "version": 1, "holder": ""}'  # no news for her from here on
    na.route("**/review/here*", lambda route: route.fulfill(body=seen, content_type="application/json"))
    expect(qiang.locator("#others")).to_have_text("李娜 也在看这通")
    first, second = DOUBTFUL
    na.locator(f'.human[data-item="{first}"] [data-verdict="pass"]').click()
    saved(na)
    qiang.locator(f'.human[data-item="{second}"] [data-verdict="fail"]').click()
    expect(qiang.locator(f'.human[data-item="{first}"] .by')).to_have_text("李娜")  # came along with his own
    qiang.locator(f'.human[data-item="{first}"] [data-verdict="fail"]').click()  # having seen hers
    saved(qiang)
    na.locator(f'.human[data-item="{second}"] [data-verdict="pass"]').click()  # not having seen his
    clash = na.locator(f'.human[data-item="{second}"] .clash')
    expect(clash).to_contain_text("王强 刚刚判为“不符合”,您选的是“符合”".replace(",", "，"))
    picture(na, "review-clash")
    assert stored(site)[site.product.ids["long"]] == {first: ("fail", "王强"), second: ("fail", "王强")}
    clash.get_by_role("button", name="用我的").click()
    expect(clash).to_be_hidden()
    saved(na)
    assert stored(site)[site.product.ids["long"]][second] == ("pass", "李娜")
    with reading(site.product.engine) as opened:
        (review,) = opened.exec(select(ReviewRow)).all()
        log = [(line.item_id, line.name) for line in changes_of(opened, review.id or 0)]
    assert log == [(first, "李娜"), (second, "王强"), (first, "王强"), (second, "李娜")]


def test_what_is_decided_while_the_server_is_away_waits_on_the_page(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("long"), person="李娜", meant="net::")
    page.context.set_offline(True)
    press(page, "d", "1")
    press(page, "d", "2")
    expect(page.locator("#saved")).to_contain_text("离线：2 项改动还在本页")
    assert stored(site) == {}
    page.context.set_offline(False)
    saved(page)
    assert stored(site)[site.product.ids["long"]] == {
        DOUBTFUL[0]: ("pass", "李娜"),
        DOUBTFUL[1]: ("fail", "李娜"),
    }


def test_what_waited_is_sent_after_a_reload(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("long"), person="李娜")
    page.on("dialog", lambda dialog: dialog.accept())  # the page asks before it is left with unsaved work
    # Not offline, which ends with a sending of its own; not a route either, whose start can lose to the first key.
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('away')); }")
    press(page, "d", "1")
    expect(page.locator("#saved")).to_contain_text("离线")
    assert stored(site) == {}
    page.reload()
    saved(page)
    assert stored(site)[site.product.ids["long"]] == {DOUBTFUL[0]: ("pass", "李娜")}


def test_a_queue_is_worked_through_by_key(open_page: OpenPage, site: Site, picture: Picture) -> None:
    page = open_page(f"{site.url}/reviews", person="李娜")
    expect(page.locator(".queues .tile[aria-current] .tile-count")).to_have_text("3")
    picture(page, "review-queue")
    page.get_by_role("button", name="领取下一通").click()
    expect(page).to_have_url(f"{site.call('wealth-002')}?rubric=telesales-standard&queue=flagged")
    other = open_page(f"{site.url}/reviews", person="王强")
    expect(other.locator("tr", has_text="赵鹏").locator(".holder")).to_have_text("李娜")
    other.get_by_role("button", name="领取下一通").click()
    expect(other).to_have_url(f"{site.call('tel-003')}?rubric=telesales-standard&queue=flagged")
    press(page, "Control+Enter")
    expect(page).to_have_url(f"{site.call('hostile')}?rubric=telesales-standard&queue=flagged")
    press(page, "Control+Enter")
    expect(page).to_have_url(f"{site.url}/reviews?queue=flagged&done=1")  # the other one has the last
    expect(page.locator(".notice")).to_contain_text("全部领完")
    other.get_by_role("button", name="退回队列").click()
    expect(other.locator("tr", has_text="刘洋").locator(".holder")).to_have_text("–")


def test_a_second_review_goes_to_somebody_else_who_does_not_see_the_first(
    open_page: OpenPage, site: Site
) -> None:
    page = open_page(site.call("long"), person="李娜")
    press(page, "d", "1")
    page.get_by_role("button", name="转复议").click()
    page.keyboard.type("语气拿不准")
    press(page, "Enter")
    expect(page.locator("#ask-second")).to_have_class("button is-on")
    press(page, "Control+Enter")
    expect(page.locator("#saved")).to_have_text("李娜 已提交")
    other = open_page(f"{site.url}/reviews?queue=second", person="王强")
    expect(other.locator("table.calls tbody tr")).to_contain_text("语气拿不准")
    other.get_by_role("button", name="领取下一通").click()
    expect(other.locator(".call-head")).to_contain_text("语气拿不准")
    assert choice(other, DOUBTFUL[0], "pass") == "false"


def test_without_a_name_the_page_asks_for_it_first(open_page: OpenPage, site: Site) -> None:
    page = open_page(site.call("long"))
    press(page, "d", "2")
    expect(page.locator("#reviewer")).to_be_focused()
    page.keyboard.type("李娜")
    press(page, "Enter")
    expect(page.locator("#submit")).to_be_visible()
    assert page.url == site.call("long")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_review_has_no_grave_fault(open_page: OpenPage, site: Site, theme: str, picture: Picture) -> None:
    page = open_page(site.call("wealth-002"), theme=theme, person="李娜")
    press(page, "ArrowDown", "1", "r")
    page.get_by_role("button", name="转复议").click()
    saved(page)
    picture(page, f"review-{theme}")
    assert faults(page) == []
    for queue in ("flagged", "sampled", "second"):
        page.goto(f"{site.url}/reviews?queue={queue}")
        assert faults(page) == [], queue
    page.goto(site.call("long"))
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_word_is_corrected_by_key_and_the_difference_is_told(
    open_page: OpenPage, site: Site, picture: Picture
) -> None:
    page = open_page(site.call("wealth-002"), person="李娜")
    turn = page.locator(".turn").nth(5)
    said = turn.locator(".said").inner_text()
    press(page, *["ArrowRight"] * 6)
    expect(turn).to_have_attribute("aria-current", "true")
    press(page, "x")
    field = turn.locator("textarea")
    expect(field).to_be_focused()
    assert field.input_value() == said
    assert "本金一分不会少" in said
    field.fill(said.replace("本金一分不会少", "本金可能会少"))
    picture(page, "review-correct")
    press(page, "Enter")
    expect(turn.locator(".corrected")).to_have_text(
        "已更正 原文：" + said + "（李娜 更正）", use_inner_text=False
    )
    expect(page.locator("#told")).to_contain_text("文字已更正")
    assert faults(page) == []
    picture(page, "review-corrected")
